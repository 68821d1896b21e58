#include "app/widgets/names_apart.h"

#include "app/widgets/elided_label.h"

#include <QAbstractItemView>

#include <array>

namespace modelarium {

QStringList elidedApart(const QStringList& texts, const QFontMetrics& metrics, int width)
{
    // In the order in which elidedApart() of one text tries them: the first one is that of elidedName().
    constexpr std::array<Qt::TextElideMode, 4> modes{Qt::ElideNone, Qt::ElideMiddle, Qt::ElideRight, Qt::ElideLeft};
    std::array<QStringList, modes.size()> elided;
    std::array<QHash<QString, QString>, modes.size()> first;    // the text that reads so; none where several do
    for (std::size_t mode = 0; mode < modes.size(); ++mode) {
        for (const QString& text : texts) {
            const QString shown = mode == 0 ? elidedName(text, metrics, width) : metrics.elidedText(text, modes[mode], width);
            elided[mode] << shown;
            const auto known = first[mode].find(shown);
            if (known == first[mode].end())
                first[mode].insert(shown, text);
            else if (*known != text)
                known->clear();
        }
    }
    QStringList apart;
    for (qsizetype i = 0; i < texts.size(); ++i) {
        const bool fits = metrics.horizontalAdvance(texts[i]) <= width;
        QString shown = fits ? texts[i] : QString();
        for (std::size_t mode = 0; mode < modes.size() && shown.isEmpty(); ++mode) {
            if (!first[mode].value(elided[mode][i]).isEmpty())
                shown = elided[mode][i];
        }
        apart << (shown.isEmpty() ? elidedApart(texts[i], texts, metrics, width) : shown);
    }
    return apart;
}

NamesApart::NamesApart(QAbstractItemView* view, int column) : QStyledItemDelegate(view), m_column(column)
{
    const auto forget = [this] { m_shown.clear(); };
    const QAbstractItemModel* model = view->model();
    connect(model, &QAbstractItemModel::dataChanged, this, [this](const QModelIndex& from) {
        if (from.column() <= m_column)
            m_shown.clear();
    });
    connect(model, &QAbstractItemModel::rowsInserted, this, forget);
    connect(model, &QAbstractItemModel::rowsRemoved, this, forget);
    connect(model, &QAbstractItemModel::modelReset, this, forget);
}

void NamesApart::initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const
{
    QStyledItemDelegate::initStyleOption(option, index);
    constexpr int around = 14;                              // what a style leaves free beside a text
    const int width = option->rect.width() - around;
    if (index.column() != m_column || width <= 0 || option->fontMetrics.horizontalAdvance(option->text) <= width)
        return;
    if (m_shown.isEmpty() || m_width != width || m_font != option->font) {
        QStringList texts;
        for (int row = 0; row < index.model()->rowCount(); ++row)
            texts << index.sibling(row, m_column).data().toString();
        const QStringList shown = elidedApart(texts, option->fontMetrics, width);
        for (qsizetype i = 0; i < texts.size(); ++i)
            m_shown.insert(texts[i], shown[i]);
        m_width = width;
        m_font = option->font;
    }
    option->text = m_shown.value(option->text, option->text);
}

} // namespace modelarium
