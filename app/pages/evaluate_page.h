#pragma once

#include "app/charts/plot_values.h"
#include "app/document/experiment.h"

#include <QWidget>

class QButtonGroup;
class QComboBox;
class QLabel;
class QTableWidget;

namespace modelarium {

class Section;

/// Stage 4: how well the model does on the rows it learned from and on those it has never seen, and where it is wrong.
class EvaluatePage : public QWidget {
    Q_OBJECT

public:
    explicit EvaluatePage(Experiment& experiment, QWidget* parent = nullptr);

    void setResidualStyle(ResidualStyle style);

Q_SIGNALS:
    void residualStyleChosen(modelarium::ResidualStyle style);

private:
    enum Side { TestSide, TrainSide };

    QWidget* makeMetrics();
    QWidget* makeConfusion();
    QWidget* makeResiduals();
    QWidget* makeWorst();

    void follow();
    void showMetrics(const Evaluation& evaluation);
    void showConfusion(const Evaluation& evaluation);
    void showResiduals(const Evaluation& evaluation);
    void showWorst(const Evaluation& evaluation);
    void selectCells();
    void selectWorst();
    const std::vector<std::size_t>& rowsOfSide(const Evaluation& evaluation) const;

    Experiment& m_experiment;
    QLabel* m_state = nullptr;
    QWidget* m_parts = nullptr;
    QTableWidget* m_metrics = nullptr;
    QComboBox* m_side = nullptr;
    Section* m_confusionPart = nullptr;
    QTableWidget* m_confusion = nullptr;
    Section* m_residualPart = nullptr;
    QButtonGroup* m_styles = nullptr;
    QLabel* m_sum = nullptr;
    QTableWidget* m_worst = nullptr;
};

} // namespace modelarium
