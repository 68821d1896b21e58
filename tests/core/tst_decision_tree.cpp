#include "core/base/random.h"
#include "core/learn/trees/impurity.h"
#include "core/learn/trees/weakest_links.h"
#include "core/model/predictor.h"
#include "tests/support/reference_data.h"
#include "tests/support/thread_counts.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <set>

using namespace modelarium;

namespace {

Matrix randomMatrix(Eigen::Index rows, Eigen::Index columns, std::uint64_t seed)
{
    Random random(seed);
    Matrix X(rows, columns);
    for (double& x : X.reshaped())
        x = random.normal();
    return X;
}

DatasetPtr noisyClasses(Eigen::Index rows, int classes, std::uint64_t seed)
{
    const Matrix X = randomMatrix(rows, 5, seed);
    Random random(seed + 1);
    Vector y(rows);
    for (Eigen::Index i = 0; i < rows; ++i) {
        const double score = X(i, 0) + 0.5 * X(i, 1) * X(i, 2) + random.normal();
        y[i] = std::clamp(std::floor(score + classes / 2.0), 0.0, classes - 1.0);
    }
    return reference::makeDataset(X, y, classes);
}

const Tree& treeOf(const FitOutcome& outcome) { return std::get<TreeEnsemble>(outcome.parameters).trees.front(); }

std::size_t leavesOf(const Tree& tree) { return std::size_t(std::count(tree.feature.begin(), tree.feature.end(), -1)); }

} // namespace

class TestDecisionTree : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cutsAreThoseOfTheDefinition_data();
    void cutsAreThoseOfTheDefinition();
    void columnsArePartedInOrder();
    void asksTheObviousQuestion();
    void aStepIsASplit();
    void startsAsOneLeaf();
    void equalSplitsTakeTheFirstFeature();
    void equalSplitsTakeTheLowestThreshold();
    void xorIsLearnedThoughTheFirstSplitGainsNothing();
    void identicalRowsStayTogether();
    void fullTreeKnowsItsRows_data();
    void fullTreeKnowsItsRows();
    void limitsHold_data();
    void limitsHold();
    void fewLeavesAreTheFirstSplitsOfMany();
    void largeCommonTargetChangesNothing();
    void sameTreeWithAnyNumberOfThreads_data();
    void sameTreeWithAnyNumberOfThreads();
    void refusesWhatItCannotWorkWith();
    void thresholdInWordsSeparates();
    void pruningLeavesTheCheapestTree();
    void pruningTakesBackASplitAStep();
    void noPriceNoPruning();
};

void TestDecisionTree::cutsAreThoseOfTheDefinition_data()
{
    QTest::addColumn<int>("samples");
    for (const int samples : {2, 3, 7, 8, 9, 15, 16, 17, 33, 255, 256, 257, 258, 265, 513, 1000})
        QTest::addRow("%d samples", samples) << samples;
}

/// The best cut of a column between two classes, with ties and with leaves that must not be small; whole numbers, so exactly.
void TestDecisionTree::cutsAreThoseOfTheDefinition()
{
    QFETCH(int, samples);
    Random random(std::uint64_t(samples) + 11);
    for (const double step : {0.0, 0.1, 1.0}) {
        for (const std::size_t leaf : {1, 2, 5, 9}) {
            const auto n = std::size_t(samples);
            Matrix X(samples, 1);
            Vector y(samples);
            for (Eigen::Index i = 0; i < samples; ++i) {
                X(i, 0) = step > 0 ? std::round(random.normal() / step) * step : random.normal();
                y[i] = X(i, 0) + random.normal() > 0;
            }
            const Impurity impurity(*reference::makeDataset(X, y, 2), ImpurityMeasure::Gini);
            const Buffer<SortedValue> column = sortedColumn(X.data(), n);
            std::vector<std::uint32_t> order(n);
            for (std::size_t i = 0; i < n; ++i)
                order[i] = std::uint32_t(i);
            const ColumnCut cut = impurity.bestCut(column.data(), impurity.sumsOf(order.data(), n), leaf);

            // L R times the score is a whole number; two of them are compared as fractions.
            std::int64_t ones = 0, all = std::int64_t(y.sum());
            std::size_t bestLeft = 0;
            long double best = -1;
            for (std::size_t left = 1; left < n; ++left) {
                ones += y[column[left - 1].sample] == 1;
                if (left < leaf || n - left < leaf || column[left - 1].value == column[left].value)
                    continue;
                const auto L = std::int64_t(left), R = std::int64_t(n - left), onesRight = all - ones;
                const std::int64_t whole = (ones * ones + (L - ones) * (L - ones)) * R + (onesRight * onesRight + (R - onesRight) * (R - onesRight)) * L;
                const long double score = static_cast<long double>(whole) / static_cast<long double>(L * R);
                if (score > best) {
                    best = score;
                    bestLeft = left;
                }
            }
            QCOMPARE(cut.left, bestLeft);
            if (bestLeft > 0) {
                QCOMPARE(cut.below, column[bestLeft - 1].value);
                QCOMPARE(cut.above, column[bestLeft].value);
                const double whole = double(all * all + (std::int64_t(n) - all) * (std::int64_t(n) - all)) / double(n);
                QVERIFY(std::abs(cut.gain - std::max(0.0, double(best) - whole)) <= 1e-12 * double(n));
            }
        }
    }
}

