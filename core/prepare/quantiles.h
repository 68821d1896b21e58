#pragma once

#include <vector>

namespace modelarium {

/// The value below which a share of sorted values lies, with linear interpolation between neighbours.
///
/// Math     h = (n - 1) share; x_floor(h) + (h - floor(h)) (x_floor(h)+1 - x_floor(h)): type 7 of Hyndman and Fan, the habit of
///          NumPy, R and spreadsheets
/// Source   R. J. Hyndman, Y. Fan, The American Statistician 50(4), 1996
double quantile(const std::vector<double>& sorted, double share);

} // namespace modelarium
