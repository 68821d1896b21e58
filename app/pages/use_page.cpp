#include "app/pages/use_page.h"

#include "app/item_models/rows_model.h"
#include "app/pages/learn_on_part.h"
#include "app/pages/section.h"
#include "app/widgets/flow_row.h"
#include "app/widgets/point_tray.h"
#include "app/widgets/prediction_form.h"
#include "app/widgets/typeset.h"
#include "app/widgets/probability_bars.h"
#include "core/base/number_text.h"

#include <QFileInfo>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QTableView>
#include <QVBoxLayout>

namespace modelarium {

UsePage::UsePage(Experiment& experiment, QWidget* parent)
    : QWidget(parent), m_experiment(experiment), m_none(makeSentence(this, tr("There is no model yet: train one, or open a model file."))),
      m_parts(new QWidget(this))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(12);
    layout->addWidget(m_none);
    layout->addWidget(makeKeep());
    layout->addWidget(m_parts);
    layout->addStretch(1);
    auto* parts = new QVBoxLayout(m_parts);
    parts->setContentsMargins(0, 0, 0, 0);
    parts->setSpacing(12);
    parts->addWidget(makeAsk());
    parts->addWidget(makeTray());
    parts->addWidget(makeFile());
    parts->addWidget(new LearnOnPart(m_experiment, m_parts));
    connect(&m_experiment, &Experiment::modelChanged, this, &UsePage::followModel);
    connect(&m_experiment, &Experiment::frozenChanged, this, &UsePage::followModel);
    connect(&m_experiment, &Experiment::stagesChanged, this, &UsePage::followModel);
    connect(&m_experiment.view(), &ViewState::inputsChanged, this, &UsePage::followInputs);
    connect(&m_job, &PredictJob::finished, this, &UsePage::showRows);
    connect(&m_job, &PredictJob::progressed, this, [this](double share) {
        m_fileState->setText(tr("Reading %1: %2 %").arg(m_rowsName).arg(int(share * 100)));
    });
    connect(&m_job, &PredictJob::failed, this, [this](const Error& error) { showNoRows(errorText(error)); });
    followModel();
}

QWidget* UsePage::makeKeep()
{
    auto* part = new QWidget(this);
    auto* layout = new QVBoxLayout(part);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(6);
    auto* row = new FlowRow;
    m_freeze = new QPushButton(tr("Freeze"), part);
    m_freeze->setProperty("role", QStringLiteral("primary"));
    m_freeze->setToolTip(tr("Makes the numbers constants; then the model can be saved (Ctrl+F)."));
    m_save = new QPushButton(tr("Save…"), part);
    m_save->setToolTip(tr("Writes the model as a readable file (Ctrl+S)."));
    auto* open = new QPushButton(tr("Open…"), part);
    open->setToolTip(tr("Opens a model file; one can also be dropped onto the window."));
    row->addWidget(m_freeze);
    row->addWidget(m_save);
    row->addWidget(open);
    m_certificate = makeSentence(part);
    layout->addLayout(row);
    layout->addWidget(m_certificate);
    connect(m_freeze, &QPushButton::clicked, this, [this] { m_experiment.freeze(); });
    connect(m_save, &QPushButton::clicked, this, &UsePage::saveModelWanted);
    connect(open, &QPushButton::clicked, this, &UsePage::openModelWanted);
    return part;
}

QWidget* UsePage::makeAsk()
{
    auto* section = new Section(tr("Ask the model"), this);
    m_form = new PredictionForm(section);
    m_answer = new QLabel(section);
    m_answer->setProperty("role", QStringLiteral("large"));
    m_answer->setTextFormat(Qt::PlainText);
    m_answer->setWordWrap(true);
    m_answer->setAccessibleName(tr("Prediction"));
    m_probabilities = new ProbabilityBars(section);
    m_arithmetic = makeSentence(section);
    m_arithmetic->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_arithmetic->setAccessibleName(tr("The arithmetic of the prediction"));
    m_warnings = makeSentence(section);
    m_warnings->setProperty("role", QStringLiteral("warning"));
    section->content()->addWidget(m_form);
    section->content()->addWidget(m_answer);
    section->content()->addWidget(m_probabilities);
    section->content()->addWidget(m_warnings);
    section->content()->addWidget(m_arithmetic);
    connect(m_form, &PredictionForm::valueChosen, this, [this](const std::string& name, double value) {
        if (const ModelPtr model = m_experiment.model())
            m_experiment.view().setInput(*model, name, value);
    });
    return section;
}

