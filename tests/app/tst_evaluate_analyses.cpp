#include "app/charts/bar_chart.h"
#include "app/charts/curve_chart.h"
#include "app/pages/coefficients_part.h"
#include "app/pages/cross_validation_part.h"
#include "app/pages/dependence_part.h"
#include "app/pages/importance_part.h"
#include "app/pages/learning_curve_part.h"
#include "app/pages/metrics_part.h"
#include "app/pages/penalty_path_part.h"
#include "app/pages/residual_values.h"
#include "app/pages/search_part.h"
#include "core/base/number_text.h"
#include "tests/support/evaluate_stage.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QScrollBar>

using namespace modelarium;

/// The folded parts of the Evaluate stage that are about the model: coefficients, influence, importance, dependence, intervals. What they
/// show is what the core computes, it is about the model of now, and the seal on the test rows holds.
class TestEvaluateAnalyses : public QObject, private EvaluateStage {
    Q_OBJECT

private Q_SLOTS:
    void init() { begin(); }
    void cleanup() { end(); }
    void coefficientsAreThoseOfTheCore();
    void coefficientsOfManyClassesTellTheReference();
    void thePathOfPenaltiesIsShown_data();
    void thePathOfPenaltiesIsShown();
    void coefficientsThatCannotBeHadAreASentence_data();
    void coefficientsThatCannotBeHadAreASentence();
    void coefficientsAreCopiedWhole();
    void influenceIsLinked();
    void contoursAreWhereTheDistanceIs();
    void importanceIsThatOfTheCoreAndKeepsTheSeal();
    void manyFeaturesAreTopped();
    void dependenceIsThatOfTheCore();
    void levelsAreBars();
    void nothingStaysFromTheModelBefore();
    void foldedPartsComputeNothing();
    void intervalsStandBelowTheTestMetrics();
    void frozenModelsAreAskedAndNotTrained();
    void tenClasses();
    void aThresholdThatTheTestRowsChoseIsSaid();
    void hopelessSharesAreNotDrawnAsIfMeasured();
};

void TestEvaluateAnalyses::coefficientsAreThoseOfTheCore()
{
    open(linearRows(80, 3));
    m_experiment->choices().setLearner("linear_regression");
    settle();
    auto* shown = unfold<CoefficientsPart>();
    auto* table = shown->findChild<QTableWidget*>();
    QTRY_VERIFY(table->isVisibleTo(m_page.get()));
    const EvaluationPtr evaluation = m_experiment->evaluation();
    const auto expected = inferCoefficients(*evaluation->model, evaluation->table, evaluation->split.train);
    QVERIFY(expected);
    QCOMPARE(table->rowCount(), int(expected->coefficients.size()));
    for (int row = 0; row < table->rowCount(); ++row) {
        const CoefficientInference& each = expected->coefficients[std::size_t(row)];
        const double values[] = {each.value, each.standardError, each.low, each.high};
        for (int place = 0; place < 4; ++place)
            QCOMPARE(fullValue(table, row, 0, place), values[place]);
        QCOMPARE(fullValue(table, row, 1, 0), each.statistic);
        QCOMPARE(fullValue(table, row, 1, 1), each.pValue);
    }
    QCOMPARE(table->verticalHeaderItem(1)->text(), QStringLiteral("feature_0"));
    QCOMPARE(table->horizontalHeaderItem(1)->text(), QStringLiteral("t\np"));
    QVERIFY(table->item(1, 1)->text().endsWith(QStringLiteral("\n< 0.0001")));
    QVERIFY(sentence(shown).contains(QStringLiteral("units of the data")));
    // In the column of a small laptop, and in that of one that magnifies twice, no figure lies beyond the edge: names without room stand above.
    for (const int width : {276, 226}) {
        m_page->resize(width, m_page->height());
        QTest::qWait(20);
        QCOMPARE(table->width(), width);
        QVERIFY2(table->horizontalScrollBar()->maximum() == 0, qPrintable(QString::number(table->horizontalHeader()->length())));
        QVERIFY(table->verticalHeaderItem(1)->toolTip() == QStringLiteral("feature_0"));
        const int lines = table->verticalHeaderItem(1)->text().isEmpty() ? 3 : 2;
        QVERIFY(table->rowHeight(1) >= lines * table->fontMetrics().height());
        QVERIFY(lines == 2 ? table->verticalHeader()->width() >= table->fontMetrics().horizontalAdvance(QStringLiteral("(intercept)")) : width == 226);
    }
    // Logistic regression has a z.
    generate("moons");
    m_experiment->choices().setLearner("logistic_regression");
    settle();
    QVERIFY(m_experiment->choices().setHyperparameter("penalty", std::string("none")));
    settle();
    QTRY_VERIFY(table->isVisibleTo(m_page.get()) && table->horizontalHeaderItem(1)->text() == QStringLiteral("z\np"));
    QTRY_VERIFY(sentence(shown).contains(QStringLiteral("log odds")));
}

