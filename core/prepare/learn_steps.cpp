#include "core/base/number_text.h"
#include "core/base/counted.h"
#include "core/base/parallel.h"
#include "core/prepare/input_columns.h"
#include "core/prepare/polynomial_exponents.h"
#include "core/prepare/power_transform.h"
#include "core/prepare/preparation.h"
#include "core/prepare/principal_components.h"
#include "core/prepare/quantiles.h"
#include "core/prepare/step_trace.h"
#include "core/prepare/steps.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <set>

namespace modelarium {

namespace {

using Eigen::Index;

/// A column between two steps: whose it is, and whether it still measures something.
struct FlowingColumn {
    std::string name;
    std::string input;                              ///< empty where several inputs are in it
    bool measures = false;                          ///< a number, not a 0 or 1 for a level, an interval or a missing cell
};

Error badStep(const StepChoice& step, std::string message)
{
    Error error{ErrorCode::BadHyperparameter, std::move(message)};
    error.place.hyperparameter = std::string(stepName(step));
    return error;
}

/// Says which step it was that could not be done, where the sentence does not say so itself.
Error refusedBy(const StepChoice& step, Error error)
{
    const std::string name(stepName(step));
    if (error.place.hyperparameter.empty())
        error.place.hyperparameter = name;
    if (error.message.find("step " + name) == std::string::npos && !error.message.empty()) {
        // "Row 3 of ..." goes on as "row 3 of ..."; what begins with a name in quotes stays.
        error.message.front() = char(std::tolower(static_cast<unsigned char>(error.message.front())));
        error.message = "The step " + name + " is refused: " + error.message;
    }
    return error;
}

/// Population mean and standard deviation (ddof 0) of each column; a constant column keeps scale 1.
void learnMeanAndDeviation(const Eigen::Ref<const Vector>& x, double& mean, double& scale)
{
    // Scaled by the largest value first: squares of 1e300 overflow.
    const double largest = x.cwiseAbs().maxCoeff();
    if (largest == 0)
        return;
    const double scaledMean = (x / largest).mean();
    const double deviation = std::sqrt((x.array() / largest - scaledMean).square().sum() / double(x.size()));
    mean = scaledMean * largest;
    // A deviation at the level of rounding is a constant column.
    if (deviation > 1e-15 * std::abs(scaledMean))
        scale = deviation * largest;
}

void learnRange(const Eigen::Ref<const Vector>& x, const ScaleChoice& choice, double& mean, double& scale)
{
    const double range = x.maxCoeff() - x.minCoeff();
    scale = range > 0 ? range / (choice.high - choice.low) : 1;
    mean = x.minCoeff() - choice.low * scale;
}

void learnQuartiles(const Eigen::Ref<const Vector>& x, double& mean, double& scale)
{
    std::vector<double> sorted(x.data(), x.data() + x.size());
    std::sort(sorted.begin(), sorted.end());
    mean = quantile(sorted, 0.5);
    const double range = quantile(sorted, 0.75) - quantile(sorted, 0.25);
    scale = range > 0 ? range : 1;
}

/// Inner edges of the intervals: those that would part nothing are left out.
std::vector<double> learnEdges(const Eigen::Ref<const Vector>& x, const BinChoice& choice)
{
    std::vector<double> sorted(x.data(), x.data() + x.size());
    std::sort(sorted.begin(), sorted.end());
    const double range = sorted.back() - sorted.front();
    const auto evenly = [&](double share) {         // the ends may be further apart than a number can tell
        return std::isfinite(range) ? sorted.front() + range * share : sorted.front() * (1 - share) + sorted.back() * share;
    };
    std::vector<double> edges;
    for (int k = 1; k < choice.bins; ++k) {
        const double share = double(k) / choice.bins;
        const double edge = choice.edges == BinEdges::Quantiles ? quantile(sorted, share) : evenly(share);
        if (edge > (edges.empty() ? sorted.front() : edges.back()) && edge <= sorted.back())
            edges.push_back(edge);
    }
    return edges;
}

} // namespace

/// Learns one step after the other, each from the training rows as the steps before it left them.
class PreparationLearning {
public:
    PreparationLearning(const Table& table, const std::vector<std::size_t>& rows, const PreparationChoices& choices)
        : m_table(table), m_rows(rows), m_choices(choices)
    {
    }

