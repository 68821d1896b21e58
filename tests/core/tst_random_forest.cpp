#include "core/learn/trees/binned_columns.h"
#include "core/learn/trees/forest_tree.h"
#include "core/model/predictor.h"
#include "tests/support/reference_data.h"
#include "tests/support/thread_counts.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

using namespace modelarium;

namespace {

/// Whole and half numbers, at most 61 different ones a feature: every value has a bin of its own.
DatasetPtr coarseData(Eigen::Index rows, Eigen::Index features, int classes, std::uint64_t seed)
{
    Random random(seed);
    Matrix X(rows, features);
    for (double& x : X.reshaped())
        x = std::clamp(std::round(10 * random.normal()) / 2, -15.0, 15.0);
    Vector y(rows);
    for (Eigen::Index i = 0; i < rows; ++i) {
        const double score = X(i, 0) + 0.2 * X(i, 1) * X(i, features - 1) + 3 * random.normal();
        y[i] = classes == 0 ? score : std::clamp(std::floor(score / 6 + classes / 2.0), 0.0, classes - 1.0);
    }
    return reference::makeDataset(X, y, classes);
}

/// A forest's tree grown the slow way: sorted values, sums from scratch for every cut, plain doubles. It draws what the forest
/// draws, and differs from it in everything else.
class SlowTree {
public:
    SlowTree(const Dataset& data, const std::string& criterion, std::size_t tried, std::size_t depth, std::size_t leaf, const Draws& draws, Random random)
        : m_data(data), m_criterion(criterion), m_tried(tried), m_depth(depth), m_leaf(leaf), m_draws(draws), m_random(random), m_features(data.features())
    {
        std::iota(m_features.begin(), m_features.end(), std::size_t(0));
        std::vector<Eigen::Index> rows;
        for (std::size_t i = 0; i < draws.size(); ++i)
            if (draws[i] > 0)
                rows.push_back(Eigen::Index(i));
        grow(rows, 0);
    }

    struct Node {
        int feature = -1;
        double threshold = 0;
        double samples = 0;
        double impurity = 0;
        std::vector<double> values;
    };

    std::vector<Node> nodes;            // from the top, left before right

private:
    double weightOf(const std::vector<Eigen::Index>& rows) const
    {
        double sum = 0;
        for (const Eigen::Index i : rows)
            sum += m_draws[std::size_t(i)];
        return sum;
    }

    std::vector<double> valuesOf(const std::vector<Eigen::Index>& rows) const
    {
        const bool regression = m_data.task == Task::Regression;
        std::vector<double> values(regression ? 1 : m_data.classes());
        for (const Eigen::Index i : rows)
            values[regression ? 0 : std::size_t(m_data.y[i])] += m_draws[std::size_t(i)] * (regression ? m_data.y[i] : 1);
        for (double& value : values)
            value /= weightOf(rows);
        return values;
    }

    double impurityOf(const std::vector<Eigen::Index>& rows) const
    {
        const std::vector<double> values = valuesOf(rows);
        double sum = 0;
        if (m_data.task == Task::Regression) {
            for (const Eigen::Index i : rows)
                sum += m_draws[std::size_t(i)] * std::pow(m_data.y[i] - values[0], 2);
            return sum / weightOf(rows);
        }
        for (const double p : values)
            sum += m_criterion == "gini" ? p * (1 - p) : p > 0 ? -p * std::log2(p) : 0;
        return sum;
    }

