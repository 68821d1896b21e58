#include "core/learn/trees/forest_tree.h"

#include "core/base/buffer.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

namespace modelarium {

namespace {

constexpr std::size_t slots = 4;                // features whose histograms are filled in one pass over the samples
constexpr std::size_t wordsOfBins = 4;          // 64 bits each: which bins are filled

/// (a^2 / n) + (b^2 / m) with one division, and the same bits when the sides change places.
double sumOfQuotients(double leftSquare, double left, double rightSquare, double right)
{
    return (leftSquare * right + rightSquare * left) / (left * right);
}

/// Two classes: a bin holds how many samples and how many of class 1, in the halves of one word.
class TwoClasses {
public:
    struct Row {
        std::uint32_t sample;
        std::uint16_t weight;
        std::uint16_t code;
    };

    explicit TwoClasses(const ForestAnswers& answers)
        : m_codes(answers.codes.data()), m_logs(answers.countLogCount.data()), m_entropy(answers.measure == ImpurityMeasure::Entropy),
          m_bins(slots * 256)
    {
    }

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

    std::int64_t weight() const { return m_weight; }

    double impurity() const
    {
        const double p = double(m_ones) / double(m_weight);
        if (m_ones == 0 || m_ones == m_weight)
            return 0;
        return m_entropy ? -p * std::log2(p) - (1 - p) * std::log2(1 - p) : p * (1 - p) + (1 - p) * p;
    }

    void answer(double* out) const
    {
        out[0] = double(m_weight - m_ones) / double(m_weight);
        out[1] = double(m_ones) / double(m_weight);
    }

    void add(std::size_t slot, std::size_t bin, const Row& row)
    {
        m_bins[slot * 256 + bin] += row.weight * ((std::uint64_t(1) << 32) | row.code);
    }

    /// What went left so far. A value of its own, so that it stays in registers.
    struct Scan {
        std::int64_t left = 0;
        std::int64_t onesLeft = 0;
    };

    Scan beginScan() { return {}; }
    bool isFilled(std::size_t slot, std::size_t bin) const { return m_bins[slot * 256 + bin] != 0; }
    std::int64_t weightLeft(const Scan& scan) const { return scan.left; }

    /// Moves a bin to the left and empties it.
    void moveLeft(Scan& scan, std::size_t slot, std::size_t bin)
    {
        const std::uint64_t cell = std::exchange(m_bins[slot * 256 + bin], 0);
        scan.left += std::int64_t(cell >> 32);
        scan.onesLeft += std::int64_t(cell & 0xffffffffu);
    }

    double score(const Scan& scan) const
    {
        const std::int64_t right = m_weight - scan.left;
        const std::int64_t onesRight = m_ones - scan.onesLeft;
        if (m_entropy) {
            return double(m_logs[scan.onesLeft] + m_logs[scan.left - scan.onesLeft] - m_logs[scan.left] + m_logs[onesRight]
                          + m_logs[right - onesRight] - m_logs[right]);
        }
        // Gini: of two classes the squares of one tell all.
        const double leftOnes = double(scan.onesLeft), rightOnes = double(onesRight);
        return sumOfQuotients(leftOnes * leftOnes, double(scan.left), rightOnes * rightOnes, double(right));
    }

    /// Both sides pure: nothing can be better.
    bool isPerfect(double score) const { return score == (m_entropy ? 0.0 : double(m_ones)); }

private:
    const std::uint16_t* m_codes;
    const std::int64_t* m_logs;
    bool m_entropy;
    std::vector<std::uint64_t> m_bins;
    std::int64_t m_weight = 0, m_ones = 0;
};

/// Any number of classes: a bin holds the samples of each.
class ManyClasses {
public:
    using Row = TwoClasses::Row;

    explicit ManyClasses(const ForestAnswers& answers)
        : m_classes(answers.classes), m_codes(answers.codes.data()), m_logs(answers.countLogCount.data()),
          m_entropy(answers.measure == ImpurityMeasure::Entropy), m_bins(slots * 256 * m_classes), m_binWeights(slots * 256),
          m_counts(m_classes), m_left(m_classes)
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
        m_bins[(slot * 256 + bin) * m_classes + row.code] += row.weight;
        m_binWeights[slot * 256 + bin] += row.weight;
    }

