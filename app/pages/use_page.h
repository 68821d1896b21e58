#pragma once

#include "app/document/experiment.h"
#include "app/jobs/predict_job.h"

#include <QWidget>

class QLabel;
class QPushButton;
class QTableView;
class QVBoxLayout;

namespace modelarium {

class PointTray;
class PredictionForm;
class ProbabilityBars;
class Section;

/// Stage 5: ask the model about one row or a file of rows, see the arithmetic, and keep the model as a file.
class UsePage : public QWidget {
    Q_OBJECT

public:
    explicit UsePage(Experiment& experiment, QWidget* parent = nullptr);

    /// Predicts every row of a file; the table appears on this page.
    void predictFile(const QString& path);

Q_SIGNALS:
    void saveModelWanted();
    void openModelWanted();
    void predictFileWanted();
    void pointWanted(int code);                             ///< in the middle of the plot; -1 asks the model
    void saveRowsWanted(const modelarium::PredictedRowsPtr& rows, const QString& name);
    void fileAnswered(QWidget* where);                      ///< the answer for a file, or the reason why there is none, is there

private:
    QWidget* makeAsk();
    QWidget* makeTray();
    QWidget* makeFile();
    QWidget* makeKeep();

    void followModel();
    void followInputs();
    void showRows(const PredictedRowsPtr& rows);
    void dropOldRows();
    void showNoRows(const QString& why);

    Experiment& m_experiment;
    PredictJob m_job;
    PredictedRowsPtr m_rows;
    QString m_rowsPath;
    QString m_rowsName;
    ModelPtr m_rowsModel;                                   ///< that answered for these rows, or is about to; null: there are none
    ModelPtr m_shownFor;
    QLabel* m_none;
    QWidget* m_parts;
    PredictionForm* m_form = nullptr;
    PointTray* m_tray = nullptr;
    QLabel* m_answer = nullptr;
    ProbabilityBars* m_probabilities = nullptr;
    QLabel* m_arithmetic = nullptr;
    QLabel* m_warnings = nullptr;
    QLabel* m_fileState = nullptr;
    QTableView* m_fileRows = nullptr;
    QPushButton* m_saveRows = nullptr;
    QPushButton* m_again = nullptr;
    QPushButton* m_save = nullptr;
    QPushButton* m_freeze = nullptr;
    QLabel* m_certificate = nullptr;
};

} // namespace modelarium
