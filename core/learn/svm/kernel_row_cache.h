#pragma once

#include "core/base/buffer.h"
#include "core/base/matrix.h"
#include "core/kernels/kernel_rows.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace modelarium {

/// A sample whose weight has changed: what its row of the kernel matrix adds to the scores of all samples.
struct WeightChange {
    Eigen::Index sample;
    double change;
    bool keep;                                      ///< its row will be asked for again, as far as one can tell
};

/// The kernel matrix of a set of samples, row by row: a row is computed when it is asked for, and kept while there is room when it is
/// likely to be asked for again; one that is used once passes through the nearest cache and is never written to memory. Of samples with
/// few features, no more rows are kept than fit into the near caches: to compute one costs less than new memory, or far one, does.
///
/// Shape    a row has paddedSamples() floats; past the samples it holds the kernel of the origin
/// Cost     O(samples * features) a new row, blocks of samples in parallel; no more memory than it was given, a slab at a time
class KernelRowCache {
public:
    KernelRowCache(const Matrix& X, const std::vector<Eigen::Index>& samples, const kernels::KernelFunction& kernel, std::size_t bytes);

    /// score_i += sum over the changes, in their order, of change K(sample, i). The bits are the same whatever is kept.
    void addTo(Buffer<double>& score, const std::vector<WeightChange>& changes);

    /// What kernel rows among some samples are computed from, feature by feature, `size` apart; zeros past them. Of the two, the one that
    /// distance() asks for.
    void copySamples(const std::vector<Eigen::Index>& wanted, std::size_t size, std::vector<double>& X, std::vector<float>& single) const;

    /// The row of a sample where it is kept, otherwise null; until the next call of addTo.
    const float* keptRow(Eigen::Index sample) const;

    /// K of each sample with itself.
    Vector diagonal() const;

    const kernels::KernelFunction& kernel() const { return m_kernel; }
    kernels::Distance distance() const { return m_distance; }
    std::size_t features() const { return m_features; }
    std::size_t paddedSamples() const { return m_padded; }
    std::size_t rowsComputed() const { return m_computed; }

private:
    /// A row that is being added: kept already, computed into its slot, or into nothing that lasts.
    struct Row {
        float* slot;
        bool known;
        double weight;
    };

    void chooseDistance(const Matrix& X, const std::vector<Eigen::Index>& samples);
    std::vector<Row> rowsFor(const std::vector<WeightChange>& changes);
    template <class Number>
    void copyChanged(const std::vector<WeightChange>& changes, const Buffer<Number>& X, std::vector<Number>& to) const;
    void compute(const std::size_t* changed, float* const* places, std::size_t rows, std::size_t first, std::size_t count) const;
    void addBlock(const std::vector<Row>& rows, std::size_t first, std::size_t count, double* score) const;
    float* newSlot(Eigen::Index sample);
    float* slot(std::size_t index) { return &m_slabs[index / m_rowsInSlab][index % m_rowsInSlab * m_padded]; }
    const float* slot(std::size_t index) const { return &m_slabs[index / m_rowsInSlab][index % m_rowsInSlab * m_padded]; }

    kernels::KernelFunction m_kernel;
    kernels::Distance m_distance = kernels::Distance::ByDifferences;
    std::size_t m_samples;
    std::size_t m_padded;
    std::size_t m_features;
    Buffer<double> m_X;                             // feature by feature, padded; empty where sums are taken in single precision
    Buffer<float> m_single;                         // or rounded, about their centre and times sqrt(gamma), with half their squared lengths
    std::vector<double> m_changedX;                 // of the samples that have changed, sample by sample
    std::vector<float> m_changedSingle;
    std::vector<Buffer<float>> m_slabs;
    std::size_t m_rowsInSlab;
    std::size_t m_capacity = 0;                     // in rows
    std::vector<std::int32_t> m_slotOf;             // of each sample; -1 where its row is not kept
    std::vector<char> m_seen;                       // of each sample: its row has been asked for before
    std::vector<std::int32_t> m_sampleIn;           // of each slot in use
    std::vector<std::uint32_t> m_lastUse;           // of each slot in use
    std::size_t m_hand = 0;                         // where the search for a slot to give away goes on
    std::uint32_t m_time = 0;
    std::optional<std::uint32_t> m_patience;        // how long ago the last use must be of a row whose slot is given away; none: all are in use
    std::size_t m_computed = 0;
};

} // namespace modelarium
