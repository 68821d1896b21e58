#include "core/base/parallel.h"
#include "core/base/random.h"
#include "core/kernels/exponential.h"
#include "core/model/predictor.h"
#include "core/model/tree_predictor.h"

#include <QTest>

#include <array>
#include <atomic>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <new>

namespace {

std::atomic<std::size_t> allocations{0};

} // namespace

// Every allocation of this test is counted, so that none can hide in the prediction of a row.
void* operator new(std::size_t bytes)
{
    ++allocations;
    if (void* block = std::malloc(bytes))
        return block;
    throw std::bad_alloc();
}
void operator delete(void* block) noexcept { std::free(block); }
void operator delete(void* block, std::size_t) noexcept { std::free(block); }

using namespace modelarium;

namespace {

constexpr double largest = std::numeric_limits<double>::max();

Matrix randomMatrix(Eigen::Index rows, Eigen::Index columns, std::uint64_t seed, double scale = 1)
{
    Random random(seed);
    Matrix X(rows, columns);
    for (double& x : X.reshaped())
        x = scale * random.normal();
    return X;
}

Linear linear(Link link, int outputs, int features)
{
    return {randomMatrix(outputs, features, 1), randomMatrix(outputs, 1, 2), link};
}

Polynomial polynomial()
{
    return {Vector{{1, 2}}, Vector{{2, 0.5}}, {{1, 0}, {0, 1}, {2, 0}, {1, 1}, {0, 3}}, Vector{{1, -2, 0.5, 3, -0.25}}, 7};
}

GaussianClasses gaussian(int classes, int features)
{
    const Matrix variance = randomMatrix(classes, features, 4).array().square() + 0.01;
    return {Vector::Constant(classes, -std::log(double(classes))), randomMatrix(classes, features, 3), variance};
}

FullGaussianClasses fullGaussian(int classes, int features)
{
    FullGaussianClasses parameters{Vector::Constant(classes, -std::log(double(classes))), randomMatrix(classes, features, 3), {}};
    for (int k = 0; k < classes; ++k) {
        Matrix L = randomMatrix(features, features, std::uint64_t(40 + k)).triangularView<Eigen::Lower>();
        L.diagonal() = L.diagonal().cwiseAbs().array() + 0.1;
        parameters.factor.push_back(std::move(L));
    }
    return parameters;
}

NearestNeighbours neighbours(int features)
{
    NearestNeighbours parameters;
    parameters.X = randomMatrix(300, features, 5);
    parameters.y = randomMatrix(300, 1, 6).array().abs().floor().min(2.0).matrix();
    parameters.classes = 3;
    return parameters;
}

/// A complete tree of the given depth with random questions.
Tree completeTree(int depth, int features, int outputs, std::uint64_t seed)
{
    Random random(seed);
    const std::size_t inner = (std::size_t(1) << depth) - 1;
    const std::size_t nodes = 2 * inner + 1;
    Tree tree;
    tree.values = randomMatrix(Eigen::Index(nodes), outputs, seed + 1).array().abs();
    tree.values.array().colwise() /= tree.values.rowwise().sum().array();
    tree.samples.assign(nodes, 1);
    tree.impurity.assign(nodes, 0);
    for (std::size_t node = 0; node < nodes; ++node) {
        const bool leaf = node >= inner;
        tree.feature.push_back(leaf ? -1 : std::int32_t(random.below(std::uint64_t(features))));
        tree.threshold.push_back(leaf ? 0 : random.normal());
        tree.left.push_back(leaf ? -1 : std::int32_t(2 * node + 1));
        tree.right.push_back(leaf ? -1 : std::int32_t(2 * node + 2));
    }
    return tree;
}

/// A single question: float(x) <= threshold gives 1, otherwise 2.
Tree question(double threshold)
{
    Tree tree;
    tree.feature = {0, -1, -1};
    tree.threshold = {threshold, 0, 0};
    tree.left = {1, -1, -1};
    tree.right = {2, -1, -1};
    tree.samples = {2, 1, 1};
    tree.impurity = {0, 0, 0};
    tree.values = Vector{{1.5, 1, 2}};
    return tree;
}

TreeEnsemble ensemble(int trees, int depth, int features, int classes)
{
    TreeEnsemble parameters{{}, classes, features};
    for (int t = 0; t < trees; ++t)
        parameters.trees.push_back(completeTree(depth, features, std::max(1, classes), std::uint64_t(100 + t)));
    return parameters;
}

/// Layers of the given widths, the first the features; the last has no activation.
DenseNetwork network(std::vector<Eigen::Index> widths, Activation activation, Link link, double scale = 1)
{
    DenseNetwork parameters{{}, link};
    for (std::size_t l = 1; l < widths.size(); ++l) {
        parameters.layers.push_back({randomMatrix(widths[l], widths[l - 1], 40 + l, scale), randomMatrix(widths[l], 1, 60 + l, scale),
                                     l + 1 < widths.size() ? activation : Activation::Identity});
    }
    return parameters;
}

/// Trees that add up to scores, one after the other.
TreeEnsemble boosted(int rounds, int depth, int features, Link link, int classes)
{
    TreeEnsemble parameters{{}, classes, features, TreeAggregation::Sum, link, Vector::LinSpaced(link == Link::Softmax ? classes : 1, -0.7, 0.4)};
    for (int t = 0; t < rounds * int(parameters.base.size()); ++t) {
        Tree tree = completeTree(depth, features, 1, std::uint64_t(200 + t));
        tree.values = randomMatrix(tree.values.rows(), 1, std::uint64_t(300 + t));
        parameters.trees.push_back(std::move(tree));
    }
    return parameters;
}

/// Vectors of every class, or of a regression where there are no classes.
KernelExpansion expansion(Kernel kernel, std::vector<std::int32_t> vectorsOfClass, Eigen::Index vectors, Eigen::Index features, double scale = 1)
{
    const auto classes = Eigen::Index(vectorsOfClass.size());
    return {kernel, 0.3, 3, 0.5, randomMatrix(vectors, features, 80, scale), randomMatrix(std::max<Eigen::Index>(1, classes - 1), vectors, 81, 1),
            randomMatrix(std::max<Eigen::Index>(1, classes * (classes - 1) / 2), 1, 82, 1), std::move(vectorsOfClass)};
}

double predictOne(const Parameters& parameters, std::initializer_list<double> x, std::size_t output = 0)
{
    std::vector<double> out(outputCount(parameters));
    makePredictor(parameters)->predictRow(x.begin(), out.data());
    return out[output];
}

void addShapes()
{
    QTest::addColumn<Parameters>("parameters");
    QTest::newRow("linear, 1 feature") << Parameters(linear(Link::Identity, 1, 1));
    QTest::newRow("linear, 8 features") << Parameters(linear(Link::Identity, 1, 8));
    QTest::newRow("linear, 21 features") << Parameters(linear(Link::Identity, 1, 21));
    QTest::newRow("logistic, 20 features") << Parameters(linear(Link::Logistic, 1, 20));
    QTest::newRow("softmax, 3 classes") << Parameters(linear(Link::Softmax, 3, 5));
    QTest::newRow("softmax, 11 classes") << Parameters(linear(Link::Softmax, 11, 17));
    QTest::newRow("hard, 2 classes") << Parameters(linear(Link::Hard, 1, 20));
    QTest::newRow("hard, 5 classes") << Parameters(linear(Link::Hard, 5, 9));
    QTest::newRow("polynomial") << Parameters(polynomial());
    QTest::newRow("gaussian") << Parameters(gaussian(4, 6));
    QTest::newRow("full gaussian") << Parameters(fullGaussian(4, 6));
    QTest::newRow("neighbours") << Parameters(neighbours(3));
    QTest::newRow("one tree, numbers") << Parameters(ensemble(1, 6, 4, 0));
    QTest::newRow("one tree, classes") << Parameters(ensemble(1, 6, 4, 3));
    QTest::newRow("forty trees, numbers") << Parameters(ensemble(40, 6, 5, 0));
    QTest::newRow("forty trees, two classes, more features than the stack holds") << Parameters(ensemble(40, 3, 300, 2));
    QTest::newRow("boosted, numbers") << Parameters(boosted(35, 4, 5, Link::Identity, 0));
    QTest::newRow("boosted, two classes") << Parameters(boosted(20, 4, 5, Link::Logistic, 2));
    QTest::newRow("boosted, three classes") << Parameters(boosted(20, 4, 5, Link::Softmax, 3));
    QTest::newRow("boosted, no round yet") << Parameters(boosted(0, 4, 5, Link::Softmax, 3));
    QTest::newRow("seven trees") << Parameters(ensemble(7, 5, 70, 3));
    QTest::newRow("network without hidden layers") << Parameters(network({5, 1}, Activation::Relu, Link::Identity));
    QTest::newRow("network 2-8-8-3") << Parameters(network({2, 8, 8, 3}, Activation::Tanh, Link::Softmax));
    QTest::newRow("network 20-64-64-1") << Parameters(network({20, 64, 64, 1}, Activation::Relu, Link::Identity));
    QTest::newRow("network 7-3-13-11-2") << Parameters(network({7, 3, 13, 11, 1}, Activation::Logistic, Link::Logistic));
    QTest::newRow("network 9-300-9") << Parameters(network({9, 300, 9}, Activation::Relu, Link::Softmax));
    QTest::newRow("network with huge weights") << Parameters(network({3, 9, 9, 1}, Activation::Relu, Link::Identity, 1e150));
    QTest::newRow("kernel, regression") << Parameters(expansion(Kernel::Rbf, {}, 45, 5));
    QTest::newRow("kernel, two classes") << Parameters(expansion(Kernel::Polynomial, {17, 300}, 317, 3));
    QTest::newRow("kernel, four classes") << Parameters(expansion(Kernel::Rbf, {3, 0, 40, 9}, 52, 2));
    QTest::newRow("kernel, thirty classes") << Parameters(expansion(Kernel::Linear, std::vector<std::int32_t>(30, 2), 60, 2));
    QTest::newRow("kernel without vectors") << Parameters(expansion(Kernel::Rbf, {}, 0, 2));
    QTest::newRow("kernel with huge vectors") << Parameters(expansion(Kernel::Polynomial, {}, 9, 2, 1e90));
    QTest::newRow("a single leaf") << Parameters(ensemble(1, 0, 2, 2));
}

} // namespace

