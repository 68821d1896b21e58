#include "app/pages/data_page.h"

#include "app/item_models/columns_model.h"
#include "app/item_models/receipt_model.h"
#include "app/pages/section.h"
#include "app/widgets/flow_row.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QEvent>
#include <QFormLayout>
#include <QHeaderView>
#include <QLabel>
#include <QListView>
#include <QLocale>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QStyledItemDelegate>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>

namespace modelarium {
namespace {

constexpr int noTarget = -1;                        // in place of a column

/// Offers the three uses of a column where it is edited.
class UseDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QWidget* createEditor(QWidget* parent, const QStyleOptionViewItem&, const QModelIndex&) const override
    {
        auto* box = new QComboBox(parent);
        for (const Role use : {Role::Feature, Role::Target, Role::Ignored})
            box->addItem(ColumnsModel::roleName(use), int(use));
        box->setAccessibleName(ColumnsModel::tr("Used as"));
        auto* self = const_cast<UseDelegate*>(this);
        connect(box, &QComboBox::activated, self, [self, box] {
            Q_EMIT self->commitData(box);
            Q_EMIT self->closeEditor(box);
        });
        return box;
    }

    void setEditorData(QWidget* editor, const QModelIndex& index) const override
    {
        auto* box = static_cast<QComboBox*>(editor);
        box->setCurrentIndex(box->findData(index.data(Qt::EditRole)));
        box->showPopup();
    }

    void setModelData(QWidget* editor, QAbstractItemModel* model, const QModelIndex& index) const override
    {
        model->setData(index, static_cast<QComboBox*>(editor)->currentData());
    }
};

} // namespace

DataPage::DataPage(Experiment& experiment, QWidget* parent) : QWidget(parent), m_experiment(experiment)
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(12);
    layout->addWidget(makeSource());
    layout->addWidget(makeGenerator());
    layout->addWidget(makeTarget());
    layout->addWidget(makeColumns());
    layout->addWidget(makeReceipt());
    layout->addStretch(1);

    connect(&m_experiment, &Experiment::sourceChanged, this, &DataPage::followSource);
    connect(&m_experiment, &Experiment::dataChanged, this, &DataPage::followSource);
    connect(&m_experiment, &Experiment::rolesChanged, this, &DataPage::followRoles);
    connect(&m_experiment, &Experiment::learnerChanged, this, &DataPage::followRoles);      // without a target the answer is its choice
    connect(&m_experiment, &Experiment::frozenChanged, this, &DataPage::followRoles);
    followSource();
    followRoles();
}

QWidget* DataPage::makeSource()
{
    auto* part = new QWidget(this);
    auto* layout = new QVBoxLayout(part);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(6);
    m_name = new QLabel(part);
    m_name->setTextFormat(Qt::PlainText);
    m_name->setWordWrap(true);
    m_name->setProperty("role", QStringLiteral("strong"));
    m_size = makeSentence(part);
    m_lesson = makeSentence(part);
    auto* buttons = new FlowRow;
    auto* open = new QPushButton(tr("Open a file…"), part);
    open->setToolTip(tr("Opens a table of values (.csv) or a model (.model.json); a file can also be dropped onto the window."));
    auto* start = new QPushButton(tr("Samples…"), part);
    start->setToolTip(tr("Shows the samples, the generators and the recent files."));
    connect(open, &QPushButton::clicked, this, &DataPage::openWanted);
    connect(start, &QPushButton::clicked, this, &DataPage::startPageWanted);
    buttons->addWidget(open);
    buttons->addWidget(start);
    layout->addWidget(m_name);
    layout->addWidget(m_size);
    layout->addWidget(m_lesson);
    layout->addLayout(buttons);
    return part;
}

