#include "app/pages/search_texts.h"

#include "app/document/experiment_state.h"
#include "app/pages/metric_names.h"
#include "core/base/number_text.h"
#include "core/learn/registry.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <limits>

namespace modelarium {
namespace {

struct SearchTexts {
    Q_DECLARE_TR_FUNCTIONS(modelarium::SearchTexts)
};

} // namespace

bool isNumber(const HyperparameterSpec& spec)
{
    return spec.kind == HyperparameterSpec::Kind::Real || spec.kind == HyperparameterSpec::Kind::Integer;
}

double numberOf(const HyperparameterValue& value)
{
    const auto* whole = std::get_if<std::int64_t>(&value);
    const auto* real = std::get_if<double>(&value);
    return whole ? double(*whole) : real ? *real : 0;
}

QString valueText(const HyperparameterSpec* spec, const HyperparameterValue& value)
{
    if (const auto* real = std::get_if<double>(&value))
        return QString::fromStdString(shortText(*real, 3));
    if (const auto* flag = std::get_if<bool>(&value))
        return *flag ? SearchTexts::tr("yes") : SearchTexts::tr("no");
    const std::string text = hyperparameterText(value);
    if (spec && spec->kind == HyperparameterSpec::Kind::Choice) {
        const auto place = std::find(spec->choices.begin(), spec->choices.end(), text);
        if (place != spec->choices.end())
            return QString::fromStdString(spec->choiceLabels[std::size_t(place - spec->choices.begin())]);
    }
    return QString::fromStdString(text);
}

QStringList valueTexts(const LearnerInfo& learner, const SearchAxis& axis)
{
    QStringList texts;
    for (const HyperparameterValue& value : axis.values)
        texts << valueText(findSpec(learner.table, axis.name), value);
    return texts;
}

QString labelOf(const LearnerInfo& learner, const std::string& name)
{
    const HyperparameterSpec* spec = findSpec(learner.table, name);
    return QString::fromStdString(spec ? spec->label : name);
}

const LearnerInfo* learnerNamed(const std::string& id)
{
    const auto found = findLearner(id);
    return found ? *found : nullptr;
}

bool areChosen(const HyperparameterValues& values, const HyperparameterValues& now)
{
    return std::all_of(values.begin(), values.end(), [&](const auto& each) {
        const auto chosen = now.find(each.first);
        return chosen != now.end() && sameValue(chosen->second, each.second);
    });
}

bool sameValue(const HyperparameterValue& a, const HyperparameterValue& b)
{
    return a == b || hyperparameterText(a) == hyperparameterText(b);
}

QString scoreText(const PlanScore& score, const std::string& metric)
{
    const auto found = score.test.find(metric);
    if (found == score.test.end())
        return QStringLiteral("–");
    const QString mean = metricValueText(metric, found->second.mean);
    const QString text = found->second.folds < 2 ? mean : SearchTexts::tr("%1 ± %2").arg(mean, metricValueText(metric, found->second.standardDeviation));
    return found->second.folds < score.folds ? SearchTexts::tr("%1 (%2 of %3 folds)").arg(text).arg(found->second.folds).arg(score.folds) : text;
}

QString tryText(const LearnerInfo& learner, const std::vector<SearchAxis>& axes, const HyperparameterValues& values, const PlanScore& score, const std::string& metric)
{
    QStringList parts;
    for (const SearchAxis& axis : axes) {
        // What another value makes idle is left out.
        if (const auto value = values.find(axis.name); value != values.end())
            parts << SearchTexts::tr("%1 %2").arg(labelOf(learner, axis.name), valueText(findSpec(learner.table, axis.name), value->second));
    }
    const auto found = score.test.find(metric);
    if (found == score.test.end())
        return SearchTexts::tr("%1: %2").arg(parts.join(QStringLiteral(", ")), errorText(missingScore(score, *findMetric(metric))));
    return SearchTexts::tr("%1: %2 on rows kept back.").arg(parts.join(QStringLiteral(", ")), scoreText(score, metric));
}

std::size_t equallyGood(const SearchResult& result)
{
    // A mean over other folds is not the same score, whatever it comes to.
    const auto folds = [&](std::size_t candidate) {
        const auto found = result.scores[candidate].test.find(result.metric);
        return found == result.scores[candidate].test.end() ? std::size_t(0) : found->second.folds;
    };
    const auto meanOf = [&](std::size_t candidate) {
        const auto found = result.scores[candidate].test.find(result.metric);
        return folds(candidate) < folds(result.order.front()) ? std::numeric_limits<double>::quiet_NaN() : found->second.mean;
    };
    // The same folds in another order add up to a mean that differs in its last digits.
    constexpr double rounding = 1e-12;
    const double best = meanOf(result.order.front());
    std::size_t count = 1;
    while (count < result.order.size() && std::abs(meanOf(result.order[count]) - best) <= rounding * std::abs(best))
        ++count;
    return count;
}

} // namespace modelarium
