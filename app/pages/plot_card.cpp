#include "app/pages/plot_card.h"

#include "app/charts/plot_view.h"
#include "app/pages/plot_overlay.h"
#include "app/pages/section.h"

#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QSignalBlocker>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <limits>

namespace modelarium {
namespace {

constexpr int curvePixels = 3;                      // width of one value of a curve or region
constexpr double projectorMagnification = 1.6;

QToolButton* makeButton(QWidget* parent, const QString& icon, const QString& label, const QString& help)
{
    auto* button = new QToolButton(parent);
    button->setText(label);
    button->setIcon(strokeIcon(icon));
    button->setIconSize(QSize(16, 16));
    button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    button->setToolTip(help);
    button->setAccessibleName(label);
    button->setAccessibleDescription(help);
    button->setFocusPolicy(Qt::TabFocus);
    button->setProperty("role", QStringLiteral("toggle"));
    return button;
}

} // namespace

PlotCard::PlotCard(Experiment& experiment, QWidget* parent)
    : QFrame(parent), m_experiment(experiment), m_view(new PlotView(this))
{
    setProperty("role", QStringLiteral("card"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(8, 8, 8, 8);
    layout->setSpacing(4);
    layout->addWidget(makeControls());
    layout->addWidget(m_view, 1);
    m_rebuild.setSingleShot(true);
    m_rebuild.setInterval(0);
    connect(&m_rebuild, &QTimer::timeout, this, &PlotCard::rebuild);
    connectView();
    connectExperiment();
    rebuild();
}

QWidget* PlotCard::makeControls()
{
    m_controls = new QWidget(this);
    auto* row = new QHBoxLayout(m_controls);
    row->setContentsMargins(8, 0, 4, 0);
    row->setSpacing(8);
    m_x = makeChoice(m_controls);
    m_y = makeChoice(m_controls);
    const auto add = [&](const QString& name, QComboBox* box, const QString& help) {
        auto* label = new QLabel(name, m_controls);
        label->setProperty("role", QStringLiteral("secondary"));
        label->setBuddy(box);
        box->setAccessibleName(name);
        box->setToolTip(help);
        box->setMaximumWidth(190);
        row->addWidget(label);
        m_axisNames.push_back(label);
        row->addWidget(box, 2);
        connect(box, &QComboBox::activated, this, &PlotCard::chooseAxes);
    };
    add(tr("Across"), m_x, tr("The feature on the horizontal axis."));
    add(tr("Up"), m_y, tr("What is on the vertical axis: another feature, or the target. Other features are held at a value."));
    row->addStretch(1);                                     // see fitButtons()
    m_probeButton = makeButton(m_controls, QStringLiteral("probe"), tr("Probe"), tr("Drag the ring over the plot and read what the model answers there."));
    m_guessButton = makeButton(m_controls, QStringLiteral("chart"), tr("Guess"), tr("Draw your own line first: take it by its ends or its middle, and compare it with the model's."));
    m_keepButton = makeButton(m_controls, QStringLiteral("pointer"), tr("Move points"),
                              tr("On: a dragged point stays where it is dropped (one undo step). Off: a drag only asks “what if”, and the point springs back."));
    auto* reset = makeButton(m_controls, QStringLiteral("reset_view"), tr("Whole view"),
                             tr("Shows all points again (0). Turn the wheel to zoom, drag the ground to move it."));
    m_buttons = {m_probeButton, m_guessButton, m_keepButton, reset};
    for (QToolButton* button : m_buttons) {
        button->setCheckable(button != reset);
        row->addWidget(button);
    }
    row->addWidget(makeMenuButton());
    connect(m_probeButton, &QToolButton::toggled, this, &PlotCard::setProbeShown);
    connect(m_guessButton, &QToolButton::toggled, this, &PlotCard::setGuessShown);
    connect(m_keepButton, &QToolButton::toggled, this, &PlotCard::setDragKeeps);
    connect(reset, &QToolButton::clicked, m_view, &PlotView::resetView);
    return m_controls;
}

/// A card that has no room for all its buttons has them in a menu, so that the names of the axes can be read.
QToolButton* PlotCard::makeMenuButton()
{
    m_menuButton = makeButton(m_controls, QStringLiteral("chart"), tr("Tools"), tr("The probe, your own line, moving points, and the whole view."));
    m_menuButton->setToolButtonStyle(Qt::ToolButtonIconOnly);
    m_menuButton->setPopupMode(QToolButton::InstantPopup);
    auto* menu = new QMenu(m_menuButton);
    menu->setToolTipsVisible(true);
    for (QToolButton* button : m_buttons) {
        QAction* action = menu->addAction(button->icon(), button->text());
        action->setToolTip(button->toolTip());
        action->setCheckable(button->isCheckable());
        connect(action, &QAction::triggered, button, &QToolButton::click);
        connect(menu, &QMenu::aboutToShow, action, [this, action, button] {
            action->setChecked(button->isChecked());
            action->setVisible(button != m_guessButton || m_picture.kind == PictureKind::Curve);
        });
    }
    m_menuButton->setMenu(menu);
    m_menuButton->hide();
    return m_menuButton;
}

/// What fits: buttons with their words, buttons alone, or a menu.
void PlotCard::fitButtons()
{
    constexpr int wordsNeed = 760, buttonsNeed = 480;
    const bool menu = width() < buttonsNeed;
    m_menuButton->setVisible(menu);
    constexpr int spareRoom = 4;                            // place of the stretch: a narrow card has none to spare
    static_cast<QHBoxLayout*>(m_controls->layout())->setStretch(spareRoom, menu ? 0 : 1);
    m_axisNames[0]->setText(menu ? QStringLiteral("\u2194") : tr("Across"));
    m_axisNames[1]->setText(menu ? QStringLiteral("\u2195") : tr("Up"));
    for (QToolButton* button : m_buttons) {
        button->setToolButtonStyle(width() < wordsNeed ? Qt::ToolButtonIconOnly : Qt::ToolButtonTextBesideIcon);
        button->setVisible(!menu && (button != m_guessButton || m_picture.kind == PictureKind::Curve));
    }
}

void PlotCard::connectView()
{
    connect(m_view, &PlotView::viewChanged, this, &PlotCard::askForSurface);
    connect(m_view, &PlotView::pointHovered, this, &PlotCard::showHover);
    connect(m_view, &PlotView::pointsChosen, this, [this](const std::vector<std::size_t>& rows) { m_experiment.view().select(rows); });
    connect(m_view, &PlotView::pointDragged, this, [this](std::size_t row, QPointF to) { dragPoint(row, to, false); });
    connect(m_view, &PlotView::pointReleased, this, [this](std::size_t row, QPointF to) { dragPoint(row, to, true); });
    connect(m_view, &PlotView::probeMoved, this, &PlotCard::moveProbe);
    connect(m_view, &PlotView::newPointWanted, this, [this](QPointF at) { addPoint(at, -1); });
    connect(m_view, &PlotView::trayPointDropped, this, &PlotCard::dropTrayPoint);
    connect(m_view, &PlotView::guessMoved, this, &PlotCard::showGuessScore);
    connect(m_view, &PlotView::deletionWanted, this, &PlotCard::deletionWanted);
    connect(m_view, &PlotView::projectorWanted, this, &PlotCard::projectorWanted);
    connect(m_view, &PlotView::emptyPlaceClicked, this, [this](QPointF at) {
        m_experiment.view().select({});
        if (m_experiment.view().isProbeShown())
            moveProbe(at);
    });
}

void PlotCard::connectExperiment()
{
    for (const auto signal : {&Experiment::dataChanged, &Experiment::rolesChanged, &Experiment::sourceChanged, &Experiment::splitChanged,
                              &Experiment::learnerChanged, &Experiment::frozenChanged})
        connect(&m_experiment, signal, this, &PlotCard::rebuildLater);
    connect(&m_experiment.view(), &ViewState::axesChanged, this, &PlotCard::rebuildLater);
    connect(&m_experiment, &Experiment::modelChanged, this, [this] {
        // The split is known once a run has begun; classes of numbers once there is a model.
        if (m_experiment.training().training() != m_shownTraining && !m_moving)
            rebuildLater();
        askForSurface();
    });
    connect(&m_experiment, &Experiment::modelChanged, this, &PlotCard::showProbe);
    connect(&m_experiment, &Experiment::evaluationChanged, this, &PlotCard::showPredictions);
    connect(&m_experiment, &Experiment::testVisibilityChanged, this, &PlotCard::showPredictions);
    connect(&m_experiment.view(), &ViewState::inputsChanged, this, [this] {
        showProbe();
        const ModelPtr model = m_experiment.model();
        if (model && model->inputs().size() > 2)
            askForSurface();
    });
    connect(&m_experiment.view(), &ViewState::probeShownChanged, this, [this](bool shown) {
        const QSignalBlocker blocker(m_probeButton);
        m_probeButton->setChecked(shown);
        showProbe();
    });
    connect(&m_experiment.view(), &ViewState::selectionChanged, this,
            [this] { m_view->setSelection(m_experiment.view().selection()); });
    connect(&m_surfaceJob, &SurfaceJob::ready, this, &PlotCard::showSurface);
}

void PlotCard::resizeEvent(QResizeEvent* event)
{
    QFrame::resizeEvent(event);
    fitButtons();
}

void PlotCard::setLook(const Look& look)
{
    m_view->setLook(look);
    rebuild();
}

void PlotCard::setProjector(bool on)
{
    m_controls->setVisible(!on);
    m_view->setMagnification(on ? projectorMagnification : 1);
}

void PlotCard::rebuildLater()
{
    m_rebuild.start();
}

void PlotCard::catchUp()
{
    if (!m_rebuild.isActive())
        return;
    rebuild();
    m_view->layOut();
}

void PlotCard::rebuild()
{
    m_rebuild.stop();
    m_picture = makePicture(m_experiment);
    m_shownTraining = m_experiment.training().training();
    const bool empty = m_picture.kind == PictureKind::Empty;
    m_view->setSentence(m_picture.sentence);
    m_view->setFrozen(m_experiment.isFrozen() && !m_experiment.canLearnOn());
    m_view->setAxes(m_picture.x, m_picture.y);
    const DataSourcePtr source = m_experiment.setup().source;
    const ModelPtr model = m_experiment.model();
    const QString answer = model && hasTarget(model->target().task) ? tr("%1, as the model answers").arg(QString::fromStdString(model->target().name)) : m_picture.y.title;
    m_view->setHeading(source ? source->name : empty ? QString() : answer, m_picture.classes, m_picture.noise);
    m_view->setPoints(m_picture.points, m_picture.values);
    m_view->setSelection(m_experiment.view().selection());
    fitButtons();
    if (m_picture.kind != PictureKind::Curve)
        m_view->setGuess({});
    fillAxisChoices();
    showPredictions();
    askForSurface();
    showProbe();
    Q_EMIT pictureChanged();
}

void PlotCard::fillAxisChoices()
{
    const Setup& setup = m_experiment.setup();
    const QSignalBlocker xBlocker(m_x);
    const QSignalBlocker yBlocker(m_y);
    m_x->clear();
    m_y->clear();
    const ModelPtr model = setup.source ? nullptr : m_experiment.model();
    if (model) {
        for (const InputColumn& input : model->inputs()) {
            m_x->addItem(QString::fromStdString(input.name));
            m_y->addItem(QString::fromStdString(input.name));
        }
        if (hasTarget(model->target().task))
            m_y->addItem(QString::fromStdString(model->target().name));
        m_x->setCurrentIndex(m_x->findText(QString::fromStdString(m_picture.x.column)));
        m_y->setCurrentIndex(m_y->findText(QString::fromStdString(m_picture.y.column)));
    }
    for (std::size_t j = 0; j < setup.table.columns() && j < setup.roles.size(); ++j) {
        const Column& column = setup.table.column(j);
        if (setup.roles[j] == Role::Ignored || !(column.isNumeric() || column.isCategorical()))
            continue;
        const QString name = QString::fromStdString(column.name());
        if (setup.roles[j] == Role::Feature)
            m_x->addItem(name);
        m_y->addItem(name);
    }
    if (!model) {
        m_x->setCurrentIndex(m_x->findText(QString::fromStdString(m_experiment.view().xColumn())));
        m_y->setCurrentIndex(m_y->findText(QString::fromStdString(m_experiment.view().yColumn())));
    }
    m_controls->setEnabled(setup.source || model);
    // An elided name is read on hover.
    for (const auto& [box, help] : {std::pair{m_x, tr("The feature on the horizontal axis.")},
                                    {m_y, tr("What is on the vertical axis: another feature, or the target. Other features are held at a value.")}})
        box->setToolTip(box->currentIndex() < 0 ? tr("There is nothing to choose from yet: open a file, take a sample, or open a model.")
                                                : tr("%1: %2").arg(box->currentText(), help));
}

void PlotCard::chooseAxes()
{
    std::string x = m_x->currentText().toStdString();
    std::string y = m_y->currentText().toStdString();
    // Both axes the same would be a diagonal: the other one changes places.
    if (x == y) {
        const bool rows = m_experiment.setup().source != nullptr;
        const std::string before = rows ? m_experiment.view().xColumn() : m_picture.x.column;
        if (sender() == m_x)
            y = before;
        else
            x = rows ? m_experiment.view().yColumn() : m_picture.y.column;
        // The target goes up and never across: then another feature does, if there is one.
        if (m_x->findText(QString::fromStdString(x)) < 0) {
            const int other = m_x->itemText(0).toStdString() == y ? 1 : 0;
            const std::string target = x;
            x = other < m_x->count() ? m_x->itemText(other).toStdString() : before;
            y = x == y ? target : y;
        }
    }
    m_experiment.view().setAxes(x, y);
    fillAxisChoices();
}

void PlotCard::askForSurface()
{
    const ModelPtr model = m_experiment.model();
    m_view->setFrozen(m_experiment.isFrozen() && !m_experiment.canLearnOn());
    m_view->setMarks(model ? marksOf(m_picture, *model) : std::vector<PlotMark>());
    const std::vector<PlotArrow> arrows = model ? arrowsOf(m_picture, *model) : std::vector<PlotArrow>();
    m_view->setArrows(arrows);
    if (m_picture.kind == PictureKind::Plane) {
        m_surfaceJob.cancel();
        m_view->setCurve({});
        m_view->setSurface({}, false);
        m_view->setFootnote(arrows.empty() ? QString() : tr("Arrows: the components from the mean of the rows, one standard deviation long"));
        return;
    }
    std::optional<SurfaceSlice> slice;
    if (model)
        slice = sliceOf(m_picture, *model, m_experiment.view().inputs(*model));
    if (!slice) {
        m_surfaceJob.cancel();
        m_view->setCurve({});
        m_view->setSurface({}, false);
        if (!isGuessShown())
            m_view->setFootnote({});
        return;
    }
    const PlotScale scale = m_view->plotScale();
    slice->xMinimum = scale.xMinimum;
    slice->xMaximum = scale.xMaximum;
    slice->yMinimum = scale.yMinimum;
    slice->yMaximum = scale.yMaximum;
    slice->columns = std::max(2, int(scale.area.width()) / curvePixels);
    slice->rows = slice->xInput == slice->yInput ? 1 : std::max(2, int(scale.area.height()) / curvePixels);
    if (hasCategoryAxis(m_picture)) {
        m_surfaceJob.cancel();
        showSurface(std::make_shared<const DecisionSurface>(levelSurface(*model, *slice, m_picture)));
    } else {
        m_surfaceJob.start(model, *slice);
    }
    if (!isGuessShown())
        m_view->setFootnote(heldSentence(m_picture, *model, slice->held));
}

void PlotCard::showSurface(const DecisionSurfacePtr& surface)
{
    const bool curve = surface->slice.xInput == surface->slice.yInput;
    if (m_picture.kind == PictureKind::Curve) {
        m_view->setSurface({}, false);
        m_view->setCurve(curveOf(*surface, !m_picture.x.levels.isEmpty()));
    } else {
        const ModelPtr model = m_experiment.model();
        m_view->setSurface(model ? decidedSurface(surface, model->target().threshold) : surface, curve);
        m_view->setCurve(curve && surface->outputs == 2 ? curveOf(*surface, !m_picture.x.levels.isEmpty()) : QList<QPointF>());
    }
    Q_EMIT surfaceShown();
}

void PlotCard::showPredictions()
{
    const EvaluationPtr evaluation = m_experiment.evaluation();
    const bool known = evaluation && !evaluation->error && evaluation->table.rows() == m_experiment.table().rows();
    // Groups come and go while they are learned; the legend follows.
    const ModelPtr model = m_experiment.model();
    if (model && hasOtherGroups(m_picture, *model))
        rebuildLater();
    if (known && putPredictions(m_picture, *evaluation, m_experiment.sealedRows())) {
        // Rows that were given no group yet are grey: the colour of points without a class is too near to that of a group.
        const bool ungrouped = evaluation->groups && evaluation->groups->size() > 0 && (*evaluation->groups)[0] < 0;
        m_view->setPoints(m_picture.points, ungrouped ? std::vector<double>(m_picture.points.size(), std::numeric_limits<double>::quiet_NaN())
                                                      : m_picture.values);
    }
    std::vector<double> predictions;
    if (known && m_picture.kind == PictureKind::Curve && m_residuals != ResidualStyle::None) {
        // Errors of rows under seal are not drawn: they would tell the score.
        const std::vector<std::size_t>& sealed = m_experiment.sealedRows();
        for (const PlotPoint& point : m_picture.points) {
            const bool open = !std::binary_search(sealed.begin(), sealed.end(), std::size_t(point.row));
            predictions.push_back(open ? evaluation->prediction.values[Eigen::Index(point.row)] : std::numeric_limits<double>::quiet_NaN());
        }
    }
    m_view->setResiduals(m_residuals, std::move(predictions));
    showGuessScore();
}

void PlotCard::setResidualStyle(ResidualStyle style)
{
    if (style == m_residuals)
        return;
    m_residuals = style;
    showPredictions();
    Q_EMIT residualStyleChanged(style);
}

QString PlotCard::save(const QString& path)
{
    return m_view->save(path);
}

void PlotCard::copy()
{
    QGuiApplication::clipboard()->setImage(m_view->picture(2));
}

} // namespace modelarium
