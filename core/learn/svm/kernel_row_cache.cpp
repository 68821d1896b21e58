#include "core/learn/svm/kernel_row_cache.h"

#include "core/base/parallel.h"

#include <algorithm>

namespace modelarium {

using kernels::kernelRowStep;

namespace {

constexpr std::size_t slabBytes = std::size_t(8) << 20;

std::size_t padded(std::size_t count) { return (count + kernelRowStep - 1) / kernelRowStep * kernelRowStep; }

} // namespace

KernelRowCache::KernelRowCache(const Matrix& X, const std::vector<Eigen::Index>& samples, const kernels::KernelFunction& kernel,
                               std::size_t bytes, std::size_t rowsAtOnce)
    : m_kernel(kernel), m_samples(samples.size()), m_padded(padded(samples.size())), m_features(std::size_t(X.cols())),
      m_X(m_padded * m_features), m_rowsInSlab(std::max<std::size_t>(1, slabBytes / (m_padded * sizeof(float)))),
      m_capacity(std::min(m_samples, std::max(rowsAtOnce, bytes / (m_padded * sizeof(float))))), m_slotOf(m_samples, -1)
{
    for (std::size_t j = 0; j < m_features; ++j) {
        double* column = &m_X[j * m_padded];
        for (std::size_t i = 0; i < m_padded; ++i)
            column[i] = i < m_samples ? X(samples[i], Eigen::Index(j)) : 0;
    }
}

double KernelRowCache::bytesNeeded(std::size_t samples, std::size_t features, std::size_t rowsAtOnce)
{
    return double(samples) * (8.0 * double(features) + 4.0 * double(std::min(samples, rowsAtOnce)));
}

float* KernelRowCache::slot(std::size_t index)
{
    return &m_slabs[index / m_rowsInSlab][index % m_rowsInSlab * m_padded];
}

/// A free slot, or that of a row that nobody has asked for lately: the hand goes round, as a clock's.
std::size_t KernelRowCache::slotFor(Eigen::Index sample)
{
    std::size_t index = m_sampleIn.size();
    if (index < m_capacity) {
        if (index / m_rowsInSlab == m_slabs.size())
            m_slabs.emplace_back(std::min(m_rowsInSlab, m_capacity - index) * m_padded);
        m_sampleIn.push_back(std::int32_t(sample));
        m_lastUse.push_back(m_time);
    } else {
        constexpr std::uint32_t lately = 8;
        std::uint32_t patience = lately;
        for (std::size_t seen = 0;; ++seen, m_hand = (m_hand + 1) % m_capacity) {
            if (seen == m_capacity) {               // once round without finding one: be content with less
                seen = 0;
                patience /= 2;
            }
            if (m_time - m_lastUse[m_hand] > patience)
                break;
        }
        index = m_hand;
        m_slotOf[std::size_t(m_sampleIn[index])] = -1;
        m_sampleIn[index] = std::int32_t(sample);
        m_lastUse[index] = m_time;
    }
    m_slotOf[std::size_t(sample)] = std::int32_t(index);
    return index;
}

void KernelRowCache::fetch(const std::vector<Eigen::Index>& wanted, std::vector<const float*>& rows)
{
    ++m_time;
    for (const Eigen::Index sample : wanted)
        if (m_slotOf[std::size_t(sample)] >= 0)
            m_lastUse[std::size_t(m_slotOf[std::size_t(sample)])] = m_time;
    std::vector<std::pair<Eigen::Index, float*>> missing;
    for (const Eigen::Index sample : wanted)
        if (m_slotOf[std::size_t(sample)] < 0)
            missing.emplace_back(sample, slot(slotFor(sample)));
    m_computed += missing.size();

    // A block of samples stays in the second cache while some rows pass over it.
    constexpr std::size_t blockSamples = 2048, rowsInTask = 16;
    const std::size_t tasks = (missing.size() + rowsInTask - 1) / rowsInTask;
    parallelFor(tasks, [&](std::size_t task) {
        std::vector<double> x(m_features);
        const std::size_t end = std::min(missing.size(), (task + 1) * rowsInTask);
        for (std::size_t first = 0; first < m_padded; first += blockSamples) {
            for (std::size_t r = task * rowsInTask; r < end; ++r) {
                copySample(missing[r].first, x.data());
                kernels::modelariumKernelRow(&m_kernel, &m_X[first], m_padded, std::min(blockSamples, m_padded - first), m_features,
                                             x.data(), missing[r].second + first);
            }
        }
    });
    rows.clear();
    for (const Eigen::Index sample : wanted)
        rows.push_back(slot(std::size_t(m_slotOf[std::size_t(sample)])));
}

void KernelRowCache::block(const std::vector<Eigen::Index>& wanted, std::size_t size, float* K) const
{
    std::vector<double> X(size * m_features), x(m_features);
    for (std::size_t i = 0; i < wanted.size(); ++i)
        for (std::size_t j = 0; j < m_features; ++j)
            X[j * size + i] = m_X[j * m_padded + std::size_t(wanted[i])];
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        copySample(wanted[i], x.data());
        kernels::modelariumKernelRow(&m_kernel, X.data(), size, size, m_features, x.data(), K + i * size);
    }
}

Vector KernelRowCache::diagonal() const
{
    Vector result{Eigen::Index(m_samples)};
    std::vector<double> X(kernelRowStep * m_features), x(m_features);
    float row[kernelRowStep];
    for (std::size_t i = 0; i < m_samples; ++i) {
        copySample(Eigen::Index(i), x.data());
        if (m_kernel.kind == kernels::KernelFunction::Rbf) {
            result[Eigen::Index(i)] = 1;
            continue;
        }
        for (std::size_t j = 0; j < m_features; ++j)
            X[j * kernelRowStep] = x[j];
        kernels::modelariumKernelRow(&m_kernel, X.data(), kernelRowStep, kernelRowStep, m_features, x.data(), row);
        result[Eigen::Index(i)] = double(row[0]);
    }
    return result;
}

void KernelRowCache::copySample(Eigen::Index sample, double* x) const
{
    for (std::size_t j = 0; j < m_features; ++j)
        x[j] = m_X[j * m_padded + std::size_t(sample)];
}

} // namespace modelarium
