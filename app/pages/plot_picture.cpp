#include "app/pages/plot_picture.h"

#include "app/document/default_choices.h"
#include "core/base/number_text.h"
#include "core/data/parting_columns.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace modelarium {
namespace {

struct Pictures {
    Q_DECLARE_TR_FUNCTIONS(modelarium::Pictures)
};

constexpr double jitterWidth = 0.5;

/// A number in [-0.5, 0.5) that is the row's own, so that a point does not jump when others come and go.
double jitterOf(std::size_t row, std::uint64_t salt)
{
    std::uint64_t z = (std::uint64_t(row) + 1) * 0x9E3779B97F4A7C15ull + salt;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return double((z ^ (z >> 31)) >> 11) * 0x1.0p-53 - 0.5;
}

/// The value of a cell on an axis: a number, or the code of a level.
double placeOf(const Column& column, std::size_t row)
{
    if (column.isNumeric())
        return column.numberValues()[row];
    if (!column.isCategorical())
        return std::numeric_limits<double>::quiet_NaN();
    const std::int32_t code = column.categoryCells().codes[row];
    return code < 0 ? std::numeric_limits<double>::quiet_NaN() : double(code);
}

/// Farther apart than this, neither a margin nor a zoom can be reckoned with doubles.
constexpr double farthest = 1e300;

/// A value alone gets room on both sides: beside 1e17 a 1 is nothing.
void giveRoom(PictureAxis& axis)
{
    if (axis.minimum != axis.maximum)
        return;
    const double room = std::max(1.0, std::abs(axis.minimum) / 20);
    axis.minimum -= room;
    axis.maximum += room;
}

/// Why an axis cannot be drawn; empty where it can.
QString tooFar(const PictureAxis& axis)
{
    if (axis.maximum - axis.minimum <= farthest)
        return {};
    const auto text = [](double value) { return QString::fromStdString(shortText(value)); };
    return Pictures::tr("%1 reaches from %2 to %3, which is too far to be drawn. Write it in another unit, or take another column.")
        .arg(axis.title, text(axis.minimum), text(axis.maximum));
}

PictureAxis makeAxis(const Table& table, std::size_t index)
{
    const Column& column = table.column(index);
    PictureAxis axis;
    axis.column = column.name();
    axis.index = index;
    axis.title = QString::fromStdString(column.nameWithUnit());
    axis.dates = column.type() == ColumnType::Date;
    if (column.isCategorical()) {
        for (const std::string& level : column.categoryCells().levels)
            axis.levels << QString::fromStdString(level);
        axis.minimum = -0.5;
        axis.maximum = double(axis.levels.size()) - 0.5;
        return axis;
    }
    double minimum = std::numeric_limits<double>::infinity();
    double maximum = -minimum;
    for (std::size_t row = 0; row < column.rows(); ++row) {
        const double value = placeOf(column, row);
        if (!std::isfinite(value))
            continue;
        minimum = std::min(minimum, value);
        maximum = std::max(maximum, value);
    }
    axis.minimum = minimum <= maximum ? minimum : 0;
    axis.maximum = minimum <= maximum ? maximum : 1;
    giveRoom(axis);
    return axis;
}

/// What a picture is made from: rows with the choices about them, and the model and the split where there are any.
struct Scene {
    const Setup& setup;
    const Table& table;
    ModelPtr model;
    PreparedTrainingPtr training;                   ///< the newest run
    std::string xColumn;
    std::string yColumn;

