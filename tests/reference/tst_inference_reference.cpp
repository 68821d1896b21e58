#include "core/data/csv_reader.h"
#include "core/evaluate/inference.h"
#include "core/learn/training.h"
#include "tests/support/reference_data.h"
#include "tests/support/sample_tables.h"

#include <QTest>

#include <cmath>
#include <numeric>

using namespace modelarium;
using nlohmann::json;
using Eigen::Index;

namespace {

bool close(double mine, double theirs, double tolerance) { return std::abs(mine - theirs) <= tolerance * std::max(1e-12, std::abs(theirs)); }

const Table& cars()
{
    static const Table table = readCsv(std::string(MODELARIUM_SOURCE_DIR) + "/tests/data/reference/mtcars.csv", {})->table;
    return table;
}

std::vector<std::size_t> allRows(const Table& table)
{
    std::vector<std::size_t> rows(table.rows());
    std::iota(rows.begin(), rows.end(), std::size_t(0));
    return rows;
}

TrainingPlan linearPlan(const json& given, bool scaled)
{
    TrainingPlan plan;
    plan.target = "mpg";
    plan.features = given["features"].get<std::vector<std::string>>();
    plan.learner = "linear_regression";
    plan.hyperparameters["intercept"] = given["intercept"].get<bool>();
    plan.preparation.scaling = scaled ? Scaling::Standardise : Scaling::None;
    return plan;
}

TrainingPlan logisticPlan(const json& given, bool scaled)
{
    TrainingPlan plan;
    plan.target = "am";
    plan.task = Task::Classification;
    plan.features = given["features"].get<std::vector<std::string>>();
    plan.learner = "logistic_regression";
    plan.hyperparameters["penalty"] = std::string("none");
    plan.preparation.scaling = scaled ? Scaling::Standardise : Scaling::None;
    return plan;
}

} // namespace

/// Standard errors, tests, intervals and diagnostics against R 4.2.2 (tests/data/reference/make_inference_reference.R), of more than two
/// classes against statsmodels 0.15.0 (make_softmax_inference_reference.py), on features as they are and on standardised ones: in the units
/// of the data both are the same.
class TestInferenceReference : public QObject {
    Q_OBJECT

private:
    json m_document = reference::read("inference.json");
    json m_softmax = reference::read("softmax_inference.json");

    void verifyClose(const char* what, double mine, const json& theirs, double tolerance = 1e-10)
    {
        QVERIFY2(close(mine, theirs, tolerance), qPrintable(QStringLiteral("%1: %2 instead of %3").arg(QString::fromUtf8(what)).arg(mine, 0, 'g', 17).arg(theirs.get<double>(), 0, 'g', 17)));
    }

    void cases(const char* kind)
    {
        QTest::addColumn<int>("index");
        QTest::addColumn<bool>("scaled");
        for (std::size_t i = 0; i < m_document[kind].size(); ++i)
            for (const bool scaled : {false, true})
                if (!scaled || m_document[kind][i].value("intercept", true))      // centring needs an intercept
                    QTest::addRow("%s, %s", m_document[kind][i]["features"].dump().c_str(), scaled ? "standardised" : "as they are") << int(i) << scaled;
    }

private Q_SLOTS:
    void leastSquares_data() { cases("linear"); }

    void leastSquares()
    {
        QFETCH(int, index);
        QFETCH(bool, scaled);
        const json& given = m_document["linear"][std::size_t(index)];
        const auto model = samples::trainedModel(cars(), linearPlan(given, scaled));
        QVERIFY(model);
        const auto inference = inferCoefficients(**model, cars(), allRows(cars()));
        QVERIFY2(inference, inference ? "" : inference.error().message.c_str());
        QVERIFY(inference->usesStudent);
        QCOMPARE(inference->coefficients.size(), given["estimate"].size());
        QCOMPARE(inference->coefficients[0].name == "(intercept)", given["intercept"].get<bool>());
        for (std::size_t k = 0; k < inference->coefficients.size(); ++k) {
            const CoefficientInference& one = inference->coefficients[k];
            verifyClose("estimate", one.value, given["estimate"][k]);
            verifyClose("standard error", one.standardError, given["standard_error"][k]);
            verifyClose("t", one.statistic, given["t"][k]);
            verifyClose("p", one.pValue, given["p"][k], 1e-8);      // a tail probability multiplies the error of t
            verifyClose("low", one.low, given["low"][k]);
            verifyClose("high", one.high, given["high"][k]);
        }
        verifyClose("sigma", inference->residualStandardDeviation, given["sigma"]);
        verifyClose("R2", inference->r2, given["r2"]);
        verifyClose("adjusted R2", inference->adjustedR2, given["adjusted_r2"]);
        verifyClose("F", inference->fStatistic, given["f"]);
        verifyClose("p of F", inference->fPValue, given["f_p"], 1e-8);
    }