/// Both sides of a split keep their order in every column, and the columns beside the node stay as they are.
void TestDecisionTree::columnsArePartedInOrder()
{
    for (const Eigen::Index samples : {2, 9, 64, 333}) {
        const Matrix X = randomMatrix(samples, 3, std::uint64_t(samples));
        PresortedColumns columns(X);
        const SampleRange all{0, std::size_t(samples)};
        const std::size_t left = std::size_t(samples) / 3 + 1;
        std::set<std::uint32_t> lefts;
        for (std::size_t i = 0; i < left; ++i)
            lefts.insert(columns.column(1, all)[i].sample);
        std::vector<std::vector<std::uint32_t>> expected;
        for (std::size_t j = 0; j < 3; ++j) {
            std::vector<std::uint32_t> order;
            for (std::size_t i = 0; i < all.end; ++i)
                order.push_back(columns.column(j, all)[i].sample);
            std::stable_partition(order.begin(), order.end(), [&](std::uint32_t sample) { return lefts.contains(sample); });
            expected.push_back(order);
        }
        columns.beginSplit(all, 1, left);
        Buffer<SortedValue> scratch(all.size());
        for (std::size_t j = 0; j < 3; ++j) {
            columns.splitColumn(all, j, scratch.data());
            for (std::size_t i = 0; i < all.end; ++i) {
                QCOMPARE(columns.column(j, all)[i].sample, expected[j][i]);
                QCOMPARE(columns.column(j, all)[i].value, float(X(Eigen::Index(expected[j][i]), Eigen::Index(j))));
            }
        }
    }
}

void TestDecisionTree::asksTheObviousQuestion()
{
    const auto outcome = reference::fitTo(
        reference::makeDataset(Vector{{1, 2, 10, 20}}, Vector{{0, 0, 1, 1}}, 2), "decision_tree", {});
    QVERIFY(outcome);
    const Tree& tree = treeOf(*outcome);
    QCOMPARE(tree.feature, (std::vector<std::int32_t>{0, -1, -1}));
    QCOMPARE(tree.threshold[0], 6.0);
    QCOMPARE(tree.impurity, (std::vector<double>{0.5, 0, 0}));
    QCOMPARE(tree.samples, (std::vector<double>{4, 2, 2}));
    QVERIFY(tree.values == (Matrix(3, 2) << 0.5, 0.5, 1, 0, 0, 1).finished());
}

void TestDecisionTree::aStepIsASplit()
{
    std::vector<Progress> steps;
    std::vector<std::size_t> leaves;
    const auto outcome = reference::fitTo(noisyClasses(200, 3, 1), "decision_tree", {{"max_leaf_nodes", std::int64_t(8)}},
                                          [&](const TrainingRun& run, const Progress& progress) {
                                              steps.push_back(progress);
                                              leaves.push_back(leavesOf(std::get<TreeEnsemble>(run.freeze()).trees.front()));
                                              return Answer::Continue;
                                          });
    QVERIFY(outcome);
    QCOMPARE(steps.size(), std::size_t(7));
    for (std::size_t i = 0; i < steps.size(); ++i) {
        QCOMPARE(steps[i].step, i + 1);
        QCOMPARE(leaves[i], i + 2);
        QVERIFY2(steps[i].what.starts_with("split on x"), steps[i].what.c_str());
        QVERIFY(i == 0 || steps[i].loss <= steps[i - 1].loss);
    }
}

void TestDecisionTree::startsAsOneLeaf()
{
    const DatasetPtr data = noisyClasses(100, 2, 2);
    const auto info = findLearner("decision_tree");
    QVERIFY(info);
    const auto learner = (*info)->make(*Hyperparameters::check((*info)->table, {}), Task::Classification);
    const auto run = learner->begin(data, 1);
    QVERIFY(run);
    const Tree tree = std::get<TreeEnsemble>((*run)->freeze()).trees.front();
    QCOMPARE(tree.feature, std::vector<std::int32_t>{-1});
    QVERIFY(std::abs(tree.values.sum() - 1) < 1e-15);
}

