#include "core/base/random.h"
#include "core/learn/linear/elastic_net_data.h"
#include "core/learn/linear/penalty_path.h"
#include "tests/support/reference_data.h"
#include "tests/support/sample_tables.h"
#include "tests/support/thread_counts.h"

#include <QTest>

using namespace modelarium;

namespace {

using Eigen::Index;

/// A plane on the first five features with noise, the others without influence; neighbouring features are correlated.
DatasetPtr plane(Index n, Index p, std::uint64_t seed = 1)
{
    Random random(seed);
    Matrix X(n, p);
    for (Index j = 0; j < p; ++j)
        for (Index i = 0; i < n; ++i)
            X(i, j) = 3 + random.normal() + (j > 0 ? 0.7 * (X(i, j - 1) - 3) : 0);
    Vector y(n);
    for (Index i = 0; i < n; ++i)
        y[i] = 2 * X(i, 0) - X.row(i).segment(1, std::min<Index>(4, p - 1)).sum() + random.normal();
    return reference::makeDataset(std::move(X), std::move(y), 0);
}

/// How far the weights are from the conditions of the minimum: x_j'r / n = alpha l1 sign(w_j) + alpha (1 - l1) w_j in use,
/// |x_j'r| / n <= alpha l1 elsewhere, and residuals that sum to 0; from the columns as they came.
double violation(const Dataset& data, const Linear& linear, double alpha, double l1Ratio, bool intercept)
{
    const Vector r = data.y - data.X() * linear.W.transpose() - Vector::Constant(data.y.size(), linear.b[0]);
    const double n = double(data.y.size());
    double worst = intercept ? std::abs(r.mean()) : std::abs(linear.b[0]);
    for (Index j = 0; j < data.X().cols(); ++j) {
        const double slope = data.X().col(j).dot(r) / n, w = linear.W(0, j);
        if (w != 0)
            worst = std::max(worst, std::abs(slope - alpha * l1Ratio * (w > 0 ? 1 : -1) - alpha * (1 - l1Ratio) * w));
        else
            worst = std::max(worst, std::abs(slope) - alpha * l1Ratio);
    }
    return worst;
}

HyperparameterValues crossValidated(std::int64_t folds)
{
    return {{"penalty_choice", std::string("cross_validated")}, {"folds", folds}};
}

Linear linearOf(const Result<FitOutcome>& outcome) { return std::get<Linear>(outcome->parameters); }

} // namespace

