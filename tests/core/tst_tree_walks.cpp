#include "core/base/random.h"
#include "core/model/predictor.h"

#include <QTest>

#include <cstring>

using namespace modelarium;

namespace {

/// A tree that grows where it likes, or always at its last leaf: as deep as it has questions.
Tree grownTree(std::size_t questions, int features, int outputs, bool chain, std::uint64_t seed)
{
    Random random(seed);
    Tree tree;
    std::vector<std::size_t> leaves;
    const auto addLeaf = [&] {
        leaves.push_back(tree.feature.size());
        tree.feature.push_back(-1);
        tree.threshold.push_back(0);
        tree.left.push_back(-1);
        tree.right.push_back(-1);
    };
    addLeaf();
    for (std::size_t q = 0; q < questions; ++q) {
        const std::size_t which = chain ? leaves.size() - 1 : std::size_t(random.below(leaves.size()));
        const std::size_t node = leaves[which];
        leaves.erase(leaves.begin() + std::ptrdiff_t(which));
        tree.feature[node] = std::int32_t(random.below(std::uint64_t(features)));
        tree.threshold[node] = chain ? -2 + 0.05 * double(q) : random.normal();
        tree.left[node] = std::int32_t(tree.feature.size());
        tree.right[node] = std::int32_t(tree.feature.size() + 1);
        addLeaf();
        addLeaf();
    }
    tree.samples.assign(tree.feature.size(), 1);
    tree.impurity.assign(tree.feature.size(), 0);
    tree.values.resize(Eigen::Index(tree.feature.size()), outputs);
    for (double& value : tree.values.reshaped())
        value = random.uniform();
    return tree;
}

/// Every leaf of one class, as in trees grown to the end.
void makePure(Tree& tree)
{
    for (Eigen::Index node = 0; node < tree.values.rows(); ++node) {
        Eigen::Index likeliest = 0;
        tree.values.row(node).maxCoeff(&likeliest);
        tree.values.row(node).setZero();
        tree.values(node, likeliest) = 1;
    }
}

/// The mean of what the trees answer, question by question.
RowVector byDefinition(const TreeEnsemble& forest, const RowVector& x)
{
    RowVector sum = RowVector::Zero(std::max(1, forest.classes));
    for (const Tree& tree : forest.trees) {
        std::size_t node = 0;
        while (tree.feature[node] >= 0)
            node = std::size_t(double(float(x[tree.feature[node]])) <= tree.threshold[node] ? tree.left[node] : tree.right[node]);
        sum += tree.values.row(Eigen::Index(node));
    }
    return sum / double(forest.trees.size());
}

/// Where the packed forest answers otherwise than its questions do one by one; empty where nowhere.
QString firstWrongAnswer(const TreeEnsemble& forest, const Matrix& X)
{
    const PredictorPtr predictor = makePredictor(forest);
    Matrix many;
    predictor->predict(X, many);
    RowVector one(many.cols());
    for (Eigen::Index i = 0; i < X.rows(); ++i) {
        const RowVector x = X.row(i), expected = byDefinition(forest, x);
        predictor->predictRow(x.data(), one.data());
        if (!(one == expected))
            return QString("row %1 alone").arg(i);
        if (!(many.row(i) == expected))
            return QString("row %1 among others").arg(i);
    }
    return {};
}

} // namespace

class TestTreeWalks : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void leavesAreThoseOfTheQuestions_data();
    void leavesAreThoseOfTheQuestions();
    void equalLeavesAnswerAlike();
};

