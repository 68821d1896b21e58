#include "core/learn/linear/blocked_cholesky.h"

#include "core/base/parallel.h"
#include "core/kernels/column_products.h"

#include <Eigen/Cholesky>

#include <algorithm>
#include <limits>
#include <memory>
#include <vector>

namespace modelarium {

namespace {

using Eigen::Index;

constexpr auto blockSize = Index(kernels::productColumns);

} // namespace

BlockedCholesky::BlockedCholesky(Matrix A, double lift) : m_U(std::move(A))
{
    constexpr double least = std::numeric_limits<double>::epsilon(), most = 1;
    const Vector diagonal = m_U.diagonal();
    for (;; lift = std::min(most, std::max(least, 100 * lift))) {
        m_U.diagonal() = diagonal.array() + lift;
        m_isPositive = factor();
        if (m_isPositive || lift >= most)
            return;
        m_U.triangularView<Eigen::StrictlyUpper>() = m_U.transpose();
    }
}

bool BlockedCholesky::factor()
{
    const Index n = m_U.rows();
    for (Index first = 0; first < n; first += blockSize) {
        const Index size = std::min(blockSize, n - first), after = first + size;
        updateBlock(first, size, first, size);
        if (!factorBlock(first, size))
            return false;
        const auto diagonal = m_U.block(first, first, size, size).triangularView<Eigen::Upper>();
        parallelFor(std::size_t((n - after + blockSize - 1) / blockSize), [&](std::size_t index) {
            const Index column = after + Index(index) * blockSize, columns = std::min(blockSize, n - column);
            updateBlock(first, size, column, columns);
            auto block = m_U.block(first, column, size, columns);
            diagonal.transpose().solveInPlace(block);
        });
    }
    return true;
}

bool BlockedCholesky::factorBlock(Index first, Index size)
{
    auto block = m_U.block(first, first, size, size);
    const Eigen::LLT<Matrix, Eigen::Upper> factor(block);
    block.triangularView<Eigen::Upper>() = factor.matrixU();
    return factor.info() == Eigen::Success && block.diagonal().allFinite();
}

/// Takes from a block of rows what the rows above it explain.
void BlockedCholesky::updateBlock(Index first, Index rows, Index column, Index columns)
{
    if (first == 0)
        return;
    static constexpr double noShift[kernels::productColumns] = {};
    const double *left[kernels::productColumns], *right[kernels::productColumns];
    for (Index i = 0; i < rows; ++i)
        left[i] = m_U.col(first + i).data();
    for (Index j = 0; j < columns; ++j)
        right[j] = m_U.col(column + j).data();
    Matrix products(rows, columns);
    const auto workspace = std::make_unique_for_overwrite<double[]>(kernels::modelariumColumnProductsWorkspace());
    kernels::modelariumColumnProducts(left, noShift, std::size_t(rows), right, noShift, std::size_t(columns), std::size_t(first), workspace.get(),
                                      products.data(), std::size_t(rows));
    auto block = m_U.block(first, column, rows, columns);
    if (column == first)
        block.triangularView<Eigen::Upper>() -= products;
    else
        block -= products;
}

Vector BlockedCholesky::solve(const Vector& right) const
{
    const auto U = m_U.triangularView<Eigen::Upper>();
    Vector solution = U.transpose().solve(right);
    U.solveInPlace(solution);
    return solution;
}

} // namespace modelarium
