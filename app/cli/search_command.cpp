#include "app/cli/commands.h"

#include "app/cli/evaluation_flags.h"
#include "app/cli/learner_json.h"
#include "app/cli/terminal.h"
#include "app/cli/training_report.h"
#include "core/base/counted.h"
#include "core/base/number_text.h"

#include <algorithm>
#include <memory>

namespace modelarium::cli {

namespace {

using Json = nlohmann::ordered_json;

struct SearchFlags {
    TrainingFlags training;
    FoldFlags folds;
    std::string learner;
    std::vector<std::string> grid;                  ///< "name=v1,v2,..."
    std::vector<std::string> ranges;                ///< "name=low:high"
    std::size_t random = 0;                         ///< 0: every combination
    std::string metric;
    bool json = false;
};

Error badAxis(const std::string& text, const char* form)
{
    return {ErrorCode::BadHyperparameter, "\"" + text + "\" is not of the form " + form + ".", Place{.hyperparameter = text.substr(0, text.find('='))}};
}

Result<SearchAxis> readList(const LearnerInfo& learner, const std::string& text)
{
    const std::size_t sign = text.find('=');
    if (sign == std::string::npos)
        return badAxis(text, "name=v1,v2,...");
    const Result<const HyperparameterSpec*> spec = findHyperparameter(learner, text.substr(0, sign));
    if (!spec)
        return spec.error();
    SearchAxis axis{(*spec)->name, {}, 0, 0};
    std::vector<std::string> parts = splitList(std::string_view(text).substr(sign + 1));
    if (parts.empty())
        parts.emplace_back();                       // no hidden layer is a value too
    for (const std::string& part : parts) {
        const Result<HyperparameterValue> value = parseHyperparameter(**spec, part);
        if (!value)
            return value.error();
        axis.values.push_back(*value);
    }
    return axis;
}

Result<SearchAxis> readRange(const LearnerInfo& learner, const std::string& text)
{
    const std::size_t sign = text.find('='), colon = text.find(':', sign == std::string::npos ? 0 : sign);
    if (sign == std::string::npos || colon == std::string::npos)
        return badAxis(text, "name=low:high");
    const Result<const HyperparameterSpec*> spec = findHyperparameter(learner, text.substr(0, sign));
    if (!spec)
        return spec.error();
    const std::optional<double> low = parseNumber(std::string_view(text).substr(sign + 1, colon - sign - 1)),
                                high = parseNumber(std::string_view(text).substr(colon + 1));
    if (!low || !high)
        return badAxis(text, "name=low:high with two numbers");
    return SearchAxis{(*spec)->name, {}, *low, *high};
}

/// What is varied: as named; where nothing is named, all of the learner's table that tunes it, around its defaults.
Result<std::vector<SearchAxis>> readAxes(const SearchFlags& flags, const LearnerInfo& learner, Task task)
{
    std::vector<SearchAxis> axes;
    for (const std::string& text : flags.grid) {
        Result<SearchAxis> axis = readList(learner, text);
        if (!axis)
            return axis.error();
        axes.push_back(*std::move(axis));
    }
    for (const std::string& text : flags.ranges) {
        Result<SearchAxis> axis = readRange(learner, text);
        if (!axis)
            return axis.error();
        axes.push_back(*std::move(axis));
    }
    for (const SearchAxis& axis : axes) {
        if (const Result<void> useful = checkForTask(learner.table, {{axis.name, axis.low}}, task); !useful)
            return useful.error();
        if (flags.training.sets(axis.name))
            return Error{ErrorCode::BadHyperparameter, "\"" + axis.name + "\" is set and varied: leave out one of the two.", Place{.hyperparameter = axis.name}};
    }
    if (axes.empty()) {
        std::string names;
        for (const HyperparameterSpec& spec : tableFor(learner.table, task)) {
            if (!spec.tunes || flags.training.sets(spec.name))
                continue;
            axes.push_back(suggestedAxis(spec));
            names += (names.empty() ? "" : ", ") + spec.name;
        }
        if (axes.empty())
            return Error{ErrorCode::Unsupported, learner.name + " has no hyperparameter to search for"
                                                     + (std::any_of(learner.table.begin(), learner.table.end(), [](const HyperparameterSpec& spec) { return spec.tunes; })
                                                            ? " that is not set." : ".")};
        notice("Note: no hyperparameter is named, so these are drawn around their defaults: " + names + ".");
    }
    return axes;
}

Json searchToJson(const SearchResult& result, const TrainingPlan& plan, const TargetColumn& target, const MetricInfo& metric, Json split)
{
    std::vector<std::size_t> ranks(result.order.size());
    for (std::size_t place = 0; place < result.order.size(); ++place)
        ranks[result.order[place]] = place + 1;
    Json candidates = Json::array();
    for (std::size_t i = 0; i < result.candidates.size(); ++i) {
        const PlanScore& score = result.scores[i];
        Json one = {{"hyperparameters", valuesToJson(result.candidates[i])}, {"rank", ranks[i]}, {"train", summariesToJson(score.train)},
                    {"test", summariesToJson(score.test)}, {"seconds", score.seconds}};
        addScoreNotes(one, score, metric);
        candidates.push_back(std::move(one));
    }
    Json document = {{"learner", plan.learner}, {"target", targetToJson(plan.target)}, {"split", std::move(split)}, {"metric", metric.id}, {"higher_is_better", metric.higherIsBetter},
            {"best", {{"hyperparameters", valuesToJson(result.best())}, {"score", decidingScore(result.scores[result.order.front()], metric)->mean}}},
            {"candidates", candidates}};
    addPositive(document, target);
    return document;
}

void printSearch(const SearchResult& result, const TargetColumn& target, const MetricInfo& metric, const std::string& how)
{
    constexpr std::size_t mostShown = 20;
    print("Judged by " + how + "; the best of " + countText(result.candidates.size()) + " by " + decidingText(metric) + ":\n");
    for (const auto& [name, value] : result.best())
        print("  --set " + name + "=" + hyperparameterText(value) + "\n");
    print("Its score is a little too good, for it was chosen by it: judge it by rows that took no part.\n\n");
    std::vector<std::vector<std::string>> rows = {{"rank", metric.id + ", test", metric.id + ", train", "hyperparameters"}};
    for (std::size_t place = 0; place < std::min(result.order.size(), mostShown); ++place) {
        const std::size_t i = result.order[place];
        std::string values;
        for (const auto& [name, value] : result.candidates[i])
            values += (values.empty() ? "" : " ") + name + "=" + hyperparameterText(value);
        const PlanScore& score = result.scores[i];
        rows.push_back({std::to_string(place + 1), testText(score, metric.id), summaryText(score.train, metric.id),
                        decidingScore(score, metric) ? values : values + ": " + whyUnranked(score, metric)});
    }
    printTable(rows);
    print(incompleteText(result.scores, metric));
    if (result.order.size() > mostShown)
        print("and " + countText(result.order.size() - mostShown) + " more; --json lists all.\n");
    print(positiveLine(target, {{metric.id, 0.0}}));
}

int search(const SearchFlags& flags)
{
    Result<TrainingPlan> plan = flags.training.planFor(flags.learner);
    if (!plan)
        return refuse(plan.error());
    const LearnerInfo& learner = **findLearner(flags.learner);
    const Result<CsvImport> import = flags.training.read();
    if (!import)
        return refuse(import.error());
    plan->features = flags.training.featuresIn(import->table);
    plan->groupColumn = flags.folds.groupColumn();
    const Result<TargetColumn> target = targetOf(import->table, *plan);
    if (!target)
        return refuse(target.error());
    const Result<std::vector<SearchAxis>> axes = readAxes(flags, learner, target->task);
    if (!axes)
        return refuse(axes.error());
    const Result<std::vector<HyperparameterValues>> candidates = flags.random > 0
        ? randomCandidates(learner, plan->hyperparameters, *axes, flags.random, plan->seed)
        : gridCandidates(learner, plan->hyperparameters, *axes);
    if (!candidates)
        return refuse(candidates.error());
    if (flags.random > candidates->size())
        notice("Note: there are only " + countText(candidates->size()) + " different combinations.");
    const Result<std::vector<Split>> folds = flags.folds.foldsFor(import->table, *plan);
    if (!folds)
        return refuse(folds.error());
    const Result<SearchResult> result = searchHyperparameters(import->table, *plan, *candidates, *folds, flags.metric, terminalProgress());
    if (!result)
        return refuse(result.error());
    const std::vector<std::string> notices = foldNotices(import->table, *plan, mostUnknown(result->scores));
    printNotices(notices);
    const MetricInfo& metric = *findMetric(result->metric);
    if (flags.json) {
        Json document = searchToJson(*result, *plan, *target, metric, flags.folds.toJson(import->table, *plan, folds->size()));
        document["notices"] = notices;
        printJson(document);
        return 0;
    }
    printSearch(*result, *target, metric, flags.folds.sentence(import->table, *plan));
    return 0;
}

} // namespace

void addSearchCommand(CLI::App& app, int& exitCode)
{
    CLI::App* command = app.add_subcommand("search", "Looks for good hyperparameters by cross-validation: every combination of a grid, or some at random");
    auto flags = std::make_shared<SearchFlags>();
    flags->training.addTo(*command);
    command->add_option("--learner", flags->learner, "Learner; see `modelarium-cli learners`")->required();
    flags->training.addSettingsTo(*command);
    CLI::Option* grid = command->add_option("--grid", flags->grid, "Values to try, name=v1,v2,...; may be repeated")->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)->check(assignment("name=v1,v2,..."));
    CLI::Option* random = command->add_option("--random", flags->random, "Number of combinations to draw at random, instead of trying all")
        ->check(CLI::Range(1, 10000));
    command->add_option("--range", flags->ranges, "Range to draw from, name=low:high; may be repeated")->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)->check(assignment("name=low:high"))->needs(random);
    command->add_option("--metric", flags->metric, "Metric that decides (rmse for numbers, accuracy for classes, without a target silhouette, or explained_variance_ratio); bic and aic are those of the rows learned from");
    flags->folds.addTo(*command);
    command->add_flag("--json", flags->json, "One JSON document on standard output");
    command->callback([flags, grid, random, &exitCode] {
        if (grid->count() == 0 && random->count() == 0)
            throw CLI::RequiredError("--grid or --random");
        flags->folds.check();
        flags->training.checkTargetFor(flags->learner);
        exitCode = search(*flags);
    });
}

} // namespace modelarium::cli
