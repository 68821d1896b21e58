#include "app/widgets/wheel_guard.h"

#include <QAbstractSlider>
#include <QAbstractSpinBox>
#include <QComboBox>
#include <QCoreApplication>
#include <QEvent>
#include <QScrollBar>

namespace modelarium {

WheelGuard::WheelGuard(QObject* parent) : QObject(parent) { qApp->installEventFilter(this); }

bool WheelGuard::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() != QEvent::Wheel && event->type() != QEvent::Polish)
        return QObject::eventFilter(watched, event);
    const bool changes = qobject_cast<QComboBox*>(watched) || qobject_cast<QAbstractSpinBox*>(watched)
        || (qobject_cast<QAbstractSlider*>(watched) && !qobject_cast<QScrollBar*>(watched));
    if (!changes)
        return QObject::eventFilter(watched, event);
    auto* control = static_cast<QWidget*>(watched);
    if (event->type() == QEvent::Polish) {
        // Otherwise the wheel itself would bring the focus, before it asks whether it is there.
        if (control->focusPolicy() == Qt::WheelFocus)
            control->setFocusPolicy(Qt::StrongFocus);
        return QObject::eventFilter(watched, event);
    }
    if (control->hasFocus())
        return QObject::eventFilter(watched, event);
    // Ignored, not swallowed: the page behind it scrolls.
    event->ignore();
    return true;
}

} // namespace modelarium
