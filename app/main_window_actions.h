#pragma once

#include "app/main_window.h"

#include <QAction>
#include <QActionGroup>

#include <array>

namespace modelarium {

/// The actions whose state follows the document.
struct MainWindow::Actions {
    QActionGroup* ofDocument = nullptr;             ///< what acts on the rows and the model, or shows them
    std::array<QAction*, stageCount> stages{};
    QAction* cancelLoading = nullptr;
    QAction* reload = nullptr;
    QAction* saveModel = nullptr;
    QAction* saveModelAs = nullptr;
    QAction* saveRows = nullptr;
    QAction* deleteRows = nullptr;
    QAction* train = nullptr;
    QAction* freeze = nullptr;
    QAction* unfreeze = nullptr;
    QAction* predict = nullptr;
    QAction* copyEquation = nullptr;
    QAction* copyLatex = nullptr;
    QAction* light = nullptr;
    QAction* dark = nullptr;
    QAction* projector = nullptr;
    QAction* lesson = nullptr;

    void follow(const Experiment& experiment);
};

} // namespace modelarium
