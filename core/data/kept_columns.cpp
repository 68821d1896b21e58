#include "core/data/kept_columns.h"

#include "core/base/buffer.h"
#include "core/base/parallel.h"

namespace modelarium {

const Matrix& KeptColumns::made() const
{
    std::call_once(m_once, [this] {
        Matrix copy(rows(), cols());
        preferHugePages(copy.data(), std::size_t(copy.size()) * sizeof(double));
        parallelFor(std::size_t(cols()), [&](std::size_t j) { copy.col(Eigen::Index(j)) = m_apart.col(Eigen::Index(j)); });
        m_matrix = std::move(copy);
        m_isMade.store(true, std::memory_order_release);
    });
    return m_matrix;
}

} // namespace modelarium
