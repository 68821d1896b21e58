#include "app/pages/plot_overlay.h"

#include "core/base/number_text.h"
#include "core/model/feature_forms.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <limits>

namespace modelarium {
namespace {

struct PlotOverlay {
    Q_DECLARE_TR_FUNCTIONS(modelarium::PlotOverlay)
};

constexpr int heldInSentence = 4;

/// The prepared features as straight lines in the columns of the data, and which two of them are on the axes.
struct FeaturesOnAxes {
    std::vector<FeatureForm> forms;
    std::size_t x = 0;
    std::size_t y = 0;
};

/// Columns of the data themselves, whatever scaled them: what products or components made has no place on an axis.
std::optional<FeaturesOnAxes> featuresOnAxes(const Picture& picture, const Model& model)
{
    FeaturesOnAxes features{featureForms(model.preparation())};
    const auto placeOf = [&](const std::string& column) {
        return std::size_t(std::find_if(features.forms.begin(), features.forms.end(), [&](const FeatureForm& form) {
                               return form.stage == 0 && form.name == column;
                           }) - features.forms.begin());
    };
    features.x = placeOf(picture.x.column);
    features.y = placeOf(picture.y.column);
    if (features.x == features.forms.size() || features.y == features.forms.size())
        return {};
    return features;
}

} // namespace

std::optional<SurfaceSlice> sliceOf(const Picture& picture, const Model& model, const std::vector<double>& held)
{
    const bool classes = showsClasses(picture.kind);
    if (picture.kind == PictureKind::Empty || held.size() != model.inputs().size()
        || classes != answersClasses(model) || (picture.kind == PictureKind::Plane) != (model.target().task == Task::Projection))
        return {};
    const auto x = inputOf(model, picture.x.column);
    if (!x || picture.x.levels.isEmpty() != model.inputs()[*x].levels.empty())
        return {};
    SurfaceSlice slice;
    slice.xInput = *x;
    slice.yInput = *x;
    slice.held = held;
    if (picture.kind == PictureKind::Regions || picture.kind == PictureKind::Heat || picture.kind == PictureKind::Plane) {
        const auto y = inputOf(model, picture.y.column);
        if (!y || (*y != *x && picture.y.levels.isEmpty() != model.inputs()[*y].levels.empty()))
            return {};
        slice.yInput = *y;
    }
    return slice;
}

bool hasCategoryAxis(const Picture& picture)
{
    const bool twoFeatures = picture.kind == PictureKind::Regions || picture.kind == PictureKind::Heat;
    return !picture.x.levels.isEmpty() || (twoFeatures && !picture.y.levels.isEmpty());
}

double inputAt(const PictureAxis& axis, double place, const Model& model, std::size_t input)
{
    if (axis.levels.isEmpty())
        return place;
    const InputColumn& column = model.inputs()[input];
    const int level = std::clamp(int(std::lround(place)), 0, int(axis.levels.size()) - 1);
    const auto found = std::find(column.levels.begin(), column.levels.end(), axis.levels[level].toStdString());
    if (found != column.levels.end())
        return double(found - column.levels.begin());
    const bool others = model.preparation().unknownCategoryOf(column) == UnknownCategory::OwnLevel && !column.levels.empty();
    return others ? double(column.levels.size()) - 1 : std::numeric_limits<double>::quiet_NaN();
}

double placeOfInput(const PictureAxis& axis, double value, const Model& model, std::size_t input)
{
    const std::vector<std::string>& levels = model.inputs()[input].levels;
    if (axis.levels.isEmpty() || levels.empty())
        return value;
    const auto place = axis.levels.indexOf(QString::fromStdString(levels[std::size_t(std::clamp(value, 0.0, double(levels.size()) - 1))]));
    return place < 0 ? std::numeric_limits<double>::quiet_NaN() : double(place);
}

DecisionSurface levelSurface(const Model& model, const SurfaceSlice& slice, const Picture& picture)
{
    DecisionSurface surface;
    surface.slice = slice;
    surface.outputs = int(model.outputs());
    const bool curve = slice.xInput == slice.yInput;
    const auto cover = [](const QStringList& levels, double& minimum, double& maximum, int& cells) {
        if (levels.isEmpty())
            return;
        cells = int(levels.size());
        minimum = -0.5;
        maximum = cells - 0.5;
    };
    cover(picture.x.levels, surface.slice.xMinimum, surface.slice.xMaximum, surface.slice.columns);
    if (curve)
        surface.slice.rows = 1;
    else
        cover(picture.y.levels, surface.slice.yMinimum, surface.slice.yMaximum, surface.slice.rows);
    surface.noise = noiseOf(model);
    surface.xLevels = !picture.x.levels.isEmpty();
    surface.yLevels = !curve && !picture.y.levels.isEmpty();
    const SurfaceSlice& s = surface.slice;
    std::vector<double> raw = slice.held;
    std::vector<double> workspace(model.workspaceSize());
    std::vector<double> out(model.outputs());
    surface.values.reserve(std::size_t(s.columns) * std::size_t(s.rows) * out.size());
    for (int row = 0; row < s.rows; ++row) {
        for (int column = 0; column < s.columns; ++column) {
            if (!curve)
                raw[s.yInput] = inputAt(picture.y, s.yMinimum + (row + 0.5) * (s.yMaximum - s.yMinimum) / s.rows, model, s.yInput);
            raw[s.xInput] = inputAt(picture.x, s.xMinimum + (column + 0.5) * (s.xMaximum - s.xMinimum) / s.columns, model, s.xInput);
            model.predictRow(raw.data(), workspace.data(), out.data());
            for (const double value : out)
                surface.values.push_back(float(value));
        }
    }
    return surface;
}

std::shared_ptr<const DecisionSurface> decidedSurface(std::shared_ptr<const DecisionSurface> surface, std::optional<double> threshold)
{
    if (!threshold || surface->outputs != 2)
        return surface;
    // Below the threshold [0, t] becomes [0, 0.5], above it [t, 1] becomes [0.5, 1].
    const float t = float(*threshold);
    auto made = std::make_shared<DecisionSurface>(*surface);
    for (std::size_t i = 0; i + 1 < made->values.size(); i += 2) {
        const float p = made->values[i + 1];
        const float q = p >= t ? (t < 1 ? 0.5f + 0.5f * (p - t) / (1 - t) : 1) : (t > 0 ? 0.5f * p / t : 0);
        made->values[i] = 1 - q;
        made->values[i + 1] = q;
    }
    return made;
}

QList<QPointF> curveOf(const DecisionSurface& surface, bool levels)
{
    const SurfaceSlice& slice = surface.slice;
    const double width = (slice.xMaximum - slice.xMinimum) / slice.columns;
    QList<QPointF> points;
    for (int i = 0; i < slice.columns; ++i) {
        const double value = double(surface.values[std::size_t(i) * std::size_t(surface.outputs) + std::size_t(surface.outputs - 1)]);
        const double x = slice.xMinimum + (i + 0.5) * width;
        if (!std::isfinite(value))
            continue;
        if (levels)
            points << QPointF(x - 0.5 * width, value) << QPointF(x + 0.5 * width, value);
        else
            points << QPointF(x, value);
    }
    return points;
}

std::vector<PlotArrow> arrowsOf(const Picture& picture, const Model& model)
{
    constexpr Eigen::Index mostArrows = 6;
    const auto* projection = std::get_if<Projection>(&model.parameters());
    if (!projection || picture.kind != PictureKind::Plane)
        return {};
    const auto features = featuresOnAxes(picture, model);
    if (!features)
        return {};
    const FeatureForm &x = features->forms[features->x], &y = features->forms[features->y];
    const bool band = features->x == features->y;
    const auto place = [&](double alongX, double alongY) { return QPointF(alongX * x.scale + x.mean, band ? 0 : alongY * y.scale + y.mean); };
    const double xMean = projection->mean[Eigen::Index(features->x)], yMean = projection->mean[Eigen::Index(features->y)];
    const std::vector<std::string> names = componentNames(*projection);
    std::vector<PlotArrow> arrows;
    for (Eigen::Index k = 0; k < std::min(projection->directions.rows(), mostArrows); ++k) {
        const double length = std::sqrt(projection->variance[k]);
        arrows.push_back({place(xMean, yMean), place(xMean + length * projection->directions(k, Eigen::Index(features->x)),
                                                     yMean + length * projection->directions(k, Eigen::Index(features->y))),
                          QString::fromStdString(names[std::size_t(k)])});
    }
    return arrows;
}

std::vector<PlotMark> marksOf(const Picture& picture, const Model& model)
{
    const Matrix* middles = nullptr;
    if (const auto* centroids = std::get_if<Centroids>(&model.parameters()))
        middles = &centroids->centres;
    else if (const auto* bells = std::get_if<GaussianClasses>(&model.parameters()))
        middles = &bells->mean;
    else if (const auto* tilted = std::get_if<FullGaussianClasses>(&model.parameters()))
        middles = &tilted->mean;
    if (!middles || model.target().task != Task::Clustering || picture.kind != PictureKind::Regions)
        return {};
    const auto features = featuresOnAxes(picture, model);
    if (!features)
        return {};
    const FeatureForm &x = features->forms[features->x], &y = features->forms[features->y];
    std::vector<PlotMark> marks;
    for (Eigen::Index k = 0; k < middles->rows(); ++k)
        marks.push_back({(*middles)(k, Eigen::Index(features->x)) * x.scale + x.mean, (*middles)(k, Eigen::Index(features->y)) * y.scale + y.mean, int(k)});
    return marks;
}

QString heldSentence(const Picture& picture, const Model& model, const std::vector<double>& held)
{
    QStringList parts;
    for (std::size_t j = 0; j < model.inputs().size() && j < held.size(); ++j) {
        const InputColumn& input = model.inputs()[j];
        if (input.name == picture.x.column || input.name == picture.y.column)
            continue;
        if (parts.size() == heldInSentence) {
            parts << QStringLiteral("…");
            break;
        }
        const std::string value = !input.levels.empty() ? input.levels[std::size_t(std::max(0.0, held[j]))]
            : input.type == ColumnType::Date ? dateText(held[j]) : shortText(held[j]);
        parts << QString::fromStdString(input.name + " = " + value);
    }
    return parts.isEmpty() ? QString() : PlotOverlay::tr("Drawn where %1").arg(parts.join(QStringLiteral(", ")));
}

} // namespace modelarium
