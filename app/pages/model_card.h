#pragma once

#include "app/document/experiment.h"

#include <QFrame>
#include <QTimer>

class QCheckBox;
class QLabel;
class QPushButton;
class QTableWidget;

namespace modelarium {

class FoldedText;

/// The model, always: whether it is learning or frozen, its equation, its numbers, its score, and the act of freezing.
class ModelCard : public QFrame {
    Q_OBJECT

public:
    explicit ModelCard(Experiment& experiment, QWidget* parent = nullptr);

    void setProjector(bool on);
    void copyEquation();
    void copyLatex();

Q_SIGNALS:
    void saveWanted();

private:
    QWidget* makeScores();
    QWidget* makeNumbers();
    QWidget* makeScroll();

    void followModel();
    void followState();
    void followScores();
    void followFile();
    void showScores(const QString& train, const QString& test, Task task);
    void showNumbers(const Model& model);
    void fitNumbers();
    bool showsFreezing() const;
    QString stateSentence() const;

    Experiment& m_experiment;
    QLabel* m_title;
    QLabel* m_lock;
    QLabel* m_state;
    QLabel* m_file;
    FoldedText* m_foldedEquation;
    QLabel* m_equation;
    QLabel* m_count;
    QLabel* m_trainName = nullptr;
    QLabel* m_testName = nullptr;
    QLabel* m_train = nullptr;
    QLabel* m_test = nullptr;
    QLabel* m_metric = nullptr;
    QCheckBox* m_asTrained = nullptr;
    QTableWidget* m_numbers = nullptr;
    QPushButton* m_freeze;
    QPushButton* m_save;
    QLabel* m_times;
    QTimer m_freezingShown;
};

} // namespace modelarium
