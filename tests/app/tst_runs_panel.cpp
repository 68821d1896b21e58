#include "app/pages/plot_picture.h"
#include "app/pages/runs_panel.h"
#include "app/widgets/look.h"
#include "app/widgets/run_card.h"
#include "core/data/csv_reader.h"

#include <QComboBox>
#include <QDir>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

using namespace modelarium;

/// The cards of the runs: side by side, sorted, written on, gone back to, removed and exported.
class TestRunsPanel : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void saysWhyThereIsNothing();
    void cardsFollowTheRuns();
    void sortsByScore();
    void sealedScoresAreNotShown();
    void eachTargetHasItsOwnOrder();
    void aThresholdIsNotOfTheRun();
    void openScoresAreLooks();
    void picturesAreDrawn();
    void exports_data();
    void exports();
    void exportThatFailsIsASentence();

private:
    void trainSix(bool open = true);
    QList<RunCard*> cards() const;
    std::unique_ptr<Experiment> m_experiment;
    std::unique_ptr<RunsPanel> m_panel;
    QTemporaryDir m_folder;
};

void TestRunsPanel::init()
{
    applyLook(*qApp, Look::light());
    m_experiment = std::make_unique<Experiment>();
    m_panel = std::make_unique<RunsPanel>(*m_experiment);
    m_panel->resize(1100, 150);
    m_panel->show();
}

void TestRunsPanel::cleanup()
{
    m_panel.reset();
    m_experiment.reset();
}

