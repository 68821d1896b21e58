#include "core/base/parallel.h"
#include "core/base/random.h"
#include "core/model/neighbours_predictor.h"
#include "tests/support/reference_data.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <cstring>

using namespace modelarium;

namespace {

Matrix randomMatrix(Eigen::Index rows, Eigen::Index columns, std::uint64_t seed, double scale = 1)
{
    Random random(seed);
    Matrix X(rows, columns);
    for (double& x : X.reshaped())
        x = scale * random.normal();
    return X;
}

double plainDistance(const Matrix& X, Eigen::Index i, const Vector& x, DistanceMetric metric)
{
    double sum = 0;
    for (Eigen::Index j = 0; j < X.cols(); ++j) {
        const double difference = x[j] - X(i, j);
        sum += metric == DistanceMetric::Euclidean ? difference * difference : std::abs(difference);
    }
    return sum;
}

/// Every distance, sorted: what the search has to find.
std::vector<Neighbour> bruteForce(const Matrix& X, const Vector& x, int k, DistanceMetric metric)
{
    std::vector<Neighbour> all;
    for (Eigen::Index i = 0; i < X.rows(); ++i)
        all.push_back({plainDistance(X, i, x, metric), i});
    std::partial_sort(all.begin(), all.begin() + k, all.end());
    all.resize(std::size_t(k));
    return all;
}

std::vector<std::int64_t> sortedIndices(const std::vector<Neighbour>& neighbours)
{
    std::vector<std::int64_t> indices;
    for (const Neighbour& neighbour : neighbours)
        indices.push_back(neighbour.index);
    std::sort(indices.begin(), indices.end());
    return indices;
}

bool sameBits(const Matrix& a, const Matrix& b)
{
    return a.rows() == b.rows() && a.cols() == b.cols() && std::memcmp(a.data(), b.data(), std::size_t(a.size()) * sizeof(double)) == 0;
}

HyperparameterValues neighbours(std::int64_t k) { return {{"k", k}}; }

} // namespace

class TestNearestNeighbors : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void searchFindsWhatBruteForceFinds_data();
    void searchFindsWhatBruteForceFinds();
    void equalDistancesGoToTheSmallerIndex();
    void batchGivesTheBitsOfARow_data();
    void batchGivesTheBitsOfARow();
    void exactHitDecidesAlone();
    void hugeValuesStayNumbers();
    void overflowingDistancesStillDiffer();
    void refusesMoreNeighboursThanRows();
    void oneStepRemembersTheRows();
};

void TestNearestNeighbors::searchFindsWhatBruteForceFinds_data()
{
    QTest::addColumn<Matrix>("X");
    QTest::addColumn<Matrix>("queries");
    QTest::addColumn<int>("k");
    for (const int d : {1, 2, 3, 5, 10, 40, 70})
        QTest::addRow("normal, %d features", d) << randomMatrix(3000, d, 1) << randomMatrix(100, d, 2) << 15;
    for (const int n : {1, 7, 31, 32, 33, 512, 513})
        QTest::addRow("%d rows", n) << randomMatrix(n, 2, 3) << randomMatrix(50, 2, 4) << std::min(n, 5);
    QTest::newRow("k is n") << randomMatrix(300, 4, 5) << randomMatrix(20, 4, 6) << 300;
    // Whole numbers: many distances are equal, so the order of the data decides.
    QTest::newRow("ties everywhere") << Matrix(randomMatrix(2000, 2, 7, 3).array().round()) << Matrix(randomMatrix(200, 2, 8, 3).array().round())
                                     << 10;
    QTest::newRow("all rows the same") << Matrix(Matrix::Constant(200, 3, 4.5)) << randomMatrix(20, 3, 9) << 7;
    // Two dense clouds far apart: in float each of them is a single point.
    Matrix clouds = randomMatrix(1000, 2, 10, 1e-9);
    clouds.topRows(500).array() += 1;
    Matrix near = randomMatrix(50, 2, 11, 1e-9);
    near.topRows(25).array() += 1;
    QTest::newRow("clouds narrower than float") << clouds << near << 9;
    QTest::newRow("large offset") << Matrix(randomMatrix(1000, 2, 12).array() + 1e9) << Matrix(randomMatrix(50, 2, 13).array() + 1e9) << 9;
    QTest::newRow("far queries") << randomMatrix(1000, 3, 14) << randomMatrix(50, 3, 15, 1e9) << 9;
    QTest::newRow("tiny values") << randomMatrix(1000, 2, 16, 1e-160) << randomMatrix(50, 2, 17, 1e-160) << 9;
    QTest::newRow("large values") << randomMatrix(1000, 2, 18, 1e150) << randomMatrix(50, 2, 19, 1e150) << 9;
}

void TestNearestNeighbors::searchFindsWhatBruteForceFinds()
{
    QFETCH(Matrix, X);
    QFETCH(Matrix, queries);
    QFETCH(int, k);
    for (const DistanceMetric metric : {DistanceMetric::Euclidean, DistanceMetric::Manhattan}) {
        const NeighbourSearch search(X, metric);
        std::vector<Neighbour> found(static_cast<std::size_t>(k));
        Vector last;
        for (Eigen::Index i = 0; i < queries.rows(); ++i) {
            const Vector x = queries.row(i);
            const std::vector<Neighbour> expected = bruteForce(X, x, k, metric);
            for (const bool bounded : {false, true}) {
                if (bounded && i == 0)
                    continue;
                // The bound from the query before must cut nothing off.
                const double bound = bounded ? search.boundFrom(x.data(), last.data(), bruteForce(X, last, k, metric).back().distance)
                                             : std::numeric_limits<double>::infinity();
                search.findNearest(x.data(), k, found.data(), bound);
                for (std::size_t place = 0; place < found.size(); ++place) {
                    QCOMPARE(found[place].index, expected[place].index);
                    QVERIFY(found[place].distance == expected[place].distance);
                }
                search.findNearestSet(x.data(), k, found.data(), bound);
                QVERIFY(found.back().distance >= expected.back().distance || !std::isfinite(expected.back().distance));
                QCOMPARE(sortedIndices(found), sortedIndices(expected));
            }
            last = x;
        }
    }
}