    void diagnostics_data() { cases("linear"); }

    void diagnostics()
    {
        QFETCH(int, index);
        QFETCH(bool, scaled);
        const json& given = m_document["linear"][std::size_t(index)];
        const auto model = samples::trainedModel(cars(), linearPlan(given, scaled));
        QVERIFY(model);
        const auto result = residualDiagnostics(**model, cars(), allRows(cars()));
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        for (std::size_t i = 0; i < cars().rows(); ++i) {
            const auto row = Eigen::Index(i);
            verifyClose("fitted", result->fitted[row], given["fitted"][i]);
            verifyClose("leverage", result->leverage[row], given["leverage"][i]);
            verifyClose("standardised", result->standardised[row], given["standardised"][i], 1e-8);
            verifyClose("studentised", result->studentised[row], given["studentised"][i], 1e-8);
            verifyClose("Cook", result->cooksDistance[row], given["cooks_distance"][i], 1e-8);
            verifyClose("quantile", result->normalQuantiles[row], given["normal_quantiles"][i]);
        }
        verifyClose("sigma", result->residualStandardDeviation, given["sigma"]);
    }

    void logistic_data() { cases("logistic"); }

    void logistic()
    {
        QFETCH(int, index);
        QFETCH(bool, scaled);
        const json& given = m_document["logistic"][std::size_t(index)];
        const auto model = samples::trainedModel(cars(), logisticPlan(given, scaled));
        QVERIFY(model);
        const auto inference = inferCoefficients(**model, cars(), allRows(cars()));
        QVERIFY2(inference, inference ? "" : inference.error().message.c_str());
        QVERIFY(!inference->usesStudent);
        QCOMPARE(inference->coefficients.size(), given["estimate"].size());
        for (std::size_t k = 0; k < inference->coefficients.size(); ++k) {
            const CoefficientInference& one = inference->coefficients[k];
            // Both sides iterate until their own tolerance.
            verifyClose("estimate", one.value, given["estimate"][k], 1e-7);
            verifyClose("standard error", one.standardError, given["standard_error"][k], 1e-7);
            verifyClose("z", one.statistic, given["z"][k], 1e-7);
            verifyClose("p", one.pValue, given["p"][k], 1e-6);
            verifyClose("low", one.low, given["low"][k], 1e-6);
        }
        verifyClose("deviance", inference->deviance, given["deviance"]);
        verifyClose("null deviance", inference->nullDeviance, given["null_deviance"]);
        verifyClose("AIC", inference->aic, given["aic"]);
    }

    void softmax_data()
    {
        QTest::addColumn<int>("index");
        QTest::addColumn<bool>("scaled");
        for (std::size_t i = 0; i < m_softmax["cases"].size(); ++i)
            for (const bool scaled : {false, true})
                QTest::addRow("%s, %s", m_softmax["cases"][i]["classes"].dump().c_str(), scaled ? "standardised" : "as they are") << int(i) << scaled;
    }

