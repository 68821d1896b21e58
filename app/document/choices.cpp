#include "app/document/choices.h"

#include "app/document/default_choices.h"
#include "app/document/hold_out_words.h"
#include "app/document/kept_model.h"
#include "core/base/number_text.h"
#include "core/learn/registry.h"

#include <algorithm>
#include <utility>

namespace modelarium {
namespace {

QString columnName(const Setup& setup, std::size_t column)
{
    return QString::fromStdString(setup.table.column(column).name());
}

/// A learner that cannot do the task gives way to the default one of the task.
void keepLearnerPossible(Setup& setup)
{
    const auto task = taskOf(setup);
    if (!task)
        return;
    const auto info = findLearner(setup.learner);
    if (!info || !(*info)->supports(*task))
        setup.learner = defaultLearner(*task);
}

/// What was chosen about the classes of one target says nothing about those of another.
void forgetOtherTarget(const Setup& before, Setup& next)
{
    if (targetColumn(next) == targetColumn(before))
        return;
    next.positive.clear();
    next.threshold.reset();
}

} // namespace

Choices::Choices(SetupStore& store, QObject* parent) : QObject(parent), m_store(store) {}

bool Choices::mayChange()
{
    if (!m_store.setup().frozen)
        return true;
    Q_EMIT refused(keptModelSentence(*m_store.setup().frozen, tr("its choices are made"), tr("Unfreeze a copy to choose something else.")));
    return false;
}

void Choices::setRole(std::size_t column, Role role)
{
    if (column >= m_store.setup().roles.size() || !mayChange())
        return;
    Setup next = m_store.setup();
    next.roles = rolesWith(std::move(next.roles), column, role);
    if (role == Role::Target) {
        // Without a target all rows were learned from; what predicts is judged by rows kept back.
        if (isWithoutTarget(next) && next.testFraction == 0)
            next.testFraction = Setup().testFraction;
        next.task.reset();
    }
    forgetOtherTarget(m_store.setup(), next);
    keepLearnerPossible(next);
    keepHoldOutPossible(next);
    const QString name = columnName(next, column);
    const QString text = role == Role::Target ? tr("Choose target %1").arg(name)
        : role == Role::Feature               ? tr("Use %1 as a feature").arg(name)
                                              : tr("Leave out %1").arg(name);
    m_store.change(text, std::move(next));
}

void Choices::setRoles(const std::vector<Role>& roles)
{
    if (roles.size() != m_store.setup().roles.size() || !mayChange())
        return;
    Setup next = m_store.setup();
    next.roles = roles;
    forgetOtherTarget(m_store.setup(), next);
    keepLearnerPossible(next);
    keepHoldOutPossible(next);
    m_store.change(tr("Choose columns"), std::move(next));
}

void Choices::setNoTarget()
{
    if (!mayChange() || isWithoutTarget(m_store.setup()))
        return;
    Setup next = m_store.setup();
    next.roles = rolesWithoutTarget(next);
    next.task = Task::Clustering;
    forgetOtherTarget(m_store.setup(), next);
    next.testFraction = 0;
    keepLearnerPossible(next);
    m_store.change(tr("Learn without a target"), std::move(next));
}

void Choices::setTask(std::optional<Task> task)
{
    if (!mayChange())
        return;
    Setup next = m_store.setup();
    next.task = task;
    next.threshold.reset();
    keepLearnerPossible(next);
    const QString text = !task                 ? tr("Let the target decide the task")
        : *task == Task::Classification ? tr("Predict a class")
                                        : tr("Predict a number");
    m_store.change(text, std::move(next));
}

void Choices::setPositive(const std::string& name)
{
    if (!mayChange())
        return;
    Setup next = m_store.setup();
    next.positive = name;
    if (twoClasses(next).empty() || twoClasses(next).back() == twoClasses(m_store.setup()).back())
        return;
    next.threshold.reset();
    // The one that comes second unasked is no choice: the run from before is found again.
    Setup unasked = next;
    unasked.positive.clear();
    if (twoClasses(unasked).back() == name)
        next.positive.clear();
    m_store.change(tr("Look for %1").arg(QString::fromStdString(name)), std::move(next));
}

void Choices::setTestFraction(double fraction)
{
    if (!mayChange())
        return;
    Setup next = m_store.setup();
    next.testFraction = std::clamp(fraction, 0.0, 0.9);
    m_store.change(tr("Keep %1 % of the rows for testing").arg(qRound(100 * next.testFraction)), std::move(next),
                   QStringLiteral("test fraction"));
}

void Choices::setHoldOut(const HoldOut& how)
{
    if (how == m_store.setup().holdOut || !mayChange())
        return;
    Setup next = m_store.setup();
    next.holdOut = how;
    m_store.change(tr("Test rows: %1").arg(holdOutWords(how)), std::move(next));
}

void Choices::setSeed(std::uint64_t seed)
{
    if (!mayChange())
        return;
    Setup next = m_store.setup();
    next.seed = seed;
    m_store.change(tr("Start from seed %1").arg(seed), std::move(next), QStringLiteral("seed"));
}

void Choices::setThreshold(std::optional<double> threshold)
{
    if (!mayChange())
        return;
    Setup next = m_store.setup();
    next.threshold = threshold;
    const QString text = threshold ? tr("Set the threshold to %1").arg(QString::fromStdString(shortText(*threshold)))
                                   : tr("Decide for the likelier class");
    m_store.change(text, std::move(next), QStringLiteral("threshold"));
}

void Choices::setLearner(const std::string& id)
{
    if (!mayChange())
        return;
    const auto info = findLearner(id);
    if (!info) {
        Q_EMIT refused(errorText(info.error()));
        return;
    }
    Setup next = m_store.setup();
    next.learner = id;
    m_store.change(tr("Choose %1").arg(QString::fromStdString((*info)->name)), std::move(next));
}

Result<void> Choices::setHyperparameter(const std::string& name, const HyperparameterValue& value)
{
    return change({{name, value}}, QStringLiteral("hyperparameter ") + QString::fromStdString(name));
}

Result<void> Choices::setHyperparameters(const HyperparameterValues& values)
{
    return change(values, {});
}

Result<void> Choices::change(const HyperparameterValues& chosen, const QString& mergeKey)
{
    if (chosen.empty() || !mayChange())
        return {};
    const auto info = findLearner(m_store.setup().learner);
    if (!info)
        return info.error();
    Setup next = m_store.setup();
    HyperparameterValues& values = next.hyperparameters[next.learner];
    for (const auto& [name, value] : chosen)
        values[name] = value;
    auto checked = Hyperparameters::check((*info)->table, values);
    if (!checked)
        return checked.error();
    QString text;
    for (const auto& [name, value] : chosen) {
        const HyperparameterSpec* spec = findSpec((*info)->table, name);
        if (spec && spec->defaultValue == value)
            values.erase(name);
        const QString label = QString::fromStdString(spec ? spec->label : name);
        const QString shown = QString::fromStdString(hyperparameterText(value));
        text = text.isEmpty() ? tr("Set %1 to %2").arg(label, shown) : tr("%1, %2 to %3").arg(text, label, shown);
    }
    if (values.empty())
        next.hyperparameters.erase(next.learner);
    m_store.change(text, std::move(next), mergeKey);
    return {};
}

void Choices::resetHyperparameters()
{
    if (!mayChange())
        return;
    Setup next = m_store.setup();
    next.hyperparameters.erase(next.learner);
    m_store.change(tr("Reset the hyperparameters"), std::move(next));
}

} // namespace modelarium
