#include "app/widgets/flow_row.h"

#include <algorithm>

namespace modelarium {

FlowRow::FlowRow(int spacing)
{
    setSpacing(spacing);
    setContentsMargins(0, 0, 0, 0);
}

FlowRow::~FlowRow()
{
    for (QLayoutItem* item : m_items)
        delete item;
}

void FlowRow::addItem(QLayoutItem* item) { m_items.push_back(item); }

QLayoutItem* FlowRow::itemAt(int index) const { return index >= 0 && index < count() ? m_items[std::size_t(index)] : nullptr; }

QLayoutItem* FlowRow::takeAt(int index)
{
    QLayoutItem* item = itemAt(index);
    if (item)
        m_items.erase(m_items.begin() + index);
    return item;
}

QSize FlowRow::sizeHint() const
{
    int width = 0, height = 0;
    for (const QLayoutItem* item : m_items) {
        if (item->isEmpty())
            continue;
        width += item->sizeHint().width() + (width > 0 ? spacing() : 0);
        height = std::max(height, item->sizeHint().height());
    }
    return QSize(width, height);
}

QSize FlowRow::minimumSize() const
{
    QSize size;
    for (const QLayoutItem* item : m_items)
        size = item->isEmpty() ? size : size.expandedTo(item->minimumSize());
    return size;
}

void FlowRow::setGeometry(const QRect& rect)
{
    QLayout::setGeometry(rect);
    arrange(rect, true);
}

int FlowRow::arrange(const QRect& rect, bool moves) const
{
    std::vector<std::vector<QLayoutItem*>> rows(1);
    int used = 0;
    for (QLayoutItem* item : m_items) {
        if (item->isEmpty())
            continue;
        const int width = item->sizeHint().width();
        if (!rows.back().empty() && used + spacing() + width > rect.width()) {
            rows.emplace_back();
            used = 0;
        }
        used += width + (rows.back().empty() ? 0 : spacing());
        rows.back().push_back(item);
    }
    int y = rect.top();
    for (const std::vector<QLayoutItem*>& row : rows) {
        int wanted = spacing() * (int(row.size()) - 1), height = 0;
        for (const QLayoutItem* item : row) {
            wanted += item->sizeHint().width();
            height = std::max(height, item->sizeHint().height());
        }
        // What is left of a row is shared, so that its right end is that of the column.
        const int spare = std::max(0, rect.width() - wanted);
        int x = rect.left();
        for (std::size_t i = 0; i < row.size(); ++i) {
            const int share = spare * int(i + 1) / int(row.size()) - spare * int(i) / int(row.size());
            const int width = std::min(row[i]->sizeHint().width() + share, rect.width());
            if (moves)
                row[i]->setGeometry(QRect(x, y, width, height));
            x += width + spacing();
        }
        y += height + spacing();
    }
    return std::max(0, y - spacing() - rect.top());
}

} // namespace modelarium
