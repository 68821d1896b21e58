#include "core/kernels/gram.h"

#include "core/kernels/gram_sums.h"
#include "core/kernels/scores.h"

namespace modelarium::kernels {

std::size_t modelariumGramWorkspace(std::size_t features) noexcept
{
    const std::size_t gram = GramSums::workspace(features + 2), residuals = scoreRows(features) + 8;
    return gram > residuals ? gram : residuals;
}

void modelariumGram(const double* X, std::size_t stride, std::size_t features, const double* y, const double* shift,
                    std::size_t rows, double* workspace, double* G) noexcept
{
    GramSums sums(features + 2, workspace, G);
    for (std::size_t first = 0; first < rows; first += GramSums::stripRows) {
        const std::size_t count = GramSums::rowsInStrip(first, rows);
        for (std::size_t j = 0; j < features; ++j)
            copyShifted(X + j * stride + first, shift[j], count, sums.column(j));
        copyShifted(y + first, shift[features], count, sums.column(features));
        double* ones = sums.column(features + 1);
        for (std::size_t row = 0; row < roundedUp(count, lanes); ++row)
            ones[row] = row < count ? 1 : 0;
        const std::size_t next = first + count, coming = GramSums::rowsInStrip(next, rows);
        fetch(y + next, coming);
        sums.addStrip(count, RowsAhead(X + next, stride, features, coming));
    }
    sums.finish();
}

void modelariumResidualSums(const double* X, std::size_t stride, std::size_t features, const double* y, const double* shift,
                            const double* theta, std::size_t rows, double* workspace, double* sums) noexcept
{
    double* r = aligned(workspace);
    for (std::size_t j = 0; j < features + 2; ++j)
        sums[j] = 0;
    const std::size_t strip = scoreRows(features);
    for (std::size_t first = 0; first < rows; first += strip) {
        const std::size_t count = rows - first < strip ? rows - first : strip;
        scores(X + first, stride, features, shift, theta, count, r);
        for (std::size_t row = 0; row < count; ++row)
            r[row] -= y[first + row];
        Lanes sum{}, squares{};
        for (std::size_t row = 0; row < count; row += lanes) {      // r is 0 past the last row
            sum += load(r + row);
            squares += load(r + row) * load(r + row);
        }
        addProducts(X + first, stride, features, shift, r, count, sums);
        sums[features] += sumOf(sum);
        sums[features + 1] += sumOf(squares);
    }
}

} // namespace modelarium::kernels
