#include "core/base/random.h"
#include "tests/support/reference_data.h"
#include "tests/support/thread_counts.h"

#include <QTest>

#include <cmath>

using namespace modelarium;

namespace {

using Eigen::Index;

Result<FitOutcome> fitHuber(const DatasetPtr& data, const HyperparameterValues& values = {})
{
    return reference::fitTo(data, "huber_regression", values);
}

Linear linearOf(const Result<FitOutcome>& outcome) { return std::get<Linear>(outcome->parameters); }

/// A plane with noise; every tenth row is dragged far up.
std::shared_ptr<Dataset> dragged(Index n, Index p, std::uint64_t seed)
{
    Random random(seed);
    Matrix X(n, p);
    for (double& x : X.reshaped())
        x = 2 + random.normal();
    Vector y = X.rowwise().sum();
    for (Index i = 0; i < n; ++i)
        y[i] += random.normal() + (i % 10 == 0 ? 50 : 0);
    return std::make_shared<Dataset>(*reference::makeDataset(std::move(X), std::move(y), 0));
}

/// The width at which n = sum_in (r / sigma)^2 + epsilon^2 outliers, by halving an interval.
double widthOf(const Vector& r, double epsilon)
{
    double low = 0, high = 1e6;
    for (int i = 0; i < 200; ++i) {
        const double sigma = (low + high) / 2;
        const double sum = (r.array() / sigma).abs().min(epsilon).square().sum();
        (sum > double(r.size()) ? low : high) = sigma;
    }
    return (low + high) / 2;
}

} // namespace

