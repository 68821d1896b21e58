#include "core/evaluate/cross_validation.h"

#include "core/base/parallel.h"
#include "core/data/folds.h"
#include "core/evaluate/learning_curve.h"
#include "core/evaluate/search.h"
#include "tests/support/sample_tables.h"

#include <QTest>

#include <atomic>
#include <cmath>

using namespace modelarium;

namespace {

std::vector<Split> foldsOf(const Table& table, const std::string& target, FoldKind kind = FoldKind::KFold, int folds = 4)
{
    FoldOptions options;
    options.kind = kind;
    options.folds = folds;
    return *makeFolds(table, target, options);
}

TrainingPlan planNamed(const char* learner, Task task) { return samples::planFor(**findLearner(learner), task); }

/// Other cells in the given rows of every column: numbers from elsewhere, missing cells, other levels; targets move too.
Table scrambled(const Table& table, const std::vector<std::size_t>& rows, const std::string& target)
{
    Random random(77);
    Table result = table;
    for (std::size_t c = 0; c < table.columns(); ++c) {
        const Column& column = table.column(c);
        const bool mayBeMissing = column.name() != target;
        if (column.isNumeric()) {
            Buffer<double> values = column.numberValues();
            for (const std::size_t row : rows)
                values[row] = mayBeMissing && random.uniform() < 0.2 ? std::nan("") : 1e6 * random.normal();
            result = result.withColumn(c, std::make_shared<const Column>(Column::numbers(column.name(), values)));
        } else {
            CategoryCells cells = column.categoryCells();
            for (const std::size_t row : rows)
                cells.codes[row] = std::int32_t(random.below(cells.levels.size() + (mayBeMissing ? 1 : 0))) - (mayBeMissing ? 1 : 0);
            result = result.withColumn(c, std::make_shared<const Column>(Column::categories(column.name(), cells.codes, cells.levels)));
        }
    }
    return result;
}

} // namespace

