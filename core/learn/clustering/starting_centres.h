#pragma once

#include "core/base/matrix.h"
#include "core/base/random.h"
#include "core/learn/clustering/row_tiles.h"

#include <string_view>

namespace modelarium {

/// Where the centres of a clustering begin: at rows of the data.
enum class CentreStart { PlusPlus, RandomRows, FirstRows };

/// Math     PlusPlus: the first centre is any row; then of 2 + floor(log k) rows drawn with probability proportional to their
///          squared distance to the nearest centre, the one that leaves the smallest sum of these is the next centre.
///          RandomRows: k rows, each at most once. FirstRows: the first k
/// Shape    X (n_samples, n_features), tiles of X -> centres (clusters, n_features); clusters <= n_samples
/// Cost     PlusPlus: O(n_samples * clusters * log(clusters) * n_features), in parallel, in float
/// Source   D. Arthur, S. Vassilvitskii, SODA 2007 (the greedy variant of its last section)
Matrix startingCentres(CentreStart start, const Matrix& X, const RowTiles& tiles, std::size_t clusters, Random random);

} // namespace modelarium
