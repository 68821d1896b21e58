#include "app/widgets/probability_bars.h"

#include "app/widgets/look.h"
#include "core/base/number_text.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace modelarium {
namespace {

constexpr int barHeight = 8;
constexpr int gap = 10;

} // namespace

ProbabilityBars::ProbabilityBars(QWidget* parent) : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

QString ProbabilityBars::percentText(double share)
{
    if (!std::isfinite(share))
        return tr("unknown");
    if (share > 0 && share < 0.0005)
        return tr("< 0.1 %");
    if (share < 1 && share > 0.9995)
        return tr("> 99.9 %");
    return tr("%1 %").arg(share * 100, 0, 'f', 1);
}

void ProbabilityBars::setProbabilities(const QStringList& classes, const std::vector<double>& shares, int decided, std::optional<double> threshold)
{
    const bool moved = classes.size() != m_classes.size();
    m_classes = classes;
    m_shares = shares;
    m_shares.resize(std::size_t(classes.size()), 0);
    m_decided = decided;
    m_threshold = classes.size() == 2 ? threshold : std::nullopt;
    QStringList spoken;
    for (int i = 0; i < classes.size(); ++i)
        spoken << tr("%1: %2").arg(classes[i], percentText(m_shares[std::size_t(i)]));
    setAccessibleName(tr("Probability of each class"));
    const QString rule = m_threshold ? tr("The answer is %1 from a probability of %2 on.").arg(classes[1], QString::fromStdString(exactText(*m_threshold))) : QString();
    setAccessibleDescription(rule.isEmpty() ? spoken.join(QStringLiteral(", ")) : tr("%1. %2").arg(spoken.join(QStringLiteral(", ")), rule));
    setToolTip(rule.isEmpty() ? QString() : QStringLiteral("<p>%1</p>").arg(rule.toHtmlEscaped()));
    if (moved)
        updateGeometry();
    update();
}

QSize ProbabilityBars::sizeHint() const
{
    return QSize(200, int(m_classes.size()) * (fontMetrics().height() + barHeight + gap));
}

QSize ProbabilityBars::minimumSizeHint() const
{
    return QSize(120, sizeHint().height());
}

void ProbabilityBars::paintEvent(QPaintEvent*)
{
    const Look& look = Look::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const int textHeight = fontMetrics().height();
    for (int i = 0; i < m_classes.size(); ++i) {
        const double share = m_shares[std::size_t(i)];
        const int top = i * (textHeight + barHeight + gap);
        QFont strong = font();
        strong.setWeight(i == m_decided ? QFont::DemiBold : QFont::Normal);
        painter.setFont(strong);
        painter.setPen(look.text);
        const QString percent = percentText(share);
        const int percentWidth = painter.fontMetrics().horizontalAdvance(percent);
        painter.drawText(QRect(width() - percentWidth, top, percentWidth, textHeight), Qt::AlignRight | Qt::AlignVCenter, percent);
        painter.drawText(QRect(0, top, width() - percentWidth - 8, textHeight), Qt::AlignLeft | Qt::AlignVCenter,
                         painter.fontMetrics().elidedText(m_classes[i], Qt::ElideRight, width() - percentWidth - 8));
        const QRectF groove(0, top + textHeight + 2, width(), barHeight);
        painter.setPen(Qt::NoPen);
        painter.setBrush(look.border);
        painter.drawRoundedRect(groove, barHeight / 2.0, barHeight / 2.0);
        if (std::isfinite(share) && share > 0) {
            painter.setBrush(look.classColour(i));
            painter.drawRoundedRect(QRectF(groove.topLeft(), QSizeF(std::max(double(barHeight), share * width()), barHeight)),
                                    barHeight / 2.0, barHeight / 2.0);
        }
        if (m_threshold && i == 1) {
            constexpr int markWidth = 2, beyond = 2;        // in sight on the bar and on the groove
            const int x = std::clamp(int(std::lround(*m_threshold * width())) - markWidth / 2, 0, std::max(0, width() - markWidth));
            painter.fillRect(QRect(x, int(groove.top()) - beyond, markWidth, barHeight + 2 * beyond), look.text);
        }
    }
}

} // namespace modelarium
