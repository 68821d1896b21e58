#pragma once

#include "core/data/dataset.h"
#include "core/evaluate/partial_dependence.h"
#include "core/evaluate/permutation_importance.h"
#include "core/model/model.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <vector>

namespace modelarium::cli {

/// What a model makes of its columns, asked for beside its score.
struct Explanation {
    std::optional<PermutationImportance> importance;
    std::vector<PartialDependence> dependence;
};

/// The flags that ask for it: --importance, --dependence.
class ExplanationFlags {
public:
    void addTo(CLI::App& command);

    /// About the given rows of the table; `positive` as ImportanceOptions has it.
    ///
    /// Errors   those of permutationImportance and partialDependence
    Result<Explanation> explain(const Model& model, const Table& table, const std::vector<std::size_t>& rows, const std::string& positive,
                                std::uint64_t seed) const;

private:
    bool m_importance = false;
    int m_repeats = 5;
    std::string m_metric;
    std::string m_dependence;                       ///< "a,b,c"
};

/// Adds "importance" and "dependence" where they were asked for.
void addExplanation(nlohmann::ordered_json& document, const Explanation& explanation, const Model& model);
void printExplanation(const Explanation& explanation, const Model& model);

} // namespace modelarium::cli
