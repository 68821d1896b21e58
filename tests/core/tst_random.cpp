#include "core/base/random.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

using modelarium::Random;

class TestRandom : public QObject {
    Q_OBJECT

private Q_SLOTS:
    // The published test vector of splitmix64 for the seed 1234567 gives the four words of state; the expected numbers
    // are what the authors' xoshiro256++ gives from there.
    void followsThePublishedGenerator()
    {
        Random random(1234567);
        const std::vector<std::uint64_t> expected = {437095814655224680u, 8127161015984454572u, 18128670339019551454u, 254746599813523466u};
        for (const std::uint64_t value : expected)
            QCOMPARE(random.bits(), value);
    }

    void uniformStaysInRangeAndHasTheRightMoments()
    {
        Random random(7);
        const int n = 200000;
        double sum = 0, squares = 0;
        for (int i = 0; i < n; ++i) {
            const double u = random.uniform();
            QVERIFY(u >= 0 && u < 1);
            sum += u;
            squares += u * u;
        }
        // Five standard errors of the mean of n uniforms, and of n squared uniforms (variance 4/45).
        QVERIFY(std::abs(sum / n - 0.5) < 5 * std::sqrt(1.0 / 12 / n));
        QVERIFY(std::abs(squares / n - 1.0 / 3) < 5 * std::sqrt(4.0 / 45 / n));
    }

    void normalHasTheRightMoments()
    {
        Random random(8);
        const int n = 200000;
        double sum = 0, squares = 0, fourth = 0;
        for (int i = 0; i < n; ++i) {
            const double z = random.normal();
            sum += z;
            squares += z * z;
            fourth += z * z * z * z;
        }
        // Five standard errors; the variances of z, z^2 and z^4 are 1, 2 and 96.
        QVERIFY(std::abs(sum / n) < 5 * std::sqrt(1.0 / n));
        QVERIFY(std::abs(squares / n - 1) < 5 * std::sqrt(2.0 / n));
        QVERIFY(std::abs(fourth / n - 3) < 5 * std::sqrt(96.0 / n));
    }

    void belowIsUnbiased()
    {
        Random random(9);
        std::vector<int> counts(6, 0);
        const int n = 60000;
        for (int i = 0; i < n; ++i)
            ++counts[random.below(6)];
        double chiSquared = 0;
        for (const int count : counts)
            chiSquared += (count - n / 6.0) * (count - n / 6.0) / (n / 6.0);
        QVERIFY2(chiSquared < 20.5, qPrintable(QString::number(chiSquared)));     // 99.9 % point of chi^2 with 5 degrees of freedom
    }

    void shuffleKeepsEveryElement()
    {
        Random random(10);
        std::vector<int> values(1000);
        std::iota(values.begin(), values.end(), 0);
        std::vector<int> shuffled = values;
        random.shuffle(shuffled);
        QVERIFY(shuffled != values);
        std::sort(shuffled.begin(), shuffled.end());
        QCOMPARE(shuffled, values);
    }

    void streamsDifferAndRepeat()
    {
        const Random parent(11);
        Random first = parent.split(0), second = parent.split(1), again = parent.split(0);
        const std::uint64_t a = first.bits();
        QVERIFY(a != second.bits());
        QCOMPARE(again.bits(), a);
    }
};

QTEST_APPLESS_MAIN(TestRandom)
#include "tst_random.moc"
