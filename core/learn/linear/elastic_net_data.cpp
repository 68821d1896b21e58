#include "core/learn/linear/elastic_net_data.h"

#include "core/base/parallel.h"
#include "core/base/random.h"
#include "core/learn/linear/units.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace modelarium {

namespace {

using Eigen::Index;

constexpr double infinity = std::numeric_limits<double>::infinity();

/// Columns that vary by no more than rounding: about their mean, and beside what was subtracted to get there.
std::vector<char> constantColumns(const Vector& squaresAboutMean, const Vector& squaresBefore, const Vector& mean, Index rows)
{
    constexpr double rounding = 64 * std::numeric_limits<double>::epsilon();
    std::vector<char> constant(std::size_t(mean.size()));
    for (Index j = 0; j < mean.size(); ++j)
        constant[std::size_t(j)] = !(squaresAboutMean[j] > std::max(double(rows) * std::pow(rounding * mean[j], 2), 1e-13 * squaresBefore[j]));
    return constant;
}

} // namespace

ElasticNetData::ElasticNetData(DatasetPtr data, bool intercept, Index folds, std::uint64_t seed)
    : m_data(data), m_original(std::move(data)), m_intercept(intercept), m_folds(folds), m_seed(seed)
{
    const Index parts = std::max<Index>(1, folds);
    for (Index part = 0; part <= parts; ++part)
        m_foldStart.push_back(part * m_data->X().rows() / parts);
    // A unit shows in any rows; a look at some of them saves a pass over large data.
    findUnits(std::max<Index>(1, m_data->X().rows() / 4096));
}

bool ElasticNetData::usesProducts() const
{
    constexpr double mostNumbers = double(1 << 27);         // 1 GiB
    constexpr Index few = 64;
    const double p = double(m_data->X().cols());
    return m_data->X().cols() <= std::max(few, 2 * m_data->X().rows()) && double(2 * folds() + 1) * p * p <= mostNumbers;
}

void ElasticNetData::findUnits(Index every)
{
    const Index p = m_original->X().cols();
    m_exponent.resize(std::size_t(p) + 1);
    parallelFor(std::size_t(p), [&](std::size_t j) { m_exponent[j] = unitExponent(largestOf(m_original->X().col(Index(j)), every)); });
    m_exponent.back() = unitExponent(largestOf(m_original->y, every));
    m_data = m_original;
    m_rowsDone = 0;
    m_products.clear();
    const bool moderate = std::all_of(m_exponent.begin(), m_exponent.end(), [](int exponent) { return exponent == 0; });
    if (folds() > 0 || !moderate)
        orderByFold(m_seed);
}

/// A copy of the data with the rows of each fold together, in moderate units.
void ElasticNetData::orderByFold(std::uint64_t seed)
{
    std::vector<Index> order(m_original->samples());
    std::iota(order.begin(), order.end(), Index(0));
    if (folds() > 0)
        Random(seed).shuffle(order);
    auto copy = std::make_shared<Dataset>();
    copy->X().resize(m_original->X().rows(), m_original->X().cols());
    copy->y.resize(m_original->y.size());
    parallelFor(m_exponent.size(), [&](std::size_t j) {
        const bool isTarget = j + 1 == m_exponent.size();
        const double* from = isTarget ? m_original->y.data() : m_original->X().col(Index(j)).data();
        double* to = isTarget ? copy->y.data() : copy->X().col(Index(j)).data();
        const int exponent = m_exponent[j];
        for (std::size_t i = 0; i < order.size(); ++i)
            to[i] = exponent == 0 ? from[order[i]] : std::ldexp(from[order[i]], -exponent);
    });
    m_data = std::move(copy);
}

bool ElasticNetData::prepareSome()
{
    if (!usesProducts()) {
        makeProblemsFromColumns();
        return true;
    }
    if (!addProducts())
        return false;
    makeProblemsFromProducts();
    return !m_problems.empty();
}

