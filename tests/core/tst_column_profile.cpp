#include "core/data/column_profile.h"

#include <QTest>

#include <cmath>
#include <limits>
#include <numeric>

using namespace modelarium;

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

ColumnProfile profile(const std::vector<double>& values)
{
    return profileOf(values.data(), values.size());
}

std::size_t total(const ColumnProfile& profile)
{
    return std::accumulate(profile.bars.begin(), profile.bars.end(), std::size_t(0));
}

} // namespace

/// Statistics and bars against what can be worked out by hand.
class TestColumnProfile : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void statisticsByHand()
    {
        // 2, 4, 4, 4, 5, 5, 7, 9: mean 5, squares 9+1+1+1+0+0+4+16 = 32, deviation sqrt(32/8) = 2, median (4 + 5) / 2
        const ColumnProfile shown = profile({2, 4, missing, 4, 4, 5, 5, 7, 9, missing});
        QCOMPARE(shown.count, std::size_t(8));
        QCOMPARE(shown.missing, std::size_t(2));
        QCOMPARE(shown.mean, 5.0);
        QCOMPARE(shown.deviation, 2.0);
        QCOMPARE(shown.minimum, 2.0);
        QCOMPARE(shown.median, 4.5);
        QCOMPARE(shown.maximum, 9.0);
        // Whole numbers have a bar each.
        QCOMPARE(shown.bars, (std::vector<std::size_t>{1, 0, 3, 2, 0, 1, 0, 1}));
        QCOMPARE(shown.low, 1.5);
        QCOMPARE(shown.high, 9.5);
        QCOMPARE(profile({3, 1, 2}).median, 2.0);
    }

    void intervalsHoldEveryValue()
    {
        std::vector<double> values;
        for (int i = 0; i < 1000; ++i)
            values.push_back(std::sqrt(double(i)));
        const ColumnProfile shown = profile(values);
        QCOMPARE(total(shown), std::size_t(1000));
        // Quartiles sqrt(250) and sqrt(750): 2 * 11.57 / 10 = 2.31 wide, 31.6 / 2.31 = 13.7
        QCOMPARE(shown.bars.size(), std::size_t(14));
        QCOMPARE(shown.low, 0.0);
        QCOMPARE(shown.high, std::sqrt(999.0));
        for (std::size_t k = 0; k < shown.bars.size(); ++k) {
            const double low = shown.high * double(k) / 14, high = shown.high * double(k + 1) / 14;
            const auto inside = std::count_if(values.begin(), values.end(), [&](double v) { return v >= low && (v < high || (k == 13 && v <= high)); });
            // A value on an edge may fall to either side by rounding.
            QVERIFY(std::abs(double(inside) - double(shown.bars[k])) <= 1);
        }
    }

    void strangeNumbers()
    {
        QCOMPARE(profile({}).count, std::size_t(0));
        QVERIFY(profile({}).bars.empty());
        QCOMPARE(profile({missing}).missing, std::size_t(1));
        for (const std::vector<double>& values : {std::vector<double>{7}, {1e17, 1e17}, {-1e308, 1e308}, {1e308, 1e308, -1e308}, {0.1, 0.1, 0.1}, {5e-324, 0},
                                                  {1e9 + 1, 1e9 + 2}, {-3, -2.5}, {std::numeric_limits<double>::infinity(), 1, 2.5}}) {
            const ColumnProfile shown = profile(values);
            QCOMPARE(total(shown), shown.count);
            for (const double number : {shown.mean, shown.deviation, shown.median, shown.minimum, shown.maximum, shown.low, shown.high})
                QVERIFY(std::isfinite(number));
            QVERIFY(shown.low < shown.high);
            QVERIFY(shown.deviation >= 0);
            QVERIFY(shown.minimum <= shown.median && shown.median <= shown.maximum);
        }
        // A column that never changes has no deviation, not one of rounding.
        QCOMPARE(profile({0.1, 0.1, 0.1}).deviation, 0.0);
    }

    void levelsAreCounted()
    {
        const Column column = Column::categories("kind", std::vector<std::string>{"b", "a", "", "b", "c"});
        const ColumnProfile shown = profileOf(column, {0, 1, 2, 3});
        QCOMPARE(shown.levels, column.categoryCells().levels);
        QCOMPARE(shown.count, std::size_t(3));
        QCOMPARE(shown.missing, std::size_t(1));
        for (std::size_t k = 0; k < shown.levels.size(); ++k)
            QCOMPARE(shown.bars[k], std::size_t(shown.levels[k] == "b" ? 2 : shown.levels[k] == "a" ? 1 : 0));
    }
};

QTEST_GUILESS_MAIN(TestColumnProfile)
#include "tst_column_profile.moc"
