#include "core/base/random.h"
#include "core/data/csv_reader.h"
#include "tests/support/reference_data.h"

#include <QTest>

#include <cmath>
#include <numeric>

using namespace modelarium;
using nlohmann::json;

namespace {

using Eigen::Index;

Matrix columnsOf(const Table& table, const std::vector<std::string>& names, Index rows)
{
    Matrix X(rows, Index(names.size()));
    for (std::size_t j = 0; j < names.size(); ++j)
        for (Index i = 0; i < rows; ++i)
            X(i, Index(j)) = table.column(*table.find(names[j])).numberValues()[std::size_t(i)];
    return X;
}

struct Samples {
    Matrix X;
    Vector y;
};

Samples cars()
{
    const Table table = readCsv(MODELARIUM_SOURCE_DIR "/tests/data/reference/mtcars.csv", {})->table;
    return {columnsOf(table, {"hp", "wt", "am"}, 32), columnsOf(table, {"mpg"}, 32).col(0)};
}

/// As the script that made the reference: the first 175 rows, the measurements standardised.
Samples wine()
{
    const Table table = readCsv(MODELARIUM_SOURCE_DIR "/resources/sample_data/wine.csv", {})->table;
    std::vector<std::string> names;
    for (std::size_t j = 0; j < table.columns(); ++j)
        if (table.column(j).name() != "alcohol" && table.column(j).name() != "cultivar")
            names.push_back(table.column(j).name());
    Samples wine{columnsOf(table, names, 175), columnsOf(table, {"alcohol"}, 175).col(0)};
    for (Index j = 0; j < wine.X.cols(); ++j) {
        wine.X.col(j).array() -= wine.X.col(j).mean();
        wine.X.col(j) /= std::sqrt(wine.X.col(j).squaredNorm() / 175);
    }
    return wine;
}

/// The rows in such an order that the folds which seed 1 draws are runs of them as they were.
Samples ordered(const Samples& samples)
{
    std::vector<Index> order(std::size_t(samples.y.size()));
    std::iota(order.begin(), order.end(), Index(0));
    Random(1).shuffle(order);
    Samples result = samples;
    for (std::size_t i = 0; i < order.size(); ++i) {
        result.X.row(order[i]) = samples.X.row(Index(i));
        result.y[order[i]] = samples.y[Index(i)];
    }
    return result;
}

} // namespace

/// The whole path of penalties, with the errors on rows that were left out: LassoCV, ElasticNetCV and RidgeCV of scikit-learn 1.9.1
/// (tests/data/reference/make_penalty_path_reference.py).
class TestPenaltyPathReference : public QObject {
    Q_OBJECT

private:
    json m_reference = reference::read("penalty_path.json");

    static void verifyLists(const char* what, const std::vector<double>& mine, const json& theirs, double tolerance)
    {
        QCOMPARE(mine.size(), theirs.size());
        for (std::size_t i = 0; i < mine.size(); ++i) {
            const double expected = theirs[i];
            QVERIFY2(std::abs(mine[i] - expected) <= tolerance * std::abs(expected),
                     qPrintable(QStringLiteral("%1 %2: %3 instead of %4").arg(QLatin1String(what)).arg(i).arg(mine[i], 0, 'g', 17).arg(expected, 0, 'g', 17)));
        }
    }

    void addCases(const char* kind)
    {
        QTest::addColumn<int>("index");
        for (std::size_t i = 0; i < m_reference[kind].size(); ++i) {
            const json& one = m_reference[kind][i];
            QTest::newRow((one["data"].get<std::string>() + ", " + (one.contains("l1_ratio") ? one["l1_ratio"] : one["intercept"]).dump()).c_str()) << int(i);
        }
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(m_reference.is_object()); }

    void elasticNet_data() { addCases("net"); }

