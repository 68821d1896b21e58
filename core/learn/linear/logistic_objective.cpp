#include "core/learn/linear/logistic_objective.h"

#include "core/base/buffer.h"
#include "core/kernels/logistic.h"
#include "core/learn/linear/blocked_cholesky.h"
#include "core/learn/linear/row_blocks.h"
#include "core/learn/linear/units.h"

#include <Eigen/Cholesky>

#include <cmath>
#include <limits>
#include <optional>

namespace modelarium {

namespace {

using Eigen::Index;

/// Second derivatives brought to a unit diagonal, so that the units of the features do not matter, and factored.
class DenseCurvature final : public Curvature {
public:
    /// `flat` where it is known that there are directions in which nothing changes.
    DenseCurvature(Matrix H, bool flat) : m_D(H.diagonal().array().max(std::numeric_limits<double>::min()).rsqrt())
    {
        H = m_D.asDiagonal() * H * m_D.asDiagonal();
        if (H.rows() <= fewRows)
            factorSmall(std::move(H), flat);
        else
            m_blocked.emplace(std::move(H), floor);
    }

    Vector solve(const Vector& gradient) const override
    {
        const Vector scaled = m_D.cwiseProduct(gradient);
        if (!m_blocked)
            return m_D.cwiseProduct(Vector(m_factor.solve(scaled)));
        // Without a factor the diagonal alone still leads downhill.
        return m_D.cwiseProduct(m_blocked->isPositive() ? m_blocked->solve(scaled) : scaled);
    }

private:
    // Flat directions (collinear columns, a constant added to all scores) are left alone.
    static constexpr double floor = 1e-10;
    static constexpr Index fewRows = 200;

    void factorSmall(Matrix K, bool flat)
    {
        if (!flat)
            m_factor.compute(K);
        if (flat || m_factor.info() != Eigen::Success || m_factor.rcond() < floor) {
            K.diagonal().array() += floor;
            m_factor.compute(K);
            if (m_factor.info() != Eigen::Success)
                m_blocked.emplace(std::move(K), 100 * floor);
        }
    }

    Vector m_D;
    Eigen::LLT<Matrix> m_factor;
    std::optional<BlockedCholesky> m_blocked;
};

/// The same block of second derivatives for every score.
class BlockCurvature final : public Curvature {
public:
    explicit BlockCurvature(const Matrix& block) : m_block(block, false), m_size(block.rows()) {}

