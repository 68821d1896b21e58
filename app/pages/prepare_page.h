#pragma once

#include "app/document/experiment.h"

#include <QWidget>

class QComboBox;
class QLabel;
class QPushButton;
class QSlider;
class QSpinBox;
class QTableWidget;

namespace modelarium {

/// Stage 2: missing cells, scales, terms and the split; and what they did to how many cells and rows.
class PreparePage : public QWidget {
    Q_OBJECT

public:
    explicit PreparePage(Experiment& experiment, QWidget* parent = nullptr);

private:
    QWidget* makeChoices();
    QWidget* makeSplit();
    QWidget* makeEffects();

    void followChoices();
    void followEffects();
    void choose();
    QString splitSentence() const;
    static QString stepLines(const Preparation& preparation);
    void showInput(int row, const InputColumn& input, const Standardise* scales, bool hasSteps);

    Experiment& m_experiment;
    QLabel* m_frozen = nullptr;
    QWidget* m_choices = nullptr;
    QComboBox* m_imputation = nullptr;
    QComboBox* m_scaling = nullptr;
    QComboBox* m_unknown = nullptr;
    QSpinBox* m_degree = nullptr;
    QSlider* m_share = nullptr;
    QLabel* m_shareText = nullptr;
    QSpinBox* m_seed = nullptr;
    QLabel* m_split = nullptr;
    QLabel* m_summary = nullptr;
    QTableWidget* m_effects = nullptr;
};

} // namespace modelarium
