#include "core/evaluate/design_factor.h"

#include "core/base/parallel.h"

#include <Eigen/QR>

#include <cmath>
#include <limits>

namespace modelarium {

namespace {

using Eigen::Index;

template <class Scalar> using Columns = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>;
template <class Scalar> using Values = Eigen::Matrix<Scalar, Eigen::Dynamic, 1>;

constexpr double smallProblem = 2e7;                // samples * columns^2 that extended precision does in well under a second
constexpr Index rowsFactored = 4096;

/// The columns for some rows: prepared features, or products of powers of centred and scaled ones.
template <class Scalar>
Columns<Scalar> columnsOf(const Parameters& parameters, const Eigen::Ref<const Matrix>& X)
{
    const auto* polynomial = std::get_if<Polynomial>(&parameters);
    if (!polynomial)
        return X.template cast<Scalar>();
    Columns<Scalar> t(X.rows(), X.cols());
    for (Index j = 0; j < X.cols(); ++j)
        t.col(j) = (X.col(j).template cast<Scalar>().array() - Scalar(polynomial->centre[j])) / Scalar(polynomial->scale[j]);
    Columns<Scalar> columns = Columns<Scalar>::Ones(X.rows(), Index(polynomial->exponents.size()));
    for (std::size_t k = 0; k < polynomial->exponents.size(); ++k)
        for (Index j = 0; j < X.cols(); ++j)
            for (int power = 0; power < polynomial->exponents[k][std::size_t(j)]; ++power)
                columns.col(Index(k)).array() *= t.col(j).array();
    return columns;
}

/// One problem, block of rows by block of rows: no copy of all columns is held in extended precision.
template <class Scalar>
class Factorisation {
public:
    Factorisation(const Parameters& parameters, const Matrix& X, const Vector& y, const Vector& weights, bool intercept)
        : m_parameters(parameters), m_X(X), m_y(y), m_weights(weights), m_intercept(intercept), m_blocks((X.rows() + rowsFactored - 1) / rowsFactored)
    {
        centre();
        measure();
    }

    Result<DesignFactor> solve(std::vector<std::size_t>& dependent)
    {
        const Index p = m_mean.size();
        const Columns<Scalar> R = triangle();
        Eigen::ColPivHouseholderQR<Columns<Scalar>> qr(R.leftCols(p));
        // The columns have unit length: what remains of one beside the others counts as nothing below the rounding of the data.
        const Scalar least = sizeof(Scalar) > sizeof(double) ? Scalar(64 * std::numeric_limits<double>::epsilon()) : Scalar(1e-12);
        for (Index j = 0; j < p; ++j)
            if (j >= R.rows() || !(std::abs(qr.matrixQR()(j, j)) > least))
                dependent.push_back(std::size_t(qr.colsPermutation().indices()[j]));
        if (!dependent.empty())
            return Error{ErrorCode::Singular, "Some columns are constant, or combinations of others."};

        const Columns<Scalar> upper = qr.matrixQR().topRows(p).template triangularView<Eigen::Upper>();
        const Columns<Scalar> inverse = upper.template triangularView<Eigen::Upper>().solve(Columns<Scalar>::Identity(p, p));
        const Columns<Scalar> C = m_scale.cwiseInverse().asDiagonal() * (qr.colsPermutation() * inverse);
        Values<Scalar> rest = R.col(p);
        rest.applyOnTheLeft(qr.householderQ().transpose());

        DesignFactor factor;
        factor.intercept = m_intercept;
        factor.mean = m_mean.template cast<double>();
        factor.residual = double(rest.tail(rest.size() - p).squaredNorm());
        factor.total = double(m_total);
        Columns<Scalar> F = Columns<Scalar>::Zero(p + m_intercept, p + m_intercept);
        F.topLeftCorner(p, p) = C;
        if (m_intercept) {
            F.row(p).head(p) = -(m_mean.transpose() * C);
            F(p, p) = 1 / std::sqrt(m_weightSum);
        }
        factor.F = F.template cast<double>();
        return factor;
    }

private:
    Columns<Scalar> block(Index b) const { return columnsOf<Scalar>(m_parameters, m_X.middleRows(first(b), size(b))); }
    Index first(Index b) const { return b * rowsFactored; }
    Index size(Index b) const { return std::min(rowsFactored, m_X.rows() - first(b)); }

    Values<Scalar> weightsOf(Index b) const
    {
        return m_weights.size() ? Values<Scalar>(m_weights.segment(first(b), size(b)).template cast<Scalar>()) : Values<Scalar>(Values<Scalar>::Ones(size(b)));
    }

    /// Adds up what work(block) gives, in the order of the blocks.
    template <class Work>
    Values<Scalar> sum(const Work& work) const
    {
        std::vector<Values<Scalar>> parts(static_cast<std::size_t>(m_blocks));
        parallelFor(parts.size(), [&](std::size_t b) { parts[b] = work(Index(b)); });
        Values<Scalar> total = parts[0];
        for (std::size_t b = 1; b < parts.size(); ++b)
            total += parts[b];
        return total;
    }

