#include "core/learn/linear/huber_objective.h"

#include "core/kernels/logistic.h"
#include "core/learn/linear/column_products.h"
#include "core/learn/linear/least_squares.h"
#include "core/learn/linear/row_blocks.h"
#include "core/learn/linear/units.h"

#include <algorithm>
#include <limits>
#include <memory>

namespace modelarium {

using Eigen::Index;

HuberObjective::HuberObjective(DatasetPtr data, double epsilon, double alpha, bool intercept)
    : m_data(std::move(data)), m_epsilon(epsilon), m_intercept(intercept), m_exponent(std::size_t(m_data->X().cols()) + 1),
      m_mean(Vector::Zero(m_data->X().cols())), m_price(m_data->X().cols())
{
    for (Index j = 0; j < features(); ++j)
        m_exponent[std::size_t(j)] = unitExponent(largestOf(m_data->X().col(j)));
    m_exponent.back() = unitExponent(largestOf(m_data->y));
    if (std::any_of(m_exponent.begin(), m_exponent.end(), [](int exponent) { return exponent != 0; })) {
        auto scaled = std::make_shared<Dataset>(*m_data);
        for (Index j = 0; j < features(); ++j)
            scaled->X().col(j) = scaled->X().col(j).unaryExpr([e = m_exponent[std::size_t(j)]](double x) { return std::ldexp(x, -e); });
        scaled->y = scaled->y.unaryExpr([e = m_exponent.back()](double y) { return std::ldexp(y, -e); });
        m_data = std::move(scaled);
    }
    if (intercept)
        m_mean = exactMean(m_data->X(), m_data->y).features;
    constexpr double largest = 1e200;
    for (Index j = 0; j < features(); ++j)
        m_price[j] = std::min(largest, std::ldexp(2 * alpha, m_exponent.back() - 2 * m_exponent[std::size_t(j)]));
    // Where a line fits exactly, sigma would go to 0: rounding of the target is as near as it gets.
    m_leastSigma = 10 * std::numeric_limits<double>::epsilon() * std::max(m_data->y.cwiseAbs().maxCoeff(), 1e-280);
}

Vector HuberObjective::alongRows(const Vector& theta, const Vector* lessTarget) const
{
    const Index p = features();
    const double b = theta[p] - theta.head(p).dot(m_mean);
    Vector r(samples());
    const RowBlocks blocks(samples(), 1);
    parallelFor(std::size_t(blocks.count()), [&](std::size_t block) {
        const Index first = blocks.first(Index(block)), rows = blocks.size(Index(block));
        auto part = r.segment(first, rows);
        if (lessTarget)
            part = (m_data->X().middleRows(first, rows) * theta.head(p) - lessTarget->segment(first, rows)).array() + b;
        else
            part = (m_data->X().middleRows(first, rows) * theta.head(p)).array() + b;
    });
    return r;
}

Vector HuberObjective::residuals(const Vector& theta) const { return alongRows(theta, &m_data->y); }
Vector HuberObjective::alongRows(const Vector& theta) const { return alongRows(theta, nullptr); }

Vector HuberObjective::transposed(const Vector& v) const
{
    const Index p = features();
    Vector products = RowBlocks(samples(), p + 1).sum(p + 1, [&](Index first, Index rows, double* result) {
        Eigen::Map<Vector> part(result, p + 1);
        part[p] = v.segment(first, rows).sum();
        part.head(p) = m_data->X().middleRows(first, rows).transpose() * v.segment(first, rows) - part[p] * m_mean;
    });
    if (!m_intercept)
        products[p] = 0;
    return products;
}

/// F = n sigma + sum_in r^2 / sigma + sum_out (2 epsilon |r| - epsilon^2 sigma) + alpha |w|^2;
/// dF/dr = 2 r / sigma or 2 epsilon sign(r); dF/dsigma = n - sum_in r^2 / sigma^2 - epsilon^2 outliers.
HuberObjective::Evaluation HuberObjective::at(const Vector& theta) const
{
    const Index p = features();
    const double sigma = theta[p + 1];
    const Vector r = residuals(theta);
    const Vector sums = RowBlocks(samples(), p + 4).sum(p + 4, [&](Index first, Index rows, double* result) {
        Eigen::Map<Vector> sum(result, p + 4);
        Vector slope(rows);
        for (Index i = 0; i < rows; ++i) {
            const double ri = r[first + i];
            const bool out = isOutlier(ri, sigma);
            slope[i] = out ? std::copysign(2 * m_epsilon, ri) : 2 * ri / sigma;
            sum[p + 1] += out ? 0 : (ri / sigma) * (ri / sigma);
            sum[p + 2] += out ? 2 * m_epsilon * std::abs(ri) : 0;
            sum[p + 3] += out;
        }
        sum[p] = slope.sum();
        sum.head(p) = m_data->X().middleRows(first, rows).transpose() * slope - sum[p] * m_mean;
    });
    const double n = double(samples()), out = sums[p + 3];
    Evaluation evaluation;
    evaluation.outliers = Index(out);
    evaluation.gradient.resize(p + 2);
    const auto w = theta.head(p).array();
    evaluation.gradient.head(p) = sums.head(p).array() + m_price.array() * w;
    evaluation.gradient[p] = m_intercept ? sums[p] : 0;
    evaluation.gradient[p + 1] = n - sums[p + 1] - m_epsilon * m_epsilon * out;
    evaluation.loss = sigma * (n + sums[p + 1] - m_epsilon * m_epsilon * out) + sums[p + 2] + (m_price.array() * w * w).sum() / 2;
    return evaluation;
}

/// Second derivatives; outliers have none: 2 / sigma [x, 1]'[x, 1], -2 / sigma^2 [x, 1] r, 2 / sigma^3 r^2, over the others.
/// A parabola that touches 2 epsilon |r| at an outlier's residual, and is nowhere below it, has 2 epsilon / |r| [x, 1]'[x, 1].
Matrix HuberObjective::hessian(const Vector& theta, double outlierShare) const
{
    const double sigma = theta[features() + 1];
    const Vector r = residuals(theta);
    Vector weights(samples()), z(samples());
    for (Index i = 0; i < samples(); ++i) {
        const bool out = isOutlier(r[i], sigma);
        weights[i] = out ? outlierShare * m_epsilon * sigma / std::abs(r[i]) : 1;
        z[i] = out ? 0 : r[i] / sigma;
    }
    Matrix H = weightedProducts(weights, z) * (2 / sigma);
    H.diagonal().head(features()) += m_price;
    if (!m_intercept)
        H(features(), features()) = 1;
    return H;
}

Matrix HuberObjective::weightedProducts(const Vector& weights, const Vector& z) const
{
    const Index p = features();
    const Index m = p + 1;
    const Vector factor = weights.cwiseSqrt(), weighted = weights.cwiseProduct(z);
    const Vector sums = RowBlocks(samples(), m * m + m + 1).sum(m * m + m + 1, [&](Index first, Index rows, double* result) {
        const auto workspace = std::make_unique_for_overwrite<double[]>(kernels::modelariumWeightedGramWorkspace(std::size_t(p)));
        kernels::modelariumWeightedGram(m_data->X().data() + first, std::size_t(samples()), std::size_t(p), factor.data() + first, m_mean.data(),
                                        std::size_t(rows), workspace.get(), result);
        Eigen::Map<Vector> products(result + m * m, m + 1);
        const auto part = weighted.segment(first, rows);
        products[p] = part.sum();
        products.head(p) = m_data->X().middleRows(first, rows).transpose() * part - products[p] * m_mean;
        products[m] = part.dot(z.segment(first, rows));
    });
    Matrix H(p + 2, p + 2);
    H.topLeftCorner(m, m) = Eigen::Map<const Matrix>(sums.data(), m, m).selfadjointView<Eigen::Lower>();
    H.col(m).head(m) = -sums.segment(m * m, m);
    H.row(m).head(m) = H.col(m).head(m).transpose();
    H(m, m) = sums[m * m + m];
    if (!m_intercept) {
        H.row(p).setZero();
        H.col(p).setZero();
        H(p, p) = 1;
    }
    return H;
}

/// Where n = sum_in r^2 / sigma^2 + epsilon^2 outliers: for the same outliers sigma^2 = sum_in r^2 / (n - epsilon^2 outliers), which
/// is repeated between bounds that close in.
double HuberObjective::bestSigma(const Vector& residuals, double from) const
{
    const double n = double(samples());
    double low = m_leastSigma, high = std::max(low, residuals.norm());      // there is no sum of squares above n from here on
    double sigma = std::clamp(from, low, high);
    constexpr int mostRounds = 200;
    for (int round = 0; round < mostRounds && low < high * (1 - 4e-16); ++round) {
        const double edge = m_epsilon * sigma;
        double squares = 0, outliers = 0;
        for (const double r : residuals) {
            const bool out = std::abs(r) > edge;
            squares += out ? 0 : r * r;
            outliers += out;
        }
        const double rest = n - m_epsilon * m_epsilon * outliers;
        const bool tooWide = squares <= rest * sigma * sigma;
        (tooWide ? high : low) = sigma;
        const double next = rest > 0 ? std::sqrt(squares / rest) : high;
        if (next == sigma)
            return sigma;
        sigma = next > low && next < high ? next : std::sqrt(low) * std::sqrt(high);
    }
    return std::clamp(sigma, low, high);
}

Result<Vector> HuberObjective::start() const
{
    const Result<LeastSquares> line = solveLeastSquares(m_data->X(), m_data->y, m_intercept);
    if (!line)
        return line.error();
    Vector theta(features() + 2);
    theta.head(features()) = line->w;
    theta[features()] = line->b + line->w.dot(m_mean);
    theta[features() + 1] = std::max(std::sqrt(line->meanSquaredResidual), m_leastSigma);
    return theta;
}

Linear HuberObjective::linear(const Vector& theta) const
{
    const Index p = features();
    Linear linear{Matrix(1, p), Vector(1), Link::Identity};
    for (Index j = 0; j < p; ++j)
        linear.W(0, j) = std::ldexp(theta[j], m_exponent.back() - m_exponent[std::size_t(j)]);
    linear.b[0] = std::ldexp(theta[p] - theta.head(p).dot(m_mean), m_exponent.back());
    return linear;
}

double HuberObjective::lossInDataUnits(double loss) const
{
    return std::min(std::numeric_limits<double>::max(), std::ldexp(loss / double(samples()), m_exponent.back()));
}

} // namespace modelarium