    bool isFrozen() const { return setup.frozen != nullptr; }
};

QStringList names(const std::vector<std::string>& texts)
{
    QStringList list;
    for (const std::string& text : texts)
        list << QString::fromStdString(text);
    return list;
}

/// Whether the model finds its columns among the rows; without rows it stands for itself.
bool canRead(const Model& model, const Scene& scene)
{
    if (!scene.setup.source)
        return true;
    return std::all_of(model.inputs().begin(), model.inputs().end(), [&](const InputColumn& input) { return scene.table.find(input.name).has_value(); });
}

/// The model whose groups colour the points; null where a target does.
ModelPtr groupingModel(const Scene& scene)
{
    const bool groups = scene.model && scene.model->target().task == Task::Clustering;
    return groups && (scene.isFrozen() || taskOf(scene.setup) == Task::Clustering) ? scene.model : nullptr;
}

/// The classes by the codes that the points carry: the model's, where there is one for these rows, so that both agree.
QStringList classesOf(const Scene& scene, const Column* target)
{
    if (const ModelPtr grouping = groupingModel(scene))
        return names(grouping->target().classes);
    const ModelPtr& model = scene.model;
    const bool groups = model && model->target().task == Task::Clustering;
    if (model && !groups && !model->target().classes.empty() && (!target || model->target().name == target->name()) && canRead(*model, scene))
        return names(model->target().classes);
    if (!target || !target->isCategorical())
        return {};
    const std::vector<std::string> two = targetColumn(scene.setup) == scene.table.find(target->name()) ? twoClasses(scene.setup) : std::vector<std::string>();
    return names(two.empty() ? target->categoryCells().levels : two);
}

std::vector<bool> testRows(const Scene& scene, std::size_t rows)
{
    const FrozenRowsPtr frozen = scene.setup.frozenRows;
    const Split* split = nullptr;
    if (scene.isFrozen())
        split = frozen ? &frozen->split : nullptr;
    else if (scene.training && scene.training->table.rows() == rows)
        split = &scene.training->split;
    std::vector<bool> test(rows, false);
    if (split) {
        for (const std::size_t row : split->test) {
            if (row < rows)
                test[row] = true;
        }
    }
    return test;
}

void putClasses(Picture& picture, const Scene& scene, const Column* target)
{
    picture.classes = classesOf(scene, target);
    if (const ModelPtr grouping = groupingModel(scene))
        picture.noise = noiseOf(*grouping);
}

/// The class codes of the rows, among the classes of the picture; -1 where there is none.
std::vector<int> codesOf(const QStringList& classes, const Column& target)
{
    std::vector<int> codes(target.rows(), -1);
    if (target.isCategorical()) {
        std::vector<int> codeOfLevel;
        for (const std::string& level : target.categoryCells().levels)
            codeOfLevel.push_back(int(classes.indexOf(QString::fromStdString(level))));
        for (std::size_t row = 0; row < codes.size(); ++row) {
            const std::int32_t level = target.categoryCells().codes[row];
            codes[row] = level < 0 ? -1 : codeOfLevel[std::size_t(level)];
        }
        return codes;
    }
    for (std::size_t row = 0; row < codes.size(); ++row)
        codes[row] = int(classes.indexOf(QString::fromStdString(valueText(target, row))));
    return codes;
}

void addPoints(Picture& picture, const Scene& scene, const Column* target)
{
    const Table& table = scene.table;
    const Column& xColumn = table.column(picture.x.index);
    const Column& yColumn = table.column(picture.y.index);
    const std::vector<bool> test = testRows(scene, table.rows());
    const bool classes = showsClasses(picture.kind);
    const std::vector<int> codes = classes && target ? codesOf(picture.classes, *target) : std::vector<int>(table.rows(), -1);
    picture.points.reserve(table.rows());
    for (std::size_t row = 0; row < table.rows(); ++row) {
        PlotPoint point;
        point.row = row;
        point.test = test[row];
        point.x = placeOf(xColumn, row);
        point.y = placeOf(yColumn, row);
        point.code = codes[row];
        if (picture.kind == PictureKind::Plane && picture.y.column == picture.x.column)
            point.y = 0;
        else if (picture.kind == PictureKind::Strip)
            point.y = picture.y.column == picture.x.column ? 0 : point.code < 0 ? std::numeric_limits<double>::quiet_NaN() : double(point.code);
        if (!std::isfinite(point.x) || !std::isfinite(point.y)) {
            ++picture.withoutPlace;
            continue;
        }
        if (!picture.x.levels.isEmpty())
            point.x += jitterWidth * jitterOf(row, 1);
        if (!picture.y.levels.isEmpty())
            point.y += jitterWidth * jitterOf(row, 2);
        if (picture.kind == PictureKind::Heat)
            picture.values.push_back(target ? placeOf(*target, row) : std::numeric_limits<double>::quiet_NaN());
        picture.points.push_back(point);
    }
}

/// One feature and nothing else to show: the rows lie in a band along it.
void makeBand(Picture& picture)
{
    picture.y.column = picture.x.column;
    picture.y.title.clear();
    picture.y.levels = {Pictures::tr("all rows")};
    picture.y.minimum = -0.5;
    picture.y.maximum = 0.5;
}

/// Which inputs a model without rows has on its axes: those that were chosen, otherwise the first two, numbers before names. The second is
/// inputs().size() where what it answers goes up: it was chosen, or there is one input only.
std::pair<std::size_t, std::size_t> axesOfModel(const Scene& scene, const Model& model)
{
    std::vector<std::size_t> places(model.inputs().size());
    std::iota(places.begin(), places.end(), std::size_t(0));
    std::stable_partition(places.begin(), places.end(), [&](std::size_t j) { return model.inputs()[j].levels.empty(); });
    const auto chosenX = inputOf(model, scene.xColumn), chosenY = inputOf(model, scene.yColumn);
    const std::size_t x = chosenX.value_or(places[0]);
    if (chosenY && *chosenY != x)
        return {x, *chosenY};
    if (places.size() < 2 || (chosenX && scene.yColumn == model.target().name))
        return {x, places.size()};
    return {x, places[places[0] == x ? 1 : 0]};
}

/// The answers along one input, the others as they are held, say how far the axis of a curve goes.
void putAnswers(Picture& picture, const Model& model, std::size_t x, std::vector<double> inputs)
{
    constexpr int steps = 64;
    std::vector<double> workspace(model.workspaceSize());
    const bool names = !picture.x.levels.isEmpty();
    const int count = names ? int(picture.x.levels.size()) : steps + 1;
    for (int i = 0; i < count; ++i) {
        inputs[x] = names ? double(i) : picture.x.minimum + (picture.x.maximum - picture.x.minimum) * i / steps;
        double answer = 0;
        model.predictRow(inputs.data(), workspace.data(), &answer);
        picture.y.minimum = i == 0 ? answer : std::min(picture.y.minimum, answer);
        picture.y.maximum = i == 0 ? answer : std::max(picture.y.maximum, answer);
    }
}

/// A model without rows: its own inputs are the axes, over the range seen in training.
Picture pictureOfModel(const Scene& scene, const Model& model, const ViewState& view)
{
    Picture picture;
    const auto axis = [](const InputColumn& input) {
        PictureAxis made;
        made.column = input.name;
        made.title = QString::fromStdString(input.name);
        made.levels = names(input.levels);
        made.minimum = input.levels.empty() ? input.minimum : -0.5;
        made.maximum = input.levels.empty() ? input.maximum : double(input.levels.size()) - 0.5;
        giveRoom(made);
        return made;
    };
    const std::vector<InputColumn>& inputs = model.inputs();
    if (inputs.empty())
        return picture;
    const auto [x, y] = axesOfModel(scene, model);
    const bool classes = answersClasses(model), directions = model.target().task == Task::Projection;
    putClasses(picture, scene, nullptr);
    picture.x = axis(inputs[x]);
    if (y < inputs.size()) {
        picture.kind = directions ? PictureKind::Plane : classes ? PictureKind::Regions : PictureKind::Heat;
        picture.y = axis(inputs[y]);
        return picture;
    }
    if (directions) {
        picture.kind = PictureKind::Plane;
        makeBand(picture);
        return picture;
    }
    picture.kind = classes ? PictureKind::Strip : PictureKind::Curve;
    picture.y.column = model.target().name;
    picture.y.title = QString::fromStdString(model.target().name);
    picture.y.levels = picture.classes;
    picture.y.minimum = classes ? -0.5 : 0;
    picture.y.maximum = classes ? double(picture.classes.size()) - 0.5 : 1;
    if (classes)
        return picture;
    putAnswers(picture, model, x, view.inputs(model));
    giveRoom(picture.y);
    return picture;
}

/// The column that holds the truth: that of a frozen model where the rows have it, otherwise the chosen one.
std::optional<std::size_t> truthColumn(const Scene& scene)
{
    if (scene.isFrozen() && !hasTarget(scene.model->target().task))
        return {};
    if (scene.isFrozen())
        return scene.table.find(scene.model->target().name);
    return targetColumn(scene.setup);
}

Picture pictureOfRows(const Scene& scene)
{
    Picture picture;
    const Setup& setup = scene.setup;
    const Table& table = scene.table;
    const auto target = truthColumn(scene);
    if (!target && !scene.isFrozen() && !taskOf(setup)) {
        picture.sentence = Pictures::tr("Choose on the Data page which column is to be predicted.");
        return picture;
    }
    const auto x = table.find(scene.xColumn);
    const auto y = table.find(scene.yColumn);
    if (!x || !y) {
        picture.sentence = isWithoutTarget(setup) ? Pictures::tr("Choose on the Data page at least one column to learn from.")
                                                  : Pictures::tr("Choose on the Data page at least one column to predict from.");
        return picture;
    }
    const std::optional<Task> task = scene.isFrozen() ? scene.model->target().task : taskOf(setup);
    const bool directions = task == Task::Projection;
    const bool classes = !directions && task != Task::Regression;
    const bool showsTarget = target && *y == *target;
    picture.kind = directions ? PictureKind::Plane : classes ? (showsTarget ? PictureKind::Strip : PictureKind::Regions)
                           : (showsTarget ? PictureKind::Curve : PictureKind::Heat);
    picture.x = makeAxis(table, *x);
    picture.y = makeAxis(table, *y);
    const bool alone = !target && *x == *y;
    if (alone && !directions)
        picture.kind = PictureKind::Strip;
    const Column* truth = target ? &table.column(*target) : nullptr;
    if (classes)
        putClasses(picture, scene, truth);
    if (alone) {
        makeBand(picture);
    } else if (picture.kind == PictureKind::Strip) {
        picture.y.levels = picture.classes;
        picture.y.minimum = -0.5;
        picture.y.maximum = std::max(1.0, double(picture.classes.size())) - 0.5;
    }
    for (PictureAxis* axis : {&picture.x, &picture.y}) {
        const QString problem = tooFar(*axis);
        if (problem.isEmpty())
            continue;
        Picture empty;
        empty.sentence = problem;
        return empty;
    }
    addPoints(picture, scene, truth);
    if (picture.points.empty())
        picture.sentence = alone ? Pictures::tr("No row has a value of %1.").arg(picture.x.title)
                                 : Pictures::tr("No row has both %1 and %2.").arg(picture.x.title, picture.y.title);
    return picture;
}

} // namespace

