#pragma once

#include "core/learn/online.h"

namespace modelarium {

/// Gaussian naive Bayes row by row: counts, means and sums of squares, which grow with each row and forget none.
///
/// Math     n += 1; d = x - mean; mean += d / n; M += d (x - mean), for the row's class and for all rows; variance = M / n, plus
///          var_smoothing times the largest variance of a feature over all rows: what all rows at once give, to rounding
/// Shape    features -> GaussianClasses; a class without rows has the curves of all rows and the smallest share
/// Cost     O(n_features) a row, O(classes * n_features) an answer
/// Source   B. P. Welford, Technometrics 4(3), 1962
class OnlineNaiveBayes final : public OnlineRun {
public:
    OnlineNaiveBayes(OnlineShape shape, double varSmoothing);
    Parameters freeze() const override { return classes(); }

protected:
    void predictRow(const double* x, double* out) const override;
    Result<void> learnRow(const double* x, double y) override;
    double loss() const override { return rows() ? m_losses / double(rows()) : 0; }
    void saveState(OnlineState& state) const override;
    bool takeState(const OnlineState& state) override;

private:
    GaussianClasses classes() const;

    double m_varSmoothing;
    Vector m_count;                                 ///< (classes + 1): of each class, then of all rows
    Matrix m_mean;                                  ///< (n_features, classes + 1)
    Matrix m_squares;                               ///< (n_features, classes + 1): about the mean
    Vector m_answer;
    double m_losses = 0;                            ///< -log P(y), each before its row was learned
};

} // namespace modelarium
