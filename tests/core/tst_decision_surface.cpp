#include "core/base/parallel.h"
#include "core/base/random.h"
#include "core/evaluate/decision_scores.h"
#include "core/evaluate/decision_surface.h"
#include "tests/support/reference_data.h"

#include <QTest>

#include <cmath>
#include <numeric>

using namespace modelarium;

namespace {

/// Two numbers, a category, and a third number: what a slice holds and what it varies.
Table makeTable(std::size_t rows)
{
    Random random(1);
    Buffer<double> numbers[3];
    std::vector<std::string> islands;
    for (std::size_t i = 0; i < rows; ++i) {
        for (Buffer<double>& column : numbers)
            column.push_back(10 + 3 * random.normal());
        islands.push_back(random.below(2) ? "Dream" : "Biscoe");
    }
    std::vector<ColumnPtr> columns{std::make_shared<const Column>(Column::numbers("mass", numbers[0])),
                                   std::make_shared<const Column>(Column::categories("island", islands)),
                                   std::make_shared<const Column>(Column::numbers("bill", numbers[1])),
                                   std::make_shared<const Column>(Column::numbers("wing", numbers[2]))};
    return *Table::make(std::move(columns));
}

/// A model of the learner on that table, through the same preparation that a person would choose.
ModelPtr makeModel(const LearnerInfo& learner, Task task, Scaling scaling, int degree)
{
    const Table table = makeTable(200);
    std::vector<std::size_t> rows(table.rows());
    std::iota(rows.begin(), rows.end(), std::size_t(0));
    PreparationChoices choices;
    choices.scaling = scaling;
    choices.polynomialDegree = degree;
    choices.referenceLevel = learner.wantsReferenceLevel;
    const auto preparation = Preparation::learn(table, {"mass", "island", "bill", "wing"}, rows, choices);
    if (!preparation)
        return nullptr;
    const Matrix X = *preparation->apply(table);
    const auto& mass = table.column(0).numberValues();
    const auto& bill = table.column(2).numberValues();
    Vector y(X.rows());
    for (Eigen::Index i = 0; i < y.size(); ++i) {
        const double score = mass[std::size_t(i)] - 0.1 * bill[std::size_t(i)] * bill[std::size_t(i)];
        y[i] = task == Task::Regression ? score : double((score > -3) + (score > 1));
    }
    const int classes = task == Task::Regression ? 0 : 3;
    const auto outcome = reference::fitTo(reference::makeDataset(X, y, classes), learner.id, {});
    if (!outcome)
        return nullptr;
    TargetColumn target{"y", "", task, {}};
    if (classes > 0)
        target.classes = {"a", "b", "c"};
    const auto model = Model::make(*preparation, outcome->parameters, target, {});
    return model ? *model : nullptr;
}

SurfaceSlice someSlice()
{
    SurfaceSlice slice;
    slice.xInput = 2;
    slice.yInput = 0;
    slice.held = {10, 1, 0, 11};
    slice.xMinimum = 2;
    slice.xMaximum = 18;
    slice.yMinimum = 1;
    slice.yMaximum = 19;
    slice.columns = 53;
    slice.rows = 81;
    return slice;
}

/// Every cell predicted alone, by the way that any single row takes.
Buffer<float> cellByCell(const Model& model, const SurfaceSlice& slice)
{
    std::vector<double> workspace(model.workspaceSize());
    std::vector<double> answer(model.outputs());
    std::vector<double> raw = slice.held;
    Buffer<float> values;
    for (int row = 0; row < slice.rows; ++row) {
        for (int column = 0; column < slice.columns; ++column) {
            if (slice.yInput != slice.xInput)
                raw[slice.yInput] = slice.yMinimum + (slice.yMaximum - slice.yMinimum) * ((row + 0.5) / slice.rows);
            raw[slice.xInput] = slice.xMinimum + (slice.xMaximum - slice.xMinimum) * ((column + 0.5) / slice.columns);
            model.predictRow(raw.data(), workspace.data(), answer.data());
            values.insert(values.end(), answer.begin(), answer.end());
        }
    }
    return values;
}

} // namespace

