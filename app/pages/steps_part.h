#pragma once

#include "app/document/experiment.h"
#include "app/jobs/preparation_job.h"
#include "app/widgets/step_list.h"

#include <QWidget>

class QLabel;
class QMenu;
class QPushButton;
class QToolButton;

namespace modelarium {

class StepEditor;

/// The steps of the preparation in the order in which they work, what each does to how many cells, and the editor of one of them.
///
/// While a model is frozen it shows the steps that the model keeps, and nothing can be changed.
class StepsPart : public QWidget {
    Q_OBJECT

public:
    explicit StepsPart(Experiment& experiment, QWidget* parent = nullptr);

    /// What the steps of `asked` did, as they were when it was asked; null while that is not known.
    void setEffects(const PreparationEffectsPtr& effects, const PlannedSteps& asked, const std::vector<std::size_t>& places);
    /// The column that a further step for missing cells or categories begins with.
    void setColumn(const std::string& column) { m_column = column; }

private:
    void fillMenu(QMenu* menu);
    QWidget* makeButtons();
    void follow();
    void followButtons();
    void add(const std::string& kind);
    void move(int place, int by);
    void refuse(const QString& sentence);
    StepRow rowOf(std::size_t at) const;
    std::vector<StepRow> frozenRows() const;
    QString touchedText(const PlannedStep& step, const StepTouch& touch) const;

    Experiment& m_experiment;
    std::string m_column;
    QLabel* m_intro;
    StepList* m_list;
    QPushButton* m_add;
    QToolButton* m_up;
    QToolButton* m_down;
    QToolButton* m_remove;
    QLabel* m_refusal;
    QLabel* m_problem;
    StepEditor* m_editor;
    PreparationEffectsPtr m_effects;
    PlannedSteps m_asked;
    std::vector<std::size_t> m_places;
};

} // namespace modelarium
