#include "app/pages/step_editor.h"

#include "app/pages/section.h"
#include "app/widgets/column_picker.h"
#include "app/widgets/hyperparameter_form.h"
#include "core/learn/step_table.h"

#include <QComboBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include <algorithm>

namespace modelarium {
namespace {

bool takesNumbersOnly(const StepChoice& step)
{
    return std::holds_alternative<PowerChoice>(step.what) || std::holds_alternative<BinChoice>(step.what);
}

} // namespace

StepEditor::StepEditor(Experiment& experiment, QWidget* parent)
    : QWidget(parent), m_experiment(experiment), m_kindField(new QWidget(this)), m_kind(makeChoice(m_kindField)), m_help(makeSentence(this)),
      m_columns(makeChoice(this)), m_picker(new ColumnPicker(this)), m_form(new HyperparameterForm(this)), m_textName(new QLabel(this)),
      m_text(new QLineEdit(this)), m_textHelp(makeSentence(this))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    auto* kindForm = makeForm();
    m_kindField->setLayout(kindForm);
    for (const StepKind& kind : stepKinds()) {
        const auto made = makeStep(kind, {}, "", {});
        if (!made || readsCells(*made))
            continue;
        m_kind->addItem(QString::fromStdString(kind.name), QString::fromStdString(kind.id));
        m_kind->setItemData(m_kind->count() - 1, QString::fromStdString(kind.help), Qt::ToolTipRole);
    }
    addField(kindForm, tr("What the step does"), m_kind, tr("Another kind of step in the same place, for the same columns."));
    auto* columnForm = makeForm();
    addField(columnForm, tr("For"), m_columns, tr("The columns that the step works on; “all” follows the features as they are."));
    m_textName->setTextFormat(Qt::PlainText);
    m_textName->setBuddy(m_text);
    m_text->setProperty("role", QStringLiteral("value"));
    m_textHelp->setProperty("role", QStringLiteral("help"));
    layout->addWidget(m_kindField);
    layout->addWidget(m_help);
    layout->addWidget(m_form);
    for (QWidget* widget : {static_cast<QWidget*>(m_textName), static_cast<QWidget*>(m_text), static_cast<QWidget*>(m_textHelp)})
        layout->addWidget(widget);
    layout->addLayout(columnForm);
    layout->addWidget(m_picker);

    connect(m_kind, &QComboBox::activated, this, [this](int index) {
        if (m_place >= 0)
            m_experiment.steps().setKind(std::size_t(m_place), m_kind->itemData(index).toString().toStdString());
        follow();
    });
    connect(m_columns, &QComboBox::activated, this, &StepEditor::chooseColumns);
    connect(m_picker, &ColumnPicker::chosenChanged, this, [this](const QStringList& chosen) {
        std::vector<std::string> names;
        for (const QString& name : chosen)
            names.push_back(name.toStdString());
        if (m_place >= 0)
            m_experiment.steps().setColumns(std::size_t(m_place), StepColumns::Chosen, std::move(names));
    });
    connect(m_form, &HyperparameterForm::valueChosen, this, [this](const std::string& name, const HyperparameterValue& value) {
        if (m_place < 0)
            return;
        const auto set = m_experiment.steps().setOption(std::size_t(m_place), name, value);
        m_form->setError(name, set ? QString() : errorText(set.error()));
    });
    connect(m_text, &QLineEdit::editingFinished, this, &StepEditor::takeText);
    follow();
}

void StepEditor::setPlace(int place)
{
    // What was typed wrongly for one step is not said of another, even where both have the same form and the same values.
    if (place != m_place)
        m_form->setTable({});
    m_place = place;
    follow();
}

const PlannedStep* StepEditor::step() const
{
    const PlannedSteps& steps = m_experiment.setup().steps;
    return m_place >= 0 && std::size_t(m_place) < steps.size() ? &steps[std::size_t(m_place)] : nullptr;
}

