#include "app/cli/training_report.h"

#include "app/cli/terminal.h"
#include "core/base/counted.h"
#include "core/base/number_text.h"
#include "core/evaluate/curves.h"

#include <algorithm>

namespace modelarium::cli {

using Json = nlohmann::ordered_json;

Json metricsToJson(const Metrics& metrics)
{
    Json json = Json::object();
    for (const auto& [name, value] : inReadingOrder(metrics))
        json[name] = value;
    return json;
}

Json trainingMetricsToJson(const Provenance& provenance)
{
    Json json = {{"train", metricsToJson(provenance.metricsTrain)}, {"test", metricsToJson(provenance.metricsTest)}};
    if (!provenance.found.outOfBag.empty())
        json["out_of_bag"] = metricsToJson(provenance.found.outOfBag);
    return json;
}

std::vector<std::vector<std::string>> trainingMetricRows(const Provenance& provenance, const Intervals& intervals, const std::string& heading)
{
    const Metrics& outOfBag = provenance.found.outOfBag;
    std::vector<std::vector<std::string>> rows = {{"metric", "train", provenance.rowsTest ? "test" : ""}};
    if (!intervals.empty())
        rows[0].push_back(heading);
    if (!outOfBag.empty())
        rows[0].push_back("out of bag");
    const auto cell = [](const Metrics& metrics, const std::string& name) {
        const auto found = metrics.find(name);
        return found == metrics.end() ? std::string() : shortText(found->second, 6);
    };
    for (const auto& [name, value] : inReadingOrder(provenance.metricsTrain)) {
        rows.push_back({name, shortText(value, 6), cell(provenance.metricsTest, name)});
        if (!intervals.empty())
            rows.back().push_back(intervalText(intervals, name));
        if (!outOfBag.empty())
            rows.back().push_back(cell(outOfBag, name));
    }
    return rows;
}

std::string positiveLine(const TargetColumn& target, const Metrics& metrics)
{
    std::vector<std::string> names;
    for (const char* name : {"precision", "recall", "f1", "pr_auc"})
        if (metrics.contains(name))
            names.push_back(name);
    if (!target.positiveClass() || names.empty())
        return {};
    std::string text = names.front();
    for (std::size_t i = 1; i < names.size(); ++i)
        text += (i + 1 == names.size() ? " and " : ", ") + names[i];
    return text + (names.size() == 1 ? " is that" : " are those") + " of the class \"" + *target.positiveClass() + "\".\n";
}

void addPositive(Json& document, const TargetColumn& target)
{
    if (const std::string* positive = target.positiveClass())
        document["positive_class"] = *positive;
}

void printPenaltyPath(const PenaltyPath& path)
{
    constexpr std::size_t mostShown = 12;
    std::vector<std::size_t> places = thinned(path.alphas.size(), mostShown);
    places.push_back(path.chosen);
    std::sort(places.begin(), places.end());
    places.erase(std::unique(places.begin(), places.end()), places.end());
    std::vector<std::vector<std::string>> rows = {{"alpha", "features in use", "mean squared error", "standard error", ""}};
    for (const std::size_t i : places)
        rows.push_back({shortText(path.alphas[i], 4), countText(path.featuresInUse[i]), shortText(path.errors[i], 6), shortText(path.standardErrors[i], 3),
                        i == path.chosen ? "chosen" : ""});
    print("\n");
    printTable(rows);
    if (places.size() < path.alphas.size())
        print("These are " + countText(places.size()) + " of " + counted(path.alphas.size(), "alpha", "alphas") + "; --json has all of them.\n");
}

} // namespace modelarium::cli
