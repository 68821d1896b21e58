#include "app/pages/steps_part.h"

#include "app/document/kept_model.h"
#include "app/pages/section.h"
#include "app/pages/step_editor.h"
#include "app/widgets/flow_row.h"
#include "app/widgets/look.h"
#include "core/learn/step_table.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace modelarium {
namespace {

QToolButton* makeButton(QWidget* parent, const QString& icon, const QString& name, const QString& help)
{
    auto* button = new QToolButton(parent);
    button->setIcon(strokeIcon(icon));
    button->setIconSize(QSize(18, 18));
    button->setProperty("role", QStringLiteral("player"));
    button->setAccessibleName(name);
    button->setAccessibleDescription(help);
    button->setToolTip(help);
    return button;
}

} // namespace

StepsPart::StepsPart(Experiment& experiment, QWidget* parent)
    : QWidget(parent), m_experiment(experiment), m_intro(nullptr), m_list(nullptr), m_add(nullptr), m_up(nullptr), m_down(nullptr), m_remove(nullptr),
      m_refusal(nullptr), m_problem(nullptr), m_editor(nullptr)
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    auto* section = new Section(tr("Steps, in the order in which they work"), this);
    layout->addWidget(section);
    m_intro = makeSentence(section);
    m_list = new StepList(section);
    m_list->setAccessibleName(tr("Steps of the preparation"));
    m_list->setAccessibleDescription(tr("Alt with the arrow keys moves a step, Delete removes it, Space switches it off and on."));
    m_refusal = makeSentence(section);
    m_refusal->setProperty("role", QStringLiteral("warning"));
    m_problem = makeSentence(section);
    m_problem->setProperty("role", QStringLiteral("error"));
    m_editor = new StepEditor(m_experiment, section);
    for (QWidget* widget : {static_cast<QWidget*>(m_intro), static_cast<QWidget*>(m_list), makeButtons(), static_cast<QWidget*>(m_refusal),
                            static_cast<QWidget*>(m_problem), static_cast<QWidget*>(m_editor)})
        section->content()->addWidget(widget);

    connect(m_list, &QListWidget::currentRowChanged, this, [this](int place) {
        refuse({});
        m_editor->setPlace(m_experiment.isFrozen() ? -1 : place);
        followButtons();
    });
    connect(m_list, &StepList::moveWanted, this, &StepsPart::move);
    connect(m_list, &StepList::switched, this, [this](int place, bool on) {
        refuse({});
        m_experiment.steps().setOn(std::size_t(place), on);
    });
    connect(m_list, &StepList::removeWanted, this, [this](int place) {
        refuse({});
        m_experiment.steps().remove(std::size_t(place));
    });
    connect(&m_experiment.steps(), &StepEdits::refused, this, &StepsPart::refuse);
    for (const auto signal : {&Experiment::preparationChanged, &Experiment::sourceChanged, &Experiment::rolesChanged, &Experiment::frozenChanged})
        connect(&m_experiment, signal, this, &StepsPart::follow);
    follow();
    m_list->setCurrentRow(0);
}

QWidget* StepsPart::makeButtons()
{
    auto* buttons = new QWidget(this);
    auto* both = new FlowRow;
    buttons->setLayout(both);
    auto* moves = new QWidget(buttons);
    auto* row = new QHBoxLayout(moves);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(6);
    m_add = new QPushButton(tr("Add step"), buttons);
    m_add->setIcon(strokeIcon(QStringLiteral("plus")));
    m_add->setToolTip(tr("Adds a step where such steps belong; it can be moved from there."));
    auto* menu = new QMenu(m_add);
    menu->setToolTipsVisible(true);
    fillMenu(menu);
    m_add->setMenu(menu);
    m_up = makeButton(buttons, QStringLiteral("move_up"), tr("Move the step up"), tr("Lets the step work earlier (Alt+Up)."));
    m_down = makeButton(buttons, QStringLiteral("move_down"), tr("Move the step down"), tr("Lets the step work later (Alt+Down)."));
    m_remove = makeButton(buttons, QStringLiteral("trash"), tr("Remove the step"), tr("Takes the step out of the list (Delete)."));
    for (QToolButton* button : {m_up, m_down, m_remove})
        row->addWidget(button);
    both->addWidget(m_add);
    both->addWidget(moves);
    connect(m_up, &QToolButton::clicked, this, [this] { move(m_list->currentRow(), -1); });
    connect(m_down, &QToolButton::clicked, this, [this] { move(m_list->currentRow(), 1); });
    connect(m_remove, &QToolButton::clicked, this, [this] { Q_EMIT m_list->removeWanted(m_list->currentRow()); });
    return buttons;
}

/// One entry for each kind of step that the core knows.
void StepsPart::fillMenu(QMenu* menu)
{
    bool wereCells = true;
    for (const StepKind& kind : stepKinds()) {
        const auto made = makeStep(kind, {}, "", {});
        const bool cells = made && readsCells(*made);
        if (wereCells && !cells)
            menu->addSeparator();
        wereCells = cells;
        QAction* action = menu->addAction(QString::fromStdString(kind.name));
        action->setToolTip(QString::fromStdString(kind.help));
        action->setStatusTip(action->toolTip());
        action->setData(QString::fromStdString(kind.id));
        connect(action, &QAction::triggered, this, [this, id = kind.id] { add(id); });
    }
}