class TestPredictor : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void batchGivesTheBitsOfARow_data() { addShapes(); }
    void batchGivesTheBitsOfARow();
    void aRowAllocatesNothing_data() { addShapes(); }
    void aRowAllocatesNothing();
    void anyFiniteRowGivesNumbers_data() { addShapes(); }
    void anyFiniteRowGivesNumbers();
    void columnsApartGiveTheBitsOfARow_data();
    void columnsApartGiveTheBitsOfARow();
    void linearIsAWeightedSum();
    void logisticIsStableFarOut();
    void softmaxIsStableFarOut();
    void linearOverflowIsLimited();
    void polynomialIsItsFormula();
    void gaussianFarOutPrefersTheWiderClass();
    void fullGaussianIsItsFormula();
    void treeAsksForFloats_data();
    void treeAsksForFloats();
    void floatThresholdIsTheLargestFloatBelow();
    void networkIsItsFormula();
    void networkTanhKeepsItsDigits();
    void boostedTreesAddUp();
    void kernelExpansionIsItsFormula();
    void powersOfTwoAreExact();
    void countsParameters();
};

void TestPredictor::batchGivesTheBitsOfARow()
{
    QFETCH(Parameters, parameters);
    const PredictorPtr predictor = makePredictor(parameters);
    const Matrix X = randomMatrix(1333, Eigen::Index(predictor->features()), 7, 2);
    Matrix expected(X.rows(), Eigen::Index(predictor->outputs()));
    RowVector answer(expected.cols());
    for (Eigen::Index i = 0; i < X.rows(); ++i) {
        const RowVector x = X.row(i);
        predictor->predictRow(x.data(), answer.data());
        expected.row(i) = answer;
    }
    for (const std::size_t threads : {1, 2, 8}) {
        setThreadCount(threads);
        for (const Eigen::Index rows : {1333, 1, 7, 512, 513}) {
            Matrix batch;
            predictor->predict(X.topRows(rows), batch);
            const Matrix wanted = expected.topRows(rows);
            QVERIFY(std::memcmp(batch.data(), wanted.data(), std::size_t(wanted.size()) * sizeof(double)) == 0);
        }
    }
    setThreadCount(0);
}

