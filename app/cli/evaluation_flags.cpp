#include "app/cli/evaluation_flags.h"

#include "app/cli/learner_json.h"
#include "app/cli/terminal.h"
#include "core/base/counted.h"
#include "core/base/number_text.h"

#include <algorithm>
#include <iostream>

#include <unistd.h>

namespace modelarium::cli {

void FoldFlags::addTo(CLI::App& command)
{
    command.add_option("--split", m_split, "How rows are parted: stratified (default for classes), kfold (default for numbers), grouped, "
                                           "time, loo (leave one out), repeated, holdout")
        ->check(CLI::IsMember({"kfold", "stratified", "grouped", "time", "loo", "repeated", "holdout"}));
    m_foldsGiven = command.add_option("--folds", m_folds, "Number of folds")->check(CLI::Range(2, 1000000))->capture_default_str();
    command.add_option("--repeats", m_repeats, "How often folds are drawn anew (1; 10 with --split repeated)")->check(CLI::Range(1, 100000));
    m_testFractionGiven = command.add_option("--test-fraction", m_testFraction, "Share of the rows tested with --split holdout")->check(shareOfRows())->capture_default_str();
    command.add_option("--group", m_group, "Column whose equal values stay together (--split grouped); no feature, unless --features names it");
    command.add_option("--time", m_time, "Column that orders the rows (--split time; the order of the file by default)");
}

void FoldFlags::check() const
{
    if (m_split == "grouped" && m_group.empty())
        throw CLI::ValidationError("--split grouped", "needs --group COLUMN");
    if (m_split != "grouped" && !m_group.empty())
        throw CLI::ValidationError("--group", "goes with --split grouped");
    if (m_split != "time" && !m_time.empty())
        throw CLI::ValidationError("--time", "goes with --split time");
    if ((m_split == "loo" || m_split == "holdout") && m_foldsGiven->count() > 0)
        throw CLI::ValidationError("--folds", "means nothing with --split " + m_split);
    if ((m_split == "loo" || m_split == "time") && m_repeats > 0)
        throw CLI::ValidationError("--repeats", "means nothing with --split " + m_split + ": nothing is drawn");
    if (m_split != "holdout" && m_testFractionGiven->count() > 0)
        throw CLI::ValidationError("--test-fraction", "goes with --split holdout");
}

FoldOptions FoldFlags::optionsFor(const Table& table, const TrainingPlan& plan) const
{
    const Result<Task> task = taskOf(table, plan);
    const bool classes = task && *task == Task::Classification;
    FoldOptions options;
    options.kind = foldKindNamed(m_split).value_or(classes ? FoldKind::Stratified : FoldKind::KFold);
    options.folds = m_folds;
    options.repeats = m_repeats > 0 ? m_repeats : m_split == "repeated" ? 10 : 1;
    options.testFraction = m_testFraction;
    options.groupColumn = m_group;
    options.timeColumn = m_time;
    options.classes = classes;
    options.seed = plan.seed;
    return options;
}

Result<std::vector<Split>> FoldFlags::foldsFor(const Table& table, const TrainingPlan& plan) const
{
    return makeFolds(table, plan.target, optionsFor(table, plan));
}

nlohmann::ordered_json FoldFlags::toJson(const Table& table, const TrainingPlan& plan, std::size_t trainings) const
{
    const FoldOptions options = optionsFor(table, plan);
    nlohmann::ordered_json json = {{"kind", std::string(foldKindName(options.kind))},
                                   {"folds", trainings / std::size_t(options.kind == FoldKind::LeaveOneOut || options.kind == FoldKind::TimeOrdered ? 1 : options.repeats)},
                                   {"repeats", options.kind == FoldKind::LeaveOneOut || options.kind == FoldKind::TimeOrdered ? 1 : options.repeats},
                                   {"seed", options.seed}};
    if (!m_group.empty())
        json["group"] = m_group;
    if (!m_time.empty())
        json["time"] = m_time;
    return json;
}

std::string FoldFlags::sentence(const Table& table, const TrainingPlan& plan) const
{
    const FoldOptions options = optionsFor(table, plan);
    const std::string times = options.repeats > 1 ? ", drawn " + std::to_string(options.repeats) + " times" : "";
    const std::string folds = std::to_string(options.folds);
    switch (options.kind) {
    case FoldKind::HoldOut: return "a share of " + shortText(options.testFraction) + " kept back" + times;
    case FoldKind::KFold: return folds + " folds" + times;
    case FoldKind::Stratified: return folds + " stratified folds" + times;
    case FoldKind::Grouped: return folds + " folds of groups by \"" + m_group + "\"" + times;
    case FoldKind::LeaveOneOut: return "one row left out at a time";
    case FoldKind::TimeOrdered: return folds + " folds in time";
    }
    return {};
}

std::vector<std::string> foldNotices(const Table& table, const TrainingPlan& plan, const UnknownWords& unknown)
{
    std::vector<std::string> sentences;
    const std::vector<std::string> usable = usableFeatures(table, plan.target);
    if (plan.features.empty() && std::find(usable.begin(), usable.end(), plan.groupColumn) != usable.end())
        sentences.push_back("Left out of the features: \"" + plan.groupColumn + "\" (groups the rows).");
    if (std::string sentence = unknownWordsSentence(unknown, "of the test rows"); !sentence.empty())
        sentences.push_back(std::move(sentence));
    return sentences;
}

UnknownWords mostUnknown(const std::vector<PlanScore>& scores)
{
    const auto most = std::max_element(scores.begin(), scores.end(), [](const PlanScore& a, const PlanScore& b) {
        return a.unknown.asMissing < b.unknown.asMissing;
    });
    return most == scores.end() ? UnknownWords() : most->unknown;
}

void printNotices(const std::vector<std::string>& sentences)
{
    for (const std::string& sentence : sentences)
        notice("Note: " + sentence);
}

EvaluationProgress terminalProgress()
{
    if (!isatty(STDERR_FILENO))
        return {};
    return [](std::size_t done, std::size_t total) {
        std::cerr << "\r\033[K";
        if (done < total)
            std::cerr << done << " of " << total << " trainings" << std::flush;
    };
}

nlohmann::ordered_json summariesToJson(const ScoreSummaries& summaries)
{
    auto json = nlohmann::ordered_json::object();
    for (const std::string& name : metricsIn(summaries)) {
        const ScoreSummary& one = summaries.at(name);
        json[name] = {{"mean", one.mean}, {"standard_deviation", one.standardDeviation}, {"lowest", one.lowest}, {"highest", one.highest}, {"folds", one.folds}};
    }
    return json;
}

nlohmann::ordered_json valuesToJson(const HyperparameterValues& values)
{
    auto json = nlohmann::ordered_json::object();
    for (const auto& [name, value] : values)
        json[name] = valueToJson(value);
    return json;
}

std::string summaryText(const ScoreSummaries& summaries, const std::string& metric)
{
    const auto found = summaries.find(metric);
    if (found == summaries.end())
        return "";
    const std::string spread = found->second.folds > 1 ? " +- " + shortText(found->second.standardDeviation, 2) : "";
    return shortText(found->second.mean, 4) + spread;
}

std::string testText(const PlanScore& score, const std::string& metric)
{
    const auto found = score.test.find(metric);
    if (found == score.test.end() || found->second.folds >= score.folds)
        return summaryText(score.test, metric);
    return summaryText(score.test, metric) + " (" + std::to_string(found->second.folds) + " of " + counted(score.folds, "fold", "folds") + ")";
}

std::string whyUnranked(const PlanScore& score, const MetricInfo& metric)
{
    return decidingScore(score, metric) ? std::string() : missingScore(score, metric).message;
}

std::string decidingText(const MetricInfo& metric) { return metric.ofTraining ? metric.id + " of the rows learned from" : metric.id; }

std::string incompleteText(const std::vector<PlanScore>& scores, const MetricInfo& metric)
{
    const bool any = std::any_of(scores.begin(), scores.end(), [&](const PlanScore& score) { return incompleteFolds(score, metric).has_value(); });
    return any ? "A mean over fewer folds is of other rows: who has a score in more folds stands first.\n" : "";
}

void addScoreNotes(nlohmann::ordered_json& json, const PlanScore& score, const MetricInfo& metric)
{
    if (score.pooled)
        json["pooled"] = true;
    if (score.error)
        json["error"] = score.error->message;
    else if (const std::string why = whyUnranked(score, metric); !why.empty())
        json["no_score"] = why;
}

std::vector<std::string> metricsIn(const ScoreSummaries& summaries)
{
    std::vector<std::string> names;
    for (const MetricInfo& metric : metricTable())
        if (summaries.contains(metric.id))
            names.push_back(metric.id);
    return names;
}

} // namespace modelarium::cli