    void grow(const std::vector<Eigen::Index>& rows, std::size_t depth)
    {
        const std::size_t self = nodes.size();
        nodes.push_back({-1, 0, weightOf(rows), impurityOf(rows), valuesOf(rows)});
        const double impurity = nodes[self].impurity;
        if (impurity < 1e-14 || rows.size() < 2 || weightOf(rows) < 2.0 * double(m_leaf) || (m_depth > 0 && depth >= m_depth))
            return;
        double best = -1e300;
        bool varies = false;
        for (std::size_t drawn = 0; drawn < m_features.size() && (drawn < m_tried || !varies); ++drawn) {
            std::swap(m_features[drawn], m_features[drawn + m_random.below(m_features.size() - drawn)]);
            const auto feature = Eigen::Index(m_features[drawn]);
            std::set<double> distinct;
            for (const Eigen::Index i : rows)
                distinct.insert(m_data.X()(i, feature));
            varies |= distinct.size() > 1;
            for (auto value = distinct.begin(); std::next(value) != distinct.end(); ++value) {
                const double threshold = (*value + *std::next(value)) / 2;
                const auto [left, right] = parted(rows, feature, threshold);
                if (weightOf(left) < double(m_leaf) || weightOf(right) < double(m_leaf))
                    continue;
                const double gain = weightOf(rows) * impurity - weightOf(left) * impurityOf(left) - weightOf(right) * impurityOf(right);
                // Equal gains differ by rounding only: the cut found first stays.
                if (gain > best + 1e-9 * (1 + std::abs(best))) {
                    best = gain;
                    nodes[self].feature = int(feature);
                    nodes[self].threshold = threshold;
                }
            }
        }
        if (nodes[self].feature < 0)
            return;
        const auto [left, right] = parted(rows, nodes[self].feature, nodes[self].threshold);
        grow(left, depth + 1);
        grow(right, depth + 1);
    }

    std::pair<std::vector<Eigen::Index>, std::vector<Eigen::Index>> parted(const std::vector<Eigen::Index>& rows, Eigen::Index feature, double threshold) const
    {
        std::pair<std::vector<Eigen::Index>, std::vector<Eigen::Index>> sides;
        for (const Eigen::Index i : rows)
            (m_data.X()(i, feature) <= threshold ? sides.first : sides.second).push_back(i);
        return sides;
    }

    const Dataset& m_data;
    std::string m_criterion;
    std::size_t m_tried, m_depth, m_leaf;
    Draws m_draws;
    Random m_random;
    std::vector<std::size_t> m_features;
};

std::vector<std::size_t> preorder(const Tree& tree)
{
    std::vector<std::size_t> nodes, open{0};
    while (!open.empty()) {
        const std::size_t node = open.back();
        open.pop_back();
        nodes.push_back(node);
        if (tree.feature[node] >= 0) {
            open.push_back(std::size_t(tree.right[node]));
            open.push_back(std::size_t(tree.left[node]));
        }
    }
    return nodes;
}

QString difference(const Tree& tree, const SlowTree& slow)
{
    const std::vector<std::size_t> order = preorder(tree);
    if (order.size() != slow.nodes.size())
        return QStringLiteral("%1 nodes instead of %2").arg(order.size()).arg(slow.nodes.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
        const std::size_t node = order[i];
        const SlowTree::Node& expected = slow.nodes[i];
        bool same = tree.feature[node] == expected.feature && tree.threshold[node] == expected.threshold && tree.samples[node] == expected.samples
            && std::abs(tree.impurity[node] - expected.impurity) < 1e-11;
        for (std::size_t k = 0; k < expected.values.size(); ++k)
            same = same && std::abs(tree.values(Eigen::Index(node), Eigen::Index(k)) - expected.values[k]) < 1e-12;
        if (!same)
            return QStringLiteral("node %1 differs: feature %2 <= %3, expected %4 <= %5").arg(i).arg(tree.feature[node]).arg(tree.threshold[node])
                .arg(expected.feature).arg(expected.threshold);
    }
    return {};
}

const TreeEnsemble& forestOf(const Result<FitOutcome>& outcome) { return std::get<TreeEnsemble>(outcome->parameters); }

} // namespace

