#include "core/evaluate/inference.h"

#include "core/base/counted.h"
#include "core/base/distributions.h"
#include "core/evaluate/design_factor.h"
#include "core/evaluate/softmax_information.h"
#include "core/learn/training.h"
#include "core/model/equation.h"
#include "core/model/linear_reading.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <limits>
#include <map>
#include <numeric>
#include <utility>

namespace modelarium {

namespace {

using Eigen::Index;

constexpr std::size_t mostCoefficients = 1000;
constexpr const char* beyondNumbers = "in the units of the data some of its coefficients or their errors are beyond the range of numbers. Give the "
                                      "columns units in which their values are nearer to 1.";

Error unsupported(std::string why) { return {ErrorCode::Unsupported, "There are no standard errors for this model: " + std::move(why)}; }

bool hasIntercept(const Model& model)
{
    const auto chosen = model.provenance().hyperparameters.find("intercept");
    if (chosen == model.provenance().hyperparameters.end())
        return true;
    const bool* value = std::get_if<bool>(&chosen->second);
    return !value || *value;
}

std::size_t columnsOf(const Parameters& parameters)
{
    const auto* polynomial = std::get_if<Polynomial>(&parameters);
    return polynomial ? polynomial->exponents.size() : std::size_t(std::get<Linear>(parameters).W.cols());
}

/// Of more than two classes; 0 for all other models, which have one sum.
std::size_t scoresBesideFirst(const Model& model)
{
    const auto* linear = std::get_if<Linear>(&model.parameters());
    return linear && linear->link == Link::Softmax ? std::size_t(linear->W.rows()) - 1 : 0;
}

bool isChoice(const Model& model, const char* name, const char* value)
{
    const auto chosen = model.provenance().hyperparameters.find(name);
    const std::string* text = chosen == model.provenance().hyperparameters.end() ? nullptr : std::get_if<std::string>(&chosen->second);
    return text && *text == value;
}

/// Whether the model is of a kind that has standard errors, by what it is and how it was learned.
Result<void> checkKind(const Model& model)
{
    const std::string& learner = model.provenance().learner;
    if (learner == "logistic_regression") {
        if (!isChoice(model, "penalty", "none"))
            return unsupported("a penalty pulls the weights towards 0. Choose the penalty \"none\".");
        if (!std::holds_alternative<Linear>(model.parameters()))
            return unsupported("it is no weighted sum.");
    } else if (learner != "linear_regression" && learner != "polynomial_regression") {
        return unsupported("they belong to least squares and to logistic regression without a penalty.");
    }
    if (columnsOf(model.parameters()) * std::max<std::size_t>(1, scoresBesideFirst(model)) > mostCoefficients)
        return Error{ErrorCode::TooLarge, "Standard errors are told for at most " + countText(mostCoefficients) + " coefficients."};
    return {};
}

/// The parameters with a single 1: place `k` of the weights, or the intercept where k is their number.
Parameters unitParameters(const Parameters& like, Index k)
{
    Parameters unit = like;
    if (auto* polynomial = std::get_if<Polynomial>(&unit)) {
        polynomial->weights.setZero();
        polynomial->intercept = 0;
        (k < polynomial->weights.size() ? polynomial->weights[k] : polynomial->intercept) = 1;
    } else {
        Linear& linear = std::get<Linear>(unit);
        linear.W.setZero();
        linear.b.setZero();
        (k < linear.W.cols() ? linear.W(0, k) : linear.b[0]) = 1;
    }
    return unit;
}

/// How coefficients in data units follow from the parameters. They do so linearly, so it is enough to read each unit.
///
/// Shape    (1 + terms, parameters): the intercept first, as in parametersInDataUnits; parameters as the rows of DesignFactor::F
Result<Matrix> unitsMap(const Model& model, Index parameters)
{
    const std::vector<LinearReading> readings = linearReadings(model).sums;
    if (readings.size() != 1)
        return unsupported("it is no weighted sum in the units of the data.");
    std::map<std::vector<int>, Index> places;
    for (std::size_t k = 0; k < readings[0].exponents.size(); ++k)
        places.emplace(readings[0].exponents[k], Index(k) + 1);
    Matrix map = Matrix::Zero(Index(readings[0].terms.size()) + 1, parameters);
    for (Index k = 0; k < parameters; ++k) {
        const Result<ModelPtr> unit = Model::make(model.preparation(), unitParameters(model.parameters(), k), model.target(), model.provenance());
        if (!unit)
            return unit.error();
        const std::vector<LinearReading> sums = linearReadings(**unit).sums;
        if (sums.empty())
            return unsupported(beyondNumbers);
        const LinearReading& reading = sums[0];
        map(0, k) = reading.intercept;
        for (std::size_t term = 0; term < reading.terms.size(); ++term)
            if (const auto place = places.find(reading.exponents[term]); place != places.end())
                map(place->second, k) += reading.terms[term].value;
    }
    return map;
}

/// Names columns by the coefficients they carry.
Error singular(const Model& model, std::vector<std::size_t> dependent)
{
    constexpr std::size_t mostNamed = 8;
    std::sort(dependent.begin(), dependent.end());
    const std::vector<std::string> features = model.preparation().outputNames();
    std::string names;
    for (std::size_t i = 0; i < std::min(dependent.size(), mostNamed); ++i)
        names += (i ? ", \"" : "\"") + (dependent[i] < features.size() && std::holds_alternative<Linear>(model.parameters())
                                            ? features[dependent[i]] : "term " + std::to_string(dependent[i] + 1)) + "\"";
    return {ErrorCode::Singular, "There are no standard errors, for these columns are constant or combinations of others in the training rows: "
                                     + names + ". Leave them out, and train again."};
}

/// Everything that all kinds of regression share: the training rows, and the spread of the parameters.
struct Fitted {
    Dataset data;
    Matrix answers;                                 ///< one a row: the value, or the probabilities of the classes
    Vector weights;                                 ///< empty for least squares
    DesignFactor factor;
    Matrix spread;                                  ///< of more than two classes: see softmaxSpread
    std::size_t coefficients = 0;
};

/// Classes that can be told for certain have weights that grow for ever.
Result<void> checkClasses(const Model& model, const Prediction& predicted, const Vector& y)
{
    if ((predicted.probabilities.array() <= 0).any() || (predicted.values - y).isZero(0))
        return unsupported("it separates the classes perfectly, so the weights would grow for ever.");
    // Of more than two classes one may be apart while the others overlap. No finite weights fit so closely by themselves.
    constexpr double certain = 1e-5;
    for (std::size_t k = 0; k < model.target().classes.size(); ++k) {
        const Vector isOf = (y.array() == double(k)).cast<double>();
        if (isOf.isZero(0))
            return unsupported("no training row is of the class \"" + model.target().classes[k] + "\", so its weights would grow for ever.");
        if ((predicted.probabilities.col(Index(k)) - isOf).cwiseAbs().maxCoeff() < certain)
            return unsupported("it separates the class \"" + model.target().classes[k] + "\" perfectly, so its weights would grow for ever.");
    }
    return {};
}

/// The spread of the parameters, by what the model is.
Result<void> factorFitted(const Model& model, Fitted& fitted)
{
    const Matrix& X = std::as_const(fitted.data).X();
    const bool softmax = scoresBesideFirst(model) > 0;
    std::vector<std::size_t> dependent;
    // Columns that depend on each other are found in the same way for all.
    const Parameters oneSum = softmax ? Parameters(Linear{Matrix::Zero(1, X.cols()), Vector::Zero(1)}) : model.parameters();
    Result<DesignFactor> factor = factorDesign(oneSum, X, fitted.data.y, fitted.weights, hasIntercept(model), dependent);
    if (!factor)
        return dependent.empty() ? factor.error() : singular(model, dependent);
    fitted.factor = *std::move(factor);
    if (!softmax)
        return {};
    Result<Matrix> spread = softmaxSpread(X, fitted.answers);
    if (!spread)
        return unsupported("some of its classes are nearly separated, so that their weights have no end in sight.");
    fitted.spread = *std::move(spread);
    return {};
}

Result<Fitted> fittedTo(const Model& model, const Table& table, const std::vector<std::size_t>& rows)
{
    if (const Result<void> kind = checkKind(model); !kind)
        return kind.error();
    Result<Dataset> data = makeDataset(table, rows, model.preparation(), model.target());
    if (!data)
        return data.error();
    Fitted fitted;
    fitted.data = *std::move(data);
    fitted.coefficients = (columnsOf(model.parameters()) + (hasIntercept(model) ? 1 : 0)) * std::max<std::size_t>(1, scoresBesideFirst(model));
    if (fitted.data.samples() <= fitted.coefficients)
        return Error{ErrorCode::TooFewSamples, "There are no standard errors for " + counted(fitted.coefficients, "coefficient", "coefficients") + " from "
                                                   + rowsText(fitted.data.samples()) + ": more rows than coefficients are needed."};
    const Prediction predicted = model.predictPrepared(fitted.data.columns());
    fitted.answers = predicted.values;
    if (model.target().task == Task::Classification) {
        fitted.answers = predicted.probabilities;
        if (const Result<void> told = checkClasses(model, predicted, fitted.data.y); !told)
            return told.error();
        if (predicted.probabilities.cols() == 2)
            fitted.weights = predicted.probabilities.col(0).cwiseProduct(predicted.probabilities.col(1));
    }
    if (const Result<void> factored = factorFitted(model, fitted); !factored)
        return factored.error();
    return fitted;
}

/// A descent that was stopped early stands somewhere on the way: its residuals are not the smallest.
Result<void> checkLeastSquares(const Fitted& fitted)
{
    // Cells are doubles, and so are predictions: below a few roundings of the target there is nothing to see.
    const double rounding = 64 * std::numeric_limits<double>::epsilon() * fitted.data.y.norm();
    const double reached = (fitted.data.y - fitted.answers.col(0)).norm(), best = std::sqrt(fitted.factor.residual);
    if (best <= rounding)
        return unsupported("it fits every row exactly, so there is no scatter to judge the coefficients by.");
    if (reached > best * (1 + 1e-6) + rounding)
        return unsupported("its training has not arrived at the least squares. Let it run on, or choose the exact solver.");
    return {};
}

/// A step of Newton's method would lower the deviance by about the square of this; 0 where the training has arrived.
double newtonDecrement(const Model& model, const Fitted& fitted)
{
    const bool softmax = fitted.spread.size() > 0;
    const Matrix Z = softmax ? fitted.data.X() : designColumns(model.parameters(), fitted.data.X());
    const Matrix& F = softmax ? fitted.spread : fitted.factor.F;
    const Index classes = fitted.answers.cols(), m = Z.cols() + (fitted.factor.intercept ? 1 : 0);
    Vector gradient(F.rows());
    for (Index k = 1; k < classes; ++k) {
        const Vector error = (fitted.data.y.array() == double(k)).cast<double>().matrix() - fitted.answers.col(k);
        gradient.segment((k - 1) * m, Z.cols()) = Z.transpose() * error;
        if (fitted.factor.intercept)
            gradient[(k - 1) * m + Z.cols()] = error.sum();
    }
    return (F.transpose() * gradient).norm();
}

/// One weighted sum: a model that has it alone, how its parameters spread, and what stands before the names of its coefficients.
struct Sum {
    ModelPtr model;
    Matrix F;
    std::string prefix;
};

/// The sum of a model that has one, or what tells each other class from the first.
Result<std::vector<Sum>> sumsOf(const Model& model, const Fitted& fitted)
{
    const auto with = [&](Parameters parameters, TargetColumn target) {
        return Model::make(model.preparation(), std::move(parameters), std::move(target), model.provenance());
    };
    std::vector<Sum> sums;
    if (fitted.spread.size() == 0) {
        const Result<ModelPtr> same = with(model.parameters(), model.target());
        if (!same)
            return same.error();
        sums.push_back({*same, fitted.factor.F, ""});
        return sums;
    }
    const Linear& linear = std::get<Linear>(model.parameters());
    const std::vector<std::string>& classes = model.target().classes;
    const Index m = linear.W.cols() + 1;
    for (Index k = 1; k < linear.W.rows(); ++k) {
        TargetColumn target = model.target();
        target.classes = {classes[0], classes[std::size_t(k)]};
        const Result<ModelPtr> one = with(Linear{linear.W.row(k) - linear.W.row(0), linear.b.segment(k, 1) - linear.b.head(1), Link::Logistic}, std::move(target));
        if (!one)
            return one.error();
        sums.push_back({*one, fitted.spread.middleRows((k - 1) * m, m), classes[std::size_t(k)] + " against " + classes[0] + ": "});
    }
    return sums;
}

/// Names, values and errors of the coefficients; `scatter` is the standard deviation of one row.
Result<void> addCoefficients(const Sum& sum, double scatter, Inference& inference)
{
    const Result<Matrix> map = unitsMap(*sum.model, sum.F.rows());
    if (!map)
        return map.error();
    const std::vector<NamedParameter> values = parametersInDataUnits(*sum.model);
    const Vector errors = scatter * (*map * sum.F).rowwise().norm();
    const double nu = double(inference.residualDegrees);
    const double reach = inference.usesStudent ? studentQuantile((1 + inference.level) / 2, nu) : normalQuantile((1 + inference.level) / 2);
    for (std::size_t k = 0; k < values.size(); ++k) {
        const double error = errors[Index(k)];
        if (k == 0 && error == 0 && values[k].value == 0)
            continue;                               // a model without an intercept has none to be unsure of
        const double statistic = error > 0 ? values[k].value / error : 0;
        inference.coefficients.push_back({sum.prefix + values[k].name, values[k].value, error, statistic,
                                          inference.usesStudent ? studentTwoSided(statistic, nu) : normalTwoSided(statistic),
                                          values[k].value - reach * error, values[k].value + reach * error});
    }
    return {};
}

void addLeastSquares(const Fitted& fitted, Inference& inference)
{
    const double n = double(inference.rows), df = double(inference.residualDegrees);
    const double rss = fitted.factor.residual, total = fitted.factor.total, explained = double(fitted.coefficients - (fitted.factor.intercept ? 1 : 0));
    inference.residualStandardDeviation = std::sqrt(rss / df);
    inference.r2 = total > 0 ? 1 - rss / total : 0;
    inference.adjustedR2 = 1 - (1 - inference.r2) * (n - (fitted.factor.intercept ? 1 : 0)) / df;
    inference.fStatistic = (total - rss) / explained / (rss / df);
    inference.fPValue = fisherTail(inference.fStatistic, explained, df);
}

void addLogistic(const Fitted& fitted, Inference& inference)
{
    const double n = double(inference.rows);
    for (Index i = 0; i < fitted.data.y.size(); ++i)
        inference.deviance -= 2 * std::log(fitted.answers(i, Index(fitted.data.y[i])));
    for (Index k = 0; k < fitted.answers.cols(); ++k) {
        const double rows = double((fitted.data.y.array() == double(k)).count());
        inference.nullDeviance -= 2 * rows * std::log(rows / n);
    }
    inference.aic = inference.deviance + 2 * double(fitted.coefficients);
}

/// Whether every figure is a number: errors in data units may leave the range where their coefficients do not.
bool isTold(const Inference& inference)
{
    const auto finite = [](std::initializer_list<double> values) {
        return std::all_of(values.begin(), values.end(), [](double value) { return std::isfinite(value); });
    };
    return finite({inference.residualStandardDeviation, inference.r2, inference.adjustedR2, inference.fStatistic, inference.fPValue,
                   inference.deviance, inference.nullDeviance, inference.aic})
        && std::all_of(inference.coefficients.begin(), inference.coefficients.end(), [&](const CoefficientInference& one) {
               return finite({one.value, one.standardError, one.statistic, one.pValue, one.low, one.high});
           });
}

/// For each residual, the normal quantile of its rank; equal residuals in the order of their rows.
Vector quantilesOfRanks(const Vector& residuals)
{
    const Index n = residuals.size();
    std::vector<Index> order(static_cast<std::size_t>(n));
    std::iota(order.begin(), order.end(), Index(0));
    std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) { return residuals[a] < residuals[b]; });
    const double a = n <= 10 ? 3.0 / 8 : 0.5;
    Vector quantiles(n);
    for (Index rank = 1; rank <= n; ++rank)
        quantiles[order[std::size_t(rank - 1)]] = normalQuantile((double(rank) - a) / (double(n) + 1 - 2 * a));
    return quantiles;
}

