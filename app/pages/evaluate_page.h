#pragma once

#include "app/charts/plot_values.h"
#include "app/document/experiment.h"
#include "app/widgets/look.h"

#include <QWidget>

class QButtonGroup;
class QCheckBox;
class QComboBox;
class QLabel;
class QLayout;
class QPushButton;
class QTableWidget;

namespace modelarium {

class CoefficientsPart;
class ConfusionMatrix;
class ClustersPart;
class ComponentsPart;
class CrossValidationPart;
class CurvesPart;
class DependencePart;
class ImportancePart;
class LearningCurvePart;
class MetricsPart;
class SearchPart;
class PenaltyPathPart;
class ResidualsPart;
class Section;

/// Stage 4: how well the model does on the rows it learned from and on those it has never seen, and where it is wrong.
class EvaluatePage : public QWidget {
    Q_OBJECT

public:
    explicit EvaluatePage(Experiment& experiment, QWidget* parent = nullptr);

    void setLook(const Look& look);
    void setResidualStyle(ResidualStyle style);

protected:
    void showEvent(QShowEvent* event) override;

Q_SIGNALS:
    void residualStyleChosen(modelarium::ResidualStyle style);

private:
    enum Side { TestSide, TrainSide };

    QWidget* makeSeal();
    QWidget* makeSide();
    QWidget* makeConfusion();
    QWidget* makeResiduals();
    QWidget* makeWorst();
    void addAnalyses(QLayout* parts);
    void addPlans(QLayout* plans);

    void follow();
    void showState(const Evaluation& evaluation);
    void showSeal(const Evaluation& evaluation);
    void showConfusion(const Evaluation& evaluation);
    void showResiduals(const Evaluation& evaluation);
    void showWorst(const Evaluation& evaluation);
    void showAnalyses(const EvaluationPtr& evaluation);
    void selectCells();
    void selectWorst();
    const std::vector<std::size_t>& rowsOfSide(const Evaluation& evaluation) const;

    Experiment& m_experiment;
    QLabel* m_state = nullptr;
    QWidget* m_parts = nullptr;
    QWidget* m_sealPart = nullptr;
    QLabel* m_looks = nullptr;
    QPushButton* m_look = nullptr;
    QCheckBox* m_open = nullptr;
    MetricsPart* m_metrics = nullptr;
    QWidget* m_sidePart = nullptr;
    QComboBox* m_side = nullptr;
    Section* m_confusionPart = nullptr;
    ConfusionMatrix* m_confusion = nullptr;
    Section* m_residualPart = nullptr;
    QButtonGroup* m_styles = nullptr;
    QLabel* m_sum = nullptr;
    CurvesPart* m_curves = nullptr;
    ClustersPart* m_clusters = nullptr;                     ///< in place of what compares with a truth
    ComponentsPart* m_components = nullptr;                 ///< the same for directions
    QWidget* m_plans = nullptr;
    ResidualsPart* m_residuals = nullptr;
    CoefficientsPart* m_coefficients = nullptr;
    PenaltyPathPart* m_penalty = nullptr;
    ImportancePart* m_importance = nullptr;
    DependencePart* m_dependence = nullptr;
    SearchPart* m_search = nullptr;
    LearningCurvePart* m_learning = nullptr;
    QTableWidget* m_worst = nullptr;
    QLabel* m_nothingWrong = nullptr;
    bool m_testVisible = false;
};

} // namespace modelarium