void TestDecisionTree::equalSplitsTakeTheFirstFeature()
{
    // The second feature is the first one turned round: every cut of one is as good as a cut of the other.
    const Matrix x = randomMatrix(100, 1, 3);
    Matrix X(100, 2);
    X << -x, x;
    for (const int classes : {0, 2, 3}) {
        const Vector y = classes ? Vector(randomMatrix(100, 1, 4).array().abs().floor().min(classes - 1.0)) : Vector(randomMatrix(100, 1, 4));
        for (const std::string criterion : {"gini", "entropy"}) {
            const auto outcome = reference::fitTo(reference::makeDataset(X, y, classes), "decision_tree", {{"criterion", criterion}});
            QVERIFY(outcome);
            const Tree& tree = treeOf(*outcome);
            QVERIFY(std::none_of(tree.feature.begin(), tree.feature.end(), [](std::int32_t feature) { return feature == 1; }));
        }
    }
}

void TestDecisionTree::equalSplitsTakeTheLowestThreshold()
{
    const auto outcome = reference::fitTo(
        reference::makeDataset(Vector{{1, 2, 3, 4}}, Vector{{0, 1, 1, 0}}, 2), "decision_tree", {{"max_leaf_nodes", std::int64_t(2)}});
    QVERIFY(outcome);
    QCOMPARE(treeOf(*outcome).threshold[0], 1.5);
}

void TestDecisionTree::xorIsLearnedThoughTheFirstSplitGainsNothing()
{
    const Matrix X = (Matrix(4, 2) << 0, 0, 0, 1, 1, 0, 1, 1).finished();
    const Vector y{{0, 1, 1, 0}};
    const auto outcome = reference::fitTo(reference::makeDataset(X, y, 2), "decision_tree", {});
    QVERIFY(outcome);
    QCOMPARE(leavesOf(treeOf(*outcome)), std::size_t(4));
    QCOMPARE(outcome->last.loss, 0.0);
}

void TestDecisionTree::identicalRowsStayTogether()
{
    const auto outcome = reference::fitTo(
        reference::makeDataset(Matrix::Constant(10, 3, 1.25), Vector{{0, 1, 0, 1, 0, 1, 0, 1, 0, 1}}, 2), "decision_tree", {});
    QVERIFY(outcome);
    QCOMPARE(outcome->last.step, std::size_t(1));
    QVERIFY(treeOf(*outcome).values == (Matrix(1, 2) << 0.5, 0.5).finished());
    QCOMPARE(outcome->notices.size(), std::size_t(1));
}

void TestDecisionTree::fullTreeKnowsItsRows_data()
{
    QTest::addColumn<int>("classes");
    QTest::addColumn<int>("rows");
    for (const int classes : {0, 2, 5})
        for (const int rows : {2, 50, 3000})
            QTest::addRow("%d classes, %d rows", classes, rows) << classes << rows;
}

void TestDecisionTree::fullTreeKnowsItsRows()
{
    QFETCH(int, classes);
    QFETCH(int, rows);
    const Matrix X = randomMatrix(rows, 4, 5);
    Vector y = randomMatrix(rows, 1, 6);
    if (classes > 0)
        for (Eigen::Index i = 0; i < y.size(); ++i)
            y[i] = double(i % classes);
    const auto outcome = reference::fitTo(reference::makeDataset(X, y, classes), "decision_tree", {});
    QVERIFY(outcome);
    QCOMPARE(outcome->last.loss, 0.0);
    Matrix out;
    makePredictor(outcome->parameters)->predict(X, out);
    for (Eigen::Index i = 0; i < rows; ++i)
        QCOMPARE(classes > 0 ? out(i, Eigen::Index(y[i])) : out(i, 0), classes > 0 ? 1.0 : y[i]);
}

void TestDecisionTree::limitsHold_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<int>("limit");
    QTest::newRow("depth") << "max_depth" << 4;
    QTest::newRow("depth 1") << "max_depth" << 1;
    QTest::newRow("leaves") << "max_leaf_nodes" << 9;
    QTest::newRow("one leaf") << "max_leaf_nodes" << 1;
    QTest::newRow("samples to split") << "min_samples_split" << 40;
    QTest::newRow("samples in a leaf") << "min_samples_leaf" << 25;
    QTest::newRow("more than there are") << "min_samples_leaf" << 1000;
}

