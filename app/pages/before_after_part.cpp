#include "app/pages/before_after_part.h"

#include "app/charts/histogram_chart.h"
#include "app/pages/section.h"
#include "core/base/number_text.h"
#include "core/learn/step_table.h"

#include <QComboBox>
#include <QFormLayout>
#include <QGridLayout>
#include <QLabel>
#include <QLocale>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace modelarium {
namespace {

/// The rows of the statistics; levels are those of categories, the rest from Mean on those of numbers.
enum Statistic { Values, Missing, Levels, Mean, Deviation, Minimum, Median, Maximum, statisticCount };

/// As formulas are set; a mean that is nothing but rounding beside the deviation is 0.
QString shown(double value)
{
    return QString::fromStdString(shortText(value)).replace(u'-', QChar(0x2212));
}

double meanOf(const ColumnProfile& profile)
{
    return std::abs(profile.mean) < 1e-13 * profile.deviation ? 0 : profile.mean;
}

QString counted(std::size_t count)
{
    return QLocale().toString(qulonglong(count));
}

} // namespace

BeforeAfterPart::BeforeAfterPart(QWidget* parent) : QWidget(parent)
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    auto* section = new Section(tr("Before and after"), this);
    layout->addWidget(section);
    m_sentence = makeSentence(section);
    m_content = new QWidget(section);
    section->content()->addWidget(m_sentence);
    section->content()->addWidget(m_content);
    auto* content = new QVBoxLayout(m_content);
    content->setContentsMargins(0, 0, 0, 0);
    content->setSpacing(8);
    auto* form = makeForm();
    m_column = makeChoice(m_content);
    addField(form, tr("Column"), m_column, tr("The column that is shown as the training rows have it, and as the model sees it."));
    m_before = new HistogramChart(m_content);
    m_afterField = new QWidget(m_content);
    auto* afterForm = makeForm();
    m_afterField->setLayout(afterForm);
    m_afterColumn = makeChoice(m_afterField);
    addField(afterForm, tr("Becomes"), m_afterColumn, tr("The columns that come from it: the model sees these."));
    m_after = new HistogramChart(m_content);
    auto* grid = new QGridLayout;
    makeStatistics(grid);
    m_learned = makeSentence(m_content);
    m_learned->setAccessibleName(tr("What was learned about the column"));
    content->addLayout(form);
    content->addWidget(m_before);
    content->addWidget(m_afterField);
    content->addWidget(m_after);
    content->addLayout(grid);
    content->addWidget(m_learned);
    connect(m_column, &QComboBox::activated, this, [this](int index) { Q_EMIT columnChosen(m_column->itemText(index)); });
    connect(m_afterColumn, &QComboBox::activated, this, &BeforeAfterPart::showAfter);
    setSentence({});
}

void BeforeAfterPart::makeStatistics(QGridLayout* grid)
{
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(8);
    grid->setVerticalSpacing(2);
    grid->setHorizontalSpacing(4);
    grid->setColumnStretch(0, 2);
    grid->setColumnStretch(1, 2);
    grid->setColumnStretch(2, 2);
    const QString names[statisticCount] = {tr("Values"), tr("Missing"), tr("Levels"), tr("Mean"), tr("Std. deviation"), tr("Minimum"), tr("Median"), tr("Maximum")};
    int line = 0;
    for (const QString& title : {tr("Before"), tr("After")}) {
        auto* label = new QLabel(title, m_content);
        label->setProperty("role", QStringLiteral("secondary"));
        grid->addWidget(label, 0, ++line, Qt::AlignRight);
    }
    for (int i = 0; i < statisticCount; ++i) {
        std::array<QLabel*, 3> row{};
        for (int column = 0; column < 3; ++column) {
            row[std::size_t(column)] = new QLabel(column == 0 ? names[i] : QString(), m_content);
            row[std::size_t(column)]->setTextFormat(Qt::PlainText);
            grid->addWidget(row[std::size_t(column)], i + 1, column, column == 0 ? Qt::AlignLeft : Qt::AlignRight);
        }
        row[0]->setProperty("role", QStringLiteral("secondary"));
        row[1]->setAccessibleName(tr("%1 before").arg(names[i]));
        row[2]->setAccessibleName(tr("%1 after").arg(names[i]));
        m_rows.push_back(row);
    }
    m_rows[Deviation][0]->setToolTip(tr("Of these rows themselves, divided by their number and not by one less: standardising makes it 1."));
}

void BeforeAfterPart::setColumns(const QStringList& columns, const QString& shown)
{
    const QSignalBlocker blocker(m_column);
    QStringList now;
    for (int i = 0; i < m_column->count(); ++i)
        now << m_column->itemText(i);
    if (now != columns) {
        m_column->clear();
        m_column->addItems(columns);
    }
    m_column->setCurrentIndex(int(columns.indexOf(shown)));
}

void BeforeAfterPart::setSentence(const QString& sentence)
{
    m_sentence->setText(sentence);
    m_sentence->setVisible(!sentence.isEmpty());
    m_content->setVisible(sentence.isEmpty());
}

