#pragma once

#include "core/data/dataset.h"
#include "core/learn/linear/gram_solver.h"

namespace modelarium {

/// A data set for least squares, checked. Many rows are looked at once for both: a cell that is no number spoils the moments.
class LeastSquaresProblem {
public:
    /// Errors   those of checkDataset
    /// Cost     that of momentsOf where the data are many
    static Result<LeastSquaresProblem> begin(DatasetPtr data, bool intercept);

    const Dataset& data() const { return *m_data; }
    /// Errors   those of solveLeastSquares
    Result<LeastSquares> solve(double alpha = 0) const;

private:
    LeastSquaresProblem(DatasetPtr data, bool intercept) : m_data(std::move(data)), m_intercept(intercept) {}

    DatasetPtr m_data;
    bool m_intercept;
    std::optional<Moments> m_moments;
};

} // namespace modelarium