QWidget* DataPage::makeTarget()
{
    auto* section = new Section(tr("What is to be predicted?"), this);
    QFormLayout* form = m_targetForm = makeForm();
    m_target = makeChoice(section);
    m_task = makeChoice(section);
    m_positive = makeChoice(section);
    addField(form, tr("Target"), m_target, tr("The column that the model learns to predict from the others; with none, rows that belong together are looked for, or the directions in which they spread."));
    addField(form, tr("Answer"), m_task,
             tr("Whether the answer is a number or a class; a column of numbers can also be read as classes where it holds few values."));
    addField(form, tr("Positive class"), m_positive,
             tr("Of two classes the one that is looked for: the curves, a threshold, precision and recall are about it. Unasked it is the one that says yes, "
                "of numbers the greater one, and otherwise the one that the file names second."));
    section->content()->addLayout(form);
    connect(m_target, &QComboBox::activated, this, [this](int index) {
        if (const int column = m_target->itemData(index).toInt(); column < 0)
            m_experiment.choices().setNoTarget();
        else
            m_experiment.choices().setRole(std::size_t(column), Role::Target);
        followRoles();
    });
    connect(m_task, &QComboBox::activated, this, [this](int index) {
        const int task = m_task->itemData(index).toInt();
        m_experiment.choices().setTask(task < 0 ? std::nullopt : std::optional(Task(task)));
        followRoles();
    });
    connect(m_positive, &QComboBox::activated, this, [this](int index) {
        m_experiment.choices().setPositive(m_positive->itemText(index).toStdString());
        followPositive();
    });
    return section;
}

QWidget* DataPage::makeColumns()
{
    auto* section = new Section(tr("Columns"), this);
    m_columns = new ColumnsModel(m_experiment, this);
    m_columnsView = new QTableView(section);
    m_columnsView->setModel(m_columns);
    m_columnsView->setItemDelegateForColumn(ColumnsModel::Use, new UseDelegate(m_columnsView));
    m_columnsView->setEditTriggers(QAbstractItemView::AllEditTriggers);
    m_columnsView->setAccessibleName(tr("Columns of the data"));
    m_columnsView->setToolTip(tr("Click in “Used as” to choose what a column is used for."));
    m_columnsView->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_columnsView->setTabKeyNavigation(false);
    m_columnsView->verticalHeader()->hide();
    m_columnsView->verticalHeader()->setDefaultSectionSize(28);
    m_columnsView->horizontalHeader()->setSectionResizeMode(QHeaderView::Interactive);
    m_columnsView->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_columnsView->setTextElideMode(Qt::ElideMiddle);       // columns are often told apart by their ends
    m_columnsView->viewport()->installEventFilter(this);
    connect(m_columns, &QAbstractItemModel::modelReset, this, &DataPage::fitColumns);
    section->content()->addWidget(m_columnsView);
    return section;
}

/// All rows of a usual table at once; a wide one scrolls.
void DataPage::fitColumns()
{
    constexpr int most = 12;
    m_columnsView->resizeColumnsToContents();
    fitNames();
    const int rows = std::clamp(m_columns->rowCount(), 1, most);
    m_columnsView->setFixedHeight(m_columnsView->horizontalHeader()->sizeHint().height()
                                  + rows * m_columnsView->verticalHeader()->defaultSectionSize() + 2 * m_columnsView->frameWidth()
                                  + m_columnsView->horizontalScrollBar()->sizeHint().height());
}

/// The view ends where a column ends: names give way for one more, or take what is left over.
void DataPage::fitNames()
{
    constexpr int narrowest = 76;
    const int room = m_columnsView->viewport()->width();
    const int named = static_cast<const QAbstractItemView*>(m_columnsView)->sizeHintForColumn(ColumnsModel::Name);
    int name = std::max(named, m_columnsView->horizontalHeader()->sectionSizeHint(ColumnsModel::Name));
    int others = 0;
    for (int column = ColumnsModel::Type; column < m_columns->columnCount(); ++column) {
        const int width = m_columnsView->columnWidth(column);
        if (others + width + narrowest > room) {
            name = room - others;
            break;
        }
        others += width;
        name = std::min(name, std::max(narrowest, room - others));
    }
    m_columnsView->setColumnWidth(ColumnsModel::Name, std::max(narrowest, name));
}