    bool isFilled(std::size_t slot, std::size_t bin) const { return m_binWeights[slot * 256 + bin] != 0; }

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

    std::int64_t weightLeft(const Scan& scan) const { return scan.left; }

    void moveLeft(Scan& scan, std::size_t slot, std::size_t bin)
    {
        std::uint32_t* cell = &m_bins[(slot * 256 + bin) * m_classes];
        for (std::size_t k = 0; k < m_classes; ++k) {
            if (cell[k] == 0)
                continue;
            const std::int64_t before = m_left[k], after = before + std::exchange(cell[k], 0u);
            scan.sumLeft += term(after) - term(before);
            scan.sumRight += term(m_counts[k] - after) - term(m_counts[k] - before);
            m_left[k] = after;
        }
        scan.left += std::exchange(m_binWeights[slot * 256 + bin], 0u);
    }

    double score(const Scan& scan) const
    {
        const std::int64_t right = m_weight - scan.left;
        return m_entropy ? double(scan.sumLeft - m_logs[scan.left] + scan.sumRight - m_logs[right])
                         : sumOfQuotients(double(scan.sumLeft), double(scan.left), double(scan.sumRight), double(right));
    }

    bool isPerfect(double) const { return false; }

private:
    std::int64_t term(std::int64_t count) const { return m_entropy ? m_logs[count] : count * count; }

    std::size_t m_classes;
    const std::uint16_t* m_codes;
    const std::int64_t* m_logs;
    bool m_entropy;
    std::vector<std::uint32_t> m_bins;
    std::vector<std::uint32_t> m_binWeights;
    std::vector<std::int64_t> m_counts, m_left;
    std::int64_t m_weight = 0;
};

/// Numbers: a bin holds how many samples and the sum of their answers, less the node's mean.
class Numbers {
public:
    struct Row {
        std::uint32_t sample;
        std::uint32_t weight;
        std::int64_t fixed;
    };

    explicit Numbers(const ForestAnswers& answers) : m_y(answers.y.data()), m_fixed(answers.fixed.data()), m_bins(slots * 256) {}

    Row row(std::uint32_t sample, std::uint16_t weight) const { return {sample, weight, m_fixed[sample]}; }

    void beginNode(const Row* rows, std::size_t count)
    {
        m_weight = 0;
        std::int64_t sum = 0;
        // Relative to the first answer: the mean of equal answers is that answer to the last bit.
        const double first = m_y[rows[0].sample];
        double rest = 0;
        for (std::size_t i = 0; i < count; ++i) {
            m_weight += rows[i].weight;
            sum += rows[i].weight * rows[i].fixed;
            rest += rows[i].weight * (m_y[rows[i].sample] - first);
        }
        m_mean = first + rest / double(m_weight);
        m_impurity = 0;
        for (std::size_t i = 0; i < count; ++i) {
            const double deviation = m_y[rows[i].sample] - m_mean;
            m_impurity += rows[i].weight * deviation * deviation;
        }
        m_impurity /= double(m_weight);
        m_fixedMean = sum / m_weight;
        m_deviation = sum - m_fixedMean * m_weight;
    }

    std::int64_t weight() const { return m_weight; }
    double impurity() const { return m_impurity; }
    void answer(double* out) const { *out = m_mean; }

    void add(std::size_t slot, std::size_t bin, const Row& row)
    {
        Cell& cell = m_bins[slot * 256 + bin];
        cell.weight += row.weight;
        cell.deviation += row.weight * (row.fixed - m_fixedMean);
    }

    bool isFilled(std::size_t slot, std::size_t bin) const { return m_bins[slot * 256 + bin].weight != 0; }

    struct Scan {
        std::int64_t left = 0;
        std::int64_t deviationLeft = 0;
    };

