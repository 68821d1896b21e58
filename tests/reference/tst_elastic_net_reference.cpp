#include "core/base/number_text.h"
#include "tests/support/reference_data.h"

#include <QTest>

#include <fstream>
#include <sstream>

using namespace modelarium;

namespace {

HyperparameterValues settingsOf(const nlohmann::json& expected)
{
    return {{"alpha", expected["alpha"].get<double>()}, {"l1_ratio", expected["l1_ratio"].get<double>()},
            {"intercept", expected["intercept"].get<bool>()}, {"tolerance", 1e-14}};
}

/// Columns hp, wt and am of R's mtcars, and mpg.
DatasetPtr cars()
{
    std::ifstream file(std::string(MODELARIUM_SOURCE_DIR) + "/tests/data/reference/mtcars.csv");
    std::string line;
    std::getline(file, line);
    Matrix X(32, 3);
    Vector y(32);
    for (Eigen::Index i = 0; std::getline(file, line) && i < 32; ++i) {
        std::replace(line.begin(), line.end(), ',', ' ');
        std::istringstream cells(line);
        cells >> y[i] >> X(i, 0) >> X(i, 1) >> X(i, 2);
    }
    return reference::makeDataset(std::move(X), std::move(y), 0);
}

} // namespace

/// The answers of scikit-learn 1.2.1 and of glmnet 4.1-6.
class TestElasticNetReference : public QObject {
    Q_OBJECT

private:
    static void compare(const DatasetPtr& data, const nlohmann::json& expected, const HyperparameterValues& settings,
                        const std::string& learner = "elastic_net")
    {
        const auto outcome = reference::fitTo(data, learner, settings);
        QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
        const auto& linear = std::get<Linear>(outcome->parameters);
        const Vector coefficients = reference::toVector(expected["coefficients"]);
        const double off = (linear.W.transpose() - coefficients).cwiseAbs().maxCoeff() / coefficients.cwiseAbs().maxCoeff();
        QVERIFY2(off <= 1e-9, qPrintable(QStringLiteral("%1 at %2").arg(off).arg(QString::fromStdString(expected.dump().substr(0, 80)))));
        for (Eigen::Index j = 0; j < coefficients.size(); ++j)
            QCOMPARE(linear.W(0, j) == 0, coefficients[j] == 0);
        const double constant = expected["constant"];
        QVERIFY(std::abs(linear.b[0] - constant) <= 1e-9 * std::max(1.0, std::abs(constant)));
        if (expected.contains("objective")) {
            // Both sides are within 1e-14 of the target's squares, a few thousand at most, of the minimum.
            const double objective = expected["objective"];
            QVERIFY(std::abs(outcome->last.loss - objective) <= 1e-11 * std::max(1.0, objective));
        }
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_reference = reference::read("elastic_net.json");
        QVERIFY(m_reference.is_object());
    }

    void fixedPenalty()
    {
        const DatasetPtr data = reference::datasetOf(reference::read("linear.json"), Task::Regression);
        for (const auto& expected : m_reference["fixed"]) {
            compare(data, expected, settingsOf(expected));
            if (expected["l1_ratio"] == 1.0) {
                HyperparameterValues settings = settingsOf(expected);
                settings.erase("l1_ratio");
                compare(data, expected, settings, "lasso_regression");
            }
        }
    }

    void moreFeaturesThanRows()
    {
        const auto& wide = m_reference["wide"];
        const DatasetPtr data = reference::makeDataset(reference::toMatrix(wide["X"]), reference::toVector(wide["y"]), 0);
        for (const auto& expected : wide["fixed"])
            compare(data, expected, settingsOf(expected));
    }

    void leaveOneOut()
    {
        for (const auto& expected : m_reference["cars"]) {
            HyperparameterValues settings = {{"penalty_choice", std::string("cross_validated")},
                                             {"folds", std::int64_t(32)},
                                             {"l1_ratio", expected["l1_ratio"].get<double>()},
                                             {"tolerance", 1e-14}};
            const auto outcome = reference::fitTo(cars(), "elastic_net", settings);
            QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
            const auto& linear = std::get<Linear>(outcome->parameters);
            const Vector coefficients = reference::toVector(expected["coefficients"]);
            QVERIFY((linear.W.transpose() - coefficients).cwiseAbs().maxCoeff() <= 1e-6 * coefficients.cwiseAbs().maxCoeff());
            QVERIFY(std::abs(linear.b[0] - expected["constant"].get<double>()) < 1e-5);
            const std::string alpha = " chose alpha = " + shortText(expected["alpha"].get<double>()) + ":";
            const std::string error = "mean squared error " + shortText(expected["error"].get<double>()) + ",";
            QVERIFY2(outcome->notices[0].find(alpha) != std::string::npos, (outcome->notices[0] + alpha).c_str());
            QVERIFY2(outcome->notices[0].find(error) != std::string::npos, (outcome->notices[0] + error).c_str());
        }
    }

    /// glmnet(x, mpg, lambda = ..., standardize = FALSE, thresh = 1e-20)
    void motorTrendCars()
    {
        compare(cars(), {{"coefficients", {-0.0378817654632333, -2.926112677544, 1.59111625837334}}, {"constant", 34.4150515032523}},
                {{"alpha", 0.1}, {"tolerance", 1e-14}}, "lasso_regression");
        compare(cars(), {{"coefficients", {-0.0492919348473093, -1.99094078319593, 0.0}}, {"constant", 33.7264899276518}},
                {{"alpha", 1.0}, {"tolerance", 1e-14}}, "lasso_regression");
    }

private:
    nlohmann::json m_reference;
};

QTEST_GUILESS_MAIN(TestElasticNetReference)
#include "tst_elastic_net_reference.moc"
