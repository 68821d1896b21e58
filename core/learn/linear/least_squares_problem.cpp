#include "core/learn/linear/least_squares_problem.h"

namespace modelarium {

Result<LeastSquaresProblem> LeastSquaresProblem::begin(DatasetPtr data, bool intercept)
{
    if (const Result<void> shape = checkShape(*data); !shape)
        return shape.error();
    LeastSquaresProblem problem(std::move(data), intercept);
    const Dataset& checked = problem.data();
    problem.m_moments = momentsForLeastSquares(checked.columns(), checked.y, intercept);
    const bool allNumbers = problem.m_moments && problem.m_moments->isFinite();
    if (const Result<void> fine = allNumbers ? checkTarget(checked) : checkDataset(checked); !fine)
        return fine.error();
    return problem;
}

Result<LeastSquares> LeastSquaresProblem::solve(double alpha) const
{
    return solveLeastSquares(m_moments, m_data->columns(), m_data->y, m_intercept, alpha);
}

} // namespace modelarium
