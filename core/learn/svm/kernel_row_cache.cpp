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

std::size_t padded(std::size_t count) { return (count + kernelRowStep - 1) / kernelRowStep * kernelRowStep; }

} // namespace

KernelRowCache::KernelRowCache(const Matrix& X, const std::vector<Index>& samples, const kernels::KernelFunction& kernel,
                               std::size_t bytes)
    : m_kernel(kernel), m_samples(samples.size()), m_padded(padded(samples.size())), m_features(std::size_t(X.cols())),
      m_X(m_padded * m_features), m_rowsInSlab(std::max<std::size_t>(1, slabBytes / (m_padded * sizeof(float)))),
      m_capacity(std::min(m_samples, bytes / (m_padded * sizeof(float)))), m_slotOf(m_samples, -1), m_seen(m_samples, 0)
{
    for (std::size_t j = 0; j < m_features; ++j) {
        double* column = &m_X[j * m_padded];
        for (std::size_t i = 0; i < m_padded; ++i)
            column[i] = i < m_samples ? X(samples[i], Index(j)) : 0;
    }
    // By products the exponent loses some 1e-15 of the larger square: less than a float shows, up to here.
    constexpr double farthest = 1e7;
    double longest = 0;
    for (const Index i : samples)
        longest = std::max(longest, X.row(i).squaredNorm());
    if (kernel.gamma * longest <= farthest)
        m_distance = kernels::Distance::ByProducts;
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
        constexpr std::uint32_t lately = 8;
        const auto find = [&](std::uint32_t patience) {
            for (std::size_t seen = 0; seen < m_capacity; ++seen, m_hand = (m_hand + 1) % m_capacity)
                if (m_time - m_lastUse[m_hand] > patience)
                    return true;
            return false;
        };
        if (!find(lately) && !find(0))              // once round without finding one: be content with less
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
    m_changedX.resize(changes.size() * m_features);
    std::vector<Row> rows;
    for (std::size_t r = 0; r < changes.size(); ++r) {
        const auto sample = std::size_t(changes[r].sample);
        double* x = &m_changedX[r * m_features];
        for (std::size_t j = 0; j < m_features; ++j)
            x[j] = m_X[j * m_padded + sample];
        const bool known = m_slotOf[sample] >= 0;
        if (known)
            m_lastUse[std::size_t(m_slotOf[sample])] = m_time;
        rows.push_back({x, known ? slot(std::size_t(m_slotOf[sample])) : nullptr, known, changes[r].change});
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

void KernelRowCache::addBlock(const std::vector<Row>& rows, std::size_t first, std::size_t count, double* score) const
{
    constexpr std::size_t together = 8;
    alignas(64) float scratch[together][blockSamples];
    const float* values[together];
    double changes[together];
    const double* missing[together];
    float* places[together];
    for (std::size_t r = 0; r < rows.size(); r += together) {
        const std::size_t end = std::min(together, rows.size() - r);
        std::size_t unknown = 0;
        for (std::size_t k = 0; k < end; ++k) {
            const Row& row = rows[r + k];
            float* place = row.slot ? row.slot + first : scratch[k];
            values[k] = place;
            changes[k] = row.change;
            if (row.known)
                continue;
            missing[unknown] = row.x;
            places[unknown++] = place;
        }
        kernels::modelariumKernelRows(&m_kernel, m_distance, &m_X[first], m_padded, count, m_features, missing, unknown, places);
        kernels::modelariumAddKernelRows(values, changes, end, count, score);
    }
}

void KernelRowCache::addTo(Buffer<double>& score, const std::vector<WeightChange>& changes)
{
    const std::vector<Row> rows = rowsFor(changes);
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

void KernelRowCache::copySamples(const std::vector<Index>& wanted, std::size_t size, double* X) const
{
    for (std::size_t j = 0; j < m_features; ++j) {
        const double* column = &m_X[j * m_padded];
        for (std::size_t i = 0; i < size; ++i)
            X[j * size + i] = i < wanted.size() ? column[std::size_t(wanted[i])] : 0;
    }
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