    void elasticNet()
    {
        QFETCH(int, index);
        const json& given = m_reference["net"][std::size_t(index)];
        const bool leaveOneOut = given["data"] == "mtcars";
        const Samples samples = leaveOneOut ? cars() : ordered(wine());
        const bool lasso = given["l1_ratio"] == 1.0;
        HyperparameterValues values = {{"penalty_choice", std::string("cross_validated")}, {"folds", std::int64_t(leaveOneOut ? 32 : 5)}, {"tolerance", 1e-15}};
        if (!lasso)
            values["l1_ratio"] = given["l1_ratio"].get<double>();
        const auto outcome = reference::fitTo(reference::makeDataset(samples.X, samples.y, 0), lasso ? "lasso_regression" : "elastic_net", values);
        QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
        const auto path = outcome->last.found.penaltyPath;
        QVERIFY(path);
        QCOMPARE(path->folds, std::size_t(leaveOneOut ? 32 : 5));
        verifyLists("alpha", path->alphas, given["alphas"], 1e-12);
        QCOMPARE(path->featuresInUse, given["features_in_use"].get<std::vector<std::size_t>>());
        // Both sides stop at a loss that is within 1e-15 of the target's squares of its minimum: the weights, and with them the errors on
        // other rows, are then off by up to the root of that.
        verifyLists("error", path->errors, given["errors"], 1e-6);
        verifyLists("standard error", path->standardErrors, given["standard_errors"], 1e-6);
        QVERIFY(std::abs(path->alphas[path->chosen] / given["alpha"].get<double>() - 1) < 1e-12);
        QCOMPARE(std::get<double>(outcome->last.chosen.at("alpha")), path->alphas[path->chosen]);
    }

    void ridge_data() { addCases("ridge"); }

    /// Every row left out in turn; nothing is iterated on either side.
    void ridge()
    {
        QFETCH(int, index);
        const json& given = m_reference["ridge"][std::size_t(index)];
        const Samples samples = given["data"] == "mtcars" ? cars() : wine();
        const auto outcome = reference::fitTo(reference::makeDataset(samples.X, samples.y, 0), "ridge_regression",
                                              {{"penalty_choice", std::string("cross_validated")}, {"intercept", given["intercept"].get<bool>()}});
        QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
        const auto path = outcome->last.found.penaltyPath;
        QVERIFY(path);
        QCOMPARE(path->folds, std::size_t(samples.y.size()));
        verifyLists("alpha", path->alphas, given["alphas"], 1e-12);
        verifyLists("error", path->errors, given["errors"], 1e-9);
        verifyLists("standard error", path->standardErrors, given["standard_errors"], 1e-9);
        QVERIFY(std::abs(path->alphas[path->chosen] / given["alpha"].get<double>() - 1) < 1e-12);
        const auto& linear = std::get<Linear>(outcome->parameters);
        const Vector coefficients = reference::toVector(given["coefficients"]);
        QVERIFY((linear.W.transpose() - coefficients).cwiseAbs().maxCoeff() <= 1e-9 * coefficients.cwiseAbs().maxCoeff());
        QVERIFY(std::abs(linear.b[0] - given["constant"].get<double>()) <= 1e-9 * std::max(1.0, std::abs(linear.b[0])));
    }

    /// More features than rows, by learning anew without each row: there the eigenvectors are those of rows.
    void ridgeWithMoreFeaturesThanRows_data()
    {
        QTest::addColumn<bool>("intercept");
        QTest::newRow("intercept") << true;
        QTest::newRow("through zero") << false;
    }

    void ridgeWithMoreFeaturesThanRows()
    {
        QFETCH(bool, intercept);
        Random random(3);
        Matrix X(12, 30);
        for (double& x : X.reshaped())
            x = random.normal() + 1;
        Vector y = X.leftCols(3).rowwise().sum();
        for (double& value : y)
            value += random.normal();
        const auto outcome = reference::fitTo(reference::makeDataset(X, y, 0), "ridge_regression",
                                              {{"penalty_choice", std::string("cross_validated")}, {"intercept", intercept}, {"alphas", std::int64_t(7)}});
        QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
        const auto path = outcome->last.found.penaltyPath;
        QVERIFY(path);
        for (std::size_t a = 0; a < path->alphas.size(); ++a) {
            Vector squares(12);
            for (Index out = 0; out < 12; ++out) {
                Matrix rest(11, 30);
                Vector target(11);
                rest << X.topRows(out), X.bottomRows(11 - out);
                target << y.head(out), y.tail(11 - out);
                const auto without = reference::fitTo(reference::makeDataset(rest, target, 0), "ridge_regression", {{"alpha", path->alphas[a]}, {"intercept", intercept}});
                QVERIFY(without);
                const auto& linear = std::get<Linear>(without->parameters);
                squares[out] = std::pow(linear.W.row(0).dot(X.row(out)) + linear.b[0] - y[out], 2);
            }
            const double deviation = std::sqrt((squares.array() - squares.mean()).square().sum() / 11 / 12);
            QVERIFY2(std::abs(path->errors[a] / squares.mean() - 1) < 1e-9, qPrintable(QString::number(path->errors[a] / squares.mean() - 1)));
            QVERIFY(std::abs(path->standardErrors[a] / deviation - 1) < 1e-9);
        }
    }
};

QTEST_GUILESS_MAIN(TestPenaltyPathReference)
#include "tst_penalty_path_reference.moc"
