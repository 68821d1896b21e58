#include "core/learn/trees/boosted_tree.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace modelarium {

namespace {

/// Below this many values the work is over before a second thread is awake.
constexpr std::size_t worthThreads = 32768;

/// How many rows one thread takes at a time.
constexpr std::size_t rowsInBlock = 4096;

template <class Work>
void forAll(std::size_t count, bool parallel, const Work& work)
{
    if (parallel && count > 1)
        return parallelFor(count, work);
    for (std::size_t i = 0; i < count; ++i)
        work(i);
}

/// So many rows ahead their places are fetched.
constexpr std::size_t rowsAhead = 16;

typedef long long CellSums __attribute__((vector_size(16), aligned(8), may_alias));

constexpr std::size_t mostTogether = 10;

/// Adds samples to the histograms of `together` features that stand side by side; histogramOf(k) is where that of the k-th begins.
template <class Sums, std::size_t together, class CellOfSample, class HistogramOf>
void addRows(const std::uint8_t* bins, std::size_t stride, const std::uint32_t* rows, std::size_t count, const CellOfSample* cells,
             const HistogramOf& histogramOf)
{
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t next = rows[std::min(i + rowsAhead, count - 1)];
        __builtin_prefetch(&bins[next * stride]);
        __builtin_prefetch(&cells[next]);
        const std::size_t row = rows[i];
        const Sums sums = *reinterpret_cast<const Sums*>(&cells[row]);
        const std::uint8_t* place = &bins[row * stride];
        for (std::size_t feature = 0; feature < together; ++feature)
            *reinterpret_cast<Sums*>(histogramOf(feature) + place[feature]) += sums;
    }
}

/// The same for as many features as takenTogether() says.
template <class Sums, class CellOfSample, class HistogramOf>
void addRows(std::size_t together, const std::uint8_t* bins, std::size_t stride, const std::uint32_t* rows, std::size_t count,
             const CellOfSample* cells, const HistogramOf& histogramOf)
{
    switch (together) {
    case mostTogether: return addRows<Sums, mostTogether>(bins, stride, rows, count, cells, histogramOf);
    case 6: return addRows<Sums, 6>(bins, stride, rows, count, cells, histogramOf);
    case 4: return addRows<Sums, 4>(bins, stride, rows, count, cells, histogramOf);
    case 2: return addRows<Sums, 2>(bins, stride, rows, count, cells, histogramOf);
    default: return addRows<Sums, 1>(bins, stride, rows, count, cells, histogramOf);
    }
}

std::size_t takenTogether(std::size_t features)
{
    return features >= mostTogether ? mostTogether : features >= 6 ? 6 : features >= 4 ? 4 : features >= 2 ? 2 : 1;
}

} // namespace

std::size_t BoostedTreeGrowth::groupSize(std::size_t features)
{
    constexpr std::size_t mostInGroup = mostTogether;
    if (features < 4)
        return features;
    const std::size_t pairs = (features + 2 * mostInGroup - 1) / (2 * mostInGroup);     // an even number of groups for two cores
    return (features + 2 * pairs - 1) / (2 * pairs);
}

bool BoostedTreeGrowth::isWorthThreads(std::size_t samples, std::size_t features)
{
    constexpr std::size_t samplesWorthOfScan = 500;                 // scanning all bins of a feature takes as long
    return (samples + samplesWorthOfScan) * features >= worthThreads;
}

BoostedTreeGrowth::BoostedTreeGrowth(const BinnedColumns& columns, const BoostingLimits& limits, std::size_t mostBytes)
    : m_columns(columns), m_limits(limits), m_rows(columns.samples()), m_scratch(columns.samples())
{
    m_offsets.push_back(0);
    for (std::size_t feature = 0; feature < columns.features(); ++feature) {
        m_offsets.push_back(m_offsets.back() + columns.bins(feature));
        m_allBins.push_back({0, std::uint16_t(columns.bins(feature))});
    }
    m_mostHistograms = std::max<std::size_t>(4, mostBytes / (m_offsets.back() * sizeof(Cell)));
}

