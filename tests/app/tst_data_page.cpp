#include "app/document/experiment.h"
#include "app/item_models/data_table_model.h"
#include "app/pages/data_page.h"
#include "app/pages/plot_picture.h"
#include "app/widgets/look.h"

#include <QComboBox>
#include <QFile>
#include <QLabel>
#include <QListView>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

using namespace modelarium;

/// What the Data page says about a file.
class TestDataPage : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { applyLook(*qApp, Look::light()); }
    void aCleanFileHasASentence_data();
    void aCleanFileHasASentence();
    void longNamesKeepBothEnds();
    void whereThereIsAPositiveClass_data();
    void whereThereIsAPositiveClass();
    void aPositiveClassIsChosenAndUndone();
    void aPositiveClassIsKeptAsLongAsThereIsOne();
    void allColoursAreThoseOfTheModel();
    void aSampleLooksForWhatItsLessonIsAbout();

private:
    static QComboBox* positive(const DataPage& page);
    static QByteArray patients(const QByteArray& first, const QByteArray& second);
    static void choose(QComboBox* box, const QString& text);
    static bool isTrained(const Experiment& experiment, const std::string& positive);

    void open(Experiment& experiment, const QByteArray& text);

    QTemporaryDir m_folder;
};

void TestDataPage::open(Experiment& experiment, const QByteArray& text)
{
    QFile file(m_folder.filePath(QStringLiteral("own.csv")));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(text) == text.size());
    file.close();
    experiment.data().openCsv(file.fileName());
    QTRY_VERIFY_WITH_TIMEOUT(experiment.setup().source, 20'000);
}

void TestDataPage::aCleanFileHasASentence_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("clean") << QByteArray("a,b\n1,2\n3,4\n5,6\n");
    QTest::newRow("a row that is too short") << QByteArray("a,b\n1,2\n3\n5,6\n");
}

/// Where nothing had to be decided there is a sentence instead of an empty list.
void TestDataPage::aCleanFileHasASentence()
{
    QFETCH(QByteArray, text);
    Experiment experiment;
    DataPage page(experiment);
    page.resize(280, 1500);
    page.show();
    open(experiment, text);
    const bool clean = experiment.setup().source->receipt->entries.empty();
    QCOMPARE(clean, QTest::currentDataTag() == QByteArray("clean"));
    // Choices have lists of their own.
    const auto lists = page.findChildren<QListView*>();
    const auto found = std::find_if(lists.begin(), lists.end(), [](const QListView* each) { return each->accessibleName().startsWith(QStringLiteral("Import receipt")); });
    QVERIFY(found != lists.end());
    const QListView* list = *found;
    QTRY_COMPARE(list->isVisible(), !clean);
    const auto labels = page.findChildren<QLabel*>();
    const bool said = std::any_of(labels.begin(), labels.end(), [](const QLabel* label) {
        return label->isVisible() && label->text().startsWith(QStringLiteral("Nothing had to be decided"));
    });
    QCOMPARE(said, clean);
}

void TestDataPage::longNamesKeepBothEnds()
{
    Experiment experiment;
    open(experiment, "number_of_employees_in_the_previous_fiscal_year_2023,number_of_employees_in_the_previous_fiscal_year_2024,short\n1,2,3\n2,3,4\n");
    const DataTableModel model(experiment);
    const auto head = [&](int column, int role = Qt::DisplayRole) { return model.headerData(column, Qt::Horizontal, role).toString(); };
    QVERIFY(head(0) != head(1));
    QVERIFY2(head(0).size() < 40 && head(0).startsWith(QStringLiteral("number_of_employees")) && head(0).endsWith(QStringLiteral("2023")), qPrintable(head(0)));
    QVERIFY(head(0, Qt::ToolTipRole).contains(QStringLiteral("previous_fiscal")));
    QCOMPARE(head(2), QStringLiteral("short"));
}

QComboBox* TestDataPage::positive(const DataPage& page)
{
    for (QComboBox* box : page.findChildren<QComboBox*>())
        if (box->accessibleName() == QStringLiteral("Positive class"))
            return box;
    return nullptr;
}

/// 40 rows of two states that overlap.
QByteArray TestDataPage::patients(const QByteArray& first, const QByteArray& second)
{
    QByteArray text = "dose,age,state\n";
    for (int i = 0; i < 40; ++i)
        text += QByteArray::number(i * 7 % 13) + ',' + QByteArray::number(20 + i) + ',' + ((i * 7 % 13 > 5) != (i % 9 == 4) ? second : first) + '\n';
    return text;
}

