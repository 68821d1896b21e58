#include "app/document/experiment_state.h"

#include "core/learn/registry.h"

#include <algorithm>
#include <cmath>

namespace modelarium {
namespace {

const HyperparameterValues& chosenValues(const Setup& setup)
{
    static const HyperparameterValues none;
    const auto found = setup.hyperparameters.find(setup.learner);
    return found == setup.hyperparameters.end() ? none : found->second;
}

/// Asked at every change: a column of many numbers is left at the third of them.
bool mayHaveTwoClasses(const Column& column)
{
    if (column.isCategorical())
        return column.categoryCells().levels.size() == 2;
    if (!column.isNumeric())
        return false;
    std::vector<double> distinct;
    for (const double value : column.numberValues()) {
        if (!std::isfinite(value) || std::find(distinct.begin(), distinct.end(), value) != distinct.end())
            continue;
        if (distinct.size() == 2)
            return false;
        distinct.push_back(value);
    }
    return distinct.size() == 2;
}

} // namespace

bool sharesColumns(const Table& a, const Table& b)
{
    if (a.columns() != b.columns())
        return false;
    for (std::size_t j = 0; j < a.columns(); ++j) {
        if (a.columnPtr(j) != b.columnPtr(j))
            return false;
    }
    return true;
}

Changes differences(const Setup& before, const Setup& after)
{
    Changes changes;
    changes.setFlag(Change::Data, !sharesColumns(before.table, after.table));
    changes.setFlag(Change::Source, before.source != after.source);
    changes.setFlag(Change::Roles, before.roles != after.roles);
    changes.setFlag(Change::Task, before.task != after.task);
    changes.setFlag(Change::Preparation, before.steps != after.steps);
    changes.setFlag(Change::Split, before.testFraction != after.testFraction || before.holdOut != after.holdOut || before.seed != after.seed);
    changes.setFlag(Change::Learner, before.learner != after.learner);
    changes.setFlag(Change::Hyperparameters, before.hyperparameters != after.hyperparameters);
    changes.setFlag(Change::Frozen, before.frozen != after.frozen);
    changes.setFlag(Change::Threshold, before.threshold != after.threshold);
    changes.setFlag(Change::Positive, before.positive != after.positive);
    return changes;
}

bool sameTraining(const Setup& a, const Setup& b)
{
    const Changes others = differences(a, b) & ~Changes(Change::Hyperparameters | Change::Frozen | Change::Threshold | Change::Preparation);
    // Steps that are switched off lead nowhere else.
    return !others && hyperparametersOf(a) == hyperparametersOf(b) && resolvedSteps(a).choices == resolvedSteps(b).choices;
}

std::optional<std::size_t> targetColumn(const Setup& setup)
{
    for (std::size_t j = 0; j < setup.roles.size(); ++j) {
        if (setup.roles[j] == Role::Target)
            return j;
    }
    return {};
}

std::vector<std::size_t> featureColumns(const Setup& setup)
{
    std::vector<std::size_t> columns;
    for (std::size_t j = 0; j < setup.roles.size(); ++j) {
        if (setup.roles[j] == Role::Feature)
            columns.push_back(j);
    }
    return columns;
}

std::vector<std::string> featureNames(const Setup& setup)
{
    std::vector<std::string> names;
    for (const std::size_t j : featureColumns(setup))
        names.push_back(setup.table.column(j).name());
    return names;
}

bool isWithoutTarget(const Setup& setup) { return setup.task == Task::Clustering; }

std::optional<Task> taskOf(const Setup& setup)
{
    if (isWithoutTarget(setup)) {
        const auto info = findLearner(setup.learner);
        return info ? (*info)->taskWithoutTarget().value_or(Task::Clustering) : Task::Clustering;
    }
    const auto target = targetColumn(setup);
    if (!target)
        return {};
    return setup.task ? setup.task : taskOf(setup.table.column(*target));
}

std::vector<std::string> twoClasses(const Setup& setup)
{
    const auto column = targetColumn(setup);
    if (!column || taskOf(setup) != Task::Classification || !mayHaveTwoClasses(setup.table.column(*column)))
        return {};
    TrainingPlan plan;
    plan.target = setup.table.column(*column).name();
    plan.task = Task::Classification;
    const auto made = targetOf(setup.table, plan);
    if (!made || !made->positiveClass())
        return {};
    TargetColumn target = *made;
    // Another class may have joined the two since, or taken the place of this one.
    const bool isChosen = !setup.positive.empty() && putPositiveSecond(setup.positive, target);
    return isChosen ? target.classes : made->classes;
}

bool canTrain(const Setup& setup) { return taskOf(setup) && !featureColumns(setup).empty(); }

bool answersClasses(const Model& model) { return model.target().task == Task::Classification || model.target().task == Task::Clustering; }

HyperparameterTable hyperparameterTable(const Setup& setup)
{
    const auto info = findLearner(setup.learner);
    if (!info)
        return {};
    const std::optional<Task> task = taskOf(setup);
    return task ? tableFor((*info)->table, *task) : (*info)->table;
}

HyperparameterValues hyperparametersOf(const Setup& setup)
{
    const HyperparameterValues& chosen = chosenValues(setup);
    HyperparameterValues values;
    for (const HyperparameterSpec& spec : hyperparameterTable(setup)) {
        const auto found = chosen.find(spec.name);
        values[spec.name] = found == chosen.end() ? spec.defaultValue : found->second;
    }
    return values;
}

ResolvedSteps resolvedSteps(const Setup& setup)
{
    return resolvedSteps(setup.steps, setup.table, featureNames(setup));
}

TrainingPlan trainingPlan(const Setup& setup)
{
    TrainingPlan plan;
    plan.features = featureNames(setup);
    if (const auto target = targetColumn(setup); target && !isWithoutTarget(setup))
        plan.target = setup.table.column(*target).name();
    plan.learner = setup.learner;
    // What was chosen for another task stays chosen for it.
    for (const HyperparameterSpec& spec : hyperparameterTable(setup)) {
        if (const auto found = chosenValues(setup).find(spec.name); found != chosenValues(setup).end())
            plan.hyperparameters.insert(*found);
    }
    plan.preparation = resolvedSteps(setup).choices;
    plan.testFraction = setup.testFraction;
    plan.holdOut = setup.holdOut;
    plan.seed = setup.seed;
    plan.dataName = setup.source ? setup.source->name.toStdString() : std::string();
    plan.task = isWithoutTarget(setup) ? taskOf(setup) : setup.task;
    if (!setup.positive.empty())
        if (const std::vector<std::string> classes = twoClasses(setup); !classes.empty())
            plan.positive = classes.back();
    return plan;
}

QString errorText(const Error& error)
{
    QString sentence = QString::fromStdString(error.message);
    if (sentence.isEmpty())
        return sentence;
    sentence[0] = sentence[0].toUpper();
    if (sentence.back().isLetterOrNumber() || sentence.back() == u'"' || sentence.back() == u')')
        sentence += u'.';
    return sentence;
}

} // namespace modelarium
