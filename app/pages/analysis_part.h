#pragma once

#include "app/jobs/background_job.h"
#include "app/jobs/evaluate_job.h"
#include "app/pages/section.h"

#include <QTimer>

#include <vector>

class QLabel;
class QProgressBar;
class QPushButton;

namespace modelarium {

/// A folding part about the model on show, whose figures take a while: they are computed off the window's thread once the part is open
/// and the model rests, with progress and a way to cancel. What belongs to another model is never left on show.
class AnalysisPart : public Section {
    Q_OBJECT

public:
    /// `subject` names what is computed, for buttons and a screen reader: "importance of the features".
    AnalysisPart(const QString& title, const QString& subject, QWidget* parent);

    /// What the part is about: the model, the rows that it is asked about, and whether these are test rows.
    void show(const EvaluationPtr& evaluation, const std::vector<std::size_t>& rows, bool test);

protected:
    /// Starts the job for evaluation() and rows(), or refuses at once where nothing can be computed.
    virtual void begin() = 0;
    /// Hides the figures; what stays is the sentence.
    virtual void clear() = 0;

    const EvaluationPtr& evaluation() const { return m_evaluation; }
    const std::vector<std::size_t>& rows() const { return m_rows; }
    bool isTest() const { return m_test; }
    /// rows(), evenly thinned to at most `most`; those without a truth are left out where `judged`.
    std::vector<std::size_t> sampleOf(std::size_t most, bool judged) const;
    /// "the test rows", "2,000 of the training rows"
    QString rowsText(std::size_t used) const;
    BackgroundJob& job() { return m_job; }
    QLabel* sentence() { return m_sentence; }

    /// The figures are on show, with this sentence below them.
    void arrived(const QString& sentence);
    /// There are none, and why.
    void refuse(const QString& sentence);
    /// Something that was chosen in the part asks for other figures.
    void restart();

private:
    void ask();
    void follow();

    BackgroundJob m_job;
    QTimer m_rest;                                          ///< a dragged point makes many models a second: the last one is worth the work
    QTimer m_late;                                          ///< figures of the model before may stay this long
    QWidget* m_bar;
    QProgressBar* m_progress;
    QPushButton* m_cancel;
    QPushButton* m_compute;
    QLabel* m_sentence;
    EvaluationPtr m_evaluation;
    std::vector<std::size_t> m_rows;
    bool m_test = false;
    bool m_done = false;                                    ///< what is on show is about m_evaluation and m_rows
    bool m_cancelled = false;                               ///< by a person: it waits to be asked again
};

} // namespace modelarium
