#pragma once

#include "app/document/experiment.h"
#include "app/jobs/preparation_job.h"

#include <QTimer>
#include <QWidget>

namespace modelarium {

class BeforeAfterPart;
class StepsPart;

/// Stage 2: the steps that turn columns into numbers, what they do to a column, and the rows that are kept back.
///
/// What the steps do is learned and counted by a job, and only while the page is looked at.
class PreparePage : public QWidget {
    Q_OBJECT

public:
    explicit PreparePage(Experiment& experiment, QWidget* parent = nullptr);

protected:
    void showEvent(QShowEvent* event) override;

private:
    void followChoices();
    void followColumns();
    void ask();
    void accept(const PreparationEffectsPtr& effects);
    QStringList columns() const;

    Experiment& m_experiment;
    StepsPart* m_steps = nullptr;
    BeforeAfterPart* m_beforeAfter = nullptr;
    QString m_column;                                       ///< that is shown before and after
    PreparationJob m_job;
    QTimer m_ask;                                           ///< several changes at once are one question
    PlannedSteps m_asked;
    std::vector<std::size_t> m_places;                      ///< of the steps that were asked about
};

} // namespace modelarium
