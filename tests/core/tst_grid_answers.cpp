#include "core/base/random.h"
#include "core/model/predictor.h"
#include "tests/support/reference_data.h"

#include <QTest>

#include <cmath>

using namespace modelarium;

namespace {

/// A plane of cells: the first feature along the columns, the second along the rows, any further one held at a value.
SeparableGrid planeGrid(const Vector& columns, const Vector& rows, std::size_t features = 2, double held = 0.25)
{
    Matrix byColumn = Matrix::Constant(columns.size(), Eigen::Index(features), held);
    Matrix byRow = Matrix::Constant(rows.size(), Eigen::Index(features), held);
    byColumn.col(0) = columns;
    byRow.col(1) = rows;
    std::vector<char> alongColumns(features, 0);
    alongColumns[0] = 1;
    return {byColumn, byRow, alongColumns};
}

SeparableGrid planeGrid(double from, double to, int columns, int rows, std::size_t features = 2)
{
    return planeGrid(Vector::LinSpaced(columns, from, to), Vector::LinSpaced(rows, from, to), features);
}

Matrix normals(Eigen::Index rows, Eigen::Index columns, Random random)
{
    Matrix X(rows, columns);
    for (double& value : X.reshaped())
        value = random.normal();
    return X;
}

struct Judged {
    bool holds = true;                              ///< every answer is as near to the single row's as it says
    double unknown = 0;                             ///< share of the cells that are left open
    double error = 0;                               ///< the largest of the others
};

/// The answers in two parts, each cell beside the prediction of a single row.
Judged judge(const Predictor& predictor, const SeparableGrid& grid, const GridAnswers& answers)
{
    Judged judged;
    const std::size_t parts[] = {0, grid.rows() / 3, grid.rows()};
    std::vector<double> x(grid.features()), exact(predictor.outputs());
    for (int part = 0; part < 2; ++part) {
        const std::size_t first = parts[part], rows = parts[part + 1] - first;
        Matrix out(Eigen::Index(rows * grid.columns()), Eigen::Index(predictor.outputs())), error(out.rows(), out.cols());
        answers.answer(first, rows, out, error);
        for (Eigen::Index cell = 0; cell < out.rows(); ++cell) {
            for (std::size_t j = 0; j < x.size(); ++j)
                x[j] = grid.values(j)[grid.isAlongColumns(j) ? std::size_t(cell) % grid.columns() : first + std::size_t(cell) / grid.columns()];
            predictor.predictRow(x.data(), exact.data());
            bool open = false;
            for (std::size_t k = 0; k < exact.size(); ++k)
                open |= std::isinf(error(cell, Eigen::Index(k)));
            judged.unknown += open ? 1.0 / double(grid.columns() * grid.rows()) : 0;
            for (std::size_t k = 0; !open && k < exact.size(); ++k) {
                judged.holds &= std::abs(out(cell, Eigen::Index(k)) - exact[k]) <= error(cell, Eigen::Index(k));
                judged.error = std::max(judged.error, error(cell, Eigen::Index(k)));
            }
        }
    }
    return judged;
}

} // namespace

class TestGridAnswers : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void neighboursOnALattice_data();
    void neighboursOnALattice();
    void neighboursAnywhere_data();
    void neighboursAnywhere();
    void neighboursThatHaveNoFastWay();
    void radialKernels_data();
    void radialKernels();
    void kernelsThatHaveNoFastWay();
    void trees_data();
    void trees();
    void treesThatHaveNoFastWay();
};

void TestGridAnswers::neighboursOnALattice_data()
{
    QTest::addColumn<int>("k");
    QTest::addColumn<int>("classes");
    QTest::addColumn<bool>("manhattan");
    QTest::addColumn<int>("features");
    for (const int k : {1, 4, 15, 40})
        for (const int classes : {0, 3, 12})
            for (const bool manhattan : {false, true})
                QTest::addRow("k %d, %d classes, %s", k, classes, manhattan ? "Manhattan" : "Euclidean") << k << classes << manhattan << 2 + (k == 4);
}

