#include "app/charts/ticks.h"

#include <QDate>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace modelarium {
namespace {

constexpr double daysOfMonth = 365.2425 / 12;

QDate dateOf(double days)
{
    return QDate(1970, 1, 1).addDays(qint64(std::floor(days)));
}

double daysOf(const QDate& date)
{
    return double(QDate(1970, 1, 1).daysTo(date));
}

} // namespace

double niceInterval(double span, int ticks)
{
    const double rough = span / std::max(1, ticks);
    const double power = std::pow(10.0, std::floor(std::log10(rough)));
    const double share = rough / power;
    return (share < 1.5 ? 1 : share < 3.5 ? 2 : share < 7.5 ? 5 : 10) * power;
}

double roundedDown(double span)
{
    const double power = std::pow(10.0, std::floor(std::log10(span)));
    return std::max(1.0, std::floor(span / power)) * power;
}

double axisUnit(double span)
{
    constexpr double smallest = 1e-9;
    return span > 0 && span < smallest ? std::max(std::numeric_limits<double>::min(), std::pow(10.0, std::floor(std::log10(span)))) : 1;
}

QString titleInUnit(const QString& title, double unit)
{
    if (unit == 1)
        return title;
    static const std::array<QChar, 10> raised{QChar(0x2070), QChar(0x00B9), QChar(0x00B2), QChar(0x00B3), QChar(0x2074),
                                              QChar(0x2075), QChar(0x2076), QChar(0x2077), QChar(0x2078), QChar(0x2079)};
    QString power(QChar(0x207B));
    for (const QChar digit : QString::number(-std::lround(std::log10(unit))))
        power += raised[std::size_t(digit.digitValue())];
    return QStringLiteral("%1 (× 10%2)").arg(title, power).trimmed();
}

void setRoundTicks(QValueAxis& axis, double low, double high, int ticks, bool whole)
{
    const double interval = std::max(niceInterval(high - low, ticks), whole ? 1.0 : 0.0);
    // A tick at the end of the range is a hair beyond it, as all ticks are.
    constexpr double hairs = 2e-13;
    const bool endsOnTick = std::abs(high / interval - std::round(high / interval)) < 1e-9;
    setTicks(axis, low, endsOnTick ? high + hairs * interval : high, interval);
}

void setTicks(QValueAxis& axis, double low, double high, double interval)
{
    const double largest = std::max(std::abs(low), std::abs(high));
    const int decimals = std::max(0, int(-std::floor(std::log10(interval) + 1e-9)));
    const int digits = std::clamp(int(std::ceil(std::log10(largest / interval))) + 1, 3, 15);
    const bool isLong = decimals > 6 || largest >= 1e7;
    // A new range with the old interval could mean millions of ticks: they rest until both are set.
    axis.setTickType(QValueAxis::TicksFixed);
    axis.setRange(low, high);
    // Ticks are added up: the one at zero would come out a little below it, and be written "-0.0". A hair above zero is what no label
    // shows.
    constexpr double hair = 1e-13;
    axis.setTickAnchor(high > 0 ? hair * interval : 0);
    axis.setTickInterval(interval);
    axis.setTickType(QValueAxis::TicksDynamic);
    axis.setLabelFormat(isLong ? QStringLiteral("%.%1g").arg(digits) : QStringLiteral("%.%1f").arg(decimals));
}

void setDateTicks(QCategoryAxis& axis, double low, double high, int ticks)
{
    for (const QString& label : axis.categoriesLabels())
        axis.remove(label);
    axis.setRange(low, high);
    const double months = (high - low) / daysOfMonth / std::max(1, ticks);
    if (months < 0.7) {
        const double interval = std::max(1.0, niceInterval(high - low, ticks));
        for (double day = std::ceil(low / interval) * interval; day <= high; day += interval)
            axis.append(dateOf(day).toString(Qt::ISODate), day);
        return;
    }
    const int step = months <= 1.5 ? 1 : months <= 4 ? 3 : months <= 8 ? 6 : 12 * int(std::max(1.0, niceInterval(months / 12, 1)));
    QDate date(dateOf(low).year(), 1, 1);
    if (step > 12)
        date = QDate(date.year() / (step / 12) * (step / 12), 1, 1);
    for (; date.isValid() && daysOf(date) <= high; date = date.addMonths(step)) {
        if (daysOf(date) >= low)
            axis.append(date.toString(step < 12 ? QStringLiteral("yyyy-MM") : QStringLiteral("yyyy")), daysOf(date));
    }
}

} // namespace modelarium
