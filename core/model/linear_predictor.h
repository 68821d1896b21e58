#pragma once

#include "core/model/predictor.h"

#include <vector>

namespace modelarium {

/// Predicts with Linear: one dot product an output, then the link.
///
/// The eight partial sums of a dot product are added in one fixed order, so that a row alone and a row in a batch,
/// on any instruction set, give the same bits. A sum that leaves the range of double is taken again in extended
/// range, and a value limited to the largest double: the answer to finite features is never infinite or NaN.
class LinearPredictor final : public Predictor {
public:
    explicit LinearPredictor(const Linear& parameters);
    void predictRow(const double* x, double* out) const noexcept override;
    void predictBlock(const Eigen::Ref<const Matrix>& X, Eigen::Ref<Matrix> out) const override;
    /// Reads the columns where they lie.
    void predictInto(const ColumnView& X, Eigen::Ref<Matrix> out) const override;

private:
    template <class Score, class Cell> void predictScored(const Score& score, const Cell& cell, Eigen::Ref<Matrix> out) const;
    double score(const double* x, std::size_t output) const noexcept;
    long double wideScore(const double* x, std::size_t output) const noexcept;
    void predictFarRow(const double* x, double* out) const noexcept;

    std::vector<double> m_W;            // row by row: the weights of one output are contiguous
    std::vector<double> m_b;
    Link m_link;
};

} // namespace modelarium
