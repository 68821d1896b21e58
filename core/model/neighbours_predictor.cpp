#include "core/model/neighbours_predictor.h"

#include "core/base/parallel.h"
#include "core/model/neighbours_grid.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

namespace modelarium {

namespace {

constexpr int stackNeighbours = 256;
constexpr std::size_t queriesInBlock = 256;

struct PlacedQuery {
    std::uint64_t place;
    std::uint32_t query;
};

/// By their places; queries in the same place stay as they are. A digit a round, the lowest first; rounds in which all are alike are left
/// out.
void sortByPlace(std::vector<PlacedQuery>& queries)
{
    constexpr unsigned digitBits = 11, placeBits = 64;
    constexpr std::size_t digits = std::size_t(1) << digitBits;
    std::vector<PlacedQuery> sorted(queries.size());
    for (unsigned shift = 0; shift < placeBits; shift += digitBits) {
        const auto digitOf = [shift](const PlacedQuery& query) { return std::size_t(query.place >> shift) % digits; };
        std::array<std::size_t, digits> next{};
        for (const PlacedQuery& query : queries)
            ++next[digitOf(query)];
        if (std::any_of(next.begin(), next.end(), [&](std::size_t count) { return count == queries.size(); }))
            continue;
        std::exclusive_scan(next.begin(), next.end(), next.begin(), std::size_t(0));
        for (const PlacedQuery& query : queries)
            sorted[next[digitOf(query)]++] = query;
        queries.swap(sorted);
    }
}

} // namespace

NeighboursPredictor::NeighboursPredictor(const NearestNeighbours& parameters)
    : Predictor(featureCount(parameters), outputCount(parameters)),
      m_search(parameters.X, parameters.metric),
      m_y(parameters.y.data(), parameters.y.data() + parameters.y.size()),
      m_k(std::min(parameters.k, int(parameters.X.rows()))),
      m_classes(parameters.classes),
      m_weights(parameters.weights),
      m_metric(parameters.metric)
{
    if (m_classes > 0 && m_classes <= std::numeric_limits<std::uint16_t>::max() && m_weights == NeighbourWeights::Uniform)
        m_codes.assign(m_y.begin(), m_y.end());
}

/// Rows predicted one after the other: the neighbours of the last one bound how far those of the next can be.
class NeighboursPredictor::Sequence {
public:
    explicit Sequence(const NeighboursPredictor& predictor)
        : m_predictor(predictor), m_nearest(std::size_t(predictor.m_k)), m_last(predictor.features())
    {
    }

    void predict(const double* x, double* out)
    {
        const double kth = m_nearest.back().distance;
        const double bound = m_first ? infinity : m_predictor.m_search.boundFrom(x, m_last.data(), kth);
        m_predictor.find(x, m_nearest.data(), std::isfinite(bound) ? bound : infinity);
        m_predictor.answer(m_nearest.data(), out);
        // A query beyond the range of squares is compared in another unit: its distances bound nothing.
        std::copy_n(x, m_last.size(), m_last.begin());
        m_first = !isOrdinary(x);
    }

private:
    static constexpr double infinity = std::numeric_limits<double>::infinity();

    bool isOrdinary(const double* x) const
    {
        return std::all_of(x, x + m_last.size(), [](double value) { return std::abs(value) < 1e140; })
            && m_nearest.back().distance < 1e290;
    }

