#include "tests/support/learner_cases.h"
#include "tests/support/sample_tables.h"

#include <QTest>

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>

using namespace modelarium;
using namespace modelarium::contract;

namespace {

using Values = HyperparameterValues;

/// How a learner answers to a change of the data that says the same. `allowed` bounds the change of any answer: 0 is the same bits.
struct Invariance {
    std::string learner;
    double allowed = 0;
    Values before{};                                ///< hyperparameters that make it exact enough to compare
    Values after{};                                 ///< what has to change with the data; on top of `before`
    std::optional<Task> only{};
};

// An objective within 1e-14 of its minimum leaves parameters within about the root of that, 1e-7.
constexpr double byTheRoot = 2e-6;
// Sums of some hundreds of numbers near 1 in another order.
constexpr double rounding = 1e-11;

const Values exactSvm = {{"tolerance", 1e-9}};
const Values exactLinearSvm = {{"tolerance", 1e-10}, {"max_sweeps", std::int64_t(1000000)}};
const Values exactDescent = {{"tolerance", 1e-14}};
const Values fixedOrder = {{"shuffle", false}};
const Values allRows = {{"bootstrap", false}, {"max_features", std::string("all")}, {"n_trees", std::int64_t(3)}};

Values with(Values values, const Values& more)
{
    for (const auto& [name, value] : more)
        values[name] = value;
    return values;
}

/// Each row twice. It shows which objective is a mean over the rows and which is a sum: a sum needs half the weight of a row, or
/// twice the penalty. Learners that draw rows are not the same after it.
const std::vector<Invariance>& everyRowTwice()
{
    static const std::vector<Invariance> cases = {
        {"linear_regression", rounding},
        {"polynomial_regression", rounding},
        {"ridge_regression", rounding, {{"alpha", 3.0}}, {{"alpha", 6.0}}},
        {"lasso_regression", 1e-9, with(exactDescent, {{"alpha", 0.2}})},
        {"elastic_net", 1e-9, with(exactDescent, {{"alpha", 0.2}})},
        {"huber_regression", byTheRoot, {{"alpha", 0.5}}, {{"alpha", 1.0}}},
        {"logistic_regression", byTheRoot, exactDescent, {{"C", 0.5}}},
        {"linear_svm", byTheRoot, exactLinearSvm, {{"C", 0.5}}},
        {"support_vector_machine", 0, exactSvm, {{"C", 0.5}}},
        {"support_vector_regression", byTheRoot, exactSvm, {{"C", 0.5}}},
        {"k_nearest_neighbors", rounding, {{"k", std::int64_t(5)}}, {{"k", std::int64_t(10)}}},
        {"decision_tree", rounding, {{"min_samples_leaf", std::int64_t(3)}, {"min_samples_split", std::int64_t(4)}},
         {{"min_samples_leaf", std::int64_t(6)}, {"min_samples_split", std::int64_t(8)}}},
        {"random_forest", rounding, allRows},
        {"gradient_boosting", 1e-9, {{"min_samples_leaf", std::int64_t(5)}, {"l2", 1.0}, {"n_rounds", std::int64_t(20)}},
         {{"min_samples_leaf", std::int64_t(10)}, {"l2", 2.0}}},
        {"gaussian_naive_bayes", rounding},
        {"categorical_naive_bayes", rounding, {{"alpha", 1.0}}, {{"alpha", 2.0}}},
        {"pca", rounding},
    };
    return cases;
}

/// The rows in another order.
const std::vector<Invariance>& rowsInAnotherOrder()
{
    static const std::vector<Invariance> cases = {
        {"linear_regression", rounding},
        {"polynomial_regression", rounding},
        {"ridge_regression", rounding},
        {"lasso_regression", 1e-9, with(exactDescent, {{"alpha", 0.2}})},
        {"elastic_net", 1e-9, with(exactDescent, {{"alpha", 0.2}})},
        {"huber_regression", byTheRoot},
        {"logistic_regression", byTheRoot, exactDescent},
        {"linear_discriminant_analysis", rounding},
        {"quadratic_discriminant_analysis", rounding},
        {"gaussian_naive_bayes", rounding},
        {"categorical_naive_bayes", rounding},
        {"pca", rounding},
        {"linear_svm", byTheRoot, exactLinearSvm},
        {"support_vector_machine", 0, exactSvm},
        {"support_vector_regression", byTheRoot, exactSvm},
        {"k_nearest_neighbors", rounding},
        {"decision_tree", rounding},
        {"random_forest", rounding, allRows},
        {"gradient_boosting", 1e-9, {{"n_rounds", std::int64_t(20)}}},
    };
    return cases;
}

/// The features in another order. Of equally good splits trees take that of the first feature: here only in nodes so small that the
/// classes of their rows say little, and in the first round of boosting, where the slopes of classes take few values.
const std::vector<Invariance>& featuresInAnotherOrder()
{
    static const std::vector<Invariance> cases = [] {
        std::vector<Invariance> list = rowsInAnotherOrder();
        for (Invariance& one : list) {
            if (one.learner == "decision_tree" || one.learner == "random_forest")
                one.before["min_samples_leaf"] = std::int64_t(8);
            if (one.learner == "gradient_boosting")
                one.only = Task::Regression;
        }
        list.push_back({"perceptron", rounding, fixedOrder});
        list.push_back({"k_means", 0, {{"start", std::string("first_rows")}}});
        list.push_back({"gaussian_mixture", byTheRoot});
        list.push_back({"dbscan", 0});
        return list;
    }();
    return cases;
}

/// The classes with other codes: no boundary is drawn by the code of a class. Equal shares or votes of classes are decided by it,
/// see equalSharesGoToTheFirstClass().
const std::vector<Invariance>& classesWithOtherCodes()
{
    static const std::vector<Invariance> cases = [] {
        std::vector<Invariance> list = rowsInAnotherOrder();
        list.push_back({"perceptron", rounding, fixedOrder});
        return list;
    }();
    return cases;
}

/// Features in units that are larger by powers of two, which round nothing; for learners that promise not to care.
const std::vector<Invariance>& otherUnits()
{
    static const std::vector<Invariance> cases = {
        {"linear_regression", rounding},
        {"polynomial_regression", 0},
        {"linear_discriminant_analysis", rounding},
        {"quadratic_discriminant_analysis", rounding},
        {"decision_tree", 0},
        {"random_forest", 0, {{"n_trees", std::int64_t(10)}}},
        {"gradient_boosting", 0, {{"n_rounds", std::int64_t(20)}}},
        {"logistic_regression", byTheRoot, {{"penalty", std::string("none")}, {"tolerance", 1e-14}}},
        {"huber_regression", byTheRoot, {{"alpha", 0.0}}},
    };
    return cases;
}

Result<Matrix> answersOf(const Invariance& one, Task task, const DatasetPtr& data, const Values& values, const Matrix& queries)
{
    const LearnerInfo& learner = **findLearner(one.learner);
    const Result<Hyperparameters> chosen = Hyperparameters::check(learner.table, values);
    if (!chosen)
        return chosen.error();
    const Result<FitOutcome> outcome = fit(*learner.make(*chosen, task), data, 5);
    if (!outcome)
        return outcome.error();
    Matrix out;
    makePredictor(outcome->parameters)->predict(queries, out);
    return out;
}

std::vector<Eigen::Index> shuffled(Eigen::Index count, std::uint64_t seed)
{
    std::vector<Eigen::Index> order(static_cast<std::size_t>(count));
    std::iota(order.begin(), order.end(), Eigen::Index(0));
    Random(seed).shuffle(order);
    return order;
}

} // namespace

