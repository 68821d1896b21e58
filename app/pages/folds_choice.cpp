#include "app/pages/folds_choice.h"

#include "app/pages/parting_choices.h"
#include "app/pages/section.h"

#include <QComboBox>
#include <QFormLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QStandardItemModel>

#include <algorithm>
#include <initializer_list>
#include <limits>
#include <tuple>
#include <vector>

namespace modelarium {
namespace {

constexpr int mostFolds = 1000;
constexpr int mostRepeats = 1000;

bool sameFolds(const FoldOptions& a, const FoldOptions& b)
{
    const auto chosen = [](const FoldOptions& options) {
        return std::tie(options.kind, options.folds, options.repeats, options.testFraction, options.groupColumn, options.timeColumn, options.classes, options.seed);
    };
    return chosen(a) == chosen(b);
}

bool drawsAgain(FoldKind kind) { return kind != FoldKind::LeaveOneOut && kind != FoldKind::TimeOrdered; }

} // namespace

FoldsChoice::FoldsChoice(Experiment& experiment, const QString& subject, QWidget* parent)
    : QWidget(parent), m_experiment(experiment), m_form(makeForm()), m_kind(makeChoice(this)), m_folds(new QSpinBox(this)), m_share(new QSpinBox(this)),
      m_repeats(new QSpinBox(this)), m_group(makeChoice(this)), m_order(makeChoice(this)), m_seed(new QSpinBox(this)), m_groupNote(makeSentence(this))
{
    m_form->setContentsMargins(0, 0, 0, 0);
    setLayout(m_form);
    const std::vector<std::tuple<QString, FoldKind, QString>> kinds = {
        {tr("k folds"), FoldKind::KFold, tr("Rows are dealt out at random; each is kept back once.")},
        {tr("k folds, classes spread evenly"), FoldKind::Stratified, tr("The same, and each fold has each class in proportion (stratified).")},
        {tr("k folds of whole groups"), FoldKind::Grouped, tr("Rows with the same value in a column are never on both sides: several measurements of one patient, say.")},
        {tr("past and future"), FoldKind::TimeOrdered, tr("Always learns from the past and tests on what follows: for rows that follow each other in time.")},
        {tr("each row alone"), FoldKind::LeaveOneOut, tr("As many trainings as rows (leave-one-out). Nothing is drawn, and it takes long.")},
        {tr("a share, drawn again"), FoldKind::HoldOut, tr("A share of the rows is kept back, as often as you like, each time another one.")},
    };
    for (const auto& [name, kind, help] : kinds) {
        m_kind->addItem(name, int(kind));
        m_kind->setItemData(m_kind->count() - 1, help, Qt::ToolTipRole);
    }
    m_folds->setRange(2, mostFolds);
    m_folds->setValue(5);
    m_share->setRange(1, 90);
    m_share->setValue(25);
    m_share->setSuffix(tr(" %"));
    m_repeats->setRange(1, mostRepeats);
    m_seed->setRange(0, std::numeric_limits<int>::max());
    addField(m_form, tr("How rows are parted"), m_kind, tr("What is kept back in each training."));
    addField(m_form, tr("Folds"), m_folds, tr("How many parts the training rows are cut into: each is kept back once. More folds take longer."));
    addField(m_form, tr("Share kept back"), m_share, tr("How many of the training rows each training is judged by."));
    addField(m_form, tr("Groups by"), m_group, tr("Rows with the same value in this column stay together."));
    m_form->addRow(m_groupNote);
    addField(m_form, tr("In order of"), m_order, tr("What says which row comes after which: dates, or numbers that count time."));
    addField(m_form, tr("Repeats"), m_repeats, {});
    addField(m_form, tr("Seed"), m_seed, {});
    for (QWidget* control : std::initializer_list<QWidget*>{m_kind, m_folds, m_share, m_group, m_order, m_repeats, m_seed})
        control->setAccessibleName(tr("%1: %2").arg(control->accessibleName(), subject));
    connect(m_kind, &QComboBox::activated, this, [this] {
        m_kindChosen = true;
        followChoices();
    });
    for (QComboBox* box : {m_group, m_order})
        connect(box, &QComboBox::activated, this, &FoldsChoice::tell);
    for (QSpinBox* box : {m_folds, m_share, m_repeats, m_seed})
        connect(box, &QSpinBox::valueChanged, this, &FoldsChoice::tell);
    for (const auto signal : {&Experiment::sourceChanged, &Experiment::dataChanged, &Experiment::rolesChanged, &Experiment::learnerChanged,
                              &Experiment::frozenChanged})
        connect(&experiment, signal, this, &FoldsChoice::followChoices);
    // As on the command line, one seed draws all; another one can still be chosen here.
    connect(&experiment, &Experiment::splitChanged, this, &FoldsChoice::followSeed);
    followSeed();
    followChoices();
}

void FoldsChoice::followSeed()
{
    const QSignalBlocker blocker(m_seed);
    m_seed->setValue(int(std::min<std::uint64_t>(m_experiment.setup().seed, std::uint64_t(std::numeric_limits<int>::max()))));
    tell();
}

void FoldsChoice::noteGroup()
{
    const bool grouped = FoldKind(m_kind->currentData().toInt()) == FoldKind::Grouped;
    m_groupNote->setText(grouped ? groupIsFeatureSentence(m_experiment.setup(), m_group->currentData().toString()) : QString());
    m_form->setRowVisible(m_groupNote, !m_groupNote->text().isEmpty());
}

void FoldsChoice::tell()
{
    noteGroup();
    const FoldOptions now = folds();
    if (sameFolds(now, m_told))
        return;
    m_told = now;
    Q_EMIT changed();
}

void FoldsChoice::followChoices()
{
    const Setup& setup = m_experiment.setup();
    const bool classes = taskOf(setup) == Task::Classification;
    const int evenly = m_kind->findData(int(FoldKind::Stratified));
    if (auto* list = qobject_cast<QStandardItemModel*>(m_kind->model()))
        list->item(evenly)->setEnabled(classes);
    m_kind->setItemData(evenly, classes ? tr("The same, and each fold has each class in proportion (stratified).")
                                        : tr("There are no classes that could be spread: the target is a number, or there is none."), Qt::ToolTipRole);
    if (!m_kindChosen || (!classes && m_kind->currentIndex() == evenly))
        showChoice(m_kind, int(classes ? FoldKind::Stratified : FoldKind::KFold));
    listGroupColumns(m_group, setup, m_group->currentData().toString());
    listOrderColumns(m_order, setup, m_order->currentData().toString());
    const FoldKind kind = FoldKind(m_kind->currentData().toInt());
    m_kind->setToolTip(m_kind->currentData(Qt::ToolTipRole).toString());
    m_form->setRowVisible(m_folds, kind != FoldKind::LeaveOneOut && kind != FoldKind::HoldOut);
    m_form->setRowVisible(m_share, kind == FoldKind::HoldOut);
    m_form->setRowVisible(m_group, kind == FoldKind::Grouped);
    m_form->setRowVisible(m_order, kind == FoldKind::TimeOrdered);
    const QString nothing = tr("Nothing is drawn here: it would come out the same each time.");
    for (QSpinBox* box : {m_repeats, m_seed})
        box->setEnabled(drawsAgain(kind));
    m_repeats->setToolTip(drawsAgain(kind) ? tr("How often the folds are drawn anew: the more often, the less the score depends on the draw.") : nothing);
    m_seed->setToolTip(drawsAgain(kind) ? tr("The same seed draws the same folds, here and on the command line.") : nothing);
    tell();
}

FoldOptions FoldsChoice::folds() const
{
    FoldOptions options;
    options.kind = FoldKind(m_kind->currentData().toInt());
    options.folds = m_folds->value();
    options.repeats = drawsAgain(options.kind) ? m_repeats->value() : 1;
    options.testFraction = m_share->value() / 100.0;
    if (options.kind == FoldKind::Grouped)
        options.groupColumn = m_group->currentData().toString().toStdString();
    if (options.kind == FoldKind::TimeOrdered)
        options.timeColumn = m_order->currentData().toString().toStdString();
    options.classes = taskOf(m_experiment.setup()) == Task::Classification;
    options.seed = std::uint64_t(m_seed->value());
    return options;
}

std::size_t FoldsChoice::count(const FoldOptions& options, std::size_t rows)
{
    if (options.kind == FoldKind::LeaveOneOut)
        return rows;
    return std::size_t(options.kind == FoldKind::HoldOut ? 1 : options.folds) * std::size_t(options.repeats);
}

QString FoldsChoice::text(const FoldOptions& options)
{
    const QString group = QString::fromStdString(options.groupColumn), order = QString::fromStdString(options.timeColumn);
    const int folds = options.folds;
    QString text;
    switch (options.kind) {
    case FoldKind::LeaveOneOut: text = tr("each row alone"); break;
    case FoldKind::HoldOut: text = tr("%1 % kept back").arg(qRound(100 * options.testFraction)); break;
    case FoldKind::Grouped: text = tr("%1 folds of groups by %2").arg(folds).arg(group); break;
    case FoldKind::TimeOrdered: text = order.isEmpty() ? tr("%1 folds in order of the rows").arg(folds) : tr("%1 folds in order of %2").arg(folds).arg(order); break;
    default: text = tr("%1 folds").arg(folds); break;
    }
    return options.repeats > 1 ? tr("%1, drawn %2 times").arg(text, QString::number(options.repeats)) : text;
}

} // namespace modelarium
