#include "core/learn/bayes/covariance_factor.h"

#include <Eigen/Cholesky>

#include <algorithm>

namespace modelarium {

namespace {

/// False where some feature is all but determined by those before it.
bool isRegular(const Eigen::LLT<Matrix>& factor)
{
    return factor.info() == Eigen::Success && (factor.matrixLLT().diagonal().array().square() >= leastSpread / 2).all();
}

} // namespace

CovarianceFactor factorCovariance(const Matrix& C, const Vector& scale)
{
    CovarianceFactor result;
    Eigen::LLT<Matrix> factor(C);
    double added = leastSpread * std::max(1.0, C.diagonal().maxCoeff());
    for (; !isRegular(factor) && added < 1e300; added *= 10) {
        result.widened = true;
        Matrix wider = C;
        wider.diagonal().array() += added;
        factor.compute(wider);
    }
    result.L = scale.asDiagonal() * Matrix(factor.matrixL());
    return result;
}

} // namespace modelarium
