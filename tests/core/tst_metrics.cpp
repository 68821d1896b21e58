#include "core/evaluate/metrics.h"

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

    void confusion()
    {
        Eigen::Matrix3i expected;
        expected << 2, 0, 0, 0, 0, 1, 1, 0, 2;
        QVERIFY(confusionMatrix(vectorOf({2, 0, 2, 2, 0, 1}), vectorOf({0, 0, 2, 2, 0, 2}), 3) == expected);
    }
};

QTEST_GUILESS_MAIN(TestMetrics)
#include "tst_metrics.moc"
