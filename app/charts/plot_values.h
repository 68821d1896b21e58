#pragma once

#include <QPointF>
#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

namespace modelarium {

/// One axis of the plot.
struct PlotAxis {
    QString title;                                  ///< with the unit
    QStringList levels;                             ///< categories in the order of their codes; empty for numbers
    bool dates = false;                             ///< numbers are days since 1970-01-01
    double minimum = 0;                             ///< of the values; a margin is the plot's own
    double maximum = 1;
};

/// In the place of a class: the row was asked for its group, and belongs to none. It is grey, and a cross.
constexpr int noGroup = -2;
/// The code of an answer, where one of the answers, or -1, is no group.
constexpr int codeOf(int answer, int noise) { return answer == noise ? noGroup : answer; }

/// One row of the data as a point.
struct PlotPoint {
    double x = 0;
    double y = 0;
    std::size_t row = 0;
    int code = -1;                                  ///< class, -1 for none, noGroup for noise
    int predicted = -1;                             ///< predicted class where it is known
    bool test = false;                              ///< test rows are hollow
};

/// The middle of a group, as the model has it.
struct PlotMark {
    double x = 0;
    double y = 0;
    int code = -1;                                  ///< class
};

/// A direction of the model, from where the arrow begins to where it ends.
struct PlotArrow {
    QPointF from;
    QPointF to;
    QString name;
};

/// What the errors of a regression look like.
enum class ResidualStyle { None, Segments, Squares };

/// A person's own line over one feature, to be compared with the model's.
struct GuessLine {
    QPointF left;
    QPointF right;

    double at(double x) const { return left.y() + (x - left.x()) * (right.y() - left.y()) / (right.x() - left.x()); }
};

/// The point that asks the model, and what it answers.
struct Probe {
    QPointF at;
    QString reading;
    int code = -1;                                  ///< class of the answer, as of a point
    std::optional<double> answer;                   ///< Curve: the predicted value, to which a line is drawn
};

} // namespace modelarium
