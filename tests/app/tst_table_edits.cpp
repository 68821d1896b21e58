#include "app/document/table_edits.h"

#include <QTest>

#include <cmath>
#include <limits>

using namespace modelarium;

namespace {

Table mixedTable()
{
    const double nan = std::numeric_limits<double>::quiet_NaN();
    TextCells notes;
    const std::string bytes = "onetwo";
    notes.bytes.assign(bytes.begin(), bytes.end());
    notes.ends = {3, 3, 6};
    notes.missing = {1};
    return *Table::make({
        std::make_shared<Column>(Column::numbers("mass", {1.5, nan, 3}).withUnit("g")),
        std::make_shared<Column>(Column::dates("day", {0, 1, 365})),
        std::make_shared<Column>(Column::categories("island", {"Dream", "", "Biscoe"})),
        std::make_shared<Column>("adult", ColumnType::Boolean, CategoryCells{{0, 1, 1}, {"no", "yes"}}, 3),
        std::make_shared<Column>("note", ColumnType::Text, std::move(notes), 3),
    });
}

} // namespace

class TestTableEdits : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void editsCells_data();
    void editsCells();
    void movesAPoint();
    void addsARow();
    void deletesRows();
};

void TestTableEdits::editsCells_data()
{
    QTest::addColumn<QString>("column");
    QTest::addColumn<QString>("typed");
    QTest::addColumn<QString>("expected");
    QTest::addColumn<bool>("accepted");
    QTest::newRow("number") << "mass" << "2.25" << "2.25" << true;
    QTest::newRow("number with spaces") << "mass" << "  2.25 " << "2.25" << true;
    QTest::newRow("decimal comma") << "mass" << "2,25" << "2.25" << true;
    QTest::newRow("exponent") << "mass" << "-1e-3" << "-0.001" << true;
    QTest::newRow("empty number") << "mass" << "" << "" << true;
    QTest::newRow("word in a number") << "mass" << "heavy" << "1.5" << false;
    QTest::newRow("thousands in a number") << "mass" << "1,234,567" << "1.5" << false;
    QTest::newRow("infinite number") << "mass" << "1e999" << "1.5" << false;
    QTest::newRow("not a number") << "mass" << "nan" << "1.5" << false;
    QTest::newRow("date") << "day" << "2024-02-29" << "2024-02-29" << true;
    QTest::newRow("no such date") << "day" << "2023-02-29" << "1970-01-01" << false;
    QTest::newRow("known level") << "island" << "Biscoe" << "Biscoe" << true;
    QTest::newRow("new level") << "island" << "Torgersen" << "Torgersen" << true;
    QTest::newRow("missing level") << "island" << "" << "" << true;
    QTest::newRow("boolean") << "adult" << "yes" << "yes" << true;
    QTest::newRow("neither of the two") << "adult" << "perhaps" << "no" << false;
    QTest::newRow("text") << "note" << "a longer note" << "a longer note" << true;
    QTest::newRow("missing text") << "note" << "" << "" << true;
}

void TestTableEdits::editsCells()
{
    QFETCH(QString, column);
    QFETCH(QString, typed);
    QFETCH(QString, expected);
    QFETCH(bool, accepted);
    const Table before = mixedTable();
    const std::size_t j = *before.find(column.toStdString());
    const auto edited = withCell(before, 0, j, typed.toStdString());
    QCOMPARE(edited.hasValue(), accepted);
    if (!accepted) {
        QVERIFY(!edited.error().message.empty());
        QCOMPARE(edited.error().place.row, std::optional<std::size_t>(1));
        QCOMPARE(edited.error().place.column, column.toStdString());
        return;
    }
    QCOMPARE(QString::fromStdString(edited->column(j).cellText(0)), expected);
    QCOMPARE(edited->column(j).type(), before.column(j).type());
    QCOMPARE(edited->column(j).unit(), before.column(j).unit());
    for (std::size_t k = 0; k < before.columns(); ++k) {
        if (k != j)
            QCOMPARE(edited->columnPtr(k), before.columnPtr(k));
        for (std::size_t row = 1; row < before.rows(); ++row)
            QCOMPARE(edited->column(k).cellText(row), before.column(k).cellText(row));
    }
}

void TestTableEdits::movesAPoint()
{
    const Table before = mixedTable();
    const Table after = withValues(before, 2, {{0, -7.5}, {2, 1}, {4, 3}});
    QCOMPARE(after.column(0).cellText(2), std::string("-7.5"));
    QCOMPARE(after.column(2).cellText(2), before.column(2).categoryCells().levels[1]);
    QCOMPARE(after.column(4).cellText(2), std::string("two"));
    QCOMPARE(after.column(0).cellText(0), std::string("1.5"));
}

void TestTableEdits::addsARow()
{
    const auto after = withRow(mixedTable(), {{0, 4}, {2, 0}});
    QVERIFY(after);
    QCOMPARE(after->rows(), std::size_t(4));
    QCOMPARE(after->column(0).cellText(3), std::string("4"));
    QCOMPARE(after->column(2).cellText(3), mixedTable().column(2).categoryCells().levels[0]);
    for (const std::size_t j : {1, 3, 4})
        QVERIFY(after->column(j).isMissing(3));
}

void TestTableEdits::deletesRows()
{
    const Table after = withoutRows(mixedTable(), {0, 1});
    QCOMPARE(after.rows(), std::size_t(1));
    QCOMPARE(after.column(0).cellText(0), std::string("3"));
    QCOMPARE(after.column(4).cellText(0), std::string("two"));
}

QTEST_APPLESS_MAIN(TestTableEdits)
#include "tst_table_edits.moc"
