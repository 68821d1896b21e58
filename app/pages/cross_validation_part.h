#pragma once

#include "app/pages/plan_part.h"
#include "core/data/folds.h"
#include "core/evaluate/cross_validation.h"

class QComboBox;
class QSpinBox;
class QTableWidget;

namespace modelarium {

/// How the choices as they are do on folds of the training rows, and how far that depends on the fold. The test rows stay under seal.
class CrossValidationPart : public PlanPart {
    Q_OBJECT

public:
    explicit CrossValidationPart(Experiment& experiment, QWidget* parent = nullptr);

protected:
    void begin(const PreparedTraining& training, const std::vector<std::size_t>& rows) override;
    void setResultsVisible(bool visible) override;

private:
    void makeChoices();
    void followChoices();
    void followSeed();
    FoldOptions chosenFolds() const;
    QString foldsText() const;
    void fill(const CrossValidation& result);

    QFormLayout* m_form;
    QComboBox* m_kind;
    QSpinBox* m_folds;
    QSpinBox* m_share;
    QSpinBox* m_repeats;
    QComboBox* m_group;
    QComboBox* m_order;
    QSpinBox* m_seed;
    FoldOptions m_options;                                  ///< of the job or of the results
    bool m_kindChosen = false;                              ///< by a person; otherwise it goes with the target
    QTableWidget* m_table;
};

} // namespace modelarium