class TestCrossValidation : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { setThreadCount(0); }
    void cleanup() { setThreadCount(0); }

    void everyLearner_data()
    {
        QTest::addColumn<QString>("id");
        QTest::addColumn<int>("task");
        for (const LearnerInfo& learner : learners())
            for (const Task task : learner.tasks)
                if (task == Task::Regression || task == Task::Classification)
                    QTest::addRow("%s, %s", learner.id.c_str(), std::string(taskName(task)).c_str()) << QString::fromStdString(learner.id) << int(task);
    }

    void nothingLeaksFromTestRows_data() { everyLearner_data(); }

    /// Values and targets of the test rows change, and nothing that was learned does: neither preparation nor parameters.
    void nothingLeaksFromTestRows()
    {
        QFETCH(QString, id);
        QFETCH(int, task);
        const TrainingPlan plan = samples::planFor(**findLearner(id.toStdString()), Task(task));
        const Table table = samples::mixedTable(90);
        const Split split = foldsOf(table, plan.target).at(1);
        const Table other = scrambled(table, split.test, plan.target);

        const auto before = prepareTraining(table, plan, split), after = prepareTraining(other, plan, split);
        QVERIFY2(before && after, before ? "" : before.error().message.c_str());
        QVERIFY(samples::sameBits(before->train->X(), after->train->X()));
        QVERIFY(samples::sameBits(before->train->y, after->train->y));
        QVERIFY(!samples::sameBits(before->test->X(), after->test->X()));
        const auto first = fit(*before->learner, before->train, 1), second = fit(*after->learner, after->train, 1);
        QVERIFY2(first && second, first ? "" : first.error().message.c_str());
        QCOMPARE(samples::exactBits(second->parameters), samples::exactBits(first->parameters));
        // The preparation is the same function: it gives the same bits for the rows as they were.
        const auto mine = before->preparation.apply(table), theirs = after->preparation.apply(table);
        QVERIFY(mine && theirs && samples::sameBits(*mine, *theirs));
    }

    /// The same through a whole cross-validation: what a fold says of its training rows is untouched by its test rows.
    void noFoldLooksAtItsTestRows()
    {
        const TrainingPlan plan = planNamed("ridge_regression", Task::Regression);
        const Table table = samples::mixedTable(80);
        const std::vector<Split> folds = foldsOf(table, plan.target);
        for (std::size_t fold = 0; fold < folds.size(); ++fold) {
            const auto before = crossValidate(table, plan, {folds[fold]});
            const auto after = crossValidate(scrambled(table, folds[fold].test, plan.target), plan, {folds[fold]});
            QVERIFY(before && after);
            QCOMPARE(after->folds[0].train, before->folds[0].train);
            QVERIFY(after->folds[0].test != before->folds[0].test);
        }
    }

    void threadsChangeNothing_data() { everyLearner_data(); }

    void threadsChangeNothing()
    {
        QFETCH(QString, id);
        QFETCH(int, task);
        const TrainingPlan plan = samples::planFor(**findLearner(id.toStdString()), Task(task));
        const Table table = samples::mixedTable(70);
        const std::vector<Split> folds = foldsOf(table, plan.target);
        setThreadCount(1);
        const auto one = crossValidate(table, plan, folds);
        setThreadCount(4);
        const auto four = crossValidate(table, plan, folds);
        QVERIFY2(one && four, one ? "" : one.error().message.c_str());
        for (std::size_t fold = 0; fold < folds.size(); ++fold) {
            QCOMPARE(four->folds[fold].train, one->folds[fold].train);
            QCOMPARE(four->folds[fold].test, one->folds[fold].test);
        }
        QVERIFY(samples::sameBits(four->predicted.values, one->predicted.values));
        QCOMPARE(four->pooled, one->pooled);
    }

    /// Each row is predicted by a model that was trained by hand on the other folds.
    void everyAnswerComesFromAModelThatDidNotSeeTheRow()
    {
        const TrainingPlan plan = planNamed("logistic_regression", Task::Classification);
        const Table table = samples::mixedTable(60);
        const std::vector<Split> folds = foldsOf(table, plan.target, FoldKind::Stratified, 3);
        const auto result = crossValidate(table, plan, folds);
        QVERIFY(result);
        std::size_t next = 0;
        for (const Split& fold : folds) {
            const auto model = samples::trainedModel(table.selected(fold.train), plan);
            QVERIFY(model);
            const auto expected = (*model)->predict(table.selected(fold.test));
            QVERIFY(expected);
            for (std::size_t i = 0; i < fold.test.size(); ++i, ++next) {
                QCOMPARE(result->rows[next], fold.test[i]);
                QCOMPARE(result->predicted.values[Eigen::Index(next)], expected->values[Eigen::Index(i)]);
                QCOMPARE(result->predicted.probabilities(Eigen::Index(next), 0), expected->probabilities(Eigen::Index(i), 0));
            }
        }
        QCOMPARE(next, std::size_t(60));
        const ScoreSummary& accuracy = result->test.at("accuracy");
        double sum = 0;
        for (const FoldOutcome& fold : result->folds)
            sum += fold.test.at("accuracy");
        QCOMPARE(accuracy.mean, sum / 3);
        QCOMPARE(accuracy.folds, std::size_t(3));
    }

    /// One row has no r2; all rows together have one.
    void leavingOneOutPoolsTheRows()
    {
        const TrainingPlan plan = planNamed("linear_regression", Task::Regression);
        const Table table = samples::mixedTable(30);
        const auto result = crossValidate(table, plan, foldsOf(table, plan.target, FoldKind::LeaveOneOut));
        QVERIFY(result);
        QCOMPARE(result->folds.size(), std::size_t(30));
        QVERIFY(result->pooled.contains("r2"));
        double errors = 0;
        for (const FoldOutcome& fold : result->folds) {
            QVERIFY(!fold.test.contains("r2"));
            errors += fold.test.at("mae") / 30;
        }
        QVERIFY(std::abs(result->pooled.at("mae") - errors) < 1e-12);
        for (const auto& [name, value] : result->pooled) {
            QCOMPARE(result->test.at(name).mean, value);
            QCOMPARE(result->test.at(name).folds, std::size_t(1));
        }
    }

    void singleRowsAreJudgedTogether_data()
    {
        QTest::addColumn<QString>("learner");
        QTest::addColumn<bool>("classes");
        QTest::newRow("numbers") << "linear_regression" << false;
        QTest::newRow("classes") << "logistic_regression" << true;
    }

    /// The mean of the errors of single rows is another metric: comparisons, searches and curves take that of all rows together.
    void singleRowsAreJudgedTogether()
    {
        QFETCH(QString, learner);
        QFETCH(bool, classes);
        const TrainingPlan plan = planNamed(learner.toUtf8().constData(), classes ? Task::Classification : Task::Regression);
        const Table table = samples::mixedTable(30);
        const std::vector<Split> folds = foldsOf(table, plan.target, FoldKind::LeaveOneOut);
        const auto alone = crossValidate(table, plan, folds);
        QVERIFY2(alone, alone ? "" : alone.error().message.c_str());
        const auto scores = scorePlans(table, {plan}, folds);
        const auto found = searchHyperparameters(table, plan, {plan.hyperparameters}, folds, classes ? "roc_auc" : "rmse");
        QVERIFY2(found, found ? "" : found.error().message.c_str());
        const auto learning = learningCurve(table, plan, folds, {.shares = {1}});
        const HyperparameterSpec& varied = (**findLearner(plan.learner)).table.front();
        const auto validation = validationCurve(table, plan, folds, varied.name, {varied.defaultValue});
        QVERIFY(scores && learning && validation);
        for (const PlanScore* score : {&scores->front(), &found->scores.front(), static_cast<const PlanScore*>(&learning->back()), static_cast<const PlanScore*>(&validation->front())}) {
            QVERIFY2(!score->error, score->error ? score->error->message.c_str() : "");
            QVERIFY(score->pooled);
            QCOMPARE(score->folds, std::size_t(1));
            for (const auto& [name, value] : alone->pooled)
                QCOMPARE(score->test.at(name).mean, value);
        }
    }

    void scoresInFewerFoldsStandBehind_data()
    {
        QTest::addColumn<std::vector<int>>("folds");
        QTest::addColumn<std::vector<double>>("means");
        QTest::addColumn<std::vector<std::size_t>>("order");
        const auto row = [](const char* name, std::vector<int> folds, std::vector<double> means, std::vector<std::size_t> order) {
            QTest::newRow(name) << folds << means << order;
        };
        row("all in all", {5, 5, 5}, {0.2, 0.4, 0.3}, {1, 2, 0});
        row("the best in two", {5, 2, 5}, {0.2, 0.9, 0.3}, {2, 0, 1});
        row("one in none", {0, 2, 5}, {0, 0.9, 0.3}, {2, 1, 0});
        row("none in all", {4, 3, 4}, {0.2, 0.9, 0.3}, {2, 0, 1});
    }

    void scoresInFewerFoldsStandBehind()
    {
        QFETCH(std::vector<int>, folds);
        QFETCH(std::vector<double>, means);
        QFETCH(std::vector<std::size_t>, order);
        const MetricInfo& metric = *findMetric("silhouette");
        std::vector<PlanScore> scores(folds.size());
        for (std::size_t i = 0; i < folds.size(); ++i) {
            scores[i].folds = 5;
            if (folds[i] > 0)
                scores[i].test["silhouette"] = {means[i], 0, means[i], means[i], std::size_t(folds[i])};
            QCOMPARE(incompleteFolds(scores[i], metric).has_value(), folds[i] > 0 && folds[i] < 5);
        }
        QCOMPARE(ranked(scores, metric), order);
    }

    /// Criteria that charge for parameters are about the rows learned from.
    void criteriaAreOfTheRowsLearnedFrom()
    {
        for (const char* name : {"bic", "aic"}) {
            std::vector<PlanScore> scores(2);
            scores[0].train[name] = {10, 0, 10, 10, 1};
            scores[0].test[name] = {1, 0, 1, 1, 1};
            scores[1].train[name] = {9, 0, 9, 9, 1};
            scores[1].test[name] = {2, 0, 2, 2, 1};
            QCOMPARE(ranked(scores, *findMetric(name)), (std::vector<std::size_t>{1, 0}));
        }
    }

    void progressRisesAndStops()
    {
        const TrainingPlan plan = planNamed("decision_tree", Task::Regression);
        const Table table = samples::mixedTable(60);
        const std::vector<Split> folds = foldsOf(table, plan.target, FoldKind::KFold, 10);
        std::vector<std::size_t> seen;
        QVERIFY(crossValidate(table, plan, folds, [&](std::size_t done, std::size_t total) {
            seen.push_back(done);
            QCOMPARE(total, std::size_t(10));
        }));
        QCOMPARE(seen, (std::vector<std::size_t>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}));

        std::stop_source stop;
        const auto cancelled = crossValidate(table, plan, folds, [&](std::size_t, std::size_t) { stop.request_stop(); }, stop.get_token());
        QVERIFY(!cancelled);
        QCOMPARE(int(cancelled.error().code), int(ErrorCode::Cancelled));
    }

    void aFoldThatFailsIsNamed()
    {
        TrainingPlan plan = planNamed("linear_regression", Task::Regression);
        plan.preparation.imputation = Imputation::Refuse;
        const Table table = samples::mixedTable(60);
        const auto refused = crossValidate(table, plan, foldsOf(table, plan.target));
        QVERIFY(!refused);
        QVERIFY2(refused.error().message.starts_with("In fold 1 of 4: Row "), refused.error().message.c_str());
        QVERIFY(!crossValidate(table, plan, {}));
    }

    void plansAreComparedOnTheSameRows()
    {
        const Table table = samples::mixedTable(60);
        std::vector<TrainingPlan> plans = {planNamed("decision_tree", Task::Regression), planNamed("linear_regression", Task::Regression),
                                           planNamed("linear_regression", Task::Regression)};
        plans[2].learner = "logistic_regression";
        const std::vector<Split> folds = foldsOf(table, plans[0].target);
        const auto scores = scorePlans(table, plans, folds);
        QVERIFY(scores);
        QVERIFY((*scores)[2].error && (*scores)[2].error->code == ErrorCode::WrongTask);
        for (std::size_t i = 0; i < 2; ++i) {
            const auto alone = crossValidate(table, plans[i], folds);
            QVERIFY(alone);
            QCOMPARE((*scores)[i].test.at("rmse").mean, alone->test.at("rmse").mean);
        }
        QCOMPARE(ranked(*scores, *findMetric("rmse")), (std::vector<std::size_t>{1, 0, 2}));
        QCOMPARE(ranked(*scores, *findMetric("r2")), (std::vector<std::size_t>{1, 0, 2}));
    }

    void learningCurvesGrow()
    {
        const TrainingPlan plan = planNamed("linear_regression", Task::Regression);
        const Table table = samples::mixedTable(200);
        const std::vector<Split> folds = foldsOf(table, plan.target);
        const auto points = learningCurve(table, plan, folds, {.shares = {1, 0.5, 0.02, 0.1, 0.5}});
        QVERIFY2(points, points ? "" : points.error().message.c_str());
        QCOMPARE(points->size(), std::size_t(4));
        const double rows[4] = {3, 15, 75, 150};
        for (std::size_t i = 0; i < 4; ++i)
            QCOMPARE((*points)[i].rows, rows[i]);
        // The last point is the cross-validation itself.
        QCOMPARE(points->back().test.at("rmse").mean, crossValidate(table, plan, folds)->test.at("rmse").mean);
        // More rows: worse on what was learned, better on what was not.
        QVERIFY((*points)[1].train.at("rmse").mean < (*points)[3].train.at("rmse").mean);
        QVERIFY((*points)[1].test.at("rmse").mean > (*points)[3].test.at("rmse").mean);
        QVERIFY(!learningCurve(table, plan, folds, {.shares = {}}) && !learningCurve(table, plan, folds, {.shares = {1.5}}));
        QVERIFY(!learningCurve(table, plan, {}));
    }

    void aShareTooSmallIsASentence()
    {
        const TrainingPlan plan = planNamed("logistic_regression", Task::Classification);
        const Table table = samples::mixedTable(60);
        const auto points = learningCurve(table, plan, foldsOf(table, plan.target), {.shares = {0.01, 1}});
        QVERIFY(points);
        QVERIFY((*points)[0].error && (*points)[0].error->message.ends_with('.'));
        QVERIFY(!(*points)[1].error);
    }

    void gridsAreEveryCombination()
    {
        const LearnerInfo& tree = **findLearner("decision_tree");
        const auto candidates = gridCandidates(tree, {{"min_samples_leaf", std::int64_t(2)}},
                                               {{"max_depth", {std::int64_t(1), std::int64_t(2), std::int64_t(3)}}, {"min_samples_split", {std::int64_t(2), std::int64_t(9)}}});
        QVERIFY2(candidates, candidates ? "" : candidates.error().message.c_str());
        QCOMPARE(candidates->size(), std::size_t(6));
        QCOMPARE(std::get<std::int64_t>((*candidates)[1].at("min_samples_split")), std::int64_t(9));
        QCOMPARE(std::get<std::int64_t>((*candidates)[5].at("min_samples_leaf")), std::int64_t(2));
        QVERIFY(!gridCandidates(tree, {}, {}));
        QVERIFY(!gridCandidates(tree, {}, {{"depth", {std::int64_t(1)}}}));
        QVERIFY(!gridCandidates(tree, {}, {{"max_depth", {std::int64_t(-7)}}}));
        QVERIFY(!gridCandidates(tree, {}, {{"max_depth", {}}}));
        QVERIFY(!gridCandidates(tree, {}, {{"max_depth", {std::int64_t(1)}}, {"max_depth", {std::int64_t(2)}}}));
        std::vector<HyperparameterValue> many;
        for (std::int64_t i = 2; i < 103; ++i)
            many.push_back(i);
        const std::vector<SearchAxis> large{{"max_depth", many}, {"min_samples_split", many}};
        for (const Error& error : {gridCandidates(tree, {}, large).error(), gridSize(tree, {}, large).error()}) {
            QCOMPARE(error.code, ErrorCode::TooLarge);
            QVERIFY2(error.message.starts_with("The grid has more than 10,000 combinations"), error.message.c_str());
        }
    }

    void gridsAreCountedAsTheyAreMade_data()
    {
        QTest::addColumn<QStringList>("names");
        QTest::newRow("one") << QStringList{"C"};
        QTest::newRow("what makes another idle") << QStringList{"C", "penalty"};
        QTest::newRow("a chain") << QStringList{"penalty", "solver", "C", "l1_ratio"};
        QTest::newRow("with free ones") << QStringList{"max_iterations", "penalty", "solver", "tolerance", "C"};
        QTest::newRow("free ones alone") << QStringList{"max_iterations", "tolerance"};
        QTest::newRow("what is possible for none of the others") << QStringList{"l1_ratio"};
    }

    void gridsAreCountedAsTheyAreMade()
    {
        QFETCH(QStringList, names);
        const LearnerInfo& learner = **findLearner("logistic_regression");
        std::vector<SearchAxis> axes;
        for (const QString& name : names) {
            const HyperparameterSpec& spec = *findSpec(learner.table, name.toStdString());
            axes.push_back({spec.name, spreadValues(spec, suggestedAxis(spec), 4), 0, 0});
        }
        for (const char* penalty : {"", "none", "l1"}) {
            const HyperparameterValues base = *penalty ? HyperparameterValues{{"penalty", std::string(penalty)}} : HyperparameterValues();
            const auto made = gridCandidates(learner, base, axes);
            const auto counted = gridSize(learner, base, axes);
            QCOMPARE(counted.hasValue(), made.hasValue());
            if (made)
                QCOMPARE(*counted, made->size());
            else
                QCOMPARE(counted.error().message, made.error().message);
        }
    }

    /// Penalty strength means nothing without a penalty: the two combinations are one.
    void whatIsSwitchedOffIsNotVaried()
    {
        const LearnerInfo& logistic = **findLearner("logistic_regression");
        const auto candidates = gridCandidates(logistic, {}, {{"penalty", {std::string("none"), std::string("l2")}}, {"C", {0.1, 1.0, 10.0}}});
        QVERIFY(candidates);
        QCOMPARE(candidates->size(), std::size_t(4));
    }

    /// What is varied brings along what it needs, whoever asks; what a form holds beside it may be idle, and what contradicts it is refused.
    void whatIsVariedMatters()
    {
        const LearnerInfo& machine = **findLearner("support_vector_regression");
        const std::vector<SearchAxis> axes = {{"gamma_value", {0.01, 1.0}, 0, 0}};
        for (const auto& candidates : {gridCandidates(machine, {}, axes), randomCandidates(machine, {}, axes, 2, 1)}) {
            QVERIFY(candidates);
            QCOMPARE(candidates->size(), std::size_t(2));
            QCOMPARE(std::get<std::string>(candidates->front().at("gamma")), std::string("number"));
        }
        const LearnerInfo& logistic = **findLearner("logistic_regression");
        QVERIFY(gridCandidates(logistic, {{"penalty", std::string("none")}, {"C", 2.0}}, {{"max_iterations", {std::int64_t(10)}, 0, 0}}));
        const auto refused = gridCandidates(logistic, {{"penalty", std::string("none")}}, {{"C", {1.0, 2.0}, 0, 0}});
        QVERIFY(!refused && refused.error().message.find("C does nothing where penalty is none") != std::string::npos);

        const Table table = samples::mixedTable(60);
        TrainingPlan plan = samples::planFor(machine, Task::Regression);
        const auto points = validationCurve(table, plan, foldsOf(table, plan.target), "gamma_value", {0.01, 100.0});
        QVERIFY2(points, points ? "" : points.error().message.c_str());
        QVERIFY((*points)[0].test.at("rmse").mean != (*points)[1].test.at("rmse").mean);
        plan.hyperparameters = {{"gamma", std::string("scale")}};
        QVERIFY(!validationCurve(table, plan, foldsOf(table, plan.target), "gamma_value", {0.01, 100.0}));
    }

    /// Values between the ends of an axis have four digits: a person can type them.
    void spreadValuesAreShort()
    {
        const LearnerInfo& ridge = **findLearner("ridge_regression");
        const HyperparameterSpec& alpha = *findSpec(ridge.table, "alpha");
        const auto values = spreadValues(alpha, {"alpha", {}, 1e-4, 1e4}, 4);
        QCOMPARE(values, (std::vector<HyperparameterValue>{1e-4, 0.04642, 21.54, 1e4}));
        for (const HyperparameterValue& value : spreadValues(alpha, suggestedAxis(alpha), 9))
            QVERIFY2(hyperparameterText(value).size() <= 9, hyperparameterText(value).c_str());
        const LearnerInfo& bayes = **findLearner("gaussian_naive_bayes");
        QCOMPARE(suggestedAxis(*findSpec(bayes.table, "var_smoothing")).low, 1e-11);
    }

    void foldsOfSingleRows()
    {
        const Table table = samples::mixedTable(30);
        TrainingPlan plan = samples::planFor(**findLearner("linear_regression"), Task::Regression);
        for (const FoldKind kind : {FoldKind::LeaveOneOut, FoldKind::KFold}) {
            FoldOptions options;
            options.kind = kind;
            const auto result = crossValidate(table, plan, *makeFolds(table, plan.target, options));
            QVERIFY2(result, result ? "" : result.error().message.c_str());
            QCOMPARE(testsSingleRows(*result), kind == FoldKind::LeaveOneOut);
        }
    }

    void randomDrawsAreSeededAndInRange()
    {
        const LearnerInfo& ridge = **findLearner("ridge_regression");
        SearchAxis axis{"alpha", {}, 1e-4, 1e4};
        const auto first = randomCandidates(ridge, {}, {axis}, 400, 3), again = randomCandidates(ridge, {}, {axis}, 400, 3);
        QVERIFY(first && again && *first == *again);
        QVERIFY(*first != *randomCandidates(ridge, {}, {axis}, 400, 4));
        // Evenly in the logarithm: a quarter of the draws below 1e-2, give or take five standard deviations (0.022).
        int small = 0;
        for (const HyperparameterValues& values : *first) {
            const double alpha = std::get<double>(values.at("alpha"));
            QVERIFY(alpha >= 1e-4 && alpha <= 1e4);
            small += alpha < 1e-2;
        }
        QVERIFY(std::abs(small / 400.0 - 0.25) < 0.11);
        QCOMPARE(randomCandidates(**findLearner("k_nearest_neighbors"), {}, {{"k", {}, 3, 5}}, 50, 1)->size(), std::size_t(3));
        axis.low = 1e5;
        QVERIFY(!randomCandidates(ridge, {}, {axis}, 5, 3));
        QVERIFY(!randomCandidates(ridge, {}, {{"alpha", {}, -1, 1}}, 5, 3));
    }

    /// 1.5 to 3.4 drew 1, which lies outside, and never 3.
    void aRangeOfWholeNumbersEndsAtWholeNumbers()
    {
        const LearnerInfo& neighbors = **findLearner("k_nearest_neighbors");
        for (const auto& [low, high, said] : {std::tuple{1.5, 3.0, "\"1.5\" is no value for k: "}, {1.0, 3.4, "\"3.4\" is no value for k: "}}) {
            const auto refused = randomCandidates(neighbors, {}, {{"k", {}, low, high}}, 5, 1);
            QVERIFY(!refused);
            QCOMPARE(refused.error().code, ErrorCode::BadHyperparameter);
            QVERIFY2(refused.error().message.starts_with(said), refused.error().message.c_str());
            QCOMPARE(refused.error().place.hyperparameter, std::string("k"));
        }
        const auto drawn = randomCandidates(neighbors, {}, {{"k", {}, 1, 3}}, 50, 1);
        QVERIFY(drawn && drawn->size() == 3);
    }

    void everyHyperparameterHasAnAxis_data() { everyLearner_data(); }

    /// What is suggested can be drawn and is allowed, for every table of the registry.
    void everyHyperparameterHasAnAxis()
    {
        QFETCH(QString, id);
        const LearnerInfo& learner = **findLearner(id.toStdString());
        for (const HyperparameterSpec& spec : learner.table) {
            const SearchAxis axis = suggestedAxis(spec);
            const auto candidates = randomCandidates(learner, {}, {axis}, 20, 1);
            QVERIFY2(candidates, candidates ? "" : candidates.error().message.c_str());
            const auto values = spreadValues(spec, axis, 7);
            QVERIFY(!values.empty());
            for (const HyperparameterValue& value : values) {
                const auto checked = Hyperparameters::check(learner.table, {{spec.name, value}});
                QVERIFY2(checked, checked ? "" : checked.error().message.c_str());
            }
        }
    }

    void metricsAreChosenByName()
    {
        QCOMPARE((*metricFor("", Task::Regression))->id, std::string("rmse"));
        QCOMPARE((*metricFor("f1_macro", Task::Classification))->id, std::string("f1_macro"));
        const auto wrong = metricFor("accuracy", Task::Regression);
        QVERIFY(!wrong && wrong.error().message.find("rmse") != std::string::npos);
        const Table table = samples::mixedTable(20);
        const TrainingPlan plan = planNamed("linear_regression", Task::Regression);
        const auto none = searchHyperparameters(table, plan, {{}}, foldsOf(table, plan.target, FoldKind::LeaveOneOut), "adjusted_r2");
        QVERIFY(!none && none.error().message.find("adjusted_r2") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestCrossValidation)
#include "tst_cross_validation.moc"
