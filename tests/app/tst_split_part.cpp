#include "app/document/run_log.h"
#include "app/pages/split_part.h"
#include "tests/support/evaluate_stage.h"

#include <QLabel>
#include <QSignalSpy>

#include <algorithm>
#include <set>

using namespace modelarium;

/// Which rows are kept back is chosen in the window, undone as one step, told by the run log, and asked anew of new data.
class TestSplitPart : public QObject, private StageWith<SplitPart> {
    Q_OBJECT

private Q_SLOTS:
    void init() { begin(); }
    void cleanup() { end(); }
    void keepsBackWhatIsChosen_data();
    void keepsBackWhatIsChosen();
    void theCountIsThatOfTheChoice();
    void isOneStepThatTheRunLogTells();
    void whatMeansNothingRests();
    void aGroupThatIsAFeatureIsSaid();
    void aMissingGroupIsSaid();
    void aColumnThatIsGoneIsForgotten();
    void aColumnThatIsTheTargetNowIsForgotten();

private:
    void keepBackWholePatients();
};

namespace {

/// 40 rows of eight patients, a day that runs backwards, two classes.
QByteArray patients(bool hole = false)
{
    QByteArray text = "patient,day,dose,state\n";
    for (int i = 0; i < 40; ++i)
        text += (hole && i == 5 ? QByteArray() : "p" + QByteArray::number(i % 8)) + ',' + QByteArray::number(200 - i) + ',' + QByteArray::number(i * 7 % 13) + ','
            + (i * 7 % 13 > 5 ? "well" : "ill") + '\n';
    return text;
}

} // namespace

void TestSplitPart::keepsBackWhatIsChosen_data()
{
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QString>("field");
    QTest::addColumn<QString>("column");
    QTest::addColumn<int>("expected");
    QTest::newRow("at random") << "at random" << "" << "" << int(HoldOutKind::AtRandom);
    QTest::newRow("groups") << "whole groups" << "Groups by" << "patient" << int(HoldOutKind::Grouped);
    QTest::newRow("last rows") << "the last rows" << "In order of" << "order of the rows" << int(HoldOutKind::Last);
    QTest::newRow("last days") << "the last rows" << "In order of" << "day" << int(HoldOutKind::Last);
}

/// Nine patients of five rows and one of three: each way of parting them comes to other numbers.
void TestSplitPart::theCountIsThatOfTheChoice()
{
    QByteArray text = "patient,dose,state\n";
    for (int i = 0; i < 48; ++i)
        text += "p" + QByteArray::number(i / 5) + ',' + QByteArray::number(i * 7 % 13) + ',' + (i * 7 % 13 > 5 ? "well" : "ill") + '\n';
    open(text);
    std::set<QString> told;
    for (const char* kind : {"at random", "whole groups", "the last rows", "at random"}) {
        choose(QStringLiteral("Which rows"), QLatin1String(kind));
        settle();
        const Split& split = m_experiment->training().training()->split;
        const QString count = QStringLiteral("%1 row(s) to learn from, %2 kept back.").arg(split.train.size()).arg(split.test.size());
        QTRY_VERIFY2(sentence(m_page.get()).startsWith(count), qPrintable(sentence(m_page.get()) + u' ' + count));
        told.insert(count);
    }
    QVERIFY(told.size() > 1);
}

void TestSplitPart::keepsBackWhatIsChosen()
{
    QFETCH(QString, kind);
    QFETCH(QString, field);
    QFETCH(QString, column);
    QFETCH(int, expected);
    open(patients());
    choose(QStringLiteral("Which rows"), kind);
    if (!field.isEmpty()) {
        QVERIFY(named<QComboBox>(field)->isVisibleTo(m_page.get()));
        choose(field, column);
    }
    settle();
    const HoldOut& how = m_experiment->setup().holdOut;
    QCOMPARE(int(how.kind), expected);
    const PreparedTraining& training = *m_experiment->training().training();
    const auto rows = holdOut(training.table, &training.table.column(3), how, 0.25, 1);
    QVERIFY(rows);
    QCOMPARE(training.split.test, rows->test);
    QCOMPARE(training.split.test.size(), std::size_t(10));
    if (column == QStringLiteral("day"))
        QCOMPARE(training.split.test.back(), std::size_t(9));                   // the first rows have the highest days
    if (how.kind == HoldOutKind::Grouped) {
        std::set<std::string> known;
        for (const std::size_t row : training.split.train)
            known.insert(training.table.column(0).cellText(row));
        for (const std::size_t row : training.split.test)
            QVERIFY(!known.contains(training.table.column(0).cellText(row)));
    }
}

