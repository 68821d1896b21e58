#pragma once

#include <QString>

#include <initializer_list>

class QTableWidget;
class QTableWidgetItem;
class QWidget;

namespace modelarium {

/// A table to read: no editing, rows of one height, Tab leaves it. Copying takes the chosen cells, or all of them, with their full values.
QTableWidget* makeTable(int columns, const QString& name, QWidget* parent);

/// A number that is shown short and copied whole.
QTableWidgetItem* makeNumberCell(const QString& shown, double value);

/// What a cell or a head is copied as, where that is not its text: a cell of several figures is copied as several.
constexpr int fullValueRole = Qt::UserRole + 100;

/// Two lines of figures that belong together; `help` is said on hover, `values` are copied.
QTableWidgetItem* makeTwoLineCell(const QString& upper, const QString& lower, const QString& help, std::initializer_list<double> values);

/// A head of one or two lines, and what it is copied as.
QTableWidgetItem* makeHead(const QString& text, const QString& help, const QString& copied = {});

/// As high as its rows, so that the page scrolls and not the table in it.
void fitHeight(QTableWidget* table);

} // namespace modelarium
