#include "core/learn/fit.h"
#include "tests/support/reference_data.h"

#include <QTest>

#include <limits>
#include <new>

using namespace modelarium;

namespace {

/// Counts to `steps`; what goes wrong, and when, is chosen.
struct Script {
    std::size_t steps = 5;
    std::size_t failsAt = 0;
    std::size_t outOfMemoryAt = 0;
    bool endsInNaN = false;
};

class ScriptedRun final : public TrainingRun {
public:
    explicit ScriptedRun(Script script) : m_script(script) {}

    Result<Progress> step() override
    {
        ++m_done;
        if (m_done == m_script.failsAt)
            return Error{ErrorCode::Diverged, "it went wrong"};
        if (m_done == m_script.outOfMemoryAt)
            throw std::bad_alloc();
        return Progress{m_done, 1.0 / double(m_done), "step"};
    }
    bool isFinished() const override { return m_done >= m_script.steps; }
    Parameters freeze() const override
    {
        const double value = m_script.endsInNaN ? std::numeric_limits<double>::quiet_NaN() : double(m_done);
        return Linear{Matrix::Constant(1, 1, value), Vector::Zero(1), Link::Identity};
    }
    std::vector<std::string> notices() const override { return {"a notice"}; }

private:
    Script m_script;
    std::size_t m_done = 0;
};

class ScriptedLearner final : public Learner {
public:
    explicit ScriptedLearner(Script script) : m_script(script) {}
    Result<std::unique_ptr<TrainingRun>> begin(DatasetPtr, std::uint64_t) const override
    {
        return std::unique_ptr<TrainingRun>(std::make_unique<ScriptedRun>(m_script));
    }

private:
    Script m_script;
};

double stepsIn(const FitOutcome& outcome) { return std::get<Linear>(outcome.parameters).W(0, 0); }

} // namespace

class TestFit : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void stepsUntilFinished()
    {
        std::vector<std::size_t> seen;
        const auto outcome = fit(ScriptedLearner({}), nullptr, 1, [&](const TrainingRun& run, const Progress& progress) {
            seen.push_back(progress.step);
            [&] { QCOMPARE(std::get<Linear>(run.freeze()).W(0, 0), double(progress.step)); }();
            return Answer::Continue;
        });
        QVERIFY(outcome.hasValue());
        QCOMPARE(stepsIn(*outcome), 5.0);
        QCOMPARE(outcome->last.step, std::size_t(5));
        QCOMPARE(seen, (std::vector<std::size_t>{1, 2, 3, 4, 5}));
        QCOMPARE(outcome->notices, std::vector<std::string>{"a notice"});
        QVERIFY(outcome->seconds >= 0);
    }

    void theObserverStopsAndKeeps()
    {
        const auto outcome = fit(ScriptedLearner({}), nullptr, 1, [](const TrainingRun&, const Progress& progress) {
            return progress.step == 3 ? Answer::StopAndKeep : Answer::Continue;
        });
        QVERIFY(outcome.hasValue());
        QCOMPARE(stepsIn(*outcome), 3.0);
    }

    void theObserverCancels()
    {
        std::size_t calls = 0;
        const auto outcome = fit(ScriptedLearner({}), nullptr, 1, [&](const TrainingRun&, const Progress&) {
            return ++calls == 2 ? Answer::Cancel : Answer::Continue;
        });
        QVERIFY(!outcome);
        QCOMPARE(outcome.error().code, ErrorCode::Cancelled);
        QCOMPARE(calls, std::size_t(2));
    }

    void anErrorOfAStepEndsTheTraining()
    {
        const auto outcome = fit(ScriptedLearner({.failsAt = 2}), nullptr, 1);
        QVERIFY(!outcome);
        QCOMPARE(outcome.error().message, std::string("it went wrong"));
    }

    void tooLittleMemoryIsAnError()
    {
        const auto outcome = fit(ScriptedLearner({.outOfMemoryAt = 2}), nullptr, 1);
        QVERIFY(!outcome);
        QCOMPARE(outcome.error().code, ErrorCode::OutOfMemory);
    }

    void parametersThatAreNoNumbersAreAnError()
    {
        const auto outcome = fit(ScriptedLearner({.endsInNaN = true}), nullptr, 1);
        QVERIFY(!outcome);
        QCOMPARE(outcome.error().code, ErrorCode::Diverged);
    }

    void badDataAreRefusedBeforeTheFirstStep()
    {
        Matrix X(3, 1);
        X << 1, std::numeric_limits<double>::quiet_NaN(), 3;
        bool stepped = false;
        const auto outcome = reference::fitTo(reference::makeDataset(X, Vector::LinSpaced(3, 0, 1), 0), "linear_regression", {},
                                              [&](const TrainingRun&, const Progress&) {
                                                  stepped = true;
                                                  return Answer::Continue;
                                              });
        QVERIFY(!outcome);
        QCOMPARE(outcome.error().code, ErrorCode::NotFinite);
        QVERIFY(!stepped);
    }
};

QTEST_GUILESS_MAIN(TestFit)
#include "tst_fit.moc"
