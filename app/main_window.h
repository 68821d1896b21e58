#pragma once

#include "app/document/experiment.h"
#include "app/pages/bottom_card.h"
#include "app/settings/settings.h"

#include <QMainWindow>
#include <QPointer>
#include <QSizePolicy>

#include <array>
#include <functional>
#include <memory>

class QAction;
class QLabel;
class QMenu;
class QProgressBar;
class QScrollArea;
class QSplitter;
class QStackedWidget;

namespace modelarium {

class ElidedLabel;
class EvaluatePage;
class LessonPanel;
class ModelCard;
class NoticeBar;
class PlotCard;
class PreviewPage;
class StageStrip;
class StartPage;
class UsePage;
struct PredictedRows;

/// The one window: a strip of stages above, what the stage asks on the left, the plot, the model, and the player below.
///
/// It wires the parts to the document and holds the actions; it computes nothing.
class MainWindow : public QMainWindow {
    Q_OBJECT

public:
    explicit MainWindow(Settings& settings, QWidget* parent = nullptr);
    ~MainWindow() override;

    Experiment& experiment() { return m_experiment; }
    PlotCard& plot() { return *m_plot; }

    /// A table, or a model file; its content decides which.
    void open(const QString& path);
    /// What a first start shows: a sample that is being learned.
    void openFirstSample();
    void showDark(bool dark);
    /// What went wrong or well was said last; empty once it is gone.
    QString notice() const;
    void setProjector(bool on);

protected:
    void closeEvent(QCloseEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    struct Actions;
    using Act = std::function<void()>;

    QWidget* makeScroll(QWidget* content);
    QWidget* makeTop();
    QWidget* makeWork();
    QWidget* makeStageColumn();
    StartPage* makeStart();
    void connectExperiment();
    void connectParts();

    void makeMenus();
    void makeFileMenu();
    void makeEditMenu();
    void makeViewMenu();
    void makeModelMenu();
    void makeHelpMenu();
    void fillRecentFiles(QMenu* menu);
    void addToDocument(const QMenu* menu);
    QAction* addAction(QMenu* menu, const QString& text, const QString& keys, const QString& help, const Act& act);

    void followStage();
    void followStages();
    void followSource();
    void followState();
    void showStart(bool shown);
    void followLoading(bool busy);
    void cancelLoading();
    bool isLow() const;
    void makePreview();
    void followPreview();
    void showCentre();
    void playOnceLoaded(bool anew);
    void followNewRows();
    void tellTypeChanges(const std::vector<TypeChange>& changes);
    void makeRoomForTab(BottomCard::Tab tab);

    void openSample(const SampleInfo& sample);
    void generate(const std::string& id);
    void askForFile();
    void saveModel(bool askForName);
    void saveRows();
    void savePredictedRows(const std::shared_ptr<const PredictedRows>& rows, const QString& name);
    void exportPicture();
    void exportRuns();
    void askForFileToPredict();
    void showAbout();
    void showShortcuts();
    bool mayDiscard();
    bool mayReplaceRows(const QString& sentence);
    void remember();
    void restore();
    void notify(Severity severity, const QString& sentence);

    Settings& m_settings;
    Experiment m_experiment;
    std::unique_ptr<Actions> m_actions;

    QStackedWidget* m_centre = nullptr;
    StartPage* m_start = nullptr;
    PreviewPage* m_preview = nullptr;                       ///< made once a start is over, or when a large file is opened before
    QPointer<QWidget> m_keysBefore;                         ///< had the keys when the preview came, and gets them back
    NoticeBar* m_notices = nullptr;
    StageStrip* m_stages = nullptr;
    ElidedLabel* m_source = nullptr;
    QLabel* m_badge = nullptr;
    QProgressBar* m_progress = nullptr;
    QWidget* m_top = nullptr;
    QSplitter* m_columns = nullptr;
    QSplitter* m_rows = nullptr;
    QSizePolicy m_workPolicy;                               ///< of m_rows while they are shown
    QWidget* m_stageColumn = nullptr;
    QScrollArea* m_stageScroll = nullptr;
    QLabel* m_stageTitle = nullptr;
    QLabel* m_stageReason = nullptr;
    std::array<QWidget*, stageCount> m_pages{};
    EvaluatePage* m_evaluatePage = nullptr;
    UsePage* m_usePage = nullptr;
    PlotCard* m_plot = nullptr;
    ModelCard* m_model = nullptr;
    BottomCard* m_bottom = nullptr;
    LessonPanel* m_lesson = nullptr;
    QByteArray m_columnsBefore;                             ///< the widths of the columns while the projector mode is on
    std::array<QList<int>, 3> m_heights{{{540, 140}, {480, 200}, {472, 208}}}; ///< of plot and bottom card, for each tab of the card
    BottomCard::Tab m_roomyTab = BottomCard::TrainingTab;
    bool m_startShown = false;
    bool m_projector = false;
    bool m_maximizedBefore = false;                         ///< the projector mode
    bool m_playWhenLoaded = false;
};

} // namespace modelarium
