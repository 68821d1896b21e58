#pragma once

#include "core/base/matrix.h"

#include <vector>

namespace modelarium {

/// A look at columns of numbers, wherever each of them lies: in a matrix, or in the columns of a table. Whoever made it keeps them alive.
///
/// Shape    columns() pointers to rows() doubles each
class ColumnView {
public:
    ColumnView(const Matrix& X) : m_matrix(&X), m_rows(X.rows()), m_columns(std::size_t(X.cols()))     // NOLINT: a matrix has columns
    {
        for (Eigen::Index j = 0; j < X.cols(); ++j)
            m_columns[std::size_t(j)] = X.col(j).data();
    }
    ColumnView(std::vector<const double*> columns, Eigen::Index rows) : m_rows(rows), m_columns(std::move(columns)) {}

    Eigen::Index rows() const { return m_rows; }
    Eigen::Index cols() const { return Eigen::Index(m_columns.size()); }
    Eigen::Map<const Vector> col(Eigen::Index j) const { return {m_columns[std::size_t(j)], m_rows}; }
    const Matrix* matrix() const { return m_matrix; }           ///< that all columns are in; null where they lie apart

    /// `to` has cols() elements.
    void copyRow(Eigen::Index i, double* to) const
    {
        for (std::size_t j = 0; j < m_columns.size(); ++j)
            to[j] = m_columns[j][i];
    }

    /// Some rows of all columns, side by side: where they are, or copied to `scratch`, which then must live as long.
    ///
    /// Cost     none in a matrix, otherwise count * cols() numbers: choose so few rows that they stay in the cache
    Eigen::Map<const Matrix, 0, Eigen::OuterStride<>> middleRows(Eigen::Index first, Eigen::Index count, Matrix& scratch) const
    {
        if (m_matrix)
            return {m_matrix->data() + first, count, cols(), Eigen::OuterStride<>(m_matrix->outerStride())};
        scratch.resize(count, cols());
        for (Eigen::Index j = 0; j < cols(); ++j)
            scratch.col(j) = col(j).segment(first, count);
        return {scratch.data(), count, cols(), Eigen::OuterStride<>(scratch.outerStride())};
    }

private:
    const Matrix* m_matrix = nullptr;
    Eigen::Index m_rows;
    std::vector<const double*> m_columns;
};

} // namespace modelarium
