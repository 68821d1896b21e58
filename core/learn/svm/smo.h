#pragma once

#include "core/learn/svm/kernel_row_cache.h"

#include <vector>

namespace modelarium {

/// The two ends of a variable of a support vector problem, and what a sample asks for on either side of 0.
///
/// Shape    all (samples): classification: 0 .. C or -C .. 0, below = above = +1 or -1;
///          regression: -C .. C, below = y + epsilon, above = y - epsilon
struct SmoVariables {
    Vector lower;
    Vector upper;
    Vector below;
    Vector above;
};

struct SmoSettings {
    double tolerance = 1e-3;
    std::size_t cacheBytes = std::size_t(1) << 30;
};

/// One support vector problem in training: sequential minimal optimisation, a working set of samples a step.
///
/// Each step takes the samples that violate the optimality conditions most, or are nearest to it; moves pairs of them (second-order
/// choice) until they violate little, all others held; and then brings the scores of all samples up to date at once, with one row of the
/// kernel matrix for each sample that moved. The working set holds the samples that are free, that is strictly between their ends,
/// and some more: near the optimum only those move, each of them often, and what is far from moving is not looked at. Pairs are moved in the
/// near caches, among a few hundred or thousand samples; the whole kernel matrix is touched once a step, and only a part of it is kept.
///
/// Math     minimises 1/2 beta' K beta + sum h_i(beta_i), sum beta_i = 0 (h_i: see WorkingSet); for classification beta_i = y_i alpha_i
///          and this is LIBSVM's dual. Done where the most violating pair violates by no more than the tolerance, as LIBSVM:
///          max (y_i - score_i) over those that can go up - min over those that can go down
/// Cost     O(working set) a pair, O(moved samples * samples) a step, plus O(samples * features) for each row that is not kept;
///          memory: see KernelRowCache
/// Source   J. Platt, Advances in Kernel Methods, 1998; R.-E. Fan, P.-H. Chen, C.-J. Lin, J. Mach. Learn. Res. 6, 2005;
///          T. Joachims, Advances in Kernel Methods, 1998 (working sets)
class SmoProblem {
public:
    SmoProblem(const Matrix& X, std::vector<Eigen::Index> samples, SmoVariables variables, const kernels::KernelFunction& kernel,
               const SmoSettings& settings);

    void step();
    bool hasConverged() const { return m_gap <= m_settings.tolerance; }
    /// Rounding leaves nothing to gain although the tolerance is not reached.
    bool isStuck() const { return m_stuck; }
    bool isFinished() const { return hasConverged() || m_stuck; }

    const std::vector<Eigen::Index>& samples() const { return m_samples; }
    const Vector& beta() const { return m_beta; }
    /// What is added to the scores: where the free samples have what they ask for, on average.
    double intercept() const { return m_intercept; }
    auto scores() const { return Eigen::Map<const Vector>(m_score.data(), Eigen::Index(m_samples.size())); }
    double violation() const { return m_gap; }
    /// The dual objective that is minimised.
    double objective() const;
    /// What the boundary or curve costs as it stands; nowhere below -objective(), and equal to it at the optimum.
    ///
    /// Math     1/2 beta' K beta + sum [upper_i max(0, above_i - f_i) - lower_i max(0, f_i - below_i)], f = score + intercept
    double primalObjective() const;
    std::size_t moves() const { return m_moves; }
    std::size_t rowsComputed() const { return m_rows.rowsComputed(); }

private:
    void chooseWorkingSet();
    void layOutWorkingSet();
    std::size_t mostMoves() const;
    std::vector<WeightChange> moveInside();
    void measure();

    std::vector<Eigen::Index> m_samples;            // rows of X
    SmoVariables m_variables;
    SmoSettings m_settings;
    std::size_t m_mostMoved;                        // samples a step: fewer where the rows are long, so that a step stays short
    KernelRowCache m_rows;
    Vector m_diagonal;
    Vector m_beta;
    Buffer<double> m_score;                         // padded
    Vector m_up;
    Vector m_down;
    std::vector<Eigen::Index> m_working;            // ascending
    std::size_t m_workingSize = 0;                  // padded
    std::vector<double> m_workingX;                 // what their kernel rows are computed from: one of the two
    std::vector<float> m_workingSingle;
    Buffer<float> m_workingRows;
    std::vector<std::int32_t> m_workingRowOf;
    std::vector<std::int32_t> m_workingSample;
    std::size_t m_workingRowsUsed = 0;
    bool m_singlePrecision = true;                  // of what can be gained inside a working set, as long as that is exact enough
    double m_highest = 0;
    double m_lowest = 0;
    double m_gap = 0;
    double m_intercept = 0;
    std::size_t m_free = 0;                         // samples strictly between their ends
    std::size_t m_moves = 0;
    std::size_t m_steps = 0;
    bool m_stuck = false;
};

} // namespace modelarium