    Result<void> learn(const std::vector<std::string>& features)
    {
        if (Result<void> ordered = checkOrder(features); !ordered)
            return ordered.error();
        Result<std::vector<InputColumn>> inputs = learnInputs(m_table, features, m_rows, m_choices);
        if (!inputs)
            return inputs.error();
        begin(*std::move(inputs));
        std::vector<StepChoice> steps = m_choices.steps;
        if (m_choices.polynomialDegree > 1)
            steps.push_back({PolynomialChoice{m_choices.polynomialDegree, false}, {}});
        if (m_choices.scaling != Scaling::None)
            steps.push_back({ScaleChoice{m_choices.scaling, 0, 1}, {}});
        m_learnedAs.resize(m_choices.steps.size());
        for (std::size_t i = 0; i < steps.size(); ++i) {
            if (readsCells(steps[i]))
                continue;
            const std::size_t before = m_result.m_steps.size();
            if (Result<void> learned = learnStep(steps[i]); !learned) {
                m_refused = m_couldNotRead ? stepBehind(learned.error(), m_table, m_choices) : i;
                return learned.error();
            }
            if (i < m_learnedAs.size() && m_result.m_steps.size() > before)
                m_learnedAs[i] = before;
        }
        return {};
    }

    /// As far as it came.
    Preparation take() { return std::move(m_result); }
    const std::vector<std::optional<std::size_t>>& learnedAs() const { return m_learnedAs; }

    /// Which of the chosen steps could not be done.
    std::optional<std::size_t> refused(const std::vector<std::string>& features) const
    {
        if (m_refused || m_couldNotRead)
            return m_refused;
        // One about cells: the last of the shortest list that is refused.
        PreparationChoices shorter = m_choices;
        for (std::size_t i = 0; i < m_choices.steps.size(); ++i) {
            shorter.steps.assign(m_choices.steps.begin(), m_choices.steps.begin() + std::ptrdiff_t(i) + 1);
            if (readsCells(m_choices.steps[i]) && !learnInputs(m_table, features, m_rows, shorter))
                return i;
        }
        return {};
    }

private:
    /// Missing cells and categories become numbers first: a later choice about them would come too late.
    Result<void> checkOrder(const std::vector<std::string>& features)
    {
        std::set<std::string> touched;
        std::string_view by;
        for (std::size_t i = 0; i < m_choices.steps.size(); ++i) {
            const StepChoice& step = m_choices.steps[i];
            if (!readsCells(step)) {
                for (const std::string& feature : features)
                    if (touches(step, feature))
                        touched.insert(feature);
                by = stepName(step);
                continue;
            }
            for (const std::string& feature : features) {
                if (touched.contains(feature) && touches(step, feature)) {
                    m_refused = i;
                    return badStep(step, "The step " + std::string(stepName(step)) + " comes after the step " + std::string(by) + " for the column "
                                             + quoted(feature) + ": cells become numbers before anything is computed with them. Put it earlier.");
                }
            }
        }
        return {};
    }

    bool touches(const StepChoice& step, const std::string& feature) const
    {
        if (!step.columns.empty())
            return std::find(step.columns.begin(), step.columns.end(), feature) != step.columns.end();
        const std::optional<std::size_t> index = m_table.find(feature);
        const bool category = index && m_table.column(*index).isCategorical();
        if (std::holds_alternative<EncodeChoice>(step.what))
            return category;
        return !category || !numbersOnly(step);
    }

    /// Without named columns these leave zeros and ones alone.
    static bool numbersOnly(const StepChoice& step)
    {
        return std::holds_alternative<PowerChoice>(step.what) || std::holds_alternative<BinChoice>(step.what);
    }

    void begin(std::vector<InputColumn> inputs)
    {
        m_result.m_unknown = m_choices.unknownCategory.value_or(UnknownCategory::TreatAsMissing);
        m_result.m_refusesMissing = m_choices.imputation == Imputation::Refuse;
        m_result.m_referenceLevel = m_choices.referenceLevel;
        m_result.m_inputs = std::move(inputs);
        m_result.m_widest = m_result.encodedColumns();
        const std::vector<std::string> names = m_result.encodedNames();
        for (const InputColumn& input : m_result.m_inputs)
            for (std::size_t j = 0; j < input.outputs; ++j)
                m_columns.push_back({names[m_columns.size()], input.name, !input.isCategorical() && j == 0});
    }