class TestElasticNet : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theConditionsOfTheMinimumHold_data()
    {
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("features");
        QTest::newRow("few features") << 500 << 8;
        QTest::newRow("many features") << 700 << 200;
        QTest::newRow("several blocks of weights") << 600 << 300;
        QTest::newRow("as many features as rows") << 150 << 150;
        QTest::newRow("more features than rows") << 60 << 300;
    }

    void theConditionsOfTheMinimumHold()
    {
        QFETCH(int, rows);
        QFETCH(int, features);
        const DatasetPtr data = plane(rows, features);
        for (const double alpha : {0.02, 0.3}) {
            for (const double l1Ratio : {1.0, 0.5, 0.0}) {
                for (const bool intercept : {true, false}) {
                    const auto outcome = reference::fitTo(data, "elastic_net", {{"alpha", alpha}, {"l1_ratio", l1Ratio}, {"intercept", intercept},
                                                                                {"tolerance", 1e-13}, {"max_iterations", std::int64_t(100000)}});
                    QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
                    // A gap of 1e-13 of the target's squares leaves slopes off by its root.
                    const double off = violation(*data, linearOf(outcome), alpha, l1Ratio, intercept);
                    QVERIFY2(off < 2e-6, qPrintable(QStringLiteral("%1 at alpha %2, ratio %3, %4 steps").arg(off).arg(alpha).arg(l1Ratio).arg(outcome->last.step)));
                }
            }
        }
    }

    /// The gap is a bound: what a run says to be left is never less than what is.
    void theGapBoundsTheDistance()
    {
        const DatasetPtr data = plane(200, 30);
        const HyperparameterValues tight = {{"alpha", 0.05}, {"tolerance", 1e-15}};
        const auto best = reference::fitTo(data, "lasso_regression", tight);
        QVERIFY(best);
        ElasticNetData net(data, true);
        while (!net.prepareSome()) {}
        net.setPrice(0, {0.05, 1.0});
        double previous = std::numeric_limits<double>::infinity();
        for (int sweep = 0; sweep < 30 && !net.problem(0).isConverged(); ++sweep) {
            net.problem(0).advance(net.tolerance(0, 1e-14));
            const double left = net.objective() - best->last.loss;
            QVERIFY(left <= net.gap() + 1e-13 * best->last.loss);
            QVERIFY(net.objective() <= previous * (1 + 1e-14));
            previous = net.objective();
        }
    }

    void theSameBitsOnAnyNumberOfThreads_data()
    {
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("features");
        QTest::newRow("few features") << 20000 << 5;
        QTest::newRow("many features") << 400 << 200;
        QTest::newRow("blocks of weights that are shared out") << 450 << 420;
        QTest::newRow("more features than rows") << 40 << 200;
    }

    void theSameBitsOnAnyNumberOfThreads()
    {
        QFETCH(int, rows);
        QFETCH(int, features);
        const DatasetPtr data = plane(rows, features);
        for (const HyperparameterValues& settings : {HyperparameterValues{{"alpha", 0.05}}, crossValidated(4)}) {
            const auto text = [&] { return samples::outcomeText(reference::fitTo(data, "lasso_regression", settings)); };
            QCOMPARE(samples::changedByThreads(text, {2, 3, 8}), std::string());
        }
    }

    void aPathKeepsWhatItPromises_data()
    {
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("features");
        QTest::addColumn<double>("l1Ratio");
        QTest::newRow("products of the columns") << 300 << 260 << 1.0;
        QTest::newRow("products, elastic net") << 300 << 260 << 0.5;
        QTest::newRow("the columns themselves") << 60 << 200 << 1.0;
    }

    /// Each alpha begins where the two before it lead, and is left as soon as the gap allows: it is that close to the minimum, which a run
    /// that begins at 0 finds, and the whole path takes fewer steps than such runs do.
    void aPathKeepsWhatItPromises()
    {
        QFETCH(int, rows);
        QFETCH(int, features);
        QFETCH(double, l1Ratio);
        const DatasetPtr data = plane(rows, features);
        constexpr double loose = 1e-3, tight = 1e-12;
        const auto prepared = [&] {
            auto net = std::make_unique<ElasticNetData>(data, true);
            while (!net->prepareSome()) {}
            return net;
        };
        const auto advance = [](ElasticNetData& net, double share) {
            int steps = 0;
            do
                net.problem(0).advance(net.tolerance(0, share));
            while (++steps < 10000 && !net.problem(0).isConverged() && !net.problem(0).isStuck());
            return steps;
        };
        const auto path = prepared();
        const Vector alphas = alphaPath(path->largestAlpha(l1Ratio), 40, 1e-3);
        const double mostLeft = loose * (data->y.array() - data->y.mean()).square().mean();
        int steps = 0, stepsFromZero = 0;
        for (const double alpha : alphas) {
            path->setPrice(0, {alpha, l1Ratio});
            steps += advance(*path, loose);
            const auto best = prepared(), fromZero = prepared();
            best->setPrice(0, {alpha, l1Ratio});
            advance(*best, tight);
            fromZero->setPrice(0, {alpha, l1Ratio});
            stepsFromZero += advance(*fromZero, loose);
            const double left = path->objective() - best->objective();
            QVERIFY2(left <= mostLeft && left >= -1e-11 * best->objective(), qPrintable(QStringLiteral("%1 left at alpha %2").arg(left).arg(alpha)));
        }
        QVERIFY2(steps < stepsFromZero / 2, qPrintable(QStringLiteral("%1 and %2 steps").arg(steps).arg(stepsFromZero)));
    }

    /// Both routes see the same folds: their errors and their choice agree.
    void bothRoutesChooseTheSameAlpha()
    {
        const DatasetPtr data = plane(65, 129);                 // one feature fewer, and the products would be used
        auto fewer = std::make_shared<Dataset>(*data);
        fewer->X().col(128).setConstant(1);
        auto fewest = std::make_shared<Dataset>(*data);
        fewest->X().conservativeResize(Eigen::NoChange, 128);
        fewest->featureNames.pop_back();
        HyperparameterValues settings = crossValidated(5);
        settings["tolerance"] = 1e-12;
        const auto columns = reference::fitTo(fewer, "lasso_regression", settings), products = reference::fitTo(fewest, "lasso_regression", settings);
        QVERIFY(columns && products);
        QCOMPARE(columns->notices[0], products->notices[0]);
        QVERIFY((linearOf(columns).W.leftCols(128) - linearOf(products).W).cwiseAbs().maxCoeff() < 1e-5);
        QCOMPARE(linearOf(columns).W(0, 128), 0.0);
    }

    void oneStandardErrorLeavesOutMore()
    {
        const DatasetPtr data = plane(120, 40);
        HyperparameterValues settings = crossValidated(10);
        const auto best = reference::fitTo(data, "lasso_regression", settings);
        settings["selection"] = std::string("one_standard_error");
        const auto careful = reference::fitTo(data, "lasso_regression", settings);
        QVERIFY(best && careful);
        QVERIFY((linearOf(careful).W.array() != 0).count() < (linearOf(best).W.array() != 0).count());
        QVERIFY(careful->notices[0].ends_with("within one standard error of the smallest."));
        QVERIFY(best->notices[1].starts_with("The penalty leaves out "));
    }

    void featuresThatAreLeftOutAreNamed()
    {
        auto data = std::make_shared<Dataset>(*plane(400, 3));
        data->X().col(1).setConstant(0.1);
        data->y = 2 * data->X().col(0);
        auto outcome = reference::fitTo(data, "lasso_regression", {{"alpha", 1.0}});
        QVERIFY(outcome);
        QCOMPARE(outcome->notices, (std::vector<std::string>{"x2 is constant: its weight is 0.", "The penalty leaves out x3: its weight is 0."}));
        // x_1'(y - mean) / n is twice the variance of x_1: from there on nothing is left.
        const double variance = (data->X().col(0).array() - data->X().col(0).mean()).square().mean();
        outcome = reference::fitTo(data, "lasso_regression", {{"alpha", 2.001 * variance}});
        QVERIFY(outcome);
        QVERIFY((linearOf(outcome).W.array() == 0).all());
        QVERIFY2(outcome->notices[0].starts_with("Alpha is so large that every weight is 0"), outcome->notices[0].c_str());
        outcome = reference::fitTo(data, "lasso_regression", {{"alpha", 1.999 * variance}});
        QVERIFY(outcome && linearOf(outcome).W(0, 0) > 0);
    }

    void withoutAPriceItIsLeastSquares()
    {
        const DatasetPtr data = plane(100, 6);
        const auto lasso = reference::fitTo(data, "lasso_regression", {{"alpha", 0.0}}), plain = reference::fitTo(data, "linear_regression", {});
        QVERIFY(lasso && plain);
        QCOMPARE(samples::exactBits(lasso->parameters), samples::exactBits(plain->parameters));
        // And from above: weights change by about alpha.
        const auto nearly = reference::fitTo(data, "lasso_regression", {{"alpha", 1e-9}, {"tolerance", 1e-15}});
        QVERIFY(nearly);
        QVERIFY((linearOf(nearly).W - linearOf(plain).W).cwiseAbs().maxCoeff() < 1e-7);
    }

    /// In other units, with the price in those units, the line is the same.
    void extremeUnits()
    {
        for (const Index features : {Index(3), Index(150)}) {
            const DatasetPtr data = plane(50, features);
            const auto plain = reference::fitTo(data, "lasso_regression", {{"alpha", 0.25}, {"tolerance", 1e-12}});
            QVERIFY(plain);
            for (const double unit : {0x1p600, 0x1p-600}) {
                auto scaled = std::make_shared<Dataset>(*data);
                scaled->y *= unit;
                scaled->X() *= 1 / unit;
                // alpha is a target times a feature: the units cancel.
                const auto outcome = reference::fitTo(scaled, "lasso_regression", {{"alpha", 0.25}, {"tolerance", 1e-12}});
                if (unit > 1) {                                 // weights of 2^1200 are no doubles, and those of 2^-1200 are 0
                    QVERIFY(!outcome);
                    QCOMPARE(outcome.error().code, ErrorCode::NotFinite);
                } else {
                    QVERIFY(outcome && linearOf(outcome).W.isZero(0) && std::isfinite(linearOf(outcome).b[0]));
                }
                scaled->X() = data->X() * unit;
                const auto same = reference::fitTo(scaled, "lasso_regression", {{"alpha", 0.0}});
                QVERIFY(same.hasValue());
            }
        }
    }

    void anOutlierInAnUnseenRow()
    {
        auto data = std::make_shared<Dataset>(*plane(40000, 2));
        data->X()(16385, 0) = 1e200;
        const auto outcome = reference::fitTo(data, "lasso_regression", {});
        QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
        QVERIFY(linearOf(outcome).W.allFinite());
    }

    void sortedRowsFarFromTheFirstOnes()
    {
        auto data = std::make_shared<Dataset>(*plane(30000, 3));
        data->X().col(0).array() += Vector::LinSpaced(30000, 0, 1e3).array().square();
        const auto outcome = reference::fitTo(data, "lasso_regression", {{"alpha", 0.1}, {"tolerance", 1e-12}});
        QVERIFY(outcome);
        QVERIFY(violation(*data, linearOf(outcome), 0.1, 1, true) < 1e-3);
    }

    void tooManyFoldsAreRefused()
    {
        const auto outcome = reference::fitTo(plane(8, 2), "lasso_regression", crossValidated(9));
        QVERIFY(!outcome);
        QCOMPARE(outcome.error().code, ErrorCode::TooFewSamples);
        QCOMPARE(outcome.error().place.hyperparameter, std::string("folds"));
    }

    void stoppingEarlyIsSaid()
    {
        const auto outcome = reference::fitTo(plane(100, 20), "lasso_regression",
                                              {{"alpha", 0.01}, {"max_iterations", std::int64_t(1)}, {"tolerance", 1e-12}});
        QVERIFY(outcome);
        QVERIFY2(outcome->notices.back().starts_with("The training stopped after 1 step, at most "), outcome->notices.back().c_str());
    }

    /// Equal columns, sums of columns: sweeps go on where no factor exists.
    void dependentColumns()
    {
        auto data = std::make_shared<Dataset>(*plane(100, 6));
        data->X().col(4) = data->X().col(0);
        data->X().col(5) = data->X().col(1) + data->X().col(2);
        for (const double l1Ratio : {1.0, 0.5}) {
            const auto outcome = reference::fitTo(data, "elastic_net", {{"alpha", 0.01}, {"l1_ratio", l1Ratio}, {"tolerance", 1e-12}});
            QVERIFY(outcome);
            QVERIFY(violation(*data, linearOf(outcome), 0.01, l1Ratio, true) < 1e-5);
        }
    }
};

QTEST_GUILESS_MAIN(TestElasticNet)
#include "tst_elastic_net.moc"
