#include "core/data/csv_reader.h"
#include "core/data/folds.h"
#include "core/evaluate/curves.h"
#include "core/evaluate/learning_curve.h"
#include "core/evaluate/metrics.h"
#include "core/evaluate/search.h"
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

/// Motor Trend cars: mpg, hp, wt, am; the last as numbers that are classes.
const Table& cars()
{
    static const Table table = readCsv(std::string(MODELARIUM_SOURCE_DIR) + "/tests/data/reference/mtcars.csv", {})->table;
    return table;
}

/// The features and values of linear.json, of which no two distances are equal.
const Table& tieFree()
{
    static const Table table = [] {
        const json document = reference::read("linear.json");
        const Matrix X = reference::toMatrix(document["X"]);
        const std::vector<double> values = document["values"];
        std::vector<ColumnPtr> columns = {std::make_shared<const Column>(Column::numbers("mpg", Buffer<double>(values.begin(), values.end())))};
        for (Eigen::Index j = 0; j < X.cols(); ++j)
            columns.push_back(std::make_shared<const Column>(Column::numbers("x" + std::to_string(j), Buffer<double>(X.col(j).begin(), X.col(j).end()))));
        return *Table::make(std::move(columns));
    }();
    return table;
}

const Table& tableFor(const TrainingPlan& plan) { return plan.learner == "k_nearest_neighbors" ? tieFree() : cars(); }

TrainingPlan carPlan(const json& given, bool classes)
{
    TrainingPlan plan;
    plan.target = classes ? "am" : "mpg";
    plan.learner = given["learner"];
    if (plan.learner != "k_nearest_neighbors")
        plan.features = {"hp", "wt"};
    for (const auto& [name, value] : given["hyperparameters"].items())
        plan.hyperparameters[name] = value.is_number_integer() ? HyperparameterValue(value.get<std::int64_t>()) : HyperparameterValue(value.get<double>());
    plan.preparation.scaling = given["scale"].get<bool>() ? Scaling::Standardise : Scaling::None;
    if (classes)
        plan.task = Task::Classification;
    return plan;
}

FoldOptions carFolds(bool classes)
{
    FoldOptions options;
    options.kind = classes ? FoldKind::Stratified : FoldKind::KFold;
    options.folds = classes ? 4 : 5;
    options.shuffle = false;
    return options;
}

} // namespace

/// Metrics, curves, folds and cross-validation against scikit-learn 1.2.1 (tests/data/reference/make_evaluation_reference.py).
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

    void crossValidation_data()
    {
        QTest::addColumn<QString>("task");
        QTest::addColumn<int>("index");
        for (const char* task : {"regression", "classification"}) {
            const json& cases = m_document["cross_validation"][task];
            for (std::size_t i = 0; i < cases.size(); ++i)
                QTest::addRow("%s, %s", cases[i]["learner"].get<std::string>().c_str(), task) << QString::fromUtf8(task) << int(i);
        }
    }

    /// Fold by fold, on training and on test rows, with the scaling learned within each fold.
    void crossValidation()
    {
        QFETCH(QString, task);
        QFETCH(int, index);
        const bool classes = task == QStringLiteral("classification");
        const json& given = m_document["cross_validation"][task.toStdString()][std::size_t(index)];
        const TrainingPlan plan = carPlan(given, classes);
        const auto folds = makeFolds(tableFor(plan), plan.target, carFolds(classes));
        QVERIFY(folds);
        const auto result = crossValidate(tableFor(plan), plan, *folds);
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        // Iterative learners stop at their tolerance: the weights agree to about 1e-8.
        const double tolerance = given["learner"] == "logistic_regression" ? 1e-6 : 1e-10;
        for (const auto& [name, values] : given["test"].items())
            for (std::size_t fold = 0; fold < folds->size(); ++fold) {
                QVERIFY2(std::abs(result->folds[fold].test.at(name) - values[fold].get<double>()) < tolerance, name.c_str());
                QVERIFY2(std::abs(result->folds[fold].train.at(name) - given["train"][name][fold].get<double>()) < tolerance, name.c_str());
            }
    }

    void gridSearch()
    {
        const json& given = m_document["cross_validation"]["grid"];
        const auto folds = makeFolds(tieFree(), "mpg", carFolds(false));
        const TrainingPlan plan = carPlan({{"learner", "k_nearest_neighbors"}, {"scale", true}, {"hyperparameters", json::object()}}, false);
        const std::vector<SearchAxis> axes = {{"k", {std::int64_t(1), std::int64_t(3), std::int64_t(5), std::int64_t(7), std::int64_t(9)}},
                                              {"weights", {std::string("uniform"), std::string("distance")}}};
        const auto candidates = gridCandidates(**findLearner(plan.learner), plan.hyperparameters, axes);
        QVERIFY(candidates && folds);
        const auto result = searchHyperparameters(tieFree(), plan, *candidates, *folds, "rmse");
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        QCOMPARE(result->scores.size(), given["rmse"].size());
        for (std::size_t i = 0; i < result->scores.size(); ++i)
            QVERIFY(std::abs(result->scores[i].test.at("rmse").mean - given["rmse"][i].get<double>()) < 1e-10);
        QCOMPARE(std::get<std::int64_t>(result->best().at("k")), given["best"]["k"].get<std::int64_t>());
        QCOMPARE(std::get<std::string>(result->best().at("weights")), given["best"]["weights"].get<std::string>());
    }

    void validationCurves()
    {
        const json& given = m_document["cross_validation"]["validation_curve"];
        const auto folds = makeFolds(cars(), "mpg", carFolds(false));
        const TrainingPlan plan = carPlan({{"learner", "ridge_regression"}, {"scale", true}, {"hyperparameters", json::object()}}, false);
        const std::vector<double> alphas = given["alpha"];
        const auto points = validationCurve(cars(), plan, *folds, "alpha", {alphas.begin(), alphas.end()});
        QVERIFY2(points, points ? "" : points.error().message.c_str());
        for (std::size_t i = 0; i < alphas.size(); ++i) {
            QVERIFY(std::abs((*points)[i].test.at("rmse").mean - given["test"][i].get<double>()) < 1e-10);
            QVERIFY(std::abs((*points)[i].train.at("rmse").mean - given["train"][i].get<double>()) < 1e-10);
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
