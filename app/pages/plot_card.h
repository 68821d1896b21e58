#pragma once

#include "app/charts/plot_values.h"
#include "app/document/experiment.h"
#include "app/jobs/surface_job.h"
#include "app/pages/plot_picture.h"
#include "app/widgets/look.h"

#include <QFrame>
#include <QTimer>

class QCheckBox;
class QComboBox;
class QLabel;
class QToolButton;

namespace modelarium {

class PlotView;

/// The plot, always there: it turns the experiment into a picture, and what a hand does with the picture into changes.
class PlotCard : public QFrame {
    Q_OBJECT

public:
    explicit PlotCard(Experiment& experiment, QWidget* parent = nullptr);

    PlotView& view() { return *m_view; }
    const Picture& picture() const { return m_picture; }
    void setLook(const Look& look);
    void setProjector(bool on);
    /// Draws now what was to be drawn in a moment: whoever shows the card next sees no picture of before.
    void catchUp();
    ResidualStyle residualStyle() const { return m_residuals; }
    void setResidualStyle(ResidualStyle style);
    void setProbeShown(bool shown);
    void setGuessShown(bool shown);
    bool isGuessShown() const;
    /// Dragged points stay where they are dropped; otherwise a drag only asks "what if" and the point springs back.
    void setDragKeeps(bool keeps);
    /// A point of the tray in the middle of the view: of a class, or, with -1, one that asks the model.
    void takeTrayPoint(int code);
    QString save(const QString& path);
    void copy();

Q_SIGNALS:
    void residualStyleChanged(modelarium::ResidualStyle style);
    void projectorWanted();
    void deletionWanted();
    void pictureChanged();                                  ///< other rows, or other axes
    void surfaceShown();                                    ///< the picture shows the newest model

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    QWidget* makeControls();
    QToolButton* makeMenuButton();
    void fitButtons();
    void connectView();
    void connectExperiment();
    void rebuildLater();
    void rebuild();
    void fillAxisChoices();
    void chooseAxes();
    void askForSurface();
    void showSurface(const DecisionSurfacePtr& surface);
    void showPredictions();
    void showProbe();
    void showGuessScore();
    void showHover(int index, QPoint global);
    void moveProbe(QPointF to);
    void dragPoint(std::size_t row, QPointF to, bool released);
    void addPoint(QPointF at, int code);
    void dropTrayPoint(QPointF at, int code);
    CellValues valuesAt(QPointF at) const;
    double squares(const std::function<double(std::size_t index)>& predicted) const;

    Experiment& m_experiment;
    PlotView* m_view;
    SurfaceJob m_surfaceJob;
    Picture m_picture;
    PreparedTrainingPtr m_shownTraining;                    ///< whose split the picture shows
    QTimer m_rebuild;
    ResidualStyle m_residuals = ResidualStyle::None;
    bool m_dragKeeps = false;
    bool m_moving = false;

    QWidget* m_controls = nullptr;
    QComboBox* m_x = nullptr;
    QComboBox* m_y = nullptr;
    QToolButton* m_probeButton = nullptr;
    QToolButton* m_guessButton = nullptr;
    QToolButton* m_keepButton = nullptr;
    std::vector<QLabel*> m_axisNames;                       ///< of across and up
    std::vector<QToolButton*> m_buttons;
    QToolButton* m_menuButton = nullptr;                    ///< in their place where there is no room for them
};

} // namespace modelarium
