#include "app/pages/runs_panel.h"

#include "app/pages/plot_overlay.h"
#include "app/pages/run_sheet.h"
#include "app/pages/section.h"
#include "app/widgets/run_card.h"
#include "core/base/number_text.h"
#include "core/learn/registry.h"

#include <QComboBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>
#include <limits>

namespace modelarium {
namespace {

constexpr std::size_t pointsShown = 250;
constexpr int cardWidth = 336;
constexpr int cardHeight = 124;
constexpr int gap = 8;

enum Order { NewestFirst, ByTraining, ByTest };

double scoreOf(const std::map<std::string, double>& metrics, const char* metric)
{
    const auto found = metrics.find(metric);
    return found == metrics.end() || !std::isfinite(found->second) ? -std::numeric_limits<double>::infinity() : found->second;
}

/// Evenly taken, so that a small picture of a million rows costs no more than one of a few.
void takeSample(Picture& sample, const Picture& picture)
{
    const std::size_t count = std::min(pointsShown, picture.points.size());
    sample.points.clear();
    sample.values.clear();
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t from = i * picture.points.size() / count;
        sample.points.push_back(picture.points[from]);
        sample.points.back().predicted = -1;
        if (from < picture.values.size())
            sample.values.push_back(picture.values[from]);
    }
}

bool sameFrame(const Picture& a, const Picture& b)
{
    return a.kind == b.kind && a.x.column == b.x.column && a.y.column == b.y.column && a.x.minimum == b.x.minimum
        && a.x.maximum == b.x.maximum && a.y.minimum == b.y.minimum && a.y.maximum == b.y.maximum;
}

} // namespace

RunsPanel::RunsPanel(Experiment& experiment, QWidget* parent) : QWidget(parent), m_experiment(experiment)
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    m_empty = makeSentence(this);
    m_empty->setAlignment(Qt::AlignCenter);
    m_scroll = new QScrollArea(this);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    m_scroll->setAccessibleName(tr("Runs so far"));
    m_ground = new QWidget;
    m_scroll->setWidget(m_ground);
    m_ground->setAutoFillBackground(false);
    m_scroll->viewport()->setAutoFillBackground(false);
    m_scroll->viewport()->installEventFilter(this);
    layout->addWidget(m_empty, 1);
    layout->addWidget(m_scroll, 1);
    m_bar = makeBar();

    m_follow.setSingleShot(true);
    m_follow.setInterval(0);
    m_redraw.setSingleShot(true);
    m_redraw.setInterval(150);
    connect(&m_follow, &QTimer::timeout, this, &RunsPanel::follow);
    connect(&m_redraw, &QTimer::timeout, this, &RunsPanel::askForSurfaces);
    const auto later = [this] { m_follow.start(); };
    for (const auto signal : {&Experiment::runsChanged, &Experiment::testVisibilityChanged, &Experiment::sourceChanged, &Experiment::stateChanged,
                              &Experiment::rolesChanged, &Experiment::learnerChanged, &Experiment::hyperparametersChanged})
        connect(&m_experiment, signal, this, later);
    connect(&m_experiment.comparison(), &Comparison::changed, this, &RunsPanel::followComparison);
    connect(&m_experiment.comparison(), &Comparison::finished, this, [this](int trained) {
        m_state->setText(trained > 0 ? tr("%Ln run(s) were added.", nullptr, trained) : tr("All of them are here already."));
    });
    connect(&m_surfaceJob, &SurfaceJob::ready, this, &RunsPanel::takeSurface);
    connect(&m_surfaceJob, &SurfaceJob::failed, this, &RunsPanel::nextSurface);
    follow();
    followComparison();
}