    Scan beginScan() { return {}; }
    std::int64_t weightLeft(const Scan& scan) const { return scan.left; }

    void moveLeft(Scan& scan, std::size_t slot, std::size_t bin)
    {
        const Cell cell = std::exchange(m_bins[slot * 256 + bin], Cell{});
        scan.left += cell.weight;
        scan.deviationLeft += cell.deviation;
    }

    double score(const Scan& scan) const
    {
        const double left = double(scan.deviationLeft);
        const double right = double(m_deviation - scan.deviationLeft);
        return sumOfQuotients(left * left, double(scan.left), right * right, double(m_weight - scan.left));
    }

    bool isPerfect(double) const { return false; }

private:
    struct Cell {
        std::int64_t weight = 0;
        std::int64_t deviation = 0;
    };

    const double* m_y;
    const std::int64_t* m_fixed;
    std::vector<Cell> m_bins;
    std::int64_t m_weight = 0, m_fixedMean = 0, m_deviation = 0;
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

/// The rows that judge a tree, on their way down while it grows: each node has a range of them.
class JudgesOfTree {
public:
    struct Range {
        std::size_t begin, end;
    };

    JudgesOfTree(const Matrix& X, const BinnedColumns& columns, const Draws& draws, Judges judges)
        : m_X(X), m_columns(columns), m_samples(draws.size()), m_scratch(draws.size()), m_leaves(draws.size(), GrownTree::notAsked)
    {
        for (std::size_t i = 0; i < draws.size(); ++i) {
            m_samples[m_count] = std::uint32_t(i);
            m_count += judges == Judges::All || draws[i] == 0;
        }
    }

    Range all() const { return {0, m_count}; }

    /// Where those begin that go right.
    std::size_t part(const Range& range, std::size_t feature, double threshold, const BinnedColumns::Side& side)
    {
        if (side.isParted)
            return part(range, [&, x = m_X.col(Eigen::Index(feature)).data()](std::uint32_t sample) { return double(float(x[sample])) <= threshold; });
        const std::uint8_t* bins = m_columns.binsOf(feature);
        const std::size_t stride = m_columns.stride();
        return part(range, [=](std::uint32_t sample) { return bins[sample * stride] < side.firstRight; });
    }

    void arrive(const Range& range, std::size_t leaf)
    {
        for (std::size_t i = range.begin; i < range.end; ++i)
            m_leaves[m_samples[i]] = std::uint32_t(leaf);
    }

    std::vector<std::uint32_t> leaves() { return std::move(m_leaves); }

private:
    /// Both sides are written, one of them counts: the side of a sample is a coin toss that no branch should depend on.
    template <class GoesLeft>
    std::size_t part(const Range& range, const GoesLeft& goesLeft)
    {
        std::size_t l = range.begin, r = 0;
        for (std::size_t i = range.begin; i < range.end; ++i) {
            const std::uint32_t sample = m_samples[i];
            const bool left = goesLeft(sample);
            m_samples[l] = sample;
            m_scratch[r] = sample;
            l += left;
            r += !left;
        }
        std::copy_n(m_scratch.data(), r, &m_samples[l]);
        return l;
    }

    const Matrix& m_X;
    const BinnedColumns& m_columns;
    Buffer<std::uint32_t> m_samples;
    Buffer<std::uint32_t> m_scratch;
    std::size_t m_count = 0;
    std::vector<std::uint32_t> m_leaves;            // of each sample
};

template <class Answers>
class ForestTreeGrowth {
    using Row = typename Answers::Row;

public:
    ForestTreeGrowth(const Matrix& X, const BinnedColumns& columns, const ForestAnswers& answers, const Draws& draws, const ForestLimits& limits,
                     Judges judges, Random random)
        : m_columns(columns), m_answers(answers), m_outputs(answers.outputs()), m_limits(limits), m_random(random), m_features(columns.features()),
          m_rows(columns.samples()), m_scratch(columns.samples()), m_judges(X, columns, draws, judges)
    {
        std::iota(m_features.begin(), m_features.end(), std::uint32_t(0));
        std::size_t count = 0;
        for (std::size_t i = 0; i < draws.size(); ++i)
            if (draws[i] > 0)
                m_rows[count++] = m_answers.row(std::uint32_t(i), draws[i]);
        m_open.push_back({0, count, addNode(), 0, m_judges.all()});
    }

