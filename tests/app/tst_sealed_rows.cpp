#include "app/charts/plot_view.h"
#include "app/pages/plot_card.h"
#include "tests/support/evaluate_stage.h"

#include <QRegularExpression>
#include <QToolTip>

using namespace modelarium;

/// What the plot shows of rows under seal: where they are, and nothing of how the model does on them.
class TestSealedRows : public QObject, private StageWith<PlotCard> {
    Q_OBJECT

private Q_SLOTS:
    void init() { begin(); }
    void cleanup() { end(); }
    void theirColoursTellNothing();
    void theirTextTellsNothing_data();
    void theirTextTellsNothing();

private:
    std::size_t wrongOnes(bool test) const;
    QString hover(bool test);
};

namespace {

/// 80 rows whose class is only mostly told by x and y.
QByteArray mixed()
{
    QByteArray text = "x,y,size,state\n";
    for (int i = 0; i < 80; ++i)
        text += QByteArray::number(i * 37 % 80) + ',' + QByteArray::number(i * 53 % 79) + ',' + QByteArray::number(2 * (i * 37 % 80) + i * 31 % 17) + ','
            + (i * 37 % 80 + i * 29 % 41 > 58 ? "ill" : "well") + '\n';
    return text;
}

} // namespace

std::size_t TestSealedRows::wrongOnes(bool test) const
{
    const auto& points = m_page->view().points();
    return std::size_t(std::count_if(points.begin(), points.end(), [&](const PlotPoint& point) {
        return point.test == test && point.predicted >= 0 && point.predicted != point.code;
    }));
}

/// The text of the first test or training row of the plot.
QString TestSealedRows::hover(bool test)
{
    const auto& points = m_page->view().points();
    const auto found = std::find_if(points.begin(), points.end(), [test](const PlotPoint& point) { return point.test == test; });
    if (found == points.end())
        return {};
    Q_EMIT m_page->view().pointHovered(int(found - points.begin()), m_page->mapToGlobal(QPoint(40, 40)));
    return QToolTip::text();
}

void TestSealedRows::theirColoursTellNothing()
{
    open(mixed());
    m_experiment->choices().setRole(3, Role::Target);
    settle();
    QTRY_VERIFY(wrongOnes(false) > 0);
    QCOMPARE(wrongOnes(true), std::size_t(0));
    m_experiment->lookAtTest();
    QTRY_VERIFY(wrongOnes(true) > 0);
    // Another model is another look.
    m_experiment->choices().setLearner("decision_tree");
    settle();
    QTRY_COMPARE(wrongOnes(true), std::size_t(0));
}

void TestSealedRows::theirTextTellsNothing_data()
{
    QTest::addColumn<int>("target");
    QTest::addColumn<QString>("answer");
    QTest::newRow("classes") << 3 << "Predicted: [iw]";
    QTest::newRow("numbers") << 2 << "Predicted: -?[0-9].*Error: ";
}

void TestSealedRows::theirTextTellsNothing()
{
    QFETCH(int, target);
    QFETCH(QString, answer);
    const QRegularExpression told(answer, QRegularExpression::DotMatchesEverythingOption);
    open(mixed());
    m_experiment->choices().setRole(std::size_t(target), Role::Target);
    settle();
    QTRY_VERIFY(hover(true).contains(QStringLiteral("Row ")));
    QVERIFY2(hover(false).contains(told), qPrintable(hover(false)));
    const QString sealed = hover(true);
    QVERIFY2(!sealed.contains(told) && !sealed.contains(QStringLiteral("Error")), qPrintable(sealed));
    QVERIFY2(sealed.contains(QStringLiteral("under seal")), qPrintable(sealed));
    m_experiment->lookAtTest();
    QVERIFY2(hover(true).contains(told), qPrintable(hover(true)));
}

QTEST_MAIN(TestSealedRows)
#include "tst_sealed_rows.moc"