Picture makePicture(const Experiment& experiment)
{
    const Scene scene{experiment.setup(), experiment.table(), experiment.model(), experiment.training().training(),
                      experiment.view().xColumn(), experiment.view().yColumn()};
    if (scene.setup.source)
        return pictureOfRows(scene);
    if (scene.model)
        return pictureOfModel(scene, *scene.model, experiment.view());
    Picture picture;
    picture.sentence = Pictures::tr("Open a file, drop one here, or take a sample.");
    return picture;
}

Picture makePicture(const Setup& rows)
{
    const auto [x, y] = defaultAxes(rows);
    return pictureOfRows({rows, rows.table, nullptr, nullptr, x, y});
}

std::optional<std::size_t> inputOf(const Model& model, const std::string& column)
{
    for (std::size_t j = 0; j < model.inputs().size(); ++j) {
        if (model.inputs()[j].name == column)
            return j;
    }
    return {};
}


int noiseOf(const Model& model)
{
    return hasNoise(model.parameters()) ? int(model.target().classes.size()) - 1 : -1;
}

bool hasOtherGroups(const Picture& picture, const Model& model)
{
    return showsClasses(picture.kind) && model.target().task == Task::Clustering && !picture.points.empty()
        && (int(model.target().classes.size()) != picture.classes.size() || noiseOf(model) != picture.noise);
}