class TestRandomForest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void sameTreesAsTheSlowWay_data();
    void sameTreesAsTheSlowWay();
    void answersAreTheMeanOfTheTrees();
    void aStepIsATree();
    void outOfBagIsWhatItSays_data();
    void outOfBagIsWhatItSays();
    void outOfBagIsLeftOutWhereThereIsNone();
    void everyRowIsDrawnAsOftenAsAnother();
    void withoutBootstrapNoNoticeAndTrainingError();
    void manyRowsGiveTheSameBitsWithAnyNumberOfThreads();
    void binsHoldAllValues_data();
    void binsHoldAllValues();
    void aCommonValueHasItsOwnBin();
};

void TestRandomForest::sameTreesAsTheSlowWay_data()
{
    QTest::addColumn<int>("classes");
    QTest::addColumn<QString>("criterion");
    QTest::addColumn<int>("rows");
    QTest::addColumn<int>("tried");
    QTest::addColumn<int>("depth");
    QTest::addColumn<int>("leaf");
    QTest::addColumn<bool>("bootstrap");
    QTest::addColumn<int>("features");
    QTest::newRow("gini, two classes") << 2 << "gini" << 300 << 2 << 0 << 1 << true << 6;
    QTest::newRow("gini, two classes, many rows") << 2 << "gini" << 900 << 5 << 0 << 1 << true << 6;
    QTest::newRow("gini, all rows") << 2 << "gini" << 250 << 1 << 0 << 1 << false << 6;
    QTest::newRow("entropy, two classes") << 2 << "entropy" << 300 << 2 << 0 << 3 << true << 6;
    QTest::newRow("gini, four classes") << 4 << "gini" << 300 << 3 << 0 << 1 << true << 6;
    QTest::newRow("entropy, four classes") << 4 << "entropy" << 300 << 3 << 6 << 1 << true << 6;
    QTest::newRow("numbers") << 0 << "gini" << 300 << 6 << 0 << 1 << true << 6;
    QTest::newRow("numbers, large leaves") << 0 << "gini" << 700 << 2 << 0 << 20 << true << 6;
    QTest::newRow("numbers, shallow, all rows") << 0 << "gini" << 300 << 4 << 3 << 1 << false << 6;
    QTest::newRow("gini, two features") << 2 << "gini" << 300 << 1 << 0 << 1 << true << 2;
    QTest::newRow("gini, three classes") << 3 << "gini" << 300 << 2 << 0 << 4 << true << 6;
    QTest::newRow("gini, nine classes") << 9 << "gini" << 300 << 3 << 0 << 1 << true << 6;
    QTest::newRow("numbers, two features") << 0 << "gini" << 500 << 2 << 0 << 1 << true << 2;
    // So many that the bins of a node's rows are put side by side somewhere below the root.
    QTest::newRow("gini, rows gathered") << 2 << "gini" << 4000 << 2 << 0 << 1 << false << 20;
    QTest::newRow("numbers, rows gathered") << 0 << "gini" << 4000 << 1 << 12 << 1 << false << 20;
}

void TestRandomForest::sameTreesAsTheSlowWay()
{
    QFETCH(int, classes);
    QFETCH(QString, criterion);
    QFETCH(int, rows);
    QFETCH(int, tried);
    QFETCH(int, depth);
    QFETCH(int, leaf);
    QFETCH(bool, bootstrap);
    QFETCH(int, features);
    const std::int64_t trees = rows < 1000 ? 4 : 1;
    const DatasetPtr data = coarseData(rows, features, classes, 21);
    const auto outcome = reference::fitTo(data, "random_forest",
                                          {{"criterion", criterion.toStdString()}, {"n_trees", trees}, {"max_features", std::string("number")},
                                           {"feature_count", std::int64_t(tried)}, {"max_depth", std::int64_t(depth)},
                                           {"min_samples_leaf", std::int64_t(leaf)}, {"bootstrap", bootstrap}});
    QVERIFY(outcome);
    const Random random(1);                             // the seed of fitTo
    for (std::uint64_t t = 0; t < std::uint64_t(trees); ++t) {
        Random forDraws = random.split(2 * t);
        const Draws draws = bootstrap ? bootstrapDraws(data->samples(), forDraws) : Draws(data->samples(), 1);
        const SlowTree slow(*data, criterion.toStdString(), std::size_t(tried), std::size_t(depth), std::size_t(leaf), draws, random.split(2 * t + 1));
        QCOMPARE(difference(forestOf(outcome).trees[t], slow), QString());
        QVERIFY(slow.nodes.size() > 5);
    }
}

