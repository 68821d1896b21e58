#include "core/base/parallel.h"
#include "core/evaluate/online_training.h"
#include "core/learn/fit.h"
#include "core/learn/online.h"
#include "core/learn/registry.h"
#include "core/model/model_file.h"
#include "tests/support/odd_data.h"
#include "tests/support/parameters_text.h"
#include "tests/support/sample_tables.h"

#include <QTest>

#include <numeric>

using namespace modelarium;
using contract::isSentence;

namespace {

/// Overlapping clouds, one a class; for regression a plane with noise.
Dataset cloud(Task task, int classes, Eigen::Index samples = 200, Eigen::Index features = 3)
{
    Random random(5);
    Matrix X(samples, features);
    Vector y(samples);
    for (Eigen::Index i = 0; i < samples; ++i) {
        const auto kind = double(i % std::max(classes, 3));
        for (Eigen::Index j = 0; j < features; ++j)
            X(i, j) = random.normal() + kind * (j % 2 == 0 ? 1.5 : -0.5);
        y[i] = task == Task::Classification ? kind : X.row(i).sum() + 0.3 * random.normal();
    }
    return *reference::makeDataset(std::move(X), std::move(y), classes);
}

Dataset rowsOf(const Dataset& data, Eigen::Index from, Eigen::Index count)
{
    Dataset part = data;
    part.X() = data.X().middleRows(from, count);
    part.y = data.y.segment(from, count);
    part.sourceRows.assign(data.sourceRows.begin() + from, data.sourceRows.begin() + from + count);
    return part;
}

std::unique_ptr<OnlineRun> runOf(const LearnerInfo& learner, const Dataset& data, const HyperparameterValues& values = {})
{
    return learner.makeOnline(*Hyperparameters::check(learner.table, values), {data.task, data.features(), data.classNames, 0.5, 2}, 9);
}

std::string textOf(const OnlineState& state)
{
    std::string text;
    for (const auto& [name, count] : state.counts)
        text += name + '=' + std::to_string(count) + '\n';
    for (const auto& [name, values] : state.numbers) {
        text += name;
        for (const double value : values)
            text += ' ' + exactText(value);
        text += '\n';
    }
    return text;
}

} // namespace

/// What every learner of the registry that learns online owes.
class TestOnlineLearners : public QObject {
    Q_OBJECT

private:
    void cases()
    {
        QTest::addColumn<QString>("id");
        QTest::addColumn<int>("classes");
        for (const LearnerInfo& learner : learners()) {
            if (!learner.makeOnline)
                continue;
            for (const Task task : learner.tasks)
                for (const int classes : task == Task::Regression ? std::vector<int>{0} : std::vector<int>{2, 4})
                    QTest::addRow("%s, %d", learner.id.c_str(), classes) << QString::fromStdString(learner.id) << classes;
        }
    }

    struct Case {
        const LearnerInfo* learner;
        Dataset data;
    };

    Case given() const
    {
        const QString id = *static_cast<QString*>(QTest::qData("id", QMetaType::QString));
        const int classes = *static_cast<int*>(QTest::qData("classes", QMetaType::Int));
        Dataset data = cloud(classes ? Task::Classification : Task::Regression, classes);
        if (classes == 2)
            data.y = data.y.cwiseMin(1);
        return {*findLearner(id.toStdString()), std::move(data)};
    }

private Q_SLOTS:
    void cleanup() { setThreadCount(0); }

    void theFiveOfTheCourse()
    {
        std::vector<std::string> ids;
        for (const LearnerInfo& learner : learners())
            if (learner.makeOnline)
                ids.push_back(learner.id);
        for (const char* id : {"linear_regression", "logistic_regression", "perceptron", "gaussian_naive_bayes", "neural_network"})
            QVERIFY2(std::find(ids.begin(), ids.end(), id) != ids.end(), id);
    }

    void tablesNameWhatPlaysAPart()
    {
        for (const LearnerInfo& learner : learners())
            for (const std::string& name : learner.onlineHyperparameters)
                QVERIFY2(std::any_of(learner.table.begin(), learner.table.end(), [&](const auto& spec) { return spec.name == name; }), name.c_str());
    }

