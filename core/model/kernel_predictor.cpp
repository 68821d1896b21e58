#include "core/model/kernel_predictor.h"

#include "core/model/kernel_grid.h"
#include "core/model/link.h"
#include "core/model/pairwise_probabilities.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace modelarium {

namespace {

using Eigen::Index;

constexpr std::size_t fewSums = 256;                ///< up to 16 classes; their scratch is a few kilobytes of the stack
constexpr std::size_t mostSums = std::size_t(mostKernelClasses) * (mostKernelClasses - 1);

std::size_t roundedToLanes(std::size_t count) { return (count + kernels::kernelLanes - 1) / kernels::kernelLanes * kernels::kernelLanes; }

template <class Real>
Real kernelOf(const KernelExpansion& p, const double* x, Index vector)
{
    Real sum = 0;
    for (Index j = 0; j < p.vectors.cols(); ++j) {
        const Real s = p.vectors(vector, j);
        sum += p.kernel == Kernel::Rbf ? (Real(x[j]) - s) * (Real(x[j]) - s) : Real(x[j]) * s;
    }
    if (p.kernel == Kernel::Rbf)
        return std::exp(-Real(p.gamma) * sum);
    if (p.kernel == Kernel::Linear)
        return sum;
    const Real base = Real(p.gamma) * sum + Real(p.coef0);
    Real power = base;
    for (int k = 1; k < p.degree; ++k)
        power *= base;
    return power;
}

/// Vectors of each class, or of the one regression.
std::vector<std::int32_t> groups(const KernelExpansion& p)
{
    return p.vectorsOfClass.empty() ? std::vector<std::int32_t>{std::int32_t(p.vectors.rows())} : p.vectorsOfClass;
}

} // namespace

double kernelValue(const KernelExpansion& parameters, const double* x, Index vector) { return kernelOf<double>(parameters, x, vector); }

Vector kernelScores(const KernelExpansion& p, const double* x)
{
    const auto classes = Index(p.vectorsOfClass.size());
    Vector scores = p.intercepts;
    Index s = 0, group = 0;
    for (const std::int32_t count : groups(p)) {
        for (std::int32_t i = 0; i < count; ++i, ++s) {
            const double K = kernelValue(p, x, s);
            Index pair = 0;
            for (Index k = 0; k < classes; ++k)
                for (Index l = k + 1; l < classes; ++l, ++pair)
                    scores[pair] += group == k ? p.coefficients(l - 1, s) * K : group == l ? p.coefficients(k, s) * K : 0;
            if (classes == 0)
                scores[0] += p.coefficients(0, s) * K;
        }
        ++group;
    }
    return scores;
}

KernelPredictor::KernelPredictor(const KernelExpansion& parameters)
    : Predictor(featureCount(parameters), outputCount(parameters)), m_expansion(parameters)
{
    layOut();
    constexpr double sizes[] = {1e100, 1e50, 1e25, 1e12, 1e6, 1e3, 1};
    const auto found = std::find_if(std::begin(sizes), std::end(sizes), [this](double size) { return staysFinite(size); });
    m_nearest = m_expansion.kernel == Kernel::Rbf ? std::numeric_limits<double>::infinity() : found == std::end(sizes) ? -1 : *found;
}

void KernelPredictor::layOut()
{
    const KernelExpansion& p = m_expansion;
    m_first = {0};
    for (const std::int32_t count : groups(p))
        m_first.push_back(m_first.back() + roundedToLanes(std::size_t(count)));
    const std::size_t stride = m_first.back();
    m_vectors = Vector::Zero(Index(stride) * p.vectors.cols());
    m_coefficients = Vector::Zero(Index(stride) * p.coefficients.rows());
    Index s = 0;
    std::size_t group = 0;
    for (const std::int32_t count : groups(p)) {
        for (std::int32_t i = 0; i < count; ++i, ++s) {
            const auto place = Index(m_first[group]) + i;
            for (Index j = 0; j < p.vectors.cols(); ++j)
                m_vectors[j * Index(stride) + place] = p.vectors(s, j);
            for (Index r = 0; r < p.coefficients.rows(); ++r)
                m_coefficients[r * Index(stride) + place] = p.coefficients(r, s);
        }
        ++group;
    }
    m_view = {{int(p.kernel), p.degree, p.gamma, p.coef0}, m_vectors.data(), m_coefficients.data(), stride, features(),
              std::size_t(p.coefficients.rows())};
    m_sums = (m_first.size() - 1) * m_view.rows;
}

/// Bounds every sum for features up to this size.
bool KernelPredictor::staysFinite(double largestFeature) const
{
    const KernelExpansion& p = m_expansion;
    if (p.vectors.rows() == 0)
        return true;
    double largest = p.vectors.cwiseAbs().rowwise().sum().maxCoeff() * largestFeature;
    if (p.kernel == Kernel::Polynomial)
        largest = std::pow(p.gamma * largest + std::abs(p.coef0), p.degree);
    return largest < 1e300 && p.coefficients.cwiseAbs().rowwise().sum().maxCoeff() * largest < 1e300;
}

bool KernelPredictor::isFar(const double* x) const noexcept
{
    bool far = false;
    for (std::size_t j = 0; j < features(); ++j)
        far |= std::abs(x[j]) > m_nearest;
    return far;
}

