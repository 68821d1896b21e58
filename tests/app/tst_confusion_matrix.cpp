#include "app/settings/translation.h"
#include "app/widgets/confusion_matrix.h"
#include "app/widgets/look.h"

#include <QHeaderView>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>

using namespace modelarium;

/// The matrix says what it counts, is walked with keys, and keeps its choice while counts move.
class TestConfusionMatrix : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        loadTranslation(*qApp);
        applyLook(*qApp, Look::light());
    }
    void namesThatDoNotFitAreTurned();
    void cellsSayWhatTheyCount();
    void sharesAreNeverRoundedToAll();
    void choiceStaysWhileCountsMove();
    void wholeRowsAndKeys();
    void manyClassesWithLongNamesScroll();
    void coloursAreThoseOfTheClasses_data();
    void coloursAreThoseOfTheClasses();
};

namespace {

Eigen::MatrixXi counts(int n)
{
    Eigen::MatrixXi matrix(n, n);
    for (int i = 0; i < n; ++i) {
        for (int j = 0; j < n; ++j)
            matrix(i, j) = i == j ? 50 : (i * 7 + j * 3) % 5 == 0 ? 2 : 0;
    }
    return matrix;
}

QStringList names(int n, const QString& stem)
{
    QStringList list;
    for (int k = 0; k < n; ++k)
        list << stem + QString::number(k);
    return list;
}

} // namespace

void TestConfusionMatrix::cellsSayWhatTheyCount()
{
    ConfusionMatrix matrix;
    Eigen::MatrixXi two(2, 2);
    two << 18, 2, 0, 5;
    matrix.setCounts({QStringLiteral("no"), QStringLiteral("yes")}, two);
    QCOMPARE(matrix.item(0, 1)->text(), QStringLiteral("2"));
    QCOMPARE(matrix.item(0, 1)->toolTip(), QStringLiteral("2 of 20 rows of no taken for yes (10 %)."));
    QCOMPARE(matrix.item(1, 1)->data(Qt::AccessibleTextRole).toString(), QStringLiteral("5 of 5 rows of yes predicted right (100 %)."));
    QVERIFY(!matrix.accessibleName().isEmpty());
}

/// Short names stand across their columns; longer ones are turned, with more room than a column has, up to a limit.
void TestConfusionMatrix::namesThatDoNotFitAreTurned()
{
    ConfusionMatrix matrix;
    matrix.resize(300, 300);
    matrix.show();
    matrix.setCounts(names(3, QStringLiteral("c")), counts(3));
    const int flat = matrix.horizontalHeader()->sizeHint().height();
    QVERIFY(flat < 40);
    matrix.setCounts(names(3, QStringLiteral("Chinstrap pen")), counts(3));
    const int turned = matrix.horizontalHeader()->sizeHint().height();
    QVERIFY2(turned >= matrix.fontMetrics().horizontalAdvance(QStringLiteral("Chinstrap pen0")), qPrintable(QString::number(turned)));
    QVERIFY(turned <= 120);
    QCOMPARE(matrix.horizontalHeader()->height(), turned);
    matrix.setCounts(names(2, QStringLiteral("n")), counts(2));
    QCOMPARE(matrix.horizontalHeader()->sizeHint().height(), flat);
}

void TestConfusionMatrix::sharesAreNeverRoundedToAll()
{
    QCOMPARE(ConfusionMatrix::shareText(999, 1000), QStringLiteral("> 99 %"));
    QCOMPARE(ConfusionMatrix::shareText(1, 1000), QStringLiteral("< 1 %"));
    QCOMPARE(ConfusionMatrix::shareText(0, 1000), QStringLiteral("0 %"));
    QCOMPARE(ConfusionMatrix::shareText(7, 7), QStringLiteral("100 %"));
    QVERIFY(ConfusionMatrix::shareText(0, 0).isEmpty());
}

