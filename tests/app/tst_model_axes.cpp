#include "app/charts/plot_view.h"
#include "app/document/experiment.h"
#include "app/pages/plot_card.h"
#include "app/pages/plot_overlay.h"
#include "app/widgets/look.h"
#include "tests/support/window_parts.h"

#include <QMenu>
#include <QTemporaryDir>
#include <QToolButton>

#include <algorithm>
#include <cmath>
#include <set>

using namespace modelarium;

/// A model that was opened without any rows can be looked at from every side: its features are the axes, and what it answers goes up.
class TestModelAxes : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { applyLook(*qApp, Look::light()); }
    void featuresAreOffered_data();
    void featuresAreOffered();
    void nothingToChooseSaysWhy();
    void theTargetNeverGoesAcross();
    void aNarrowCardHasAMenu();
    void levelsAreMatchedByName_data();
    void levelsAreMatchedByName();

private:
    static void settle(Experiment& experiment);
    static void useAll(Experiment& experiment, const QString& target);
    static void choose(QComboBox& box, const QString& entry);

    QTemporaryDir m_folder;
};

void TestModelAxes::settle(Experiment& experiment)
{
    QTRY_VERIFY_WITH_TIMEOUT(experiment.state() == ExperimentState::Trained && experiment.currentTraining(), 30'000);
}

/// Every other column is a feature.
void TestModelAxes::useAll(Experiment& experiment, const QString& target)
{
    std::vector<Role> roles(experiment.setup().table.columns(), Role::Feature);
    roles[*experiment.setup().table.find(target.toStdString())] = Role::Target;
    experiment.choices().setRoles(roles);
    settle(experiment);
}

void TestModelAxes::choose(QComboBox& box, const QString& entry)
{
    const int index = box.findText(entry);
    QVERIFY2(index >= 0, qPrintable(entry));
    box.setCurrentIndex(index);
    Q_EMIT box.activated(index);
    QTest::qWait(20);
}

void TestModelAxes::levelsAreMatchedByName_data()
{
    QTest::addColumn<int>("unknown");
    QTest::newRow("as missing") << int(UnknownCategory::TreatAsMissing);
    QTest::newRow("a level of their own") << int(UnknownCategory::OwnLevel);
}

/// The rows may have other levels than the model, and in another order: what is drawn at a level is what the model answers there.
void TestModelAxes::levelsAreMatchedByName()
{
    QFETCH(int, unknown);
    const std::vector<std::string> words{"violet", "red", "blue", "green", "red", "blue", "red", "green", "red", "blue", "green", "red"};
    Buffer<double> values;
    for (std::size_t i = 0; i < words.size(); ++i)
        values.push_back(double(words[i].size()) + 0.01 * double(i));
    const Table table = *Table::make({std::make_shared<const Column>(Column::categories("colour", words)), std::make_shared<const Column>(Column::numbers("value", values))});
    TrainingPlan plan;
    plan.learner = "decision_tree";
    plan.target = "value";
    plan.features = {"colour"};
    plan.task = Task::Regression;
    plan.preparation.unknownCategory = UnknownCategory(unknown);
    // The row with violet is kept back, and of the others blue comes first.
    const auto training = prepareTraining(table, plan, Split{{2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, {0, 1}});
    QVERIFY(training);
    QCOMPARE(training->preparation.inputs()[0].levels.front(), std::string("blue"));
    const auto outcome = fit(*training->learner, training->train, 1);
    const ModelPtr model = *snapshotModel(*training, outcome->parameters, outcome->last.step);
    Picture picture;
    picture.kind = PictureKind::Curve;
    picture.x.column = "colour";
    picture.x.levels = {QStringLiteral("violet"), QStringLiteral("red"), QStringLiteral("blue"), QStringLiteral("green")};
    picture.y.column = "value";
    const auto slice = sliceOf(picture, *model, {0});
    QVERIFY(slice);
    const DecisionSurface surface = levelSurface(*model, *slice, picture);
    const auto answers = model->predict(*Table::make({std::make_shared<const Column>(Column::categories("colour", std::vector<std::string>{"violet", "red", "blue", "green"}))}));
    QVERIFY(answers);
    QCOMPARE(surface.values.size(), std::size_t(4));
    for (std::size_t level = 0; level < 4; ++level)
        QCOMPARE(surface.values[level], float(answers->values[Eigen::Index(level)]));
    QVERIFY(surface.values[1] < surface.values[2] && surface.values[2] < surface.values[3]);
    QCOMPARE(placeOfInput(picture.x, inputAt(picture.x, 3, *model, 0), *model, 0), 3.0);
    // Violet is none of the model's: it counts as missing, or is the last level, which has no place on the axis.
    const double violet = inputAt(picture.x, 0, *model, 0);
    if (UnknownCategory(unknown) == UnknownCategory::OwnLevel)
        QVERIFY(violet == 3 && std::isnan(placeOfInput(picture.x, violet, *model, 0)));
    else
        QVERIFY(std::isnan(violet));
    // What was asked of one model is asked of the next by its name.
    ViewState view;
    view.setInput(*model, "colour", inputAt(picture.x, 3, *model, 0));
    const auto again = prepareTraining(table, plan, Split{{0, 1, 2, 3, 4, 5, 6, 7}, {8, 9, 10, 11}});
    const auto newOutcome = fit(*again->learner, again->train, 1);
    const ModelPtr other = *snapshotModel(*again, newOutcome->parameters, newOutcome->last.step);
    QCOMPARE(other->inputs()[0].levels[std::size_t(view.inputs(*other)[0])], std::string("green"));
    QVERIFY(view.inputs(*other) != view.inputs(*model));
}

void TestModelAxes::featuresAreOffered_data()
{
    QTest::addColumn<QString>("sample");
    QTest::addColumn<QString>("target");
    QTest::addColumn<QString>("across");
    QTest::addColumn<QString>("up");
    QTest::addColumn<int>("kind");
    QTest::newRow("classes over two other features") << "penguins" << "species" << "body_mass_g" << "flipper_length_mm" << int(PictureKind::Regions);
    QTest::newRow("classes along one feature") << "penguins" << "species" << "body_mass_g" << "species" << int(PictureKind::Strip);
    QTest::newRow("a number over two features") << "penguins" << "body_mass_g" << "bill_length_mm" << "bill_depth_mm" << int(PictureKind::Heat);
    QTest::newRow("a number along one feature") << "penguins" << "body_mass_g" << "flipper_length_mm" << "body_mass_g" << int(PictureKind::Curve);
    QTest::newRow("a number over names") << "penguins" << "body_mass_g" << "island" << "body_mass_g" << int(PictureKind::Curve);
}

void TestModelAxes::featuresAreOffered()
{
    QFETCH(QString, sample);
    QFETCH(QString, target);
    QFETCH(QString, across);
    QFETCH(QString, up);
    QFETCH(int, kind);
    const QString path = m_folder.filePath(QStringLiteral("own.model.json"));
    {
        Experiment first;
        openSample(first, qPrintable(sample));
        settle(first);
        useAll(first, target);
        first.freeze();
        QTRY_VERIFY_WITH_TIMEOUT(first.isFrozen(), 20'000);
        QVERIFY(first.saveModel(path));
    }
    Experiment experiment;
    PlotCard card(experiment);
    card.resize(700, 500);
    card.show();
    experiment.openModel(path);
    QTest::qWait(50);
    auto* x = named<QComboBox>(card, QStringLiteral("Across"));
    auto* y = named<QComboBox>(card, QStringLiteral("Up"));
    QVERIFY(x->isEnabled() && x->currentIndex() >= 0 && y->currentIndex() >= 0);
    QCOMPARE(x->count(), int(experiment.model()->inputs().size()));
    QVERIFY(x->findText(target) < 0 && y->findText(target) >= 0);
    QCOMPARE(card.picture().x.column, x->currentText().toStdString());
    choose(*x, across);
    choose(*y, up);
    QCOMPARE(int(card.picture().kind), kind);
    QCOMPARE(card.picture().x.column, across.toStdString());
    QCOMPARE(card.picture().y.column, up.toStdString());
    QCOMPARE(x->currentText(), across);
    QCOMPARE(y->currentText(), up);
    if (PictureKind(kind) == PictureKind::Heat) {
        // The colours go from the lowest answer to the highest, though there are no rows that would say how far.
        QTest::qWait(200);
        const QImage seen = card.view().grab().toImage();
        const PlotScale scale = card.view().plotScale();
        const auto at = [&](double right, double down) { return seen.pixelColor((scale.area.topLeft() + QPointF(right * scale.area.width(), down * scale.area.height())).toPoint() * seen.devicePixelRatio()); };
        std::set<QRgb> colours;
        for (int i = 1; i < 10; ++i)
            colours.insert(at(i / 10.0, 1 - i / 10.0).rgb());
        QVERIFY2(colours.size() > 3, qPrintable(QString::number(colours.size())));
    }
    if (PictureKind(kind) != PictureKind::Curve)
        return;
    // The axis holds what the model answers along it, the other features as they are held.
    const Model& model = *experiment.model();
    std::vector<double> inputs = experiment.view().inputs(model), workspace(model.workspaceSize());
    const auto place = std::find_if(model.inputs().begin(), model.inputs().end(), [&](const InputColumn& input) { return input.name == across.toStdString(); });
    for (int i = 0; i <= 4; ++i) {
        const bool names = !place->levels.empty();
        inputs[std::size_t(place - model.inputs().begin())] = names ? double(i) * double(place->levels.size() - 1) / 4
                                                                     : place->minimum + (place->maximum - place->minimum) * i / 4;
        if (names)
            inputs[std::size_t(place - model.inputs().begin())] = std::floor(inputs[std::size_t(place - model.inputs().begin())]);
        double answer = 0;
        model.predictRow(inputs.data(), workspace.data(), &answer);
        QVERIFY(answer >= card.picture().y.minimum && answer <= card.picture().y.maximum);
    }
}

void TestModelAxes::nothingToChooseSaysWhy()
{
    Experiment experiment;
    PlotCard card(experiment);
    card.show();
    for (const QString& name : {QStringLiteral("Across"), QStringLiteral("Up")}) {
        auto* box = named<QComboBox>(card, name);
        QVERIFY(!box->isEnabled());
        QVERIFY2(box->toolTip().contains(QStringLiteral("nothing to choose from")), qPrintable(box->toolTip()));
    }
}

/// Both axes the same change places, but the target has no place across.
void TestModelAxes::theTargetNeverGoesAcross()
{
    Experiment experiment;
    PlotCard card(experiment);
    card.resize(700, 500);
    card.show();
    openSample(experiment, "penguins");
    settle(experiment);
    useAll(experiment, QStringLiteral("body_mass_g"));
    auto* x = named<QComboBox>(card, QStringLiteral("Across"));
    auto* y = named<QComboBox>(card, QStringLiteral("Up"));
    choose(*x, QStringLiteral("flipper_length_mm"));
    choose(*y, QStringLiteral("body_mass_g"));
    choose(*y, QStringLiteral("flipper_length_mm"));
    QVERIFY(x->currentIndex() >= 0);
    QVERIFY(x->currentText() != QStringLiteral("flipper_length_mm"));
    QCOMPARE(y->currentText(), QStringLiteral("flipper_length_mm"));
    QCOMPARE(int(card.picture().kind), int(PictureKind::Heat));
}

void TestModelAxes::aNarrowCardHasAMenu()
{
    Experiment experiment;
    PlotCard card(experiment);
    card.resize(380, 300);
    card.show();
    openSample(experiment, "penguins");
    settle(experiment);
    auto* tools = named<QToolButton>(card, QStringLiteral("Tools"));
    auto* probe = named<QToolButton>(card, QStringLiteral("Probe"));
    QVERIFY(tools->isVisible() && !probe->isVisible());
    Q_EMIT tools->menu()->aboutToShow();
    QAction* action = tools->menu()->actions().front();
    QCOMPARE(action->text(), QStringLiteral("Probe"));
    QVERIFY(!action->isChecked());
    action->trigger();
    QVERIFY(experiment.view().isProbeShown());
    Q_EMIT tools->menu()->aboutToShow();
    QVERIFY(action->isChecked());
    card.resize(800, 300);
    QVERIFY(!tools->isVisible() && probe->isVisible());
}

QTEST_MAIN(TestModelAxes)
#include "tst_model_axes.moc"