    const NeighboursPredictor& m_predictor;
    std::vector<Neighbour> m_nearest;
    std::vector<double> m_last;
    bool m_first = true;
};

void NeighboursPredictor::predictInto(const ColumnView& X, Eigen::Ref<Matrix> out) const
{
    const std::size_t n = std::size_t(X.rows());
    const std::size_t blocks = (n + queriesInBlock - 1) / queriesInBlock;
    std::vector<PlacedQuery> order(n);
    parallelFor(blocks, [&](std::size_t block) {
        std::vector<double> x(features());
        for (std::size_t i = block * queriesInBlock; i < std::min(n, (block + 1) * queriesInBlock); ++i) {
            X.copyRow(Eigen::Index(i), x.data());
            order[i] = {m_search.placeOf(x.data()), std::uint32_t(i)};
        }
    });
    sortByPlace(order);
    parallelFor(blocks, [&](std::size_t block) {
        Sequence sequence(*this);
        std::vector<double> x(features());
        RowVector answer(out.cols());
        for (std::size_t place = block * queriesInBlock; place < std::min(n, (block + 1) * queriesInBlock); ++place) {
            const auto i = Eigen::Index(order[place].query);
            X.copyRow(i, x.data());
            sequence.predict(x.data(), answer.data());
            out.row(i) = answer;
        }
    });
}

void NeighboursPredictor::predictBlock(const Eigen::Ref<const Matrix>& X, Eigen::Ref<Matrix> out) const
{
    Sequence sequence(*this);
    RowVector x(X.cols());
    RowVector answer(out.cols());
    for (Eigen::Index i = 0; i < X.rows(); ++i) {
        x = X.row(i);
        sequence.predict(x.data(), answer.data());
        out.row(i) = answer;
    }
}

std::unique_ptr<const GridAnswers> NeighboursPredictor::onGrid(const SeparableGrid& grid) const
{
    if (m_weights != NeighbourWeights::Uniform || (m_classes > 0 && m_codes.empty()))
        return nullptr;
    auto answers = std::make_unique<NeighboursGrid>(*this, grid);
    return answers->isOrdinary() ? std::move(answers) : nullptr;
}

void NeighboursPredictor::find(const double* x, Neighbour* nearest, double bound) const noexcept
{
    if (m_codes.empty())
        m_search.findNearest(x, m_k, nearest, bound);
    else
        m_search.findNearestSet(x, m_k, nearest, bound);
}

void NeighboursPredictor::answer(const Neighbour* nearest, double* out) const noexcept
{
    if (m_codes.empty())
        vote(nearest, out);
    else
        countVotes(nearest, out);
}

/// All alike: whole numbers, so the order in which they are counted does not matter.
void NeighboursPredictor::countVotes(const Neighbour* nearest, double* out) const noexcept
{
    constexpr int bitsACount = 8;
    constexpr int countsInWord = 64 / bitsACount;
    if (m_classes <= countsInWord && m_k < 1 << bitsACount) {
        // All counts in one register: in memory each vote would wait for the one before.
        std::uint64_t counts = 0;
        for (int i = 0; i < m_k; ++i)
            counts += std::uint64_t(1) << (bitsACount * m_codes[std::size_t(nearest[i].index)]);
        for (int k = 0; k < m_classes; ++k)
            out[k] = double(counts >> (bitsACount * k) & ((1 << bitsACount) - 1)) / m_k;
        return;
    }
    std::fill(out, out + outputs(), 0.0);
    for (int i = 0; i < m_k; ++i)
        out[m_codes[std::size_t(nearest[i].index)]] += 1;
    for (int k = 0; k < m_classes; ++k)
        out[k] /= m_k;
}

void NeighboursPredictor::vote(const Neighbour* nearest, double* out) const noexcept
{
    std::fill(out, out + outputs(), 0.0);
    const double closest = nearest[0].distance;
    double total = 0;
    long double sum = 0;                            // of answers that may be as large as a double can be
    for (int i = 0; i < m_k; ++i) {
        double weight = 1;
        if (m_weights == NeighbourWeights::Distance && nearest[i].distance != closest) {
            // Relative to the nearest, so that no weight overflows; 0 where the nearest is at distance 0.
            weight = closest / nearest[i].distance;
            if (m_metric == DistanceMetric::Euclidean)
                weight = std::sqrt(weight);
        }
        const double answer = m_y[std::size_t(nearest[i].index)];
        total += weight;
        if (m_classes > 0)
            out[std::size_t(answer)] += weight;
        else
            sum += static_cast<long double>(answer) * weight;
    }
    if (m_classes == 0)
        out[0] = double(sum / total);
    for (int k = 0; k < m_classes; ++k)
        out[k] /= total;
}

void NeighboursPredictor::predictRow(const double* x, double* out) const noexcept
{
    constexpr double unknown = std::numeric_limits<double>::infinity();
    if (m_k <= stackNeighbours) {
        std::array<Neighbour, stackNeighbours> nearest;
        find(x, nearest.data(), unknown);
        answer(nearest.data(), out);
    } else {
        std::vector<Neighbour> nearest(static_cast<std::size_t>(m_k));
        find(x, nearest.data(), unknown);
        answer(nearest.data(), out);
    }
}

} // namespace modelarium
