#pragma once

#include "core/evaluate/fold_runs.h"

#include <string>
#include <vector>

namespace modelarium {

struct PartialDependenceOptions {
    std::size_t points = 50;                        ///< of the grid of a number; a column with no more distinct values shows each
    double lowestShare = 0.05, highestShare = 0.95; ///< the grid lies between these quantiles of the rows
    std::size_t curves = 50;                        ///< rows that get a curve of their own
    std::uint64_t seed = 1;
};

/// What the model answers on average when one input is set by hand and the others stay as they are in the rows.
///
/// Shape    mean (points, outputs): the value, or the probability of each class; curves[output] (curveRows, points)
struct PartialDependence {
    std::string input;
    std::vector<double> grid;                       ///< values, or codes of levels
    std::vector<std::string> levels;                ///< names of the grid's levels; empty for numbers and dates
    Matrix mean;
    std::vector<std::size_t> curveRows;             ///< rows of the table, sorted
    std::vector<Matrix> curves;
};

/// Partial dependence of a model on one input, with individual curves: they show where the mean hides that rows differ.
///
/// Math     mean_v = 1/n sum_i f(x_i with input := v); curve_i(v) = f(x_i with input := v)
/// Unit     of the data
/// Cost     points * rows predictions, in parallel
/// Random   which rows get a curve
/// Errors   Cancelled; UnknownColumn (no such input); TooFewSamples (no rows); MissingValue where the input has no value in any row;
///          Unsupported (no points, shares not 0 <= lowest < highest <= 1); those of Preparation::apply
/// Source   J. H. Friedman, Ann. Stat. 29(5), 2001; A. Goldstein et al., J. Comput. Graph. Stat. 24(1), 2015
Result<PartialDependence> partialDependence(const Model& model, const Table& table, const std::vector<std::size_t>& rows, std::string_view input,
                                            const PartialDependenceOptions& options = {}, std::stop_token stop = {});

} // namespace modelarium