    void cutsChangeNoBit_data() { cases(); }
    void cutsChangeNoBit()
    {
        const auto [learner, data] = given();
        const auto whole = runOf(*learner, data);
        Matrix before;
        QVERIFY(whole->partialFit(data, &before));
        QCOMPARE(whole->rows(), std::uint64_t(200));
        QVERIFY(before.allFinite());
        QVERIFY(isFinite(whole->freeze()));
        for (const Eigen::Index size : {1, 7, 33, 199}) {
            setThreadCount(size == 7 ? 1 : 0);
            const auto run = runOf(*learner, data);
            Matrix answers(data.X().rows(), before.cols()), part;
            for (Eigen::Index i = 0; i < data.X().rows(); i += size) {
                const Eigen::Index count = std::min(size, data.X().rows() - i);
                QVERIFY(run->partialFit(rowsOf(data, i, count), &part));
                answers.middleRows(i, count) = part;
            }
            QCOMPARE(textOf(run->state()), textOf(whole->state()));
            QCOMPARE(parametersText(run->freeze()), parametersText(whole->freeze()));
            QVERIFY(samples::sameBits(answers, before));
        }
        const auto unwatched = runOf(*learner, data);
        QVERIFY(unwatched->partialFit(data));
        QCOMPARE(textOf(unwatched->state()), textOf(whole->state()));
    }

    void goesOnWhereItStopped_data() { cases(); }
    void goesOnWhereItStopped()
    {
        const auto [learner, data] = given();
        const auto whole = runOf(*learner, data);
        QVERIFY(whole->partialFit(data));
        for (const Eigen::Index stop : {0, 1, 77, 200}) {
            const auto first = runOf(*learner, data), second = runOf(*learner, data);
            QVERIFY(first->partialFit(rowsOf(data, 0, stop)));
            QVERIFY(second->setState(first->state()));
            QCOMPARE(parametersText(second->freeze()), parametersText(first->freeze()));
            QVERIFY(second->partialFit(rowsOf(data, stop, 200 - stop)));
            QCOMPARE(textOf(second->state()), textOf(whole->state()));
            QCOMPARE(parametersText(second->freeze()), parametersText(whole->freeze()));
        }
    }

    /// The score is honest: an answer is that of the model before the row.
    void answersComeBeforeTheRow_data() { cases(); }
    void answersComeBeforeTheRow()
    {
        const auto [learner, data] = given();
        const auto run = runOf(*learner, data);
        for (Eigen::Index i = 0; i < 60; ++i) {
            const Dataset row = rowsOf(data, i, 1);
            Matrix expected, before;
            makePredictor(run->freeze())->predict(row.X(), expected);
            QVERIFY(run->partialFit(row, &before));
            QVERIFY2((before - expected).cwiseAbs().maxCoeff() <= 1e-9 * std::max(1.0, expected.cwiseAbs().maxCoeff()),
                     qPrintable(QString::number(i)));
        }
    }

    void learns_data() { cases(); }
    void learns()
    {
        const auto [learner, data] = given();
        Dataset many = cloud(data.task, data.classNames.size() > 2 ? 4 : 3, 4000);
        if (data.classes() == 2)
            many.y = many.y.cwiseMin(1);
        many.classNames = data.classNames;
        many.task = data.task;
        if (data.task == Task::Regression)
            many.y = many.X().rowwise().sum();
        const auto run = runOf(*learner, many);
        Matrix before;
        QVERIFY(run->partialFit(many, &before));
        PrequentialScore score(many.task, many.classes());
        RowVector answer;
        for (Eigen::Index i = 1000; i < 4000; ++i) {
            answer = before.row(i);
            score.add(many.y[i], answer.data());
        }
        const Metrics metrics = score.metrics();
        QVERIFY2(many.task == Task::Regression ? metrics.at("r2") > 0.95 : metrics.at("accuracy") > (many.classes() == 2 ? 0.8 : 0.35),
                 qPrintable(QString::number(many.task == Task::Regression ? metrics.at("r2") : metrics.at("accuracy"))));
    }

