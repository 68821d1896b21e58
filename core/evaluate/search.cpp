#include "core/evaluate/search.h"

#include "core/base/number_text.h"
#include "core/base/random.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace modelarium {

namespace {

using Kind = HyperparameterSpec::Kind;

constexpr std::size_t mostCandidates = 10000;
constexpr const char* mostCandidatesText = "10,000";

Error axisError(ErrorCode code, const std::string& name, std::string message)
{
    Place place;
    place.hyperparameter = name;
    return {code, std::move(message), place};
}

HyperparameterValue numberFor(const HyperparameterSpec& spec, double value)
{
    return spec.kind == Kind::Integer ? HyperparameterValue(std::int64_t(std::llround(value))) : HyperparameterValue(value);
}

/// The place `share` (0 to 1) of the way from low to high.
double between(const HyperparameterSpec& spec, const SearchAxis& axis, double share)
{
    if (share == 0 || share == 1)
        return share == 0 ? axis.low : axis.high;
    const bool factors = spec.logarithmic && axis.low > 0;
    const double value = factors ? axis.low * std::pow(axis.high / axis.low, share) : axis.low + (axis.high - axis.low) * share;
    return std::clamp(value, axis.low, axis.high);  // a rounding must not step over the table's limits
}

/// Four digits say what is tried as well as seventeen do, and can be typed.
double readable(double value, const SearchAxis& axis)
{
    if (value == axis.low || value == axis.high)
        return value;
    return std::clamp(parseNumber(shortText(value)).value_or(value), axis.low, axis.high);
}

/// Without the last digits, in which a quotient differs from the number a person would write.
double rounded(double value) { return parseNumber(shortText(value, 12)).value_or(value); }

HyperparameterValue drawn(const HyperparameterSpec& spec, const SearchAxis& axis, Random& random)
{
    if (!axis.values.empty())
        return axis.values[random.below(axis.values.size())];
    if (spec.kind == Kind::Integer && !(spec.logarithmic && axis.low > 0))
        return std::int64_t(axis.low) + std::int64_t(random.below(std::uint64_t(axis.high - axis.low) + 1));
    return numberFor(spec, between(spec, axis, random.uniform()));
}

double defaultNumber(const HyperparameterSpec& spec)
{
    if (const auto* integer = std::get_if<std::int64_t>(&spec.defaultValue))
        return double(*integer);
    return std::get<double>(spec.defaultValue);
}

/// Every axis names a hyperparameter of the learner, once, and can be drawn from.
Result<void> checkAxes(const LearnerInfo& learner, const std::vector<SearchAxis>& axes, bool ranges)
{
    if (axes.empty())
        return Error{ErrorCode::Unsupported, "A search needs at least one hyperparameter to vary."};
    std::set<std::string> names;
    for (const SearchAxis& axis : axes) {
        const HyperparameterSpec* spec = findSpec(learner.table, axis.name);
        if (!spec) {
            std::string known;
            for (const HyperparameterSpec& one : learner.table)
                known += (known.empty() ? "" : ", ") + one.name;
            return axisError(ErrorCode::UnknownHyperparameter, axis.name, learner.id + " has no hyperparameter \"" + axis.name + "\": it has " + known + ".");
        }
        if (!names.insert(axis.name).second)
            return axisError(ErrorCode::Unsupported, axis.name, "\"" + axis.name + "\" is named twice: once is enough.");
        if (!axis.values.empty())
            continue;
        const bool number = spec->kind == Kind::Real || spec->kind == Kind::Integer;
        if (!ranges || !number)
            return axisError(ErrorCode::Unsupported, axis.name, "\"" + axis.name + "\" has no values to try.");
        if (!(axis.low <= axis.high) || !std::isfinite(axis.high - axis.low))
            return axisError(ErrorCode::Unsupported, axis.name, "The range of \"" + axis.name + "\" ends before it begins.");
        for (const double end : {axis.low, axis.high}) {
            // The sentence that a value which is typed gets: rounding an end would try what lies outside, or leave out what lies inside.
            if (spec->kind == Kind::Integer && end != std::trunc(end))
                return parseHyperparameter(*spec, exactText(end)).error();
            if (const Result<Hyperparameters> checked = Hyperparameters::check(learner.table, {{axis.name, numberFor(*spec, end)}}); !checked)
                return checked.error();
        }
    }
    return {};
}

/// What is not varied, with what the axes need in order to matter.
Result<HyperparameterValues> baseFor(const LearnerInfo& learner, const HyperparameterValues& base, const std::vector<SearchAxis>& axes)
{
    std::vector<std::string> names;
    for (const SearchAxis& axis : axes)
        names.push_back(axis.name);
    return withConditions(learner.table, base, names);
}

/// What matters of a combination: values that another one switches off are left out.
HyperparameterValues withoutIdle(const LearnerInfo& learner, const HyperparameterValues& values, const std::vector<SearchAxis>& axes)
{
    HyperparameterValues result = values;
    for (const SearchAxis& axis : axes)
        if (!matters(*findSpec(learner.table, axis.name), learner.table, values))
            result.erase(axis.name);
    return result;
}

Error tooManyCandidates()
{
    return {ErrorCode::TooLarge, std::string("The grid has more than ") + mostCandidatesText + " combinations: take fewer values, or draw some at random."};
}

bool dependsOn(const LearnerInfo& learner, const std::string& name, const std::string& other)
{
    for (const HyperparameterSpec* spec = findSpec(learner.table, name); spec && !spec->onlyWhen.empty(); spec = findSpec(learner.table, spec->onlyWhen))
        if (spec->onlyWhen == other)
            return true;
    return false;
}

Result<void> checkCandidate(const LearnerInfo& learner, const HyperparameterValues& values)
{
    const Result<Hyperparameters> checked = Hyperparameters::check(learner.table, values);
    return checked ? Result<void>() : checked.error();
}

} // namespace