void TestPredictor::columnsApartGiveTheBitsOfARow_data()
{
    QTest::addColumn<Parameters>("parameters");
    QTest::newRow("value, three features") << Parameters(linear(Link::Identity, 1, 3));
    QTest::newRow("values, eleven features") << Parameters(linear(Link::Identity, 2, 11));
    QTest::newRow("two classes, eight features") << Parameters(linear(Link::Logistic, 1, 8));
    QTest::newRow("five classes, nine features") << Parameters(linear(Link::Softmax, 5, 9));
}

/// Of few rows and of many, which are read where they lie; some are so far out that their sum leaves the range of double.
void TestPredictor::columnsApartGiveTheBitsOfARow()
{
    QFETCH(Parameters, parameters);
    const PredictorPtr predictor = makePredictor(parameters);
    for (const Eigen::Index rows : {700, 70001}) {
        Matrix X = randomMatrix(rows, Eigen::Index(predictor->features()), 8, 2);
        for (Eigen::Index i = 5; i < rows; i += 997)
            X.row(i) *= 1e308;
        X = X.array().max(-largest).min(largest);
        std::vector<Vector> columns;
        std::vector<const double*> places;
        for (Eigen::Index j = 0; j < X.cols(); ++j)
            columns.emplace_back(X.col(j));
        for (const Vector& column : columns)
            places.push_back(column.data());
        Matrix all;
        predictor->predict(ColumnView(places, rows), all);
        RowVector answer(all.cols());
        for (Eigen::Index i = 0; i < rows; ++i) {
            const RowVector x = X.row(i), given = all.row(i);
            predictor->predictRow(x.data(), answer.data());
            QVERIFY2(std::memcmp(answer.data(), given.data(), std::size_t(answer.size()) * sizeof(double)) == 0, std::to_string(i).c_str());
        }
    }
}

