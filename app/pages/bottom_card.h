#pragma once

#include "app/document/experiment.h"
#include "app/jobs/predict_job.h"
#include "app/widgets/look.h"

#include <QFrame>

class QLabel;
class QComboBox;
class QSlider;
class QStackedWidget;
class QTabBar;
class QTableView;
class QToolButton;

namespace modelarium {

class DataTableModel;
class LossChart;
class RunsPanel;

/// Below the plot: the player with the loss curve, the rows, or the runs so far. What fits the stage comes to the front by itself.
class BottomCard : public QFrame {
    Q_OBJECT

public:
    enum Tab { TrainingTab, RowsTab, RunsTab };

    explicit BottomCard(Experiment& experiment, QWidget* parent = nullptr);

    void setLook(const Look& look);
    void showTab(Tab tab);
    Tab tab() const;
    RunsPanel& runs() { return *m_runs; }
    void togglePlay();
    bool isPlayable() const;

Q_SIGNALS:
    void tabChanged(modelarium::BottomCard::Tab tab);

private:
    QWidget* makeTraining();
    QWidget* makePlayer();
    QWidget* makeRows();
    void fitColumns();
    QToolButton* makeButton(const QString& text, const QString& name, const QString& help);

    static QString groupLossName(const Model& model);
    void followHistory();
    void countRows();
    void followPosition();
    void followState();
    void followSelection();
    void selectFromTable();
    QString stepSentence() const;

    Experiment& m_experiment;
    QTabBar* m_tabs;
    QStackedWidget* m_stack;
    DataTableModel* m_table = nullptr;
    QTableView* m_tableView = nullptr;
    LossChart* m_loss = nullptr;
    RunsPanel* m_runs = nullptr;
    QToolButton* m_play = nullptr;
    std::vector<QToolButton*> m_buttons;
    QSlider* m_slider = nullptr;
    QLabel* m_step = nullptr;
    QComboBox* m_speed = nullptr;
    bool m_following = false;
};

} // namespace modelarium
