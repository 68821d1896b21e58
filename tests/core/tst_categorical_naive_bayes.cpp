#include "core/learn/training.h"
#include "core/prepare/category_columns.h"
#include "tests/support/sample_tables.h"

#include <QTest>

using namespace modelarium;

namespace {

TrainingPlan categoricalPlan(std::vector<std::string> features)
{
    TrainingPlan plan;
    plan.features = std::move(features);
    plan.target = "species";
    plan.learner = "categorical_naive_bayes";
    return plan;
}

std::shared_ptr<const Column> words(const char* name, const std::vector<std::string>& values)
{
    return std::make_shared<const Column>(Column::categories(name, values));
}

} // namespace

class TestCategoricalNaiveBayes : public QObject {
    Q_OBJECT

private Q_SLOTS:
    /// Four rows of class yes, two of no. P(red | yes) = (3 + 1) / (4 + 3); P(red | no) = (0 + 1) / (2 + 3).
    void countsByHand()
    {
        const Table table = *Table::make({words("colour", {"red", "green", "red", "red", "green", "blue"}),
                                          words("species", {"yes", "yes", "yes", "yes", "no", "no"})});
        const auto training = prepareTraining(table, categoricalPlan({}));
        QVERIFY(training);
        const auto outcome = fit(*training->learner, training->train, 1);
        QVERIFY(outcome);
        const auto model = snapshotModel(*training, outcome->parameters, 2);
        QVERIFY(model);
        const auto prediction = (*model)->predict(table);
        QVERIFY(prediction);
        const double yes = 4.0 / 6 * 4 / 7, no = 2.0 / 6 * 1 / 5;
        const auto& classes = (*model)->target().classes;
        const auto k = std::find(classes.begin(), classes.end(), "yes") - classes.begin();
        QVERIFY(std::abs(prediction->probabilities(0, k) - yes / (yes + no)) < 1e-15);
    }

    void numbersAreLeftOutUnasked()
    {
        const auto training = prepareTraining(samples::mixedTable(), categoricalPlan({}));
        QVERIFY(training);
        QCOMPARE(training->plan.features, (std::vector<std::string>{"island", "wet"}));
        QVERIFY(std::any_of(training->notices.begin(), training->notices.end(),
                            [](const std::string& notice) { return notice.find("\"body mass\" (number)") != std::string::npos; }));
    }

    void numbersAreRefusedByName()
    {
        const auto training = prepareTraining(samples::mixedTable(), categoricalPlan({"island", "body mass"}));
        QVERIFY(training);
        const auto outcome = fit(*training->learner, training->train, 1);
        QVERIFY(!outcome);
        QCOMPARE(outcome.error().code, ErrorCode::WrongType);
        QCOMPARE(outcome.error().place.column, std::string("body mass"));
    }

    void productsAreRefusedByName()
    {
        TrainingPlan plan = categoricalPlan({"island", "wet"});
        plan.preparation.polynomialDegree = 2;
        const auto training = prepareTraining(samples::mixedTable(), plan);
        QVERIFY(training);
        const auto outcome = fit(*training->learner, training->train, 1);
        QVERIFY(!outcome);
        QCOMPARE(outcome.error().code, ErrorCode::WrongType);
    }

    void findsTheColumnsOfCategories()
    {
        const Table table = samples::mixedTable();
        std::vector<std::size_t> rows(table.rows());
        std::iota(rows.begin(), rows.end(), std::size_t(0));
        for (const bool reference : {false, true}) {
            PreparationChoices choices;
            choices.scaling = Scaling::Standardise;
            choices.referenceLevel = reference;
            const auto preparation = Preparation::learn(table, samples::mixedFeatures(), rows, choices);
            QVERIFY(preparation);
            const std::vector<CategoryColumns> categories = categoryColumns(*preparation);
            QCOMPARE(categories.size(), std::size_t(2));
            QCOMPARE(categories[0].name, std::string("island"));
            QCOMPARE(categories[0].levels.size(), std::size_t(3));
            QCOMPARE(categories[1].levels.size(), std::size_t(2));
            // Two numbers come first; then a column a level, less the reference.
            QCOMPARE(categories[0].levels[0].column, reference ? Eigen::Index(-1) : Eigen::Index(2));
            QCOMPARE(categories[0].levels[2].column, reference ? Eigen::Index(3) : Eigen::Index(4));
            QCOMPARE(categories[1].levels[0].column, Eigen::Index(-1));
            QVERIFY(categories[0].levels[2].present > categories[0].levels[2].absent);
        }
    }
};

QTEST_GUILESS_MAIN(TestCategoricalNaiveBayes)
#include "tst_categorical_naive_bayes.moc"
