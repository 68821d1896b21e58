#include "core/prepare/step_report.h"

#include "core/base/counted.h"
#include "core/base/number_text.h"
#include "core/prepare/input_columns.h"
#include "core/prepare/steps.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace modelarium {

namespace {

using Eigen::Index;

std::string columnsText(std::size_t count) { return counted(count, "column", "columns"); }

bool anyCategory(const Preparation& preparation)
{
    return std::any_of(preparation.inputs().begin(), preparation.inputs().end(), [](const InputColumn& input) { return input.isCategorical(); });
}

std::string levelOf(const InputColumn& input, double code)
{
    return input.levels.empty() ? std::string() : input.levels[std::size_t(code)];
}

StepReport describeFilling(const Preparation& preparation)
{
    StepReport report{"impute", "", {}};
    std::size_t filled = 0, refusing = 0, indicators = 0;
    for (const InputColumn& input : preparation.inputs()) {
        const bool refuses = preparation.refusesMissingOf(input);
        LearnedColumn column{input.name, {}};
        column.values.emplace_back("method", std::string(refuses ? "refuse" : input.filledBy ? imputationName(*input.filledBy) : "value"));
        if (!refuses && input.isCategorical())
            column.values.emplace_back("value", levelOf(input, input.fill));
        else if (!refuses)
            column.values.emplace_back("value", input.fill);
        column.values.emplace_back("filled_in_training", double(input.filledInTraining));
        if (input.missingIndicator)
            column.values.emplace_back("indicator", input.name + " is missing");
        report.columns.push_back(std::move(column));
        filled += input.filledInTraining;
        refusing += refuses ? 1 : 0;
        indicators += input.missingIndicator ? 1 : 0;
    }
    if (refusing == preparation.inputs().size())
        report.summary = "Missing cells are refused.";
    else
        report.summary = counted(filled, "missing cell", "missing cells") + " of the training rows " + (filled == 1 ? "was" : "were") + " filled"
            + (indicators ? "; " + counted(indicators, "column says", "columns say") + " where." : ".");
    return report;
}

StepReport describeEncoding(const Preparation& preparation)
{
    StepReport report{"encode", "", {}};
    std::size_t categories = 0, outputs = 0;
    for (const InputColumn& input : preparation.inputs()) {
        if (!input.isCategorical())
            continue;
        const UnknownCategory unknown = preparation.unknownCategoryOf(input);
        LearnedColumn column{input.name, {}};
        column.values.emplace_back("encoding", std::string(input.encoding == Encoding::Ordinal ? "ordinal" : "one_hot"));
        column.values.emplace_back("levels", input.levels);
        column.values.emplace_back("unknown", std::string(unknown == UnknownCategory::Refuse ? "refuse"
                                                          : unknown == UnknownCategory::OwnLevel ? "own_level" : "as_missing"));
        report.columns.push_back(std::move(column));
        ++categories;
        outputs += input.valueColumns();
    }
    report.summary = counted(categories, "category becomes", "categories become") + " " + columnsText(outputs) + " of numbers.";
    return report;
}

StepReport describe(const Standardise& step, const std::vector<std::string>& names)
{
    const bool minMax = step.kind == Scaling::MinMax, robust = step.kind == Scaling::Robust;
    StepReport report{minMax ? "minmax" : robust ? "robust" : "standardise", "", {}};
    for (std::size_t j = 0; j < names.size(); ++j) {
        const double mean = step.mean[Index(j)], scale = step.scale[Index(j)];
        if (mean != 0 || scale != 1)
            report.columns.push_back({names[j], {{minMax ? "zero" : robust ? "median" : "mean", mean},
                                                 {minMax ? "unit" : robust ? "interquartile_range" : "standard_deviation", scale}}});
    }
    report.summary = columnsText(report.columns.size())
        + (minMax ? " shifted and stretched to one range." : robust ? ": median 0, interquartile range 1." : ": mean 0, standard deviation 1.");
    return report;
}

StepReport describe(const PolynomialTerms& step, const std::vector<std::string>& names)
{
    const std::vector<std::string> after = namesAfter(step, names);
    const std::vector<std::string> made(after.begin() + std::ptrdiff_t(std::min(names.size(), after.size())), after.end());
    return {"polynomial", columnsText(made.size()) + " of products added, of degree " + std::to_string(step.degree) + " at most.", {{"", {{"terms", made}}}}};
}

StepReport describe(const PowerTransform& step, const std::vector<std::string>& names)
{
    const bool log = step.family == PowerFamily::Logarithm;
    StepReport report{log ? "log" : "power", "", {}};
    for (std::size_t k = 0; k < step.columns.size(); ++k) {
        LearnedColumn column{names[std::size_t(step.columns[k])], {}};
        if (log)
            column.values.emplace_back("offset", step.offset);
        else
            column.values.emplace_back("lambda", step.lambda[Index(k)]);
        report.columns.push_back(std::move(column));
    }
    report.summary = columnsText(step.columns.size())
        + (log ? ": the natural logarithm." : step.family == PowerFamily::BoxCox ? ": a Box-Cox power." : ": a Yeo-Johnson power.");
    return report;
}

StepReport describe(const Binning& step, const std::vector<std::string>& names)
{
    StepReport report{"bin", "", {}};
    std::size_t outputs = 0;
    for (std::size_t k = 0; k < step.columns.size(); ++k) {
        report.columns.push_back({names[std::size_t(step.columns[k])], {{"edges", step.edges[k]}}});
        outputs += step.outputsOf(k);
    }
    report.summary = columnsText(step.columns.size()) + " cut into intervals"
        + (step.kind == BinEdges::Quantiles ? " with equally many training rows" : " of equal width") + ": " + columnsText(outputs) + ".";
    return report;
}

StepReport describe(const PrincipalComponents& step, const std::vector<std::string>& names)
{
    StepReport report{"pca", "", {}};
    const std::vector<std::string> after = namesAfter(step, names);
    std::vector<std::string> sources;
    for (const int j : step.columns)
        sources.push_back(names[std::size_t(j)]);
    double sum = 0;
    for (Index k = 0; k < step.directions.rows(); ++k) {
        const RowVector row = step.directions.row(k);
        const double share = step.totalVariance > 0 ? step.variance[k] / step.totalVariance : 0;
        sum += share;
        report.columns.push_back({after[after.size() - std::size_t(step.directions.rows()) + std::size_t(k)],
                                  {{"variance", step.variance[k]}, {"share", share}, {"of", sources},
                                   {"weights", std::vector<double>(row.data(), row.data() + row.size())}}});
    }
    report.summary = columnsText(step.columns.size()) + " become " + counted(std::size_t(step.directions.rows()), "principal component", "principal components")
        + " with " + shortText(100 * sum, 3) + " % of their variance.";
    return report;
}

/// Columns of a step that it changes as a whole: what comes of them has other columns.
std::vector<int> rebuiltColumns(const PreparationStep& step)
{
    if (const auto* bins = std::get_if<Binning>(&step))
        return bins->columns;
    if (const auto* components = std::get_if<PrincipalComponents>(&step))
        return components->columns;
    std::vector<int> columns;
    if (const auto* terms = std::get_if<PolynomialTerms>(&step)) {
        const std::size_t width = terms->exponents.empty() ? 0 : terms->exponents.front().size();
        for (std::size_t j = 0; j < width; ++j) {
            const bool multiplied = std::any_of(terms->exponents.begin() + std::ptrdiff_t(std::min(width, terms->exponents.size())), terms->exponents.end(),
                                                [&](const std::vector<int>& term) { return term[j] > 0; });
            if (multiplied)
                columns.push_back(int(j));
        }
    }
    return columns;
}

} // namespace

