#include "app/widgets/typeset.h"

#include <QTest>

using namespace modelarium;

/// "~" stands for a space that does not break, "−" for the true minus.
class TestTypeset : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void equations_data()
    {
        QTest::addColumn<QString>("equation");
        QTest::addColumn<QString>("printed");
        const auto row = [](const char* name, const char* equation, const char* printed) {
            QTest::newRow(name) << QString::fromUtf8(equation) << QString::fromUtf8(printed);
        };
        row("line", "y = 2.31 x + 0.84", "y = 2.31~x +~0.84");
        row("negative slope", "y = -2.31 x - 0.84", "y = −2.31~x −~0.84");
        row("name with a hyphen", "y = 2 petal-length - 1", "y = 2~petal-length −~1");
        row("class with a number", "score(type-2) = 1 x", "score(type-2) = 1~x");
        row("exponent", "y = 1e-05 x", "y = 1e-05~x");
        row("name of two words", "y = 3 body mass + 1", "y = 3~body mass +~1");
        row("arithmetic", "-0.524 × 44.1 + 3.738 = 0.2465", "−0.524~× 44.1 +~3.738 = 0.2465");
        row("sentence", "A tree of 3 questions.", "A tree of 3~questions.");
        row("nothing", "", "");
    }

    void longWordsMayBreak_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("broken");
        QTest::newRow("usual names stay") << QStringLiteral("bill_length_mm and flipper_length_mm") << QStringLiteral("bill_length_mm and flipper_length_mm");
        QTest::newRow("24 letters stay") << QStringLiteral("abcdefghijkl_nopqrstuvwx") << QStringLiteral("abcdefghijkl_nopqrstuvwx");
        QTest::newRow("underscores") << QStringLiteral("the average_number_of_employees ends") << QStringLiteral("the average_|number_|of_employees ends");
        QTest::newRow("capitals") << QStringLiteral("averageNumberOfAllEmployees") << QStringLiteral("average|Number|OfAll|Employees");
        QTest::newRow("no sign at all") << QString(40, u'x') << QString(18, u'x') + u'|' + QString(18, u'x') + u'|' + QString(4, u'x');
        QTest::newRow("two lines") << QStringLiteral("a\nb ") << QStringLiteral("a\nb ");
    }

    void longWordsMayBreak()
    {
        QFETCH(QString, text);
        QFETCH(QString, broken);
        QCOMPARE(breakable(text).replace(QChar(0x200B), u'|'), broken);
        QCOMPARE(breakable(text).remove(QChar(0x200B)), text);
    }

    void equations()
    {
        QFETCH(QString, equation);
        QFETCH(QString, printed);
        QCOMPARE(typeset(equation).replace(QChar::Nbsp, u'~'), printed);
    }
};

QTEST_GUILESS_MAIN(TestTypeset)
#include "tst_typeset.moc"
