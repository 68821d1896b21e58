#include "app/item_models/receipt_model.h"

#include <algorithm>

namespace modelarium {

ReceiptModel::ReceiptModel(QObject* parent) : QAbstractListModel(parent) {}

void ReceiptModel::setReceipt(const std::optional<ImportReceipt>& receipt)
{
    beginResetModel();
    m_entries = receipt ? receipt->entries : std::vector<ReceiptEntry>();
    const auto answers = std::stable_partition(m_entries.begin(), m_entries.end(),
                                               [](const ReceiptEntry& entry) { return entry.question; });
    m_questions = int(answers - m_entries.begin());
    endResetModel();
}

int ReceiptModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_entries.size());
}

QVariant ReceiptModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const ReceiptEntry& entry = m_entries[std::size_t(index.row())];
    switch (role) {
    case Qt::DisplayRole: return QString::fromStdString(entry.message);
    case Qt::ToolTipRole:
        return entry.firstLine == 0 ? QVariant() : tr("First seen in line %1 of the file.").arg(entry.firstLine);
    case QuestionRole: return entry.question;
    case CodeRole: return QString::fromStdString(entry.code);
    case CountRole: return qulonglong(entry.count);
    case LineRole: return qulonglong(entry.firstLine);
    case ColumnRole: return QString::fromStdString(entry.firstColumn);
    default: return {};
    }
}

} // namespace modelarium
