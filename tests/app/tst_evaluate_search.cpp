#include "app/charts/curve_chart.h"
#include "app/charts/heat_map.h"
#include "app/jobs/training_folds.h"
#include "app/pages/cross_validation_part.h"
#include "app/pages/search_part.h"
#include "core/learn/registry.h"
#include "tests/support/evaluate_stage.h"

using namespace modelarium;

/// The folded parts of the Evaluate stage that train again and again: cross-validation and search. What they show is what the core
/// computes on folds of the training rows, it is about the choices of now, and a press on it is one step that can be undone.
class TestEvaluateSearch : public QObject, private EvaluateStage {
    Q_OBJECT

private Q_SLOTS:
    void init() { begin(); }
    void cleanup() { end(); }
    void crossValidationIsThatOfTheCore();
    void otherChoicesEndACrossValidation();
    void validationCurveIsTaken();
    void heatMapIsTakenAsOneStep();
    void searchValuesAreRoundAndAllowed();
    void noMoreComponentsThanFeaturesAreTried();
};

void TestEvaluateSearch::crossValidationIsThatOfTheCore()
{
    open(linearRows(60, 2));
    auto* shown = unfold<CrossValidationPart>();
    auto* table = shown->findChild<QTableWidget*>();
    for (const auto& [entry, folds] : {std::pair{QStringLiteral("5 folds"), 5}, {QStringLiteral("3 folds"), 3}, {QStringLiteral("Each row alone"), 0}}) {
        choose(QStringLiteral("Folds of the cross-validation"), entry);
        press(QStringLiteral("Cross-validate"));
        QTRY_VERIFY_WITH_TIMEOUT(table->isVisibleTo(m_page.get()), 30'000);
        const PreparedTraining& training = *m_experiment->training().training();
        const auto expected = crossValidateOn(training.table, training.plan, trainRows(), folds, {}, {});
        QVERIFY(expected);
        bool found = false;
        for (int row = 0; row < table->rowCount(); ++row) {
            if (table->item(row, 0)->text() != QStringLiteral("RMSE"))
                continue;
            found = true;
            QCOMPARE(fullValue(table, row, 1), folds > 0 ? expected->test.at("rmse").mean : expected->pooled.at("rmse"));
            if (folds > 0)
                QCOMPARE(fullValue(table, row, 1, 1), expected->test.at("rmse").standardDeviation);
        }
        QVERIFY(found);
    }
    QCOMPARE(m_experiment->testLooks().count(m_experiment->setup()), 0);
}

void TestEvaluateSearch::otherChoicesEndACrossValidation()
{
    open(linearRows(200, 4));
    m_experiment->choices().setLearner("random_forest");
    settle();
    auto* shown = unfold<CrossValidationPart>();
    auto* table = shown->findChild<QTableWidget*>();
    choose(QStringLiteral("Folds of the cross-validation"), QStringLiteral("Each row alone"));
    press(QStringLiteral("Cross-validate"));
    auto* cancel = named<QPushButton>(QStringLiteral("Cancel: cross-validation"));
    QVERIFY(cancel->isVisibleTo(m_page.get()));
    QTest::mouseClick(cancel, Qt::LeftButton);
    QVERIFY(!cancel->isVisibleTo(m_page.get()));
    press(QStringLiteral("Cross-validate"));
    m_experiment->choices().setLearner("linear_regression");
    QVERIFY(!cancel->isVisibleTo(m_page.get()));
    QVERIFY2(sentence(shown).contains(QStringLiteral("choices changed")), qPrintable(sentence(shown)));
    settle();
    QTest::qWait(300);
    QVERIFY(!table->isVisibleTo(m_page.get()));
    // Results of before are hidden, and come back with the choices that they are about.
    press(QStringLiteral("Cross-validate"));
    QTRY_VERIFY_WITH_TIMEOUT(table->isVisibleTo(m_page.get()), 30'000);
    m_experiment->choices().setSeed(77);
    QVERIFY(!table->isVisibleTo(m_page.get()));
    QVERIFY(sentence(shown).contains(QStringLiteral("made before")));
    m_experiment->undoStack().undo();
    QVERIFY(table->isVisibleTo(m_page.get()));
}

void TestEvaluateSearch::validationCurveIsTaken()
{
    generate("moons");
    m_experiment->choices().setLearner("decision_tree");
    settle();
    auto* shown = unfold<SearchPart>();
    choose(QStringLiteral("Hyperparameter"), QString::fromStdString((*findLearner("decision_tree"))->table.front().label));
    const LearnerInfo& learner = **findLearner("decision_tree");
    const auto depth = std::find_if(learner.table.begin(), learner.table.end(), [](const auto& spec) { return spec.name == "max_depth"; });
    QVERIFY(depth != learner.table.end());
    choose(QStringLiteral("Hyperparameter"), QString::fromStdString(depth->label));
    choose(QStringLiteral("Together with"), QStringLiteral("none"));
    press(QStringLiteral("Search"));
    auto* chart = shown->findChild<CurveChart*>();
    QTRY_VERIFY2_WITH_TIMEOUT(chart->isVisibleTo(m_page.get()), qPrintable(sentence(shown)), 20'000);
    const auto values = searchValues(*depth, 5, depth->defaultValue);
    const PreparedTraining& training = *m_experiment->training().training();
    const auto expected = searchOn(training.table, training.plan, trainRows(), 5, {{"max_depth", values, 0, 0}}, {}, {});
    QVERIFY(expected);
    const std::size_t place = 1;
    const double mean = expected->scoreAt(0, place).test.at("accuracy").mean;
    QVERIFY2(chart->accessibleDescription().contains(QStringLiteral("%1 %").arg(mean * 100, 0, 'f', 1)), qPrintable(chart->accessibleDescription()));
    // Keys walk, Return takes.
    const int steps = m_experiment->undoStack().count();
    const QPointF at = chart->scale().toPixel(double(place), mean);
    QTest::mouseClick(chart->viewport(), Qt::LeftButton, {}, at.toPoint());
    QVERIFY(hyperparametersOf(m_experiment->setup()).at("max_depth") == values[place]);
    QCOMPARE(m_experiment->undoStack().count(), steps + 1);
    QVERIFY(chart->isVisibleTo(m_page.get()));
    settle();
    QVERIFY(chart->isVisibleTo(m_page.get()));
    chart->setFocus();
    QTest::keyClick(chart, Qt::Key_Right);
    QVERIFY(hyperparametersOf(m_experiment->setup()).at("max_depth") == values[place]);
    QTest::keyClick(chart, Qt::Key_Return);
    QVERIFY(hyperparametersOf(m_experiment->setup()).at("max_depth") == values[place + 1]);
    // Another learner has other hyperparameters, and these results are not about it.
    m_experiment->choices().setLearner("k_nearest_neighbors");
    QVERIFY(!chart->isVisibleTo(m_page.get()));
    QVERIFY(named<QComboBox>(QStringLiteral("Hyperparameter"))->findText(QString::fromStdString(depth->label)) < 0);
    settle();
}

void TestEvaluateSearch::heatMapIsTakenAsOneStep()
{
    generate("moons");
    m_experiment->choices().setLearner("k_nearest_neighbors");
    settle();
    auto* shown = unfold<SearchPart>();
    const LearnerInfo& learner = **findLearner("k_nearest_neighbors");
    const auto labelled = [&](const std::string& name) {
        return QString::fromStdString(std::find_if(learner.table.begin(), learner.table.end(), [&](const auto& spec) { return spec.name == name; })->label);
    };
    choose(QStringLiteral("Hyperparameter"), labelled("k"));
    choose(QStringLiteral("Together with"), labelled("weights"));
    const auto before = m_experiment->setup().hyperparameters;
    press(QStringLiteral("Search"));
    auto* map = shown->findChild<HeatMap*>();
    QTRY_VERIFY2_WITH_TIMEOUT(map->isVisibleTo(m_page.get()), qPrintable(sentence(shown)), 20'000);
    // Five that are spread, and the one that is chosen.
    QCOMPARE(map->columnCount(), 6);
    QCOMPARE(map->rowCount(), 2);
    const PreparedTraining& training = *m_experiment->training().training();
    const auto& k = *std::find_if(learner.table.begin(), learner.table.end(), [](const auto& spec) { return spec.name == "k"; });
    const auto& weights = *std::find_if(learner.table.begin(), learner.table.end(), [](const auto& spec) { return spec.name == "weights"; });
    const std::vector<SearchAxis> axes{{"k", searchValues(k, 5, k.defaultValue), 0, 0}, {"weights", searchValues(weights, 5, weights.defaultValue), 0, 0}};
    const auto expected = searchOn(training.table, training.plan, trainRows(), 5, axes, {}, {});
    QVERIFY(expected);
    for (int row = 0; row < 2; ++row) {
        for (int column = 0; column < 6; ++column)
            QCOMPARE(map->item(row, column)->text(),
                     QString::number(expected->scoreAt(std::size_t(row), std::size_t(column)).test.at("accuracy").mean * 100, 'f', 1));
    }
    const int steps = m_experiment->undoStack().count();
    QTest::mouseClick(map->viewport(), Qt::LeftButton, {}, map->visualItemRect(map->item(1, 2)).center());
    QCOMPARE(m_experiment->undoStack().count(), steps + 1);
    const auto now = hyperparametersOf(m_experiment->setup());
    QVERIFY(now.at("k") == axes[0].values[2] && now.at("weights") == axes[1].values[1]);
    QVERIFY(map->isVisibleTo(m_page.get()));
    QVERIFY(!map->grab().isNull());
    map->setFocus();
    map->setCurrentCell(0, 3);
    QTest::keyClick(map, Qt::Key_Return);
    QVERIFY(hyperparametersOf(m_experiment->setup()).at("k") == axes[0].values[3]);
    m_experiment->undoStack().undo();
    m_experiment->undoStack().undo();
    QVERIFY(m_experiment->setup().hyperparameters == before);
    settle();
}

void TestEvaluateSearch::searchValuesAreRoundAndAllowed()
{
    for (const LearnerInfo& learner : learners()) {
        for (const HyperparameterSpec& spec : learner.table) {
            const auto values = searchValues(spec, 7, spec.defaultValue);
            for (std::size_t i = 0; i < values.size(); ++i) {
                QVERIFY2(Hyperparameters::check(learner.table, {{spec.name, values[i]}}), spec.name.c_str());
                for (std::size_t j = 0; j < i; ++j)
                    QVERIFY(!(values[i] == values[j]));
            }
        }
    }
}

/// Four features have four directions: a fifth would be the same as four.
void TestEvaluateSearch::noMoreComponentsThanFeaturesAreTried()
{
    const HyperparameterTable& table = (*findLearner("pca"))->table;
    const HyperparameterSpec& components = table.front();
    QCOMPARE(components.name, std::string("components"));
    const auto values = searchValues(components, 9, components.defaultValue, 4);
    QCOMPARE(values, (std::vector<HyperparameterValue>{std::int64_t(1), std::int64_t(2), std::int64_t(3), std::int64_t(4)}));
    // Without a training nobody knows.
    QVERIFY(searchValues(components, 9, components.defaultValue).size() > 4);
}

QTEST_MAIN(TestEvaluateSearch)
#include "tst_evaluate_search.moc"
