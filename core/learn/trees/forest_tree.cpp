#include "core/learn/trees/forest_tree.h"

#include "core/base/buffer.h"
#include "core/kernels/bin_cuts.h"
#include "core/learn/trees/forest_answers.h"
#include "core/learn/trees/forest_judges.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

namespace modelarium {

namespace {

constexpr std::size_t worthReserving = 4096;            // nodes

/// A cut of a node: bins up to `below` go left; `above` is the next bin that has samples.
struct BinCut {
    double score = -std::numeric_limits<double>::infinity();
    std::size_t feature = 0;
    std::size_t below = 0;
    std::size_t above = 0;

    bool exists() const { return above > 0; }
};

template <class Answers>
class ForestTreeGrowth {
    using Row = typename Answers::Row;

public:
    ForestTreeGrowth(const Matrix& X, const BinnedColumns& columns, const ForestAnswers& answers, const Draws& draws, const ForestLimits& limits,
                     Judges judges, Random random)
        : m_columns(columns), m_answers(answers, std::min(forestSlots, limits.featuresTried)), m_outputs(answers.outputs()),
          m_limits(limits), m_random(random), m_features(columns.features()), m_rows(columns.samples()), m_scratch(columns.samples()),
          m_judges(X, columns, draws, judges), m_mostGathered(rowsThatFit(columns))
    {
        std::iota(m_features.begin(), m_features.end(), std::uint32_t(0));
        std::size_t count = 0;
        for (std::size_t i = 0; i < draws.size(); ++i)
            if (draws[i] > 0)
                m_rows[count++] = m_answers.row(std::uint32_t(i), draws[i]);
        reserveNodes(std::min(2 * count, worthReserving));
        m_open.push_back({0, count, addNode(), 0, m_judges.all(), false});
    }

    GrownTree grow()
    {
        while (!m_open.empty()) {
            OpenNode node = m_open.back();
            m_open.pop_back();
            m_view = node.isGathered ? gatheredBins() : columnBins();
            if (!node.isGathered && node.end - node.begin <= m_mostGathered)
                gather(node);
            m_answers.beginNode(&m_rows[node.begin], node.end - node.begin);
            describe(node.node);
            const BinCut cut = maySplit(node) ? bestCut(&m_rows[node.begin], node.end - node.begin) : BinCut{};
            if (cut.exists())
                split(node, cut);
            else
                m_judges.arrive(node.judges, node.isGathered, node.node);
        }
        m_tree.values = Eigen::Map<const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>(
            m_values.data(), Eigen::Index(m_tree.feature.size()), Eigen::Index(m_outputs));
        for (std::vector<double>* list : {&m_tree.threshold, &m_tree.samples, &m_tree.impurity})
            list->shrink_to_fit();
        for (std::vector<std::int32_t>* list : {&m_tree.feature, &m_tree.left, &m_tree.right})
            list->shrink_to_fit();
        return {std::make_shared<const Tree>(std::move(m_tree)), m_judges.takeLeaves()};
    }

private:
    struct OpenNode {
        std::size_t begin, end;
        std::size_t node;
        std::size_t depth;
        ForestJudges::Range judges;
        bool isGathered;                            // its rows, and its judges, say where their bins stand among those gathered
    };

    BinsView columnBins() const { return {m_columns.column(0), m_columns.samples(), 1}; }
    BinsView gatheredBins() const { return {m_gathered.data(), 1, m_columns.stride()}; }

    /// How many rows' bins fit into a small cache, those of a small node at least; none where all of them do.
    static std::size_t rowsThatFit(const BinnedColumns& columns)
    {
        constexpr std::size_t bytes = 65536;
        return columns.samples() * columns.stride() <= bytes ? 0 : std::max(bytes / columns.stride(), kernels::mostSmallRows);
    }

    /// Copies the bins of a node's rows side by side, for all nodes below, which follow before any other node. Large nodes find their rows
    /// close together in the columns; those of smaller ones lie far apart in memory, and are looked at again on every level.
    void gather(OpenNode& node)
    {
        const std::size_t count = node.end - node.begin, stride = m_columns.stride();
        Row* rows = &m_rows[node.begin];
        m_gathered.resize(m_mostGathered * stride);
        for (std::size_t i = 0; i < count; ++i) {
            std::copy_n(m_columns.binsOf(0) + rows[i].place * stride, stride, &m_gathered[i * stride]);
            rows[i].place = std::uint32_t(i);
        }
        m_judges.gather(node.judges);
        m_view = gatheredBins();
        node.isGathered = true;
    }

    void reserveNodes(std::size_t count)
    {
        for (std::vector<double>* list : {&m_tree.threshold, &m_tree.samples, &m_tree.impurity})
            list->reserve(count);
        for (std::vector<std::int32_t>* list : {&m_tree.feature, &m_tree.left, &m_tree.right})
            list->reserve(count);
        m_values.reserve(count * m_outputs);
    }

