#pragma once

#include <QCategoryAxis>
#include <QValueAxis>

namespace modelarium {

/// The distance of ticks at round values, 1, 2 or 5 times a power of ten, so that about `ticks` of them fit into `span` > 0.
double niceInterval(double span, int ticks);

/// The largest number of one digit that is no larger than `span` > 0.
double roundedDown(double span);

/// The power of ten in which an axis that spans so much is labelled: 1, but for spans so small that a chart takes them for none.
double axisUnit(double span);

/// "charge (× 10⁻¹⁹)": the title of an axis with such a unit.
QString titleInUnit(const QString& title, double unit);

/// Shows [low, high] with round ticks counted from zero and as many decimals as tell them apart; `whole` where there is nothing
/// between whole numbers.
void setRoundTicks(QValueAxis& axis, double low, double high, int ticks, bool whole = false);

/// The same with ticks `interval` apart.
void setTicks(QValueAxis& axis, double low, double high, double interval);

/// Shows [low, high], in days since 1970-01-01, with ticks at the first of months or years, or at days.
void setDateTicks(QCategoryAxis& axis, double low, double high, int ticks);

} // namespace modelarium
