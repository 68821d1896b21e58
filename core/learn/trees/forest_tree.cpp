#include "core/learn/trees/forest_tree.h"

#include "core/base/buffer.h"
#include "core/kernels/bin_cuts.h"
#include "core/learn/trees/forest_judges.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

namespace modelarium {

namespace {

constexpr std::size_t slots = kernels::mostFeatures;                // features whose histograms are filled in one pass over the samples
constexpr std::size_t binsOfSlot = 256;
constexpr std::size_t worthReserving = 4096;    // nodes
constexpr std::size_t wordsOfBins = 4;          // 64 bits each: which bins are filled

/// (a^2 / n) + (b^2 / m) with one division, and the same bits when the sides change places.
double sumOfQuotients(double leftSquare, double left, double rightSquare, double right)
{
    return (leftSquare * right + rightSquare * left) / (left * right);
}

/// A row of a node: where its bins stand, how often it was drawn, and its class.
struct ClassRow {
    std::uint32_t place;
    std::uint16_t weight;
    std::uint16_t code;
};

/// The weight of a row in the 16 bits of its class.
constexpr std::int64_t mostInField = 0xffff;
std::int64_t fieldOf(const ClassRow& row) { return std::int64_t(std::uint64_t(row.weight) << 16 * row.code); }

/// Two classes by Gini: a bin holds how many samples and how many of class 1, in the halves of one word.
class TwoClasses {
public:
    using Row = ClassRow;

    TwoClasses(const ForestAnswers& answers, std::size_t filledSlots) : m_codes(answers.codes.data()), m_bins(filledSlots * binsOfSlot) {}

    Row row(std::uint32_t sample, std::uint16_t weight) const { return {sample, weight, m_codes[sample]}; }

    void beginNode(const Row* rows, std::size_t count)
    {
        m_weight = 0;
        m_ones = 0;
        for (std::size_t i = 0; i < count; ++i) {
            m_weight += rows[i].weight;
            m_ones += std::int64_t(rows[i].weight) * rows[i].code;
        }
    }

    void beginCuts() {}
    std::int64_t weight() const { return m_weight; }

    double impurity() const
    {
        const double p = double(m_ones) / double(m_weight);
        return m_ones == 0 || m_ones == m_weight ? 0 : p * (1 - p) + (1 - p) * p;
    }

    void answer(double* out) const
    {
        out[0] = double(m_weight - m_ones) / double(m_weight);
        out[1] = double(m_ones) / double(m_weight);
    }

    void add(std::size_t slot, std::size_t bin, const Row& row)
    {
        m_bins[slot * binsOfSlot + bin] += row.weight * ((std::uint64_t(1) << 32) | row.code);
    }

    /// The best cut of a histogram, which is left empty.
    kernels::BinLook bestCut(std::size_t slot, std::size_t bins, const kernels::CutLimits& limits, kernels::BinPlace& place)
    {
        return kernels::modelariumBinaryHistogramCut(&m_bins[slot * binsOfSlot], bins, m_ones, limits, &place);
    }

    bool cutsSmallNodes() const { return m_weight <= mostInField; }

    void fillSmallNode(const Row* rows, kernels::SmallNode& node) const
    {
        for (std::size_t i = 0; i < node.count; ++i)
            node.cells[0][i] = fieldOf(rows[i]);
    }

    kernels::BinLook bestCut(const kernels::SmallNode& node, const std::uint32_t* features, std::size_t batch, const kernels::CutLimits& limits,
                             kernels::BinPlace& place) const
    {
        return kernels::modelariumSmallGiniCut(&node, features, batch, m_ones << 16 | (m_weight - m_ones), 2, limits, &place);
    }

private:
    const std::uint16_t* m_codes;
    std::vector<std::uint64_t> m_bins;
    std::int64_t m_weight = 0, m_ones = 0;
};

/// Any number of classes, by Gini or entropy: a bin holds the samples of each.
class ManyClasses {
public:
    using Row = ClassRow;

    ManyClasses(const ForestAnswers& answers, std::size_t filledSlots)
        : m_classes(answers.classes), m_codes(answers.codes.data()), m_logs(answers.countLogCount.data()),
          m_entropy(answers.measure == ImpurityMeasure::Entropy), m_asFields(!m_entropy && m_classes <= kernels::mostFieldClasses && std::int64_t(answers.codes.size()) <= mostInField),
          m_fields(m_asFields ? filledSlots * binsOfSlot : 0), m_bins(m_asFields ? 0 : filledSlots * binsOfSlot * m_classes),
          m_binWeights(m_asFields ? 0 : filledSlots * binsOfSlot), m_counts(m_classes), m_left(m_classes)
    {
    }

    Row row(std::uint32_t sample, std::uint16_t weight) const { return {sample, weight, m_codes[sample]}; }

    void beginNode(const Row* rows, std::size_t count)
    {
        m_weight = 0;
        std::fill(m_counts.begin(), m_counts.end(), 0);
        for (std::size_t i = 0; i < count; ++i) {
            m_weight += rows[i].weight;
            m_counts[rows[i].code] += rows[i].weight;
        }
    }

