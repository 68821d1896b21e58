#include "app/widgets/column_picker.h"

#include <QLineEdit>
#include <QListWidget>
#include <QSet>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include <algorithm>

namespace modelarium {
namespace {

constexpr int rowHeight = 26;
constexpr int mostVisible = 6;

} // namespace

ColumnPicker::ColumnPicker(QWidget* parent) : QWidget(parent), m_search(new QLineEdit(this)), m_list(new QListWidget(this))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    m_search->setPlaceholderText(tr("Find a column"));
    m_search->setAccessibleName(tr("Find a column"));
    m_search->setToolTip(tr("Only columns with this in their name are listed."));
    m_search->setClearButtonEnabled(true);
    m_list->setAccessibleName(tr("Columns of the step"));
    m_list->setToolTip(tr("The columns that the step is for: a tick takes one in."));
    m_list->setUniformItemSizes(true);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setTextElideMode(Qt::ElideMiddle);
    layout->addWidget(m_search);
    layout->addWidget(m_list);
    setFocusProxy(m_list);
    connect(m_search, &QLineEdit::textChanged, this, &ColumnPicker::filter);
    connect(m_list, &QListWidget::itemChanged, this, [this] { Q_EMIT chosenChanged(chosen()); });
}

void ColumnPicker::setColumns(const QStringList& columns, const QStringList& chosen)
{
    const QSignalBlocker blocker(m_list);
    const QSet<QString> ticked(chosen.begin(), chosen.end());
    if (columns != m_columns) {
        m_columns = columns;
        m_list->clear();
        for (const QString& name : columns) {
            auto* item = new QListWidgetItem(name, m_list);
            item->setToolTip(name);
            item->setSizeHint(QSize(0, rowHeight));
            item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable);
        }
        m_search->setVisible(columns.size() > mostVisible);
        m_list->setFixedHeight(rowHeight * std::clamp(int(columns.size()), 1, mostVisible) + 6);
        filter(m_search->isVisibleTo(this) ? m_search->text() : QString());
    }
    for (int i = 0; i < m_list->count(); ++i) {
        const Qt::CheckState state = ticked.contains(m_columns[i]) ? Qt::Checked : Qt::Unchecked;
        // Columns without a state have no box.
        if (m_list->item(i)->data(Qt::CheckStateRole).isNull() || m_list->item(i)->checkState() != state)
            m_list->item(i)->setCheckState(state);
    }
}

QStringList ColumnPicker::chosen() const
{
    QStringList names;
    for (int i = 0; i < m_list->count(); ++i) {
        if (m_list->item(i)->checkState() == Qt::Checked)
            names << m_columns[i];
    }
    return names;
}

void ColumnPicker::filter(const QString& text)
{
    for (int i = 0; i < m_list->count(); ++i)
        m_list->item(i)->setHidden(!m_columns[i].contains(text, Qt::CaseInsensitive));
}

} // namespace modelarium