/// Changes of the data that say the same leave the answers as they are, and what does change shows what an objective is.
class TestLearnerInvariances : public QObject {
    Q_OBJECT

private:
    static void addCases(const std::vector<Invariance>& cases, std::optional<Task> only = {})
    {
        const auto wanted = [&](const Invariance& one, Task task) { return (!only || *only == task) && (!one.only || *one.only == task); };
        addLearnerColumns();
        QTest::addColumn<int>("index");
        for (std::size_t i = 0; i < cases.size(); ++i)
            for (const Task task : (*findLearner(cases[i].learner))->tasks)
                if (wanted(cases[i], task))
                    QTest::addRow("%s, %s", cases[i].learner.c_str(), std::string(taskName(task)).c_str())
                        << QString::fromStdString(cases[i].learner) << int(task) << int(i);
    }

    struct Change {
        std::function<void(Dataset&)> data;
        std::function<void(Matrix&)> queries = [](Matrix&) {};
        std::function<void(Matrix&)> answers = [](Matrix&) {};  ///< from those of the changed data to those of the others
    };

    static void compare(const std::vector<Invariance>& cases, const Change& change)
    {
        QFETCH(int, index);
        const Invariance& one = cases[std::size_t(index)];
        const DatasetPtr data = cloud(90, 4);
        Matrix queries = cloud(60, 4, 21)->X();
        const auto before = answersOf(one, task(), data, one.before, queries);
        QVERIFY2(before, before ? "" : before.error().message.c_str());
        const DatasetPtr other = changed(data, change.data);
        change.queries(queries);
        const auto after = answersOf(one, task(), other, with(one.before, one.after), queries);
        QVERIFY2(after, after ? "" : after.error().message.c_str());
        Matrix answers = *after;
        change.answers(answers);
        const double size = std::max(1.0, before->cwiseAbs().maxCoeff());
        const double difference = (answers - *before).cwiseAbs().maxCoeff();
        QVERIFY2(difference <= one.allowed * size, qPrintable(QString::number(difference)));
    }

private Q_SLOTS:
    void everyRowTwice_data() { addCases(::everyRowTwice()); }
    void everyRowTwice()
    {
        compare(::everyRowTwice(), {[](Dataset& d) {
            const Matrix X = d.X();
            const Vector y = d.y;
            d.X().resize(2 * X.rows(), X.cols());
            d.y.resize(2 * y.size());
            for (Eigen::Index i = 0; i < X.rows(); ++i) {
                d.X().row(2 * i) = d.X().row(2 * i + 1) = X.row(i);
                if (y.size() > 0)
                    d.y[2 * i] = d.y[2 * i + 1] = y[i];
            }
            d.sourceRows.resize(std::size_t(d.X().rows()));
        }});
    }

