#include "app/widgets/hyperparameter_form.h"

#include "app/widgets/hyperparameter_control.h"

#include <QLabel>
#include <QVBoxLayout>

#include <algorithm>

namespace modelarium {
namespace {

bool sameTable(const std::vector<HyperparameterControl*>& controls, const HyperparameterTable& table)
{
    return std::equal(controls.begin(), controls.end(), table.begin(), table.end(), [](const auto* control, const auto& spec) {
        const HyperparameterSpec& mine = control->spec();
        return mine.name == spec.name && mine.label == spec.label && mine.help == spec.help && mine.kind == spec.kind
            && mine.defaultValue == spec.defaultValue && mine.minimum == spec.minimum && mine.maximum == spec.maximum
            && mine.choices == spec.choices;
    });
}

} // namespace

HyperparameterForm::HyperparameterForm(QWidget* parent) : QWidget(parent), m_layout(new QVBoxLayout(this)), m_help(new QLabel(this))
{
    m_layout->setContentsMargins(0, 0, 0, 0);
    m_layout->setSpacing(8);
    m_help->setTextFormat(Qt::PlainText);
    m_help->setWordWrap(true);
    m_help->setProperty("role", QStringLiteral("help"));
    m_layout->addWidget(m_help);
}

void HyperparameterForm::setTable(const HyperparameterTable& table, const HyperparameterValues& values)
{
    if (!sameTable(m_controls, table)) {
        for (HyperparameterControl* control : m_controls) {
            control->hide();
            control->deleteLater();
        }
        m_controls.clear();
        m_help->clear();
        for (const HyperparameterSpec& spec : table) {
            auto* control = new HyperparameterControl(spec, this);
            m_layout->insertWidget(int(m_controls.size()), control);
            m_controls.push_back(control);
            connect(control, &HyperparameterControl::helpWanted, m_help, &QLabel::setText);
            connect(control, &HyperparameterControl::valueChanged, this, [this, control](const HyperparameterValue& value) {
                showWhatMatters();
                Q_EMIT valueChosen(control->spec().name, value);
            });
        }
    }
    setValues(values);
}

void HyperparameterForm::setValues(const HyperparameterValues& values)
{
    for (HyperparameterControl* control : m_controls) {
        const auto found = values.find(control->spec().name);
        control->setValue(found == values.end() ? control->spec().defaultValue : found->second);
    }
    showWhatMatters();
}

HyperparameterValues HyperparameterForm::values() const
{
    HyperparameterValues values;
    for (const HyperparameterControl* control : m_controls)
        values[control->spec().name] = control->value();
    return values;
}

bool HyperparameterForm::setError(const std::string& name, const QString& sentence)
{
    HyperparameterControl* found = control(name);
    if (found)
        found->setError(sentence);
    return found != nullptr;
}

void HyperparameterForm::clearErrors()
{
    for (HyperparameterControl* control : m_controls)
        control->setError({});
}

HyperparameterControl* HyperparameterForm::control(const std::string& name) const
{
    const auto found = std::find_if(m_controls.begin(), m_controls.end(), [&](const auto* each) { return each->spec().name == name; });
    return found == m_controls.end() ? nullptr : *found;
}

void HyperparameterForm::showWhatMatters()
{
    HyperparameterTable table;
    for (const HyperparameterControl* control : m_controls)
        table.push_back(control->spec());
    const HyperparameterValues now = values();
    for (HyperparameterControl* control : m_controls)
        control->setVisible(matters(control->spec(), table, now));
}

} // namespace modelarium
