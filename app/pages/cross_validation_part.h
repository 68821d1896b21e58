#pragma once

#include "app/pages/plan_part.h"
#include "core/data/folds.h"
#include "core/evaluate/cross_validation.h"

class QTableWidget;

namespace modelarium {

class FoldsChoice;

/// How the choices as they are do on folds of the training rows, and how far that depends on the fold. The test rows stay under seal.
class CrossValidationPart : public PlanPart {
    Q_OBJECT

public:
    explicit CrossValidationPart(Experiment& experiment, QWidget* parent = nullptr);

protected:
    void begin(const PreparedTraining& training, const std::vector<std::size_t>& rows) override;
    void setResultsVisible(bool visible) override;

private:
    void fill(const CrossValidation& result);
    void say(const QString& sentence, const CrossValidation& result);

    FoldsChoice* m_folds;
    FoldOptions m_options;                                  ///< of the job or of the results
    QTableWidget* m_table;
};

} // namespace modelarium
