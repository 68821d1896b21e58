#include "core/learn/bayes/class_statistics.h"

#include "core/base/number_text.h"
#include "core/base/parallel.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace modelarium {

ColumnMoments columnMomentsOf(const double* x, const std::vector<Eigen::Index>& rows)
{
    const double n = double(rows.size());
    const double first = x[rows.front()];
    double sum = 0;
    for (const Eigen::Index i : rows)
        sum += x[i] - first;
    const double mean = first + sum / n;
    double squares = 0;
    double rest = 0;
    for (const Eigen::Index i : rows) {
        squares += (x[i] - mean) * (x[i] - mean);
        rest += x[i] - mean;
    }
    return {mean, std::max(0.0, squares - rest * rest / n) / n};
}

std::vector<Eigen::Index> rowsOfClass(const Vector& y, double code)
{
    std::vector<Eigen::Index> rows;
    for (Eigen::Index i = 0; i < y.size(); ++i)
        if (y[i] == code)
            rows.push_back(i);
    return rows;
}

double leastLogPrior()
{
    static const double least = std::log(std::numeric_limits<double>::min());
    return least;
}

Result<void> checkSquares(const Dataset& data)
{
    constexpr double largest = 1e140;
    std::vector<double> farthest(std::size_t(data.X().cols()));
    parallelFor(farthest.size(), [&](std::size_t j) { farthest[j] = data.X().rows() ? data.X().col(Eigen::Index(j)).cwiseAbs().maxCoeff() : 0; });
    for (Eigen::Index j = 0; j < data.X().cols(); ++j) {
        if (farthest[std::size_t(j)] <= largest)
            continue;
        Eigen::Index i = 0;
        data.X().col(j).cwiseAbs().maxCoeff(&i);
        const std::size_t row = data.rowNumber(i);
        const std::string& name = data.featureNames[std::size_t(j)];
        return Error{ErrorCode::NotFinite,
                     "The value " + shortText(data.X()(i, j)) + " of \"" + name + "\" in row " + std::to_string(row)
                         + " is too large: its square is beyond the range of numbers; standardise the features, or leave the column out.",
                     Place{.row = row, .column = name}};
    }
    return {};
}

} // namespace modelarium