void TestRandomForest::answersAreTheMeanOfTheTrees()
{
    for (const int classes : {0, 3}) {
        const DatasetPtr data = coarseData(200, 4, classes, 5);
        const auto outcome = reference::fitTo(data, "random_forest", {{"n_trees", std::int64_t(37)}});
        QVERIFY(outcome);
        Matrix out;
        makePredictor(outcome->parameters)->predict(data->X(), out);
        Matrix sum = Matrix::Zero(out.rows(), out.cols());
        for (const Tree& tree : forestOf(outcome).trees) {
            for (Eigen::Index i = 0; i < data->X().rows(); ++i) {
                std::size_t node = 0;
                while (tree.feature[node] >= 0)
                    node = std::size_t(double(float(data->X()(i, tree.feature[node]))) <= tree.threshold[node] ? tree.left[node] : tree.right[node]);
                sum.row(i) += tree.values.row(Eigen::Index(node));
            }
        }
        QVERIFY((out - sum / 37).cwiseAbs().maxCoeff() < 1e-13);
    }
}

void TestRandomForest::aStepIsATree()
{
    const DatasetPtr data = coarseData(120, 3, 2, 6);
    const auto info = findLearner("random_forest");
    QVERIFY(info);
    const auto learner = (*info)->make(*Hyperparameters::check((*info)->table, {{"n_trees", std::int64_t(9)}}), Task::Classification);
    const auto run = learner->begin(data, 1);
    QVERIFY(run);
    const Parameters start = (*run)->freeze();
    QCOMPARE(std::get<TreeEnsemble>(start).trees.front().feature, std::vector<std::int32_t>{-1});
    for (std::size_t step = 1; step <= 9; ++step) {
        QVERIFY(!(*run)->isFinished());
        const auto progress = (*run)->step();
        QVERIFY(progress);
        QCOMPARE(progress->step, step);
        QCOMPARE(std::get<TreeEnsemble>((*run)->freeze()).trees.size(), step);
        QVERIFY2(progress->what.starts_with("tree " + std::to_string(step) + " with "), progress->what.c_str());
    }
    QVERIFY((*run)->isFinished());
    QCOMPARE((*run)->notices().size(), std::size_t(1));
}

void TestRandomForest::outOfBagIsWhatItSays_data()
{
    QTest::addColumn<int>("classes");
    QTest::addColumn<int>("rows");
    QTest::addColumn<int>("features");
    QTest::addColumn<bool>("manyValues");
    QTest::newRow("numbers") << 0 << 250 << 4 << false;
    QTest::newRow("three classes") << 3 << 250 << 4 << false;
    // Thresholds fall into bins that no row of the node is in, and part those who judge.
    QTest::newRow("numbers, more values than bins") << 0 << 1500 << 3 << true;
    QTest::newRow("two classes, rows gathered") << 2 << 6000 << 20 << true;
}