void TestPredictor::aRowAllocatesNothing()
{
    QFETCH(Parameters, parameters);
    const PredictorPtr predictor = makePredictor(parameters);
    const std::vector<double> near(predictor->features(), 0.25);
    const std::vector<double> far(predictor->features(), 1e300);
    std::vector<double> out(predictor->outputs());
    const std::size_t before = allocations;
    predictor->predictRow(near.data(), out.data());
    predictor->predictRow(far.data(), out.data());
    QCOMPARE(allocations - before, std::size_t(0));
}

void TestPredictor::anyFiniteRowGivesNumbers()
{
    QFETCH(Parameters, parameters);
    const PredictorPtr predictor = makePredictor(parameters);
    const bool probabilities = predictor->outputs() > 1;
    for (const double scale : {0.0, 1e-320, 1e-300, 1.0, 1e20, 1e150, 1e300, 1e307}) {
        const Matrix X = randomMatrix(100, Eigen::Index(predictor->features()), 8, scale);
        Matrix out;
        predictor->predict(X, out);
        QVERIFY(out.allFinite());
        if (!probabilities)
            continue;
        QVERIFY((out.array() >= 0).all());
        // At most 11 quotients are rounded and added.
        QVERIFY(((out.rowwise().sum().array() - 1).abs() < 1e-14).all());
    }
}

