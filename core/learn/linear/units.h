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

/// The largest absolute value among every so many entries.
template <class Column>
double largestOf(const Column& column, long every = 1)
{
    double largest = 0;
    for (long i = 0; i < column.size(); i += every)
        largest = std::max(largest, std::abs(column[i]));
    return largest;
}

} // namespace modelarium
