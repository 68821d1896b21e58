#include "core/base/random.h"
#include "core/data/csv_reader.h"
#include "tests/support/reference_data.h"

#include <Eigen/QR>

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

    void whatLeavesTheRangeOfNumbersIsSaid_data()
    {
        QTest::addColumn<QString>("learner");
        QTest::addColumn<double>("size");
        for (const char* learner : {"lasso_regression", "ridge_regression"}) {
            QTest::addRow("%s, spread", learner) << learner << 1e85;
            QTest::addRow("%s, errors", learner) << learner << 1e160;
        }
    }

    void whatLeavesTheRangeOfNumbersIsSaid()
    {
        QFETCH(QString, learner);
        QFETCH(double, size);
        Random random(5);
        Matrix X(20, 2);
        for (double& x : X.reshaped())
            x = random.normal();
        Vector y = X.col(0) * size;
        for (double& value : y)
            value += size * random.normal();
        for (const char* selection : {"best", "one_standard_error"}) {
            const auto outcome = reference::fitTo(reference::makeDataset(X, y, 0), learner.toStdString(),
                                                  {{"penalty_choice", std::string("cross_validated")}, {"selection", std::string(selection)}});
            if (!outcome) {
                QVERIFY(outcome.error().code == ErrorCode::NotFinite || outcome.error().code == ErrorCode::Diverged);
                continue;
            }
            QVERIFY(!outcome->last.found.penaltyPath);
            for (const std::string& notice : outcome->notices)
                QVERIFY2(notice.find("infinite") == std::string::npos && notice.find("missing") == std::string::npos && notice.find("give or take 0") == std::string::npos,
                         notice.c_str());
        }
    }

    void ridgeLearnsAnewWithoutEachRow_data()
    {
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("features");
        QTest::addColumn<double>("scale");              // of the first feature
        QTest::addColumn<bool>("intercept");
        QTest::addColumn<double>("tolerance");
        // Beside rounding of the reference itself: the turned columns are off their right angles by as much as their lengths differ.
        for (const bool intercept : {true, false}) {
            const char* line = intercept ? "intercept" : "through zero";
            QTest::addRow("more features than rows, %s", line) << 12 << 30 << 1.0 << intercept << 1e-9;
            QTest::addRow("more features than rows, unlike units, %s", line) << 8 << 12 << 1e8 << intercept << 1e-6;
            QTest::addRow("few features, unlike units, %s", line) << 40 << 3 << 1e8 << intercept << 1e-6;
            QTest::addRow("few features, tiny units, %s", line) << 40 << 3 << 1e-8 << intercept << 1e-6;
        }
    }

    /// The weights without each row by an orthogonal decomposition of the rows with sqrt(alpha) I below them: no product of cells is formed.
    void ridgeLearnsAnewWithoutEachRow()
    {
        QFETCH(int, rows);
        QFETCH(int, features);
        QFETCH(double, scale);
        QFETCH(bool, intercept);
        QFETCH(double, tolerance);
        const Index n = rows, p = features;
        Random random(3);
        Matrix X(n, p);
        for (double& x : X.reshaped())
            x = random.normal() + 1;
        Vector y = X.leftCols(3).rowwise().sum();
        for (double& value : y)
            value += random.normal();
        X.col(0) *= scale;
        const auto outcome = reference::fitTo(reference::makeDataset(X, y, 0), "ridge_regression",
                                              {{"penalty_choice", std::string("cross_validated")}, {"intercept", intercept}, {"alphas", std::int64_t(7)}});
        QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
        const auto path = outcome->last.found.penaltyPath;
        QVERIFY(path);
        for (std::size_t a = 0; a < path->alphas.size(); ++a) {
            Vector squares(n);
            for (Index out = 0; out < n; ++out) {
                Matrix rest(n - 1, p);
                Vector target(n - 1);
                rest << X.topRows(out), X.bottomRows(n - 1 - out);
                target << y.head(out), y.tail(n - 1 - out);
                const RowVector mean = intercept ? RowVector(rest.colwise().mean()) : RowVector(RowVector::Zero(p));
                const double middle = intercept ? target.mean() : 0;
                Matrix below(n - 1 + p, p);
                below << rest.rowwise() - mean, Matrix(std::sqrt(path->alphas[a]) * Matrix::Identity(p, p));
                Vector right = Vector::Zero(n - 1 + p);
                right.head(n - 1) = target.array() - middle;
                const Vector weights = below.colPivHouseholderQr().solve(right);
                squares[out] = std::pow((X.row(out) - mean).dot(weights) + middle - y[out], 2);
            }
            const double deviation = std::sqrt((squares.array() - squares.mean()).square().sum() / double(n - 1) / double(n));
            QVERIFY2(std::abs(path->errors[a] / squares.mean() - 1) < tolerance, qPrintable(QString("alpha %1: %2 and %3").arg(path->alphas[a]).arg(path->errors[a]).arg(squares.mean())));
            QVERIFY(std::abs(path->standardErrors[a] / deviation - 1) < tolerance);
        }
    }
};

QTEST_GUILESS_MAIN(TestPenaltyPathReference)
#include "tst_penalty_path_reference.moc"
