#include "core/learn/training.h"

#include "core/base/buffer.h"
#include "core/base/counted.h"
#include "core/base/number_text.h"
#include "core/base/parallel.h"
#include "core/data/parting_columns.h"
#include "core/learn/plan_split.h"
#include "core/model/affirmative_class.h"
#include "core/model/feature_forms.h"
#include "core/prepare/category_columns.h"
#include "core/prepare/fill_choices.h"
#include "core/prepare/step_trace.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <new>
#include <set>
#include <unordered_map>

namespace modelarium {

namespace {

Error columnError(ErrorCode code, const std::string& column, std::string message)
{
    Place place;
    place.column = column;
    return {code, std::move(message), place};
}

enum class Variety { Nothing, OneValue, Several };

/// How many values cells have; missing ones are none. `place` gives the row of 0 .. count-1.
template <class Cells, class Place, class Missing>
Variety varietyOf(const Cells& cells, std::size_t count, Place place, Missing isMissing)
{
    std::size_t first = 0;
    while (first < count && isMissing(cells[place(first)]))
        ++first;
    for (std::size_t i = first + 1; i < count; ++i)
        if (!isMissing(cells[place(i)]) && cells[place(i)] != cells[place(first)])
            return Variety::Several;
    return first < count ? Variety::OneValue : Variety::Nothing;
}

template <class Place> Variety varietyOf(const Column& column, std::size_t count, Place place)
{
    if (column.isCategorical())
        return varietyOf(column.categoryCells().codes, count, place, [](std::int32_t code) { return code < 0; });
    return varietyOf(column.numberValues(), count, place, [](double value) { return std::isnan(value); });
}

/// Why a column cannot be a feature unasked; empty where it can.
std::string_view reasonToLeaveOut(const Column& column)
{
    if (column.missing() == column.rows())
        return "empty";
    if (!column.isNumeric() && !column.isCategorical())
        return columnTypeName(column.type());
    const bool several = varietyOf(column, column.rows(), [](std::size_t i) { return i; }) == Variety::Several;
    return several ? "" : "the same in every row";
}

/// Whether rows are kept together by the column: it says where they come from, and new rows come from elsewhere.
bool groupsRows(const std::string& column, const TrainingPlan& plan)
{
    const bool byHoldOut = plan.testFraction > 0 && plan.holdOut.kind == HoldOutKind::Grouped && plan.holdOut.column == column;
    return byHoldOut || (!plan.groupColumn.empty() && plan.groupColumn == column);
}

bool isNamedByAStep(const std::string& column, const TrainingPlan& plan)
{
    return std::any_of(plan.preparation.steps.begin(), plan.preparation.steps.end(), [&](const StepChoice& step) {
        return std::find(step.columns.begin(), step.columns.end(), column) != step.columns.end();
    });
}

/// The same for a plan, by its training rows: what others hold is not to say what is learned. A learner that counts levels has no use for
/// numbers.
std::string_view reasonToLeaveOut(const Column& column, const LearnerInfo& learner, const TrainingPlan& plan, const Split& split)
{
    if (column.missing() == column.rows())
        return "empty";
    if (!column.isNumeric() && !column.isCategorical())
        return columnTypeName(column.type());
    if (groupsRows(column.name(), plan))
        return "groups the rows";
    if (learner.wantsCategories && !column.isCategorical())
        return columnTypeName(column.type());
    const Variety variety = varietyOf(column, split.train.size(), [&](std::size_t i) { return split.train[i]; });
    if (variety == Variety::Several || isNamedByAStep(column.name(), plan))
        return "";
    if (variety == Variety::Nothing)
        return "empty in every training row";
    return split.train.size() == column.rows() ? "the same in every row" : "the same in every training row";
}

/// One sentence about the columns that take no part; empty where all do.
std::string leftOutSentence(const Table& table, const LearnerInfo& learner, const TrainingPlan& plan, const Split& split)
{
    constexpr std::size_t mostNamed = 8;
    std::string list;
    std::size_t count = 0;
    for (std::size_t i = 0; i < table.columns(); ++i) {
        const Column& column = table.column(i);
        const std::string_view reason = column.name() == plan.target ? std::string_view() : reasonToLeaveOut(column, learner, plan, split);
        if (reason.empty() || ++count > mostNamed)
            continue;
        list += (list.empty() ? "\"" : ", \"") + column.name() + "\" (" + std::string(reason) + ")";
    }
    if (count > mostNamed)
        list += " and " + countText(count - mostNamed) + " more";
    return count == 0 ? std::string() : "Left out of the features: " + list + ".";
}

/// Of the features that are no numbers; empty where all are.
std::vector<std::string> statementsOf(const Preparation& preparation)
{
    std::vector<std::string> statements;
    bool any = false;
    for (const FeatureForm& form : featureForms(preparation)) {
        any = any || !form.yes.empty();
        statements.push_back(form.yes);
    }
    return any ? statements : std::vector<std::string>();
}

/// A step that no column fits leaves no trace in the model: then a sentence does.
std::string idleStepSentence(const StepChoice& step, const LearnerInfo& learner)
{
    if (const auto* terms = std::get_if<PolynomialChoice>(&step.what); terms && terms->interactionsOnly)
        return "The step polynomial changes nothing: a product of different columns needs two of them, and the step has one.";
    return "The step " + std::string(stepName(step)) + " changes nothing: it computes with numbers, and no column is one where it stands"
        + (learner.wantsCategories ? ", for " + learner.name + " takes categories alone." : ".");
}

/// The values of a numeric column as class names, in ascending order.
std::vector<std::string> numberClasses(const Column& column)
{
    const Buffer<double>& values = column.numberValues();
    std::map<double, std::size_t> distinct;         // and a row with each
    for (std::size_t row = 0; row < values.size(); ++row)
        if (std::isfinite(values[row]))
            distinct.try_emplace(values[row], row);
    std::vector<std::string> names;
    for (const auto& [value, row] : distinct)
        names.push_back(valueText(column, row));
    return names;
}

Result<TargetColumn> makeTarget(const Column& column, Task task, const std::vector<std::string>& classes)
{
    constexpr std::size_t mostClasses = 10000;
    TargetColumn target{column.name(), column.unit(), task, {}};
    if (task == Task::Regression) {
        if (!column.isNumeric()) {
            return columnError(ErrorCode::WrongTask, column.name(), "The target \"" + column.name() + "\" holds "
                                   + std::string(columnTypeName(column.type())) + " cells; a regression needs numbers.");
        }
        return target;
    }
    if (!classes.empty()) {
        target.classes = classes;
    } else if (column.isCategorical()) {
        target.classes = column.categoryCells().levels;
        putAffirmativeSecond(target.classes);
    } else if (column.isNumeric()) {
        target.classes = numberClasses(column);
    } else {
        return columnError(ErrorCode::WrongTask, column.name(), "The target \"" + column.name() + "\" holds texts, nearly every one another: "
                               "give the column the type category if they are classes all the same.");
    }
    if (target.classes.size() > mostClasses) {
        return columnError(ErrorCode::TooLarge, column.name(), "The target \"" + column.name() + "\" has "
                               + countText(target.classes.size()) + " classes; at most " + countText(mostClasses)
                               + " can be told apart.");
    }
    if (target.classes.size() < 2) {
        return columnError(ErrorCode::OneClass, column.name(), "The target \"" + column.name()
                               + "\" has only one value: there is nothing to tell apart.");
    }
    return target;
}

/// `column` is null where there is no target.
Result<TargetColumn> targetFrom(const Column* column, Task task, const TrainingPlan& plan)
{
    if (!column && !plan.positive.empty())
        return Error{ErrorCode::WrongTask, "A positive class is one of two, and there is no target."};
    if (!column)
        return TargetColumn{std::string(task == Task::Projection ? componentColumnName : clusterColumnName), {}, task, {}};
    Result<TargetColumn> target = makeTarget(*column, task, plan.classes);
    if (target && !plan.positive.empty())
        if (const Result<void> ordered = putPositiveSecond(plan.positive, *target); !ordered)
            return ordered.error();
    return target;
}

/// The codes of classes by their names.
using ClassCodes = std::unordered_map<std::string_view, int>;

ClassCodes classCodes(const TargetColumn& target)
{
    ClassCodes codes;
    for (std::size_t k = 0; k < target.classes.size(); ++k)
        codes.emplace(target.classes[k], int(k));
    return codes;
}

/// y of one row: the number, or the code of its class; NaN where the model does not know it. `levels` are the codes of the column's levels.
double targetValue(const Column& column, Task task, std::size_t row, const std::vector<int>& levels, const ClassCodes& codes)
{
    if (task == Task::Regression)
        return column.numberValues()[row];
    if (column.isCategorical()) {
        const std::int32_t code = column.categoryCells().codes[row];
        return code < 0 || levels[std::size_t(code)] < 0 ? std::nan("") : levels[std::size_t(code)];
    }
    const auto found = codes.find(valueText(column, row));
    return found == codes.end() ? std::nan("") : double(found->second);
}

/// Names the first cell that keeps a column of words from being a target of numbers.
Error notNumbers(const Column& column, const std::string& target)
{
    std::string message = "The target \"" + target + "\" holds " + std::string(columnTypeName(column.type())) + " cells, but the model predicts numbers";
    Place place;
    place.column = target;
    for (std::size_t row = 0; row < column.rows() && !place.row; ++row) {
        if (column.isMissing(row) || parseNumber(column.cellText(row)))
            continue;
        place.row = row + 1;
        message += ": row " + std::to_string(row + 1) + " says \"" + column.cellText(row) + "\"";
    }
    return {ErrorCode::WrongType, message + ".", place};
}

/// The answers of the given rows.
Result<Vector> targetValues(const Table& table, const ChosenRows& chosen, const TargetColumn& target)
{
    const std::vector<std::size_t>& rows = chosen.rows();
    const std::optional<std::size_t> index = table.find(target.name);
    if (!index)
        return columnError(ErrorCode::UnknownColumn, target.name, "The data have no column \"" + target.name + "\", which is the target.");
    const Column& column = table.column(*index);
    if (target.task == Task::Regression && !column.isNumeric())
        return notNumbers(column, target.name);
    const ClassCodes codes = classCodes(target);
    std::vector<int> levels;
    if (column.isCategorical()) {
        for (const std::string& level : column.categoryCells().levels) {
            const auto found = codes.find(level);
            levels.push_back(found == codes.end() ? -1 : found->second);
        }
    }

    Vector y(Eigen::Index(rows.size()));
    preferHugePages(y.data(), rows.size() * sizeof(double));
    if (target.task == Task::Regression) {
        const Buffer<double>& values = column.numberValues();
        constexpr std::size_t together = 1 << 16;
        parallelFor((rows.size() + together - 1) / together, [&](std::size_t block) {
            const std::size_t first = block * together, end = std::min(rows.size(), first + together);
            if (chosen.areAll())
                std::copy(values.data() + first, values.data() + end, y.data() + first);
            for (std::size_t i = first; i < end && !chosen.areAll(); ++i)
                y[Eigen::Index(i)] = values[rows[i]];
        });
        if (column.missing() == 0 && column.infinite() == 0)
            return y;
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
        y[Eigen::Index(i)] = targetValue(column, target.task, rows[i], levels, codes);
        if (!std::isfinite(y[Eigen::Index(i)])) {
            Place place;
            place.row = rows[i] + 1;
            place.column = target.name;
            const std::string cell = column.cellText(rows[i]);
            const std::string what = column.isMissing(rows[i]) ? "is missing"
                : target.task == Task::Regression ? "is infinite" : "is \"" + cell + "\", a class that the model does not know";
            return Error{ErrorCode::NotFinite, "Row " + std::to_string(*place.row) + " of the target \"" + target.name + "\" " + what + ".", place};
        }
    }
    return y;
}

/// A learner that takes a target must get one, and one that takes none must not.
Result<Task> taskFor(const TrainingPlan& plan, const LearnerInfo& learner, const Column* target)
{
    const std::optional<Task> alone = learner.taskWithoutTarget();
    if (!target) {
        if (alone)
            return *alone;
        return Error{ErrorCode::WrongTask, learner.name + " learns to predict a target, and there is none: choose one, or a learner that needs none."};
    }
    const Task task = plan.task.value_or(taskOf(*target));
    if (learner.supports(task) && hasTarget(task))
        return task;
    if (alone)
        return columnError(ErrorCode::WrongTask, plan.target, learner.name + (*alone == Task::Clustering ? " finds groups" : " finds directions") + " and takes no target: leave \"" + plan.target + "\" out, or choose another learner.");
    return columnError(ErrorCode::WrongTask, plan.target, learner.name + " does not do " + std::string(taskName(task)) + ", which the target \""
                           + plan.target + "\" asks for: choose another learner.");
}

/// Numbers that are classes are parted as categories are: from each class in proportion.
Result<Split> splitByTask(const Table& table, const Column* column, const TrainingPlan& plan, Task task)
{
    if (column && task == Task::Classification && plan.holdOut.kind == HoldOutKind::Grouped && plan.holdOut.column == column->name())
        return columnError(ErrorCode::Unsupported, plan.target, "Groups by \"" + plan.target + "\" would keep back whole classes, which nothing could learn then: group the rows by another column.");
    const bool parts = plan.testFraction > 0 && (plan.holdOut.kind == HoldOutKind::Grouped || plan.holdOut.kind == HoldOutKind::Last);
    if (column && parts)
        if (const Result<void> other = checkNotTarget(plan.holdOut.column, column->name(), plan.holdOut.kind == HoldOutKind::Grouped ? "to group rows by" : "to order rows by"); !other)
            return other.error();
    if (!column || task == Task::Regression || column->isCategorical() || plan.holdOut.kind != HoldOutKind::InProportion)
        return holdOut(table, column, plan.holdOut, plan.testFraction, plan.seed);
    return splitRowsByValue(*column, plan.testFraction, plan.seed);
}

} // namespace

bool isWithoutTarget(const TrainingPlan& plan) { return plan.target.empty(); }

Task taskOf(const Column& target) { return target.isNumeric() ? Task::Regression : Task::Classification; }

Result<Task> taskOf(const Table& table, const TrainingPlan& plan)
{
    if (isWithoutTarget(plan)) {
        const Result<const LearnerInfo*> learner = findLearner(plan.learner);
        return learner ? (*learner)->taskWithoutTarget().value_or(Task::Clustering) : Task::Clustering;
    }
    const std::optional<std::size_t> target = table.find(plan.target);
    if (!target)
        return columnError(ErrorCode::UnknownColumn, plan.target, "The data have no column \"" + plan.target + "\" to predict.");
    return plan.task.value_or(taskOf(table.column(*target)));
}

Result<TargetColumn> targetOf(const Table& table, const TrainingPlan& plan)
{
    const Result<Task> task = taskOf(table, plan);
    if (!task)
        return task.error();
    return targetFrom(isWithoutTarget(plan) ? nullptr : &table.column(*table.find(plan.target)), *task, plan);
}

Result<Split> planSplit(const Table& table, const TrainingPlan& plan)
{
    const Result<Task> task = taskOf(table, plan);
    if (!task)
        return task.error();
    return splitByTask(table, isWithoutTarget(plan) ? nullptr : &table.column(*table.find(plan.target)), plan, *task);
}

std::vector<std::string> usableFeatures(const Table& table, std::string_view target)
{
    std::vector<std::string> names;
    for (std::size_t i = 0; i < table.columns(); ++i)
        if (table.column(i).name() != target && reasonToLeaveOut(table.column(i)).empty())
            names.push_back(table.column(i).name());
    return names;
}

Result<Dataset> makeDataset(const Table& table, const std::vector<std::size_t>& rows, const Preparation& preparation,
                            const TargetColumn& target)
{
    Dataset data;
    data.task = target.task;
    data.classNames = target.classes;
    data.featureNames = preparation.outputNames();
    const ChosenRows chosen(rows, table.rows());
    if (!chosen.areAll())
        data.sourceRows = rows;
    if (hasTarget(target.task)) {
        Result<Vector> y = targetValues(table, chosen, target);
        if (!y)
            return y.error();
        data.y = *std::move(y);
    }
    Result<KeptColumnsPtr> columns = preparation.applyInPlace(table, chosen);
    if (!columns)
        return columns.error();
    if (*columns) {
        data.keep(*std::move(columns));
        return data;
    }
    Result<Matrix> X = preparation.apply(table, rows);
    if (!X)
        return X.error();
    data.X() = *std::move(X);
    return data;
}

namespace {

/// `rows` is null where the plan decides.
Result<PreparedTraining> prepare(const Table& table, const TrainingPlan& plan, const Split* rows)
{
    PreparedTraining training;
    training.plan = plan;
    training.table = table;
    const std::optional<std::size_t> targetIndex = isWithoutTarget(plan) ? std::nullopt : table.find(plan.target);
    if (!targetIndex && !isWithoutTarget(plan))
        return columnError(ErrorCode::UnknownColumn, plan.target, "The data have no column \"" + plan.target + "\" to predict.");
    const Column* const targetColumn = targetIndex ? &table.column(*targetIndex) : nullptr;
    if (targetColumn && targetColumn->missing() == targetColumn->rows())
        return columnError(ErrorCode::TooFewSamples, plan.target, "The target \"" + plan.target + "\" has no value in any row.");

    const Result<const LearnerInfo*> info = findLearner(plan.learner);
    if (!info)
        return info.error();
    training.info = *info;
    const Result<Task> task = taskFor(plan, *training.info, targetColumn);
    if (!task)
        return task.error();
    if (const Result<void> useful = checkForTask(training.info->table, plan.hyperparameters, *task); !useful)
        return useful.error();
    const Result<Hyperparameters> hyperparameters = Hyperparameters::check(tableFor(training.info->table, *task), plan.hyperparameters);
    if (!hyperparameters)
        return hyperparameters.error();
    training.checkedHyperparameters = hyperparameters->values();
    training.learner = training.info->make(*hyperparameters, *task);

    Result<TargetColumn> target = targetFrom(targetColumn, *task, plan);
    if (!target)
        return target.error();
    training.target = *std::move(target);
    training.target.threshold = plan.threshold;
    if (plan.threshold && (*task != Task::Classification || training.target.classes.size() != 2)) {
        return columnError(ErrorCode::WrongTask, plan.target, "A threshold decides between two classes, and " + (targetColumn
                               ? "the target \"" + plan.target + "\" does not have two." : std::string("there is no target.")));
    }
    if (plan.threshold && !(*plan.threshold >= 0 && *plan.threshold <= 1))
        return Error{ErrorCode::Unsupported, "A threshold is a probability: a number from 0 to 1."};
    Result<Split> split = rows ? Result<Split>(*rows) : splitByTask(table, targetColumn, plan, *task);
    if (!split)
        return split.error();
    training.split = *std::move(split);
    if (training.split.train.size() + training.split.test.size() == 1)
        return Error{ErrorCode::TooFewSamples, "One row is not enough to learn from."};
    if (targetColumn && targetColumn->missing() > 0) {
        training.notices.push_back(rowsText(targetColumn->missing())
                                   + " without a target took no part.");
    }

    if (training.plan.features.empty()) {
        for (std::size_t i = 0; i < table.columns(); ++i)
            if (const Column& column = table.column(i); column.name() != plan.target && reasonToLeaveOut(column, *training.info, plan, training.split).empty())
                training.plan.features.push_back(column.name());
        const std::string leftOut = leftOutSentence(table, *training.info, plan, training.split);
        if (training.plan.features.empty())
            return Error{ErrorCode::TooFewFeatures, (targetColumn ? "There is no feature to learn from besides the target." : "There is no feature to learn from.")
                             + (leftOut.empty() ? "" : " " + leftOut)};
        if (!leftOut.empty())
            training.notices.push_back(leftOut);
    }
    std::set<std::string_view> named;
    for (const std::string& feature : training.plan.features) {
        if (targetColumn && feature == plan.target)
            return columnError(ErrorCode::WrongType, feature, "The column \"" + feature + "\" is the target; it cannot be a feature too.");
        if (!named.insert(feature).second)
            return columnError(ErrorCode::WrongType, feature, "The feature \"" + feature + "\" is named twice: once is enough.");
    }
    training.plan.preparation.referenceLevel = training.info->wantsReferenceLevel;
    LearnedSteps learned = learnSteps(table, training.plan.features, training.split.train, training.plan.preparation);
    if (learned.error)
        return *std::move(learned.error);
    training.preparation = std::move(learned.preparation);
    for (std::size_t i = 0; i < learned.learnedAs.size(); ++i)
        if (const StepChoice& step = training.plan.preparation.steps[i]; !learned.learnedAs[i] && !readsCells(step))
            training.notices.push_back(idleStepSentence(step, *training.info));

    std::vector<const Column*> columns;
    for (const std::string& feature : training.plan.features)
        columns.push_back(&table.column(*table.find(feature)));
    for (std::string& sentence : otherFillSentences(columns, training.plan.preparation, Gaps::Seen))
        training.notices.push_back(std::move(sentence));

    Result<Dataset> train = makeDataset(table, training.split.train, training.preparation, training.target);
    if (!train)
        return train.error();
    // Cells were looked at where they were read; the learner looks at what the steps have made of them.
    if (Result<void> usable = checkShape(*train, 1); !usable)
        return usable.error();
    if (Result<void> usable = checkTarget(*train); !usable)
        return usable.error();
    train->statements = statementsOf(training.preparation);
    if (training.info->wantsCategories)
        train->categories = categoryColumns(training.preparation);
    training.train = std::make_shared<const Dataset>(*std::move(train));
    if (!training.split.test.empty()) {
        Result<Dataset> test = makeDataset(table, training.split.test, training.preparation, training.target);
        if (!test)
            return test.error();
        training.test = std::make_shared<const Dataset>(*std::move(test));
        training.unknownInTest = countUnknownWords(training.preparation, table, training.split.test);
        if (std::string sentence = unknownWordsSentence(training.unknownInTest, "of the test rows"); !sentence.empty())
            training.notices.push_back(std::move(sentence));
    }
    return training;
}

Result<PreparedTraining> prepareWithinMemory(const Table& table, const TrainingPlan& plan, const Split* rows)
{
    try {
        return prepare(table, plan, rows);
    } catch (const std::bad_alloc&) {
        return Error{ErrorCode::OutOfMemory, "There is not enough memory to prepare this much data: use fewer rows or fewer features."};
    }
}

} // namespace

Result<PreparedTraining> prepareTraining(const Table& table, const TrainingPlan& plan) { return prepareWithinMemory(table, plan, nullptr); }

Result<PreparedTraining> prepareTraining(const Table& table, const TrainingPlan& plan, const Split& rows)
{
    return prepareWithinMemory(table, plan, &rows);
}

Result<ModelPtr> snapshotModel(const PreparedTraining& training, Parameters parameters, std::size_t steps, const HyperparameterValues& chosen,
                               Findings found)
{
    Provenance provenance;
    provenance.learner = training.plan.learner;
    provenance.hyperparameters = training.checkedHyperparameters;
    for (const auto& [name, value] : chosen)
        provenance.hyperparameters[name] = value;
    provenance.seed = training.plan.seed;
    provenance.dataName = training.plan.dataName;
    provenance.rowsTrain = training.split.train.size();
    provenance.rowsTest = training.split.test.size();
    provenance.steps = steps;
    provenance.found = std::move(found);
    TargetColumn target = training.target;
    if (target.task == Task::Clustering)            // how many clusters there are is what was learned
        target.classes = clusterNames(parameters);
    return Model::make(training.preparation, std::move(parameters), std::move(target), std::move(provenance));
}

} // namespace modelarium
