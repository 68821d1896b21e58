#include "app/widgets/hyperparameter_control.h"

#include "app/widgets/look.h"
#include "core/base/number_text.h"

#include <QCheckBox>
#include <QComboBox>
#include <QEvent>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QSignalBlocker>
#include <QSlider>
#include <QStyle>
#include <QToolButton>
#include <QVBoxLayout>

#include <cmath>

namespace modelarium {
namespace {

double asReal(const HyperparameterValue& value)
{
    if (const auto* whole = std::get_if<std::int64_t>(&value))
        return double(*whole);
    const auto* real = std::get_if<double>(&value);
    return real ? *real : 0;
}

QString shown(const HyperparameterValue& value)
{
    if (const auto* real = std::get_if<double>(&value))
        return QString::fromStdString(shortText(*real, 6));
    return QString::fromStdString(hyperparameterText(value));
}

double roundedTo(double value, double step)
{
    // Dividing by the reciprocal keeps 0.3 the double that people mean by 0.3.
    return step >= 1 ? std::round(value / step) * step : std::round(value / step) / std::round(1 / step);
}

} // namespace

SliderScale::SliderScale(const HyperparameterSpec& spec)
    : m_low(spec.minimum), m_high(spec.maximum), m_minimum(spec.minimum), m_whole(spec.kind == HyperparameterSpec::Kind::Integer)
{
    constexpr double widestLinear = 1000;
    constexpr double reach = 1e4;
    const double start = asReal(spec.defaultValue);
    m_inFactors = spec.logarithmic || (m_whole && m_high - m_low > widestLinear);
    if (m_inFactors) {
        const double typical = start > 0 ? start : std::min(1.0, m_high);
        m_low = std::max(m_low, m_whole ? 1.0 : typical / reach);
        m_high = std::min(m_high, typical * reach);
        m_zeroFirst = m_minimum < m_low && !spec.minimumExclusive;
    } else if (m_whole) {
        m_ticks = std::max(1, int(m_high - m_low));
    }
}

int SliderScale::position(double value) const
{
    if (m_zeroFirst && value < m_low)
        return 0;
    const double share = m_inFactors ? std::log(std::max(value, m_low) / m_low) / std::log(m_high / m_low)
                                     : (value - m_low) / (m_high - m_low);
    return int(std::lround(std::clamp(share, 0.0, 1.0) * m_ticks));
}

double SliderScale::value(int position) const
{
    if (m_zeroFirst && position == 0)
        return m_minimum;
    const double share = double(position) / m_ticks;
    double value = m_low + share * (m_high - m_low);
    double step = std::pow(10.0, std::floor(std::log10((m_high - m_low) / 200)));
    if (m_inFactors) {
        value = m_low * std::pow(m_high / m_low, share);
        step = std::pow(10.0, std::floor(std::log10(value)) - 1);
    }
    if (m_whole)
        step = std::max(step, 1.0);
    return std::clamp(roundedTo(value, m_whole && !m_inFactors ? 1.0 : step), m_low, m_high);
}

HyperparameterControl::HyperparameterControl(const HyperparameterSpec& spec, QWidget* parent)
    : QWidget(parent), m_spec(spec), m_value(spec.defaultValue)
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(2);
    addHeader(layout);
    switch (spec.kind) {
    case HyperparameterSpec::Kind::Real:
    case HyperparameterSpec::Kind::Integer: addNumber(layout); break;
    case HyperparameterSpec::Kind::Choice: addChoice(layout); break;
    case HyperparameterSpec::Kind::Boolean: addSwitch(layout); break;
    case HyperparameterSpec::Kind::Integers: addList(layout); break;
    }
    m_error = new QLabel(this);
    m_error->setTextFormat(Qt::PlainText);
    m_error->setWordWrap(true);
    m_error->setProperty("role", QStringLiteral("error"));
    m_error->hide();
    m_help = new QLabel(help(), this);
    m_help->setTextFormat(Qt::PlainText);
    m_help->setWordWrap(true);
    m_help->setProperty("role", QStringLiteral("help"));
    m_help->hide();
    layout->addWidget(m_error);
    layout->addWidget(m_help);
    connect(m_ask, &QToolButton::toggled, m_help, &QWidget::setVisible);
    show(m_value);
}

