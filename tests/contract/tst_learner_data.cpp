#include "tests/support/odd_data.h"

#include <QTest>

using namespace modelarium;
using namespace modelarium::contract;

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
        const DatasetPtr data = changed(cloud(40, 3), [](Dataset& d) { d.X.col(1).setConstant(7.1); });
        const auto outcome = fit(*made(), data, 1);
        QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
        QCOMPARE(complaintAbout(outcome->parameters, *data), QString());
    }

    void oneAnswerIsRefused_data() { addLearners(); }
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
            auto outcome = fit(*made(), changed(cloud(12, 2), [&](Dataset& d) { d.X(6, 1) = bad; }), 1);
            QVERIFY(!outcome);
            QCOMPARE(int(outcome.error().code), int(ErrorCode::NotFinite));
            QCOMPARE(outcome.error().place.row.value_or(0), std::size_t(7));
            QCOMPARE(outcome.error().place.column, std::string("x2"));
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
};

QTEST_GUILESS_MAIN(TestLearnerData)
#include "tst_learner_data.moc"
