#include "core/model/written_digits.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace modelarium {

namespace {

constexpr int allDigits = 17, digitsWithoutRange = 6;

struct ValueRange {
    double low = 0, high = 1;

    double at(double share) const { return low + share * (high - low); }
    double size() const { return std::max(std::abs(low), std::abs(high)); }
};

/// Of a column of the data in the training rows; empty for what a step made of them.
std::optional<ValueRange> rangeOf(const FeatureForm& variable, const Preparation& preparation)
{
    if (variable.stage > 0)
        return std::nullopt;
    for (const InputColumn& input : preparation.inputs()) {
        if (variable.column < input.firstOutput || variable.column >= input.firstOutput + input.outputs)
            continue;
        const bool isNumber = !input.isCategorical() || input.encoding == Encoding::Ordinal;
        return isNumber && variable.column < input.firstOutput + input.valueColumns() ? ValueRange{input.minimum, input.maximum} : ValueRange{};
    }
    return std::nullopt;
}

double termAt(const std::vector<int>& exponents, const std::vector<double>& values)
{
    double product = 1;
    for (std::size_t j = 0; j < exponents.size(); ++j)
        if (exponents[j] > 0)
            product *= std::pow(values[j], exponents[j]);
    return product;
}

double sumAt(const LinearReading& sum, const std::vector<double>& values)
{
    double total = 0;
    for (std::size_t k = 0; k < sum.terms.size(); ++k)
        total += sum.terms[k].value * termAt(sum.exponents[k], values);
    return total;
}

/// How far the sum moves along the variable that moves it most.
double sweepOf(const LinearReading& sum, const std::vector<ValueRange>& ranges)
{
    constexpr int probes = 8;
    std::vector<double> values;
    for (const ValueRange& range : ranges)
        values.push_back(range.at(0.5));
    double spread = 0;
    for (std::size_t j = 0; j < ranges.size(); ++j) {
        const double middle = values[j];
        double least = sumAt(sum, values), most = least;
        for (int probe = 0; probe <= probes; ++probe) {
            values[j] = ranges[j].at(double(probe) / probes);
            const double here = sumAt(sum, values);
            least = std::min(least, here);
            most = std::max(most, here);
        }
        values[j] = middle;
        spread = std::max(spread, most - least);
    }
    return spread;
}

} // namespace

WrittenDigits::WrittenDigits(const LinearReading& sum, const std::vector<FeatureForm>& variables, const Preparation& preparation, int least,
                             std::size_t mostTerms)
    : m_least(least)
{
    if (least >= allDigits || sum.terms.size() > mostTerms)
        return;
    std::vector<ValueRange> ranges;
    std::vector<double> sizes;
    for (const FeatureForm& variable : variables) {
        const std::optional<ValueRange> range = rangeOf(variable, preparation);
        if (!range) {
            m_least = std::max(least, digitsWithoutRange);
            return;
        }
        ranges.push_back(*range);
        sizes.push_back(range->size());
    }
    const double spread = sweepOf(sum, ranges);
    if (!(spread > 0) || !std::isfinite(spread))
        return;
    m_unit = std::pow(10.0, std::floor(std::log10(spread)) - least + 1) / 2;
    for (const std::vector<int>& exponents : sum.exponents)
        m_sizes.push_back(termAt(exponents, sizes));
}

int WrittenDigits::of(double value, double factor) const
{
    if (m_unit == 0 || value == 0 || factor == 0)
        return m_least;
    // Rounding to d digits is off by 10^(exponent - d + 1) / 2 at most.
    const double exponent = std::floor(std::log10(std::abs(value)));
    const double digits = std::ceil(exponent + 1 - std::log10(2 * m_unit / std::abs(factor)) - 1e-9);
    return std::isfinite(digits) ? int(std::clamp(digits, double(m_least), double(allDigits))) : m_least;
}

int WrittenDigits::ofWeight(const LinearReading& sum, std::size_t term, double value) const
{
    return of(sum.terms[term].value, m_unit == 0 ? 1 : std::max(m_sizes[term], std::abs(value)));
}

} // namespace modelarium
