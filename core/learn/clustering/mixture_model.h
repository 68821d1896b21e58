#pragma once

#include "core/base/matrix.h"
#include "core/learn/linear/row_blocks.h"
#include "core/model/parameters.h"

#include <cstdint>
#include <vector>

namespace modelarium {

/// The two halves of expectation maximisation for a Gaussian mixture, on features that are centred and scaled once.
///
/// Shape    X (n_samples, n_features), responsibilities (n_samples, clusters): each row sums to 1
class MixtureModel {
public:
    MixtureModel(const Matrix& X, std::size_t clusters, bool full, double regCovar);

    /// All bells as wide as all samples, at these places.
    void spread(const Matrix& centres);
    /// Every sample wholly its cluster's.
    void setLabels(const std::vector<std::int32_t>& labels);
    /// M: weights, means and covariances from the responsibilities.
    void maximise();
    /// E: responsibilities from the bells; the mean log likelihood of the samples, in the units of X.
    double expect();

    /// In the units of X.
    Parameters parameters() const;
    /// Whether a covariance was singular and got the least spread that counts.
    bool isWidened() const { return m_widened; }

private:
    void learnMeans();
    void learnFullCovariances();
    void learnDiagonalCovariances();
    void logDensities(Eigen::Index first, Eigen::Index rows, Matrix& out) const;

    RowVector m_mean;                               // of X
    Vector m_scale;                                 // standard deviations of X; 1 where a feature is constant
    Matrix m_Z;                                     // (X - mean) / scale
    bool m_full;
    Vector m_regularisation;                        // reg_covar in units of Z
    RowBlocks m_blocks;
    Matrix m_responsibilities;
    Vector m_counts;
    Vector m_logWeight;
    Matrix m_means;                                 // in units of Z, as all below
    std::vector<Matrix> m_factors;                  // full: covariance_k = L L^T
    Matrix m_variances;                             // diagonal
    bool m_widened = false;
};

} // namespace modelarium