QWidget* UsePage::makeTray()
{
    auto* section = new Section(tr("New points"), this);
    section->content()->addWidget(makeSentence(section, tr("Drag a point into the plot. “?” asks the model; a class adds a row.")));
    m_tray = new PointTray(section);
    section->content()->addWidget(m_tray);
    connect(m_tray, &PointTray::pointWanted, this, &UsePage::pointWanted);
    return section;
}

QWidget* UsePage::makeFile()
{
    auto* section = new Section(tr("Predict a file of new rows"), this);
    m_fileState = makeSentence(section, tr("Drop a table onto the window: every row is predicted."));
    auto* row = new FlowRow;
    auto* choose = new QPushButton(tr("Choose a file…"), section);
    m_saveRows = new QPushButton(tr("Save result…"), section);
    m_saveRows->setEnabled(false);
    m_again = new QPushButton(tr("Predict again"), section);
    m_again->setToolTip(tr("Predicts the same file with the model as it is now."));
    m_again->hide();
    row->addWidget(choose);
    row->addWidget(m_again);
    row->addWidget(m_saveRows);
    m_fileRows = new QTableView(section);
    m_fileRows->setAccessibleName(tr("Predicted rows"));
    m_fileRows->setMinimumHeight(160);
    m_fileRows->setTabKeyNavigation(false);
    m_fileRows->verticalHeader()->setDefaultSectionSize(26);
    m_fileRows->hide();
    section->content()->addWidget(m_fileState);
    section->content()->addLayout(row);
    section->content()->addWidget(m_fileRows);
    connect(choose, &QPushButton::clicked, this, &UsePage::predictFileWanted);
    connect(m_again, &QPushButton::clicked, this, [this] { predictFile(m_rowsPath); });
    connect(m_saveRows, &QPushButton::clicked, this, [this] {
        if (m_rows)
            Q_EMIT saveRowsWanted(m_rows, QFileInfo(m_rowsName).completeBaseName() + tr(" predicted.csv"));
    });
    return section;
}

void UsePage::predictFile(const QString& path)
{
    const ModelPtr model = m_experiment.model();
    if (!model) {
        showNoRows(tr("There is no model yet that could predict these rows."));
        return;
    }
    m_rowsPath = path;
    m_rowsName = QFileInfo(path).fileName();
    m_rowsModel = model;
    m_again->hide();
    m_fileState->setText(tr("Reading %1…").arg(m_rowsName));
    m_job.start(model, std::filesystem::path(path.toStdU16String()));
}

/// The rows of another file are not left standing under a sentence about this one.
void UsePage::showNoRows(const QString& why)
{
    m_rows.reset();
    m_rowsModel.reset();
    m_again->hide();
    m_saveRows->setEnabled(false);
    m_fileRows->hide();
    m_fileState->setText(why);
    Q_EMIT fileAnswered(m_fileState);
}

void UsePage::showRows(const PredictedRowsPtr& rows)
{
    m_rows = rows;
    auto* before = m_fileRows->model();
    m_fileRows->setModel(new RowsModel(rows->table, m_fileRows));
    delete before;
    m_fileRows->show();
    m_fileRows->scrollTo(m_fileRows->model()->index(0, int(rows->table.columns()) - 1));
    m_saveRows->setEnabled(true);
    QString sentence = tr("Predicted %Ln row(s) of %1 in %2 ms.", nullptr, int(rows->table.rows())).arg(m_rowsName).arg(rows->seconds * 1000, 0, 'f', 1);
    if (!rows->unknownWords.empty())
        sentence += u' ' + QString::fromStdString(rows->unknownWords);
    m_fileState->setText(sentence);
    Q_EMIT fileAnswered(m_fileRows);
}

