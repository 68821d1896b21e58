#include "core/evaluate/online_training.h"

#include "core/base/number_text.h"
#include "core/evaluate/freeze.h"
#include "core/learn/registry.h"
#include "core/prepare/fill_choices.h"

#include <algorithm>
#include <cmath>
#include <new>
#include <set>

namespace modelarium {

namespace {

constexpr std::size_t certificateRows = 20;

Error notOnline(const LearnerInfo& learner)
{
    std::string names;
    for (const LearnerInfo& other : learners())
        if (other.makeOnline)
            names += (names.empty() ? "" : ", ") + other.id;
    return {ErrorCode::Unsupported, learner.name + " needs all rows at once and cannot learn from a stream: choose one of " + names + "."};
}

/// A value that has no meaning here is refused rather than passed over.
Result<void> checkPlaysAPart(const LearnerInfo& learner, const HyperparameterValues& values)
{
    const std::vector<std::string>& known = learner.onlineHyperparameters;
    for (const auto& [name, value] : values) {
        const bool inTable = std::any_of(learner.table.begin(), learner.table.end(), [&, wanted = name](const auto& spec) { return spec.name == wanted; });
        if (!inTable || std::find(known.begin(), known.end(), name) != known.end())
            continue;
        std::string names;
        for (const std::string& other : known)
            names += (names.empty() ? "" : ", ") + other;
        return Error{ErrorCode::BadHyperparameter, "\"" + name + "\" plays no part where rows are learned from one by one: there it is " + names
                                                       + " that can be set.",
                     {.hyperparameter = name}};
    }
    return {};
}

/// The row of the table becomes the row of the stream.
Error countedInStream(Error error, std::size_t row)
{
    const std::string told = "ow " + std::to_string(*error.place.row);
    if (const std::size_t at = error.message.find(told); at != std::string::npos)
        error.message.replace(at, told.size(), "ow " + std::to_string(row));
    error.place.row = row;
    return error;
}

/// Whether what happens to a row before it is learned from was learned from rows: a scale, a fill, the levels of a category.
bool isLearned(const Preparation& preparation)
{
    const auto asks = [](const InputColumn& input) { return input.isCategorical() || input.filledInTraining > 0; };
    const auto learns = [](const PreparationStep& step) { return !std::holds_alternative<PolynomialTerms>(step); };
    return std::any_of(preparation.inputs().begin(), preparation.inputs().end(), asks)
        || std::any_of(preparation.steps().begin(), preparation.steps().end(), learns);
}

/// The certificate's cells as a table again, so that its rows can be predicted by the model as it has become.
Table certificateTable(const Model& model)
{
    std::vector<ColumnPtr> columns;
    for (std::size_t j = 0; j < model.inputs().size(); ++j) {
        const InputColumn& input = model.inputs()[j];
        std::vector<std::string> cells;
        for (const std::vector<std::string>& row : model.certificate().rows)
            cells.push_back(row[j]);
        if (input.type == ColumnType::Category || input.type == ColumnType::Boolean) {
            columns.push_back(std::make_shared<const Column>(Column::categories(input.name, cells)));
            continue;
        }
        Buffer<double> numbers;
        for (const std::string& cell : cells)
            numbers.push_back((input.type == ColumnType::Date ? daysFromText(cell) : parseNumber(cell)).value_or(std::nan("")));
        columns.push_back(std::make_shared<const Column>(input.type == ColumnType::Date ? Column::dates(input.name, std::move(numbers))
                                                                                        : Column::numbers(input.name, std::move(numbers))));
    }
    const Result<Table> table = Table::make(std::move(columns));
    return table ? *table : Table();
}

} // namespace

Result<OnlineTraining> OnlineTraining::begin(const Table& first, TrainingPlan plan)
{
    const Result<const LearnerInfo*> learner = findLearner(plan.learner);
    if (!learner)
        return learner.error();
    if (!(*learner)->makeOnline)
        return notOnline(**learner);
    if (const Result<void> checked = checkPlaysAPart(**learner, plan.hyperparameters); !checked)
        return checked.error();
    if (std::set<std::string>(plan.classes.begin(), plan.classes.end()).size() != plan.classes.size())
        return Error{ErrorCode::WrongType, "A class is named twice: once is enough."};
    plan.testFraction = 0;
    Result<PreparedTraining> prepared = prepareTraining(first, plan);
    if (!prepared)
        return prepared.error();

    OnlineTraining training;
    training.m_preparation = std::move(prepared->preparation);
    training.m_target = std::move(prepared->target);
    training.m_provenance.learner = plan.learner;
    for (const std::string& name : (*learner)->onlineHyperparameters)
        training.m_provenance.hyperparameters[name] = prepared->checkedHyperparameters.at(name);
    training.m_provenance.seed = plan.seed;
    training.m_provenance.dataName = plan.dataName;
    std::vector<std::size_t> rows;
    for (std::size_t i = 0; i < std::min(certificateRows, first.rows()); ++i)
        rows.push_back(i);
    training.m_reference = first.selected(rows);
    // How many rows had no target is told at the end, of all of them.
    for (const std::string& notice : prepared->notices)
        if (notice.find("without a target") == std::string::npos)
            training.m_notices.push_back(notice);
    std::vector<const Column*> columns;
    for (const std::string& feature : prepared->plan.features)
        columns.push_back(&first.column(*first.find(feature)));
    for (std::string& sentence : otherFillSentences(columns, prepared->plan.preparation, Gaps::ToCome))
        training.m_notices.push_back(std::move(sentence));
    // The scale of a numeric target comes from these rows too.
    if (training.m_target.task == Task::Regression || isLearned(training.m_preparation))
        training.m_taught = first.rows();
    double mean = 0, scale = 1;
    if (training.m_target.task == Task::Regression) {
        mean = prepared->train->y.mean();
        scale = std::sqrt((prepared->train->y.array() - mean).square().mean());
        if (!std::isfinite(mean) || !std::isfinite(scale))
            return Error{ErrorCode::NotFinite, "The values of the target \"" + plan.target + "\" are too large to be learned from."};
    }
    if (const Result<void> started = training.startRun(mean, scale > 0 ? scale : 1); !started)
        return started.error();
    return training;
}

Result<OnlineTraining> OnlineTraining::resume(const Model& model)
{
    if (!model.onlineState())
        return Error{ErrorCode::Unsupported, "The model is frozen: its parameters are constants, and it learns nothing more. Train a new one, "
                                             "or go on from a model that was saved while it learned online."};
    const OnlineState& state = *model.onlineState();
    OnlineTraining training;
    training.m_preparation = model.preparation();
    training.m_target = model.target();
    training.m_provenance = model.provenance();
    training.m_reference = certificateTable(model);
    if (const Result<void> started = training.startRun(0, 1); !started)
        return started.error();
    if (const Result<void> taken = training.m_run->setState(state); !taken)
        return taken.error();
    if (!training.m_score.takeFrom(state) || !takeCount(state, "read", training.m_read)
        || !takeCount(state, "without_target", training.m_withoutTarget))
        return Error{ErrorCode::BadModelFile, "The learner's state in the file is not complete: train again from the beginning."};
    takeCount(state, "first_rows", training.m_taught);  // older files do not tell, and score every row
    return training;
}

Result<void> OnlineTraining::startRun(double targetMean, double targetScale)
{
    const Result<const LearnerInfo*> learner = findLearner(m_provenance.learner);
    if (!learner)
        return learner.error();
    if (!(*learner)->makeOnline)
        return notOnline(**learner);
    if (!(*learner)->supports(m_target.task))
        return Error{ErrorCode::WrongTask, (*learner)->name + " does not do " + std::string(taskName(m_target.task)) + "."};
    const Result<Hyperparameters> chosen = Hyperparameters::check((*learner)->table, m_provenance.hyperparameters);
    if (!chosen)
        return chosen.error();
    m_run = (*learner)->makeOnline(*chosen, {m_target.task, m_preparation.outputs(), m_target.classes, targetMean, targetScale}, m_provenance.seed);
    if (!m_run)
        return Error{ErrorCode::BadHyperparameter, (*learner)->name + " cannot learn from a stream with these hyperparameters: "
                                                       + (*learner)->onlineLimits + "."};
    m_score = m_recent = PrequentialScore(m_target.task, m_target.classes.size(), givesProbabilities(m_run->freeze()));
    return {};
}

Result<void> OnlineTraining::learn(const Table& table, std::size_t from, std::size_t count)
{
    const std::optional<std::size_t> target = table.find(m_target.name);
    std::vector<std::size_t> rows;
    for (std::size_t row = from; row < from + count; ++row)
        if (!target || !table.column(*target).isMissing(row))
            rows.push_back(row);
    std::optional<Error> problem;
    // The rows before one that cannot be learned from are as good as ever.
    const auto keepRowsBefore = [&](const Error& error) {
        problem = error;
        rows.erase(std::lower_bound(rows.begin(), rows.end(), *error.place.row - 1), rows.end());
    };
    Result<Dataset> data = makeDataset(table, rows, m_preparation, m_target);
    while (!data) {
        if (!data.error().place.row)
            return data.error();
        keepRowsBefore(data.error());
        data = makeDataset(table, rows, m_preparation, m_target);
    }
    Matrix before;
    if (const Result<Progress> learned = m_run->partialFit(*data, &before); learned) {
        m_loss = learned->loss;
    } else {
        if (!learned.error().place.row)
            return learned.error();
        keepRowsBefore(learned.error());
    }
    const std::size_t done = problem ? *problem->place.row - 1 - from : count;
    addScores(*data, before, rows, from, done);
    m_read += done;
    m_streamRows += done;
    m_withoutTarget += done - rows.size();
    return problem ? Result<void>(countedInStream(*problem, m_streamRows + 1)) : Result<void>();
}

/// The score begins anew behind the rows that taught something.
void OnlineTraining::addScores(const Dataset& data, const Matrix& before, const std::vector<std::size_t>& rows, std::size_t from, std::size_t done)
{
    const bool beginsAnew = m_taught > 0 && m_read <= m_taught && m_taught < m_read + done;
    const std::size_t firstNew = beginsAnew ? from + std::size_t(m_taught - m_read) : from;
    if (beginsAnew)
        m_score = m_recent = m_score.emptied();
    RowVector answer;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows[i] < firstNew)
            continue;
        answer = before.row(Eigen::Index(i));
        m_score.add(data.y[Eigen::Index(i)], answer.data());
        m_recent.add(data.y[Eigen::Index(i)], answer.data());
    }
}

Result<ModelPtr> OnlineTraining::model(double seconds) const
{
    auto state = std::make_shared<OnlineState>(m_run->state());
    m_score.saveTo(*state);
    state->counts["read"] = m_read;
    state->counts["without_target"] = m_withoutTarget;
    if (m_taught > 0)
        state->counts["first_rows"] = m_taught;
    for (const auto& [name, values] : state->numbers)
        if (!values.allFinite())
            return Error{ErrorCode::NotFinite, "The training has left the range of numbers: there is nothing to keep."};
    Provenance provenance = m_provenance;
    provenance.rowsTrain = provenance.steps = std::size_t(rowsLearned());
    provenance.seconds += seconds;
    provenance.created = timeNow();
    provenance.programVersion = MODELARIUM_VERSION;
    provenance.metricsTrain = m_score.metrics();
    const Result<ModelPtr> model = Model::make(m_preparation, m_run->freeze(), m_target, std::move(provenance), {}, std::move(state));
    return model ? (*model)->certified(m_reference, certificateRows) : model;
}

} // namespace modelarium