    void softmax()
    {
        QFETCH(int, index);
        QFETCH(bool, scaled);
        const json& given = m_softmax["cases"][std::size_t(index)];
        const auto features = given["features"].get<std::vector<std::string>>(), classes = given["classes"].get<std::vector<std::string>>();
        const Matrix X = reference::toMatrix(given["X"]);
        std::vector<ColumnPtr> columns;
        for (std::size_t j = 0; j < features.size(); ++j)
            columns.push_back(std::make_shared<const Column>(Column::numbers(features[j], Buffer<double>(X.col(Index(j)).begin(), X.col(Index(j)).end()))));
        std::vector<std::string> answers;
        for (const std::size_t code : given["y"].get<std::vector<std::size_t>>())
            answers.push_back(classes[code]);
        columns.push_back(std::make_shared<const Column>(Column::categories("answer", answers)));
        const Table table = *Table::make(columns);
        TrainingPlan plan;
        plan.target = "answer";
        plan.features = features;
        plan.classes = classes;
        plan.learner = "logistic_regression";
        plan.hyperparameters["penalty"] = std::string("none");
        plan.preparation.scaling = scaled ? Scaling::Standardise : Scaling::None;
        const auto model = samples::trainedModel(table, plan);
        QVERIFY2(model, model ? "" : model.error().message.c_str());
        const auto inference = inferCoefficients(**model, table, allRows(table));
        QVERIFY2(inference, inference ? "" : inference.error().message.c_str());
        QCOMPARE(inference->referenceClass, classes[0]);
        const std::size_t each = features.size() + 1;
        QCOMPARE(inference->coefficients.size(), each * (classes.size() - 1));
        QCOMPARE(inference->residualDegrees, answers.size() - inference->coefficients.size());
        for (std::size_t k = 0; k < inference->coefficients.size(); ++k) {
            const std::size_t of = k / each, term = k % each;
            const CoefficientInference& one = inference->coefficients[k];
            QCOMPARE(one.name, classes[of + 1] + " against " + classes[0] + ": " + (term == 0 ? "(intercept)" : features[term - 1]));
            // Both sides iterate until their own tolerance.
            verifyClose("estimate", one.value, given["estimate"][of][term], 1e-6);
            verifyClose("standard error", one.standardError, given["standard_error"][of][term], 1e-6);
            verifyClose("z", one.statistic, given["z"][of][term], 1e-6);
            verifyClose("p", one.pValue, given["p"][of][term], 1e-4);      // a tail probability multiplies the error of z
            verifyClose("low", one.low, given["low"][of][term], 1e-5);
            verifyClose("high", one.high, given["high"][of][term], 1e-5);
        }
        verifyClose("deviance", inference->deviance, given["deviance"]);
        // Without features there is a formula; statsmodels goes some way to it, and stays above.
        verifyClose("null deviance", inference->nullDeviance, given["null_deviance"], 1e-9);
        QVERIFY(inference->nullDeviance <= given["null_deviance"].get<double>() * (1 + 1e-13));
        verifyClose("AIC", inference->aic, given["aic"]);
    }

    void refusals_data()
    {
        QTest::addColumn<QString>("what");
        QTest::addColumn<QString>("words");
        for (const auto& [what, words] : std::map<const char*, const char*>{{"ridge", "least squares"}, {"penalty", "penalty"}, {"classes", "more rows than coefficients"}, {"one class apart", "separates the class \"setosa\""},
                                                                             {"descent", "not arrived"}, {"separated", "separates"}, {"exact", "no scatter"},
                                                                             {"collinear", "\"twice\""}, {"few", "more rows than coefficients"}, {"level", "between 0 and 1"}})
            QTest::addRow("%s", what) << QString::fromUtf8(what) << QString::fromUtf8(words);
    }

