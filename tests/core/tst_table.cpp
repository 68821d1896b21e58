#include "core/data/generators.h"
#include "core/data/table.h"

#include <QTest>

#include <cmath>
#include <limits>

using namespace modelarium;

class TestTable : public QObject {
    Q_OBJECT

private Q_SLOTS:
    /// Days from the proleptic Gregorian calendar; the numbers are those of GNU date.
    void countsDays_data()
    {
        QTest::addColumn<int>("year");
        QTest::addColumn<int>("month");
        QTest::addColumn<int>("day");
        QTest::addColumn<double>("days");
        QTest::newRow("1970-01-01") << 1970 << 1 << 1 << 0.0;
        QTest::newRow("1969-12-31") << 1969 << 12 << 31 << -1.0;
        QTest::newRow("2000-02-29") << 2000 << 2 << 29 << 11016.0;
        QTest::newRow("1900-03-01") << 1900 << 3 << 1 << -25508.0;
        QTest::newRow("2024-02-29") << 2024 << 2 << 29 << 19782.0;
        QTest::newRow("0001-01-01") << 1 << 1 << 1 << -719162.0;
        QTest::newRow("9999-12-31") << 9999 << 12 << 31 << 2932896.0;
    }

    void countsDays()
    {
        QFETCH(int, year);
        QFETCH(int, month);
        QFETCH(int, day);
        QTEST(daysFromCivil(year, month, day), "days");
        QFETCH(double, days);
        QCOMPARE(dateText(days), std::string(QTest::currentDataTag()));
    }

    void writesEveryDayOfFourCenturies()
    {
        for (int day = 0; day < 146097; ++day) {
            const std::string text = dateText(day);
            QCOMPARE(daysFromCivil(std::stoi(text.substr(0, 4)), std::stoi(text.substr(5, 2)), std::stoi(text.substr(8, 2))), double(day));
        }
    }

    void writesTimesOfDay()
    {
        QCOMPARE(dateText(0.5), std::string("1970-01-01 12:00:00"));
        QCOMPARE(dateText(19782 + (13 * 3600 + 5 * 60) / 86400.0), std::string("2024-02-29 13:05:00"));
        QCOMPARE(dateText(1 - 1e-12), std::string("1970-01-02"));
        QCOMPARE(dateText(std::numeric_limits<double>::quiet_NaN()), std::string());
    }

    void knowsWhetherRowsAreAll()
    {
        std::vector<std::size_t> rows(10000);
        for (std::size_t i = 0; i < rows.size(); ++i)
            rows[i] = i;
        QVERIFY(areAllRows(rows, 10000));
        QVERIFY(areAllRows({}, 0));
        QVERIFY(!areAllRows(rows, 9999));
        QVERIFY(!areAllRows(rows, 10001));
        std::swap(rows[5000], rows[9000]);
        QVERIFY(!areAllRows(rows, 10000));
        QVERIFY(!areAllRows({1}, 1));
    }

    void knowsItsMissingCells()
    {
        const Column words = Column::categories("word", {"b", "", "a", "b"});
        QCOMPARE(words.missing(), std::size_t(1));
        QVERIFY(words.isMissing(1));
        QCOMPARE(words.categoryCells().levels, (std::vector<std::string>{"b", "a"}));
        QCOMPARE(words.cellText(3), std::string("b"));
        const Column numbers = Column::numbers("x", {1.5, std::numeric_limits<double>::quiet_NaN()});
        QCOMPARE(numbers.missing(), std::size_t(1));
        QCOMPARE(numbers.cellText(0), std::string("1.5"));
        QCOMPARE(numbers.cellText(1), std::string());
    }

    void refusesColumnsThatDoNotFit()
    {
        const auto two = std::make_shared<const Column>(Column::numbers("x", {1, 2}));
        const auto three = std::make_shared<const Column>(Column::numbers("y", {1, 2, 3}));
        QCOMPARE(Table::make({two, two}).error().code, ErrorCode::DuplicateColumn);
        QCOMPARE(Table::make({two, three}).error().code, ErrorCode::WrongType);
        QVERIFY(Table::make({}).hasValue());
    }

    void selectsRowsOfEveryType()
    {
        TextCells text;
        for (const char c : {'a', 'b', 'b', 'c'})
            text.bytes.push_back(c);
        text.ends = {1, 3, 3, 4};
        text.missing = {2};
        const auto words = std::make_shared<const Column>(Column("t", ColumnType::Text, text, 4).withUnit("kg"));
        const auto numbers = std::make_shared<const Column>(Column::numbers("x", {1, 2, 3, 4}));
        const auto nothing = std::make_shared<const Column>("e", ColumnType::Empty, std::monostate(), 4);
        const Table chosen = Table::make({words, numbers, nothing})->selected({3, 2, 1, 1});
        QCOMPARE(chosen.rows(), std::size_t(4));
        QCOMPARE(chosen.column(0).cellText(0), std::string("c"));
        QVERIFY(chosen.column(0).isMissing(1));
        QCOMPARE(chosen.column(0).cellText(3), std::string("bb"));
        QCOMPARE(chosen.column(0).unit(), std::string("kg"));
        QCOMPARE(chosen.column(1).cellText(2), std::string("2"));
        QCOMPARE(chosen.column(2).missing(), std::size_t(4));
        QCOMPARE(chosen.find("x"), std::optional<std::size_t>(1));
        QCOMPARE(chosen.find("z"), std::nullopt);
    }

    void generatesTheSameRowsForTheSameSeed()
    {
        for (const GeneratorInfo& info : generators()) {
            const Table first = info.make(100, 0.1, 7);
            const Table again = info.make(100, 0.1, 7);
            const Table other = info.make(100, 0.1, 8);
            QCOMPARE(first.rows(), std::size_t(100));
            QVERIFY(first.find(info.target));
            QCOMPARE(first.column(*first.find(info.target)).isCategorical(), info.classes);
            QVERIFY(first.column(0).numberValues() == again.column(0).numberValues());
            QVERIFY(first.column(0).numberValues() != other.column(0).numberValues());
        }
    }
};

QTEST_APPLESS_MAIN(TestTable)
#include "tst_table.moc"
