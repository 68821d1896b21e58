#include "core/base/number_text.h"
#include "core/evaluate/online_training.h"
#include "core/learn/fit.h"
#include "core/learn/online.h"
#include "core/learn/registry.h"
#include "tests/support/parameters_text.h"
#include "tests/support/reference_data.h"
#include "tests/support/sample_tables.h"

#include <QTest>

using namespace modelarium;

namespace {

std::unique_ptr<OnlineRun> runOf(const char* id, const Dataset& data, const HyperparameterValues& values = {})
{
    const LearnerInfo& learner = **findLearner(id);
    return learner.makeOnline(*Hyperparameters::check(learner.table, values), {data.task, data.features(), data.classNames, 0, 1}, 1);
}

/// Columns of growing size and dependence: condition numbers of about 1 and 1e6.
DatasetPtr plane(Eigen::Index rows, double alike)
{
    Random random(3);
    Matrix X(rows, 5);
    Vector y(rows);
    for (Eigen::Index i = 0; i < rows; ++i) {
        X(i, 0) = 100 + random.normal();
        X(i, 1) = alike * X(i, 0) + random.normal();
        X(i, 2) = 1e4 * random.normal();
        X(i, 3) = random.normal();
        X(i, 4) = double(i % 3 == 0);
        y[i] = 3 * X(i, 0) - 2 * X(i, 1) + 1e-3 * X(i, 2) + X(i, 3) - 7 * X(i, 4) + 12 + random.normal();
    }
    return reference::makeDataset(std::move(X), std::move(y), 0);
}

DatasetPtr clouds(int classes, Eigen::Index rows = 300)
{
    Random random(8);
    Matrix X(rows, 2);
    Vector y(rows);
    for (Eigen::Index i = 0; i < rows; ++i) {
        y[i] = double(random.below(std::uint64_t(classes)));
        X(i, 0) = random.normal() + 2 * y[i];
        X(i, 1) = 50 + 3 * random.normal() - y[i];
    }
    return reference::makeDataset(std::move(X), std::move(y), classes);
}

Parameters batch(const char* id, const DatasetPtr& data, const HyperparameterValues& values = {})
{
    return reference::fitTo(data, id, values)->parameters;
}

double farthest(const Matrix& a, const Matrix& b) { return ((a - b).array().abs() / b.array().abs().max(1e-300)).maxCoeff(); }

} // namespace