void HyperparameterControl::addHeader(QVBoxLayout* layout)
{
    auto* header = new QHBoxLayout;
    header->setSpacing(4);
    const QString name = QString::fromStdString(m_spec.label);
    m_name = new QLabel(name, this);
    m_name->setTextFormat(Qt::PlainText);
    header->addWidget(m_name);
    if (!m_spec.keepsTraining) {
        auto* restarts = new QLabel(this);
        restarts->setPixmap(strokeIcon(QStringLiteral("reset"), &Look::secondText).pixmap(QSize(12, 12), devicePixelRatioF()));
        restarts->setToolTip(tr("Training begins again when this changes."));
        restarts->setAccessibleName(restarts->toolTip());
        header->addWidget(restarts);
    }
    header->addStretch(1);
    m_default = new QToolButton(this);
    m_default->setIcon(strokeIcon(QStringLiteral("undo"), &Look::secondText));
    m_default->setToolTip(tr("Back to the default: %1").arg(shown(m_spec.defaultValue)));
    m_default->setAccessibleName(tr("Set %1 to its default").arg(name));
    m_ask = new QToolButton(this);
    m_ask->setIcon(strokeIcon(QStringLiteral("help"), &Look::secondText));
    m_ask->setCheckable(true);
    m_ask->setToolTip(tr("What this is, in a sentence"));
    m_ask->setAccessibleName(tr("Explain %1").arg(name));
    for (QToolButton* button : {m_default, m_ask}) {
        button->setIconSize(QSize(14, 14));
        header->addWidget(button);
    }
    QSizePolicy keepsItsPlace = m_default->sizePolicy();
    keepsItsPlace.setRetainSizeWhenHidden(true);
    m_default->setSizePolicy(keepsItsPlace);
    connect(m_default, &QToolButton::clicked, this, [this] { change(m_spec.defaultValue); });
    layout->addLayout(header);
}

void HyperparameterControl::addNumber(QVBoxLayout* layout)
{
    m_slider = new QSlider(Qt::Horizontal, this);
    m_edit = new QLineEdit(this);
    m_edit->setProperty("role", QStringLiteral("value"));
    m_edit->setFixedWidth(96);
    m_edit->setAlignment(Qt::AlignRight);
    const SliderScale scale(m_spec);
    m_slider->setRange(0, scale.ticks());
    m_slider->setSingleStep(std::max(1, scale.ticks() / 100));
    m_slider->setPageStep(std::max(1, scale.ticks() / 10));
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(m_slider, 1);
    row->addWidget(m_edit);
    layout->addLayout(row);
    adopt(m_slider);
    adopt(m_edit);
    m_name->setBuddy(m_edit);
    connect(m_slider, &QSlider::valueChanged, this, &HyperparameterControl::takeSlider);
    connect(m_edit, &QLineEdit::editingFinished, this, &HyperparameterControl::takeText);
}

void HyperparameterControl::addList(QVBoxLayout* layout)
{
    m_edit = new QLineEdit(this);
    m_edit->setProperty("role", QStringLiteral("value"));
    m_edit->setPlaceholderText(tr("none"));
    layout->addWidget(m_edit);
    adopt(m_edit);
    m_name->setBuddy(m_edit);
    connect(m_edit, &QLineEdit::editingFinished, this, &HyperparameterControl::takeText);
}

void HyperparameterControl::addChoice(QVBoxLayout* layout)
{
    m_choice = new QComboBox(this);
    m_choice->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_choice->setMinimumContentsLength(8);
    for (std::size_t i = 0; i < m_spec.choices.size(); ++i)
        m_choice->addItem(QString::fromStdString(m_spec.choiceLabels[i]), QString::fromStdString(m_spec.choices[i]));
    layout->addWidget(m_choice);
    adopt(m_choice);
    m_name->setBuddy(m_choice);
    connect(m_choice, &QComboBox::activated, this, [this](int index) { change(m_choice->itemData(index).toString().toStdString()); });
}

void HyperparameterControl::addSwitch(QVBoxLayout* layout)
{
    m_switch = new QCheckBox(tr("On"), this);
    layout->addWidget(m_switch);
    adopt(m_switch);
    m_name->setBuddy(m_switch);
    connect(m_switch, &QCheckBox::clicked, this, [this](bool on) { change(on); });
}

