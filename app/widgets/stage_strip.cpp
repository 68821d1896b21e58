#include "app/widgets/stage_strip.h"

#include "app/widgets/look.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QStyle>

#include <array>

namespace modelarium {

StageStrip::StageStrip(QWidget* parent) : QWidget(parent)
{
    const std::array<QString, 5> names{tr("Data"), tr("Prepare"), tr("Train"), tr("Evaluate"), tr("Use")};
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(2);
    for (int i = 0; i < int(names.size()); ++i) {
        if (i > 0) {
            auto* arrow = new QLabel(QStringLiteral("›"), this);
            arrow->setProperty("role", QStringLiteral("secondary"));
            row->addWidget(arrow);
            m_arrows.push_back(arrow);
        }
        auto* button = new QPushButton(tr("%1  %2").arg(i + 1).arg(names[std::size_t(i)]), this);
        button->setProperty("role", QStringLiteral("stage"));
        button->setCursor(Qt::PointingHandCursor);
        connect(button, &QPushButton::clicked, this, [this, i] { Q_EMIT stageChosen(i); });
        row->addWidget(button);
        m_buttons.push_back(button);
    }
    row->addStretch(1);
}

void StageStrip::setCompact(bool compact)
{
    if (compact == m_compact)
        return;
    m_compact = compact;
    for (QLabel* arrow : m_arrows)
        arrow->setVisible(!compact);
    for (QPushButton* button : m_buttons) {
        button->setProperty("compact", compact);
        button->style()->unpolish(button);
        button->style()->polish(button);
    }
}

void StageStrip::setShut(const QString& reason)
{
    if (reason == m_shut)
        return;
    m_shut = reason;
    setEnabled(m_shut.isEmpty());
    for (QPushButton* button : m_buttons)
        fitHelp(button);
}

void StageStrip::fitHelp(QPushButton* button)
{
    const QString help = m_shut.isEmpty() ? button->property("reason").toString() : m_shut;
    button->setToolTip(help);
    button->setAccessibleDescription(help);
}

void StageStrip::setStage(int stage, Progress progress, const QString& reason)
{
    static const std::array<const char*, 4> ids{"done", "here", "next", "notyet"};
    QPushButton* button = m_buttons[std::size_t(stage)];
    const QString id = QString::fromLatin1(ids[std::size_t(progress)]);
    button->setProperty("reason", reason);
    fitHelp(button);
    if (button->property("progress").toString() == id)
        return;
    button->setProperty("progress", id);
    button->setIcon(progress == Progress::Done ? strokeIcon(QStringLiteral("check"), &Look::success) : QIcon());
    button->style()->unpolish(button);
    button->style()->polish(button);
}

} // namespace modelarium
