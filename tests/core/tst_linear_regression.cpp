#include "core/base/random.h"
#include "core/learn/linear/blocked_qr.h"
#include "core/learn/linear/gram_solver.h"
#include "core/model/predictor.h"
#include "tests/support/reference_data.h"
#include "tests/support/thread_counts.h"

#include <QRegularExpression>
#include <QTest>

using namespace modelarium;
using Eigen::Index;

namespace {

struct Problem {
    Matrix X;
    Vector y;
};

/// Columns around 5 with a known plane and noise.
Problem planeWithNoise(Index n, Index p, std::uint64_t seed, double noise = 1)
{
    Random random(seed);
    Problem problem{Matrix(n, p), Vector(n)};
    for (double& x : problem.X.reshaped())
        x = 5 + random.normal();
    problem.y = problem.X * Vector::LinSpaced(p, -1, 2);
    for (double& y : problem.y)
        y += 3 + noise * random.normal();
    return problem;
}

/// The last column differs from the first by one part in `condition`.
Problem nearlyCollinear(Index n, double condition)
{
    Problem problem = planeWithNoise(n, 4, 3);
    problem.X.col(3) = problem.X.col(0) + (problem.X.col(3).array() - 5).matrix() / condition;
    return problem;
}

/// How far the residuals are from orthogonal to the columns, against the numbers that they are computed from: a backward
/// stable method leaves a few roundings (2e-16) times a small factor of n and p, whatever the condition.
double residualOrthogonality(const Problem& problem, const LeastSquares& solution)
{
    using Extended = Eigen::Matrix<long double, Eigen::Dynamic, 1>;
    const Extended r = problem.y.cast<long double>() - problem.X.cast<long double>() * solution.w.cast<long double>()
                       - Extended::Constant(problem.y.size(), solution.b);
    long double size = problem.y.norm();
    for (Index j = 0; j < problem.X.cols(); ++j)
        size += std::abs(solution.w[j]) * problem.X.col(j).cast<long double>().norm();
    long double worst = std::abs(r.mean()) * std::sqrt((long double)(r.size()));
    for (Index j = 0; j < problem.X.cols(); ++j) {
        Extended a = problem.X.col(j).cast<long double>();
        a.array() -= a.mean();
        if (a.norm() > 0)
            worst = std::max(worst, std::abs(a.dot(r)) / a.norm());
    }
    return double(worst / size);
}

double relativeDifference(const Vector& a, const Vector& b) { return (a - b).cwiseAbs().maxCoeff() / b.cwiseAbs().maxCoeff(); }

Result<FitOutcome> fitLine(const Vector& x, const Vector& y, const HyperparameterValues& values = {})
{
    return reference::fitTo(reference::makeDataset(x, y, 0), "linear_regression", values);
}

} // namespace

