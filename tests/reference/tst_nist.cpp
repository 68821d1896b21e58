#include "core/base/number_text.h"
#include "core/evaluate/inference.h"
#include "core/learn/training.h"
#include "core/model/equation.h"

#include <nlohmann/json.hpp>

#include <QProcess>
#include <QTest>

#include <cmath>
#include <fstream>
#include <sstream>

using namespace modelarium;

namespace {

const std::string folder = std::string(MODELARIUM_SOURCE_DIR) + "/tests/data/nist/";

nlohmann::json readCertified(const std::string& name)
{
    std::ifstream file(folder + name + ".json");
    return nlohmann::json::parse(file, nullptr, false);
}

/// The columns of a data set, each number correctly rounded as the importer rounds it.
Table readTable(const std::string& name)
{
    std::ifstream file(folder + name + ".csv");
    std::vector<std::string> names;
    std::vector<Buffer<double>> columns;
    std::string line;
    while (std::getline(file, line)) {
        std::istringstream cells(line);
        std::string cell;
        for (std::size_t j = 0; std::getline(cells, cell, ','); ++j) {
            if (columns.size() <= j) {
                names.push_back(cell);
                columns.emplace_back();
            } else {
                columns[j].push_back(parseNumber(cell).value());
            }
        }
    }
    std::vector<ColumnPtr> made;
    for (std::size_t j = 0; j < names.size(); ++j)
        made.push_back(std::make_shared<const Column>(Column::numbers(names[j], columns[j])));
    return Table::make(made).value();
}

/// Correct digits: -log10 of the relative error, at most 15; none where there is no number.
double digits(double estimate, double certified)
{
    if (!std::isfinite(estimate))
        return 0;
    return estimate == certified ? 15 : std::min(15.0, -std::log10(std::abs(estimate / certified - 1)));
}

std::vector<double> certifiedCoefficients(const nlohmann::json& certified)
{
    std::vector<double> values;
    const auto& coefficients = certified["certified"]["coefficients"];
    for (std::size_t k = certified["intercept"].get<bool>() ? 0 : 1; values.size() < coefficients.size(); ++k)
        values.push_back(coefficients["B" + std::to_string(k)]);
    return values;
}

} // namespace

