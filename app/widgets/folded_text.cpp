#include "app/widgets/folded_text.h"

#include <QEvent>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace modelarium {

FoldedText::FoldedText(int lines, QWidget* parent) : QWidget(parent), m_label(new QLabel(this)), m_more(new QPushButton(this)), m_lines(lines)
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(2);
    m_label->setTextFormat(Qt::PlainText);
    m_label->setWordWrap(true);
    m_label->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    m_label->installEventFilter(this);
    m_more->setProperty("role", QStringLiteral("quiet"));
    m_more->setFocusPolicy(Qt::TabFocus);
    m_more->hide();
    layout->addWidget(m_label);
    layout->addWidget(m_more, 0, Qt::AlignLeft);
    connect(m_more, &QPushButton::clicked, this, [this] {
        m_unfolded = !m_unfolded;
        fit();
    });
}

void FoldedText::setText(const QString& text)
{
    if (m_label->text() == text)
        return;
    m_label->setText(text);
    fit();
}

bool FoldedText::isFolded() const
{
    return m_label->maximumHeight() < QWIDGETSIZE_MAX;
}

void FoldedText::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    fit();
}

void FoldedText::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange)
        fit();
}

/// The font of the label may come from a style sheet.
bool FoldedText::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_label && (event->type() == QEvent::FontChange || event->type() == QEvent::Polish))
        fit();
    return QWidget::eventFilter(watched, event);
}

void FoldedText::fit()
{
    const int folded = m_lines * m_label->fontMetrics().lineSpacing();
    // One line more is shown rather than hidden behind a button of the same height.
    const bool isLong = m_label->heightForWidth(width()) > folded + 2 * m_label->fontMetrics().lineSpacing();
    m_label->setMaximumHeight(isLong && !m_unfolded ? folded : QWIDGETSIZE_MAX);
    m_label->setMinimumHeight(isLong && !m_unfolded ? folded : 0);
    m_more->setVisible(isLong);
    m_more->setText(m_unfolded ? tr("Show less") : tr("Show all of it"));
    m_more->setToolTip(m_unfolded ? tr("Shows the beginning alone.") : tr("Shows the rest of the text too."));
}

} // namespace modelarium
