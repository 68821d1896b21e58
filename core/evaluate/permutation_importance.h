#pragma once

#include "core/evaluate/fold_runs.h"

#include <string>
#include <vector>

namespace modelarium {

struct ImportanceOptions {
    std::string metric;                             ///< empty: the usual one for the task
    int repeats = 5;
    std::uint64_t seed = 1;
    std::string positive;                           ///< of two classes the one that the metric looks for; empty: the model's
};

struct InputImportance {
    std::string input;                              ///< name of the column
    double mean = 0;                                ///< how much worse the metric gets; below 0 is chance
    double standardDeviation = 0;                   ///< over the repeats, ddof 1
    std::vector<double> losses;                     ///< one a repeat
};

struct PermutationImportance {
    std::string metric;
    double score = 0;                               ///< of the rows as they are
    std::vector<InputImportance> inputs;            ///< in the order of the model's inputs
};

/// What a frozen model loses when one column tells it nothing: the column's cells are shuffled over the rows, all others stay.
///
/// Of columns that say the same, each looks unimportant, for the other one still tells it.
/// Math     mean over repeats of |score - score of shuffled rows|, positive where shuffling is worse
/// Shape    an importance an input column of the data: the levels of a category move together
/// Cost     inputs * repeats * predictions of all rows, in parallel; memory a prepared matrix a thread
/// Random   repeat r of input j shuffles with stream j * repeats + r of the seed
/// Errors   Cancelled; TooFewSamples (fewer than 2 rows); Unsupported (repeats < 1, no such metric); those of lookFor and of makeDataset
/// Source   L. Breiman, Machine Learning 45, 2001; A. Fisher, C. Rudin, F. Dominici, JMLR 20(177), 2019
Result<PermutationImportance> permutationImportance(const Model& model, const Table& table, const std::vector<std::size_t>& rows,
                                                    const ImportanceOptions& options = {}, const EvaluationProgress& progress = {},
                                                    std::stop_token stop = {});

} // namespace modelarium
