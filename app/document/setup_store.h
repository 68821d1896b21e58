#pragma once

#include "app/document/experiment_state.h"

#include <QObject>
#include <QUndoStack>

namespace modelarium {

/// Holds the setup and its undo stack. Every change a person makes is one named step, and undo and redo are the same exchange.
class SetupStore : public QObject {
    Q_OBJECT

public:
    explicit SetupStore(QObject* parent = nullptr);

    const Setup& setup() const { return m_setup; }
    QUndoStack& undoStack() { return m_undoStack; }

    /// Makes `next` the setup under the name `text`. Nothing happens where nothing differs.
    /// Changes with the same `mergeKey` that follow each other quickly, as those of a slider do, are one step.
    void change(const QString& text, Setup next, const QString& mergeKey = {});

    /// Whether the rows stay within reach of Undo when others take their place. Very large ones do not: memory would hold two such tables.
    bool keepsRows() const;
    void setMostCellsKept(std::size_t cells) { m_mostCellsKept = cells; }
    /// Undo or redo is at work: the change is nobody's new decision.
    bool isExchanging() const { return m_exchanging; }

    /// Exchanges the setup without an undo step, for what is a result and no decision: the file a model was saved to.
    void amend(Setup next);

Q_SIGNALS:
    void changed(modelarium::Changes changes);

private:
    friend class ChangeSetup;
    void exchange(Setup& other);

    Setup m_setup;
    QUndoStack m_undoStack;
    std::size_t m_mostCellsKept = 50'000'000;
    bool m_exchanging = false;
};

} // namespace modelarium