class TestDecisionSurface : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cellsAreSingleRows_data();
    void cellsAreSingleRows();
    void oneInputGivesACurve();
    void decidingModelsHaveScores_data();
    void decidingModelsHaveScores();
    void scoresOfTwoClassesAndOfCentres();
    void stopsWhenAsked();
    void refusesCategories();
    void refusesASliceOfAnotherModel();
};

void TestDecisionSurface::cellsAreSingleRows_data()
{
    QTest::addColumn<QString>("learner");
    QTest::addColumn<bool>("classification");
    QTest::addColumn<bool>("scaled");
    QTest::addColumn<int>("degree");
    for (const LearnerInfo& learner : learners()) {
        for (const Task task : learner.tasks) {
            if (!hasTarget(task))
                continue;
            const bool classification = task == Task::Classification;
            for (const int degree : {1, 2})
                QTest::addRow("%s, %s, degree %d", learner.id.c_str(), classification ? "classes" : "numbers", degree)
                    << QString::fromStdString(learner.id) << classification << (degree == 2) << degree;
        }
    }
}

void TestDecisionSurface::cellsAreSingleRows()
{
    QFETCH(QString, learner);
    QFETCH(bool, classification);
    QFETCH(bool, scaled);
    QFETCH(int, degree);
    const auto info = findLearner(learner.toStdString());
    QVERIFY(info);
    const ModelPtr model = makeModel(**info, classification ? Task::Classification : Task::Regression,
                                     scaled ? Scaling::Standardise : Scaling::None, degree);
    if (!model)
        QSKIP("this learner refuses these data");
    const SurfaceSlice slice = someSlice();
    const Buffer<float> expected = cellByCell(*model, slice);
    for (const std::size_t threads : {1, 2, 8}) {
        setThreadCount(threads);
        const auto surface = evaluateSurface(*model, slice);
        QVERIFY(surface);
        QCOMPARE(surface->outputs, int(model->outputs()));
        QVERIFY(surface->values == expected);
    }
    setThreadCount(0);
}

void TestDecisionSurface::oneInputGivesACurve()
{
    const auto info = findLearner("decision_tree");
    QVERIFY(info);
    const ModelPtr model = makeModel(**info, Task::Regression, Scaling::None, 1);
    QVERIFY(model);
    SurfaceSlice slice = someSlice();
    slice.yInput = slice.xInput;
    slice.rows = 1;
    const auto curve = evaluateSurface(*model, slice);
    QVERIFY(curve);
    QCOMPARE(curve->values.size(), std::size_t(slice.columns));
    QVERIFY(curve->values == cellByCell(*model, slice));
}

void TestDecisionSurface::decidingModelsHaveScores_data()
{
    QTest::addColumn<QString>("id");
    QTest::addColumn<bool>("scored");
    QTest::newRow("linear, a score a class") << "linear_svm" << true;
    QTest::newRow("votes of three machines") << "support_vector_machine" << false;
    QTest::newRow("probabilities") << "logistic_regression" << false;
}

void TestDecisionSurface::decidingModelsHaveScores()
{
    QFETCH(QString, id);
    QFETCH(bool, scored);
    const auto info = findLearner(id.toStdString());
    QVERIFY(info);
    const ModelPtr model = makeModel(**info, Task::Classification, Scaling::Standardise, 1);
    QVERIFY(model);
    const auto surface = evaluateSurface(*model, someSlice());
    QVERIFY(surface);
    QCOMPARE(surface->scores.size(), scored ? surface->values.size() : 0);
    std::size_t won = 0;
    for (std::size_t i = 0; i < surface->scores.size(); ++i) {
        QVERIFY(surface->scores[i] <= 0);
        // The class that the model answers lies behind no other.
        if (surface->values[i] == 1) {
            QCOMPARE(surface->scores[i], 0.0f);
            ++won;
        }
    }
    QCOMPARE(won, surface->scores.size() / 3);
}

