#include "app/charts/ticks.h"

#include <algorithm>
#include <cmath>

namespace modelarium {

double niceInterval(double span, int ticks)
{
    const double rough = span / std::max(1, ticks);
    const double power = std::pow(10.0, std::floor(std::log10(rough)));
    const double share = rough / power;
    return (share < 1.5 ? 1 : share < 3.5 ? 2 : share < 7.5 ? 5 : 10) * power;
}

void setRoundTicks(QValueAxis& axis, int ticks)
{
    const double span = axis.max() - axis.min();
    const double interval = niceInterval(span, ticks);
    const double largest = std::max(std::abs(axis.min()), std::abs(axis.max()));
    const int decimals = std::max(0, int(-std::floor(std::log10(interval) + 1e-9)));
    const int digits = std::clamp(int(std::ceil(std::log10(largest / interval))) + 1, 3, 15);
    const bool isLong = decimals > 6 || largest >= 1e7;
    axis.setTickType(QValueAxis::TicksDynamic);
    axis.setTickAnchor(0);
    axis.setTickInterval(interval);
    axis.setLabelFormat(isLong ? QStringLiteral("%.%1g").arg(digits) : QStringLiteral("%.%1f").arg(decimals));
}

} // namespace modelarium