QWidget* RunsPanel::makeBar()
{
    auto* bar = new QWidget(this);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    m_state = makeSentence(bar);
    m_state->setWordWrap(false);
    m_progress = new QProgressBar(bar);
    m_progress->setTextVisible(false);
    m_progress->setFixedWidth(90);
    m_progress->setAccessibleName(tr("Learners that have been trained"));
    m_trainSix = new QPushButton(bar);
    m_cancel = new QPushButton(tr("Cancel"), bar);
    m_cancel->setToolTip(tr("Stops after what is done; the runs that are there stay."));
    m_order = new QComboBox(bar);
    m_order->addItem(tr("Newest first"), NewestFirst);
    m_order->addItem(tr("Best in training first"), ByTraining);
    m_order->addItem(tr("Best in the test first"), ByTest);
    m_order->setAccessibleName(tr("Order of the runs"));
    m_order->setToolTip(tr("Runs with the same target are compared with each other; test scores that are under seal stand last."));
    m_export = new QPushButton(tr("Export…"), bar);
    m_export->setToolTip(tr("Keeps the comparison as a table (CSV) or as a sheet to hand in (PDF, HTML)."));
    for (QPushButton* button : {m_trainSix, m_cancel, m_export})
        button->setProperty("role", QStringLiteral("quiet"));
    for (QWidget* part : std::initializer_list<QWidget*>{m_state, m_progress, m_cancel, m_trainSix, m_order, m_export})
        row->addWidget(part);
    connect(m_trainSix, &QPushButton::clicked, &m_experiment, &Experiment::trainSuggested);
    connect(m_cancel, &QPushButton::clicked, &m_experiment.comparison(), &Comparison::cancel);
    connect(m_order, &QComboBox::activated, this, &RunsPanel::follow);
    connect(m_export, &QPushButton::clicked, this, &RunsPanel::exportWanted);
    return bar;
}

void RunsPanel::setLook(const Look& look)
{
    m_look = &look;
    forgetPictures();
    showCards();
}

void RunsPanel::setPicture(const Picture& picture)
{
    const bool other = !sameFrame(m_picture, picture);
    Picture next;
    next.kind = picture.kind;
    next.x = picture.x;
    next.y = picture.y;
    next.classes = picture.classes;
    takeSample(next, picture);
    m_picture = std::move(next);
    forgetPictures();
    m_surfacesStale = m_surfacesStale || other;
    if (isVisible())
        m_redraw.start();
}

void RunsPanel::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    follow();
}

bool RunsPanel::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_scroll->viewport() && event->type() == QEvent::Resize)
        layOut();
    return QWidget::eventFilter(watched, event);
}

std::vector<RunPtr> RunsPanel::sortedRuns() const
{
    std::vector<RunPtr> runs = m_experiment.runs().runsOn(m_experiment.setup().source);
    std::reverse(runs.begin(), runs.end());
    const int order = m_order->currentData().toInt();
    if (order == NewestFirst)
        return runs;
    const TestLooks& looks = m_experiment.testLooks();
    const auto key = [&](const RunPtr& run) {
        if (order == ByTraining)
            return scoreOf(run->metricsTrain, scoreMetric(*run));
        const bool visible = looks.isOpen(run->setup) || looks.isSeen(run->setup);
        return visible ? scoreOf(run->metricsTest, scoreMetric(*run)) : -std::numeric_limits<double>::infinity();
    };
    // What predicts something else has another score: each target has its own order, that of the newest run first.
    std::vector<RunPtr> sorted;
    while (!runs.empty()) {
        const RunPtr first = runs.front();
        const auto others = std::stable_partition(runs.begin(), runs.end(), [&](const RunPtr& run) { return areComparable(*first, *run); });
        std::stable_sort(runs.begin(), others, [&](const RunPtr& a, const RunPtr& b) { return key(a) > key(b); });
        sorted.insert(sorted.end(), runs.begin(), others);
        runs.erase(runs.begin(), others);
    }
    return sorted;
}

/// While nobody looks only the count is kept: a dragged point trains many times a second.
void RunsPanel::follow()
{
    Q_EMIT countChanged(int(m_experiment.runs().runsOn(m_experiment.setup().source).size()));
    if (!isVisible())
        return;
    offerSuggestion();
    showCards();
    layOut();
    m_redraw.start();
}

void RunsPanel::forgetPictures()
{
    m_pictures.clear();
}

void RunsPanel::offerSuggestion()
{
    QStringList names;
    for (const Setup& setup : Comparison::suggestion(m_experiment.setup())) {
        if (const auto info = findLearner(setup.learner))
            names << QString::fromStdString((*info)->name);
    }
    const QString text = names.size() == 6 ? tr("Train these six") : tr("Train these %Ln learner(s)", nullptr, int(names.size()));
    m_trainSix->setText(names.isEmpty() ? tr("Train these six") : text);
    m_trainSix->setEnabled(!names.isEmpty() && !m_experiment.comparison().isRunning());
    m_trainSix->setToolTip(names.isEmpty() ? tr("Choose on the Data page what is to be predicted first.")
                                           : tr("Trains beside what you see, with the defaults: %1.").arg(QLocale().createSeparatedList(names)));
    m_empty->setText(names.isEmpty() ? tr("Choose on the Data page what is to be predicted first.")
                                     : tr("A run that comes to its end is kept here as a card. “%1” puts some side by side: %2.")
                                           .arg(m_trainSix->text(), QLocale().createSeparatedList(names)));
}

