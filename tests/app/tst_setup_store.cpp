#include "app/document/choices.h"
#include "app/document/data_loading.h"
#include "app/document/default_choices.h"
#include "app/document/row_edits.h"
#include "app/document/setup_store.h"
#include "tests/support/small_tables.h"

#include <QSignalSpy>
#include <QTest>

#include <functional>

using namespace modelarium;

namespace {

using Edit = std::function<void(Choices&, RowEdits&)>;

Setup startingSetup()
{
    DataSource source;
    source.name = QStringLiteral("line.csv");
    source.original = lineTable(20);
    return defaultSetup(source.original, std::make_shared<const DataSource>(source));
}

} // namespace

Q_DECLARE_METATYPE(Edit)

class TestSetupStore : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void undoAndRedoAreExact_data();
    void undoAndRedoAreExact();
    void nothingChangedIsNoStep();
    void aSliderDragIsOneStep();
    void aDragBackToTheStartIsNoStep();
    void frozenRefusesChoices();
    void frozenRowsFollowDeletions();
    void rowsThatUndoCannotKeepAreAskedAbout();
    void badHyperparametersAreRefusedInPlace();
    void aTargetThatTheLearnerCannotDoChangesTheLearner();
};

void TestSetupStore::undoAndRedoAreExact_data()
{
    QTest::addColumn<Edit>("edit");
    QTest::addColumn<QString>("text");
    const auto row = [](const char* name, const QString& text, Edit edit) { QTest::newRow(name) << edit << text; };
    row("role", QStringLiteral("Leave out z"), [](Choices& c, RowEdits&) { c.setRole(1, Role::Ignored); });
    row("target", QStringLiteral("Choose target x"), [](Choices& c, RowEdits&) { c.setRole(0, Role::Target); });
    row("roles", QStringLiteral("Choose columns"),
        [](Choices& c, RowEdits&) { c.setRoles({Role::Ignored, Role::Feature, Role::Target}); });
    row("task", QStringLiteral("Predict a class"), [](Choices& c, RowEdits&) { c.setTask(Task::Classification); });
    row("split", QStringLiteral("Keep 40 % of the rows for testing"), [](Choices& c, RowEdits&) { c.setTestFraction(0.4); });
    row("seed", QStringLiteral("Start from seed 5"), [](Choices& c, RowEdits&) { c.setSeed(5); });
    row("learner", QStringLiteral("Choose Ridge regression"), [](Choices& c, RowEdits&) { c.setLearner("ridge_regression"); });
    row("hyperparameter", QStringLiteral("Set Intercept to false"),
        [](Choices& c, RowEdits&) { QVERIFY(c.setHyperparameter("intercept", false)); });
    row("cell", QStringLiteral("Edit x of row 4"), [](Choices&, RowEdits& r) { QVERIFY(r.editCell(3, 0, QStringLiteral("9"))); });
    row("move", QStringLiteral("Move point 12"), [](Choices&, RowEdits& r) { r.movePoint(11, {{0, 1.0}, {2, 5.0}}); });
    row("add", QStringLiteral("Add point 21"), [](Choices&, RowEdits& r) { r.addPoint({{0, 1.0}, {2, 5.0}}); });
    row("delete", QStringLiteral("Delete 3 row(s)"), [](Choices&, RowEdits& r) { r.deleteRows({4, 2, 4, 19, 1000}); });
}

void TestSetupStore::undoAndRedoAreExact()
{
    QFETCH(Edit, edit);
    QFETCH(QString, text);
    SetupStore store;
    store.change(QStringLiteral("Open"), startingSetup());
    Choices choices(store);
    RowEdits rows(store);
    const Setup before = store.setup();

    edit(choices, rows);
    const Setup after = store.setup();
    QVERIFY(differences(before, after));
    QCOMPARE(store.undoStack().undoText(), text);
    QCOMPARE(store.undoStack().count(), 2);

    for (int i = 0; i < 3; ++i) {
        store.undoStack().undo();
        QVERIFY(!differences(before, store.setup()));
        store.undoStack().redo();
        QVERIFY(!differences(after, store.setup()));
    }
}