/// Kernels beyond 1e4000 are taken for that: with the exponents of long double no sum of them can overflow.
void KernelPredictor::farSums(const double* x, double* sums) const noexcept
{
    constexpr long double largest = std::numeric_limits<double>::max() / 4, largestKernel = 1e4000L;
    const std::size_t rows = m_view.rows;
    Index s = 0;
    for (std::size_t group = 0; group + 1 < m_first.size(); ++group) {
        const Index end = m_expansion.vectorsOfClass.empty() ? m_expansion.vectors.rows() : s + m_expansion.vectorsOfClass[group];
        for (std::size_t r = 0; r < rows; ++r) {
            long double sum = 0;
            for (Index i = s; i < end; ++i)
                sum += m_expansion.coefficients(Index(r), i) * std::clamp(kernelOf<long double>(m_expansion, x, i), -largestKernel, largestKernel);
            sums[group * rows + r] = double(std::clamp(sum, -largest, largest));
        }
        s = end;
    }
}

void KernelPredictor::nearSums(const double* x, std::size_t samples, double* sums) const noexcept
{
    for (std::size_t group = 0; group + 1 < m_first.size(); ++group)
        kernels::modelariumKernelSums(&m_view, m_first[group], m_first[group + 1] - m_first[group], x, samples,
                                      sums + group * m_view.rows, m_sums);
}

void KernelPredictor::answer(const double* sums, double* out) const noexcept
{
    if (m_expansion.vectorsOfClass.empty()) {
        constexpr double largest = std::numeric_limits<double>::max();
        out[0] = std::clamp(sums[0] + m_expansion.intercepts[0], -largest, largest);
        return;
    }
    if (m_expansion.slopes.size() == 0)
        vote(sums, out);
    else if (m_sums <= fewSums)
        giveProbabilities<fewSums>(sums, out);
    else
        giveProbabilities<mostSums>(sums, out);
}

template <std::size_t most>
void KernelPredictor::giveProbabilities(const double* sums, double* out) const noexcept
{
    double ofSecond[most / 2];
    Index pair = 0;
    for (std::size_t k = 0; k < outputs(); ++k)
        for (std::size_t l = k + 1; l < outputs(); ++l, ++pair) {
            const double z = m_expansion.slopes[pair] * (score(sums, k, l) + m_expansion.intercepts[pair]) + m_expansion.offsets[pair];
            double two[2];
            logisticProbabilities(z, two);
            ofSecond[pair] = two[1];
            out[0] = two[0];                                // of two classes: as exact near 0 as the other one
        }
    if (outputs() > 2)
        coupleProbabilities(ofSecond, outputs(), out);
    else
        out[1] = ofSecond[0];
}

void KernelPredictor::vote(const double* sums, double* out) const noexcept
{
    const std::size_t classes = outputs();
    std::fill_n(out, classes, 0.0);
    const double* intercept = m_expansion.intercepts.data();
    for (std::size_t k = 0; k < classes; ++k)
        for (std::size_t l = k + 1; l < classes; ++l)
            out[score(sums, k, l) + *intercept++ > 0 ? l : k] += 1;
    const auto most = std::size_t(std::max_element(out, out + classes) - out);
    std::fill_n(out, classes, 0.0);
    out[most] = 1;
}

template <std::size_t most>
void KernelPredictor::predictWith(const double* x, double* out) const noexcept
{
    double sums[most];
    if (isFar(x))
        farSums(x, sums);
    else
        nearSums(x, 1, sums);
    answer(sums, out);
}

void KernelPredictor::predictRow(const double* x, double* out) const noexcept
{
    if (m_sums <= fewSums)
        predictWith<fewSums>(x, out);
    else
        predictWith<mostSums>(x, out);
}

void KernelPredictor::predictBlock(const Eigen::Ref<const Matrix>& X, Eigen::Ref<Matrix> out) const
{
    constexpr auto together = Index(kernels::mostKernelRowsAtOnce);
    Matrix x(X.cols(), together);
    Vector sums(together * Index(m_sums));
    RowVector row(out.cols());
    for (Index first = 0; first < X.rows(); first += together) {
        const Index count = std::min(together, X.rows() - first);
        x.leftCols(count) = X.middleRows(first, count).transpose();
        if (count == together)
            nearSums(x.data(), std::size_t(together), sums.data());
        for (Index i = 0; i < count; ++i) {
            if (isFar(x.col(i).data()))
                farSums(x.col(i).data(), &sums[i * Index(m_sums)]);
            else if (count < together)
                nearSums(x.col(i).data(), 1, &sums[i * Index(m_sums)]);
            answer(&sums[i * Index(m_sums)], row.data());
            out.row(first + i) = row;
        }
    }
}

std::unique_ptr<const GridAnswers> KernelPredictor::onGrid(const SeparableGrid& grid) const
{
    if (m_expansion.kernel != Kernel::Rbf || m_expansion.vectors.rows() == 0 || m_expansion.slopes.size() > 0)
        return nullptr;
    return std::make_unique<KernelGrid>(m_expansion, m_view, m_first, grid);
}

} // namespace modelarium
