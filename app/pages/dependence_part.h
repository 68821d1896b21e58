#pragma once

#include "app/pages/analysis_part.h"
#include "app/widgets/look.h"
#include "core/evaluate/partial_dependence.h"

class QComboBox;

namespace modelarium {

class BarChart;
class CurveChart;

/// What the model answers when one feature is set by hand: the mean over the rows, and a thin line for each of some rows.
class DependencePart : public AnalysisPart {
    Q_OBJECT

public:
    explicit DependencePart(QWidget* parent = nullptr);

    void setLook(const Look& look);
    void show(const EvaluationPtr& evaluation, const std::vector<std::size_t>& rows, bool test);
    void setFeature(const QString& name);

protected:
    void begin() override;
    void clear() override;

private:
    void fillChoices(const Model& model);
    void draw();
    void drawCurves(const PartialDependence& dependence, Eigen::Index output);
    void drawLevels(const PartialDependence& dependence, Eigen::Index output);
    QString answerText(double value) const;

    QComboBox* m_feature;
    QComboBox* m_class;
    CurveChart* m_chart;
    BarChart* m_levels;
    std::shared_ptr<const PartialDependence> m_dependence;
    std::size_t m_used = 0;                                 ///< rows that the mean is about
};

} // namespace modelarium