    std::size_t addNode()
    {
        m_tree.feature.push_back(-1);
        m_tree.threshold.push_back(0);
        m_tree.left.push_back(-1);
        m_tree.right.push_back(-1);
        m_tree.samples.push_back(0);
        m_tree.impurity.push_back(0);
        m_values.resize(m_values.size() + m_outputs);
        return m_tree.feature.size() - 1;
    }

    void describe(std::size_t node)
    {
        m_tree.samples[node] = double(m_answers.weight());
        m_tree.impurity[node] = m_answers.impurity();
        m_answers.answer(&m_values[node * m_outputs]);
    }

    bool maySplit(const OpenNode& node) const
    {
        return m_tree.impurity[node.node] > 0 && node.end - node.begin >= 2 && std::size_t(m_answers.weight()) >= 2 * m_limits.samplesInLeaf
            && (m_limits.depth == 0 || node.depth < m_limits.depth);
    }

    /// Draws features until enough have been looked at, and one of them at least is not the same for all rows.
    BinCut bestCut(const Row* rows, std::size_t count)
    {
        BinCut best;
        bool varies = false;
        std::size_t drawn = 0;
        m_answers.beginCuts();
        if (count > 2 && isSmall(count))
            beginSmallNode(rows, count);
        while (drawn < m_features.size() && (drawn < m_limits.featuresTried || !varies)) {
            const std::size_t wanted = drawn < m_limits.featuresTried ? m_limits.featuresTried - drawn : 1;
            const std::size_t batch = std::min({wanted, forestSlots, m_features.size() - drawn});
            for (std::size_t i = drawn; i < drawn + batch; ++i)
                std::swap(m_features[i], m_features[i + m_random.below(m_features.size() - i)]);
            varies |= lookAt(&m_features[drawn], batch, rows, count, best);
            drawn += batch;
        }
        return best;
    }

    /// Looks at a few features for a better cut; false where all of them are constant in the node.
    bool lookAt(const std::uint32_t* features, std::size_t batch, const Row* rows, std::size_t count, BinCut& best)
    {
        if (count == 2)
            return lookAtPair(features, batch, rows, best);
        kernels::CutLimits limits{m_answers.weight(), std::int64_t(m_limits.samplesInLeaf), best.score};
        kernels::BinPlace place;
        if (isSmall(count)) {
            const kernels::BinLook look = m_answers.bestCut(m_small, features, batch, limits, place);
            if (look.better)
                best = {place.score, features[place.feature], place.below, place.above};
            return look.varies;
        }
        fillHistograms(features, batch, rows, count);
        bool varies = false;
        for (std::size_t slot = 0; slot < batch; ++slot) {
            limits.beaten = best.score;
            const kernels::BinLook look = m_answers.bestCut(slot, m_columns.bins(features[slot]), limits, place);
            varies |= look.varies;
            if (look.better)
                best = {place.score, features[slot], place.below, place.above};
        }
        return varies;
    }

    /// A third of the nodes that are cut have two rows: every feature that tells them apart makes the same cut.
    bool lookAtPair(const std::uint32_t* features, std::size_t batch, const Row* rows, BinCut& best) const
    {
        const bool mayCut = std::min(rows[0].weight, rows[1].weight) >= m_limits.samplesInLeaf;
        bool varies = false;
        for (std::size_t i = 0; i < batch; ++i) {
            const std::uint8_t* bins = m_view.of(features[i]);
            const std::size_t first = bins[rows[0].place * m_view.rowStep], second = bins[rows[1].place * m_view.rowStep];
            varies |= first != second;
            if (first != second && mayCut && !best.exists())
                best = {0, features[i], std::min(first, second), std::max(first, second)};
        }
        return varies;
    }

    bool isSmall(std::size_t count) const { return count <= kernels::mostSmallRows && m_answers.cutsSmallNodes(); }

    void beginSmallNode(const Row* rows, std::size_t count)
    {
        m_small.bins = m_view.first;
        m_small.featureStep = m_view.featureStep;
        m_small.stride = m_view.rowStep;
        m_small.count = count;
        for (std::size_t i = 0; i < count; ++i)
            m_small.places[i] = rows[i].place;
        m_answers.fillSmallNode(rows, m_small);
    }

