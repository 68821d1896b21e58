#pragma once

#include "core/base/matrix.h"

#include <vector>

namespace modelarium {

/// The Cholesky factor of the products of a changing set of columns: columns come and go without factoring anew.
///
/// Math     L L' = Z_A'Z_A + diag(l2_A) for the columns A, in the order in which they came
/// Cost     for m columns: coming m^2 a column, going 3 m^2 a column, solving 2 m^2
/// Source   P. E. Gill, G. H. Golub, W. Murray, M. A. Saunders, Math. Comp. 28, 1974
class ActiveFactor {
public:
    const std::vector<Eigen::Index>& columns() const { return m_columns; }
    Eigen::Index size() const { return Eigen::Index(m_columns.size()); }
    void clear() { m_columns.clear(); }

    /// Adds columns: `cross` are their products with those that are here, `inner` those among themselves (with l2).
    /// False, and nothing changes, where a column is nearly a combination of others.
    bool append(const std::vector<Eigen::Index>& added, Matrix cross, const Matrix& inner);
    void remove(Eigen::Index position);
    Vector solve(Vector right) const;

private:
    Matrix m_L;                                     // its upper left corner is in use
    std::vector<Eigen::Index> m_columns;
};

} // namespace modelarium
