#include "core/evaluate/metrics.h"

#include "core/base/parallel.h"
#include "core/base/random.h"
#include "core/evaluate/bootstrap.h"
#include "core/evaluate/curves.h"

#include <QTest>

#include <cmath>

using namespace modelarium;

namespace {

Vector vectorOf(std::initializer_list<double> values) { return Eigen::Map<const Vector>(values.begin(), Eigen::Index(values.size())); }

Prediction classes(std::initializer_list<double> codes) { return {vectorOf(codes), {}}; }

// The published figures have sixteen digits; a sum of a few terms rounds in the last one or two.
constexpr double rounding = 1e-15;

} // namespace

/// Figures from the examples of scikit-learn's reference pages (sklearn.metrics, 1.2).
class TestMetrics : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void regression()
    {
        const auto metrics = regressionMetrics(vectorOf({3, -0.5, 2, 7}), vectorOf({2.5, 0.0, 2, 8}));
        QVERIFY(std::abs(metrics.at("r2") - 0.9486081370449679) < rounding);
        QVERIFY(std::abs(metrics.at("rmse") - 0.6123724356957945) < rounding);
        QCOMPARE(metrics.at("mae"), 0.5);
        QCOMPARE(metrics.at("max_error"), 1.0);
    }

    void aConstantTargetHasNoR2()
    {
        const auto metrics = regressionMetrics(vectorOf({2, 2, 2}), vectorOf({1, 2, 3}));
        QVERIFY(!metrics.contains("r2"));
        QCOMPARE(metrics.at("max_error"), 1.0);
    }

    /// The mean of 0.1, 0.1, 0.1 is rounded: it is not 0.1, and the squares about it are not 0.
    void aConstantTargetHasNoR2WhereItsMeanIsRounded()
    {
        QVERIFY(Vector::Constant(3, 0.1).mean() != 0.1);
        for (const Eigen::Index rows : {3, 7, 100, 16384 + 3, 50000}) {     // one block of rows, and several
            for (const double value : {0.1, -0.1, 1e9 + 0.1, 1.1e-200}) {
                const auto metrics = regressionMetrics(Vector::Constant(rows, value), Vector::LinSpaced(rows, 0, 1), 1);
                QVERIFY2(!metrics.contains("r2") && !metrics.contains("adjusted_r2"), qPrintable(QString("%1 rows of %2").arg(rows).arg(value)));
            }
        }
        // Each block of rows is constant, and not all rows.
        Vector truth = Vector::Constant(2 * 16384, 0.1);
        truth.tail(16384).setConstant(0.2);
        QVERIFY(std::abs(regressionMetrics(truth, Vector::Constant(truth.size(), 0.15), 1).at("r2")) < 1e-12);
    }

    void nothingFromNoRows()
    {
        QVERIFY(regressionMetrics({}, {}).empty());
        QVERIFY(classificationMetrics({}, {}, 3).empty());
    }

    void balancedAccuracy()
    {
        const auto metrics = classificationMetrics(vectorOf({0, 1, 0, 0, 1, 0}), classes({0, 1, 0, 0, 0, 1}), 2);
        QCOMPARE(metrics.at("balanced_accuracy"), 0.625);
        QCOMPARE(metrics.at("accuracy"), 4.0 / 6);
        QVERIFY(!metrics.contains("log_loss"));
    }

    void macroF1()
    {
        const auto metrics = classificationMetrics(vectorOf({0, 1, 2, 0, 1, 2}), classes({0, 2, 1, 0, 0, 1}), 3);
        QVERIFY(std::abs(metrics.at("f1_macro") - 0.26666666666666666) < rounding);
    }

    void aClassThatNobodySawDoesNotCount()
    {
        const auto metrics = classificationMetrics(vectorOf({0, 0, 1}), classes({0, 0, 1}), 5);
        QCOMPARE(metrics.at("balanced_accuracy"), 1.0);
        QCOMPARE(metrics.at("f1_macro"), 1.0);
    }

    void logLoss()
    {
        Prediction prediction = classes({1, 0, 0, 1});
        prediction.probabilities.resize(4, 2);
        prediction.probabilities << .1, .9, .9, .1, .8, .2, .35, .65;
        QVERIFY(std::abs(classificationMetrics(vectorOf({1, 0, 0, 1}), prediction, 2).at("log_loss") - 0.21616187468057912) < rounding);
    }

    void logLossOfACertainMistakeIsFinite()
    {
        Prediction prediction = classes({0});
        prediction.probabilities.resize(1, 2);
        prediction.probabilities << 1, 0;
        QCOMPARE(classificationMetrics(vectorOf({1}), prediction, 2).at("log_loss"), 52 * std::log(2.0));
    }

    /// A vote of 1 that is wrong would cost 36 nats; a model that claims no probability is not charged for it.
    void whoOnlyDecidesHasNoMetricsOfProbabilities()
    {
        Prediction prediction = classes({0, 1, 1});
        prediction.probabilities.resize(3, 2);
        prediction.probabilities << 1, 0, 0, 1, 0, 1;
        prediction.areProbabilities = false;
        const Metrics metrics = classificationMetrics(vectorOf({0, 1, 0}), prediction, 2);
        QVERIFY(!metrics.contains("log_loss"));
        QVERIFY(!metrics.contains("brier"));
        QVERIFY(!metrics.contains("roc_auc"));
        QVERIFY(!metrics.contains("pr_auc"));
        QCOMPARE(metrics.at("accuracy"), 2.0 / 3);
    }

    void aShareOfNothingIsNoShare()
    {
        QVERIFY(!regressionMetrics(vectorOf({0, 1, 2}), vectorOf({1, 1, 2})).contains("mape"));
        QCOMPARE(regressionMetrics(vectorOf({-4, 1, 2}), vectorOf({-2, 1, 3})).at("mape"), (0.5 + 0 + 0.5) / 3);
    }

    void adjustedR2NeedsMoreRowsThanCoefficients()
    {
        const Vector truth = vectorOf({1, 2, 3, 5}), predicted = vectorOf({1, 2, 3, 4});
        QVERIFY(!regressionMetrics(truth, predicted).contains("adjusted_r2"));
        QVERIFY(!regressionMetrics(truth, predicted, 3).contains("adjusted_r2"));
        const auto metrics = regressionMetrics(truth, predicted, 2);
        QCOMPARE(metrics.at("adjusted_r2"), 1 - (1 - metrics.at("r2")) * 3 / 1);
    }

    void whatOverflowsIsLeftOut()
    {
        for (const auto& [name, value] : regressionMetrics(vectorOf({1e300, -1e300, 0}), vectorOf({-1e300, 1e300, 1e-300}), 1))
            QVERIFY2(std::isfinite(value), name.c_str());
    }

    void matthewsOfOneClassIsZero()
    {
        QCOMPARE(classificationMetrics(vectorOf({0, 1, 0}), classes({0, 0, 0}), 2).at("matthews"), 0.0);
        QCOMPARE(classificationMetrics(vectorOf({0, 1, 0}), classes({0, 1, 0}), 2).at("matthews"), 1.0);
        QCOMPARE(classificationMetrics(vectorOf({0, 1, 0}), classes({1, 0, 1}), 2).at("matthews"), -1.0);
    }

    void oneClassHasNoCurve()
    {
        const auto curve = rocCurve(vectorOf({1, 1}), vectorOf({0.2, 0.4}), 1);
        QVERIFY(!curve);
        QCOMPARE(int(curve.error().code), int(ErrorCode::OneClass));
        QVERIFY(!precisionRecallCurve(vectorOf({0, 0}), vectorOf({0.2, 0.4}), 1));
        Prediction prediction = classes({0, 0});
        prediction.probabilities = Matrix::Constant(2, 2, 0.5);
        QVERIFY(!classificationMetrics(vectorOf({0, 0}), prediction, 2).contains("roc_auc"));
    }

    /// All scores equal: one step from corner to corner, and half of the pairs.
    void tiesAreHalfHits()
    {
        const auto curve = rocCurve(vectorOf({0, 1, 1, 0}), vectorOf({0.5, 0.5, 0.5, 0.5}), 1);
        QVERIFY(curve);
        QCOMPARE(curve->area, 0.5);
        QCOMPARE(curve->thresholds.size(), std::size_t(2));
    }

    /// The points of both curves are what counting at their thresholds gives.
    void curvesAreCounts()
    {
        Random random(4);
        Vector truth(200), score(200);
        for (Eigen::Index i = 0; i < 200; ++i) {
            truth[i] = double(random.below(2));
            score[i] = double(random.below(30)) / 30 + 0.1 * truth[i];
        }
        const auto roc = rocCurve(truth, score, 1);
        const auto pr = precisionRecallCurve(truth, score, 1);
        QVERIFY(roc && pr);
        QCOMPARE(roc->thresholds, pr->thresholds);
        for (std::size_t i = 0; i < roc->thresholds.size(); ++i) {
            const BinaryCounts counts = countsAt(truth, score, 1, roc->thresholds[i]);
            QCOMPARE(roc->truePositiveRate[i], double(counts.hits) / double(counts.hits + counts.misses));
            QCOMPARE(roc->falsePositiveRate[i], double(counts.falseAlarms) / double(counts.falseAlarms + counts.rejections));
            if (i > 0)
                QCOMPARE(pr->precision[i], double(counts.hits) / double(counts.hits + counts.falseAlarms));
        }
        double pairs = 0;
        for (Eigen::Index i = 0; i < 200; ++i)
            for (Eigen::Index j = 0; j < 200; ++j)
                if (truth[i] == 1 && truth[j] == 0)
                    pairs += score[i] > score[j] ? 1 : score[i] == score[j] ? 0.5 : 0;
        QVERIFY(std::abs(roc->area - pairs / truth.sum() / (200 - truth.sum())) < 1e-12);
    }

    void thinnedCurvesKeepTheirEnds()
    {
        QCOMPARE(thinned(3, 10), (std::vector<std::size_t>{0, 1, 2}));
        QCOMPARE(thinned(101, 5), (std::vector<std::size_t>{0, 25, 50, 75, 100}));
        QCOMPARE(thinned(0, 5), std::vector<std::size_t>());
    }

    /// The mean of n normal numbers: the interval of the mean error should be about 1.96 standard errors to either side.
    void intervalsCoverWhatTheyShould()
    {
        Random random(11);
        const Eigen::Index n = 400;
        Vector truth(n), predicted = Vector::Zero(n);
        for (Eigen::Index i = 0; i < n; ++i)
            truth[i] = 5 + random.normal();
        const TargetColumn target{"y", "", Task::Regression, {}};
        const auto intervals = bootstrapIntervals(truth, {predicted, {}}, target, 0, {4000, 0.95, 2});
        QVERIFY(intervals);
        const MetricInterval& mae = intervals->at("mae");
        const double error = std::sqrt((truth.array() - truth.mean()).square().sum() / double(n)) / std::sqrt(double(n));
        QCOMPARE(mae.value, truth.mean());
        // 4000 resamples place a 2.5 % quantile to about 3 % of a standard error; three of those, and a little skew.
        QVERIFY(std::abs((mae.high - mae.value) / error - 1.96) < 0.15);
        QVERIFY(std::abs((mae.value - mae.low) / error - 1.96) < 0.15);
    }

    void intervalsAreTheSameWithAnyNumberOfThreads()
    {
        Prediction prediction = classes({0, 1, 1, 0, 1, 0, 0, 1});
        prediction.probabilities.resize(8, 2);
        prediction.probabilities.col(1) << .1, .8, .6, .3, .9, .4, .2, .7;
        prediction.probabilities.col(0) = 1 - prediction.probabilities.col(1).array();
        const Vector truth = vectorOf({0, 1, 0, 0, 1, 1, 0, 1});
        const TargetColumn target{"y", "", Task::Classification, {"a", "b"}};
        setThreadCount(1);
        const auto one = bootstrapIntervals(truth, prediction, target, 0, {200, 0.9, 5});
        setThreadCount(4);
        const auto four = bootstrapIntervals(truth, prediction, target, 0, {200, 0.9, 5});
        setThreadCount(0);
        QVERIFY(one && four);
        for (const auto& [name, interval] : *one) {
            QCOMPARE(four->at(name).low, interval.low);
            QCOMPARE(four->at(name).high, interval.high);
            QVERIFY(interval.low <= interval.high);
        }
        QVERIFY(one->at("roc_auc").resamples <= 200 && one->at("accuracy").resamples == 200);
        std::stop_source stop;
        stop.request_stop();
        const auto cancelled = bootstrapIntervals(truth, prediction, target, 0, {}, stop.get_token());
        QVERIFY(!cancelled && cancelled.error().code == ErrorCode::Cancelled);
        QVERIFY(!bootstrapIntervals(vectorOf({1}), classes({1}), target, 0));
    }

    /// One row in 25 is of the class that the model never finds: one resample in eight has none of them, and finds all there is.
    void aResampleWithoutAClassIsNoPerfectOne()
    {
        Vector truth = Vector::Zero(50);
        truth.tail(2).setOnes();
        const TargetColumn target{"y", "", Task::Classification, {"no", "yes"}};
        const auto intervals = bootstrapIntervals(truth, {Vector::Zero(50), {}}, target, 0, {1000, 0.95, 3});
        QVERIFY(intervals);
        const auto is = [&](const char* metric, double low, double high) { return intervals->at(metric).low == low && intervals->at(metric).high == high; };
        QVERIFY(is("balanced_accuracy", 0.5, 0.5));
        QVERIFY(is("recall_macro", 0.5, 0.5));
        QVERIFY(intervals->at("precision_macro").high < 0.5);
        QVERIFY(intervals->at("f1_macro").high < 0.5);
        QCOMPARE(intervals->at("accuracy").resamples, std::size_t(1000));
        QCOMPARE(intervals->at("accuracy").high, 1.0);
        // (48 / 50)^50 of the resamples, 13 %, have no "yes"; three standard errors about that.
        QVERIFY(std::abs(double(intervals->at("f1_macro").resamples) / 1000 - 0.87) < 0.033);
    }

    void confusion()
    {
        Eigen::Matrix3i expected;
        expected << 2, 0, 0, 0, 0, 1, 1, 0, 2;
        QVERIFY(confusionMatrix(vectorOf({2, 0, 2, 2, 0, 1}), vectorOf({0, 0, 2, 2, 0, 2}), 3) == expected);
    }
};

QTEST_GUILESS_MAIN(TestMetrics)
#include "tst_metrics.moc"