void RunsPanel::followComparison()
{
    const Comparison& comparison = m_experiment.comparison();
    const bool running = comparison.isRunning();
    m_progress->setVisible(running);
    m_progress->setRange(0, std::max(1, comparison.total()));
    m_progress->setValue(comparison.done());
    m_cancel->setVisible(running);
    m_trainSix->setVisible(!running);
    m_state->setText(comparison.sentence());
    if (m_trainSix->isEnabled() == running)
        offerSuggestion();
}

void RunsPanel::showCards()
{
    const std::vector<RunPtr> runs = sortedRuns();
    while (m_cards.size() > runs.size()) {
        m_cards.back()->deleteLater();
        m_cards.pop_back();
    }
    while (m_cards.size() < runs.size()) {
        auto* card = new RunCard(m_ground);
        connect(card, &RunCard::restoreWanted, &m_experiment, &Experiment::restoreRun);
        connect(card, &RunCard::removeWanted, this, [this](int number) { m_experiment.runs().remove(number); });
        connect(card, &RunCard::noteEdited, this, [this](int number, const QString& text) { m_experiment.runs().setNote(number, text); });
        connect(card, &RunCard::lookWanted, this, [this](int number) {
            if (const RunPtr run = m_experiment.runs().run(number))
                m_experiment.testLooks().look(run->setup);
        });
        card->show();
        m_cards.push_back(card);
    }
    const TestLooks& looks = m_experiment.testLooks();
    const bool ownFrozen = !m_experiment.isFrozen() || m_experiment.setup().frozenRows;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const Run& run = *runs[i];
        const RunPtr before = m_experiment.runs().before(run);
        RunCardValues values;
        values.number = run.number;
        values.title = runTitle(run);
        values.changes = changesSince(before.get(), run).join(QStringLiteral(", "));
        values.metric = scoreName(run);
        values.target = targetOf(run);
        values.train = scoreText(run.metricsTrain, scoreMetric(run));
        values.test = run.metricsTest.empty() ? QString() : scoreText(run.metricsTest, scoreMetric(run));
        values.sealed = !looks.isOpen(run.setup) && !looks.isSeen(run.setup);
        values.note = m_experiment.runs().note(run.number);
        values.details = tr("%1, %Ln step(s), trained in %2 s.", nullptr, run.frames.empty() ? 0 : int(run.frames.back().step))
                             .arg(QLocale().toString(run.made.time(), QLocale::ShortFormat), QString::fromStdString(shortText(run.seconds, 2)));
        // A run is what it was when it was trained: under another threshold it is not the one on show.
        values.current = ownFrozen && sameTraining(run.setup, m_experiment.setup()) && run.setup.threshold == m_experiment.setup().threshold;
        m_cards[i]->setValues(values);
        showPicture(*m_cards[i], run);
    }
    m_empty->setVisible(runs.empty());
    m_scroll->setVisible(!runs.empty());
    m_export->setEnabled(!runs.empty());
}

/// One row that scrolls sideways; where there is the height for more, as many beside each other as fit.
void RunsPanel::layOut()
{
    const QSize room = m_scroll->viewport()->size();
    const int count = int(m_cards.size());
    const bool wraps = room.height() >= 2 * cardHeight + gap;
    const int columns = wraps ? std::max(1, (room.width() + gap) / (cardWidth + gap)) : std::max(1, count);
    const int rows = (count + columns - 1) / columns;
    for (int i = 0; i < count; ++i)
        m_cards[std::size_t(i)]->setGeometry(i % columns * (cardWidth + gap), i / columns * (cardHeight + gap), cardWidth, cardHeight);
    m_ground->resize(std::max(1, std::min(columns, count) * (cardWidth + gap) - gap), std::max(1, rows * (cardHeight + gap) - gap));
}

void RunsPanel::askForSurfaces()
{
    if (m_surfacesStale) {
        m_surfaces.clear();
        m_surfaceModels.clear();
        forgetPictures();
        m_surfaceJob.cancel();
        m_asked = 0;
        m_surfacesStale = false;
    }
    m_waiting.clear();
    for (const RunPtr& run : sortedRuns()) {
        const auto known = m_surfaceModels.find(run->number);
        if (known == m_surfaceModels.end() || known->second != run->model)
            m_waiting.push_back(run->number);
    }
    showCards();
    if (m_asked == 0)
        nextSurface();
}

