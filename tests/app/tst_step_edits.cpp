#include "app/document/default_choices.h"
#include "app/document/run_log.h"
#include "app/document/step_edits.h"
#include "core/learn/step_table.h"
#include "core/prepare/preparation.h"
#include "tests/support/small_tables.h"

#include <QSignalSpy>
#include <QTest>

#include <limits>

using namespace modelarium;

namespace {

using Edit = std::function<void(StepEdits&)>;

/// size and age are numbers, kind and place categories; size and kind have gaps; y is to be predicted.
Setup startingSetup()
{
    constexpr double missing = std::numeric_limits<double>::quiet_NaN();
    Buffer<double> size(20), age(20), y(20);
    std::vector<std::string> kind, place;
    for (std::size_t i = 0; i < 20; ++i) {
        size[i] = i == 3 ? missing : double(i) + 1;
        age[i] = double(i * i % 17) + 1;
        y[i] = 2 * double(i);
        kind.push_back(i == 5 ? "" : i % 2 ? "odd" : "even");
        place.push_back(i % 3 ? "here" : "there");
    }
    const auto column = [](Column made) { return std::make_shared<Column>(std::move(made)); };
    DataSource source;
    source.name = QStringLiteral("steps.csv");
    source.original = *Table::make({column(Column::numbers("size", std::move(size))), column(Column::categories("kind", kind)), column(Column::numbers("age", std::move(age))),
                                    column(Column::categories("place", place)), column(Column::numbers("y", std::move(y)))});
    Setup setup = defaultSetup(source.original, std::make_shared<const DataSource>(source));
    setup.steps = defaultSteps(true);
    return setup;
}

using Names = std::vector<std::string>;

Names titles(const PlannedSteps& steps)
{
    Names list;
    for (const PlannedStep& step : steps)
        list.emplace_back(stepName(step.choice));
    return list;
}

} // namespace

Q_DECLARE_METATYPE(Edit)

/// The list of steps: each change is one named undo step, and what cannot be is refused with a sentence.
class TestStepEdits : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void undoAndRedoAreExact_data();
    void undoAndRedoAreExact();
    void stepsGoWhereTheyBelong();
    void cellsComeFirst();
    void oneEncodingStays();
    void aSliderDragIsOneStep();
    void badOptionsAreRefusedInPlace();
    void frozenRefuses();
    void resolvesColumns();
    void nothingIsLeftToHabit();
    void everyKindCanBeLearned();
    void plainPreparationsCanBeReadByOlderPrograms();
    void cardsSayWhatChanged();
    void whatIsSwitchedOffLeadsToTheSameRun();

private:
    std::unique_ptr<SetupStore> m_store;
    std::unique_ptr<StepEdits> m_edits;
};

void TestStepEdits::init()
{
    m_edits.reset();
    m_store = std::make_unique<SetupStore>();
    m_store->change(QStringLiteral("Open"), startingSetup());
    m_edits = std::make_unique<StepEdits>(*m_store);
}

void TestStepEdits::undoAndRedoAreExact_data()
{
    QTest::addColumn<Edit>("edit");
    QTest::addColumn<QString>("text");
    const auto row = [](const char* name, const char* text, Edit edit) { QTest::newRow(name) << edit << QString::fromUtf8(text); };
    row("add", "Add step Logarithm", [](StepEdits& e) { QVERIFY(e.add("log")); });
    row("remove", "Remove step Standardise", [](StepEdits& e) { e.remove(2); });
    row("move up", "Move Encode categories up", [](StepEdits& e) { QVERIFY(e.move(1, -1)); });
    row("move down", "Move Fill missing cells down", [](StepEdits& e) { QVERIFY(e.move(0, 1)); });
    row("option", "Set Missing cells become of Fill missing cells to median", [](StepEdits& e) { QVERIFY(e.setOption(0, "method", std::string("median"))); });
    row("switch", "Set Say where of Fill missing cells to true", [](StepEdits& e) { QVERIFY(e.setOption(0, "indicator", true)); });
    row("columns", "Use Standardise for all numbers", [](StepEdits& e) { e.setColumns(2, StepColumns::Numbers); });
    row("chosen columns", "Use Standardise for size, age", [](StepEdits& e) { e.setColumns(2, StepColumns::Chosen, {"size", "age"}); });
    row("off", "Switch off Standardise", [](StepEdits& e) { e.setOn(2, false); });
    row("kind", "Take Robust scale instead of Standardise", [](StepEdits& e) { e.setKind(2, "robust"); });
}

void TestStepEdits::undoAndRedoAreExact()
{
    QFETCH(Edit, edit);
    QFETCH(QString, text);
    const Setup before = m_store->setup();
    edit(*m_edits);
    const Setup after = m_store->setup();
    QCOMPARE(differences(before, after), Changes(Change::Preparation));
    QCOMPARE(m_store->undoStack().undoText(), text);
    QCOMPARE(m_store->undoStack().count(), 2);
    for (int i = 0; i < 3; ++i) {
        m_store->undoStack().undo();
        QVERIFY(!differences(before, m_store->setup()));
        m_store->undoStack().redo();
        QVERIFY(!differences(after, m_store->setup()));
    }
}

