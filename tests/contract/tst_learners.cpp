#include "core/learn/training.h"
#include "tests/support/learner_cases.h"
#include "tests/support/sample_tables.h"
#include "tests/support/sanitizers.h"
#include "tests/support/thread_counts.h"

#include <QTest>

using namespace modelarium;
using namespace modelarium::contract;

namespace {

/// The ends of a range, and every choice.
std::vector<HyperparameterValue> extremesOf(const HyperparameterSpec& spec)
{
    switch (spec.kind) {
    case HyperparameterSpec::Kind::Real:
        return {spec.minimumExclusive ? std::nextafter(spec.minimum, infinity) : spec.minimum, spec.maximum};
    case HyperparameterSpec::Kind::Integer:
        return {std::int64_t(spec.minimum), std::int64_t(spec.maximum)};
    case HyperparameterSpec::Kind::Boolean:
        return {true, false};
    case HyperparameterSpec::Kind::Integers:
        return {std::string(), std::to_string(std::int64_t(spec.minimum)), std::to_string(std::int64_t(spec.maximum))};
    case HyperparameterSpec::Kind::Choice:
        break;
    }
    return {spec.choices.begin(), spec.choices.end()};
}

} // namespace

/// What every learner of the registry promises about its description and its training. A new learner adds its rows by being
/// registered; what it makes of odd data, and what its models answer, is in the files beside this one.
class TestLearners : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void isDescribed_data() { addLearners(); }
    void isDescribed()
    {
        QVERIFY(!info().name.empty() && isSentence(info().help) && !info().stepName.empty());
        // What is minimised, so that numbers can be compared with those of other programs.
        QVERIFY2(isSentence(info().objective) && info().objective.find("scikit-learn's ") != std::string::npos, info().objective.c_str());
        const bool penalises = std::any_of(info().table.begin(), info().table.end(), [](const HyperparameterSpec& spec) {
            return spec.name == "C" || spec.name == "l2" || (spec.name == "alpha" && !info().wantsCategories);
        });
        const bool isTree = info().stepName == "round";
        QVERIFY2(!penalises || isTree || info().objective.find("ntercept") != std::string::npos, info().objective.c_str());
        for (const HyperparameterSpec& spec : info().table) {
            QVERIFY2(!spec.label.empty() && spec.help.size() > 20, spec.name.c_str());
            QCOMPARE(spec.choices.size(), spec.choiceLabels.size());
        }
    }

    void sameSeedSameBits_data() { addLearners(); }
    void sameSeedSameBits()
    {
        const DatasetPtr data = cloud(120, 3);
        const auto first = fit(*made(), data, 5), second = fit(*made(), data, 5);
        QVERIFY2(first, first ? "" : first.error().message.c_str());
        QCOMPARE(samples::exactBits(second->parameters), samples::exactBits(first->parameters));
        QCOMPARE(complaintAbout(first->parameters, *data), QString());
    }

    void sameBitsWithAnyNumberOfThreads_data() { addLearners(); }
    void sameBitsWithAnyNumberOfThreads()
    {
        const DatasetPtr data = cloud(5000, 4);
        const auto text = [&] {
            const auto outcome = fit(*made(), data, 5);
            if (!outcome)
                return std::string();
            Matrix answers;
            makePredictor(outcome->parameters)->predict(data->X(), answers);
            return samples::outcomeText(outcome) + std::string(reinterpret_cast<const char*>(answers.data()), std::size_t(answers.size()) * sizeof(double));
        };
        QCOMPARE(samples::changedByThreads(text, underSanitizers ? std::vector<std::size_t>{2} : std::vector<std::size_t>{2, 8}), std::string());
    }

    /// What a chart of the training draws.
    void stepsTellWhereTheyAre_data() { addLearners(); }
    void stepsTellWhereTheyAre()
    {
        const DatasetPtr data = cloud(60, 3);
        std::size_t before = 0;
        const auto outcome = fit(*made(), data, 1, [&](const TrainingRun&, const Progress& progress) {
            const bool told = progress.step == ++before && std::isfinite(progress.loss) && !progress.what.empty();
            return told ? Answer::Continue : Answer::Cancel;
        });
        QVERIFY2(outcome, qPrintable(QString::number(before)));
        QCOMPARE(outcome->last.step, before);
    }

    /// A learner is const: its runs know nothing of each other.
    void runsSideBySide_data() { addLearners(); }
    void runsSideBySide()
    {
        const DatasetPtr data = cloud(60, 2), other = cloud(50, 3, 8);
        const auto alone = fit(*made(), data, 4);
        QVERIFY(alone);
        const auto learner = made();
        auto one = learner->begin(data, 4), two = learner->begin(other, 9);
        QVERIFY(one && two);
        while (!(*one)->isFinished()) {
            QVERIFY((*one)->step());
            if (!(*two)->isFinished())
                QVERIFY((*two)->step());
        }
        QCOMPARE(samples::exactBits((*one)->freeze()), samples::exactBits(alone->parameters));
    }

    void stopsAtAnyStep_data() { addLearners(); }
    void stopsAtAnyStep()
    {
        const DatasetPtr data = cloud(60, 2);
        const auto whole = fit(*made(), data, 1);
        QVERIFY(whole);
        for (std::size_t stop = 1; stop <= std::min<std::size_t>(whole->last.step, 25); ++stop) {
            const auto at = [stop](Answer answer) {
                return [stop, answer](const TrainingRun&, const Progress& progress) { return progress.step >= stop ? answer : Answer::Continue; };
            };
            const auto cancelled = fit(*made(), data, 1, at(Answer::Cancel));
            QVERIFY(!cancelled);
            QCOMPARE(int(cancelled.error().code), int(ErrorCode::Cancelled));
            const auto kept = fit(*made(), data, 1, at(Answer::StopAndKeep));
            QVERIFY(kept);
            QCOMPARE(kept->last.step, stop);
            QCOMPARE(complaintAbout(kept->parameters, *data), QString());
        }
        // Watching must not change what is learned.
        const auto watched = fit(*made(), data, 1, [](const TrainingRun& run, const Progress&) {
            return isFinite(run.freeze()) ? Answer::Continue : Answer::Cancel;
        });
        QVERIFY(watched);
        QCOMPARE(samples::exactBits(watched->parameters), samples::exactBits(whole->parameters));
    }

    void frozenParametersStayAsTheyAre_data() { addLearners(); }
    void frozenParametersStayAsTheyAre()
    {
        const DatasetPtr data = cloud(60, 2);
        auto run = made()->begin(data, 1);
        QVERIFY(run);
        std::vector<Parameters> frozen = {(*run)->freeze()};
        std::vector<std::string> bits = {samples::exactBits(frozen.back())};
        QCOMPARE(complaintAbout(frozen.back(), *data), QString());
        for (int step = 0; step < 20 && !(*run)->isFinished(); ++step) {
            QVERIFY((*run)->step());
            frozen.push_back((*run)->freeze());
            bits.push_back(samples::exactBits(frozen.back()));
            QCOMPARE(complaintAbout(frozen.back(), *data), QString());
        }
        run->reset();
        for (std::size_t i = 0; i < frozen.size(); ++i)
            QCOMPARE(samples::exactBits(frozen[i]), bits[i]);
    }

    void badHyperparametersAreRefusedByName_data() { addLearners(); }
    void badHyperparametersAreRefusedByName()
    {
        for (const HyperparameterSpec& spec : info().table) {
            std::vector<HyperparameterValue> bad = {std::string("nonsense"), missing, infinity, -infinity};
            if (spec.kind == HyperparameterSpec::Kind::Real) {
                bad.insert(bad.end(), {std::nextafter(spec.minimum, -infinity), std::nextafter(spec.maximum, infinity), true});
                if (spec.minimumExclusive)
                    bad.emplace_back(spec.minimum);
            } else if (spec.kind == HyperparameterSpec::Kind::Integer) {
                bad.insert(bad.end(), {std::int64_t(spec.minimum) - 1, std::int64_t(spec.maximum) + 1, 1.5, true});
            } else {
                bad.insert(bad.end(), {0.5, std::int64_t(7)});
            }
            if (spec.kind == HyperparameterSpec::Kind::Integers) {
                std::string tooMany;
                for (std::size_t i = 0; i <= spec.mostNumbers; ++i)
                    tooMany += std::to_string(std::int64_t(spec.minimum)) + " ";
                for (const std::string& text : {std::to_string(std::int64_t(spec.minimum) - 1), std::to_string(std::int64_t(spec.maximum) + 1),
                                                std::string("8.5"), std::string("8,"), std::string(",8"), std::string("8,,8"),
                                                std::string("8 x"), std::string("nan"), std::string("1e400"), tooMany})
                    bad.emplace_back(text);
            }
            for (const HyperparameterValue& value : bad) {
                const auto checked = Hyperparameters::check(info().table, {{spec.name, value}});
                QVERIFY2(!checked, (spec.name + " = " + hyperparameterText(value)).c_str());
                QCOMPARE(int(checked.error().code), int(ErrorCode::BadHyperparameter));
                QCOMPARE(checked.error().place.hyperparameter, spec.name);
                QVERIFY2(checked.error().message.find(spec.name) != std::string::npos, checked.error().message.c_str());
            }
        }
        const auto unknown = Hyperparameters::check(info().table, {{"depth of thought", 1.0}});
        QVERIFY(!unknown);
        QCOMPARE(int(unknown.error().code), int(ErrorCode::UnknownHyperparameter));
        QCOMPARE(unknown.error().place.hyperparameter, std::string("depth of thought"));
    }

    /// The ends of every range and every choice: allowed, so they give parameters that can be used, or a sentence.
    void allowedHyperparametersWork_data() { addLearners(); }
    void allowedHyperparametersWork()
    {
        const DatasetPtr data = cloud(30, 2);
        for (const HyperparameterSpec& spec : info().table) {
            for (const HyperparameterValue& value : extremesOf(spec)) {
                const HyperparameterValues values = {{spec.name, value}};
                QCOMPARE(named(values, complaintAbout(fit(*made(values), data, 1, noMoreThan(200)), *data)), QString());
            }
        }
    }

    /// Any two of them together.
    void pairsOfHyperparametersWork_data() { addLearners(); }
    void pairsOfHyperparametersWork()
    {
        const DatasetPtr data = cloud(18, 2);
        const HyperparameterTable& table = info().table;
        for (std::size_t i = 0; i < table.size(); ++i) {
            for (std::size_t j = i + 1; j < table.size(); ++j) {
                for (const HyperparameterValue& first : extremesOf(table[i])) {
                    for (const HyperparameterValue& second : extremesOf(table[j])) {
                        const HyperparameterValues values = {{table[i].name, first}, {table[j].name, second}};
                        QCOMPARE(named(values, complaintAbout(fit(*made(values), data, 1, noMoreThan(20)), *data)), QString());
                    }
                }
            }
        }
    }

    void theOtherTaskIsRefused_data()
    {
        addLearnerColumns();
        for (const LearnerInfo& learner : learners())
            if (learner.tasks.size() == 1)
                QTest::addRow("%s", learner.id.c_str()) << QString::fromStdString(learner.id) << int(learner.tasks.front());
    }

    void theOtherTaskIsRefused()
    {
        const Task other = task() == Task::Regression ? Task::Classification : Task::Regression;
        const auto training = prepareTraining(samples::mixedTable(), samples::planFor(info(), other));
        QVERIFY(!training);
        QCOMPARE(int(training.error().code), int(ErrorCode::WrongTask));
    }
};

QTEST_GUILESS_MAIN(TestLearners)
#include "tst_learners.moc"
