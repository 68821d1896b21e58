#include "core/base/counted.h"
#include "core/base/number_text.h"
#include "core/base/random.h"

#include <QTest>

#include <bit>
#include <cmath>
#include <limits>

using namespace modelarium;

class TestNumberText : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void exactTextReadsBackToTheSameBits()
    {
        Random random(3);
        for (int i = 0; i < 200000; ++i) {
            const double value = std::bit_cast<double>(random.bits());
            if (!std::isfinite(value))
                continue;
            const std::optional<double> back = parseNumber(exactText(value));
            QVERIFY(back);
            QCOMPARE(std::bit_cast<std::uint64_t>(*back), std::bit_cast<std::uint64_t>(value));
        }
        QCOMPARE(std::bit_cast<std::uint64_t>(*parseNumber(exactText(-0.0))), std::bit_cast<std::uint64_t>(-0.0));
    }

    void writesShortText_data()
    {
        QTest::addColumn<double>("value");
        QTest::addColumn<int>("digits");
        QTest::addColumn<QString>("expected");
        QTest::newRow("zero") << 0.0 << 4 << "0";
        QTest::newRow("integer") << 12.0 << 4 << "12";
        QTest::newRow("no trailing zeros") << 2.50 << 4 << "2.5";
        QTest::newRow("rounded") << 2.31456 << 3 << "2.31";
        QTest::newRow("more digits before the point than asked for") << 123456.0 << 4 << "123500";
        QTest::newRow("carries into a new digit") << 9999.96 << 4 << "10000";
        QTest::newRow("carries in the decimals") << 0.99996 << 4 << "1";
        QTest::newRow("small") << 0.00012345 << 3 << "0.000123";
        QTest::newRow("tiny takes an exponent") << 0.000012345 << 3 << "1.23e-05";
        QTest::newRow("huge takes an exponent") << 1.5e9 << 4 << "1.5e+09";
        QTest::newRow("negative") << -0.84 << 4 << "-0.84";
        QTest::newRow("negative zero") << -0.0 << 4 << "0";
        QTest::newRow("smallest subnormal") << 5e-324 << 4 << "4.941e-324";
        QTest::newRow("largest") << std::numeric_limits<double>::max() << 4 << "1.798e+308";
    }

    void writesShortText()
    {
        QFETCH(double, value);
        QFETCH(int, digits);
        QTEST(QString::fromStdString(shortText(value, digits)), "expected");
    }

    void readsNumbers_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("valid");
        QTest::addColumn<double>("expected");
        const double infinite = std::numeric_limits<double>::infinity();
        QTest::newRow("plain") << "1.5" << true << 1.5;
        QTest::newRow("leading plus") << "+1.5" << true << 1.5;
        QTest::newRow("two signs") << "+-1.5" << false << 0.0;
        QTest::newRow("two pluses") << "++1" << false << 0.0;
        QTest::newRow("no digits before the point") << ".5" << true << 0.5;
        QTest::newRow("no digits after the point") << "1." << true << 1.0;
        QTest::newRow("exponent") << "1e+5" << true << 1e5;
        QTest::newRow("only an exponent") << "e5" << false << 0.0;
        QTest::newRow("overflow") << "1e400" << true << infinite;
        QTest::newRow("underflow") << "1e-400" << true << 0.0;
        QTest::newRow("subnormal") << "2.2250738585072011e-308" << true << 2.2250738585072011e-308;
        QTest::newRow("hexadecimal is text") << "0x1F" << false << 0.0;
        QTest::newRow("decimal comma is text here") << "1,5" << false << 0.0;
        QTest::newRow("trailing text") << "1.5f" << false << 0.0;
        QTest::newRow("space") << " 1" << false << 0.0;
        QTest::newRow("empty") << "" << false << 0.0;
        QTest::newRow("not a number") << "nan" << false << 0.0;
        QTest::newRow("halfway case rounds to even") << "9007199254740993" << true << 9007199254740992.0;
    }

    void readsNumbers()
    {
        QFETCH(QString, text);
        QFETCH(bool, valid);
        QFETCH(double, expected);
        const std::optional<double> value = parseNumber(text.toStdString());
        QCOMPARE(value.has_value(), valid);
        if (valid)
            QCOMPARE(std::bit_cast<std::uint64_t>(*value), std::bit_cast<std::uint64_t>(expected));
    }

    void groupsTheDigitsOfCounts_data()
    {
        QTest::addColumn<qulonglong>("count");
        QTest::addColumn<QString>("expected");
        QTest::newRow("none") << qulonglong(0) << "0 leaves";
        QTest::newRow("one") << qulonglong(1) << "1 leaf";
        QTest::newRow("three digits") << qulonglong(999) << "999 leaves";
        QTest::newRow("four digits") << qulonglong(1000) << "1,000 leaves";
        QTest::newRow("six digits") << qulonglong(123456) << "123,456 leaves";
        QTest::newRow("seven digits") << qulonglong(1368939) << "1,368,939 leaves";
        QTest::newRow("all digits") << std::numeric_limits<qulonglong>::max() << "18,446,744,073,709,551,615 leaves";
    }

    void groupsTheDigitsOfCounts()
    {
        QFETCH(qulonglong, count);
        QFETCH(QString, expected);
        QCOMPARE(QString::fromStdString(counted(count, "leaf", "leaves")), expected);
    }
};

QTEST_APPLESS_MAIN(TestNumberText)
#include "tst_number_text.moc"
