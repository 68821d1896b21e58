#include "app/document/experiment.h"
#include "app/jobs/learn_on.h"
#include "app/main_window.h"
#include "app/pages/learn_on_part.h"
#include "app/pages/learning_curve_part.h"
#include "app/widgets/look.h"
#include "core/data/csv_reader.h"
#include "core/model/model_file.h"

#include <QFile>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

using namespace modelarium;

/// A model from a stream goes on learning in the window: the same numbers as without it, the score before each row, and one undo step.
class TestLearnOn : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void learnsLikeTheStream();
    void theBadgeSaysThatItCanLearn();
    void isNeverCalledFrozen();
    void isNotOfferedWithoutAState();
    void saysWhatIsMissing();
    void partsChangeNothing();

private:
    QString write(const QString& name, const QByteArray& text);
    QString streamModel(const Table& rows);
    void openRows(const QByteArray& text);
    QString sentence() const { return m_part->findChild<QLabel*>()->text(); }
    QPushButton* start() const { return m_part->findChild<QPushButton*>(); }

    QTemporaryDir m_folder;
    std::unique_ptr<LearnOnPart> m_part;
    std::unique_ptr<Experiment> m_experiment;
};

namespace {

QByteArray rowsFrom(int first, int count)
{
    QByteArray text = "a,b,kind\n";
    for (int i = first; i < first + count; ++i) {
        const double a = (i * 37 % 101) / 10.0, b = (i * 53 % 97) / 10.0;
        text += QByteArray::number(a) + ',' + QByteArray::number(b) + (a + b > 9.5 ? ",high\n" : ",low\n");
    }
    return text;
}

Table tableOf(const QByteArray& text) { return readCsvBytes(text.toStdString())->table; }

TrainingPlan streamPlan()
{
    TrainingPlan plan;
    plan.target = "kind";
    plan.learner = "logistic_regression";
    return plan;
}

} // namespace

void TestLearnOn::init()
{
    applyLook(*qApp, Look::light());
    m_part.reset();
    m_experiment = std::make_unique<Experiment>();
    m_part = std::make_unique<LearnOnPart>(*m_experiment);
}

QString TestLearnOn::write(const QString& name, const QByteArray& text)
{
    QFile file(m_folder.filePath(name));
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
        qFatal("The test could not write a file.");
    return file.fileName();
}

QString TestLearnOn::streamModel(const Table& rows)
{
    auto training = OnlineTraining::begin(rows, streamPlan());
    if (!training || !training->learn(rows, 0, rows.rows()))
        qFatal("The stream could not be learned from.");
    const QString path = m_folder.filePath(QStringLiteral("stream.model.json"));
    if (!saveModel(**training->model(0), path.toStdString()))
        qFatal("The model could not be saved.");
    return path;
}

