#include "app/document/default_choices.h"

#include "core/learn/registry.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace modelarium {
namespace {

constexpr std::array<std::string_view, 9> targetNames{"species", "class", "target", "label", "y",
                                                      "outcome", "diagnosis", "survived", "quality"};
/// A category with more levels than this is more likely a name than a feature.
constexpr std::size_t maximumLevels = 100;

std::string lowered(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return char(c < 128 ? std::tolower(c) : c); });
    return text;
}

bool isNamed(const std::vector<std::string>& names, const std::string& name)
{
    return std::find(names.begin(), names.end(), name) != names.end();
}

bool hasManyLevels(const Column& column)
{
    return column.isCategorical() && column.categoryCells().levels.size() > maximumLevels;
}

std::optional<std::size_t> likelyTarget(const Table& table)
{
    const std::vector<std::string> usable = usableFeatures(table, {});
    for (const std::string_view wanted : targetNames) {
        for (std::size_t j = 0; j < table.columns(); ++j) {
            if (lowered(table.column(j).name()) == wanted && isNamed(usable, table.column(j).name()))
                return j;
        }
    }
    for (std::size_t j = table.columns(); j-- > 0;) {
        if (isNamed(usable, table.column(j).name()) && !hasManyLevels(table.column(j)))
            return j;
    }
    return {};
}

std::vector<Role> likelyRoles(const Table& table, const SampleInfo& sample)
{
    std::vector<Role> roles(table.columns(), Role::Ignored);
    std::optional<std::size_t> target = table.find(sample.target);
    if (!target)
        target = likelyTarget(table);
    if (!target)
        return roles;
    const std::vector<std::string> usable = usableFeatures(table, table.column(*target).name());
    for (std::size_t j = 0; j < table.columns(); ++j) {
        const Column& column = table.column(j);
        const bool suggested = sample.features.empty() || isNamed(sample.features, column.name());
        if (suggested && isNamed(usable, column.name()) && !hasManyLevels(column))
            roles[j] = Role::Feature;
    }
    roles[*target] = Role::Target;
    return roles;
}

} // namespace

std::string defaultLearner(Task task)
{
    // The registry is in the order in which a course meets the learners, but a line or boundary is seen before a memory.
    const std::string preferred = task == Task::Regression ? "linear_regression" : task == Task::Classification ? "logistic_regression"
        : task == Task::Projection ? "pca" : "k_means";
    if (findLearner(preferred))
        return preferred;
    for (const LearnerInfo& info : learners()) {
        if (info.supports(task))
            return info.id;
    }
    return {};
}

Setup defaultSetup(Table table, DataSourcePtr source, const SampleInfo& sample)
{
    Setup setup;
    setup.source = std::move(source);
    setup.roles = likelyRoles(table, sample);
    setup.table = std::move(table);
    setup.positive = sample.positive;
    const Task task = taskOf(setup).value_or(Task::Regression);
    const auto suggested = findLearner(sample.learner);
    setup.learner = suggested && (*suggested)->supports(task) ? sample.learner : defaultLearner(task);
    const auto info = findLearner(setup.learner);
    setup.steps = defaultSteps(sample.standardise || (info && (*info)->wantsScaling));
    return setup;
}

Setup reloadedSetup(const Setup& before, Table table, DataSourcePtr source)
{
    std::vector<Role> roles(table.columns(), Role::Ignored);
    const std::vector<Role> likely = likelyRoles(table, {});
    bool hasTarget = false;
    for (std::size_t j = 0; j < before.roles.size(); ++j) {
        if (const auto now = table.find(before.table.column(j).name())) {
            roles[*now] = before.roles[j];
            // Words that nearly all differ are left out because nothing can be learned from them: that is over where they are read as numbers.
            const Column& words = before.table.column(j);
            const bool wasUseless = words.type() == ColumnType::Text || hasManyLevels(words);
            if (roles[*now] == Role::Ignored && wasUseless && table.column(*now).isNumeric() && likely[*now] != Role::Ignored)
                roles[*now] = Role::Feature;
            hasTarget = hasTarget || before.roles[j] == Role::Target;
        }
    }
    if (!hasTarget && !isWithoutTarget(before))
        return defaultSetup(std::move(table), std::move(source));
    Setup setup = before;
    setup.source = std::move(source);
    setup.table = std::move(table);
    setup.roles = std::move(roles);
    setup.frozenRows.reset();
    keepHoldOutPossible(setup);
    const auto task = taskOf(setup);
    const auto info = findLearner(setup.learner);
    if (task && (!info || !(*info)->supports(*task)))
        setup.learner = defaultLearner(*task);
    return setup;
}

void keepHoldOutPossible(Setup& setup)
{
    if (setup.holdOut.column.empty())
        return;
    const auto column = setup.table.find(setup.holdOut.column);
    const bool fits = column && (setup.holdOut.kind == HoldOutKind::Last ? setup.table.column(*column).isNumeric() : column != targetColumn(setup));
    if (!fits)
        setup.holdOut = {};
}

std::vector<Role> rolesWith(std::vector<Role> roles, std::size_t column, Role role)
{
    // The two change places: what was to be predicted is a feature when a feature is to be predicted now.
    // Where that would leave nothing to predict from, it is a feature too.
    if (role == Role::Target) {
        const bool hasOther = std::count(roles.begin(), roles.end(), Role::Feature) > (roles[column] == Role::Feature ? 1 : 0);
        std::replace(roles.begin(), roles.end(), Role::Target, hasOther ? roles[column] : Role::Feature);
    }
    roles[column] = role;
    return roles;
}

std::vector<Role> rolesWithoutTarget(const Setup& setup)
{
    std::vector<Role> roles = setup.roles;
    for (std::size_t j = 0; j < roles.size(); ++j)
        if (roles[j] == Role::Target)
            roles[j] = setup.table.column(j).isNumeric() ? Role::Feature : Role::Ignored;
    return roles;
}

std::pair<std::string, std::string> defaultAxes(const Setup& setup)
{
    const auto target = targetColumn(setup);
    if (!taskOf(setup))
        return {};
    std::vector<std::string> numbers;
    std::vector<std::string> categories;
    for (const std::size_t j : featureColumns(setup)) {
        const Column& column = setup.table.column(j);
        (column.isNumeric() ? numbers : categories).push_back(column.name());
    }
    std::vector<std::string> names = numbers;
    names.insert(names.end(), categories.begin(), categories.end());
    if (names.empty())
        return {};
    if (!target)
        return {names.front(), names.size() > 1 ? names[1] : names.front()};
    const std::string& targetName = setup.table.column(*target).name();
    if (taskOf(setup) == Task::Regression || names.size() == 1)
        return {names[0], targetName};
    return {names[0], names[1]};
}

} // namespace modelarium
