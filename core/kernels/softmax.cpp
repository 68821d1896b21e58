#include "core/kernels/logistic.h"

#include "core/kernels/gram_sums.h"

#include <cmath>

namespace modelarium::kernels {

namespace {

constexpr std::size_t rowsAtOnce = 128;
constexpr double farAway = 1e308;

/// How many classes a tile of the gradient has. Ten fill two tiles of five, which leave no register over, and leave part of three of four.
constexpr std::size_t wideTile = 5;
inline std::size_t classesInTile(std::size_t classes)
{
    return lanes == 8 && roundedUp(classes, wideTile) < roundedUp(classes, tileColumns) ? wideTile : tileColumns;
}

/// Where everything lies in the workspace of one call.
struct Layout {
    std::size_t columns;                // [x - shift, 1], padded to whole tiles
    std::size_t tileWidth;
    std::size_t classes;                // padded to whole tiles
    double* strip;
    double* scores;                     // a class a column; then P - [y = k]
    double* sums;                       // a tile after the other, in lanes

    Layout(std::size_t features, std::size_t classCount, double* workspace)
        : columns(roundedUp(features + 1, tileRows)), tileWidth(classesInTile(classCount)), classes(roundedUp(classCount, tileWidth)),
          strip(aligned(workspace)),
          scores(strip + columns * rowsAtOnce), sums(scores + classes * rowsAtOnce)
    {
    }
};

constexpr std::size_t scoreVectors = lanes == 8 ? 4 : 2;            // of rows, at once

/// Scores of `count` classes for some vectors of rows: each value of x is used for all of them.
template <std::size_t count>
void scoresOf(const double* strip, std::size_t features, const double* theta, double* scores)
{
    Lanes sums[count][scoreVectors];
    for (std::size_t k = 0; k < count; ++k)
        for (Lanes& sum : sums[k])
            sum = all(theta[k * (features + 1) + features]);
    for (std::size_t j = 0; j < features; ++j) {
        Lanes x[scoreVectors];
        for (std::size_t v = 0; v < scoreVectors; ++v)
            x[v] = load(strip + j * rowsAtOnce + v * lanes);
        for (std::size_t k = 0; k < count; ++k)
            for (std::size_t v = 0; v < scoreVectors; ++v)
                sums[k][v] += x[v] * theta[k * (features + 1) + j];
    }
    for (std::size_t k = 0; k < count; ++k)
        for (std::size_t v = 0; v < scoreVectors; ++v)
            store(scores + k * rowsAtOnce + v * lanes, sums[k][v]);
}

void allScores(const Layout& layout, std::size_t features, std::size_t classes, const double* theta, std::size_t rows, RowsAhead& ahead)
{
    constexpr std::size_t together = 5, step = scoreVectors * lanes;
    const std::size_t pieces = ahead.pieces() / 2 * step / rowsAtOnce;
    for (std::size_t row = 0; row < rows; row += step) {
        const double* strip = layout.strip + row;
        double* scores = layout.scores + row;
        ahead.fetchPieces(pieces);
        std::size_t k = 0;
        for (; k + together <= classes; k += together)
            scoresOf<together>(strip, features, theta + k * (features + 1), scores + k * rowsAtOnce);
        for (; k < classes; ++k)
            scoresOf<1>(strip, features, theta + k * (features + 1), scores + k * rowsAtOnce);
    }
}

/// Sums over rows in lanes: sum_i log f_i is kept as the logarithm of a product of some factors, of which each is at most the number of classes.
struct SoftmaxSums {
    Lanes losses{};
    Lanes product = all(1);
    Lanes margins = all(farAway);
    double logarithms = 0;

