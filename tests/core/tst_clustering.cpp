#include "core/base/random.h"
#include "core/data/folds.h"
#include "core/evaluate/clustering_metrics.h"
#include "core/evaluate/search.h"
#include "core/learn/clustering/lloyd.h"
#include "core/learn/clustering/radius_search.h"
#include "core/learn/clustering/starting_centres.h"
#include "core/model/centroids_predictor.h"
#include "core/model/equation.h"
#include "tests/support/reference_data.h"
#include "tests/support/sample_tables.h"

#include <QTest>

#include <cmath>
#include <set>

using namespace modelarium;

namespace {

/// Round clouds around `kinds` places, in `features` dimensions.
Matrix clouds(Eigen::Index rows, Eigen::Index features, int kinds, double spread, std::uint64_t seed = 4)
{
    Random random(seed);
    Matrix places(kinds, features);
    for (double& place : places.reshaped())
        place = random.uniform(-10, 10);
    Matrix X(rows, features);
    for (Eigen::Index i = 0; i < rows; ++i)
        for (Eigen::Index j = 0; j < features; ++j)
            X(i, j) = places(i % kinds, j) + spread * random.normal();
    return X;
}

std::vector<int> clustersOf(const Parameters& parameters, const Matrix& X)
{
    Matrix out;
    makePredictor(parameters)->predict(X, out);
    std::vector<int> clusters;
    for (Eigen::Index i = 0; i < out.rows(); ++i) {
        Eigen::Index k = 0;
        out.row(i).maxCoeff(&k);
        clusters.push_back(int(k));
    }
    return clusters;
}

/// Losses after every step.
std::vector<double> lossesOf(const std::string& learner, const Matrix& X, const HyperparameterValues& values)
{
    std::vector<double> losses;
    const auto outcome = reference::fitTo(reference::makeDataset(X), learner, values, [&](const TrainingRun&, const Progress& progress) {
        losses.push_back(progress.loss);
        return Answer::Continue;
    });
    return outcome ? losses : std::vector<double>();
}

/// Core samples and connected cores by comparing every row with every other: what DBSCAN is by definition.
struct Densities {
    std::vector<bool> core;
    std::vector<int> cluster;                       // of core samples; -1 for all others
};

Densities densitiesOf(const Matrix& X, double eps, int least)
{
    const Eigen::Index n = X.rows();
    Densities result{std::vector<bool>(std::size_t(n)), std::vector<int>(std::size_t(n), -1)};
    const auto near = [&](Eigen::Index a, Eigen::Index b) { return (X.row(a) - X.row(b)).squaredNorm() <= eps * eps; };
    for (Eigen::Index i = 0; i < n; ++i) {
        int count = 0;
        for (Eigen::Index j = 0; j < n; ++j)
            count += near(i, j);
        result.core[std::size_t(i)] = count >= least;
    }
    int clusters = 0;
    for (Eigen::Index i = 0; i < n; ++i) {
        if (!result.core[std::size_t(i)] || result.cluster[std::size_t(i)] >= 0)
            continue;
        std::vector<Eigen::Index> waiting = {i};
        result.cluster[std::size_t(i)] = clusters;
        while (!waiting.empty()) {
            const Eigen::Index at = waiting.back();
            waiting.pop_back();
            for (Eigen::Index j = 0; j < n; ++j)
                if (result.core[std::size_t(j)] && result.cluster[std::size_t(j)] < 0 && near(at, j)) {
                    result.cluster[std::size_t(j)] = clusters;
                    waiting.push_back(j);
                }
        }
        ++clusters;
    }
    return result;
}

Table tableOf(const Matrix& X)
{
    std::vector<ColumnPtr> columns;
    for (Eigen::Index j = 0; j < X.cols(); ++j) {
        const Vector column = X.col(j);
        columns.push_back(std::make_shared<const Column>(Column::numbers("x" + std::to_string(j + 1), Buffer<double>(column.begin(), column.end()))));
    }
    return *Table::make(std::move(columns));
}

TrainingPlan planFor(const std::string& learner, HyperparameterValues values = {})
{
    TrainingPlan plan;
    plan.learner = learner;
    plan.hyperparameters = std::move(values);
    return plan;
}

} // namespace