    Values<Scalar> responseOf(Index b) const { return m_y.segment(first(b), size(b)).template cast<Scalar>().array() - m_yMean; }

    /// Weighted means, twice: the second pass takes the rounding of the first away.
    void centre()
    {
        const Index p = columnsOf<Scalar>(m_parameters, m_X.topRows(1)).cols();
        m_mean = Values<Scalar>::Zero(p);
        m_weightSum = sum([&](Index b) { return Values<Scalar>(Values<Scalar>::Constant(1, weightsOf(b).sum())); })[0];
        for (int pass = 0; m_intercept && pass < 2; ++pass) {
            const Values<Scalar> sums = sum([&](Index b) {
                Values<Scalar> part(p + 1);
                const Values<Scalar> w = weightsOf(b);
                part.head(p) = (block(b).rowwise() - m_mean.transpose()).transpose() * w;
                part[p] = responseOf(b).dot(w);
                return part;
            });
            m_mean += sums.head(p) / m_weightSum;
            m_yMean += sums[p] / m_weightSum;
        }
    }

    /// Lengths of the centred columns.
    void measure()
    {
        const Index p = m_mean.size();
        const Values<Scalar> squares = sum([&](Index b) {
            Values<Scalar> part(p + 1);
            const Values<Scalar> w = weightsOf(b);
            part.head(p) = (block(b).rowwise() - m_mean.transpose()).cwiseAbs2().transpose() * w;
            part[p] = responseOf(b).cwiseAbs2().dot(w);
            return part;
        });
        m_total = squares[p];
        m_scale = squares.head(p).cwiseSqrt();
        for (Index j = 0; j < p; ++j)
            if (!(m_scale[j] > std::abs(m_mean[j]) * std::sqrt(m_weightSum) * 64 * std::numeric_limits<double>::epsilon()))
                m_scale[j] = std::numeric_limits<Scalar>::max();        // without spread: a column of zeros, found to be dependent
    }

    /// [Z, y] reduced to a triangle: each block on its own, then the triangles stacked.
    Columns<Scalar> triangle() const
    {
        const Index p = m_mean.size();
        std::vector<Columns<Scalar>> parts(static_cast<std::size_t>(m_blocks));
        parallelFor(parts.size(), [&](std::size_t b) {
            const Values<Scalar> root = weightsOf(Index(b)).cwiseSqrt();
            Columns<Scalar> part(size(Index(b)), p + 1);
            part.leftCols(p) = (block(Index(b)).rowwise() - m_mean.transpose()) * m_scale.cwiseInverse().asDiagonal();
            part.col(p) = responseOf(Index(b));
            parts[b] = upperPart(root.asDiagonal() * part);
        });
        Index rows = 0;
        for (const Columns<Scalar>& part : parts)
            rows += part.rows();
        Columns<Scalar> stacked(rows, p + 1);
        Index next = 0;
        for (const Columns<Scalar>& part : parts) {
            stacked.middleRows(next, part.rows()) = part;
            next += part.rows();
        }
        return parts.size() == 1 ? stacked : upperPart(stacked);
    }

    static Columns<Scalar> upperPart(const Columns<Scalar>& tall)
    {
        const Eigen::HouseholderQR<Columns<Scalar>> qr(tall);
        const Index rows = std::min(tall.rows(), tall.cols());
        return qr.matrixQR().topRows(rows).template triangularView<Eigen::Upper>();
    }

    const Parameters& m_parameters;
    const Matrix& m_X;
    const Vector& m_y;
    const Vector& m_weights;
    bool m_intercept;
    Index m_blocks;
    Values<Scalar> m_mean, m_scale;
    Scalar m_yMean = 0, m_weightSum = 0, m_total = 0;
};

} // namespace

Vector DesignFactor::leverage(const Matrix& Z, const Vector& weights) const
{
    const Index p = mean.size();
    Vector result = ((Z.rowwise() - mean.transpose()) * F.topLeftCorner(p, p)).rowwise().squaredNorm();
    if (intercept)
        result.array() += F(p, p) * F(p, p);
    return weights.size() ? Vector(result.cwiseProduct(weights)) : result;
}

Matrix designColumns(const Parameters& parameters, const Matrix& X)
{
    return columnsOf<double>(parameters, X);
}

Result<DesignFactor> factorDesign(const Parameters& parameters, const Matrix& X, const Vector& y, const Vector& weights, bool intercept,
                                  std::vector<std::size_t>& dependent)
{
    const auto* polynomial = std::get_if<Polynomial>(&parameters);
    const double columns = double(polynomial ? polynomial->exponents.size() : std::size_t(X.cols())) + 1;
    if (double(X.rows()) * columns * columns <= smallProblem)
        return Factorisation<long double>(parameters, X, y, weights, intercept).solve(dependent);
    return Factorisation<double>(parameters, X, y, weights, intercept).solve(dependent);
}

} // namespace modelarium