    void beginCuts() {}
    std::int64_t weight() const { return m_weight; }

    double impurity() const
    {
        double sum = 0;
        for (const std::int64_t count : m_counts) {
            const double p = double(count) / double(m_weight);
            if (count > 0)
                sum += m_entropy ? -p * std::log2(p) : p * (1 - p);
        }
        return std::max(0.0, sum);
    }

    void answer(double* out) const
    {
        for (std::size_t k = 0; k < m_classes; ++k)
            out[k] = double(m_counts[k]) / double(m_weight);
    }

    void add(std::size_t slot, std::size_t bin, const Row& row)
    {
        if (m_asFields) {
            m_fields[slot * binsOfSlot + bin] += fieldOf(row);
            return;
        }
        m_bins[(slot * binsOfSlot + bin) * m_classes + row.code] += row.weight;
        m_binWeights[slot * binsOfSlot + bin] += row.weight;
        m_filled[slot][bin / 64] |= std::uint64_t(1) << bin % 64;
    }

    /// The best cut of a histogram, which is left empty: the cut below each filled bin in turn, if it is better; then the bin goes left.
    kernels::BinLook bestCut(std::size_t slot, std::size_t bins, const kernels::CutLimits& limits, kernels::BinPlace& place)
    {
        if (m_asFields)
            return kernels::modelariumGiniHistogramCut(&m_fields[slot * binsOfSlot], bins, totalFields(), m_classes, limits, &place);
        Scan scan = beginScan();
        kernels::BinLook look{false, false};
        std::uint32_t last = 0;
        place.score = limits.beaten;
        for (std::size_t word = 0; word < wordsOfBins; ++word)
            for (std::uint64_t bits = std::exchange(m_filled[slot][word], 0); bits != 0; bits &= bits - 1) {
                const auto bin = std::uint32_t(word * 64) + std::uint32_t(std::countr_zero(bits));
                look.varies = scan.left > 0;
                const double found = look.varies && std::min(scan.left, m_weight - scan.left) >= limits.leastWeight ? score(scan) : limits.beaten;
                if (found > place.score) {
                    place = {found, 0, last, bin};
                    look.better = true;
                }
                moveLeft(scan, slot, bin);
                last = bin;
            }
        return look;
    }

    bool cutsSmallNodes() const { return m_asFields; }

    void fillSmallNode(const Row* rows, kernels::SmallNode& node) const
    {
        for (std::size_t i = 0; i < node.count; ++i)
            node.cells[0][i] = fieldOf(rows[i]);
    }

    kernels::BinLook bestCut(const kernels::SmallNode& node, const std::uint32_t* features, std::size_t batch, const kernels::CutLimits& limits,
                             kernels::BinPlace& place) const
    {
        return kernels::modelariumSmallGiniCut(&node, features, batch, totalFields(), m_classes, limits, &place);
    }

private:
    struct Scan {
        std::int64_t left = 0;
        std::int64_t sumLeft = 0;
        std::int64_t sumRight = 0;
    };

    Scan beginScan()
    {
        std::fill(m_left.begin(), m_left.end(), 0);
        Scan scan;
        for (const std::int64_t count : m_counts)
            scan.sumRight += term(count);
        return scan;
    }

    void moveLeft(Scan& scan, std::size_t slot, std::size_t bin)
    {
        std::uint32_t* cell = &m_bins[(slot * binsOfSlot + bin) * m_classes];
        for (std::size_t k = 0; k < m_classes; ++k) {
            if (cell[k] == 0)
                continue;
            const std::int64_t before = m_left[k], after = before + std::exchange(cell[k], 0u);
            scan.sumLeft += term(after) - term(before);
            scan.sumRight += term(m_counts[k] - after) - term(m_counts[k] - before);
            m_left[k] = after;
        }
        scan.left += std::exchange(m_binWeights[slot * binsOfSlot + bin], 0u);
    }

    double score(const Scan& scan) const
    {
        const std::int64_t right = m_weight - scan.left;
        return m_entropy ? double(scan.sumLeft - m_logs[scan.left] + scan.sumRight - m_logs[right])
                         : sumOfQuotients(double(scan.sumLeft), double(scan.left), double(scan.sumRight), double(right));
    }

    std::int64_t totalFields() const
    {
        std::uint64_t total = 0;
        for (std::size_t k = 0; k < m_classes; ++k)
            total |= std::uint64_t(m_counts[k]) << 16 * k;
        return std::int64_t(total);
    }

    std::int64_t term(std::int64_t count) const { return m_entropy ? m_logs[count] : count * count; }

    std::size_t m_classes;
    const std::uint16_t* m_codes;
    const std::int64_t* m_logs;
    bool m_entropy;
    bool m_asFields;                                // few classes and samples: all of a bin stands in one word
    std::vector<std::int64_t> m_fields;
    std::vector<std::uint32_t> m_bins;
    std::vector<std::uint32_t> m_binWeights;
    std::uint64_t m_filled[slots][wordsOfBins] = {};        // bins that are filled
    std::vector<std::int64_t> m_counts, m_left;
    std::int64_t m_weight = 0;
};

/// Numbers: a bin holds how many samples and the sum of their answers, less the node's mean.
class Numbers {
public:
    struct Row {
        std::uint32_t place;
        std::uint32_t weight;
        std::int64_t fixed;
        double y;
    };