    void takeLogarithms()
    {
        for (std::size_t i = 0; i < lanes; ++i)
            logarithms += std::log(product[i]);
        product = all(1);
    }
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
    total.product *= inside > 0.5 ? sum : all(1);
    total.losses += inside > 0.5 ? best - own : Lanes{};
    total.margins = smaller(total.margins, inside > 0.5 ? own - bestOther : all(farAway));
}

/// The same for all rows of a strip.
void stripResiduals(const Layout& layout, std::size_t classes, const double* y, std::size_t rows, SoftmaxSums& total, double* probabilities,
                    std::size_t stride)
{
    constexpr std::size_t factors = 16;                 // their product stays within the range of numbers
    for (std::size_t row = 0; row < rows; row += lanes) {
        const std::size_t width = rows - row < lanes ? rows - row : lanes;
        Lanes truth{}, inside = all(1);
        if (width == lanes) {
            truth = load(y + row);
        } else {
            for (std::size_t i = 0; i < lanes; ++i) {
                truth[i] = i < width ? y[row + i] : 0;
                inside[i] = i < width ? 1 : 0;
            }
        }
        residualsOf(layout.scores + row, classes, truth, inside, total, probabilities ? probabilities + row : nullptr, stride, width);
        if ((row / lanes + 1) % factors == 0)
            total.takeLogarithms();
    }
    total.takeLogarithms();
}

/// As addTile, of a number of classes that is known when it is compiled.
template <std::size_t width>
void addTileOf(const double* columns, const double* residuals, std::size_t rows, double* kept)
{
    Lanes sums[tileRows][width];
#pragma GCC unroll 5
    for (std::size_t i = 0; i < tileRows; ++i)
#pragma GCC unroll 5
        for (std::size_t k = 0; k < width; ++k)
            sums[i][k] = load(kept + (i * width + k) * lanes);
    for (std::size_t row = 0; row < rows; row += lanes) {
        Lanes r[width];
#pragma GCC unroll 5
        for (std::size_t k = 0; k < width; ++k)
            r[k] = load(residuals + k * rowsAtOnce + row);
#pragma GCC unroll 5
        for (std::size_t i = 0; i < tileRows; ++i) {
            const Lanes x = load(columns + i * rowsAtOnce + row);
#pragma GCC unroll 5
            for (std::size_t k = 0; k < width; ++k)
                sums[i][k] += x * r[k];
        }
    }
#pragma GCC unroll 5
    for (std::size_t i = 0; i < tileRows; ++i)
#pragma GCC unroll 5
        for (std::size_t k = 0; k < width; ++k)
            store(kept + (i * width + k) * lanes, sums[i][k]);
}

template <std::size_t width>
void addGradientOf(const Layout& layout, std::size_t rows, RowsAhead& ahead)
{
    double* sums = layout.sums;
    const std::size_t tiles = layout.columns / tileRows * (layout.classes / width);
    const std::size_t pieces = (ahead.pieces() + tiles - 1) / tiles;
    for (std::size_t i = 0; i < layout.columns; i += tileRows) {
        for (std::size_t k = 0; k < layout.classes; k += width) {
            ahead.fetchPieces(pieces);
            addTileOf<width>(layout.strip + i * rowsAtOnce, layout.scores + k * rowsAtOnce, rows, sums);
            sums += tileRows * width * lanes;
        }
    }
}

void addGradient(const Layout& layout, std::size_t rows, RowsAhead& ahead)
{
    if (layout.tileWidth == wideTile)
        addGradientOf<wideTile>(layout, rows, ahead);
    else
        addGradientOf<tileColumns>(layout, rows, ahead);
}

double smallestOf(Lanes value)
{
    double smallest = value[0];
    for (std::size_t i = 1; i < lanes; ++i)
        smallest = value[i] < smallest ? value[i] : smallest;
    return smallest;
}

void collectGradient(const Layout& layout, std::size_t columns, std::size_t classes, double* gradient)
{
    const double* sums = layout.sums;
    for (std::size_t i = 0; i < layout.columns; i += tileRows) {
        for (std::size_t k = 0; k < layout.classes; k += layout.tileWidth) {
            for (std::size_t a = 0; a < tileRows; ++a) {
                for (std::size_t b = 0; b < layout.tileWidth; ++b, sums += lanes) {
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
    const std::size_t padded = roundedUp(classes, classesInTile(classes));
    return (columns + padded) * rowsAtOnce + columns * padded * lanes + 16;
}

void modelariumSoftmax(const double* X, std::size_t stride, std::size_t features, std::size_t classes, const double* y,
                       const double* shift, const double* theta, std::size_t rows, double* workspace, double* sums,
                       double* probabilities) noexcept
{
    const Layout layout(features, classes, workspace);
    // Columns and classes behind the last one stay as they are; the others are written with every strip.
    for (double* place = layout.strip + features * rowsAtOnce; place < layout.scores; ++place)
        *place = 0;
    for (double* place = layout.scores + classes * rowsAtOnce; place < layout.sums + layout.columns * layout.classes * lanes; ++place)
        *place = 0;
    for (std::size_t row = 0; row < rowsAtOnce; ++row)
        layout.strip[features * rowsAtOnce + row] = 1;
    SoftmaxSums total;
    for (std::size_t first = 0; first < rows; first += rowsAtOnce) {
        const std::size_t count = rows - first < rowsAtOnce ? rows - first : rowsAtOnce;
        for (std::size_t j = 0; j < features; ++j) {
            const double* x = X + j * stride + first;
            double* to = layout.strip + j * rowsAtOnce;
            const std::size_t whole = count / lanes * lanes;
            for (std::size_t row = 0; row < whole; row += lanes)
                store(to + row, load(x + row) - shift[j]);
            for (std::size_t row = whole; row < count; ++row)
                to[row] = x[row] - shift[j];
            for (std::size_t row = count; row < rowsAtOnce; ++row)
                to[row] = 0;
        }
        const std::size_t next = first + count, left = rows - next, coming = left < rowsAtOnce ? left : rowsAtOnce;
        fetch(y + next, coming);
        RowsAhead ahead(X + next, stride, features, coming);
        allScores(layout, features, classes, theta, rowsAtOnce, ahead);
        stripResiduals(layout, classes, y + first, count, total, probabilities ? probabilities + first : nullptr, rows);
        addGradient(layout, roundedUp(count, lanes), ahead);
    }
    collectGradient(layout, features + 1, classes, sums);
    sums[(features + 1) * classes] = total.logarithms + sumOf(total.losses);
    sums[(features + 1) * classes + 1] = smallestOf(total.margins);
}

} // namespace modelarium::kernels