    void fillHistograms(const std::uint32_t* features, std::size_t batch, const Row* rows, std::size_t count)
    {
        constexpr std::size_t ahead = 16;
        const std::size_t stride = m_view.rowStep;
        if (batch == forestSlots) {
            const std::uint8_t* const bins[forestSlots] = {m_view.of(features[0]), m_view.of(features[1]), m_view.of(features[2]),
                                                           m_view.of(features[3])};
            for (std::size_t i = 0; i < count; ++i) {
                __builtin_prefetch(&bins[0][rows[std::min(i + ahead, count - 1)].place * stride]);
                const Row row = rows[i];
                const std::size_t place = row.place * stride;
                for (std::size_t slot = 0; slot < forestSlots; ++slot)
                    m_answers.add(slot, bins[slot][place], row);
            }
            return;
        }
        for (std::size_t slot = 0; slot < batch; ++slot) {
            const std::uint8_t* bins = m_view.of(features[slot]);
            for (std::size_t i = 0; i < count; ++i) {
                __builtin_prefetch(&bins[rows[std::min(i + ahead, count - 1)].place * stride]);
                m_answers.add(slot, bins[rows[i].place * stride], rows[i]);
            }
        }
    }

    void split(const OpenNode& node, const BinCut& cut)
    {
        const std::size_t middle = partition(node, cut);
        const std::size_t left = addNode();
        const std::size_t right = addNode();
        m_tree.feature[node.node] = std::int32_t(cut.feature);
        const double threshold = m_columns.threshold(cut.feature, cut.below, cut.above);
        m_tree.threshold[node.node] = threshold;
        m_tree.left[node.node] = std::int32_t(left);
        m_tree.right[node.node] = std::int32_t(right);
        std::size_t judge = node.judges.begin;
        if (node.judges.begin < node.judges.end)
            judge = m_judges.part(node.judges, node.isGathered, cut.feature, threshold,
                                  m_columns.sideOf(cut.feature, threshold, cut.below, cut.above));
        m_open.push_back({middle, node.end, right, node.depth + 1, {judge, node.judges.end}, node.isGathered});
        m_open.push_back({node.begin, middle, left, node.depth + 1, {node.judges.begin, judge}, node.isGathered});
    }

    /// Stable. Both sides are written, one of them counts: the side of a sample is a coin toss that no branch should depend on.
    std::size_t partition(const OpenNode& node, const BinCut& cut)
    {
        const std::uint8_t* bins = m_view.of(cut.feature);
        const std::size_t stride = m_view.rowStep;
        Row* left = &m_rows[node.begin];
        Row* right = m_scratch.data();
        std::size_t l = 0, r = 0;
        for (std::size_t i = node.begin; i < node.end; ++i) {
            const Row row = m_rows[i];
            const bool goesLeft = bins[row.place * stride] <= cut.below;
            left[l] = row;
            right[r] = row;
            l += goesLeft;
            r += !goesLeft;
        }
        copyFew(right, r, left + l);
        return node.begin + l;
    }

    const BinnedColumns& m_columns;
    Answers m_answers;
    std::size_t m_outputs;
    ForestLimits m_limits;
    Random m_random;
    std::vector<std::uint32_t> m_features;          // a permutation; each node shuffles its beginning anew
    Buffer<Row> m_rows;
    Buffer<Row> m_scratch;
    ForestJudges m_judges;
    std::size_t m_mostGathered;
    std::vector<std::uint8_t> m_gathered;
    BinsView m_view{};                              // of the rows of the node: the columns, or those gathered
    kernels::SmallNode m_small;
    std::vector<OpenNode> m_open;
    Tree m_tree;
    std::vector<double> m_values;
};

} // namespace

ForestAnswers::ForestAnswers(const Dataset& data, ImpurityMeasure chosenMeasure)
    : measure(chosenMeasure), classes(data.task == Task::Classification ? data.classes() : 0)
{
    if (classes > 0) {
        codes.assign(data.y.begin(), data.y.end());
        if (measure == ImpurityMeasure::Entropy)
            countLogCount = fixedCountLogCounts(data.samples()).values;
    } else {
        y.assign(data.y.begin(), data.y.end());
        fixed = fixedPoint(y).values;
    }
}

Draws bootstrapDraws(std::size_t samples, Random& random)
{
    Draws draws(samples, 0);
    for (std::size_t i = 0; i < samples; ++i) {
        std::uint16_t& count = draws[random.below(samples)];
        count = std::uint16_t(count + (count < std::numeric_limits<std::uint16_t>::max()));
    }
    return draws;
}

GrownTree growForestTree(const Matrix& X, const BinnedColumns& columns, const ForestAnswers& answers, const Draws& draws,
                         const ForestLimits& limits, Judges judges, Random random)
{
    if (answers.classes == 0)
        return ForestTreeGrowth<Numbers>(X, columns, answers, draws, limits, judges, random).grow();
    if (answers.classes == 2 && answers.measure == ImpurityMeasure::Gini)
        return ForestTreeGrowth<TwoClasses>(X, columns, answers, draws, limits, judges, random).grow();
    return ForestTreeGrowth<ManyClasses>(X, columns, answers, draws, limits, judges, random).grow();
}

} // namespace modelarium
