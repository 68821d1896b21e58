#include "app/document/step_edits.h"

#include "app/document/kept_model.h"
#include "app/document/planned_steps.h"
#include "core/learn/step_table.h"

#include <algorithm>
#include <utility>

namespace modelarium {
namespace {

/// Scaling and principal components belong to the end; what bends a column goes before the scaling that brings all to one scale.
bool isAtTheEnd(const StepChoice& step)
{
    return std::holds_alternative<ScaleChoice>(step.what) || std::holds_alternative<PcaChoice>(step.what);
}

std::size_t placeFor(const PlannedSteps& steps, const PlannedStep& added)
{
    const auto cells = [](const PlannedStep& step) { return readsCells(step.choice); };
    const auto firstNumber = std::find_if_not(steps.begin(), steps.end(), cells);
    if (readsCells(added.choice)) {
        // Before the one for all columns: the first that takes a column counts. Without it behind those of its kind, and gaps before categories.
        const auto sameKind = [&](const PlannedStep& step) { return step.choice.what.index() == added.choice.what.index(); };
        const auto general = std::find_if(steps.begin(), firstNumber, [&](const PlannedStep& step) { return sameKind(step) && step.columns == StepColumns::Fitting; });
        if (general != firstNumber)
            return std::size_t(general - steps.begin());
        auto place = std::holds_alternative<ImputeChoice>(added.choice.what) ? steps.begin() : firstNumber;
        for (auto step = steps.begin(); step != firstNumber; ++step)
            place = sameKind(*step) ? step + 1 : place;
        return std::size_t(place - steps.begin());
    }
    std::size_t place = steps.size();
    while (!isAtTheEnd(added.choice) && place > std::size_t(firstNumber - steps.begin()) && isAtTheEnd(steps[place - 1].choice))
        --place;
    return place;
}

bool hasGeneral(const PlannedSteps& steps, const StepChoice& kind)
{
    return std::any_of(steps.begin(), steps.end(), [&](const PlannedStep& step) {
        return step.choice.what.index() == kind.what.index() && step.columns == StepColumns::Fitting;
    });
}

/// Where a further step about cells begins: the column that was asked for, or the first that has something for it to do.
std::vector<std::string> firstColumns(const Setup& setup, const StepChoice& choice, const std::string& wanted)
{
    std::string found;
    bool hasWork = false;
    for (const std::string& name : featureNames(setup)) {
        const Column& column = setup.table.column(*setup.table.find(name));
        if (!fits(choice, column))
            continue;
        if (name == wanted)
            return {name};
        const bool works = std::holds_alternative<EncodeChoice>(choice.what) || column.missing() > 0;
        if (found.empty() || (works && !hasWork))
            found = name;
        hasWork = hasWork || works;
    }
    return found.empty() ? std::vector<std::string>() : std::vector<std::string>{found};
}

QString labelOf(const StepKind& kind, const std::string& option)
{
    for (const HyperparameterSpec& spec : kind.table) {
        if (spec.name == option)
            return QString::fromStdString(spec.label);
    }
    return QString::fromStdString(option);
}

} // namespace

StepEdits::StepEdits(SetupStore& store, QObject* parent) : QObject(parent), m_store(store) {}

bool StepEdits::mayChange(std::size_t place)
{
    if (m_store.setup().frozen) {
        Q_EMIT refused(keptModelSentence(*m_store.setup().frozen, tr("it keeps the steps that it was trained with"), tr("Unfreeze a copy to change them.")));
        return false;
    }
    return place < steps().size();
}

/// Whether some step still says how every category becomes a number.
bool StepEdits::keepsEncoding(const PlannedSteps& next)
{
    const bool keeps = std::any_of(next.begin(), next.end(), [](const PlannedStep& step) {
        return step.on && step.columns == StepColumns::Fitting && std::holds_alternative<EncodeChoice>(step.choice.what);
    });
    if (!keeps)
        Q_EMIT refused(tr("A model computes with numbers, so one step for all categories stays: choose how they are encoded, or leave the columns out on the Data page."));
    return keeps;
}

void StepEdits::change(const QString& text, PlannedSteps steps, const QString& mergeKey)
{
    Setup next = m_store.setup();
    next.steps = std::move(steps);
    m_store.change(text, std::move(next), mergeKey);
}

std::optional<std::size_t> StepEdits::add(const std::string& kind, const std::string& column)
{
    const auto found = findStepKind(kind);
    if (!found || (m_store.setup().frozen && !mayChange(0)))
        return {};
    const auto made = makeStep(**found, {}, "", {});
    if (!made)
        return {};
    PlannedStep added{*made, StepColumns::Fitting, true};
    PlannedSteps next = steps();
    if (readsCells(added.choice) && hasGeneral(next, added.choice)) {
        added.columns = StepColumns::Chosen;
        added.choice.columns = firstColumns(m_store.setup(), added.choice, column);
        if (added.choice.columns.empty()) {
            Q_EMIT refused(tr("There is no column that “%1” fits.").arg(stepTitle(added.choice)));
            return {};
        }
    }
    const std::size_t place = placeFor(next, added);
    const QString title = stepTitle(added.choice);
    next.insert(next.begin() + std::ptrdiff_t(place), std::move(added));
    change(tr("Add step %1").arg(title), std::move(next));
    return place;
}

void StepEdits::remove(std::size_t place)
{
    if (!mayChange(place))
        return;
    PlannedSteps next = steps();
    next.erase(next.begin() + std::ptrdiff_t(place));
    if (keepsEncoding(next))
        change(tr("Remove step %1").arg(stepTitle(steps()[place].choice)), std::move(next));
}

bool StepEdits::move(std::size_t place, int by)
{
    if (!mayChange(place) || (by < 0 && place == 0) || (by > 0 && place + 1 == steps().size()))
        return false;
    const std::size_t other = by < 0 ? place - 1 : place + 1;
    PlannedSteps next = steps();
    const QString title = stepTitle(next[place].choice);
    if (readsCells(next[place].choice) != readsCells(next[other].choice)) {
        const PlannedStep& cells = next[readsCells(next[place].choice) ? place : other];
        Q_EMIT refused(tr("“%1” stays before all steps that compute: cells must be numbers first.").arg(stepTitle(cells.choice)));
        return false;
    }
    std::swap(next[place], next[other]);
    change(by < 0 ? tr("Move %1 up").arg(title) : tr("Move %1 down").arg(title), std::move(next));
    return true;
}

void StepEdits::setOn(std::size_t place, bool on)
{
    if (!mayChange(place))
        return;
    PlannedSteps next = steps();
    next[place].on = on;
    if (!keepsEncoding(next))
        return;
    const QString title = stepTitle(next[place].choice);
    change(on ? tr("Switch on %1").arg(title) : tr("Switch off %1").arg(title), std::move(next));
}

void StepEdits::setColumns(std::size_t place, StepColumns columns, std::vector<std::string> names)
{
    if (!mayChange(place))
        return;
    PlannedSteps next = steps();
    next[place].columns = columns;
    next[place].choice.columns = columns == StepColumns::Chosen ? std::move(names) : std::vector<std::string>();
    if (!keepsEncoding(next))
        return;
    const QString text = tr("Use %1 for %2").arg(stepTitle(next[place].choice), columnWords(next[place]));
    change(text, std::move(next), QStringLiteral("columns of step %1").arg(place));
}

void StepEdits::setKind(std::size_t place, const std::string& kind)
{
    const auto found = findStepKind(kind);
    if (!found || !mayChange(place) || stepName(steps()[place].choice) == kind)
        return;
    const auto made = makeStep(**found, {}, "", steps()[place].choice.columns);
    if (!made || readsCells(*made) != readsCells(steps()[place].choice))
        return;
    PlannedSteps next = steps();
    next[place].choice = *made;
    // "All numbers" is all that a logarithm fits.
    const bool numbersOnly = columnWords({*made}) == columnWords({*made, StepColumns::Numbers});
    if (numbersOnly && next[place].columns != StepColumns::Chosen)
        next[place].columns = StepColumns::Fitting;
    const QString text = tr("Take %1 instead of %2").arg(stepTitle(*made), stepTitle(steps()[place].choice));
    if (keepsEncoding(next))
        change(text, std::move(next));
}

Result<void> StepEdits::remake(std::size_t place, const HyperparameterValues& values, const std::string& text, const QString& undoText,
                               const QString& mergeKey)
{
    const StepChoice& before = steps()[place].choice;
    const auto kind = findStepKind(stepName(before));
    if (!kind)
        return kind.error();
    auto made = makeStep(**kind, values, text, before.columns);
    if (!made)
        return made.error();
    PlannedSteps next = steps();
    next[place].choice = *std::move(made);
    change(undoText, std::move(next), mergeKey);
    return {};
}

Result<void> StepEdits::setOption(std::size_t place, const std::string& name, const HyperparameterValue& value)
{
    if (!mayChange(place))
        return {};
    const StepChoice& before = steps()[place].choice;
    HyperparameterValues values = stepValues(before);
    values[name] = value;
    const auto kind = findStepKind(stepName(before));
    const QString label = kind ? labelOf(**kind, name) : QString::fromStdString(name);
    return remake(place, values, stepText(before), tr("Set %1 of %2 to %3").arg(label, stepTitle(before), QString::fromStdString(hyperparameterText(value))),
                  QStringLiteral("step %1 ").arg(place) + QString::fromStdString(name));
}

Result<void> StepEdits::setText(std::size_t place, const std::string& text)
{
    if (!mayChange(place))
        return {};
    const StepChoice& before = steps()[place].choice;
    const auto kind = findStepKind(stepName(before));
    const QString label = kind ? QString::fromStdString((*kind)->text.label) : QString();
    return remake(place, stepValues(before), text, tr("Set %1 of %2 to %3").arg(label, stepTitle(before), QString::fromStdString(text)),
                  QStringLiteral("step %1 text").arg(place));
}

} // namespace modelarium