void TestStepEdits::stepsGoWhereTheyBelong()
{
    QCOMPARE(m_edits->add("pca").value_or(99), std::size_t(3));
    QCOMPARE(m_edits->add("log").value_or(99), std::size_t(2));
    QCOMPARE(m_edits->add("polynomial").value_or(99), std::size_t(3));
    // A further filling is for one column, before the one for all: the one that was asked for, or the first with a gap.
    QCOMPARE(m_edits->add("impute").value_or(99), std::size_t(0));
    QCOMPARE(m_edits->steps()[0].choice.columns, std::vector<std::string>{"size"});
    QCOMPARE(m_edits->add("encode", "place").value_or(99), std::size_t(2));
    QCOMPARE(m_edits->steps()[2].choice.columns, std::vector<std::string>{"place"});
    QCOMPARE(titles(m_edits->steps()), (Names{"impute", "impute", "encode", "encode", "log", "polynomial", "standardise", "pca"}));
    QVERIFY(!m_edits->add("magic"));
}

void TestStepEdits::cellsComeFirst()
{
    QSignalSpy refused(m_edits.get(), &StepEdits::refused);
    QVERIFY(!m_edits->move(1, 1));
    QVERIFY(!m_edits->move(2, -1));
    QCOMPARE(refused.count(), 2);
    QVERIFY(refused[0][0].toString().contains(QStringLiteral("Encode categories")));
    QVERIFY(refused[0][0].toString().endsWith(u'.'));
    // At the ends there is nowhere to go, and nothing to say.
    QVERIFY(!m_edits->move(0, -1));
    QVERIFY(!m_edits->move(2, 1));
    QVERIFY(!m_edits->move(99, 1));
    QCOMPARE(refused.count(), 2);
    QCOMPARE(m_store->undoStack().count(), 1);
}

void TestStepEdits::oneEncodingStays()
{
    QSignalSpy refused(m_edits.get(), &StepEdits::refused);
    m_edits->remove(1);
    m_edits->setOn(1, false);
    m_edits->setColumns(1, StepColumns::Chosen, {"kind"});
    QCOMPARE(refused.count(), 3);
    QCOMPARE(m_store->undoStack().count(), 1);
    // One more of them may go.
    QVERIFY(m_edits->add("encode"));
    m_edits->remove(1);
    QCOMPARE(refused.count(), 3);
    QCOMPARE(titles(m_edits->steps()), (Names{"impute", "encode", "standardise"}));
}

void TestStepEdits::aSliderDragIsOneStep()
{
    QVERIFY(m_edits->add("bin"));
    const Setup before = m_store->setup();
    for (int bins = 3; bins <= 20; ++bins)
        QVERIFY(m_edits->setOption(2, "bins", std::int64_t(bins)));
    QCOMPARE(m_store->undoStack().count(), 3);
    QCOMPARE(m_store->undoStack().undoText(), QStringLiteral("Set Intervals of Cut into intervals to 20"));
    m_store->undoStack().undo();
    QVERIFY(!differences(before, m_store->setup()));
}

void TestStepEdits::badOptionsAreRefusedInPlace()
{
    QVERIFY(m_edits->add("bin"));
    const Setup before = m_store->setup();
    const auto tooFew = m_edits->setOption(2, "bins", std::int64_t(1));
    QVERIFY(!tooFew);
    QCOMPARE(tooFew.error().code, ErrorCode::BadHyperparameter);
    const auto unknown = m_edits->setOption(2, "corners", std::int64_t(3));
    QVERIFY(!unknown);
    QCOMPARE(unknown.error().code, ErrorCode::UnknownHyperparameter);
    QVERIFY(!differences(before, m_store->setup()));
}

void TestStepEdits::frozenRefuses()
{
    const auto prepared = Preparation::learn(lineTable(20), {"x"}, {0, 1, 2, 3}, {});
    QVERIFY(prepared);
    const auto model = Model::make(*prepared, Linear{Matrix::Constant(1, 1, 2.0), Vector::Constant(1, 1.0), Link::Identity}, TargetColumn{.name = "y"}, Provenance{});
    QVERIFY(model);
    Setup frozen = m_store->setup();
    frozen.frozen = *model;
    m_store->change(QStringLiteral("Freeze"), frozen);
    QSignalSpy refused(m_edits.get(), &StepEdits::refused);
    QVERIFY(!m_edits->add("log"));
    m_edits->remove(2);
    QVERIFY(!m_edits->move(0, 1));
    m_edits->setOn(2, false);
    m_edits->setColumns(2, StepColumns::Numbers);
    m_edits->setKind(2, "robust");
    QVERIFY(m_edits->setOption(0, "indicator", true));
    QVERIFY(m_edits->setText(0, "1"));
    QCOMPARE(refused.count(), 8);
    QVERIFY(!differences(frozen, m_store->setup()));
}