std::vector<PlotPoint> pointsBeside(const Picture& picture, const Model& model)
{
    std::vector<PlotPoint> points = picture.points;
    const QStringList classes = names(model.target().classes);
    if (model.target().task != Task::Classification || !showsClasses(picture.kind) || classes == picture.classes)
        return points;
    const bool goesUp = picture.kind == PictureKind::Strip && picture.y.column != picture.x.column;
    for (PlotPoint& point : points) {
        const int code = point.code < 0 ? -1 : int(classes.indexOf(picture.classes.value(point.code)));
        if (goesUp && code >= 0)
            point.y += code - point.code;           // each class has its own row of points
        point.code = code;
    }
    return points;
}

bool putPredictions(Picture& picture, const Evaluation& evaluation, const std::vector<std::size_t>& sealed)
{
    // The last evaluation may be of a model of another kind than the picture is made for.
    if (evaluation.error || !showsClasses(picture.kind) || !answersClasses(*evaluation.model))
        return false;
    const bool groups = evaluation.model->target().task == Task::Clustering;
    if (!groups && names(evaluation.model->target().classes) != picture.classes)
        return false;
    const int noise = noiseOf(*evaluation.model);
    bool changed = false;
    for (PlotPoint& point : picture.points) {
        if (Eigen::Index(point.row) >= evaluation.prediction.values.size())
            return changed;
        const Vector& answers = groups && evaluation.groups ? *evaluation.groups : evaluation.prediction.values;
        const bool hidden = std::binary_search(sealed.begin(), sealed.end(), point.row);
        const int predicted = hidden ? -1 : int(answers[Eigen::Index(point.row)]);
        changed = changed || predicted != point.predicted;
        point.predicted = predicted;
        if (groups)
            point.code = predicted < 0 ? -1 : codeOf(predicted, noise);
    }
    return changed;
}

} // namespace modelarium
