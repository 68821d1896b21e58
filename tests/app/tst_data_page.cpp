#include "app/document/experiment.h"
#include "app/item_models/data_table_model.h"
#include "app/pages/data_page.h"
#include "app/widgets/look.h"

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

private:
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

QTEST_MAIN(TestDataPage)
#include "tst_data_page.moc"
