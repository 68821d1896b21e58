#include "tests/support/learner_cases.h"
#include "tests/support/sample_tables.h"

#include <QTest>

#include <map>

using namespace modelarium;
using namespace modelarium::contract;

namespace {

constexpr double largest = std::numeric_limits<double>::max();

/// Data that a person may have, and that no formula was written for. Each keeps the rows of the learner's own kind of cloud.
const std::map<QString, std::function<DatasetPtr()>>& oddData()
{
    const auto cells = [](const std::function<double(double, Eigen::Index, Eigen::Index)>& cell, Eigen::Index rows = 30, Eigen::Index features = 2) {
        return [=] {
            return changed(cloud(rows, features), [&](Dataset& d) {
                for (Eigen::Index i = 0; i < d.X.rows(); ++i)
                    for (Eigen::Index j = 0; j < d.X.cols(); ++j)
                        d.X(i, j) = cell(d.X(i, j), i, j);
            });
        };
    };
    const auto answers = [](const std::function<double(double, Eigen::Index)>& answer) {
        return [=] {
            return changed(cloud(30, 2), [&](Dataset& d) {
                for (Eigen::Index i = 0; d.task == Task::Regression && i < d.y.size(); ++i)
                    d.y[i] = answer(d.y[i], i);
            });
        };
    };
    static const std::map<QString, std::function<DatasetPtr()>> kinds = {
        {"all rows alike", cells([](double, auto, auto) { return 2.5; })},
        {"all cells zero", cells([](double, auto, auto) { return 0; })},
        {"two rows", [] { return cloud(2, 2); }},
        {"three rows", [] { return cloud(3, 2); }},
        {"more features than rows", [] { return cloud(6, 20); }},
        {"huge", cells([](double x, auto, auto) { return x * 1e300; })},
        {"as large as numbers are", cells([](double x, auto, auto) { return x < 0 ? -largest : largest; })},
        {"tiny", cells([](double x, auto, auto) { return x * 1e-300; })},
        {"below the normal numbers", cells([](double x, auto, auto) { return x * 1e-318; })},
        {"huge and tiny", cells([](double x, auto, Eigen::Index j) { return x * (j ? 1e-200 : 1e200); })},
        {"huge and tiny in one column", cells([](double x, Eigen::Index i, auto) { return x * (i % 2 ? 1e-200 : 1e200); })},
        {"one cell huge", cells([](double x, Eigen::Index i, Eigen::Index j) { return i == 4 && j == 1 ? 1e300 : x; })},
        {"one cell beyond float", cells([](double x, Eigen::Index i, Eigen::Index j) { return i == 4 && j == 1 ? 1e39 : x; })},
        {"far from zero", cells([](double x, auto, auto) { return x + 1e15; })},
        {"so far that neighbours are one apart", cells([](double x, auto, auto) { return std::round(x) + 9007199254740992.0; })},
        {"one bit apart", cells([](double x, auto, auto) { return x < 0.7 ? 1 : std::nextafter(1.0, 2.0); })},
        {"zeros of both signs", cells([](double x, auto, auto) { return x < 0.7 ? -0.0 : 0.0; })},
        {"twice the same feature", [] { return changed(cloud(30, 2), [](Dataset& d) { d.X.col(1) = d.X.col(0); }); }},
        {"nearly the same feature", [] { return changed(cloud(30, 2), [](Dataset& d) { d.X.col(1) = d.X.col(0) * (1 + 1e-15); }); }},
        {"every row twice", [] { return changed(cloud(30, 2), [](Dataset& d) { d.X.bottomRows(15) = d.X.topRows(15), d.y.tail(15) = d.y.head(15); }); }},
        {"the same row with other answers", [] { return changed(cloud(30, 2), [](Dataset& d) { d.X.bottomRows(15) = d.X.topRows(15), d.y.tail(15) = d.y.head(15).reverse().eval(); }); }},
        {"a class a row", [] {
             return changed(cloud(30, 2), [](Dataset& d) {
                 for (Eigen::Index i = 0; i < 30; ++i) {
                     d.y[i] = double(i);
                     if (d.task == Task::Classification && i >= 3)
                         d.classNames.push_back("k" + std::to_string(i));
                 }
             });
         }},
        {"a class without rows", [] {
             return changed(cloud(30, 2), [](Dataset& d) {
                 if (d.task == Task::Classification)
                     d.classNames.insert(d.classNames.begin() + 1, "nobody"), d.y = (d.y.array() > 0).select(d.y.array() + 1, d.y);
             });
         }},
        {"a class of one row", [] {
             return changed(cloud(30, 2), [](Dataset& d) {
                 if (d.task == Task::Classification)
                     d.y = d.y.array().min(1.0), d.y[7] = 2;
             });
         }},
        {"perfectly separated", [] {
             return changed(cloud(30, 1), [](Dataset& d) {
                 for (Eigen::Index i = 0; i < 30; ++i) {
                     d.X(i, 0) = double(i);
                     d.y[i] = double(i / 10);
                 }
             });
         }},
        {"the answer itself as a feature", [] { return changed(cloud(30, 2), [](Dataset& d) { d.X.col(0) = d.y; }); }},
        {"huge answers", answers([](double y, auto) { return y * 1e305; })},
        {"answers as large as numbers are", answers([](double y, auto) { return y < 0 ? -largest : largest; })},
        {"tiny answers", answers([](double y, auto) { return y * 1e-300; })},
        {"answers below the normal numbers", answers([](double y, auto) { return y * 1e-318; })},
        {"one answer huge", answers([](double y, Eigen::Index i) { return i == 4 ? 1e200 : y; })},
        {"answers far from zero", answers([](double y, auto) { return y + 1e15; })},
        {"one answer apart", answers([](double, Eigen::Index i) { return i == 4 ? 1 : 0; })},
    };
    return kinds;
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

    void oddData_data()
    {
        addLearnerColumns();
        QTest::addColumn<QString>("kind");
        for (const LearnerInfo& learner : learners())
            for (const Task task : learner.tasks)
                for (const auto& [kind, make] : ::oddData())
                    QTest::addRow("%s, %s, %s", learner.id.c_str(), std::string(taskName(task)).c_str(), qPrintable(kind))
                        << QString::fromStdString(learner.id) << int(task) << kind;
    }

    void oddData()
    {
        QFETCH(QString, kind);
        const DatasetPtr data = ::oddData().at(kind)();
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
