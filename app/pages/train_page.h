#pragma once

#include "app/document/experiment.h"

#include <QWidget>

class QCheckBox;
class QComboBox;
class QLabel;
class QPushButton;

namespace modelarium {

class HyperparameterForm;

/// Stage 3: which learner, with which hyperparameters, and the word to begin.
class TrainPage : public QWidget {
    Q_OBJECT

public:
    explicit TrainPage(Experiment& experiment, QWidget* parent = nullptr);

Q_SIGNALS:
    void steppingBegan();                                   ///< the player's keys are wanted now, not those of the button

private:
    void followLearner();
    void followState();

    Experiment& m_experiment;
    QLabel* m_frozen;
    QWidget* m_choices;
    QComboBox* m_learner;
    QLabel* m_help;
    HyperparameterForm* m_form;
    QPushButton* m_reset;
    QPushButton* m_train;
    QPushButton* m_slowly;
    QCheckBox* m_automatic;
    QLabel* m_failure;
    QLabel* m_notices;
    QLabel* m_advice;
};

} // namespace modelarium
