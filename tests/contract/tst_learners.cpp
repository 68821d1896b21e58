#include "core/base/parallel.h"
#include "core/learn/fit.h"
#include "core/learn/registry.h"
#include "core/model/model_file.h"
#include "tests/support/reference_data.h"
#include "tests/support/sample_tables.h"

#include <QTest>

#include <numeric>

using namespace modelarium;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double missing = std::numeric_limits<double>::quiet_NaN();

Hyperparameters defaults(const LearnerInfo& learner) { return *Hyperparameters::check(learner.table, {}); }

/// For learners that count levels: every feature becomes a column of 0 and 1.
void makeCategories(Dataset& data)
{
    data.X = (data.X.array() > 0.5).cast<double>();
    for (std::size_t j = 0; j < data.features(); ++j)
        data.categories.push_back({data.featureNames[j], {{"no", -1, 0, 1}, {"yes", Eigen::Index(j), 0, 1}}});
}

/// Overlapping clouds, one a class; for regression a plane with noise.
DatasetPtr cloudFor(const LearnerInfo& learner, Task task, Eigen::Index samples, Eigen::Index features, std::uint64_t seed = 3)
{
    Random random(seed);
    Matrix X(samples, features);
    Vector y(samples);
    for (Eigen::Index i = 0; i < samples; ++i) {
        const auto kind = double(i % 3);
        for (Eigen::Index j = 0; j < features; ++j)
            X(i, j) = random.normal() + kind * (j % 2 == 0 ? 1.5 : -0.5);
        y[i] = task == Task::Classification ? kind : X.row(i).sum() + 0.3 * random.normal();
    }
    auto data = std::make_shared<Dataset>(*reference::makeDataset(std::move(X), std::move(y), task == Task::Classification ? 3 : 0));
    if (learner.wantsCategories)
        makeCategories(*data);
    return data;
}

DatasetPtr changed(const DatasetPtr& data, const std::function<void(Dataset&)>& change)
{
    auto copy = std::make_shared<Dataset>(*data);
    change(*copy);
    return copy;
}

/// Parameters that can be used: finite, of the right width, and answering with finite numbers; probabilities sum to 1.
QString complaintAbout(const Parameters& parameters, const Dataset& data)
{
    if (!isFinite(parameters))
        return QStringLiteral("the parameters are not finite");
    if (featureCount(parameters) != data.features())
        return QStringLiteral("the parameters have another number of features");
    Matrix out;
    makePredictor(parameters)->predict(data.X, out);
    if (out.cols() != Eigen::Index(data.task == Task::Classification ? data.classes() : 1))
        return QStringLiteral("the predictions have another number of outputs");
    if (!out.allFinite())
        return QStringLiteral("a prediction is not finite");
    if (data.task == Task::Classification
        && ((out.array() < 0).any() || (out.rowwise().sum().array() - 1).abs().maxCoeff() > 1e-12))
        return QStringLiteral("probabilities do not sum to 1");
    return {};
}

bool isSentence(const std::string& text) { return text.size() > 20 && text.back() == '.'; }

/// Either a sentence, or parameters that can be used, with sentences about them. Nothing else may come of any data.
QString complaintAbout(const Result<FitOutcome>& outcome, const Dataset& data)
{
    if (!outcome)
        return isSentence(outcome.error().message) ? QString() : QStringLiteral("this refusal is no sentence: ") + QString::fromStdString(outcome.error().message);
    for (const std::string& notice : outcome->notices)
        if (!isSentence(notice))
            return QStringLiteral("this notice is no sentence: ") + QString::fromStdString(notice);
    return complaintAbout(outcome->parameters, data);
}

} // namespace

/// What every learner of the registry promises. A new learner adds its rows by being registered.
class TestLearners : public QObject {
    Q_OBJECT

private:
    void addLearners()
    {
        QTest::addColumn<QString>("id");
        QTest::addColumn<int>("taskNumber");
        for (const LearnerInfo& learner : learners())
            for (const Task task : learner.tasks)
                QTest::addRow("%s, %s", learner.id.c_str(), std::string(taskName(task)).c_str()) << QString::fromStdString(learner.id) << int(task);
    }

    static const LearnerInfo& info()
    {
        QFETCH(QString, id);
        return **findLearner(id.toStdString());
    }