void StepsPart::add(const std::string& kind)
{
    refuse({});
    if (const auto place = m_experiment.steps().add(kind, m_column)) {
        m_list->setCurrentRow(int(*place));
        m_list->setFocus();
    }
}

void StepsPart::move(int place, int by)
{
    refuse({});
    if (place >= 0 && m_experiment.steps().move(std::size_t(place), by))
        m_list->setCurrentRow(place + by);
}

void StepsPart::refuse(const QString& sentence)
{
    m_refusal->setText(sentence);
    m_refusal->setVisible(!sentence.isEmpty());
}

void StepsPart::setEffects(const PreparationEffectsPtr& effects, const PlannedSteps& asked, const std::vector<std::size_t>& places)
{
    m_effects = effects;
    m_asked = asked;
    m_places = places;
    follow();
}

QString StepsPart::touchedText(const PlannedStep& step, const StepTouch& touch) const
{
    if (touch.cells > 0) {
        return tr("touches %1, %2 in %3")
            .arg(tr("%Ln row(s)", nullptr, int(touch.rows)), tr("%Ln cell(s)", nullptr, int(touch.cells)), tr("%Ln column(s)", nullptr, int(touch.columns)));
    }
    if (std::holds_alternative<ImputeChoice>(step.choice.what))
        return tr("touches nothing: no cell is missing");
    if (std::holds_alternative<EncodeChoice>(step.choice.what))
        return tr("touches nothing: there is no category");
    return tr("touches nothing");
}

/// What was counted for a step stays with it where the list around it changes, until it is counted anew.
StepRow StepsPart::rowOf(std::size_t at) const
{
    const PlannedStep& step = m_experiment.setup().steps[at];
    const QString options = optionWords(step.choice);
    StepRow row{stepTitle(step.choice), options.isEmpty() ? columnWords(step) : tr("%1: %2").arg(columnWords(step), options), {}, {}, step.on};
    if (!step.on) {
        row.touched = tr("switched off");
        return row;
    }
    row.touched = tr("counting…");
    const bool stands = at < m_asked.size() && m_asked[at] == step;
    const auto same = stands ? m_asked.begin() + std::ptrdiff_t(at) : std::find(m_asked.begin(), m_asked.end(), step);
    if (!m_effects || same == m_asked.end())
        return row;
    const auto place = std::size_t(same - m_asked.begin());
    const auto choice = std::find(m_places.begin(), m_places.end(), place);
    if (choice == m_places.end()) {
        row.touched = tr("touches nothing: none of its columns is a feature");
        return row;
    }
    const auto which = std::size_t(choice - m_places.begin());
    if (m_effects->refused == which && m_effects->error) {
        row.touched.clear();
        row.problem = errorText(*m_effects->error);
    } else if (m_effects->error && (!m_effects->refused || which > *m_effects->refused)) {
        row.touched = tr("waits for what is wrong to be mended");
    } else if (which < m_effects->touched.size()) {
        row.touched = touchedText(step, m_effects->touched[which]);
    }
    return row;
}

/// What the frozen model keeps, in the words of the core.
std::vector<StepRow> StepsPart::frozenRows() const
{
    std::vector<StepRow> rows;
    const std::vector<StepReport> reports = describeSteps(m_experiment.setup().frozen->preparation());
    for (std::size_t i = 0; i < reports.size(); ++i) {
        const auto kind = findStepKind(reports[i].step);
        StepRow row{QString::fromStdString(kind ? (*kind)->name : reports[i].step), QString::fromStdString(reports[i].summary)};
        if (m_effects && reports.size() == m_effects->touched.size() && m_effects->touched[i].cells > 0)
            row.touched = touchedText({}, m_effects->touched[i]);
        rows.push_back(std::move(row));
    }
    return rows;
}

void StepsPart::follow()
{
    const Setup& setup = m_experiment.setup();
    const bool frozen = m_experiment.isFrozen();
    std::vector<StepRow> rows;
    if (frozen) {
        rows = frozenRows();
    } else {
        for (std::size_t i = 0; i < setup.steps.size(); ++i)
            rows.push_back(rowOf(i));
    }
    const bool empty = !frozen && !setup.source;
    m_intro->setText(frozen ? keptModelSentence(*setup.frozen, tr("it keeps the steps that it was trained with"))
                     : empty ? tr("There are no rows yet: open a table on the Data page.")
                             : tr("Learned from the training rows alone, and frozen with the model."));
    m_list->setChangeable(!frozen);
    m_list->setRows(empty ? std::vector<StepRow>() : rows);
    m_list->setVisible(!empty);
    const bool isSaid = m_effects && m_effects->refused;
    const QString problem = m_effects && m_effects->error && !isSaid && !empty ? errorText(*m_effects->error) : QString();
    m_problem->setText(problem);
    m_problem->setVisible(!problem.isEmpty());
    m_add->setVisible(!frozen && !empty);
    for (QToolButton* button : {m_up, m_down, m_remove})
        button->setVisible(!frozen && !empty);
    m_refusal->setVisible(!m_refusal->text().isEmpty());
    m_editor->setPlace(frozen || empty ? -1 : m_list->currentRow());
    followButtons();
}

void StepsPart::followButtons()
{
    const int place = m_list->currentRow();
    m_up->setEnabled(place > 0);
    m_down->setEnabled(place >= 0 && place + 1 < m_list->count());
    m_remove->setEnabled(place >= 0);
}

} // namespace modelarium
