#pragma once

#include "app/document/experiment.h"
#include "app/pages/section.h"
#include "app/widgets/look.h"
#include "core/evaluate/curves.h"

#include <optional>
#include <vector>

class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QPushButton;

namespace modelarium {

class CurveChart;

/// How well the probabilities rank the rows of a class, and whether they mean what they say: ROC, precision and recall, calibration.
///
/// For two classes the threshold can be dragged along the curve. It is a choice like any other, and stays in the frozen model.
class CurvesPart : public Section {
    Q_OBJECT

public:
    explicit CurvesPart(Experiment& experiment, QWidget* parent = nullptr);

    void setLook(const Look& look);
    /// `test`: the rows are those that were kept back, and who chooses a threshold by them spends them.
    void show(const EvaluationPtr& evaluation, const std::vector<std::size_t>& rows, bool test);

private:
    enum View { RocView, PrecisionView, CalibrationView };

    QWidget* makeThreshold();
    void fillClasses(const Model& model);
    void takeScores();
    void redraw();
    bool claimsNothing() const;
    void showRoc();
    void showPrecision();
    void showCalibration();
    void showThreshold();
    void place();
    void dragMarker(QPointF to, bool released);
    void stepMarker(int direction);
    void choose(double threshold, bool finished);
    double threshold() const;
    std::size_t nearestPoint(QPointF to) const;
    double thresholdAt(std::size_t point) const;

    Experiment& m_experiment;
    QComboBox* m_view;
    QComboBox* m_class;
    CurveChart* m_chart;
    QLabel* m_sentence;
    QWidget* m_thresholdPart = nullptr;
    QDoubleSpinBox* m_threshold = nullptr;
    QPushButton* m_reset = nullptr;
    QLabel* m_counts = nullptr;

    EvaluationPtr m_evaluation;
    std::vector<std::size_t> m_rows;                        ///< that are looked at
    bool m_test = false;                                    ///< and whether they were kept back
    Vector m_truth;
    Vector m_score;
    std::size_t m_every = 1;                                ///< one row of so many is on the curve
    std::vector<double> m_thresholds;                       ///< of the curve's points
    std::vector<QPointF> m_points;
    std::optional<double> m_dragged;
};

/// The shortest number that calls the same rows positive as `threshold` does: above `below`, and not above `threshold`.
double roundThreshold(double threshold, double below);

} // namespace modelarium