    void rowsInAnotherOrder_data() { addCases(::rowsInAnotherOrder()); }
    void rowsInAnotherOrder()
    {
        compare(::rowsInAnotherOrder(), {[](Dataset& d) {
            const std::vector<Eigen::Index> order = shuffled(d.X().rows(), 4);
            d.X() = d.X()(order, Eigen::all).eval();
            if (d.y.size() > 0)
                d.y = d.y(order).eval();
        }});
    }

    void featuresInAnotherOrder_data() { addCases(::featuresInAnotherOrder()); }
    void featuresInAnotherOrder()
    {
        const std::vector<Eigen::Index> order = {2, 0, 3, 1};
        compare(::featuresInAnotherOrder(), {[&](Dataset& d) { d.X() = d.X()(Eigen::all, order).eval(); },
                                             [&](Matrix& queries) { queries = queries(Eigen::all, order).eval(); }});
    }

    void classesWithOtherCodes_data() { addCases(::classesWithOtherCodes(), Task::Classification); }
    void classesWithOtherCodes()
    {
        const std::vector<Eigen::Index> codes = {2, 0, 1};      // of what was class 0, 1, 2
        compare(::classesWithOtherCodes(), {[&](Dataset& d) {
                                                for (double& y : d.y)
                                                    y = double(codes[std::size_t(y)]);
                                            },
                                            [](Matrix&) {}, [&](Matrix& answers) { answers = answers(Eigen::all, codes).eval(); }});
    }

    void equalSharesGoToTheFirstClass_data()
    {
        QTest::addColumn<std::vector<Eigen::Index>>("codes");
        QTest::newRow("as they are") << std::vector<Eigen::Index>{0, 1, 2};
        QTest::newRow("turned") << std::vector<Eigen::Index>{2, 0, 1};
        QTest::newRow("the other way round") << std::vector<Eigen::Index>{2, 1, 0};
    }

    /// Four neighbours of three classes: the shares are the same whatever the codes, and of equal ones the first class is the answer.
    void equalSharesGoToTheFirstClass()
    {
        QFETCH(std::vector<Eigen::Index>, codes);       // of what was class 0, 1, 2
        const Invariance four{"k_nearest_neighbors", 0, {{"k", std::int64_t(4)}}};
        const DatasetPtr data = cloudFor(**findLearner(four.learner), Task::Classification, 90, 4, 3);
        const Matrix queries = cloudFor(**findLearner(four.learner), Task::Classification, 60, 4, 21)->X();
        const auto before = answersOf(four, Task::Classification, data, four.before, queries);
        const auto after = answersOf(four, Task::Classification, changed(data, [&](Dataset& d) {
            for (double& y : d.y)
                y = double(codes[std::size_t(y)]);
        }), four.before, queries);
        QVERIFY(before && after);
        QCOMPARE(Matrix((*after)(Eigen::all, codes)), *before);
        int ties = 0;
        for (Eigen::Index i = 0; i < queries.rows(); ++i) {
            Eigen::Index decided = 0;
            const double most = after->row(i).maxCoeff(&decided);
            QVERIFY((after->row(i).head(decided).array() < most).all());
            ties += (after->row(i).array() == most).count() > 1;
        }
        QVERIFY(ties > 0);
    }

    void otherUnits_data() { addCases(::otherUnits()); }
    void otherUnits()
    {
        const RowVector units{{0x1p-20, 1, 0x1p7, 0x1p30}};
        compare(::otherUnits(), {[&](Dataset& d) { d.X().array().rowwise() *= units.array(); },
                                 [&](Matrix& queries) { queries.array().rowwise() *= units.array(); }});
    }

    /// Whoever adds a learner says which of these hold for it: a learner that is nowhere draws something in another way than by rows.
    void everyLearnerIsThoughtOf()
    {
        const std::vector<std::string> drawn = {"neural_network"};      // weights and batches, by the places of rows and features
        for (const LearnerInfo& learner : learners()) {
            const auto named = [&](const std::vector<Invariance>& cases) {
                return std::any_of(cases.begin(), cases.end(), [&](const Invariance& one) { return one.learner == learner.id; });
            };
            const bool isDrawn = std::find(drawn.begin(), drawn.end(), learner.id) != drawn.end();
            QVERIFY2(isDrawn || named(::featuresInAnotherOrder()), learner.id.c_str());
        }
    }
};

QTEST_GUILESS_MAIN(TestLearnerInvariances)
#include "tst_learner_invariances.moc"
