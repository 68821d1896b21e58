#include "app/item_models/columns_model.h"
#include "app/item_models/data_table_model.h"
#include "app/item_models/receipt_model.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace modelarium;

class TestItemModels : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void tableFollowsTheExperiment();
    void tableShowsMissingCellsAndClasses();
    void cellsAreEditedThroughUndo();
    void columnsAreSummarised();
    void rolesAreEdited();
    void receiptPutsQuestionsFirst();
    void summariesCountWhatTheyShould();
};

void TestItemModels::tableFollowsTheExperiment()
{
    Experiment experiment;
    DataTableModel model(experiment);
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    QCOMPARE(model.rowCount(), 0);
    experiment.data().generate("moons", 40, 0.1, 1);
    QTRY_COMPARE(model.rowCount(), 40);
    QCOMPARE(model.columnCount(), int(experiment.table().columns()));
    QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
    QSignalSpy changes(&model, &QAbstractItemModel::dataChanged);
    experiment.rows().whatIf(3, {{0, 123.5}});
    QCOMPARE(model.index(3, 0).data(DataTableModel::ValueRole).toString(), QStringLiteral("123.5"));
    experiment.rows().endWhatIf();
    QVERIFY(model.index(3, 0).data(DataTableModel::ValueRole).toString() != QStringLiteral("123.5"));
    QVERIFY(changes.count() >= 2);
    QCOMPARE(resets.count(), 0);
    experiment.rows().deleteRows({1, 2});
    QCOMPARE(model.rowCount(), 38);
    experiment.undoStack().undo();
    QCOMPARE(model.rowCount(), 40);
    QTRY_COMPARE(experiment.state(), ExperimentState::Trained);
    const auto testRows = [&model] {
        int rows = 0;
        for (int row = 0; row < model.rowCount(); ++row)
            rows += model.index(row, 0).data(DataTableModel::TestRole).toBool();
        return rows;
    };
    QTRY_COMPARE(testRows(), 10);
}

void TestItemModels::tableShowsMissingCellsAndClasses()
{
    Experiment experiment;
    DataTableModel model(experiment);
    model.setClassColours({Qt::blue, Qt::red});
    experiment.data().generate("moons", 40, 0.1, 1);
    QTRY_COMPARE(model.rowCount(), 40);
    const int target = int(*targetColumn(experiment.setup()));
    const int code = model.index(0, 0).data(DataTableModel::ClassRole).toInt();
    QVERIFY(code == 0 || code == 1);
    QCOMPARE(model.index(0, target).data(Qt::DecorationRole).value<QColor>(), QColor(code == 0 ? Qt::blue : Qt::red));
    QVERIFY(model.setData(model.index(0, 0), QString()));
    QCOMPARE(model.index(0, 0).data().toString(), QStringLiteral("–"));
    QVERIFY(model.index(0, 0).data(DataTableModel::MissingRole).toBool());
    QCOMPARE(model.index(0, 0).data(Qt::EditRole).toString(), QString());
    QVERIFY(model.setData(model.index(0, target), QString()));
    QCOMPARE(model.index(0, 0).data(DataTableModel::ClassRole).toInt(), -1);
    QVERIFY(!model.index(0, target).data(Qt::DecorationRole).isValid());
}

void TestItemModels::cellsAreEditedThroughUndo()
{
    Experiment experiment;
    DataTableModel model(experiment);
    experiment.data().generate("line", 20, 0.1, 1);
    QTRY_COMPARE(model.rowCount(), 20);
    const QString before = model.index(2, 0).data(Qt::EditRole).toString();
    QSignalSpy refused(&model, &DataTableModel::editRefused);
    QVERIFY(!model.setData(model.index(2, 0), QStringLiteral("many")));
    QCOMPARE(refused.count(), 1);
    QVERIFY(!refused[0][1].toString().isEmpty());
    QCOMPARE(model.index(2, 0).data(Qt::EditRole).toString(), before);
    QVERIFY(model.setData(model.index(2, 0), QStringLiteral("0.1234567890123")));
    QCOMPARE(model.index(2, 0).data(Qt::EditRole).toString(), QStringLiteral("0.1234567890123"));
    QCOMPARE(model.index(2, 0).data().toString(), QStringLiteral("0.123457"));
    experiment.undoStack().undo();
    QCOMPARE(model.index(2, 0).data(Qt::EditRole).toString(), before);
}

