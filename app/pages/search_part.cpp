#include "app/pages/search_part.h"

#include "app/charts/curve_chart.h"
#include "app/charts/heat_map.h"
#include "app/pages/axes_choice.h"
#include "app/pages/draws_view.h"
#include "app/pages/folds_choice.h"
#include "app/pages/metric_names.h"
#include "app/pages/search_texts.h"
#include "app/pages/tries_table.h"
#include "core/base/number_text.h"
#include "core/learn/registry.h"

#include <QComboBox>
#include <QFormLayout>
#include <QLabel>
#include <QLocale>
#include <QSpinBox>
#include <QVBoxLayout>

#include <algorithm>
#include <limits>
#include <optional>

namespace modelarium {
namespace {

constexpr int mostTries = 1000;

/// How many features the learner sees; nothing before there was a training.
std::optional<std::size_t> preparedFeatures(const Experiment& experiment)
{
    const PreparedTrainingPtr training = experiment.training().training();
    return training ? std::optional(training->preparation.outputs()) : std::nullopt;
}

/// Whether a hyperparameter matters as others are chosen now, or under some value of those that are varied.
bool canMatter(const HyperparameterSpec& spec, const HyperparameterTable& table, HyperparameterValues values, const QStringList& varied)
{
    const HyperparameterSpec* one = &spec;
    while (const HyperparameterSpec* other = one->onlyWhen.empty() ? nullptr : findSpec(table, one->onlyWhen)) {
        if (varied.contains(QString::fromStdString(other->name))) {
            if (const auto needed = parseHyperparameter(*other, one->onlyWhenValues.front()))
                values[other->name] = *needed;
        }
        one = other;
    }
    return matters(spec, table, values);
}

} // namespace

std::vector<HyperparameterValue> searchValues(const HyperparameterSpec& spec, std::size_t count, const HyperparameterValue& chosen,
                                              std::optional<std::size_t> features)
{
    // Which lists are worth a try, only a person can say.
    if (spec.kind == HyperparameterSpec::Kind::Integers)
        return {};
    std::vector<HyperparameterValue> values;
    for (HyperparameterValue value : spreadValues(spec, suggestedAxis(spec, features), count)) {
        if (const auto* real = std::get_if<double>(&value)) {
            const HyperparameterValue rounded = *parseNumber(shortText(*real, 2));
            if (Hyperparameters::check({spec}, {{spec.name, rounded}}))
                value = rounded;
        }
        if (std::none_of(values.begin(), values.end(), [&](const HyperparameterValue& known) { return known == value; }))
            values.push_back(value);
    }
    if (isNumber(spec) && std::none_of(values.begin(), values.end(), [&](const HyperparameterValue& known) { return numberOf(known) == numberOf(chosen); }))
        values.insert(std::find_if(values.begin(), values.end(), [&](const HyperparameterValue& known) { return numberOf(known) > numberOf(chosen); }), chosen);
    return values;
}

SearchPart::SearchPart(Experiment& experiment, QWidget* parent)
    : PlanPart(experiment,
               {tr("Which settings are best?"), tr("Search"),
                tr("Trains with each combination on folds of the training rows and judges each by the rows that were kept back. The test rows stay under seal."),
                tr("search for hyperparameters"),
                tr("Tries values of one hyperparameter, or of several together, each judged by folds of the training rows. A press on a result takes its values.")},
               parent),
      m_choice(new AxesChoice(this)), m_way(makeChoice(this)), m_count(makeChoice(this)), m_tries(new QSpinBox(this)), m_seed(new QSpinBox(this)),
      m_form(makeForm()), m_foldsPart(new Section({}, this)), m_folds(new FoldsChoice(experiment, tr("search"), this)), m_axes(makeSentence(this)),
      m_curve(new CurveChart(this)), m_map(new HeatMap(this)), m_drawn(new DrawsView(this)), m_table(new TriesTable(this))
{
    content()->insertWidget(0, m_choice);
    content()->insertLayout(1, makeChoices());
    content()->insertWidget(2, m_foldsPart);
    m_foldsPart->content()->addWidget(m_folds);
    m_foldsPart->setFolded(true);
    content()->insertWidget(5, m_axes);
    content()->insertWidget(6, m_curve);
    content()->insertWidget(7, m_map);
    content()->insertWidget(8, m_drawn);
    content()->insertWidget(9, m_table);
    m_curve->setAccessibleName(tr("Validation curve: score over the values of the hyperparameter"));
    m_map->setAccessibleName(tr("Scores of the combinations"));
    connect(m_way, &QComboBox::activated, this, [this] {
        followWay();
        followChoice();
    });
    connect(m_choice, &AxesChoice::changed, this, [this] {
        fillChoices();
        followChoice();
    });
    const auto nameFolds = [this] { m_foldsPart->setTitle(tr("Judged by %1").arg(FoldsChoice::text(m_folds->folds()))); };
    connect(m_folds, &FoldsChoice::changed, this, nameFolds);
    nameFolds();
    connect(m_folds, &FoldsChoice::changed, this, &SearchPart::followChoice);
    connect(m_count, &QComboBox::activated, this, &SearchPart::followChoice);
    for (QSpinBox* box : {m_tries, m_seed})
        connect(box, &QSpinBox::valueChanged, this, &SearchPart::followChoice);
    connect(m_drawn, &CurveChart::pointPressed, this, &SearchPart::takeTry);
    connect(m_table, &TriesTable::tryPressed, this, &SearchPart::takeTry);
    connect(m_curve, &CurveChart::pointsChosen, this, [this](const std::vector<std::size_t>& places) {
        if (places.size() == 1)
            m_curve->setSelection(places);
    });
    connect(m_curve, &CurveChart::pointPressed, this, [this](std::size_t place) { take(0, place); });
    connect(m_map, &HeatMap::placePressed, this, [this](int row, int column) { take(std::size_t(row), std::size_t(column)); });
    // The choices are of the learner that is chosen, before anything says whether they can be tried.
    for (const auto signal : {&Experiment::hyperparametersChanged, &Experiment::rolesChanged}) {
        connect(&experiment, signal, this, [this] {
            fillChoices();
            markChosen();
            followChoice();
        });
    }
    fillChoices();
    followWay();
    followChoice();
}

QFormLayout* SearchPart::makeChoices()
{
    m_way->addItem(tr("every combination"), false);
    m_way->addItem(tr("combinations drawn at random"), true);
    m_tries->setRange(2, mostTries);
    m_tries->setValue(30);
    m_seed->setRange(0, std::numeric_limits<int>::max());
    m_seed->setValue(1);
    addField(m_form, tr("What is tried"), m_way, tr("A grid tries every combination of a few values; draws reach values that lie between those, and of several hyperparameters more of each in as many trainings."));
    addField(m_form, tr("Tries"), m_tries, tr("How many combinations are drawn; each is trained on every fold."));
    addField(m_form, tr("Seed"), m_seed, tr("The same seed draws the same combinations, here and on the command line."));
    m_seed->setAccessibleName(tr("Seed of the draws"));
    addField(m_form, tr("Values of each"), m_count, tr("How many values of a number are tried, spread around its default, beside the one that is chosen now. Choices are tried all."));
    for (const int count : {3, 5, 7, 9, 15})
        m_count->addItem(QString::number(count), count);
    m_count->setCurrentIndex(1);
    return m_form;
}

void SearchPart::setLook(const Look& look)
{
    m_curve->setLook(look);
    m_drawn->setLook(look);
    // Scores wear colours of the look.
    if (const LearnerInfo* learner = learnerNamed(m_learnerTried); learner && m_found && !isTable())
        m_drawn->setDraws(m_found, *learner);
}

void SearchPart::fillChoices()
{
    const LearnerInfo* learner = experiment().learner();
    const HyperparameterValues chosen = learner ? hyperparametersOf(experiment().setup()) : HyperparameterValues();
    QStringList names;
    if (learner) {
        const QStringList varied = m_choice->chosenFor(*learner);
        for (const HyperparameterSpec& spec : hyperparameterTable(experiment().setup())) {
            // One that is varied stays, though a value that was taken may make it mean nothing now.
            if (varied.contains(QString::fromStdString(spec.name)))
                names << QString::fromStdString(spec.name);
            else if (canMatter(spec, learner->table, chosen, varied) && searchValues(spec, 3, chosen.at(spec.name), preparedFeatures(experiment())).size() >= 2)
                names << QString::fromStdString(spec.name);
        }
    }
    m_learner = learner ? learner->id : std::string();
    m_choice->setOffered(learner, names, preparedFeatures(experiment()));
}

bool SearchPart::isRandom() const { return m_way->currentData().toBool(); }

void SearchPart::followWay()
{
    m_choice->setRandom(isRandom());
    m_form->setRowVisible(m_tries, isRandom());
    m_form->setRowVisible(m_seed, isRandom());
    m_form->setRowVisible(m_count, !isRandom());
}

QString SearchPart::hindrance() const
{
    // The choices follow another learner when its hyperparameters do.
    if (!experiment().learner() || experiment().learner()->id != m_learner)
        return {};
    if (m_choice->isEmpty())
        return tr("%1 has no hyperparameter to search for.").arg(QString::fromStdString(experiment().learner()->name));
    const auto number = combinations();
    return number ? QString() : errorText(number.error());
}

Result<std::size_t> SearchPart::combinations() const
{
    const LearnerInfo& learner = *experiment().learner();
    // All values that are chosen now, so that nothing is searched for under another value than the one that is seen.
    const HyperparameterValues now = hyperparametersOf(experiment().setup());
    if (!isRandom())
        return gridSize(learner, now, gridAxes());
    const auto ranges = m_choice->ranges();
    if (!ranges)
        return ranges.error();
    std::vector<std::string> varied;
    for (const SearchAxis& axis : *ranges)
        varied.push_back(axis.name);
    if (const auto possible = withConditions(learner.table, now, varied); !possible)
        return possible.error();
    const std::size_t wanted = std::size_t(m_tries->value());
    if (std::any_of(ranges->begin(), ranges->end(), [](const SearchAxis& axis) { return axis.values.empty(); }))
        return wanted;
    const auto all = gridSize(learner, now, *ranges);
    return all ? std::min(wanted, *all) : wanted;           // more than a grid may have are enough for any draw
}

QString SearchPart::cost() const
{
    const PreparedTrainingPtr training = experiment().training().training();
    if (!training || !experiment().learner() || experiment().learner()->id != m_learner || m_choice->isEmpty())
        return {};
    const auto number = combinations();
    if (!number)
        return {};
    const auto folds = FoldsChoice::count(m_folds->folds(), training->split.train.size());
    const QLocale locale;
    const QString text = isRandom() ? tr("At most %1 combinations × %2 folds = %3 trainings") : tr("%1 combinations × %2 folds = %3 trainings");
    return text.arg(locale.toString(qulonglong(*number)), locale.toString(qulonglong(folds)), locale.toString(qulonglong(*number * folds)));
}

std::vector<SearchAxis> SearchPart::gridAxes() const
{
    std::vector<SearchAxis> axes;
    const HyperparameterValues now = hyperparametersOf(experiment().setup());
    for (const HyperparameterSpec* spec : m_choice->chosen())
        if (const auto chosen = now.find(spec->name); chosen != now.end())
            axes.push_back({spec->name, searchValues(*spec, std::size_t(m_count->currentData().toInt()), chosen->second, preparedFeatures(experiment())), 0, 0});
    return axes;
}

Setup SearchPart::relevant(Setup setup) const
{
    const auto values = setup.hyperparameters.find(setup.learner);
    if (values != setup.hyperparameters.end()) {
        for (const SearchAxis& axis : m_tried)
            values->second.erase(axis.name);
        if (values->second.empty())
            setup.hyperparameters.erase(values);
    }
    return setup;
}

void SearchPart::begin(const PreparedTraining& training, const std::vector<std::size_t>& rows)
{
    m_grid.reset();
    m_found.reset();
    const auto ranges = m_choice->ranges();
    m_tried = !isRandom() ? gridAxes() : ranges ? *ranges : std::vector<SearchAxis>();
    m_draw.reset();
    if (isRandom())
        m_draw = SearchDraw{std::size_t(m_tries->value()), std::uint64_t(m_seed->value())};
    m_foldsTried = m_folds->folds();
    m_learnerTried = m_learner;
    if (m_draw || isTable()) {
        job().start<SearchTries>([table = training.table, plan = training.plan, rows, folds = m_foldsTried, axes = m_tried,
                                  draw = m_draw](const EvaluationProgress& tell, std::stop_token stop) {
            return triesOn(table, plan, rows, folds, axes, draw, tell, stop);
        }, [this](const std::shared_ptr<const SearchTries>& tries) { fill(tries); });
        return;
    }
    job().start<SearchGrid>([table = training.table, plan = training.plan, rows, folds = m_foldsTried, axes = m_tried](const EvaluationProgress& tell, std::stop_token stop) {
        return searchOn(table, plan, rows, folds, axes, tell, stop);
    }, [this](const std::shared_ptr<const SearchGrid>& grid) { fill(grid); });
}

/// Values on a line make a curve; choices have no order that a line could follow.
bool SearchPart::isCurve() const
{
    const LearnerInfo* learner = learnerNamed(m_learnerTried);
    const HyperparameterSpec* spec = learner && !m_tried.empty() ? findSpec(learner->table, m_tried.front().name) : nullptr;
    return m_tried.size() == 1 && spec && isNumber(*spec);
}

void SearchPart::setResultsVisible(bool visible)
{
    const bool grid = visible && m_grid, tries = visible && m_found;
    m_curve->setVisible(grid && isCurve());
    m_map->setVisible(grid && !isCurve());
    m_axes->setVisible((grid && !isCurve()) || (tries && m_tried.size() == 2));
    m_drawn->setVisible(tries && !isTable());
    m_table->setVisible(tries && isTable());
    if (grid || tries)
        markChosen();
}

void SearchPart::fill(const std::shared_ptr<const SearchGrid>& grid)
{
    m_grid = grid;
    if (isCurve())
        drawCurve();
    else
        drawMap();
    arrived(summary());
}

void SearchPart::fill(const std::shared_ptr<const SearchTries>& tries)
{
    m_found = tries;
    const LearnerInfo& learner = *learnerNamed(m_learnerTried);
    if (isTable())
        m_table->setTries(tries, learner);
    else
        m_drawn->setDraws(tries, learner);
    QString what = metricWord(tries->result.metric);
    what[0] = what[0].toUpper();
    m_axes->setText(tr("%1: the stronger the colour, the better. The star is the best try.").arg(what));
    arrived(triesSummary());
}

QString SearchPart::triesSummary() const
{
    const SearchResult& result = m_found->result;
    const std::size_t best = result.order.front(), count = result.candidates.size();
    const QString text = tryText(*learnerNamed(m_learnerTried), m_found->axes, m_found->valuesOf(best), result.scores[best], result.metric);
    const QString press = isTable() ? tr("Press a row to take its values.") : tr("Press a point to take its values.");
    return bestText(count, text, m_draw && count < m_draw->count ? tr("There are no more different ones. %1").arg(press) : press);
}

/// What every search ends with.
QString SearchPart::bestText(std::size_t candidates, const QString& best, const QString& press) const
{
    const SearchResult& result = m_grid ? m_grid->result : m_found->result;
    const std::string& metric = result.metric;
    const std::size_t ties = equallyGood(result);
    const QString told = ties > 1 ? tr("%1 %2 tries are equally good.").arg(best, QLocale().toString(qulonglong(ties))) : best;
    const QString found = (m_draw ? tr("Best of %1 that were drawn, judged by %2: %3 %4") : tr("Best of %1, judged by %2: %3 %4"))
        .arg(QLocale().toString(qulonglong(candidates)), FoldsChoice::text(m_foldsTried), told,
             alwaysGrows(metric) ? tr("More components always keep more: look where the curve stops rising. %1").arg(press) : press);
    if (alwaysGrows(metric))
        return found;
    return tr("%1 The best score is a little too good, because it was chosen by it: judge it by the test rows, once.").arg(found);
}

QString SearchPart::placeText(std::size_t row, std::size_t column) const
{
    return tryText(*learnerNamed(m_learnerTried), m_grid->axes, m_grid->valuesAt(row, column), m_grid->scoreAt(row, column), m_grid->result.metric);
}

void SearchPart::drawCurve()
{
    const LearnerInfo* learner = learnerNamed(m_learnerTried);
    const std::string& metric = m_grid->result.metric;
    ChartCurve train{tr("rows it learned from"), {}, ChartCurve::Style::Second, true};
    ChartCurve test{tr("rows kept back"), {}, ChartCurve::Style::Main, true};
    std::vector<PlotPoint> points;
    QStringList names;
    double low = std::numeric_limits<double>::infinity(), high = -low;
    const auto add = [&](ChartCurve& curve, const ScoreSummaries& scores, std::size_t place) {
        const auto found = scores.find(metric);
        if (found == scores.end())
            return;
        curve.points << QPointF(double(place), found->second.mean);
        curve.spread.push_back(found->second.standardDeviation);
        low = std::min(low, found->second.mean - found->second.standardDeviation);
        high = std::max(high, found->second.mean + found->second.standardDeviation);
    };
    for (std::size_t place = 0; place < m_grid->columns(); ++place) {
        const PlanScore& score = m_grid->scoreAt(0, place);
        add(train, score.train, place);
        add(test, score.test, place);
        names << placeText(0, place);
        if (const auto found = score.test.find(metric); found != score.test.end()) {
            PlotPoint point;
            point.x = double(place);
            point.y = found->second.mean;
            point.row = place;
            points.push_back(point);
        }
    }
    const double margin = std::max((high - low) * 0.06, 1e-9);
    ChartAxis x{labelOf(*learner, m_tried.front().name), -0.3, double(m_grid->columns()) - 0.7, valueTexts(*learner, m_tried.front())};
    m_curve->setAxes(x, {metricWord(metric), low - margin, high + margin});
    m_curve->setCurves({train, test});
    m_curve->setPointNames(names);
    m_curve->setPoints(std::move(points));
    m_curve->setAccessibleDescription(names.join(QStringLiteral(" ")));
}

void SearchPart::drawMap()
{
    const LearnerInfo* learner = learnerNamed(m_learnerTried);
    const std::string& metric = m_grid->result.metric;
    const MetricInfo* info = findMetric(metric);
    double worst = 0, best = 0;
    bool any = false;
    for (const PlanScore& score : m_grid->result.scores) {
        const auto found = score.test.find(metric);
        if (found == score.test.end() || incompleteFolds(score, *info))
            continue;
        const double value = info->higherIsBetter ? found->second.mean : -found->second.mean;
        worst = any ? std::min(worst, value) : value;
        best = any ? std::max(best, value) : value;
        any = true;
    }
    std::vector<HeatCell> cells;
    for (std::size_t row = 0; row < m_grid->rows(); ++row) {
        for (std::size_t column = 0; column < m_grid->columns(); ++column) {
            const PlanScore& score = m_grid->scoreAt(row, column);
            const auto found = score.test.find(metric);
            HeatCell cell;
            cell.help = tr("%1 Press to take it.").arg(placeText(row, column));
            cell.known = found != score.test.end();
            if (cell.known) {
                const double mean = found->second.mean, value = info->higherIsBetter ? mean : -mean;
                // A mean over fewer folds is of other rows: it stands behind, however good it looks.
                cell.share = incompleteFolds(score, *info) ? 0 : best > worst ? (value - worst) / (best - worst) : 1;
                cell.text = isPercentage(metric) ? QString::number(mean * 100, 'f', 1) : QString::fromStdString(shortText(mean, 3));
                cell.best = m_grid->isBest(row, column);
            } else {
                cell.text = QStringLiteral("–");
            }
            cells.push_back(cell);
        }
    }
    const QStringList rows = m_tried.size() > 1 ? valueTexts(*learner, m_tried[1]) : QStringList{QString()};
    m_map->setCells(valueTexts(*learner, m_tried.front()), rows, cells);
    QString what = metricWord(metric);
    what[0] = what[0].toUpper();
    if (isPercentage(metric))
        what = tr("%1 in %").arg(what);
    m_axes->setText(m_tried.size() > 1 ? tr("%1. Across: %2. Down: %3. The stronger the colour, the better.")
                                             .arg(what, labelOf(*learner, m_tried[0].name), labelOf(*learner, m_tried[1].name))
                                       : tr("%1. Across: %2. The stronger the colour, the better.").arg(what, labelOf(*learner, m_tried[0].name)));
}

QString SearchPart::summary() const
{
    for (std::size_t row = 0; row < m_grid->rows(); ++row) {
        for (std::size_t column = 0; column < m_grid->columns(); ++column) {
            if (m_grid->isBest(row, column))
                return bestText(m_grid->result.candidates.size(), placeText(row, column), tr("Press a place to take its values."));
        }
    }
    return {};
}

/// The place whose values are those that are chosen now, if it is one of those that were tried.
void SearchPart::markChosen()
{
    if (experiment().setup().learner != m_learnerTried)
        return;
    const HyperparameterValues now = hyperparametersOf(experiment().setup());
    if (m_found && isTable())
        m_table->markChosen(now);
    else if (m_found)
        m_drawn->markChosen(now);
    if (!m_grid)
        return;
    std::optional<std::pair<std::size_t, std::size_t>> place;
    for (std::size_t row = 0; row < m_grid->rows() && !place; ++row) {
        for (std::size_t column = 0; column < m_grid->columns() && !place; ++column) {
            if (areChosen(m_grid->valuesAt(row, column), now))
                place = {row, column};
        }
    }
    if (isCurve())
        m_curve->setSelection(place ? std::vector<std::size_t>{place->second} : std::vector<std::size_t>());
    else
        m_map->setCurrentPlace(place ? int(place->first) : -1, place ? int(place->second) : -1);
}

void SearchPart::takeTry(std::size_t candidate)
{
    if (!m_found || candidate >= m_found->result.candidates.size())
        return;
    // Values that were tried are within the limits; a frozen model is refused with a sentence by the document.
    (void)experiment().choices().setHyperparameters(m_found->valuesOf(candidate));
    markChosen();
}

void SearchPart::take(std::size_t row, std::size_t column)
{
    if (!m_grid || row >= m_grid->rows() || column >= m_grid->columns())
        return;
    // Values that were tried are within the limits; a frozen model is refused with a sentence by the document.
    (void)experiment().choices().setHyperparameters(m_grid->valuesAt(row, column));
    markChosen();
}

} // namespace modelarium