Result<std::vector<HyperparameterValues>> gridCandidates(const LearnerInfo& learner, const HyperparameterValues& base,
                                                         const std::vector<SearchAxis>& axes)
{
    if (const Result<void> checked = checkAxes(learner, axes, false); !checked)
        return checked.error();
    const Result<HyperparameterValues> start = baseFor(learner, base, axes);
    if (!start)
        return start.error();
    std::vector<HyperparameterValues> candidates = {*start};
    for (const SearchAxis& axis : axes) {
        if (candidates.size() * axis.values.size() > mostCandidates)
            return tooManyCandidates();
        std::vector<HyperparameterValues> grown;
        for (const HyperparameterValues& values : candidates)
            for (const HyperparameterValue& value : axis.values) {
                grown.push_back(values);
                grown.back()[axis.name] = value;
            }
        candidates = std::move(grown);
    }
    std::vector<HyperparameterValues> distinct;
    std::set<HyperparameterValues> seen;
    for (const HyperparameterValues& values : candidates) {
        if (const Result<void> checked = checkCandidate(learner, values); !checked)
            return checked.error();
        const HyperparameterValues effective = withoutIdle(learner, values, axes);
        if (seen.insert(effective).second)
            distinct.push_back(effective);
    }
    return distinct;
}

Result<std::size_t> gridSize(const LearnerInfo& learner, const HyperparameterValues& base, const std::vector<SearchAxis>& axes)
{
    if (const Result<void> checked = checkAxes(learner, axes, false); !checked)
        return checked.error();
    std::size_t all = 1, times = 1;
    std::vector<SearchAxis> bound = axes;
    for (SearchAxis& axis : bound) {
        all *= axis.values.size();
        if (all > mostCandidates)
            return tooManyCandidates();
        // An axis that no other one makes idle, and that makes none idle, multiplies what the others come to.
        const bool free = std::none_of(axes.begin(), axes.end(), [&](const SearchAxis& other) {
            return dependsOn(learner, axis.name, other.name) || dependsOn(learner, other.name, axis.name);
        });
        if (free) {
            times *= axis.values.size();
            axis.values.resize(1);
        }
    }
    const auto candidates = gridCandidates(learner, base, bound);
    if (!candidates)
        return candidates.error();
    return times * candidates->size();
}

Result<std::vector<HyperparameterValues>> randomCandidates(const LearnerInfo& learner, const HyperparameterValues& base,
                                                           const std::vector<SearchAxis>& axes, std::size_t count, std::uint64_t seed)
{
    if (const Result<void> checked = checkAxes(learner, axes, true); !checked)
        return checked.error();
    if (count < 1 || count > mostCandidates)
        return Error{ErrorCode::TooLarge, std::string("A random search draws from 1 to ") + mostCandidatesText + " combinations."};
    const Result<HyperparameterValues> start = baseFor(learner, base, axes);
    if (!start)
        return start.error();
    constexpr int mostTries = 50;
    std::vector<HyperparameterValues> candidates;
    std::set<HyperparameterValues> seen;
    const Random random(seed);
    for (std::size_t i = 0; i < count; ++i) {
        Random stream = random.split(i);
        for (int attempt = 0; attempt < mostTries; ++attempt) {
            HyperparameterValues values = *start;
            for (const SearchAxis& axis : axes)
                values[axis.name] = drawn(*findSpec(learner.table, axis.name), axis, stream);
            if (const Result<void> checked = checkCandidate(learner, values); !checked)
                return checked.error();
            values = withoutIdle(learner, values, axes);
            if (!seen.insert(values).second)
                continue;
            candidates.push_back(std::move(values));
            break;
        }
    }
    return candidates;
}

