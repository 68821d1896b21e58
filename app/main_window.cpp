#include "app/main_window.h"

#include "app/charts/plot_view.h"
#include "app/main_window_actions.h"
#include "app/pages/data_page.h"
#include "app/pages/evaluate_page.h"
#include "app/pages/lesson_panel.h"
#include "app/pages/model_card.h"
#include "app/pages/plot_card.h"
#include "app/pages/prepare_page.h"
#include "app/pages/preview_page.h"
#include "app/pages/runs_panel.h"
#include "app/pages/section.h"
#include "app/pages/train_page.h"
#include "app/pages/use_page.h"
#include "app/widgets/elided_label.h"
#include "app/widgets/notice_bar.h"
#include "app/widgets/stage_strip.h"
#include "app/widgets/start_page.h"
#include "app/widgets/typeset.h"
#include "app/widgets/wheel_guard.h"

#include <QApplication>
#include <QCloseEvent>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QMenuBar>
#include <QMessageBox>
#include <QPushButton>
#include <QProgressBar>
#include <QScreen>
#include <QScrollArea>
#include <QSplitter>
#include <QStackedWidget>
#include <QStyle>
#include <QTimer>
#include <QVBoxLayout>

#include <array>

namespace modelarium {
namespace {

/// A window that has been there so long is no longer starting.
constexpr int previewMilliseconds = 1200;

/// Scrolls by its bars and the wheel alone: the arrow keys step through the training, and must reach the window.
class KeylessScroll final : public QScrollArea {
public:
    using QScrollArea::QScrollArea;

protected:
    void keyPressEvent(QKeyEvent* event) override { event->ignore(); }
};

} // namespace

MainWindow::MainWindow(Settings& settings, QWidget* parent) : QMainWindow(parent), m_settings(settings), m_actions(std::make_unique<Actions>())
{
    applyLook(*qApp, settings.theme() == Theme::Dark ? Look::darkLook() : Look::light());
    setWindowTitle(tr("Modelarium"));
    new WheelGuard(this);
    setAcceptDrops(true);
    auto* centre = new QWidget(this);
    auto* layout = new QVBoxLayout(centre);
    layout->setContentsMargins(12, 4, 12, 12);
    layout->setSpacing(8);
    m_notices = new NoticeBar(centre);
    m_centre = new QStackedWidget(centre);
    layout->addWidget(makeTop());
    layout->addWidget(makeScroll(m_centre), 1);
    m_centre->addWidget(makeWork());
    m_centre->addWidget(makeStart());
    setCentralWidget(centre);
    m_notices->placeOver(m_plot);

    makeMenus();
    connectExperiment();
    connectParts();
    restore();
    showDark(settings.theme() == Theme::Dark);
    m_plot->view().setFocus();
    followStage();
    followSource();
    followState();
    QTimer::singleShot(previewMilliseconds, this, &MainWindow::makePreview);
    if (!m_settings.problem().isEmpty())
        notify(Severity::Warning, m_settings.problem());
}

MainWindow::~MainWindow() = default;

/// On a screen smaller than the parts need, as one is that magnifies twice, they scroll: no button lies beyond its edge.
QWidget* MainWindow::makeScroll(QWidget* content)
{
    auto* scroll = new KeylessScroll(this);
    scroll->setWidget(content);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setFocusPolicy(Qt::NoFocus);
    content->setAutoFillBackground(false);
    scroll->viewport()->setAutoFillBackground(false);
    return scroll;
}

QWidget* MainWindow::makeTop()
{
    m_top = new QWidget(this);
    auto* row = new QHBoxLayout(m_top);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(12);
    m_stages = new StageStrip(m_top);
    m_source = new ElidedLabel({}, m_top);
    m_source->setProperty("role", QStringLiteral("secondary"));
    m_source->setAccessibleName(tr("Data"));
    // Where there is no room for it the name gives way, not the window.
    m_source->setMaximumWidth(360);
    m_progress = new QProgressBar(m_top);
    m_progress->setRange(0, 1000);
    m_progress->setTextVisible(false);
    // It comes while a file is read: a window that just fits must not grow for it.
    m_progress->setMinimumWidth(20);
    m_progress->setMaximumWidth(120);
    m_progress->setAccessibleName(tr("Share of the file that has been read"));
    m_progress->hide();
    m_badge = new QLabel(m_top);
    m_badge->setProperty("role", QStringLiteral("badge"));
    m_badge->setAccessibleName(tr("State of the model"));
    row->addWidget(m_stages, 1);
    row->addWidget(m_progress);
    row->addWidget(m_source);
    row->addWidget(m_badge);
    return m_top;
}

QWidget* MainWindow::makeStageColumn()
{
    auto* card = new QFrame(this);
    card->setProperty("role", QStringLiteral("card"));
    m_stageColumn = card;
    auto* layout = new QVBoxLayout(card);
    layout->setContentsMargins(16, 12, 8, 12);
    layout->setSpacing(8);
    m_stageTitle = new QLabel(card);
    m_stageTitle->setProperty("role", QStringLiteral("title"));
    m_stageReason = makeSentence(card);
    m_stageScroll = new QScrollArea(card);
    m_stageScroll->setWidgetResizable(true);
    m_stageScroll->setFrameShape(QFrame::NoFrame);
    m_stageScroll->setFocusPolicy(Qt::NoFocus);
    // A stacked widget would be as high as its highest page.
    auto* column = new QWidget(m_stageScroll);
    auto* pageLayout = new QVBoxLayout(column);
    pageLayout->setContentsMargins(0, 0, 0, 0);
    auto* dataPage = new DataPage(m_experiment);
    m_evaluatePage = new EvaluatePage(m_experiment);
    m_usePage = new UsePage(m_experiment);
    auto* trainPage = new TrainPage(m_experiment);
    connect(trainPage, &TrainPage::steppingBegan, this, [this] { m_plot->view().setFocus(); });
    m_pages = {dataPage, new PreparePage(m_experiment), trainPage, m_evaluatePage, m_usePage};
    for (QWidget* page : m_pages) {
        page->layout()->setContentsMargins(0, 0, 8, 0);
        page->hide();
        pageLayout->addWidget(page);
    }
    m_stageScroll->setWidget(column);
    // The card shows through.
    column->setAutoFillBackground(false);
    m_stageScroll->viewport()->setAutoFillBackground(false);
    layout->addWidget(m_stageTitle);
    layout->addWidget(m_stageReason);
    layout->addWidget(m_stageScroll, 1);
    connect(dataPage, &DataPage::openWanted, this, &MainWindow::askForFile);
    connect(dataPage, &DataPage::startPageWanted, this, [this] { showStart(true); });
    return card;
}

QWidget* MainWindow::makeWork()
{
    m_plot = new PlotCard(m_experiment);
    m_model = new ModelCard(m_experiment);
    m_bottom = new BottomCard(m_experiment);
    m_lesson = new LessonPanel;
    m_lesson->hide();
    m_columns = new QSplitter(Qt::Horizontal);
    m_columns->setHandleWidth(12);
    m_columns->addWidget(makeStageColumn());
    m_columns->addWidget(m_plot);
    m_columns->addWidget(m_model);
    m_columns->addWidget(m_lesson);
    m_columns->setStretchFactor(1, 1);
    m_columns->setSizes({320, 700, 290, 280});
    m_columns->setChildrenCollapsible(false);
    m_stageColumn->setMinimumWidth(270);
    m_model->setMinimumWidth(210);
    m_lesson->setMinimumWidth(230);
    m_plot->setMinimumWidth(364);
    m_rows = new QSplitter(Qt::Vertical);
    m_rows->setHandleWidth(12);
    m_rows->addWidget(m_columns);
    m_rows->addWidget(m_bottom);
    m_rows->setStretchFactor(0, 1);
    m_rows->setSizes(m_heights[m_roomyTab]);
    m_rows->setChildrenCollapsible(false);
    m_workPolicy = m_rows->sizePolicy();
    return m_rows;
}

void MainWindow::connectExperiment()
{
    connect(&m_experiment, &Experiment::noticeRaised, this, &MainWindow::notify);
    // What was wrong with the rows or the choices of before is not said of those that are there now.
    for (const auto changed : {&Experiment::sourceChanged, &Experiment::dataChanged, &Experiment::rolesChanged, &Experiment::preparationChanged,
                               &Experiment::frozenChanged})
        connect(&m_experiment, changed, m_notices, &NoticeBar::forgetProblems);
    connect(&m_experiment, &Experiment::sourceChanged, m_notices, &NoticeBar::forgetOffer);
    connect(&m_experiment, &Experiment::stageChanged, this, &MainWindow::followStage);
    connect(&m_experiment, &Experiment::stagesChanged, this, &MainWindow::followStages);
    connect(&m_experiment, &Experiment::sourceChanged, this, &MainWindow::followSource);
    connect(&m_experiment, &Experiment::dataChanged, this, &MainWindow::followSource);
    connect(&m_experiment, &Experiment::stateChanged, this, &MainWindow::followState);
    connect(&m_experiment, &Experiment::frozenChanged, this, &MainWindow::followState);
    // The first model of a long training comes while the state stays the same.
    connect(&m_experiment, &Experiment::modelChanged, this, [this] { m_actions->follow(m_experiment); });
    connect(&m_experiment, &Experiment::frozenChanged, this, &MainWindow::followSource);
    connect(&m_experiment, &Experiment::frozenChanged, this, [this] { showStart(false); });
    DataLoading& loading = m_experiment.data();
    loading.setConsent([this](const QString& sentence) { return mayReplaceRows(sentence); });
    connect(&loading, &DataLoading::loadingChanged, this, &MainWindow::followLoading);
    connect(&loading, &DataLoading::previewExpected, this, &MainWindow::makePreview);
    connect(&loading, &DataLoading::previewChanged, this, &MainWindow::followPreview);
    connect(&loading, &DataLoading::progressed, this, [this](double share) { m_progress->setValue(int(share * 1000)); });
    connect(&loading, &DataLoading::loaded, this, &MainWindow::playOnceLoaded);
    connect(&loading, &DataLoading::typesChanged, this, &MainWindow::tellTypeChanges);
    connect(&loading, &DataLoading::fileChangedOnDisk, this, [this](const QString& path) {
        notify(Severity::Information, tr("%1 was changed by another program. Press F5 to read it again.").arg(QFileInfo(path).fileName()));
    });
}

void MainWindow::connectParts()
{
    connect(m_plot, &PlotCard::pictureChanged, this, [this] { m_bottom->runs().setPicture(m_plot->picture()); });
    m_bottom->runs().setPicture(m_plot->picture());
    connect(m_bottom, &BottomCard::tabChanged, this, &MainWindow::makeRoomForTab);
    connect(&m_bottom->runs(), &RunsPanel::exportWanted, this, &MainWindow::exportRuns);
    connect(m_stages, &StageStrip::stageChosen, this, [this](int stage) { m_experiment.setStage(Stage(stage)); });
    connect(m_plot, &PlotCard::projectorWanted, this, [this] { setProjector(!m_projector); });
    connect(m_plot, &PlotCard::deletionWanted, this, [this] { m_actions->deleteRows->trigger(); });
    connect(m_plot, &PlotCard::residualStyleChanged, m_evaluatePage, &EvaluatePage::setResidualStyle);
    connect(m_evaluatePage, &EvaluatePage::residualStyleChosen, m_plot, &PlotCard::setResidualStyle);
    m_evaluatePage->setResidualStyle(m_plot->residualStyle());
    connect(m_model, &ModelCard::saveWanted, this, [this] { saveModel(false); });
    connect(m_usePage, &UsePage::fileAnswered, m_stageScroll, [this](QWidget* where) { m_stageScroll->ensureWidgetVisible(where); });
    connect(m_usePage, &UsePage::saveModelWanted, this, [this] { saveModel(false); });
    connect(m_usePage, &UsePage::openModelWanted, this, &MainWindow::askForFile);
    connect(m_usePage, &UsePage::predictFileWanted, this, &MainWindow::askForFileToPredict);
    connect(m_usePage, &UsePage::pointWanted, m_plot, &PlotCard::takeTrayPoint);
    connect(m_usePage, &UsePage::saveRowsWanted, this, &MainWindow::savePredictedRows);
    connect(m_lesson, &LessonPanel::closeWanted, this, [this] { m_actions->lesson->setChecked(false); });
    connect(m_lesson, &LessonPanel::stageWanted, this, [this](Stage stage) { m_experiment.setStage(stage); });
}

StartPage* MainWindow::makeStart()
{
    m_start = new StartPage;
    QList<StartPage::Entry> sampleEntries;
    for (const SampleInfo& sample : samples())
        sampleEntries.append({sample.file, sample.title, sample.lesson});
    QList<StartPage::Entry> generatorEntries;
    for (const GeneratorInfo& generator : generators())
        generatorEntries.append({QString::fromStdString(generator.id), QString::fromStdString(generator.name), QString::fromStdString(generator.lesson)});
    m_start->setSamples(sampleEntries);
    m_start->setGenerators(generatorEntries);
    connect(m_start, &StartPage::openWanted, this, &MainWindow::askForFile);
    connect(m_start, &StartPage::recentChosen, this, &MainWindow::open);
    connect(m_start, &StartPage::closeWanted, this, [this] { showStart(false); });
    connect(m_start, &StartPage::generatorChosen, this, [this](const QString& id) { generate(id.toStdString()); });
    connect(m_start, &StartPage::sampleChosen, this, [this](const QString& file) {
        for (const SampleInfo& sample : samples()) {
            if (sample.file == file)
                openSample(sample);
        }
    });
    return m_start;
}

void MainWindow::showStart(bool shown)
{
    if (shown) {
        QList<StartPage::Entry> recent;
        for (const RecentFile& file : m_settings.recentFiles())
            recent.append({file.path, QFileInfo(file.path).fileName(), QFileInfo(file.path).path()});
        m_start->setRecentFiles(recent);
    }
    m_startShown = shown;
    showCentre();
}

/// While the first rows of a file are looked at, nothing acts on what lies behind them: it would not be what a person sees.
void MainWindow::showCentre()
{
    const bool preview = m_preview && m_experiment.data().preview();
    m_centre->setCurrentWidget(preview ? m_preview : m_startShown ? static_cast<QWidget*>(m_start) : m_rows);
    // A page that is not shown must not make those that are wider than the screen.
    m_rows->setSizePolicy(m_centre->currentWidget() == m_rows ? m_workPolicy : QSizePolicy(QSizePolicy::Ignored, QSizePolicy::Ignored));
    m_actions->ofDocument->setEnabled(!preview);
    m_stages->setShut(preview ? tr("These are the first rows of a file; the stages wait until all of it has been read.") : QString());
    m_badge->setVisible(!preview);
    // What is said is about what lies behind: it would cover the rows that are looked at.
    m_notices->placeOver(preview ? m_preview->placeForNotices() : m_plot);
    m_notices->setHeldBack(preview);
    if (m_startShown && !preview)
        m_start->setFocus();
}

void MainWindow::followStage()
{
    static const std::array<const char*, stageCount> titles{
        QT_TR_NOOP("Data"), QT_TR_NOOP("Prepare"), QT_TR_NOOP("Train"), QT_TR_NOOP("Evaluate"), QT_TR_NOOP("Use")};
    const int stage = int(m_experiment.stage());
    m_stageTitle->setText(tr(titles[std::size_t(stage)]));
    for (QWidget* page : m_pages)
        page->setVisible(page == m_pages[std::size_t(stage)]);
    m_stageScroll->ensureVisible(0, 0);
    const Stage here = m_experiment.stage();
    // Whoever compares runs goes back and forth between choosing and looking.
    const bool compares = m_bottom->tab() == BottomCard::RunsTab && (here == Stage::Prepare || here == Stage::Train || here == Stage::Evaluate);
    if (!compares)
        m_bottom->showTab(here == Stage::Data ? BottomCard::RowsTab : BottomCard::TrainingTab);
    if (m_experiment.stage() == Stage::Use)
        m_plot->setProbeShown(true);
    followStages();
}

/// Rows and cards want more height than the player does. What a person drags is kept for each of them.
void MainWindow::makeRoomForTab(BottomCard::Tab tab)
{
    if (tab == m_roomyTab)
        return;
    // Before the window is shown its parts have no heights.
    if (isVisible())
        m_heights[m_roomyTab] = m_rows->sizes();
    m_roomyTab = tab;
    m_rows->setSizes(m_heights[tab]);
}

void MainWindow::followStages()
{
    for (int i = 0; i < stageCount; ++i) {
        const StageState state = m_experiment.stageState(Stage(i));
        m_stages->setStage(i, StageStrip::Progress(int(state.progress)), state.reason);
        m_actions->stages[std::size_t(i)]->setChecked(Stage(i) == m_experiment.stage());
    }
    m_stageReason->setText(breakable(m_experiment.stageState(m_experiment.stage()).reason));
}

void MainWindow::followSource()
{
    const Setup& setup = m_experiment.setup();
    const QString file = QFileInfo(setup.frozenFile).fileName();
    const QString name = setup.source ? setup.source->name : file;
    if (const auto preview = m_experiment.data().preview()) {
        m_source->setFullText(tr("%1, first %Ln row(s)", nullptr, int(preview->table.rows())).arg(preview->source->name), preview->source->name);
        setWindowTitle(tr("%1 (preview) – Modelarium").arg(preview->source->name));
        return;
    }
    m_source->setFullText(setup.source ? tr("%1, %Ln row(s)", nullptr, int(setup.table.rows())).arg(name) : name, name);
    setWindowTitle(setup.source ? tr("%1 – Modelarium").arg(setup.source->name) : file.isEmpty() ? tr("Modelarium") : tr("%1 – Modelarium").arg(file));
}

void MainWindow::followState()
{
    const bool constant = m_experiment.isFrozen() && !m_experiment.canLearnOn();
    switch (m_experiment.state()) {
    case ExperimentState::Empty: m_badge->setText(tr("No model")); break;
    case ExperimentState::Ready: m_badge->setText(tr("Untrained")); break;
    case ExperimentState::Learning:
        m_badge->setText(tr("Learning"));
        m_notices->forgetProblems();
        break;
    case ExperimentState::Paused: m_badge->setText(tr("Paused")); break;
    case ExperimentState::Trained: m_badge->setText(tr("Trained")); break;
    case ExperimentState::Frozen: m_badge->setText(constant ? tr("Frozen") : tr("Can learn on")); break;
    }
    m_badge->setToolTip(m_experiment.canLearnOn() ? tr("It came from a stream of rows: it answers as it is, and can learn from more rows on the Use page.") : QString());
    if (m_badge->property("frozen").toBool() != constant) {
        m_badge->setProperty("frozen", constant);
        m_badge->style()->unpolish(m_badge);
        m_badge->style()->polish(m_badge);
    }
    m_actions->follow(m_experiment);
}

void MainWindow::notify(Severity severity, const QString& sentence)
{
    m_notices->show(NoticeBar::Kind(int(severity)), sentence);
}

QString MainWindow::notice() const
{
    return m_notices->sentence();
}

void MainWindow::showDark(bool dark)
{
    const Look& look = dark ? Look::darkLook() : Look::light();
    // Styling every widget anew takes longer than all the rest of a start.
    if (&Look::current() != &look)
        applyLook(*qApp, look);
    m_plot->setLook(look);
    m_bottom->setLook(look);
    m_evaluatePage->setLook(look);
    if (m_preview)
        m_preview->setLook(look);
    (dark ? m_actions->dark : m_actions->light)->setChecked(true);
}

void MainWindow::setProjector(bool on)
{
    m_projector = on;
    m_actions->projector->setChecked(on);
    m_top->setVisible(!on);
    m_stageColumn->setVisible(!on);
    m_bottom->setVisible(!on);
    menuBar()->setVisible(!on);
    m_plot->setProjector(on);
    m_model->setProjector(on);
    if (on) {
        m_columnsBefore = m_columns->saveState();
        m_maximizedBefore = isMaximized();
        showFullScreen();
        const int card = m_columns->width() * 3 / 10;
        m_columns->setSizes({0, m_columns->width() - card, card, 0});
    } else {
        if (m_maximizedBefore)
            showMaximized();
        else
            showNormal();
        m_columns->restoreState(m_columnsBefore);
    }
    m_plot->view().setFocus();
}

void MainWindow::keyPressEvent(QKeyEvent* event)
{
    TrainingSession& training = m_experiment.training();
    if (m_experiment.data().preview()) {
        if (event->key() == Qt::Key_Escape)
            cancelLoading();
        return;
    }
    switch (event->key()) {
    case Qt::Key_Space: m_bottom->togglePlay(); return;
    case Qt::Key_Right: training.step(); return;
    case Qt::Key_Left: training.stepBack(); return;
    case Qt::Key_Home: training.toStart(); return;
    case Qt::Key_End: training.toEnd(); return;
    case Qt::Key_Escape:
        if (m_projector)
            setProjector(false);
        else
            showStart(false);
        return;
    default: QMainWindow::keyPressEvent(event);
    }
}

bool MainWindow::mayDiscard()
{
    const QString work = m_experiment.unsavedWork();
    if (work.isEmpty())
        return true;
    QMessageBox question(QMessageBox::Question, tr("Modelarium"), work, QMessageBox::NoButton, this);
    const bool model = m_experiment.isModelUnsaved();
    const bool rows = m_experiment.areRowsUnsaved();
    // Freezing takes a moment: the window stays, and the frozen model waits there to be saved.
    const bool freezes = m_experiment.isTrainingUnkept();
    QAbstractButton* save = question.addButton(freezes         ? tr("Freeze the model")
                                                   : model && rows ? tr("Save both…")
                                                   : model         ? tr("Save the model…")
                                                                   : tr("Save the rows…"),
                                               QMessageBox::AcceptRole);
    QAbstractButton* discard = question.addButton(tr("Discard"), QMessageBox::DestructiveRole);
    question.addButton(tr("Cancel"), QMessageBox::RejectRole);
    question.exec();
    if (question.clickedButton() == save && freezes) {
        m_experiment.freeze();
        return false;
    }
    if (question.clickedButton() == save) {
        if (model)
            saveModel(false);
        if (rows)
            saveRows();
        return m_experiment.unsavedWork().isEmpty();
    }
    return question.clickedButton() == discard;
}

void MainWindow::resizeEvent(QResizeEvent* event)
{
    QMainWindow::resizeEvent(event);
    constexpr int roomy = 800;
    m_stages->setCompact(width() < roomy);
    if (m_preview)
        m_preview->setLow(isLow());
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    if (!mayDiscard()) {
        event->ignore();
        return;
    }
    remember();
    event->accept();
}

void MainWindow::remember()
{
    if (!m_projector)
        m_settings.setWindow(saveGeometry(), m_columns->saveState());
}

void MainWindow::restore()
{
    // As large as a small laptop's screen lets it be; the frame needs some room too.
    resize(QSize(1280, 800).boundedTo(screen()->availableSize() - QSize(8, 40)));
    if (!m_settings.windowGeometry().isEmpty())
        restoreGeometry(m_settings.windowGeometry());
    if (!m_settings.windowState().isEmpty())
        m_columns->restoreState(m_settings.windowState());
}

} // namespace modelarium
