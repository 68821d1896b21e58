#pragma once

#include "app/document/experiment.h"
#include "app/settings/settings.h"

#include <QMainWindow>

namespace modelarium {

/// The one window: a strip of stages above, what the stage asks on the left, the plot, the model, and the player below.
class MainWindow : public QMainWindow {
    Q_OBJECT

public:
    explicit MainWindow(Settings& settings, QWidget* parent = nullptr);
    ~MainWindow() override;

    Experiment& experiment() { return m_experiment; }

    /// A table, or a model file; what it is, its content decides.
    void open(const QString& path);
    /// What a first start shows: a sample that is being learned.
    void openFirstSample();

private:
    Settings& m_settings;
    Experiment m_experiment;
};

} // namespace modelarium
