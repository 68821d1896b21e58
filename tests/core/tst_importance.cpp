#include "core/base/parallel.h"
#include "core/evaluate/partial_dependence.h"
#include "core/evaluate/permutation_importance.h"
#include "tests/support/sample_tables.h"
#include "tests/support/small_tables.h"

#include <QTest>

#include <cmath>
#include <numeric>

using namespace modelarium;

namespace {

std::vector<std::size_t> allRows(const Table& table)
{
    std::vector<std::size_t> rows(table.rows());
    std::iota(rows.begin(), rows.end(), std::size_t(0));
    return rows;
}

ModelPtr modelOf(const Table& table, const char* learner, const char* target, std::vector<std::string> features = {})
{
    TrainingPlan plan;
    plan.learner = learner;
    plan.target = target;
    plan.features = std::move(features);
    return *samples::trainedModel(table, plan);
}

} // namespace

/// Permutation importance and partial dependence.
class TestImportance : public QObject {
    Q_OBJECT

private Q_SLOTS:
    /// For a line with weight w, shuffling x adds 2 w^2 var(x) to the mean squared error.
    void aLineLosesWhatTheoryGives()
    {
        const Table table = lineTable(3000);
        const ModelPtr model = modelOf(table, "linear_regression", "y");
        const auto result = permutationImportance(*model, table, allRows(table), {"rmse", 20, 3});
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        QCOMPARE(result->inputs.size(), std::size_t(2));
        const Buffer<double>& x = table.column(0).numberValues();
        const Eigen::Map<const Vector> values(x.data(), Eigen::Index(x.size()));
        const double variance = (values.array() - values.mean()).square().mean(), w = std::get<Linear>(model->parameters()).W(0, 0);
        const double expected = std::sqrt(result->score * result->score + 2 * w * w * variance) - result->score;
        // One shuffle of 3000 rows scatters by about 1/sqrt(3000); twenty of them by a quarter of that.
        QVERIFY(std::abs(result->inputs[0].mean / expected - 1) < 0.02);
        QVERIFY(std::abs(result->inputs[1].mean) < 0.001);
        QCOMPARE(result->inputs[0].losses.size(), std::size_t(20));
    }

    void aColumnThatATreeNeverAsksAboutLosesNothing()
    {
        const Table table = cloudsTable(200);
        TrainingPlan plan;
        plan.learner = "decision_tree";
        plan.target = "kind";
        plan.hyperparameters["max_depth"] = std::int64_t(1);
        const auto model = samples::trainedModel(table, plan);
        QVERIFY(model);
        const auto result = permutationImportance(**model, table, allRows(table));
        QVERIFY(result);
        QCOMPARE(result->metric, std::string("accuracy"));
        const int asked = std::get<TreeEnsemble>((*model)->parameters()).trees[0].feature[0];
        QVERIFY(result->inputs[std::size_t(asked)].mean > 0.1);
        QCOMPARE(result->inputs[std::size_t(1 - asked)].mean, 0.0);
        QCOMPARE(result->inputs[std::size_t(1 - asked)].standardDeviation, 0.0);
    }

    /// Categories and missing cells, and the same bits on any number of threads.
    void levelsMoveTogether()
    {
        const Table table = samples::mixedTable(80);
        const auto model = samples::trainedModel(table, samples::planFor(**findLearner("linear_regression"), Task::Regression));
        QVERIFY(model);
        setThreadCount(1);
        const auto one = permutationImportance(**model, table, allRows(table), {"r2", 4, 9});
        setThreadCount(4);
        const auto four = permutationImportance(**model, table, allRows(table), {"r2", 4, 9});
        setThreadCount(0);
        QVERIFY(one && four);
        QCOMPARE(one->inputs.size(), samples::mixedFeatures().size());
        for (std::size_t j = 0; j < one->inputs.size(); ++j)
            QCOMPARE(four->inputs[j].losses, one->inputs[j].losses);
    }

