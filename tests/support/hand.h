#pragma once

#include "tests/support/x11_input.h"

#include <QApplication>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QFileDialog>
#include <QGuiApplication>
#include <QKeySequence>
#include <QLineEdit>
#include <QMessageBox>
#include <QMimeData>
#include <QMouseEvent>
#include <QPushButton>
#include <QTest>
#include <QTimer>
#include <QUrl>

#include <functional>

namespace modelarium::test {

/// What a person does with pointer and keys: through the X server where there is one, and as events of Qt off-screen.
class Hand {
public:
    static bool isReal() { return QGuiApplication::platformName() == QLatin1String("xcb"); }

    static void click(QWidget* widget)
    {
        if (isReal())
            X11Input::click(widget);
        else
            QTest::mouseClick(widget, Qt::LeftButton);
    }

    static void drag(QWidget* widget, QPoint from, QPoint to)
    {
        if (isReal()) {
            X11Input::drag(widget->mapToGlobal(from), widget->mapToGlobal(to));
            return;
        }
        send(widget, QEvent::MouseButtonPress, from, Qt::LeftButton, Qt::LeftButton);
        for (int i = 1; i <= 8; ++i)
            send(widget, QEvent::MouseMove, from + (to - from) * i / 8, Qt::NoButton, Qt::LeftButton);
        send(widget, QEvent::MouseButtonRelease, to, Qt::LeftButton, Qt::NoButton);
    }

    /// "Ctrl+F", "Right"
    static void press(QWidget* window, const QString& keys)
    {
        if (isReal()) {
            // To xdotool "Z" is a Z with shift.
            QStringList parts = keys.split(u'+');
            for (QString& part : parts)
                part = part.size() == 1 || part == QLatin1String("Ctrl") || part == QLatin1String("Shift") ? part.toLower() : part;
            X11Input::key(parts.join(u'+'));
            return;
        }
        const QKeyCombination combination = QKeySequence::fromString(keys)[0];
        QWidget* focus = window->focusWidget() ? window->focusWidget() : window;
        QTest::keyClick(focus, combination.key(), combination.keyboardModifiers());
    }

    /// A file that another program lets go over the window.
    static bool drop(QWidget* window, const QString& path)
    {
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(path)});
        const QPoint at = window->rect().center();
        QDragEnterEvent enter(at, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(window, &enter);
        if (!enter.isAccepted())
            return false;
        QDropEvent event(at, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(window, &event);
        return event.isAccepted();
    }

    /// Types a name into the file dialog that the next act opens.
    static void nameFile(const QString& path)
    {
        whenModal([path](QWidget* modal) {
            auto* dialog = qobject_cast<QFileDialog*>(modal);
            auto* name = dialog ? dialog->findChild<QLineEdit*>(QStringLiteral("fileNameEdit")) : nullptr;
            if (!name)
                return false;
            name->setText(path);
            QTest::keyClick(name, Qt::Key_Return);
            return true;
        });
    }

    /// Presses the button with this text in the question that the next act asks, and keeps the question.
    static void answer(const QString& button, QString* question)
    {
        whenModal([button, question](QWidget* modal) {
            auto* box = qobject_cast<QMessageBox*>(modal);
            if (!box)
                return false;
            *question = box->text();
            for (QAbstractButton* each : box->buttons()) {
                if (each->text().contains(button)) {
                    each->click();
                    return true;
                }
            }
            box->reject();
            return true;
        });
    }

    /// The widget that a screen reader calls by this name.
    template <class T> static T* named(QWidget* window, const QString& name)
    {
        for (T* widget : window->findChildren<T*>()) {
            if (widget->accessibleName() == name)
                return widget;
        }
        return nullptr;
    }

    static QPushButton* button(QWidget* window, const QString& text)
    {
        for (QPushButton* each : window->findChildren<QPushButton*>()) {
            if (each->isVisible() && each->text() == text)
                return each;
        }
        return nullptr;
    }

private:
    static void send(QWidget* widget, QEvent::Type type, QPoint at, Qt::MouseButton button, Qt::MouseButtons buttons)
    {
        QMouseEvent event(type, at, widget->mapToGlobal(at), button, buttons, Qt::NoModifier);
        QApplication::sendEvent(widget, &event);
    }

    // Modal windows run their own event loop: the answer waits in a timer until there is one.
    static void whenModal(const std::function<bool(QWidget*)>& act)
    {
        auto* timer = new QTimer(qApp);
        timer->setInterval(20);
        QObject::connect(timer, &QTimer::timeout, qApp, [timer, act] {
            QWidget* modal = QApplication::activeModalWidget();
            if (modal && modal->isVisible() && act(modal))
                timer->deleteLater();
        });
        timer->start();
    }
};

} // namespace modelarium::test
