#pragma once

#include <Qt>

class QString;
class QTableWidget;
class QTableWidgetItem;
class QWidget;

namespace modelarium {

/// A table to read: no editing, rows of one height, Tab leaves it. Copying takes the chosen cells, or all of them, with their full values.
QTableWidget* makeTable(int columns, const QString& name, QWidget* parent);

/// A number that is shown short and copied whole.
QTableWidgetItem* makeNumberCell(const QString& shown, double value);

constexpr int fullValueRole = Qt::UserRole + 100;   ///< what a cell is copied as, where that is not its text

/// As high as its rows, so that the page scrolls and not the table in it.
void fitHeight(QTableWidget* table);

} // namespace modelarium