class TestLinearRegression : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyRouteGivesTheSameAnswer_data()
    {
        QTest::addColumn<bool>("intercept");
        QTest::addColumn<double>("alpha");
        QTest::newRow("intercept") << true << 0.0;
        QTest::newRow("no intercept") << false << 0.0;
        QTest::newRow("ridge") << true << 100.0;
        QTest::newRow("ridge without intercept") << false << 100.0;
    }

    void everyRouteGivesTheSameAnswer()
    {
        QFETCH(bool, intercept);
        QFETCH(double, alpha);
        const Problem problem = planeWithNoise(5000, 7, 1);
        const auto extended = solveExtendedLeastSquares(problem.X.cast<long double>(), problem.y.cast<long double>(), intercept, alpha);
        const auto gram = solveByGram(momentsOf(problem.X, problem.y, intercept), problem.X, problem.y, intercept, alpha);
        const auto blocked = solveByBlockedQr(problem.X, problem.y, intercept, alpha);
        QVERIFY(extended.hasValue() && gram.has_value() && blocked.hasValue());
        // Condition 2 with an intercept, about 15 without, which the Gram matrix squares: a few hundred roundings of 1e-16.
        for (const LeastSquares& other : {*gram, *blocked}) {
            QVERIFY(relativeDifference(other.w, extended->w) < 1e-13);
            QVERIFY(std::abs(other.b - extended->b) < 1e-12);
            QVERIFY(std::abs(other.meanSquaredResidual / extended->meanSquaredResidual - 1) < 1e-12);
        }
    }

    void residualsAreOrthogonalOnAConditionLadder_data()
    {
        QTest::addColumn<double>("condition");
        for (int power = 0; power <= 10; ++power)
            QTest::addRow("1e%d", power) << std::pow(10.0, power);
    }

    void residualsAreOrthogonalOnAConditionLadder()
    {
        QFETCH(double, condition);
        const Problem problem = nearlyCollinear(300000, condition);
        const auto solution = solveLeastSquares(problem.X, problem.y, true);
        QVERIFY(solution.hasValue());
        QVERIFY(solution->dependent.empty());
        const double orthogonality = residualOrthogonality(problem, *solution);
        QVERIFY2(orthogonality < 1e-15, qPrintable(QString::number(orthogonality)));
    }

    void theGramRouteRefusesWhatItCannotSolveWell()
    {
        const auto refuses = [](const Matrix& X, const Vector& y) { return !solveByGram(momentsOf(X, y, true), X, y, true, 0).has_value(); };
        QVERIFY(refuses(nearlyCollinear(5000, 1e7).X, planeWithNoise(5000, 4, 3).y));
        QVERIFY(refuses(planeWithNoise(5000, 2, 1).X * 1e300, planeWithNoise(5000, 2, 1).y));
    }

    void sortedRowsFarFromTheFirstOnes()
    {
        // The first rows say nothing of the mean: centring about them would cost digits.
        Problem problem = planeWithNoise(300000, 4, 9);
        problem.X.col(0) = Vector::LinSpaced(300000, 0, 1e6).array().square();
        const auto solution = solveLeastSquares(problem.X, problem.y, true);
        QVERIFY(solution.hasValue());
        QVERIFY(residualOrthogonality(problem, *solution) < 1e-15);
    }

    void theSameBitsOnAnyNumberOfThreads_data()
    {
        QTest::addColumn<double>("condition");
        QTest::newRow("one pass") << 1.0;
        QTest::newRow("with refinement") << 1e3;
        QTest::newRow("blocked QR") << 1e9;
    }

    void theSameBitsOnAnyNumberOfThreads()
    {
        QFETCH(double, condition);
        const Problem problem = nearlyCollinear(300000, condition);
        const auto text = [&] {
            const auto solution = solveLeastSquares(problem.X, problem.y, true);
            return solution ? parametersText(Linear{solution->w.transpose(), Vector::Constant(1, solution->b), Link::Identity}) : std::string();
        };
        QCOMPARE(samples::changedByThreads(text, {2, 3, 8}), std::string());
    }

    void columnsAreNamed_data()
    {
        QTest::addColumn<int>("rows");
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("notice");
        for (const int rows : {40, 300000}) {
            const char* size = rows == 40 ? "few rows" : "many rows";
            QTest::addRow("sum, %s", size) << rows << "sum" << "x3 is a combination of other columns: many models fit equally well, "
                                                               "this one has the smallest weights.";
            QTest::addRow("copy, %s", size) << rows << "copy" << "x3 is a combination of other columns: many models fit equally well, "
                                                                 "this one has the smallest weights.";
            QTest::addRow("constant, %s", size) << rows << "constant" << "x3 is constant: its weight is 0.";
        }
    }

    void columnsAreNamed()
    {
        QFETCH(int, rows);
        QFETCH(QString, kind);
        QFETCH(QString, notice);
        Problem problem = planeWithNoise(rows, 4, 5);
        if (kind == QStringLiteral("sum"))
            problem.X.col(2) = problem.X.col(0) + problem.X.col(1);
        else if (kind == QStringLiteral("copy"))
            problem.X.col(2) = problem.X.col(1);
        else
            problem.X.col(2).setConstant(0.1);
        const DatasetPtr data = reference::makeDataset(problem.X, problem.y, 0);
        const auto outcome = reference::fitTo(data, "linear_regression", {});
        QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
        QCOMPARE(outcome->notices.size(), std::size_t(1));
        QCOMPARE(QString::fromStdString(outcome->notices[0]), notice);

        const auto& linear = std::get<Linear>(outcome->parameters);
        QVERIFY(residualOrthogonality(problem, {linear.W.transpose(), linear.b[0]}) < 1e-15);
        // The smallest weights have no part along the direction in which nothing changes.
        Vector direction = Vector::Zero(4);
        if (kind == QStringLiteral("sum"))
            direction << 1, 1, -1, 0;
        else if (kind == QStringLiteral("copy"))
            direction << 0, 1, -1, 0;
        else
            direction << 0, 0, 1, 0;
        QVERIFY(std::abs((linear.W * direction)(0)) < 1e-10);
    }

    void extremeUnits_data()
    {
        QTest::addColumn<double>("xUnit");
        QTest::addColumn<double>("yUnit");
        QTest::addColumn<int>("rows");
        for (const int rows : {50, 1500000}) {
            QTest::addRow("x near 1e300, %d rows", rows) << 1e300 << 1.0 << rows;
            QTest::addRow("x near 1e-300, %d rows", rows) << 1e-300 << 1.0 << rows;
            QTest::addRow("both near 1e300, %d rows", rows) << 1e300 << 1e300 << rows;
            QTest::addRow("y near 1e-300, %d rows", rows) << 1.0 << 1e-300 << rows;
        }
    }

    void extremeUnits()
    {
        QFETCH(double, xUnit);
        QFETCH(double, yUnit);
        QFETCH(int, rows);
        const Problem problem = planeWithNoise(rows, 2, 6, 0.1);
        const auto plain = solveLeastSquares(problem.X, problem.y, true);
        const auto scaled = solveLeastSquares(problem.X * xUnit, problem.y * yUnit, true);
        QVERIFY(plain.hasValue() && scaled.hasValue());
        QVERIFY(relativeDifference(scaled->w / yUnit * xUnit, plain->w) < 1e-12);
        QVERIFY(std::abs(scaled->b / yUnit / plain->b - 1) < 1e-12);
        QVERIFY(std::isfinite(scaled->meanSquaredResidual));
    }

    void aWeightTooLargeForANumber()
    {
        const Vector x = Vector::LinSpaced(20, 1, 2) * 1e-300;
        const auto outcome = fitLine(x, Vector::LinSpaced(20, -3, 7) * 1e300);
        QVERIFY(!outcome);
        QCOMPARE(outcome.error().code, ErrorCode::NotFinite);
        QVERIFY(outcome.error().message.starts_with("A weight would be too large for a number"));
    }

    void refusedData()
    {
        QCOMPARE(fitLine(Vector::Ones(1), Vector::Ones(1)).error().code, ErrorCode::TooFewSamples);
        QCOMPARE(fitLine(Vector::LinSpaced(5, 0, 1), Vector::Ones(5)).error().code, ErrorCode::ConstantTarget);
        QCOMPARE(reference::fitTo(reference::makeDataset(Matrix(5, 0), Vector::LinSpaced(5, 0, 1), 0), "linear_regression", {})
                     .error()
                     .code,
                 ErrorCode::TooFewFeatures);
    }

    void cellsOfManyRowsThatAreNoNumbersAreNamed_data()
    {
        QTest::addColumn<QString>("learner");
        QTest::addColumn<bool>("intercept");
        for (const char* learner : {"linear_regression", "ridge_regression"})
            for (const bool intercept : {true, false})
                QTest::addRow("%s%s", learner, intercept ? "" : " without intercept") << learner << intercept;
    }

    void cellsOfManyRowsThatAreNoNumbersAreNamed()
    {
        QFETCH(QString, learner);
        QFETCH(bool, intercept);
        const Problem problem = planeWithNoise(300000, 4, 5);
        const auto fitted = [&](const Matrix& X, const Vector& y) {
            return reference::fitTo(reference::makeDataset(X, y, 0), learner.toStdString(), {{"intercept", intercept}});
        };
        constexpr double infinity = std::numeric_limits<double>::infinity();
        for (const double bad : {std::numeric_limits<double>::quiet_NaN(), infinity, -infinity}) {
            for (const Index row : {Index(3), Index(299999)}) {                 // among the first ones, which say where the mean is, or not
                for (const Index column : {Index(0), Index(2), Index(4)}) {     // the last one is the target
                    Problem spoilt = problem;
                    (column < 4 ? spoilt.X(row, column) : spoilt.y[row]) = bad;
                    const auto outcome = fitted(spoilt.X, spoilt.y);
                    QVERIFY(!outcome);
                    QCOMPARE(outcome.error().code, ErrorCode::NotFinite);
                    QCOMPARE(outcome.error().place.row.value_or(0), std::size_t(row + 1));
                    QCOMPARE(outcome.error().place.column, column < 4 ? "x" + std::to_string(column + 1) : "the target");
                }
            }
        }
        // Squares beyond the range of numbers are no cells that are none.
        QVERIFY(fitted(problem.X * 1e200, problem.y).hasValue());
        QCOMPARE(fitted(problem.X, Vector::Ones(300000)).error().code, ErrorCode::ConstantTarget);
    }

    void withoutInterceptTheLineGoesThroughZero()
    {
        const Vector x = Vector::LinSpaced(9, 1, 9);
        for (const char* solver : {"exact", "gradient_descent"}) {
            const auto outcome = fitLine(x, (2 * x).array() + 10,
                                         {{"intercept", false}, {"solver", std::string(solver)}, {"learning_rate", 0.01},
                                          {"tolerance", 1e-14}});
            QVERIFY(outcome.hasValue());
            const auto& line = std::get<Linear>(outcome->parameters);
            QCOMPARE(line.b[0], 0.0);
            // sum x y / sum x^2 = (2 * 285 + 10 * 45) / 285
            QVERIFY(std::abs(line.W(0, 0) - 1020.0 / 285.0) < 1e-6);
        }
    }

    void gradientDescentReachesTheExactSolution()
    {
        Problem problem = planeWithNoise(20000, 3, 8);
        problem.X.array() -= 5;
        const DatasetPtr data = reference::makeDataset(problem.X, problem.y, 0);
        const auto exact = reference::fitTo(data, "linear_regression", {});
        const auto walked = reference::fitTo(
            data, "linear_regression", {{"solver", std::string("gradient_descent")}, {"tolerance", 0.0}, {"max_iterations", std::int64_t(300)}});
        QVERIFY(exact.hasValue() && walked.hasValue());
        // It ends where the loss no longer changes: the weights are then off by the square root of a rounding.
        QVERIFY((std::get<Linear>(exact->parameters).W - std::get<Linear>(walked->parameters).W).cwiseAbs().maxCoeff() < 1e-7);
        QVERIFY(std::abs(exact->last.loss / walked->last.loss - 1) < 1e-12);
    }

    /// Every step moves by minus the rate times the slope of the mean squared error, as finite differences see it.
    void aStepFollowsTheGradient()
    {
        const Problem problem = planeWithNoise(200, 2, 4);
        const DatasetPtr data = reference::makeDataset(problem.X, problem.y, 0);
        const auto meanSquaredError = [&](const Vector& theta) {
            return ((problem.X * theta.head(2) - problem.y).array() + theta[2]).square().mean();
        };
        constexpr double rate = 0.001;
        Vector before = Vector::Zero(3);
        const Observer observer = [&](const TrainingRun& run, const Progress& progress) {
            const auto linear = std::get<Linear>(run.freeze());
            Vector after(3);
            after << linear.W.transpose(), linear.b;
            for (Index k = 0; k < 3; ++k) {
                Vector up = before, down = before;
                up[k] += 1e-4;
                down[k] -= 1e-4;
                const double slope = (meanSquaredError(up) - meanSquaredError(down)) / 2e-4;
                // Central differences of a quadratic are exact but for rounding: 1e-13 of the loss over the step.
                [&] { QVERIFY(std::abs((before - after)[k] / rate - slope) < 1e-13 * meanSquaredError(before) / 1e-4); }();
            }
            [&] { QVERIFY(std::abs(progress.loss / meanSquaredError(after) - 1) < 1e-12); }();
            before = after;
            return Answer::Continue;
        };
        QVERIFY(reference::fitTo(data, "linear_regression",
                                 {{"solver", std::string("gradient_descent")}, {"learning_rate", rate},
                                  {"max_iterations", std::int64_t(5)}},
                                 observer)
                    .hasValue());
    }

    void tooLargeALearningRateIsNamed()
    {
        const auto outcome = fitLine(Vector::LinSpaced(10, 0, 1e30), Vector::LinSpaced(10, 0, 5),
                                     {{"solver", std::string("gradient_descent")}, {"learning_rate", 3.0}});
        QVERIFY(!outcome);
        QCOMPARE(outcome.error().code, ErrorCode::Diverged);
        QCOMPARE(outcome.error().place.hyperparameter, std::string("learning_rate"));
        QVERIFY2(QString::fromStdString(outcome.error().message)
                     .contains(QRegularExpression(QStringLiteral("^The loss became infinite at step \\d+: the learning rate 3 is too large\\.$"))),
                 outcome.error().message.c_str());
    }

    void stoppingEarlyIsSaid()
    {
        const auto outcome = fitLine(Vector::LinSpaced(10, 0, 1), Vector::LinSpaced(10, 0, 5),
                                     {{"solver", std::string("gradient_descent")}, {"learning_rate", 0.001},
                                      {"max_iterations", std::int64_t(3)}});
        QVERIFY(outcome.hasValue());
        QCOMPARE(outcome->notices,
                 std::vector<std::string>{"The loss was still falling after 3 steps: allow more steps, or a larger learning rate."});
    }
};

QTEST_GUILESS_MAIN(TestLinearRegression)
#include "tst_linear_regression.moc"
