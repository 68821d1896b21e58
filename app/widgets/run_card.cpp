#include "app/widgets/run_card.h"

#include "app/widgets/look.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QStyle>
#include <QToolButton>
#include <QVBoxLayout>

namespace modelarium {
namespace {

/// Scores of other targets stand beside it, and say something else.
QString metricText(const RunCardValues& values)
{
    return values.target.isEmpty() ? values.metric : RunCard::tr("%1 for %2").arg(values.metric, values.target);
}

} // namespace

RunCard::RunCard(QWidget* parent)
    : QFrame(parent), m_picture(new QToolButton(this)), m_title(new QLabel(this)), m_remove(new QToolButton(this)),
      m_changes(new QLabel(this)), m_metric(new QLabel(this)), m_train(new QLabel(this)), m_test(new QLabel(this)), m_look(new QPushButton(tr("Look"), this)),
      m_note(new QLineEdit(this))
{
    setProperty("role", QStringLiteral("run"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(8, 6, 6, 6);
    row->setSpacing(8);
    m_picture->setIconSize(pictureSize);
    m_picture->setProperty("role", QStringLiteral("picture"));
    row->addWidget(m_picture, 0, Qt::AlignVCenter);
    auto* column = new QVBoxLayout;
    column->setSpacing(2);
    row->addLayout(column, 1);
    auto* top = new QHBoxLayout;
    top->setSpacing(2);
    m_title->setProperty("role", QStringLiteral("strong"));
    m_remove->setIcon(strokeIcon(QStringLiteral("close"), &Look::secondText));
    m_remove->setIconSize(QSize(14, 14));
    top->addWidget(m_title, 1);
    top->addWidget(m_remove);
    column->addLayout(top);
    m_changes->setProperty("role", QStringLiteral("help"));
    column->addWidget(m_changes);
    m_metric->setProperty("role", QStringLiteral("help"));
    column->addWidget(m_metric);
    auto* scores = new QHBoxLayout;
    scores->setSpacing(4);
    m_look->setProperty("role", QStringLiteral("quiet"));
    m_look->setToolTip(tr("Breaks the seal: shows how this model does on the test rows. It is counted."));
    scores->addWidget(m_train);
    scores->addWidget(m_test);
    scores->addWidget(m_look);
    scores->addStretch(1);
    column->addLayout(scores);
    m_note->setPlaceholderText(tr("Note"));
    m_note->setProperty("role", QStringLiteral("note"));
    column->addWidget(m_note);
    for (QLabel* label : {m_title, m_changes, m_metric, m_train, m_test}) {
        label->setTextFormat(Qt::PlainText);
        label->setMinimumWidth(0);
    }
    for (QLabel* label : {m_title, m_changes, m_metric})
        label->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    connect(m_picture, &QToolButton::clicked, this, [this] { Q_EMIT restoreWanted(m_values.number); });
    connect(m_look, &QPushButton::clicked, this, [this] { Q_EMIT lookWanted(m_values.number); });
    connect(m_remove, &QToolButton::clicked, this, [this] { Q_EMIT removeWanted(m_values.number); });
    connect(m_note, &QLineEdit::editingFinished, this, [this] {
        if (m_note->text() != m_values.note)
            Q_EMIT noteEdited(m_values.number, m_note->text());
    });
}

void RunCard::setValues(const RunCardValues& values)
{
    if (values == m_values)
        return;
    const bool moved = values.current != m_values.current;
    m_values = values;
    const QString train = tr("training %1").arg(values.train);
    const QString test = values.test.isEmpty() ? QString() : values.sealed ? tr("test under seal") : tr("test %1").arg(values.test);
    m_train->setText(train);
    m_train->setToolTip(tr("%1 on the training rows").arg(values.metric));
    m_test->setText(values.sealed ? tr("test") : test);
    m_test->setToolTip(tr("%1 on the test rows").arg(values.metric));
    m_look->setVisible(values.sealed && !values.test.isEmpty());
    m_look->setAccessibleName(tr("Look at the test score of run %1").arg(values.number));
    m_picture->setAccessibleName(tr("Go back to %1").arg(values.title));
    m_picture->setAccessibleDescription(tr("%1. %2, %3, %4.").arg(values.changes, metricText(values), train, test));
    m_picture->setToolTip(tr("Goes back to this run: its choices, its rows and its model (one undo step).\n%1").arg(values.details));
    m_remove->setAccessibleName(tr("Remove run %1").arg(values.number));
    m_remove->setToolTip(tr("Removes this run from the comparison."));
    m_note->setAccessibleName(tr("Note on run %1").arg(values.number));
    // What is being typed is not taken from under the hand.
    if (!m_note->hasFocus() || m_note->text() != values.note)
        m_note->setText(values.note);
    elide();
    if (moved) {
        setProperty("current", values.current);
        style()->unpolish(this);
        style()->polish(this);
    }
}

void RunCard::setPicture(const QImage& picture)
{
    if (picture.cacheKey() == m_pictureKey)
        return;
    m_pictureKey = picture.cacheKey();
    m_picture->setIcon(QIcon(QPixmap::fromImage(picture)));
}

void RunCard::elide()
{
    const auto show = [](QLabel* label, const QString& text) {
        label->setText(label->fontMetrics().elidedText(text, Qt::ElideRight, std::max(40, label->width())));
        label->setToolTip(text);
    };
    show(m_title, m_values.title);
    show(m_changes, m_values.changes);
    show(m_metric, metricText(m_values));
}

void RunCard::resizeEvent(QResizeEvent* event)
{
    QFrame::resizeEvent(event);
    elide();
}

} // namespace modelarium
