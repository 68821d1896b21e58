#pragma once

#include <algorithm>
#include <cmath>

namespace modelarium {

/// 0, or the exponent of a power of two as unit, in which numbers of this size have squares that a double can hold.
inline int unitExponent(double largest)
{
    constexpr double tiny = 1e-70, huge = 1e70;
    return largest > huge || (largest < tiny && largest > 0) ? std::ilogb(largest) : 0;
}

/// The largest absolute value of a column, or among one of every so many runs of neighbours that share a line of the cache.
template <class Column>
double largestOf(const Column& column, long every = 1)
{
    constexpr long run = 8;
    double largest = 0;
    for (long first = 0; first < column.size(); first += run * every)
        for (long i = first; i < std::min(first + run, long(column.size())); ++i)
            largest = std::max(largest, std::abs(column[i]));
    return largest;
}

} // namespace modelarium
