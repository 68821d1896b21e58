#include "app/widgets/prediction_form.h"

#include "app/widgets/input_control.h"

#include <QVBoxLayout>

#include <algorithm>

namespace modelarium {

PredictionForm::PredictionForm(QWidget* parent) : QWidget(parent), m_layout(new QVBoxLayout(this))
{
    m_layout->setContentsMargins(0, 0, 0, 0);
    m_layout->setSpacing(8);
}

void PredictionForm::setInputs(const std::vector<InputColumn>& inputs)
{
    for (InputControl* control : m_controls) {
        control->hide();
        control->deleteLater();
    }
    m_controls.clear();
    for (const InputColumn& input : inputs) {
        auto* control = new InputControl(input, this);
        m_layout->addWidget(control);
        m_controls.push_back(control);
        connect(control, &InputControl::valueChosen, this,
                [this, control](double value) { Q_EMIT valueChosen(control->input().name, value); });
    }
}

void PredictionForm::setValues(const std::vector<double>& values)
{
    for (std::size_t i = 0; i < std::min(values.size(), m_controls.size()); ++i)
        m_controls[i]->setValue(values[i]);
}

std::vector<double> PredictionForm::values() const
{
    std::vector<double> values;
    for (const InputControl* control : m_controls)
        values.push_back(control->value());
    return values;
}

std::vector<std::string> PredictionForm::extrapolated() const
{
    std::vector<std::string> names;
    for (const InputControl* control : m_controls) {
        if (control->isExtrapolated())
            names.push_back(control->input().name);
    }
    return names;
}

} // namespace modelarium