void TestPredictor::linearIsAWeightedSum()
{
    const Linear parameters = linear(Link::Identity, 1, 21);
    const Matrix X = randomMatrix(50, 21, 9);
    Matrix out;
    makePredictor(parameters)->predict(X, out);
    const Vector expected = X * parameters.W.transpose() + Vector::Constant(50, parameters.b[0]);
    // 21 products of numbers near 1, added in another order.
    QVERIFY((out.col(0) - expected).cwiseAbs().maxCoeff() < 1e-13);
}

void TestPredictor::logisticIsStableFarOut()
{
    const Linear parameters{Matrix::Ones(1, 1), Vector::Zero(1), Link::Logistic};
    QCOMPARE(predictOne(parameters, {0}, 1), 0.5);
    QCOMPARE(predictOne(parameters, {1}, 1), 1 / (1 + std::exp(-1.0)));
    // Far out the small probability is exp(-|z|), not 0 and not the rest of a subtraction.
    QVERIFY(std::abs(predictOne(parameters, {-700}, 1) / std::exp(-700.0) - 1) < 1e-14);
    QVERIFY(std::abs(predictOne(parameters, {700}, 0) / std::exp(-700.0) - 1) < 1e-14);
    QCOMPARE(predictOne(parameters, {1e300}, 1), 1.0);
    QCOMPARE(predictOne(parameters, {-1e300}, 0), 1.0);
}

void TestPredictor::softmaxIsStableFarOut()
{
    const Linear parameters{Vector{{1, 2, 3}}, Vector::Zero(3), Link::Softmax};
    const double sum = std::exp(-2.0) + std::exp(-1.0) + 1;
    QVERIFY(std::abs(predictOne(parameters, {1}, 0) - std::exp(-2.0) / sum) < 1e-15);
    QCOMPARE(predictOne(parameters, {1e308}, 2), 1.0);
    QCOMPARE(predictOne(parameters, {-1e308}, 0), 1.0);
}

void TestPredictor::linearOverflowIsLimited()
{
    // The products overflow with opposite signs; on paper they cancel but for 2.
    const Linear cancelling{RowVector{{1e300, -1e300, 1}}, Vector::Zero(1), Link::Identity};
    QCOMPARE(predictOne(cancelling, {1e300, 1e300, 2}), 2.0);
    const Linear steep{RowVector{{1e300}}, Vector::Zero(1), Link::Identity};
    QCOMPARE(predictOne(steep, {1e300}), largest);
    QCOMPARE(predictOne(steep, {-1e300}), -largest);
}

void TestPredictor::polynomialIsItsFormula()
{
    // t = ((3 - 1) / 2, (1.5 - 2) / 0.5) = (1, -1): 7 + 1 + 2 + 0.5 - 3 + 0.25
    QCOMPARE(predictOne(polynomial(), {3, 1.5}), 7.75);
}

void TestPredictor::gaussianFarOutPrefersTheWiderClass()
{
    const GaussianClasses parameters{Vector{{std::log(0.5), std::log(0.5)}}, Vector::Zero(2), Vector{{1, 4}}};
    // Log odds at 0: log(2); at x: log(2) - x^2 (1 - 1/4) / 2.
    QVERIFY(std::abs(predictOne(parameters, {0}, 0) - 2.0 / 3) < 1e-15);
    QVERIFY(std::abs(predictOne(parameters, {2}, 0) - 1 / (1 + std::exp(1.5 - std::log(2.0)))) < 1e-15);
    QCOMPARE(predictOne(parameters, {1e200}, 1), 1.0);
    QCOMPARE(predictOne(parameters, {-1e308}, 1), 1.0);
}