/// Samples on whole numbers, some of them twice, and cells halfway between: nearly every cell has ties to break.
void TestGridAnswers::neighboursOnALattice()
{
    QFETCH(int, k);
    QFETCH(int, classes);
    QFETCH(bool, manhattan);
    QFETCH(int, features);
    Random random(8);
    NearestNeighbours parameters;
    parameters.X.resize(500, features);
    parameters.y.resize(500);
    for (Eigen::Index i = 0; i < 500; ++i) {
        for (Eigen::Index j = 0; j < features; ++j)
            parameters.X(i, j) = double(random.below(j < 2 ? 24 : 2));
        parameters.y[i] = classes > 0 ? double(random.below(std::uint64_t(classes))) : random.normal();
    }
    parameters.k = k;
    parameters.classes = classes;
    parameters.metric = manhattan ? DistanceMetric::Manhattan : DistanceMetric::Euclidean;
    const PredictorPtr predictor = makePredictor(parameters);
    // 101 columns and 83 rows: blocks at the ends are smaller.
    const SeparableGrid grid = planeGrid(Vector::LinSpaced(101, -0.5, 24.5), Vector::LinSpaced(83, 22, 1.5), std::size_t(features), 0.5);
    const auto answers = predictor->onGrid(grid);
    QVERIFY(answers);
    const Judged judged = judge(*predictor, grid, *answers);
    QVERIFY(judged.holds);
    QVERIFY2(judged.unknown < 0.05, qPrintable(QString::number(judged.unknown)));
    QVERIFY(classes > 0 ? judged.error == 0 : judged.error < 1e-13);
}

void TestGridAnswers::neighboursAnywhere_data()
{
    QTest::addColumn<int>("samples");
    QTest::addColumn<int>("k");
    QTest::addColumn<int>("classes");
    QTest::addColumn<double>("unit");
    QTest::addColumn<double>("farAway");
    QTest::addColumn<double>("mostUnknown");
    QTest::newRow("few, classes") << 500 << 15 << 3 << 1.0 << 0.0 << 0.0;
    QTest::newRow("few, values") << 500 << 15 << 0 << 1.0 << 0.0 << 0.0;
    QTest::newRow("as many as are looked at one by one") << 1024 << 5 << 4 << 1.0 << 0.0 << 0.0;
    QTest::newRow("from the tree, classes") << 3000 << 15 << 5 << 1.0 << 0.0 << 0.0;
    QTest::newRow("from the tree, values") << 3000 << 7 << 0 << 1.0 << 0.0 << 0.0;
    QTest::newRow("counts that need more than a byte") << 600 << 300 << 3 << 1.0 << 0.0 << 0.0;
    QTest::newRow("many classes") << 500 << 15 << 100 << 1.0 << 0.0 << 0.0;
    QTest::newRow("one sample") << 1 << 1 << 2 << 1.0 << 0.0 << 0.0;
    QTest::newRow("all samples are neighbours") << 20 << 20 << 3 << 1.0 << 0.0 << 0.0;
    QTest::newRow("all samples in one place") << 40 << 15 << 3 << 0.0 << 0.0 << 0.0;
    QTest::newRow("one sample far away") << 400 << 15 << 3 << 1.0 << 1e12 << 0.0;
    QTest::newRow("one sample very far away") << 400 << 15 << 3 << 1.0 << 1e139 << 1.0;
    QTest::newRow("nearly all very far away") << 50 << 15 << 2 << 1.0 << -1e139 << 1.0;
    QTest::newRow("nearly all very far away, from the tree") << 1500 << 15 << 0 << 1.0 << -1e139 << 1.0;
    QTest::newRow("large numbers") << 400 << 15 << 3 << 1e100 << 0.0 << 0.0;
    QTest::newRow("small numbers") << 400 << 15 << 3 << 1e-100 << 0.0 << 0.0;
    QTest::newRow("numbers too small for squares") << 400 << 15 << 3 << 1e-200 << 0.0 << 1.0;
}

