#include "core/data/folds.h"
#include "core/evaluate/curves.h"
#include "core/evaluate/metrics.h"
#include "tests/support/reference_data.h"

#include <QTest>

#include <cmath>

using namespace modelarium;
using nlohmann::json;

namespace {

// Sums of some tens of terms around 1 in another order: a few roundings.
constexpr double rounding = 1e-13;

bool close(double a, double b) { return std::abs(a - b) <= rounding * std::max(1.0, std::abs(b)); }

bool close(const std::vector<double>& mine, const json& theirs)
{
    const std::vector<double> other = theirs;
    return mine.size() == other.size() && std::equal(mine.begin(), mine.end(), other.begin(), [](double a, double b) { return close(a, b); });
}

using Places = std::vector<std::vector<std::size_t>>;

std::vector<std::size_t> complement(const std::vector<std::size_t>& rows, std::size_t n)
{
    std::vector<std::size_t> rest;
    for (std::size_t row = 0; row < n; ++row)
        if (!std::binary_search(rows.begin(), rows.end(), row))
            rest.push_back(row);
    return rest;
}

Table tableOf(const json& folds)
{
    const std::vector<int> classes = folds["classes"], groups = folds["groups"];
    std::vector<std::string> words;
    for (const int code : classes)
        words.push_back("class " + std::to_string(code));
    Buffer<double> numbers(groups.begin(), groups.end());
    return *Table::make({std::make_shared<const Column>(Column::categories("y", words)), std::make_shared<const Column>(Column::numbers("group", numbers))});
}

} // namespace

/// Metrics, curves and folds against scikit-learn 1.2.1 (tests/data/reference/make_evaluation_reference.py).
class TestEvaluationReference : public QObject {
    Q_OBJECT

private:
    json m_document = reference::read("evaluation.json");

    void compareMetrics(const Metrics& mine, const json& theirs)
    {
        QCOMPARE(mine.size(), theirs.size());
        for (const auto& [name, value] : mine) {
            QVERIFY2(theirs.contains(name), name.c_str());
            QVERIFY2(close(value, theirs[name]), qPrintable(QStringLiteral("%1: %2").arg(QString::fromStdString(name)).arg(value, 0, 'g', 17)));
            QVERIFY2(findMetric(name), name.c_str());
        }
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(m_document.is_object()); }

    void regression()
    {
        const json& given = m_document["regression"];
        compareMetrics(regressionMetrics(reference::toVector(given["truth"]), reference::toVector(given["predicted"]), given["features"]),
                       given["metrics"]);
    }

    void classification_data()
    {
        QTest::addColumn<QString>("what");
        QTest::newRow("two classes") << "binary";
        QTest::newRow("three classes") << "multiclass";
    }

    void classification()
    {
        QFETCH(QString, what);
        const json& given = m_document[what.toStdString()];
        const Matrix probabilities = reference::toMatrix(given["probabilities"]);
        compareMetrics(classificationMetrics(reference::toVector(given["truth"]), {reference::toVector(given["predicted"]), probabilities},
                                             std::size_t(probabilities.cols())),
                       given["metrics"]);
    }

    void curves()
    {
        const json& given = m_document["binary"];
        const json& theirs = m_document["curves"];
        const Vector truth = reference::toVector(given["truth"]), score = reference::toMatrix(given["probabilities"]).col(1);
        const auto roc = rocCurve(truth, score, 1);
        QVERIFY(roc);
        QVERIFY(close(roc->falsePositiveRate, theirs["roc"]["false_positive_rate"]));
        QVERIFY(close(roc->truePositiveRate, theirs["roc"]["true_positive_rate"]));
        QVERIFY(close({roc->thresholds.begin() + 1, roc->thresholds.end()}, theirs["roc"]["thresholds"]));
        QVERIFY(close(roc->area, given["metrics"]["roc_auc"]));
        const auto pr = precisionRecallCurve(truth, score, 1);
        QVERIFY(pr);
        QVERIFY(close(pr->precision, theirs["precision_recall"]["precision"]));
        QVERIFY(close(pr->recall, theirs["precision_recall"]["recall"]));
        QVERIFY(close({pr->thresholds.begin() + 1, pr->thresholds.end()}, theirs["precision_recall"]["thresholds"]));
        QVERIFY(close(pr->averagePrecision, given["metrics"]["pr_auc"]));
    }

    void calibration()
    {
        const json& given = m_document["binary"];
        const Vector truth = reference::toVector(given["truth"]), score = reference::toMatrix(given["probabilities"]).col(1);
        const auto uniform = calibrationCurve(truth, score, 1, CalibrationBins::EqualWidth, 8);
        QVERIFY(uniform);
        QVERIFY(close(uniform->shareOfPositives, m_document["curves"]["calibration_uniform"]["share"]));
        QVERIFY(close(uniform->meanPredicted, m_document["curves"]["calibration_uniform"]["mean"]));
        const auto quantile = calibrationCurve(truth, score, 1, CalibrationBins::EqualCount, 8);
        QVERIFY(quantile);
        QVERIFY(close(quantile->shareOfPositives, m_document["curves"]["calibration_quantile"]["share"]));
        QVERIFY(close(quantile->meanPredicted, m_document["curves"]["calibration_quantile"]["mean"]));
    }

    void folds_data()
    {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<int>("count");
        QTest::newRow("k-fold") << "kfold" << 5;
        QTest::newRow("stratified") << "stratified" << 4;
        QTest::newRow("grouped") << "grouped" << 3;
        QTest::newRow("leave one out") << "loo" << 5;
    }

    void folds()
    {
        QFETCH(QString, kind);
        QFETCH(int, count);
        const json& given = m_document["folds"];
        const Table table = tableOf(given);
        FoldOptions options;
        options.kind = *foldKindNamed(kind.toStdString());
        options.folds = count;
        options.shuffle = false;
        options.groupColumn = "group";
        const auto splits = makeFolds(table, "y", options);
        QVERIFY2(splits, splits ? "" : splits.error().message.c_str());
        const Places tests = given[kind.toStdString()];
        QCOMPARE(splits->size(), tests.size());
        for (std::size_t fold = 0; fold < tests.size(); ++fold) {
            QCOMPARE((*splits)[fold].test, tests[fold]);
            QCOMPARE((*splits)[fold].train, complement(tests[fold], table.rows()));
        }
    }

    void foldsInTime()
    {
        const json& given = m_document["folds"];
        FoldOptions options;
        options.kind = FoldKind::TimeOrdered;
        const auto splits = makeFolds(tableOf(given), "y", options);
        QVERIFY(splits);
        QCOMPARE(splits->size(), given["time"].size());
        for (std::size_t fold = 0; fold < splits->size(); ++fold) {
            QCOMPARE((*splits)[fold].train, given["time"][fold]["train"].get<std::vector<std::size_t>>());
            QCOMPARE((*splits)[fold].test, given["time"][fold]["test"].get<std::vector<std::size_t>>());
        }
    }
};

QTEST_GUILESS_MAIN(TestEvaluationReference)
#include "tst_evaluation_reference.moc"