void RunsPanel::nextSurface()
{
    m_asked = 0;
    while (!m_waiting.empty()) {
        const RunPtr run = m_experiment.runs().run(m_waiting.front());
        m_waiting.pop_front();
        if (!run)
            continue;
        m_surfaceModels[run->number] = run->model;
        m_surfaces.erase(run->number);
        auto slice = sliceOf(m_picture, *run->model, m_experiment.view().inputs(*run->model));
        if (m_picture.kind == PictureKind::Plane)
            redraw(run->number);                    // arrows lie on no surface
        if (!slice || m_picture.kind == PictureKind::Plane)
            continue;
        slice->xMinimum = m_picture.x.minimum - (m_picture.x.maximum - m_picture.x.minimum) * 0.03;
        slice->xMaximum = m_picture.x.maximum + (m_picture.x.maximum - m_picture.x.minimum) * 0.03;
        slice->yMinimum = m_picture.y.minimum - (m_picture.y.maximum - m_picture.y.minimum) * 0.03;
        slice->yMaximum = m_picture.y.maximum + (m_picture.y.maximum - m_picture.y.minimum) * 0.03;
        m_asked = run->number;
        if (hasCategoryAxis(m_picture)) {
            takeSurface(std::make_shared<const DecisionSurface>(levelSurface(*run->model, *slice, m_picture)));
            return;
        }
        // The job's coarse picture, one value a 4x4 cell, is as fine as a small picture can show.
        slice->columns = RunCard::pictureSize.width() * 3;
        slice->rows = slice->xInput == slice->yInput ? 1 : RunCard::pictureSize.height() * 3;
        m_surfaceJob.start(run->model, *slice, true);
        return;
    }
}

void RunsPanel::takeSurface(const DecisionSurfacePtr& surface)
{
    if (m_asked == 0)
        return;
    m_surfaces[m_asked] = surface;
    redraw(m_asked);
    nextSurface();
}

void RunsPanel::redraw(int number)
{
    m_pictures.erase(number);
    const std::vector<RunPtr> runs = sortedRuns();
    for (std::size_t i = 0; i < runs.size() && i < m_cards.size(); ++i) {
        if (runs[i]->number == number)
            showPicture(*m_cards[i], *runs[i]);
    }
}

Thumbnail RunsPanel::thumbnailOf(const Run& run) const
{
    Thumbnail content;
    content.points = pointsBeside(m_picture, *run.model);
    content.values = m_picture.values;
    content.xMinimum = m_picture.x.minimum;
    content.xMaximum = m_picture.x.maximum;
    content.yMinimum = m_picture.y.minimum;
    content.yMaximum = m_picture.y.maximum;
    content.arrows = arrowsOf(m_picture, *run.model);
    const auto found = m_surfaces.find(run.number);
    if (found == m_surfaces.end())
        return content;
    const DecisionSurface& surface = *found->second;
    const bool curve = surface.slice.xInput == surface.slice.yInput;
    if (m_picture.kind != PictureKind::Curve) {
        content.surface = decidedSurface(found->second, run.setup.threshold);
        content.spansHeight = curve;
    }
    if (curve && (m_picture.kind == PictureKind::Curve || surface.outputs == 2))
        content.curve = curveOf(surface, !m_picture.x.levels.isEmpty());
    return content;
}

void RunsPanel::showPicture(RunCard& card, const Run& run)
{
    QImage& picture = m_pictures[run.number];
    if (picture.isNull() || picture.devicePixelRatio() != devicePixelRatioF())
        picture = drawThumbnail(thumbnailOf(run), RunCard::pictureSize, devicePixelRatioF(), *m_look);
    card.setPicture(picture);
}

QString RunsPanel::save(const QString& path)
{
    std::vector<SheetRun> sheet;
    for (const RunPtr& run : sortedRuns()) {
        const TestLooks& looks = m_experiment.testLooks();
        const bool visible = looks.isOpen(run->setup) || looks.isSeen(run->setup);
        const RunPtr before = m_experiment.runs().before(*run);
        // On paper the ground is white whatever the window wears.
        sheet.push_back({run, changesSince(before.get(), *run).join(QStringLiteral(", ")), m_experiment.runs().note(run->number), visible,
                         looks.count(run->setup), looks.isThresholdChosenBy(run->setup),
                         drawThumbnail(thumbnailOf(*run), QSize(260, 187), 2, Look::light())});
    }
    return saveRunSheet(path, sheet);
}

} // namespace modelarium