std::string_view imputationName(Imputation imputation)
{
    switch (imputation) {
    case Imputation::Mean: return "mean";
    case Imputation::Median: return "median";
    case Imputation::MostFrequent: return "most_frequent";
    case Imputation::Refuse: return "refuse";
    case Imputation::Constant: return "constant";
    case Imputation::OwnLevel: return "own_level";
    }
    return "";
}

std::vector<StepReport> describeSteps(const Preparation& preparation)
{
    std::vector<StepReport> reports{describeFilling(preparation)};
    if (anyCategory(preparation))
        reports.push_back(describeEncoding(preparation));
    std::vector<std::string> names = preparation.encodedNames();
    for (const PreparationStep& step : preparation.steps()) {
        reports.push_back(std::visit([&](const auto& s) { return describe(s, names); }, step));
        names = namesAfter(step, names);
    }
    return reports;
}

StepTouch touchOf(const PreparationStep& step, const Matrix& before, const Matrix& after)
{
    const auto n = std::size_t(before.rows());
    if (!keepsColumns(step)) {
        const std::size_t columns = rebuiltColumns(step).size();
        return {columns > 0 ? n : 0, columns * n, columns};
    }
    StepTouch touch;
    std::vector<char> touched(n, 0);
    for (Index j = 0; j < before.cols(); ++j) {
        const std::size_t cellsBefore = touch.cells;
        for (Index i = 0; i < before.rows(); ++i) {
            if (before(i, j) == after(i, j))
                continue;
            ++touch.cells;
            touched[std::size_t(i)] = 1;
        }
        touch.columns += touch.cells > cellsBefore ? 1 : 0;
    }
    touch.rows = std::size_t(std::count(touched.begin(), touched.end(), 1));
    return touch;
}