void TestDecisionTree::limitsHold()
{
    QFETCH(QString, name);
    QFETCH(int, limit);
    const auto outcome = reference::fitTo(noisyClasses(500, 3, 7), "decision_tree", {{name.toStdString(), std::int64_t(limit)}});
    QVERIFY(outcome);
    const Tree& tree = treeOf(*outcome);
    const std::size_t leaves = leavesOf(tree);
    if (name == QStringLiteral("max_depth"))
        QCOMPARE(int(depthOf(tree)), limit);
    if (name == QStringLiteral("max_leaf_nodes"))
        QCOMPARE(leaves, std::size_t(limit));
    for (std::size_t node = 0; node < tree.feature.size(); ++node) {
        if (name == QStringLiteral("min_samples_split") && tree.feature[node] >= 0)
            QVERIFY(tree.samples[node] >= limit);
        if (name == QStringLiteral("min_samples_leaf") && tree.feature[node] < 0)
            QVERIFY(tree.samples[node] >= limit || leaves == 1);
    }
}

void TestDecisionTree::fewLeavesAreTheFirstSplitsOfMany()
{
    const DatasetPtr data = noisyClasses(400, 3, 8);
    const auto many = reference::fitTo(data, "decision_tree", {{"max_leaf_nodes", std::int64_t(20)}});
    const auto few = reference::fitTo(data, "decision_tree", {{"max_leaf_nodes", std::int64_t(6)}});
    QVERIFY(many && few);
    const Tree& small = treeOf(*few);
    const Tree& large = treeOf(*many);
    for (std::size_t node = 0; node < small.feature.size(); ++node) {
        QCOMPARE(small.samples[node], large.samples[node]);
        if (small.feature[node] >= 0)
            QCOMPARE(small.threshold[node], large.threshold[node]);
    }
}

void TestDecisionTree::largeCommonTargetChangesNothing()
{
    const Matrix X = randomMatrix(300, 3, 9);
    // Eighths: adding a billion rounds nothing.
    const Vector y = (randomMatrix(300, 1, 10) * 8).array().round() / 8;
    const auto plain = reference::fitTo(reference::makeDataset(X, y, 0), "decision_tree", {{"min_samples_leaf", std::int64_t(5)}});
    const auto shifted = reference::fitTo(reference::makeDataset(X, y.array() + 1e9, 0), "decision_tree", {{"min_samples_leaf", std::int64_t(5)}});
    QVERIFY(plain && shifted);
    QCOMPARE(treeOf(*plain).feature, treeOf(*shifted).feature);
    QCOMPARE(treeOf(*plain).threshold, treeOf(*shifted).threshold);
}

void TestDecisionTree::sameTreeWithAnyNumberOfThreads_data()
{
    QTest::addColumn<int>("classes");
    QTest::addColumn<QString>("criterion");
    QTest::newRow("gini, 2 classes") << 2 << "gini";
    QTest::newRow("gini, 4 classes") << 4 << "gini";
    QTest::newRow("entropy") << 3 << "entropy";
    QTest::newRow("squared error") << 0 << "gini";
}

void TestDecisionTree::sameTreeWithAnyNumberOfThreads()
{
    QFETCH(int, classes);
    QFETCH(QString, criterion);
    // More than 32,768 values: large enough for the nodes near the root to be worked on by several threads.
    const DatasetPtr data = classes > 0 ? noisyClasses(9000, classes, 11)
                                        : reference::makeDataset(randomMatrix(9000, 5, 12), randomMatrix(9000, 1, 13), 0);
    const HyperparameterValues values{{"criterion", criterion.toStdString()}};
    const auto text = [&] { return samples::outcomeText(reference::fitTo(data, "decision_tree", values)); };
    QCOMPARE(samples::changedByThreads(text, {2, 8}), std::string());
}

void TestDecisionTree::refusesWhatItCannotWorkWith()
{
    Matrix X = randomMatrix(10, 2, 14);
    const Vector y{{0, 1, 0, 1, 0, 1, 0, 1, 0, 1}};
    const auto oneClass = reference::fitTo(reference::makeDataset(X, Vector::Zero(10), 2), "decision_tree", {});
    QVERIFY(!oneClass);
    QCOMPARE(oneClass.error().code, ErrorCode::OneClass);
    const auto oneRow = reference::fitTo(reference::makeDataset(X.topRows(1), Vector::Zero(1), 2), "decision_tree", {});
    QVERIFY(!oneRow);
    QCOMPARE(oneRow.error().code, ErrorCode::TooFewSamples);
    X(3, 1) = 1e300;
    const auto huge = reference::fitTo(reference::makeDataset(X, y, 2), "decision_tree", {});
    QVERIFY(!huge);
    QCOMPARE(huge.error().code, ErrorCode::NotFinite);
    QCOMPARE(huge.error().place.column, std::string("x2"));
    QCOMPARE(huge.error().place.row, std::optional<std::size_t>(4));
    X(3, 1) = 0;
    const auto hugeTarget = reference::fitTo(reference::makeDataset(X, y * 1e300, 0), "decision_tree", {});
    QVERIFY(!hugeTarget);
    QCOMPARE(hugeTarget.error().code, ErrorCode::NotFinite);
}