    void refusals()
    {
        const Table table = lineTable(30);
        const ModelPtr model = modelOf(table, "linear_regression", "y");
        QVERIFY(!permutationImportance(*model, table, {0}));
        QVERIFY(!permutationImportance(*model, table, allRows(table), {"accuracy"}));
        QVERIFY(!permutationImportance(*model, table, allRows(table), {"", 0}));
        std::stop_source stop;
        stop.request_stop();
        const auto cancelled = permutationImportance(*model, table, allRows(table), {}, {}, stop.get_token());
        QVERIFY(!cancelled && cancelled.error().code == ErrorCode::Cancelled);
        QVERIFY(!partialDependence(*model, table, allRows(table), "nothing"));
        QVERIFY(!partialDependence(*model, table, {}, "x"));
        QVERIFY(!partialDependence(*model, table, allRows(table), "x", {.points = 0}));
        QVERIFY(!partialDependence(*model, table, allRows(table), "x", {.lowestShare = 0.5, .highestShare = 0.5}));
        const auto stopped = partialDependence(*model, table, allRows(table), "x", {}, stop.get_token());
        QVERIFY(!stopped && stopped.error().code == ErrorCode::Cancelled);
    }

    /// The dependence of a line on its input is the line; every row's curve is parallel to it.
    void aLineDependsAsItsWeightSays()
    {
        const Table table = lineTable(200);
        const ModelPtr model = modelOf(table, "linear_regression", "y");
        const double w = std::get<Linear>(model->parameters()).W(0, 0);
        const auto result = partialDependence(*model, table, allRows(table), "x", {.points = 20, .curves = 7});
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        QCOMPARE(result->grid.size(), std::size_t(20));
        QCOMPARE(result->curves[0].rows(), Eigen::Index(7));
        QVERIFY(std::is_sorted(result->curveRows.begin(), result->curveRows.end()));
        for (Eigen::Index i = 1; i < 20; ++i) {
            const double step = w * (result->grid[std::size_t(i)] - result->grid[0]);
            QVERIFY(std::abs(result->mean(i, 0) - result->mean(0, 0) - step) < 1e-12);
            for (Eigen::Index row = 0; row < 7; ++row)
                QVERIFY(std::abs(result->curves[0](row, i) - result->curves[0](row, 0) - step) < 1e-12);
        }
    }

    void everyCurveIsWhatTheModelAnswers_data()
    {
        QTest::addColumn<QString>("learner");
        QTest::addColumn<QString>("input");
        for (const char* learner : {"decision_tree", "k_nearest_neighbors", "logistic_regression"})
            for (const char* input : {"body mass", "island", "wet"})
                QTest::addRow("%s, %s", learner, input) << QString::fromUtf8(learner) << QString::fromUtf8(input);
    }

    /// Row by row through predictRow: another way from a row to an answer.
    void everyCurveIsWhatTheModelAnswers()
    {
        QFETCH(QString, learner);
        QFETCH(QString, input);
        const Table table = samples::mixedTable(60);
        const auto model = samples::trainedModel(table, samples::planFor(**findLearner(learner.toStdString()), Task::Classification));
        QVERIFY(model);
        const auto result = partialDependence(**model, table, allRows(table), input.toStdString(), {.points = 9, .curves = 60});
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        QCOMPARE(result->curves.size(), std::size_t(3));
        QCOMPARE(result->levels.size(), input == QStringLiteral("body mass") ? std::size_t(0) : result->grid.size());
        const std::vector<InputColumn>& inputs = (*model)->inputs();
        std::vector<double> raw(inputs.size()), workspace((*model)->workspaceSize()), answer(3);
        for (std::size_t point = 0; point < result->grid.size(); ++point) {
            RowVector mean = RowVector::Zero(3);
            for (std::size_t row = 0; row < 60; ++row) {
                for (std::size_t j = 0; j < inputs.size(); ++j) {
                    const Column& column = table.column(*table.find(inputs[j].name));
                    raw[j] = inputs[j].name == input.toStdString() ? result->grid[point]
                        : column.isNumeric()                       ? column.numberValues()[row]
                        : column.isMissing(row)                    ? std::nan("")
                                                                   : double(column.categoryCells().codes[row]);
                }
                (*model)->predictRow(raw.data(), workspace.data(), answer.data());
                for (Eigen::Index k = 0; k < 3; ++k) {
                    QCOMPARE(result->curves[std::size_t(k)](Eigen::Index(row), Eigen::Index(point)), answer[std::size_t(k)]);
                    mean[k] += answer[std::size_t(k)] / 60;
                }
            }
            QVERIFY((mean - result->mean.row(Eigen::Index(point))).cwiseAbs().maxCoeff() < 1e-12);
        }
    }
};

QTEST_GUILESS_MAIN(TestImportance)
#include "tst_importance.moc"
