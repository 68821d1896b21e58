#pragma once

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QPoint>
#include <QProcess>
#include <QStringList>
#include <QTest>
#include <QWidget>

namespace modelarium::test {

/// Real pointer and key events: xdotool sends them to the X server, and the program receives them as from a person.
class X11Input {
public:
    static void moveTo(QPoint global)
    {
        run({QStringLiteral("mousemove"), QString::number(global.x()), QString::number(global.y())});
    }

    static void click(QWidget* widget, QPoint inside = {-1, -1})
    {
        moveTo(pointOn(widget, inside));
        run({QStringLiteral("click"), QStringLiteral("1")});
    }

    /// Presses, moves in small steps as a hand does, and releases.
    static void drag(QPoint from, QPoint to, int steps = 12)
    {
        moveTo(from);
        run({QStringLiteral("mousedown"), QStringLiteral("1")});
        for (int i = 1; i <= steps; ++i)
            moveTo(from + (to - from) * i / steps);
        run({QStringLiteral("mouseup"), QStringLiteral("1")});
    }

    static void wheelUp(QPoint global, int clicks)
    {
        moveTo(global);
        for (int i = 0; i < clicks; ++i)
            run({QStringLiteral("click"), QStringLiteral("4")});
    }

    static void key(const QString& combination) { run({QStringLiteral("key"), combination}); }       ///< "ctrl+f"
    static void type(const QString& text) { run({QStringLiteral("type"), QStringLiteral("--delay"), QStringLiteral("5"), text}); }

private:
    static QPoint pointOn(QWidget* widget, QPoint inside)
    {
        return widget->mapToGlobal(inside.x() < 0 ? widget->rect().center() : inside);
    }

    // The event loop goes on while xdotool runs: the program must stay as alive as it is for a person.
    static void run(const QStringList& arguments)
    {
        QProcess process;
        process.start(QStringLiteral("xdotool"), arguments);
        QElapsedTimer timer;
        timer.start();
        while (process.state() != QProcess::NotRunning && timer.elapsed() < 5000)
            QTest::qWait(2);
        QTest::qWait(15);
    }
};

} // namespace modelarium::test
