#include "core/learn/svm/margin_boundary.h"

#include "core/kernels/linear_scores.h"
#include "core/learn/linear/row_blocks.h"

#include <vector>

namespace modelarium {

using Eigen::Index;

Vector marginsOf(const Matrix& X, const Vector& sides, const Vector& w)
{
    Vector margins(X.rows());
    const RowBlocks blocks(X.rows(), 1);
    std::vector<const double*> columns(std::size_t(X.cols()));
    for (Index j = 0; j < X.cols(); ++j)
        columns[std::size_t(j)] = X.col(j).data();
    parallelFor(std::size_t(blocks.count()), [&](std::size_t block) {
        const Index first = blocks.first(Index(block)), rows = blocks.size(Index(block));
        kernels::modelariumLinearScores(columns.data(), std::size_t(first), std::size_t(rows), columns.size(), w.data(), w[X.cols()],
                                        margins.data() + first);
        margins.segment(first, rows).array() *= sides.segment(first, rows).array();
    });
    return margins;
}

} // namespace modelarium