void HyperparameterControl::adopt(QWidget* control)
{
    control->setAccessibleName(QString::fromStdString(m_spec.label));
    control->setAccessibleDescription(help());
    control->setToolTip(help());
    control->installEventFilter(this);
}

bool HyperparameterControl::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::FocusIn || event->type() == QEvent::Enter)
        Q_EMIT helpWanted(help());
    if (event->type() == QEvent::KeyPress && watched == m_edit && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
        setError({});
        show(m_value);
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

QString HyperparameterControl::help() const
{
    const QString sentence = QString::fromStdString(m_spec.help);
    const QString low = QString::fromStdString(shortText(m_spec.minimum, 6));
    const QString high = QString::fromStdString(shortText(m_spec.maximum, 6));
    QStringList sentences{sentence};
    if (m_spec.kind == HyperparameterSpec::Kind::Integers)
        sentences << tr("Up to %1 numbers, each from %2 to %3.").arg(QString::number(m_spec.mostNumbers), low, high);
    else if (m_edit)
        sentences << (m_spec.minimumExclusive ? tr("More than %1, up to %2.") : tr("From %1 to %2.")).arg(low, high);
    sentences << (m_spec.keepsTraining ? tr("It may change while training goes on.") : tr("Training begins again when it changes."));
    return sentences.join(u' ');
}

void HyperparameterControl::takeText()
{
    if (m_edit->text() == shown(m_value)) {
        setError({});
        return;
    }
    QString text = m_edit->text().trimmed();
    const bool isList = m_spec.kind == HyperparameterSpec::Kind::Integers;
    if (!isList && text.count(u',') == 1 && !text.contains(u'.'))
        text.replace(u',', u'.');
    const auto parsed = parseHyperparameter(m_spec, text.toStdString());
    if (!parsed) {
        setError(QString::fromStdString(parsed.error().message));
        return;
    }
    change(*parsed);
}

void HyperparameterControl::takeSlider(int position)
{
    const double value = SliderScale(m_spec).value(position);
    if (m_spec.kind == HyperparameterSpec::Kind::Integer)
        change(std::int64_t(std::llround(value)));
    else
        change(value);
}

/// The table of the learner is the only judge of a value.
void HyperparameterControl::change(const HyperparameterValue& value)
{
    HyperparameterSpec alone = m_spec;
    alone.onlyWhen.clear();
    const auto checked = Hyperparameters::check({alone}, {{m_spec.name, value}});
    if (!checked) {
        setError(QString::fromStdString(checked.error().message));
        return;
    }
    setError({});
    const bool differs = value != m_value;
    m_value = value;
    show(value);
    if (differs)
        Q_EMIT valueChanged(value);
}

void HyperparameterControl::setValue(const HyperparameterValue& value)
{
    if (value == m_value)
        return;
    m_value = value;
    setError({});
    show(value);
}

void HyperparameterControl::show(const HyperparameterValue& value)
{
    if (m_slider) {
        const QSignalBlocker blocker(m_slider);
        if (!m_slider->isSliderDown())
            m_slider->setValue(SliderScale(m_spec).position(asReal(value)));
    }
    if (m_edit)
        m_edit->setText(shown(value));
    if (m_choice) {
        const auto* choice = std::get_if<std::string>(&value);
        m_choice->setCurrentIndex(choice ? m_choice->findData(QString::fromStdString(*choice)) : -1);
    }
    if (m_switch) {
        const auto* on = std::get_if<bool>(&value);
        m_switch->setChecked(on && *on);
    }
    m_default->setVisible(value != m_spec.defaultValue);
}

QString HyperparameterControl::error() const
{
    return m_error->text();
}

void HyperparameterControl::setError(const QString& sentence)
{
    m_error->setText(sentence);
    m_error->setVisible(!sentence.isEmpty());
    QWidget* control = m_edit ? static_cast<QWidget*>(m_edit) : m_choice ? static_cast<QWidget*>(m_choice) : m_switch;
    control->setAccessibleDescription(sentence.isEmpty() ? help() : sentence);
    if (control->property("invalid").toBool() != !sentence.isEmpty()) {
        control->setProperty("invalid", !sentence.isEmpty());
        control->style()->unpolish(control);
        control->style()->polish(control);
    }
}

} // namespace modelarium