void TestPredictor::fullGaussianIsItsFormula()
{
    // Covariances 1 0; 0 1 and 4 2; 2 2, whose factor is 2 0; 1 1; determinants 1 and 4. At (2, 0): |z|^2 = 4 and 1 + 1.
    const FullGaussianClasses parameters{Vector{{std::log(0.5), std::log(0.5)}}, Matrix::Zero(2, 2),
                                         {Matrix::Identity(2, 2), (Matrix(2, 2) << 2, 0, 1, 1).finished()}};
    const double first = std::exp(-2.0), second = std::exp(-1.0) / 2;
    QVERIFY(std::abs(predictOne(parameters, {2, 0}, 0) - first / (first + second)) < 1e-15);
    QCOMPARE(predictOne(parameters, {1e200, 0}, 1), 1.0);
    QCOMPARE(predictOne(parameters, {-1e308, 1e308}, 0), 1.0);
}

void TestPredictor::treeAsksForFloats_data()
{
    QTest::addColumn<double>("threshold");
    QTest::addColumn<double>("x");
    QTest::addColumn<double>("answer");
    const double between = (double(1.0f) + double(std::nextafter(1.0f, 2.0f))) / 2;
    QTest::newRow("at the threshold") << 2.45 << double(2.45f) << (double(2.45f) <= 2.45 ? 1.0 : 2.0);
    QTest::newRow("below") << 1.0 << 0.5 << 1.0;
    QTest::newRow("equal") << 1.0 << 1.0 << 1.0;
    QTest::newRow("above as double, equal as float") << 1.0 << 1.0 + 1e-12 << 1.0;
    QTest::newRow("below as double, above as float") << std::nextafter(between, 2.0) << std::nextafter(between, 2.0) << 2.0;
    QTest::newRow("beyond float") << 1.0 << 1e300 << 2.0;
    QTest::newRow("beyond float, negative") << 1.0 << -1e300 << 1.0;
    QTest::newRow("threshold below every float") << -1e300 << -3e38 << 2.0;
    QTest::newRow("threshold above every float") << 1e300 << 3e38 << 1.0;
}

void TestPredictor::treeAsksForFloats()
{
    QFETCH(double, threshold);
    QFETCH(double, x);
    QFETCH(double, answer);
    const TreeEnsemble parameters{{question(threshold)}, 0, 1};
    QCOMPARE(predictOne(parameters, {x}), answer);
    Matrix out;
    makePredictor(parameters)->predict(Matrix::Constant(100, 1, x), out);
    QVERIFY((out.array() == answer).all());
}

void TestPredictor::floatThresholdIsTheLargestFloatBelow()
{
    Random random(10);
    for (int i = 0; i < 10000; ++i) {
        const double t = random.normal() * std::exp(20 * random.normal());
        const float f = floatThreshold(t);
        QVERIFY(double(f) <= t);
        QVERIFY(double(std::nextafter(f, std::numeric_limits<float>::infinity())) > t);
    }
}

void TestPredictor::networkIsItsFormula()
{
    for (const Activation activation : {Activation::Relu, Activation::Tanh, Activation::Logistic}) {
        const DenseNetwork parameters = network({4, 11, 5, 3}, activation, Link::Softmax);
        const Matrix X = randomMatrix(200, 4, 9, 2);
        Matrix out;
        makePredictor(parameters)->predict(X, out);
        for (Eigen::Index i = 0; i < X.rows(); ++i) {
            Vector h = X.row(i).transpose();
            for (const DenseLayer& layer : parameters.layers) {
                h = layer.W * h + layer.b;
                if (layer.activation == Activation::Relu)
                    h = h.cwiseMax(0.0);
                else if (layer.activation == Activation::Tanh)
                    h = h.array().tanh();
                else if (layer.activation == Activation::Logistic)
                    h = 1 / (1 + (-h.array()).exp());
            }
            const Vector e = (h.array() - h.maxCoeff()).exp();
            QVERIFY((out.row(i).transpose() - e / e.sum()).cwiseAbs().maxCoeff() < 1e-13);
        }
    }
}

