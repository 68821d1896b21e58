#pragma once

#include <QHash>
#include <QStringList>
#include <QStyledItemDelegate>

namespace modelarium {

/// Each text as elidedApart() shows it among the others.
///
/// Cost     four elisions a text, and one for each of the others where a text reads like another one in all ways
QStringList elidedApart(const QStringList& texts, const QFontMetrics& metrics, int width);

/// Shows the cells of a column so that long ones can be told from each other.
class NamesApart : public QStyledItemDelegate {
public:
    explicit NamesApart(QAbstractItemView* view, int column = 0);

    void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override;

private:
    int m_column;
    mutable QHash<QString, QString> m_shown;                ///< for m_width and m_font; empty: to be found out
    mutable int m_width = 0;
    mutable QFont m_font;
};

} // namespace modelarium
