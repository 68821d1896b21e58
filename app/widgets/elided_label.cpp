#include "app/widgets/elided_label.h"

#include <QEvent>

#include <algorithm>

namespace modelarium {

namespace {

constexpr int leastWidth = 40;

} // namespace

QString elidedApart(const QString& text, const QStringList& others, const QFontMetrics& metrics, int width)
{
    if (metrics.horizontalAdvance(text) <= width)
        return text;
    for (const Qt::TextElideMode mode : {Qt::ElideMiddle, Qt::ElideRight, Qt::ElideLeft}) {
        const QString shown = metrics.elidedText(text, mode, width);
        if (std::none_of(others.begin(), others.end(), [&](const QString& other) { return other != text && metrics.elidedText(other, mode, width) == shown; }))
            return shown;
    }
    qsizetype shared = 0;
    for (const QString& other : others) {
        const auto differs = std::mismatch(text.begin(), text.end(), other.begin(), other.end());
        if (other != text)
            shared = std::max(shared, qsizetype(differs.first - text.begin()));
    }
    return metrics.elidedText(QStringLiteral("…") + text.mid(shared), Qt::ElideRight, width);
}

ElidedLabel::ElidedLabel(const QString& text, QWidget* parent) : QLabel(parent)
{
    setTextFormat(Qt::PlainText);
    setFullText(text);
}

void ElidedLabel::setFullText(const QString& text, const QString& brief)
{
    m_full = text;
    m_brief = brief;
    fit();
    updateGeometry();
}

void ElidedLabel::setHelp(const QString& help)
{
    m_help = help;
    fit();
}

QSize ElidedLabel::sizeHint() const
{
    const QMargins around = contentsMargins();
    return QSize(fontMetrics().horizontalAdvance(m_full) + 2 * margin() + around.left() + around.right() + 1, QLabel::sizeHint().height());
}

QSize ElidedLabel::minimumSizeHint() const
{
    return QSize(std::min(leastWidth, sizeHint().width()), QLabel::minimumSizeHint().height());
}

void ElidedLabel::resizeEvent(QResizeEvent* event)
{
    QLabel::resizeEvent(event);
    fit();
}

void ElidedLabel::changeEvent(QEvent* event)
{
    QLabel::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange)
        fit();
}

void ElidedLabel::fit()
{
    const int room = std::max(leastWidth, contentsRect().width() - 2 * margin());
    const bool fits = m_brief.isEmpty() || fontMetrics().horizontalAdvance(m_full) <= room;
    const QString shown = fontMetrics().elidedText(fits ? m_full : m_brief, Qt::ElideMiddle, room);
    if (shown != text())
        setText(shown);
    const QString told = shown == m_full ? m_help : m_help.isEmpty() ? m_full : tr("%1: %2").arg(m_full, m_help);
    if (told != toolTip())
        setToolTip(told);
}

} // namespace modelarium