void TestDecisionTree::thresholdInWordsSeparates()
{
    std::string what;
    const auto outcome = reference::fitTo(
        reference::makeDataset(Vector{{2007, 2008, 2009, 2010}}, Vector{{0, 1, 1, 1}}, 2), "decision_tree", {},
        [&](const TrainingRun&, const Progress& progress) {
            what = progress.what;
            return Answer::Continue;
        });
    QVERIFY(outcome);
    // Four digits would say 2008, which is on the other side.
    QCOMPARE(what, std::string("split on x1 <= 2007.5"));
}

namespace {

struct PricedTree {
    double price;                       // risk + alpha * leaves
    std::size_t leaves;
};

/// The cheapest subtree below a node, of equal ones the smallest, by trying both ways at every node.
PricedTree cheapest(const Tree& tree, std::size_t node, double alpha)
{
    const PricedTree leaf{tree.samples[node] / tree.samples[0] * tree.impurity[node] + alpha, 1};
    if (tree.feature[node] < 0)
        return leaf;
    const PricedTree left = cheapest(tree, std::size_t(tree.left[node]), alpha), right = cheapest(tree, std::size_t(tree.right[node]), alpha);
    const PricedTree split{left.price + right.price, left.leaves + right.leaves};
    return leaf.price <= split.price ? leaf : split;
}

} // namespace

void TestDecisionTree::pruningLeavesTheCheapestTree()
{
    for (const int classes : {2, 3}) {
        const DatasetPtr data = noisyClasses(300, classes, std::uint64_t(20 + classes));
        const auto grown = reference::fitTo(data, "decision_tree", {});
        QVERIFY(grown);
        for (const double alpha : {1e-7, 0.00123, 0.00271, 0.0047, 0.011, 0.031, 0.5}) {
            const auto outcome = reference::fitTo(data, "decision_tree", {{"ccp_alpha", alpha}});
            QVERIFY(outcome);
            const PricedTree best = cheapest(treeOf(*grown), 0, alpha);
            QCOMPARE(leafCount(treeOf(*outcome)), best.leaves);
            QVERIFY(std::abs(outcome->last.loss + alpha * double(best.leaves) - best.price) < 1e-12);
        }
    }
}

void TestDecisionTree::pruningTakesBackASplitAStep()
{
    const DatasetPtr data = noisyClasses(200, 2, 30);
    std::size_t before = 1, taken = 0;
    bool everyStepIsOne = true;
    const auto outcome = reference::fitTo(data, "decision_tree", {{"ccp_alpha", 0.01}}, [&](const TrainingRun& run, const Progress& progress) {
        const std::size_t leaves = leafCount(std::get<TreeEnsemble>(run.freeze()).trees.front());
        const bool takesBack = progress.what.starts_with("took back the split on x");
        if (takesBack ? leaves >= before : leaves != before + 1 || taken > 0)
            everyStepIsOne = false;
        taken += takesBack;
        before = leaves;
        return Answer::Continue;
    });
    QVERIFY(outcome);
    QVERIFY(everyStepIsOne);
    QVERIFY(taken > 3 && before > 1);
    QVERIFY2(outcome->notices.front().find("pruning left " + std::to_string(before)) != std::string::npos, outcome->notices.front().c_str());
    const auto dear = reference::fitTo(data, "decision_tree", {{"ccp_alpha", 10.0}});
    QVERIFY(dear);
    QCOMPARE(treeOf(*dear).feature, std::vector<std::int32_t>{-1});
    QVERIFY2(dear->notices.front().starts_with("No split was worth the price"), dear->notices.front().c_str());
}

/// Even a split that gains nothing stays where leaves are free.
void TestDecisionTree::noPriceNoPruning()
{
    const Matrix X{{0, 0}, {0, 1}, {1, 0}, {1, 1}};
    const auto outcome = reference::fitTo(reference::makeDataset(X, Vector{{0, 1, 1, 0}}, 2), "decision_tree", {{"ccp_alpha", 0.0}});
    QVERIFY(outcome);
    QCOMPARE(leafCount(treeOf(*outcome)), std::size_t(4));
}

QTEST_GUILESS_MAIN(TestDecisionTree)
#include "tst_decision_tree.moc"
