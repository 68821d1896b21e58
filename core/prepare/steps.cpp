#include "core/prepare/steps.h"

#include <cmath>

namespace modelarium {

namespace {

/// x^exponent by repeated multiplication: the same bits everywhere, unlike std::pow.
double power(double x, int exponent) noexcept
{
    double result = x;
    for (int i = 1; i < exponent; ++i)
        result *= x;
    return result;
}

double termValue(const std::vector<int>& exponents, const double* x, std::size_t stride) noexcept
{
    double product = 1;
    for (std::size_t j = 0; j < exponents.size(); ++j)
        if (exponents[j] > 0)
            product *= power(x[j * stride], exponents[j]);
    return product;
}

} // namespace

Standardise learnStandardise(const Matrix& X)
{
    Standardise result;
    result.mean = Vector::Zero(X.cols());
    result.scale = Vector::Ones(X.cols());
    const double n = double(X.rows());
    for (Eigen::Index j = 0; j < X.cols() && n > 0; ++j) {
        // Scaled by the largest value first: squares of 1e300 overflow.
        const double largest = X.col(j).cwiseAbs().maxCoeff();
        if (largest == 0)
            continue;
        const double mean = (X.col(j) / largest).mean();
        const double deviation = std::sqrt((X.col(j).array() / largest - mean).square().sum() / n);
        result.mean[j] = mean * largest;
        // A deviation at the level of rounding is a constant column.
        if (deviation > 1e-15 * std::abs(mean))
            result.scale[j] = deviation * largest;
    }
    return result;
}

void encodeCell(const InputColumn& input, double value, double* out) noexcept
{
    if (input.levels.empty()) {
        if (input.outputs == 1)
            *out = value;
        return;
    }
    const std::size_t left = input.levels.size() - input.outputs;
    for (std::size_t i = 0; i < input.outputs; ++i)
        out[i] = double(std::size_t(value) == i + left);
}

void encodeColumn(const InputColumn& input, const double* values, std::size_t rows, Matrix& out)
{
    if (input.levels.empty()) {
        if (input.outputs == 1)
            out.col(Eigen::Index(input.firstOutput)) = Eigen::Map<const Vector>(values, Eigen::Index(rows));
        return;
    }
    const std::size_t left = input.levels.size() - input.outputs;
    for (std::size_t i = 0; i < rows; ++i) {
        const auto level = std::size_t(values[i]);
        if (level >= left)
            out(Eigen::Index(i), Eigen::Index(input.firstOutput + level - left)) = 1;
    }
}

Matrix applyStep(const PreparationStep& step, const Matrix& X)
{
    if (const auto* standardise = std::get_if<Standardise>(&step)) {
        Matrix result(X.rows(), X.cols());
        for (Eigen::Index j = 0; j < X.cols(); ++j)
            result.col(j) = (X.col(j).array() - standardise->mean[j]) / standardise->scale[j];
        return result;
    }
    const auto& terms = std::get<PolynomialTerms>(step);
    Matrix result(X.rows(), Eigen::Index(terms.exponents.size()));
    for (std::size_t k = 0; k < terms.exponents.size(); ++k)
        for (Eigen::Index i = 0; i < X.rows(); ++i)
            result(i, Eigen::Index(k)) = termValue(terms.exponents[k], X.data() + i, std::size_t(X.rows()));
    return result;
}

std::size_t applyStepToRow(const PreparationStep& step, const double* x, std::size_t width, double* out) noexcept
{
    if (const auto* standardise = std::get_if<Standardise>(&step)) {
        for (std::size_t j = 0; j < width; ++j)
            out[j] = (x[j] - standardise->mean[Eigen::Index(j)]) / standardise->scale[Eigen::Index(j)];
        return width;
    }
    const auto& terms = std::get<PolynomialTerms>(step);
    for (std::size_t k = 0; k < terms.exponents.size(); ++k)
        out[k] = termValue(terms.exponents[k], x, 1);
    return terms.exponents.size();
}

} // namespace modelarium
