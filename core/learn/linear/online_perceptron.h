#pragma once

#include "core/learn/online.h"

namespace modelarium {

/// The perceptron row by row: a row on the wrong side of a boundary moves it, and is not seen again.
///
/// Math     for s = +1 (the class) or -1 (the others): if s (w x + b) <= 0 then w += rate s x, b += rate s: one epoch of perceptron.h,
///          the rows as they come. The loss shown is the mean over rows and boundaries of max(0, -s (w x + b)), each before its step
/// Shape    features -> Linear {W (1 or classes, n_features), b}, Link::Hard
/// Cost     O(boundaries * n_features) a row
/// Errors   Diverged where the scores leave the range of numbers
/// Source   F. Rosenblatt, Psychological Review 65(6), 1958
class OnlinePerceptron final : public OnlineRun {
public:
    OnlinePerceptron(OnlineShape shape, double learningRate);
    Parameters freeze() const override { return Linear{m_W, m_b, Link::Hard}; }

protected:
    void predictRow(const double* x, double* out) const override;
    Result<void> learnRow(const double* x, double y) override;
    double loss() const override { return rows() ? m_losses / (double(rows()) * double(m_b.size())) : 0; }
    void saveState(OnlineState& state) const override;
    bool takeState(const OnlineState& state) override;

private:
    double score(const double* x, Eigen::Index boundary) const;

    double m_rate;
    Matrix m_W;                                     ///< (boundaries, n_features)
    Vector m_b;
    double m_losses = 0;
};

} // namespace modelarium
