#include "app/jobs/preparation_job.h"

#include "core/learn/plan_split.h"

#include <QMetaObject>

#include <algorithm>
#include <new>
#include <numeric>
#include <utility>

namespace modelarium {
namespace {

/// The column before, and those after the last step that come from it.
void lookAtColumn(const PreparationQuestion& question, const std::vector<std::size_t>& rows, const Matrix& prepared, PreparationEffects& effects)
{
    const auto column = question.table.find(question.column);
    if (!column)
        return;
    effects.before = profileOf(question.table.column(*column), rows);
    const std::vector<InputColumn>& inputs = effects.preparation.inputs();
    const auto input = std::find_if(inputs.begin(), inputs.end(), [&](const InputColumn& each) { return each.name == question.column; });
    if (input == inputs.end() || prepared.size() == 0)
        return;
    const auto which = std::size_t(input - inputs.begin());
    effects.learned = learnedAbout(effects.preparation, which);
    const std::vector<std::size_t> places = columnsFrom(effects.preparation, which).back();
    const std::vector<std::string> names = effects.preparation.outputNames();
    for (const std::size_t place : places) {
        if (effects.after.size() == PreparationEffects::mostColumns)
            break;
        const auto values = prepared.col(Eigen::Index(place));
        effects.after.push_back({names[place], profileOf(values.data(), std::size_t(values.size()))});
    }
    effects.furtherAfter = places.size() - effects.after.size();
}

void askPlan(const PreparationQuestion& question, PreparationEffects& effects)
{
    const auto split = planSplit(question.table, question.plan);
    if (!split) {
        effects.error = split.error();
        return;
    }
    PreparationChoices choices = question.plan.preparation;
    if (const auto info = findLearner(question.plan.learner))
        choices.referenceLevel = (*info)->wantsReferenceLevel;
    StepTrace trace = traceSteps(question.table, question.plan.features, split->train, choices);
    effects.rows = split->train.size();
    effects.preparation = std::move(trace.learned.preparation);
    effects.touched = std::move(trace.touched);
    effects.error = std::move(trace.learned.error);
    effects.refused = trace.learned.refused;
    lookAtColumn(question, split->train, trace.prepared, effects);
}

void askModel(const PreparationQuestion& question, PreparationEffects& effects)
{
    std::vector<std::size_t> rows(question.table.rows());
    std::iota(rows.begin(), rows.end(), std::size_t(0));
    if (question.frozenRows)
        rows = *question.frozenRows;
    effects.areTrainingRows = question.frozenRows.has_value();
    effects.rows = rows.size();
    effects.preparation = question.frozen->preparation();
    auto prepared = effects.preparation.apply(question.table, rows);
    if (!prepared)
        effects.error = prepared.error();
    else if (auto touched = countTouched(effects.preparation, question.table, rows))
        effects.touched = *std::move(touched);
    lookAtColumn(question, rows, prepared ? *prepared : Matrix(), effects);
}

} // namespace

PreparationEffects preparationEffects(const PreparationQuestion& question)
{
    PreparationEffects effects;
    effects.column = question.column;
    try {
        if (question.frozen)
            askModel(question, effects);
        else
            askPlan(question, effects);
    } catch (const std::bad_alloc&) {
        effects = {};
        effects.column = question.column;
        effects.error = Error{ErrorCode::OutOfMemory, "There is not enough memory to prepare this much data: use fewer rows or fewer features."};
    }
    return effects;
}

PreparationJob::PreparationJob(QObject* parent) : QObject(parent) {}

void PreparationJob::start(PreparationQuestion question)
{
    const std::uint64_t generation = ++m_generation;
    m_worker.start([this, generation, question = std::move(question)](std::stop_token stop) {
        if (stop.stop_requested())
            return;
        auto effects = std::make_shared<const PreparationEffects>(preparationEffects(question));
        QMetaObject::invokeMethod(this, [this, generation, effects] {
            if (generation == m_generation)
                Q_EMIT finished(effects);
        }, Qt::QueuedConnection);
    });
}

void PreparationJob::cancel()
{
    ++m_generation;
    m_worker.cancel();
}

} // namespace modelarium
