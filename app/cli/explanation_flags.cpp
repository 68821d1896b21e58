#include "app/cli/explanation_flags.h"

#include "app/cli/evaluation_flags.h"
#include "app/cli/terminal.h"
#include "core/base/number_text.h"
#include "core/data/table.h"
#include "core/evaluate/curves.h"

#include <algorithm>
#include <numeric>

namespace modelarium::cli {

namespace {

using Json = nlohmann::ordered_json;

bool isDate(const Model& model, const std::string& input)
{
    return std::any_of(model.inputs().begin(), model.inputs().end(),
                       [&](const InputColumn& one) { return one.name == input && one.type == ColumnType::Date; });
}

/// A value of the grid as a person writes it.
std::string gridText(const PartialDependence& dependence, std::size_t point, const Model& model)
{
    if (!dependence.levels.empty())
        return dependence.levels[std::size_t(dependence.grid[point])];
    return isDate(model, dependence.input) ? dateText(dependence.grid[point]) : shortText(dependence.grid[point]);
}

/// What a column of answers is: the target, each coordinate, or each class's probability.
std::vector<std::string> outputNames(const Model& model)
{
    if (model.target().task == Task::Projection)
        return componentNames(model.parameters());
    return model.target().task != Task::Regression ? model.target().classes : std::vector<std::string>{model.target().name};
}

std::vector<double> column(const Matrix& M, Eigen::Index j) { return {M.col(j).begin(), M.col(j).end()}; }

Json importanceToJson(const PermutationImportance& importance)
{
    Json inputs = Json::array();
    for (const InputImportance& one : importance.inputs)
        inputs.push_back({{"input", one.input}, {"mean", one.mean}, {"standard_deviation", one.standardDeviation}, {"losses", one.losses}});
    return {{"metric", importance.metric}, {"score", importance.score}, {"inputs", inputs}};
}

Json dependenceToJson(const PartialDependence& dependence, const Model& model)
{
    Json grid = Json::array();
    for (std::size_t point = 0; point < dependence.grid.size(); ++point) {
        if (dependence.levels.empty() && !isDate(model, dependence.input))
            grid.push_back(dependence.grid[point]);
        else
            grid.push_back(gridText(dependence, point, model));
    }
    Json outputs = Json::array();
    const std::vector<std::string> names = outputNames(model);
    for (std::size_t k = 0; k < names.size(); ++k) {
        Json curves = Json::array();
        for (const auto& curve : dependence.curves[k].rowwise()) {
            const RowVector values = curve;
            curves.push_back(std::vector<double>(values.begin(), values.end()));
        }
        outputs.push_back({{"name", names[k]}, {"mean", column(dependence.mean, Eigen::Index(k))}, {"curves", curves}});
    }
    std::vector<std::size_t> rows = dependence.curveRows;
    for (std::size_t& row : rows)
        ++row;                                      // as a person counts them
    return {{"input", dependence.input}, {"grid", grid}, {"rows", rows}, {"outputs", outputs}};
}

void printImportance(const PermutationImportance& importance)
{
    std::vector<std::size_t> order(importance.inputs.size());
    std::iota(order.begin(), order.end(), std::size_t(0));
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return importance.inputs[a].mean > importance.inputs[b].mean; });
    std::vector<std::vector<std::string>> rows = {{"column", importance.metric + " lost when its cells are shuffled"}};
    for (const std::size_t i : order) {
        const InputImportance& one = importance.inputs[i];
        const std::string spread = one.losses.size() > 1 ? " +- " + shortText(one.standardDeviation, 2) : "";
        rows.push_back({one.input, shortText(one.mean, 4) + spread});
    }
    print("\n");
    printTable(rows);
}

/// A terminal has room for a few points of the grid; --json gives all of them, with the curves.
void printDependence(const PartialDependence& dependence, const Model& model)
{
    constexpr std::size_t mostPoints = 12;
    std::vector<std::vector<std::string>> rows = {{dependence.input}};
    for (const std::string& name : outputNames(model))
        rows[0].push_back(!model.target().classes.empty() ? "P(" + name + ")" : "mean " + name);
    const bool isNumber = dependence.levels.empty();
    for (const std::size_t point : thinned(dependence.grid.size(), isNumber ? mostPoints : dependence.grid.size())) {
        rows.push_back({gridText(dependence, point, model)});
        for (Eigen::Index k = 0; k < dependence.mean.cols(); ++k)
            rows.back().push_back(shortText(dependence.mean(Eigen::Index(point), k), 4));
    }
    print("\n");
    printTable(rows);
}

} // namespace

void ExplanationFlags::addTo(CLI::App& command)
{
    CLI::Option* importance = command.add_flag("--importance", m_importance,
                                               "How much each column matters, too: what a metric loses when the column's cells are shuffled over the rows");
    command.add_option("--repeats", m_repeats, "How often each column is shuffled")->check(CLI::Range(1, 10000))->needs(importance)
        ->capture_default_str();
    command.add_option("--metric", m_metric, "Metric that --importance watches (rmse for numbers, accuracy for classes)")->needs(importance);
    command.add_option("--dependence", m_dependence, "Columns, A,B,...: the mean answer over all rows when the column is set to one value after the "
                                                     "other (partial dependence), too; --json gives curves of single rows with it");
}

Result<Explanation> ExplanationFlags::explain(const Model& model, const Table& table, const std::vector<std::size_t>& rows,
                                              const std::string& positive, std::uint64_t seed) const
{
    Explanation explanation;
    if (m_importance) {
        Result<PermutationImportance> importance = permutationImportance(model, table, rows, {m_metric, m_repeats, seed, positive}, terminalProgress());
        if (!importance)
            return importance.error();
        explanation.importance = *std::move(importance);
    }
    for (const std::string& input : columnsNamed(m_dependence, table)) {
        PartialDependenceOptions options;
        options.seed = seed;
        Result<PartialDependence> dependence = partialDependence(model, table, rows, input, options);
        if (!dependence)
            return dependence.error();
        explanation.dependence.push_back(*std::move(dependence));
    }
    return explanation;
}

void addExplanation(Json& document, const Explanation& explanation, const Model& model)
{
    if (explanation.importance)
        document["importance"] = importanceToJson(*explanation.importance);
    if (explanation.dependence.empty())
        return;
    document["dependence"] = Json::array();
    for (const PartialDependence& one : explanation.dependence)
        document["dependence"].push_back(dependenceToJson(one, model));
}

void printExplanation(const Explanation& explanation, const Model& model)
{
    if (explanation.importance)
        printImportance(*explanation.importance);
    for (const PartialDependence& one : explanation.dependence)
        printDependence(one, model);
}

} // namespace modelarium::cli
