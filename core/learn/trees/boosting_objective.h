#pragma once

#include "core/base/buffer.h"
#include "core/data/dataset.h"
#include "core/kernels/boosting.h"

#include <vector>

namespace modelarium {

/// What one whole unit of the cells is worth.
struct CellUnits {
    double gradient = 1;
    double hessian = 1;
    unsigned countBits = 0;
};

/// How many bits the largest derivatives of samples fill in their cells, and how many hold the count.
struct CellBits {
    int gradient = 0;
    int hessian = 0;
    int count = 0;
};

/// Over all samples gradients and hessians each sum up to less than 2^50, hessians with the count below them to less than 2^62.
CellBits cellBits(std::size_t samples, bool packed);

/// The cells of all samples, and the units that they are in. Cells that are packed are rounded to few bits.
struct BoostingCells {
    CellUnits units;
    const double* gradient = nullptr;               ///< what was rounded, of each sample: the objective's, until its next refresh()
    const double* hessian = nullptr;
    CellUnits fineUnits;                            ///< for sums of these, without a count: the largest over all samples is below 2^50
    Buffer<kernels::BoostingCell> whole;
    Buffer<kernels::PackedBoostingCell> packed;     ///< empty where `whole` is not

    std::size_t size() const { return whole.size() + packed.size(); }
};

/// The scores of samples while trees are added to them, and how the loss changes with each score.
///
/// Math     regression: loss = mean (y - z)^2, gradient z - y, hessian 1 (those of half the square); classes: loss = -mean log P(true
///          class). Scores begin at the mean, at log(p / (1 - p)), or at log(share of class k) less the mean of these logarithms
/// Shape    scores: 1 for regression and two classes, else one a class
/// Random   nothing; sums in the order of blocks
class BoostingObjective {
public:
    BoostingObjective(const Dataset& data, Vector base);

    /// The constant scores with the smallest loss.
    static Vector bestConstant(const Dataset& data);

    std::size_t samples() const { return std::size_t(m_y.size()); }
    double* scores(std::size_t score) { return m_scores.col(Eigen::Index(score)).data(); }

    /// Takes the loss and its derivatives anew.
    double refresh();

    /// The derivatives by one score, scaled so that the largest uses all bits and no sum over samples overflows.
    ///
    /// Those of many samples are packed where a usual derivative is large beside the unit: equal derivatives are all rounded the same
    /// way, which no sum evens out, and a single large one makes the unit coarse for all.
    void fillCells(std::size_t score, BoostingCells& cells) const;

private:
    void refreshBlock(std::size_t first, std::size_t count, kernels::BoostingSums& sums);
    CellUnits unitsOf(const CellBits& bits) const;
    bool fillPacked(BoostingCells& cells) const;

    Vector m_y;
    std::size_t m_classes;
    Matrix m_scores;
    Matrix m_gradient;
    Matrix m_hessian;
    double m_largestGradient = 0;
    double m_largestHessian = 0;
};

} // namespace modelarium
