#pragma once

#include "app/document/experiment.h"
#include "core/data/folds.h"

#include <QWidget>

class QComboBox;
class QFormLayout;
class QLabel;
class QSpinBox;

namespace modelarium {

/// How training rows are parted into folds: the kind, and what it asks for. What means nothing for the kind that is chosen is not there,
/// or at rest and says why.
class FoldsChoice : public QWidget {
    Q_OBJECT

public:
    /// `subject` tells for a screen reader what the folds are for: "cross-validation".
    FoldsChoice(Experiment& experiment, const QString& subject, QWidget* parent = nullptr);

    FoldOptions folds() const;
    /// "5 folds", "10 folds of groups by island, drawn 3 times"
    static QString text(const FoldOptions& options);
    /// How many trainings folds of so many rows ask for.
    static std::size_t count(const FoldOptions& options, std::size_t rows);

Q_SIGNALS:
    void changed();                                         ///< folds() returns other ones: a person, or what the experiment has now, made it so

private:
    void followChoices();
    void followSeed();
    void noteGroup();
    void tell();

    Experiment& m_experiment;
    QFormLayout* m_form;
    QComboBox* m_kind;
    QSpinBox* m_folds;
    QSpinBox* m_share;
    QSpinBox* m_repeats;
    QComboBox* m_group;
    QComboBox* m_order;
    QSpinBox* m_seed;
    QLabel* m_groupNote;                                    ///< where the groups are a feature too
    FoldOptions m_told;                                     ///< those of the last changed()
    bool m_kindChosen = false;                              ///< by a person; otherwise it goes with the target
};

} // namespace modelarium
