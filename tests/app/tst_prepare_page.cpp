#include "app/charts/histogram_chart.h"
#include "app/jobs/preparation_job.h"
#include "app/pages/before_after_part.h"
#include "app/pages/prepare_page.h"
#include "app/pages/steps_part.h"
#include "app/settings/translation.h"
#include "app/widgets/column_picker.h"
#include "app/widgets/hyperparameter_control.h"
#include "app/widgets/hyperparameter_form.h"
#include "app/widgets/look.h"
#include "app/widgets/step_list.h"
#include "core/base/random.h"
#include "core/learn/plan_split.h"
#include "core/learn/step_table.h"
#include "tests/support/hand.h"

#include <QComboBox>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QScrollArea>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

#include <cmath>
#include <ctime>

using namespace modelarium;
using test::Hand;

namespace {

/// Of the processor, by this thread.
double workedSeconds()
{
    timespec worked{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &worked);
    return double(worked.tv_sec) + 1e-9 * double(worked.tv_nsec);
}

} // namespace

/// The Prepare stage: steps are added, moved, edited and removed by keys and pointer; what they do is counted from training rows alone.
class TestPreparePage : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { loadTranslation(*qApp); }
    void init();
    void cleanup();
    void saysWhyThereIsNothing();
    void defaultsAreThereAtOnce();
    void menuHasEveryKind();
    void addsMovesAndRemovesByKeys();
    void editsByPointerAndKeys();
    void mistakesStayWithTheirStep();
    void switchesOff();
    void choosesColumns();
    void refusedMovesAreSaidInPlace();
    void impossibleStepsAreSaidInPlace();
    void beforeAndAfterAreRight();
    void jobAgreesWithCountsByHand();
    void categoriesBecomeColumns();
    void testRowsTakeNoPart();
    void frozenModelsKeepTheirSteps();
    void barsAreWalkedByKeys();
    void thousandColumnsStayQuick();

private:
    void open(const QByteArray& text);
    void openMixed();
    StepList* list() const { return m_page->findChild<StepList*>(); }
    HistogramChart* chart(int which) const { return m_page->findChildren<HistogramChart*>().at(which); }
    QStringList titles() const;
    QString text(const char* accessibleName) const;
    void choose(const QString& menuEntry);
    QString visibleSentence(const char* role) const;
    void showColumn(const QString& name);

    std::unique_ptr<Experiment> m_experiment;
    std::unique_ptr<QScrollArea> m_window;
    PreparePage* m_page = nullptr;
    QTemporaryDir m_folder;
    int m_files = 0;
};

void TestPreparePage::init()
{
    applyLook(*qApp, Look::light());
    m_experiment = std::make_unique<Experiment>();
    m_window = std::make_unique<QScrollArea>();
    m_page = new PreparePage(*m_experiment);
    m_window->setWidgetResizable(true);
    m_window->setWidget(m_page);
    m_window->resize(320, 1400);
    m_window->show();
    m_window->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(m_window.get()));        // only then has one of its parts the keys
}

void TestPreparePage::cleanup()
{
    m_window.reset();
    m_experiment.reset();
}