void TestConfusionMatrix::choiceStaysWhileCountsMove()
{
    ConfusionMatrix matrix;
    matrix.setCounts(names(3, QStringLiteral("c")), counts(3));
    QSignalSpy changed(&matrix, &ConfusionMatrix::chosenCellsChanged);
    matrix.setCurrentCell(1, 2);
    QCOMPARE(changed.count(), 1);
    QCOMPARE(matrix.chosenCells(), (std::vector<std::pair<int, int>>{{1, 2}}));
    Eigen::MatrixXi moved = counts(3);
    moved(1, 2) = 40;
    matrix.setCounts(names(3, QStringLiteral("c")), moved);
    QCOMPARE(matrix.chosenCells(), (std::vector<std::pair<int, int>>{{1, 2}}));
    QCOMPARE(matrix.item(1, 2)->text(), QStringLiteral("40"));
    // Other classes are another matrix.
    matrix.setCounts(names(4, QStringLiteral("d")), counts(4));
    QVERIFY(matrix.chosenCells().empty());
    matrix.setCounts({}, Eigen::MatrixXi());
    QCOMPARE(matrix.rowCount(), 0);
}

void TestConfusionMatrix::wholeRowsAndKeys()
{
    ConfusionMatrix matrix;
    matrix.resize(300, 200);
    matrix.setCounts(names(3, QStringLiteral("c")), counts(3));
    matrix.show();
    matrix.selectRow(2);
    QCOMPARE(matrix.chosenCells().size(), std::size_t(3));
    matrix.selectColumn(0);
    QCOMPARE(matrix.chosenCells(), (std::vector<std::pair<int, int>>{{0, 0}, {1, 0}, {2, 0}}));
    matrix.setCurrentCell(0, 0);
    QTest::keyClick(&matrix, Qt::Key_Right);
    QTest::keyClick(&matrix, Qt::Key_Down);
    QCOMPARE(matrix.chosenCells(), (std::vector<std::pair<int, int>>{{1, 1}}));
}

void TestConfusionMatrix::manyClassesWithLongNamesScroll()
{
    for (const int n : {10, 40}) {
        ConfusionMatrix matrix;
        matrix.resize(270, 300);
        matrix.setCounts(names(n, QStringLiteral("a class with quite a long name number ")), counts(n));
        matrix.show();
        QVERIFY(QTest::qWaitForWindowExposed(&matrix));
        QVERIFY(matrix.verticalHeader()->width() <= 96);
        QVERIFY(matrix.height() <= 380);
        QVERIFY(matrix.horizontalScrollBar()->maximum() > 0);
        QVERIFY2(matrix.columnWidth(0) >= matrix.fontMetrics().horizontalAdvance(QStringLiteral("0000")), qPrintable(QString::number(matrix.columnWidth(0))));
        matrix.setCurrentCell(n - 1, n - 1);
        QVERIFY(!matrix.grab().isNull());
    }
}

void TestConfusionMatrix::coloursAreThoseOfTheClasses_data()
{
    QTest::addColumn<bool>("dark");
    QTest::newRow("light") << false;
    QTest::newRow("dark") << true;
}

void TestConfusionMatrix::coloursAreThoseOfTheClasses()
{
    QFETCH(bool, dark);
    const Look& look = dark ? Look::darkLook() : Look::light();
    applyLook(*qApp, look);
    ConfusionMatrix matrix;
    matrix.resize(300, 200);
    Eigen::MatrixXi two(2, 2);
    two << 10, 10, 0, 20;
    matrix.setCounts({QStringLiteral("a"), QStringLiteral("b")}, two);
    matrix.show();
    QVERIFY(QTest::qWaitForWindowExposed(&matrix));
    const QImage image = matrix.viewport()->grab().toImage();
    const QRect wrong = matrix.visualItemRect(matrix.item(0, 1));
    // The rim is of the true class, the inside of the predicted one.
    const auto near = [](const QColor& a, const QColor& b) { return std::abs(a.red() - b.red()) + std::abs(a.green() - b.green()) + std::abs(a.blue() - b.blue()) < 24; };
    const qreal ratio = image.devicePixelRatio();
    const QColor rim = image.pixelColor((QPointF(wrong.left() + 2, wrong.center().y()) * ratio).toPoint());
    const QColor inside = image.pixelColor((QPointF(wrong.left() + 8, wrong.top() + 8) * ratio).toPoint());
    QVERIFY2(near(rim, look.classColour(0)), qPrintable(rim.name()));
    QVERIFY2(near(inside, mixed(look.classColour(1), look.card, 0.14 + 0.66 * 0.5)), qPrintable(inside.name()));
    applyLook(*qApp, Look::light());
}

QTEST_MAIN(TestConfusionMatrix)
#include "tst_confusion_matrix.moc"
