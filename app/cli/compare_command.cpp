#include "app/cli/commands.h"

#include "app/cli/evaluation_flags.h"
#include "app/cli/learner_json.h"
#include "app/cli/terminal.h"
#include "app/cli/training_report.h"
#include "core/base/number_text.h"

#include <algorithm>
#include <memory>

namespace modelarium::cli {

namespace {

using Json = nlohmann::ordered_json;

struct CompareFlags {
    TrainingFlags training;
    FoldFlags folds;
    std::string learners;                           ///< "a,b,c"
    std::string metric;
    bool json = false;
};

/// The learners that were named, each once, or every one that does the task.
Result<std::vector<std::string>> chosenLearners(const CompareFlags& flags, Task task)
{
    std::vector<std::string> ids;
    for (const std::string& id : splitList(flags.learners))
        if (std::find(ids.begin(), ids.end(), id) == ids.end())
            ids.push_back(id);
    for (const std::string& id : ids)
        if (const Result<const LearnerInfo*> learner = findLearner(id); !learner)
            return learner.error();
        else if (!hasTarget(task) && (*learner)->taskWithoutTarget().value_or(task) != task)
            return Error{ErrorCode::WrongTask, (*learner)->name + " does not do " + std::string(taskName(task)) + " as " + ids.front()
                                                   + " does: they have no metric in common."};
    if (ids.empty())
        for (const LearnerInfo& learner : learners())
            if (learner.supports(task))
                ids.push_back(learner.id);
    return ids;
}

Json compareToJson(const std::vector<TrainingPlan>& plans, const std::vector<PlanScore>& scores, const std::vector<std::size_t>& order, const TargetColumn& target,
                   const MetricInfo& metric, Json split)
{
    Json list = Json::array();
    for (std::size_t place = 0; place < order.size(); ++place) {
        const PlanScore& score = scores[order[place]];
        Json one = {{"learner", plans[order[place]].learner}, {"rank", place + 1}, {"train", summariesToJson(score.train)},
                    {"test", summariesToJson(score.test)}, {"seconds", score.seconds}, {"notices", score.notices}};
        addScoreNotes(one, score, metric);
        list.push_back(std::move(one));
    }
    Json document = {{"target", targetToJson(plans.front().target)}, {"task", std::string(taskName(target.task))}, {"split", std::move(split)}, {"metric", metric.id},
            {"higher_is_better", metric.higherIsBetter}, {"learners", list}};
    addPositive(document, target);
    return document;
}

void printCompare(const std::vector<TrainingPlan>& plans, const std::vector<PlanScore>& scores, const std::vector<std::size_t>& order,
                  const TargetColumn& target, const MetricInfo& metric, const std::string& how)
{
    print("Judged by " + how + "; best first by " + decidingText(metric) + ".\n\n");
    std::vector<std::string> shown = {metric.id};
    for (const char* usual : {"rmse", "r2", "accuracy", "f1_macro", "log_loss", "roc_auc", "noise_share"})
        if (usual != metric.id && std::any_of(scores.begin(), scores.end(), [&](const PlanScore& score) { return score.test.contains(usual); }))
            shown.emplace_back(usual);
    std::vector<std::vector<std::string>> rows = {{"learner"}};
    for (const std::string& name : shown)
        rows[0].push_back(name);
    rows[0].insert(rows[0].end(), {metric.id + ", train", "seconds", ""});
    for (const std::size_t i : order) {
        std::vector<std::string> row = {plans[i].learner};
        for (const std::string& name : shown)
            row.push_back(testText(scores[i], name));
        row.push_back(summaryText(scores[i].train, metric.id));
        row.push_back(scores[i].error ? "" : shortText(scores[i].seconds, 2));
        row.push_back(whyUnranked(scores[i], metric));
        rows.push_back(std::move(row));
    }
    printTable(rows);
    print(incompleteText(scores, metric));
    print(positiveLine(target, {{metric.id, 0.0}}));
}

int compare(const CompareFlags& flags)
{
    const Result<CsvImport> import = flags.training.read();
    if (!import)
        return refuse(import.error());
    const Table& table = import->table;
    TrainingPlan common;
    common.target = flags.training.target();
    common.task = flags.training.task();
    if (const std::vector<std::string> named = splitList(flags.learners); !named.empty())
        common.learner = named.front();             // without a target the task is that of the learners
    const Result<Task> task = taskOf(table, common);
    if (!task)
        return refuse(task.error());
    const Result<const MetricInfo*> metric = metricFor(flags.metric, *task);
    if (!metric)
        return refuse(metric.error());
    const Result<std::vector<std::string>> ids = chosenLearners(flags, *task);
    if (!ids)
        return refuse(ids.error());
    std::vector<TrainingPlan> plans;
    for (const std::string& id : *ids) {
        Result<TrainingPlan> plan = flags.training.planFor(id);
        if (!plan)
            return refuse(plan.error());
        plan->features = flags.training.featuresIn(table);
        plan->groupColumn = flags.folds.groupColumn();
        plans.push_back(*std::move(plan));
    }
    const Result<TargetColumn> target = targetOf(table, plans.front());
    if (!target)
        return refuse(target.error());
    const Result<std::vector<Split>> folds = flags.folds.foldsFor(table, plans.front());
    if (!folds)
        return refuse(folds.error());
    const Result<std::vector<PlanScore>> scores = scorePlans(table, plans, *folds, terminalProgress());
    if (!scores)
        return refuse(scores.error());
    const std::vector<std::size_t> order = ranked(*scores, **metric);
    if (const PlanScore& best = (*scores)[order.front()]; !decidingScore(best, **metric))
        return refuse(missingScore(best, **metric));
    const std::vector<std::string> notices = foldNotices(table, plans.front(), mostUnknown(*scores));
    printNotices(notices);
    if (flags.json) {
        Json document = compareToJson(plans, *scores, order, *target, **metric, flags.folds.toJson(table, plans.front(), folds->size()));
        document["notices"] = notices;
        printJson(document);
        return 0;
    }
    printCompare(plans, *scores, order, *target, **metric, flags.folds.sentence(table, plans.front()));
    return 0;
}

} // namespace

void addCompareCommand(CLI::App& app, int& exitCode)
{
    CLI::App* command = app.add_subcommand("compare", "Cross-validates several learners on the same rows and puts them in order");
    auto flags = std::make_shared<CompareFlags>();
    flags->training.addTo(*command);
    command->add_option("--learners", flags->learners, "Learners, a,b,c (every one that does the task by default); see `modelarium-cli learners`")
        ->check(notEmpty());
    command->add_option("--metric", flags->metric, "Metric that decides the order (rmse for numbers, accuracy for classes, without a target silhouette, or explained_variance_ratio); bic and aic are those of the rows learned from");
    flags->folds.addTo(*command);
    command->add_flag("--json", flags->json, "One JSON document on standard output");
    command->callback([flags, &exitCode] {
        flags->folds.check();
        flags->training.checkTask();
        exitCode = compare(*flags);
    });
}

} // namespace modelarium::cli
