#include "app/main_window.h"

namespace modelarium {

MainWindow::MainWindow(Settings& settings, QWidget* parent) : QMainWindow(parent), m_settings(settings)
{
    setWindowTitle(tr("Modelarium"));
    resize(1280, 720);
}

MainWindow::~MainWindow() = default;

void MainWindow::open(const QString& path)
{
    if (path.endsWith(QStringLiteral(".json"), Qt::CaseInsensitive))
        m_experiment.openModel(path);
    else
        m_experiment.data().openCsv(path);
    m_settings.addRecentFile(path);
}

void MainWindow::openFirstSample()
{
    if (!samples().empty())
        m_experiment.data().openSample(samples().front());
}

} // namespace modelarium