    /// The training rows as they are now; computed only when the first step asks for them.
    Result<const Matrix*> values()
    {
        if (!m_hasValues) {
            Result<Matrix> X = m_result.applyThrough(m_table, m_rows, m_result.m_steps.size());
            if (!X)
                return X.error();
            m_X = *std::move(X);
            m_hasValues = true;
        }
        return &m_X;
    }

    Result<void> append(PreparationStep step, std::vector<FlowingColumn> after)
    {
        const std::vector<std::string> names = namesAfter(step, namesNow());
        for (std::size_t j = 0; j < after.size(); ++j)
            after[j].name = names[j];
        if (m_hasValues) {
            m_X = applyStep(step, m_X);
            if (Result<void> held = checkProducts(step, m_X, m_rows, names); !held)
                return held.error();
        }
        m_result.append(std::move(step));
        m_columns = std::move(after);
        return {};
    }

    std::vector<std::string> namesNow() const
    {
        std::vector<std::string> names;
        for (const FlowingColumn& column : m_columns)
            names.push_back(column.name);
        return names;
    }

    /// The columns that a step takes part in, rising.
    Result<std::vector<int>> columnsOf(const StepChoice& step) const
    {
        std::vector<int> columns;
        for (std::size_t j = 0; j < m_columns.size(); ++j) {
            const FlowingColumn& column = m_columns[j];
            const bool named = std::any_of(step.columns.begin(), step.columns.end(), [&](const std::string& name) {
                return name == column.name || (!column.input.empty() && name == column.input && (column.measures || !numbersOnly(step)));
            });
            if (step.columns.empty() ? column.measures || !numbersOnly(step) : named)
                columns.push_back(int(j));
        }
        for (const std::string& name : step.columns) {
            const bool found = std::any_of(m_columns.begin(), m_columns.end(), [&](const FlowingColumn& column) { return column.name == name || column.input == name; });
            if (!found) {
                return columnError(ErrorCode::UnknownColumn, name, "The step " + std::string(stepName(step)) + " names the column " + quoted(name)
                                       + ", which is not there. The columns at this step are " + listOf(namesNow()) + ".");
            }
            const bool fits = std::any_of(columns.begin(), columns.end(), [&](int j) { return m_columns[std::size_t(j)].name == name || m_columns[std::size_t(j)].input == name; });
            if (!fits)
                return columnError(ErrorCode::WrongType, name, "The step " + std::string(stepName(step)) + " needs numbers: " + quoted(name) + " holds categories.");
        }
        return columns;
    }

    Result<void> learnStep(const StepChoice& step)
    {
        const Result<std::vector<int>> columns = columnsOf(step);
        if (!columns)
            return columns.error();
        if (columns->empty())                       // nothing that the step fits: a category alone has no logarithm
            return {};
        Result<const Matrix*> X(nullptr);
        if (!std::holds_alternative<PolynomialChoice>(step.what)) {
            X = values();
            m_couldNotRead = !X;
            if (!X)
                return X.error();
            if (m_rows.empty())
                return Error{ErrorCode::TooFewSamples, "There is no row to learn the preparation from."};
        }
        if (Result<void> learned = learnFrom(step, *columns, *X); !learned)
            return refusedBy(step, learned.error());
        return {};
    }

    Result<void> learnFrom(const StepChoice& step, const std::vector<int>& columns, const Matrix* X)
    {
        if (const auto* polynomial = std::get_if<PolynomialChoice>(&step.what))
            return learnTerms(*polynomial, columns);
        if (const auto* scale = std::get_if<ScaleChoice>(&step.what))
            return learnScale(step, *scale, columns, *X);
        if (const auto* power = std::get_if<PowerChoice>(&step.what))
            return learnPower(*power, columns, *X);
        if (const auto* bin = std::get_if<BinChoice>(&step.what))
            return learnBins(step, *bin, columns, *X);
        return learnComponents(step, std::get<PcaChoice>(step.what), columns, *X);
    }