/// Adds up products for a moment; true when every row has been seen.
bool ElasticNetData::addProducts()
{
    const Index n = m_data->X().rows();
    const double p = double(m_data->X().cols());
    if (m_rowsDone == 0)
        m_shift = m_shiftIsMean ? exactMean(m_data->X(), m_data->y) : shiftNearMean(m_data->X(), m_data->y, m_intercept);
    constexpr double aMoment = 6e9;                         // multiplications
    constexpr Index leastRows = 4096;
    Index rows = std::max(leastRows, Index(aMoment / (p * p + 1)));
    while (rows > 0 && m_rowsDone < n) {
        const auto next = std::upper_bound(m_foldStart.begin(), m_foldStart.end(), m_rowsDone);
        const Index count = std::min(rows, *next - m_rowsDone);
        ColumnProducts part = columnProducts(m_data->X(), m_data->y, m_rowsDone, count, m_shift);
        if (*(next - 1) == m_rowsDone)
            m_products.push_back(std::move(part));
        else
            m_products.back() += part;
        m_rowsDone += count;
        rows -= count;
    }
    return m_rowsDone == n;
}

void ElasticNetData::makeProblemsFromProducts()
{
    ColumnProducts all = folds() > 0 ? m_products[0] : std::move(m_products[0]);
    for (std::size_t fold = 1; fold < m_products.size(); ++fold)
        all += m_products[fold];
    if (!all.G.diagonal().allFinite() || !std::isfinite(all.targetSquares)) {
        findUnits(1);                                       // an extreme value in one of the rows that were not looked at
        return;
    }
    const auto problemOf = [&](ColumnProducts products) {
        Problem problem;
        problem.rows = products.rows;
        problem.mean = m_shift;
        const Vector before = products.G.diagonal();
        bool near = true;
        if (m_intercept)
            near = centre(products, problem.mean);
        problem.constant = constantColumns(products.G.diagonal(), m_intercept ? before : Vector::Zero(before.size()),
                                           m_intercept ? problem.mean.features : Vector::Zero(before.size()), products.rows);
        problem.targetSquares = std::max(0.0, products.targetSquares);
        problem.descent = std::make_unique<CoordinateDescent>(
            std::make_unique<GramLoss>(std::move(products.G), std::move(products.c), problem.targetSquares));
        m_problems.push_back(std::move(problem));
        return near;
    };
    const bool near = problemOf(folds() > 0 ? all : std::move(all));
    if (!near && !m_shiftIsMean) {                          // the first rows say little about the others
        m_shiftIsMean = true;
        m_rowsDone = 0;
        m_products.clear();
        m_problems.clear();
        return;
    }
    for (Index fold = 0; fold < folds(); ++fold) {
        ColumnProducts rest = all;
        rest -= m_products[std::size_t(fold)];
        problemOf(std::move(rest));
    }
    for (std::size_t j = 0; j < m_problems[0].constant.size(); ++j)
        if (m_problems[0].constant[j])
            m_constant.push_back(j);
    if (folds() == 0)
        m_products.clear();
}

void ElasticNetData::makeProblemsFromColumns()
{
    const Index p = m_data->X().cols();
    ColumnShift mean{Vector::Zero(p), 0};
    if (m_intercept)
        mean = exactMean(m_data->X(), m_data->y);
    auto columns = std::make_shared<CentredColumns>();
    columns->Z = m_data->X();
    parallelFor(std::size_t(p), [&](std::size_t j) { columns->Z.col(Index(j)).array() -= mean.features[Index(j)]; });
    columns->v = m_data->y.array() - mean.target;
    m_columns = columns;
    for (Index fold = -1; fold < folds(); ++fold) {
        const Index first = fold < 0 ? 0 : m_foldStart[std::size_t(fold)];
        const Index out = fold < 0 ? 0 : m_foldStart[std::size_t(fold) + 1] - first;
        auto loss = std::make_unique<ResidualLoss>(m_columns, first, out, m_intercept);
        Problem problem;
        problem.rows = m_data->X().rows() - out;
        problem.mean = {mean.features + loss->means(), mean.target + loss->targetMean()};
        problem.constant = constantColumns(loss->diagonal(), Vector::Zero(p), mean.features, problem.rows);
        problem.targetSquares = loss->targetSquares();
        problem.descent = std::make_unique<CoordinateDescent>(std::move(loss));
        m_problems.push_back(std::move(problem));
    }
    for (std::size_t j = 0; j < m_problems[0].constant.size(); ++j)
        if (m_problems[0].constant[j])
            m_constant.push_back(j);
}