void TestItemModels::columnsAreSummarised()
{
    Experiment experiment;
    ColumnsModel model(experiment);
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    experiment.data().generate("moons", 40, 0.1, 1);
    QTRY_VERIFY(model.rowCount() > 0);
    QCOMPARE(model.rowCount(), int(experiment.table().columns()));
    const int target = int(*targetColumn(experiment.setup()));
    QTRY_COMPARE(model.index(target, ColumnsModel::Distinct).data().toString(), QStringLiteral("2"));
    QCOMPARE(model.index(target, ColumnsModel::Mean).data().toString(), QString());
    QCOMPARE(model.index(target, ColumnsModel::Use).data().toString(), ColumnsModel::roleName(Role::Target));
    QCOMPARE(model.index(0, ColumnsModel::Missing).data().toString(), QStringLiteral("0"));
    QVERIFY(!model.index(0, ColumnsModel::Mean).data().toString().isEmpty());
}

void TestItemModels::rolesAreEdited()
{
    Experiment experiment;
    ColumnsModel model(experiment);
    experiment.data().generate("moons", 40, 0.1, 1);
    QTRY_VERIFY(model.rowCount() > 1);
    const QModelIndex use = model.index(1, ColumnsModel::Use);
    QVERIFY(model.flags(use) & Qt::ItemIsEditable);
    QVERIFY(!(model.flags(model.index(1, ColumnsModel::Name)) & Qt::ItemIsEditable));
    QVERIFY(model.setData(use, int(Role::Ignored)));
    QCOMPARE(experiment.setup().roles[1], Role::Ignored);
    QVERIFY(!model.setData(use, 17));
    QVERIFY(!model.setData(use, QStringLiteral("target")));
    QCOMPARE(experiment.setup().roles[1], Role::Ignored);
    experiment.undoStack().undo();
    QCOMPARE(use.data(ColumnsModel::RoleRole).toInt(), int(Role::Feature));
}

void TestItemModels::receiptPutsQuestionsFirst()
{
    ImportReceipt receipt;
    receipt.entries = {{.code = "a", .message = "First."},
                       {.code = "b", .message = "Second?", .count = 3, .firstLine = 7, .firstColumn = "x", .question = true},
                       {.code = "c", .message = "Third."}};
    ReceiptModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setReceipt(receipt);
    QCOMPARE(model.rowCount(), 3);
    QCOMPARE(model.questions(), 1);
    QCOMPARE(model.index(0).data().toString(), QStringLiteral("Second?"));
    QCOMPARE(model.index(0).data(ReceiptModel::LineRole).toInt(), 7);
    QCOMPARE(model.index(1).data().toString(), QStringLiteral("First."));
    model.setReceipt({});
    QCOMPARE(model.rowCount(), 0);
    QCOMPARE(model.questions(), 0);
}

void TestItemModels::summariesCountWhatTheyShould()
{
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const ColumnSummary numbers = summarise(Column::numbers("x", {3, nan, 1, 3, 5}));
    QCOMPARE(numbers.missing, std::size_t(1));
    QCOMPARE(numbers.distinct, std::size_t(3));
    QCOMPARE(numbers.minimum, 1.0);
    QCOMPARE(numbers.maximum, 5.0);
    QCOMPARE(numbers.mean, 3.0);
    // The sum of these is infinite; their mean is not.
    const ColumnSummary large = summarise(Column::numbers("x", {1.5e308, 1.5e308, 1.5e308}));
    QCOMPARE(large.mean, 1.5e308);
    const ColumnSummary none = summarise(Column::numbers("x", {nan, nan}));
    QVERIFY(!none.hasRange);
    QCOMPARE(none.distinct, std::size_t(0));
    const ColumnSummary words = summarise(Column::categories("c", {"b", "", "a", "b"}));
    QCOMPARE(words.missing, std::size_t(1));
    QCOMPARE(words.distinct, std::size_t(2));
    QVERIFY(!words.hasRange);
}

QTEST_MAIN(TestItemModels)
#include "tst_item_models.moc"
