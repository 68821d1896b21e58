#include "app/document/setup_store.h"

#include <QElapsedTimer>

#include <utility>

namespace modelarium {
namespace {

constexpr int mergeableId = 1;
constexpr qint64 mergeMilliseconds = 1000;

} // namespace

/// One named step. It holds the other side of the change: undo and redo are the same exchange.
class ChangeSetup : public QUndoCommand {
public:
    ChangeSetup(SetupStore& store, const QString& text, Setup next, QString mergeKey)
        : QUndoCommand(text), m_store(store), m_other(std::move(next)), m_mergeKey(std::move(mergeKey))
    {
        m_age.start();
    }

    void undo() override { exchangeBack(); }
    /// The first one is the change itself.
    void redo() override
    {
        if (std::exchange(m_isNew, false))
            m_store.exchange(m_other);
        else
            exchangeBack();
    }
    int id() const override { return m_mergeKey.isEmpty() ? -1 : mergeableId; }

    bool mergeWith(const QUndoCommand* command) override
    {
        const auto later = static_cast<const ChangeSetup*>(command);
        if (later->m_mergeKey != m_mergeKey || m_age.elapsed() > mergeMilliseconds)
            return false;
        setText(later->text());
        setObsolete(!differences(m_other, m_store.setup()));
        m_age.restart();
        return true;
    }

private:
    void exchangeBack()
    {
        m_store.m_exchanging = true;
        m_store.exchange(m_other);
        m_store.m_exchanging = false;
    }

    SetupStore& m_store;
    bool m_isNew = true;
    Setup m_other;
    QString m_mergeKey;
    QElapsedTimer m_age;
};

SetupStore::SetupStore(QObject* parent) : QObject(parent) {}

void SetupStore::change(const QString& text, Setup next, const QString& mergeKey)
{
    const Changes changes = differences(m_setup, next);
    if (!changes)
        return;
    const bool tooLarge = changes.testFlag(Change::Source) && !keepsRows();
    m_undoStack.push(new ChangeSetup(*this, text, std::move(next), mergeKey));
    if (tooLarge)
        m_undoStack.clear();
}

bool SetupStore::keepsRows() const
{
    return m_setup.table.rows() * m_setup.table.columns() <= m_mostCellsKept;
}

void SetupStore::amend(Setup next)
{
    exchange(next);
}

void SetupStore::exchange(Setup& other)
{
    const Changes changes = differences(m_setup, other);
    std::swap(m_setup, other);
    if (changes)
        Q_EMIT changed(changes);
}

} // namespace modelarium