bool DataPage::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::Resize)
        fitNames();
    return QWidget::eventFilter(watched, event);
}

QWidget* DataPage::makeGenerator()
{
    auto* section = new Section(tr("How the rows are made"), this);
    m_generatorPart = section;
    auto* form = makeForm();
    m_rows = new QSpinBox(section);
    m_rows->setRange(10, 1'000'000);
    m_rows->setSingleStep(50);
    m_rows->setValue(200);
    m_noise = new QDoubleSpinBox(section);
    m_noise->setRange(0, 2);
    m_noise->setSingleStep(0.05);
    m_noise->setValue(0.2);
    m_seed = new QSpinBox(section);
    m_seed->setRange(0, 1'000'000);
    m_seed->setValue(1);
    addField(form, tr("Rows"), m_rows, tr("How many rows are made."));
    addField(form, tr("Noise"), m_noise, tr("How far the points stray from their shape; 0 draws the shape itself."));
    addField(form, tr("Seed"), m_seed, tr("The same seed gives the same rows on every machine; another one draws again."));
    section->content()->addLayout(form);
    for (QSpinBox* box : {m_rows, m_seed})
        connect(box, &QSpinBox::valueChanged, this, &DataPage::generateAgain);
    connect(m_noise, &QDoubleSpinBox::valueChanged, this, &DataPage::generateAgain);
    return section;
}

QWidget* DataPage::makeReceipt()
{
    auto* section = new Section(tr("How the file was read"), this);
    m_receiptPart = section;
    m_receipt = new ReceiptModel(this);
    m_receiptView = new QListView(section);
    m_receiptView->setModel(m_receipt);
    m_receiptView->setWordWrap(true);
    m_receiptView->setUniformItemSizes(false);
    m_receiptView->setResizeMode(QListView::Adjust);
    m_receiptView->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_receiptView->setMinimumHeight(130);
    m_receiptView->setAccessibleName(tr("Import receipt: every decision about how the file was read"));
    m_receiptNone = makeSentence(section, tr("Nothing had to be decided: every cell was read as it stands there."));
    section->content()->addWidget(m_receiptNone);
    section->content()->addWidget(m_receiptView);
    section->content()->addWidget(makeImportChoices());
    return section;
}

QWidget* DataPage::makeImportChoices()
{
    m_importPart = new QWidget(this);
    auto* form = makeForm();
    m_importPart->setLayout(form);
    m_delimiter = makeChoice(m_importPart);
    m_delimiter->addItem(tr("as recognised"), QString());
    m_delimiter->addItem(tr("comma"), QStringLiteral(","));
    m_delimiter->addItem(tr("semicolon"), QStringLiteral(";"));
    m_delimiter->addItem(tr("tab"), QStringLiteral("\t"));
    m_delimiter->addItem(tr("bar |"), QStringLiteral("|"));
    m_delimiter->addItem(tr("space"), QStringLiteral(" "));
    m_decimal = makeChoice(m_importPart);
    m_decimal->addItem(tr("as recognised"), QString());
    m_decimal->addItem(tr("point: 1.5"), QStringLiteral("."));
    m_decimal->addItem(tr("comma: 1,5"), QStringLiteral(","));
    m_encoding = makeChoice(m_importPart);
    m_encoding->addItem(tr("as recognised"), QString());
    for (const char* name : {"utf-8", "utf-16le", "utf-16be", "latin-1", "windows-1252"})
        m_encoding->addItem(QLatin1String(name).toString().toUpper(), QString::fromLatin1(name));
    m_header = makeChoice(m_importPart);
    m_header->addItem(tr("as recognised"), -1);
    m_header->addItem(tr("the first row holds names"), 1);
    m_header->addItem(tr("the first row holds data"), 0);
    addField(form, tr("Delimiter"), m_delimiter, tr("The sign between two cells of a row."));
    addField(form, tr("Decimal sign"), m_decimal, tr("The sign before the fraction of a number."));
    addField(form, tr("Encoding"), m_encoding, tr("How the bytes of the file stand for letters."));
    addField(form, tr("Header"), m_header, tr("Whether the first row names the columns."));
    for (QComboBox* box : {m_delimiter, m_decimal, m_encoding, m_header})
        connect(box, &QComboBox::activated, this, &DataPage::readAgain);

    m_typedColumn = makeChoice(m_importPart);
    m_type = makeChoice(m_importPart);
    m_type->addItem(tr("as recognised"), -1);
    for (const ColumnType type : {ColumnType::Number, ColumnType::Category, ColumnType::Boolean, ColumnType::Date, ColumnType::Text})
        m_type->addItem(ColumnsModel::typeName(type), int(type));
    addField(form, tr("Column"), m_typedColumn, tr("The column whose type you want to decide yourself."));
    addField(form, tr("Type"), m_type, tr("What the cells of this column are read as."));
    connect(m_typedColumn, &QComboBox::activated, this, &DataPage::fillTypeChoices);
    connect(m_type, &QComboBox::activated, this, &DataPage::chooseType);
    return m_importPart;
}