/// Linear least squares against the certified values of the NIST Statistical Reference Datasets, through the whole way from
/// a table to the parameters that a person reads.
///
/// The bars are what plain double arithmetic can be asked for (Wampler 1-5 lose digits by the powers of x = 0..20 alone).
class TestNist : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void coefficients_data() { bars(); }

    void coefficients()
    {
        QFETCH(QString, learner);
        QFETCH(double, bar);
        const std::string name = QTest::currentDataTag();
        const nlohmann::json certified = readCertified(name);

        const auto training = prepareTraining(readTable(name), planFor(certified, learner));
        QVERIFY2(training, training ? "" : training.error().message.c_str());
        const auto outcome = fit(*training->learner, training->train, 1);
        QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
        QVERIFY2(outcome->notices.empty(), outcome->notices.empty() ? "" : outcome->notices[0].c_str());
        const auto model = snapshotModel(*training, outcome->parameters, 1);
        QVERIFY2(model, model ? "" : model.error().message.c_str());

        std::vector<double> shown;
        for (const NamedParameter& parameter : parametersInDataUnits(**model))
            shown.push_back(parameter.value);
        compare(name, certified, shown, bar);

        const double residual = certified["certified"]["residual_sd"];
        if (residual > 0) {
            const double freedom = certified["certified"]["residual_df"];
            QVERIFY(digits(std::sqrt(outcome->last.loss * double(training->train->samples()) / freedom), residual) >= 12);
        }
    }

    void standardErrors_data() { bars(); }

    /// Standard errors to ten digits and the residual standard deviation to twelve, where there is any scatter. The two of Wampler's
    /// polynomials without any are told to have none.
    void standardErrors()
    {
        QFETCH(QString, learner);
        const std::string name = QTest::currentDataTag();
        const nlohmann::json certified = readCertified(name);
        const Table table = readTable(name);
        const auto training = prepareTraining(table, planFor(certified, learner));
        QVERIFY2(training, training ? "" : training.error().message.c_str());
        const auto outcome = fit(*training->learner, training->train, 1);
        QVERIFY(outcome);
        const auto model = snapshotModel(*training, outcome->parameters, 1);
        QVERIFY(model);
        const auto inference = inferCoefficients(**model, table, training->split.train);
        const double residual = certified["certified"]["residual_sd"];
        if (residual == 0) {
            QVERIFY(!inference && inference.error().message.find("no scatter") != std::string::npos);
            return;
        }
        QVERIFY2(inference, inference ? "" : inference.error().message.c_str());
        QVERIFY(digits(inference->residualStandardDeviation, residual) >= 12);
        QVERIFY(digits(inference->r2, certified["certified"]["r_squared"]) >= 12);
        double worst = 15;
        std::size_t k = certified["intercept"].get<bool>() ? 0 : 1;
        QCOMPARE(inference->coefficients.size(), certified["certified"]["std_errors"].size());
        for (const CoefficientInference& one : inference->coefficients)
            worst = std::min(worst, digits(one.standardError, certified["certified"]["std_errors"]["B" + std::to_string(k++)]));
        qInfo("%s: %.1f digits", name.c_str(), worst);
        QVERIFY2(worst >= 10, qPrintable(QStringLiteral("%1 digits").arg(worst)));
    }

    void commandLine_data() { bars(); }

    void commandLine()
    {
        QFETCH(QString, learner);
        QFETCH(double, bar);
        const std::string name = QTest::currentDataTag();
        const nlohmann::json certified = readCertified(name);
        QStringList arguments{QStringLiteral("train"), QString::fromStdString(folder + name + ".csv"), QStringLiteral("--target"),
                              QStringLiteral("y"),     QStringLiteral("--learner"),                    learner,
                              QStringLiteral("--json"), QStringLiteral("--set")};
        arguments << (certified["intercept"].get<bool>() ? QStringLiteral("intercept=true") : QStringLiteral("intercept=false"));
        if (learner == QStringLiteral("polynomial_regression"))
            arguments << QStringLiteral("--set") << QStringLiteral("degree=%1").arg(certified["polynomial_degree"].get<int>());
        QProcess program;
        program.start(QStringLiteral(MODELARIUM_CLI), arguments);
        QVERIFY(program.waitForFinished());
        const QByteArray errors = program.readAllStandardError();
        QVERIFY2(program.exitCode() == 0, errors.constData());
        const auto answer = nlohmann::json::parse(program.readAllStandardOutput().toStdString(), nullptr, false);
        QVERIFY(answer.is_object());
        std::vector<double> shown;
        for (const auto& parameter : answer["parameters_in_data_units"])
            shown.push_back(parameter["value"]);
        compare(name, certified, shown, bar);
    }

private:
    static TrainingPlan planFor(const nlohmann::json& certified, const QString& learner)
    {
        TrainingPlan plan;
        plan.target = "y";
        plan.learner = learner.toStdString();
        plan.hyperparameters["intercept"] = certified["intercept"].get<bool>();
        if (learner == QStringLiteral("polynomial_regression"))
            plan.hyperparameters["degree"] = certified["polynomial_degree"].get<std::int64_t>();
        return plan;
    }

    static void bars()
    {
        QTest::addColumn<QString>("learner");
        QTest::addColumn<double>("bar");
        const auto row = [](const char* name, const char* learner, double bar) { QTest::newRow(name) << learner << bar; };
        row("Norris", "linear_regression", 12);
        row("Pontius", "polynomial_regression", 12);
        row("NoInt1", "linear_regression", 13);
        row("NoInt2", "linear_regression", 14);
        row("Filip", "polynomial_regression", 12);
        row("Longley", "linear_regression", 12);
        row("Wampler1", "polynomial_regression", 9);
        row("Wampler2", "polynomial_regression", 12);
        row("Wampler3", "polynomial_regression", 9);
        row("Wampler4", "polynomial_regression", 9);
        row("Wampler5", "polynomial_regression", 7);
    }

    static void compare(const std::string& name, const nlohmann::json& certified, std::vector<double> shown, double bar)
    {
        const std::vector<double> truth = certifiedCoefficients(certified);
        if (!certified["intercept"].get<bool>() && shown.size() > truth.size()) {
            QCOMPARE(shown.front(), 0.0);
            shown.erase(shown.begin());
        }
        QCOMPARE(shown.size(), truth.size());
        double worst = 15;
        for (std::size_t k = 0; k < truth.size(); ++k)
            worst = std::min(worst, digits(shown[k], truth[k]));
        qInfo("%s: %.1f digits", name.c_str(), worst);
        QVERIFY2(worst >= bar, qPrintable(QStringLiteral("%1 digits, %2 asked for").arg(worst).arg(bar)));
    }
};

QTEST_GUILESS_MAIN(TestNist)
#include "tst_nist.moc"