/// A network of one tanh unit is the tanh: to the last digits near 0 too, where 1 - exp would lose them.
void TestPredictor::networkTanhKeepsItsDigits()
{
    DenseNetwork unit{{{Matrix::Ones(1, 1), Vector::Zero(1), Activation::Tanh}, {Matrix::Ones(1, 1), Vector::Zero(1), Activation::Identity}},
                      Link::Identity};
    for (const double x : {1e-300, 1e-20, 1e-8, -1e-3, 0.1, -0.3, 0.55, 1.0, -3.0, 18.0, 400.0, -1e308}) {
        const double expected = std::tanh(x);
        QVERIFY2(std::abs(predictOne(unit, {x}) - expected) <= 4e-16 * std::abs(expected), qPrintable(QString::number(x)));
    }
    QCOMPARE(predictOne(unit, {0.0}), 0.0);
}

void TestPredictor::boostedTreesAddUp()
{
    const double x = 0.5;                                       // every question below answers 2, or 1
    const TreeList trees{question(0), question(1), question(0), question(1)};
    QCOMPARE(predictOne(TreeEnsemble{trees, 0, 1, TreeAggregation::Sum, Link::Identity, Vector::Constant(1, 10)}, {x}), 16.0);
    QCOMPARE(predictOne(TreeEnsemble{trees, 2, 1, TreeAggregation::Sum, Link::Logistic, Vector::Constant(1, -6)}, {x}, 1), 0.5);
    const TreeEnsemble softmax{trees, 2, 1, TreeAggregation::Sum, Link::Softmax, Vector{{-4, -2 + std::log(3.0)}}};
    QVERIFY(std::abs(predictOne(softmax, {x}, 1) - 0.75) < 1e-15);
    // Sums that leave the range are limited, and never become NaN.
    Tree huge = question(0);
    huge.values *= 8e307;
    const TreeEnsemble far{{huge, huge}, 0, 1, TreeAggregation::Sum, Link::Identity, Vector::Constant(1, 1e308)};
    QCOMPARE(predictOne(far, {x}), std::numeric_limits<double>::max());
    const TreeEnsemble farApart{{huge, question(0), huge, question(0)}, 2, 1, TreeAggregation::Sum, Link::Softmax, Vector{{1e308, -1e308}}};
    QCOMPARE(predictOne(farApart, {x}, 0), 1.0);
}

/// To two units in the last place, whole ones to the bit; and 0 where doubles lose digits.
void TestPredictor::powersOfTwoAreExact()
{
    const auto power = [](double x) { return kernels::powerOfTwo<double, std::int64_t>(x); };
    for (int n = 0; n >= -1021; --n)
        QCOMPARE(power(n), std::ldexp(1.0, n));
    Random random(3);
    for (int k = 0; k < 200000; ++k) {
        const double x = k % 2 == 0 ? -random.uniform() : -1021 * random.uniform(), found = power(x);
        const long double expected = std::exp2(static_cast<long double>(x));
        const double unit = std::nextafter(found, std::numeric_limits<double>::infinity()) - found;
        QVERIFY2(std::abs(static_cast<long double>(found) - expected) <= 2 * unit, qPrintable(QString::number(x, 'g', 17)));
    }
    QCOMPARE(power(std::nextafter(-1021.0, -2000.0)), 0.0);
    QCOMPARE(power(-std::numeric_limits<double>::infinity()), 0.0);
}

