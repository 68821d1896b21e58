#pragma once

#include "core/base/matrix.h"

namespace modelarium {

/// For learners that look at one sample after the other: each sample is one contiguous run of memory.
using RowMajorMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

} // namespace modelarium
