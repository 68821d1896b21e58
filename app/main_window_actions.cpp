#include "app/main_window_actions.h"

#include "app/charts/plot_view.h"
#include "app/pages/bottom_card.h"
#include "app/pages/lesson_panel.h"
#include "app/pages/model_card.h"
#include "app/pages/plot_card.h"
#include "app/pages/runs_panel.h"
#include "app/pages/use_page.h"
#include "app/widgets/notice_bar.h"
#include "core/data/csv_writer.h"

#include <QActionGroup>
#include <QCoreApplication>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QMenuBar>
#include <QMessageBox>
#include <QSplitter>

namespace modelarium {
namespace {

std::filesystem::path filePath(const QString& path)
{
    return std::filesystem::path(path.toStdU16String());
}

QString withEnding(const QString& path, const QString& ending)
{
    return QFileInfo(path).suffix().isEmpty() ? path + ending : path;
}

} // namespace

void MainWindow::Actions::follow(const Experiment& experiment)
{
    const bool frozen = experiment.isFrozen();
    const DataSourcePtr source = experiment.setup().source;
    reload->setEnabled(source && !source->path.isEmpty());
    saveModel->setEnabled(frozen);
    saveModelAs->setEnabled(frozen);
    saveRows->setEnabled(source != nullptr);
    train->setEnabled(source && !frozen);
    freeze->setEnabled(!frozen && experiment.model());
    unfreeze->setEnabled(frozen);
    predict->setEnabled(experiment.model() != nullptr);
    copyEquation->setEnabled(experiment.model() != nullptr);
    copyLatex->setEnabled(experiment.model() != nullptr);
}

QAction* MainWindow::addAction(QMenu* menu, const QString& text, const QString& keys, const QString& help, const Act& act)
{
    auto* action = new QAction(text, this);
    action->setShortcut(QKeySequence(keys));
    action->setStatusTip(help);
    action->setToolTip(help);
    connect(action, &QAction::triggered, this, act);
    menu->addAction(action);
    return action;
}

/// All that a menu holds so far acts on the document.
void MainWindow::addToDocument(const QMenu* menu)
{
    for (QAction* action : menu->actions()) {
        if (!action->isSeparator())
            m_actions->ofDocument->addAction(action);
    }
}

void MainWindow::makeMenus()
{
    m_actions->ofDocument = new QActionGroup(this);
    m_actions->ofDocument->setExclusionPolicy(QActionGroup::ExclusionPolicy::None);
    makeFileMenu();
    makeEditMenu();
    makeViewMenu();
    makeModelMenu();
    makeHelpMenu();
}

void MainWindow::makeFileMenu()
{
    QMenu* menu = menuBar()->addMenu(tr("&File"));
    addAction(menu, tr("&Open…"), QStringLiteral("Ctrl+O"), tr("Opens a table or a model."), [this] { askForFile(); });
    QMenu* recent = menu->addMenu(tr("Open &recent"));
    connect(recent, &QMenu::aboutToShow, this, [this, recent] { fillRecentFiles(recent); });
    QMenu* sampleMenu = menu->addMenu(tr("&Samples"));
    for (const SampleInfo& sample : samples())
        addAction(sampleMenu, sample.title, {}, sample.lesson, [this, &sample] { openSample(sample); });
    QMenu* made = menu->addMenu(tr("&Made data"));
    for (const GeneratorInfo& generator : generators())
        addAction(made, QString::fromStdString(generator.name), {}, QString::fromStdString(generator.lesson), [this, id = generator.id] { generate(id); });
    QAction* start = addAction(menu, tr("Start &page"), QStringLiteral("Ctrl+N"), tr("Samples, made data and recent files."), [this] { showStart(true); });
    menu->addSeparator();
    m_actions->reload = addAction(menu, tr("Read the file &again"), QStringLiteral("F5"), tr("Reads the data file again, with the same choices."), [this] { m_experiment.data().reload(); });
    m_actions->cancelLoading = addAction(menu, tr("&Cancel loading"), {}, tr("Stops reading; what was there stays."), [this] { cancelLoading(); });
    m_actions->cancelLoading->setEnabled(false);
    menu->addSeparator();
    m_actions->saveModel = addAction(menu, tr("&Save the model"), QStringLiteral("Ctrl+S"), tr("Saves the model, once its numbers are kept."), [this] { saveModel(false); });
    m_actions->saveModelAs = addAction(menu, tr("Save the model &as…"), QStringLiteral("Ctrl+Shift+S"), tr("Saves the model under another name."), [this] { saveModel(true); });
    m_actions->saveRows = addAction(menu, tr("Save the ro&ws…"), {}, tr("Saves the rows, with every change, as a table."), [this] { saveRows(); });
    QAction* exportPlot = addAction(menu, tr("&Export the plot…"), QStringLiteral("Ctrl+E"), tr("Keeps the picture as PNG, SVG or PDF."), [this] { exportPicture(); });
    for (QAction* action : {start, m_actions->reload, m_actions->saveModel, m_actions->saveModelAs, m_actions->saveRows, exportPlot})
        m_actions->ofDocument->addAction(action);
    menu->addSeparator();
    addAction(menu, tr("&Quit"), QStringLiteral("Ctrl+Q"), tr("Closes the program."), [this] { close(); });
}

void MainWindow::fillRecentFiles(QMenu* menu)
{
    menu->clear();
    const std::vector<RecentFile> files = m_settings.recentFiles();
    for (const RecentFile& file : files) {
        QString name = QFileInfo(file.path).fileName();
        addAction(menu, name.replace(u'&', QStringLiteral("&&")), {}, file.path, [this, path = file.path] { open(path); });
    }
    if (files.empty()) {
        menu->addAction(tr("Nothing was opened yet"))->setEnabled(false);
        return;
    }
    menu->addSeparator();
    addAction(menu, tr("Forget them"), {}, tr("Empties this list."), [this] { m_settings.clearRecentFiles(); });
}

void MainWindow::makeEditMenu()
{
    QMenu* menu = menuBar()->addMenu(tr("&Edit"));
    QUndoStack& stack = m_experiment.undoStack();
    QAction* undo = stack.createUndoAction(this, tr("Undo"));
    undo->setShortcut(QKeySequence::Undo);
    QAction* redo = stack.createRedoAction(this, tr("Redo"));
    redo->setShortcuts({QKeySequence(QStringLiteral("Ctrl+Shift+Z")), QKeySequence(QStringLiteral("Ctrl+Y"))});
    menu->addAction(undo);
    menu->addAction(redo);
    menu->addSeparator();
    addAction(menu, tr("&Copy the plot"), QStringLiteral("Ctrl+Shift+C"), tr("Copies the picture."), [this] { m_plot->copy(); });
    m_actions->copyEquation = addAction(menu, tr("Copy the &equation"), {}, tr("Copies the equation with all its digits."), [this] { m_model->copyEquation(); });
    m_actions->copyLatex = addAction(menu, tr("Copy the equation as &LaTeX"), {}, tr("Copies the equation for a paper or a worksheet."), [this] { m_model->copyLatex(); });
    menu->addSeparator();
    m_actions->deleteRows = addAction(menu, tr("&Delete the selected rows"), QStringLiteral("Ctrl+Del"), tr("Removes the selected rows; undo brings them back."), [this] {
        const std::vector<std::size_t> rows = m_experiment.view().selection();
        if (!rows.empty())
            m_experiment.rows().deleteRows(rows);
    });
    addAction(menu, tr("Select &nothing"), QStringLiteral("Ctrl+Shift+A"), tr("Lets go of the selected rows."), [this] { m_experiment.view().select({}); });
    addToDocument(menu);
}

void MainWindow::makeViewMenu()
{
    QMenu* menu = menuBar()->addMenu(tr("&View"));
    const std::array<QString, stageCount> names{tr("&Data"), tr("&Prepare"), tr("&Train"), tr("&Evaluate"), tr("&Use")};
    for (int i = 0; i < stageCount; ++i) {
        QAction* action = addAction(menu, names[std::size_t(i)], QStringLiteral("Ctrl+%1").arg(i + 1), tr("Goes to this stage."), [this, i] {
            m_experiment.setStage(Stage(i));
            followStages();
        });
        action->setCheckable(true);
        m_actions->stages[std::size_t(i)] = action;
    }
    menu->addSeparator();
    addAction(menu, tr("&Rows below the plot"), QStringLiteral("Ctrl+R"), tr("Shows the table of rows."), [this] { m_bottom->showTab(BottomCard::RowsTab); });
    addAction(menu, tr("Tra&ining below the plot"), QStringLiteral("Ctrl+L"), tr("Shows the player and the loss curve."), [this] { m_bottom->showTab(BottomCard::TrainingTab); });
    QAction* column = addAction(menu, tr("Stage &column"), QStringLiteral("F9"), tr("Folds the column at the left."), [this] { m_stageColumn->setVisible(!m_stageColumn->isVisible()); });
    column->setCheckable(true);
    column->setChecked(true);
    menu->addSeparator();
    addAction(menu, tr("&Whole view"), QStringLiteral("Ctrl+0"), tr("Shows all points."), [this] { m_plot->view().resetView(); });
    addAction(menu, tr("Zoom i&n"), QStringLiteral("Ctrl++"), tr("Shows a smaller part, larger."), [this] { m_plot->view().zoomAtCentre(0.8); });
    addAction(menu, tr("Zoom &out"), QStringLiteral("Ctrl+-"), tr("Shows a larger part, smaller."), [this] { m_plot->view().zoomAtCentre(1.25); });
    addAction(menu, tr("Pro&be"), QStringLiteral("Ctrl+B"), tr("Shows or hides the probe."), [this] { m_plot->setProbeShown(!m_experiment.view().isProbeShown()); });
    addAction(menu, tr("&Guess first"), QStringLiteral("Ctrl+G"), tr("Draw your own line before the model does."), [this] { m_plot->setGuessShown(!m_plot->isGuessShown()); });
    addToDocument(menu);
    menu->addSeparator();
    auto* looks = new QActionGroup(this);
    const auto addLook = [&](const QString& name, Theme choice) {
        QAction* action = addAction(menu, name, {}, tr("Colours of the window."), [this, choice] {
            m_settings.setTheme(choice);
            showDark(choice == Theme::Dark);
        });
        action->setCheckable(true);
        looks->addAction(action);
        return action;
    };
    m_actions->light = addLook(tr("&Light"), Theme::Light);
    m_actions->dark = addLook(tr("Dar&k"), Theme::Dark);
    menu->addSeparator();
    m_actions->projector = addAction(menu, tr("Pro&jector"), QStringLiteral("F11"), tr("Only the plot and the model, large; the same key comes back."), [this] { setProjector(!m_projector); });
    m_actions->projector->setCheckable(true);
    m_actions->ofDocument->addAction(m_actions->projector);
    // Shortcuts live on while the menu bar is hidden.
    QWidget::addAction(m_actions->projector);
}

void MainWindow::makeModelMenu()
{
    QMenu* menu = menuBar()->addMenu(tr("&Model"));
    m_actions->train = addAction(menu, tr("&Train"), QStringLiteral("Ctrl+T"), tr("Learns from the training rows."), [this] { m_experiment.train(); });
    addAction(menu, tr("&Play or pause"), {}, tr("Space does the same."), [this] { m_bottom->togglePlay(); });
    addAction(menu, tr("Step &forward"), {}, tr("The right arrow key does the same."), [this] { m_experiment.training().step(); });
    addAction(menu, tr("Step &back"), {}, tr("The left arrow key does the same."), [this] { m_experiment.training().stepBack(); });
    menu->addSeparator();
    m_actions->freeze = addAction(menu, tr("F&reeze"), QStringLiteral("Ctrl+F"), tr("Makes the numbers constants."), [this] { m_experiment.freeze(); });
    m_actions->unfreeze = addAction(menu, tr("&Unfreeze a copy"), QStringLiteral("Ctrl+Shift+F"), tr("Goes on learning with a copy."), [this] { m_experiment.unfreezeCopy(); });
    menu->addSeparator();
    m_actions->predict = addAction(menu, tr("Predict a &file…"), QStringLiteral("Ctrl+P"), tr("Predicts every row of a table."), [this] { askForFileToPredict(); });
    addToDocument(menu);
}

void MainWindow::makeHelpMenu()
{
    QMenu* menu = menuBar()->addMenu(tr("&Help"));
    m_actions->lesson = addAction(menu, tr("&What is a model?"), QStringLiteral("F1"), tr("A first lesson beside the plot."), [] {});
    m_actions->lesson->setCheckable(true);
    m_actions->ofDocument->addAction(m_actions->lesson);
    connect(m_actions->lesson, &QAction::toggled, m_lesson, &QWidget::setVisible);
    addAction(menu, tr("&Keyboard shortcuts"), QStringLiteral("Ctrl+K"), tr("Every key of the window."), [this] { showShortcuts(); });
    addAction(menu, tr("&About Modelarium"), {}, tr("Version and licence."), [this] { showAbout(); });
}

void MainWindow::askForFile()
{
    const QString path = QFileDialog::getOpenFileName(this, tr("Open a table or a model"), m_settings.folder(),
        tr("Tables and models (*.csv *.tsv *.txt *.gz *.model.json);;All files (*)"));
    if (!path.isEmpty())
        open(path);
}

void MainWindow::saveModel(bool askForName)
{
    QString path = m_experiment.setup().frozenFile;
    if (path.isEmpty() || askForName) {
        const DataSourcePtr source = m_experiment.setup().source;
        const QString name = (source ? QFileInfo(source->name).completeBaseName() : tr("model")) + QStringLiteral(".model.json");
        path = QFileDialog::getSaveFileName(this, tr("Save the model"), QDir(m_settings.folder()).filePath(name), tr("Models (*.model.json)"));
    }
    if (path.isEmpty())
        return;
    path = withEnding(path, QStringLiteral(".model.json"));
    m_notices->forgetProblems();
    if (!m_experiment.saveModel(path))
        return;
    m_settings.setFolder(QFileInfo(path).absolutePath());
    m_settings.addRecentFile(path);
}

void MainWindow::saveRows()
{
    const DataSourcePtr source = m_experiment.setup().source;
    const QString name = source ? QFileInfo(source->name).completeBaseName() + QStringLiteral(".csv") : QString();
    const QString path = QFileDialog::getSaveFileName(this, tr("Save the rows"), QDir(m_settings.folder()).filePath(name), tr("Tables (*.csv)"));
    if (path.isEmpty())
        return;
    m_notices->forgetProblems();
    m_experiment.saveTable(withEnding(path, QStringLiteral(".csv")));
}

void MainWindow::savePredictedRows(const std::shared_ptr<const PredictedRows>& rows, const QString& name)
{
    const QString path = QFileDialog::getSaveFileName(this, tr("Save the predicted rows"), QDir(m_settings.folder()).filePath(name), tr("Tables (*.csv)"));
    if (path.isEmpty())
        return;
    m_notices->forgetProblems();
    const auto saved = writeCsv(rows->copy, filePath(withEnding(path, QStringLiteral(".csv"))), copyOptions(rows->receipt));
    if (saved)
        notify(Severity::Information, tr("Saved the predicted rows as %1.").arg(QFileInfo(path).fileName()));
    else
        notify(Severity::Error, errorText(saved.error()));
}

void MainWindow::exportPicture()
{
    const QString path = QFileDialog::getSaveFileName(this, tr("Export the plot"), QDir(m_settings.folder()).filePath(tr("plot.png")),
                                                      tr("Pictures (*.png *.svg *.pdf)"));
    if (path.isEmpty())
        return;
    const QString kept = withEnding(path, QStringLiteral(".png"));
    const QString problem = m_plot->save(kept);
    notify(problem.isEmpty() ? Severity::Information : Severity::Error,
           problem.isEmpty() ? tr("Saved the picture as %1.").arg(QFileInfo(kept).fileName()) : problem);
}

void MainWindow::exportRuns()
{
    const QString path = QFileDialog::getSaveFileName(this, tr("Export the comparison of runs"), QDir(m_settings.folder()).filePath(tr("runs.pdf")),
                                                      tr("Sheets and tables (*.pdf *.html *.csv)"));
    if (path.isEmpty())
        return;
    const QString kept = withEnding(path, QStringLiteral(".pdf"));
    const QString problem = m_bottom->runs().save(kept);
    notify(problem.isEmpty() ? Severity::Information : Severity::Error,
           problem.isEmpty() ? tr("Saved the comparison as %1.").arg(QFileInfo(kept).fileName()) : problem);
}

void MainWindow::askForFileToPredict()
{
    const QString path = QFileDialog::getOpenFileName(this, tr("Predict the rows of a table"), m_settings.folder(),
        tr("Tables (*.csv *.tsv *.txt *.gz);;All files (*)"));
    if (path.isEmpty())
        return;
    m_experiment.setStage(Stage::Use);
    m_usePage->predictFile(path);
}

void MainWindow::showShortcuts()
{
    const QList<std::pair<QString, QString>> keys{
        {QStringLiteral("Ctrl+1 … 5"), tr("the five stages")}, {QStringLiteral("Ctrl+O"), tr("open a file")},
        {QStringLiteral("Ctrl+N"), tr("start page")}, {QStringLiteral("Ctrl+T"), tr("train")},
        {tr("Space"), tr("play or pause")}, {QStringLiteral("→ ←"), tr("one step forward, one back; or move the chosen point or the probe")},
        {tr("Home, End"), tr("to the start, to the end")}, {QStringLiteral("Ctrl+F"), tr("freeze")},
        {QStringLiteral("Ctrl+Shift+F"), tr("unfreeze a copy")}, {QStringLiteral("Ctrl+S"), tr("save the model")},
        {QStringLiteral("Ctrl+Z, Ctrl+Y"), tr("undo, redo")}, {QStringLiteral("Ctrl+B"), tr("probe")}, {QStringLiteral("Ctrl+G"), tr("guess first")},
        {tr("N, P (in the plot)"), tr("next point, previous point")}, {tr("+, −, 0 (in the plot)"), tr("zoom, whole view")},
        {tr("Shift+click"), tr("add a point")}, {tr("Ctrl+drag"), tr("select the points in a frame")}, {tr("Delete"), tr("remove the chosen points")},
        {tr("Alt+↑, Alt+↓ (in the steps)"), tr("move a step of the preparation")}, {tr("Space, Delete (in the steps)"), tr("switch the step off and on, remove it")},
        {QStringLiteral("F1"), tr("first lesson")}, {QStringLiteral("F11"), tr("projector")}};
    QString rows;
    for (const auto& [key, meaning] : keys)
        rows += QStringLiteral("<tr><td style='padding-right:18px'><b>%1</b></td><td>%2</td></tr>").arg(key.toHtmlEscaped(), meaning.toHtmlEscaped());
    QMessageBox box(QMessageBox::NoIcon, tr("Keyboard shortcuts"), QStringLiteral("<table cellspacing='4'>%1</table>").arg(rows), QMessageBox::Close, this);
    box.exec();
}

void MainWindow::showAbout()
{
    QMessageBox::about(this, tr("About Modelarium"),
        tr("<h3>Modelarium %1</h3><p>See what a machine-learning model is: train it, freeze it, keep it, use it.</p>"
           "<p>Free software under the GNU General Public License, version 3 or later. It comes without any warranty.</p>"
           "<p>The type is Inter (SIL Open Font License). The samples and their licences are listed in SOURCES.md.</p>")
            .arg(QCoreApplication::applicationVersion()));
}

} // namespace modelarium
