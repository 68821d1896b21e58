#include "app/pages/model_card.h"
#include "app/pages/use_page.h"
#include "app/widgets/probability_bars.h"
#include "core/model/equation.h"
#include "core/base/number_text.h"
#include "tests/support/evaluate_stage.h"
#include "tests/support/hand.h"

#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTableView>

using namespace modelarium;
using modelarium::test::Hand;

/// The Use stage: what a model answers is told with all that it is made of, and belongs to that model alone.
class TestUsePage : public QObject, private StageWith<UsePage> {
    Q_OBJECT

private Q_SLOTS:
    void init() { begin(); }
    void cleanup() { end(); }
    void theThresholdIsPartOfTheAnswer();
    void theThresholdIsOneOfTheNumbers();
    void rowsBelongToTheModelThatAnswered();
    void aFileThatIsBeingReadIsNotAnsweredByAnotherModel();

private:
    QString newRows(int count);
};

/// A file with the inputs of the moons.
QString TestUsePage::newRows(int count)
{
    QFile file(m_folder.filePath(QStringLiteral("new.csv")));
    if (!file.open(QIODevice::WriteOnly))
        return {};
    QByteArray text;
    for (const InputColumn& input : m_experiment->model()->inputs())
        text += (text.isEmpty() ? "" : ",") + QByteArray::fromStdString(input.name);
    for (int i = 0; i < count; ++i)
        text += '\n' + QByteArray::number(i % 7 * 0.25) + ',' + QByteArray::number(i % 5 * 0.2);
    file.write(text + '\n');
    return file.fileName();
}

void TestUsePage::theThresholdIsPartOfTheAnswer()
{
    generate("moons");
    const TargetColumn target = m_experiment->model()->target();
    const QString no = QString::fromStdString(target.classes[0]), yes = QString::fromStdString(target.classes[1]);
    auto* bars = m_page->findChild<ProbabilityBars*>();
    const QString before = bars->accessibleDescription();
    const std::vector<double> inputs = m_experiment->view().inputs(*m_experiment->model());
    const double p = m_experiment->predictRow(inputs).probabilities[1];
    QVERIFY(p > 0.01 && p < 0.99);
    for (const double threshold : {p * 0.9, p + (1 - p) * 0.1}) {
        m_experiment->choices().setThreshold(threshold);
        const bool is = p >= threshold;
        QCOMPARE(named<QLabel>(QStringLiteral("Prediction"))->text(), QStringLiteral("%1: %2").arg(QString::fromStdString(target.name), is ? yes : no));
        const QString last = named<QLabel>(QStringLiteral("The arithmetic of the prediction"))->text().section(u'\n', -1);
        QVERIFY2(last.endsWith((is ? QStringLiteral(": ") + yes : QStringLiteral(": ") + no)) && last.contains(is ? QStringLiteral("is at least") : QStringLiteral("is below")), qPrintable(last));
        QVERIFY2(bars->accessibleDescription().startsWith(before) && bars->accessibleDescription().contains(QString::fromStdString(exactText(threshold))),
                 qPrintable(bars->accessibleDescription()));
    }
    // The class that is the answer is the bold one, and a mark stands where it changes.
    const QImage above = bars->grab().toImage();
    m_experiment->choices().setThreshold(p * 0.9);
    QVERIFY(bars->grab().toImage() != above);
    const QImage marked = bars->grab().toImage();
    m_experiment->choices().setThreshold({});
    QCOMPARE(bars->accessibleDescription(), before);
    QVERIFY(bars->grab().toImage() != marked);
}

void TestUsePage::theThresholdIsOneOfTheNumbers()
{
    generate("moons");
    m_experiment->choices().setLearner("logistic_regression");
    settle();
    ModelCard card(*m_experiment);
    card.resize(300, 700);
    card.show();
    const auto says = [&card](const QString& text) {
        const auto labels = card.findChildren<QLabel*>();
        return std::any_of(labels.begin(), labels.end(), [&](QLabel* label) { return label->isVisibleTo(&card) && label->text().contains(text); });
    };
    QVERIFY(says(QStringLiteral("3 number(s) are all that this model is.")));
    m_experiment->choices().setThreshold(0.24);
    const QString yes = QString::fromStdString(m_experiment->model()->target().classes[1]);
    for (const bool frozen : {false, true}) {
        if (frozen)
            m_experiment->freeze();
        QTRY_COMPARE(m_experiment->isFrozen(), frozen);
        QVERIFY(says(QStringLiteral("4 number(s) are all that this model is, the threshold among them.")));
        QVERIFY(says(QStringLiteral("%1 from P(%1) = 0.24").arg(yes)));
        auto* numbers = card.findChild<QTableWidget*>();
        QCOMPARE(numbers->rowCount(), 4);
        QCOMPARE(numbers->item(3, 1)->text(), QStringLiteral("0.24"));
    }
}

void TestUsePage::rowsBelongToTheModelThatAnswered()
{
    generate("moons");
    const auto* table = m_page->findChild<QTableView*>();
    QSignalSpy answered(m_page.get(), &UsePage::fileAnswered);
    m_page->predictFile(newRows(12));
    QTRY_COMPARE(answered.count(), 1);
    QPushButton* save = Hand::button(m_page.get(), QStringLiteral("Save result…"));
    QVERIFY(save->isEnabled() && table->isVisibleTo(m_page.get()));
    m_experiment->choices().setLearner("decision_tree");
    settle();
    QVERIFY(!save->isEnabled());
    QVERIFY(!table->isVisibleTo(m_page.get()));
    press(QStringLiteral("Predict again"));
    QTRY_COMPARE(answered.count(), 2);
    QVERIFY(save->isEnabled() && table->isVisibleTo(m_page.get()));
    QVERIFY(!Hand::button(m_page.get(), QStringLiteral("Predict again")));
    // Another threshold is another answer.
    m_experiment->choices().setThreshold(0.9);
    QVERIFY(!save->isEnabled());
}

void TestUsePage::aFileThatIsBeingReadIsNotAnsweredByAnotherModel()
{
    generate("moons");
    QSignalSpy answered(m_page.get(), &UsePage::fileAnswered);
    const QString file = newRows(200'000);
    QElapsedTimer since;
    since.start();
    m_page->predictFile(file);
    QTRY_COMPARE_WITH_TIMEOUT(answered.count(), 1, 60'000);
    const int longEnough = int(3 * since.elapsed()) + 200;
    m_page->predictFile(file);
    m_experiment->choices().setThreshold(0.9);
    QTest::qWait(longEnough);
    QCOMPARE(answered.count(), 1);
    QVERIFY(!Hand::button(m_page.get(), QStringLiteral("Save result…"))->isEnabled());
    QVERIFY(Hand::button(m_page.get(), QStringLiteral("Predict again")));
}

QTEST_MAIN(TestUsePage)
#include "tst_use_page.moc"
