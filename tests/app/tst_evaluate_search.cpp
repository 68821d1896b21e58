#include "app/charts/curve_chart.h"
#include "app/charts/heat_map.h"
#include "app/jobs/training_folds.h"
#include "app/pages/cross_validation_part.h"
#include "app/pages/draws_view.h"
#include "app/pages/search_part.h"
#include "app/pages/metric_names.h"
#include "app/pages/search_scale.h"
#include "app/pages/search_texts.h"
#include "app/pages/tries_table.h"
#include "app/widgets/range_edit.h"
#include "core/learn/registry.h"
#include "tests/support/evaluate_stage.h"

#include <QLineEdit>
#include <QLocale>
#include <QSpinBox>
#include <QToolButton>

#include <algorithm>
#include <cmath>
#include <tuple>

using namespace modelarium;

/// The folded parts of the Evaluate stage that train again and again: cross-validation and search. What they show is what the core
/// computes on folds of the training rows, it is about the choices of now, and a press on it is one step that can be undone.
class TestEvaluateSearch : public QObject, private EvaluateStage {
    Q_OBJECT

private Q_SLOTS:
    void init() { begin(); }
    void cleanup() { end(); }
    void aScoreSaysInHowManyFoldsItExists_data();
    void aScoreSaysInHowManyFoldsItExists();
    void crossValidationIsThatOfTheCore_data();
    void crossValidationIsThatOfTheCore();
    void aMissingCellIsNamedAsItStandsInTheTable();
    void foldsThatMeanNothingAreNotOffered();
    void refusedFoldsSayWhy();
    void otherChoicesEndACrossValidation();
    void validationCurveIsTaken();
    void heatMapIsTakenAsOneStep();
    void searchValuesAreRoundAndAllowed();
    void noMoreComponentsThanFeaturesAreTried();
    void drawnTriesAreThoseOfTheCore();
    void drawnCurveIsTaken();
    void aBadRangeIsRefused();
    void aWrittenRangeStays_data();
    void aWrittenRangeStays();
    void anEndNobodyWroteFollowsItsSuggestion();
    void manyTogetherMakeATable_data();
    void manyTogetherMakeATable();
    void thePlacesFollowWhatIsChosen();
    void whatIsVariedStaysWhenAResultIsTaken();
    void whatMeansNothingAloneIsRefused();
    void tabWalksOverThePlaces();
    void theSearchTakesItsOwnFolds();
    void theTableSaysOnceWhatAllShare();
    void theCostIsSaidBefore();
    void theTitleNamesTheFoldsOfNow();
    void theLookIsSwitchedBehindTries_data();
    void theLookIsSwitchedBehindTries();

private:
    QString labelled(const char* learner, const std::string& name) const
    {
        return QString::fromStdString(findSpec((*findLearner(learner))->table, name)->label);
    }
    /// Whether a label that is seen has both.
    bool says(QWidget* part, const QString& text, const QString& other = {}) const
    {
        for (const QLabel* label : part->findChildren<QLabel*>())
            if (label->isVisibleTo(m_page.get()) && label->text().contains(text) && label->text().contains(other))
                return true;
        return false;
    }
    void chooseStrength() const
    {
        choose(QStringLiteral("Hyperparameter"), QStringLiteral("Alpha"));
    }
    QSpinBox* number(const QString& name) const { return named<QSpinBox>(name); }
};

namespace {

/// What nobody had to choose for two classes.
FoldOptions evenFolds()
{
    FoldOptions options;
    options.kind = FoldKind::Stratified;
    return options;
}

/// Rows of ten groups, in the order of a column that runs backwards.
QByteArray groupedRows()
{
    const QList<QByteArray> lines = linearRows(60, 2).trimmed().split('\n');
    QByteArray text = "group,when," + lines.front() + '\n';
    for (int i = 1; i < lines.size(); ++i)
        text += "g" + QByteArray::number(i * i % 11) + ',' + QByteArray::number(1000 - i) + ',' + lines[i] + '\n';
    return text;
}

} // namespace

void TestEvaluateSearch::aScoreSaysInHowManyFoldsItExists_data()
{
    QTest::addColumn<int>("inFolds");
    QTest::addColumn<int>("folds");
    QTest::addColumn<QString>("text");
    QTest::newRow("in all") << 5 << 5 << QStringLiteral("2 ± 0.5");
    QTest::newRow("in some") << 2 << 5 << QStringLiteral("2 ± 0.5 (2 of 5 folds)");
    QTest::newRow("all rows together") << 1 << 1 << QStringLiteral("2");
    QTest::newRow("in none") << 0 << 5 << QStringLiteral("–");
}

void TestEvaluateSearch::aScoreSaysInHowManyFoldsItExists()
{
    QFETCH(int, inFolds);
    QFETCH(int, folds);
    PlanScore score;
    score.folds = std::size_t(folds);
    if (inFolds > 0)
        score.test["rmse"] = {2, 0.5, 1, 3, std::size_t(inFolds)};
    QTEST(scoreText(score, "rmse"), "text");
}

void TestEvaluateSearch::crossValidationIsThatOfTheCore_data()
{
    QTest::addColumn<QString>("kind");
    QTest::addColumn<FoldOptions>("options");
    const auto with = [](FoldKind kind, int folds, int repeats, std::uint64_t seed, const char* group = "", const char* time = "") {
        FoldOptions options;
        options.kind = kind;
        options.folds = folds;
        options.repeats = repeats;
        options.groupColumn = group;
        options.timeColumn = time;
        options.seed = seed;
        options.testFraction = 0.2;
        return options;
    };
    QTest::newRow("five folds") << "k folds" << with(FoldKind::KFold, 5, 1, 1);
    QTest::newRow("three folds of another seed") << "k folds" << with(FoldKind::KFold, 3, 1, 8);
    QTest::newRow("drawn again") << "k folds" << with(FoldKind::KFold, 4, 3, 1);
    QTest::newRow("groups") << "k folds of whole groups" << with(FoldKind::Grouped, 3, 1, 1, "group");
    QTest::newRow("order of the rows") << "past and future" << with(FoldKind::TimeOrdered, 4, 1, 1);
    QTest::newRow("order of a column") << "past and future" << with(FoldKind::TimeOrdered, 4, 1, 1, "", "when");
    QTest::newRow("each row alone") << "each row alone" << with(FoldKind::LeaveOneOut, 5, 1, 1);
    QTest::newRow("shares") << "a share, drawn again" << with(FoldKind::HoldOut, 5, 6, 2);
}