    void badRowsAreNamed_data() { cases(); }
    void badRowsAreNamed()
    {
        const auto [learner, data] = given();
        const auto whole = runOf(*learner, data);
        QVERIFY(whole->partialFit(rowsOf(data, 0, 12)));
        for (const double bad : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
            for (const bool inTarget : {false, true}) {
                Dataset broken = data;
                (inTarget ? broken.y[12] : broken.X()(12, 1)) = bad;
                const auto run = runOf(*learner, data);
                const auto refused = run->partialFit(broken);
                QVERIFY(!refused && refused.error().code == ErrorCode::NotFinite);
                QCOMPARE(refused.error().place.row, std::optional<std::size_t>(13));
                QVERIFY2(isSentence(refused.error().message) && refused.error().message.find("Row 13") != std::string::npos, refused.error().message.c_str());
                QCOMPARE(textOf(run->state()), textOf(whole->state()));
            }
        }
        // As large as numbers are: learned from, or refused with the row; never a parameter that is no number.
        Dataset large = data;
        large.X()(12, 1) = 1e200;
        const auto run = runOf(*learner, data);
        const auto outcome = run->partialFit(large);
        QVERIFY(outcome ? isFinite(run->freeze()) : isSentence(outcome.error().message) && outcome.error().place.row == std::optional<std::size_t>(13));
    }

    /// Whatever comes: rows are learned from, or one is named; what was learned can be used, and goes on from its state.
    void oddData_data() { contract::addOddData([](const LearnerInfo& learner) { return learner.makeOnline != nullptr; }); }
    void oddData()
    {
        QFETCH(QString, kind);
        const DatasetPtr data = contract::oddData().at(kind)();
        const auto run = runOf(contract::info(), *data);
        Matrix before;
        const auto outcome = run->partialFit(*data, &before);
        if (!outcome) {
            QVERIFY2(isSentence(outcome.error().message) && outcome.error().place.row, outcome.error().message.c_str());
            return;
        }
        QCOMPARE(contract::complaintAboutAnswers(before, data->task), QString());
        QCOMPARE(contract::complaintAbout(run->freeze(), *data), QString());
        QVERIFY(std::isfinite(outcome->loss));
        const auto other = runOf(contract::info(), *data);
        const auto taken = other->setState(run->state());
        QVERIFY2(taken, taken ? "" : taken.error().message.c_str());
        QCOMPARE(textOf(other->state()), textOf(run->state()));
        QCOMPARE(parametersText(other->freeze()), parametersText(run->freeze()));
    }

    void otherShapesAreRefused_data() { cases(); }
    void otherShapesAreRefused()
    {
        const auto [learner, data] = given();
        const auto run = runOf(*learner, data);
        Dataset wide = data;
        wide.X() = Matrix::Zero(200, 4);
        const auto refused = run->partialFit(wide);
        QVERIFY(!refused && refused.error().code == ErrorCode::WrongType && isSentence(refused.error().message));
        Dataset classes = data;
        classes.classNames.push_back("z");
        QVERIFY(!run->partialFit(classes));
        QCOMPARE(run->rows(), std::uint64_t(0));
        QVERIFY(isFinite(run->freeze()));
        QVERIFY(run->isFinished());
    }

    void brokenStatesAreRefused_data() { cases(); }
    void brokenStatesAreRefused()
    {
        const auto [learner, data] = given();
        const auto run = runOf(*learner, data);
        QVERIFY(run->partialFit(rowsOf(data, 0, 45)));
        const OnlineState good = run->state();
        const auto refuses = [&, &learner = learner, &data = data](const OnlineState& state) {
            const auto other = runOf(*learner, data);
            const auto taken = other->setState(state);
            return !taken && taken.error().code == ErrorCode::BadModelFile && isSentence(taken.error().message);
        };
        for (const auto& entry : good.counts) {
            OnlineState state = good;
            state.counts.erase(entry.first);
            QVERIFY2(refuses(state), entry.first.c_str());
        }
        for (const auto& entry : good.numbers) {
            OnlineState state = good;
            state.numbers.erase(entry.first);
            QVERIFY2(refuses(state), entry.first.c_str());
            state.numbers[entry.first] = Vector::Zero(entry.second.size() + 1);
            QVERIFY2(refuses(state), entry.first.c_str());
        }
        QVERIFY(!refuses(good));
    }