void TestDecisionSurface::scoresOfTwoClassesAndOfCentres()
{
    const Matrix X{{0.5, 0}, {-1, 3}, {2, 2}};
    Matrix z(3, 1);
    const PredictorPtr line = scorePredictor(Linear{Matrix{{2, -1}}, Vector{{0.5}}, Link::Hard});
    QVERIFY(line);
    line->predictBlock(X, z);
    QVERIFY((z - Matrix{{1.5}, {-4.5}, {2.5}}).isZero(1e-12));
    QVERIFY(!scorePredictor(Linear{Matrix{{2, -1}}, Vector{{0.5}}, Link::Logistic}));

    KernelExpansion machine{Kernel::Linear, 1, 3, 0, Matrix{{1, 0}, {0, 1}}, Matrix{{0.5, -2}}, Vector{{0.25}}, {1, 1}};
    const PredictorPtr kernel = scorePredictor(machine);
    QVERIFY(kernel);
    kernel->predictBlock(X, z);
    QVERIFY((z - Matrix{{0.5}, {-6.25}, {-2.75}}).isZero(1e-6));

    const PredictorPtr centres = scorePredictor(Centroids{Matrix{{0, 0}, {2, 1}}});
    QVERIFY(centres);
    Matrix s(3, 2);
    centres->predictBlock(X, s);
    for (Eigen::Index i = 0; i < 3; ++i) {
        const double gap = X.row(i).squaredNorm() - (X.row(i) - RowVector{{2, 1}}).squaredNorm();
        QVERIFY(std::abs(s(i, 1) - s(i, 0) - gap) < 1e-12);
    }
    QVERIFY(!scorePredictor(Centroids{Matrix{{1, 2}}}));

    // Far from 0, as dates and keys are: the squares of such places have no digits left for what tells them apart.
    const PredictorPtr far = scorePredictor(Centroids{Matrix{{1e9, 0}, {1e9 + 2, 1}}});
    far->predictBlock(Matrix{{1e9 + 0.5, 0}, {1e9 + 1.5, 1}, {1e9 + 3, 0}}, s);
    QVERIFY(s(0, 0) > s(0, 1) && s(1, 1) > s(1, 0) && s(2, 1) > s(2, 0));
}

void TestDecisionSurface::stopsWhenAsked()
{
    const auto info = findLearner("k_nearest_neighbors");
    QVERIFY(info);
    const ModelPtr model = makeModel(**info, Task::Regression, Scaling::None, 1);
    QVERIFY(model);
    std::stop_source stop;
    stop.request_stop();
    const auto surface = evaluateSurface(*model, someSlice(), stop.get_token());
    QVERIFY(!surface);
    QCOMPARE(surface.error().code, ErrorCode::Cancelled);
}

void TestDecisionSurface::refusesCategories()
{
    const auto info = findLearner("decision_tree");
    const ModelPtr model = makeModel(**info, Task::Regression, Scaling::None, 1);
    QVERIFY(model);
    SurfaceSlice slice = someSlice();
    slice.yInput = 1;
    const auto surface = evaluateSurface(*model, slice);
    QVERIFY(!surface);
    QCOMPARE(surface.error().code, ErrorCode::WrongType);
    QCOMPARE(surface.error().place.column, std::string("island"));
}

void TestDecisionSurface::refusesASliceOfAnotherModel()
{
    const auto info = findLearner("decision_tree");
    const ModelPtr model = makeModel(**info, Task::Regression, Scaling::None, 1);
    QVERIFY(model);
    SurfaceSlice tooFewHeld = someSlice();
    tooFewHeld.held.pop_back();
    QVERIFY(!evaluateSurface(*model, tooFewHeld));
    SurfaceSlice noCells = someSlice();
    noCells.columns = 0;
    QVERIFY(!evaluateSurface(*model, noCells));
    SurfaceSlice noSuchInput = someSlice();
    noSuchInput.xInput = 4;
    QVERIFY(!evaluateSurface(*model, noSuchInput));
}

QTEST_GUILESS_MAIN(TestDecisionSurface)
#include "tst_decision_surface.moc"