void TestRunsPanel::trainSix(bool open)
{
    m_experiment->data().generate("moons", 60, 0.2, 1);
    QTRY_COMPARE_WITH_TIMEOUT(m_experiment->runs().runs().size(), std::size_t(1), 20'000);
    m_experiment->testLooks().setOpen(open);
    QSignalSpy finished(&m_experiment->comparison(), &Comparison::finished);
    auto* button = m_panel->findChild<QPushButton*>();
    for (QPushButton* one : m_panel->findChildren<QPushButton*>()) {
        if (one->text().startsWith(QStringLiteral("Train")))
            button = one;
    }
    QVERIFY(button->isEnabled());
    button->click();
    QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, 60'000);
    QTRY_VERIFY(cards().size() >= 4);
    m_panel->setPicture(makePicture(*m_experiment));
}

QList<RunCard*> TestRunsPanel::cards() const
{
    QList<RunCard*> shown;
    for (RunCard* card : m_panel->findChildren<RunCard*>()) {
        if (card->isVisibleTo(m_panel.get()))
            shown << card;
    }
    return shown;
}

void TestRunsPanel::saysWhyThereIsNothing()
{
    QVERIFY(cards().isEmpty());
    bool said = false;
    for (const QLabel* label : m_panel->findChildren<QLabel*>())
        said = said || (label->isVisibleTo(m_panel.get()) && label->text().contains(QStringLiteral("Data page")));
    QVERIFY(said);
    for (const QPushButton* button : m_panel->findChildren<QPushButton*>())
        QVERIFY(button->isHidden() || !button->isEnabled());
}

void TestRunsPanel::cardsFollowTheRuns()
{
    trainSix();
    const int count = int(cards().size());
    // Newest first; the one on show is marked.
    QCOMPARE(cards().back()->values().number, 1);
    QVERIFY(cards().back()->values().current);
    QVERIFY(!cards().front()->values().current);
    QVERIFY(cards().front()->values().changes.startsWith(QStringLiteral("instead of")));
    auto* note = cards().front()->findChild<QLineEdit*>();
    note->setFocus();
    QTest::keyClicks(note, QStringLiteral("wiggly"));
    QTest::keyClick(note, Qt::Key_Return);
    const int newest = cards().front()->values().number;
    QCOMPARE(m_experiment->runs().note(newest), QStringLiteral("wiggly"));
    // Back to the newest run by its picture.
    cards().front()->findChild<QToolButton*>()->click();
    QTRY_VERIFY(cards().front()->values().current);
    QVERIFY(!cards().back()->values().current);
    QTRY_COMPARE(m_experiment->setup().learner, m_experiment->runs().run(newest)->setup.learner);
    // Away with it, and back.
    QToolButton* remove = nullptr;
    for (QToolButton* button : cards().front()->findChildren<QToolButton*>()) {
        if (button->accessibleName().startsWith(QStringLiteral("Remove")))
            remove = button;
    }
    QVERIFY(remove);
    remove->click();
    QTRY_COMPARE(int(cards().size()), count - 1);
    m_experiment->undoStack().undo();
    QTRY_COMPARE(int(cards().size()), count);
    QCOMPARE(cards().front()->values().note, QStringLiteral("wiggly"));
}

void TestRunsPanel::sortsByScore()
{
    trainSix();
    auto* order = m_panel->findChild<QComboBox*>();
    for (const int choice : {1, 2}) {
        order->setCurrentIndex(choice);
        Q_EMIT order->activated(choice);
        double last = 2;
        for (const RunPtr& run : m_panel->sortedRuns()) {
            const double score = (choice == 1 ? run->metricsTrain : run->metricsTest).at("accuracy");
            QVERIFY(score <= last);
            last = score;
        }
        QCOMPARE(cards().front()->values().number, m_panel->sortedRuns().front()->number);
    }
}

/// A card that shows its test score was looked at, and stays so when the test set is closed.
void TestRunsPanel::openScoresAreLooks()
{
    trainSix();
    const int runs = int(m_experiment->runs().runs().size());
    QVERIFY(runs >= 4);
    QCOMPARE(m_experiment->testLooks().count(m_experiment->setup()), runs);
    m_experiment->testLooks().setOpen(false);
    QVERIFY(!cards().front()->values().sealed);
}

void TestRunsPanel::sealedScoresAreNotShown()
{
    trainSix(false);
    QTRY_VERIFY(cards().front()->values().sealed);
    QVERIFY(!cards().back()->values().sealed);           // it was open when it was trained
    const QString score = cards().front()->values().test;
    for (const QLabel* label : cards().front()->findChildren<QLabel*>())
        QVERIFY2(!label->text().contains(QStringLiteral("test ") + score), qPrintable(label->text()));
    const int looks = m_experiment->testLooks().count(m_experiment->setup());
    QPushButton* look = cards().front()->findChild<QPushButton*>();
    QVERIFY(look->isVisibleTo(cards().front()));
    look->click();
    QTRY_VERIFY(!cards().front()->values().sealed);
    QCOMPARE(m_experiment->testLooks().count(m_experiment->setup()), looks + 1);
    // On paper it is under seal too.
    m_panel->save(m_folder.filePath(QStringLiteral("sealed.csv")));
    const auto read = readCsv(m_folder.filePath(QStringLiteral("sealed.csv")).toStdString());
    QVERIFY(read);
    const Column& test = read->table.column(*read->table.find("accuracy_test"));
    int visible = 0;
    for (std::size_t row = 0; row < test.rows(); ++row)
        visible += test.isMissing(row) ? 0 : 1;
    QCOMPARE(visible, 2);
}

void TestRunsPanel::eachTargetHasItsOwnOrder()
{
    // Height follows width but for a little; the kind cannot be told from either.
    QFile own(m_folder.filePath(QStringLiteral("boxes.csv")));
    QVERIFY(own.open(QIODevice::WriteOnly));
    own.write("width,height,kind\n");
    for (int i = 0; i < 60; ++i)
        own.write(QByteArray::number(i) + ',' + QByteArray::number(3 * i + i % 3) + ',' + (i * 7 % 11 > 5 ? "open" : "shut") + '\n');
    own.close();
    const auto runs = [this](std::size_t count) { QTRY_COMPARE_WITH_TIMEOUT(m_experiment->runs().runs().size(), count, 20'000); };
    m_experiment->data().openCsv(own.fileName());
    QTRY_VERIFY_WITH_TIMEOUT(m_experiment->setup().source, 20'000);
    m_experiment->choices().setRole(2, Role::Target);
    m_experiment->choices().setLearner("logistic_regression");
    runs(1);
    m_experiment->choices().setRole(1, Role::Target);
    m_experiment->choices().setLearner("linear_regression");
    runs(2);
    m_experiment->choices().setRole(2, Role::Target);
    m_experiment->choices().setLearner("decision_tree");
    runs(3);
    m_experiment->choices().setNoTarget();
    runs(4);
    auto* order = m_panel->findChild<QComboBox*>();
    order->setCurrentIndex(1);
    Q_EMIT order->activated(1);
    QStringList targets;
    double last = 0;
    for (const RunPtr& run : m_panel->sortedRuns()) {
        const double score = run->metricsTrain.at(scoreMetric(*run));
        if (!targets.isEmpty() && targets.back() == targetOf(*run))
            QVERIFY(score <= last);
        last = score;
        targets << targetOf(*run);
    }
    QCOMPARE(targets, (QStringList{QString(), QStringLiteral("kind"), QStringLiteral("kind"), QStringLiteral("height")}));
    QTRY_COMPARE(cards().size(), 4);
    const auto says = [](RunCard* card, const QString& text) {
        const auto labels = card->findChildren<QLabel*>();
        return std::any_of(labels.begin(), labels.end(), [&](QLabel* label) { return label->isVisibleTo(card) && label->toolTip() == text; });
    };
    QVERIFY(says(cards()[1], QStringLiteral("Accuracy for kind")));
    QVERIFY(says(cards()[3], QStringLiteral("R² for height")));
    // Nobody looked at any test row but those of one model for the height.
    m_experiment->restoreRun(2);
    m_experiment->lookAtTest();
    const QString page = m_folder.filePath(QStringLiteral("targets.html")), table = m_folder.filePath(QStringLiteral("targets.csv"));
    QCOMPARE(m_panel->save(page), QString());
    QFile file(page);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QString html = QString::fromUtf8(file.readAll());
    QCOMPARE(html.count(QStringLiteral("<table")), 3);
    for (const char* sentence : {"kind predicted from boxes.csv, 60 row(s).<br>Nobody has looked at the test rows yet.", "height predicted from boxes.csv, 60 row(s).<br>The test rows were looked at for one model.",
                                 "Groups found in boxes.csv, 60 row(s).<br></p>"})
        QVERIFY2(html.contains(QLatin1String(sentence)), qPrintable(html.left(4000)));
    QVERIFY(html.contains(QStringLiteral("Accuracy, test")) && html.contains(QStringLiteral("R², test")) && html.contains(QStringLiteral("Silhouette, training")));
    QCOMPARE(m_panel->save(table), QString());
    const auto read = readCsv(table.toStdString());
    QVERIFY(read);
    const Column& column = read->table.column(*read->table.find("target"));
    for (std::size_t row = 0; row < 4; ++row)
        QCOMPARE(QString::fromStdString(column.isMissing(row) ? std::string() : column.cellText(row)), targets[qsizetype(row)]);
}

/// A card tells of the run as it was trained: another threshold is another model, and the way back leads to that of the run.
void TestRunsPanel::aThresholdIsNotOfTheRun()
{
    m_experiment->data().generate("moons", 60, 0.2, 1);
    QTRY_COMPARE_WITH_TIMEOUT(m_experiment->runs().runs().size(), std::size_t(1), 20'000);
    QTRY_VERIFY(cards().size() == 1 && cards().front()->values().current);
    const QString train = cards().front()->values().train;
    m_experiment->choices().setThreshold(0.999);
    QTRY_VERIFY(m_experiment->evaluation()->model == m_experiment->model());
    QVERIFY(scoreText(m_experiment->evaluation()->metricsTrain, "accuracy") != train);
    QTRY_VERIFY(!cards().front()->values().current);
    QCOMPARE(cards().front()->values().train, train);
    Q_EMIT cards().front()->restoreWanted(1);
    QVERIFY(!m_experiment->setup().threshold);
    QTRY_VERIFY(m_experiment->evaluation()->model == m_experiment->model());
    QCOMPARE(scoreText(m_experiment->evaluation()->metricsTrain, "accuracy"), train);
    QTRY_VERIFY(cards().front()->values().current);
    QCOMPARE(m_experiment->undoStack().undoText(), QStringLiteral("Go back to run 1"));
}

void TestRunsPanel::picturesAreDrawn()
{
    trainSix();
    const auto picture = [](RunCard* card) { return card->findChild<QToolButton*>()->icon().pixmap(RunCard::pictureSize).toImage(); };
    // Each model has another boundary, so each picture comes to differ from the others.
    QTRY_VERIFY_WITH_TIMEOUT(picture(cards()[0]) != picture(cards()[1]) && picture(cards()[1]) != picture(cards()[2])
                                 && picture(cards()[2]) != picture(cards()[3]), 10'000);
    const QImage light = picture(cards()[0]);
    m_panel->setLook(Look::darkLook());
    QVERIFY(picture(cards()[0]) != light);
}

void TestRunsPanel::exports_data()
{
    QTest::addColumn<QString>("ending");
    QTest::addColumn<QByteArray>("begins");
    QTest::newRow("table") << "csv" << QByteArray("run,target,learner,changes");
    QTest::newRow("page") << "html" << QByteArray("<!DOCTYPE html>");
    QTest::newRow("sheet") << "pdf" << QByteArray("%PDF-");
}

void TestRunsPanel::exports()
{
    QFETCH(QString, ending);
    QFETCH(QByteArray, begins);
    trainSix();
    m_experiment->runs().setNote(1, QStringLiteral("=1+1, <b>straight</b> \"line\""));
    const QString path = m_folder.filePath(QStringLiteral("runs.") + ending);
    QCOMPARE(m_panel->save(path), QString());
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray bytes = file.readAll();
    QVERIFY2(bytes.startsWith(begins), bytes.left(60).constData());
    if (ending == QLatin1String("html")) {
        QVERIFY(bytes.contains("&lt;b&gt;straight&lt;/b&gt;"));
        QVERIFY(!bytes.contains("<b>straight</b>"));
        QCOMPARE(int(bytes.count("data:image/png;base64,")), int(cards().size()));
    } else if (ending == QLatin1String("csv")) {
        QCOMPARE(int(bytes.count('\n')), int(cards().size()) + 1);
        QVERIFY(bytes.contains("'=1+1"));
    } else {
        QVERIFY(bytes.size() > 5000);
    }
}

void TestRunsPanel::exportThatFailsIsASentence()
{
    trainSix();
    for (const char* name : {"nowhere/runs.csv", "nowhere/runs.html", "nowhere/runs.pdf"}) {
        const QString problem = m_panel->save(m_folder.filePath(QLatin1String(name)));
        QVERIFY2(problem.endsWith(u'.'), qPrintable(problem));
    }
}

QTEST_MAIN(TestRunsPanel)
#include "tst_runs_panel.moc"
