#pragma once

#include "core/data/csv_reader.h"

#include <QAbstractListModel>

namespace modelarium {

/// How the file was read, one line a decision; those that a person should look at come first.
class ReceiptModel : public QAbstractListModel {
    Q_OBJECT

public:
    enum Roles {
        QuestionRole = Qt::UserRole + 1,            ///< true where another reading was possible
        CodeRole,
        CountRole,
        LineRole,                                   ///< first line of the file, 0 where it does not apply
        ColumnRole,
    };

    explicit ReceiptModel(QObject* parent = nullptr);

    void setReceipt(const std::optional<ImportReceipt>& receipt);
    int questions() const { return m_questions; }

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;

private:
    std::vector<ReceiptEntry> m_entries;
    int m_questions = 0;
};

} // namespace modelarium