void TestPreparePage::open(const QByteArray& text)
{
    const QString path = m_folder.filePath(QStringLiteral("%1.csv").arg(++m_files));
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(text);
    file.close();
    QSignalSpy loaded(&m_experiment->data(), &DataLoading::loaded);
    m_experiment->data().openCsv(path, {});
    QTRY_COMPARE_WITH_TIMEOUT(loaded.count(), 1, 20'000);
}

/// size: 1 to 40 with two gaps; kind: two levels; y. All rows are training rows.
void TestPreparePage::openMixed()
{
    QByteArray text = "size,kind,y\n";
    for (int i = 1; i <= 40; ++i)
        text += (i == 10 || i == 20 ? QByteArray() : QByteArray::number(i)) + "," + (i % 4 ? "plain" : "odd") + "," + QByteArray::number(2 * i + i % 3) + "\n";
    open(text);
    m_experiment->choices().setTestFraction(0);
    QTRY_VERIFY(list()->rows().size() >= 2 && list()->rows()[1].touched.contains(QStringLiteral("40 rows")));
}

QStringList TestPreparePage::titles() const
{
    QStringList titles;
    for (const StepRow& row : list()->rows())
        titles << row.title;
    return titles;
}

QString TestPreparePage::text(const char* accessibleName) const
{
    const auto* label = Hand::named<QLabel>(m_page, QString::fromUtf8(accessibleName));
    return label ? label->text() : QStringLiteral("(none)");
}

/// With the pointer on "Add step", and keys in the menu that opens.
void TestPreparePage::choose(const QString& entry)
{
    auto* add = Hand::button(m_page, QStringLiteral("Add step"));
    QVERIFY(add);
    QMenu* menu = add->menu();
    bool chosen = false;
    QTimer::singleShot(100, menu, [&] {
        QAction* wanted = nullptr;
        for (QAction* action : menu->actions()) {
            if (action->text() == entry)
                wanted = action;
        }
        if (!wanted) {
            menu->close();
            return;
        }
        menu->setActiveAction(wanted);
        QTest::keyClick(menu, Qt::Key_Return);
        chosen = true;
    });
    QTest::mouseClick(add, Qt::LeftButton);
    QTRY_VERIFY(chosen);
}

QString TestPreparePage::visibleSentence(const char* role) const
{
    QStringList sentences;
    for (const QLabel* label : m_page->findChildren<QLabel*>()) {
        if (label->property("role").toString() == QLatin1String(role) && label->isVisible() && !label->text().isEmpty())
            sentences << label->text();
    }
    return sentences.join(u'\n');
}

void TestPreparePage::showColumn(const QString& name)
{
    auto* columns = Hand::named<QComboBox>(m_page, QStringLiteral("Column"));
    QVERIFY(columns && columns->findText(name) >= 0);
    columns->setCurrentIndex(columns->findText(name));
    Q_EMIT columns->activated(columns->currentIndex());
}

void TestPreparePage::saysWhyThereIsNothing()
{
    QVERIFY(!list()->isVisible());
    QVERIFY(visibleSentence("secondary").contains(QStringLiteral("open a table on the Data page")));
    QVERIFY(visibleSentence("secondary").contains(QStringLiteral("as soon as there is a target")));
    QVERIFY(!Hand::button(m_page, QStringLiteral("Add step")));
}

void TestPreparePage::defaultsAreThereAtOnce()
{
    openMixed();
    QCOMPARE(titles().mid(0, 2), (QStringList{QStringLiteral("Fill missing cells"), QStringLiteral("Encode categories")}));
    QCOMPARE(list()->rows()[0].touched, QStringLiteral("touches 2 rows, 2 cells in one column"));
    QCOMPARE(list()->rows()[1].touched, QStringLiteral("touches 40 rows, 40 cells in one column"));
    // The first one is open for editing: another filling is one choice away.
    QCOMPARE(list()->currentRow(), 0);
    auto* method = Hand::named<QComboBox>(m_page, QStringLiteral("Missing cells become"));
    QVERIFY(method && method->isVisible());
}

void TestPreparePage::menuHasEveryKind()
{
    openMixed();
    const QMenu* menu = Hand::button(m_page, QStringLiteral("Add step"))->menu();
    QStringList names, helps;
    for (const QAction* action : menu->actions()) {
        if (!action->isSeparator()) {
            names << action->text();
            helps << action->toolTip();
        }
    }
    QCOMPARE(names.size(), qsizetype(stepKinds().size()));
    for (std::size_t i = 0; i < stepKinds().size(); ++i) {
        QCOMPARE(names[qsizetype(i)], QString::fromStdString(stepKinds()[i].name));
        QCOMPARE(helps[qsizetype(i)], QString::fromStdString(stepKinds()[i].help));
    }
}

void TestPreparePage::addsMovesAndRemovesByKeys()
{
    openMixed();
    const QStringList before = titles();
    choose(QStringLiteral("Principal components"));
    QCOMPARE(titles(), before + QStringList{QStringLiteral("Principal components")});
    choose(QStringLiteral("Standardise"));
    const int last = list()->count() - 1;
    QCOMPARE(list()->currentRow(), last);
    QTRY_VERIFY(list()->hasFocus());
    QTest::keyClick(list(), Qt::Key_Up, Qt::AltModifier);
    QCOMPARE(titles().back(), QStringLiteral("Principal components"));
    QCOMPARE(list()->currentRow(), last - 1);
    QTRY_VERIFY(list()->rows()[std::size_t(last - 1)].touched.contains(QStringLiteral("40 rows")));
    QTest::keyClick(list(), Qt::Key_Down, Qt::AltModifier);
    QCOMPARE(titles().back(), QStringLiteral("Standardise"));
    QTest::keyClick(list(), Qt::Key_Delete);
    QCOMPARE(titles(), before + QStringList{QStringLiteral("Principal components")});
    // Undo is the document's: the list follows.
    m_experiment->undoStack().undo();
    QCOMPARE(titles().back(), QStringLiteral("Standardise"));
    m_experiment->undoStack().redo();
    // And the same with the buttons.
    list()->setCurrentRow(0);
    Hand::click(Hand::named<QToolButton>(m_page, QStringLiteral("Move the step down")));
    QCOMPARE(titles()[1], QStringLiteral("Fill missing cells"));
    Hand::click(Hand::named<QToolButton>(m_page, QStringLiteral("Move the step up")));
    QCOMPARE(titles()[0], QStringLiteral("Fill missing cells"));
    list()->setCurrentRow(list()->count() - 1);
    Hand::click(Hand::named<QToolButton>(m_page, QStringLiteral("Remove the step")));
    QCOMPARE(titles(), before);
}

void TestPreparePage::editsByPointerAndKeys()
{
    openMixed();
    choose(QStringLiteral("Cut into intervals"));
    auto* form = m_page->findChild<HyperparameterForm*>();
    auto* bins = form->control("bins")->findChild<QLineEdit*>();
    QVERIFY(bins->isVisible());
    bins->setFocus();
    bins->selectAll();
    QTest::keyClicks(bins, QStringLiteral("7"));
    QTest::keyClick(bins, Qt::Key_Return);
    const int place = list()->currentRow();
    QCOMPARE(std::get<BinChoice>(m_experiment->setup().steps[std::size_t(place)].choice.what).bins, 7);
    QVERIFY(list()->rows()[std::size_t(place)].detail.contains(QStringLiteral("intervals 7")));
    // What the table does not allow is said at the field, and the value before stays.
    bins->selectAll();
    QTest::keyClicks(bins, QStringLiteral("1"));
    QTest::keyClick(bins, Qt::Key_Return);
    QVERIFY(!form->control("bins")->error().isEmpty());
    QCOMPARE(std::get<BinChoice>(m_experiment->setup().steps[std::size_t(place)].choice.what).bins, 7);
    // Another kind in its place.
    auto* kind = Hand::named<QComboBox>(m_page, QStringLiteral("What the step does"));
    kind->setFocus();
    kind->setCurrentIndex(kind->findText(QStringLiteral("Logarithm")));
    Q_EMIT kind->activated(kind->currentIndex());
    QCOMPARE(titles()[place], QStringLiteral("Logarithm"));
    // A constant is free text that shows only where it matters.
    list()->setCurrentRow(0);
    auto* constant = Hand::named<QLineEdit>(m_page, QStringLiteral("Constant"));
    QVERIFY(!constant || !constant->isVisible());
    QVERIFY(m_experiment->steps().setOption(0, "method", std::string("constant")));
    constant = Hand::named<QLineEdit>(m_page, QStringLiteral("Constant"));
    QVERIFY(constant && constant->isVisible());
    constant->setFocus();
    QTest::keyClicks(constant, QStringLiteral("99"));
    QTest::keyClick(constant, Qt::Key_Return);
    QCOMPARE(std::get<ImputeChoice>(m_experiment->setup().steps[0].choice.what).constant, std::string("99"));
    showColumn(QStringLiteral("size"));
    QTRY_VERIFY(text("What was learned about the column").contains(QStringLiteral("value 99")));
}

void TestPreparePage::mistakesStayWithTheirStep()
{
    openMixed();
    choose(QStringLiteral("Cut into intervals"));
    choose(QStringLiteral("Cut into intervals"));
    auto* form = m_page->findChild<HyperparameterForm*>();
    auto* bins = form->control("bins")->findChild<QLineEdit*>();
    bins->setFocus();
    bins->selectAll();
    QTest::keyClicks(bins, QStringLiteral("1"));
    QTest::keyClick(bins, Qt::Key_Return);
    QVERIFY(!form->control("bins")->error().isEmpty());
    // The other one is of the same kind, and has the same number of intervals.
    list()->setCurrentRow(list()->currentRow() - 1);
    QCOMPARE(titles()[list()->currentRow()], QStringLiteral("Cut into intervals"));
    QVERIFY(form->control("bins")->error().isEmpty());
    QCOMPARE(form->control("bins")->findChild<QLineEdit*>()->text(), QStringLiteral("5"));
}

void TestPreparePage::switchesOff()
{
    openMixed();
    choose(QStringLiteral("Robust scale"));
    const int place = list()->currentRow();
    QTest::keyClick(list(), Qt::Key_Space);
    QVERIFY(!list()->rows()[std::size_t(place)].on);
    QVERIFY(!m_experiment->setup().steps[std::size_t(place)].on);
    QCOMPARE(list()->rows()[std::size_t(place)].touched, QStringLiteral("switched off"));
    QTest::mouseClick(list()->viewport(), Qt::LeftButton, Qt::NoModifier, list()->switchRect(place).center());
    QVERIFY(m_experiment->setup().steps[std::size_t(place)].on);
    QTRY_VERIFY(list()->rows()[std::size_t(place)].touched.startsWith(QStringLiteral("touches 40 rows")));
    // The one step for categories stays.
    QTest::mouseClick(list()->viewport(), Qt::LeftButton, Qt::NoModifier, list()->switchRect(1).center());
    QVERIFY(m_experiment->setup().steps[1].on);
    QVERIFY(visibleSentence("warning").contains(QStringLiteral("numbers")));
}

void TestPreparePage::choosesColumns()
{
    openMixed();
    choose(QStringLiteral("Min-max scale"));
    const auto place = std::size_t(list()->currentRow());
    auto* columns = Hand::named<QComboBox>(m_page, QStringLiteral("For"));
    QVERIFY(columns);
    columns->setCurrentIndex(columns->findText(QStringLiteral("chosen columns")));
    Q_EMIT columns->activated(columns->currentIndex());
    // What was all begins with all of them.
    QCOMPARE(m_experiment->setup().steps[place].choice.columns, (std::vector<std::string>{"size", "kind"}));
    auto* picker = m_page->findChild<ColumnPicker*>();
    QVERIFY(picker->isVisible());
    auto* rows = picker->findChild<QListWidget*>();
    rows->setCurrentRow(1);
    rows->setFocus();
    QTest::keyClick(rows, Qt::Key_Space);
    QCOMPARE(m_experiment->setup().steps[place].choice.columns, (std::vector<std::string>{"size"}));
    QCOMPARE(list()->rows()[place].detail, QStringLiteral("size: low end 0, high end 1"));
    QTRY_COMPARE(list()->rows()[place].touched, QStringLiteral("touches 40 rows, 40 cells in one column"));
}

void TestPreparePage::refusedMovesAreSaidInPlace()
{
    openMixed();
    choose(QStringLiteral("Polynomial terms"));
    const QStringList before = titles();
    const int place = list()->currentRow();
    for (int i = 0; i < place; ++i)
        QTest::keyClick(list(), Qt::Key_Up, Qt::AltModifier);
    QCOMPARE(titles()[0], before[0]);
    QCOMPARE(titles()[1], before[1]);
    QVERIFY(visibleSentence("warning").contains(QStringLiteral("stays before all steps that compute")));
    // It goes with the next thing that is done.
    list()->setCurrentRow(0);
    QVERIFY(visibleSentence("warning").isEmpty());
}

void TestPreparePage::impossibleStepsAreSaidInPlace()
{
    QByteArray text = "x,y\n";
    for (int i = -10; i < 30; ++i)
        text += QByteArray::number(i) + "," + QByteArray::number(3 * i + 1) + "\n";
    open(text);
    m_experiment->choices().setTestFraction(0);
    choose(QStringLiteral("Logarithm"));
    const auto place = std::size_t(list()->currentRow());
    QTRY_VERIFY(!list()->rows()[place].problem.isEmpty());
    QVERIFY2(list()->rows()[place].problem.contains(QStringLiteral("log is refused")), qPrintable(list()->rows()[place].problem));
    QCOMPARE(list()->rows()[0].problem, QString());
    // Training says so too.
    QTRY_VERIFY(m_experiment->training().error());
    QVERIFY(errorText(*m_experiment->training().error()).contains(QStringLiteral("step log is refused")));
    // And it is gone with what was wrong.
    QVERIFY(m_experiment->steps().setOption(place, "offset", 11.0));
    QTRY_VERIFY(list()->rows()[place].problem.isEmpty() && list()->rows()[place].touched.contains(QStringLiteral("40 rows")));
}

void TestPreparePage::beforeAndAfterAreRight()
{
    openMixed();
    if (titles().back() != QStringLiteral("Standardise"))
        choose(QStringLiteral("Standardise"));
    showColumn(QStringLiteral("size"));
    // 1 to 40 without 10 and 20: 38 values, their sum 820 - 30 = 790, mean 20.79; squares 22140 - 500 = 21640; deviation sqrt(21640/38 - 20.7895^2) = 11.716
    QTRY_COMPARE(text("Values after"), QStringLiteral("40"));
    QCOMPARE(text("Values before"), QStringLiteral("38"));
    QCOMPARE(text("Missing before"), QStringLiteral("2"));
    QCOMPARE(text("Missing after"), QStringLiteral("0"));
    QCOMPARE(text("Mean before"), QStringLiteral("20.79"));
    QCOMPARE(text("Std. deviation before"), QStringLiteral("11.72"));
    QCOMPARE(text("Minimum before"), QStringLiteral("1"));
    QCOMPARE(text("Median before"), QStringLiteral("21.5"));
    QCOMPARE(text("Maximum before"), QStringLiteral("40"));
    QTRY_COMPARE(text("Std. deviation after"), QStringLiteral("1"));
    QVERIFY(chart(0)->bars() > 1);
    QVERIFY(chart(0)->reading(chart(0)->bars() - 1).startsWith(QStringLiteral("missing: 2 rows")));
    QVERIFY(!chart(1)->reading(chart(1)->bars() - 1).startsWith(QStringLiteral("missing")));
    QVERIFY(text("What was learned about the column").contains(QStringLiteral("Standardise: mean 20.79")));
}

/// The work of the job against counts and statistics that were worked out by hand.
void TestPreparePage::jobAgreesWithCountsByHand()
{
    openMixed();
    PreparationQuestion question;
    question.table = m_experiment->table();
    question.column = "size";
    question.plan = trainingPlan(m_experiment->setup());
    question.plan.preparation.steps = {{ImputeChoice{Imputation::Constant, "0", false}, {"size"}}, {ImputeChoice{}, {}}, {EncodeChoice{}, {}},
                                       {ScaleChoice{Scaling::MinMax, 0, 2}, {"size"}}};
    const PreparationEffects effects = preparationEffects(question);
    QVERIFY(!effects.error);
    QCOMPARE(effects.rows, std::size_t(40));
    QVERIFY(effects.areTrainingRows);
    QCOMPARE(effects.touched[0].cells, std::size_t(2));
    QCOMPARE(effects.touched[1].cells, std::size_t(0));
    QCOMPARE(effects.touched[2].cells, std::size_t(40));
    // From 0 to 40 to 0 to 2: only the two cells that became 0 stay what they were.
    QCOMPARE(effects.touched[3].cells, std::size_t(38));
    QCOMPARE(effects.touched[3].columns, std::size_t(1));
    QCOMPARE(effects.after.size(), std::size_t(1));
    const ColumnProfile& after = effects.after[0].profile;
    QCOMPARE(after.count, std::size_t(40));
    QCOMPARE(after.minimum, 0.0);
    QCOMPARE(after.maximum, 2.0);
    // 790 / 40 / 20; the median of 0, 0, 1 .. 40 without 10 and 20 is that of places 20 and 21: 19 and 21
    QVERIFY(std::abs(after.mean - 790.0 / 40 / 20) < 1e-14);
    QVERIFY(std::abs(after.median - 20.0 / 20) < 1e-14);
    QVERIFY(std::abs(after.deviation - std::sqrt(21640.0 / 40 - 19.75 * 19.75) / 20) < 1e-14);
    QCOMPARE(effects.before.count, std::size_t(38));
    QCOMPARE(effects.before.mean, 790.0 / 38);
}

void TestPreparePage::categoriesBecomeColumns()
{
    open("kind,x,y\n" + QByteArray("a,1,1\nb,2,2\nc,3,1\n,4,2\na,5,2\na,2,1\nb,1,1\n").repeated(4));
    m_experiment->choices().setTestFraction(0);
    showColumn(QStringLiteral("kind"));
    QTRY_COMPARE(text("Values before"), QStringLiteral("24"));
    QCOMPARE(text("Missing before"), QStringLiteral("4"));
    QCOMPARE(text("Levels before"), QStringLiteral("3"));
    QCOMPARE(chart(0)->bars(), 4);
    QCOMPARE(chart(0)->reading(0), QStringLiteral("a: 12 rows"));
    auto* becomes = Hand::named<QComboBox>(m_page, QStringLiteral("Becomes"));
    QVERIFY(becomes->isVisible());
    QVERIFY(becomes->count() >= 2);
    QVERIFY(becomes->itemText(0).startsWith(QStringLiteral("kind = ")));
}

/// Other test rows, other features of them: what the page says stays the same.
void TestPreparePage::testRowsTakeNoPart()
{
    Random random(5);
    std::vector<double> values;
    for (int i = 0; i < 60; ++i)
        values.push_back(random.normal());
    PreparationQuestion question;
    question.plan.features = {"x"};
    question.plan.target = "y";
    question.plan.learner = "linear_regression";
    question.plan.testFraction = 0.3;
    question.plan.preparation.steps = {{ImputeChoice{}, {}}, {EncodeChoice{}, {}}, {ScaleChoice{}, {}}};
    question.column = "x";
    const auto tableOf = [&](double factor, const std::vector<std::size_t>& test) {
        Buffer<double> x(60), y(60);
        for (std::size_t i = 0; i < 60; ++i) {
            x[i] = values[i];
            y[i] = double(i);
        }
        for (const std::size_t row : test)
            x[row] = factor * values[row] + 7;
        return *Table::make({std::make_shared<Column>(Column::numbers("x", std::move(x))), std::make_shared<Column>(Column::numbers("y", std::move(y)))});
    };
    question.table = tableOf(1, {});
    const auto split = planSplit(question.table, question.plan);
    QVERIFY(split);
    QCOMPARE(split->test.size(), std::size_t(18));
    const PreparationEffects one = preparationEffects(question);
    question.table = tableOf(1000, split->test);
    const PreparationEffects other = preparationEffects(question);
    QVERIFY(!one.error && !other.error);
    QCOMPARE(one.rows, std::size_t(42));
    QCOMPARE(one.before.mean, other.before.mean);
    QCOMPARE(one.before.bars, other.before.bars);
    QCOMPARE(one.after[0].profile.deviation, other.after[0].profile.deviation);
    QCOMPARE(one.after[0].profile.bars, other.after[0].profile.bars);
    QVERIFY(std::abs(one.after[0].profile.deviation - 1) < 1e-12);
}

void TestPreparePage::frozenModelsKeepTheirSteps()
{
    openMixed();
    choose(QStringLiteral("Polynomial terms"));
    m_experiment->train();
    QTRY_VERIFY_WITH_TIMEOUT(m_experiment->state() == ExperimentState::Trained, 20'000);
    m_experiment->freeze();
    QTRY_VERIFY_WITH_TIMEOUT(m_experiment->isFrozen(), 20'000);
    QVERIFY(!Hand::button(m_page, QStringLiteral("Add step")));
    QVERIFY(titles().contains(QStringLiteral("Polynomial terms")));
    QVERIFY(!list()->isChangeable());
    const Changes none;
    const Setup before = m_experiment->setup();
    list()->setFocus();
    QTest::keyClick(list(), Qt::Key_Delete);
    QTest::keyClick(list(), Qt::Key_Space);
    QCOMPARE(differences(before, m_experiment->setup()), none);
    QTRY_VERIFY(list()->rows()[0].touched.contains(QStringLiteral("2 cells")));
    QVERIFY(visibleSentence("secondary").contains(QStringLiteral("it keeps the steps")));
}

void TestPreparePage::barsAreWalkedByKeys()
{
    openMixed();
    showColumn(QStringLiteral("size"));
    QTRY_VERIFY(chart(0)->bars() > 3);
    chart(0)->setFocus();
    const QImage before = chart(0)->grab().toImage();
    QTest::keyClick(chart(0), Qt::Key_Right);
    QVERIFY(chart(0)->grab().toImage() != before);
    QVERIFY(chart(0)->accessibleDescription().contains(QStringLiteral("row")));
}

/// A table that is wide: the page is shown, chosen from and edited without anybody waiting.
void TestPreparePage::thousandColumnsStayQuick()
{
    constexpr std::size_t columns = 1000, rows = 400;
    Random random(1);
    QByteArray text;
    for (std::size_t j = 0; j < columns; ++j)
        text += "column_" + QByteArray::number(qulonglong(j)) + ",";
    text += "y\n";
    for (std::size_t i = 0; i < rows; ++i) {
        for (std::size_t j = 0; j <= columns; ++j)
            text += QByteArray::number(random.normal(), 'g', 6) + (j < columns ? "," : "\n");
    }
    m_experiment->setAutoTrain(false);
    open(text);
    QTRY_VERIFY_WITH_TIMEOUT(list()->rows()[0].touched.startsWith(QStringLiteral("touches nothing")), 20'000);
    // The longest turn of the event loop while things are done is what a person waits for. What this thread works in it, not the time that other
    // programs take away.
    double longest = 0, before = workedSeconds();
    QTimer pulse;
    pulse.setTimerType(Qt::PreciseTimer);
    connect(&pulse, &QTimer::timeout, this, [&] {
        const double now = workedSeconds();
        longest = std::max(longest, now - before);
        before = now;
    });
    pulse.start(1);
    const auto settle = [&] {
        QTRY_VERIFY_WITH_TIMEOUT(std::all_of(list()->rows().begin(), list()->rows().end(), [](const StepRow& row) { return row.touched != QStringLiteral("counting…"); }), 20'000);
    };
    QVERIFY(m_experiment->steps().add("minmax"));
    settle();
    list()->setCurrentRow(list()->count() - 1);
    m_experiment->steps().setColumns(std::size_t(list()->count() - 1), StepColumns::Numbers);
    settle();
    QCOMPARE(list()->rows().back().touched, QStringLiteral("touches 300 rows, 300,000 cells in 1,000 columns"));
    m_experiment->steps().setColumns(std::size_t(list()->count() - 1), StepColumns::Chosen, {"column_7"});
    settle();
    showColumn(QStringLiteral("column_999"));
    QTRY_VERIFY(chart(0)->bars() > 3);
    QTest::qWait(50);
    // Ten times what it is; to count all cells here would take longer.
    QVERIFY2(longest < 0.5, qPrintable(QStringLiteral("%1 s").arg(longest)));
    qInfo("longest turn of the event loop: %.0f ms", 1000 * longest);
}

QTEST_MAIN(TestPreparePage)
#include "tst_prepare_page.moc"