void TestDataPage::choose(QComboBox* box, const QString& text)
{
    box->setCurrentIndex(box->findText(text));
    Q_EMIT box->activated(box->currentIndex());
}

bool TestDataPage::isTrained(const Experiment& experiment, const std::string& positive)
{
    return experiment.state() == ExperimentState::Trained && experiment.currentTraining() && experiment.model()->target().positiveClass()
        && *experiment.model()->target().positiveClass() == positive && experiment.evaluation() && experiment.evaluation()->model == experiment.model();
}

void TestDataPage::whereThereIsAPositiveClass_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("unasked");                   // empty: there are not two classes
    QTest::newRow("words") << patients("ill", "well") << "well";
    QTest::newRow("words in the other order") << patients("well", "ill") << "ill";
    QTest::newRow("yes comes first") << patients("yes", "no") << "yes";
    QTest::newRow("what says yes comes first") << patients("positive", "negative") << "positive";
    QTest::newRow("three classes") << patients("ill", "well").replace("0,20,ill", "0,20,dead") << "";
    QTest::newRow("numbers") << patients("1", "2").replace("0,20,1", "0,20,1.5") << "";
}

void TestDataPage::whereThereIsAPositiveClass()
{
    QFETCH(QByteArray, text);
    QFETCH(QString, unasked);
    Experiment experiment;
    DataPage page(experiment);
    page.show();
    QVERIFY(!positive(page)->isVisible());
    open(experiment, text);
    QTRY_COMPARE(positive(page)->isVisible(), !unasked.isEmpty());
    QCOMPARE(positive(page)->currentText(), unasked);
    if (unasked.isEmpty())
        return;
    QTRY_VERIFY_WITH_TIMEOUT(isTrained(experiment, unasked.toStdString()), 20'000);
    experiment.choices().setNoTarget();
    QVERIFY(!positive(page)->isVisible());
}

void TestDataPage::aPositiveClassIsChosenAndUndone()
{
    Experiment experiment;
    DataPage page(experiment);
    page.show();
    open(experiment, patients("ill", "well"));
    QTRY_VERIFY_WITH_TIMEOUT(isTrained(experiment, "well"), 20'000);
    QTRY_COMPARE_WITH_TIMEOUT(experiment.runs().runs().size(), std::size_t(1), 20'000);
    const ModelPtr first = experiment.training().model();
    const Matrix before = experiment.evaluation()->prediction.probabilities;
    experiment.choices().setThreshold(0.3);
    choose(positive(page), QStringLiteral("ill"));
    QCOMPARE(experiment.setup().positive, std::string("ill"));
    QCOMPARE(experiment.undoStack().undoText(), QStringLiteral("Look for ill"));
    // It was on the probability of the other one.
    QVERIFY(!experiment.setup().threshold);
    QTRY_VERIFY_WITH_TIMEOUT(isTrained(experiment, "ill"), 20'000);
    const Matrix after = experiment.evaluation()->prediction.probabilities;
    QVERIFY((after.col(1) - before.col(0)).cwiseAbs().maxCoeff() < 1e-6);
    QTRY_COMPARE_WITH_TIMEOUT(experiment.runs().runs().size(), std::size_t(2), 20'000);
    QCOMPARE(changesSince(experiment.runs().runs()[0].get(), *experiment.runs().runs()[1]), QStringList{QStringLiteral("looks for ill")});

    experiment.undoStack().undo();
    QCOMPARE(positive(page)->currentText(), QStringLiteral("well"));
    QCOMPARE(experiment.setup().threshold, std::optional(0.3));
    QTRY_VERIFY_WITH_TIMEOUT(isTrained(experiment, "well"), 20'000);
    experiment.undoStack().redo();
    QCOMPARE(positive(page)->currentText(), QStringLiteral("ill"));
    QTRY_VERIFY_WITH_TIMEOUT(isTrained(experiment, "ill"), 20'000);
    // Back by hand leads to the run from before.
    choose(positive(page), QStringLiteral("well"));
    QVERIFY(experiment.setup().positive.empty());
    QTRY_VERIFY_WITH_TIMEOUT(isTrained(experiment, "well"), 20'000);
    QCOMPARE(experiment.training().model(), first);
    // The same again is no step.
    const int steps = experiment.undoStack().count();
    choose(positive(page), QStringLiteral("well"));
    QCOMPARE(experiment.undoStack().count(), steps);

    choose(positive(page), QStringLiteral("ill"));
    QTRY_VERIFY_WITH_TIMEOUT(isTrained(experiment, "ill"), 20'000);
    experiment.freeze();
    QTRY_VERIFY_WITH_TIMEOUT(experiment.isFrozen(), 20'000);
    QVERIFY(positive(page)->isVisible() && !positive(page)->isEnabled());
    QCOMPARE(positive(page)->currentText(), QStringLiteral("ill"));
    QCOMPARE(*experiment.model()->target().positiveClass(), std::string("ill"));
    experiment.choices().setPositive("well");
    QCOMPARE(experiment.setup().positive, std::string("ill"));
}

void TestDataPage::aPositiveClassIsKeptAsLongAsThereIsOne()
{
    Experiment experiment;
    DataPage page(experiment);
    page.show();
    open(experiment, patients("ill", "well"));
    choose(positive(page), QStringLiteral("ill"));
    QTRY_VERIFY_WITH_TIMEOUT(isTrained(experiment, "ill"), 20'000);
    experiment.data().reload();
    QTRY_COMPARE_WITH_TIMEOUT(experiment.undoStack().undoText(), QStringLiteral("Read own.csv again"), 20'000);
    QTRY_VERIFY_WITH_TIMEOUT(isTrained(experiment, "ill"), 20'000);
    // A third class leaves none of two; the model is of three then.
    const std::size_t target = *targetColumn(experiment.setup());
    QVERIFY(experiment.rows().editCell(0, target, QStringLiteral("dead")));
    QVERIFY(!positive(page)->isVisible());
    QTRY_VERIFY_WITH_TIMEOUT(experiment.state() == ExperimentState::Trained && experiment.model()->target().classes.size() == 3, 20'000);
    experiment.undoStack().undo();
    QCOMPARE(positive(page)->currentText(), QStringLiteral("ill"));
    QTRY_VERIFY_WITH_TIMEOUT(isTrained(experiment, "ill"), 20'000);
    // Another target has other classes.
    experiment.choices().setRole(0, Role::Target);
    QVERIFY(experiment.setup().positive.empty() && !positive(page)->isVisible());
}

/// The points, the table of the rows and the small pictures of earlier runs.
void TestDataPage::allColoursAreThoseOfTheModel()
{
    Experiment experiment;
    const DataTableModel rows(experiment);
    open(experiment, patients("ill", "well"));
    QTRY_VERIFY_WITH_TIMEOUT(isTrained(experiment, "well"), 20'000);
    const ModelPtr first = experiment.model();
    const auto code = [&] { return rows.index(0, 0).data(DataTableModel::ClassRole).toInt(); };
    QCOMPARE(makePicture(experiment).points[0].code, 0);    // ill
    QCOMPARE(code(), 0);
    experiment.choices().setPositive("ill");
    QTRY_VERIFY_WITH_TIMEOUT(isTrained(experiment, "ill"), 20'000);
    const Picture picture = makePicture(experiment);
    QCOMPARE(picture.classes, (QStringList{QStringLiteral("well"), QStringLiteral("ill")}));
    QCOMPARE(picture.points[0].code, 1);
    QCOMPARE(code(), 1);
    QCOMPARE(pointsBeside(picture, *first)[0].code, 0);
    QCOMPARE(pointsBeside(picture, *experiment.model())[0].code, 1);
    // Before there is a model they are those that it will have.
    Setup untrained = experiment.setup();
    QCOMPARE(makePicture(untrained).classes, picture.classes);
}

void TestDataPage::aSampleLooksForWhatItsLessonIsAbout()
{
    const auto tumours = std::find_if(samples().begin(), samples().end(), [](const SampleInfo& sample) { return sample.target == "diagnosis"; });
    QVERIFY(tumours != samples().end());
    Experiment experiment;
    DataPage page(experiment);
    experiment.data().openSample(*tumours);
    QTRY_VERIFY_WITH_TIMEOUT(isTrained(experiment, "malignant"), 20'000);
    QCOMPARE(positive(page)->currentText(), QStringLiteral("malignant"));
}

QTEST_MAIN(TestDataPage)
#include "tst_data_page.moc"