    Result<void> learnTerms(const PolynomialChoice& choice, const std::vector<int>& columns)
    {
        const std::size_t width = m_columns.size();
        Result<std::vector<std::vector<int>>> terms = polynomialExponents(columns.size(), choice.degree, choice.interactionsOnly);
        if (!terms)
            return terms.error();
        constexpr std::size_t mostTerms = 10000;
        if (width + terms->size() - columns.size() > mostTerms) {
            return Error{ErrorCode::TooLarge, "Polynomial terms beside " + countText(width) + " columns are too many: at most "
                                                  + countText(mostTerms) + " can be kept."};
        }
        std::vector<std::vector<int>> exponents;
        for (std::size_t j = 0; j < width; ++j) {
            exponents.emplace_back(width, 0);
            exponents.back()[j] = 1;
        }
        for (const std::vector<int>& term : *terms) {
            int degree = 0;
            std::vector<int> wide(width, 0);
            for (std::size_t k = 0; k < term.size(); ++k) {
                degree += term[k];
                wide[std::size_t(columns[k])] = term[k];
            }
            if (degree > 1)
                exponents.push_back(std::move(wide));
        }
        if (exponents.size() == width)              // one column has no product with another
            return {};
        std::vector<FlowingColumn> after;
        for (const std::vector<int>& term : exponents) {
            FlowingColumn column{"", "", true};
            bool first = true;
            for (std::size_t j = 0; j < width; ++j) {
                if (term[j] == 0)
                    continue;
                column.measures = column.measures && m_columns[j].measures;
                column.input = first || column.input == m_columns[j].input ? m_columns[j].input : "";
                first = false;
            }
            after.push_back(std::move(column));
        }
        return append(PolynomialTerms{std::max(choice.degree, 1), std::move(exponents)}, std::move(after));
    }

    Result<void> learnScale(const StepChoice& step, const ScaleChoice& choice, const std::vector<int>& columns, const Matrix& X)
    {
        if (choice.method == Scaling::None)
            return {};
        if (choice.method == Scaling::MinMax && !(choice.low < choice.high))
            return badStep(step, "The range from " + shortText(choice.low) + " to " + shortText(choice.high) + " is none: the low end must be below the high end.");
        Standardise result{Vector::Zero(X.cols()), Vector::Ones(X.cols()), choice.method};
        parallelFor(columns.size(), [&](std::size_t k) {
            const Index j = columns[k];
            if (choice.method == Scaling::MinMax)
                learnRange(X.col(j), choice, result.mean[j], result.scale[j]);
            else if (choice.method == Scaling::Robust)
                learnQuartiles(X.col(j), result.mean[j], result.scale[j]);
            else
                learnMeanAndDeviation(X.col(j), result.mean[j], result.scale[j]);
        });
        for (const int j : columns) {
            if (!std::isfinite(result.mean[j]) || !std::isfinite(result.scale[j]) || !(result.scale[j] > 0)) {
                const std::string& name = m_columns[std::size_t(j)].name;
                return columnError(ErrorCode::NotFinite, name, "The values of " + quoted(name) + " span more than a number can hold: they cannot be scaled.");
            }
        }
        return append(std::move(result), m_columns);
    }

    Result<void> learnPower(const PowerChoice& choice, const std::vector<int>& columns, const Matrix& X)
    {
        PowerTransform result{choice.family, choice.family == PowerFamily::Logarithm ? choice.offset : 0, columns,
                              Vector::Zero(Index(columns.size())), Vector::Zero(Index(columns.size()))};
        if (const auto cell = firstUndefined(result, X)) {
            const std::string& name = m_columns[cell->column].name;
            const std::size_t row = m_rows[cell->row];
            return columnError(ErrorCode::NotFinite, name, undefinedSentence(result, name, row + 1, cell->value), row);
        }
        parallelFor(columns.size(), [&](std::size_t k) {
            const auto x = X.col(columns[k]);
            result.lambda[Index(k)] = likeliestLambda(choice.family, x.data(), std::size_t(x.size()));
            result.lowest[Index(k)] = x.minCoeff();
        });
        return append(std::move(result), m_columns);
    }

