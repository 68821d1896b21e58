#include "app/jobs/evaluate_job.h"

#include "core/data/parting_columns.h"
#include "core/evaluate/metrics.h"
#include "core/learn/training.h"
#include "core/prepare/unknown_words.h"

#include <QMetaObject>

#include <chrono>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

namespace modelarium {
namespace {

/// Codes among the model's classes: the levels of the table may come in another order, or be others.
Vector classTruth(const Column& column, const std::vector<std::string>& classes)
{
    const double none = std::numeric_limits<double>::quiet_NaN();
    Vector truth = Vector::Constant(Eigen::Index(column.rows()), none);
    std::map<std::string, double> codes;
    for (std::size_t k = 0; k < classes.size(); ++k)
        codes.emplace(classes[k], double(k));
    if (column.isCategorical()) {
        const CategoryCells& cells = column.categoryCells();
        std::vector<double> ofLevel;
        for (const std::string& level : cells.levels) {
            const auto found = codes.find(level);
            ofLevel.push_back(found == codes.end() ? none : found->second);
        }
        for (std::size_t i = 0; i < column.rows(); ++i) {
            if (cells.codes[i] >= 0)
                truth(Eigen::Index(i)) = ofLevel[std::size_t(cells.codes[i])];
        }
        return truth;
    }
    for (std::size_t i = 0; i < column.rows(); ++i) {
        const auto found = codes.find(valueText(column, i));
        if (found != codes.end())
            truth(Eigen::Index(i)) = found->second;
    }
    return truth;
}

Vector truthOf(const Table& table, const TargetColumn& target)
{
    const auto index = !hasTarget(target.task) ? std::nullopt : table.find(target.name);
    if (!index)
        return {};
    const Column& column = table.column(*index);
    if (target.task == Task::Classification)
        return classTruth(column, target.classes);
    if (!column.isNumeric())
        return {};
    return Eigen::Map<const Vector>(column.numberValues().data(), Eigen::Index(column.rows()));
}

void measure(const Evaluation& evaluation, const std::vector<std::size_t>& rows, std::map<std::string, double>& metrics,
             Eigen::MatrixXi& confusion)
{
    if (!hasTarget(evaluation.model->target().task)) {
        if (const auto data = makeDataset(evaluation.table, rows, evaluation.model->preparation(), evaluation.model->target()); data)
            metrics = metricsOf(*evaluation.model, *data);
        return;
    }
    const ComparedRows both = comparedRows(evaluation, rows);
    if (both.truth.size() == 0)
        return;
    const TargetColumn& target = evaluation.model->target();
    if (target.task == Task::Regression) {
        metrics = regressionMetrics(both.truth, both.predicted.values, weighedTerms(*evaluation.model, evaluation.model->preparation().outputs()));
        return;
    }
    metrics = classificationMetrics(both.truth, both.predicted, target.classes.size());
    confusion = confusionMatrix(both.truth, both.predicted.values, target.classes.size());
}

/// One prediction is too short for a clock: it is repeated until a millisecond has passed.
double timeOfOnePrediction(const Model& model)
{
    using Clock = std::chrono::steady_clock;
    std::vector<double> raw;
    for (const InputColumn& input : model.inputs())
        raw.push_back(input.typical);
    std::vector<double> workspace(model.workspaceSize());
    std::vector<double> out(model.outputs());
    const auto begin = Clock::now();
    std::size_t count = 0;
    std::chrono::duration<double> taken{};
    for (std::size_t batch = 1; taken.count() < 1e-3; batch *= 2) {
        for (std::size_t i = 0; i < batch; ++i)
            model.predictRow(raw.data(), workspace.data(), out.data());
        count += batch;
        taken = Clock::now() - begin;
    }
    return taken.count() / double(count);
}

} // namespace

ComparedRows comparedRows(const Evaluation& evaluation, const std::vector<std::size_t>& rows)
{
    std::vector<Eigen::Index> known;
    for (const std::size_t row : rows) {
        const Eigen::Index i = Eigen::Index(row);
        if (i < evaluation.truth.size() && !std::isnan(evaluation.truth(i)))
            known.push_back(i);
    }
    ComparedRows both;
    both.truth = evaluation.truth(known);
    both.predicted.values = evaluation.prediction.values(known);
    if (evaluation.prediction.probabilities.cols() > 0)
        both.predicted.probabilities = evaluation.prediction.probabilities(known, Eigen::all);
    both.predicted.areProbabilities = evaluation.prediction.areProbabilities;
    return both;
}

Evaluation evaluateModel(const ModelPtr& model, const Table& table, const SplitPtr& split, const GroupsGiven& groups)
{
    Evaluation evaluation;
    evaluation.model = model;
    evaluation.table = table;
    evaluation.secondsPerPrediction = timeOfOnePrediction(*model);
    auto prediction = model->predict(table);
    if (!prediction) {
        evaluation.error = prediction.error();
        return evaluation;
    }
    evaluation.prediction = *std::move(prediction);
    if (groups.apart) {
        auto given = groups.by ? groups.by->predict(table) : Result<Prediction>(Prediction{});
        evaluation.groups = given && groups.by ? std::move(given->values) : Vector(Vector::Constant(Eigen::Index(table.rows()), -1));
    }
    evaluation.truth = truthOf(table, model->target());
    evaluation.rowsChanged = !split;
    if (split) {
        evaluation.split = *split;
    } else {
        evaluation.split.test.resize(table.rows());
        std::iota(evaluation.split.test.begin(), evaluation.split.test.end(), std::size_t(0));
    }
    evaluation.unknownWords = unknownWordsSentence(countUnknownWords(model->preparation(), table, evaluation.split.test), "of the test rows");
    measure(evaluation, evaluation.split.train, evaluation.metricsTrain, evaluation.confusionTrain);
    measure(evaluation, evaluation.split.test, evaluation.metricsTest, evaluation.confusionTest);
    return evaluation;
}

EvaluateJob::EvaluateJob(QObject* parent) : QObject(parent) {}

void EvaluateJob::start(ModelPtr model, Table table, SplitPtr split, GroupsGiven groups)
{
    const std::uint64_t generation = ++m_generation;
    m_worker.start([this, generation, model = std::move(model), table = std::move(table), split = std::move(split), groups = std::move(groups)](
                       std::stop_token) {
        const auto evaluation = std::make_shared<const Evaluation>(evaluateModel(model, table, split, groups));
        QMetaObject::invokeMethod(this, [this, generation, evaluation] {
            // A newer request may wait already; under a stream of requests this one is still worth seeing.
            if (generation >= m_oldestWanted)
                Q_EMIT finished(evaluation);
        }, Qt::QueuedConnection);
    });
}

void EvaluateJob::cancel()
{
    m_oldestWanted = m_generation + 1;
    m_worker.cancel();
}

} // namespace modelarium