/// Learners without a target: what their definitions promise, and what surrounds them.
class TestClustering : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void neitherHalfRaisesTheInertia_data()
    {
        QTest::addColumn<QString>("start");
        for (const char* start : {"k_means++", "random_rows", "first_rows"})
            QTest::newRow(start) << QString::fromLatin1(start);
    }

    void neitherHalfRaisesTheInertia()
    {
        QFETCH(QString, start);
        const Matrix X = clouds(700, 4, 9, 2);
        const std::vector<double> losses = lossesOf("k_means", X, {{"clusters", std::int64_t(9)}, {"start", start.toStdString()}, {"tolerance", 0.0}});
        QVERIFY(losses.size() > 6);
        // The sums are right to 1e-15 of the sum of squares about the mean.
        const double rounding = 1e-12 * (X.rowwise() - X.colwise().mean()).squaredNorm();
        for (std::size_t i = 1; i < losses.size(); ++i)
            QVERIFY2(losses[i] <= losses[i - 1] + rounding, qPrintable(QString::number(i)));
        QVERIFY(losses.back() < losses.front());
    }

    /// Floats decide most rows, doubles the rest: together they must be the doubles.
    void labelsAreThoseOfDoubles_data()
    {
        QTest::addColumn<double>("grid");
        QTest::addColumn<double>("shift");
        QTest::newRow("apart") << 0.0 << 0.0;
        QTest::newRow("ties on a grid") << 0.5 << 0.0;
        QTest::newRow("far from zero") << 0.0 << 1e7;
        QTest::newRow("ties far from zero") << 0.25 << 1e6;
    }

    void labelsAreThoseOfDoubles()
    {
        QFETCH(double, grid);
        QFETCH(double, shift);
        Matrix X = clouds(3000, 3, 5, 3);
        if (grid > 0)
            X = (X.array() / grid).round() * grid;
        X.array() += shift;
        const RowTiles tiles(X);
        for (const std::size_t clusters : {1, 2, 5, 23, 64}) {
            const Matrix centres = startingCentres(CentreStart::PlusPlus, X, tiles, clusters, Random(clusters));
            Lloyd lloyd(X, tiles, centres);
            QCOMPARE(lloyd.assign(), std::size_t(X.rows()));
            const Matrix byRow = centres.transpose();
            double inertia = 0;
            for (Eigen::Index i = 0; i < X.rows(); ++i) {
                const RowVector x = X.row(i);
                const NearestCentre nearest = nearestCentre(byRow.data(), clusters, 3, x.data());
                QCOMPARE(std::size_t(lloyd.labels()[std::size_t(i)]), nearest.cluster);
                inertia += nearest.squaredDistance;
            }
            QVERIFY(std::abs(lloyd.exactInertia() - inertia) <= 1e-12 * inertia);
            QVERIFY(std::abs(lloyd.inertia() - inertia) <= 1e-12 * tiles.totalSquares());
        }
    }

    void tilesLieAboutTheMean_data()
    {
        QTest::addColumn<double>("ofSome");
        QTest::addColumn<double>("ofOthers");
        QTest::newRow("some rows tell") << 1.0 << 1.0;
        QTest::newRow("others are far away") << 1.0 << 1e9;
        QTest::newRow("some rows are all zero") << 0.0 << 1e-30;
    }

    /// Where the rows that are looked at first, one in four, are nothing like the others.
    void tilesLieAboutTheMean()
    {
        QFETCH(double, ofSome);
        QFETCH(double, ofOthers);
        Matrix X = clouds(4096, 3, 5, 3);
        X.array() += 4;
        for (Eigen::Index i = 0; i < X.rows(); ++i)
            X.row(i) *= i % 4 == 0 ? ofSome : ofOthers;
        const RowTiles tiles(X);
        const double squares = (X.rowwise() - X.colwise().mean()).squaredNorm();
        QVERIFY(std::abs(tiles.totalSquares() - squares) <= 1e-12 * squares);
        const double aboutOrigin = (X.rowwise() - tiles.origin()).squaredNorm();
        QVERIFY(std::abs(tiles.squaresAboutOrigin() - aboutOrigin) <= 1e-12 * aboutOrigin);
        QVERIFY(aboutOrigin <= 2 * squares);
        const double farthest = (X.rowwise() - tiles.origin()).cwiseAbs().maxCoeff() * tiles.unit();
        QVERIFY(farthest > 1e-6);
        QVERIFY(farthest < 1e6);
        QCOMPARE(tiles.farthest(), X.cwiseAbs().maxCoeff());
        const Matrix centres = startingCentres(CentreStart::PlusPlus, X, tiles, 7, Random(1));
        const Matrix byRow = centres.transpose();
        Lloyd lloyd(X, tiles, centres);
        lloyd.assign();
        for (Eigen::Index i = 0; i < X.rows(); ++i) {
            const RowVector x = X.row(i);
            QCOMPARE(std::size_t(lloyd.labels()[std::size_t(i)]), nearestCentre(byRow.data(), 7, 3, x.data()).cluster);
        }
    }

    void centresAreMeans_data()
    {
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("features");
        QTest::addColumn<int>("clusters");
        for (const int rows : {40, 1003, 20011})
            for (const int features : {1, 2, 5})
                for (const int clusters : {1, 3, 8, 9, 16, 17, 40})
                    QTest::addRow("%d rows, %d features, %d clusters", rows, features, clusters) << rows << features << clusters;
    }

    /// After each of some iterations every centre is the mean of its rows, however few of them moved and however the sums were taken.
    void centresAreMeans()
    {
        QFETCH(int, rows);
        QFETCH(int, features);
        QFETCH(int, clusters);
        Matrix X = clouds(rows, features, 7, 2, std::uint64_t(rows + features));
        X.array() += 1000;
        const RowTiles tiles(X);
        Lloyd lloyd(X, tiles, startingCentres(CentreStart::PlusPlus, X, tiles, std::size_t(clusters), Random(5)));
        for (int iteration = 0; iteration < 12; ++iteration) {
            lloyd.assign();
            lloyd.move();
            Matrix means = Matrix::Zero(clusters, features);
            Vector counts = Vector::Zero(clusters);
            double inertia = 0;
            for (Eigen::Index i = 0; i < X.rows(); ++i) {
                const std::int32_t label = lloyd.labels()[std::size_t(i)];
                means.row(label) += X.row(i) - RowVector::Constant(features, 1000);
                counts[label] += 1;
                inertia += (X.row(i) - lloyd.centres().row(label)).squaredNorm();
            }
            for (Eigen::Index k = 0; k < clusters; ++k) {
                QVERIFY(counts[k] > 0);
                QVERIFY((means.row(k) / counts[k] + RowVector::Constant(features, 1000) - lloyd.centres().row(k)).cwiseAbs().maxCoeff() < 1e-11);
            }
            QVERIFY(std::abs(lloyd.exactInertia() - inertia) <= 1e-11 * inertia + 1e-18);
        }
    }

    /// Of data beyond the caches: nearly means while many rows change, and exactly means as soon as few do, or that is asked for.
    void centresOfLargeDataBecomeMeans()
    {
        constexpr int clusters = 8;
        const Matrix X = clouds(300'000, 4, 12, 1, 3);
        const RowTiles tiles(X);
        Lloyd lloyd(X, tiles, X.topRows(clusters));
        const auto farthestFromMeans = [&] {
            Matrix means = Matrix::Zero(clusters, 4);
            Vector counts = Vector::Zero(clusters);
            for (Eigen::Index i = 0; i < X.rows(); ++i) {
                means.row(lloyd.labels()[std::size_t(i)]) += X.row(i);
                counts[lloyd.labels()[std::size_t(i)]] += 1;
            }
            return (means.array().colwise() / counts.array() - lloyd.centres().array()).abs().maxCoeff();
        };
        lloyd.assign();
        lloyd.move();
        QVERIFY(lloyd.areCentresRounded());
        QVERIFY(farthestFromMeans() < 1e-6);
        const double rounded = lloyd.inertia();
        QVERIFY(std::abs(lloyd.exactInertia() - rounded) <= 1e-6 * rounded);
        lloyd.sumExactly();
        lloyd.move();
        QVERIFY(!lloyd.areCentresRounded());
        QVERIFY(farthestFromMeans() < 1e-11);
        std::size_t changed = lloyd.assign();
        for (int iteration = 0; iteration < 300 && changed > 0; ++iteration) {
            lloyd.move();
            changed = lloyd.assign();
        }
        QCOMPARE(changed, std::size_t(0));
        lloyd.move();
        QVERIFY(!lloyd.areCentresRounded());
        QVERIFY(farthestFromMeans() < 1e-11);
    }

    /// Once fewer rows change, the sums of large data follow them, and are as close to those of the means as before.
    void roundedSumsFollowTheRows()
    {
        constexpr int clusters = 8;
        const Matrix X = clouds(300'000, 4, 12, 4, 3);
        const RowTiles tiles(X);
        Lloyd lloyd(X, tiles, X.topRows(clusters));
        int followed = 0;
        for (int iteration = 0; iteration < 20; ++iteration) {
            const double changed = double(lloyd.assign()) / double(X.rows());
            lloyd.move();
            if (!lloyd.areCentresRounded())
                break;
            followed += changed < 0.15;
            Matrix means = Matrix::Zero(clusters, 4);
            Vector counts = Vector::Zero(clusters);
            for (Eigen::Index i = 0; i < X.rows(); ++i) {
                means.row(lloyd.labels()[std::size_t(i)]) += X.row(i);
                counts[lloyd.labels()[std::size_t(i)]] += 1;
            }
            QVERIFY((means.array().colwise() / counts.array() - lloyd.centres().array()).abs().maxCoeff() < 1e-6);
            QVERIFY(std::abs(lloyd.exactInertia() - lloyd.inertia()) <= 1e-6 * lloyd.inertia());
        }
        QVERIFY(followed > 0);
    }

    void emptyClustersAreFilled()
    {
        // All three centres begin in the same place: two of them have no row, until far rows become clusters of their own.
        Matrix X(8, 1);
        X << 0, 0, 0, 0.1, 0.2, 10, 10.1, 30;
        const auto outcome = reference::fitTo(reference::makeDataset(X), "k_means", {{"start", std::string("first_rows")}, {"tolerance", 0.0}});
        QVERIFY(outcome);
        QVERIFY(outcome->notices.empty());
        const std::vector<int> clusters = clustersOf(outcome->parameters, X);
        QCOMPARE(std::set<int>(clusters.begin(), clusters.end()).size(), std::size_t(3));
        QVERIFY(std::abs(outcome->last.loss - (0.032 + 0.005)) < 1e-12);
    }

    void fewerDifferentRowsThanClustersAreSaid()
    {
        Matrix X(8, 2);
        X << 1, 1, 1, 1, 1, 1, 1, 1, 5, 5, 5, 5, 5, 5, 5, 5;
        const auto outcome = reference::fitTo(reference::makeDataset(X), "k_means", {});
        QVERIFY(outcome);
        QCOMPARE(outcome->notices.size(), std::size_t(1));
        QVERIFY2(outcome->notices.front().find("fewer different rows") != std::string::npos, outcome->notices.front().c_str());
        QCOMPARE(outcome->last.loss, 0.0);
    }

    void manyStartsKeepTheBest()
    {
        const Matrix X = clouds(400, 2, 12, 0.6, 8);
        double best = std::numeric_limits<double>::infinity();
        const auto many = reference::fitTo(reference::makeDataset(X), "k_means", {{"clusters", std::int64_t(12)}, {"start", std::string("random_rows")}, {"starts", std::int64_t(30)}},
                                           [&](const TrainingRun&, const Progress& progress) {
                                               if (progress.what.find("no row changed") != std::string::npos)
                                                   best = std::min(best, progress.loss);
                                               return Answer::Continue;
                                           });
        const auto one = reference::fitTo(reference::makeDataset(X), "k_means", {{"clusters", std::int64_t(12)}, {"start", std::string("random_rows")}});
        QVERIFY(many && one);
        QVERIFY(many->last.loss <= best * (1 + 1e-12));
        QVERIFY(many->last.loss <= one->last.loss);
        QVERIFY(std::abs(clusteringLoss(many->parameters, X) * double(X.rows()) - many->last.loss) < 1e-9 * many->last.loss);
    }

    void likelihoodNeverFalls_data()
    {
        QTest::addColumn<QString>("covariance");
        QTest::newRow("full") << QStringLiteral("full");
        QTest::newRow("diagonal") << QStringLiteral("diagonal");
    }

    void likelihoodNeverFalls()
    {
        QFETCH(QString, covariance);
        const std::vector<double> losses = lossesOf("gaussian_mixture", clouds(600, 3, 4, 3),
                                                    {{"clusters", std::int64_t(4)}, {"covariance", covariance.toStdString()}, {"reg_covar", 0.0}, {"tolerance", 1e-9}});
        QVERIFY(losses.size() > 10);
        for (std::size_t i = 1; i < losses.size(); ++i)
            QVERIFY2(losses[i] <= losses[i - 1] + 1e-12, qPrintable(QString::number(i)));
    }

    /// One bell lies where it should after one iteration: a change of nothing is none, whatever the tolerance.
    void aLikelihoodThatStandsStillHasSettled()
    {
        for (const std::int64_t clusters : {1, 3}) {
            const auto outcome = reference::fitTo(reference::makeDataset(clouds(600, 3, 4, 3)), "gaussian_mixture",
                                                  {{"clusters", clusters}, {"tolerance", 0.0}, {"max_iterations", std::int64_t(5000)}});
            QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
            QVERIFY2(outcome->notices.empty(), outcome->notices.empty() ? "" : outcome->notices[0].c_str());
            QVERIFY(clusters > 1 || outcome->last.step < 5);
        }
    }

    void sameAsByDefinition_data()
    {
        QTest::addColumn<int>("rows");
        QTest::addColumn<double>("eps");
        QTest::addColumn<int>("least");
        for (const double eps : {0.05, 0.4, 1.0, 2.5, 40.0})
            for (const int least : {1, 4, 12})
                QTest::addRow("eps %g, %d samples", eps, least) << 500 << eps << least;
        QTest::newRow("more rows than a step counts, more samples than a leaf has") << 8000 << 0.2 << 40;
    }

    void sameAsByDefinition()
    {
        QFETCH(int, rows);
        QFETCH(double, eps);
        QFETCH(int, least);
        Matrix X = clouds(rows, 2, 6, 1.2);
        X.topRows(60) = (X.topRows(60).array() * 2).round() / 2;       // equal rows, and distances that are eps exactly
        const Densities expected = densitiesOf(X, eps, least);
        const auto outcome = reference::fitTo(reference::makeDataset(X), "dbscan", {{"eps", eps}, {"min_samples", std::int64_t(least)}});
        QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
        const auto& points = std::get<CorePoints>(outcome->parameters);
        std::size_t next = 0;
        for (Eigen::Index i = 0; i < X.rows(); ++i) {
            if (!expected.core[std::size_t(i)])
                continue;
            QVERIFY(next < points.cluster.size());
            QVERIFY(points.X.row(Eigen::Index(next)) == X.row(i));
            QCOMPARE(points.cluster[next], expected.cluster[std::size_t(i)]);
            ++next;
        }
        QCOMPARE(points.cluster.size(), next);
        // Every row: the cluster of the nearest core sample within eps, of equal ones the first; noise elsewhere.
        const std::vector<int> clusters = clustersOf(outcome->parameters, X);
        for (Eigen::Index i = 0; i < X.rows(); ++i) {
            int cluster = points.clusters;
            double nearest = eps * eps;
            for (Eigen::Index j = 0; j < X.rows(); ++j) {
                const double distance = (X.row(i) - X.row(j)).squaredNorm();
                if (expected.core[std::size_t(j)] && (distance < nearest || (cluster == points.clusters && distance <= nearest))) {
                    nearest = distance;
                    cluster = expected.cluster[std::size_t(j)];
                }
            }
            QCOMPARE(clusters[std::size_t(i)], cluster);
        }
    }

    /// However it is cut into pieces: the rows that are near, in the order in which they are handed out.
    void aTreeBuiltInPieces()
    {
        const Matrix X = clouds(3000, 3, 5, 1);
        RadiusSearch whole(X), pieces(X);
        whole.build(1e300);
        QVERIFY(whole.isBuilt());
        for (std::size_t level = 1; !pieces.isBuilt(); ++level) {
            pieces.build(1);
            QCOMPARE(pieces.levels(), std::min(level, whole.levels()));
        }
        std::vector<Eigen::Index> expected, taken;
        for (Eigen::Index i = 0; i < X.rows(); ++i) {
            std::size_t looked = 0, lookedInPieces = 0;
            QCOMPARE(pieces.hasWithin(i, 0.3, 6, lookedInPieces), whole.hasWithin(i, 0.3, 6, looked));
            whole.takeWithin(i, 0.3, expected, looked);
            pieces.takeWithin(i, 0.3, taken, lookedInPieces);
            QCOMPARE(taken, expected);
            QCOMPARE(lookedInPieces, looked);
        }
    }

    /// So that it can be cancelled while the rows are sorted.
    void manyRowsAreSortedInSteps()
    {
        const Matrix X = clouds(200000, 12, 3, 1);
        int sorting = 0;
        bool startsEmpty = true;
        const auto outcome = reference::fitTo(reference::makeDataset(X), "dbscan", {{"eps", 1e-3}}, [&](const TrainingRun& run, const Progress& progress) {
            const bool sorts = progress.what.starts_with("sorted");
            sorting += sorts;
            startsEmpty = startsEmpty && (!sorts || (progress.loss == 1 && std::get<CorePoints>(run.freeze()).X.rows() == 0));
            return Answer::Continue;
        });
        QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
        QVERIFY2(sorting > 1, qPrintable(QString::number(sorting)));
        QVERIFY(startsEmpty);
        QCOMPARE(outcome->notices.size(), std::size_t(1));
    }

    void tooManyClustersAreRefused()
    {
        Matrix X(1200, 1);
        for (Eigen::Index i = 0; i < X.rows(); ++i)
            X(i, 0) = double(i);
        const auto outcome = reference::fitTo(reference::makeDataset(X), "dbscan", {{"eps", 0.5}, {"min_samples", std::int64_t(1)}});
        QVERIFY(!outcome);
        QCOMPARE(int(outcome.error().code), int(ErrorCode::TooLarge));
        QCOMPARE(outcome.error().place.hyperparameter, std::string("eps"));
    }

    void farRowsAreNoise()
    {
        const auto outcome = reference::fitTo(reference::makeDataset(clouds(200, 2, 2, 0.5)), "dbscan", {});
        QVERIFY(outcome);
        Matrix far(2, 2);
        far << 1e300, -1e300, 1e5, 1e5;
        for (const int cluster : clustersOf(outcome->parameters, far))
            QCOMPARE(cluster, std::get<CorePoints>(outcome->parameters).clusters);
    }

    void silhouetteByHand()
    {
        Matrix X(4, 1);
        X << 0, 1, 10, 30;
        // Row by row: a = 1, b = 20; a = 1, b = 19; a = 20, b = 9.5; a = 20, b = 29.5.
        const double expected = (19.0 / 20 + 18.0 / 19 + (9.5 - 20) / 20 + 9.5 / 29.5) / 4;
        QVERIFY(std::abs(silhouette(X, {0, 0, 1, 1}, 2) - expected) < 1e-15);
        QVERIFY(std::abs(silhouette(X, {1, 1, 2, 2}, 4) - expected) < 1e-15);
        // Alone: 0. Noise takes no part.
        QVERIFY(std::abs(silhouette(X, {0, 0, 1, -1}, 2) - (0.9 + 8.0 / 9 + 0) / 3) < 1e-15);
        QVERIFY(std::isnan(silhouette(X, {0, 0, 0, 0}, 1)));
        QVERIFY(std::isnan(silhouette(X, {0, 1, 2, 3}, 4)));
        QVERIFY(std::isnan(silhouette(X, {-1, -1, -1, -1}, 1)));
    }

    void centresAreInTheUnitsOfTheData()
    {
        const Table table = tableOf(clouds(300, 2, 3, 0.5));
        TrainingPlan plan = planFor("k_means", {{"tolerance", 0.0}, {"starts", std::int64_t(5)}});
        plan.preparation.scaling = Scaling::Standardise;
        const auto model = samples::trainedModel(table, plan);
        QVERIFY2(model, model ? "" : model.error().message.c_str());
        QCOMPARE((*model)->target().classes, (std::vector<std::string>{"cluster 1", "cluster 2", "cluster 3"}));
        const Prediction predicted = *(*model)->predict(table);
        const std::vector<NamedParameter> parameters = parametersInDataUnits(**model);
        QCOMPARE(parameters.size(), std::size_t(6));
        for (std::size_t k = 0; k < 3; ++k)
            for (std::size_t j = 0; j < 2; ++j) {
                double sum = 0, count = 0;
                for (std::size_t i = 0; i < table.rows(); ++i)
                    if (predicted.values[Eigen::Index(i)] == double(k)) {
                        sum += table.column(j).numberValues()[i];
                        ++count;
                    }
                const NamedParameter& parameter = parameters[2 * k + j];
                QCOMPARE(parameter.name, "cluster " + std::to_string(k + 1) + ": x" + std::to_string(j + 1));
                QVERIFY(std::abs(parameter.value - sum / count) < 1e-12);
            }
        QVERIFY(equationText(**model).find("centre is nearest (measured on the scaled features)") != std::string::npos);
        const double raw[] = {0.0, 0.0};
        const std::vector<std::string> lines = arithmeticText(**model, raw);
        QCOMPARE(lines.size(), std::size_t(4));
        QVERIFY(lines.back().starts_with("the nearest: cluster "));
        QVERIFY(!(*model)->claimsProbabilities());
    }

    void mixturesAreReadInTheUnitsOfTheData()
    {
        const Table table = tableOf(clouds(400, 2, 2, 1));
        TrainingPlan plan = planFor("gaussian_mixture", {{"clusters", std::int64_t(2)}, {"reg_covar", 0.0}, {"tolerance", 1e-12}});
        const auto plain = samples::trainedModel(table, plan);
        plan.preparation.scaling = Scaling::Standardise;
        const auto scaled = samples::trainedModel(table, plan);
        QVERIFY(plain && scaled);
        QVERIFY((*plain)->claimsProbabilities());
        std::vector<NamedParameter> a = parametersInDataUnits(**plain), b = parametersInDataUnits(**scaled);
        QCOMPARE(a.size(), std::size_t(2 * 5));
        QCOMPARE(b.size(), a.size());
        QCOMPARE(a.front().name, std::string("cluster 1: (weight)"));
        QCOMPARE(a[2].name, std::string("cluster 1: x1, standard deviation"));
        // The start may number the two the other way round.
        if (std::abs(a.front().value - b.front().value) > 1e-3 || std::abs(a[1].value - b[1].value) > 1e-3)
            std::rotate(b.begin(), b.begin() + 5, b.end());
        for (std::size_t i = 0; i < a.size(); ++i)
            QVERIFY(std::abs(a[i].value - b[i].value) < 1e-6 * std::max(1.0, std::abs(a[i].value)));
    }

    void aTargetIsRefusedByName()
    {
        TrainingPlan plan = planFor("k_means");
        plan.target = "x1";
        const auto training = prepareTraining(tableOf(clouds(30, 2, 2, 1)), plan);
        QVERIFY(!training);
        QCOMPARE(int(training.error().code), int(ErrorCode::WrongTask));
        QCOMPARE(training.error().place.column, std::string("x1"));
        const auto none = prepareTraining(tableOf(clouds(30, 2, 2, 1)), planFor("linear_regression"));
        QVERIFY(!none);
        QCOMPARE(int(none.error().code), int(ErrorCode::WrongTask));
    }

    void rowsAreKeptBackWithoutATarget()
    {
        TrainingPlan plan = planFor("k_means");
        plan.testFraction = 0.2;
        const auto training = prepareTraining(tableOf(clouds(50, 2, 2, 1)), plan);
        QVERIFY2(training, training ? "" : training.error().message.c_str());
        QCOMPARE(training->split.train.size(), std::size_t(40));
        QCOMPARE(training->split.test.size(), std::size_t(10));
        QCOMPARE(training->train->y.size(), Eigen::Index(0));
        QCOMPARE(training->plan.features, (std::vector<std::string>{"x1", "x2"}));
    }

    void searchFindsTheNumberOfClusters()
    {
        const Table table = tableOf(clouds(400, 2, 4, 0.4, 12));
        const TrainingPlan plan = planFor("k_means", {{"starts", std::int64_t(10)}});
        std::vector<HyperparameterValues> candidates;
        for (const std::int64_t clusters : {2, 3, 4, 5, 6})
            candidates.push_back({{"clusters", clusters}, {"starts", std::int64_t(10)}});
        const auto folds = makeFolds(table, "", {});
        QVERIFY2(folds, folds ? "" : folds.error().message.c_str());
        const auto result = searchHyperparameters(table, plan, candidates, *folds, "");
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        QCOMPARE(result->metric, std::string("silhouette"));
        QCOMPARE(std::get<std::int64_t>(result->best().at("clusters")), std::int64_t(4));
        FoldOptions stratified;
        stratified.kind = FoldKind::Stratified;
        QVERIFY(!makeFolds(table, "", stratified));
    }
};

QTEST_GUILESS_MAIN(TestClustering)
#include "tst_clustering.moc"