void TestLearnOn::openRows(const QByteArray& text)
{
    const DataSourcePtr before = m_experiment->setup().source;
    m_experiment->data().openCsv(write(QStringLiteral("more.csv"), text));
    QTRY_VERIFY_WITH_TIMEOUT(m_experiment->setup().source != before, 20'000);
}

/// What can go on learning is not called constant.
/// Wherever a model of numbers that are kept is spoken of, one that can learn is told apart, and what helps is to learn on.
void TestLearnOn::isNeverCalledFrozen()
{
    Settings settings(m_folder.filePath(QStringLiteral("settings.ini")));
    MainWindow window(settings);
    window.show();
    Experiment& experiment = window.experiment();
    experiment.data().openSample(samples().front());
    QTRY_VERIFY_WITH_TIMEOUT(experiment.state() == ExperimentState::Trained, 20'000);
    QSignalSpy notices(&experiment, &Experiment::noticeRaised), refusals(&experiment.steps(), &StepEdits::refused);
    window.open(streamModel(tableOf(rowsFrom(0, 150))));
    QVERIFY(experiment.canLearnOn());
    experiment.choices().setSeed(7);
    experiment.steps().remove(0);
    experiment.training().play();
    QCOMPARE(notices.count(), 3);                           // it has no answer for these rows; two refusals
    QCOMPARE(refusals.count(), 1);
    QVERIFY2(refusals[0][0].toString().contains(QStringLiteral("Use > Learn on")), qPrintable(refusals[0][0].toString()));
    for (int i = 0; i < notices.count(); ++i) {
        const QString said = notices[i][1].toString();
        QVERIFY2(!said.contains(QStringLiteral("rozen")), qPrintable(said));
        QVERIFY2(i == 0 || said.contains(QStringLiteral("Use > Learn on")), qPrintable(said));
    }
    for (const Stage stage : {Stage::Data, Stage::Prepare, Stage::Train, Stage::Use}) {
        experiment.setStage(stage);
        QTest::qWait(50);
        for (const QWidget* widget : window.findChildren<QWidget*>()) {
            const auto* label = qobject_cast<const QLabel*>(widget);
            const QString said = (label ? label->text() : QString()) + widget->toolTip();
            if (widget->isVisible())
                QVERIFY2(!said.contains(QStringLiteral("is frozen")) && !said.contains(QStringLiteral("frozen model")), qPrintable(said));
        }
    }
    for (const QLabel* label : window.findChild<LearningCurvePart*>()->findChildren<QLabel*>())
        QVERIFY2(!label->text().contains(QStringLiteral("is frozen")), qPrintable(label->text()));
}

void TestLearnOn::theBadgeSaysThatItCanLearn()
{
    Settings settings(m_folder.filePath(QStringLiteral("settings.ini")));
    MainWindow window(settings);
    window.show();
    QLabel* badge = nullptr;
    for (QLabel* label : window.findChildren<QLabel*>())
        badge = label->accessibleName() == QStringLiteral("State of the model") ? label : badge;
    QVERIFY(badge);
    window.open(streamModel(tableOf(rowsFrom(0, 150))));
    QTRY_COMPARE(badge->text(), QStringLiteral("Can learn on"));
    QVERIFY(!badge->property("frozen").toBool() && badge->toolTip().contains(QStringLiteral("stream")));
    for (const QLabel* label : window.findChildren<QLabel*>())
        QVERIFY2(!label->isVisible() || !label->text().contains(QStringLiteral("onstant")), qPrintable(label->text()));
    window.experiment().data().openSample(samples().front());
    QTRY_VERIFY_WITH_TIMEOUT(window.experiment().setup().source, 20'000);
    window.experiment().unfreezeCopy();
    QTRY_VERIFY_WITH_TIMEOUT(window.experiment().state() == ExperimentState::Trained, 20'000);
    window.experiment().freeze();
    QTRY_COMPARE_WITH_TIMEOUT(badge->text(), QStringLiteral("Frozen"), 20'000);
    QVERIFY(badge->property("frozen").toBool() && badge->toolTip().isEmpty());
}

void TestLearnOn::learnsLikeTheStream()
{
    const Table first = tableOf(rowsFrom(0, 150)), more = tableOf(rowsFrom(150, 90));
    const QString path = streamModel(first);
    m_experiment->openModel(path);
    QVERIFY(m_experiment->isFrozen() && m_experiment->canLearnOn());
    QVERIFY(!m_part->isHidden() && !start()->isEnabled());
    QVERIFY2(sentence().contains(QStringLiteral("Open a table")), qPrintable(sentence()));
    openRows(rowsFrom(150, 90));
    QVERIFY(start()->isEnabled());
    const ModelPtr before = m_experiment->model();
    const int steps = m_experiment->undoStack().count();
    start()->click();
    QTRY_VERIFY_WITH_TIMEOUT(m_experiment->model() != before, 20'000);
    QCOMPARE(m_experiment->undoStack().count(), steps + 1);
    // The stream that was never in a window comes to the same numbers and the same score.
    auto stream = OnlineTraining::begin(first, streamPlan());
    QVERIFY(stream && stream->learn(first, 0, first.rows()));
    stream->forgetRecent();
    QVERIFY(stream->learn(more, 0, more.rows()));
    const ModelPtr expected = *stream->model(0);
    const auto& numbers = std::get<Linear>(m_experiment->model()->parameters());
    const auto& expectedNumbers = std::get<Linear>(expected->parameters());
    QVERIFY(numbers.W == expectedNumbers.W && numbers.b == expectedNumbers.b);
    const QString share = QStringLiteral("%1 %").arg(stream->recentScore().metrics().at("accuracy") * 100, 0, 'f', 1);
    QVERIFY2(sentence().contains(QStringLiteral("90 row")) && sentence().contains(share), qPrintable(sentence()));
    QVERIFY(m_experiment->isModelUnsaved());
    m_experiment->undoStack().undo();
    QVERIFY(m_experiment->model() == before);
    QVERIFY(!m_experiment->isModelUnsaved());
}

/// A model that was trained in the window, and frozen, is made of constants.
void TestLearnOn::isNotOfferedWithoutAState()
{
    openRows(rowsFrom(0, 100));
    QTRY_VERIFY_WITH_TIMEOUT(m_experiment->state() == ExperimentState::Trained, 20'000);
    QVERIFY(m_part->isHidden());
    m_experiment->freeze();
    QTRY_VERIFY_WITH_TIMEOUT(m_experiment->isFrozen(), 20'000);
    QVERIFY(m_part->isHidden());
}

void TestLearnOn::saysWhatIsMissing()
{
    m_experiment->openModel(streamModel(tableOf(rowsFrom(0, 150))));
    openRows(rowsFrom(0, 30).replace("a,b,kind", "a,b,sort"));
    QVERIFY(!start()->isEnabled());
    QVERIFY2(sentence().contains(QStringLiteral("no column kind")), qPrintable(sentence()));
    openRows(rowsFrom(0, 30).replace("a,b,kind", "a,c,kind"));
    QVERIFY(!start()->isEnabled());
    QVERIFY2(sentence().contains(QStringLiteral("no column b")), qPrintable(sentence()));
    // A class that the first rows did not have cannot be learned: the row is named, and the model stays.
    openRows(rowsFrom(0, 30) + "1,2,middling\n");
    const ModelPtr before = m_experiment->model();
    start()->click();
    QTRY_VERIFY_WITH_TIMEOUT(sentence().contains(QStringLiteral("middling")), 20'000);
    QVERIFY2(sentence().contains(QStringLiteral("31")), qPrintable(sentence()));
    QVERIFY(m_experiment->model() == before);
}

/// Rows are learned from in parts, so that progress is told and a cancel is heard.
void TestLearnOn::partsChangeNothing()
{
    const Table first = tableOf(rowsFrom(0, 150)), more = tableOf(rowsFrom(150, 997));
    const auto model = loadModel(streamModel(first).toStdString());
    QVERIFY(model);
    int told = 0;
    const auto learned = learnOn(*model, more, [&](std::size_t, std::size_t total) { told += total == 997; }, {});
    QVERIFY2(learned, learned ? "" : learned.error().message.c_str());
    QVERIFY(told > 50);
    QCOMPARE(learned->rows, std::uint64_t(997));
    auto whole = OnlineTraining::resume(**model);
    QVERIFY(whole && whole->learn(more, 0, more.rows()));
    QVERIFY(std::get<Linear>(learned->model->parameters()).W == std::get<Linear>((*whole->model(0))->parameters()).W);
    std::stop_source source;
    source.request_stop();
    const auto cancelled = learnOn(*model, more, {}, source.get_token());
    QVERIFY(!cancelled && cancelled.error().code == ErrorCode::Cancelled);
}

QTEST_MAIN(TestLearnOn)
#include "tst_learn_on.moc"
