#pragma once

#include "core/base/buffer.h"
#include "core/base/matrix.h"
#include "core/kernels/kernel_rows.h"

#include <cstdint>
#include <vector>

namespace modelarium {

/// Rows of the kernel matrix of a set of samples, computed when they are first asked for, and kept while there is room.
///
/// Shape    a row has paddedSamples() floats; past the samples it holds the kernel of the origin
/// Cost     O(samples * features) a new row, several rows in parallel; no more memory than it was given, a slab at a time
class KernelRowCache {
public:
    KernelRowCache(const Matrix& X, const std::vector<Eigen::Index>& samples, const kernels::KernelFunction& kernel, std::size_t bytes,
                   std::size_t rowsAtOnce);

    /// The rows of the samples asked for, all at once: at most `rowsAtOnce`. They stay where they are until the next call.
    void fetch(const std::vector<Eigen::Index>& wanted, std::vector<const float*>& rows);

    /// K of the samples asked for among themselves, row by row in `size` columns; `size` is a multiple of kernelRowStep. It has
    /// the bits of the rows, without computing them.
    void block(const std::vector<Eigen::Index>& wanted, std::size_t size, float* K) const;

    /// K of each sample with itself.
    Vector diagonal() const;

    std::size_t samples() const { return m_samples; }
    std::size_t paddedSamples() const { return m_padded; }
    std::size_t rowsComputed() const { return m_computed; }
    /// Features of one sample in double, for whoever needs more digits than a row keeps.
    void copySample(Eigen::Index sample, double* x) const;

    /// What a problem of this size needs at the least.
    static double bytesNeeded(std::size_t samples, std::size_t features, std::size_t rowsAtOnce);

private:
    std::size_t slotFor(Eigen::Index sample);
    float* slot(std::size_t index);

    kernels::KernelFunction m_kernel;
    std::size_t m_samples;
    std::size_t m_padded;
    std::size_t m_features;
    Buffer<double> m_X;                             // feature by feature, padded
    std::vector<Buffer<float>> m_slabs;
    std::size_t m_rowsInSlab;
    std::size_t m_capacity;                         // in rows
    std::vector<std::int32_t> m_slotOf;             // of each sample; -1 where its row is not kept
    std::vector<std::int32_t> m_sampleIn;           // of each slot in use
    std::vector<std::uint32_t> m_lastUse;           // of each slot in use
    std::size_t m_hand = 0;                         // where the search for a slot to give away goes on
    std::uint32_t m_time = 0;
    std::size_t m_computed = 0;
};

} // namespace modelarium