double BoostedTreeGrowth::scoreOf(const Cell& total) const
{
    const double H = double(total.hessianAndCount >> m_units.countBits) + m_search.l2;
    return H > 0 ? double(total.gradient) * double(total.gradient) / H : 0;
}

bool BoostedTreeGrowth::maySplit(const Node& node) const
{
    return node.size() >= 2 * m_limits.samplesInLeaf && (m_limits.depth == 0 || node.depth < m_limits.depth)
        && node.total.hessianAndCount >> m_units.countBits >= 2 * m_search.leastHessian;
}

double BoostedTreeGrowth::answerTo(double gradient, double hessian) const
{
    constexpr double notZero = 1e-15;
    return -m_limits.learningRate * gradient / (hessian + m_limits.l2 + notZero);
}

void BoostedTreeGrowth::addNode(std::size_t begin, std::size_t end, std::size_t depth, const Cell& total)
{
    Node node{begin, end, depth, total};
    node.answer = answerTo(double(total.gradient) * m_units.gradient, double(total.hessianAndCount >> m_units.countBits) * m_units.hessian);
    m_nodes.push_back(node);
}

/// Sums over stretches of each leaf, then over the leaves below each node.
void BoostedTreeGrowth::answerFromAllBits()
{
    struct Stretch {
        std::size_t node, begin, end;
        kernels::DerivativeSums sums{0, 0};
    };
    std::vector<Stretch> stretches;
    for (std::size_t index = 0; index < m_nodes.size(); ++index) {
        const Node& node = m_nodes[index];
        for (std::size_t begin = node.begin; node.left == none && begin < node.end; begin += rowsInBlock)
            stretches.push_back({index, begin, std::min(begin + rowsInBlock, node.end)});
    }
    const CellUnits units = m_cells->fineUnits;
    forAll(stretches.size(), m_rows.size() >= worthThreads, [&](std::size_t index) {
        Stretch& stretch = stretches[index];
        kernels::modelariumSumDerivatives(m_cells->gradient, m_cells->hessian, &m_rows[stretch.begin], stretch.end - stretch.begin,
                                          1 / units.gradient, 1 / units.hessian, &stretch.sums);
    });
    std::vector<kernels::DerivativeSums> sums(m_nodes.size(), {0, 0});
    const auto add = [&](std::size_t node, const kernels::DerivativeSums& more) {
        sums[node].gradient += more.gradient;
        sums[node].hessian += more.hessian;
    };
    for (const Stretch& stretch : stretches)
        add(stretch.node, stretch.sums);
    // Children come after their parent.
    for (std::size_t node = m_nodes.size(); node-- > 0;) {
        if (const std::size_t left = m_nodes[node].left; left != none) {
            add(node, sums[left]);
            add(node, sums[left + 1]);
        }
        m_nodes[node].answer = answerTo(double(sums[node].gradient) * units.gradient, double(sums[node].hessian) * units.hessian);
    }
}

std::size_t BoostedTreeGrowth::takeHistogram()
{
    ++m_taken;
    if (m_free.empty()) {
        m_histograms.push_back({std::vector<Cell>(m_offsets.back()), m_allBins});
        return m_histograms.size() - 1;
    }
    const std::size_t histogram = m_free.back();
    m_free.pop_back();
    return histogram;
}

void BoostedTreeGrowth::releaseHistogram(std::size_t& histogram)
{
    if (histogram == none)
        return;
    m_free.push_back(histogram);
    --m_taken;
    histogram = none;
}

/// Counts the samples of a node into the bins of a group of features.
void BoostedTreeGrowth::fillHistogram(std::size_t group, const Node& node, Histogram& histogram) const
{
    const std::size_t first = group * m_columns.groupSize();
    const std::size_t last = std::min(first + m_columns.groupSize(), m_columns.features());
    for (std::size_t feature = first; feature < last; ++feature) {
        const BinRange range = histogram.ranges[feature];
        std::fill_n(&histogram.cells[m_offsets[feature] + range.first], range.size(), Cell{0, 0});
    }
    for (std::size_t feature = first; feature < last;) {
        const std::size_t together = takenTogether(last - feature);
        if (m_cells->packed.empty()) {
            Cell* histograms[mostTogether];
            for (std::size_t k = 0; k < together; ++k)
                histograms[k] = &histogram.cells[m_offsets[feature + k]];
            addRows<CellSums>(together, m_columns.binsOf(feature), m_columns.stride(), &m_rows[node.begin], node.size(), m_cells->whole.data(),
                              [&](std::size_t k) { return histograms[k]; });
        } else {
            fillPacked(feature, together, node, histogram);
        }
        feature += together;
    }
}

