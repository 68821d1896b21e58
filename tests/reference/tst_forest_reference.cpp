#include "core/model/predictor.h"
#include "tests/support/reference_data.h"

#include <QTest>

#include <cmath>

using namespace modelarium;

namespace {

HyperparameterValues settingsOf(const nlohmann::json& expected)
{
    HyperparameterValues values;
    if (expected["task"] == "classification")
        values["criterion"] = expected["criterion"].get<std::string>();
    for (const auto& [name, value] : expected["limits"].items())
        values[name] = value.get<std::int64_t>();
    return values;
}

Task taskOf(const nlohmann::json& expected)
{
    return expected["task"] == "classification" ? Task::Classification : Task::Regression;
}

Result<FitOutcome> grow(const DatasetPtr& data, const HyperparameterValues& values, std::uint64_t seed)
{
    const LearnerInfo& info = **findLearner("random_forest");
    const Result<Hyperparameters> chosen = Hyperparameters::check(info.table, values);
    if (!chosen)
        return chosen.error();
    return fit(*info.make(*chosen, data->task), data, seed);
}

/// The share of right classes, or R2.
double score(const Matrix& out, const Vector& y, Task task)
{
    if (task == Task::Regression)
        return 1 - (out.col(0) - y).squaredNorm() / (y.array() - y.mean()).square().sum();
    Eigen::Index right = 0, best = 0;
    for (Eigen::Index i = 0; i < y.size(); ++i) {
        out.row(i).maxCoeff(&best);
        right += best == Eigen::Index(y[i]);
    }
    return double(right) / double(y.size());
}

double meanLeaves(const TreeEnsemble& forest)
{
    double leaves = 0;
    for (const Tree& tree : forest.trees)
        leaves += double(leafCount(tree));
    return leaves / double(forest.trees.size());
}

} // namespace

/// Forests of scikit-learn 1.9.1: equal where nothing is drawn, and from the same distribution where something is.
class TestForestReference : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_reference = reference::read("forest.json");
        QVERIFY(m_reference.is_object());
    }

    void sameAnswersWithoutDraws_data() { addCases("exact"); }
    void sameAnswersWithoutDraws();
    void sameDistribution_data() { addCases("spread"); }
    void sameDistribution();

private:
    void addCases(const char* kind)
    {
        QTest::addColumn<int>("index");
        for (std::size_t i = 0; i < m_reference[kind].size(); ++i) {
            const auto& one = m_reference[kind][i];
            QTest::newRow((one["criterion"].get<std::string>() + " " + one.value("max_features", "") + " " + one["limits"].dump()).c_str()) << int(i);
        }
    }

    nlohmann::json m_reference;
};

void TestForestReference::sameAnswersWithoutDraws()
{
    QFETCH(int, index);
    const auto& expected = m_reference["exact"][std::size_t(index)];
    HyperparameterValues values = settingsOf(expected);
    values["n_trees"] = std::int64_t(5);
    values["bootstrap"] = false;
    values["max_features"] = std::string("all");
    const auto outcome = grow(reference::datasetOf(m_reference, taskOf(expected)), values, 1);
    QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
    const Matrix answers = reference::toMatrix(expected["answers"]);
    const Matrix X = reference::toMatrix(m_reference["queries"]).topRows(answers.rows());
    Matrix out;
    makePredictor(outcome->parameters)->predict(X, out);
    // Means of at most 250 numbers of size 1, in another order: a few hundred roundings of 1.1e-16 each.
    QVERIFY((out - answers).cwiseAbs().maxCoeff() < 1e-13);
}

/// The mean of `forests` forests lies about the mean of the reference's as the means of equal distributions do: within five of
/// its standard deviations, which a right program leaves once in a million times.
void TestForestReference::sameDistribution()
{
    QFETCH(int, index);
    const auto& expected = m_reference["spread"][std::size_t(index)];
    const Task task = taskOf(expected);
    const DatasetPtr data = reference::datasetOf(m_reference, task);
    const Matrix X = reference::toMatrix(m_reference["queries"]);
    const Vector y = reference::toVector(m_reference[task == Task::Classification ? "test_classes" : "test_values"]);
    HyperparameterValues values = settingsOf(expected);
    values["max_features"] = expected["max_features"].get<std::string>();

    constexpr int forests = 20;
    double outOfBag = 0, test = 0, leaves = 0;
    for (std::uint64_t seed = 1; seed <= forests; ++seed) {
        const auto outcome = grow(data, values, seed);
        QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
        outOfBag += outcome->last.found.outOfBag.at(task == Task::Classification ? "accuracy" : "r2") / forests;
        Matrix out;
        makePredictor(outcome->parameters)->predict(X, out);
        test += score(out, y, task) / forests;
        leaves += meanLeaves(std::get<TreeEnsemble>(outcome->parameters)) / forests;
    }
    const double deviations = 5 * std::sqrt(1.0 / forests + 1.0 / m_reference["seeds"].get<double>());
    const auto agrees = [&](const char* name, double value) {
        const double mean = expected[name]["mean"], deviation = expected[name]["deviation"];
        const bool near = std::abs(value - mean) <= deviations * deviation;
        if (!near)
            qWarning("%s: %.6f here, %.6f +- %.6f there", name, value, mean, deviation);
        return near;
    };
    QVERIFY(agrees("out_of_bag", outOfBag));
    QVERIFY(agrees("test", test));
    QVERIFY(agrees("leaves", leaves));
}

QTEST_GUILESS_MAIN(TestForestReference)
#include "tst_forest_reference.moc"
