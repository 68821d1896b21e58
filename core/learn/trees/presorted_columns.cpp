#include "core/learn/trees/presorted_columns.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <array>
#include <bit>
#include <numeric>
#include <utility>

namespace modelarium {

namespace {

constexpr std::size_t radixBits = 11;
constexpr std::size_t radixBuckets = std::size_t(1) << radixBits;
constexpr std::size_t radixPasses = 3;

/// Unsigned integers in the order of the floats: the sign bit flipped, negative numbers reversed.
std::uint32_t orderedBits(float value)
{
    const auto bits = std::bit_cast<std::uint32_t>(value);
    return bits & 0x80000000u ? ~bits : bits | 0x80000000u;
}

/// Stable, least significant digit first; one pass over the values counts the digits of all three passes.
void radixSort(Buffer<SortedValue>& values)
{
    std::array<std::array<std::uint32_t, radixBuckets>, radixPasses> counts{};
    for (const SortedValue& v : values) {
        const std::uint32_t bits = orderedBits(v.value);
        for (std::size_t pass = 0; pass < radixPasses; ++pass)
            ++counts[pass][bits >> (pass * radixBits) & (radixBuckets - 1)];
    }
    Buffer<SortedValue> target(values.size());
    for (std::size_t pass = 0; pass < radixPasses; ++pass) {
        std::uint32_t place = 0;
        for (std::uint32_t& count : counts[pass])
            place += std::exchange(count, place);
        for (const SortedValue& v : values)
            target[counts[pass][orderedBits(v.value) >> (pass * radixBits) & (radixBuckets - 1)]++] = v;
        values.swap(target);
    }
}

void sortColumn(Buffer<SortedValue>& values)
{
    constexpr std::size_t worthRadix = 1500;
    if (values.size() >= worthRadix)
        radixSort(values);
    else
        std::sort(values.begin(), values.end(), [](const SortedValue& a, const SortedValue& b) {
            return a.value < b.value || (a.value == b.value && a.sample < b.sample);
        });
}

} // namespace

Buffer<SortedValue> sortedColumn(const double* x, std::size_t samples)
{
    Buffer<SortedValue> column(samples);
    for (std::size_t i = 0; i < samples; ++i)
        column[i] = {float(x[i]) + 0.0f, std::uint32_t(i)};         // + 0: one zero, not two
    sortColumn(column);
    return column;
}

PresortedColumns::PresortedColumns(const Matrix& X)
    : m_samples(std::size_t(X.rows())),
      m_columns(std::size_t(X.cols())),
      m_order(m_samples),
      m_orderScratch(m_samples),
      m_goesLeft((m_samples + 31) / 32)
{
    std::iota(m_order.begin(), m_order.end(), std::uint32_t(0));
    parallelFor(features(), [&](std::size_t feature) {
        m_columns[feature] = sortedColumn(X.col(Eigen::Index(feature)).data(), m_samples);
    });
}

void PresortedColumns::beginSplit(SampleRange range, std::size_t feature, std::size_t left)
{
    const SortedValue* values = column(feature, range);
    for (std::size_t i = 0; i < range.size(); ++i)
        kernels::setBit(m_goesLeft.data(), values[i].sample, i < left);

    std::uint32_t* order = &m_order[range.begin];
    std::size_t l = 0;
    std::size_t r = 0;
    for (std::size_t i = 0; i < range.size(); ++i) {
        const std::uint32_t sample = order[i];
        const std::uint32_t goesLeft = kernels::bitOf(m_goesLeft.data(), sample);
        order[l] = sample;
        m_orderScratch[r] = sample;
        l += goesLeft;
        r += 1 - goesLeft;
    }
    std::copy_n(m_orderScratch.begin(), r, order + l);
}

void PresortedColumns::splitColumn(SampleRange range, std::size_t feature, SortedValue* scratch)
{
    kernels::modelariumPartColumn(&m_columns[feature][range.begin], range.size(), m_goesLeft.data(), scratch);
}

} // namespace modelarium