void addInfluence(const Model& model, const Fitted& fitted, ResidualDiagnostics& result)
{
    const double p = double(fitted.coefficients), df = double(fitted.data.samples()) - p;
    result.residualStandardDeviation = std::sqrt(fitted.factor.residual / df);
    result.leverage = fitted.factor.leverage(designColumns(model.parameters(), fitted.data.X()), fitted.weights);
    const Index n = result.residuals.size();
    result.standardised = Vector::Zero(n);
    result.studentised = Vector::Zero(n);
    result.cooksDistance = Vector::Zero(n);
    for (Index i = 0; i < n; ++i) {
        const double h = std::min(result.leverage[i], 1.0), free = 1 - h;
        result.leverage[i] = h;
        if (free < 1e-10)
            continue;                               // the row decides its own fit
        const double r = result.residuals[i] / (result.residualStandardDeviation * std::sqrt(free));
        result.standardised[i] = r;
        if (df > r * r)
            result.studentised[i] = r * std::sqrt((df - 1) / (df - r * r));
        result.cooksDistance[i] = r * r * h / (p * free);
    }
}

} // namespace

Result<Inference> inferCoefficients(const Model& model, const Table& table, const std::vector<std::size_t>& trainingRows, double level)
{
    if (!(level > 0 && level < 1))
        return Error{ErrorCode::Unsupported, "The level of an interval lies between 0 and 1."};
    const Result<Fitted> fitted = fittedTo(model, table, trainingRows);
    if (!fitted)
        return fitted.error();
    Inference inference;
    inference.usesStudent = model.target().task == Task::Regression;
    inference.level = level;
    inference.rows = fitted->data.samples();
    inference.residualDegrees = inference.rows - fitted->coefficients;
    if (inference.usesStudent) {
        if (const Result<void> arrived = checkLeastSquares(*fitted); !arrived)
            return arrived.error();
        addLeastSquares(*fitted, inference);
    } else {
        if (newtonDecrement(model, *fitted) > 1e-4)
            return unsupported("its training has not arrived at the likeliest weights. Let it run on, or choose the solver \"newton\".");
        addLogistic(*fitted, inference);
    }
    const double scatter = inference.usesStudent ? inference.residualStandardDeviation : 1;
    if (fitted->spread.size() > 0)
        inference.referenceClass = model.target().classes[0];
    const Result<std::vector<Sum>> sums = sumsOf(model, *fitted);
    if (!sums)
        return sums.error();
    for (const Sum& sum : *sums)
        if (const Result<void> added = addCoefficients(sum, scatter, inference); !added)
            return added.error();
    if (!isTold(inference))
        return unsupported(beyondNumbers);
    return inference;
}