    /// Through a table, a file and back.
    void aTrainingInTwoParts_data() { cases(); }
    void aTrainingInTwoParts()
    {
        const auto [learner, data] = given();
        const Table table = samples::mixedTable(400);
        TrainingPlan plan = samples::planFor(*learner, data.task);
        std::vector<std::size_t> rows(100);
        std::iota(rows.begin(), rows.end(), std::size_t(0));
        const Table first = table.selected(rows);
        auto whole = OnlineTraining::begin(first, plan);
        QVERIFY2(whole, whole ? "" : whole.error().message.c_str());
        QVERIFY(whole->learn(table, 0, 400));
        const auto expected = whole->model(0);
        QVERIFY(expected);
        for (const std::size_t stop : {std::size_t(0), std::size_t(100), std::size_t(213)}) {
            auto part = OnlineTraining::begin(first, plan);
            QVERIFY(part && part->learn(table, 0, stop));
            const auto halfway = modelFromJson(modelToJson(**part->model(0)));
            QVERIFY2(halfway, halfway ? "" : halfway.error().message.c_str());
            auto rest = OnlineTraining::resume(**halfway);
            QVERIFY2(rest, rest ? "" : rest.error().message.c_str());
            QVERIFY(rest->learn(table, stop, 400 - stop));
            QCOMPARE(rest->rowsRead(), std::uint64_t(400));
            const auto model = rest->model(0);
            QVERIFY(model);
            QCOMPARE(samples::exactBits((*model)->parameters()), samples::exactBits((*expected)->parameters()));
            QCOMPARE(textOf(*(*model)->onlineState()), textOf(*(*expected)->onlineState()));
            QCOMPARE((*model)->certificate().rows, (*expected)->certificate().rows);
            QVERIFY(samples::sameBits((*model)->certificate().predictions, (*expected)->certificate().predictions));
            QCOMPARE((*model)->provenance().metricsTrain, (*expected)->provenance().metricsTrain);
        }
        const ModelPtr frozen = (*expected)->withoutOnlineState();
        QVERIFY(modelToJson(**expected).find("online_state") != std::string::npos);
        QVERIFY(modelToJson(*frozen).find("online_state") == std::string::npos);
        QCOMPARE(samples::exactBits(frozen->parameters()), samples::exactBits((*expected)->parameters()));
        for (const ModelPtr& model : {frozen, *samples::trainedModel(table, plan)}) {
            const auto refused = OnlineTraining::resume(*model);
            QVERIFY(!refused && refused.error().code == ErrorCode::Unsupported);
            QVERIFY2(refused.error().message.find("frozen") != std::string::npos && isSentence(refused.error().message), refused.error().message.c_str());
        }
    }

    /// Models that were saved while they learned go on for ever.
    void goldenFilesGoOn()
    {
        for (const LearnerInfo& learner : learners()) {
            if (!learner.makeOnline)
                continue;
            const auto model = loadModel(MODELARIUM_SOURCE_DIR "/tests/golden/" + learner.id + "_online.model.json");
            QVERIFY2(model, model ? "" : model.error().message.c_str());
            QVERIFY((*model)->onlineState());
            const auto training = OnlineTraining::resume(**model);
            QVERIFY2(training, training ? "" : training.error().message.c_str());
            const auto again = training->model(0);
            QVERIFY(again);
            QCOMPARE(samples::exactBits((*again)->parameters()), samples::exactBits((*model)->parameters()));
            QCOMPARE(textOf(*(*again)->onlineState()), textOf(*(*model)->onlineState()));
        }
    }
};

QTEST_GUILESS_MAIN(TestOnlineLearners)
#include "tst_online_learners.moc"
