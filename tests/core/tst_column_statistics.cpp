#include "core/base/random.h"
#include "core/kernels/statistics.h"
#include "core/prepare/column_statistics.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

using namespace modelarium;

/// Statistics of a column, held to what sorting gives.
class TestColumnStatistics : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void median_data()
    {
        QTest::addColumn<int>("size");
        QTest::addColumn<double>("step");               // values are rounded to it: 0 leaves them all different
        for (const int size : {1, 2, 3, 10, 19999, 20000, 20001, 60000})
            for (const double step : {0.0, 0.5, 1000.0})
                QTest::addRow("%d values, rounded to %g", size, step) << size << step;
    }

    /// Selecting gives what sorting gives, to the last bit, with ties, both signs and all sizes of numbers.
    void median()
    {
        QFETCH(int, size);
        QFETCH(double, step);
        Random random(std::uint64_t(size) + 1);
        std::vector<double> values;
        for (int i = 0; i < size; ++i) {
            const double value = random.normal() * std::pow(10, random.uniform(-3, 3));
            values.push_back(step > 0 ? std::round(value / step) * step : value);
        }
        std::vector<double> sorted = values;
        std::sort(sorted.begin(), sorted.end());
        const std::size_t middle = sorted.size() / 2;
        const double expected = sorted.size() % 2 ? sorted[middle] : sorted[middle - 1] / 2 + sorted[middle] / 2;
        QVERIFY(medianOf(values) == expected);
    }

    void extremes()
    {
        std::vector<double> values(30000, -1e300);
        values.resize(60000, 1e300);
        QVERIFY(medianOf(values) == 0);
    }

    /// Missing cells neither count nor hide what stands before or behind them.
    void rangeLeavesMissingOut()
    {
        const double nan = std::nan(""), infinity = std::numeric_limits<double>::infinity();
        for (std::size_t size = 1; size < 80; ++size) {
            for (std::size_t place = 0; place < size; ++place) {
                for (const double value : {-infinity, infinity, 7.0}) {
                    std::vector<double> values(size, nan);
                    values[place] = value;
                    double range[2];
                    kernels::modelariumRange(values.data(), values.size(), range);
                    QVERIFY(range[0] == value && range[1] == value);
                }
            }
        }
        double none[2];
        kernels::modelariumRange(&nan, 1, none);
        QVERIFY(none[0] == infinity && none[1] == -infinity);
    }

    /// Every twentieth value is another kind, and a regular sample meets none but these.
    void misleadingSample()
    {
        std::vector<double> values(81920);
        for (std::size_t i = 0; i < values.size(); ++i)
            values[i] = i % 20 == 0 ? 1e6 : double(i);
        std::vector<double> sorted = values;
        std::sort(sorted.begin(), sorted.end());
        QVERIFY(medianOf(values) == sorted[40959] / 2 + sorted[40960] / 2);
    }

    /// All rows in order are looked at where they are; the same rows in another order, and a cell among them, are picked.
    void ofAllRows()
    {
        Random random(7);
        Buffer<double> numbers;
        for (int i = 0; i < 50001; ++i)
            numbers.push_back(random.normal());
        const Column column = Column::numbers("x", numbers);
        std::vector<std::size_t> rows(numbers.size());
        std::iota(rows.begin(), rows.end(), std::size_t(0));
        const auto all = numberStatistics(column, {rows, column.rows()});
        std::swap(rows[3], rows[40000]);
        const auto picked = numberStatistics(column, {rows, column.rows()});
        QVERIFY(all && picked);
        QCOMPARE(picked->minimum, all->minimum);
        QCOMPARE(picked->maximum, all->maximum);
        QCOMPARE(picked->median, all->median);
        QCOMPARE(all->minimum, *std::min_element(numbers.begin(), numbers.end()));
        QCOMPARE(all->maximum, *std::max_element(numbers.begin(), numbers.end()));

        numbers[777] = -std::numeric_limits<double>::infinity();
        const Column infinite = Column::numbers("x", numbers);
        std::iota(rows.begin(), rows.end(), std::size_t(0));
        const auto refused = numberStatistics(infinite, {rows, infinite.rows()});
        QVERIFY(!refused);
        QCOMPARE(int(refused.error().code), int(ErrorCode::NotFinite));
        QCOMPARE(refused.error().place.row.value_or(0), std::size_t(778));
    }

    void ofRowsThatAreAsked()
    {
        const double missing = std::numeric_limits<double>::quiet_NaN();
        Buffer<double> numbers;
        for (const double value : {3.0, -2.0, missing, 5.0, 3.0, 99.0, -2.0})
            numbers.push_back(value);
        const Column column = Column::numbers("x", numbers);
        const std::vector<std::size_t> rows = {0, 1, 2, 3, 4, 6};
        const auto statistics = numberStatistics(column, {rows, column.rows()});
        QVERIFY(statistics);
        QCOMPARE(statistics->missing, std::size_t(1));
        QCOMPARE(statistics->minimum, -2.0);
        QCOMPARE(statistics->maximum, 5.0);
        QCOMPARE(statistics->median, 3.0);
        QCOMPARE(statistics->mean, 1.4);
        QCOMPARE(mostFrequentValue(column, rows), -2.0);        // as often as 3, and smaller
    }
};

QTEST_GUILESS_MAIN(TestColumnStatistics)
#include "tst_column_statistics.moc"