void DataPage::followSource()
{
    const Setup& setup = m_experiment.setup();
    const DataSourcePtr source = setup.source;
    m_name->setText(tr("No data yet"));
    m_name->setVisible(!source);                            // the stage says above whose rows these are
    m_lesson->setText(source ? source->lesson : tr("Open a file, drop one onto the window, or take one of the samples."));
    m_lesson->setVisible(!m_lesson->text().isEmpty());
    m_size->setVisible(source != nullptr);
    m_size->setText(tr("%1, %2").arg(tr("%Ln row(s)", nullptr, int(setup.table.rows())), tr("%Ln column(s)", nullptr, int(setup.table.columns()))));
    m_generatorPart->setVisible(source && !source->generator.empty());
    m_receiptPart->setVisible(source && source->receipt);
    m_receipt->setReceipt(source ? source->receipt : std::nullopt);
    m_receiptNone->setVisible(m_receipt->rowCount() == 0);
    m_receiptView->setVisible(m_receipt->rowCount() > 0);
    m_importPart->setVisible(source && !source->path.isEmpty());
    m_columnsView->parentWidget()->setEnabled(source != nullptr);
    followImportChoices();
    followRoles();
}

void DataPage::followRoles()
{
    const Setup& setup = m_experiment.setup();
    const QSignalBlocker blocker(m_target);
    m_target->clear();
    for (std::size_t j = 0; j < setup.table.columns(); ++j) {
        const Column& column = setup.table.column(j);
        if (column.type() != ColumnType::Text && column.type() != ColumnType::Empty)
            m_target->addItem(QString::fromStdString(column.name()), int(j));
    }
    if (m_target->count() > 0) {
        m_target->insertSeparator(m_target->count());
        m_target->addItem(tr("none: find groups or directions"), noTarget);
    }
    const auto target = targetColumn(setup);
    const bool without = isWithoutTarget(setup);
    m_target->setCurrentIndex(target ? m_target->findData(int(*target)) : without ? m_target->findData(noTarget) : -1);

    const QSignalBlocker taskBlocker(m_task);
    m_task->clear();
    const auto byType = target ? std::optional(taskOf(setup.table.column(*target))) : std::nullopt;
    m_task->addItem(without ? (taskOf(setup) == Task::Projection ? tr("directions") : tr("groups")) : !byType ? tr("by the type of the target")
                            : *byType == Task::Regression ? tr("a number (by its type)") : tr("a class (by its type)"), -1);
    m_task->addItem(tr("a number"), int(Task::Regression));
    m_task->addItem(tr("a class"), int(Task::Classification));
    m_task->setCurrentIndex(m_task->findData(setup.task && !without ? int(*setup.task) : -1));
    const bool open = setup.source && !m_experiment.isFrozen();
    m_target->setEnabled(open);
    m_task->setEnabled(open && target);
    followPositive();
}

