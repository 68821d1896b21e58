#pragma once

#include "core/kernels/double_lanes.h"

// Scores of rows and sums over them, shared by the kernels of linear models; internal linkage as in double_lanes.h.
namespace modelarium::kernels {
namespace {

/// How many rows of so many columns have their scores taken at once: few enough to stay in the second cache, and many enough that each
/// column is read as one long run of memory, which the processor then fetches ahead by itself.
constexpr std::size_t scoreRows(std::size_t columns)
{
    constexpr std::size_t values = 24576, step = 256, most = 2048;
    const std::size_t rows = values / (columns + 1) / step * step;
    return rows < step ? step : rows > most ? most : rows;
}

/// z_i += sum over `together` columns of w_j (x_ij - shift_j).
template <std::size_t together>
inline void addColumns(const double* X, std::size_t stride, const double* shift, const double* w, std::size_t rows, double* z)
{
    std::size_t row = 0;
    for (; row + lanes <= rows; row += lanes) {
        Lanes sum = load(z + row);
        for (std::size_t j = 0; j < together; ++j)
            sum += (load(X + j * stride + row) - shift[j]) * w[j];
        store(z + row, sum);
    }
    for (; row < rows; ++row) {
        for (std::size_t j = 0; j < together; ++j)
            z[row] += (X[j * stride + row] - shift[j]) * w[j];
    }
}

/// z_i = b + sum_j w_j (x_ij - shift_j); z is filled with zeros up to a multiple of `lanes`.
inline void scores(const double* X, std::size_t stride, std::size_t features, const double* shift, const double* theta,
                   std::size_t rows, double* z)
{
    constexpr std::size_t together = 5;
    for (std::size_t row = 0; row < roundedUp(rows, lanes); ++row)
        z[row] = row < rows ? theta[features] : 0;
    std::size_t j = 0;
    for (; j + together <= features; j += together)
        addColumns<together>(X + j * stride, stride, shift + j, theta + j, rows, z);
    for (; j < features; ++j)
        addColumns<1>(X + j * stride, stride, shift + j, theta + j, rows, z);
}

/// sums_j += sum_i r_i (x_ij - shift_j).
inline void addProducts(const double* X, std::size_t stride, std::size_t features, const double* shift, const double* r,
                        std::size_t rows, double* sums)
{
    const std::size_t whole = rows / lanes * lanes;
    for (std::size_t j = 0; j < features; ++j) {
        const double* x = X + j * stride;
        Lanes even{}, odd{};
        std::size_t row = 0;
        for (; row + 2 * lanes <= whole; row += 2 * lanes) {
            even += load(r + row) * (load(x + row) - shift[j]);
            odd += load(r + row + lanes) * (load(x + row + lanes) - shift[j]);
        }
        for (; row < whole; row += lanes)
            even += load(r + row) * (load(x + row) - shift[j]);
        double sum = sumOf(even + odd);
        for (; row < rows; ++row)
            sum += r[row] * (x[row] - shift[j]);
        sums[j] += sum;
    }
}

/// sums_j += sum_i (root_i (x_ij - shift_j))^2.
inline void addWeightedSquares(const double* X, std::size_t stride, std::size_t features, const double* shift, const double* root,
                               std::size_t rows, double* sums)
{
    const std::size_t whole = rows / lanes * lanes;
    for (std::size_t j = 0; j < features; ++j) {
        const double* x = X + j * stride;
        Lanes squares{};
        for (std::size_t row = 0; row < whole; row += lanes) {
            const Lanes value = load(root + row) * (load(x + row) - shift[j]);
            squares += value * value;
        }
        double sum = sumOf(squares);
        for (std::size_t row = whole; row < rows; ++row) {
            const double value = root[row] * (x[row] - shift[j]);
            sum += value * value;
        }
        sums[j] += sum;
    }
}

} // namespace
} // namespace modelarium::kernels
