#include "core/base/number_text.h"
#include "core/model/equation.h"
#include "core/evaluate/freeze.h"
#include "core/evaluate/metrics.h"
#include "core/learn/training.h"
#include "core/model/model_file.h"
#include "tests/support/signed_model.h"
#include "tests/support/small_tables.h"

#include <nlohmann/json.hpp>

#include <QRegularExpression>
#include <QTest>

#include <cmath>
#include <limits>

using namespace modelarium;

namespace {

TrainingPlan planWith(std::optional<double> threshold)
{
    TrainingPlan plan;
    plan.target = "kind";
    plan.learner = "logistic_regression";
    plan.testFraction = 0.25;
    plan.threshold = threshold;
    return plan;
}

Result<ModelPtr> trained(const Table& table, const TrainingPlan& plan)
{
    const auto training = prepareTraining(table, plan);
    if (!training)
        return training.error();
    const auto outcome = fit(*training->learner, training->train, plan.seed);
    if (!outcome)
        return outcome.error();
    return freezeModel(*training, outcome->parameters, outcome->last.step, 0);
}

} // namespace

/// A threshold decides between two classes, in training's metrics, in predictions, and in the file.
class TestThreshold : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void decides();
    void probabilitiesStay();
    void metricsAreThoseOfTheDecision();
    void fileKeepsIt();
    void fileWithoutItStaysAsItWas();
    void itIsToldWithTheModel();
    void refusals();
    void equalProbabilitiesGoToTheFirst();

private:
    Table m_table = cloudsTable(200);
};

void TestThreshold::decides()
{
    for (const double threshold : {0.0, 0.2, 0.5, 0.9, 1.0}) {
        const auto model = trained(m_table, planWith(threshold));
        QVERIFY(model);
        const auto prediction = (*model)->predict(m_table);
        QVERIFY(prediction);
        std::vector<double> workspace((*model)->workspaceSize()), out((*model)->outputs());
        for (Eigen::Index i = 0; i < prediction->values.size(); ++i) {
            QCOMPARE(prediction->values[i], prediction->probabilities(i, 1) >= threshold ? 1.0 : 0.0);
            const double raw[] = {m_table.column(0).numberValues()[std::size_t(i)], m_table.column(1).numberValues()[std::size_t(i)]};
            (*model)->predictRow(raw, workspace.data(), out.data());
            QCOMPARE(double((*model)->target().classOf(out.data())), prediction->values[i]);
        }
    }
}

void TestThreshold::probabilitiesStay()
{
    const auto plain = trained(m_table, planWith({}));
    QVERIFY(plain);
    const auto moved = (*plain)->withThreshold(0.3);
    QVERIFY(moved);
    QVERIFY((*plain)->predict(m_table)->probabilities == (*moved)->predict(m_table)->probabilities);
    QVERIFY((*plain)->predict(m_table)->values != (*moved)->predict(m_table)->values);
    QCOMPARE((*moved)->certificate().rows.size(), (*plain)->certificate().rows.size());
    const auto back = (*moved)->withThreshold({});
    QVERIFY((*plain)->predict(m_table)->values == (*back)->predict(m_table)->values);
}

void TestThreshold::metricsAreThoseOfTheDecision()
{
    const auto plain = trained(m_table, planWith({}));
    const auto eager = trained(m_table, planWith(0.0));
    QVERIFY(plain && eager);
    // Everything is called "right": half of the rows are.
    QCOMPARE((*eager)->provenance().metricsTrain.at("recall"), 1.0);
    QVERIFY((*eager)->provenance().metricsTrain.at("accuracy") < (*plain)->provenance().metricsTrain.at("accuracy"));
    // The ranking does not ask where the line is drawn.
    QCOMPARE((*eager)->provenance().metricsTest.at("roc_auc"), (*plain)->provenance().metricsTest.at("roc_auc"));
}

void TestThreshold::fileKeepsIt()
{
    const double threshold = 0.1 + 0.2;
    const auto model = trained(m_table, planWith(threshold));
    QVERIFY(model);
    const std::string file = modelToJson(**model);
    const auto document = nlohmann::json::parse(file);
    QCOMPARE(document["min_reader"].get<int>(), 2);
    const auto read = modelFromJson(file);
    QVERIFY2(read, read ? "" : read.error().message.c_str());
    QCOMPARE(*(*read)->target().threshold, threshold);
    QVERIFY((*read)->predict(m_table)->values == (*model)->predict(m_table)->values);
    QCOMPARE(modelToJson(**read), file);
}

