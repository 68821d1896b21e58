#include "core/data/split.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <map>

using namespace modelarium;

namespace {

Column numbers(std::size_t rows)
{
    Buffer<double> values(rows);
    for (std::size_t i = 0; i < rows; ++i)
        values[i] = double(i);
    return Column::numbers("y", values);
}

/// 60 of a, 30 of b, 10 of c, mixed; every eleventh row has none.
Column uneven()
{
    std::vector<std::string> values;
    for (int i = 0; i < 100; ++i) {
        values.push_back(i % 10 < 6 ? "a" : i % 10 < 9 ? "b" : "c");
        if (i % 10 == 0)
            values.emplace_back();
    }
    return Column::categories("kind", values);
}

} // namespace

class TestSplit : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyUsableRowIsOnOneSide_data()
    {
        QTest::addColumn<double>("fraction");
        QTest::addColumn<int>("tested");
        QTest::newRow("none") << 0.0 << 0;
        QTest::newRow("a tenth") << 0.1 << 10;
        QTest::newRow("a quarter") << 0.25 << 25;
        QTest::newRow("a third") << 1.0 / 3 << 33;
        QTest::newRow("nearly all") << 0.95 << 95;
    }

    void everyUsableRowIsOnOneSide()
    {
        QFETCH(double, fraction);
        QFETCH(int, tested);
        for (const Column& column : {numbers(100), uneven()}) {
            const auto split = splitRows(column, fraction, 3);
            QVERIFY(split);
            QCOMPARE(int(split->test.size()), tested);
            QVERIFY(std::is_sorted(split->train.begin(), split->train.end()));
            QVERIFY(std::is_sorted(split->test.begin(), split->test.end()));
            std::vector<std::size_t> all, expected;
            std::merge(split->train.begin(), split->train.end(), split->test.begin(), split->test.end(), std::back_inserter(all));
            for (std::size_t row = 0; row < column.rows(); ++row)
                if (!column.isMissing(row))
                    expected.push_back(row);
            QCOMPARE(all, expected);
        }
    }

    void classesKeepTheirShare()
    {
        const Column column = uneven();
        for (std::uint64_t seed = 0; seed < 50; ++seed) {
            const auto split = splitRows(column, 0.25, seed);
            QVERIFY(split);
            std::map<int, int> counts;
            for (const std::size_t row : split->test)
                ++counts[column.categoryCells().codes[row]];
            QCOMPARE(counts[0], 15);                                // 60 / 4
            QVERIFY(counts[1] == 7 || counts[1] == 8);              // 30 / 4 and 10 / 4: one of them is rounded up
            QCOMPARE(counts[1] + counts[2], 10);
        }
    }

    void theSeedDecides()
    {
        const Column column = numbers(200);
        QCOMPARE(splitRows(column, 0.3, 8)->test, splitRows(column, 0.3, 8)->test);
        QVERIFY(splitRows(column, 0.3, 8)->test != splitRows(column, 0.3, 9)->test);
    }

    /// Each row is tested with the chosen probability: 400 draws of a share of 0.3 have a standard deviation of 0.023.
    void everyRowHasItsTurn()
    {
        std::vector<int> tested(50);
        for (std::uint64_t seed = 0; seed < 400; ++seed) {
            const auto split = splitRows(numbers(50), 0.3, seed);
            QVERIFY(split);
            for (const std::size_t row : split->test)
                ++tested[row];
        }
        for (const int count : tested)
            QVERIFY(std::abs(count / 400.0 - 0.3) < 5 * 0.023);
    }

    void impossibleSplitsAreSentences()
    {
        for (const std::size_t rows : {1, 2}) {
            const auto split = splitRows(numbers(rows), rows == 1 ? 0.5 : 0.1, 1);
            QVERIFY(!split);
            QCOMPARE(int(split.error().code), int(ErrorCode::TooFewSamples));
        }
        const auto empty = splitRows(Column::numbers("y", {std::nan(""), std::nan("")}), 0, 1);
        QVERIFY(!empty);
        QVERIFY(empty.error().message.find("\"y\"") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestSplit)
#include "tst_split.moc"
