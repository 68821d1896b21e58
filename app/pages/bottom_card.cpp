#include "app/pages/bottom_card.h"

#include "app/charts/loss_chart.h"
#include "app/document/kept_model.h"
#include "app/item_models/data_table_model.h"
#include "app/pages/runs_panel.h"
#include "app/pages/section.h"
#include "app/widgets/look.h"
#include "core/base/number_text.h"
#include "core/evaluate/metrics.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QLabel>
#include <QLocale>
#include <QSignalBlocker>
#include <QSlider>
#include <QStackedWidget>
#include <QTabBar>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <array>
#include <cmath>

namespace modelarium {
namespace {

constexpr std::size_t selectedRowsShown = 2000;
constexpr std::array speeds{1.0, 4.0, 10.0, 30.0, 0.0};

} // namespace

BottomCard::BottomCard(Experiment& experiment, QWidget* parent)
    : QFrame(parent), m_experiment(experiment), m_tabs(new QTabBar(this)), m_stack(new QStackedWidget(this))
{
    setProperty("role", QStringLiteral("card"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 6, 12, 8);
    layout->setSpacing(4);
    m_tabs->addTab(tr("Training"));
    m_tabs->addTab(tr("Rows"));
    m_tabs->addTab(tr("Runs"));
    m_tabs->setExpanding(false);
    m_tabs->setDrawBase(false);
    m_tabs->setUsesScrollButtons(false);
    m_tabs->setElideMode(Qt::ElideNone);
    m_tabs->setAccessibleName(tr("Training, rows or runs"));
    m_runs = new RunsPanel(m_experiment, this);
    auto* top = new QHBoxLayout;
    top->addWidget(m_tabs);
    top->addStretch(1);
    top->addWidget(m_runs->bar());
    m_runs->bar()->hide();
    layout->addLayout(top);
    layout->addWidget(m_stack, 1);
    m_stack->addWidget(makeTraining());
    m_stack->addWidget(makeRows());
    m_stack->addWidget(m_runs);
    connect(m_tabs, &QTabBar::currentChanged, this, [this](int tab) {
        m_stack->setCurrentIndex(tab);
        m_runs->bar()->setVisible(tab == RunsTab);
        Q_EMIT tabChanged(Tab(tab));
    });
    connect(m_runs, &RunsPanel::countChanged, this, [this](int runs) {
        m_tabs->setTabText(RunsTab, runs > 0 ? tr("Runs (%1)").arg(QLocale().toString(runs)) : tr("Runs"));
        m_tabs->updateGeometry();
    });

    connect(&m_experiment, &Experiment::historyChanged, this, &BottomCard::followHistory);
    connect(&m_experiment, &Experiment::sourceChanged, this, &BottomCard::countRows);
    connect(&m_experiment, &Experiment::dataChanged, this, &BottomCard::countRows);
    connect(&m_experiment, &Experiment::positionChanged, this, &BottomCard::followPosition);
    connect(&m_experiment, &Experiment::stateChanged, this, &BottomCard::followState);
    connect(&m_experiment, &Experiment::frozenChanged, this, &BottomCard::followState);
    connect(&m_experiment, &Experiment::frozenChanged, this, &BottomCard::followHistory);
    connect(&m_experiment.training(), &TrainingSession::playingChanged, this, &BottomCard::followState);
    connect(&m_experiment, &Experiment::testVisibilityChanged, this, &BottomCard::followHistory);
    connect(&m_experiment.view(), &ViewState::selectionChanged, this, &BottomCard::followSelection);
    followHistory();
    followState();
}

QToolButton* BottomCard::makeButton(const QString& icon, const QString& name, const QString& help)
{
    auto* button = new QToolButton(this);
    button->setIcon(strokeIcon(icon));
    button->setAccessibleName(name);
    button->setToolTip(help);
    button->setProperty("role", QStringLiteral("player"));
    button->setFocusPolicy(Qt::TabFocus);
    m_buttons.push_back(button);
    return button;
}

QWidget* BottomCard::makePlayer()
{
    auto* player = new QWidget(this);
    auto* column = new QVBoxLayout(player);
    column->setContentsMargins(0, 4, 0, 0);
    column->setSpacing(6);
    auto* row = new QHBoxLayout;
    row->setSpacing(6);
    TrainingSession& training = m_experiment.training();
    auto* start = makeButton(QStringLiteral("to_start"), tr("To the start"), tr("To the starting point, before the first step (Home)"));
    auto* back = makeButton(QStringLiteral("step_back"), tr("One step back"), tr("One step back (Left)"));
    m_play = makeButton(QStringLiteral("play"), tr("Play"), tr("Play or pause the training (Space)"));
    auto* step = makeButton(QStringLiteral("step_forward"), tr("One step forward"), tr("One step forward (Right)"));
    auto* end = makeButton(QStringLiteral("to_end"), tr("To the end"), tr("To the end of the training (End)"));
    m_play->setProperty("role", QStringLiteral("play"));
    connect(start, &QToolButton::clicked, &training, &TrainingSession::toStart);
    connect(back, &QToolButton::clicked, &training, &TrainingSession::stepBack);
    connect(m_play, &QToolButton::clicked, this, &BottomCard::togglePlay);
    connect(step, &QToolButton::clicked, &training, &TrainingSession::step);
    connect(end, &QToolButton::clicked, &training, &TrainingSession::toEnd);
    for (QToolButton* button : {start, back, m_play, step, end})
        row->addWidget(button);
    row->addSpacing(8);
    auto* label = new QLabel(tr("Speed"), player);
    label->setProperty("role", QStringLiteral("secondary"));
    m_speed = new QComboBox(player);
    for (const double speed : speeds)
        m_speed->addItem(speed > 0 ? tr("%Ln step(s) a second", nullptr, int(speed)) : tr("as fast as it can"), speed);
    m_speed->setAccessibleName(tr("Speed"));
    m_speed->setToolTip(tr("How many steps of the training are shown in a second."));
    label->setBuddy(m_speed);
    connect(m_speed, &QComboBox::activated, this, [this](int index) {
        m_experiment.training().setStepsPerSecond(m_speed->itemData(index).toDouble());
    });
    showChoice(m_speed, training.stepsPerSecond());
    row->addWidget(label);
    row->addWidget(m_speed);
    row->addStretch(1);
    m_slider = new QSlider(Qt::Horizontal, player);
    m_slider->setAccessibleName(tr("Step of the training"));
    m_slider->setToolTip(tr("Slide through the whole training, back and forth."));
    m_step = makeSentence(player);
    m_step->setWordWrap(false);
    m_step->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    connect(m_slider, &QSlider::valueChanged, this, [this](int frame) {
        if (!m_following)
            m_experiment.training().seek(std::size_t(frame));
    });
    column->addLayout(row);
    column->addWidget(m_slider);
    column->addWidget(m_step);
    column->addStretch(1);
    return player;
}

QWidget* BottomCard::makeTraining()
{
    auto* page = new QWidget(this);
    auto* row = new QHBoxLayout(page);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(16);
    m_loss = new LossChart(page);
    row->addWidget(makePlayer(), 3);
    row->addWidget(m_loss, 2);
    connect(m_loss, &LossChart::stepChosen, this, [this](double step) {
        TrainingSession& training = m_experiment.training();
        if (!training.history().isEmpty())
            training.seek(training.history().indexOfStep(std::size_t(std::lround(std::max(0.0, step)))));
    });
    return page;
}

QWidget* BottomCard::makeRows()
{
    m_table = new DataTableModel(m_experiment, this);
    m_tableView = new QTableView(this);
    m_tableView->setModel(m_table);
    m_tableView->setAccessibleName(tr("Rows of the data"));
    m_tableView->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_tableView->setTabKeyNavigation(false);
    m_tableView->setAlternatingRowColors(false);
    m_tableView->verticalHeader()->setDefaultSectionSize(26);
    m_tableView->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_tableView->horizontalHeader()->setDefaultSectionSize(130);
    m_tableView->horizontalHeader()->setTextElideMode(Qt::ElideMiddle);
    m_tableView->setEditTriggers(QAbstractItemView::DoubleClicked | QAbstractItemView::EditKeyPressed);
    connect(m_table, &QAbstractItemModel::modelReset, this, &BottomCard::fitColumns);
    connect(m_tableView->selectionModel(), &QItemSelectionModel::selectionChanged, this, &BottomCard::selectFromTable);
    connect(m_table, &DataTableModel::editRefused, this, [this](const QModelIndex&, const QString& sentence) {
        Q_EMIT m_experiment.noticeRaised(Severity::Warning, sentence);
    });
    return m_tableView;
}

/// As wide as their names, within reason.
void BottomCard::fitColumns()
{
    constexpr int narrowest = 90, widest = 320, looked = 200;
    QHeaderView* header = m_tableView->horizontalHeader();
    for (int column = 0; column < std::min(looked, m_table->columnCount()); ++column)
        header->resizeSection(column, std::clamp(header->sectionSizeHint(column) + 12, narrowest, widest));
}

void BottomCard::setLook(const Look& look)
{
    m_loss->setLook(look);
    m_runs->setLook(look);
    m_table->setClassColours(look.classes);
}

void BottomCard::showTab(Tab tab)
{
    m_tabs->setCurrentIndex(tab);
}

BottomCard::Tab BottomCard::tab() const
{
    return Tab(m_tabs->currentIndex());
}

bool BottomCard::isPlayable() const
{
    return m_experiment.setup().source && !m_experiment.isFrozen();
}

void BottomCard::togglePlay()
{
    TrainingSession& training = m_experiment.training();
    if (training.isPlaying())
        training.pause();
    else
        training.play();
}

/// What clusteringLoss() is for these parameters.
QString BottomCard::groupLossName(const Model& model)
{
    if (std::holds_alternative<Centroids>(model.parameters()))
        return tr("inertia a row");
    return hasNoise(model.parameters()) ? tr("share of noise") : tr("−log likelihood");
}

void BottomCard::followHistory()
{
    const TrainingHistory& history = m_experiment.training().history();
    // A model that was opened learned elsewhere: what was trained here before it is not its history.
    const bool elsewhere = m_experiment.isFrozen() && !m_experiment.setup().frozenRows;
    QList<QPointF> train;
    QList<QPointF> test;
    // A curve over the test rows is a look at them, step by step.
    const bool open = m_experiment.isTestVisible();
    for (const TrainingFrame& frame : history.frames()) {
        if (elsewhere)
            break;
        if (std::isfinite(frame.trainError))
            train << QPointF(double(frame.step), frame.trainError);
        if (open && std::isfinite(frame.testError))
            test << QPointF(double(frame.step), frame.testError);
    }
    const ModelPtr model = history.size() > 0 ? history.back().model : nullptr;
    m_loss->setName(m_experiment.task() == Task::Projection      ? tr("squared error of a row")
                    : m_experiment.task() == Task::Clustering    ? (model && model->target().task == Task::Clustering ? groupLossName(*model) : tr("loss"))
                    : m_experiment.task() == Task::Classification ? (model && !tracksLogLoss(*model) ? tr("share of wrong answers") : tr("log loss"))
                                                                  : tr("RMSE"));
    m_loss->setCurves(train, test);
    m_loss->setSentence(elsewhere ? tr("The model was opened from a file, which keeps the numbers and not the way to them.")
                                  : tr("The error of every step is drawn here while a model is trained."));
    m_following = true;
    m_slider->setRange(0, std::max(0, int(history.size()) - 1));
    m_following = false;
    countRows();
    followPosition();
}

void BottomCard::countRows()
{
    m_tabs->setTabText(RowsTab, tr("Rows (%1)").arg(QLocale().toString(qulonglong(m_experiment.table().rows()))));
    m_tabs->updateGeometry();
}

void BottomCard::followPosition()
{
    const TrainingSession& training = m_experiment.training();
    m_following = true;
    m_slider->setValue(int(training.position()));
    m_following = false;
    if (const TrainingFrame* frame = training.frame())
        m_loss->setCursorStep(double(frame->step));
    m_step->setText(stepSentence());
}

QString BottomCard::stepSentence() const
{
    const TrainingSession& training = m_experiment.training();
    const TrainingFrame* frame = training.frame();
    if (m_experiment.isFrozen())
        return keptModelSentence(*m_experiment.setup().frozen, tr("training is over"), tr("Unfreeze a copy to train on."));
    if (!frame)
        return m_experiment.setup().source ? tr("Nothing is trained yet: press Train (Ctrl+T).") : tr("Open data first.");
    const QString what = QString::fromStdString(frame->what);
    const std::size_t last = training.history().back().step;
    const auto number = [](std::size_t step) { return QLocale().toString(qulonglong(step)); };
    const QString where = frame->step > 0 ? tr("Step %1 of %2").arg(number(frame->step), number(last))
        : last > 0                        ? tr("The starting point, before step 1 of %1").arg(number(last))
                                          : tr("The starting point: press Space to play, or the right arrow for one step");
    return what.isEmpty() ? where : tr("%1: %2").arg(where, what);
}

void BottomCard::followState()
{
    const bool playing = m_experiment.training().isPlaying();
    m_play->setIcon(strokeIcon(playing ? QStringLiteral("pause") : QStringLiteral("play"), &Look::onAccent));
    m_play->setAccessibleName(playing ? tr("Pause") : tr("Play"));
    const bool playable = isPlayable();
    for (QToolButton* button : m_buttons)
        button->setEnabled(playable);
    m_slider->setEnabled(playable);
    m_speed->setEnabled(playable);
    showChoice(m_speed, m_experiment.training().stepsPerSecond());
    m_step->setText(stepSentence());
}

void BottomCard::followSelection()
{
    if (m_following)
        return;
    const std::vector<std::size_t>& rows = m_experiment.view().selection();
    QItemSelection selection;
    for (std::size_t i = 0; i < std::min(rows.size(), selectedRowsShown); ++i) {
        const QModelIndex left = m_table->index(int(rows[i]), 0);
        selection.select(left, left.siblingAtColumn(m_table->columnCount() - 1));
    }
    m_following = true;
    m_tableView->selectionModel()->select(selection, QItemSelectionModel::ClearAndSelect);
    if (!rows.empty())
        m_tableView->scrollTo(m_table->index(int(rows.front()), 0));
    m_following = false;
}

void BottomCard::selectFromTable()
{
    if (m_following)
        return;
    std::vector<std::size_t> rows;
    for (const QItemSelectionRange& range : m_tableView->selectionModel()->selection()) {
        for (int row = range.top(); row <= range.bottom(); ++row)
            rows.push_back(std::size_t(row));
    }
    m_following = true;
    m_experiment.view().select(std::move(rows));
    m_following = false;
}

} // namespace modelarium