/// Only differences of scores say anything: the class that all others are compared with is named.
void TestEvaluateAnalyses::coefficientsOfManyClassesTellTheReference()
{
    QByteArray text = "a,b,kind\n";
    for (int i = 0; i < 150; ++i)
        text += QByteArray::number(i * 37 % 100) + ',' + QByteArray::number(i * 53 % 97) + ',' + QByteArray("xyz").mid(i * i % 3 == 0 ? i % 3 : i * 7 % 3, 1) + '\n';
    open(text);
    m_experiment->choices().setLearner("logistic_regression");
    settle();
    QVERIFY(m_experiment->choices().setHyperparameter("penalty", std::string("none")));
    settle();
    auto* shown = unfold<CoefficientsPart>();
    auto* table = shown->findChild<QTableWidget*>();
    QTRY_VERIFY2_WITH_TIMEOUT(table->isVisibleTo(m_page.get()), qPrintable(sentence(shown)), 20'000);
    const Evaluation& evaluation = *m_experiment->evaluation();
    const auto expected = inferCoefficients(*evaluation.model, evaluation.table, evaluation.split.train);
    QVERIFY(expected && !expected->referenceClass.empty());
    const QString reference = QString::fromStdString(expected->referenceClass);
    QVERIFY2(sentence(shown).contains(reference + QStringLiteral(", the reference class")), qPrintable(sentence(shown)));
    QVERIFY(!sentence(shown).contains(QStringLiteral("log odds of")));
    QVERIFY(table->horizontalHeaderItem(0)->toolTip().contains(QStringLiteral("log odds of a class against ") + reference));
}

void TestEvaluateAnalyses::thePathOfPenaltiesIsShown_data()
{
    QTest::addColumn<QString>("learner");
    QTest::newRow("lasso") << "lasso_regression";
    QTest::newRow("elastic net") << "elastic_net";
    QTest::newRow("ridge") << "ridge_regression";
}

/// What `show` of the command line tells: the error over the strength of the penalty, with its spread, the features in use, the one chosen.
void TestEvaluateAnalyses::thePathOfPenaltiesIsShown()
{
    QFETCH(QString, learner);
    open(linearRows(90, 4));
    m_experiment->choices().setLearner(learner.toStdString());
    settle();
    auto* shown = part<PenaltyPathPart>();
    QVERIFY(!shown->isVisibleTo(m_page.get()));             // one penalty, that a person chose
    QVERIFY(m_experiment->choices().setHyperparameter("penalty_choice", std::string("cross_validated")));
    settle();
    QTRY_VERIFY(shown->isVisibleTo(m_page.get()));
    shown->setFolded(false);
    const auto path = m_experiment->model()->provenance().found.penaltyPath;
    QVERIFY(path && path->alphas.size() > 5);
    const QString chosen = QString::fromStdString(shortText(path->alphas[path->chosen], 4));
    QVERIFY2(sentence(shown).contains(QStringLiteral("alpha = %1 was chosen").arg(chosen)), qPrintable(sentence(shown)));
    auto* table = shown->findChild<QTableWidget*>();
    int marked = 0;
    for (int row = 0; row < table->rowCount(); ++row) {
        const auto place = std::size_t(std::find(path->alphas.begin(), path->alphas.end(), fullValue(table, row, 0)) - path->alphas.begin());
        QVERIFY(place < path->alphas.size());
        QCOMPARE(table->item(row, 1)->text(), QString::number(path->featuresInUse[place]));
        QCOMPARE(fullValue(table, row, 2, 0), path->errors[place]);
        QCOMPARE(fullValue(table, row, 2, 1), path->standardErrors[place]);
        QCOMPARE(table->item(row, 0)->font().bold(), place == path->chosen);
        marked += place == path->chosen;
    }
    QCOMPARE(marked, 1);
    auto* chart = shown->findChild<CurveChart*>();
    QVERIFY(chart->isVisibleTo(m_page.get()) && !chart->grab().isNull());
    QVERIFY(sentence(shown).contains(QStringLiteral("dotted lines")));
    QCOMPARE(sentence(shown).contains(QStringLiteral("weakest that was tried")), path->chosen + 1 == path->alphas.size());
    // Another look is all of it: nothing keeps the colour of the one before.
    for (const Look* look : {&Look::darkLook(), &Look::light()}) {
        applyLook(*qApp, *look);
        m_page->setLook(*look);
        const QImage image = chart->grab().toImage();
        const QColor before = (look->dark ? Look::light() : Look::darkLook()).accent;
        int kept = 0, now = 0;
        for (int y = 0; y < image.height(); ++y) {
            for (int x = 0; x < image.width(); ++x) {
                kept += image.pixelColor(x, y) == before;
                now += image.pixelColor(x, y) == look->accent;
            }
        }
        QCOMPARE(kept, 0);
        QVERIFY(now > 0);
    }
    // It stays with the frozen model, and leaves with another one.
    m_experiment->freeze();
    QTRY_VERIFY_WITH_TIMEOUT(m_experiment->isFrozen() && m_experiment->evaluation()->model == m_experiment->model(), 20'000);
    QVERIFY(shown->isVisibleTo(m_page.get()));
    m_experiment->unfreezeCopy();
    m_experiment->choices().setLearner("linear_regression");
    settle();
    QTRY_VERIFY(!shown->isVisibleTo(m_page.get()));
}

void TestEvaluateAnalyses::coefficientsThatCannotBeHadAreASentence_data()
{
    QTest::addColumn<QByteArray>("rows");
    QTest::addColumn<QString>("learner");
    QTest::addColumn<QString>("says");
    QByteArray twins = "a,b,y\n";
    for (int i = 0; i < 40; ++i)
        twins += QByteArray::number(i) + ',' + QByteArray::number(2 * i) + ',' + QByteArray::number(i * i % 17) + '\n';
    QTest::newRow("penalty") << linearRows(60, 2) << QStringLiteral("ridge_regression") << QStringLiteral("without a penalty");
    QTest::newRow("singular") << twins << QStringLiteral("linear_regression") << QStringLiteral("combinations of others");
    QTest::newRow("too few") << linearRows(6, 6) << QStringLiteral("linear_regression") << QStringLiteral("more rows than coefficients");
}

void TestEvaluateAnalyses::coefficientsThatCannotBeHadAreASentence()
{
    QFETCH(QByteArray, rows);
    QFETCH(QString, learner);
    QFETCH(QString, says);
    open(rows);
    m_experiment->choices().setLearner(learner.toStdString());
    settle();
    auto* shown = unfold<CoefficientsPart>();
    QTRY_VERIFY2(sentence(shown).contains(says), qPrintable(sentence(shown)));
    QVERIFY(!shown->findChild<QTableWidget*>()->isVisibleTo(m_page.get()));
    QVERIFY(!shown->grab().isNull());
}

void TestEvaluateAnalyses::coefficientsAreCopiedWhole()
{
    open(linearRows(80, 2));
    m_experiment->choices().setLearner("linear_regression");
    settle();
    auto* table = unfold<CoefficientsPart>()->findChild<QTableWidget*>();
    QTRY_VERIFY(table->isVisibleTo(m_page.get()));
    table->setFocus();
    table->clearSelection();
    QTest::keyClick(table, Qt::Key_C, Qt::ControlModifier);
    const QStringList lines = QGuiApplication::clipboard()->text().split(u'\n');
    QCOMPARE(lines.size(), 4);
    QVERIFY(lines[0].contains(QStringLiteral("Std. error")));
    // A column for each figure, under its own name.
    const QStringList heads = lines[0].split(u'\t'), cells = lines[2].split(u'\t');
    QCOMPARE(cells.size(), heads.size());
    QCOMPARE(cells.at(heads.indexOf(QStringLiteral("Coefficient"))).toDouble(), fullValue(table, 1, 0));
    QCOMPARE(cells.at(heads.indexOf(QStringLiteral("p"))).toDouble(), fullValue(table, 1, 1, 1));
}

void TestEvaluateAnalyses::influenceIsLinked()
{
    open(linearRows(80, 2));
    m_experiment->choices().setLearner("linear_regression");
    settle();
    choose(QStringLiteral("Picture of the errors"), QStringLiteral("Errors against leverage (Cook's distance)"));
    auto* chart = named<CurveChart>(QStringLiteral("Errors, a point each"));
    const EvaluationPtr evaluation = m_experiment->evaluation();
    const auto expected = residualDiagnostics(*evaluation->model, evaluation->table, evaluation->split.train);
    QVERIFY(expected && expected->cooksDistance.size() > 0);
    Eigen::Index most = 0;
    const double largest = expected->cooksDistance.maxCoeff(&most);
    const std::size_t strongest = expected->rows[std::size_t(most)];
    const auto said = [&] {
        for (const QLabel* label : m_page->findChildren<QLabel*>()) {
            if (label->text().contains(QStringLiteral("Row %1 moves the model most").arg(strongest + 1))
                && label->text().contains(QString::fromStdString(shortText(largest, 3))))
                return true;
        }
        return false;
    };
    QTRY_VERIFY(said());
    // A press on its point selects the row.
    const PlotScale scale = chart->scale();
    const QPointF at = scale.toPixel(expected->leverage[most], expected->standardised[most]);
    QTest::mouseClick(chart->viewport(), Qt::LeftButton, {}, at.toPoint());
    QCOMPARE(m_experiment->view().selection(), std::vector<std::size_t>{strongest});
    // Where there is no leverage there is a sentence instead of points of before.
    m_experiment->choices().setLearner("decision_tree");
    settle();
    QTest::qWait(600);
    QVERIFY(!said());
    QVERIFY(!chart->grab().isNull());
}

void TestEvaluateAnalyses::contoursAreWhereTheDistanceIs()
{
    for (const double distance : {0.5, 1.0}) {
        for (const QPointF& point : cookContour(distance, 3, 0.9)) {
            const double h = point.x(), r = point.y();
            // The definition in inference.h, to a few roundings.
            QVERIFY(std::abs(r * r * h / (3 * (1 - h)) - distance) < 1e-12);
        }
    }
    ResidualDiagnostics many;
    const int n = 50'000;
    many.leverage = Vector::Constant(n, 2.0 / n);
    many.standardised = Vector::Zero(n);
    many.cooksDistance = Vector::Zero(n);
    for (int i = 0; i < n; ++i)
        many.rows.push_back(std::size_t(i));
    many.cooksDistance[777] = 2;
    const Influence thinned = influenceOf(many, 1000);
    QVERIFY(thinned.points.size() <= 1100);
    QCOMPARE(thinned.strongestRow, std::size_t(777));
    QCOMPARE(thinned.coefficients, 2.0);
    QVERIFY(std::any_of(thinned.points.begin(), thinned.points.end(), [](const PlotPoint& point) { return point.row == 777; }));
}

void TestEvaluateAnalyses::importanceIsThatOfTheCoreAndKeepsTheSeal()
{
    open(linearRows(120, 3));
    auto* shown = unfold<ImportancePart>();
    auto* chart = shown->findChild<BarChart*>();
    QTRY_VERIFY(chart->isVisibleTo(m_page.get()));
    // The test rows are under seal: it is about the training rows.
    QVERIFY(!m_experiment->isTestVisible());
    QVERIFY(sentence(shown).contains(QStringLiteral("training rows")));
    const auto compare = [&](const std::vector<std::size_t>& rows) {
        const EvaluationPtr evaluation = m_experiment->evaluation();
        const auto expected = permutationImportance(*evaluation->model, evaluation->table, rows);
        QVERIFY(expected);
        QCOMPARE(chart->bars().size(), expected->inputs.size());
        for (const ChartBar& bar : chart->bars()) {
            const auto input = std::find_if(expected->inputs.begin(), expected->inputs.end(), [&](const InputImportance& one) {
                return QString::fromStdString(one.input) == bar.name;
            });
            QCOMPARE(bar.value, input->mean);
            QCOMPARE(bar.spread, input->standardDeviation);
        }
        for (std::size_t i = 1; i < chart->bars().size(); ++i)
            QVERIFY(chart->bars()[i - 1].value >= chart->bars()[i].value);
    };
    compare(m_experiment->evaluation()->split.train);
    QCOMPARE(m_experiment->testLooks().count(m_experiment->setup()), 0);
    QCOMPARE(chart->bars().front().name, QStringLiteral("feature_0"));
    // Once the seal is broken it is about the test rows, as everything below the choice is.
    press(QStringLiteral("Look at the test set"));
    QTRY_VERIFY(sentence(shown).contains(QStringLiteral("test rows")) && chart->isVisibleTo(m_page.get()));
    compare(m_experiment->evaluation()->split.test);
    // A bar opens what its feature does.
    QVERIFY(!part<DependencePart>()->isOpen());
    const int height = chart->height() / int(chart->bars().size());
    QTest::mouseClick(chart, Qt::LeftButton, {}, QPoint(20, height + height / 2));
    QVERIFY(part<DependencePart>()->isOpen());
    QCOMPARE(named<QComboBox>(QStringLiteral("Feature that is set by hand"))->currentText(), chart->bars()[1].name);
    chart->setFocus();
    QTest::keyClick(chart, Qt::Key_Down);
    QCOMPARE(named<QComboBox>(QStringLiteral("Feature that is set by hand"))->currentText(), chart->bars()[2].name);
    QVERIFY(!chart->grab().isNull());
}

void TestEvaluateAnalyses::manyFeaturesAreTopped()
{
    open(linearRows(300, 200));
    m_experiment->choices().setLearner("linear_regression");
    settle();
    auto* importance = unfold<ImportancePart>();
    auto* chart = importance->findChild<BarChart*>();
    QTRY_VERIFY_WITH_TIMEOUT(chart->isVisibleTo(m_page.get()), 30'000);
    QCOMPARE(chart->bars().size(), std::size_t(12));
    QVERIFY2(sentence(importance).contains(QStringLiteral("188 more feature")), qPrintable(sentence(importance)));
    auto* coefficients = unfold<CoefficientsPart>();
    auto* table = coefficients->findChild<QTableWidget*>();
    QTRY_VERIFY_WITH_TIMEOUT(table->isVisibleTo(m_page.get()), 30'000);
    QCOMPARE(table->rowCount(), 201);
    QVERIFY(table->isRowHidden(100));
    press(QStringLiteral("Show all 201"));
    QVERIFY(!table->isRowHidden(100));
}

void TestEvaluateAnalyses::dependenceIsThatOfTheCore()
{
    generate("moons");
    auto* shown = unfold<DependencePart>();
    auto* chart = shown->findChild<CurveChart*>();
    QTRY_VERIFY(chart->isVisibleTo(m_page.get()));
    auto* feature = named<QComboBox>(QStringLiteral("Feature that is set by hand"));
    const EvaluationPtr evaluation = m_experiment->evaluation();
    PartialDependenceOptions options;
    options.curves = 40;
    const auto expected = partialDependence(*evaluation->model, evaluation->table, evaluation->split.test, feature->currentText().toStdString(), options);
    QVERIFY(expected);
    const std::string first = QStringLiteral("%1 %").arg(expected->mean(0, 1) * 100, 0, 'f', 1).toStdString();
    QVERIFY2(chart->accessibleDescription().contains(QString::fromStdString(first)), qPrintable(chart->accessibleDescription()));
    choose(QStringLiteral("Class whose probability is drawn"), QString::fromStdString(evaluation->model->target().classes.front()));
    const std::string other = QStringLiteral("%1 %").arg(expected->mean(0, 0) * 100, 0, 'f', 1).toStdString();
    QVERIFY2(chart->accessibleDescription().contains(QString::fromStdString(other)), qPrintable(chart->accessibleDescription()));
    choose(QStringLiteral("Feature that is set by hand"), feature->itemText(1));
    QTRY_VERIFY(sentence(shown).contains(QStringLiteral("only %1 is set").arg(feature->itemText(1))));
    QVERIFY(!chart->grab().isNull());
    // One feature.
    generate("line");
    QTRY_VERIFY(chart->isVisibleTo(m_page.get()) && sentence(shown).contains(QStringLiteral("only")));
    QCOMPARE(feature->count(), 1);
}

void TestEvaluateAnalyses::levelsAreBars()
{
    QByteArray text = "colour,size,y\n";
    const char* colours[] = {"red", "green", "blue"};
    for (int i = 0; i < 90; ++i)
        text += QByteArray(colours[i % 3]) + ',' + QByteArray::number(i % 7) + ',' + QByteArray::number((i % 3) * 10 + i % 7 + i % 2) + '\n';
    open(text);
    m_experiment->choices().setRole(2, Role::Target);
    m_experiment->choices().setTask(Task::Regression);
    m_experiment->choices().setLearner("linear_regression");
    settle();
    auto* shown = unfold<DependencePart>();
    choose(QStringLiteral("Feature that is set by hand"), QStringLiteral("colour"));
    auto* bars = shown->findChild<BarChart*>();
    QTRY_VERIFY(bars->isVisibleTo(m_page.get()));
    QCOMPARE(bars->bars().size(), std::size_t(3));
    QCOMPARE(bars->bars().front().name, QStringLiteral("blue"));
    QVERIFY(!shown->grab().isNull());
}

void TestEvaluateAnalyses::nothingStaysFromTheModelBefore()
{
    open(linearRows(120, 3));
    m_experiment->choices().setLearner("linear_regression");
    settle();
    auto* shown = unfold<ImportancePart>();
    auto* chart = shown->findChild<BarChart*>();
    QTRY_VERIFY(chart->isVisibleTo(m_page.get()));
    const double before = chart->bars().front().value;
    m_experiment->choices().setLearner("decision_tree");
    QVERIFY(m_experiment->choices().setHyperparameter("max_depth", std::int64_t(1)));
    settle();
    QTRY_VERIFY(chart->isVisibleTo(m_page.get()) && chart->bars().front().value != before);
    const EvaluationPtr evaluation = m_experiment->evaluation();
    const auto expected = permutationImportance(*evaluation->model, evaluation->table, evaluation->split.train);
    QTRY_COMPARE(chart->bars().front().value, std::max_element(expected->inputs.begin(), expected->inputs.end(), [](const auto& a, const auto& b) {
                     return a.mean < b.mean;
                 })->mean);
}

void TestEvaluateAnalyses::foldedPartsComputeNothing()
{
    open(linearRows(60, 3));
    QTest::qWait(400);
    QVERIFY(part<ImportancePart>()->findChild<BarChart*>()->bars().empty());
    QCOMPARE(part<CoefficientsPart>()->findChild<QTableWidget*>()->rowCount(), 0);
}

void TestEvaluateAnalyses::intervalsStandBelowTheTestMetrics()
{
    open(linearRows(120, 3));
    auto* table = named<QTableWidget>(QStringLiteral("Metrics on training rows and on test rows"));
    QCOMPARE(table->item(0, 2)->text(), QStringLiteral("sealed"));
    QTest::qWait(500);
    QCOMPARE(table->item(0, 2)->text(), QStringLiteral("sealed"));
    press(QStringLiteral("Look at the test set"));
    QTRY_VERIFY_WITH_TIMEOUT(table->item(0, 2)->text().contains(QStringLiteral(" to ")), 20'000);
    const auto expected = testIntervals(*m_experiment->evaluation(), {});
    QVERIFY(expected);
    const MetricInterval& r2 = expected->at("r2");
    QCOMPARE(table->item(0, 0)->text(), QStringLiteral("R²"));
    QVERIFY2(table->item(0, 2)->text().endsWith(QStringLiteral("%1 to %2").arg(QString::fromStdString(shortText(r2.low)), QString::fromStdString(shortText(r2.high)))),
             qPrintable(table->item(0, 2)->text()));
    QVERIFY(r2.low <= r2.value && r2.value <= r2.high);
}

void TestEvaluateAnalyses::frozenModelsAreAskedAndNotTrained()
{
    generate("line");
    m_experiment->freeze();
    QTRY_VERIFY_WITH_TIMEOUT(m_experiment->isFrozen(), 20'000);
    QTRY_VERIFY(m_experiment->evaluation()->model == m_experiment->model());
    auto* coefficients = unfold<CoefficientsPart>();
    auto* table = coefficients->findChild<QTableWidget*>();
    QTRY_VERIFY(table->isVisibleTo(m_page.get()));
    for (PlanPart* each : {static_cast<PlanPart*>(unfold<CrossValidationPart>()), static_cast<PlanPart*>(unfold<SearchPart>())})
        QVERIFY2(sentence(each).contains(QStringLiteral("frozen")), qPrintable(sentence(each)));
    const QString path = m_folder.filePath(QStringLiteral("line.model.json"));
    QVERIFY(m_experiment->saveModel(path));
    // Its file alone, without any data: nothing to see, and nothing that breaks.
    m_page.reset();
    m_experiment = std::make_unique<Experiment>();
    m_page = std::make_unique<EvaluatePage>(*m_experiment);
    m_page->show();
    m_experiment->openModel(path);
    QTRY_VERIFY(m_experiment->isFrozen());
    QTest::qWait(300);
    QVERIFY(!m_page->grab().isNull());
    // Beside other rows it has no training rows that errors could come from.
    m_experiment->data().generate("line", 50, 0.25, 9);
    QTRY_VERIFY_WITH_TIMEOUT(m_experiment->evaluation() && !m_experiment->evaluation()->error && m_experiment->evaluation()->rowsChanged, 20'000);
    coefficients = unfold<CoefficientsPart>();
    QTRY_VERIFY2(sentence(coefficients).contains(QStringLiteral("not here")), qPrintable(sentence(coefficients)));
    auto* importance = unfold<ImportancePart>();
    QTRY_VERIFY(importance->findChild<BarChart*>()->isVisibleTo(m_page.get()));
    QVERIFY(!m_page->grab().isNull());
}

void TestEvaluateAnalyses::tenClasses()
{
    QByteArray text = "a,b,kind\n";
    for (int i = 0; i < 300; ++i)
        text += QByteArray::number((i % 10) * 3 + i % 4) + ',' + QByteArray::number((i % 10) * (i % 3)) + ",class number " + QByteArray::number(i % 10) + '\n';
    open(text);
    unfold<ImportancePart>();
    auto* dependence = unfold<DependencePart>();
    QTRY_VERIFY_WITH_TIMEOUT(dependence->findChild<CurveChart*>()->isVisibleTo(m_page.get()), 30'000);
    auto* classes = named<QComboBox>(QStringLiteral("Class whose probability is drawn"));
    QCOMPARE(classes->count(), 10);
    for (int k = 0; k < 10; ++k) {
        classes->setCurrentIndex(k);
        Q_EMIT classes->activated(k);
        QVERIFY(!dependence->findChild<CurveChart*>()->accessibleDescription().contains(QStringLiteral("nan")));
    }
    QVERIFY(!m_page->grab().isNull());
}

void TestEvaluateAnalyses::aThresholdThatTheTestRowsChoseIsSaid()
{
    generate("moons");
    const auto looks = [this] { return m_experiment->testLooks().sentence(m_experiment->setup()); };
    const QString chosen = QStringLiteral("threshold of this model was chosen by the test rows");
    QTRY_VERIFY(looks().contains(QStringLiteral("honest")));
    choose(QStringLiteral("Rows that are looked at"), QStringLiteral("Training rows"));
    Q_EMIT named<CurveChart>(QStringLiteral("ROC curve: hits against false alarms"))->markerDragged(QPointF(0, 0.5), true);
    QVERIFY(m_experiment->setup().threshold);
    QVERIFY2(!looks().contains(chosen), qPrintable(looks()));
    m_experiment->undoStack().undo();
    QTRY_VERIFY(m_experiment->evaluation()->model == m_experiment->model());
    choose(QStringLiteral("Rows that are looked at"), QStringLiteral("Test rows"));
    Q_EMIT named<CurveChart>(QStringLiteral("ROC curve: hits against false alarms"))->markerDragged(QPointF(0, 0.5), true);
    QVERIFY(m_experiment->setup().threshold);
    QVERIFY2(looks().contains(chosen) && !looks().contains(QStringLiteral("honest")), qPrintable(looks()));
    // It goes along with other choices, and was chosen by those rows all the same.
    m_experiment->choices().setLearner("gaussian_naive_bayes");
    QVERIFY(m_experiment->setup().threshold);
    QVERIFY2(looks().contains(chosen), qPrintable(looks()));
    m_experiment->undoStack().undo();
    m_experiment->choices().setThreshold({});
    QVERIFY2(!looks().contains(chosen), qPrintable(looks()));
}

/// Twelve weights and an intercept from as many rows fit the noise, and are worse than any guess; what they score is told in words.
void TestEvaluateAnalyses::hopelessSharesAreNotDrawnAsIfMeasured()
{
    QByteArray text;
    for (int j = 0; j < 12; ++j)
        text += "x" + QByteArray::number(j) + ',';
    text += "y\n";
    quint32 state = 7;
    const auto noise = [&state] { return double((state = state * 1664525u + 1013904223u) >> 8) / double(1 << 24); };
    for (int i = 0; i < 222; ++i) {                         // a tenth of what four of five folds learn from is 13 rows
        double sum = 0;
        for (int j = 0; j < 12; ++j) {
            const double x = noise();
            sum += x;
            text += QByteArray::number(x) + ',';
        }
        text += QByteArray::number(sum + 4 * noise()) + '\n';
    }
    open(text);
    m_experiment->choices().setRole(12, Role::Target);
    m_experiment->choices().setLearner("linear_regression");
    settle();
    auto* part = m_page->findChild<LearningCurvePart*>();
    part->setFolded(false);
    press(QStringLiteral("Draw the learning curve"));
    CurveChart* curve = named<CurveChart>(QStringLiteral("Learning curve: score over the number of rows learned from"));
    QTRY_VERIFY_WITH_TIMEOUT(curve->isVisibleTo(m_page.get()), 60'000);
    const QString said = sentence(part);
    QVERIFY2(said.contains(QStringLiteral("gave less than -2, which is not drawn.")), qPrintable(said));
    qsizetype points = 0;
    for (QAbstractSeries* series : curve->chart()->series()) {
        for (const QPointF& point : qobject_cast<QLineSeries*>(series)->points()) {
            QVERIFY2(point.y() > -2, qPrintable(QString::number(point.y())));
            ++points;
        }
    }
    QVERIFY(points >= 6);
}

QTEST_MAIN(TestEvaluateAnalyses)
#include "tst_evaluate_analyses.moc"