/// Samples anywhere, every tenth of them twice, and a tile that is cut short at either end.
void TestGridAnswers::neighboursAnywhere()
{
    QFETCH(int, samples);
    QFETCH(int, k);
    QFETCH(int, classes);
    QFETCH(double, unit);
    QFETCH(double, farAway);
    QFETCH(double, mostUnknown);
    Random random(5);
    NearestNeighbours parameters;
    parameters.X = unit * normals(samples, 2, random.split(1));
    parameters.y.resize(samples);
    for (Eigen::Index i = 0; i < samples; ++i) {
        if (i % 10 == 9)
            parameters.X.row(i) = parameters.X.row(i - 9);
        parameters.y[i] = classes > 0 ? double(random.below(std::uint64_t(classes))) : random.normal();
    }
    if (farAway > 0)
        parameters.X(3, 0) = farAway;
    for (Eigen::Index i = 5; farAway < 0 && i < samples; ++i)   // on both sides
        parameters.X(i, 0) = i % 2 ? farAway : -farAway;
    parameters.k = k;
    parameters.classes = classes;
    const double side = unit > 0 ? 2.5 * unit : 1;
    const SeparableGrid grid = planeGrid(-side, side, 105, 67);
    for (const DistanceMetric metric : {DistanceMetric::Euclidean, DistanceMetric::Manhattan}) {
        parameters.metric = metric;
        const PredictorPtr predictor = makePredictor(parameters);
        const auto answers = predictor->onGrid(grid);
        QVERIFY(answers);
        const Judged judged = judge(*predictor, grid, *answers);
        QVERIFY(judged.holds);
        QVERIFY2(judged.unknown <= mostUnknown, qPrintable(QString::number(judged.unknown)));
        QVERIFY(classes > 0 ? judged.error == 0 : judged.error < 1e-13);
    }
}

void TestGridAnswers::neighboursThatHaveNoFastWay()
{
    NearestNeighbours parameters{normals(50, 2, Random(2)), Vector::Zero(50), 5, NeighbourWeights::Distance, DistanceMetric::Euclidean, 2};
    const SeparableGrid near = planeGrid(-1, 1, 9, 9), far = planeGrid(-1e200, 1e200, 9, 9), away = planeGrid(1e30, 2e30, 9, 9);
    QVERIFY(!makePredictor(parameters)->onGrid(near));
    parameters.weights = NeighbourWeights::Uniform;
    const PredictorPtr predictor = makePredictor(parameters);
    QVERIFY(predictor->onGrid(near));
    QVERIFY(!predictor->onGrid(far));
    // Distances whose squares overflow are told in another unit.
    for (const Eigen::Index samples : {50, 1500}) {
        NearestNeighbours wide{normals(samples, 2, Random(3)), Vector::Zero(samples), 15, NeighbourWeights::Uniform, DistanceMetric::Euclidean, 2};
        for (Eigen::Index i = 5; i < samples; ++i)
            wide.X(i, 0) = i % 2 ? 1e200 : -1e200;
        QVERIFY(!makePredictor(wide)->onGrid(near));
    }
    // Where floats cannot tell the samples apart doubles do.
    QVERIFY(judge(*predictor, away, *predictor->onGrid(away)).holds);
}

void TestGridAnswers::radialKernels_data()
{
    QTest::addColumn<int>("classes");
    QTest::addColumn<double>("gamma");
    QTest::addColumn<double>("largest");
    QTest::addColumn<int>("features");
    QTest::newRow("regression") << 0 << 0.5 << 10.0 << 2;
    QTest::newRow("two classes, four features") << 2 << 0.5 << 10.0 << 4;
    QTest::newRow("three classes") << 3 << 2.0 << 1.0 << 2;
    QTest::newRow("seven classes, narrow") << 7 << 300.0 << 100.0 << 2;
    QTest::newRow("wide and large") << 3 << 1e-3 << 1e6 << 2;
    QTest::newRow("regression, narrow and large") << 0 << 1e3 << 1e8 << 3;
}