    Result<void> learnBins(const StepChoice& step, const BinChoice& choice, const std::vector<int>& columns, const Matrix& X)
    {
        if (choice.bins < 2 || choice.bins > 1000)
            return badStep(step, counted(choice.bins, "interval is", "intervals are") + " no binning: take from 2 to 1000.");
        Binning result{choice.edges, columns, {}, choice.encoding, m_choices.referenceLevel};
        std::vector<FlowingColumn> after;
        for (std::size_t j = 0, k = 0; j < m_columns.size(); ++j) {
            if (k == columns.size() || std::size_t(columns[k]) != j) {
                after.push_back(m_columns[j]);
                continue;
            }
            result.edges.push_back(learnEdges(X.col(Index(j)), choice));
            after.insert(after.end(), result.outputsOf(k++), {"", m_columns[j].input, false});
        }
        const double bytes = double(after.size()) * double(X.rows()) * sizeof(double);
        if (after.size() > 1000 && bytes > 1e9)
            return Error{ErrorCode::TooLarge, countText(after.size()) + " columns of intervals need " + shortText(bytes / 1e9, 3) + " GB: take fewer intervals, or their numbers instead of one column each."};
        return append(std::move(result), std::move(after));
    }

    Result<void> learnComponents(const StepChoice& step, const PcaChoice& choice, const std::vector<int>& columns, const Matrix& X)
    {
        if (choice.components < 0 || std::size_t(choice.components) > columns.size()) {
            return badStep(step, std::to_string(choice.components) + " principal components cannot be had of " + countText(columns.size())
                                     + (columns.size() == 1 ? " column: 1 is the most." : " columns: " + countText(columns.size()) + " are the most."));
        }
        if (choice.components == 0 && !(choice.share > 0 && choice.share <= 1))
            return badStep(step, "A share of the variance is a number above 0, at most 1: " + shortText(choice.share) + " is none.");
        Matrix chosen(X.rows(), Index(columns.size()));
        for (std::size_t k = 0; k < columns.size(); ++k)
            chosen.col(Index(k)) = X.col(columns[k]);
        const Result<PrincipalAxes> axes = principalAxes(chosen, choice.components);
        if (!axes)
            return axes.error();
        if (!(axes->totalVariance() > 0))
            return badStep(step, "The columns are the same in every row to learn from: there is no direction in which they spread.");
        const Index count = choice.components > 0 ? choice.components : axes->axesFor(choice.share);
        PrincipalComponents result{columns, axes->mean, axes->directions.topRows(count), axes->variance.head(count), axes->totalVariance()};
        std::vector<FlowingColumn> after;
        for (std::size_t j = 0; j < m_columns.size(); ++j)
            if (!std::binary_search(columns.begin(), columns.end(), int(j)))
                after.push_back(m_columns[j]);
        after.insert(after.end(), std::size_t(count), {"", "", true});
        return append(std::move(result), std::move(after));
    }

    const Table& m_table;
    const std::vector<std::size_t>& m_rows;
    const PreparationChoices& m_choices;
    Preparation m_result;
    std::vector<FlowingColumn> m_columns;
    std::vector<std::optional<std::size_t>> m_learnedAs;    ///< one a chosen step: its place among those of the result
    std::optional<std::size_t> m_refused;
    bool m_couldNotRead = false;                            ///< a cell, before any step could compute with it
    Matrix m_X;
    bool m_hasValues = false;
};

Result<Preparation> Preparation::learn(const Table& table, const std::vector<std::string>& features,
                                       const std::vector<std::size_t>& trainingRows, const PreparationChoices& choices)
{
    PreparationLearning learning(table, trainingRows, choices);
    if (Result<void> learned = learning.learn(features); !learned)
        return learned.error();
    return learning.take();
}

LearnedSteps learnSteps(const Table& table, const std::vector<std::string>& features, const std::vector<std::size_t>& trainingRows,
                        const PreparationChoices& choices)
{
    PreparationLearning learning(table, trainingRows, choices);
    LearnedSteps result;
    if (const Result<void> learned = learning.learn(features); !learned) {
        result.error = learned.error();
        result.refused = learning.refused(features);
    }
    result.learnedAs = learning.learnedAs();
    result.learnedAs.resize(choices.steps.size());
    result.preparation = learning.take();
    return result;
}

} // namespace modelarium