void BeforeAfterPart::setEffects(const PreparationEffectsPtr& effects, ColumnType type, const QString& unit)
{
    if (!effects)
        return;
    const bool sameColumn = m_effects && m_effects->column == effects->column;
    const QString shown = sameColumn ? m_afterColumn->currentText() : QString();
    m_effects = effects;
    m_type = type;
    const QString rows = effects->areTrainingRows ? tr("%Ln training row(s)", nullptr, int(effects->rows)) : tr("%Ln row(s) of this table", nullptr, int(effects->rows));
    m_before->setTitle(unit.isEmpty() ? tr("Before: %1").arg(rows) : tr("Before, in %1: %2").arg(unit, rows));
    m_before->setProfile(effects->before, type == ColumnType::Date);
    const QSignalBlocker blocker(m_afterColumn);
    m_afterColumn->clear();
    for (const PreparedColumn& column : effects->after)
        m_afterColumn->addItem(QString::fromStdString(column.name));
    m_afterColumn->setCurrentIndex(std::max(0, m_afterColumn->findText(shown)));
    m_afterField->setVisible(effects->after.size() > 1);
    m_learned->setText(learnedText());
    m_learned->setVisible(!m_learned->text().isEmpty());
    setSentence({});
    showAfter();
}

void BeforeAfterPart::showAfter()
{
    const int which = m_afterColumn->currentIndex();
    if (!m_effects)
        return;
    if (which < 0 || std::size_t(which) >= m_effects->after.size()) {
        m_after->setTitle(tr("After"));
        m_after->setSentence(m_effects->error ? tr("There is nothing after, because a step could not be done.") : tr("No column comes from it."));
    } else {
        const PreparedColumn& after = m_effects->after[std::size_t(which)];
        const bool broken = m_effects->error.has_value();
        const QString name = QString::fromStdString(after.name);
        m_after->setTitle(broken ? tr("As far as the steps could be done: %1").arg(name) : tr("After: %1").arg(name));
        m_after->setProfile(after.profile);
    }
    showStatistics();
}

void BeforeAfterPart::setRow(int row, const QString& before, const QString& after)
{
    const bool says = !before.isEmpty() || !after.isEmpty();
    const QString texts[2] = {before, after};
    m_rows[std::size_t(row)][0]->setVisible(says);
    for (std::size_t i = 0; i < 2; ++i) {
        QLabel* label = m_rows[std::size_t(row)][i + 1];
        label->setVisible(says);
        label->setText(texts[i].isEmpty() && says ? QStringLiteral("–") : texts[i]);
    }
}

void BeforeAfterPart::showStatistics()
{
    const ColumnProfile& before = m_effects->before;
    const int which = m_afterColumn->currentIndex();
    const ColumnProfile* after = which >= 0 && std::size_t(which) < m_effects->after.size() ? &m_effects->after[std::size_t(which)].profile : nullptr;
    const bool hasNumbers = before.count > 0 && !before.isCategorical();
    const auto number = [&](double value, bool spans = false) {
        if (!hasNumbers)
            return QString();
        if (m_type != ColumnType::Date || spans)
            return shown(value);
        // The middle of days is told by the day: fractions of one would only look exact.
        const bool days = before.minimum == std::floor(before.minimum) && before.maximum == std::floor(before.maximum);
        return QString::fromStdString(dateText(days ? std::round(value) : value));
    };
    const bool hasAfter = after && after->count > 0;
    const auto numberAfter = [&](double ColumnProfile::*value) { return hasAfter ? shown(after->*value) : QString(); };
    setRow(Values, counted(before.count), after ? counted(after->count) : QString());
    setRow(Missing, counted(before.missing), after ? counted(after->missing) : QString());
    setRow(Levels, before.isCategorical() ? counted(before.levels.size()) : QString(), {});
    setRow(Mean, number(meanOf(before)), hasAfter ? shown(meanOf(*after)) : QString());
    setRow(Deviation, number(before.deviation, true), numberAfter(&ColumnProfile::deviation));
    setRow(Minimum, number(before.minimum), numberAfter(&ColumnProfile::minimum));
    setRow(Median, number(before.median), numberAfter(&ColumnProfile::median));
    setRow(Maximum, number(before.maximum), numberAfter(&ColumnProfile::maximum));
}

/// "Standardise: mean 43.9, standard deviation 5.46", a line each.
QString BeforeAfterPart::learnedText() const
{
    QStringList lines;
    for (const LearnedAbout& fact : m_effects->learned) {
        const auto kind = findStepKind(fact.step);
        const QString title = QString::fromStdString(kind ? (*kind)->name : fact.step);
        const QString text = QString::fromStdString(fact.text);
        lines << (fact.column == m_effects->column ? tr("%1: %2").arg(title, text)
                                                   : tr("%1 of %2: %3").arg(title, QString::fromStdString(fact.column), text));
    }
    if (m_effects->furtherAfter > 0)
        lines << tr("%Ln more column(s) come from it.", nullptr, int(m_effects->furtherAfter));
    return lines.join(u'\n');
}

} // namespace modelarium
