#include "core/base/random.h"
#include "core/learn/linear/logistic_objective.h"
#include "core/learn/registry.h"
#include "core/model/predictor.h"
#include "tests/support/reference_data.h"
#include "tests/support/sanitizers.h"
#include "tests/support/thread_counts.h"

#include <Eigen/Cholesky>

#include <QRegularExpression>
#include <QTest>

#include <cstring>
#include <limits>

using namespace modelarium;
using Eigen::Index;

namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

/// Classes drawn from linear scores, so that no boundary is without errors.
DatasetPtr drawnClasses(Index n, Index p, int classes, std::uint64_t seed)
{
    Random random(seed);
    Matrix X(n, p);
    for (double& x : X.reshaped())
        x = 2 + random.normal();
    Vector y(n);
    for (Index i = 0; i < n; ++i) {
        double best = -infinite;
        for (int k = 0; k < classes; ++k) {
            const double score = std::cos(double(k) + X.row(i).sum()) + X(i, k % p) - std::log(-std::log(random.uniform(0.001, 0.999)));
            if (score > best) {
                best = score;
                y[i] = k;
            }
        }
    }
    return reference::makeDataset(std::move(X), std::move(y), classes);
}

Result<FitOutcome> fitLogistic(const DatasetPtr& data, const HyperparameterValues& values = {})
{
    return reference::fitTo(data, "logistic_regression", values);
}

DatasetPtr points(std::vector<double> x, std::vector<double> y, int classes)
{
    return reference::makeDataset(Eigen::Map<Vector>(x.data(), Index(x.size())), Eigen::Map<Vector>(y.data(), Index(y.size())),
                                  classes);
}

bool sameBits(const Linear& a, const Linear& b)
{
    return std::memcmp(a.W.data(), b.W.data(), std::size_t(a.W.size()) * sizeof(double)) == 0
           && std::memcmp(a.b.data(), b.b.data(), std::size_t(a.b.size()) * sizeof(double)) == 0;
}

/// What a Newton step from the weights with the second derivatives of all rows could still gain, as a share of the loss.
double distanceToMinimum(const DatasetPtr& data, const Linear& linear, double C)
{
    const LogisticObjective objective(data, C, false);
    const Index p = data->X().cols();
    Vector theta(objective.size()), gradient(objective.size());
    for (Index k = 0; k < objective.scores(); ++k) {
        theta.segment(k * (p + 1), p) = linear.W.row(k).transpose();
        theta[k * (p + 1) + p] = linear.b[k];
    }
    Matrix H;
    const double loss = objective.withHessian(theta, gradient, H).loss;
    const Vector D = H.diagonal().cwiseSqrt().cwiseInverse();
    H = D.asDiagonal() * H * D.asDiagonal();
    H.diagonal().array() += 1e-12;                      // a constant added to all scores changes nothing
    const Vector scaled = D.cwiseProduct(gradient);
    return scaled.dot(H.llt().solve(scaled)) / 2 / loss;
}

/// Two classes of many rows whose features are of all kinds: normal, rare, with heavy tails on both sides or one, nearly equal to the one
/// before, tiny in the first third of the rows, whole numbers, with a trend; some in another unit and far from 0.
struct OddClasses {
    DatasetPtr data;
    double C = 0;                                   ///< 0: nothing is penalised
};

OddClasses oddClasses(std::uint64_t seed)
{
    Random random(seed);
    const auto power = [&](double low, double high) { return std::pow(10.0, random.uniform(low, high)); };
    const Index n = Index(40000 + random.uniform(0, 1) * random.uniform(0, 1) * 400000);
    const Index p = Index(2 + random.uniform(0, 1) * random.uniform(0, 1) * 30);
    Matrix X(n, p);
    for (Index j = 0; j < p; ++j) {
        const int kind = int(random.uniform(0, 8));
        const double rare = std::pow(10.0, -random.uniform(1, 4)), apart = std::pow(10.0, -random.uniform(0, 4));
        for (Index i = 0; i < n; ++i) {
            const double x = random.normal();
            switch (kind) {
            case 1: X(i, j) = random.uniform(0, 1) < rare; break;
            case 2: X(i, j) = std::sinh(3 * x); break;
            case 3: X(i, j) = std::exp(2 * x); break;
            case 4: X(i, j) = j > 0 ? X(i, j - 1) + apart * x : x; break;
            case 5: X(i, j) = i < n / 3 ? x * 1e-3 : x * 10; break;
            case 6: X(i, j) = std::floor(3 * x); break;
            case 7: X(i, j) = x + double(i) / double(n) * 30; break;
            default: X(i, j) = x;
            }
        }
    }
    Vector z = Vector::Zero(n);
    for (Index j = 0; j < p; ++j) {
        const double mean = X.col(j).mean(), deviation = std::sqrt((X.col(j).array() - mean).square().mean());
        z += random.normal() / (deviation > 0 ? deviation : 1) * (X.col(j).array() - mean).matrix();
    }
    const double strength = power(-1, 1.7) / std::sqrt(double(p)), b = random.normal() * 2 * (strength + 1);
    Vector y(n);
    for (Index i = 0; i < n; ++i)
        y[i] = random.uniform(0, 1) < 1 / (1 + std::exp(-strength * z[i] - b));
    for (Index j = 0; j < p; ++j) {
        const double unit = random.uniform(0, 1) < 0.3 ? power(-8, 8) : 1;
        const double shift = random.uniform(0, 1) < 0.3 ? 1e3 * random.normal() : 0;
        X.col(j) = (X.col(j).array() + shift) * unit;
    }
    const double C = random.uniform(0, 1) < 0.2 ? 0 : power(-6, 6);
    return {reference::makeDataset(std::move(X), std::move(y), 2), C};
}

} // namespace

