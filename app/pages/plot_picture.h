#pragma once

#include "app/charts/plot_values.h"
#include "app/document/experiment.h"
#include "core/evaluate/decision_surface.h"

#include <QList>
#include <QPointF>
#include <QString>
#include <QStringList>

#include <memory>
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

/// Whether the model has found other groups than those that the picture names.
bool hasOtherGroups(const Picture& picture, const Model& model);

/// The points as they are coloured beside a model that has the classes of the picture in another order.
std::vector<PlotPoint> pointsBeside(const Picture& picture, const Model& model);

/// Where the predicted classes of the points are known, they are put in; without a target they are all that colours the points. True
/// where one changed.
bool putPredictions(Picture& picture, const Evaluation& evaluation);

/// The slice of the model that lies under the picture; empty where the model does not know what is on the axes.
std::optional<SurfaceSlice> sliceOf(const Picture& picture, const Model& model, const std::vector<double>& held);

/// A slice with a category on an axis has few cells: they are predicted at once, one a level.
bool hasCategoryAxis(const Picture& picture);
DecisionSurface levelSurface(const Model& model, const SurfaceSlice& slice, const Picture& picture);

/// Two classes with a threshold: the same surface with what is decided at 0.5, so that regions and boundary show the decision.
std::shared_ptr<const DecisionSurface> decidedSurface(std::shared_ptr<const DecisionSurface> surface, const Model& model);

/// The predicted number, or the probability of the second of two classes, over x; in steps where x has levels.
QList<QPointF> curveOf(const DecisionSurface& surface, bool levels);

/// Where the middles of the model's groups are in the picture; empty where it has none, or an axis shows something else.
std::vector<PlotMark> marksOf(const Picture& picture, const Model& model);

/// The components of a projection as arrows from the mean, one standard deviation long; empty where the model has none, or an axis shows
/// something that is no prepared feature.
std::vector<PlotArrow> arrowsOf(const Picture& picture, const Model& model);

/// Values held for the inputs that are on no axis, as one sentence; empty where there are none.
QString heldSentence(const Picture& picture, const Model& model, const std::vector<double>& held);

} // namespace modelarium
