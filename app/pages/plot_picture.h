#pragma once

#include "app/charts/plot_values.h"
#include "app/document/experiment.h"

#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

namespace modelarium {

/// What the plot is a picture of.
enum class PictureKind {
    Empty,
    Curve,              ///< a number against one feature: the model is a line or curve
    Strip,              ///< a class against one feature: points in jittered rows, the model as bands and, for two classes, a curve
    Regions,            ///< classes over two features: the model is regions
    Heat,               ///< a number over two features: the model is a surface seen from above
    Plane,              ///< rows that answer to nothing over two features, or one: the model is arrows
};

/// Whether what a model of classes or groups answers colours such a picture.
constexpr bool showsClasses(PictureKind kind) { return kind == PictureKind::Strip || kind == PictureKind::Regions; }

/// An axis, and the column that it shows.
struct PictureAxis : PlotAxis {
    std::string column;                             ///< its name
    std::size_t index = 0;                          ///< of the column in the table
};

/// The experiment as a picture: what is on the axes, and the rows as points. Rows without a place are counted, not drawn.
struct Picture {
    PictureKind kind = PictureKind::Empty;
    PictureAxis x;
    PictureAxis y;
    QStringList classes;
    int noise = -1;                                 ///< the one of the classes that is no group
    std::vector<PlotPoint> points;
    std::size_t withoutPlace = 0;
    std::vector<double> values;                     ///< Heat: the target of each point
    QString sentence;                               ///< why there is nothing to see; empty otherwise
};

Picture makePicture(const Experiment& experiment);
/// The rows alone, on the axes that they begin with.
Picture makePicture(const Setup& rows);

/// Which of a model's groups is none, as the noise of DBSCAN is; -1 where it has no such one.
int noiseOf(const Model& model);

/// Whether the model has found other groups than those that the picture names.
bool hasOtherGroups(const Picture& picture, const Model& model);

/// The points as they are coloured beside a model that has the classes of the picture in another order.
std::vector<PlotPoint> pointsBeside(const Picture& picture, const Model& model);

/// Where the predicted classes of the points are known, they are put in, but for rows under seal (in rising order); without a target
/// they are all that colours the points. True where one changed.
bool putPredictions(Picture& picture, const Evaluation& evaluation, const std::vector<std::size_t>& sealed);

/// Which of the model's inputs a column is; empty where it is none.
std::optional<std::size_t> inputOf(const Model& model, const std::string& column);

} // namespace modelarium
