#include "core/kernels/double_lanes.h"
#include "core/kernels/logistic.h"

#include <cmath>

namespace modelarium::kernels {

namespace {

constexpr std::size_t rowsAtOnce = 256;
constexpr double farAway = 1e308;

/// Where everything lies in the workspace of one call.
struct Layout {
    std::size_t columns;                // [x - shift, 1], padded to whole tiles
    std::size_t classes;                // padded to whole tiles
    double* strip;
    double* scores;                     // a class a column; then P - [y = k]
    double* sums;                       // a tile after the other, in lanes

    Layout(std::size_t features, std::size_t classCount, double* workspace)
        : columns(roundedUp(features + 1, tileRows)), classes(roundedUp(classCount, tileColumns)), strip(aligned(workspace)),
          scores(strip + columns * rowsAtOnce), sums(scores + classes * rowsAtOnce)
    {
    }
};

/// Scores of `count` classes at once: each value of x is used for all of them.
template <std::size_t count>
void scoresOf(const double* strip, std::size_t features, const double* theta, std::size_t rows, double* scores)
{
    constexpr std::size_t together = lanes == 8 ? 4 : 2;
    for (std::size_t row = 0; row < rows; row += together * lanes) {
        Lanes sums[count][together];
        for (std::size_t k = 0; k < count; ++k)
            for (Lanes& sum : sums[k])
                sum = all(theta[k * (features + 1) + features]);
        for (std::size_t j = 0; j < features; ++j) {
            Lanes x[together];
            for (std::size_t v = 0; v < together; ++v)
                x[v] = load(strip + j * rowsAtOnce + row + v * lanes);
            for (std::size_t k = 0; k < count; ++k)
                for (std::size_t v = 0; v < together; ++v)
                    sums[k][v] += x[v] * theta[k * (features + 1) + j];
        }
        for (std::size_t k = 0; k < count; ++k)
            for (std::size_t v = 0; v < together; ++v)
                store(scores + k * rowsAtOnce + row + v * lanes, sums[k][v]);
    }
}

void allScores(const Layout& layout, std::size_t features, std::size_t classes, const double* theta, std::size_t rows)
{
    constexpr std::size_t together = 5;
    std::size_t k = 0;
    for (; k + together <= classes; k += together)
        scoresOf<together>(layout.strip, features, theta + k * (features + 1), rows, layout.scores + k * rowsAtOnce);
    for (; k < classes; ++k)
        scoresOf<1>(layout.strip, features, theta + k * (features + 1), rows, layout.scores + k * rowsAtOnce);
}

struct SoftmaxSums {
    double loss = 0;
    double smallestMargin = farAway;
};

/// Scores to probabilities less the truth, for one vector of rows; `inside` is 1 for rows that count, 0 for padding.
void residualsOf(double* scores, std::size_t classes, Lanes truth, Lanes inside, SoftmaxSums& total, double* probabilities,
                 std::size_t stride, std::size_t rows)
{
    Lanes own{}, best = all(-farAway), bestOther = all(-farAway);
    for (std::size_t k = 0; k < classes; ++k) {
        const Lanes z = load(scores + k * rowsAtOnce);
        const Lanes label = all(double(k));
        own = truth == label ? z : own;
        bestOther = larger(bestOther, truth == label ? all(-farAway) : z);
        best = larger(best, z);
    }
    Lanes sum{};
    for (std::size_t k = 0; k < classes; ++k) {
        const Lanes e = expOfNegative(load(scores + k * rowsAtOnce) - best);
        store(scores + k * rowsAtOnce, e);
        sum += e;
    }
    const Lanes share = inside / sum;
    for (std::size_t k = 0; k < classes; ++k) {
        const Lanes p = load(scores + k * rowsAtOnce) * share;
        if (probabilities)
            for (std::size_t i = 0; i < rows; ++i)
                probabilities[k * stride + i] = p[i];
        store(scores + k * rowsAtOnce, p - (truth == all(double(k)) ? inside : Lanes{}));
    }
    for (std::size_t i = 0; i < rows; ++i) {
        total.loss += std::log(sum[i]) + (best[i] - own[i]);
        const double margin = own[i] - bestOther[i];
        total.smallestMargin = margin < total.smallestMargin ? margin : total.smallestMargin;
    }
}

void addGradient(const Layout& layout, std::size_t rows)
{
    double* sums = layout.sums;
    for (std::size_t i = 0; i < layout.columns; i += tileRows) {
        for (std::size_t k = 0; k < layout.classes; k += tileColumns) {
            addTile(layout.strip + i * rowsAtOnce, layout.scores + k * rowsAtOnce, rowsAtOnce, rows, sums);
            sums += tileRows * tileColumns * lanes;
        }
    }
}

void collectGradient(const Layout& layout, std::size_t columns, std::size_t classes, double* gradient)
{
    const double* sums = layout.sums;
    for (std::size_t i = 0; i < layout.columns; i += tileRows) {
        for (std::size_t k = 0; k < layout.classes; k += tileColumns) {
            for (std::size_t a = 0; a < tileRows; ++a) {
                for (std::size_t b = 0; b < tileColumns; ++b, sums += lanes) {
                    if (i + a < columns && k + b < classes)
                        gradient[(k + b) * columns + i + a] = sumOf(load(sums));
                }
            }
        }
    }
}

} // namespace

std::size_t modelariumSoftmaxWorkspace(std::size_t features, std::size_t classes) noexcept
{
    const std::size_t columns = roundedUp(features + 1, tileRows);
    const std::size_t padded = roundedUp(classes, tileColumns);
    return (columns + padded) * rowsAtOnce + columns * padded * lanes + 16;
}

void modelariumSoftmax(const double* X, std::size_t stride, std::size_t features, std::size_t classes, const double* y,
                       const double* shift, const double* theta, std::size_t rows, double* workspace, double* sums,
                       double* probabilities) noexcept
{
    const Layout layout(features, classes, workspace);
    for (std::size_t i = 0; i < (layout.columns + layout.classes) * rowsAtOnce + layout.columns * layout.classes * lanes; ++i)
        layout.strip[i] = 0;
    for (std::size_t row = 0; row < rowsAtOnce; ++row)
        layout.strip[features * rowsAtOnce + row] = 1;
    SoftmaxSums total;
    for (std::size_t first = 0; first < rows; first += rowsAtOnce) {
        const std::size_t count = rows - first < rowsAtOnce ? rows - first : rowsAtOnce;
        for (std::size_t j = 0; j < features; ++j) {
            const double* x = X + j * stride + first;
            double* to = layout.strip + j * rowsAtOnce;
            for (std::size_t row = 0; row < count; ++row)
                to[row] = x[row] - shift[j];
            for (std::size_t row = count; row < rowsAtOnce; ++row)
                to[row] = 0;
        }
        allScores(layout, features, classes, theta, rowsAtOnce);
        for (std::size_t row = 0; row < count; row += lanes) {
            Lanes truth{}, inside{};
            const std::size_t width = count - row < lanes ? count - row : lanes;
            for (std::size_t i = 0; i < width; ++i) {
                truth[i] = y[first + row + i];
                inside[i] = 1;
            }
            residualsOf(layout.scores + row, classes, truth, inside, total,
                        probabilities ? probabilities + first + row : nullptr, rows, width);
        }
        addGradient(layout, roundedUp(count, lanes));
    }
    collectGradient(layout, features + 1, classes, sums);
    sums[(features + 1) * classes] = total.loss;
    sums[(features + 1) * classes + 1] = total.smallestMargin;
}

} // namespace modelarium::kernels
