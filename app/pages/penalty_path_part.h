#pragma once

#include "app/pages/section.h"
#include "app/widgets/look.h"
#include "core/model/model.h"

#include <memory>

class QLabel;
class QTableWidget;

namespace modelarium {

class CurveChart;

/// How a penalty that was chosen by cross-validation came out: the error on rows kept back over the strengths that were tried, and how many
/// features each leaves in use.
class PenaltyPathPart : public Section {
    Q_OBJECT

public:
    explicit PenaltyPathPart(QWidget* parent = nullptr);

    void setLook(const Look& look);
    /// Hides itself where the model has no such path.
    void showPathOf(const Model& model);

private:
    void drawCurves(const Model& model);
    void colourPoints();
    void fillTable();
    QString nameOf(std::size_t place) const;

    CurveChart* m_chart;
    QTableWidget* m_table;
    QLabel* m_sentence;
    std::shared_ptr<const PenaltyPath> m_path;
};

} // namespace modelarium