class TestHuberRegression : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theConditionsOfTheMinimumHold_data()
    {
        QTest::addColumn<int>("rows");
        QTest::addColumn<double>("epsilon");
        QTest::addColumn<double>("alpha");
        for (const int rows : {60, 5000}) {
            for (const double epsilon : {1.1, 1.35, 2.0}) {
                for (const double alpha : {0.0, 5.0})
                    QTest::addRow("%d rows, epsilon %g, alpha %g", rows, epsilon, alpha) << rows << epsilon << alpha;
            }
        }
    }

    /// sum psi(r / sigma) x + 2 alpha w = 0 with psi(z) = 2 z, cut at 2 epsilon, at the width that belongs to the residuals.
    void theConditionsOfTheMinimumHold()
    {
        QFETCH(int, rows);
        QFETCH(double, epsilon);
        QFETCH(double, alpha);
        const auto data = dragged(rows, 4, 1);
        const auto outcome = fitHuber(data, {{"epsilon", epsilon}, {"alpha", alpha}});
        QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
        const Linear linear = linearOf(outcome);
        const Vector r = data->X() * linear.W.transpose() + Vector::Constant(rows, linear.b[0]) - data->y;
        const double sigma = widthOf(r, epsilon);
        const Vector psi = 2 * (r / sigma).cwiseMax(-epsilon).cwiseMin(epsilon);
        const Vector gradient = data->X().transpose() * psi + 2 * alpha * linear.W.transpose();
        QVERIFY2(std::abs(psi.sum()) < 1e-5 * rows, qPrintable(QString::number(psi.sum())));
        QVERIFY2(gradient.cwiseAbs().maxCoeff() < 1e-5 * rows, qPrintable(QString::number(gradient.cwiseAbs().maxCoeff())));
    }

    /// The first lesson with an outlier: one point is dragged away, the line stays.
    void aDraggedPointHardlyMovesTheLine()
    {
        const Vector x = Vector::LinSpaced(30, 0, 29);
        Vector y = 2 * x.array() + 1;
        for (Index i = 0; i < 30; ++i)
            y[i] += i % 2 == 0 ? 0.5 : -0.5;
        const auto before = fitHuber(reference::makeDataset(x, y, 0));
        y[28] = 1000;
        const DatasetPtr data = reference::makeDataset(x, y, 0);
        const auto after = fitHuber(data), squares = reference::fitTo(data, "linear_regression", {});
        QVERIFY(before && after && squares);
        QVERIFY(std::abs(linearOf(after).W(0, 0) - linearOf(before).W(0, 0)) < 0.03);
        QVERIFY(std::abs(linearOf(squares).W(0, 0) - linearOf(before).W(0, 0)) > 1);
        QCOMPARE(after->notices, std::vector<std::string>{"1 of 30 rows is an outlier and counts less: row 29."});
        // However far: the line does not follow.
        y[28] = 1e6;
        const auto further = fitHuber(reference::makeDataset(x, y, 0));
        QVERIFY(further && std::abs(linearOf(further).W(0, 0) - linearOf(after).W(0, 0)) < 1e-4);
    }

    void aLargeEpsilonIsLeastSquares()
    {
        const auto data = dragged(200, 3, 2);
        const auto huber = fitHuber(data, {{"epsilon", 1e6}, {"alpha", 0.0}}), squares = reference::fitTo(data, "linear_regression", {});
        QVERIFY(huber && squares);
        QVERIFY(huber->notices.empty());
        QVERIFY((linearOf(huber).W - linearOf(squares).W).cwiseAbs().maxCoeff() < 1e-10);
    }

    /// The width of the errors would go to 0: the line is found all the same.
    void anExactLine()
    {
        const Vector x = Vector::LinSpaced(20, -3, 7);
        Vector y = 3 * x.array() - 2;
        const auto exact = fitHuber(reference::makeDataset(x, y, 0), {{"alpha", 0.0}});
        QVERIFY2(exact, exact ? "" : exact.error().message.c_str());
        QVERIFY(std::abs(linearOf(exact).W(0, 0) - 3) < 1e-9 && std::abs(linearOf(exact).b[0] + 2) < 1e-9);
        y[4] += 100;
        const auto oneOff = fitHuber(reference::makeDataset(x, y, 0), {{"alpha", 0.0}});
        QVERIFY2(oneOff, oneOff ? "" : oneOff.error().message.c_str());
        QVERIFY2(std::abs(linearOf(oneOff).W(0, 0) - 3) < 1e-6, qPrintable(QString::number(linearOf(oneOff).W(0, 0))));
    }

    void degenerateData_data()
    {
        QTest::addColumn<int>("kind");
        const char* names[] = {"constant column", "equal columns", "all rows the same", "more columns than rows", "two rows",
                               "x near 1e300", "y near 1e300", "x near 1e-300", "y near 1e-300"};
        for (int kind = 0; kind < 9; ++kind)
            QTest::newRow(names[kind]) << kind;
    }

    void degenerateData()
    {
        QFETCH(int, kind);
        auto data = dragged(kind == 3 ? 6 : 40, kind == 3 ? 12 : 3, 3);
        if (kind == 0)
            data->X().col(1).setConstant(0.3);
        if (kind == 1)
            data->X().col(1) = data->X().col(0);
        if (kind == 2)
            data->X().rowwise() = RowVector::Constant(3, 4.0);
        if (kind == 4)
            data = std::make_shared<Dataset>(*reference::makeDataset(data->X().topRows(2), data->y.head(2), 0));
        if (kind == 5 || kind == 7)
            data->X() *= kind == 5 ? 1e300 : 1e-300;
        if (kind == 6 || kind == 8)
            data->y *= kind == 6 ? 1e300 : 1e-300;
        for (const double epsilon : {1.0, 1.35}) {
            for (const double alpha : {0.0, 1e-4}) {
                for (const bool intercept : {true, false}) {
                    const auto outcome = fitHuber(data, {{"epsilon", epsilon}, {"alpha", alpha}, {"intercept", intercept}, {"max_iterations", std::int64_t(200)}});
                    QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
                    QVERIFY(isFinite(outcome->parameters));
                    QVERIFY(std::isfinite(outcome->last.loss));
                }
            }
        }
    }

    /// Without a price the line is the same in other units.
    void unitsDoNotMatter()
    {
        const auto data = dragged(80, 2, 4);
        const auto expected = linearOf(fitHuber(data, {{"alpha", 0.0}}));
        for (const double unit : {0x1p-400, 0x1p-20, 0x1p20, 0x1p400}) {
            auto other = std::make_shared<Dataset>(*data);
            other->X().col(0) *= unit;
            other->y *= unit;
            const auto outcome = fitHuber(other, {{"alpha", 0.0}});
            QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
            const Linear linear = linearOf(outcome);
            QVERIFY(std::abs(linear.W(0, 0) / expected.W(0, 0) - 1) < 1e-7);
            QVERIFY(std::abs(linear.W(0, 1) / unit / expected.W(0, 1) - 1) < 1e-7);
            QVERIFY(std::abs(linear.b[0] / unit - expected.b[0]) < 1e-6);
        }
    }

    void theLossNeverRises()
    {
        double last = std::numeric_limits<double>::infinity();
        const auto outcome = reference::fitTo(dragged(3000, 5, 5), "huber_regression", {}, [&](const TrainingRun& run, const Progress& progress) {
            [&] { QVERIFY(isFinite(run.freeze()) && progress.loss <= last * (1 + 1e-14)); }();
            last = progress.loss;
            return Answer::Continue;
        });
        QVERIFY(outcome);
        QVERIFY(outcome->last.step < 40);
    }

    void theSameBitsOnAnyNumberOfThreads()
    {
        const auto data = dragged(50001, 4, 6);
        for (const double epsilon : {1.35, 1.0})
            QCOMPARE(samples::changedByThreads([&] { return samples::outcomeText(fitHuber(data, {{"epsilon", epsilon}})); }), std::string());
    }

    /// Eight rows, five weights: sigma goes to 0 and every other row is an outlier. Newton's method stayed at 8.476.
    void nearlyAllRowsAreOutliers()
    {
        const Matrix X{{0.78, 0.96, -1.08, 0.87}, {-0.17, -0.19, 1.12, -0.44}, {-1.28, -0.47, -1.2, -1.84}, {-0.15, 0.4, -2.16, 0.01},
                       {0.26, 0.17, -1.27, -0.31}, {-0.19, 0.43, -1.29, 0.38}, {0.99, -2.29, 0.22, -1.53}, {-0.17, -0.68, 1.27, 0.06}};
        const Vector y{{-0.66, 0.96, -2.69, -1.51, -4.01, 0.35, 0.12, 2.24}};
        double last = std::numeric_limits<double>::infinity();
        const auto outcome = reference::fitTo(reference::makeDataset(X, y, 0), "huber_regression", {{"epsilon", 1.02}, {"alpha", 0.0}},
                                              [&](const TrainingRun& run, const Progress& progress) {
            [&] { QVERIFY(isFinite(run.freeze()) && progress.loss <= last); }();
            last = progress.loss;
            return Answer::Continue;
        });
        QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
        // 2.04 times the least sum of absolute errors.
        QVERIFY2(std::abs(outcome->last.loss * 8 - 7.47134390185007) < 1e-11, qPrintable(QString::number(outcome->last.loss * 8, 'g', 16)));
        QCOMPARE(outcome->notices.size(), std::size_t(1));
        QVERIFY2(outcome->notices[0].starts_with("3 of 8 rows are outliers"), outcome->notices[0].c_str());
    }

    /// At epsilon 1 it is the sum of absolute errors: half of the rows lie on each side, but for those that the plane goes through.
    void theMedianAtEpsilonOne()
    {
        const auto data = dragged(2001, 2, 8);
        const auto outcome = fitHuber(data, {{"epsilon", 1.0}, {"alpha", 0.0}});
        QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
        const Linear linear = linearOf(outcome);
        const Vector r = data->X() * linear.W.transpose() + Vector::Constant(2001, linear.b[0]) - data->y;
        QVERIFY(std::abs((r.array() > 1e-9).count() - (r.array() < -1e-9).count()) <= 3);
        QVERIFY(std::abs(outcome->last.loss * 2001 / (2 * r.cwiseAbs().sum()) - 1) < 1e-11);
    }

    void stoppingEarlyIsSaid()
    {
        const auto outcome = fitHuber(dragged(100, 3, 7), {{"max_iterations", std::int64_t(2)}});
        QVERIFY(outcome);
        QCOMPARE(outcome->notices.back(), std::string("The training stopped after 2 steps, before the minimum was reached: allow more steps."));
    }
};

QTEST_GUILESS_MAIN(TestHuberRegression)
#include "tst_huber_regression.moc"
