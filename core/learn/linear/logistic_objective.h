#pragma once

#include "core/data/dataset.h"
#include "core/learn/linear/gradient_descent.h"

#include <memory>

namespace modelarium {

/// Solves with an approximation of the second derivatives of an objective.
class Curvature {
public:
    virtual ~Curvature() = default;
    virtual Vector solve(const Vector& gradient) const = 0;
};

/// The penalised log loss of linear scores, for two classes (one score) or several (one score a class), by the sample.
///
/// Math     f = 1/n [ sum_i -log P(y_i | x_i) + |W|^2 / (2 C) ]: scikit-learn's C sum log loss + |W|^2 / 2, divided by C n.
///          Intercepts are free of penalty; no penalty at all where C is infinite
/// Shape    theta ((n_features + 1) * scores): for each score w, then b. b belongs to centred features where `centred` is true:
///          the same function with better conditioned derivatives
/// Cost     evaluate O(n_samples * n_features * scores); hessian O(n_samples * (n_features * scores)^2)
class LogisticObjective final : public DescentObjective {
public:
    struct Evaluation {
        double loss = 0;
        double smallestMargin = 0;                  ///< > 0: every sample is on the right side of every boundary
        double hessianShare = 1;                    ///< the share of the rows that second derivatives, if asked for, were taken from
    };

    LogisticObjective(DatasetPtr data, double C, bool centred);

    Eigen::Index samples() const { return m_data->X().rows(); }
    Eigen::Index features() const { return m_data->X().cols(); }
    Eigen::Index scores() const { return m_scores; }
    Eigen::Index size() const override { return (features() + 1) * m_scores; }

    /// Units of the features: weights belong to x / scale.
    const Vector& featureScale() const { return m_scale; }

    double evaluate(const Vector& theta, Vector& gradient) const override { return at(theta, gradient).loss; }
    Parameters parameters(const Vector& theta) const override;

    Evaluation at(const Vector& theta, Vector& gradient) const;
    Evaluation withHessian(const Vector& theta, Vector& gradient, Matrix& hessian) const;
    /// The same with second derivatives that are good enough to solve with: of two classes and many rows a weight, from some evenly spread blocks of
    /// the rows. No row counts less than nothing, so that H >= hessianShare * hessian in every direction.
    Evaluation withSampledHessian(const Vector& theta, Vector& gradient, Matrix& hessian) const;

    /// What checkDataset says of the data as they were given.
    Result<void> checkCells() const { return checkDataset(*m_given); }

    /// Second derivatives that withHessian computed, ready to solve with.
    std::unique_ptr<const Curvature> curvatureOf(Matrix hessian) const;
    /// The exact second derivatives at theta = 0, which need only the Gram matrix of the features.
    std::unique_ptr<const Curvature> curvatureAtZero() const;

    /// Moves the weights of features that are constant in these rows into the intercepts: the scores stay the same, and what these rows cannot
    /// tell is left at 0.
    void dropConstantFeatures(Vector& theta) const;

    /// The same objective over every `every`-th run of rows, evenly spread over the data.
    std::unique_ptr<const LogisticObjective> sample(Eigen::Index every) const;

private:
    LogisticObjective(DatasetPtr data, const LogisticObjective& parent);

    void scaleExtremes();
    double addPenalty(const Vector& theta, Vector& gradient) const;
    Evaluation binary(const Vector& theta, Vector& gradient, Matrix* hessian, Eigen::Index hessianEvery = 1) const;
    Evaluation softmax(const Vector& theta, Vector& gradient, Matrix* hessian) const;
    Matrix softmaxHessian(const Matrix& probabilities) const;

    DatasetPtr m_given;
    DatasetPtr m_data;                              ///< in units of the features: a scaled copy where some have one
    Eigen::Index m_scores;
    Vector m_shift;
    Vector m_scale;                                 ///< of the features: 1, but for columns near the limits of double
    Vector m_penalty;                               ///< 1 / (C n scale^2), by feature
    double m_weight = 0;                            ///< 1 / (C n)
};

} // namespace modelarium