void TestGridAnswers::radialKernels()
{
    QFETCH(int, classes);
    QFETCH(double, gamma);
    QFETCH(double, largest);
    QFETCH(int, features);
    Random random(4);
    KernelExpansion parameters;
    parameters.gamma = gamma;
    // One class without vectors, as a class may be after training.
    for (int k = 0; k < classes; ++k)
        parameters.vectorsOfClass.push_back(k == 2 ? 0 : 20 + 3 * k);
    Eigen::Index count = classes == 0 ? 101 : 0;
    for (const std::int32_t each : parameters.vectorsOfClass)
        count += each;
    parameters.vectors = normals(count, features, random.split(1));
    parameters.coefficients = largest * normals(classes == 0 ? 1 : classes - 1, count, random.split(2));
    parameters.intercepts = normals(classes == 0 ? 1 : classes * (classes - 1) / 2, 1, random.split(3));
    const PredictorPtr predictor = makePredictor(parameters);
    const SeparableGrid grid = planeGrid(-4, 4, 101, 67, std::size_t(features));
    const auto answers = predictor->onGrid(grid);
    QVERIFY(answers);
    const Judged judged = judge(*predictor, grid, *answers);
    QVERIFY(judged.holds);
    QVERIFY2(judged.unknown < 0.002, qPrintable(QString::number(judged.unknown)));
    QVERIFY(classes > 0 ? judged.error == 0 : judged.error < 1e-11 * largest);
}

void TestGridAnswers::kernelsThatHaveNoFastWay()
{
    KernelExpansion parameters{Kernel::Linear, 1, 3, 0, Matrix{{1, 0}, {0, 1}}, Matrix{{0.5, -2}}, Vector{{0.25}}, {1, 1}};
    const SeparableGrid grid = planeGrid(-1, 1, 9, 9);
    QVERIFY(!makePredictor(parameters)->onGrid(grid));
    parameters.kernel = Kernel::Rbf;
    QVERIFY(makePredictor(parameters)->onGrid(grid));
}

void TestGridAnswers::trees_data()
{
    QTest::addColumn<QString>("learner");
    QTest::addColumn<int>("classes");
    for (const std::string learner : {"decision_tree", "random_forest", "gradient_boosting"})
        for (const int classes : {0, 2, 3})
            QTest::addRow("%s, %d", learner.c_str(), classes) << QString::fromStdString(learner) << classes;
}

void TestGridAnswers::trees()
{
    QFETCH(QString, learner);
    QFETCH(int, classes);
    Random random(6);
    const Matrix X = normals(300, 2, random.split(1));
    Vector y(300);
    for (Eigen::Index i = 0; i < 300; ++i) {
        const double score = X(i, 0) - X(i, 1) * X(i, 1) + 0.5 * random.normal();
        y[i] = classes == 0 ? score : double((score > -1) + (classes > 2 && score > 0));
    }
    const auto outcome = reference::fitTo(reference::makeDataset(X, y, classes), learner.toStdString(), {});
    QVERIFY(outcome);
    const PredictorPtr predictor = makePredictor(outcome->parameters);
    const SeparableGrid grid = planeGrid(Vector::LinSpaced(101, 3, -3), Vector::LinSpaced(67, -3, 3));
    const auto answers = predictor->onGrid(grid);
    QVERIFY(answers);
    const Judged judged = judge(*predictor, grid, *answers);
    QVERIFY(judged.holds);
    QCOMPARE(judged.unknown, 0.0);
    QVERIFY(judged.error < 1e-10);
}

void TestGridAnswers::treesThatHaveNoFastWay()
{
    Tree tree;
    tree.feature = {0, -1, -1};
    tree.threshold = {0.5, 0, 0};
    tree.left = {1, -1, -1};
    tree.right = {2, -1, -1};
    tree.samples = {2, 1, 1};
    tree.impurity = {1, 0, 0};
    tree.values = Matrix{{0.5}, {0}, {1}};
    TreeEnsemble ensemble{{tree}, 0, 2};
    const SeparableGrid grid = planeGrid(-1, 1, 9, 9);
    const PredictorPtr predictor = makePredictor(ensemble);
    // A sum of no leaf but zeros is exactly 0.
    const auto answers = predictor->onGrid(grid);
    QVERIFY(answers);
    Matrix out(81, 1), error(81, 1);
    answers->answer(0, 9, out, error);
    QCOMPARE(out(0, 0), 0.0);
    QCOMPARE(error(0, 0), 0.0);
    QCOMPARE(out(80, 0), 1.0);

    QVERIFY(!predictor->onGrid(planeGrid(Vector{{0, 1, 0.3}}, Vector{{0, 1}})));
    tree.values(2, 0) = 1e300;
    QVERIFY(!makePredictor(TreeEnsemble{{tree}, 0, 2})->onGrid(grid));
}

QTEST_GUILESS_MAIN(TestGridAnswers)
#include "tst_grid_answers.moc"