/// As many samples at a time as packed sums hold.
void BoostedTreeGrowth::fillPacked(std::size_t feature, std::size_t count, const Node& node, Histogram& histogram) const
{
    using Packed = kernels::PackedBoostingCell;
    constexpr std::size_t places = BinnedColumns::mostBins + 1;
    Packed sums[mostTogether * places];
    for (std::size_t begin = node.begin; begin < node.end; begin += kernels::packedSamples) {
        std::fill_n(sums, count * places, Packed(0));
        addRows<Packed>(count, m_columns.binsOf(feature), m_columns.stride(), &m_rows[begin], std::min(kernels::packedSamples, node.end - begin),
                        m_cells->packed.data(), [&](std::size_t k) { return sums + k * places; });
        for (std::size_t k = 0; k < count; ++k) {
            const BinRange range = histogram.ranges[feature + k];
            kernels::modelariumAddPackedCells(sums + k * places + range.first, range.size(), m_units.countBits,
                                              &histogram.cells[m_offsets[feature + k] + range.first]);
        }
    }
}

/// What is left of the parent, whose sums still stand in `larger`. Bins that only one of the children can have stay what they are.
void BoostedTreeGrowth::takeFromParent(std::size_t group, const Histogram& smaller, Histogram& larger) const
{
    const std::size_t first = group * m_columns.groupSize();
    const std::size_t last = std::min(first + m_columns.groupSize(), m_columns.features());
    for (std::size_t feature = first; feature < last; ++feature) {
        const BinRange range = larger.ranges[feature];
        if (range.first != smaller.ranges[feature].first || range.end != smaller.ranges[feature].end)
            continue;
        const Cell* counted = &smaller.cells[m_offsets[feature]];
        Cell* rest = &larger.cells[m_offsets[feature]];
        for (std::size_t bin = range.first; bin < range.end; ++bin) {
            rest[bin].gradient -= counted[bin].gradient;
            rest[bin].hessianAndCount -= counted[bin].hessianAndCount;
        }
    }
}

/// Only places with enough samples before them and behind them are asked for.
void BoostedTreeGrowth::bestCut(std::size_t group, const Node& node, const Histogram& histogram, Cut& best) const
{
    const std::size_t first = group * m_columns.groupSize();
    const std::size_t last = std::min(first + m_columns.groupSize(), m_columns.features());
    kernels::BoostingCutSearch search = m_search;
    search.total = node.total;
    for (std::size_t feature = first; feature < last; ++feature) {
        const BinRange range = histogram.ranges[feature];
        kernels::BoostingCut cut{};
        kernels::modelariumBestBoostingCut(&histogram.cells[m_offsets[feature] + range.first], range.size(), &search, &cut);
        if (std::isfinite(cut.score) && (best.feature == none || cut.score > best.score))
            best = {cut.score, feature, range.first + cut.bin, {0, 0}};
    }
    if (best.feature == none)
        return;
    for (std::size_t bin = histogram.ranges[best.feature].first; bin <= best.bin; ++bin) {
        const Cell& cell = histogram.cells[m_offsets[best.feature] + bin];
        best.left.gradient += cell.gradient;
        best.left.hessianAndCount += cell.hessianAndCount;
    }
}

/// The children of a node have the bins that it has, but on their side of its cut. The larger one has taken over the parent's histogram.
void BoostedTreeGrowth::shareRanges(const Node& parent, std::size_t smaller)
{
    const std::size_t larger = 2 * parent.left + 1 - smaller;
    std::vector<BinRange>& ofLarger = m_histograms[m_nodes[larger].histogram].ranges;
    std::vector<BinRange>& ofSmaller = m_histograms[m_nodes[smaller].histogram].ranges;
    ofSmaller = ofLarger;
    const auto firstRight = std::uint16_t(parent.cut.bin + 1);
    const bool smallerIsLeft = smaller == parent.left;
    (smallerIsLeft ? ofSmaller : ofLarger)[parent.cut.feature].end = firstRight;
    (smallerIsLeft ? ofLarger : ofSmaller)[parent.cut.feature].first = firstRight;
}