/// In every kernel: the weighted sum for a regression, and the votes of each two of three classes.
void TestPredictor::kernelExpansionIsItsFormula()
{
    for (const Kernel kernel : {Kernel::Linear, Kernel::Rbf, Kernel::Polynomial}) {
        const KernelExpansion curve = expansion(kernel, {}, 45, 5), machine = expansion(kernel, {7, 12, 5}, 24, 4);
        const PredictorPtr regression = makePredictor(curve), classes = makePredictor(machine);
        const auto K = [](const KernelExpansion& p, const RowVector& x, Eigen::Index s) {
            const double product = x.dot(p.vectors.row(s));
            return p.kernel == Kernel::Linear ? product
                : p.kernel == Kernel::Rbf     ? std::exp(-0.3 * (x - p.vectors.row(s)).squaredNorm())
                                              : std::pow(0.3 * product + 0.5, 3);
        };
        for (int trial = 0; trial < 50; ++trial) {
            const RowVector x = randomMatrix(1, 5, std::uint64_t(900 + trial), 1), z = x.head(4);
            double expected = curve.intercepts[0], size = std::abs(expected), out = 0;
            for (Eigen::Index s = 0; s < 45; ++s) {
                expected += curve.coefficients(0, s) * K(curve, x, s);
                size += std::abs(curve.coefficients(0, s) * K(curve, x, s));
            }
            regression->predictRow(x.data(), &out);
            QVERIFY(std::abs(out - expected) <= 1e-14 * size);

            Vector scores = machine.intercepts;                 // 0 or 1, 0 or 2, 1 or 2
            for (Eigen::Index s = 0; s < 24; ++s) {
                const double first = machine.coefficients(0, s) * K(machine, z, s), second = machine.coefficients(1, s) * K(machine, z, s);
                if (s < 7)
                    scores[0] += first, scores[1] += second;
                else if (s < 19)
                    scores[0] += first, scores[2] += second;
                else
                    scores[1] += first, scores[2] += second;
            }
            std::array<int, 3> votes = {};
            ++votes[scores[0] > 0 ? 1 : 0];
            ++votes[scores[1] > 0 ? 2 : 0];
            ++votes[scores[2] > 0 ? 2 : 1];
            const auto winner = std::max_element(votes.begin(), votes.end()) - votes.begin();
            std::array<double, 3> answer = {};
            classes->predictRow(z.data(), answer.data());
            for (std::ptrdiff_t k = 0; k < 3; ++k)
                QCOMPARE(answer[std::size_t(k)], k == winner ? 1.0 : 0.0);
        }
    }
}

void TestPredictor::countsParameters()
{
    QCOMPARE(parameterCount(expansion(Kernel::Rbf, {7, 12, 5}, 24, 4)), std::size_t(24 * 4 + 2 * 24 + 3));
    QCOMPARE(outputCount(expansion(Kernel::Rbf, {7, 12, 5}, 24, 4)), std::size_t(3));
    QCOMPARE(outputCount(expansion(Kernel::Rbf, {}, 24, 4)), std::size_t(1));
    QCOMPARE(parameterCount(network({2, 8, 8, 3}, Activation::Tanh, Link::Softmax)), std::size_t(123));
    QCOMPARE(outputCount(network({2, 8, 1}, Activation::Tanh, Link::Logistic)), std::size_t(2));
    QCOMPARE(featureCount(network({2, 8, 1}, Activation::Tanh, Link::Logistic)), std::size_t(2));
    QCOMPARE(parameterCount(linear(Link::Softmax, 3, 5)), std::size_t(18));
    QCOMPARE(parameterCount(polynomial()), std::size_t(10));
    QCOMPARE(parameterCount(gaussian(4, 6)), std::size_t(52));
    QCOMPARE(parameterCount(fullGaussian(4, 6)), std::size_t(4 + 24 + 4 * 21));
    QCOMPARE(parameterCount(neighbours(3)), std::size_t(1200));
    QCOMPARE(parameterCount(TreeEnsemble{{question(1)}, 0, 1}), std::size_t(4));
    QCOMPARE(parameterCount(boosted(2, 0, 1, Link::Softmax, 3)), std::size_t(3 + 6));
    QCOMPARE(outputCount(linear(Link::Logistic, 1, 5)), std::size_t(2));
    QVERIFY(isFinite(gaussian(4, 6)));
    Linear broken = linear(Link::Identity, 1, 2);
    broken.W(0, 1) = std::nan("");
    QVERIFY(!isFinite(broken));
}

QTEST_GUILESS_MAIN(TestPredictor)
#include "tst_predictor.moc"
