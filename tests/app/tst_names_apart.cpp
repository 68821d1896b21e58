#include "app/charts/plot_view.h"
#include "app/main_window.h"
#include "app/pages/model_card.h"
#include "app/settings/settings.h"
#include "app/widgets/elided_label.h"
#include "app/widgets/names_apart.h"

#include <QAbstractAxis>
#include <QChart>
#include <QRegularExpression>
#include <QSet>
#include <QTableWidget>
#include <QTemporaryDir>
#include <QTest>

using namespace modelarium;

namespace {

const QStringList alike{QStringLiteral("Chinstrap: bill_length_mm"), QStringLiteral("Chinstrap: flipper_length_mm"), QStringLiteral("Chinstrap: bill_depth_mm"),
                        QStringLiteral("Adelie: bill_length_mm"), QStringLiteral("Gentoo: flipper_length_mm"), QStringLiteral("bias")};

QSet<QString> shownIn(const QTableWidget& table, int width)
{
    const auto* delegate = dynamic_cast<const NamesApart*>(table.itemDelegateForColumn(0));
    QSet<QString> shown;
    for (int row = 0; delegate && row < table.rowCount(); ++row) {
        QStyleOptionViewItem option;
        option.rect = QRect(0, 0, width, 26);
        option.font = table.font();
        option.fontMetrics = QFontMetrics(option.font);
        delegate->initStyleOption(&option, table.model()->index(row, 0));
        shown << option.text;
    }
    return shown;
}

} // namespace

/// Names that are cut are still names: no two of them read the same.
class TestNamesApart : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void textsAreToldApart_data();
    void textsAreToldApart();
    void aCategoryStaysWhole_data();
    void aCategoryStaysWhole();
    void aChangedCellIsShown();
    void theParametersOfAModelAreToldApart();
    void theAxesAreToldApart();
};

void TestNamesApart::textsAreToldApart_data()
{
    QTest::addColumn<int>("width");
    for (const int width : {110, 130, 160, 400})
        QTest::addRow("%d pixels", width) << width;
}

void TestNamesApart::textsAreToldApart()
{
    QFETCH(int, width);
    const QFontMetrics metrics(QApplication::font());
    const QStringList shown = elidedApart(alike, metrics, width);
    QCOMPARE(shown.size(), alike.size());
    QCOMPARE(QSet<QString>(shown.begin(), shown.end()).size(), alike.size());
    for (qsizetype i = 0; i < shown.size(); ++i) {
        QVERIFY(metrics.horizontalAdvance(shown[i]) <= width);
        if (metrics.horizontalAdvance(alike[i]) <= width)
            QCOMPARE(shown[i], alike[i]);
    }
}

void TestNamesApart::aCategoryStaysWhole_data()
{
    QTest::addColumn<QString>("names");                     ///< with bars between them
    QTest::addColumn<int>("width");
    QTest::addColumn<QString>("pattern");                   ///< of the first of them
    QTest::newRow("of a class") << "Adelie: island_of_birth = Biscoe|Adelie: island_of_birth = Dream|Gentoo: island_of_birth = Biscoe" << 160
                                << "^Adelie: is.*\u2026 = Biscoe$";
    QTest::newRow("of a regression") << "island_of_birth = Biscoe|island_of_birth = Dream|bill_length_mm" << 130 << "^is.*\u2026 = Biscoe$";
    QTest::newRow("a column that begins like another one") << "island_of_birth = Biscoe|island_of_capture = Biscoe" << 130 << "^is.*\u2026.*";
    QTest::newRow("no room for the column") << "Adelie: island = a very long name of an island|bias" << 120 << "^Adelie.*\u2026.*island$";
    QTest::newRow("room for all") << "Adelie: island = Biscoe|bias" << 400 << "^Adelie: island = Biscoe$";
}

/// It is what tells the numbers of one column apart, so the name of the column gives way; unless two would read the same then.
void TestNamesApart::aCategoryStaysWhole()
{
    QFETCH(QString, names);
    QFETCH(int, width);
    QFETCH(QString, pattern);
    const QFontMetrics metrics(QApplication::font());
    const QStringList texts = names.split(u'|');
    const QStringList shown = elidedApart(texts, metrics, width);
    QVERIFY2(QRegularExpression(pattern).match(shown.front()).hasMatch(), qPrintable(shown.join(u'|')));
    QCOMPARE(QSet<QString>(shown.begin(), shown.end()).size(), texts.size());
    for (qsizetype i = 0; i < texts.size(); ++i) {
        QVERIFY2(metrics.horizontalAdvance(shown[i]) <= width, qPrintable(shown[i]));
        QCOMPARE(elidedApart(texts[i], texts, metrics, width), shown[i]);
    }
}

void TestNamesApart::aChangedCellIsShown()
{
    QTableWidget table(2, 1);
    table.setItemDelegateForColumn(0, new NamesApart(&table));
    for (int row = 0; row < 2; ++row)
        table.setItem(row, 0, new QTableWidgetItem(alike[row]));
    const QSet<QString> before = shownIn(table, 120);
    QCOMPARE(before.size(), 2);
    table.item(0, 0)->setText(alike[3]);
    const QSet<QString> after = shownIn(table, 120);
    QVERIFY(after.size() == 2 && after != before);
}

void TestNamesApart::theParametersOfAModelAreToldApart()
{
    QTemporaryDir folder;
    Settings settings(folder.filePath(QStringLiteral("settings.ini")));
    MainWindow window(settings);
    window.show();
    Experiment& experiment = window.experiment();
    experiment.data().openSample(samples().front());
    QTRY_VERIFY_WITH_TIMEOUT(experiment.state() == ExperimentState::Trained, 20'000);
    const auto species = experiment.table().find("species");
    QVERIFY(species);
    experiment.choices().setRole(*species, Role::Target);
    QTRY_VERIFY_WITH_TIMEOUT(experiment.state() == ExperimentState::Trained && !experiment.isModelStale(), 20'000);
    const QTableWidget* table = nullptr;
    for (const QTableWidget* each : window.findChild<ModelCard*>()->findChildren<QTableWidget*>())
        table = each->accessibleName() == QStringLiteral("Parameters of the model") ? each : table;
    QVERIFY(table && table->rowCount() > 6);
    QCOMPARE(shownIn(*table, 140).size(), table->rowCount());
}

void TestNamesApart::theAxesAreToldApart()
{
    PlotView view;
    view.resize(330, 330);
    view.show();
    PlotAxis x, y;
    x.title = QStringLiteral("length of the bill of a full-grown bird, in millimetres");
    y.title = QStringLiteral("length of the bill of a full-grown bird, in inches");
    x.maximum = y.maximum = 1;
    view.setAxes(x, y);
    const auto titles = [&view] {
        QStringList all;
        for (const QAbstractAxis* axis : view.chart()->axes())
            all << axis->titleText();
        return all;
    };
    QCOMPARE(titles().size(), 2);
    QVERIFY2(titles()[0] != titles()[1] && titles()[0] != x.title, qPrintable(titles().join(u'|')));
    view.resize(900, 900);
    QTRY_VERIFY(titles().contains(x.title) && titles().contains(y.title));
}

QTEST_MAIN(TestNamesApart)
#include "tst_names_apart.moc"