    void refusals()
    {
        QFETCH(QString, what);
        QFETCH(QString, words);
        Table table = cars();
        Buffer<double> twice, line;
        for (const double wt : cars().column(*cars().find("wt")).numberValues()) {
            twice.push_back(2 * wt);
            line.push_back(3 * wt + 1);
        }
        std::vector<ColumnPtr> columns;
        for (std::size_t j = 0; j < table.columns(); ++j)
            columns.push_back(table.columnPtr(j));
        columns.push_back(std::make_shared<const Column>(Column::numbers("twice", twice)));
        columns.push_back(std::make_shared<const Column>(Column::numbers("line", line)));
        table = *Table::make(columns);

        TrainingPlan plan = linearPlan({{"features", {"wt", "hp"}}, {"intercept", true}}, true);
        double level = 0.95;
        if (what == "ridge") plan.learner = "ridge_regression";
        if (what == "penalty") plan = logisticPlan({{"features", {"wt"}}}, true), plan.hyperparameters["penalty"] = std::string("l2");
        if (what == "classes") plan = logisticPlan({{"features", {"wt"}}}, true), plan.target = "hp";
        if (what == "one class apart") {
            table = readCsv(std::string(MODELARIUM_SOURCE_DIR) + "/resources/sample_data/iris.csv", {})->table;
            plan = logisticPlan({{"features", {"petal_length_cm"}}}, true);
            plan.target = table.column(table.columns() - 1).name();
        }
        if (what == "descent") plan.hyperparameters["solver"] = std::string("gradient_descent"), plan.hyperparameters["max_iterations"] = std::int64_t(3);
        if (what == "separated") plan = logisticPlan({{"features", {"wt", "hp", "mpg"}}}, true), table = table.selected({0, 1, 2, 3, 4, 5, 17, 18});
        if (what == "exact") plan.target = "line";
        if (what == "collinear") plan.features = {"wt", "twice"};
        if (what == "few") table = table.selected({0, 5, 9});
        if (what == "level") level = 1;
        const auto model = samples::trainedModel(table, plan);
        QVERIFY2(model, model ? "" : model.error().message.c_str());
        const auto inference = inferCoefficients(**model, table, allRows(table), level);
        QVERIFY(!inference);
        QVERIFY2(inference.error().message.find(words.toStdString()) != std::string::npos, inference.error().message.c_str());
        if (plan.task != Task::Classification && what != "level") {
            const auto residuals = residualDiagnostics(**model, table, allRows(table));
            QVERIFY2(residuals, residuals ? "" : residuals.error().message.c_str());
            QVERIFY(residuals->leverage.size() == 0 && residuals->standardised.allFinite() && residuals->normalQuantiles.allFinite());
        }
    }

    /// Many rows go the way of blocks in plain precision; the figures stay.
    void manyRows()
    {
        Random random(8);
        const std::size_t n = 250000;
        std::vector<Buffer<double>> columns(11, Buffer<double>(n));       // x, z, eight of noise, y
        for (std::size_t i = 0; i < n; ++i) {
            for (Buffer<double>& column : columns)
                column[i] = random.normal();
            columns[0][i] += 1000;
            columns[1][i] += 0.5 * (columns[0][i] - 1000);
            columns[10][i] = 3 * columns[0][i] - columns[1][i] + 2 * columns[10][i];
        }
        std::vector<ColumnPtr> made;
        for (std::size_t j = 0; j < columns.size(); ++j)
            made.push_back(std::make_shared<const Column>(Column::numbers(j == 10 ? "y" : "x" + std::to_string(j), columns[j])));
        const Table all = *Table::make(made);
        TrainingPlan plan;
        plan.target = "y";
        plan.learner = "linear_regression";
        const auto model = samples::trainedModel(all, plan);
        QVERIFY(model);
        const auto inference = inferCoefficients(**model, all, allRows(all));
        QVERIFY2(inference, inference ? "" : inference.error().message.c_str());
        // From the way the data were made: sigma 2; given z, Var(x) = 1 - 0.5^2 / 1.25 = 0.8; given x, Var(z) = 1.
        QVERIFY(std::abs(inference->residualStandardDeviation / 2 - 1) < 5 / std::sqrt(2.0 * n));
        QVERIFY(std::abs(inference->coefficients[1].standardError / (2 / std::sqrt(n * 0.8)) - 1) < 0.02);
        QVERIFY(std::abs(inference->coefficients[2].standardError / (2 / std::sqrt(n * 1.0)) - 1) < 0.02);
        QVERIFY(inference->coefficients[1].low < 3 && inference->coefficients[1].high > 3);
    }
};

QTEST_GUILESS_MAIN(TestInferenceReference)
#include "tst_inference_reference.moc"