Result<ResidualDiagnostics> residualDiagnostics(const Model& model, const Table& table, const std::vector<std::size_t>& rows)
{
    if (model.target().task != Task::Regression)
        return Error{ErrorCode::WrongTask, model.target().task == Task::Clustering   ? "Residuals are differences of numbers; this model finds groups and predicts no number."
                                          : model.target().task == Task::Projection ? "Residuals are differences from a target; this model has none, and gives coordinates."
                                                                                    : "Residuals are differences of numbers; this model tells classes apart."};
    if (rows.empty())
        return Error{ErrorCode::TooFewSamples, "There are no rows to look at."};
    const Result<Dataset> data = makeDataset(table, rows, model.preparation(), model.target());
    if (!data)
        return data.error();
    ResidualDiagnostics result;
    result.rows = rows;
    result.fitted = model.predictPrepared(data->columns()).values;
    result.residuals = data->y - result.fitted;
    result.normalQuantiles = quantilesOfRanks(result.residuals);
    const Result<Fitted> fitted = fittedTo(model, table, rows);
    if (fitted && checkLeastSquares(*fitted)) {
        addInfluence(model, *fitted, result);
    } else {
        result.residualStandardDeviation = std::sqrt(result.residuals.squaredNorm() / double(rows.size()));
        const double s = result.residualStandardDeviation;
        result.standardised = s > 0 ? Vector(result.residuals / s) : Vector(Vector::Zero(result.residuals.size()));
    }
    return result;
}

} // namespace modelarium
