// What the experiment reads from files and writes to them, and what would be lost without.

#include "app/document/experiment.h"

#include "core/data/csv_writer.h"
#include "core/model/model_file.h"

#include <QFileInfo>

namespace modelarium {
namespace {

/// Seconds of training that nobody wants to wait for again; less is trained anew faster than a question is read.
constexpr double longTraining = 5;

std::filesystem::path filePath(const QString& path)
{
    return std::filesystem::path(path.toStdU16String());
}

} // namespace

void Experiment::openModel(const QString& path)
{
    const auto opened = loadModel(filePath(path));
    if (!opened) {
        raise(opened.error());
        return;
    }
    Setup next = setup();
    next.frozen = *opened;
    next.frozenRows.reset();
    next.frozenFile = path;
    const bool replacesUnsaved = isModelUnsaved();
    m_savedModel = *opened;
    m_store.change(tr("Open %1").arg(QFileInfo(path).fileName()), std::move(next));
    const bool isMissing = setup().source && sayWhatIsMissing();
    if (replacesUnsaved && !isMissing)
        Q_EMIT noticeRaised(Severity::Information, tr("The model before this one is not saved: Undo (Ctrl+Z) brings it back."));
}

void Experiment::keepLearnedOn(const ModelPtr& model, std::size_t rows)
{
    if (!isFrozen())
        return;
    Setup next = setup();
    next.frozen = model;
    next.frozenRows.reset();
    m_store.change(tr("Learn from %Ln row(s)", nullptr, int(rows)), std::move(next));
}

bool Experiment::saveModel(const QString& path)
{
    if (!isFrozen()) {
        Q_EMIT noticeRaised(Severity::Information,
                            tr("Freeze the model first: a file holds a model whose numbers are constants."));
        return false;
    }
    const auto saved = modelarium::saveModel(*setup().frozen, filePath(path));
    if (!saved) {
        raise(saved.error());
        return false;
    }
    m_savedModel = setup().frozen;
    Setup next = setup();
    next.frozenFile = path;
    m_store.amend(std::move(next));
    Q_EMIT stagesChanged();
    Q_EMIT noticeRaised(Severity::Information, tr("Saved as %1, read back and compared.").arg(QFileInfo(path).fileName()));
    return true;
}

bool Experiment::saveTable(const QString& path)
{
    const auto saved = writeCsv(setup().table, filePath(path));
    if (!saved) {
        raise(saved.error());
        return false;
    }
    m_data.noteWritten();
    m_savedTable = setup().table;
    Q_EMIT noticeRaised(Severity::Information, tr("Saved the rows as %1.").arg(QFileInfo(path).fileName()));
    return true;
}

bool Experiment::isModelUnsaved() const
{
    return isFrozen() && setup().frozen != m_savedModel;
}

bool Experiment::areRowsUnsaved() const
{
    return setup().source && !sharesColumns(setup().table, setup().source->original) && !sharesColumns(setup().table, m_savedTable);
}

bool Experiment::isTrainingUnkept() const
{
    return state() == ExperimentState::Trained && m_training.isCurrent() && m_training.seconds() >= longTraining;
}

QString Experiment::unsavedWork() const
{
    QStringList work;
    if (isModelUnsaved())
        work << (canLearnOn() ? tr("The model is not saved.") : tr("The frozen model is not saved."));
    if (isTrainingUnkept())
        work << tr("The model took %1 s to train and is not frozen: only a frozen model can be saved.").arg(m_training.seconds(), 0, 'f', 0);
    if (areRowsUnsaved())
        work << tr("The edited rows are not saved.");
    return work.join(u' ');
}

} // namespace modelarium