SearchAxis suggestedAxis(const HyperparameterSpec& spec, std::optional<std::size_t> features)
{
    SearchAxis axis{spec.name, {}, 0, 0};
    if (spec.kind == Kind::Boolean) {
        axis.values = {false, true};
    } else if (spec.kind == Kind::Choice) {
        axis.values.assign(spec.choices.begin(), spec.choices.end());
    } else if (spec.kind == Kind::Integers) {
        axis.values = {spec.defaultValue};          // which lists are worth a try, only a person can say
    } else {
        const double usual = defaultNumber(spec);
        const double factor = spec.kind == Kind::Integer ? 10 : 100;
        const bool positive = usual > 0;
        axis.low = std::max(spec.minimum, positive ? usual / factor : spec.minimum);
        axis.high = std::min(spec.maximum, positive ? usual * factor : spec.minimum + (spec.kind == Kind::Integer ? 10 : 1));
        if (spec.countsFeatures && features)
            axis.high = std::clamp(double(*features), axis.low, axis.high);
        if (spec.kind == Kind::Integer) {
            axis.low = std::ceil(axis.low);
            axis.high = std::floor(axis.high);
        }
        else {
            // What a division leaves behind the last digit that counts, nobody would type.
            axis.low = std::max(spec.minimum, rounded(axis.low));
            axis.high = std::min(spec.maximum, rounded(axis.high));
        }
        if (spec.minimumExclusive && axis.low <= spec.minimum)
            axis.low = spec.minimum + (axis.high - spec.minimum) / 1000;
    }
    return axis;
}

std::vector<HyperparameterValue> spreadValues(const HyperparameterSpec& spec, const SearchAxis& axis, std::size_t count)
{
    if (!axis.values.empty())
        return axis.values;
    std::vector<HyperparameterValue> values;
    for (std::size_t i = 0; i < count; ++i) {
        const HyperparameterValue value = numberFor(spec, readable(between(spec, axis, count == 1 ? 0 : double(i) / double(count - 1)), axis));
        if (values.empty() || values.back() != value)
            values.push_back(value);
    }
    return values;
}

Result<const MetricInfo*> metricFor(std::string_view name, Task task)
{
    const MetricInfo* metric = findMetric(name.empty() ? defaultMetric(task) : name);
    if (metric && metric->task == task)
        return metric;
    std::string names;
    for (const MetricInfo& one : metricTable())
        if (one.task == task)
            names += (names.empty() ? "" : ", ") + one.id;
    return Error{ErrorCode::Unsupported, "There is no metric \"" + std::string(name) + "\" for " + std::string(taskName(task)) + ": choose one of "
                                             + names + "."};
}

Result<SearchResult> searchHyperparameters(const Table& table, const TrainingPlan& plan, const std::vector<HyperparameterValues>& candidates,
                                           const std::vector<Split>& folds, std::string_view metricName, const EvaluationProgress& progress,
                                           std::stop_token stop)
{
    const Result<Task> task = taskOf(table, plan);
    if (!task)
        return task.error();
    const Result<const MetricInfo*> metric = metricFor(metricName, *task);
    if (!metric)
        return metric.error();
    if (candidates.empty())
        return Error{ErrorCode::Unsupported, "There is nothing to try."};
    std::vector<TrainingPlan> plans(candidates.size(), plan);
    for (std::size_t i = 0; i < candidates.size(); ++i)
        plans[i].hyperparameters = candidates[i];
    Result<std::vector<PlanScore>> scores = scorePlans(table, plans, folds, progress, stop);
    if (!scores)
        return scores.error();
    SearchResult result{(*metric)->id, candidates, *std::move(scores), {}};
    result.order = ranked(result.scores, **metric);
    const PlanScore& best = result.scores[result.order.front()];
    if (!decidingScore(best, **metric))
        return missingScore(best, **metric);
    return result;
}

} // namespace modelarium
