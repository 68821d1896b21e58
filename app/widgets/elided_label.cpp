#include "app/widgets/elided_label.h"

#include <QEvent>

#include <algorithm>

namespace modelarium {

namespace {

constexpr int leastWidth = 40;

} // namespace

QString elidedName(const QString& text, const QFontMetrics& metrics, int width)
{
    const qsizetype category = text.indexOf(QStringLiteral(" = "));
    if (category > 0 && metrics.horizontalAdvance(text) > width) {
        const qsizetype owner = text.lastIndexOf(QStringLiteral(": "), category), column = owner < 0 ? 0 : owner + 2;
        const QString before = text.left(column), name = text.mid(column, category - column), after = text.mid(category);
        const QString part = metrics.elidedText(name, Qt::ElideRight, width - metrics.horizontalAdvance(before) - metrics.horizontalAdvance(after));
        // Where there is no room for any of the column, nothing would say what the category is of.
        if (const QString shown = before + part + after; part.size() > 1 && metrics.horizontalAdvance(shown) <= width)
            return shown;
    }
    return metrics.elidedText(text, Qt::ElideMiddle, width);
}

QString elidedApart(const QString& text, const QStringList& others, const QFontMetrics& metrics, int width)
{
    if (metrics.horizontalAdvance(text) <= width)
        return text;
    const auto isAlone = [&](const auto& elided) {
        return std::none_of(others.begin(), others.end(), [&](const QString& other) { return other != text && elided(other) == elided(text); });
    };
    const auto asName = [&](const QString& name) { return elidedName(name, metrics, width); };
    if (isAlone(asName))
        return asName(text);
    for (const Qt::TextElideMode mode : {Qt::ElideMiddle, Qt::ElideRight, Qt::ElideLeft}) {
        const auto withMode = [&](const QString& name) { return metrics.elidedText(name, mode, width); };
        if (isAlone(withMode))
            return withMode(text);
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