/// Finds the best cuts of one or two nodes: the root, or children of `parent` that may be split.
void BoostedTreeGrowth::search(std::span<const std::size_t> nodes, std::size_t parent)
{
    const bool fromParent = parent != none && m_nodes[parent].histogram != none;
    std::size_t work = 0;
    std::size_t smaller = nodes.front(), larger = none;
    if (fromParent) {
        const std::size_t left = m_nodes[parent].left;
        smaller = m_nodes[left].size() <= m_nodes[left + 1].size() ? left : left + 1;
        larger = 2 * left + 1 - smaller;
        std::swap(m_nodes[larger].histogram, m_nodes[parent].histogram);
        m_nodes[smaller].histogram = takeHistogram();
        shareRanges(m_nodes[parent], smaller);
        work = m_nodes[smaller].size();
    } else {
        for (const std::size_t node : nodes) {
            m_nodes[node].histogram = takeHistogram();
            m_histograms[m_nodes[node].histogram].ranges = m_allBins;
            work += m_nodes[node].size();
        }
    }
    const std::size_t groups = m_columns.groups();
    m_cuts.assign(nodes.size() * groups, Cut{});
    const auto workOnGroup = [&](std::size_t group) {
        if (fromParent) {
            Histogram& counted = m_histograms[m_nodes[smaller].histogram];
            fillHistogram(group, m_nodes[smaller], counted);
            takeFromParent(group, counted, m_histograms[m_nodes[larger].histogram]);
        }
        for (std::size_t i = 0; i < nodes.size(); ++i) {
            const Node& node = m_nodes[nodes[i]];
            Histogram& histogram = m_histograms[node.histogram];
            if (!fromParent)
                fillHistogram(group, node, histogram);
            bestCut(group, node, histogram, m_cuts[i * groups + group]);
        }
    };
    forAll(groups, isWorthThreads(work, m_columns.features()), workOnGroup);

    for (std::size_t i = 0; i < nodes.size(); ++i) {
        Node& node = m_nodes[nodes[i]];
        for (const Cut& cut : std::span(m_cuts).subspan(i * groups, groups))
            if (cut.feature != none && (node.cut.feature == none || cut.score > node.cut.score))
                node.cut = cut;
        // What rounding alone makes of equal scores is no gain.
        constexpr double rounding = 1e-13;
        const double score = scoreOf(node.total);
        if (node.cut.feature == none || !(node.cut.score - score > rounding * score)) {
            node.cut = {};
            releaseHistogram(node.histogram);
            continue;
        }
        node.gain = node.cut.score - score;
    }
    if (fromParent) {
        const std::size_t left = m_nodes[parent].left;
        for (const std::size_t child : {left, left + 1})
            if (m_nodes[child].cut.feature == none)
                releaseHistogram(m_nodes[child].histogram);
    }
    // Beyond the budget: counted again when the node's turn comes; integers give the same sums.
    for (const std::size_t node : nodes)
        if (m_taken + 2 > m_mostHistograms)
            releaseHistogram(m_nodes[node].histogram);
}

void BoostedTreeGrowth::splitNode(std::size_t index)
{
    const Node node = m_nodes[index];
    const std::int64_t countMask = (std::int64_t(1) << m_units.countBits) - 1;
    const std::size_t middle = node.begin + std::size_t(node.cut.left.hessianAndCount & countMask);
    partition(node, middle);
    m_nodes[index].left = m_nodes.size();
    addNode(node.begin, middle, node.depth + 1, node.cut.left);
    addNode(middle, node.end, node.depth + 1,
            {node.total.gradient - node.cut.left.gradient, node.total.hessianAndCount - node.cut.left.hessianAndCount});
}