/// In units 2^e of the features and 2^t of the target, the weight u = w 2^(e - t) costs |u| 2^-(e + t) and u^2 2^(-2 e).
void ElasticNetData::setPrice(std::size_t index, const ElasticNetPrice& price)
{
    const Problem& problem = m_problems[index];
    const double n = double(problem.rows);
    const Index p = m_data->X().cols();
    constexpr double largestSquarePrice = 1e200;
    WeightPenalty penalty{Vector(p), Vector(p)};
    for (Index j = 0; j < p; ++j) {
        const int exponent = m_exponent[std::size_t(j)];
        penalty.l1[j] = problem.constant[std::size_t(j)] ? infinity
            : std::ldexp(n * (price.alpha * price.l1Ratio), -exponent - m_exponent.back());
        penalty.l2[j] = std::min(largestSquarePrice, std::ldexp(n * (price.alpha * (1 - price.l1Ratio)), -2 * exponent));
    }
    m_problems[index].descent->setPenalty(std::move(penalty));
}

double ElasticNetData::largestAlpha(double l1Ratio) const
{
    CoordinateDescent& descent = *m_problems[0].descent;
    descent.loss().standAt(Vector::Zero(m_data->X().cols()));
    const Vector slopes = descent.loss().slopes();
    descent.loss().standAt(descent.weights());
    double largest = 0;
    for (Index j = 0; j < slopes.size(); ++j)
        if (!m_problems[0].constant[std::size_t(j)])
            largest = std::max(largest, std::ldexp(std::abs(slopes[j]), m_exponent[std::size_t(j)] + m_exponent.back()));
    // Without a price on |w| no alpha is large enough: a thousandth of it shows where to begin.
    const double alpha = largest / (double(m_problems[0].rows) * std::max(l1Ratio, 1e-3));
    return std::clamp(alpha, std::numeric_limits<double>::min(), 1e300);
}

/// sum (y - x'w - b)^2 over the fold = F_yy - 2 w'F_xy + w'F_xx w - 2 beta (S_y - w'S_x) + n beta^2, about the common shift,
/// where beta is the intercept there; or from the rows themselves.
double ElasticNetData::heldOutError(Index fold) const
{
    const Problem& problem = m_problems[std::size_t(fold) + 1];
    const Vector& u = problem.descent->weights();
    const Index first = m_foldStart[std::size_t(fold)];
    const Index rows = m_foldStart[std::size_t(fold) + 1] - first;
    double squares = 0;
    if (m_columns) {
        const ColumnShift& all = m_problems[0].mean;
        Vector r = m_columns->v.segment(first, rows).array() - (problem.mean.target - all.target);
        for (Index j = 0; j < u.size(); ++j)
            if (u[j] != 0)
                r.array() -= u[j] * (m_columns->Z.col(j).segment(first, rows).array() - (problem.mean.features[j] - all.features[j]));
        squares = r.squaredNorm();
    } else {
        const ColumnProducts& F = m_products[std::size_t(fold)];
        const double beta = problem.mean.target - m_shift.target - u.dot(problem.mean.features - m_shift.features);
        double quadratic = 0;
        for (Index j = 0; j < u.size(); ++j)
            if (u[j] != 0)
                quadratic += u[j] * F.G.col(j).dot(u);
        squares = F.targetSquares - 2 * u.dot(F.c) + quadratic - 2 * beta * (F.targetSum - u.dot(F.sums)) + double(rows) * beta * beta;
    }
    return std::ldexp(std::max(0.0, squares) / double(rows), 2 * m_exponent.back());
}

double ElasticNetData::inDataUnits(double value) const
{
    constexpr double largest = std::numeric_limits<double>::max();
    return std::min(largest, std::ldexp(value / double(m_problems[0].rows), 2 * m_exponent.back()));
}

Linear ElasticNetData::linear(const Vector& weights) const
{
    const Problem& problem = m_problems[0];
    const Index p = weights.size();
    Linear linear{Matrix::Zero(1, p), Vector::Zero(1), Link::Identity};
    for (Index j = 0; j < p; ++j)
        linear.W(0, j) = std::ldexp(weights[j], m_exponent.back() - m_exponent[std::size_t(j)]);
    if (m_intercept)
        linear.b[0] = std::ldexp(problem.mean.target - weights.dot(problem.mean.features), m_exponent.back());
    return linear;
}

} // namespace modelarium