void StepEditor::follow()
{
    const PlannedStep* shown = step();
    const auto kind = shown ? findStepKind(stepName(shown->choice)) : Result<const StepKind*>(Error{ErrorCode::Unsupported, ""});
    setVisible(shown && kind);
    if (!shown || !kind)
        return;
    showKind(*shown, **kind);
    showColumns(*shown);
    m_form->setTable((*kind)->table, stepValues(shown->choice));
    m_form->setVisible(!(*kind)->table.empty());
    showText(*shown, **kind);
}

void StepEditor::showKind(const PlannedStep& step, const StepKind& kind)
{
    m_kindField->setVisible(!readsCells(step.choice));
    showChoice(m_kind, QString::fromStdString(kind.id));
    m_help->setText(QString::fromStdString(kind.help));
}

void StepEditor::showColumns(const PlannedStep& step)
{
    const QSignalBlocker blocker(m_columns);
    m_columns->clear();
    const auto offer = [&](StepColumns columns, const QString& text) { m_columns->addItem(text, int(columns)); };
    offer(StepColumns::Fitting, columnWords({step.choice}));
    if (!takesNumbersOnly(step.choice) && !std::holds_alternative<EncodeChoice>(step.choice.what)) {
        offer(StepColumns::Numbers, columnWords({step.choice, StepColumns::Numbers}));
        offer(StepColumns::Categories, columnWords({step.choice, StepColumns::Categories}));
    }
    offer(StepColumns::Chosen, tr("chosen columns"));
    showChoice(m_columns, int(step.columns));
    m_picker->setVisible(step.columns == StepColumns::Chosen);
    QStringList chosen;
    for (const std::string& name : step.choice.columns)
        chosen << QString::fromStdString(name);
    if (step.columns == StepColumns::Chosen)
        m_picker->setColumns(pickable(step), chosen);
}

/// The features that the step fits, and what is chosen already though it does not.
QStringList StepEditor::pickable(const PlannedStep& step) const
{
    const Setup& setup = m_experiment.setup();
    QStringList names;
    for (const std::size_t j : featureColumns(setup)) {
        if (fits(step.choice, setup.table.column(j)))
            names << QString::fromStdString(setup.table.column(j).name());
    }
    for (const std::string& name : step.choice.columns) {
        if (!names.contains(QString::fromStdString(name)))
            names << QString::fromStdString(name);
    }
    return names;
}

void StepEditor::showText(const PlannedStep& step, const StepKind& kind)
{
    const HyperparameterValues values = stepValues(step.choice);
    const auto condition = values.find(kind.text.onlyWhen);
    const bool matters = !kind.text.name.empty() && condition != values.end() && hyperparameterText(condition->second) == kind.text.onlyWhenValue;
    for (QWidget* widget : {static_cast<QWidget*>(m_textName), static_cast<QWidget*>(m_text), static_cast<QWidget*>(m_textHelp)})
        widget->setVisible(matters);
    if (!matters)
        return;
    const QString name = QString::fromStdString(kind.text.label);
    m_textName->setText(name);
    m_text->setAccessibleName(name);
    m_text->setAccessibleDescription(QString::fromStdString(kind.text.help));
    m_text->setToolTip(QString::fromStdString(kind.text.help));
    m_textHelp->setText(QString::fromStdString(kind.text.help));
    if (!m_text->hasFocus() || !m_text->isModified())
        m_text->setText(QString::fromStdString(stepText(step.choice)));
}

void StepEditor::chooseColumns(int index)
{
    const PlannedStep* shown = step();
    if (!shown)
        return;
    const auto columns = StepColumns(m_columns->itemData(index).toInt());
    std::vector<std::string> names;
    // What was "all" begins with all of them ticked: taking a few out is quicker than taking the others in.
    if (columns == StepColumns::Chosen && shown->columns != StepColumns::Chosen) {
        const Setup& setup = m_experiment.setup();
        names = columnsOf(*shown, setup.table, featureNames(setup));
    }
    m_experiment.steps().setColumns(std::size_t(m_place), columns, std::move(names));
    follow();
}

void StepEditor::takeText()
{
    const PlannedStep* shown = step();
    if (!shown || m_text->text().toStdString() == stepText(shown->choice))
        return;
    m_text->setModified(false);
    (void)m_experiment.steps().setText(std::size_t(m_place), m_text->text().trimmed().toStdString());
}

} // namespace modelarium
