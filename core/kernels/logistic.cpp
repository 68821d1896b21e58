#include "core/kernels/logistic.h"

#include "core/kernels/gram_sums.h"
#include "core/kernels/scores.h"

#include <cmath>

namespace modelarium::kernels {

namespace {

constexpr double noMargin = 1e308;

/// What the scores of a strip give: for each row the residual p - y, half the way to its weight, and sums.
struct LogisticSums {
    double loss = 0;
    double smallestMargin = noMargin;
};

/// r = p - y in place of z, and root = sqrt(p (1 - p)), for at most 512 rows.
void residualsOf(double* z, const double* y, std::size_t rows, double* root, LogisticSums& sums)
{
    Lanes losses{}, product = all(1), margins = all(noMargin);
    for (std::size_t row = 0; row < rows; row += lanes) {
        const Lanes score = load(z + row);
        const Lanes truth = load(y + row);
        const Lanes size = score < 0 ? -score : score;
        const Lanes half = expOfNegative(smaller(size, all(700.0)) * -0.5);
        const Lanes e = half * half;
        const Lanes likelier = 1 / (1 + e);
        const Lanes p = score < 0 ? e * likelier : likelier;
        // One logarithm for many factors: 1 + e <= 2, so the product of 512 of them is a double.
        product *= 1 + e;
        losses += (score < 0 ? Lanes{} : score) - truth * score;
        margins = smaller(margins, truth > 0.5 ? score : -score);
        store(z + row, p - truth);
        store(root + row, half * likelier);
    }
    for (std::size_t i = 0; i < lanes; ++i) {
        sums.loss += losses[i] + std::log(product[i]);
        sums.smallestMargin = margins[i] < sums.smallestMargin ? margins[i] : sums.smallestMargin;
    }
}

/// A strip whose last vector is not full: the missing rows are given a score that adds nothing.
void residualsOfPart(double* z, const double* y, std::size_t rows, double* root, LogisticSums& sums)
{
    constexpr std::size_t piece = 512;                  // so that the products of factors in residualsOf stay in range
    const std::size_t whole = rows / lanes * lanes;
    for (std::size_t first = 0; first < whole; first += piece)
        residualsOf(z + first, y + first, whole - first < piece ? whole - first : piece, root + first, sums);
    if (whole == rows)
        return;
    double scores[lanes], truths[lanes], roots[lanes];
    for (std::size_t i = 0; i < lanes; ++i) {
        const bool inside = whole + i < rows;
        scores[i] = inside ? z[whole + i] : 1000;
        truths[i] = inside ? y[whole + i] : 1;
    }
    residualsOf(scores, truths, lanes, roots, sums);
    for (std::size_t i = 0; i < lanes; ++i) {
        z[whole + i] = whole + i < rows ? scores[i] : 0;
        root[whole + i] = whole + i < rows ? roots[i] : 0;
    }
}

/// Columns times a factor a row, the factor itself, and r over the factor: their Gram matrix holds Hessian and gradient.
void fillWeightedStrip(GramSums& gram, const double* X, std::size_t stride, std::size_t features, const double* shift,
                       const double* root, const double* r, std::size_t rows)
{
    const std::size_t padded = roundedUp(rows, lanes);
    const std::size_t whole = rows / lanes * lanes;
    for (std::size_t j = 0; j < features; ++j) {
        const double* x = X + j * stride;
        double* to = gram.column(j);
        for (std::size_t row = 0; row < whole; row += lanes)
            store(to + row, (load(x + row) - shift[j]) * load(root + row));
        for (std::size_t row = whole; row < padded; ++row)
            to[row] = row < rows ? (x[row] - shift[j]) * root[row] : 0;
    }
    double* ones = gram.column(features);
    for (std::size_t row = 0; row < padded; row += lanes)
        store(ones + row, load(root + row));
    if (!r)
        return;
    double* quotients = gram.column(features + 1);
    for (std::size_t row = 0; row < padded; row += lanes)
        store(quotients + row, load(r + row) / larger(load(root + row), all(1e-150)));
}

} // namespace

std::size_t modelariumLogisticWorkspace(std::size_t features) noexcept
{
    const std::size_t gram = GramSums::workspace(features + 2) + 2 * GramSums::stripRows, gradient = 2 * scoreRows(features + 2);
    return (gram > gradient ? gram : gradient) + 16;
}

void modelariumLogistic(const double* X, std::size_t stride, std::size_t features, const double* y, const double* shift,
                        const double* theta, std::size_t rows, double* workspace, double* sums, double* hessian, double* diagonal) noexcept
{
    const std::size_t strip = hessian ? GramSums::stripRows : scoreRows(features + 2);
    double* z = aligned(workspace);
    double* root = z + strip;
    GramSums gram(hessian ? features + 2 : 0, root + strip, hessian);
    for (std::size_t j = 0; j < features + 3; ++j)
        sums[j] = 0;
    LogisticSums total;
    for (std::size_t first = 0; first < rows; first += strip) {
        const std::size_t count = rows - first < strip ? rows - first : strip;
        scores(X + first, stride, features, shift, theta, count, z);
        residualsOfPart(z, y + first, count, root, total);
        if (hessian) {
            fillWeightedStrip(gram, X + first, stride, features, shift, root, z, count);
            const std::size_t next = first + count, coming = GramSums::rowsInStrip(next, rows);
            fetch(y + next, coming);
            gram.addStrip(count, RowsAhead(X + next, stride, features, coming));
        } else {
            addProducts(X + first, stride, features, shift, z, count, sums);
            Lanes sum{}, weights{};
            for (std::size_t row = 0; row < count; row += lanes) {
                sum += load(z + row);
                weights += load(root + row) * load(root + row);
            }
            sums[features] += sumOf(sum);
            if (diagonal) {
                addWeightedSquares(X + first, stride, features, shift, root, count, diagonal);
                diagonal[features] += sumOf(weights);
            }
        }
    }
    if (hessian) {
        gram.finish();
        for (std::size_t j = 0; j <= features; ++j)
            sums[j] = hessian[j * (features + 2) + features + 1];
    }
    sums[features + 1] = total.loss;
    sums[features + 2] = total.smallestMargin;
}

std::size_t modelariumWeightedGramWorkspace(std::size_t features) noexcept
{
    return GramSums::workspace(features + 1) + GramSums::stripRows + 16;
}

void modelariumWeightedGram(const double* X, std::size_t stride, std::size_t features, const double* factor,
                            const double* shift, std::size_t rows, double* workspace, double* G) noexcept
{
    double* root = aligned(workspace);
    GramSums gram(features + 1, root + GramSums::stripRows, G);
    for (std::size_t first = 0; first < rows; first += GramSums::stripRows) {
        const std::size_t count = GramSums::rowsInStrip(first, rows);
        for (std::size_t row = 0; row < roundedUp(count, lanes); ++row)
            root[row] = row < count ? factor[first + row] : 0;
        fillWeightedStrip(gram, X + first, stride, features, shift, root, nullptr, count);
        const std::size_t next = first + count, coming = GramSums::rowsInStrip(next, rows);
        fetch(factor + next, coming);
        gram.addStrip(count, RowsAhead(X + next, stride, features, coming));
    }
    gram.finish();
}

} // namespace modelarium::kernels
