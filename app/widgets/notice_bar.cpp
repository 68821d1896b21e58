#include "app/widgets/notice_bar.h"

#include "app/widgets/look.h"

#include <QAccessible>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QStyle>
#include <QToolButton>

#include <algorithm>
#include <array>
#include <utility>

namespace modelarium {
namespace {

constexpr int informationStays = 7000;

} // namespace

NoticeBar::NoticeBar(QWidget* parent) : QFrame(parent), m_text(new QLabel(this)), m_offer(new QPushButton(this))
{
    setProperty("role", QStringLiteral("notice"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(14, 6, 6, 6);
    m_text->setTextFormat(Qt::PlainText);
    m_text->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Minimum);
    m_text->setWordWrap(true);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* close = new QToolButton(this);
    close->setIcon(strokeIcon(QStringLiteral("close"), &Look::secondText));
    close->setAccessibleName(tr("Put this notice away"));
    close->setToolTip(tr("Put this notice away"));
    m_offer->setProperty("role", QStringLiteral("quiet"));
    connect(m_offer, &QPushButton::clicked, this, &NoticeBar::takeOffer);
    row->addWidget(m_text, 1);
    row->addWidget(m_offer);
    row->addWidget(close);
    connect(close, &QToolButton::clicked, this, &QWidget::hide);
    m_leave.setSingleShot(true);
    m_leave.setInterval(informationStays);
    connect(&m_leave, &QTimer::timeout, this, &QWidget::hide);
    hide();
}

void NoticeBar::forgetProblems()
{
    if (!m_leave.isActive() && !m_notice.offer.act)
        hide();
    if (m_waiting && m_waiting->kind != Kind::Information && !m_waiting->offer.act)
        m_waiting.reset();
}

void NoticeBar::forgetOffer()
{
    if (m_notice.offer.act)
        hide();
    if (m_waiting && m_waiting->offer.act)
        m_waiting.reset();
}

void NoticeBar::takeOffer()
{
    hide();
    if (const auto act = m_notice.offer.act)
        act();
}

void NoticeBar::setHeldBack(bool held)
{
    if (held == m_held)
        return;
    m_held = held;
    if (held) {
        m_waiting = isHidden() ? std::nullopt : std::optional(m_notice);
        m_leave.stop();
        hide();
    } else if (const auto waiting = std::exchange(m_waiting, std::nullopt); waiting && isHidden()) {
        show(waiting->kind, waiting->sentence, waiting->offer);
    }
}

void NoticeBar::placeOver(QWidget* widget)
{
    if (m_under)
        m_under->removeEventFilter(this);
    m_under = widget;
    widget->installEventFilter(this);
    place();
}

bool NoticeBar::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_under && (event->type() == QEvent::Resize || event->type() == QEvent::Move || event->type() == QEvent::Show))
        place();
    return QFrame::eventFilter(watched, event);
}

void NoticeBar::place()
{
    constexpr int widest = 760, margin = 12;
    if (!m_under || isHidden())
        return;
    const int across = std::min(widest, m_under->width() - 2 * margin);
    resize(across, layout()->totalHeightForWidth(across));
    const QPoint corner = m_under->mapTo(parentWidget(), QPoint((m_under->width() - across) / 2, m_under->height() - height() - margin));
    move(corner);
    raise();
}

QString NoticeBar::sentence() const
{
    return isHidden() ? QString() : m_text->text();
}

void NoticeBar::show(Kind kind, const QString& sentence, const Offer& offer)
{
    if (m_held && kind != Kind::Error) {
        if (kind == Kind::Warning || !m_waiting || m_waiting->kind == Kind::Information)
            m_waiting = Notice{kind, sentence, offer};
        return;
    }
    // What went wrong is not covered by what merely happened.
    if (kind == Kind::Information && isVisible() && !m_leave.isActive())
        return;
    present({kind, sentence, offer});
}

void NoticeBar::present(const Notice& notice)
{
    m_notice = notice;
    const auto& [kind, sentence, offer] = notice;
    m_offer->setText(offer.name);
    m_offer->setVisible(bool(offer.act));
    static const std::array<const char*, 3> ids{"information", "warning", "error"};
    setProperty("kind", QString::fromLatin1(ids[std::size_t(kind)]));
    style()->unpolish(this);
    style()->polish(this);
    m_text->setText(sentence);
    m_text->setAccessibleName(sentence);
    setVisible(true);
    place();
    if (kind == Kind::Information)
        m_leave.start();
    else
        m_leave.stop();
    QAccessibleEvent event(m_text, QAccessible::Alert);
    QAccessible::updateAccessibility(&event);
}

} // namespace modelarium
