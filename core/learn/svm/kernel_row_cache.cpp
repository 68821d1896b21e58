#include "core/learn/svm/kernel_row_cache.h"

#include "core/base/parallel.h"

#include <algorithm>

namespace modelarium {

using kernels::kernelRowStep;

namespace {

using Eigen::Index;

constexpr std::size_t slabBytes = std::size_t(8) << 20;

/// Samples worked on at once: their features, and the rows of a few samples among them, stay in the nearest caches.
constexpr std::size_t blockSamples = 512;
/// Rows that are added at once.
constexpr std::size_t together = 8;

/// How many calls ago a row was last asked for that gives its place away first.
constexpr std::uint32_t lately = 8;

/// How many features make a row worth the memory that it is kept in.
constexpr std::size_t manyFeatures = 24;
/// What rows of fewer may fill: the near caches.
constexpr std::size_t nearBytes = std::size_t(16) << 20;

std::size_t padded(std::size_t count) { return (count + kernelRowStep - 1) / kernelRowStep * kernelRowStep; }

} // namespace

KernelRowCache::KernelRowCache(const Matrix& X, const std::vector<Index>& samples, const kernels::KernelFunction& kernel,
                               std::size_t bytes)
    : m_kernel(kernel), m_samples(samples.size()), m_padded(padded(samples.size())), m_features(std::size_t(X.cols())),
      m_rowsInSlab(std::max<std::size_t>(1, slabBytes / (m_padded * sizeof(float)))), m_slotOf(m_samples, -1), m_seen(m_samples, 0)
{
    if (m_features < manyFeatures)
        bytes = std::min(bytes, nearBytes);
    m_capacity = std::min(m_samples, bytes / (m_padded * sizeof(float)));
    if (kernel.kind == kernels::KernelFunction::Rbf)
        chooseDistance(X, samples);
    if (m_distance == kernels::Distance::InSingle)
        return;
    m_X.resize(m_padded * m_features);
    for (std::size_t j = 0; j < m_features; ++j) {
        double* column = &m_X[j * m_padded];
        for (std::size_t i = 0; i < m_padded; ++i)
            column[i] = i < m_samples ? X(samples[i], Index(j)) : 0;
    }
}

/// The fastest way that is exact enough. The distances do not depend on where the origin is, so single precision measures from the centre.
void KernelRowCache::chooseDistance(const Matrix& X, const std::vector<Index>& samples)
{
    // By products the exponent loses some 1e-15 of the larger square: less than a float shows, up to here. In single precision it loses
    // some 1e-7 of it.
    constexpr double farthest = 1e7, farthestInSingle = 8;
    Eigen::RowVectorXd centre = Eigen::RowVectorXd::Zero(X.cols());
    for (const Index i : samples)
        centre += X.row(i);
    centre /= double(std::max<std::size_t>(m_samples, 1));
    double longest = 0, longestFromCentre = 0;
    for (const Index i : samples) {
        longest = std::max(longest, X.row(i).squaredNorm());
        longestFromCentre = std::max(longestFromCentre, (X.row(i) - centre).squaredNorm());
    }
    if (m_kernel.gamma * longest <= farthest)
        m_distance = kernels::Distance::ByProducts;
    if (!(m_kernel.gamma * longestFromCentre <= farthestInSingle))
        return;
    m_distance = kernels::Distance::InSingle;
    m_single.resize(m_padded * (m_features + 1));
    const double unit = std::sqrt(m_kernel.gamma);
    for (std::size_t j = 0; j < m_features; ++j) {
        float* column = &m_single[j * m_padded];
        for (std::size_t i = 0; i < m_padded; ++i)
            column[i] = i < m_samples ? float((X(samples[i], Index(j)) - centre[Index(j)]) * unit) : 0;
    }
    kernels::modelariumHalfLengths(m_single.data(), m_padded, m_padded, m_features, &m_single[m_features * m_padded]);
}

/// A free slot, or that of a row that nobody has asked for lately: the hand goes round, as a clock's. Null where every kept row is in
/// use.
float* KernelRowCache::newSlot(Index sample)
{
    std::size_t index = m_sampleIn.size();
    if (index < m_capacity) {
        if (index / m_rowsInSlab == m_slabs.size())
            m_slabs.emplace_back(std::min(m_rowsInSlab, m_capacity - index) * m_padded);
        m_sampleIn.push_back(std::int32_t(sample));
        m_lastUse.push_back(m_time);
    } else {
        const auto findUnused = [&] {
            for (std::size_t seen = 0; seen < m_capacity; ++seen, m_hand = (m_hand + 1) % m_capacity)
                if (m_time - m_lastUse[m_hand] > *m_patience)
                    return true;
            return false;
        };
        // Once round without finding one: be content with less, until the next rows are asked for.
        while (m_patience && !findUnused())
            m_patience = *m_patience > 0 ? std::optional<std::uint32_t>(0) : std::nullopt;
        if (!m_patience)
            return nullptr;
        index = m_hand;
        m_slotOf[std::size_t(m_sampleIn[index])] = -1;
        m_sampleIn[index] = std::int32_t(sample);
        m_lastUse[index] = m_time;
    }
    m_slotOf[std::size_t(sample)] = std::int32_t(index);
    return slot(index);
}

std::vector<KernelRowCache::Row> KernelRowCache::rowsFor(const std::vector<WeightChange>& changes)
{
    ++m_time;
    m_patience = lately;
    std::vector<Row> rows;
    for (const WeightChange& change : changes) {
        const std::int32_t index = m_slotOf[std::size_t(change.sample)];
        if (index >= 0)
            m_lastUse[std::size_t(index)] = m_time;
        rows.push_back({index >= 0 ? slot(std::size_t(index)) : nullptr, index >= 0, change.change});
    }
    for (std::size_t r = 0; r < changes.size(); ++r) {
        if (rows[r].known)
            continue;
        ++m_computed;
        char& seen = m_seen[std::size_t(changes[r].sample)];
        if (changes[r].keep || seen)
            rows[r].slot = newSlot(changes[r].sample);
        seen = 1;
    }
    return rows;
}

/// The features of the samples that have changed, sample by sample.
template <class Number>
void KernelRowCache::copyChanged(const std::vector<WeightChange>& changes, const Buffer<Number>& X, std::vector<Number>& to) const
{
    const std::size_t columns = X.size() / m_padded;
    to.resize(changes.size() * columns);
    for (std::size_t r = 0; r < changes.size(); ++r)
        for (std::size_t j = 0; j < columns; ++j)
            to[r * columns + j] = X[j * m_padded + std::size_t(changes[r].sample)];
}

/// The rows of some of the samples that have changed, at `count` samples.
void KernelRowCache::compute(const std::size_t* changed, float* const* places, std::size_t rows, std::size_t first, std::size_t count) const
{
    if (m_distance == kernels::Distance::InSingle) {
        const float* x[together];
        for (std::size_t r = 0; r < rows; ++r)
            x[r] = &m_changedSingle[changed[r] * (m_features + 1)];
        kernels::modelariumRbfRowsInSingle(&m_single[first], m_padded, count, m_features, x, rows, places);
    } else {
        const double* x[together];
        for (std::size_t r = 0; r < rows; ++r)
            x[r] = &m_changedX[changed[r] * m_features];
        kernels::modelariumKernelRows(&m_kernel, m_distance, &m_X[first], m_padded, count, m_features, x, rows, places);
    }
}

void KernelRowCache::addBlock(const std::vector<Row>& rows, std::size_t first, std::size_t count, double* score) const
{
    alignas(64) float scratch[together][blockSamples];
    const float* values[together];
    double weights[together];
    std::size_t missing[together];
    float* places[together];
    for (std::size_t r = 0; r < rows.size(); r += together) {
        const std::size_t end = std::min(together, rows.size() - r);
        std::size_t unknown = 0;
        for (std::size_t k = 0; k < end; ++k) {
            const Row& row = rows[r + k];
            float* place = row.slot ? row.slot + first : scratch[k];
            values[k] = place;
            weights[k] = row.weight;
            if (row.known)
                continue;
            missing[unknown] = r + k;
            places[unknown++] = place;
        }
        compute(missing, places, unknown, first, count);
        kernels::modelariumAddKernelRows(values, weights, end, count, score);
    }
}

void KernelRowCache::addTo(Buffer<double>& score, const std::vector<WeightChange>& changes)
{
    const std::vector<Row> rows = rowsFor(changes);
    if (m_distance == kernels::Distance::InSingle)
        copyChanged(changes, m_single, m_changedSingle);
    else
        copyChanged(changes, m_X, m_changedX);
    parallelFor((m_padded + blockSamples - 1) / blockSamples, [&](std::size_t block) {
        const std::size_t first = block * blockSamples;
        addBlock(rows, first, std::min(blockSamples, m_padded - first), &score[first]);
    });
}

const float* KernelRowCache::keptRow(Index sample) const
{
    const std::int32_t index = m_slotOf[std::size_t(sample)];
    return index < 0 ? nullptr : slot(std::size_t(index));
}

void KernelRowCache::copySamples(const std::vector<Index>& wanted, std::size_t size, std::vector<double>& X, std::vector<float>& single) const
{
    const auto copy = [&](const auto& from, auto& to) {
        const std::size_t columns = from.size() / m_padded;
        to.resize(columns * size);
        for (std::size_t j = 0; j < columns; ++j)
            for (std::size_t i = 0; i < size; ++i)
                to[j * size + i] = i < wanted.size() ? from[j * m_padded + std::size_t(wanted[i])] : 0;
    };
    copy(m_X, X);
    copy(m_single, single);
}

Vector KernelRowCache::diagonal() const
{
    if (m_kernel.kind == kernels::KernelFunction::Rbf)
        return Vector::Ones(Index(m_samples));
    Vector result{Index(m_samples)};
    std::vector<double> X(kernelRowStep * m_features), x(m_features);
    float row[kernelRowStep];
    const double* from = x.data();
    float* to = row;
    for (std::size_t i = 0; i < m_samples; ++i) {
        for (std::size_t j = 0; j < m_features; ++j)
            X[j * kernelRowStep] = x[j] = m_X[j * m_padded + i];
        kernels::modelariumKernelRows(&m_kernel, m_distance, X.data(), kernelRowStep, kernelRowStep, m_features, &from, 1, &to);
        result[Index(i)] = double(row[0]);
    }
    return result;
}

} // namespace modelarium
