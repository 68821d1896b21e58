#pragma once

#include "core/learn/online.h"

namespace modelarium {

/// Logistic regression row by row: one step down the slope of each row's loss, shorter for weights that have moved much already.
///
/// Math     g = (P(k) - [y = k]) x_j + w_kj / (C t) for row t (without penalty the first term alone); s_kj += g^2;
///          w_kj -= rate g / sqrt(s_kj): AdaGrad. The loss shown is the mean of -log P(y), each before its step
/// Shape    features -> Linear {W (1 or classes, n_features), b, Logistic or Softmax}
/// Cost     O(classes * n_features) a row
/// Errors   Diverged (names the learning rate)
/// Source   J. Duchi, E. Hazan, Y. Singer, J. Mach. Learn. Res. 12, 2011
class OnlineLogistic final : public OnlineRun {
public:
    /// `C` infinite: no penalty.
    OnlineLogistic(OnlineShape shape, double C, double learningRate);
    Parameters freeze() const override;

protected:
    void predictRow(const double* x, double* out) const override;
    Result<void> learnRow(const double* x, double y) override;
    double loss() const override { return rows() ? m_losses / double(rows()) : 0; }
    void saveState(OnlineState& state) const override;
    bool takeState(const OnlineState& state) override;

private:
    std::size_t scores() const { return outputs() == 2 ? 1 : outputs(); }

    double m_C;
    double m_rate;
    Vector m_weights;                               ///< a score after the other: the weights of the features, then the intercept
    Vector m_squares;
    Vector m_answer;
    double m_losses = 0;
};

} // namespace modelarium
