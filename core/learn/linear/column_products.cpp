#include "core/learn/linear/column_products.h"

#include "core/kernels/column_products.h"
#include "core/kernels/gram.h"
#include "core/learn/linear/row_blocks.h"

#include <vector>

namespace modelarium {

namespace {

using Eigen::Index;

constexpr Index fewColumns = 158;                           // modelariumGram keeps the sums of so many in the cache

ColumnProducts productsOfFew(const Matrix& X, const Vector& y, Index first, Index rows, const ColumnShift& shift)
{
    const Index p = X.cols();
    const Index m = p + 2;
    Vector shifts(p + 1);
    shifts << shift.features, shift.target;
    const Vector sums = RowBlocks(rows, m * m).sum(m * m, [&](Index start, Index count, double* G) {
        const auto workspace = std::make_unique_for_overwrite<double[]>(kernels::modelariumGramWorkspace(std::size_t(p)));
        kernels::modelariumGram(X.data() + first + start, std::size_t(X.rows()), std::size_t(p), y.data() + first + start,
                                shifts.data(), std::size_t(count), workspace.get(), G);
    });
    const Matrix G = Eigen::Map<const Matrix>(sums.data(), m, m).selfadjointView<Eigen::Lower>();
    return {rows, G.topLeftCorner(p, p), G.col(p).head(p), G.col(p + 1).head(p), G(p, p), G(p, p + 1)};
}

/// Pairs of groups of columns, the lower ones and their mirror images; the last group is the target.
ColumnProducts productsOfMany(const Matrix& X, const Vector& y, Index first, Index rows, const ColumnShift& shift)
{
    constexpr auto group = Index(kernels::productColumns);
    const Index p = X.cols();
    const Index groups = (p + group - 1) / group;
    std::vector<const double*> columns;
    for (Index j = 0; j < p; ++j)
        columns.push_back(X.col(j).data() + first);
    const double* target = y.data() + first;

    ColumnProducts products;
    products.rows = rows;
    products.G.resize(p, p);
    products.c.resize(p);
    products.sums.resize(p);
    std::vector<std::pair<Index, Index>> pairs;
    for (Index i = 0; i < groups; ++i)
        for (Index j = 0; j <= i; ++j)
            pairs.emplace_back(i * group, j * group);
    parallelFor(pairs.size(), [&](std::size_t index) {
        const auto [i, j] = pairs[index];
        const Index countI = std::min(group, p - i), countJ = std::min(group, p - j);
        const auto workspace = std::make_unique_for_overwrite<double[]>(kernels::modelariumColumnProductsWorkspace());
        kernels::modelariumColumnProducts(&columns[std::size_t(i)], shift.features.data() + i, std::size_t(countI),
                                          &columns[std::size_t(j)], shift.features.data() + j, std::size_t(countJ),
                                          std::size_t(rows), workspace.get(), &products.G(i, j), std::size_t(p));
        if (i != j) {
            products.G.block(j, i, countJ, countI) = products.G.block(i, j, countI, countJ).transpose();
            return;
        }
        kernels::modelariumColumnProducts(&columns[std::size_t(i)], shift.features.data() + i, std::size_t(countI), &target,
                                          &shift.target, 1, std::size_t(rows), workspace.get(), &products.c[i], std::size_t(p));
        for (Index k = i; k < i + countI; ++k)
            products.sums[k] = (X.col(k).segment(first, rows).array() - shift.features[k]).sum();
    });
    const auto v = y.segment(first, rows).array() - shift.target;
    products.targetSquares = v.square().sum();
    products.targetSum = v.sum();
    return products;
}

} // namespace

ColumnProducts& ColumnProducts::operator+=(const ColumnProducts& other)
{
    rows += other.rows;
    G += other.G;
    c += other.c;
    sums += other.sums;
    targetSquares += other.targetSquares;
    targetSum += other.targetSum;
    return *this;
}

ColumnProducts& ColumnProducts::operator-=(const ColumnProducts& other)
{
    rows -= other.rows;
    G -= other.G;
    c -= other.c;
    sums -= other.sums;
    targetSquares -= other.targetSquares;
    targetSum -= other.targetSum;
    return *this;
}

ColumnShift shiftNearMean(const Matrix& X, const Vector& y, bool intercept)
{
    if (!intercept)
        return {Vector::Zero(X.cols()), 0};
    if (X.cols() > fewColumns)
        return exactMean(X, y);                             // a pass that costs little beside the products
    const Index first = std::min<Index>(X.rows(), 256);
    return {X.topRows(first).colwise().mean().transpose(), y.head(first).mean()};
}

ColumnShift exactMean(const Matrix& X, const Vector& y)
{
    ColumnShift mean{Vector(X.cols()), y.mean()};
    parallelFor(std::size_t(X.cols()), [&](std::size_t j) { mean.features[Index(j)] = X.col(Index(j)).mean(); });
    return mean;
}

ColumnProducts columnProducts(const Matrix& X, const Vector& y, Index first, Index rows, const ColumnShift& shift)
{
    return X.cols() <= fewColumns ? productsOfFew(X, y, first, rows, shift) : productsOfMany(X, y, first, rows, shift);
}

bool centre(ColumnProducts& products, ColumnShift& shift)
{
    const double n = double(products.rows);
    const Vector offset = products.sums / n;                // mean - shift
    const double targetOffset = products.targetSum / n;
    shift.features += offset;
    shift.target += targetOffset;
    products.c -= n * targetOffset * offset;
    products.targetSquares -= n * targetOffset * targetOffset;
    const Vector squares = n * offset.array().square();
    // Where the shift was the mean but for rounding, n offset_i offset_j is far below the last digit of G_ij.
    constexpr double nothing = 1e-36;
    if ((squares.array() > nothing * products.G.diagonal().array()).any()) {
        parallelFor(std::size_t(offset.size()),
                    [&](std::size_t j) { products.G.col(Index(j)) -= n * offset[Index(j)] * offset; });
    }
    products.sums.setZero();
    products.targetSum = 0;
    constexpr double lostDigits = 1e3;
    return (squares.array() <= lostDigits * products.G.diagonal().array()).all()
        && n * targetOffset * targetOffset <= lostDigits * products.targetSquares;
}

} // namespace modelarium
