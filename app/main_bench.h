#pragma once

#include <QElapsedTimer>
#include <QString>

namespace modelarium {

class MainWindow;

/// Times of the real window, printed as milliseconds, one "name value" a line, for the benchmarks.
int benchStartup(MainWindow& window, const QElapsedTimer& sinceStart);
int benchOpen(MainWindow& window, const QString& file);
int benchProbe(MainWindow& window);
int benchPan(MainWindow& window, const QString& file);

} // namespace modelarium
