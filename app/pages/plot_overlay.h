#pragma once

#include "app/pages/plot_picture.h"
#include "core/evaluate/decision_surface.h"

#include <QList>
#include <QPointF>

#include <memory>

namespace modelarium {

// What a model puts under and over the picture of the rows: a slice of its answers, a curve, marks, arrows.

/// The slice of the model that lies under the picture; empty where the model does not know what is on the axes.
std::optional<SurfaceSlice> sliceOf(const Picture& picture, const Model& model, const std::vector<double>& held);

/// A slice with a category on an axis has few cells: they are predicted at once, one a level.
bool hasCategoryAxis(const Picture& picture);
DecisionSurface levelSurface(const Model& model, const SurfaceSlice& slice, const Picture& picture);

/// What the model takes for a place on an axis: the number, or the code of the level by its name, for the rows may have other levels than
/// the model, and in another order. NaN, which counts as missing, where the model does not know the level.
double inputAt(const PictureAxis& axis, double place, const Model& model, std::size_t input);
/// The other way round; NaN where the axis does not have the model's level.
double placeOfInput(const PictureAxis& axis, double value, const Model& model, std::size_t input);

/// Two classes with a threshold: the same surface with what is decided at 0.5, so that regions and boundary show the decision.
std::shared_ptr<const DecisionSurface> decidedSurface(std::shared_ptr<const DecisionSurface> surface, std::optional<double> threshold);

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
