#pragma once

#include "app/document/experiment.h"
#include "app/jobs/learning_curve_job.h"
#include "app/pages/section.h"
#include "app/widgets/look.h"

class QLabel;
class QProgressBar;
class QPushButton;

namespace modelarium {

class CurveChart;

/// What more rows would bring: the score on growing shares of the training rows, judged by folds among them. The test rows stay out of it.
class LearningCurvePart : public Section {
    Q_OBJECT

public:
    explicit LearningCurvePart(Experiment& experiment, QWidget* parent = nullptr);

    void setLook(const Look& look);

private:
    void start();
    void follow();
    void show(const CurvePoints& points);

    Experiment& m_experiment;
    LearningCurveJob m_job;
    QPushButton* m_start;
    QPushButton* m_cancel;
    QProgressBar* m_progress;
    CurveChart* m_chart;
    QLabel* m_sentence;
    Setup m_setup;                                          ///< what the curve on show is about
    bool m_hasCurve = false;
};

} // namespace modelarium
