#pragma once

#include "app/document/experiment.h"
#include "app/jobs/background_job.h"
#include "app/pages/residual_values.h"
#include "app/pages/section.h"
#include "app/widgets/look.h"

#include <QTimer>

class QComboBox;
class QLabel;

namespace modelarium {

class CurveChart;

/// What a regression leaves over: against the fitted values, against the measured ones, against a normal distribution, and against how
/// far each row it learned from stands from the others.
/// Points that are chosen here are chosen in plot and table, and the other way round.
class ResidualsPart : public Section {
    Q_OBJECT

public:
    explicit ResidualsPart(Experiment& experiment, QWidget* parent = nullptr);

    void setLook(const Look& look);
    void show(const EvaluationPtr& evaluation, const std::vector<std::size_t>& rows, bool test);

private:
    enum View { FittedView, MeasuredView, NormalView, InfluenceView };

    void redraw();
    void showFitted();
    void showMeasured();
    void showNormal();
    void askForInfluence();
    void showInfluence(const ResidualDiagnostics& diagnostics);
    View view() const;

    Experiment& m_experiment;
    QComboBox* m_view;
    CurveChart* m_chart;
    QLabel* m_sentence;
    BackgroundJob m_job;
    QTimer m_late;                                          ///< leverages of the model before may stay this long
    EvaluationPtr m_evaluation;
    Residuals m_residuals;
    QString m_thinned;                                      ///< how many rows are left out of the picture; empty: none
    bool m_test = false;
};

} // namespace modelarium
