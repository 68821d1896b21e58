#pragma once

#include "app/document/setup_store.h"
#include "app/document/table_edits.h"

#include <QObject>

#include <optional>
#include <vector>

namespace modelarium {

/// Changes to the rows. They are allowed while a model is frozen: then they change its error and never the model.
class RowEdits : public QObject {
    Q_OBJECT

public:
    explicit RowEdits(SetupStore& store, QObject* parent = nullptr);

    /// Empty text makes the cell missing; a new word in a category becomes a level.
    /// Errors   WrongType: the text is not what the column holds
    Result<void> editCell(std::size_t row, std::size_t column, const QString& text);
    void movePoint(std::size_t row, const CellValues& to);
    void addPoint(const CellValues& values);
    void deleteRows(const std::vector<std::size_t>& rows);

    /// A drag that is only a question: everything that is computed follows, and endWhatIf() lets it spring back.
    void whatIf(std::size_t row, const CellValues& to);
    void endWhatIf();
    const std::optional<Table>& whatIfTable() const { return m_whatIf; }

Q_SIGNALS:
    void whatIfChanged();

private:
    void changeTable(const QString& text, Table table, const QString& mergeKey = {});

    SetupStore& m_store;
    std::optional<Table> m_whatIf;
};

} // namespace modelarium
