#pragma once

#include "app/pages/analysis_part.h"
#include "core/evaluate/inference.h"

#include <memory>

class QTableWidget;

namespace modelarium {

/// How sure the numbers of a least-squares line, or of a logistic regression, are: standard errors, tests and intervals, in the units of
/// the data. They come from the training rows alone.
class CoefficientsPart : public AnalysisPart {
    Q_OBJECT

public:
    explicit CoefficientsPart(QWidget* parent = nullptr);

    /// Whether a model has coefficients at all; where it has not, the part has no place.
    static bool isFor(const Model& model);

protected:
    void begin() override;
    void clear() override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void fitNames();
    void fill(const std::shared_ptr<const Inference>& inference);
    void nameColumns(const Inference& inference);
    QString summary(const Inference& inference) const;

    QTableWidget* m_table;
    QPushButton* m_all;
    std::shared_ptr<const Inference> m_inference;
};

} // namespace modelarium
