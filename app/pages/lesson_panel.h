#pragma once

#include "app/document/experiment_state.h"

#include <QFrame>

namespace modelarium {

/// A first lesson beside the real thing: what a model is, in five steps that can be done at once.
class LessonPanel : public QFrame {
    Q_OBJECT

public:
    explicit LessonPanel(QWidget* parent = nullptr);

Q_SIGNALS:
    void stageWanted(modelarium::Stage stage);
    void closeWanted();
};

} // namespace modelarium
