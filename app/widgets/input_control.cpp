#include "app/widgets/input_control.h"

#include "app/widgets/elided_label.h"
#include "core/base/number_text.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDate>
#include <QLabel>
#include <QLineEdit>
#include <QSignalBlocker>
#include <QSlider>
#include <QStyle>
#include <QVBoxLayout>

#include <cmath>

namespace modelarium {
namespace {

constexpr int sliderTicks = 1000;

QDate dateOf(double days)
{
    return QDate(1970, 1, 1).addDays(qint64(std::floor(days)));
}

} // namespace

InputControl::InputControl(const InputColumn& input, QWidget* parent) : QWidget(parent), m_input(input), m_value(input.typical)
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(2);
    const QString name = QString::fromStdString(input.name);
    auto* label = new ElidedLabel(input.unit.empty() ? name : tr("%1 (%2)").arg(name, QString::fromStdString(input.unit)), this);
    layout->addWidget(label);
    m_sentence = new QLabel(this);
    m_sentence->setTextFormat(Qt::PlainText);
    m_sentence->setWordWrap(true);
    m_sentence->hide();
    if (input.levels.empty())
        addNumber(layout);
    else
        addLevels(layout);
    layout->addWidget(m_sentence);
    for (QWidget* control : std::initializer_list<QWidget*>{m_slider, m_edit, m_levels, m_switch}) {
        if (!control)
            continue;
        control->setAccessibleName(label->fullText());
        label->setBuddy(control);
    }
    show();
}

void InputControl::addNumber(QVBoxLayout* layout)
{
    m_slider = new QSlider(Qt::Horizontal, this);
    m_slider->setRange(0, sliderTicks);
    m_slider->setSingleStep(sliderTicks / 100);
    m_slider->setPageStep(sliderTicks / 10);
    m_edit = new QLineEdit(this);
    m_edit->setProperty("role", QStringLiteral("value"));
    m_edit->setAlignment(Qt::AlignRight);
    m_edit->setFixedWidth(104);
    const QString help = tr("The model has seen values from %1 to %2.").arg(numberText(m_input.minimum), numberText(m_input.maximum));
    m_slider->setToolTip(help);
    m_edit->setToolTip(help);
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(m_slider, 1);
    row->addWidget(m_edit);
    layout->addLayout(row);
    connect(m_slider, &QSlider::valueChanged, this, [this](int tick) {
        const double share = double(tick) / sliderTicks;
        const double value = m_input.minimum + share * (m_input.maximum - m_input.minimum);
        // Three digits of the range are what a slider can mean; its ends are exact.
        const double step = std::pow(10.0, std::floor(std::log10(std::max(m_input.maximum - m_input.minimum, 1e-300))) - 2);
        choose(tick == 0 ? m_input.minimum : tick == sliderTicks ? m_input.maximum
                                                                  : parseNumber(shortText(std::round(value / step) * step, 12)).value_or(value));
    });
    connect(m_edit, &QLineEdit::editingFinished, this, &InputControl::takeText);
}

void InputControl::addLevels(QVBoxLayout* layout)
{
    if (m_input.type == ColumnType::Boolean && m_input.levels.size() == 2) {
        m_switch = new QCheckBox(this);
        layout->addWidget(m_switch);
        connect(m_switch, &QCheckBox::clicked, this, [this](bool on) { choose(on ? 1 : 0); });
        return;
    }
    m_levels = new QComboBox(this);
    m_levels->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_levels->setMinimumContentsLength(8);
    for (const std::string& level : m_input.levels)
        m_levels->addItem(QString::fromStdString(level));
    layout->addWidget(m_levels);
    connect(m_levels, &QComboBox::activated, this, [this](int index) { choose(index); });
}

QString InputControl::numberText(double value) const
{
    if (m_input.type == ColumnType::Date)
        return dateOf(value).toString(Qt::ISODate);
    return QString::fromStdString(shortText(value, 6));
}

void InputControl::takeText()
{
    if (m_edit->text() == numberText(m_value)) {
        show();
        return;
    }
    QString text = m_edit->text().trimmed();
    if (m_input.type == ColumnType::Date) {
        const QDate date = QDate::fromString(text, Qt::ISODate);
        if (date.isValid())
            choose(double(QDate(1970, 1, 1).daysTo(date)));
        else
            say(tr("Write a date as year-month-day, like %1.").arg(numberText(m_input.typical)), QStringLiteral("error"));
        return;
    }
    if (text.count(u',') == 1 && !text.contains(u'.'))
        text.replace(u',', u'.');
    const auto value = parseNumber(text.toStdString());
    if (value && std::isfinite(*value))
        choose(*value);
    else
        say(tr("Write a number, like %1.").arg(numberText(m_input.typical)), QStringLiteral("error"));
}

void InputControl::choose(double value)
{
    const bool differs = value != m_value;
    m_value = value;
    show();
    if (differs)
        Q_EMIT valueChosen(value);
}

void InputControl::setValue(double value)
{
    // What is missing in a row is filled as in training.
    m_value = std::isfinite(value) ? value : m_input.fill;
    show();
}

bool InputControl::isExtrapolated() const
{
    return m_edit && (m_value < m_input.minimum || m_value > m_input.maximum);
}

void InputControl::show()
{
    const int code = int(std::clamp(m_value, 0.0, std::max(0.0, double(m_input.levels.size()) - 1)));
    if (m_edit) {
        const QSignalBlocker blocker(m_slider);
        const double range = m_input.maximum - m_input.minimum;
        const double share = range > 0 ? std::clamp((m_value - m_input.minimum) / range, 0.0, 1.0) : 0.5;
        m_slider->setEnabled(range > 0);
        if (!m_slider->isSliderDown())
            m_slider->setValue(int(std::lround(share * sliderTicks)));
        m_edit->setText(numberText(m_value));
    } else if (m_levels) {
        m_levels->setCurrentIndex(code);
    } else if (m_switch) {
        m_switch->setChecked(code == 1);
        m_switch->setText(QString::fromStdString(m_input.levels[std::size_t(code)]));
    }
    say(isExtrapolated() ? tr("Outside of what the model has seen: %1 to %2.").arg(numberText(m_input.minimum), numberText(m_input.maximum))
                         : QString(),
        QStringLiteral("warning"));
}

void InputControl::say(const QString& sentence, const QString& role)
{
    m_sentence->setText(sentence);
    m_sentence->setVisible(!sentence.isEmpty());
    if (m_edit)
        m_edit->setAccessibleDescription(sentence.isEmpty() ? m_edit->toolTip() : sentence);
    if (m_sentence->property("role").toString() == role)
        return;
    m_sentence->setProperty("role", role);
    m_sentence->style()->unpolish(m_sentence);
    m_sentence->style()->polish(m_sentence);
}

} // namespace modelarium