    static Task task()
    {
        QFETCH(int, taskNumber);
        return Task(taskNumber);
    }

    static DatasetPtr cloud(Eigen::Index samples, Eigen::Index features, std::uint64_t seed = 3)
    {
        return cloudFor(info(), task(), samples, features, seed);
    }

    static std::unique_ptr<const Learner> made() { return info().make(defaults(info()), task()); }

private Q_SLOTS:
    void cleanup() { setThreadCount(0); }

    void isDescribed_data() { addLearners(); }
    void isDescribed()
    {
        QVERIFY(!info().name.empty() && !info().help.empty() && !info().stepName.empty());
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
        std::string expected;
        Matrix answers;
        for (const std::size_t threads : {1, 2, 8}) {
            setThreadCount(threads);
            const auto outcome = fit(*made(), data, 5);
            QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
            const std::string bits = samples::exactBits(outcome->parameters);
            Matrix out;
            makePredictor(outcome->parameters)->predict(data->X, out);
            if (threads == 1) {
                expected = bits;
                answers = out;
            }
            QCOMPARE(bits, expected);
            QVERIFY(samples::sameBits(out, answers));
        }
    }

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

    void degenerateData_data()
    {
        QTest::addColumn<QString>("id");
        QTest::addColumn<int>("taskNumber");
        QTest::addColumn<QString>("kind");
        for (const LearnerInfo& learner : learners())
            for (const Task task : learner.tasks)
                for (const char* kind : {"all rows alike", "two rows", "more features than rows", "huge", "tiny", "huge and tiny",
                                         "twice the same feature", "a class a row", "perfectly separated", "huge answers"})
                    QTest::addRow("%s, %s, %s", learner.id.c_str(), std::string(taskName(task)).c_str(), kind)
                        << QString::fromStdString(learner.id) << int(task) << QString::fromLatin1(kind);
    }

