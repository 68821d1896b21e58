#pragma once

#include "core/kernels/kernel_prediction.h"
#include "core/model/predictor.h"

#include <vector>

namespace modelarium {

/// f_kl(x) of a KernelExpansion for each two classes, in their order; f(x) alone for a regression. In plain double.
Vector kernelScores(const KernelExpansion& parameters, const double* x);

/// K(x, s) of a KernelExpansion.
double kernelValue(const KernelExpansion& parameters, const double* x, Eigen::Index vector);

/// Predicts with KernelExpansion, in double, the vectors in the lanes; the same bits for a row and for a batch on every
/// instruction set.
///
/// A row so far out that a sum could leave the range of double is taken through extended range, each sum limited to the
/// largest double: the answer to finite features is never infinite or NaN.
class KernelPredictor final : public Predictor {
public:
    explicit KernelPredictor(const KernelExpansion& parameters);
    void predictRow(const double* x, double* out) const noexcept override;
    void predictBlock(const Eigen::Ref<const Matrix>& X, Eigen::Ref<Matrix> out) const override;
    /// For RBF, unless there are probabilities: those are not reckoned from sums that are a little off.
    std::unique_ptr<const GridAnswers> onGrid(const SeparableGrid& grid) const override;

private:
    void layOut();
    bool staysFinite(double largestFeature) const;
    bool isFar(const double* x) const noexcept;
    void farSums(const double* x, double* sums) const noexcept;
    void nearSums(const double* x, std::size_t samples, double* sums) const noexcept;
    void answer(const double* sums, double* out) const noexcept;
    double score(const double* sums, std::size_t k, std::size_t l) const noexcept { return sums[k * m_view.rows + l - 1] + sums[l * m_view.rows + k]; }
    void vote(const double* sums, double* out) const noexcept;
    template <std::size_t most> void giveProbabilities(const double* sums, double* out) const noexcept;
    template <std::size_t most> void predictWith(const double* x, double* out) const noexcept;

    KernelExpansion m_expansion;
    Vector m_vectors;                               // feature by feature, padded class by class
    Vector m_coefficients;
    kernels::KernelVectors m_view{};
    std::vector<std::size_t> m_first;               // where the vectors of each class begin, and where the last ends
    std::size_t m_sums = 1;                         // of one sample: of every class, one a row of coefficients
    double m_nearest = 0;                           // features up to this size cannot overflow any sum; without bound for RBF
};

} // namespace modelarium
