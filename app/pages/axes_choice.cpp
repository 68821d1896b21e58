#include "app/pages/axes_choice.h"

#include "app/pages/search_texts.h"
#include "app/pages/section.h"

#include <QComboBox>
#include <QFormLayout>
#include <QLabel>
#include <QSignalBlocker>

#include <algorithm>

namespace modelarium {

AxesChoice::AxesChoice(QWidget* parent) : QWidget(parent), m_form(makeForm())
{
    setLayout(m_form);
    addPlace();
    fillPlaces({});
}

void AxesChoice::addPlace()
{
    const std::size_t number = m_places.size() + 1;
    Place place{makeChoice(this), new RangeEdit(number == 1   ? tr("Range")
                                                          : number == 2 ? tr("Range of the second")
                                                                        : tr("Range of number %1").arg(number), this)};
    if (number == 1)
        addField(m_form, tr("Hyperparameter"), place.box, tr("The hyperparameter of the chosen learner that is tried with several values."));
    else
        addField(m_form, tr("Together with"), place.box, tr("Another one, tried together with those above: two make a map, more make a table."));
    if (number > 2)
        place.box->setAccessibleName(tr("Together with, number %1").arg(number));
    m_form->addRow(tr("Range"), place.range);
    connect(place.box, &QComboBox::activated, this, [this] {
        fillPlaces(names());
        Q_EMIT changed();
    });
    // A place that is made late would otherwise come after all that is below it.
    if (!m_places.empty())
        setTabOrder(m_places.back().last, place.box);
    place.last = place.range->followInTabs(place.box);
    connect(place.range, &RangeEdit::changed, this, [this, place] {
        if (const HyperparameterSpec* spec = specAt(place))
            m_written[{m_learner->id, spec->name}] = place.range->written();
        nameRange(place);
        Q_EMIT changed();
    });
    m_places.push_back(place);
}

void AxesChoice::setOffered(const LearnerInfo* learner, const QStringList& offered, std::optional<std::size_t> features)
{
    m_features = features;
    if (learner == m_learner && offered == m_offered)
        return;
    if (m_learner)
        m_kept[m_learner->id] = names();
    QStringList kept = learner ? chosenFor(*learner) : QStringList();
    m_learner = learner;
    m_offered = offered;
    kept.removeIf([&](const QString& name) { return !offered.contains(name); });
    if (kept.isEmpty()) {
        // A number is what a search is most often made for.
        const auto number = std::find_if(offered.begin(), offered.end(), [&](const QString& name) {
            const HyperparameterSpec* spec = findSpec(learner->table, name.toStdString());
            return spec && isNumber(*spec);
        });
        if (!offered.isEmpty())
            kept << (number == offered.end() ? offered.front() : *number);
    }
    fillPlaces(kept);
}

void AxesChoice::setRandom(bool random)
{
    m_random = random;
    followRanges();
}

QStringList AxesChoice::chosenFor(const LearnerInfo& learner) const
{
    if (m_learner && m_learner->id == learner.id)
        return names();
    const auto kept = m_kept.find(learner.id);
    return kept == m_kept.end() ? QStringList() : kept->second;
}

QStringList AxesChoice::names() const
{
    QStringList names;
    for (const Place& place : m_places) {
        const QString name = place.box->currentData().toString();
        if (!name.isEmpty() && !names.contains(name))
            names << name;
    }
    return names;
}

/// Each place offers what no place above it has.
void AxesChoice::fillPlaces(const QStringList& chosen)
{
    const std::size_t shown = std::size_t(std::max<qsizetype>(1, std::min(chosen.size() + 1, m_offered.size())));
    while (m_places.size() < shown)
        addPlace();
    for (std::size_t i = 0; i < m_places.size(); ++i) {
        QComboBox* box = m_places[i].box;
        const QSignalBlocker blocker(box);
        box->clear();
        m_form->setRowVisible(box, i < shown);
        if (i >= shown)
            continue;
        if (i > 0)
            box->addItem(tr("none"), QString());
        for (const QString& name : m_offered) {
            if (chosen.indexOf(name) < 0 || std::size_t(chosen.indexOf(name)) >= i)
                box->addItem(labelOf(*m_learner, name.toStdString()), name);
        }
        box->setCurrentIndex(box->count() == 0 ? -1 : std::max(0, box->findData(chosen.value(qsizetype(i)))));
    }
    followRanges();
}

/// A range for each number that is chosen; choices are drawn from all there are.
void AxesChoice::followRanges()
{
    for (const Place& place : m_places) {
        const HyperparameterSpec* spec = specAt(place);
        const bool shown = m_random && spec && isNumber(*spec);
        m_form->setRowVisible(place.range, shown);
        if (!shown)
            continue;
        const auto written = m_written.find({m_learner->id, spec->name});
        place.range->setRange(*spec, suggestedAxis(*spec, m_features), written == m_written.end() ? RangeEdit::Written() : written->second);
        nameRange(place);
    }
}

/// A range that begins at zero has no logarithm to be drawn in.
void AxesChoice::nameRange(const Place& place)
{
    const HyperparameterSpec* spec = specAt(place);
    auto* label = qobject_cast<QLabel*>(m_form->labelForField(place.range));
    if (!spec || !label)
        return;
    const auto axis = place.range->axis();
    label->setWordWrap(true);
    label->setText(spec->logarithmic && axis && axis->low > 0 ? tr("Range of %1, drawn evenly in its logarithm").arg(QString::fromStdString(spec->label))
                                                              : tr("Range of %1").arg(QString::fromStdString(spec->label)));
}

const HyperparameterSpec* AxesChoice::specAt(const Place& place) const
{
    return m_learner ? findSpec(m_learner->table, place.box->currentData().toString().toStdString()) : nullptr;
}

std::vector<const HyperparameterSpec*> AxesChoice::chosen() const
{
    std::vector<const HyperparameterSpec*> specs;
    for (const Place& place : m_places) {
        if (const HyperparameterSpec* spec = specAt(place))
            specs.push_back(spec);
    }
    return specs;
}

Result<std::vector<SearchAxis>> AxesChoice::ranges() const
{
    std::vector<SearchAxis> axes;
    for (const Place& place : m_places) {
        const HyperparameterSpec* spec = specAt(place);
        if (!spec)
            continue;
        auto axis = isNumber(*spec) ? place.range->axis() : Result<SearchAxis>(suggestedAxis(*spec));
        if (!axis)
            return axis.error();
        axes.push_back(*std::move(axis));
    }
    return axes;
}

} // namespace modelarium