class TestLinearLogistic : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void derivatives_data()
    {
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("classes");
        QTest::addColumn<double>("C");
        for (const int classes : {2, 3, 7}) {
            for (const int rows : {5, 300, 9000}) {
                QTest::addRow("%d classes, %d rows, penalty", classes, rows) << rows << classes << 0.01;
                QTest::addRow("%d classes, %d rows", classes, rows) << rows << classes << infinite;
            }
        }
    }

    /// The gradient against differences of the loss, the second derivatives against differences of the gradient.
    void derivatives()
    {
        QFETCH(int, rows);
        QFETCH(int, classes);
        QFETCH(double, C);
        const LogisticObjective objective(drawnClasses(rows, 3, classes, 5), C, true);
        Vector theta(objective.size());
        for (Index k = 0; k < theta.size(); ++k)
            theta[k] = 0.5 * std::sin(double(k + 1));
        Vector gradient(theta.size()), same(theta.size());
        Matrix hessian;
        const double loss = objective.at(theta, gradient).loss;
        QVERIFY(std::abs(objective.withHessian(theta, same, hessian).loss / loss - 1) < 1e-14);
        QVERIFY((same - gradient).cwiseAbs().maxCoeff() < 1e-13);
        QVERIFY((hessian - hessian.transpose()).cwiseAbs().maxCoeff() < 1e-15 * hessian.cwiseAbs().maxCoeff());

        // Central differences with h = 1e-5: h^2 times a third derivative below 10, and rounding of 1e-16 / h.
        constexpr double h = 1e-5;
        for (Index k = 0; k < theta.size(); ++k) {
            Vector up = theta, down = theta, gradientUp(theta.size()), gradientDown(theta.size());
            up[k] += h;
            down[k] -= h;
            const double difference = objective.at(up, gradientUp).loss - objective.at(down, gradientDown).loss;
            QVERIFY(std::abs(difference / (2 * h) - gradient[k]) < 2e-9);
            QVERIFY(((gradientUp - gradientDown) / (2 * h) - hessian.col(k)).cwiseAbs().maxCoeff() < 2e-9);
        }
    }

    void theLossIsTheMeanLogLossOfThePredictions_data()
    {
        QTest::addColumn<int>("classes");
        QTest::newRow("two classes") << 2;
        QTest::newRow("three classes") << 3;
        QTest::newRow("twelve classes") << 12;
    }

    void theLossIsTheMeanLogLossOfThePredictions()
    {
        QFETCH(int, classes);
        const DatasetPtr data = drawnClasses(1003, 4, classes, 6);
        const LogisticObjective objective(data, infinite, true);
        Vector theta(objective.size()), gradient(theta.size());
        for (Index k = 0; k < theta.size(); ++k)
            theta[k] = std::cos(double(k));
        Matrix P;
        makePredictor(objective.parameters(theta))->predict(data->X(), P);
        double sum = 0;
        for (Index i = 0; i < data->y.size(); ++i)
            sum -= std::log(P(i, Index(data->y[i])));
        QVERIFY(std::abs(objective.at(theta, gradient).loss / (sum / 1003) - 1) < 1e-12);
    }

    void bothSolversReachTheSameMinimum_data()
    {
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("classes");
        QTest::newRow("two classes") << 2000 << 2;
        QTest::newRow("two classes, many rows") << 200000 << 2;
        QTest::newRow("four classes") << 2000 << 4;
        QTest::newRow("four classes, many rows") << 60000 << 4;
    }

    void bothSolversReachTheSameMinimum()
    {
        QFETCH(int, rows);
        QFETCH(int, classes);
        const DatasetPtr data = drawnClasses(rows, 5, classes, 7);
        const auto newton = fitLogistic(data);
        const auto lbfgs = fitLogistic(data, {{"solver", std::string("lbfgs")}});
        QVERIFY(newton.hasValue() && lbfgs.hasValue());
        QVERIFY(newton->notices.empty() && lbfgs->notices.empty());
        // Both promise 1e-9.
        QVERIFY(std::abs(newton->last.loss / lbfgs->last.loss - 1) < 1e-9);
    }

    void theSameBitsOnAnyNumberOfThreads_data()
    {
        QTest::addColumn<int>("classes");
        QTest::addColumn<QString>("solver");
        for (const char* solver : {"newton", "lbfgs", "gradient_descent"}) {
            QTest::addRow("two classes, %s", solver) << 2 << solver;
            QTest::addRow("three classes, %s", solver) << 3 << solver;
        }
    }

    void theSameBitsOnAnyNumberOfThreads()
    {
        QFETCH(int, classes);
        QFETCH(QString, solver);
        const DatasetPtr data = drawnClasses(50001, 3, classes, 8);
        const HyperparameterValues values{{"solver", solver.toStdString()}, {"max_iterations", std::int64_t(30)}};
        QCOMPARE(samples::changedByThreads([&] { return samples::outcomeText(fitLogistic(data, values)); }), std::string());
    }

    /// Second derivatives come from some blocks of the rows; what shows in others alone must not lead astray.
    void aFeatureOfFewRowsOfMany()
    {
        constexpr Index n = 100000, p = 50;
        const DatasetPtr drawn = drawnClasses(n, p, 2, 5);
        for (const Index first : {Index(0), Index(9000), Index(17000), Index(70000)}) {
            Matrix X = drawn->X();
            X.col(7).setZero();
            X.col(7).segment(first, 900).setOnes();
            Vector y = drawn->y;
            for (Index i = 0; i < 600; ++i)
                y[first + i] = 1;
            const DatasetPtr data = reference::makeDataset(std::move(X), std::move(y), 2);
            const auto newton = fitLogistic(data);
            const auto quasi = fitLogistic(data, {{"solver", std::string("lbfgs")}, {"tolerance", 1e-13}, {"max_iterations", std::int64_t(500)}});
            QVERIFY(newton.hasValue() && quasi.hasValue());
            QVERIFY2(newton->last.step <= 12, qPrintable(QString::number(newton->last.step)));
            QVERIFY(std::abs(newton->last.loss / quasi->last.loss - 1) < 1e-9);
            QVERIFY((std::get<Linear>(newton->parameters).W - std::get<Linear>(quasi->parameters).W).cwiseAbs().maxCoeff() < 1e-3);
        }
    }

    void aRareFeatureOfSeveralClasses_data()
    {
        QTest::addColumn<int>("features");
        QTest::addColumn<double>("C");
        for (const int features : {4, 30, 450}) {       // second derivatives at every step, of a sample at first, none of the sample
            QTest::addRow("%d features", features) << features << 1.0;
            if (underSanitizers && features > 30)
                continue;
            QTest::addRow("%d features, no penalty", features) << features << infinite;
            QTest::addRow("%d features, hardly a penalty", features) << features << 1e9;
        }
    }

    /// A sample of the rows knows nothing of a feature that is 0 in all of it.
    void aRareFeatureOfSeveralClasses()
    {
        QFETCH(int, features);
        QFETCH(double, C);
        constexpr Index n = 40960;
        const DatasetPtr drawn = drawnClasses(n, std::min(features, 30), 3, 21);
        Matrix X(n, features);
        X.leftCols(drawn->X().cols()) = drawn->X();
        Random random(22);
        for (double& x : X.rightCols(features - drawn->X().cols()).reshaped())
            x = random.normal();
        X.col(1).setZero();
        Vector y = drawn->y;
        for (Index i = 200; i < n; i += 5 * 1024) {     // 8 rows that no sample of every 8th run of rows has
            X(i, 1) = 1;
            y[i] = i == 200 ? 0 : i % 3 == 2 ? 1 : 2;
        }
        const DatasetPtr data = reference::makeDataset(std::move(X), std::move(y), 3);
        HyperparameterValues values{{"tolerance", 1e-10}};
        if (C == infinite)
            values["penalty"] = std::string("none");
        else
            values["C"] = C;
        const auto outcome = fitLogistic(data, values);
        QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
        const auto& linear = std::get<Linear>(outcome->parameters);
        if (C > 1)
            QVERIFY(linear.W.col(1).maxCoeff() > 0.5);
        QVERIFY2(outcome->last.step < 100, qPrintable(QString::number(outcome->last.step)));
        const double distance = distanceToMinimum(data, linear, C);
        QVERIFY2(distance < 1e-9, qPrintable(QString::number(distance)));
    }

    void aRareFeatureThatSeparates_data()
    {
        QTest::addColumn<int>("features");
        QTest::newRow("second derivatives at every step") << 4;
        QTest::newRow("second derivatives of a sample at first") << 30;
    }

    /// Rows with the feature are of one class: the best that is left is the model of the others.
    void aRareFeatureThatSeparates()
    {
        QFETCH(int, features);
        constexpr Index n = 40960, rare = 8;
        const DatasetPtr drawn = drawnClasses(n, features, 3, 23);
        Matrix X = drawn->X(), others(n - rare, features);
        Vector y = drawn->y, othersY(n - rare);
        X.col(1).setZero();
        for (Index i = 0, other = 0; i < n; ++i) {
            if (i % 5120 == 200) {                      // in no sample of every 8th run of rows
                X(i, 1) = 1;
                y[i] = 2;
            } else {
                others.row(other) = X.row(i);
                othersY[other++] = y[i];
            }
        }
        const HyperparameterValues values{{"penalty", std::string("none")}, {"tolerance", 1e-10}};
        const auto all = fitLogistic(reference::makeDataset(std::move(X), std::move(y), 3), values);
        const auto rest = fitLogistic(reference::makeDataset(std::move(others), std::move(othersY), 3), values);
        QVERIFY(all.hasValue() && rest.hasValue());
        QCOMPARE(all->notices.size(), std::size_t(1));
        QVERIFY(all->notices[0].starts_with("Some samples are separated perfectly"));
        const double gap = all->last.loss / (rest->last.loss * double(n - rare) / n) - 1;
        QVERIFY2(std::abs(gap) < 1e-9, qPrintable(QString::number(gap)));
        QVERIFY(std::get<Linear>(all->parameters).W(2, 1) > 5);
    }

    void nearlyEqualColumns_data()
    {
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("classes");
        QTest::addColumn<int>("seed");
        // In some draws the blocks that second derivatives come from have a smaller diagonal than all rows, in others a larger one.
        for (int seed = 1; seed <= 4; ++seed) {
            QTest::addRow("two classes, seed %d", seed) << 131072 << 2 << seed;
            QTest::addRow("three classes, seed %d", seed) << 131072 << 3 << seed;
        }
        QTest::newRow("two classes, more rows") << 400000 << 2 << 1;
    }

    /// b = a + 1e-4 v spans what (a, v) spans: the same minimum.
    void nearlyEqualColumns()
    {
        QFETCH(int, rows);
        QFETCH(int, classes);
        QFETCH(int, seed);
        Random random{std::uint64_t(seed)};
        const Index n = rows;
        Matrix near(n, 3), apart(n, 3);
        Vector y(n);
        for (Index i = 0; i < n; ++i) {
            const double a = random.normal(), v = random.normal(), d = random.normal(), u = random.uniform(0, 1);
            near.row(i) << a, a + 1e-4 * v, d;
            apart.row(i) << a, (near(i, 1) - a) / 1e-4, d;
            const double p = 1 / (1 + std::exp(-(0.5 * a + 0.3 * d - 0.2)));
            y[i] = u < p ? 1 : classes == 3 && u > 0.5 + p / 2 ? 2 : 0;
        }
        const DatasetPtr nearData = reference::makeDataset(std::move(near), y, classes);
        const DatasetPtr apartData = reference::makeDataset(std::move(apart), std::move(y), classes);
        const HyperparameterValues values{{"penalty", std::string("none")}, {"tolerance", 1e-10}};
        const auto nearFit = fitLogistic(nearData, values), apartFit = fitLogistic(apartData, values);
        QVERIFY(nearFit.hasValue() && apartFit.hasValue());
        const double gap = nearFit->last.loss / apartFit->last.loss - 1;
        QVERIFY2(std::abs(gap) < 1e-9, qPrintable(QString::number(gap)));
        QVERIFY(distanceToMinimum(apartData, std::get<Linear>(apartFit->parameters), infinite) < 1e-10);
    }

    /// Second derivatives of rows at another place misjudge how far the minimum is: seeds whose ends were too early once.
    void theEndIsTheMinimumOfOddData_data()
    {
        QTest::addColumn<int>("seed");
        for (const int seed : {23, 281, 368, 1136})
            QTest::addRow("%d", seed) << seed;
    }

    void theEndIsTheMinimumOfOddData()
    {
        QFETCH(int, seed);
        const OddClasses odd = oddClasses(std::uint64_t(seed));
        const HyperparameterValues values = odd.C > 0 ? HyperparameterValues{{"C", odd.C}} : HyperparameterValues{{"penalty", std::string("none")}};
        const auto outcome = fitLogistic(odd.data, values);
        QVERIFY(outcome.hasValue());
        const double distance = distanceToMinimum(odd.data, std::get<Linear>(outcome->parameters), odd.C > 0 ? odd.C : infinite);
        QVERIFY2(distance < 1e-10, qPrintable(QString::number(distance)));      // the tolerance
    }

    void oddFeaturesOfManyRows_data()
    {
        QTest::addColumn<double>("unit");
        QTest::addColumn<double>("mean");
        QTest::addColumn<double>("share");
        QTest::addColumn<double>("farOut");
        QTest::newRow("as drawn") << 1.0 << 0.0 << 0.0 << 0.0;
        QTest::newRow("large units") << 1e39 << 0.0 << 0.0 << 0.0;
        QTest::newRow("small units") << 1e-25 << 0.0 << 0.0 << 0.0;
        QTest::newRow("a large mean") << 1.0 << 1e7 << 0.0 << 0.0;
        for (const double share : {0.9, 0.999, 0.99999, 0.9999999})
            QTest::addRow("nearly equal, %.7f", share) << 1.0 << 0.0 << share << 0.0;
        for (const double farOut : {1e3, 1e8, 1e30})
            QTest::addRow("a row at %g", farOut) << 1.0 << 0.0 << 0.0 << farOut;
    }

    /// Units, means, rows far out and features that are nearly equal do not move the minimum.
    void oddFeaturesOfManyRows()
    {
        QFETCH(double, unit);
        QFETCH(double, mean);
        QFETCH(double, share);
        QFETCH(double, farOut);
        const DatasetPtr drawn = drawnClasses(70001, 6, 2, 37);
        Matrix X = drawn->X();
        X.col(3) = share * X.col(2) + std::sqrt(1 - share * share) * X.col(3);
        if (farOut > 0)
            X(69990, 1) = farOut;
        Matrix odd = X;
        odd.col(1) = X.col(1).array() * unit + mean;
        odd.col(0).array() -= 1e3;
        const HyperparameterValues values{{"penalty", std::string("none")}};
        const DatasetPtr plain = reference::makeDataset(std::move(X), drawn->y, 2);
        const auto here = fitLogistic(plain, values), there = fitLogistic(reference::makeDataset(std::move(odd), drawn->y, 2), values);
        QVERIFY(here.hasValue() && there.hasValue());
        QVERIFY2(there->last.step <= 12, qPrintable(QString::number(there->last.step)));
        Linear back = std::get<Linear>(there->parameters);
        back.b[0] += back.W(0, 1) * mean - back.W(0, 0) * 1e3;
        back.W(0, 1) *= unit;
        const double distances[] = {distanceToMinimum(plain, std::get<Linear>(here->parameters), infinite), distanceToMinimum(plain, back, infinite)};
        QVERIFY2(distances[0] < 1e-10, qPrintable(QString::number(distances[0])));
        QVERIFY2(distances[1] < 1e-9, qPrintable(QString::number(distances[1])));
    }

    void notFiniteCellsOfManyRows_data()
    {
        QTest::addColumn<int>("row");
        QTest::addColumn<int>("column");
        QTest::addColumn<double>("bad");
        QTest::addColumn<QString>("solver");
        for (const char* solver : {"newton", "lbfgs"}) {
            for (const double bad : {std::numeric_limits<double>::quiet_NaN(), infinite, -infinite}) {
                for (const int row : {0, 3, 40, 4000, 31993, 31999})            // in the first rows, the sample or neither
                    for (const int column : {0, 2, 3})                          // the last is the target
                        QTest::addRow("%g in row %d, column %d, %s", bad, row, column, solver) << row << column << bad << QString(solver);
                QTest::addRow("%g is the target, %s", bad, solver) << -1 << 3 << bad << QString(solver);
            }
        }
    }

    /// Newton looks for them on its way over the rows.
    void notFiniteCellsOfManyRows()
    {
        QFETCH(int, row);
        QFETCH(int, column);
        QFETCH(double, bad);
        QFETCH(QString, solver);
        auto data = std::make_shared<Dataset>(*drawnClasses(32000, 3, 2, 41));
        if (row < 0)
            data->y.setConstant(bad);
        else
            (column < 3 ? data->X()(row, column) : data->y[row]) = bad;
        const auto outcome = fitLogistic(data, {{"solver", solver.toStdString()}});
        QVERIFY(!outcome);
        QCOMPARE(int(outcome.error().code), int(ErrorCode::NotFinite));
        QCOMPARE(outcome.error().place.row.value_or(0), std::size_t(std::max(row, 0) + 1));
        if (column < 3)
            QCOMPARE(outcome.error().place.column, data->featureNames[std::size_t(column)]);
    }

    /// The unit of a column comes from some of its rows: in it, a finite cell of another row may be none. The file has nothing to mend.
    void aFiniteCellThatItsUnitMakesInfinite()
    {
        auto data = std::make_shared<Dataset>(*drawnClasses(40960, 3, 2, 41));
        data->X().col(1) *= 1e-100;
        data->X()(20493, 1) = 1e250;                    // only every tenth row is looked at for the unit
        const auto outcome = fitLogistic(data);
        QVERIFY(!outcome);
        QCOMPARE(int(outcome.error().code), int(ErrorCode::Diverged));
        QVERIFY(!outcome.error().place.row);
    }

    void theFirstLookAtTheCellsIsAStep_data()
    {
        QTest::addColumn<int>("row");
        QTest::addColumn<int>("mostSteps");
        QTest::addColumn<int>("refusedAt");             // 0: not at the first step, where nothing but the sample has been looked at
        QTest::newRow("in the sample") << 3 << 100 << 1;
        QTest::newRow("in no row of the sample") << 39990 << 100 << 0;
        QTest::newRow("in no row that a step looks at") << 39990 << 1 << 1;
    }

    /// Beginning looks at no cell, so that every look at the rows can be cancelled; what is no number is refused all the same.
    void theFirstLookAtTheCellsIsAStep()
    {
        QFETCH(int, row);
        QFETCH(int, mostSteps);
        QFETCH(int, refusedAt);
        auto data = std::make_shared<Dataset>(*drawnClasses(40000, 3, 2, 47));
        data->X()(row, 1) = std::numeric_limits<double>::quiet_NaN();
        const LearnerInfo& info = **findLearner("logistic_regression");
        const auto learner = info.make(*Hyperparameters::check(info.table, {{"max_iterations", std::int64_t(mostSteps)}}), Task::Classification);
        const auto run = learner->begin(data, 1);
        QVERIFY(run.hasValue());
        int step = 1;
        auto told = (*run)->step();
        for (; told && !(*run)->isFinished(); ++step)
            told = (*run)->step();
        QVERIFY(!told);
        QCOMPARE(int(told.error().code), int(ErrorCode::NotFinite));
        QCOMPARE(told.error().place.row.value_or(0), std::size_t(row + 1));
        QVERIFY2(refusedAt == 0 ? step > 1 : step == refusedAt, qPrintable(QString::number(step)));
    }

    void oneClassOfManyRows()
    {
        auto data = std::make_shared<Dataset>(*drawnClasses(32000, 3, 2, 43));
        data->y.setOnes();
        const auto outcome = fitLogistic(data);
        QVERIFY(!outcome);
        QCOMPARE(int(outcome.error().code), int(ErrorCode::OneClass));
    }

    void aCellThatIsNoNumberComesBeforeOneClass_data()
    {
        QTest::addColumn<int>("rows");
        QTest::newRow("few rows") << 1000;
        QTest::newRow("many rows") << 32000;
    }

    void aCellThatIsNoNumberComesBeforeOneClass()
    {
        QFETCH(int, rows);
        auto data = std::make_shared<Dataset>(*drawnClasses(rows, 3, 2, 43));
        data->y.setOnes();
        data->X()(500, 1) = std::numeric_limits<double>::quiet_NaN();
        const auto outcome = fitLogistic(data);
        QVERIFY(!outcome);
        QCOMPARE(int(outcome.error().code), int(ErrorCode::NotFinite));
        QCOMPARE(outcome.error().place.row.value_or(0), std::size_t(501));
    }

    void perfectSeparation_data()
    {
        QTest::addColumn<int>("classes");
        QTest::addColumn<QString>("solver");
        for (const char* solver : {"newton", "lbfgs"}) {
            QTest::addRow("two classes, %s", solver) << 2 << solver;
            QTest::addRow("three classes, %s", solver) << 3 << solver;
        }
    }

    void perfectSeparation()
    {
        QFETCH(int, classes);
        QFETCH(QString, solver);
        const DatasetPtr two = points({1, 2, 3, 7, 8, 9}, {0, 0, 0, 1, 1, 1}, 2);
        const DatasetPtr three = points({1, 2, 3, 7, 8, 9, 20, 21, 22}, {0, 0, 0, 1, 1, 1, 2, 2, 2}, 3);
        const DatasetPtr data = classes == 2 ? two : three;
        const auto outcome = fitLogistic(data, {{"penalty", std::string("none")}, {"solver", solver.toStdString()}});
        QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
        QCOMPARE(outcome->notices.size(), std::size_t(1));
        QVERIFY(outcome->notices[0].starts_with("The classes are separated perfectly - the weights would grow for ever"));
        Matrix P;
        makePredictor(outcome->parameters)->predict(data->X(), P);
        for (Index i = 0; i < data->y.size(); ++i) {
            Index likeliest = 0;
            P.row(i).maxCoeff(&likeliest);
            QCOMPARE(double(likeliest), data->y[i]);
        }
        // With a penalty there is a best model, and nothing to say.
        QVERIFY(fitLogistic(data)->notices.empty());
    }

    void separationInPart()
    {
        // At 5 both classes are seen; on either side only one: the boundary is known, the slope is not.
        const auto outcome =
            fitLogistic(points({1, 2, 5, 5, 8, 9}, {0, 0, 0, 1, 1, 1}, 2), {{"penalty", std::string("none")}});
        QVERIFY(outcome.hasValue());
        QCOMPARE(outcome->notices.size(), std::size_t(1));
        QVERIFY(outcome->notices[0].starts_with("Some samples are separated perfectly"));
        // Two samples at one half each: the loss that remains is 2 log 2 over 6 samples.
        QVERIFY(std::abs(outcome->last.loss / (2 * std::log(2.0) / 6) - 1) < 1e-8);
    }

    void degenerateData_data()
    {
        QTest::addColumn<double>("unit");
        QTest::addColumn<int>("kind");
        for (const char* penalty : {"l2", "none", "l1", "elastic_net"}) {
            QTest::addRow("x near 1e300, %s", penalty) << 1e300 << 0;
            QTest::addRow("x near 1e-300, %s", penalty) << 1e-300 << 0;
            QTest::addRow("constant column, %s", penalty) << 1.0 << 1;
            QTest::addRow("equal columns, %s", penalty) << 1.0 << 2;
            QTest::addRow("all rows the same, %s", penalty) << 1.0 << 3;
            QTest::addRow("more columns than rows, %s", penalty) << 1.0 << 4;
            QTest::addRow("a class without samples, %s", penalty) << 1.0 << 5;
            QTest::addRow("every row its own class, %s", penalty) << 1.0 << 6;
        }
    }

    /// Never a number that is none, always an answer whose probabilities sum to 1.
    void degenerateData()
    {
        QFETCH(double, unit);
        QFETCH(int, kind);
        const std::string penalty = QByteArray(QTest::currentDataTag()).split(' ').last().toStdString();
        const DatasetPtr drawn = drawnClasses(kind == 4 ? 12 : 40, kind == 4 ? 30 : 3, kind == 5 ? 2 : 3, 9);
        auto data = std::make_shared<Dataset>(*drawn);
        data->X() *= unit;
        if (kind == 1)
            data->X().col(1).setConstant(0.3);
        if (kind == 2)
            data->X().col(1) = data->X().col(0);
        if (kind == 3)
            data->X().rowwise() = Eigen::RowVectorXd::Constant(3, 4.0);
        if (kind == 5)
            data->classNames.push_back("never seen");
        if (kind == 6) {
            data->y = Vector::LinSpaced(40, 0, 39);
            data->classNames.assign(40, "c");
        }
        for (const char* solver : {"newton", "lbfgs"}) {
            const auto outcome = fitLogistic(data, {{"penalty", penalty}, {"solver", std::string(solver)}});
            QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
            QVERIFY(std::isfinite(outcome->last.loss));
            Matrix P;
            makePredictor(outcome->parameters)->predict(data->X(), P);
            QVERIFY((P.rowwise().sum().array() - 1).abs().maxCoeff() < 1e-12);
            const double guessing = std::log(double(data->classes()));
            QVERIFY(outcome->last.loss <= guessing * (1 + 1e-12));
        }
    }

    void farFromZeroIsAsEasy()
    {
        // The intercept is free: moving a feature by a million changes only the intercept.
        const DatasetPtr data = drawnClasses(500, 2, 2, 10);
        auto moved = std::make_shared<Dataset>(*data);
        moved->X().col(0).array() += 1e6;
        const auto here = fitLogistic(data);
        const auto there = fitLogistic(moved);
        QVERIFY(here.hasValue() && there.hasValue());
        QVERIFY(std::abs(here->last.loss / there->last.loss - 1) < 1e-9);
        // Rounding x near 1e6 moves it by 1e-10.
        QVERIFY((std::get<Linear>(here->parameters).W - std::get<Linear>(there->parameters).W).cwiseAbs().maxCoeff() < 1e-6);
    }

    void gradientDescentGoesDownToTheMinimum()
    {
        auto data = std::make_shared<Dataset>(*drawnClasses(2000, 3, 2, 11));
        data->X().array() -= 2;
        const auto newton = fitLogistic(data);
        double last = infinite;
        const auto outcome = reference::fitTo(data, "logistic_regression",
                                              {{"solver", std::string("gradient_descent")}, {"learning_rate", 1.0},
                                               {"max_iterations", std::int64_t(3000)}, {"tolerance", 0.0}},
                                              [&](const TrainingRun&, const Progress& progress) {
                                                  [&] { QVERIFY(progress.loss <= last * (1 + 1e-14)); }();
                                                  last = progress.loss;
                                                  return Answer::Continue;
                                              });
        QVERIFY(outcome.hasValue() && newton.hasValue());
        QVERIFY(std::abs(outcome->last.loss / newton->last.loss - 1) < 1e-9);
    }

    void tooLargeALearningRateIsNamed()
    {
        auto data = std::make_shared<Dataset>(*drawnClasses(50, 2, 2, 12));
        data->X() *= 1e6;
        const auto outcome = fitLogistic(data, {{"solver", std::string("gradient_descent")}, {"learning_rate", 1000.0},
                                                {"C", 1e-9}, {"max_iterations", std::int64_t(100000)}});
        QVERIFY(!outcome);
        QCOMPARE(outcome.error().code, ErrorCode::Diverged);
        QVERIFY2(QString::fromStdString(outcome.error().message)
                     .contains(QRegularExpression(QStringLiteral("^The loss became infinite at step \\d+: the learning rate 1000 is too large\\.$"))),
                 outcome.error().message.c_str());
    }

    void everyStepCanBeTheLast()
    {
        const DatasetPtr data = drawnClasses(40000, 3, 3, 13);
        std::size_t steps = 0;
        const auto cancelled = reference::fitTo(data, "logistic_regression", {}, [&](const TrainingRun& run, const Progress&) {
            [&] { QVERIFY(isFinite(run.freeze())); }();
            return ++steps == 2 ? Answer::Cancel : Answer::Continue;
        });
        QVERIFY(!cancelled);
        QCOMPARE(cancelled.error().code, ErrorCode::Cancelled);
        QCOMPARE(steps, std::size_t(2));
    }

    void theLimitOfStepsIsSaid()
    {
        const auto outcome = fitLogistic(drawnClasses(500, 3, 2, 14), {{"max_iterations", std::int64_t(1)}});
        QVERIFY(outcome.hasValue());
        QCOMPARE(outcome->notices,
                 std::vector<std::string>{"The training stopped after 1 step, before the minimum was reached: allow more steps."});
    }

    /// |slope of C sum(log loss)| <= l1 elsewhere, and slope = -l1 sign(w) - (1 - l1) w where a weight is in use.
    void theConditionsOfASparseMinimumHold_data()
    {
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("classes");
        QTest::addColumn<double>("l1Ratio");
        for (const int classes : {2, 3, 6}) {
            for (const int rows : {50, 900}) {
                QTest::addRow("%d classes, %d rows, absolute", classes, rows) << rows << classes << 1.0;
                QTest::addRow("%d classes, %d rows, both", classes, rows) << rows << classes << 0.4;
            }
        }
        QTest::addRow("two classes, many rows, absolute") << 70000 << 2 << 1.0;
        QTest::addRow("three classes, many rows, both") << 60000 << 3 << 0.4;
    }

    void theConditionsOfASparseMinimumHold()
    {
        QFETCH(int, rows);
        QFETCH(int, classes);
        QFETCH(double, l1Ratio);
        const DatasetPtr data = drawnClasses(rows, 8, classes, 15);
        for (const double C : {1.0 / rows, 20.0 / rows, 1000.0 / rows}) {
            const auto outcome = fitLogistic(data, {{"penalty", std::string("elastic_net")}, {"l1_ratio", l1Ratio}, {"C", C}, {"tolerance", 1e-14}});
            QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
            const auto& linear = std::get<Linear>(outcome->parameters);
            Matrix P;
            makePredictor(outcome->parameters)->predict(data->X(), P);
            Matrix residual = P;
            for (Index i = 0; i < data->y.size(); ++i)
                residual(i, Index(data->y[i])) -= 1;
            const Matrix used = classes == 2 ? Matrix(residual.rightCols(1)) : residual;
            const Matrix slope = C * used.transpose() * data->X();
            double worst = C * used.colwise().sum().cwiseAbs().maxCoeff();
            for (Index k = 0; k < linear.W.rows(); ++k) {
                for (Index j = 0; j < linear.W.cols(); ++j) {
                    const double w = linear.W(k, j), g = slope(k, j) + (1 - l1Ratio) * w;
                    worst = std::max(worst, w != 0 ? std::abs(g + l1Ratio * (w > 0 ? 1 : -1)) : std::abs(g) - l1Ratio);
                }
            }
            // In units in which a weight's price is 1; an objective within 1e-14 leaves slopes within about its root.
            QVERIFY2(worst < 2e-5, qPrintable(QStringLiteral("%1 at C %2 after %3 steps").arg(worst).arg(C).arg(outcome->last.step)));
        }
    }

    void theSparsePenaltiesMeetTheOthers()
    {
        const DatasetPtr data = drawnClasses(800, 4, 3, 16);
        const auto squares = fitLogistic(data), none = fitLogistic(data, {{"penalty", std::string("elastic_net")}, {"l1_ratio", 0.0}});
        QVERIFY(squares && none);
        QVERIFY(sameBits(std::get<Linear>(squares->parameters), std::get<Linear>(none->parameters)));
        const auto nearly = fitLogistic(data, {{"penalty", std::string("elastic_net")}, {"l1_ratio", 1e-9}, {"tolerance", 1e-14}});
        QVERIFY(nearly);
        QVERIFY(std::abs(nearly->last.loss / squares->last.loss - 1) < 1e-8);
        const auto absolute = fitLogistic(data, {{"penalty", std::string("l1")}}),
                   all = fitLogistic(data, {{"penalty", std::string("elastic_net")}, {"l1_ratio", 1.0}});
        QVERIFY(absolute && all);
        QVERIFY(sameBits(std::get<Linear>(absolute->parameters), std::get<Linear>(all->parameters)));
    }

    void aSmallCLeavesNothing()
    {
        const DatasetPtr data = drawnClasses(300, 3, 3, 17);
        const auto outcome = fitLogistic(data, {{"penalty", std::string("l1")}, {"C", 1e-6}});
        QVERIFY(outcome);
        QVERIFY((std::get<Linear>(outcome->parameters).W.array() == 0).all());
        QCOMPARE(outcome->notices.size(), std::size_t(1));
        QVERIFY2(outcome->notices[0].starts_with("C is so small that every weight is 0"), outcome->notices[0].c_str());
        Matrix P;
        makePredictor(outcome->parameters)->predict(data->X().topRows(1), P);
        for (int k = 0; k < 3; ++k)
            QVERIFY(std::abs(P(0, k) - double((data->y.array() == k).count()) / 300) < 1e-6);
    }

    void sparseOnAnyNumberOfThreads()
    {
        const DatasetPtr data = drawnClasses(50001, 4, 3, 18);
        const HyperparameterValues values{{"penalty", std::string("l1")}, {"C", 1e-3}};
        QCOMPARE(samples::changedByThreads([&] { return samples::outcomeText(fitLogistic(data, values)); }), std::string());
    }

    /// More weights than second derivatives are kept for: gradient steps come to the same minimum.
    void manyWeights()
    {
        const DatasetPtr data = drawnClasses(150, 2100, 2, 19);
        const auto outcome = fitLogistic(data, {{"penalty", std::string("l1")}, {"C", 0.1}, {"tolerance", 1e-12}, {"max_iterations", std::int64_t(20000)}});
        QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
        QCOMPARE(outcome->notices.size(), std::size_t(1));
        const auto& linear = std::get<Linear>(outcome->parameters);
        const Index used = (linear.W.array() != 0).count();
        QVERIFY(used > 0 && used < 150);
        Matrix P;
        makePredictor(outcome->parameters)->predict(data->X(), P);
        const RowVector slope = 0.1 * (P.col(1) - data->y).transpose() * data->X();
        QVERIFY2(slope.cwiseAbs().maxCoeff() < 1 + 1e-4, qPrintable(QString::number(slope.cwiseAbs().maxCoeff())));
    }

    void oneClassIsRefused()
    {
        const auto outcome = fitLogistic(points({1, 2, 3}, {0, 0, 0}, 2));
        QVERIFY(!outcome);
        QCOMPARE(outcome.error().code, ErrorCode::OneClass);
    }
};

QTEST_GUILESS_MAIN(TestLinearLogistic)
#include "tst_linear_logistic.moc"