    GrownTree grow()
    {
        while (!m_open.empty()) {
            const OpenNode node = m_open.back();
            m_open.pop_back();
            m_answers.beginNode(&m_rows[node.begin], node.end - node.begin);
            describe(node.node);
            const BinCut cut = maySplit(node) ? bestCut(&m_rows[node.begin], node.end - node.begin) : BinCut{};
            if (cut.exists())
                split(node, cut);
            else
                m_judges.arrive(node.judges, node.node);
        }
        m_tree.values = Eigen::Map<const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>(
            m_values.data(), Eigen::Index(m_tree.feature.size()), Eigen::Index(m_outputs));
        for (std::vector<double>* list : {&m_tree.threshold, &m_tree.samples, &m_tree.impurity})
            list->shrink_to_fit();
        for (std::vector<std::int32_t>* list : {&m_tree.feature, &m_tree.left, &m_tree.right})
            list->shrink_to_fit();
        return {std::make_shared<const Tree>(std::move(m_tree)), m_judges.leaves()};
    }

private:
    struct OpenNode {
        std::size_t begin, end;
        std::size_t node;
        std::size_t depth;
        JudgesOfTree::Range judges;
    };

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

    /// Fills the histograms of a few features and looks for a better cut; false where all of them are constant in the node.
    bool lookAt(const std::uint32_t* features, std::size_t batch, const Row* rows, std::size_t count, BinCut& best)
    {
        // Twice as many as there are bins: with fewer rows the time goes into empty bins, and into guesses whether a bin is empty.
        constexpr std::size_t worthAllBins = 512;
        bool varies = false;
        if (count >= worthAllBins) {
            fillHistograms(features, batch, rows, count);
            for (std::size_t slot = 0; slot < batch; ++slot)
                varies |= scanAllBins(features[slot], slot, best);
            return varies;
        }
        for (std::size_t slot = 0; slot < batch && !nothingIsBetter(best, count); ++slot)
            varies |= lookAtFewRows(features[slot], rows, count, best);
        return varies;
    }

    /// A cut after which both sides are pure; two rows have but one way to be parted.
    bool nothingIsBetter(const BinCut& best, std::size_t count) const
    {
        return best.exists() && (count == 2 || m_answers.isPerfect(best.score));
    }

    /// Each bin of a feature in turn: the cut below it, if it is better; then the bin goes left.
    class BinScan {
    public:
        BinScan(ForestTreeGrowth& growth, std::size_t feature, std::size_t slot, double best)
            : m_answers(growth.m_answers), m_slot(slot), m_leastLeft(std::int64_t(growth.m_limits.samplesInLeaf)),
              m_mostLeft(growth.m_answers.weight() - m_leastLeft), m_scan(m_answers.beginScan())
        {
            m_best.feature = feature;
            m_best.score = best;
        }

        void visit(std::size_t bin)
        {
            const std::int64_t left = m_answers.weightLeft(m_scan);
            if (left > 0) {
                m_varies = true;
                if (left >= m_leastLeft && left <= m_mostLeft) {
                    const double score = m_answers.score(m_scan);
                    if (score > m_best.score) {
                        m_best.score = score;
                        m_best.below = m_last;
                        m_best.above = bin;
                    }
                }
            }
            m_answers.moveLeft(m_scan, m_slot, bin);
            m_last = bin;
        }

        /// Whether there was more than one bin; a better cut goes to `best`.
        bool finish(BinCut& best) const
        {
            if (m_best.exists())
                best = m_best;
            return m_varies;
        }

    private:
        Answers& m_answers;
        std::size_t m_slot;
        std::int64_t m_leastLeft;
        std::int64_t m_mostLeft;
        typename Answers::Scan m_scan;
        std::size_t m_last = 0;
        bool m_varies = false;
        BinCut m_best;
    };

