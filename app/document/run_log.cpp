#include "app/document/run_log.h"

#include "core/base/number_text.h"
#include "core/learn/registry.h"

#include <QUndoCommand>

#include <algorithm>
#include <cmath>
#include <utility>

namespace modelarium {
namespace {

constexpr int noteCommandId = 2;

} // namespace

/// One note, and the one before it: undo and redo are the same exchange.
class ChangeNote : public QUndoCommand {
public:
    ChangeNote(RunLog& log, int number, QString text)
        : QUndoCommand(RunLog::tr("Note on run %1").arg(number)), m_log(log), m_number(number), m_other(std::move(text))
    {
    }

    void undo() override { exchange(); }
    void redo() override { exchange(); }
    int id() const override { return noteCommandId; }

    /// Words that are typed one after the other are one note.
    bool mergeWith(const QUndoCommand* command) override
    {
        return static_cast<const ChangeNote*>(command)->m_number == m_number;
    }

private:
    void exchange()
    {
        std::swap(m_log.m_notes[m_number], m_other);
        Q_EMIT m_log.changed();
    }

    RunLog& m_log;
    int m_number;
    QString m_other;
};

class RemoveRuns : public QUndoCommand {
public:
    RemoveRuns(RunLog& log, const QString& text, std::vector<RunPtr> runs) : QUndoCommand(text), m_log(log), m_removed(std::move(runs)) {}

    void redo() override
    {
        std::erase_if(m_log.m_runs, [this](const RunPtr& run) {
            return std::find(m_removed.begin(), m_removed.end(), run) != m_removed.end();
        });
        Q_EMIT m_log.changed();
    }

    void undo() override
    {
        m_log.m_runs.insert(m_log.m_runs.end(), m_removed.begin(), m_removed.end());
        std::sort(m_log.m_runs.begin(), m_log.m_runs.end(), [](const RunPtr& a, const RunPtr& b) { return a->number < b->number; });
        Q_EMIT m_log.changed();
    }

private:
    RunLog& m_log;
    std::vector<RunPtr> m_removed;
};

RunLog::RunLog(QUndoStack& undoStack, QObject* parent) : QObject(parent), m_undoStack(undoStack) {}

int RunLog::add(Run run)
{
    run.setup.frozen.reset();
    run.setup.frozenRows.reset();
    run.setup.frozenFile.clear();
    const auto same = std::find_if(m_runs.begin(), m_runs.end(), [&](const RunPtr& one) { return sameTraining(one->setup, run.setup); });
    run.number = same == m_runs.end() ? ++m_lastNumber : (*same)->number;
    run.made = same == m_runs.end() ? QDateTime::currentDateTime() : (*same)->made;
    const int number = run.number;
    auto kept = std::make_shared<const Run>(std::move(run));
    if (same == m_runs.end())
        m_runs.push_back(std::move(kept));
    else
        *same = std::move(kept);
    Q_EMIT changed();
    return number;
}

std::vector<RunPtr> RunLog::runsOn(const DataSourcePtr& source) const
{
    std::vector<RunPtr> found;
    std::copy_if(m_runs.begin(), m_runs.end(), std::back_inserter(found), [&](const RunPtr& run) { return run->setup.source == source; });
    return found;
}

RunPtr RunLog::run(int number) const
{
    const auto found = std::find_if(m_runs.begin(), m_runs.end(), [number](const RunPtr& run) { return run->number == number; });
    return found == m_runs.end() ? nullptr : *found;
}

RunPtr RunLog::find(const Setup& setup) const
{
    const auto found = std::find_if(m_runs.begin(), m_runs.end(), [&](const RunPtr& run) { return sameTraining(run->setup, setup); });
    return found == m_runs.end() ? nullptr : *found;
}

RunPtr RunLog::before(const Run& run) const
{
    RunPtr last;
    for (const RunPtr& one : m_runs) {
        if (one->number < run.number && one->setup.source == run.setup.source)
            last = one;
    }
    return last;
}

QString RunLog::note(int number) const
{
    const auto found = m_notes.find(number);
    return found == m_notes.end() ? QString() : found->second;
}

void RunLog::setNote(int number, const QString& text)
{
    if (run(number) && text != note(number))
        m_undoStack.push(new ChangeNote(*this, number, text));
}

void RunLog::remove(int number)
{
    if (const RunPtr gone = run(number))
        m_undoStack.push(new RemoveRuns(*this, tr("Remove run %1").arg(number), {gone}));
}

void RunLog::removeAll(const DataSourcePtr& source)
{
    std::vector<RunPtr> gone = runsOn(source);
    if (!gone.empty())
        m_undoStack.push(new RemoveRuns(*this, tr("Remove all runs"), std::move(gone)));
}

QString runTitle(const Run& run)
{
    const auto info = findLearner(run.setup.learner);
    return RunLog::tr("Run %1: %2").arg(run.number)
        .arg(QString::fromStdString(info ? (*info)->name : run.setup.learner));
}

QString targetOf(const Run& run)
{
    const auto target = isWithoutTarget(run.setup) ? std::nullopt : targetColumn(run.setup);
    return target ? QString::fromStdString(run.setup.table.column(*target).nameWithUnit()) : QString();
}

bool areComparable(const Run& a, const Run& b)
{
    return a.model->target().task == b.model->target().task && targetOf(a) == targetOf(b);
}

const char* scoreMetric(const Run& run)
{
    switch (run.model->target().task) {
    case Task::Classification: return "accuracy";
    case Task::Regression: return "r2";
    case Task::Clustering: return "silhouette";
    case Task::Projection: return "explained_variance_ratio";
    }
    return "";
}

QString scoreName(const Run& run)
{
    switch (run.model->target().task) {
    case Task::Classification: return RunLog::tr("Accuracy");
    case Task::Regression: return RunLog::tr("R²");
    case Task::Clustering: return RunLog::tr("Silhouette");
    case Task::Projection: return RunLog::tr("Variance kept");
    }
    return {};
}

QString scoreText(const std::map<std::string, double>& metrics, const char* metric)
{
    const auto found = metrics.find(metric);
    if (found == metrics.end() || !std::isfinite(found->second))
        return QStringLiteral("–");
    if (std::string_view(metric) == "accuracy" || std::string_view(metric) == "explained_variance_ratio")
        return QStringLiteral("%1 %").arg(found->second * 100, 0, 'f', 1);
    constexpr double hopeless = -1000;
    return found->second < hopeless ? RunLog::tr("< −1000") : QString::fromStdString(shortText(found->second, 4));
}

std::vector<TrainingFrame> thinnedFrames(const std::vector<TrainingFrame>& frames, std::size_t most)
{
    if (frames.size() <= most || most < 2)
        return frames;
    std::vector<TrainingFrame> kept;
    for (std::size_t i = 0; i < most; ++i)
        kept.push_back(frames[i * (frames.size() - 1) / (most - 1)]);
    return kept;
}

} // namespace modelarium
