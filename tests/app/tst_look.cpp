#include "app/widgets/look.h"

#include <QApplication>
#include <QFont>
#include <QFontInfo>
#include <QGlyphRun>
#include <QRawFont>
#include <QTest>
#include <QTextLayout>

using namespace modelarium;

/// The contrast that WCAG 2.1 asks for (level AA): 4.5 for text, 3 for the parts of a picture.
class TestLook : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void contrastOfKnownPairs()
    {
        QCOMPARE(contrastRatio(Qt::black, Qt::white), 21.0);
        QCOMPARE(contrastRatio(Qt::red, Qt::red), 1.0);
        // WebAIM's contrast checker gives 4.54 for #767676 on white, the palest grey that passes.
        QVERIFY(std::abs(contrastRatio(QColor(0x767676), Qt::white) - 4.54) < 0.005);
    }

    void textCanBeRead_data()
    {
        QTest::addColumn<QColor>("text");
        QTest::addColumn<QColor>("behind");
        for (const Look* look : {&Look::light(), &Look::darkLook()}) {
            const char* which = look->dark ? "dark" : "light";
            const std::pair<const char*, QColor> texts[] = {{"text", look->text}, {"second text", look->secondText},
                {"danger", look->danger}, {"warning", look->warning}, {"success", look->success}, {"accent", look->accent}};
            for (const auto& [name, color] : texts) {
                QTest::addRow("%s on card, %s", name, which) << color << look->card;
                QTest::addRow("%s on ground, %s", name, which) << color << look->ground;
            }
            QTest::addRow("text on plot, %s", which) << look->text << look->plot;
            QTest::addRow("accent text on accent, %s", which) << look->onAccent << look->accent;
        }
    }
    void textCanBeRead()
    {
        QFETCH(QColor, text);
        QFETCH(QColor, behind);
        const double ratio = contrastRatio(text, behind);
        QVERIFY2(ratio >= 4.5, qPrintable(QString::number(ratio)));
    }

    /// The typeface once drew the x of "2 x1" as a sign of multiplication, and "->" as an arrow.
    void textIsShownAsItIsWritten_data()
    {
        QTest::addColumn<QString>("text");
        QTest::newRow("a name after a number") << QStringLiteral("y = 2.013 x1");
        QTest::newRow("with a space that does not break") << QStringLiteral("2\u00A0x1");
        QTest::newRow("signs") << QStringLiteral("a->b 3x4");
    }
    void textIsShownAsItIsWritten()
    {
        QFETCH(QString, text);
        applyLook(*qApp, Look::light());
        QTextLayout layout(text, QApplication::font());
        layout.beginLayout();
        layout.createLine();
        layout.endLayout();
        QList<quint32> shown, written;
        for (const QGlyphRun& run : layout.glyphRuns())
            shown += run.glyphIndexes();
        for (const QChar letter : text)
            written += QRawFont::fromFont(QApplication::font()).glyphIndexesForString(QString(letter));
        QCOMPARE(shown, written);
    }

    void classesStandOutOnThePlot_data()
    {
        QTest::addColumn<bool>("dark");
        QTest::addColumn<int>("code");
        for (const bool dark : {false, true})
            for (int code = 0; code < 8; ++code)
                QTest::addRow("class %d, %s", code, dark ? "dark" : "light") << dark << code;
    }
    void classesStandOutOnThePlot()
    {
        QFETCH(bool, dark);
        QFETCH(int, code);
        const Look& look = dark ? Look::darkLook() : Look::light();
        const double ratio = contrastRatio(look.classColour(code), look.plot);
        QVERIFY2(ratio >= 3, qPrintable(QString::number(ratio)));
    }

    void classesRepeatAndNameTheMissing()
    {
        const Look& look = Look::light();
        QCOMPARE(look.classes.size(), std::size_t(8));
        QCOMPARE(look.classColour(8), look.classColour(0));
        QCOMPARE(look.classColour(-1), look.secondText);
    }

    void theBundledTypeIsUsed()
    {
        applyLook(*qApp, Look::light());
        QCOMPARE(QFontInfo(QApplication::font()).family(), QStringLiteral("Inter"));
        QVERIFY(!qApp->styleSheet().isEmpty());
        QVERIFY2(!qApp->styleSheet().contains(u'@'), "a colour of the style sheet has no value");
    }

    void iconsFollowTheLook()
    {
        const QIcon icon = strokeIcon(QStringLiteral("lock"));
        QVERIFY(!icon.isNull());
        applyLook(*qApp, Look::light());
        const QImage light = icon.pixmap(24).toImage();
        applyLook(*qApp, Look::darkLook());
        const QImage dark = icon.pixmap(24).toImage();
        QVERIFY(light != dark);
        QCOMPARE(Look::current().dark, true);
        QVERIFY(strokeIcon(QStringLiteral("no such icon")).isNull());
    }
};

QTEST_MAIN(TestLook)
#include "tst_look.moc"