    void degenerateData()
    {
        QFETCH(QString, kind);
        const std::map<QString, std::function<DatasetPtr()>> kinds = {
            {"all rows alike", [] { return changed(cloud(30, 2), [](Dataset& d) { d.X.setConstant(2.5); }); }},
            {"two rows", [] { return cloud(2, 2); }},
            {"more features than rows", [] { return cloud(6, 20); }},
            {"huge", [] { return changed(cloud(30, 2), [](Dataset& d) { d.X *= 1e300; }); }},
            {"tiny", [] { return changed(cloud(30, 2), [](Dataset& d) { d.X *= 1e-300; }); }},
            {"huge and tiny", [] { return changed(cloud(30, 2), [](Dataset& d) { d.X.col(0) *= 1e200, d.X.col(1) *= 1e-200; }); }},
            {"twice the same feature", [] { return changed(cloud(30, 2), [](Dataset& d) { d.X.col(1) = d.X.col(0); }); }},
            {"a class a row", [] {
                 return changed(cloud(30, 2), [](Dataset& d) {
                     for (Eigen::Index i = 0; i < 30; ++i) {
                         d.y[i] = double(i);
                         if (d.task == Task::Classification && i >= 3)
                             d.classNames.push_back("k" + std::to_string(i));
                     }
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
            {"huge answers", [] {
                 return changed(cloud(30, 2), [](Dataset& d) { d.y *= d.task == Task::Regression ? 1e305 : 1; });
             }},
        };
        const DatasetPtr data = kinds.at(kind)();
        std::size_t steps = 0;
        const auto outcome = fit(*made(), data, 1, [&](const TrainingRun&, const Progress&) {
            return ++steps < 2000 ? Answer::Continue : Answer::StopAndKeep;
        });
        QCOMPARE(complaintAbout(outcome, *data), QString());
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

    void savedModelsAnswerAlike_data() { addLearners(); }
    void savedModelsAnswerAlike()
    {
        const auto model = samples::trainedModel(samples::mixedTable(), samples::planFor(info(), task()));
        QVERIFY2(model, model ? "" : model.error().message.c_str());
        const std::string saved = modelToJson(**model);
        const auto loaded = modelFromJson(saved);
        QVERIFY2(loaded, loaded ? "" : loaded.error().message.c_str());
        QCOMPARE(samples::exactBits((*loaded)->parameters()), samples::exactBits((*model)->parameters()));
        QCOMPARE(modelToJson(**loaded), saved);

        const Table fresh = samples::mixedTable(500, 99);
        const auto before = (*model)->predict(fresh), after = (*loaded)->predict(fresh);
        QVERIFY(before && after);
        QVERIFY(samples::sameBits(before->values, after->values));
        QVERIFY(samples::sameBits(before->probabilities, after->probabilities));
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
            std::vector<HyperparameterValue> values;
            if (spec.kind == HyperparameterSpec::Kind::Real)
                values = {spec.minimumExclusive ? std::nextafter(spec.minimum, infinity) : spec.minimum, spec.maximum};
            else if (spec.kind == HyperparameterSpec::Kind::Integer)
                values = {std::int64_t(spec.minimum), std::int64_t(spec.maximum)};
            else if (spec.kind == HyperparameterSpec::Kind::Boolean)
                values = {true, false};
            else if (spec.kind == HyperparameterSpec::Kind::Integers)
                values = {std::string(), std::to_string(std::int64_t(spec.minimum)), std::to_string(std::int64_t(spec.maximum))};
            else
                values.assign(spec.choices.begin(), spec.choices.end());
            for (const HyperparameterValue& value : values) {
                const auto checked = Hyperparameters::check(info().table, {{spec.name, value}});
                QVERIFY2(checked, checked ? "" : checked.error().message.c_str());
                std::size_t steps = 0;
                const auto outcome = fit(*info().make(*checked, task()), data, 1, [&](const TrainingRun&, const Progress&) {
                    return ++steps < 200 ? Answer::Continue : Answer::StopAndKeep;
                });
                const QString complaint = complaintAbout(outcome, *data);
                QVERIFY2(complaint.isEmpty(), qPrintable(QStringLiteral("%1 = %2: %3").arg(QString::fromStdString(spec.name),
                                                             QString::fromStdString(hyperparameterText(value)), complaint)));
            }
        }
    }

    void answersDoNotDependOnTheBatch_data() { addLearners(); }
    void answersDoNotDependOnTheBatch()
    {
        const auto outcome = fit(*made(), cloud(80, 3), 1);
        QVERIFY(outcome);
        const PredictorPtr predictor = makePredictor(outcome->parameters);
        const Matrix X = cloud(1000, 3, 11)->X;
        Matrix whole;
        predictor->predict(X, whole);

        std::vector<Eigen::Index> order(std::size_t(X.rows()));
        std::iota(order.begin(), order.end(), Eigen::Index(0));
        Random(2).shuffle(order);
        Matrix mixed(X.rows(), X.cols()), out;
        for (std::size_t i = 0; i < order.size(); ++i)
            mixed.row(Eigen::Index(i)) = X.row(order[i]);
        predictor->predict(mixed, out);
        for (std::size_t i = 0; i < order.size(); ++i)
            QVERIFY(samples::sameBits(out.row(Eigen::Index(i)), whole.row(order[i])));

        for (Eigen::Index i = 0; i < X.rows(); i += 37) {
            const Vector x = X.row(i);
            Vector one(whole.cols());
            predictor->predictRow(x.data(), one.data());
            QVERIFY(samples::sameBits(one.transpose(), whole.row(i)));
            predictor->predict(X.middleRows(i, std::min<Eigen::Index>(5, X.rows() - i)), out);
            QVERIFY(samples::sameBits(out.row(0), whole.row(i)));
        }
    }

    void aModelOfAnotherWidthIsRefused_data() { addLearners(); }
    void aModelOfAnotherWidthIsRefused()
    {
        const auto model = samples::trainedModel(samples::mixedTable(), samples::planFor(info(), task()));
        QVERIFY(model);
        const auto outcome = fit(*made(), cloud(40, 3), 1);
        QVERIFY(outcome);
        const auto wrong = Model::make((*model)->preparation(), outcome->parameters, (*model)->target(), {});
        QVERIFY(!wrong);
        QVERIFY2(wrong.error().message.find("expect 3") != std::string::npos, wrong.error().message.c_str());
    }

    void theOtherTaskIsRefused_data()
    {
        QTest::addColumn<QString>("id");
        QTest::addColumn<int>("taskNumber");
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
