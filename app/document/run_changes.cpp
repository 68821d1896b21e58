#include "app/document/run_log.h"

#include "app/document/hold_out_words.h"
#include "core/base/number_text.h"
#include "core/learn/registry.h"

#include <QCoreApplication>

#include <algorithm>
#include <iterator>

namespace modelarium {
namespace {

struct RunChanges {
    Q_DECLARE_TR_FUNCTIONS(modelarium::RunChanges)
};

const LearnerInfo* infoOf(const Setup& setup)
{
    const auto info = findLearner(setup.learner);
    return info ? *info : nullptr;
}

QString valueText(const HyperparameterSpec& spec, const HyperparameterValue& value)
{
    if (const auto* choice = std::get_if<std::string>(&value)) {
        const auto found = std::find(spec.choices.begin(), spec.choices.end(), *choice);
        const std::size_t index = std::size_t(found - spec.choices.begin());
        return QString::fromStdString(found != spec.choices.end() && index < spec.choiceLabels.size() ? spec.choiceLabels[index] : *choice);
    }
    if (const auto* on = std::get_if<bool>(&value))
        return *on ? RunChanges::tr("on") : RunChanges::tr("off");
    if (const auto* real = std::get_if<double>(&value))
        return QString::fromStdString(shortText(*real));
    return QString::fromStdString(hyperparameterText(value));
}

/// Values that differ from those before; for another learner, those that differ from its defaults.
void addHyperparameters(QStringList& changes, const Setup* before, const Setup& after)
{
    const bool sameLearner = before && before->learner == after.learner;
    const HyperparameterValues now = hyperparametersOf(after);
    const HyperparameterValues then = sameLearner ? hyperparametersOf(*before) : HyperparameterValues();
    for (const HyperparameterSpec& spec : hyperparameterTable(after)) {
        const auto earlier = then.find(spec.name);          // another task may have had no such choice
        const HyperparameterValue& old = earlier == then.end() ? spec.defaultValue : earlier->second;
        const HyperparameterValue& value = now.at(spec.name);
        if (value == old)
            continue;
        const QString label = QString::fromStdString(spec.label);
        changes << (sameLearner ? RunChanges::tr("%1: %2 → %3").arg(label, valueText(spec, old), valueText(spec, value))
                                : RunChanges::tr("%1: %2").arg(label, valueText(spec, value)));
    }
}

QStringList columnNames(const Setup& setup, Role role)
{
    QStringList names;
    for (std::size_t j = 0; j < setup.roles.size(); ++j) {
        if (setup.roles[j] == role)
            names << QString::fromStdString(setup.table.column(j).name());
    }
    return names;
}

void addColumns(QStringList& changes, const Setup& before, const Setup& after)
{
    const QStringList target = columnNames(after, Role::Target);
    if (target != columnNames(before, Role::Target))
        changes << (target.isEmpty() ? RunChanges::tr("no target") : RunChanges::tr("predicts %1").arg(target.join(QStringLiteral(", "))));
    const QStringList old = columnNames(before, Role::Feature);
    const QStringList now = columnNames(after, Role::Feature);
    for (const QString& name : now) {
        if (!old.contains(name))
            changes << RunChanges::tr("with %1").arg(name);
    }
    for (const QString& name : old) {
        if (!now.contains(name) && !target.contains(name))
            changes << RunChanges::tr("without %1").arg(name);
    }
}

/// The first of the steps that `isSame` finds, taken out of the list.
template <class IsSame>
std::optional<PlannedStep> takeStep(PlannedSteps& steps, const IsSame& isSame)
{
    const auto found = std::find_if(steps.begin(), steps.end(), isSame);
    if (found == steps.end())
        return {};
    const PlannedStep step = *found;
    steps.erase(found);
    return step;
}

QString wordsOf(const PlannedStep& step)
{
    const QString options = optionWords(step.choice);
    return options.isEmpty() ? columnWords(step) : RunChanges::tr("%1, %2").arg(columnWords(step), options);
}

/// Steps that came, went or changed; where all are the same their order did.
void addSteps(QStringList& changes, const PlannedSteps& before, const PlannedSteps& after)
{
    PlannedSteps old;
    PlannedSteps now;
    std::copy_if(before.begin(), before.end(), std::back_inserter(old), [](const PlannedStep& step) { return step.on; });
    std::copy_if(after.begin(), after.end(), std::back_inserter(now), [](const PlannedStep& step) { return step.on; });
    if (old == now)
        return;
    PlannedSteps fresh;
    for (const PlannedStep& step : now) {
        if (!takeStep(old, [&](const PlannedStep& other) { return other == step; }))
            fresh.push_back(step);
    }
    const qsizetype count = changes.size();
    for (const PlannedStep& step : fresh) {
        const QString title = stepTitle(step.choice);
        const auto other = takeStep(old, [&](const PlannedStep& each) { return stepTitle(each.choice) == title; });
        changes << (other ? RunChanges::tr("%1: %2 → %3").arg(title, wordsOf(*other), wordsOf(step))
                          : RunChanges::tr("with %1 (%2)").arg(title, wordsOf(step)));
    }
    for (const PlannedStep& step : old)
        changes << RunChanges::tr("without %1").arg(stepTitle(step.choice));
    if (changes.size() == count)
        changes << RunChanges::tr("steps in another order");
}

void addSplit(QStringList& changes, const Setup& before, const Setup& after)
{
    if (before.testFraction != after.testFraction)
        changes << RunChanges::tr("%1 % test rows").arg(after.testFraction * 100, 0, 'f', 0);
    if (before.holdOut != after.holdOut)
        changes << RunChanges::tr("test rows: %1").arg(holdOutWords(after.holdOut));
    if (before.seed != after.seed)
        changes << RunChanges::tr("seed %1").arg(after.seed);
}

} // namespace

QStringList changesSince(const Run* before, const Run& run)
{
    QStringList changes;
    const Setup& after = run.setup;
    if (!before) {
        addHyperparameters(changes, nullptr, after);
        if (changes.isEmpty())
            changes << RunChanges::tr("the first run");
        return changes;
    }
    const Setup& old = before->setup;
    const Changes differ = differences(old, after);
    if (differ.testFlag(Change::Learner)) {
        const LearnerInfo* info = infoOf(old);
        changes << RunChanges::tr("instead of %1").arg(QString::fromStdString(info ? info->name : old.learner));
    }
    addHyperparameters(changes, &old, after);
    if (differ.testFlag(Change::Roles))
        addColumns(changes, old, after);
    if (differ.testFlag(Change::Preparation))
        addSteps(changes, old.steps, after.steps);
    if (const std::vector<std::string> classes = differ.testFlag(Change::Positive) ? twoClasses(after) : std::vector<std::string>(); !classes.empty())
        changes << RunChanges::tr("looks for %1").arg(QString::fromStdString(classes.back()));
    addSplit(changes, old, after);
    if (after.threshold && differ.testFlag(Change::Threshold))
        changes << RunChanges::tr("threshold %1").arg(QString::fromStdString(shortText(*after.threshold)));
    if (differ.testFlag(Change::Data)) {
        const int more = int(after.table.rows()) - int(old.table.rows());
        changes << (more > 0   ? RunChanges::tr("%Ln row(s) more", nullptr, more)
                    : more < 0 ? RunChanges::tr("%Ln row(s) fewer", nullptr, -more)
                               : RunChanges::tr("edited rows"));
    }
    if (changes.isEmpty())
        changes << RunChanges::tr("the same choices");
    return changes;
}

} // namespace modelarium
