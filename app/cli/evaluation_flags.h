#pragma once

#include "app/cli/training_flags.h"
#include "core/data/folds.h"
#include "core/evaluate/search.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace modelarium::cli {

/// The flags that say how rows are parted into folds, the same for crossval, search and compare.
class FoldFlags {
public:
    void addTo(CLI::App& command);
    /// Wrong usage, where flags do not go together, is thrown as CLI::ValidationError: call it in the command's callback.
    void check() const;

    /// Folds for a plan: stratified for classes and plain for numbers unless --split says otherwise.
    Result<std::vector<Split>> foldsFor(const Table& table, const TrainingPlan& plan) const;
    /// {"kind", "folds", "repeats", "seed", "trainings"} of what foldsFor gives.
    nlohmann::ordered_json toJson(const Table& table, const TrainingPlan& plan, std::size_t trainings) const;
    /// "5 stratified folds".
    std::string sentence(const Table& table, const TrainingPlan& plan) const;
    /// The column that --group names; empty for other folds.
    const std::string& groupColumn() const { return m_group; }

private:
    FoldOptions optionsFor(const Table& table, const TrainingPlan& plan) const;

    std::string m_split;
    CLI::Option* m_foldsGiven = nullptr;
    CLI::Option* m_testFractionGiven = nullptr;
    int m_folds = 5;
    int m_repeats = 0;                              ///< 0: 10 with --split repeated, else 1
    double m_testFraction = 0.25;
    std::string m_group;
    std::string m_time;
};

/// Sentences about the data that the folds are of: a column that groups the rows and so is no feature, cells of test rows with words that
/// the training rows did not have.
std::vector<std::string> foldNotices(const Table& table, const TrainingPlan& plan, const UnknownWords& unknown);
/// Of several plans' scores those with most cells.
UnknownWords mostUnknown(const std::vector<PlanScore>& scores);
void printNotices(const std::vector<std::string>& sentences);

/// Where a long evaluation stands, on standard error where that is a terminal; wipes itself.
EvaluationProgress terminalProgress();

nlohmann::ordered_json summariesToJson(const ScoreSummaries& summaries);
nlohmann::ordered_json valuesToJson(const HyperparameterValues& values);

/// "0.85 +- 0.03".
std::string summaryText(const ScoreSummaries& summaries, const std::string& metric);
/// The same on the test rows, "0.85 +- 0.03 (2 of 5 folds)" where the score does not exist in all of them.
std::string testText(const PlanScore& score, const std::string& metric);

/// Why a plan has no place by this metric; empty where it has one.
std::string whyUnranked(const PlanScore& score, const MetricInfo& metric);
/// "bic of the rows learned from": what decides, in words.
std::string decidingText(const MetricInfo& metric);
/// A sentence where some plans have scores in fewer folds than others, else empty.
std::string incompleteText(const std::vector<PlanScore>& scores, const MetricInfo& metric);
/// What ranks a plan beside its scores: {"pooled"} where the test rows are judged together, {"error"}, or {"no_score"} and why.
void addScoreNotes(nlohmann::ordered_json& json, const PlanScore& score, const MetricInfo& metric);

/// Metrics of a task that occur among the scores, in the order in which a person should read them.
std::vector<std::string> metricsIn(const ScoreSummaries& summaries);

} // namespace modelarium::cli