/// Stable. Each block of rows puts the left ones at the front of its own stretch of the scratch, the right ones at the back, the
/// last first; then all are fetched in order.
void BoostedTreeGrowth::partition(const Node& node, std::size_t middle)
{
    const std::size_t blocks = (node.size() + rowsInBlock - 1) / rowsInBlock;
    const std::uint8_t* bins = m_columns.binsOf(node.cut.feature);
    const std::size_t stride = m_columns.stride();
    std::vector<std::size_t>& leftBefore = m_leftBefore;
    leftBefore.assign(blocks + 1, 0);
    const auto endOf = [&](std::size_t block) { return std::min(node.begin + (block + 1) * rowsInBlock, node.end); };
    forAll(blocks, blocks > 2, [&](std::size_t block) {
        const std::size_t begin = node.begin + block * rowsInBlock, end = endOf(block);
        std::size_t left = begin, right = end;
        for (std::size_t i = begin; i < end; ++i) {
            // Both places are written, one of them counts: the side of a sample is a coin toss that no branch should depend on.
            __builtin_prefetch(&bins[m_rows[std::min(i + rowsAhead, end - 1)] * stride]);
            const std::uint32_t row = m_rows[i];
            const bool goesLeft = bins[row * stride] <= node.cut.bin;
            m_scratch[left] = row;
            m_scratch[right - 1] = row;
            left += goesLeft;
            right -= !goesLeft;
        }
        leftBefore[block + 1] = left - begin;
    });
    for (std::size_t block = 0; block < blocks; ++block)
        leftBefore[block + 1] += leftBefore[block];
    forAll(blocks, blocks > 2, [&](std::size_t block) {
        const std::size_t begin = node.begin + block * rowsInBlock, end = endOf(block);
        const std::size_t left = leftBefore[block + 1] - leftBefore[block];
        std::copy_n(&m_scratch[begin], left, m_rows.begin() + std::ptrdiff_t(node.begin + leftBefore[block]));
        std::uint32_t* right = m_rows.data() + middle + (begin - node.begin - leftBefore[block]);
        for (std::size_t i = end; i > begin + left; --i)
            *right++ = m_scratch[i - 1];
    });
}

/// What the cells of consecutive samples add up to.
BoostedTreeGrowth::Cell BoostedTreeGrowth::sumOf(std::size_t first, std::size_t last) const
{
    Cell sum{0, 0};
    if (m_cells->packed.empty()) {
        for (std::size_t i = first; i < last; ++i) {
            sum.gradient += m_cells->whole[i].gradient;
            sum.hessianAndCount += m_cells->whole[i].hessianAndCount;
        }
        return sum;
    }
    for (; first < last; first += kernels::packedSamples) {
        const auto begin = m_cells->packed.begin() + std::ptrdiff_t(first);
        const auto packed = std::accumulate(begin, begin + std::ptrdiff_t(std::min(kernels::packedSamples, last - first)), kernels::PackedBoostingCell(0));
        kernels::modelariumAddPackedCells(&packed, 1, m_units.countBits, &sum);
    }
    return sum;
}

/// All samples, and what they add up to.
BoostedTreeGrowth::Cell BoostedTreeGrowth::gatherInRoot()
{
    std::vector<Cell> sums((m_rows.size() + rowsInBlock - 1) / rowsInBlock);
    forAll(sums.size(), true, [&](std::size_t block) {
        const std::size_t first = block * rowsInBlock, last = std::min(first + rowsInBlock, m_rows.size());
        std::iota(m_rows.begin() + std::ptrdiff_t(first), m_rows.begin() + std::ptrdiff_t(last), std::uint32_t(first));
        sums[block] = sumOf(first, last);
    });
    Cell total{0, 0};
    for (const Cell& sum : sums) {
        total.gradient += sum.gradient;
        total.hessianAndCount += sum.hessianAndCount;
    }
    return total;
}

