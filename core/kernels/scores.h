#pragma once

#include "core/kernels/double_lanes.h"

// Scores of rows and sums over them, shared by the kernels of linear models; internal linkage as in double_lanes.h.
namespace modelarium::kernels {
namespace {

/// Strips are short enough that what one loop reads is in the nearest cache when the next one reads it again.
constexpr std::size_t scoreRows = 256;

/// z_i = b + sum_j w_j (x_ij - shift_j) for up to scoreRows rows; z is filled with zeros up to a multiple of `lanes`.
inline void scores(const double* X, std::size_t stride, std::size_t features, const double* shift, const double* theta,
                   std::size_t rows, double* z)
{
    constexpr std::size_t together = 4;
    std::size_t row = 0;
    for (; row + together * lanes <= rows; row += together * lanes) {
        Lanes sums[together];
        for (Lanes& sum : sums)
            sum = all(theta[features]);
        for (std::size_t j = 0; j < features; ++j) {
            const double* x = X + j * stride + row;
            for (std::size_t k = 0; k < together; ++k)
                sums[k] += (load(x + k * lanes) - shift[j]) * theta[j];
        }
        for (std::size_t k = 0; k < together; ++k)
            store(z + row + k * lanes, sums[k]);
    }
    for (; row < rows; ++row) {
        z[row] = theta[features];
        for (std::size_t j = 0; j < features; ++j)
            z[row] += (X[j * stride + row] - shift[j]) * theta[j];
    }
    for (; row < roundedUp(rows, lanes); ++row)
        z[row] = 0;
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

} // namespace
} // namespace modelarium::kernels