void TestSetupStore::nothingChangedIsNoStep()
{
    SetupStore store;
    store.change(QStringLiteral("Open"), startingSetup());
    Choices choices(store);
    RowEdits rows(store);
    QSignalSpy changes(&store, &SetupStore::changed);
    choices.setSeed(store.setup().seed);
    choices.setRole(0, store.setup().roles[0]);
    choices.setRole(99, Role::Target);
    rows.deleteRows({});
    rows.deleteRows({1000});
    rows.movePoint(1000, {{0, 1}});
    QVERIFY(rows.editCell(1000, 0, QStringLiteral("1")));
    QVERIFY(rows.editCell(0, 0, QString::fromStdString(store.setup().table.column(0).cellText(0))));
    QCOMPARE(changes.count(), 0);
    QCOMPARE(store.undoStack().count(), 1);
}

void TestSetupStore::aSliderDragIsOneStep()
{
    SetupStore store;
    store.change(QStringLiteral("Open"), startingSetup());
    Choices choices(store);
    choices.setLearner("ridge_regression");
    const Setup before = store.setup();
    for (int i = 1; i <= 50; ++i)
        QVERIFY(choices.setHyperparameter("alpha", 0.01 * i + 2));
    QCOMPARE(store.undoStack().count(), 3);
    QCOMPARE(store.undoStack().undoText(), QStringLiteral("Set Alpha to 2.5"));
    choices.setTestFraction(0.5);
    QCOMPARE(store.undoStack().count(), 4);
    store.undoStack().undo();
    store.undoStack().undo();
    QVERIFY(!differences(before, store.setup()));
}

void TestSetupStore::aDragBackToTheStartIsNoStep()
{
    SetupStore store;
    store.change(QStringLiteral("Open"), startingSetup());
    Choices choices(store);
    choices.setTestFraction(0.3);
    choices.setTestFraction(0.4);
    choices.setTestFraction(0.25);
    QCOMPARE(store.undoStack().count(), 1);
}

void TestSetupStore::frozenRefusesChoices()
{
    Preparation preparation;
    auto prepared = Preparation::learn(lineTable(20), {"x"}, {0, 1, 2, 3}, {});
    QVERIFY(prepared);
    Linear line{Matrix::Constant(1, 1, 2.0), Vector::Constant(1, 1.0), Link::Identity};
    auto model = Model::make(*prepared, line, TargetColumn{.name = "y"}, Provenance{});
    QVERIFY(model);
    SetupStore store;
    Setup setup = startingSetup();
    setup.frozen = *model;
    store.change(QStringLiteral("Open"), setup);
    Choices choices(store);
    QSignalSpy refused(&choices, &Choices::refused);
    choices.setSeed(99);
    choices.setLearner("ridge_regression");
    choices.setRole(0, Role::Ignored);
    choices.setTask(Task::Classification);
    choices.setTestFraction(0.7);
    QVERIFY(choices.setHyperparameter("intercept", false));
    choices.resetHyperparameters();
    QCOMPARE(refused.count(), 7);
    QVERIFY(!differences(setup, store.setup()));
}

void TestSetupStore::frozenRowsFollowDeletions()
{
    SetupStore store;
    Setup setup = startingSetup();
    FrozenRows frozen;
    frozen.rows = 20;
    frozen.split.train = {0, 2, 4, 6, 19};
    frozen.split.test = {1, 3};
    setup.frozenRows = std::make_shared<const FrozenRows>(frozen);
    store.change(QStringLiteral("Open"), setup);
    RowEdits rows(store);
    rows.deleteRows({0, 3, 5});
    QVERIFY(store.setup().frozenRows);
    QCOMPARE(store.setup().frozenRows->rows, std::size_t(17));
    QCOMPARE(store.setup().frozenRows->split.train, (std::vector<std::size_t>{1, 2, 3, 16}));
    QCOMPARE(store.setup().frozenRows->split.test, (std::vector<std::size_t>{0}));
    rows.addPoint({{0, 1.0}});
    QCOMPARE(store.setup().frozenRows->rows, std::size_t(18));
    QCOMPARE(store.setup().frozenRows->split.train.size(), std::size_t(4));
}

