#pragma once

#include "app/jobs/background_job.h"
#include "app/jobs/evaluate_job.h"
#include "app/pages/section.h"
#include "core/evaluate/bootstrap.h"

#include <QTimer>

#include <map>
#include <memory>
#include <string>

class QLabel;
class QTableWidget;

namespace modelarium {

using MetricIntervals = std::map<std::string, MetricInterval>;

/// The metrics of the model on both sides, and how far those of the test rows could have come out otherwise. Sealed ones are not computed.
class MetricsPart : public Section {
    Q_OBJECT

public:
    explicit MetricsPart(QWidget* parent = nullptr);

    /// `open`: the score on the test rows may be shown.
    void show(const EvaluationPtr& evaluation, bool open);

private:
    void askForIntervals();
    void fill();
    void fillOutOfBag();
    QString testText(const char* id) const;
    QString rangeText(const char* id) const;

    QTableWidget* m_table;
    QLabel* m_sentence;
    BackgroundJob m_job;
    QTimer m_rest;                                          ///< a dragged point makes many models a second
    EvaluationPtr m_evaluation;
    std::shared_ptr<const MetricIntervals> m_intervals;     ///< null: not yet, or none
    bool m_open = false;
};

/// Intervals of the test metrics of an evaluation; the work of the job, on the calling thread. Many rows are resampled less often.
Result<MetricIntervals> testIntervals(const Evaluation& evaluation, std::stop_token stop);

} // namespace modelarium
