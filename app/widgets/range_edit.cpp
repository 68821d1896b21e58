#include "app/widgets/range_edit.h"

#include "core/base/number_text.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QStyle>

#include <tuple>

namespace modelarium {

RangeEdit::RangeEdit(const QString& name, QWidget* parent) : QWidget(parent), m_low(new QLineEdit(this)), m_high(new QLineEdit(this))
{
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(6);
    row->addWidget(m_low, 1);
    row->addWidget(new QLabel(tr("to"), this));
    row->addWidget(m_high, 1);
    setFocusProxy(m_low);
    m_low->setAccessibleName(tr("%1, lowest").arg(name));
    m_high->setAccessibleName(tr("%1, highest").arg(name));
    for (QLineEdit* edit : {m_low, m_high}) {
        edit->setMinimumWidth(50);
        edit->setProperty("role", QStringLiteral("value"));
        connect(edit, &QLineEdit::textEdited, this, [this, edit](const QString& text) {
            (edit == m_low ? m_written.low : m_written.high) = text;
            check();
            Q_EMIT changed();
        });
    }
}

void RangeEdit::setRange(const HyperparameterSpec& spec, const SearchAxis& suggested, const Written& written)
{
    m_spec = spec;
    m_written = written;
    for (const auto& [edit, text, value] : {std::tuple{m_low, written.low, suggested.low}, {m_high, written.high, suggested.high}}) {
        const QString shown = text.trimmed().isEmpty() ? QString::fromStdString(shortText(value, 3)) : text;
        // The cursor stays where it is in a text that stays.
        if (edit->text() != shown)
            edit->setText(shown);
    }
    check();
}

QWidget* RangeEdit::followInTabs(QWidget* before)
{
    setTabOrder(before, m_low);
    setTabOrder(m_low, m_high);
    return m_high;
}

Result<SearchAxis> RangeEdit::axis() const
{
    SearchAxis axis{m_spec.name, {}, 0, 0};
    for (const auto& [edit, place] : {std::pair{m_low, &axis.low}, {m_high, &axis.high}}) {
        const Result<HyperparameterValue> value = parseHyperparameter(m_spec, edit->text().trimmed().toStdString());
        if (!value)
            return value.error();
        if (const auto checked = Hyperparameters::check({m_spec}, {{m_spec.name, *value}}); !checked)
            return checked.error();
        *place = parseNumber(hyperparameterText(*value)).value_or(0);
    }
    if (axis.high < axis.low)
        return Error{ErrorCode::Unsupported, m_spec.label + ": the highest value lies below the lowest."};
    return axis;
}

void RangeEdit::check()
{
    const Result<SearchAxis> read = axis();
    const QString help = read ? QString::fromStdString(m_spec.help) : QString::fromStdString(read.error().message);
    for (QLineEdit* edit : {m_low, m_high}) {
        edit->setToolTip(help);
        edit->setAccessibleDescription(help);
        edit->setProperty("invalid", !read);
        edit->style()->unpolish(edit);
        edit->style()->polish(edit);
    }
}

} // namespace modelarium
