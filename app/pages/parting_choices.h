#pragma once

class QComboBox;
class QString;

namespace modelarium {

struct Setup;

/// Lists the columns whose equal values may keep rows together: all but the target and empty ones, those that name things first.
/// The one that was chosen before stays chosen where it is still there. The data of an entry are the name of the column.
void listGroupColumns(QComboBox* box, const Setup& setup, const QString& chosen);

/// One sentence where the column that keeps rows together is a feature too; empty where it is none. Its use is a person's choice.
QString groupIsFeatureSentence(const Setup& setup, const QString& column);

/// Lists what may put rows in order: the order that they are in (its data are empty), and each column of numbers or dates.
void listOrderColumns(QComboBox* box, const Setup& setup, const QString& chosen);

} // namespace modelarium