void TestRandomForest::outOfBagIsWhatItSays()
{
    QFETCH(int, classes);
    QFETCH(int, rows);
    QFETCH(int, features);
    QFETCH(bool, manyValues);
    constexpr std::int64_t trees = 30;
    DatasetPtr data = coarseData(rows, features, classes, 8);
    if (manyValues) {
        Random spread(9);
        Matrix X = data->X();
        for (double& x : X.reshaped())
            x += spread.uniform(-0.25, 0.25);
        data = reference::makeDataset(X, data->y, classes);
    }
    const auto outcome = reference::fitTo(data, "random_forest", {{"n_trees", trees}});
    QVERIFY(outcome);
    const Random random(1);
    Matrix sums = Matrix::Zero(rows, std::max(1, classes));
    Vector counts = Vector::Zero(rows);
    for (std::size_t t = 0; t < std::size_t(trees); ++t) {
        Random forDraws = random.split(2 * t);
        const Draws draws = bootstrapDraws(std::size_t(rows), forDraws);
        Matrix out;
        makePredictor(TreeEnsemble{{forestOf(outcome).trees[t]}, classes, features})->predict(data->X(), out);
        for (Eigen::Index i = 0; i < rows; ++i) {
            if (draws[std::size_t(i)] == 0) {
                sums.row(i) += out.row(i);
                counts[i] += 1;
            }
        }
    }
    double error = 0, answered = 0;
    for (Eigen::Index i = 0; i < rows; ++i) {
        if (counts[i] == 0)
            continue;
        ++answered;
        Eigen::Index best = 0;
        sums.row(i).maxCoeff(&best);
        error += classes > 0 ? double(best) != data->y[i] : std::pow(sums(i, 0) / counts[i] - data->y[i], 2);
    }
    QVERIFY(std::abs(outcome->last.loss - error / answered) < 1e-12 * (1 + error));
    QVERIFY2(outcome->notices.front().starts_with("Out of bag"), outcome->notices.front().c_str());
    const bool enough = answered >= 30 && 2 * answered >= double(rows);
    QCOMPARE(outcome->notices.front().find("of too few to say") == std::string::npos, enough);
    QCOMPARE(outcome->notices.front().find(" that have such a tree") == std::string::npos, answered == double(rows));

    // The score is told as a metric: the share of right classes, or R2 about the mean of the rows that were answered.
    Vector truth(rows);
    Eigen::Index known = 0;
    for (Eigen::Index i = 0; i < rows; ++i)
        if (counts[i] > 0)
            truth[known++] = data->y[i];
    const auto answeredTruth = truth.head(known).array();
    const double score = classes > 0 ? 1 - error / answered : 1 - error / (answeredTruth - answeredTruth.mean()).square().sum();
    const auto& told = outcome->last.found.outOfBag;
    QCOMPARE(told.size(), std::size_t(1));
    QVERIFY2(std::abs(told.at(classes > 0 ? "accuracy" : "r2") - score) < 1e-12, qPrintable(QString::number(score)));
}

/// Where every tree has seen every row.
void TestRandomForest::outOfBagIsLeftOutWhereThereIsNone()
{
    const DatasetPtr data = coarseData(100, 3, 0, 8);
    const auto without = reference::fitTo(data, "random_forest", {{"n_trees", std::int64_t(5)}, {"bootstrap", false}});
    QVERIFY(without && without->last.found.outOfBag.empty());
}

void TestRandomForest::everyRowIsDrawnAsOftenAsAnother()
{
    Random random(9);
    std::vector<double> total(50);
    constexpr int repetitions = 4000;
    for (int r = 0; r < repetitions; ++r) {
        const Draws draws = bootstrapDraws(50, random);
        QCOMPARE(std::accumulate(draws.begin(), draws.end(), 0), 50);
        for (std::size_t i = 0; i < 50; ++i)
            total[i] += draws[i];
    }
    for (const double count : total)
        QVERIFY(std::abs(count / repetitions - 1) < 5 / std::sqrt(double(repetitions)));      // five standard deviations
}

void TestRandomForest::withoutBootstrapNoNoticeAndTrainingError()
{
    const auto outcome = reference::fitTo(coarseData(300, 5, 2, 10), "random_forest", {{"bootstrap", false}, {"n_trees", std::int64_t(20)}});
    QVERIFY(outcome);
    QVERIFY(outcome->notices.empty());
    QCOMPARE(outcome->last.loss, 0.0);                  // full-grown trees on rows that differ know them all
}