/// Each online learner against what all rows at once give, and the training around them.
class TestOnlineTraining : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void leastSquaresIsTheBatchSolution_data()
    {
        QTest::addColumn<double>("alike");
        QTest::addColumn<bool>("intercept");
        QTest::addColumn<double>("tolerance");
        // Both sides lose the condition number of the columns (less their means) times the rounding unit.
        QTest::newRow("independent columns") << 0.0 << true << 1e-10;
        QTest::newRow("without intercept") << 0.0 << false << 1e-10;
        QTest::newRow("columns nearly alike") << 1e4 << true << 1e-7;
    }

    void leastSquaresIsTheBatchSolution()
    {
        QFETCH(double, alike);
        QFETCH(bool, intercept);
        QFETCH(double, tolerance);
        for (const Eigen::Index rows : {6, 40, 5000}) {
            const DatasetPtr data = plane(rows, alike);
            const auto run = runOf("linear_regression", *data, {{"intercept", intercept}});
            QVERIFY(run->partialFit(*data));
            const auto online = std::get<Linear>(run->freeze()), all = std::get<Linear>(batch("linear_regression", data, {{"intercept", intercept}}));
            const Vector one = data->X() * online.W.transpose(), other = data->X() * all.W.transpose();
            const double fitted = ((one.array() + online.b[0]) - (other.array() + all.b[0])).abs().maxCoeff();
            QVERIFY2(fitted <= tolerance * data->y.cwiseAbs().maxCoeff(), qPrintable(QString::number(fitted)));
            if (rows > 6)
                QVERIFY2(farthest(online.W, all.W) <= 100 * tolerance, qPrintable(QString::number(farthest(online.W, all.W))));
            // The residuals are orthogonal to the columns.
            const Vector residual = data->y.array() - one.array() - online.b[0];
            for (Eigen::Index j = 0; j < 5; ++j)
                QVERIFY(std::abs(data->X().col(j).dot(residual)) <= tolerance * data->X().col(j).norm() * data->y.norm());
        }
    }

    void dependentColumnsGetNoWeight()
    {
        DatasetPtr data = plane(20000, 0);
        auto twice = std::make_shared<Dataset>(*data);
        twice->X().conservativeResize(Eigen::NoChange, 7);
        twice->X().col(5) = 2 * data->X().col(0).array() - 3;
        twice->X().col(6).setConstant(0.1);
        twice->featureNames = {"a", "b", "c", "d", "e", "f", "g"};
        const auto run = runOf("linear_regression", *twice), less = runOf("linear_regression", *data);
        QVERIFY(run->partialFit(*twice) && less->partialFit(*data));
        const auto all = std::get<Linear>(run->freeze()), five = std::get<Linear>(less->freeze());
        QCOMPARE(all.W(0, 5), 0.0);
        QCOMPARE(all.W(0, 6), 0.0);
        QVERIFY(farthest(all.W.leftCols(5), five.W) < 1e-12);
    }

    void naiveBayesIsTheBatchSolution()
    {
        for (const int classes : {2, 3}) {
            const DatasetPtr data = clouds(classes);
            const auto run = runOf("gaussian_naive_bayes", *data);
            QVERIFY(run->partialFit(*data));
            const auto online = std::get<GaussianClasses>(run->freeze()), all = std::get<GaussianClasses>(batch("gaussian_naive_bayes", data));
            QVERIFY(farthest(online.logPrior, all.logPrior) < 1e-14);
            QVERIFY(farthest(online.mean, all.mean) < 1e-13);
            QVERIFY(farthest(online.variance, all.variance) < 1e-12);
        }
    }

    void perceptronIsAnEpochInOrder()
    {
        for (const int classes : {2, 4}) {
            const DatasetPtr data = clouds(classes);
            const auto run = runOf("perceptron", *data);
            QVERIFY(run->partialFit(*data));
            const auto online = std::get<Linear>(run->freeze());
            const auto all = std::get<Linear>(batch("perceptron", data, {{"max_epochs", std::int64_t(1)}, {"shuffle", false}}));
            QVERIFY(online.link == Link::Hard);
            QVERIFY((online.W - all.W).cwiseAbs().maxCoeff() < 1e-10);
            QCOMPARE(online.b, all.b);
        }
    }

    /// Three rows, worked out by the formulas of the header.
    void logisticIsItsFormula()
    {
        Matrix X(3, 1);
        X << 1, -2, 0.5;
        const DatasetPtr data = reference::makeDataset(X, Vector{{1, 0, 1}}, 2);
        double w = 0, b = 0, sw = 0, sb = 0, loss = 0;
        for (int t = 1; t <= 3; ++t) {
            const double x = X(t - 1, 0), y = data->y[t - 1], p = 1 / (1 + std::exp(-(w * x + b)));
            loss -= std::log(y == 1 ? p : 1 - p);
            const double gw = (p - y) * x + w / (2.0 * t), gb = p - y;
            sw += gw * gw;
            sb += gb * gb;
            w -= 0.3 * gw / std::sqrt(sw);
            b -= 0.3 * gb / std::sqrt(sb);
        }
        const auto run = runOf("logistic_regression", *data, {{"C", 2.0}, {"learning_rate", 0.3}});
        const auto progress = run->partialFit(*data);
        QVERIFY(progress);
        const auto linear = std::get<Linear>(run->freeze());
        QVERIFY(std::abs(linear.W(0, 0) - w) < 1e-14 && std::abs(linear.b[0] - b) < 1e-14);
        QVERIFY(std::abs(progress->loss - loss / 3) < 1e-14);
    }

    void logisticComesNearTheBatchOptimum()
    {
        for (const int classes : {2, 3}) {
            auto data = std::make_shared<Dataset>(*clouds(classes, 20000));
            data->X().rowwise() -= data->X().colwise().mean().eval();
            const auto run = runOf("logistic_regression", *data, {{"penalty", std::string("none")}, {"learning_rate", 0.5}});
            QVERIFY(run->partialFit(*data));
            const auto logLoss = [&](const Parameters& parameters) {
                Matrix P;
                makePredictor(parameters)->predict(data->X(), P);
                double sum = 0;
                for (Eigen::Index i = 0; i < P.rows(); ++i)
                    sum -= std::log(P(i, Eigen::Index(data->y[i])));
                return sum / double(P.rows());
            };
            const double online = logLoss(run->freeze()), best = logLoss(batch("logistic_regression", data, {{"penalty", std::string("none")}}));
            QVERIFY2(online >= best * (1 - 1e-9) && online < best * 1.05, qPrintable(QString::number(online / best)));
        }
    }

    void divergenceNamesTheLearningRate()
    {
        const DatasetPtr data = clouds(2);
        for (const char* id : {"neural_network"}) {
            const auto run = runOf(id, *data, {{"solver", std::string("sgd")}, {"learning_rate", 1000.0}, {"activation", std::string("relu")}, {"l2", 1e6}});
            const auto diverged = run->partialFit(*data);
            QVERIFY(!diverged);
            QCOMPARE(diverged.error().place.hyperparameter, std::string("learning_rate"));
        }
    }

    void scoresAreTheMetrics()
    {
        Random random(2);
        Vector truth(50), values(50);
        Matrix P(50, 3);
        PrequentialScore numbers(Task::Regression, 0), three(Task::Classification, 3), two(Task::Classification, 2);
        Vector codes(50), bits(50);
        Matrix Q(50, 2);
        for (Eigen::Index i = 0; i < 50; ++i) {
            truth[i] = 1000 + random.normal();
            values[i] = truth[i] + 0.1 * random.normal();
            numbers.add(truth[i], &values[i]);
            const double a = random.uniform(), b = random.uniform();
            P.row(i) = RowVector{{a, b, 1.0}} / (a + b + 1);
            Q.row(i) = RowVector{{a, 1 - a}};
            codes[i] = double(random.below(3));
            bits[i] = double(random.below(2));
            const RowVector p = P.row(i), q = Q.row(i);
            three.add(codes[i], p.data());
            two.add(bits[i], q.data());
        }
        const auto agree = [](const Metrics& streamed, const Metrics& all) {
            for (const auto& [name, value] : streamed)
                if (!all.contains(name) || std::abs(all.at(name) - value) > 1e-10)
                    return false;
            return streamed.size() >= 3;
        };
        const auto predicted = [](const Matrix& probabilities) {
            Prediction prediction{Vector(probabilities.rows()), probabilities};
            for (Eigen::Index i = 0; i < probabilities.rows(); ++i) {
                Eigen::Index likeliest = 0;
                probabilities.row(i).maxCoeff(&likeliest);
                prediction.values[i] = double(likeliest);
            }
            return prediction;
        };
        QVERIFY(agree(numbers.metrics(), regressionMetrics(truth, values)));
        QVERIFY(agree(three.metrics(), classificationMetrics(codes, predicted(P), 3)));
        QVERIFY(agree(two.metrics(), classificationMetrics(bits, predicted(Q), 2)));
        OnlineState state;
        numbers.saveTo(state);
        PrequentialScore again(Task::Regression, 0);
        QVERIFY(again.takeFrom(state));
        QCOMPARE(again.metrics(), numbers.metrics());
        state.numbers["score_sums"].setConstant(-1);
        QVERIFY(!again.takeFrom(state));
        QVERIFY(PrequentialScore(Task::Regression, 0).metrics().empty());
        PrequentialScore votes(Task::Classification, 2, false);
        const double second[] = {0, 1};
        votes.add(1, second);
        QCOMPARE(votes.metrics(), (Metrics{{"accuracy", 1.0}}));
        QVERIFY(votes.emptied().metrics().empty());
    }

    void whatCannotBeginIsSaid()
    {
        const Table table = samples::mixedTable();
        const auto message = [&](const char* learner, const char* target, const HyperparameterValues& values, const std::vector<std::string>& classes = {}) {
            TrainingPlan plan;
            plan.learner = learner;
            plan.target = target;
            plan.hyperparameters = values;
            plan.classes = classes;
            const auto begun = OnlineTraining::begin(table, plan);
            return begun ? std::string() : begun.error().message;
        };
        QVERIFY(message("decision_tree", "value", {}).find("linear_regression") != std::string::npos);
        QVERIFY(message("linear_regression", "value", {{"solver", std::string("exact")}}).find("plays no part") != std::string::npos);
        QVERIFY(message("logistic_regression", "species", {{"penalty", std::string("l1")}}).find("l2 or none") != std::string::npos);
        QVERIFY(message("linear_regression", "value", {{"colour", 1.0}}).find("colour") != std::string::npos);
        QVERIFY(message("linear_regression", "species", {}).find("another learner") != std::string::npos);
        QVERIFY(message("perceptron", "species", {}, {"a", "a"}).find("twice") != std::string::npos);
        QVERIFY(message("perceptron", "species", {}, {"a"}).find("only one value") != std::string::npos);
        QVERIFY(message("perceptron", "species", {}, {"a", "b"}).find("a class that the model does not know") != std::string::npos);
        QVERIFY(message("linear_regression", "value", {{"intercept", true}}).empty());
    }

    /// A row that cannot be learned from stops the training just before it, and is named as the stream counts.
    void aBadRowStopsTheTraining()
    {
        const Table table = samples::mixedTable(90);
        std::vector<double> values;
        for (std::size_t i = 0; i < 90; ++i)
            values.push_back(i == 4 ? std::nan("") : i == 70 ? std::numeric_limits<double>::infinity() : double(i));
        const auto column = [&](const char* name) { return std::make_shared<const Column>(Column::numbers(name, Buffer<double>(values.begin(), values.end()))); };
        const Table target = table.withColumn(*table.find("value"), column("value"));
        const Table feature = table.withColumn(*table.find("länge"), column("länge"));
        for (const Table& bad : {target, feature}) {
            std::vector<std::size_t> first(30);
            for (std::size_t i = 0; i < 30; ++i)
                first[i] = i;
            TrainingPlan plan = samples::planFor(**findLearner("linear_regression"), Task::Regression);
            auto training = OnlineTraining::begin(bad.selected(first), plan);
            QVERIFY2(training, training ? "" : training.error().message.c_str());
            training->skipped(1000);
            QVERIFY(training->learn(bad, 0, 40));
            const auto stopped = training->learn(bad, 40, 50);
            QVERIFY(!stopped);
            QVERIFY2(stopped.error().message.find("Row 1071 of") == 0, stopped.error().message.c_str());
            QCOMPARE(training->rowsRead(), std::uint64_t(70));
            QCOMPARE(training->rowsLearned(), std::uint64_t(70 - training->rowsWithoutTarget()));
            // The first rows taught the scale of the target: those behind them are scored.
            std::uint64_t scored = 0;
            for (std::size_t i = 30; i < 70; ++i)
                scored += !bad.column(*bad.find("value")).isMissing(i);
            QCOMPARE(training->score().rows(), scored);
            auto other = OnlineTraining::begin(bad.selected(first), plan);
            QVERIFY(other->learn(bad, 0, 70));
            QCOMPARE(parametersText((*training->model(0))->parameters()), parametersText((*other->model(0))->parameters()));
        }
    }

    void noScoreKnowsItsRows_data()
    {
        QTest::addColumn<int>("task");
        QTest::addColumn<bool>("scaled");
        QTest::addColumn<bool>("teaches");
        QTest::newRow("a scale of the features") << int(Task::Classification) << true << true;
        QTest::newRow("a scale of the target") << int(Task::Regression) << false << true;
        QTest::newRow("nothing learned") << int(Task::Classification) << false << false;
    }

    /// Rows that taught the preparation are in the score only as long as there are no others, which is said; in whatever parts they come.
    void noScoreKnowsItsRows()
    {
        QFETCH(int, task);
        QFETCH(bool, scaled);
        QFETCH(bool, teaches);
        Random random(4);
        Buffer<double> x, y;
        std::vector<std::string> k;
        for (int i = 0; i < 200; ++i) {
            x.push_back(random.normal());
            y.push_back(3 * x.back() + random.normal());
            k.push_back(y.back() > 0 ? "up" : "down");
        }
        const Table table = *Table::make({std::make_shared<const Column>(Column::numbers("x", std::move(x))),
                                          std::make_shared<const Column>(Column::numbers("y", std::move(y))),
                                          std::make_shared<const Column>(Column::categories("k", k))});
        TrainingPlan plan;
        plan.learner = "neural_network";
        plan.target = Task(task) == Task::Regression ? "y" : "k";
        plan.features = {"x"};
        plan.preparation.scaling = scaled ? Scaling::Standardise : Scaling::None;
        std::vector<std::size_t> rows(50);
        for (std::size_t i = 0; i < 50; ++i)
            rows[i] = i;
        const auto begin = [&] { return *OnlineTraining::begin(table.selected(rows), plan); };
        auto whole = begin();
        QVERIFY(whole.learn(table, 0, 50));
        QCOMPARE(whole.score().rows(), std::uint64_t(50));
        QCOMPARE(whole.scoreKnowsItsRows(), teaches);
        QVERIFY(whole.learn(table, 50, 150));
        QCOMPARE(whole.score().rows(), std::uint64_t(teaches ? 150 : 200));
        QCOMPARE(whole.scoredFrom(), std::uint64_t(teaches ? 51 : 1));
        QVERIFY(!whole.scoreKnowsItsRows());
        for (const std::size_t stop : {std::size_t(30), std::size_t(50), std::size_t(51), std::size_t(120)}) {
            auto part = begin();
            QVERIFY(part.learn(table, 0, stop));
            auto rest = OnlineTraining::resume(**part.model(0));
            QVERIFY(rest && rest->learn(table, stop, 200 - stop));
            QCOMPARE(rest->score().metrics(), whole.score().metrics());
            QCOMPARE(rest->scoredFrom(), whole.scoredFrom());
        }
    }

    void classesThatComeLaterAreNamedBefore()
    {
        const Table table = samples::mixedTable(200);
        TrainingPlan plan = samples::planFor(**findLearner("gaussian_naive_bayes"), Task::Classification);
        plan.classes = {"Gentoo", "Chinstrap", "Adélie", "Emperor"};
        auto training = OnlineTraining::begin(table, plan);
        QVERIFY2(training, training ? "" : training.error().message.c_str());
        QVERIFY(training->learn(table, 0, 200));
        const auto model = training->model(0);
        QVERIFY(model);
        QCOMPARE((*model)->target().classes, plan.classes);
        QVERIFY(training->score().metrics().at("accuracy") > 0.6);
    }
};

QTEST_GUILESS_MAIN(TestOnlineTraining)
#include "tst_online_training.moc"
