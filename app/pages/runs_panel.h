#pragma once

#include "app/charts/thumbnail.h"
#include "app/document/experiment.h"
#include "app/jobs/surface_job.h"
#include "app/pages/plot_picture.h"
#include "app/widgets/look.h"

#include <QTimer>
#include <QWidget>

#include <deque>
#include <map>
#include <vector>

class QComboBox;
class QLabel;
class QProgressBar;
class QPushButton;
class QScrollArea;

namespace modelarium {

class RunCard;

/// All runs on these rows side by side, a card each: what was tried, what it looks like, and how well it did.
class RunsPanel : public QWidget {
    Q_OBJECT

public:
    explicit RunsPanel(Experiment& experiment, QWidget* parent = nullptr);

    /// The controls, to be placed where there is room for them.
    QWidget* bar() { return m_bar; }
    /// What the plot shows: the small pictures show the same rows on the same axes.
    void setPicture(const Picture& picture);
    void setLook(const Look& look);
    std::vector<RunPtr> sortedRuns() const;
    /// CSV, or a sheet to hand in as PDF or HTML, by the file's ending; empty on success, a sentence otherwise.
    QString save(const QString& path);

Q_SIGNALS:
    void countChanged(int runs);
    void exportWanted();

protected:
    void showEvent(QShowEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QWidget* makeBar();
    void follow();
    void followComparison();
    void showCards();
    void layOut();
    void askForSurfaces();
    void nextSurface();
    void takeSurface(const DecisionSurfacePtr& surface);
    void redraw(int number);
    void showPicture(RunCard& card, const Run& run);
    void forgetPictures();
    Thumbnail thumbnailOf(const Run& run) const;
    void offerSuggestion();

    Experiment& m_experiment;
    QWidget* m_bar = nullptr;
    QPushButton* m_trainSix = nullptr;
    QProgressBar* m_progress = nullptr;
    QPushButton* m_cancel = nullptr;
    QLabel* m_state = nullptr;
    QComboBox* m_order = nullptr;
    QPushButton* m_export = nullptr;
    QScrollArea* m_scroll = nullptr;
    QWidget* m_ground = nullptr;
    QLabel* m_empty = nullptr;
    std::vector<RunCard*> m_cards;

    const Look* m_look = &Look::light();
    SurfaceJob m_surfaceJob;
    Picture m_picture;                                      ///< with a sample of its points
    std::map<int, DecisionSurfacePtr> m_surfaces;           ///< by the number of the run
    std::map<int, ModelPtr> m_surfaceModels;                ///< of which model that surface is
    std::map<int, QImage> m_pictures;                       ///< drawn already
    std::deque<int> m_waiting;
    int m_asked = 0;                                        ///< number of the run whose surface is on its way; 0: none
    bool m_surfacesStale = true;
    QTimer m_follow;
    QTimer m_redraw;
};

} // namespace modelarium