void TestRandomForest::manyRowsGiveTheSameBitsWithAnyNumberOfThreads()
{
    Random random(11);
    Matrix X(6000, 7);
    for (double& x : X.reshaped())
        x = random.normal();
    for (const int classes : {0, 2, 3}) {
        Vector y(6000);
        for (Eigen::Index i = 0; i < 6000; ++i)
            y[i] = classes == 0 ? X(i, 0) * X(i, 1) + random.normal() : double(random.below(std::uint64_t(classes)));
        const DatasetPtr data = reference::makeDataset(X, y, classes);
        const auto text = [&] { return samples::outcomeText(reference::fitTo(data, "random_forest", {{"n_trees", std::int64_t(11)}})); };
        QCOMPARE(samples::changedByThreads(text, {2, 7}), std::string());
    }
}

void TestRandomForest::binsHoldAllValues_data()
{
    QTest::addColumn<int>("rows");
    QTest::addColumn<int>("distinct");
    QTest::addColumn<int>("groupSize");
    for (const int rows : {1, 2, 255, 256, 1000, 20000})
        for (const int distinct : {1, 2, 255, 256, 5000})
            for (const int groupSize : {3, 5, 8})
                QTest::addRow("%d rows, %d values, groups of %d", rows, distinct, groupSize) << rows << distinct << groupSize;
}

void TestRandomForest::binsHoldAllValues()
{
    QFETCH(int, rows);
    QFETCH(int, distinct);
    QFETCH(int, groupSize);
    Random random(12);
    Matrix X(rows, 11);
    for (double& x : X.reshaped())
        x = double(random.below(std::uint64_t(distinct))) / 8 - 3;
    const BinnedColumns columns(X, std::size_t(groupSize), 8);
    for (std::size_t feature = 0; feature < 11; ++feature) {
        const std::set<double> values(X.col(Eigen::Index(feature)).begin(), X.col(Eigen::Index(feature)).end());
        if (values.size() <= BinnedColumns::mostBins)
            QCOMPARE(columns.bins(feature), values.size());
        else
            QVERIFY(columns.bins(feature) > 200 && columns.bins(feature) <= BinnedColumns::mostBins);
        std::map<std::size_t, std::size_t> counts;
        for (Eigen::Index i = 0; i < rows; ++i) {
            const std::size_t bin = columns.binsOf(feature)[std::size_t(i) * columns.stride()];
            ++counts[bin];
            QVERIFY(bin < columns.bins(feature));
            if (bin > 0)
                QVERIFY(X(i, Eigen::Index(feature)) > columns.threshold(feature, bin - 1, bin));
            if (bin + 1 < columns.bins(feature))
                QVERIFY(X(i, Eigen::Index(feature)) <= columns.threshold(feature, bin, bin + 1));
        }
        QCOMPARE(counts.size(), columns.bins(feature));
        for (const auto& [bin, count] : counts)
            if (values.size() > BinnedColumns::mostBins && rows == 20000)
                QVERIFY(count < 4 * 20000 / BinnedColumns::mostBins);
    }
}

void TestRandomForest::aCommonValueHasItsOwnBin()
{
    // Nine of ten rows are 0, the others all different.
    Random random(13);
    Matrix X(10000, 1);
    for (double& x : X.reshaped())
        x = random.uniform() < 0.9 ? 0 : random.normal();
    const BinnedColumns columns(X);
    std::set<std::size_t> zeroBins, otherBins;
    for (Eigen::Index i = 0; i < X.rows(); ++i)
        (X(i, 0) == 0 ? zeroBins : otherBins).insert(columns.binsOf(0)[i]);
    QCOMPARE(zeroBins.size(), std::size_t(1));
    QVERIFY(!otherBins.contains(*zeroBins.begin()));
    QVERIFY(otherBins.size() > 200);
}

QTEST_GUILESS_MAIN(TestRandomForest)
#include "tst_random_forest.moc"
