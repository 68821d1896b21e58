#pragma once

#include "app/charts/curve_chart.h"
#include "app/jobs/training_folds.h"

#include <memory>

namespace modelarium {

/// The tries of a random search: of one hyperparameter as a curve of scores over its values, of two as points whose colour is the score.
/// The best one is a star; a press on one takes it.
class DrawsView : public CurveChart {
    Q_OBJECT

public:
    explicit DrawsView(QWidget* parent = nullptr);

    void setDraws(const std::shared_ptr<const SearchTries>& draws, const LearnerInfo& learner);
    /// The try whose values are chosen now; empty: none of these.
    void markChosen(const HyperparameterValues& now);

private:
    void drawCurve(const LearnerInfo& learner);
    void drawPlane(const LearnerInfo& learner);
    QString nameOf(const LearnerInfo& learner, std::size_t candidate) const;

    std::shared_ptr<const SearchTries> m_draws;
};

} // namespace modelarium
