#pragma once

#include <Eigen/Core>

namespace modelarium {

/// Shapes are (n_samples, n_features), stored column by column: one feature is one contiguous run of memory.
using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;
using RowVector = Eigen::RowVectorXd;

} // namespace modelarium