/// Where memory could not hold two such tables, nothing is read before somebody has agreed that the first one goes for good.
void TestSetupStore::rowsThatUndoCannotKeepAreAskedAbout()
{
    SetupStore store;
    store.change(QStringLiteral("start"), startingSetup());
    DataLoading loading(store);
    QStringList asked;
    bool agrees = false;
    loading.setConsent([&](const QString& sentence) {
        asked << sentence;
        return agrees;
    });
    QSignalSpy loaded(&loading, &DataLoading::loaded);
    const std::string moons = generators().front().id;
    store.setMostCellsKept(store.setup().table.rows() * store.setup().table.columns() - 1);
    QVERIFY(!store.keepsRows());
    loading.generate(moons, 50, 0.1, 1);
    QVERIFY(!loading.isLoading());
    QCOMPARE(asked.size(), 1);
    QVERIFY2(asked.front().contains(QStringLiteral("line.csv")), qPrintable(asked.front()));
    QCOMPARE(store.setup().source->name, QStringLiteral("line.csv"));
    agrees = true;
    loading.generate(moons, 50, 0.1, 1);
    QVERIFY(loaded.wait());
    QVERIFY(!store.undoStack().canUndo());
    // Rows within the limit come and go without a word.
    store.setMostCellsKept(1000);
    loading.generate(generators().back().id, 50, 0.1, 1);
    QVERIFY(loaded.wait());
    QCOMPARE(asked.size(), 2);
    QVERIFY(store.undoStack().canUndo());
}

void TestSetupStore::badHyperparametersAreRefusedInPlace()
{
    SetupStore store;
    store.change(QStringLiteral("Open"), startingSetup());
    Choices choices(store);
    choices.setLearner("ridge_regression");
    const Setup before = store.setup();
    const auto tooSmall = choices.setHyperparameter("alpha", -1.0);
    QVERIFY(!tooSmall);
    QCOMPARE(tooSmall.error().code, ErrorCode::BadHyperparameter);
    const auto unknown = choices.setHyperparameter("no_such_thing", 1.0);
    QVERIFY(!unknown);
    QCOMPARE(unknown.error().code, ErrorCode::UnknownHyperparameter);
    const auto wrongKind = choices.setHyperparameter("alpha", std::string("much"));
    QVERIFY(!wrongKind);
    QVERIFY(!differences(before, store.setup()));
}

void TestSetupStore::aTargetThatTheLearnerCannotDoChangesTheLearner()
{
    DataSource source;
    source.original = cloudsTable(20);
    SetupStore store;
    store.change(QStringLiteral("Open"), defaultSetup(source.original, std::make_shared<const DataSource>(source)));
    QCOMPARE(taskOf(store.setup()), std::optional(Task::Classification));
    Choices choices(store);
    choices.setRole(0, Role::Target);
    QCOMPARE(taskOf(store.setup()), std::optional(Task::Regression));
    QVERIFY((*findLearner(store.setup().learner))->supports(Task::Regression));
    QCOMPARE(store.setup().roles[2], Role::Feature);
    // What is left out comes back as the target, and puts the one before it out.
    choices.setRole(1, Role::Ignored);
    choices.setRole(1, Role::Target);
    QCOMPARE(store.setup().roles[0], Role::Ignored);
    // Unless nothing would be left to predict from.
    choices.setRole(2, Role::Ignored);
    choices.setRole(0, Role::Target);
    QCOMPARE(store.setup().roles[1], Role::Feature);
}

QTEST_GUILESS_MAIN(TestSetupStore)
#include "tst_setup_store.moc"
