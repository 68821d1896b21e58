#pragma once

#include <QString>

#include <functional>

namespace modelarium {

class MainWindow;

/// The main job in the real window without a hand: load, train, freeze, save, open again, predict a point, keep the picture.
/// Prints what it did; 0 where all of it succeeded.
int runTour(MainWindow& window, const QString& folder, const QString& file);

/// Lets the window live until something is so; false where it did not become so in time.
bool waitUntil(const std::function<bool()>& isSo, int milliseconds);

} // namespace modelarium
