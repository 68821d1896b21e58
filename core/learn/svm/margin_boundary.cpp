#include "core/learn/svm/margin_boundary.h"

#include "core/kernels/linear_scores.h"
#include "core/learn/linear/row_blocks.h"

namespace modelarium {

using Eigen::Index;

Vector marginsOf(const Matrix& X, const Vector& sides, const Vector& w)
{
    Vector margins(X.rows());
    const RowBlocks blocks(X.rows(), 1);
    parallelFor(std::size_t(blocks.count()), [&](std::size_t block) {
        const Index first = blocks.first(Index(block)), rows = blocks.size(Index(block));
        kernels::modelariumLinearScores(X.data() + first, std::size_t(X.outerStride()), std::size_t(rows), std::size_t(X.cols()), w.data(),
                                        w[X.cols()], margins.data() + first);
        margins.segment(first, rows).array() *= sides.segment(first, rows).array();
    });
    return margins;
}

} // namespace modelarium
