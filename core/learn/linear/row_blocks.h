#pragma once

#include "core/base/matrix.h"
#include "core/base/parallel.h"

#include <algorithm>
#include <memory>

namespace modelarium {

/// Rows cut into blocks whose number depends on the shape of the data alone, so that sums do not depend on the number of threads.
class RowBlocks {
public:
    /// `resultSize` is how many doubles each block leaves behind: large results get fewer blocks. Where rows take long, blocks of fewer than
    /// `mostRows` keep the last ones from leaving a core idle.
    RowBlocks(Eigen::Index rows, Eigen::Index resultSize, Eigen::Index mostRows = 8192)
    {
        const Eigen::Index rowsABlock = std::clamp<Eigen::Index>(rows / 8, 1024, mostRows);     // a few rows are shared out, too
        constexpr Eigen::Index resultsAtOnce = 8 << 20;             // 64 MiB of partial sums at most, in two blocks at least
        const Eigen::Index most = std::max<Eigen::Index>(2, resultsAtOnce / std::max<Eigen::Index>(1, resultSize));
        const Eigen::Index wanted = std::clamp<Eigen::Index>((rows + rowsABlock - 1) / rowsABlock, 1, most);
        m_rows = rows;
        m_blockRows = ((rows + wanted - 1) / wanted + 255) / 256 * 256;
    }

    Eigen::Index count() const { return (m_rows + m_blockRows - 1) / m_blockRows; }
    Eigen::Index first(Eigen::Index block) const { return block * m_blockRows; }
    Eigen::Index indexOf(Eigen::Index first) const { return first / m_blockRows; }
    Eigen::Index size(Eigen::Index block) const { return std::min(m_blockRows, m_rows - first(block)); }

    /// Adds up what work(first, rows, sums) leaves in `sums` (resultSize zeros at first), in the order of the blocks.
    template <class Work>
    Vector sum(Eigen::Index resultSize, const Work& work) const
    {
        Matrix parts = Matrix::Zero(resultSize, count());
        parallelFor(std::size_t(count()), [&](std::size_t block) {
            work(first(Eigen::Index(block)), size(Eigen::Index(block)), parts.col(Eigen::Index(block)).data());
        });
        Vector total = parts.col(0);
        for (Eigen::Index block = 1; block < count(); ++block)
            total += parts.col(block);
        return total;
    }

private:
    Eigen::Index m_rows = 0;
    Eigen::Index m_blockRows = 256;
};

} // namespace modelarium