/// What another model answered is neither shown nor saved as if this one had.
void UsePage::dropOldRows()
{
    if (!m_rowsModel || m_rowsModel == m_experiment.model())
        return;
    m_job.cancel();
    m_rows.reset();
    m_rowsModel.reset();
    m_saveRows->setEnabled(false);
    m_fileRows->hide();
    m_again->show();
    m_fileState->setText(tr("%1 was predicted by the model before. This one has not seen it yet.").arg(m_rowsName));
}

void UsePage::followModel()
{
    const ModelPtr model = m_experiment.model();
    dropOldRows();
    const bool frozen = m_experiment.isFrozen();
    m_none->setVisible(!model);
    m_parts->setVisible(model != nullptr);
    m_freeze->setVisible(!frozen);
    m_freeze->setEnabled(model && !m_experiment.isModelStale());
    m_save->setEnabled(frozen);
    m_certificate->setVisible(frozen);
    if (frozen)
        m_certificate->setText(tr("Certificate: %Ln reference row(s) with their predictions lie in the file and are computed again whenever it is opened.",
                                  nullptr, int(model->certificate().rows.size())));
    if (!model) {
        m_shownFor.reset();
        return;
    }
    const auto sameInputs = [](const Model& a, const Model& b) {
        return std::equal(a.inputs().begin(), a.inputs().end(), b.inputs().begin(), b.inputs().end(), [](const InputColumn& x, const InputColumn& y) {
            return x.name == y.name && x.levels == y.levels && x.type == y.type;
        }) && a.target().classes == b.target().classes;
    };
    if (!m_shownFor || !sameInputs(*m_shownFor, *model)) {
        m_form->setInputs(model->inputs());
        std::vector<PointTray::Chip> chips{{tr("New point?"), -1}};
        // A row gets its group from the model: nobody can bring one along.
        for (std::size_t code = 0; model->target().task == Task::Classification && code < model->target().classes.size(); ++code)
            chips.push_back({QString::fromStdString(model->target().classes[code]), int(code)});
        m_tray->setChips(chips);
    }
    m_shownFor = model;
    followInputs();
}

void UsePage::followInputs()
{
    const ModelPtr model = m_experiment.model();
    if (!model)
        return;
    const std::vector<double> inputs = m_experiment.view().inputs(*model);
    m_form->setValues(inputs);
    const RowPrediction answer = m_experiment.predictRow(inputs);
    const TargetColumn& target = model->target();
    QStringList lines;
    const bool groups = target.task == Task::Clustering;
    m_probabilities->setVisible(groups ? model->claimsProbabilities() : target.task == Task::Classification);
    if (answersClasses(*model)) {
        const std::size_t code = std::size_t(answer.value);
        const QString answered = QString::fromStdString(target.classes[code]);
        m_answer->setText(breakable(groups ? answered : tr("%1: %2").arg(QString::fromStdString(target.name), answered)));
        QStringList classes;
        for (const std::string& each : target.classes)
            classes << QString::fromStdString(each);
        m_probabilities->setProbabilities(classes, answer.probabilities, int(code), target.threshold);
    } else if (target.task == Task::Projection) {
        QStringList coordinates;
        for (std::size_t k = 0; k < answer.coordinates.size(); ++k)
            coordinates << tr("pc%1 = %2").arg(k + 1).arg(QString::fromStdString(shortText(answer.coordinates[k], 4)));
        m_answer->setText(coordinates.isEmpty() ? tr("no coordinate yet") : typeset(coordinates.join(QStringLiteral(", "))));
    } else {
        m_answer->setText(breakable(tr("%1 = %2").arg(QString::fromStdString(target.name), QString::fromStdString(shortText(answer.value, 5)))));
    }
    for (const std::string& line : answer.arithmetic)
        lines << QString::fromStdString(line);
    m_arithmetic->setText(typeset(lines.join(u'\n')));
    m_warnings->setText(breakable(answer.warnings.join(u'\n')));
    m_warnings->setVisible(!answer.warnings.isEmpty());
}

} // namespace modelarium