void TestStepEdits::resolvesColumns()
{
    m_edits->setColumns(2, StepColumns::Numbers);
    QCOMPARE(resolvedSteps(m_store->setup()).choices.steps[2].columns, (std::vector<std::string>{"size", "age"}));
    m_edits->setColumns(2, StepColumns::Categories);
    QCOMPARE(resolvedSteps(m_store->setup()).choices.steps[2].columns, (std::vector<std::string>{"kind", "place"}));
    // What is no feature any more takes no part; columns that earlier steps make are left to the core.
    m_edits->setColumns(2, StepColumns::Chosen, {"size", "age", "kind = odd"});
    Setup next = m_store->setup();
    next.roles[0] = Role::Ignored;
    m_store->change(QStringLiteral("Leave out size"), next);
    QCOMPARE(resolvedSteps(m_store->setup()).choices.steps[2].columns, (std::vector<std::string>{"age", "kind = odd"}));
    m_edits->setColumns(2, StepColumns::Chosen, {"size"});
    const ResolvedSteps resolved = resolvedSteps(m_store->setup());
    QCOMPARE(resolved.places, (std::vector<std::size_t>{0, 1}));
    // Switched off is out of the plan and stays in the list.
    m_edits->setOn(0, false);
    QCOMPARE(resolvedSteps(m_store->setup()).places, (std::vector<std::size_t>{1}));
    QCOMPARE(m_edits->steps().size(), std::size_t(3));
}

/// Without a step that fills them, missing cells are refused and not filled behind one's back.
void TestStepEdits::nothingIsLeftToHabit()
{
    const auto learn = [&] { return prepareTraining(m_store->setup().table, trainingPlan(m_store->setup())); };
    QVERIFY(learn());
    m_edits->remove(0);
    const auto refused = learn();
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::MissingValue);
    QVERIFY(m_edits->add("impute"));
    QVERIFY(m_edits->setOption(0, "method", std::string("constant")));
    QVERIFY(!learn());
    QVERIFY(m_edits->setText(0, "-1"));
    // The number is for numbers; the category has a gap that nothing fills.
    QVERIFY(!learn());
    QVERIFY(m_edits->add("impute", "kind"));
    QCOMPARE(m_edits->steps()[0].choice.columns, std::vector<std::string>{"kind"});
    QVERIFY(m_edits->setOption(0, "method", std::string("most_frequent")));
    const auto learned = learn();
    QVERIFY2(learned, learned ? "" : learned.error().message.c_str());
    QCOMPARE(learned->preparation.inputs()[0].fill, -1.0);
}

void TestStepEdits::everyKindCanBeLearned()
{
    for (const StepKind& kind : stepKinds()) {
        const auto place = m_edits->add(kind.id);
        QVERIFY2(place, kind.id.c_str());
        QVERIFY(!stepTitle(m_edits->steps()[*place].choice).isEmpty());
        const auto learned = prepareTraining(m_store->setup().table, trainingPlan(m_store->setup()));
        QVERIFY2(learned, learned ? "" : learned.error().message.c_str());
        m_edits->remove(*place);
        QCOMPARE(m_edits->steps(), defaultSteps(true));
    }
}

void TestStepEdits::plainPreparationsCanBeReadByOlderPrograms()
{
    const auto learned = prepareTraining(m_store->setup().table, trainingPlan(m_store->setup()));
    QVERIFY(learned);
    QVERIFY(!learned->preparation.refusesMissing());
    for (const InputColumn& input : learned->preparation.inputs()) {
        QCOMPARE(learned->preparation.refusesMissingOf(input), learned->preparation.refusesMissing());
        QCOMPARE(learned->preparation.unknownCategoryOf(input), learned->preparation.unknownCategory());
    }
}

void TestStepEdits::cardsSayWhatChanged()
{
    Run before;
    before.setup = m_store->setup();
    const auto changes = [&] {
        Run run;
        run.setup = m_store->setup();
        return changesSince(&before, run);
    };
    QVERIFY(m_edits->add("log"));
    QCOMPARE(changes(), QStringList{QStringLiteral("with Logarithm (all numbers, offset 0)")});
    m_edits->setOn(2, false);
    QCOMPARE(changes(), QStringList{QStringLiteral("the same choices")});
    m_edits->remove(2);
    QVERIFY(m_edits->setOption(0, "method", std::string("median")));
    QCOMPARE(changes(), QStringList{QStringLiteral("Fill missing cells: all columns, the mean of the column → all columns, the median of the column")});
    m_store->undoStack().undo();
    m_edits->remove(2);
    QCOMPARE(changes(), QStringList{QStringLiteral("without Standardise")});
    m_store->undoStack().undo();
    QVERIFY(m_edits->move(0, 1));
    QCOMPARE(changes(), QStringList{QStringLiteral("steps in another order")});
}

void TestStepEdits::whatIsSwitchedOffLeadsToTheSameRun()
{
    const Setup before = m_store->setup();
    QVERIFY(m_edits->add("pca"));
    QVERIFY(!sameTraining(before, m_store->setup()));
    m_edits->setOn(3, false);
    QVERIFY(sameTraining(before, m_store->setup()));
}

QTEST_GUILESS_MAIN(TestStepEdits)
#include "tst_step_edits.moc"
