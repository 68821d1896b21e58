// How rows and models come into the window: opened, dropped, looked at while they are read, and told about.

#include "app/main_window.h"

#include "app/charts/plot_view.h"
#include "app/item_models/columns_model.h"
#include "app/main_window_actions.h"
#include "app/pages/plot_card.h"
#include "app/pages/preview_page.h"
#include "app/pages/use_page.h"
#include "app/widgets/notice_bar.h"

#include <QDragEnterEvent>
#include <QDropEvent>
#include <QFileInfo>
#include <QLocale>
#include <QMessageBox>
#include <QMimeData>
#include <QProgressBar>
#include <QPushButton>
#include <QStackedWidget>

#include <algorithm>
#include <map>

namespace modelarium {
namespace {

/// A first start shows the boundary move: slowly enough to be seen, and over before anyone waits.
constexpr double firstStepsPerSecond = 4;

/// A lower window has no room for both parts of the preview.
constexpr int previewHeight = 500;

bool isModelFile(const QString& path)
{
    return path.endsWith(QLatin1String(".json"), Qt::CaseInsensitive);
}

QString firstFile(const QMimeData* data)
{
    for (const QUrl& url : data->urls()) {
        if (url.isLocalFile())
            return url.toLocalFile();
    }
    return {};
}

} // namespace

void MainWindow::open(const QString& path)
{
    m_settings.setFolder(QFileInfo(path).absolutePath());
    if (isModelFile(path)) {
        const ModelPtr before = m_experiment.isFrozen() ? m_experiment.model() : nullptr;
        m_experiment.openModel(path);
        if (m_experiment.isFrozen() && m_experiment.model() != before) {
            // What was opened last is what is wanted: rows that are still on their way would take its place on the screen.
            m_experiment.data().cancel();
            m_settings.addRecentFile(path);
            m_experiment.setStage(Stage::Use);
            showStart(false);
        }
        return;
    }
    CsvOptions options;
    for (const RecentFile& file : m_settings.recentFiles()) {
        if (file.path == QFileInfo(path).absoluteFilePath())
            options = file.options;
    }
    m_playWhenLoaded = false;
    m_experiment.data().openCsv(path, options);
}

void MainWindow::openSample(const SampleInfo& sample)
{
    m_playWhenLoaded = true;
    m_experiment.data().openSample(sample);
}

void MainWindow::openFirstSample()
{
    if (samples().empty())
        return;
    m_experiment.setStage(Stage::Train);
    openSample(samples().front());
}

void MainWindow::generate(const std::string& id)
{
    constexpr std::size_t rows = 200;
    constexpr double noise = 0.2;
    m_playWhenLoaded = true;
    m_experiment.data().generate(id, rows, noise, 1);
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event)
{
    if (!firstFile(event->mimeData()).isEmpty())
        event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event)
{
    const QString path = firstFile(event->mimeData());
    event->acceptProposedAction();
    // On the Use stage new rows are questions to the model; elsewhere they are something to learn from.
    if (m_experiment.stage() == Stage::Use && m_experiment.model() && !isModelFile(path) && !m_experiment.data().preview())
        m_usePage->predictFile(path);
    else
        open(path);
}

bool MainWindow::mayReplaceRows(const QString& sentence)
{
    const QString work = m_experiment.unsavedWork();
    QMessageBox question(QMessageBox::Question, tr("Modelarium"), work.isEmpty() ? sentence : tr("%1 %2").arg(sentence, work), QMessageBox::NoButton, this);
    question.setTextFormat(Qt::PlainText);
    QAbstractButton* goOn = question.addButton(tr("Open anyway"), QMessageBox::DestructiveRole);
    question.addButton(tr("Cancel"), QMessageBox::RejectRole);
    question.exec();
    return question.clickedButton() == goOn;
}

void MainWindow::followLoading(bool busy)
{
    m_progress->setValue(0);
    m_progress->setVisible(busy);
    m_actions->cancelLoading->setEnabled(busy);
}

/// Goes back to what was there; where nothing was, to what there is to choose from.
void MainWindow::cancelLoading()
{
    m_experiment.data().cancel();
    if (!m_experiment.setup().source && !m_experiment.isFrozen())
        showStart(true);
}

bool MainWindow::isLow() const
{
    return height() < previewHeight;
}

/// Made when the window has come to rest, or while the first rows are on their way: a start has no time for it, and neither have they.
void MainWindow::makePreview()
{
    if (m_preview)
        return;
    m_preview = new PreviewPage;
    m_preview->setLook(Look::current());
    m_preview->setLow(isLow());
    m_centre->addWidget(m_preview);
    // Style, layout and type of its first picture are ready then.
    m_preview->resize(m_centre->size());
    m_preview->grab();
    connect(m_preview, &PreviewPage::cancelWanted, this, &MainWindow::cancelLoading);
}

void MainWindow::followPreview()
{
    const auto preview = m_experiment.data().preview();
    if (preview && m_projector)
        setProjector(false);
    if (preview) {
        makePreview();
        if (m_centre->currentWidget() != m_preview)
            m_keysBefore = focusWidget();
        m_preview->setRows(*preview);
    } else {
        m_plot->catchUp();
    }
    const bool hasKeys = !focusWidget() || (m_preview && m_preview->isAncestorOf(focusWidget()));
    showCentre();
    followSource();
    if (!preview && !m_startShown && hasKeys)
        (m_keysBefore && m_keysBefore->isVisible() ? m_keysBefore.data() : &m_plot->view())->setFocus();
}

/// The road begins again with new rows: a person's own ones are looked at first, a sample is watched while it is learned. A frozen model stays, and
/// they are new questions to it, wherever one is.
void MainWindow::followNewRows()
{
    if (m_experiment.isFrozen())
        return;
    if (!m_playWhenLoaded)
        m_experiment.setStage(Stage::Data);
    else if (m_experiment.stage() > Stage::Train)
        m_experiment.setStage(Stage::Train);
}

/// A sample is seen being learned, step by step; a person's own file is learned at once.
void MainWindow::playOnceLoaded(bool anew)
{
    showStart(false);
    if (anew)
        followNewRows();
    const DataSourcePtr source = m_experiment.setup().source;
    if (source && !source->path.isEmpty()) {
        m_settings.addRecentFile(source->path, source->options);
        if (m_experiment.stage() != Stage::Data && !source->receipt->entries.empty())
            m_experiment.setStage(Stage::Data);
    }
    if (!m_playWhenLoaded || m_experiment.isFrozen())
        return;
    m_playWhenLoaded = false;
    m_experiment.training().setStepsPerSecond(firstStepsPerSecond);
    m_experiment.train(false);
    m_experiment.training().play();
}

/// The preview showed numbers, and one cell far below is none: a person learns which, and can have the numbers back.
void MainWindow::tellTypeChanges(const std::vector<TypeChange>& changes)
{
    const auto toFirst = std::find_if(changes.begin(), changes.end(), [](const TypeChange& change) { return !change.cell.empty(); });
    const TypeChange& told = toFirst == changes.end() ? changes.front() : *toFirst;
    const Setup& setup = m_experiment.setup();
    const auto column = setup.table.find(told.column);
    const bool isLeftOut = column && *column < setup.roles.size() && setup.roles[*column] == Role::Ignored;
    QString sentence = (isLeftOut ? tr("“%1” is read as %2, and left out; its first rows were read as %3.")
                                  : tr("“%1” is read as %2; its first rows were read as %3."))
                           .arg(QString::fromStdString(told.column), ColumnsModel::typeName(told.whole), ColumnsModel::typeName(told.first));
    if (!told.cell.empty()) {
        const QString cell = QString::fromStdString(told.cell);
        sentence = told.line > 0 ? tr("%1 The reason is “%2” in line %3.").arg(sentence, cell, QLocale().toString(qulonglong(told.line)))
                                 : tr("%1 The reason is “%2” in row %3.").arg(sentence, cell, QLocale().toString(qulonglong(told.row + 1)));
    }
    if (changes.size() > 1)
        sentence = tr("%1 So it is with %Ln more column(s).", nullptr, int(changes.size()) - 1).arg(sentence);
    if (toFirst == changes.end()) {
        notify(Severity::Warning, sentence);
        return;
    }
    std::map<std::string, ColumnType> types;
    for (const TypeChange& change : changes) {
        if (!change.cell.empty())
            types[change.column] = change.first;
    }
    const QString offer = types.size() > 1 ? tr("Read all as before") : told.first == ColumnType::Date ? tr("Read as dates") : tr("Read as numbers");
    m_notices->show(NoticeBar::Kind::Warning, sentence, {offer, [this, types] {
        const DataSourcePtr source = m_experiment.setup().source;
        CsvOptions options = source ? source->options : CsvOptions();
        for (const auto& [name, type] : types)
            options.types[name] = type;
        m_experiment.data().reload(options);
    }});
}

} // namespace modelarium
