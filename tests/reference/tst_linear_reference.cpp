#include "tests/support/reference_data.h"

#include "core/model/predictor.h"

#include <QTest>

#include <fstream>
#include <sstream>

using namespace modelarium;

namespace {

HyperparameterValues hyperparametersOf(const nlohmann::json& values)
{
    HyperparameterValues result;
    for (const auto& [name, value] : values.items()) {
        if (value.is_boolean())
            result[name] = value.get<bool>();
        else if (value.is_string())
            result[name] = value.get<std::string>();
        else
            result[name] = value.get<double>();
    }
    return result;
}

std::string caseName(const nlohmann::json& expected)
{
    return expected.value("learner", std::to_string(expected.value("classes", 0)) + " classes") + " "
           + expected["hyperparameters"].dump();
}

double largestDifference(const Matrix& actual, const Matrix& expected)
{
    return (actual - expected).cwiseAbs().maxCoeff() / expected.cwiseAbs().maxCoeff();
}

DatasetPtr twoOrThreeClasses(const nlohmann::json& reference, int classes)
{
    Vector y = reference::toVector(reference["classes"]);
    if (classes == 2)
        y = y.array().min(1);
    return reference::makeDataset(reference::toMatrix(reference["X"]), y, classes);
}

/// C sum(log loss) + |W|^2 / 2 (without the penalty where there is none), from the probabilities that the model predicts.
double objectiveOf(const Parameters& parameters, const Dataset& data, double C, bool penalised)
{
    Matrix P;
    makePredictor(parameters)->predict(data.X(), P);
    double sum = 0;
    for (Eigen::Index i = 0; i < data.y.size(); ++i)
        sum -= std::log(P(i, Eigen::Index(data.y[i])));
    return C * sum + (penalised ? 0.5 * std::get<Linear>(parameters).W.squaredNorm() : 0);
}

} // namespace