    Numbers(const ForestAnswers& answers, std::size_t filledSlots)
        : m_y(answers.y.data()), m_fixed(answers.fixed.data()), m_binWeights(filledSlots * binsOfSlot), m_binDeviations(filledSlots * binsOfSlot)
    {
    }

    Row row(std::uint32_t sample, std::uint16_t weight) const { return {sample, weight, m_fixed[sample], m_y[sample]}; }

    void beginNode(const Row* rows, std::size_t count)
    {
        if (count == 1) {
            m_weight = rows[0].weight;
            m_mean = rows[0].y;
            m_impurity = 0;
            return;
        }
        m_weight = 0;
        std::int64_t sum = 0;
        // Relative to the first answer: the mean of equal answers is that answer to the last bit.
        const double first = rows[0].y;
        double rest = 0;
        for (std::size_t i = 0; i < count; ++i) {
            m_weight += rows[i].weight;
            sum += rows[i].weight * rows[i].fixed;
            rest += rows[i].weight * (rows[i].y - first);
        }
        m_mean = first + rest / double(m_weight);
        m_impurity = 0;
        for (std::size_t i = 0; i < count; ++i) {
            const double deviation = rows[i].y - m_mean;
            m_impurity += rows[i].weight * deviation * deviation;
        }
        m_impurity /= double(m_weight);
        m_fixedSum = sum;
    }

    void beginCuts()
    {
        m_fixedMean = m_fixedSum / m_weight;
        m_deviation = m_fixedSum - m_fixedMean * m_weight;
    }

    std::int64_t weight() const { return m_weight; }
    double impurity() const { return m_impurity; }
    void answer(double* out) const { *out = m_mean; }

    void add(std::size_t slot, std::size_t bin, const Row& row)
    {
        m_binWeights[slot * binsOfSlot + bin] += row.weight;
        m_binDeviations[slot * binsOfSlot + bin] += row.weight * (row.fixed - m_fixedMean);
    }

    /// The best cut of a histogram, which is left empty.
    kernels::BinLook bestCut(std::size_t slot, std::size_t bins, const kernels::CutLimits& limits, kernels::BinPlace& place)
    {
        return kernels::modelariumSquaresHistogramCut(&m_binWeights[slot * binsOfSlot], &m_binDeviations[slot * binsOfSlot], bins, m_deviation,
                                                      limits, &place);
    }

    bool cutsSmallNodes() const { return true; }

    void fillSmallNode(const Row* rows, kernels::SmallNode& node) const
    {
        for (std::size_t i = 0; i < node.count; ++i) {
            node.cells[0][i] = rows[i].weight;
            node.cells[1][i] = rows[i].weight * (rows[i].fixed - m_fixedMean);
        }
    }

    kernels::BinLook bestCut(const kernels::SmallNode& node, const std::uint32_t* features, std::size_t batch, const kernels::CutLimits& limits,
                             kernels::BinPlace& place) const
    {
        return kernels::modelariumSmallSquaresCut(&node, features, batch, m_deviation, limits, &place);
    }

private:
    const double* m_y;
    const std::int64_t* m_fixed;
    std::vector<std::int64_t> m_binWeights, m_binDeviations;
    std::int64_t m_weight = 0, m_fixedSum = 0, m_fixedMean = 0, m_deviation = 0;
    double m_mean = 0, m_impurity = 0;
};

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
        : m_columns(columns), m_answers(answers, std::min(slots, limits.featuresTried)), m_outputs(answers.outputs()), m_limits(limits), m_random(random), m_features(columns.features()),
          m_rows(columns.samples()), m_scratch(columns.samples()), m_judges(X, columns, draws, judges),
          m_mostGathered(rowsThatFit(columns))
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
        if (isSmall(count))
            beginSmallNode(rows, count);
        while (drawn < m_features.size() && (drawn < m_limits.featuresTried || !varies)) {
            const std::size_t wanted = drawn < m_limits.featuresTried ? m_limits.featuresTried - drawn : 1;
            const std::size_t batch = std::min({wanted, slots, m_features.size() - drawn});
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
        if (batch == slots) {
            const std::uint8_t* const bins[slots] = {m_view.of(features[0]), m_view.of(features[1]), m_view.of(features[2]), m_view.of(features[3])};
            for (std::size_t i = 0; i < count; ++i) {
                __builtin_prefetch(&bins[0][rows[std::min(i + ahead, count - 1)].place * stride]);
                const Row row = rows[i];
                const std::size_t place = row.place * stride;
                for (std::size_t slot = 0; slot < slots; ++slot)
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
            judge = m_judges.part(node.judges, node.isGathered, cut.feature, threshold, m_columns.sideOf(cut.feature, threshold, cut.below, cut.above));
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