void TestSplitPart::isOneStepThatTheRunLogTells()
{
    open(patients());
    QTRY_COMPARE_WITH_TIMEOUT(m_experiment->runs().runs().size(), std::size_t(1), 10'000);
    const int steps = m_experiment->undoStack().count();
    const std::vector<std::size_t> before = m_experiment->training().training()->split.test;
    m_experiment->testLooks().look(m_experiment->setup());
    choose(QStringLiteral("Which rows"), QStringLiteral("the last rows"));
    QCOMPARE(m_experiment->undoStack().count(), steps + 1);
    QVERIFY2(m_experiment->undoStack().undoText().contains(QStringLiteral("the last ones")), qPrintable(m_experiment->undoStack().undoText()));
    settle();
    // Other rows are kept back: nobody has looked at these.
    QCOMPARE(m_experiment->testLooks().count(m_experiment->setup()), 0);
    QTRY_COMPARE_WITH_TIMEOUT(m_experiment->runs().runs().size(), std::size_t(2), 10'000);
    const auto& runs = m_experiment->runs().runs();
    const QStringList changes = changesSince(runs[0].get(), *runs[1]);
    QCOMPARE(changes, QStringList{QStringLiteral("test rows: the last ones")});
    m_experiment->undoStack().undo();
    settle();
    QCOMPARE(m_experiment->training().training()->split.test, before);
    QCOMPARE(named<QComboBox>(QStringLiteral("Which rows"))->currentIndex(), 0);
    QCOMPARE(m_experiment->testLooks().count(m_experiment->setup()), 1);
}

/// Whether the column of the groups is a feature is a person's choice in the window: it is said, and nothing is changed.
void TestSplitPart::aGroupThatIsAFeatureIsSaid()
{
    open(patients());
    const auto isSaid = [this] {
        const auto labels = m_page->findChildren<QLabel*>();
        return std::any_of(labels.begin(), labels.end(), [](const QLabel* label) { return label->text().contains(QStringLiteral("\"patient\" groups the rows and is a feature too")); });
    };
    QVERIFY(!isSaid());
    choose(QStringLiteral("Which rows"), QStringLiteral("whole groups"));
    choose(QStringLiteral("Groups by"), QStringLiteral("patient"));
    settle();
    QVERIFY(isSaid());
    m_experiment->choices().setRole(0, Role::Ignored);
    settle();
    QVERIFY(!isSaid());
}

void TestSplitPart::whatMeansNothingRests()
{
    open(patients());
    auto* again = m_page->findChild<QPushButton*>();
    QVERIFY(again->isEnabled());
    QVERIFY(!named<QComboBox>(QStringLiteral("Groups by"))->isVisibleTo(m_page.get()));
    choose(QStringLiteral("Which rows"), QStringLiteral("the last rows"));
    QVERIFY(!again->isEnabled() && again->toolTip().contains(QStringLiteral("Nothing is drawn")));
    // The target is no group that a model could be tested without, and a name is no order.
    auto* groups = named<QComboBox>(QStringLiteral("Groups by"));
    auto* order = named<QComboBox>(QStringLiteral("In order of"));
    QVERIFY(groups->findText(QStringLiteral("state")) < 0 && groups->findText(QStringLiteral("patient")) == 0);
    QVERIFY(order->findText(QStringLiteral("patient")) < 0 && order->findText(QStringLiteral("day")) > 0);
    settle();
    m_experiment->freeze();
    QTRY_VERIFY_WITH_TIMEOUT(m_experiment->isFrozen(), 20'000);
    QVERIFY(!named<QComboBox>(QStringLiteral("Which rows"))->isEnabled());
}

void TestSplitPart::aMissingGroupIsSaid()
{
    open(patients(true));
    QSignalSpy said(m_experiment.get(), &Experiment::noticeRaised);
    choose(QStringLiteral("Which rows"), QStringLiteral("whole groups"));
    choose(QStringLiteral("Groups by"), QStringLiteral("patient"));
    const auto isSaid = [&] {
        return std::any_of(said.begin(), said.end(), [](const QList<QVariant>& each) { return each.at(1).toString().contains(QStringLiteral("Row 6 has no group in \"patient\"")); });
    };
    QTRY_VERIFY_WITH_TIMEOUT(isSaid(), 20'000);
}

void TestSplitPart::keepBackWholePatients()
{
    open(patients());
    choose(QStringLiteral("Which rows"), QStringLiteral("whole groups"));
    choose(QStringLiteral("Groups by"), QStringLiteral("patient"));
    settle();
    QCOMPARE(m_experiment->setup().holdOut.column, std::string("patient"));
}

void TestSplitPart::aColumnThatIsGoneIsForgotten()
{
    keepBackWholePatients();
    QFile file(m_folder.filePath(QStringLiteral("own.csv")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(patients().replace("patient,day", "person,day"));
    file.close();
    const DataSourcePtr before = m_experiment->setup().source;
    m_experiment->data().reload();
    QTRY_VERIFY_WITH_TIMEOUT(m_experiment->setup().source != before, 20'000);
    QVERIFY(m_experiment->setup().holdOut == HoldOut());
    settle();
}

void TestSplitPart::aColumnThatIsTheTargetNowIsForgotten()
{
    keepBackWholePatients();
    m_experiment->choices().setRole(*m_experiment->setup().table.find("patient"), Role::Target);
    QVERIFY(m_experiment->setup().holdOut == HoldOut());
    m_experiment->undoStack().undo();
    QCOMPARE(m_experiment->setup().holdOut.column, std::string("patient"));
}

QTEST_MAIN(TestSplitPart)
#include "tst_split_part.moc"