void TestThreshold::fileWithoutItStaysAsItWas()
{
    const auto model = trained(m_table, planWith({}));
    const auto document = nlohmann::json::parse(modelToJson(**model));
    QCOMPARE(document["min_reader"].get<int>(), 1);
    QCOMPARE(document["format_version"].get<int>(), 1);
    QVERIFY(!document["target"].contains("threshold"));
}

/// The equation says from where on, the arithmetic on which side a row is; also of a row that lies next to it.
void TestThreshold::itIsToldWithTheModel()
{
    const auto plain = trained(m_table, planWith({}));
    QVERIFY(plain);
    const std::vector<std::string>& classes = (*plain)->target().classes;
    const double raw[] = {m_table.column(0).numberValues()[0], m_table.column(1).numberValues()[0]};
    std::vector<double> workspace((*plain)->workspaceSize()), out((*plain)->outputs());
    (*plain)->predictRow(raw, workspace.data(), out.data());
    const std::vector<std::string> lines = arithmeticText(**plain, raw);
    QCOMPARE(decisionText(**plain), std::string());
    for (const double threshold : {0.0, 0.25, out[1], std::nextafter(out[1], 2.0), 1.0}) {
        const auto model = (*plain)->withThreshold(threshold);
        QVERIFY(model);
        QCOMPARE(decisionText(**model), classes[1] + " from P(" + classes[1] + ") = " + exactText(threshold) + " on, " + classes[0] + " below");
        QCOMPARE(equationText(**model), equationText(**plain) + "\n" + decisionText(**model));
        QVERIFY(equationLatex(**model).starts_with(equationLatex(**plain)) && equationLatex(**model).find("\\ge " + exactText(threshold)) != std::string::npos);
        std::vector<std::string> told = arithmeticText(**model, raw);
        const QString last = QString::fromStdString(told.back());
        told.pop_back();
        QVERIFY(told == lines);
        const bool is = out[1] >= threshold;
        const QRegularExpressionMatch parts = QRegularExpression(QStringLiteral("^P\\(.*\\) = (\\S+) is (at least|below) (\\S+): (.*)$")).match(last);
        QVERIFY2(parts.hasMatch(), qPrintable(last));
        QCOMPARE(parts.captured(2), is ? QStringLiteral("at least") : QStringLiteral("below"));
        QCOMPARE(parts.captured(1).toDouble() >= parts.captured(3).toDouble(), is);
        QCOMPARE(parts.captured(4).toStdString(), classes[is ? 1 : 0]);
    }
}

void TestThreshold::refusals()
{
    for (const double bad : {-0.1, 1.5, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()})
        QVERIFY(!trained(m_table, planWith(bad)));
    TrainingPlan line = planWith(0.5);
    line.target = "y";
    line.learner = "linear_regression";
    const auto regression = trained(lineTable(50), line);
    QVERIFY(!regression);
    QVERIFY(regression.error().message.find("two classes") != std::string::npos);

    const auto model = trained(m_table, planWith(0.25));
    QVERIFY(model);
    QVERIFY(!(*model)->withThreshold(2.0));
    for (const char* value : {"2", "-1", "\"high\"", "null", "true"}) {
        auto document = nlohmann::json::parse(modelToJson(**model));
        document["target"]["threshold"] = nlohmann::json::parse(value);
        const auto read = modelFromJson(test::signedText(document));
        QVERIFY2(!read, value);
        QVERIFY(read.error().code == ErrorCode::BadModelFile);
        QVERIFY(read.error().message.back() == '.');
    }
}

void TestThreshold::equalProbabilitiesGoToTheFirst()
{
    TargetColumn target;
    target.task = Task::Classification;
    target.classes = {"a", "b", "c"};
    const double equal[] = {0.4, 0.4, 0.2};
    QCOMPARE(target.classOf(equal), std::size_t(0));
    const double last[] = {0.3, 0.3, 0.4};
    QCOMPARE(target.classOf(last), std::size_t(2));
    target.classes.pop_back();
    target.threshold = 0.5;
    const double half[] = {0.5, 0.5};
    QCOMPARE(target.classOf(half), std::size_t(1));
}

QTEST_APPLESS_MAIN(TestThreshold)
#include "tst_threshold.moc"