    bool scanAllBins(std::size_t feature, std::size_t slot, BinCut& best)
    {
        BinScan scan(*this, feature, slot, best.score);
        const std::size_t bins = m_columns.bins(feature);
        for (std::size_t bin = 0; bin < bins; ++bin)
            if (m_answers.isFilled(slot, bin))
                scan.visit(bin);
        return scan.finish(best);
    }

    /// Where rows are few, most bins are empty: only those that are filled are looked at.
    bool lookAtFewRows(std::size_t feature, const Row* rows, std::size_t count, BinCut& best)
    {
        std::uint64_t filled[wordsOfBins] = {};
        const std::uint8_t* bins = m_columns.binsOf(feature);
        const std::size_t stride = m_columns.stride();
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t bin = bins[rows[i].sample * stride];
            m_answers.add(0, bin, rows[i]);
            filled[bin / 64] |= std::uint64_t(1) << bin % 64;
        }
        BinScan scan(*this, feature, 0, best.score);
        for (std::size_t word = 0; word < wordsOfBins; ++word)
            for (std::uint64_t bits = filled[word]; bits != 0; bits &= bits - 1)
                scan.visit(word * 64 + std::size_t(std::countr_zero(bits)));
        return scan.finish(best);
    }

    void fillHistograms(const std::uint32_t* features, std::size_t batch, const Row* rows, std::size_t count)
    {
        constexpr std::size_t ahead = 16;
        const std::size_t stride = m_columns.stride();
        if (batch == slots) {
            const std::uint8_t* const bins[slots] = {m_columns.binsOf(features[0]), m_columns.binsOf(features[1]),
                                                     m_columns.binsOf(features[2]), m_columns.binsOf(features[3])};
            for (std::size_t i = 0; i < count; ++i) {
                __builtin_prefetch(&bins[0][rows[std::min(i + ahead, count - 1)].sample * stride]);
                const Row row = rows[i];
                const std::size_t place = row.sample * stride;
                for (std::size_t slot = 0; slot < slots; ++slot)
                    m_answers.add(slot, bins[slot][place], row);
            }
            return;
        }
        for (std::size_t slot = 0; slot < batch; ++slot) {
            const std::uint8_t* bins = m_columns.binsOf(features[slot]);
            for (std::size_t i = 0; i < count; ++i) {
                __builtin_prefetch(&bins[rows[std::min(i + ahead, count - 1)].sample * stride]);
                m_answers.add(slot, bins[rows[i].sample * stride], rows[i]);
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
        const std::size_t judge = m_judges.part(node.judges, cut.feature, threshold, m_columns.sideOf(cut.feature, threshold, cut.below, cut.above));
        m_open.push_back({middle, node.end, right, node.depth + 1, {judge, node.judges.end}});
        m_open.push_back({node.begin, middle, left, node.depth + 1, {node.judges.begin, judge}});
    }

    /// Stable. Both sides are written, one of them counts: the side of a sample is a coin toss that no branch should depend on.
    std::size_t partition(const OpenNode& node, const BinCut& cut)
    {
        const std::uint8_t* bins = m_columns.binsOf(cut.feature);
        Row* left = &m_rows[node.begin];
        Row* right = m_scratch.data();
        std::size_t l = 0, r = 0;
        for (std::size_t i = node.begin; i < node.end; ++i) {
            const Row row = m_rows[i];
            const bool goesLeft = bins[row.sample * m_columns.stride()] <= cut.below;
            left[l] = row;
            right[r] = row;
            l += goesLeft;
            r += !goesLeft;
        }
        std::copy_n(right, r, left + l);
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
    JudgesOfTree m_judges;
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
    if (answers.classes == 2)
        return ForestTreeGrowth<TwoClasses>(X, columns, answers, draws, limits, judges, random).grow();
    return ForestTreeGrowth<ManyClasses>(X, columns, answers, draws, limits, judges, random).grow();
}

} // namespace modelarium