Tree BoostedTreeGrowth::grow(const BoostingCells& cells)
{
    m_cells = &cells;
    m_units = cells.units;
    m_nodes.clear();
    constexpr double leastHessian = 1e-3;
    m_search.countBits = m_units.countBits;
    m_search.leastCount = std::int64_t(m_limits.samplesInLeaf);
    m_search.leastHessian = std::max<std::int64_t>(1, std::int64_t(std::ceil(std::min(leastHessian / m_units.hessian, 1e15))));
    m_search.l2 = m_limits.l2 / m_units.hessian;

    const Cell total = gatherInRoot();
    addNode(0, cells.size(), 0, total);
    std::size_t leaves = 1;
    const auto mayGrow = [&] { return m_limits.leaves == 0 || leaves < m_limits.leaves; };
    const auto isLater = [this](std::size_t a, std::size_t b) {
        return m_nodes[a].gain < m_nodes[b].gain || (m_nodes[a].gain == m_nodes[b].gain && a > b);
    };
    const auto open = [&](std::size_t node) {
        m_open.push_back(node);
        std::push_heap(m_open.begin(), m_open.end(), isLater);
    };
    m_open.clear();
    if (mayGrow() && maySplit(m_nodes[0])) {
        search(std::array<std::size_t, 1>{0}, none);
        if (m_nodes[0].cut.feature != none)
            open(0);
    }
    while (mayGrow() && !m_open.empty()) {
        std::pop_heap(m_open.begin(), m_open.end(), isLater);
        const std::size_t node = m_open.back();
        m_open.pop_back();
        splitNode(node);
        ++leaves;
        std::array<std::size_t, 2> children{};
        std::size_t count = 0;
        for (const std::size_t child : {m_nodes[node].left, m_nodes[node].left + 1})
            if (mayGrow() && maySplit(m_nodes[child]))
                children[count++] = child;
        const std::span<const std::size_t> searched(children.data(), count);
        if (!searched.empty())
            search(searched, node);
        releaseHistogram(m_nodes[node].histogram);
        for (const std::size_t child : searched)
            if (m_nodes[child].cut.feature != none)
                open(child);
    }
    for (const std::size_t node : m_open)
        releaseHistogram(m_nodes[node].histogram);
    if (!cells.packed.empty())
        answerFromAllBits();
    return tree();
}

/// Every thread has scores of its own to write, a stretch of all samples: those of a leaf stand in ascending order.
void BoostedTreeGrowth::addTo(double* scores) const
{
    const std::size_t samples = m_rows.size();
    forAll((samples + rowsInBlock - 1) / rowsInBlock, samples >= worthThreads, [&](std::size_t block) {
        for (const Node& node : m_nodes) {
            if (node.left != none)
                continue;
            const auto end = m_rows.begin() + std::ptrdiff_t(node.end);
            auto row = std::lower_bound(m_rows.begin() + std::ptrdiff_t(node.begin), end, block * rowsInBlock);
            for (; row != end && *row < (block + 1) * rowsInBlock; ++row)
                scores[*row] += node.answer;
        }
    });
}

Tree BoostedTreeGrowth::tree() const
{
    Tree tree;
    const std::size_t nodes = m_nodes.size();
    tree.feature.resize(nodes);
    tree.threshold.resize(nodes);
    tree.left.resize(nodes);
    tree.right.resize(nodes);
    tree.samples.resize(nodes);
    tree.values.resize(Eigen::Index(nodes), 1);
    tree.impurity.resize(nodes);
    for (std::size_t i = 0; i < nodes; ++i) {
        const Node& node = m_nodes[i];
        const bool leaf = node.left == none;
        tree.feature[i] = leaf ? -1 : std::int32_t(node.cut.feature);
        tree.threshold[i] = leaf ? 0 : m_columns.threshold(node.cut.feature, node.cut.bin, node.cut.bin + 1);
        tree.left[i] = leaf ? -1 : std::int32_t(node.left);
        tree.right[i] = leaf ? -1 : std::int32_t(node.left + 1);
        tree.samples[i] = double(node.size());
        tree.values(Eigen::Index(i), 0) = node.answer;
    }
    // Children come after their parent: from the back, each node knows the gains below it.
    std::vector<double> below(nodes, 0);
    for (std::size_t i = nodes; i-- > 0;) {
        const Node& node = m_nodes[i];
        if (node.left == none)
            continue;
        const double gain = node.gain * m_units.gradient * (m_units.gradient / m_units.hessian) / 2;
        below[i] = gain + below[node.left] + below[node.left + 1];
        tree.impurity[i] = below[i] / double(node.size());
    }
    return tree;
}

} // namespace modelarium
