#include "core/model/findings_json.h"

#include <algorithm>
#include <utility>

namespace modelarium {

nlohmann::ordered_json penaltyPathToJson(const PenaltyPath& path)
{
    return {{"folds", path.folds},
            {"chosen", path.chosen},
            {"alphas", path.alphas},
            {"features_in_use", path.featuresInUse},
            {"mean_squared_errors", path.errors},
            {"standard_errors", path.standardErrors}};
}

PenaltyPath penaltyPathFromJson(const nlohmann::json& value)
{
    const JsonFields fields(value, "the penalty path");
    PenaltyPath path;
    path.folds = std::size_t(fields.integer("folds", 2, std::int64_t(1) << 53));
    path.alphas = fields.numbers("alphas");
    if (path.alphas.empty())
        fields.refuse("alphas", "is an empty list");
    for (const std::int32_t count : fields.integers("features_in_use")) {
        if (count < 0)
            fields.refuse("features_in_use", "holds a number below 0");
        path.featuresInUse.push_back(std::size_t(count));
    }
    path.errors = fields.numbers("mean_squared_errors");
    path.standardErrors = fields.numbers("standard_errors");
    for (const auto& [key, length] : {std::pair("features_in_use", path.featuresInUse.size()), std::pair("mean_squared_errors", path.errors.size()),
                                      std::pair("standard_errors", path.standardErrors.size())})
        if (length != path.alphas.size())
            fields.refuse(key, "does not have one number for each alpha");
    for (const auto& [key, numbers] : {std::pair("alphas", &path.alphas), std::pair("mean_squared_errors", &path.errors), std::pair("standard_errors", &path.standardErrors)})
        if (std::any_of(numbers->begin(), numbers->end(), [](double number) { return number < 0; }))
            fields.refuse(key, "holds a number below 0");
    path.chosen = std::size_t(fields.integer("chosen", 0, std::int64_t(path.alphas.size()) - 1));
    return path;
}

} // namespace modelarium