void DataPage::followPositive()
{
    const Setup& setup = m_experiment.setup();
    std::vector<std::string> classes = twoClasses(setup);
    if (m_experiment.isFrozen() && !classes.empty()) {
        // Its choices are made; where it answers something else, nothing is chosen here either.
        const TargetColumn& answered = setup.frozen->target();
        const bool isOfTarget = answered.positiveClass() && answered.name == setup.table.column(*targetColumn(setup)).name();
        classes = isOfTarget ? answered.classes : std::vector<std::string>();
    }
    const QSignalBlocker blocker(m_positive);
    m_positive->clear();
    if (!classes.empty()) {
        const std::string positive = classes.back();
        // In the list each keeps its place, whichever is chosen.
        std::sort(classes.begin(), classes.end());
        for (const std::string& name : classes)
            m_positive->addItem(QString::fromStdString(name));
        m_positive->setCurrentIndex(m_positive->findText(QString::fromStdString(positive)));
    }
    m_positive->setEnabled(!m_experiment.isFrozen());
    m_targetForm->setRowVisible(m_positive, !classes.empty());
}

void DataPage::followImportChoices()
{
    const DataSourcePtr source = m_experiment.setup().source;
    const CsvOptions options = source ? source->options : CsvOptions();
    const auto sign = [](const std::optional<char>& c) { return c ? QString(QLatin1Char(*c)) : QString(); };
    showChoice(m_delimiter, sign(options.delimiter));
    showChoice(m_decimal, sign(options.decimal));
    showChoice(m_encoding, QString::fromStdString(options.encoding.value_or(std::string())));
    showChoice(m_header, options.header ? int(*options.header) : -1);
    const Table& table = m_experiment.setup().table;
    const QString column = m_typedColumn->currentText();
    const QSignalBlocker blocker(m_typedColumn);
    m_typedColumn->clear();
    for (std::size_t j = 0; j < table.columns(); ++j)
        m_typedColumn->addItem(QString::fromStdString(table.column(j).name()));
    m_typedColumn->setCurrentIndex(std::max(0, m_typedColumn->findText(column)));
    fillTypeChoices();
}

void DataPage::fillTypeChoices()
{
    const DataSourcePtr source = m_experiment.setup().source;
    if (!source)
        return;
    const auto type = source->options.types.find(m_typedColumn->currentText().toStdString());
    showChoice(m_type, type == source->options.types.end() ? -1 : int(type->second));
}

void DataPage::readAgain()
{
    const DataSourcePtr source = m_experiment.setup().source;
    if (!source)
        return;
    CsvOptions options = source->options;
    const auto sign = [](const QComboBox* box) {
        const QString text = box->currentData().toString();
        return text.isEmpty() ? std::nullopt : std::optional<char>(text.front().toLatin1());
    };
    options.delimiter = sign(m_delimiter);
    options.decimal = sign(m_decimal);
    const std::string encoding = m_encoding->currentData().toString().toStdString();
    options.encoding = encoding.empty() ? std::nullopt : std::optional(encoding);
    const int header = m_header->currentData().toInt();
    options.header = header < 0 ? std::nullopt : std::optional(header == 1);
    m_experiment.data().reload(options);
}

void DataPage::chooseType(int index)
{
    const DataSourcePtr source = m_experiment.setup().source;
    if (!source)
        return;
    CsvOptions options = source->options;
    const std::string column = m_typedColumn->currentText().toStdString();
    const int type = m_type->itemData(index).toInt();
    if (type < 0)
        options.types.erase(column);
    else
        options.types[column] = ColumnType(type);
    m_experiment.data().reload(options);
}

void DataPage::generateAgain()
{
    const DataSourcePtr source = m_experiment.setup().source;
    if (source && !source->generator.empty())
        m_experiment.data().generate(source->generator, std::size_t(m_rows->value()), m_noise->value(),
                                     std::uint64_t(m_seed->value()));
}

} // namespace modelarium