void TestTreeWalks::leavesAreThoseOfTheQuestions_data()
{
    QTest::addColumn<int>("trees");
    QTest::addColumn<int>("questions");
    QTest::addColumn<int>("features");
    QTest::addColumn<int>("classes");
    QTest::addColumn<bool>("chain");
    QTest::addColumn<int>("rows");
    QTest::newRow("sixteen leaves only") << 16 << 0 << 2 << 2 << false << 5;
    QTest::newRow("two groups of one question each") << 17 << 1 << 1 << 0 << false << 129;
    QTest::newRow("groups with a top that is just full") << 33 << 40 << 5 << 2 << false << 127;
    QTest::newRow("many trees, many blocks") << 40 << 900 << 20 << 2 << false << 17000;
    QTest::newRow("many trees of many classes") << 30 << 300 << 20 << 5 << false << 600;
    QTest::newRow("as many steps as many trees take together") << 20 << 22 << 2 << 2 << true << 300;
    QTest::newRow("one step more") << 20 << 23 << 2 << 2 << true << 300;
    QTest::newRow("many chains") << 20 << 90 << 2 << 2 << true << 300;
    QTest::newRow("many chains of numbers") << 20 << 90 << 2 << 0 << true << 3;
    QTest::newRow("leaves only") << 5 << 0 << 2 << 2 << false << 40;
    QTest::newRow("one question each") << 5 << 1 << 1 << 0 << false << 40;
    QTest::newRow("a top that is not full") << 20 << 9 << 3 << 2 << false << 65;
    QTest::newRow("a full top and little below") << 16 << 60 << 20 << 2 << false << 63;
    QTest::newRow("as many features as two registers hold") << 17 << 200 << 32 << 3 << false << 130;
    QTest::newRow("one feature more") << 17 << 200 << 33 << 3 << false << 130;
    QTest::newRow("more features than one row may have on the stack") << 9 << 200 << 300 << 2 << false << 100;
    QTest::newRow("more trees than are walked together") << 300 << 80 << 6 << 0 << false << 50;
    QTest::newRow("large trees, many blocks") << 4 << 5000 << 8 << 2 << false << 20000;
    QTest::newRow("eight levels below the top") << 6 << 13 << 1 << 2 << true << 500;
    QTest::newRow("nine levels below the top") << 6 << 14 << 1 << 2 << true << 500;
    QTest::newRow("a chain") << 6 << 90 << 2 << 2 << true << 500;
    QTest::newRow("a single chain") << 1 << 90 << 2 << 0 << true << 17;
    QTest::newRow("features beyond what kernels count") << 2 << 30 << 600000 << 0 << false << 3;
}

/// For many rows, and row by row: to the bit, for the sums have one order.
void TestTreeWalks::leavesAreThoseOfTheQuestions()
{
    QFETCH(int, trees);
    QFETCH(int, questions);
    QFETCH(int, features);
    QFETCH(int, classes);
    QFETCH(bool, chain);
    QFETCH(int, rows);
    TreeEnsemble forest{{}, classes, features};
    for (int t = 0; t < trees; ++t)
        forest.trees.push_back(grownTree(std::size_t(questions), features, std::max(1, classes), chain, std::uint64_t(t)));
    Random random(77);
    Matrix X(rows, features);
    for (double& x : X.reshaped())
        x = random.normal();
    // Far out, and on the very threshold of a question.
    X(0, 0) = 1e300;
    X(1, 0) = -1e300;
    if (const Tree& first = forest.trees.front(); first.feature[0] >= 0)
        X(2, first.feature[0]) = first.threshold[0];

    const QString wrong = firstWrongAnswer(forest, X);
    QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
}

/// Leaves whose values are the same, among leaves with values of their own: more of these than are remembered.
void TestTreeWalks::equalLeavesAnswerAlike()
{
    for (const std::size_t trees : {3, 20}) {
        TreeEnsemble forest{{}, 3, 4};
        for (std::size_t t = 0; t < trees; ++t) {
            Tree tree = grownTree(1500, 4, 3, false, t);
            if (t % 2 == 0)
                makePure(tree);
            else
                tree.values.bottomRows(tree.values.rows() / 3) = tree.values.topRows(tree.values.rows() / 3);
            forest.trees.push_back(std::move(tree));
        }
        Random random(5);
        Matrix X(700, 4);
        for (double& x : X.reshaped())
            x = random.normal();
        const QString wrong = firstWrongAnswer(forest, X);
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
    }
}

QTEST_GUILESS_MAIN(TestTreeWalks)
#include "tst_tree_walks.moc"