    Vector solve(const Vector& gradient) const override
    {
        Vector solution(gradient.size());
        for (Index first = 0; first < gradient.size(); first += m_size)
            solution.segment(first, m_size) = m_block.solve(gradient.segment(first, m_size));
        return solution;
    }

private:
    DenseCurvature m_block;
    Index m_size;
};

} // namespace

LogisticObjective::LogisticObjective(DatasetPtr data, double C, bool centred)
    : m_given(std::move(data)), m_data(m_given), m_scores(m_data->classes() == 2 ? 1 : Index(m_data->classes())),
      m_shift(Vector::Zero(features())), m_scale(Vector::Ones(features())), m_weight(1 / (C * double(samples())))
{
    scaleExtremes();
    if (centred) {
        const Index rows = std::min<Index>(samples(), 4096);
        parallelFor(std::size_t(features()), [&](std::size_t j) { m_shift[Index(j)] = m_data->X().col(Index(j)).head(rows).mean(); });
    }
    m_penalty = (m_weight / m_scale.array() / m_scale.array()).min(1e200);
}

LogisticObjective::LogisticObjective(DatasetPtr data, const LogisticObjective& parent)
    : m_given(std::move(data)), m_data(m_given), m_scores(parent.m_scores), m_shift(parent.m_shift), m_scale(parent.m_scale),
      m_penalty(parent.m_penalty), m_weight(parent.m_weight)
{
}

/// Columns whose squares would leave the range of double are scaled by a power of two, in a copy of the data.
void LogisticObjective::scaleExtremes()
{
    // A unit shows in any rows; a look at some of them saves a pass over large data.
    const Index every = std::max<Index>(1, samples() / 4096);
    parallelFor(std::size_t(features()), [&](std::size_t j) {
        m_scale[Index(j)] = std::ldexp(1.0, std::min(unitExponent(largestOf(m_data->X().col(Index(j)), every)), 1022));
    });
    if ((m_scale.array() == 1).all())
        return;
    auto scaled = std::make_shared<Dataset>(*m_data);
    for (Index j = 0; j < features(); ++j)
        scaled->X().col(j) /= m_scale[j];
    m_data = std::move(scaled);
}

Parameters LogisticObjective::parameters(const Vector& theta) const
{
    const Index p = features();
    const Eigen::Map<const Matrix> T(theta.data(), p + 1, m_scores);
    Linear linear;
    Matrix W = T.topRows(p);
    linear.b = T.row(p).transpose() - W.transpose() * m_shift;
    W.array().colwise() /= m_scale.array();
    if (m_scores > 1)
        linear.b.array() -= linear.b.mean();            // a constant added to every score changes nothing: show the smallest
    linear.W = W.transpose();
    linear.link = m_scores == 1 ? Link::Logistic : Link::Softmax;
    return linear;
}

LogisticObjective::Evaluation LogisticObjective::at(const Vector& theta, Vector& gradient) const
{
    return m_scores == 1 ? binary(theta, gradient, nullptr) : softmax(theta, gradient, nullptr);
}

LogisticObjective::Evaluation LogisticObjective::withHessian(const Vector& theta, Vector& gradient, Matrix& hessian) const
{
    return m_scores == 1 ? binary(theta, gradient, &hessian) : softmax(theta, gradient, &hessian);
}

LogisticObjective::Evaluation LogisticObjective::withSampledHessian(const Vector& theta, Vector& gradient, Matrix& hessian) const
{
    // What rows in such numbers leave of the distance to the minimum after a step, 4 / 250 of it, is no more than a change of theta leaves.
    constexpr Index rowsAWeight = 250, manyRows = 1 << 16, mostBlocks = 3;
    if (m_scores > 1 || samples() < manyRows)
        return withHessian(theta, gradient, hessian);
    return binary(theta, gradient, &hessian, std::clamp<Index>(samples() / (rowsAWeight * size()), 1, mostBlocks));
}

/// Adds the derivative of the penalty to the gradient; the penalty itself.
double LogisticObjective::addPenalty(const Vector& theta, Vector& gradient) const
{
    const Index p = features();
    double penalty = 0;
    for (Index k = 0; k < m_scores; ++k) {
        const auto w = theta.segment(k * (p + 1), p).array();
        gradient.segment(k * (p + 1), p).array() += m_penalty.array() * w;
        penalty += (m_penalty.array() * w * w).sum() / 2;
    }
    return penalty;
}

/// The Hessian from every so many blocks of rows, unless the diagonal, which is known from all of them, shows that they do not stand for the others:
/// a feature may have its values in those alone.
LogisticObjective::Evaluation LogisticObjective::binary(const Vector& theta, Vector& gradient, Matrix* hessian, Index hessianEvery) const
{
    const Index n = samples();
    const Index p = features();
    const Index m = p + 2;
    const Index resultSize = hessian ? p + 3 + m * m + p + 1 : p + 3;
    const RowBlocks blocks(n, resultSize);
    Vector margins(blocks.count());
    const Vector sums = blocks.sum(resultSize, [&](Index first, Index rows, double* result) {
        const auto workspace = std::make_unique_for_overwrite<double[]>(kernels::modelariumLogisticWorkspace(std::size_t(p)));
        double* products = hessian ? result + p + 3 : nullptr;
        double* diagonal = hessian ? products + m * m : nullptr;
        const bool whole = hessian && blocks.indexOf(first) % hessianEvery == 0;
        kernels::modelariumLogistic(m_data->X().data() + first, std::size_t(n), std::size_t(p), m_data->y.data() + first,
                                    m_shift.data(), theta.data(), std::size_t(rows), workspace.get(), result,
                                    whole ? products : nullptr, whole ? nullptr : diagonal);
        margins[blocks.indexOf(first)] = result[p + 2];
    });
    gradient = sums.head(p + 1) / double(n);
    double share = 1;
    if (hessian) {
        Index rows = 0;
        for (Index block = 0; block < blocks.count(); block += hessianEvery)
            rows += blocks.size(block);
        share = double(rows) / double(n);
        const Eigen::Map<const Matrix> G(sums.data() + p + 3, m, m);
        *hessian = G.topLeftCorner(p + 1, p + 1).selfadjointView<Eigen::Lower>();
        constexpr double farTooSmall = 0.25;
        const Vector diagonal = hessian->diagonal() + sums.tail(p + 1);
        if ((hessian->diagonal().array() < farTooSmall * share * diagonal.array()).any())
            return binary(theta, gradient, hessian);
        *hessian /= double(rows);
        hessian->diagonal().head(p) += m_penalty;
    }
    const double penalty = addPenalty(theta, gradient);
    return {sums[p + 1] / double(n) + penalty, margins.minCoeff(), share};
}

LogisticObjective::Evaluation LogisticObjective::softmax(const Vector& theta, Vector& gradient, Matrix* hessian) const
{
    const Index n = samples();
    const Index p = features();
    const Index resultSize = size() + 2;
    constexpr Index rowsWorthAThread = 1024;
    const RowBlocks blocks(n, resultSize, rowsWorthAThread);
    Vector margins(blocks.count());
    Matrix probabilities(hessian ? n : 0, m_scores);
    const Vector sums = blocks.sum(resultSize, [&](Index first, Index rows, double* result) {
        const auto workspace = std::make_unique_for_overwrite<double[]>(kernels::modelariumSoftmaxWorkspace(std::size_t(p), std::size_t(m_scores)));
        Matrix P(hessian ? rows : 0, m_scores);
        kernels::modelariumSoftmax(m_data->X().data() + first, std::size_t(n), std::size_t(p), std::size_t(m_scores),
                                   m_data->y.data() + first, m_shift.data(), theta.data(), std::size_t(rows), workspace.get(),
                                   result, hessian ? P.data() : nullptr);
        if (hessian)
            probabilities.middleRows(first, rows) = P;
        margins[blocks.indexOf(first)] = result[resultSize - 1];
    });
    gradient = sums.head(size()) / double(n);
    if (hessian)
        *hessian = softmaxHessian(probabilities);
    const double penalty = addPenalty(theta, gradient);
    return {sums[size()] / double(n) + penalty, margins.minCoeff(), 1};
}

/// H_kl = 1/n sum_i P_ik ([k = l] - P_il) [x_i, 1]'[x_i, 1], block by block; the blocks of a row add up to zero.
Matrix LogisticObjective::softmaxHessian(const Matrix& probabilities) const
{
    const Index n = samples();
    const Index m = features() + 1;
    std::vector<std::pair<Index, Index>> blocks;
    for (Index k = 0; k < m_scores; ++k)
        for (Index l = 0; l < k; ++l)
            blocks.emplace_back(k, l);
    Matrix H(size(), size());
    parallelFor(blocks.size(), [&](std::size_t index) {
        const auto [k, l] = blocks[index];
        const Vector factor = (probabilities.col(k).array() * probabilities.col(l).array()).max(0.0).sqrt();
        Matrix G = Matrix::Zero(m, m);
        const auto workspace = std::make_unique_for_overwrite<double[]>(kernels::modelariumWeightedGramWorkspace(std::size_t(m - 1)));
        kernels::modelariumWeightedGram(m_data->X().data(), std::size_t(n), std::size_t(m - 1), factor.data(), m_shift.data(),
                                        std::size_t(n), workspace.get(), G.data());
        const Matrix block = Matrix(G.selfadjointView<Eigen::Lower>()) * (-1 / double(n));
        H.block(k * m, l * m, m, m) = block;
        H.block(l * m, k * m, m, m) = block;
    });
    parallelFor(std::size_t(m_scores), [&](std::size_t index) {
        const Index k = Index(index) * m;
        Matrix sum = Matrix::Zero(m, m);
        for (Index l = 0; l < size(); l += m)
            if (l != k)
                sum -= H.block(l, k, m, m);
        sum.diagonal().head(m - 1) += m_penalty;
        H.block(k, k, m, m) = sum;
    });
    return H;
}

std::unique_ptr<const Curvature> LogisticObjective::curvatureOf(Matrix hessian) const
{
    return std::make_unique<DenseCurvature>(std::move(hessian), m_scores > 1);
}

std::unique_ptr<const Curvature> LogisticObjective::curvatureAtZero() const
{
    const Index n = samples();
    const Index p = features();
    const Index m = p + 1;
    // p (1 - p) is 1/4 for two classes; P (I - P) is (I - 1/K) / K for K, and gradients have no part along the ones.
    const double weight = m_scores == 1 ? 0.25 : 1 / double(m_scores);
    const Vector ones = Vector::Ones(n);
    const Vector sums = RowBlocks(n, m * m).sum(m * m, [&](Index first, Index rows, double* G) {
        const auto workspace = std::make_unique_for_overwrite<double[]>(kernels::modelariumWeightedGramWorkspace(std::size_t(p)));
        kernels::modelariumWeightedGram(m_data->X().data() + first, std::size_t(n), std::size_t(p), ones.data() + first,
                                        m_shift.data(), std::size_t(rows), workspace.get(), G);
    });
    Matrix block = Eigen::Map<const Matrix>(sums.data(), m, m).selfadjointView<Eigen::Lower>();
    block *= weight / double(n);
    block.diagonal().head(p) += m_penalty;
    return std::make_unique<BlockCurvature>(block);
}

void LogisticObjective::dropConstantFeatures(Vector& theta) const
{
    const Index p = features();
    for (Index j = 0; j < p; ++j) {
        const double value = m_data->X()(0, j);
        if ((m_data->X().col(j).array() != value).any())
            continue;
        for (Index k = 0; k < m_scores; ++k) {
            double& weight = theta[k * (p + 1) + j];
            theta[k * (p + 1) + p] += weight * (value - m_shift[j]);
            weight = 0;
        }
    }
}

std::unique_ptr<const LogisticObjective> LogisticObjective::sample(Index every) const
{
    // Neighbouring rows share cache lines and pages. Many rows have enough of long runs.
    constexpr Index shortest = 32, longest = 256, enoughRuns = 512;
    const Index run = std::clamp(samples() / (every * enoughRuns) / shortest * shortest, shortest, longest);
    const Index runs = samples() / (run * every);
    auto part = std::make_shared<Dataset>();
    part->task = m_data->task;
    part->classNames = m_data->classNames;
    part->X().resize(runs * run, features());
    preferHugePages(part->X().data(), std::size_t(part->X().size()) * sizeof(double));
    part->y.resize(runs * run);
    parallelFor(std::size_t(features()), [&](std::size_t j) {
        for (Index i = 0; i < runs; ++i)
            part->X().col(Index(j)).segment(i * run, run) = m_data->X().col(Index(j)).segment(i * run * every, run);
    });
    for (Index i = 0; i < runs; ++i)
        part->y.segment(i * run, run) = m_data->y.segment(i * run * every, run);
    return std::unique_ptr<const LogisticObjective>(new LogisticObjective(std::move(part), *this));
}

} // namespace modelarium
