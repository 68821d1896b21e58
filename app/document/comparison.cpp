#include "app/document/comparison.h"

#include "core/learn/registry.h"

#include <QLocale>

#include <algorithm>
#include <array>
#include <utility>

namespace modelarium {
namespace {

/// The prepared rows of a run are kept up to this many numbers, and its frames up to as many.
constexpr std::size_t keptNumbers = 400'000;

/// One of each way of thinking, the plain ones first. What the registry does not have is passed over.
constexpr std::array regressors{
    "linear_regression", "polynomial_regression", "ridge_regression", "decision_tree", "random_forest_regression", "random_forest",
    "gradient_boosting", "k_nearest_neighbors", "support_vector_regression", "svm_rbf", "kernel_svm", "neural_network", "lasso"};
constexpr std::array classifiers{
    "logistic_regression", "k_nearest_neighbors", "decision_tree", "gaussian_naive_bayes", "random_forest", "kernel_svm", "svm_rbf",
    "neural_network", "gradient_boosting", "linear_discriminant_analysis", "linear_svm"};

constexpr std::array groupFinders{"k_means", "gaussian_mixture", "dbscan"};

template <std::size_t N>
std::vector<const LearnerInfo*> inOrder(const std::array<const char*, N>& preferred, Task task)
{
    std::vector<const LearnerInfo*> ordered;
    const auto add = [&](const LearnerInfo& info) {
        if (info.supports(task) && std::find(ordered.begin(), ordered.end(), &info) == ordered.end())
            ordered.push_back(&info);
    };
    for (const char* id : preferred) {
        if (const auto info = findLearner(id))
            add(**info);
    }
    for (const LearnerInfo& info : learners())
        add(info);
    return ordered;
}

} // namespace

void keepWithinMemory(Run& run)
{
    const auto numbersOf = [](const DatasetPtr& data) { return data ? data->samples() * data->features() : 0; };
    if (run.training && numbersOf(run.training->train) + numbersOf(run.training->test) > keptNumbers)
        run.training.reset();
    const std::size_t each = std::max<std::size_t>(1, parameterCount(run.model->parameters()));
    run.frames = thinnedFrames(run.frames, std::clamp<std::size_t>(keptNumbers / each, 2, 100));
}

Comparison::Comparison(RunLog& log, QObject* parent) : QObject(parent), m_log(log), m_history(300, std::size_t(4) << 20)
{
    connect(&m_training, &TrainingJob::prepared, this, [this](const PreparedTrainingPtr& training) { m_run.training = training; });
    connect(&m_training, &TrainingJob::framesAvailable, this, &Comparison::takeFrames);
    connect(&m_training, &TrainingJob::finished, this, &Comparison::trained);
    connect(&m_training, &TrainingJob::failed, this, [this](const Error& error) {
        const auto info = findLearner(m_run.setup.learner);
        Q_EMIT noticeRaised(tr("%1 was left out. %2").arg(QString::fromStdString(info ? (*info)->name : m_run.setup.learner), errorText(error)));
        ++m_done;
        next();
    });
    connect(&m_evaluate, &EvaluateJob::finished, this, &Comparison::evaluated);
}

std::vector<Setup> Comparison::suggestion(const Setup& setup, std::size_t most)
{
    const auto task = taskOf(setup);
    if (!task || featureColumns(setup).empty())
        return {};
    std::vector<const LearnerInfo*> ordered = *task == Task::Classification ? inOrder(classifiers, *task)
        : *task == Task::Regression ? inOrder(regressors, *task) : inOrder(groupFinders, *task);
    ordered.resize(std::min(most, ordered.size()));
    std::vector<Setup> setups;
    for (const LearnerInfo* info : ordered) {
        Setup one = setup;
        one.frozen.reset();
        one.frozenRows.reset();
        one.frozenFile.clear();
        one.threshold.reset();                      // it was chosen for another model
        one.learner = info->id;
        one.hyperparameters.erase(info->id);
        setups.push_back(std::move(one));
    }
    return setups;
}

void Comparison::start(const std::vector<Setup>& setups)
{
    cancel();
    for (const Setup& setup : setups) {
        if (!m_log.find(setup))
            m_waiting.push_back(setup);
    }
    m_total = int(m_waiting.size());
    m_done = 0;
    m_trained = 0;
    m_running = true;
    next();
}

void Comparison::cancel()
{
    if (!m_running)
        return;
    m_training.cancel();
    m_evaluate.cancel();
    m_waiting.clear();
    m_running = false;
    Q_EMIT changed();
}

QString Comparison::sentence() const
{
    if (!m_running)
        return {};
    const auto info = findLearner(m_run.setup.learner);
    const QString name = QString::fromStdString(info ? (*info)->name : m_run.setup.learner);
    return m_history.isEmpty() ? tr("%1 of %2: %3").arg(m_done + 1).arg(m_total).arg(name)
                               : tr("%1 of %2: %3, step %4").arg(m_done + 1).arg(m_total).arg(name, QLocale().toString(qulonglong(m_history.back().step)));
}

void Comparison::next()
{
    if (m_waiting.empty()) {
        m_running = false;
        Q_EMIT changed();
        Q_EMIT finished(m_trained);
        return;
    }
    m_history.clear();
    m_run = Run();
    m_run.setup = std::move(m_waiting.front());
    m_waiting.pop_front();
    m_training.start(m_run.setup.table, trainingPlan(m_run.setup), Pace{true, 0});
    Q_EMIT changed();
}

void Comparison::takeFrames()
{
    m_history.add(m_training.takeFrames());
    Q_EMIT changed();
}

void Comparison::trained(double seconds, const std::vector<std::string>& notices)
{
    m_history.add(m_training.takeFrames());
    if (m_history.isEmpty() || !m_run.training) {
        ++m_done;
        next();
        return;
    }
    m_run.model = m_history.back().model;
    m_run.frames = m_history.frames();
    m_run.seconds = seconds;
    for (const std::string& notice : notices)
        m_run.notices << QString::fromStdString(notice);
    m_evaluate.start(m_run.model, m_run.setup.table, SplitPtr(m_run.training, &m_run.training->split));
}

void Comparison::evaluated(const EvaluationPtr& evaluation)
{
    if (!m_running || evaluation->model != m_run.model)
        return;
    ++m_done;
    if (!evaluation->error) {
        m_run.metricsTrain = evaluation->metricsTrain;
        m_run.metricsTest = evaluation->metricsTest;
        keepWithinMemory(m_run);
        m_log.add(std::move(m_run));
        ++m_trained;
    }
    next();
}

} // namespace modelarium