/// The answers of scikit-learn 1.2.1 and R 4.2.2, and Anscombe's four data sets.
class TestLinearReference : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_reference = reference::read("linear.json");
        QVERIFY(m_reference.is_object());
    }

    void regression_data()
    {
        QTest::addColumn<int>("index");
        for (std::size_t i = 0; i < m_reference["regression"].size(); ++i)
            QTest::addRow("%s", caseName(m_reference["regression"][i]).c_str()) << int(i);
    }

    void regression()
    {
        QFETCH(int, index);
        const auto& expected = m_reference["regression"][std::size_t(index)];
        const auto outcome = reference::fitTo(reference::datasetOf(m_reference, Task::Regression), expected["learner"],
                                              hyperparametersOf(expected["hyperparameters"]));
        QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
        const auto& linear = std::get<Linear>(outcome->parameters);
        // scikit-learn's own rounding: the condition number of these columns is below 200.
        QVERIFY(largestDifference(linear.W, reference::toMatrix(expected["coefficients"])) < 1e-12);
        QVERIFY(std::abs(linear.b[0] - expected["intercepts"][0].get<double>()) < 1e-11);
    }

    void moreColumnsThanRows()
    {
        const auto& wide = m_reference["wide"];
        const auto data = reference::makeDataset(reference::toMatrix(wide["X"]), reference::toVector(wide["values"]), 0);
        const auto outcome = reference::fitTo(data, "linear_regression", {});
        QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
        const auto& linear = std::get<Linear>(outcome->parameters);
        QVERIFY(largestDifference(linear.W, reference::toMatrix(wide["coefficients"])) < 1e-11);
        QVERIFY(std::abs(linear.b[0] - wide["intercepts"][0].get<double>()) < 1e-10);
        QCOMPARE(outcome->notices.size(), std::size_t(1));
        QVERIFY(outcome->notices[0].starts_with("More columns than rows"));
    }

    void logistic_data()
    {
        QTest::addColumn<int>("index");
        QTest::addColumn<QString>("solver");
        for (std::size_t i = 0; i < m_reference["logistic"].size(); ++i) {
            for (const char* solver : {"newton", "lbfgs"})
                QTest::addRow("%s %s", caseName(m_reference["logistic"][i]).c_str(), solver) << int(i) << solver;
        }
    }

    void logistic()
    {
        QFETCH(int, index);
        QFETCH(QString, solver);
        const auto& expected = m_reference["logistic"][std::size_t(index)];
        HyperparameterValues values = hyperparametersOf(expected["hyperparameters"]);
        const bool penalised = values.contains("C");
        const double C = penalised ? std::get<double>(values["C"]) : 1;
        values["solver"] = solver.toStdString();
        const DatasetPtr data = twoOrThreeClasses(m_reference, expected["classes"]);
        const auto outcome = reference::fitTo(data, "logistic_regression", values);
        QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
        QVERIFY2(outcome->notices.empty(), outcome->notices.empty() ? "" : outcome->notices[0].c_str());

        // The promise: within 1e-9 of the minimum; scikit-learn's value was reached to rounding.
        const double objective = objectiveOf(outcome->parameters, *data, C, penalised);
        const double minimum = expected["objective"];
        QVERIFY2(objective <= minimum * (1 + 1e-9), qPrintable(QString::number(objective / minimum - 1)));
        QVERIFY(objective >= minimum * (1 - 1e-12));
        // The loss shown is the objective by the sample.
        QVERIFY(std::abs(outcome->last.loss * C * double(data->samples()) / objective - 1) < 1e-9);
    }

    void logisticWeights_data() { logistic_data(); }

    /// At a tight tolerance every solver ends at the peer's weights. Without a penalty three scores may move together: what is
    /// added to all of them changes no probability.
    void logisticWeights()
    {
        QFETCH(int, index);
        QFETCH(QString, solver);
        const auto& expected = m_reference["logistic"][std::size_t(index)];
        HyperparameterValues values = hyperparametersOf(expected["hyperparameters"]);
        values["solver"] = solver.toStdString();
        values["tolerance"] = 1e-15;
        const auto outcome = reference::fitTo(twoOrThreeClasses(m_reference, expected["classes"]), "logistic_regression", values);
        QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
        const auto& linear = std::get<Linear>(outcome->parameters);
        const auto centred = [](const Matrix& W) { return W.rows() == 1 ? W : Matrix(W.rowwise() - W.colwise().mean()); };
        const double off = largestDifference(centred(linear.W), centred(reference::toMatrix(expected["coefficients"])));
        QVERIFY2(off < 1e-6, qPrintable(QString::number(off)));
        const double constant = largestDifference(centred(linear.b), centred(reference::toVector(expected["intercepts"])));
        QVERIFY2(constant < 1e-6, qPrintable(QString::number(constant)));
    }

    void motorTrendCars()
    {
        // R 4.2.2: lm(mpg ~ wt + hp, mtcars), glm(am ~ wt, binomial, mtcars, control = list(epsilon = 1e-15)).
        const Matrix cars = readCars();
        Matrix X(cars.rows(), 2);
        X << cars.col(2), cars.col(1);
        const auto linear = reference::fitTo(reference::makeDataset(X, cars.col(0), 0), "linear_regression", {});
        QVERIFY(linear.hasValue());
        const auto& line = std::get<Linear>(linear->parameters);
        QVERIFY(std::abs(line.b[0] / 37.227270116447193971 - 1) < 1e-13);
        QVERIFY(std::abs(line.W(0, 0) / -3.877830742404681619 - 1) < 1e-13);
        QVERIFY(std::abs(line.W(0, 1) / -0.031772946982160995 - 1) < 1e-12);
        const double sigma = std::sqrt(linear->last.loss * double(cars.rows()) / double(cars.rows() - 3));
        QVERIFY(std::abs(sigma / 2.5934117772265668 - 1) < 1e-13);

        const auto logistic = reference::fitTo(reference::makeDataset(cars.col(2), cars.col(3), 2), "logistic_regression",
                                               {{"penalty", std::string("none")}, {"tolerance", 1e-14}});
        QVERIFY(logistic.hasValue());
        const auto& curve = std::get<Linear>(logistic->parameters);
        QVERIFY(std::abs(curve.b[0] / 12.0403697286573230 - 1) < 1e-9);
        QVERIFY(std::abs(curve.W(0, 0) / -4.0239699621732017 - 1) < 1e-9);
        QVERIFY(std::abs(2 * logistic->last.loss * double(cars.rows()) / 19.176084807445086 - 1) < 1e-12);
    }

    void anscombe_data()
    {
        QTest::addColumn<QList<double>>("x");
        QTest::addColumn<QList<double>>("y");
        const QList<double> x{10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5};
        QTest::newRow("line") << x << QList<double>{8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68};
        QTest::newRow("curve") << x << QList<double>{9.14, 8.14, 8.74, 8.77, 9.26, 8.10, 6.13, 3.10, 9.13, 7.26, 4.74};
        QTest::newRow("outlier") << x << QList<double>{7.46, 6.77, 12.74, 7.11, 7.81, 8.84, 6.08, 5.39, 8.15, 6.42, 5.73};
        QTest::newRow("one far point") << QList<double>{8, 8, 8, 8, 8, 8, 8, 19, 8, 8, 8}
                                       << QList<double>{6.58, 5.76, 7.71, 8.84, 8.47, 7.04, 5.25, 12.50, 5.56, 7.91, 6.89};
    }

    /// F. J. Anscombe, The American Statistician 27(1), 1973: y = 3.00 + 0.500 x, R2 = 0.67, four times.
    void anscombe()
    {
        QFETCH(QList<double>, x);
        QFETCH(QList<double>, y);
        const Vector target = Eigen::Map<const Vector>(y.data(), y.size());
        const auto outcome =
            reference::fitTo(reference::makeDataset(Eigen::Map<const Vector>(x.data(), x.size()), target, 0), "linear_regression", {});
        QVERIFY(outcome.hasValue());
        const auto& line = std::get<Linear>(outcome->parameters);
        // As printed there: two and three decimals.
        QVERIFY(std::abs(line.b[0] - 3.00) < 0.005);
        QVERIFY(std::abs(line.W(0, 0) - 0.500) < 0.0005);
        const double variance = (target.array() - target.mean()).square().mean();
        QVERIFY(std::abs(1 - outcome->last.loss / variance - 0.67) < 0.005);
    }

private:
    /// Columns mpg, hp, wt, am of R's mtcars.
    static Matrix readCars()
    {
        std::ifstream file(std::string(MODELARIUM_SOURCE_DIR) + "/tests/data/reference/mtcars.csv");
        std::string line;
        std::getline(file, line);
        Matrix cars(32, 4);
        for (Eigen::Index i = 0; std::getline(file, line) && i < 32; ++i) {
            std::replace(line.begin(), line.end(), ',', ' ');
            std::istringstream cells(line);
            cells >> cars(i, 0) >> cars(i, 1) >> cars(i, 2) >> cars(i, 3);
        }
        return cars;
    }

    nlohmann::json m_reference;
};

QTEST_GUILESS_MAIN(TestLinearReference)
#include "tst_linear_reference.moc"
