#include "tests/support/odd_data.h"

#include <QTest>

#include <cmath>
#include <iterator>

using namespace modelarium;
using namespace modelarium::contract;

namespace {

/// A value anywhere in the range, small ones and large ones equally often.
double drawn(const HyperparameterSpec& spec, Random& random)
{
    if (random.uniform() < 0.1)
        return random.uniform() < 0.5 && !spec.minimumExclusive ? spec.minimum : spec.maximum;
    const double low = std::max(spec.minimum, spec.kind == HyperparameterSpec::Kind::Real ? 1e-12 : 1.0);
    return std::clamp(low * std::pow(std::max(spec.maximum, low) / low, random.uniform()), spec.minimum, spec.maximum);
}

HyperparameterValue drawnValue(const HyperparameterSpec& spec, Random& random)
{
    switch (spec.kind) {
    case HyperparameterSpec::Kind::Real:
        return spec.minimum < 0 ? random.uniform(spec.minimum, spec.maximum) : drawn(spec, random);
    case HyperparameterSpec::Kind::Integer:
        return std::int64_t(drawn(spec, random));
    case HyperparameterSpec::Kind::Boolean:
        return random.uniform() < 0.5;
    case HyperparameterSpec::Kind::Choice:
        return spec.choices[random.below(spec.choices.size())];
    case HyperparameterSpec::Kind::Integers:
        break;
    }
    std::string text;
    for (std::size_t i = random.below(4); i > 0; --i)
        text += std::to_string(std::int64_t(spec.minimum) + std::int64_t(random.below(12))) + " ";
    return text;
}

} // namespace

/// What every learner of the registry makes of data at the border of what can be learned from: parameters that can be used, or a
/// sentence that names the place.
class TestLearnerData : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void oneSample_data() { addLearners(); }
    void oneSample()
    {
        const DatasetPtr data = cloud(1, 2);
        QCOMPARE(complaintAbout(fit(*made(), data, 1), *data), QString());
    }

    void oneFeature_data() { addLearners(); }
    void oneFeature()
    {
        const DatasetPtr data = cloud(40, 1);
        const auto outcome = fit(*made(), data, 1);
        QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
        QCOMPARE(complaintAbout(outcome->parameters, *data), QString());
    }

    void noFeature_data() { addLearners(); }
    void noFeature()
    {
        const auto outcome = fit(*made(), cloud(10, 0), 1);
        QVERIFY(!outcome);
        QCOMPARE(int(outcome.error().code), int(ErrorCode::TooFewFeatures));
    }

    void constantFeature_data() { addLearners(); }
    void constantFeature()
    {
        const DatasetPtr data = changed(cloud(40, 3), [](Dataset& d) { d.X().col(1).setConstant(7.1); });
        const auto outcome = fit(*made(), data, 1);
        QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
        QCOMPARE(complaintAbout(outcome->parameters, *data), QString());
    }

    void oneAnswerIsRefused_data() { addLearners(true); }
    void oneAnswerIsRefused()
    {
        const auto outcome = fit(*made(), changed(cloud(12, 2), [](Dataset& d) { d.y.setConstant(1); }), 1);
        QVERIFY(!outcome);
        QCOMPARE(int(outcome.error().code), int(task() == Task::Classification ? ErrorCode::OneClass : ErrorCode::ConstantTarget));
    }

    void emptyDataAreRefused_data() { addLearners(); }
    void emptyDataAreRefused()
    {
        const auto outcome = fit(*made(), cloud(0, 2), 1);
        QVERIFY(!outcome);
        QCOMPARE(int(outcome.error().code), int(ErrorCode::TooFewSamples));
    }

    void notFiniteCellsAreNamed_data() { addLearners(); }
    void notFiniteCellsAreNamed()
    {
        for (const double bad : {missing, infinity, -infinity}) {
            auto outcome = fit(*made(), changed(cloud(12, 2), [&](Dataset& d) { d.X()(6, 1) = bad; }), 1);
            QVERIFY(!outcome);
            QCOMPARE(int(outcome.error().code), int(ErrorCode::NotFinite));
            QCOMPARE(outcome.error().place.row.value_or(0), std::size_t(7));
            QCOMPARE(outcome.error().place.column, std::string("x2"));
            if (!hasTarget(task()))
                continue;
            outcome = fit(*made(), changed(cloud(12, 2), [&](Dataset& d) { d.y[4] = bad; }), 1);
            QVERIFY(!outcome);
            QCOMPARE(int(outcome.error().code), int(ErrorCode::NotFinite));
            QCOMPARE(outcome.error().place.row.value_or(0), std::size_t(5));
        }
    }

    void oddData_data() { addOddData(); }
    void oddData()
    {
        QFETCH(QString, kind);
        const DatasetPtr data = contract::oddData().at(kind)();
        for (const HyperparameterValues& values : everyChoice(info())) {
            QCOMPARE(named(values, complaintAbout(fit(*made(values), data, 1, noMoreThan(2000)), *data)), QString());
            // Every frame of the way there is drawn, too.
            QString complaint;
            (void)fit(*made(values), data, 1, [&](const TrainingRun& run, const Progress& progress) {
                const QString about = complaintAbout(run.freeze(), *data);
                if (!about.isEmpty() || !std::isfinite(progress.loss))
                    complaint = QStringLiteral("step %1: %2").arg(progress.step).arg(about.isEmpty() ? QStringLiteral("the loss is not finite") : about);
                return complaint.isEmpty() && progress.step < 40 ? Answer::Continue : Answer::Cancel;
            });
            QCOMPARE(named(values, complaint), QString());
        }
    }

    /// Any values of all hyperparameters together, on any of the data: drawn, but always the same. MODELARIUM_DRAWS asks for more.
    void anyHyperparametersOnAnyData_data() { addLearners(); }
    void anyHyperparametersOnAnyData()
    {
        Random random(17);
        const int draws = std::max(150, qEnvironmentVariableIntValue("MODELARIUM_DRAWS"));
        for (int draw = 0; draw < draws; ++draw) {
            HyperparameterValues values;
            for (const HyperparameterSpec& spec : info().table)
                values[spec.name] = drawnValue(spec, random);
            const auto& kinds = contract::oddData();
            const bool usual = random.uniform() < 0.5;
            const auto kind = std::next(kinds.begin(), std::ptrdiff_t(random.below(kinds.size())));
            const QString kindName = usual ? QString() : kind->first + QStringLiteral(": ");
            const DatasetPtr data = usual ? cloud(30, 2, random.below(1000)) : kind->second();
            QString complaint;
            const auto outcome = fit(*made(values), data, random.below(100), [&](const TrainingRun& run, const Progress& progress) {
                complaint = std::isfinite(progress.loss) ? complaintAbout(run.freeze(), *data) : QStringLiteral("the loss is not finite");
                return complaint.isEmpty() && progress.step < 15 ? Answer::Continue : Answer::StopAndKeep;
            });
            if (complaint.isEmpty())
                complaint = complaintAbout(outcome, *data);
            QCOMPARE(named(values, complaint.isEmpty() ? complaint : kindName + complaint), QString());
        }
    }
};

QTEST_GUILESS_MAIN(TestLearnerData)
#include "tst_learner_data.moc"
