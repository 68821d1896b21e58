#include "core/prepare/steps.h"

#include "core/base/number_text.h"
#include "core/base/parallel.h"
#include "core/prepare/input_columns.h"
#include "core/prepare/polynomial_exponents.h"
#include "core/prepare/power_transform.h"

#include <algorithm>
#include <cmath>

namespace modelarium {

namespace {

using Eigen::Index;

template <class... Cases> struct StepCases : Cases... { using Cases::operator()...; };
template <class... Cases> StepCases(Cases...) -> StepCases<Cases...>;

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

double transformed(const PowerTransform& step, std::size_t which, double x) noexcept
{
    // A logarithm has an offset; what is not defined counts as the smallest value of the training rows.
    const bool positiveOnly = step.family != PowerFamily::YeoJohnson;
    const double shifted = x + step.offset;
    const double value = positiveOnly && !(shifted > 0) ? step.lowest[Index(which)] + step.offset : shifted;
    return powerValue(step.family, step.lambda[Index(which)], value);
}

std::size_t intervalOf(const std::vector<double>& edges, double x) noexcept
{
    return std::size_t(std::upper_bound(edges.begin(), edges.end(), x) - edges.begin());
}

/// Interval k becomes a 1 in column k, or k - 1 where the first is left out.
void setInterval(const Binning& step, std::size_t which, double x, double* out, std::size_t stride) noexcept
{
    const std::size_t interval = intervalOf(step.edges[which], x), columns = step.outputsOf(which);
    if (step.encoding == Encoding::Ordinal || step.edges[which].empty()) {
        *out = double(interval);
        return;
    }
    const std::size_t left = step.edges[which].size() + 1 - columns;
    for (std::size_t k = 0; k < columns; ++k)
        out[k * stride] = interval == k + left ? 1 : 0;
}

/// Calls body(j, which) for every column in order; `which` is its place in `columns`, or npos.
constexpr std::size_t untouched = std::size_t(-1);
template <class Body>
void forEachColumn(const std::vector<int>& columns, std::size_t width, const Body& body)
{
    std::size_t next = 0;
    for (std::size_t j = 0; j < width; ++j) {
        const bool taken = next < columns.size() && std::size_t(columns[next]) == j;
        body(j, taken ? next : untouched);
        next += taken ? 1 : 0;
    }
}

Matrix standardised(const Standardise& step, const Matrix& X)
{
    Matrix result(X.rows(), X.cols());
    for (Index j = 0; j < X.cols(); ++j)
        result.col(j) = (X.col(j).array() - step.mean[j]) / step.scale[j];
    return result;
}

Matrix expanded(const PolynomialTerms& terms, const Matrix& X)
{
    Matrix result(X.rows(), Index(terms.exponents.size()));
    for (std::size_t k = 0; k < terms.exponents.size(); ++k)
        for (Index i = 0; i < X.rows(); ++i)
            result(i, Index(k)) = termValue(terms.exponents[k], X.data() + i, std::size_t(X.rows()));
    return result;
}

Matrix transformedColumns(const PowerTransform& step, const Matrix& X)
{
    Matrix result = X;
    parallelFor(step.columns.size(), [&](std::size_t which) {
        for (double& value : result.col(Index(step.columns[which])))
            value = transformed(step, which, value);
    });
    return result;
}

Matrix binned(const Binning& step, const Matrix& X)
{
    Matrix result(X.rows(), Index(widthAfter(step, std::size_t(X.cols()))));
    Index place = 0;
    forEachColumn(step.columns, std::size_t(X.cols()), [&](std::size_t j, std::size_t which) {
        if (which == untouched) {
            result.col(place++) = X.col(Index(j));
            return;
        }
        for (Index i = 0; i < X.rows(); ++i)
            setInterval(step, which, X(i, Index(j)), &result(i, place), std::size_t(X.rows()));
        place += Index(step.outputsOf(which));
    });
    return result;
}

Matrix turned(const PrincipalComponents& step, const Matrix& X)
{
    Matrix result(X.rows(), Index(widthAfter(step, std::size_t(X.cols()))));
    Index place = 0;
    forEachColumn(step.columns, std::size_t(X.cols()), [&](std::size_t j, std::size_t which) {
        if (which == untouched)
            result.col(place++) = X.col(Index(j));
    });
    constexpr Index blockRows = 2048;
    parallelFor(std::size_t((X.rows() + blockRows - 1) / blockRows), [&](std::size_t block) {
        const Index first = Index(block) * blockRows, rows = std::min(blockRows, X.rows() - first);
        for (Index k = 0; k < step.directions.rows(); ++k) {
            double* out = &result(first, place + k);
            std::fill(out, out + rows, 0.0);
            for (std::size_t which = 0; which < step.columns.size(); ++which) {
                const double* x = &X(first, Index(step.columns[which]));
                const double mean = step.mean[Index(which)], weight = step.directions(k, Index(which));
                for (Index i = 0; i < rows; ++i)
                    out[i] += (x[i] - mean) * weight;
            }
        }
    });
    return result;
}

Error misfitStep(std::string message) { return {ErrorCode::BadModelFile, std::move(message)}; }

bool risesWithin(const std::vector<int>& columns, std::size_t width)
{
    for (std::size_t i = 0; i < columns.size(); ++i)
        if (columns[i] < 0 || std::size_t(columns[i]) >= width || (i > 0 && columns[i] <= columns[i - 1]))
            return false;
    return !columns.empty();
}

Result<void> checkTerms(const PolynomialTerms& terms, std::size_t width)
{
    for (const std::vector<int>& exponents : terms.exponents) {
        if (exponents.size() != width)
            return misfitStep("A polynomial term of the preparation has not one exponent for each feature.");
        for (const int exponent : exponents)
            if (exponent < 0 || exponent > terms.degree)
                return misfitStep("A polynomial term of the preparation has an exponent outside 0 to its degree.");
    }
    return {};
}

Result<void> checkStandardise(const Standardise& step, std::size_t width)
{
    if (std::size_t(step.mean.size()) != width || std::size_t(step.scale.size()) != width)
        return misfitStep("The standardising step does not have one mean and one scale for each feature.");
    if (!step.mean.allFinite() || !step.scale.allFinite() || !(step.scale.array() > 0).all())
        return misfitStep("The standardising step has a scale that is not a positive finite number.");
    return {};
}

Result<void> checkPower(const PowerTransform& step, std::size_t width)
{
    const auto count = Index(step.columns.size());
    if (!risesWithin(step.columns, width) || step.lambda.size() != count || step.lowest.size() != count)
        return misfitStep("The power step does not have one lambda and one smallest value for each of its columns.");
    if (!step.lambda.allFinite() || !step.lowest.allFinite() || !std::isfinite(step.offset) || step.lambda.cwiseAbs().maxCoeff() > 100)
        return misfitStep("The power step has a lambda that is not between -100 and 100.");
    const bool positiveOnly = step.family != PowerFamily::YeoJohnson;
    if (positiveOnly ? !(step.lowest.array() + step.offset > 0).all() : step.offset != 0)
        return misfitStep("The power step has a smallest value for which it is not defined.");
    return {};
}

Result<void> checkBinning(const Binning& step, std::size_t width)
{
    if (!risesWithin(step.columns, width) || step.edges.size() != step.columns.size())
        return misfitStep("The binning step does not have one list of edges for each of its columns.");
    for (const std::vector<double>& edges : step.edges)
        for (std::size_t i = 0; i < edges.size(); ++i)
            if (!std::isfinite(edges[i]) || (i > 0 && !(edges[i] > edges[i - 1])))
                return misfitStep("The binning step has edges that do not rise.");
    return {};
}

Result<void> checkComponents(const PrincipalComponents& step, std::size_t width)
{
    const auto count = Index(step.columns.size());
    if (!risesWithin(step.columns, width) || step.mean.size() != count || step.directions.cols() != count
        || step.directions.rows() < 1 || step.directions.rows() > count || step.variance.size() != step.directions.rows())
        return misfitStep("The principal components do not have one mean and one weight for each of their columns.");
    if (!step.mean.allFinite() || !step.directions.allFinite() || !step.variance.allFinite() || !(step.variance.array() >= 0).all()
        || !std::isfinite(step.totalVariance))
        return misfitStep("The principal components have a number that is not finite, or a negative variance.");
    return {};
}

const char* familyName(PowerFamily family)
{
    return family == PowerFamily::Logarithm ? "log" : family == PowerFamily::BoxCox ? "boxcox" : "yeojohnson";
}

std::vector<std::string> binNames(const Binning& step, const std::vector<std::string>& names)
{
    std::vector<std::string> result;
    forEachColumn(step.columns, names.size(), [&](std::size_t j, std::size_t which) {
        if (which == untouched) {
            result.push_back(names[j]);
        } else if (step.encoding == Encoding::Ordinal || step.edges[which].empty()) {
            result.push_back("bin of " + names[j]);
        } else {
            const std::size_t intervals = step.edges[which].size() + 1;
            for (std::size_t k = intervals - step.outputsOf(which); k < intervals; ++k)
                result.push_back(intervalName(names[j], step.edges[which], k));
        }
    });
    return result;
}

std::vector<std::string> componentNames(const PrincipalComponents& step, const std::vector<std::string>& names)
{
    std::vector<std::string> result;
    forEachColumn(step.columns, names.size(), [&](std::size_t j, std::size_t which) {
        if (which == untouched)
            result.push_back(names[j]);
    });
    const std::size_t kept = result.size();
    for (Index k = 0; k < step.directions.rows(); ++k) {
        std::string name = "PC" + std::to_string(k + 1);
        while (std::find(result.begin(), result.begin() + std::ptrdiff_t(kept), name) != result.begin() + std::ptrdiff_t(kept))
            name += "'";
        result.push_back(std::move(name));
    }
    return result;
}

} // namespace

std::size_t Binning::outputsOf(std::size_t which) const
{
    const std::size_t intervals = edges[which].size() + 1;
    if (encoding == Encoding::Ordinal || intervals == 1)
        return 1;
    return intervals - (leavesFirstOut || intervals == 2 ? 1 : 0);
}

std::size_t widthAfter(const PreparationStep& step, std::size_t width)
{
    if (const auto* terms = std::get_if<PolynomialTerms>(&step))
        return terms->exponents.size();
    if (const auto* components = std::get_if<PrincipalComponents>(&step))
        return width - components->columns.size() + std::size_t(components->directions.rows());
    if (const auto* bins = std::get_if<Binning>(&step)) {
        for (std::size_t which = 0; which < bins->columns.size(); ++which)
            width += bins->outputsOf(which) - 1;
    }
    return width;
}

std::vector<std::string> namesAfter(const PreparationStep& step, const std::vector<std::string>& names)
{
    return std::visit(StepCases{
                          [&](const PolynomialTerms& terms) { return termNames(terms.exponents, names); },
                          [&](const Standardise&) { return names; },
                          [&](const PowerTransform& p) {
                              std::vector<std::string> result = names;
                              const std::string plus = p.offset == 0 ? "" : " + " + shortText(p.offset, 6);
                              for (const int j : p.columns)
                                  result[std::size_t(j)] = std::string(familyName(p.family)) + "(" + names[std::size_t(j)] + plus + ")";
                              return result;
                          },
                          [&](const Binning& p) { return binNames(p, names); },
                          [&](const PrincipalComponents& p) { return componentNames(p, names); },
                      },
                      step);
}

std::vector<std::optional<std::size_t>> placesAfter(const PreparationStep& step, std::size_t width)
{
    std::vector<std::optional<std::size_t>> places(width);
    std::size_t next = 0;
    const auto keep = [&](const std::vector<int>& columns, auto outputsOf) {
        forEachColumn(columns, width, [&](std::size_t j, std::size_t which) {
            if (which == untouched)
                places[j] = next++;
            else
                next += outputsOf(which);
        });
    };
    if (const auto* bins = std::get_if<Binning>(&step)) {
        keep(bins->columns, [&](std::size_t which) { return bins->outputsOf(which); });
    } else if (const auto* power = std::get_if<PowerTransform>(&step)) {
        keep(power->columns, [](std::size_t) { return std::size_t(1); });
    } else if (const auto* components = std::get_if<PrincipalComponents>(&step)) {
        keep(components->columns, [](std::size_t) { return std::size_t(0); });
    } else if (const auto* scale = std::get_if<Standardise>(&step)) {
        for (std::size_t j = 0; j < width; ++j)
            if (scale->mean[Index(j)] == 0 && scale->scale[Index(j)] == 1)
                places[j] = j;
    }
    return places;
}

bool keepsColumns(const PreparationStep& step)
{
    return std::holds_alternative<Standardise>(step) || std::holds_alternative<PowerTransform>(step);
}

Matrix applyStep(const PreparationStep& step, const Matrix& X)
{
    return std::visit(StepCases{
                          [&](const PolynomialTerms& p) { return expanded(p, X); },
                          [&](const Standardise& p) { return standardised(p, X); },
                          [&](const PowerTransform& p) { return transformedColumns(p, X); },
                          [&](const Binning& p) { return binned(p, X); },
                          [&](const PrincipalComponents& p) { return turned(p, X); },
                      },
                      step);
}

std::size_t applyStepToRow(const PreparationStep& step, const double* x, std::size_t width, double* out) noexcept
{
    if (const auto* p = std::get_if<Standardise>(&step)) {
        for (std::size_t j = 0; j < width; ++j)
            out[j] = (x[j] - p->mean[Index(j)]) / p->scale[Index(j)];
        return width;
    }
    if (const auto* p = std::get_if<PolynomialTerms>(&step)) {
        for (std::size_t k = 0; k < p->exponents.size(); ++k)
            out[k] = termValue(p->exponents[k], x, 1);
        return p->exponents.size();
    }
    std::size_t place = 0;
    if (const auto* p = std::get_if<PowerTransform>(&step)) {
        forEachColumn(p->columns, width, [&](std::size_t j, std::size_t which) {
            out[place++] = which == untouched ? x[j] : transformed(*p, which, x[j]);
        });
    } else if (const auto* bins = std::get_if<Binning>(&step)) {
        forEachColumn(bins->columns, width, [&](std::size_t j, std::size_t which) {
            if (which == untouched) {
                out[place++] = x[j];
                return;
            }
            setInterval(*bins, which, x[j], out + place, 1);
            place += bins->outputsOf(which);
        });
    } else if (const auto* components = std::get_if<PrincipalComponents>(&step)) {
        forEachColumn(components->columns, width, [&](std::size_t j, std::size_t which) {
            if (which == untouched)
                out[place++] = x[j];
        });
        for (Index k = 0; k < components->directions.rows(); ++k) {
            double sum = 0;
            for (std::size_t which = 0; which < components->columns.size(); ++which)
                sum += (x[components->columns[which]] - components->mean[Index(which)]) * components->directions(k, Index(which));
            out[place++] = sum;
        }
    }
    return place;
}

std::optional<UndefinedCell> firstUndefined(const PreparationStep& step, const Matrix& X)
{
    const auto* power = std::get_if<PowerTransform>(&step);
    if (!power || power->family == PowerFamily::YeoJohnson)
        return std::nullopt;
    for (const int j : power->columns)
        for (Index i = 0; i < X.rows(); ++i)
            if (!(X(i, j) + power->offset > 0))
                return UndefinedCell{std::size_t(i), std::size_t(j), X(i, j)};
    return std::nullopt;
}

std::string undefinedSentence(const PowerTransform& step, const std::string& column, std::size_t row, double value)
{
    const bool log = step.family == PowerFamily::Logarithm;
    const std::string what = log ? "a logarithm" : "a Box-Cox power";
    const std::string of = log && step.offset != 0 ? " plus " + shortText(step.offset) : "";
    return "Row " + std::to_string(row) + " of " + "\"" + column + "\" is " + shortText(value) + of + ": " + what
        + " needs numbers above 0. Take " + (log ? "a larger offset, " : "") + "a Yeo-Johnson power, or leave the column out of the step.";
}

Result<void> checkProducts(const PreparationStep& step, const Matrix& X, const std::vector<std::size_t>& rows, const std::vector<std::string>& names)
{
    if (!std::holds_alternative<PolynomialTerms>(step) || X.allFinite())
        return {};
    for (Index j = 0; j < X.cols(); ++j)
        for (Index i = 0; i < X.rows(); ++i)
            if (!std::isfinite(X(i, j)))
                return columnError(ErrorCode::NotFinite, names[std::size_t(j)], "Row " + std::to_string(rows[std::size_t(i)] + 1) + " of \"" + names[std::size_t(j)]
                                       + "\" is a product beyond the range of numbers: bring the columns to a common scale before the step polynomial.",
                                   rows[std::size_t(i)]);
    return {};
}

Result<void> checkStep(const PreparationStep& step, std::size_t width)
{
    return std::visit(StepCases{
                          [&](const PolynomialTerms& p) { return checkTerms(p, width); },
                          [&](const Standardise& p) { return checkStandardise(p, width); },
                          [&](const PowerTransform& p) { return checkPower(p, width); },
                          [&](const Binning& p) { return checkBinning(p, width); },
                          [&](const PrincipalComponents& p) { return checkComponents(p, width); },
                      },
                      step);
}

std::string intervalName(const std::string& column, const std::vector<double>& edges, std::size_t interval)
{
    if (interval == 0)
        return column + " < " + shortText(edges.front());
    if (interval == edges.size())
        return column + " >= " + shortText(edges.back());
    return shortText(edges[interval - 1]) + " <= " + column + " < " + shortText(edges[interval]);
}

} // namespace modelarium
