#include "app/pages/draws_view.h"

#include "app/pages/metric_names.h"
#include "app/pages/search_scale.h"
#include "app/pages/search_texts.h"

#include <algorithm>
#include <limits>

namespace modelarium {
namespace {

constexpr int plain = -1;                           ///< a circle
constexpr int star = 4;                             ///< as markers of classes are numbered

const ScoreSummary* scoreOf(const ScoreSummaries& scores, const std::string& metric)
{
    const auto found = scores.find(metric);
    return found == scores.end() ? nullptr : &found->second;
}

} // namespace

DrawsView::DrawsView(QWidget* parent) : CurveChart(parent)
{
    setAccessibleName(tr("Tries of the random search"));
    connect(this, &CurveChart::pointsChosen, this, [this](const std::vector<std::size_t>& tries) {
        if (tries.size() == 1)
            setSelection(tries);
    });
}

QString DrawsView::nameOf(const LearnerInfo& learner, std::size_t candidate) const
{
    return tryText(learner, m_draws->axes, m_draws->valuesOf(candidate), m_draws->result.scores[candidate], m_draws->result.metric);
}

void DrawsView::setDraws(const std::shared_ptr<const SearchTries>& draws, const LearnerInfo& learner)
{
    m_draws = draws;
    QStringList names;
    for (std::size_t i = 0; i < draws->result.candidates.size(); ++i)
        names << nameOf(learner, i);
    setPointNames(names);
    setAccessibleDescription(names.join(QStringLiteral(" ")));
    if (draws->axes.size() == 1)
        drawCurve(learner);
    else
        drawPlane(learner);
}

void DrawsView::drawCurve(const LearnerInfo& learner)
{
    const SearchResult& result = m_draws->result;
    const SearchAxis& axis = m_draws->axes.front();
    const SearchScale scale(learner, axis);
    std::vector<std::pair<double, std::size_t>> along;
    for (std::size_t i = 0; i < result.candidates.size(); ++i) {
        if (const auto value = result.candidates[i].find(axis.name); value != result.candidates[i].end())
            along.emplace_back(scale.placeOf(value->second), i);
    }
    std::sort(along.begin(), along.end());
    ChartCurve train{tr("rows it learned from"), {}, ChartCurve::Style::Second, true};
    ChartCurve test{tr("rows kept back"), {}, ChartCurve::Style::Main, true};
    std::vector<PlotPoint> points;
    double low = std::numeric_limits<double>::infinity(), high = -low;
    for (const auto& [place, i] : along) {
        for (const auto& [curve, scores] : {std::pair{&train, &result.scores[i].train}, {&test, &result.scores[i].test}}) {
            const ScoreSummary* score = scoreOf(*scores, result.metric);
            if (!score)
                continue;
            curve->points << QPointF(place, score->mean);
            low = std::min(low, score->mean);
            high = std::max(high, score->mean);
        }
        if (const ScoreSummary* score = scoreOf(result.scores[i].test, result.metric)) {
            PlotPoint point{place, score->mean, i, i == result.order.front() ? star : plain};
            points.push_back(point);
        }
    }
    const double margin = std::max((high - low) * 0.06, 1e-9);
    setAxes(scale.axis(), {metricWord(result.metric), low - margin, high + margin});
    setCurves({train, test});
    setPointColours(std::vector<QColor>(points.size(), Look::current().accent));
    setPoints(std::move(points));
}

/// The stronger the colour, the better, as in the map of a grid.
void DrawsView::drawPlane(const LearnerInfo& learner)
{
    const SearchResult& result = m_draws->result;
    const SearchScale across(learner, m_draws->axes[0]), up(learner, m_draws->axes[1]);
    const ScoreSummary* last = nullptr;
    const auto isIncomplete = [&](std::size_t i) { return incompleteFolds(result.scores[i], *findMetric(result.metric)).has_value(); };
    for (auto i = result.order.rbegin(); i != result.order.rend() && !last; ++i)
        if (!isIncomplete(*i))
            last = scoreOf(result.scores[*i].test, result.metric);
    const ScoreSummary* first = scoreOf(result.scores[result.order.front()].test, result.metric);
    const double best = first ? first->mean : 0, worst = last ? last->mean : 0;
    std::vector<PlotPoint> points;
    std::vector<QColor> colours;
    const Look& look = Look::current();
    for (std::size_t i = 0; i < result.candidates.size(); ++i) {
        const HyperparameterValues values = m_draws->valuesOf(i);
        const auto x = values.find(m_draws->axes[0].name), y = values.find(m_draws->axes[1].name);
        const ScoreSummary* score = scoreOf(result.scores[i].test, result.metric);
        // What another value makes idle has no place here, and what failed has no colour; both are in the description.
        if (x == values.end() || y == values.end() || !score)
            continue;
        // A mean over fewer folds is of other rows: it stands behind, however good it looks.
        const double share = isIncomplete(i) ? 0 : best == worst ? 1 : (score->mean - worst) / (best - worst);
        points.push_back({across.placeOf(x->second), up.placeOf(y->second), i, i == result.order.front() ? star : plain});
        colours.push_back(mixed(look.accent, look.plot, 0.15 + 0.85 * share));
    }
    setCurves({});
    setAxes(across.axis(), up.axis());
    setPointColours(std::move(colours));
    setPoints(std::move(points));
}

void DrawsView::markChosen(const HyperparameterValues& now)
{
    std::vector<std::size_t> chosen;
    for (std::size_t i = 0; m_draws && i < m_draws->result.candidates.size() && chosen.empty(); ++i) {
        if (areChosen(m_draws->valuesOf(i), now))
            chosen.push_back(i);
    }
    setSelection(chosen);
}

} // namespace modelarium