void TestNearestNeighbors::equalDistancesGoToTheSmallerIndex()
{
    Matrix X(4, 1);
    X << 1, -1, 1, -1;
    const NeighbourSearch search(X, DistanceMetric::Euclidean);
    std::array<Neighbour, 3> found;
    const double x = 0;
    search.findNearest(&x, 3, found.data());
    QCOMPARE(found[0].index, 0);
    QCOMPARE(found[1].index, 1);
    QCOMPARE(found[2].index, 2);
}

void TestNearestNeighbors::batchGivesTheBitsOfARow_data()
{
    QTest::addColumn<int>("features");
    QTest::addColumn<int>("weights");
    for (const int features : {2, 6}) {
        QTest::addRow("%d features, uniform", features) << features << int(NeighbourWeights::Uniform);
        QTest::addRow("%d features, by distance", features) << features << int(NeighbourWeights::Distance);
    }
}

void TestNearestNeighbors::batchGivesTheBitsOfARow()
{
    QFETCH(int, features);
    QFETCH(int, weights);
    NearestNeighbours parameters;
    parameters.X = randomMatrix(2000, features, 20);
    parameters.y = randomMatrix(2000, 1, 21);
    parameters.k = 11;
    parameters.weights = NeighbourWeights(weights);
    const PredictorPtr predictor = makePredictor(parameters);
    const Matrix X = randomMatrix(1500, features, 22);
    Matrix rows(X.rows(), 1);
    for (Eigen::Index i = 0; i < X.rows(); ++i) {
        const Vector x = X.row(i);
        predictor->predictRow(x.data(), &rows(i, 0));
    }
    for (const std::size_t threads : {1, 2, 8}) {
        setThreadCount(threads);
        Matrix batch;
        predictor->predict(X, batch);
        QVERIFY(sameBits(batch, rows));
    }
    setThreadCount(0);
}

void TestNearestNeighbors::exactHitDecidesAlone()
{
    NearestNeighbours parameters;
    parameters.X = (Matrix(4, 1) << 0, 0, 1, 2).finished();
    parameters.y = (Vector(4) << 10, 20, 300, 400).finished();
    parameters.k = 4;
    parameters.weights = NeighbourWeights::Distance;
    double answer = 0;
    const double x = 0;
    makePredictor(parameters)->predictRow(&x, &answer);
    QCOMPARE(answer, 15.0);
}

void TestNearestNeighbors::hugeValuesStayNumbers()
{
    NearestNeighbours parameters;
    parameters.X = randomMatrix(50, 2, 23, 1e300);
    parameters.y = Vector::Constant(50, 1.7e308);
    parameters.k = 5;
    for (const NeighbourWeights weights : {NeighbourWeights::Uniform, NeighbourWeights::Distance}) {
        for (const DistanceMetric metric : {DistanceMetric::Euclidean, DistanceMetric::Manhattan}) {
            parameters.weights = weights;
            parameters.metric = metric;
            const Matrix X = randomMatrix(20, 2, 24, 1e307);
            Matrix out;
            makePredictor(parameters)->predict(X, out);
            QVERIFY(out.allFinite());
        }
    }
}

void TestNearestNeighbors::overflowingDistancesStillDiffer()
{
    Matrix X(3, 1);
    X << -1e300, 1e299, 1e300;
    const NeighbourSearch search(X, DistanceMetric::Euclidean);
    std::array<Neighbour, 3> found;
    const double x = 9e299;
    search.findNearest(&x, 3, found.data());
    QCOMPARE(found[0].index, 2);
    QCOMPARE(found[1].index, 1);
    QCOMPARE(found[2].index, 0);
}

void TestNearestNeighbors::refusesMoreNeighboursThanRows()
{
    const DatasetPtr data = reference::makeDataset(randomMatrix(10, 2, 25), randomMatrix(10, 1, 26), 0);
    const auto outcome = reference::fitTo(data, "k_nearest_neighbors", neighbours(11));
    QVERIFY(!outcome);
    QCOMPARE(outcome.error().code, ErrorCode::BadHyperparameter);
    QCOMPARE(outcome.error().place.hyperparameter, std::string("k"));
    QVERIFY(outcome.error().message.find("11") != std::string::npos);
    QVERIFY(outcome.error().message.find("10") != std::string::npos);
    QVERIFY(reference::fitTo(data, "k_nearest_neighbors", neighbours(10)));
}

void TestNearestNeighbors::oneStepRemembersTheRows()
{
    const DatasetPtr data = reference::makeDataset(randomMatrix(10, 2, 27), randomMatrix(10, 1, 28), 0);
    const auto outcome = reference::fitTo(data, "k_nearest_neighbors", neighbours(3));
    QVERIFY(outcome);
    QCOMPARE(outcome->last.step, std::size_t(1));
    QCOMPARE(outcome->last.what, std::string("remembered 10 training rows"));
    QVERIFY(std::get<NearestNeighbours>(outcome->parameters).X == data->X());
}

QTEST_GUILESS_MAIN(TestNearestNeighbors)
#include "tst_nearest_neighbors.moc"