/// Though the folds number the training rows anew.
void TestEvaluateSearch::aMissingCellIsNamedAsItStandsInTheTable()
{
    const auto table = Table::make({std::make_shared<const Column>(Column::numbers("y", Buffer<double>{1, 2, 3, 4, 5, 6})),
                                    std::make_shared<const Column>(Column::numbers("part", Buffer<double>{1, 1, 2, 2, std::nan(""), 3}))});
    TrainingPlan plan;
    plan.target = "y";
    FoldOptions options;
    options.folds = 2;
    for (const FoldKind kind : {FoldKind::Grouped, FoldKind::TimeOrdered}) {
        options.kind = kind;
        (kind == FoldKind::Grouped ? options.groupColumn : options.timeColumn) = "part";
        const auto parted = trainingFolds(*table, plan, {1, 2, 3, 4, 5}, options);
        QVERIFY(!parted);
        QVERIFY2(parted.error().message.starts_with("Row 5 "), parted.error().message.c_str());
        QCOMPARE(parted.error().place.row, std::optional<std::size_t>(5));
    }
}

void TestEvaluateSearch::crossValidationIsThatOfTheCore()
{
    QFETCH(QString, kind);
    QFETCH(FoldOptions, options);
    open(groupedRows());
    auto* shown = unfold<CrossValidationPart>();
    auto* table = shown->findChild<QTableWidget*>();
    choose(QStringLiteral("How rows are parted: cross-validation"), kind);
    if (!options.groupColumn.empty())
        choose(QStringLiteral("Groups by: cross-validation"), QString::fromStdString(options.groupColumn));
    if (!options.timeColumn.empty())
        choose(QStringLiteral("In order of: cross-validation"), QString::fromStdString(options.timeColumn));
    number(QStringLiteral("Folds: cross-validation"))->setValue(options.folds);
    number(QStringLiteral("Repeats: cross-validation"))->setValue(options.repeats);
    number(QStringLiteral("Seed: cross-validation"))->setValue(int(options.seed));
    number(QStringLiteral("Share kept back: cross-validation"))->setValue(20);
    press(QStringLiteral("Cross-validate"));
    QTRY_VERIFY2_WITH_TIMEOUT(table->isVisibleTo(m_page.get()), qPrintable(sentence(shown)), 30'000);
    const PreparedTraining& training = *m_experiment->training().training();
    const auto expected = crossValidateOn(training.table, training.plan, trainRows(), options, {}, {});
    QVERIFY(expected);
    const bool alone = options.kind == FoldKind::LeaveOneOut;
    bool found = false;
    for (int row = 0; row < table->rowCount(); ++row) {
        if (table->item(row, 0)->text() != QStringLiteral("RMSE"))
            continue;
        found = true;
        QCOMPARE(fullValue(table, row, 1), alone ? expected->pooled.at("rmse") : expected->test.at("rmse").mean);
        if (!alone)
            QCOMPARE(fullValue(table, row, 1, 1), expected->test.at("rmse").standardDeviation);
    }
    QVERIFY(found);
    QCOMPARE(m_experiment->testLooks().count(m_experiment->setup()), 0);
}

/// What has no meaning for a kind is not there, or is at rest and says why.
void TestEvaluateSearch::foldsThatMeanNothingAreNotOffered()
{
    open(groupedRows());
    unfold<CrossValidationPart>();
    const auto seen = [&](const QString& name) {
        for (QWidget* widget : m_page->findChildren<QWidget*>())
            if (widget->accessibleName() == name && !qobject_cast<QLabel*>(widget))
                return widget->isVisibleTo(m_page.get());
        return false;
    };
    const std::vector<std::tuple<QString, QStringList, bool>> kinds = {
        {QStringLiteral("k folds"), {QStringLiteral("Folds: cross-validation")}, true},
        {QStringLiteral("k folds of whole groups"), {QStringLiteral("Folds: cross-validation"), QStringLiteral("Groups by: cross-validation")}, true},
        {QStringLiteral("past and future"), {QStringLiteral("Folds: cross-validation"), QStringLiteral("In order of: cross-validation")}, false},
        {QStringLiteral("each row alone"), {}, false},
        {QStringLiteral("a share, drawn again"), {QStringLiteral("Share kept back: cross-validation")}, true},
    };
    for (const auto& [kind, fields, draws] : kinds) {
        choose(QStringLiteral("How rows are parted: cross-validation"), kind);
        for (const QString& field : {QStringLiteral("Folds: cross-validation"), QStringLiteral("Groups by: cross-validation"), QStringLiteral("In order of: cross-validation"), QStringLiteral("Share kept back: cross-validation")})
            QVERIFY2(seen(field) == fields.contains(field), qPrintable(kind + QStringLiteral(": ") + field));
        for (const QString& name : {QStringLiteral("Repeats: cross-validation"), QStringLiteral("Seed: cross-validation")}) {
            QCOMPARE(number(name)->isEnabled(), draws);
            QVERIFY(draws || number(name)->toolTip().contains(QStringLiteral("Nothing is drawn")));
        }
    }
    // A number has no classes that could be spread; the entry says so and cannot be taken.
    auto* kind = named<QComboBox>(QStringLiteral("How rows are parted: cross-validation"));
    const int evenly = kind->findText(QStringLiteral("k folds, classes spread evenly"));
    QVERIFY(!(kind->model()->flags(kind->model()->index(evenly, 0)) & Qt::ItemIsEnabled));
    QVERIFY(kind->itemData(evenly, Qt::ToolTipRole).toString().contains(QStringLiteral("no classes")));
    // Classes are spread evenly unless someone wants something else, and the seed goes with that of the split.
    generate("moons");
    QCOMPARE(kind->currentIndex(), kind->findText(QStringLiteral("a share, drawn again")));
    m_experiment->choices().setSeed(5);
    QCOMPARE(number(QStringLiteral("Seed: cross-validation"))->value(), 5);
    begin();
    generate("moons");
    QCOMPARE(named<QComboBox>(QStringLiteral("How rows are parted: cross-validation"))->currentText(), QStringLiteral("k folds, classes spread evenly"));
}

void TestEvaluateSearch::refusedFoldsSayWhy()
{
    open(groupedRows());
    auto* shown = unfold<CrossValidationPart>();
    choose(QStringLiteral("How rows are parted: cross-validation"), QStringLiteral("k folds of whole groups"));
    choose(QStringLiteral("Groups by: cross-validation"), QStringLiteral("group"));
    const auto isSaid = [&] {
        const auto labels = shown->findChildren<QLabel*>();
        return std::any_of(labels.begin(), labels.end(), [&](const QLabel* label) {
            return label->isVisibleTo(m_page.get()) && label->text().contains(QStringLiteral("\"group\" groups the rows and is a feature too"));
        });
    };
    QVERIFY(isSaid());
    choose(QStringLiteral("How rows are parted: cross-validation"), QStringLiteral("each row alone"));
    QVERIFY(!isSaid());
    choose(QStringLiteral("How rows are parted: cross-validation"), QStringLiteral("k folds of whole groups"));
    number(QStringLiteral("Folds: cross-validation"))->setValue(40);
    press(QStringLiteral("Cross-validate"));
    QTRY_VERIFY2(sentence(shown).contains(QStringLiteral("40 folds need at least one each")), qPrintable(sentence(shown)));
    QVERIFY(!shown->findChild<QTableWidget*>()->isVisibleTo(m_page.get()));
    // It was about those folds.
    number(QStringLiteral("Folds: cross-validation"))->setValue(5);
    QVERIFY2(sentence(shown).contains(QStringLiteral("One split can be lucky")), qPrintable(sentence(shown)));
}

void TestEvaluateSearch::otherChoicesEndACrossValidation()
{
    open(linearRows(200, 4));
    m_experiment->choices().setLearner("random_forest");
    settle();
    auto* shown = unfold<CrossValidationPart>();
    auto* table = shown->findChild<QTableWidget*>();
    choose(QStringLiteral("How rows are parted: cross-validation"), QStringLiteral("each row alone"));
    press(QStringLiteral("Cross-validate"));
    auto* cancel = named<QPushButton>(QStringLiteral("Cancel: cross-validation"));
    QVERIFY(cancel->isVisibleTo(m_page.get()));
    // Whoever started it with the keys can cancel it with them.
    QCOMPARE(static_cast<QWidget*>(cancel), m_page->focusWidget());
    QTest::mouseClick(cancel, Qt::LeftButton);
    QVERIFY(!cancel->isVisibleTo(m_page.get()));
    QCOMPARE(static_cast<QPushButton*>(m_page->focusWidget())->text(), QStringLiteral("Cross-validate"));
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
    const auto expected = searchOn(training.table, training.plan, trainRows(), evenFolds(), {{"max_depth", values, 0, 0}}, {}, {});
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
    const auto expected = searchOn(training.table, training.plan, trainRows(), evenFolds(), axes, {}, {});
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

/// As on the command line: the same draws for a seed, the same folds, the same scores.
void TestEvaluateSearch::drawnTriesAreThoseOfTheCore()
{
    generate("moons");
    m_experiment->choices().setLearner("decision_tree");
    settle();
    auto* shown = unfold<SearchPart>();
    const LearnerInfo& learner = **findLearner("decision_tree");
    const auto labelled = [&](const std::string& name) {
        return QString::fromStdString(std::find_if(learner.table.begin(), learner.table.end(), [&](const auto& spec) { return spec.name == name; })->label);
    };
    choose(QStringLiteral("Hyperparameter"), labelled("max_depth"));
    choose(QStringLiteral("Together with"), labelled("min_samples_leaf"));
    choose(QStringLiteral("What is tried"), QStringLiteral("combinations drawn at random"));
    QVERIFY(!named<QComboBox>(QStringLiteral("Values of each"))->isVisibleTo(m_page.get()));
    named<QLineEdit>(QStringLiteral("Range, lowest"))->setText(QStringLiteral("2"));
    named<QLineEdit>(QStringLiteral("Range, highest"))->setText(QStringLiteral("9"));
    named<QLineEdit>(QStringLiteral("Range of the second, lowest"))->setText(QStringLiteral("1"));
    named<QLineEdit>(QStringLiteral("Range of the second, highest"))->setText(QStringLiteral("30"));
    number(QStringLiteral("Tries"))->setValue(12);
    number(QStringLiteral("Seed of the draws"))->setValue(4);
    press(QStringLiteral("Search"));
    auto* view = shown->findChild<DrawsView*>();
    QTRY_VERIFY2_WITH_TIMEOUT(view->isVisibleTo(m_page.get()), qPrintable(sentence(shown)), 20'000);
    const PreparedTraining& training = *m_experiment->training().training();
    const std::vector<SearchAxis> axes{{"max_depth", {}, 2, 9}, {"min_samples_leaf", {}, 1, 30}};
    const auto drawn = randomCandidates(learner, training.plan.hyperparameters, axes, 12, 4);
    const auto parted = trainingFolds(training.table, training.plan, trainRows(), 5);
    QVERIFY(drawn && parted);
    const auto expected = searchHyperparameters(parted->table, parted->plan, *drawn, parted->folds, {});
    QVERIFY(expected);
    const std::size_t best = expected->order.front();
    const QString share = QStringLiteral("%1 %").arg(expected->scores[best].test.at("accuracy").mean * 100, 0, 'f', 1);
    QVERIFY2(says(shown, QStringLiteral("Best of 12"), share), qPrintable(share));
    // A press takes the values of a point as one step; the point wears a ring as long as they are chosen.
    const int steps = m_experiment->undoStack().count();
    const auto depth = std::get<std::int64_t>(expected->candidates[best].at("max_depth"));
    const auto leaf = std::get<std::int64_t>(expected->candidates[best].at("min_samples_leaf"));
    const SearchScale up(learner, axes[1]);
    QTest::mouseClick(view->viewport(), Qt::LeftButton, {}, view->scale().toPixel(double(depth), up.placeOf(leaf)).toPoint());
    const auto now = hyperparametersOf(m_experiment->setup());
    QVERIFY(now.at("max_depth") == HyperparameterValue(depth) && now.at("min_samples_leaf") == HyperparameterValue(leaf));
    QCOMPARE(m_experiment->undoStack().count(), steps + 1);
    QVERIFY(view->isVisibleTo(m_page.get()));
    // Arrow keys walk over the tries, Return takes one.
    view->setFocus();
    QTest::keyClick(view, Qt::Key_Right);
    QTest::keyClick(view, Qt::Key_Return);
    const std::size_t next = (best + 1) % 12;
    QVERIFY(hyperparametersOf(m_experiment->setup()).at("max_depth") == expected->candidates[next].at("max_depth"));
    settle();
}

void TestEvaluateSearch::drawnCurveIsTaken()
{
    open(linearRows(80, 3));
    m_experiment->choices().setLearner("ridge_regression");
    settle();
    auto* shown = unfold<SearchPart>();
    QCOMPARE(named<QComboBox>(QStringLiteral("Hyperparameter"))->currentText(), QStringLiteral("Alpha"));    // the first number, not the first choice
    choose(QStringLiteral("Together with"), QStringLiteral("none"));
    choose(QStringLiteral("What is tried"), QStringLiteral("combinations drawn at random"));
    number(QStringLiteral("Tries"))->setValue(8);
    press(QStringLiteral("Search"));
    auto* view = shown->findChild<DrawsView*>();
    QTRY_VERIFY2_WITH_TIMEOUT(view->isVisibleTo(m_page.get()), qPrintable(sentence(shown)), 20'000);
    QVERIFY2(sentence(shown).contains(QStringLiteral("Best of 8")), qPrintable(sentence(shown)));
    QCOMPARE(view->accessibleDescription().count(QStringLiteral("on rows kept back")), 8);
    QVERIFY(!view->grab().isNull());
    // There are two ways to have an intercept: more cannot be drawn, and it is said.
    choose(QStringLiteral("Hyperparameter"), QStringLiteral("Intercept"));
    press(QStringLiteral("Search"));
    QTRY_VERIFY_WITH_TIMEOUT(says(shown, QStringLiteral("Best of 2"), QStringLiteral("no more different ones")), 20'000);
    QVERIFY2(sentence(shown).contains(QStringLiteral("judge it by the test rows, once")), qPrintable(sentence(shown)));
    // A grid after that hides the draws.
    choose(QStringLiteral("What is tried"), QStringLiteral("every combination"));
    press(QStringLiteral("Search"));
    QTRY_VERIFY_WITH_TIMEOUT(says(shown, QStringLiteral("Press a place")), 20'000);
    QVERIFY(!view->isVisibleTo(m_page.get()));
}

void TestEvaluateSearch::aBadRangeIsRefused()
{
    open(linearRows(80, 3));
    m_experiment->choices().setLearner("ridge_regression");
    settle();
    auto* shown = unfold<SearchPart>();
    chooseStrength();
    choose(QStringLiteral("What is tried"), QStringLiteral("combinations drawn at random"));
    auto* low = named<QLineEdit>(QStringLiteral("Range, lowest"));
    QTest::keyClick(low, Qt::Key_A, Qt::ControlModifier);
    QTest::keyClicks(low, QStringLiteral("-3"));
    QPushButton* start = nullptr;
    for (QPushButton* button : shown->findChildren<QPushButton*>())
        if (button->text() == QStringLiteral("Search"))
            start = button;
    QVERIFY(!start->isEnabled());
    QVERIFY(low->property("invalid").toBool());
    QVERIFY2(!low->toolTip().isEmpty() && sentence(shown).contains(QStringLiteral("-3")), qPrintable(sentence(shown)));
    QTest::keyClick(low, Qt::Key_A, Qt::ControlModifier);
    QTest::keyClicks(low, QStringLiteral("0.5"));
    QVERIFY(start->isEnabled());
    QVERIFY(!low->property("invalid").toBool());
}

void TestEvaluateSearch::aWrittenRangeStays_data()
{
    QTest::addColumn<QString>("learner");
    QTest::addColumn<QString>("hyperparameter");
    QTest::addColumn<QString>("text");
    QTest::newRow("another learner and back") << "decision_tree" << "" << "0.5";
    QTest::newRow("another learner that has it too") << "lasso_regression" << "" << "0.5";
    QTest::newRow("another hyperparameter and back") << "" << "Intercept" << "0.5";
    QTest::newRow("what is no number yet") << "decision_tree" << "" << "0.5x";
}

/// It is that of one hyperparameter of one learner, and there again when they are.
void TestEvaluateSearch::aWrittenRangeStays()
{
    QFETCH(QString, learner);
    QFETCH(QString, hyperparameter);
    QFETCH(QString, text);
    open(linearRows(80, 3));
    m_experiment->choices().setLearner("ridge_regression");
    settle();
    unfold<SearchPart>();
    chooseStrength();
    choose(QStringLiteral("What is tried"), QStringLiteral("combinations drawn at random"));
    auto* low = named<QLineEdit>(QStringLiteral("Range, lowest"));
    auto* high = named<QLineEdit>(QStringLiteral("Range, highest"));
    const QString highest = high->text();
    QTest::keyClick(low, Qt::Key_A, Qt::ControlModifier);
    QTest::keyClicks(low, text);
    if (!learner.isEmpty()) {
        m_experiment->choices().setLearner(learner.toStdString());
        settle();
        QVERIFY(low->text() != text);
        m_experiment->choices().setLearner("ridge_regression");
        settle();
    }
    if (!hyperparameter.isEmpty()) {
        choose(QStringLiteral("Hyperparameter"), hyperparameter);
        chooseStrength();
    }
    QCOMPARE(named<QComboBox>(QStringLiteral("Hyperparameter"))->currentText(), QStringLiteral("Alpha"));
    QCOMPARE(low->text(), text);
    QCOMPARE(high->text(), highest);
}

void TestEvaluateSearch::anEndNobodyWroteFollowsItsSuggestion()
{
    RangeEdit range(QStringLiteral("Range"));
    const HyperparameterSpec spec = HyperparameterSpec::integer("feature_count", "Number of features", "So many are drawn.", 2, 1, 1000);
    range.setRange(spec, {spec.name, {}, 1, 10}, {});
    const QList<QLineEdit*> ends = range.findChildren<QLineEdit*>();
    QTest::keyClick(ends[0], Qt::Key_A, Qt::ControlModifier);
    QTest::keyClicks(ends[0], QStringLiteral("2"));
    QVERIFY(range.written().high.isEmpty());
    range.setRange(spec, {spec.name, {}, 1, 4}, range.written());       // of data with fewer features
    QCOMPARE(ends[0]->text(), QStringLiteral("2"));
    QCOMPARE(ends[1]->text(), QStringLiteral("4"));
}

void TestEvaluateSearch::manyTogetherMakeATable_data()
{
    QTest::addColumn<bool>("random");
    QTest::newRow("grid") << false;
    QTest::newRow("draws") << true;
}

/// Three hyperparameters: the best try first, the same tries and scores as the core's, and a press takes all three as one step.
void TestEvaluateSearch::manyTogetherMakeATable()
{
    QFETCH(bool, random);
    generate("moons");
    m_experiment->choices().setLearner("decision_tree");
    settle();
    auto* shown = unfold<SearchPart>();
    const LearnerInfo& learner = **findLearner("decision_tree");
    const std::vector<std::string> names{"max_depth", "min_samples_leaf", "criterion"};
    choose(QStringLiteral("What is tried"), random ? QStringLiteral("combinations drawn at random") : QStringLiteral("every combination"));
    choose(QStringLiteral("Hyperparameter"), labelled("decision_tree", names[0]));
    choose(QStringLiteral("Together with"), labelled("decision_tree", names[1]));
    choose(QStringLiteral("Together with, number 3"), labelled("decision_tree", names[2]));
    choose(QStringLiteral("Values of each"), QStringLiteral("3"));
    number(QStringLiteral("Tries"))->setValue(20);
    number(QStringLiteral("Seed of the draws"))->setValue(3);
    press(QStringLiteral("Search"));
    auto* tries = shown->findChild<TriesTable*>();
    QTRY_VERIFY2_WITH_TIMEOUT(tries->isVisibleTo(m_page.get()), qPrintable(sentence(shown)), 20'000);
    QVERIFY(!shown->findChild<DrawsView*>()->isVisibleTo(m_page.get()) && !shown->findChild<HeatMap*>()->isVisibleTo(m_page.get()));
    std::vector<SearchAxis> axes;
    for (const std::string& name : names) {
        const HyperparameterSpec& spec = *findSpec(learner.table, name);
        axes.push_back(random ? suggestedAxis(spec) : SearchAxis{name, searchValues(spec, 3, spec.defaultValue), 0, 0});
    }
    const PreparedTraining& training = *m_experiment->training().training();
    const auto expected = triesOn(training.table, training.plan, trainRows(), evenFolds(), axes, random ? std::optional(SearchDraw{20, 3}) : std::nullopt, {}, {});
    QVERIFY(expected);
    auto* table = tries->findChild<QTableWidget*>();
    QCOMPARE(table->rowCount(), int(expected->result.candidates.size()));
    QCOMPARE(table->columnCount(), 4);
    QCOMPARE(table->horizontalHeaderItem(1)->data(fullValueRole).toString(), labelled("decision_tree", names[0]));
    for (const int row : {0, 1, table->rowCount() - 1}) {
        const std::size_t candidate = expected->result.order[std::size_t(row)];
        QCOMPARE(fullValue(table, row, 0), expected->result.scores[candidate].test.at("accuracy").mean);
        const HyperparameterValues values = expected->valuesOf(candidate);
        for (std::size_t j = 0; j < names.size(); ++j)
            QCOMPARE(table->item(row, int(j) + 1)->data(fullValueRole).toString(), QString::fromStdString(hyperparameterText(values.at(names[j]))));
    }
    QVERIFY2(says(shown, QStringLiteral("Best of %1").arg(table->rowCount()), QStringLiteral("judged by 5 folds")), qPrintable(sentence(shown)));
    // The values stand in the order of the columns, and whoever shares the best score is counted.
    QStringList values;
    for (const std::string& name : names)
        values << QStringLiteral("%1 %2").arg(labelled("decision_tree", name), table->item(0, 1 + int(values.size()))->text());
    QVERIFY2(says(shown, values.join(QStringLiteral(", "))), qPrintable(sentence(shown)));
    std::size_t ties = 0;
    for (const PlanScore& score : expected->result.scores)
        ties += std::abs(score.test.at("accuracy").mean - expected->result.scores[expected->result.order.front()].test.at("accuracy").mean) < 1e-9;
    QCOMPARE(says(shown, QStringLiteral(" %1 tries are equally good.").arg(ties)), ties > 1);
    const int steps = m_experiment->undoStack().count();
    QTest::mouseClick(table->viewport(), Qt::LeftButton, {}, table->visualItemRect(table->item(2, 0)).center());
    const auto now = hyperparametersOf(m_experiment->setup());
    for (const auto& [name, value] : expected->valuesOf(expected->result.order[2]))
        QVERIFY(now.at(name) == value);
    QCOMPARE(m_experiment->undoStack().count(), steps + 1);
    QVERIFY(tries->isVisibleTo(m_page.get()));
    const auto isBold = [&](int row) { return table->item(row, 0)->font().bold() && table->item(row, 3)->font().bold(); };
    for (int row = 0; row < table->rowCount(); ++row)
        QCOMPARE(isBold(row), row == 2);
    // The keys move on freely; what was taken stays marked.
    table->setFocus();
    QTest::keyClick(table, Qt::Key_Down);
    settle();
    QCOMPARE(table->currentRow(), 3);
    QCOMPARE(table->selectionModel()->selectedRows().value(0).row(), 3);
    QVERIFY(isBold(2) && !isBold(3));
    QTest::keyClick(table, Qt::Key_Home, Qt::ControlModifier);
    QTest::keyClick(table, Qt::Key_Return);
    const auto best = hyperparametersOf(m_experiment->setup());
    for (const auto& [name, value] : expected->valuesOf(expected->result.order[0]))
        QVERIFY(best.at(name) == value);
    settle();
}

/// Behind the last one that is chosen there is a place for another; one that is let go closes its gap.
void TestEvaluateSearch::thePlacesFollowWhatIsChosen()
{
    generate("moons");
    m_experiment->choices().setLearner("decision_tree");
    settle();
    unfold<SearchPart>();
    const auto box = [&](const char* name) { return named<QComboBox>(QString::fromLatin1(name)); };
    const auto shows = [&](const char* name) { return box(name) && box(name)->isVisibleTo(m_page.get()); };
    QVERIFY(shows("Together with") && !shows("Together with, number 3"));
    choose(QStringLiteral("Hyperparameter"), labelled("decision_tree", "max_depth"));
    choose(QStringLiteral("Together with"), labelled("decision_tree", "criterion"));
    QVERIFY(shows("Together with, number 3"));
    QVERIFY(box("Together with, number 3")->findText(labelled("decision_tree", "max_depth")) < 0);
    choose(QStringLiteral("Together with, number 3"), labelled("decision_tree", "min_samples_leaf"));
    QVERIFY(shows("Together with, number 4"));
    choose(QStringLiteral("Together with"), QStringLiteral("none"));
    QCOMPARE(box("Together with")->currentText(), labelled("decision_tree", "min_samples_leaf"));
    QCOMPARE(box("Together with, number 3")->currentText(), QStringLiteral("none"));
    QVERIFY(!shows("Together with, number 4"));
    // One that is chosen twice is no second one.
    choose(QStringLiteral("Hyperparameter"), labelled("decision_tree", "min_samples_leaf"));
    QCOMPARE(box("Together with")->currentText(), QStringLiteral("none"));
    // A learner with one hyperparameter has nothing to put beside it.
    m_experiment->choices().setLearner("polynomial_regression");
    m_experiment->choices().setLearner("decision_tree");
    QVERIFY(shows("Hyperparameter"));
    settle();
}

/// Without a penalty its strength means nothing, but it is still varied; nor does another learner in between forget what was chosen.
void TestEvaluateSearch::whatIsVariedStaysWhenAResultIsTaken()
{
    generate("moons");
    m_experiment->choices().setLearner("logistic_regression");
    settle();
    auto* shown = unfold<SearchPart>();
    const auto varied = [&] {
        QStringList labels;
        for (const char* name : {"Hyperparameter", "Together with", "Together with, number 3"})
            labels << named<QComboBox>(QString::fromLatin1(name))->currentText();
        return labels;
    };
    const QStringList wanted{labelled("logistic_regression", "C"), labelled("logistic_regression", "penalty"), labelled("logistic_regression", "max_iterations")};
    choose(QStringLiteral("Hyperparameter"), wanted[0]);
    choose(QStringLiteral("Together with"), wanted[1]);
    choose(QStringLiteral("Together with, number 3"), wanted[2]);
    choose(QStringLiteral("Values of each"), QStringLiteral("3"));
    press(QStringLiteral("Search"));
    auto* tries = shown->findChild<TriesTable*>();
    QTRY_VERIFY2_WITH_TIMEOUT(tries->isVisibleTo(m_page.get()), qPrintable(sentence(shown)), 30'000);
    auto* table = tries->findChild<QTableWidget*>();
    int none = 0;
    while (none < table->rowCount() && table->item(none, 2)->text() != QStringLiteral("None"))
        ++none;
    QVERIFY(none < table->rowCount());
    table->setFocus();
    table->setCurrentCell(none, 0);
    QTest::keyClick(table, Qt::Key_Return);
    QVERIFY(hyperparametersOf(m_experiment->setup()).at("penalty") == HyperparameterValue(std::string("none")));
    QCOMPARE(varied(), wanted);
    QVERIFY(tries->isVisibleTo(m_page.get()));
    settle();
    m_experiment->undoStack().undo();
    QCOMPARE(varied(), wanted);
    m_experiment->undoStack().redo();
    QCOMPARE(varied(), wanted);
    m_experiment->choices().setLearner("decision_tree");
    QVERIFY(varied() != wanted);
    m_experiment->undoStack().undo();
    QCOMPARE(varied(), wanted);
    settle();
    // The strength can be varied together with the penalty also where there is none now.
    choose(QStringLiteral("Hyperparameter"), wanted[1]);
    QVERIFY(named<QComboBox>(QStringLiteral("Together with"))->findText(wanted[0]) >= 0);
    choose(QStringLiteral("Together with"), wanted[0]);
    press(QStringLiteral("Search"));
    QTRY_VERIFY2_WITH_TIMEOUT(shown->findChild<HeatMap*>()->isVisibleTo(m_page.get()), qPrintable(sentence(shown)), 30'000);
}

void TestEvaluateSearch::whatMeansNothingAloneIsRefused()
{
    generate("moons");
    m_experiment->choices().setLearner("logistic_regression");
    settle();
    auto* shown = unfold<SearchPart>();
    choose(QStringLiteral("Hyperparameter"), labelled("logistic_regression", "C"));
    QVERIFY(m_experiment->choices().setHyperparameters({{"penalty", std::string("none")}}));
    settle();
    QCOMPARE(named<QComboBox>(QStringLiteral("Hyperparameter"))->currentText(), labelled("logistic_regression", "C"));
    QVERIFY2(sentence(shown).contains(QStringLiteral("C does nothing where penalty is none")), qPrintable(sentence(shown)));
    choose(QStringLiteral("Together with"), labelled("logistic_regression", "penalty"));
    QVERIFY2(!sentence(shown).contains(QStringLiteral("does nothing")), qPrintable(sentence(shown)));
}

/// Also over places that were made after all that is below them.
void TestEvaluateSearch::tabWalksOverThePlaces()
{
    generate("moons");
    m_experiment->choices().setLearner("decision_tree");
    settle();
    unfold<SearchPart>();
    choose(QStringLiteral("What is tried"), QStringLiteral("combinations drawn at random"));
    choose(QStringLiteral("Hyperparameter"), labelled("decision_tree", "max_depth"));
    choose(QStringLiteral("Together with"), labelled("decision_tree", "min_samples_leaf"));
    choose(QStringLiteral("Together with, number 3"), labelled("decision_tree", "min_samples_split"));
    m_page->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(m_page.get()));
    named<QComboBox>(QStringLiteral("Hyperparameter"))->setFocus();
    QStringList walked;
    for (int i = 0; i < 10; ++i) {
        QTest::keyClick(m_page->focusWidget(), Qt::Key_Tab);
        walked << m_page->focusWidget()->accessibleName();
    }
    QCOMPARE(walked.join(u'|'), QStringLiteral("Range, lowest|Range, highest|Together with|Range of the second, lowest|Range of the second, highest|"
                                               "Together with, number 3|Range of number 3, lowest|Range of number 3, highest|"
                                               "Together with, number 4|What is tried"));
}

void TestEvaluateSearch::theSearchTakesItsOwnFolds()
{
    open(groupedRows());
    m_experiment->choices().setLearner("ridge_regression");
    settle();
    auto* shown = unfold<SearchPart>();
    chooseStrength();
    choose(QStringLiteral("How rows are parted: search"), QStringLiteral("k folds of whole groups"));
    choose(QStringLiteral("Groups by: search"), QStringLiteral("group"));
    number(QStringLiteral("Folds: search"))->setValue(3);
    press(QStringLiteral("Search"));
    auto* chart = shown->findChild<CurveChart*>();
    QTRY_VERIFY2_WITH_TIMEOUT(chart->isVisibleTo(m_page.get()), qPrintable(sentence(shown)), 20'000);
    FoldOptions options;
    options.kind = FoldKind::Grouped;
    options.groupColumn = "group";
    options.folds = 3;
    const PreparedTraining& training = *m_experiment->training().training();
    const HyperparameterSpec& spec = *findSpec((*findLearner("ridge_regression"))->table, "alpha");
    const auto expected = searchOn(training.table, training.plan, trainRows(), options, {{"alpha", searchValues(spec, 5, spec.defaultValue), 0, 0}}, {}, {});
    QVERIFY(expected);
    const double mean = expected->scoreAt(0, 1).test.at("rmse").mean;
    QVERIFY2(chart->accessibleDescription().contains(metricValueText("rmse", mean)), qPrintable(chart->accessibleDescription()));
    QVERIFY2(says(shown, QStringLiteral("judged by 3 folds of groups by group")), qPrintable(sentence(shown)));
    // What cannot be parted so is said, and nothing is shown.
    number(QStringLiteral("Folds: search"))->setValue(40);
    press(QStringLiteral("Search"));
    const auto refused = [&] { return sentence(shown).contains(QStringLiteral("40 folds need at least one each")); };
    QTRY_VERIFY2(refused(), qPrintable(sentence(shown)));
    QVERIFY(!chart->isVisibleTo(m_page.get()));
    // Any other choice in the part may be what helps.
    choose(QStringLiteral("Values of each"), QStringLiteral("3"));
    QVERIFY2(!refused(), qPrintable(sentence(shown)));
    press(QStringLiteral("Search"));
    QTRY_VERIFY2(refused(), qPrintable(sentence(shown)));
    number(QStringLiteral("Folds: search"))->setValue(3);
    QVERIFY2(!refused(), qPrintable(sentence(shown)));
}

void TestEvaluateSearch::theTableSaysOnceWhatAllShare()
{
    generate("moons");
    m_experiment->choices().setLearner("decision_tree");
    settle();
    auto* shown = unfold<SearchPart>();
    choose(QStringLiteral("What is tried"), QStringLiteral("combinations drawn at random"));
    choose(QStringLiteral("Hyperparameter"), labelled("decision_tree", "max_depth"));
    choose(QStringLiteral("Together with"), labelled("decision_tree", "min_samples_leaf"));
    choose(QStringLiteral("Together with, number 3"), labelled("decision_tree", "criterion"));
    for (const char* end : {"Range of the second, lowest", "Range of the second, highest"})
        named<QLineEdit>(QString::fromLatin1(end))->setText(QStringLiteral("4"));
    number(QStringLiteral("Tries"))->setValue(10);
    press(QStringLiteral("Search"));
    auto* tries = shown->findChild<TriesTable*>();
    QTRY_VERIFY2_WITH_TIMEOUT(tries->isVisibleTo(m_page.get()), qPrintable(sentence(shown)), 20'000);
    auto* table = tries->findChild<QTableWidget*>();
    QCOMPARE(table->columnCount(), 3);
    QCOMPARE(table->horizontalHeaderItem(1)->data(fullValueRole).toString(), labelled("decision_tree", "max_depth"));
    QCOMPARE(table->horizontalHeaderItem(2)->data(fullValueRole).toString(), labelled("decision_tree", "criterion"));
    QVERIFY(says(shown, QStringLiteral("All tries have %1 4.").arg(labelled("decision_tree", "min_samples_leaf"))));
    // A row takes what all share along.
    QTest::mouseClick(table->viewport(), Qt::LeftButton, {}, table->visualItemRect(table->item(1, 0)).center());
    QVERIFY(hyperparametersOf(m_experiment->setup()).at("min_samples_leaf") == HyperparameterValue(std::int64_t(4)));
    settle();
}

/// As many combinations as the core makes, and a grid that it would refuse is refused before it is asked for.
void TestEvaluateSearch::theCostIsSaidBefore()
{
    generate("moons");
    m_experiment->choices().setLearner("logistic_regression");
    settle();
    auto* shown = unfold<SearchPart>();
    const LearnerInfo& learner = **findLearner("logistic_regression");
    std::vector<SearchAxis> axes;
    QString place = QStringLiteral("Hyperparameter");
    for (const char* name : {"C", "penalty", "solver", "max_iterations"}) {
        choose(place, labelled("logistic_regression", name));
        place = axes.empty() ? QStringLiteral("Together with") : QStringLiteral("Together with, number %1").arg(axes.size() + 2);
        const HyperparameterSpec& spec = *findSpec(learner.table, name);
        axes.push_back({name, searchValues(spec, 5, spec.defaultValue), 0, 0});
    }
    const auto candidates = gridCandidates(learner, {}, axes);
    QVERIFY(candidates);
    const auto told = [&](std::size_t combinations, int folds) {
        const QLocale locale;
        return says(shown, QStringLiteral("%1 combinations × %2 folds = %3 trainings")
                               .arg(locale.toString(qulonglong(combinations)), QString::number(folds), locale.toString(qulonglong(combinations) * qulonglong(folds))));
    };
    QVERIFY(told(candidates->size(), 5));
    number(QStringLiteral("Folds: search"))->setValue(7);
    QVERIFY(told(candidates->size(), 7));
    choose(QStringLiteral("What is tried"), QStringLiteral("combinations drawn at random"));
    number(QStringLiteral("Tries"))->setValue(40);
    QVERIFY(told(40, 7));
    choose(QStringLiteral("What is tried"), QStringLiteral("every combination"));
    m_experiment->choices().setLearner("decision_tree");
    settle();
    place = QStringLiteral("Hyperparameter");
    int count = 1;
    for (const char* name : {"max_depth", "min_samples_split", "min_samples_leaf", "max_leaf_nodes", "min_impurity_decrease"}) {
        choose(place, labelled("decision_tree", name));
        place = ++count == 2 ? QStringLiteral("Together with") : QStringLiteral("Together with, number %1").arg(count);
    }
    QPushButton* start = nullptr;
    for (QPushButton* button : shown->findChildren<QPushButton*>())
        if (button->text() == QStringLiteral("Search"))
            start = button;
    choose(QStringLiteral("Values of each"), QStringLiteral("15"));
    QVERIFY(!start->isEnabled());
    QVERIFY2(sentence(shown).contains(QStringLiteral("more than 10,000 combinations")), qPrintable(sentence(shown)));
    QVERIFY(!says(shown, QStringLiteral("trainings")) || !says(shown, QStringLiteral(" × ")));
    choose(QStringLiteral("Values of each"), QStringLiteral("3"));
    QVERIFY(start->isEnabled());
    QVERIFY(says(shown, QStringLiteral(" × 7 folds = ")));
}

/// Also after another file was opened, which has other columns; what is cut is said whole on hover.
void TestEvaluateSearch::theTitleNamesTheFoldsOfNow()
{
    open(groupedRows());
    auto* shown = unfold<SearchPart>();
    const auto title = [&]() -> QToolButton* {
        for (QToolButton* button : shown->findChildren<QToolButton*>())
            if (button->text().startsWith(QStringLiteral("Judged by")))
                return button;
        return nullptr;
    };
    choose(QStringLiteral("How rows are parted: search"), QStringLiteral("k folds of whole groups"));
    choose(QStringLiteral("Groups by: search"), QStringLiteral("when"));
    QCOMPARE(title()->text(), QStringLiteral("Judged by 5 folds of groups by when"));
    QByteArray other = groupedRows();
    open(other.replace("group,when", "a_patient_who_came_several_times,visit"));
    const QString column = named<QComboBox>(QStringLiteral("Groups by: search"))->currentData().toString();
    QVERIFY(column != QStringLiteral("when"));
    QCOMPARE(title()->text(), QStringLiteral("Judged by 5 folds of groups by %1").arg(column));
    choose(QStringLiteral("Groups by: search"), QStringLiteral("a_patient_who_came_several_times"));
    QTRY_VERIFY(title()->width() < title()->sizeHint().width());
    QCOMPARE(title()->toolTip(), title()->text());
    m_experiment->choices().setSeed(9);
    choose(QStringLiteral("How rows are parted: search"), QStringLiteral("past and future"));
    QCOMPARE(title()->text(), QStringLiteral("Judged by 5 folds in order of the rows"));
    settle();
}

void TestEvaluateSearch::theLookIsSwitchedBehindTries_data()
{
    QTest::addColumn<int>("together");
    QTest::addColumn<bool>("random");
    QTest::newRow("curve") << 1 << false;
    QTest::newRow("map") << 2 << false;
    QTest::newRow("table") << 3 << false;
    QTest::newRow("drawn curve") << 1 << true;
    QTest::newRow("drawn points") << 2 << true;
    QTest::newRow("drawn table") << 3 << true;
}

/// The results are about the learner that they were found for, also where another one is chosen when the look changes.
void TestEvaluateSearch::theLookIsSwitchedBehindTries()
{
    QFETCH(int, together);
    QFETCH(bool, random);
    generate("moons");
    m_experiment->choices().setLearner("decision_tree");
    settle();
    auto* shown = unfold<SearchPart>();
    choose(QStringLiteral("What is tried"), random ? QStringLiteral("combinations drawn at random") : QStringLiteral("every combination"));
    choose(QStringLiteral("Hyperparameter"), labelled("decision_tree", "max_depth"));
    if (together > 1)
        choose(QStringLiteral("Together with"), labelled("decision_tree", "min_samples_leaf"));
    if (together > 2)
        choose(QStringLiteral("Together with, number 3"), labelled("decision_tree", "criterion"));
    choose(QStringLiteral("Values of each"), QStringLiteral("3"));
    number(QStringLiteral("Tries"))->setValue(6);
    press(QStringLiteral("Search"));
    QTRY_VERIFY2_WITH_TIMEOUT(says(shown, QStringLiteral("Best of")), qPrintable(sentence(shown)), 20'000);
    auto* draws = shown->findChild<DrawsView*>();
    const QString told = draws->accessibleDescription();
    m_experiment->choices().setLearner("k_nearest_neighbors");
    m_page->setLook(Look::darkLook());
    QVERIFY(!says(shown, QStringLiteral("Best of")));
    m_experiment->undoStack().undo();
    QTRY_VERIFY(says(shown, QStringLiteral("Best of")));
    QCOMPARE(draws->accessibleDescription(), told);
    QVERIFY(!shown->grab().isNull());
    m_page->setLook(Look::light());
    settle();
}

QTEST_MAIN(TestEvaluateSearch)
#include "tst_evaluate_search.moc"
