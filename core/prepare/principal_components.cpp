#include "core/prepare/principal_components.h"

#include "core/base/counted.h"
#include "core/base/parallel.h"
#include "core/kernels/gram.h"

#include <Eigen/Eigenvalues>
#include <Eigen/QR>

#include <algorithm>
#include <cmath>
#include <memory>

namespace modelarium {

namespace {

using Eigen::Index;

constexpr Index mostFeatures = 5000;

struct CentredProducts {
    Matrix C;                                       ///< (X - mean)'(X - mean), in the order of the columns
    Vector mean;
    bool shiftWasNear = true;                       ///< else taking the mean away has cancelled digits
};

/// Products about a shift near the mean, in blocks of rows that are added up in order.
CentredProducts productsAbout(const Matrix& X, const Vector& shift)
{
    const Index n = X.rows(), d = X.cols();
    // The kernel takes the last column apart from the others, as a target: here it is a column like them.
    const Index m = d + 1;
    const Index wanted = std::min<Index>((n + 8191) / 8192, std::max<Index>(2, (Index(8) << 20) / (m * m)));
    const Index blockRows = ((n + wanted - 1) / wanted + 255) / 256 * 256;
    const Index blocks = (n + blockRows - 1) / blockRows;
    Matrix parts = Matrix::Zero(m * m, blocks);
    parallelFor(std::size_t(blocks), [&](std::size_t block) {
        const Index first = Index(block) * blockRows;
        const auto workspace = std::make_unique_for_overwrite<double[]>(kernels::modelariumGramWorkspace(std::size_t(d - 1)));
        kernels::modelariumGram(X.data() + first, std::size_t(n), std::size_t(d - 1), X.col(d - 1).data() + first, shift.data(),
                                std::size_t(std::min(blockRows, n - first)), workspace.get(), parts.col(Index(block)).data());
    });
    for (Index block = 1; block < blocks; ++block)
        parts.col(0) += parts.col(block);
    const Matrix G = Eigen::Map<const Matrix>(parts.data(), m, m).selfadjointView<Eigen::Lower>();

    CentredProducts products;
    const Vector offset = G.col(d).head(d) / double(n);             // mean - shift
    products.mean = shift + offset;
    products.C = G.topLeftCorner(d, d) - double(n) * offset * offset.transpose();
    constexpr double lostDigits = 1e3;
    products.shiftWasNear = (double(n) * offset.array().square() <= lostDigits * products.C.diagonal().array()).all();
    return products;
}

/// Directions and variances of a matrix of covariances, the widest first.
struct Turned {
    Matrix directions;                              ///< one a row
    Vector variance;
};

Turned turned(const Matrix& covariance)
{
    const Eigen::SelfAdjointEigenSolver<Matrix> eigen(covariance);
    return {eigen.eigenvectors().rowwise().reverse().transpose(), eigen.eigenvalues().reverse().cwiseMax(0.0)};    // rounding may leave a small negative number
}

/// The component of largest size of each direction becomes positive.
void chooseSigns(Matrix& directions)
{
    for (Index k = 0; k < directions.rows(); ++k) {
        Index largest = 0;
        directions.row(k).cwiseAbs().maxCoeff(&largest);
        if (directions(k, largest) < 0)
            directions.row(k) *= -1;
    }
}

Error squaresTooLarge()
{
    return {ErrorCode::NotFinite, "The squares of the values are too large to compute with: bring the columns to a common scale first."};
}

/// The rows less their mean, which is taken away twice: the second time removes what the first rounded.
Matrix centred(const Matrix& X, Vector& mean)
{
    mean = X.colwise().mean().transpose();
    Matrix Z = X.rowwise() - mean.transpose();
    const RowVector offset = Z.colwise().mean();
    Z.rowwise() -= offset;
    mean += offset.transpose();
    for (Index j = 0; j < X.cols(); ++j)
        if ((X.col(j).array() == X(0, j)).all()) {  // no spread, and none by rounding
            mean[j] = X(0, j);
            Z.col(j).setZero();
        }
    return Z;
}

/// All that n rows can spread in are the n first columns of Q.
Result<PrincipalAxes> axesOfFewRows(const Matrix& X, Index leastDirections)
{
    const Index n = X.rows(), d = X.cols();
    PrincipalAxes axes;
    const Matrix Z = centred(X, axes.mean);
    if (!std::isfinite(Z.squaredNorm()))
        return squaresTooLarge();
    const Eigen::HouseholderQR<Matrix> qr(Z.transpose());
    const Matrix R = qr.matrixQR().topRows(n).triangularView<Eigen::Upper>();
    const Turned within = turned(R * R.transpose() / double(n - 1));
    const Matrix Q = qr.householderQ() * Matrix::Identity(d, std::clamp(leastDirections, n, d));
    axes.directions = Q.transpose();
    axes.directions.topRows(n) = within.directions * Q.leftCols(n).transpose();
    axes.variance = Vector::Zero(d);
    axes.variance.head(n) = within.variance;
    chooseSigns(axes.directions);
    return axes;
}

} // namespace

Eigen::Index PrincipalAxes::axesFor(double share) const
{
    const double wanted = share * totalVariance();
    double sum = 0;
    for (Index k = 0; k < directions.rows(); ++k) {
        sum += variance[k];
        if (sum >= wanted)
            return k + 1;
    }
    return directions.rows();
}

Result<PrincipalAxes> principalAxes(const Matrix& X, Index leastDirections)
{
    const Index n = X.rows(), d = X.cols();
    if (n < 2)
        return Error{ErrorCode::TooFewSamples, "Principal components need at least two rows to learn from."};
    if (d == 0)
        return Error{ErrorCode::TooFewFeatures, "Principal components need at least one column."};
    if (d > mostFeatures) {
        return Error{ErrorCode::TooLarge, "Principal components of " + countText(d) + " columns are too many: at most "
                                              + countText(mostFeatures) + " can be turned together."};
    }
    // Where rows are nearly as many as columns, to turn them costs more than the products of all pairs.
    if (4 * n < 3 * d)
        return axesOfFewRows(X, leastDirections);
    const Vector near = X.topRows(std::min<Index>(n, 256)).colwise().mean().transpose();
    CentredProducts products = productsAbout(X, near);
    if (!products.shiftWasNear && products.mean.allFinite())
        products = productsAbout(X, Vector(products.mean));
    if (!products.C.allFinite() || !std::isfinite(products.C.trace()))
        return squaresTooLarge();

    Turned all = turned(products.C / double(n - 1));
    chooseSigns(all.directions);
    return PrincipalAxes{std::move(products.mean), std::move(all.directions), std::move(all.variance)};
}

} // namespace modelarium
