#pragma once

#include <QStringList>
#include <QWidget>

class QLineEdit;
class QListWidget;

namespace modelarium {

/// Columns to choose from, with a search where there are many.
class ColumnPicker : public QWidget {
    Q_OBJECT

public:
    explicit ColumnPicker(QWidget* parent = nullptr);

    /// Shows columns and which of them are chosen without telling anyone.
    void setColumns(const QStringList& columns, const QStringList& chosen);
    QStringList chosen() const;

Q_SIGNALS:
    void chosenChanged(const QStringList& chosen);

private:
    void filter(const QString& text);

    QLineEdit* m_search;
    QListWidget* m_list;
    QStringList m_columns;
};

} // namespace modelarium