Result<StepTouch> touchOfFilling(const Preparation& preparation, const Table& table, const std::vector<std::size_t>& rows,
                                 const std::vector<std::size_t>& inputs)
{
    StepTouch touch;
    std::vector<char> touched;                      // of no size before there is a column to read
    std::vector<double> values;
    const ChosenRows chosen(rows, table.rows());
    for (const std::size_t which : inputs) {
        const InputColumn& input = preparation.inputs()[which];
        const std::size_t cellsBefore = touch.cells;
        const Result<const Column*> column = findColumn(table, input.name);
        if (!column)
            return column.error();
        if (input.type == (*column)->type() && (*column)->missing() == 0 && !input.isCategorical())
            continue;                               // a category that the model does not know counts as missing, a number does not
        touched.resize(rows.size(), 0);
        values.resize(rows.size());
        if (Result<void> read = readInput(input, **column, preparation.unknownCategoryOf(input), chosen, values.data()); !read)
            return read.error();
        for (std::size_t i = 0; i < rows.size(); ++i) {
            if (!std::isnan(values[i]))
                continue;
            ++touch.cells;
            touched[i] = 1;
        }
        touch.columns += touch.cells > cellsBefore ? 1 : 0;
    }
    touch.rows = std::size_t(std::count(touched.begin(), touched.end(), 1));
    return touch;
}

Result<std::vector<StepTouch>> countTouched(const Preparation& preparation, const Table& table, const std::vector<std::size_t>& rows)
{
    std::vector<std::size_t> inputs(preparation.inputs().size());
    std::iota(inputs.begin(), inputs.end(), std::size_t(0));
    const Result<StepTouch> filled = touchOfFilling(preparation, table, rows, inputs);
    if (!filled)
        return filled.error();
    std::vector<StepTouch> touches{*filled};
    const auto categories = std::size_t(std::count_if(preparation.inputs().begin(), preparation.inputs().end(), [](const InputColumn& input) { return input.isCategorical(); }));
    if (categories > 0)
        touches.push_back({rows.size(), categories * rows.size(), categories});
    if (preparation.steps().empty())
        return touches;
    Result<Matrix> X = preparation.applyThrough(table, rows, 0);
    if (!X)
        return X.error();
    for (const PreparationStep& step : preparation.steps()) {
        if (firstUndefined(step, *X))
            return preparation.apply(table, rows).error();
        Matrix after = applyStep(step, *X);
        touches.push_back(touchOf(step, *X, after));
        *X = std::move(after);
    }
    return touches;
}

} // namespace modelarium
