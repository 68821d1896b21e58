#pragma once

#include <QValueAxis>

namespace modelarium {

/// The distance of ticks at round values, 1, 2 or 5 times a power of ten, so that about `ticks` of them fit into `span` > 0.
double niceInterval(double span, int ticks);

/// Round ticks from zero, with as many decimals as tell them apart.
void setRoundTicks(QValueAxis& axis, int ticks);

} // namespace modelarium
