#include "core/prepare/step_choices.h"

#include <algorithm>

namespace modelarium {

bool readsCells(const StepChoice& step)
{
    return std::holds_alternative<ImputeChoice>(step.what) || std::holds_alternative<EncodeChoice>(step.what);
}

bool takesEveryColumn(const StepChoice& step)
{
    const auto* impute = std::get_if<ImputeChoice>(&step.what);
    const bool fitsAll = !impute || (impute->method != Imputation::Constant && impute->method != Imputation::OwnLevel);
    return step.columns.empty() && fitsAll;
}

std::vector<StepChoice> orderedSteps(const PreparationChoices& choices)
{
    std::vector<StepChoice> list = choices.steps;
    const auto numbers = std::stable_partition(list.begin(), list.end(), readsCells);
    std::vector<StepChoice> rest(numbers, list.end());
    list.erase(numbers, list.end());
    // What the program does unasked takes the columns that are left.
    const auto leavesOpen = [&](auto isSuch) {
        return std::none_of(list.begin(), list.end(), [&](const StepChoice& step) { return isSuch(step) && takesEveryColumn(step); });
    };
    if (leavesOpen([](const StepChoice& step) { return std::holds_alternative<ImputeChoice>(step.what); }))
        list.push_back({ImputeChoice{choices.imputation, "", false}, {}});
    if (leavesOpen([](const StepChoice& step) { return std::holds_alternative<EncodeChoice>(step.what); }))
        list.push_back({EncodeChoice{Encoding::OneHot, choices.unknownCategory.value_or(UnknownCategory::TreatAsMissing), 1, {}}, {}});
    list.insert(list.end(), rest.begin(), rest.end());
    if (choices.polynomialDegree > 1)
        list.push_back({PolynomialChoice{choices.polynomialDegree, false}, {}});
    if (choices.scaling != Scaling::None)
        list.push_back({ScaleChoice{choices.scaling, 0, 1}, {}});
    return list;
}

PreparationChoices asList(const PreparationChoices& choices)
{
    PreparationChoices result;
    result.referenceLevel = choices.referenceLevel;
    result.imputation = choices.imputation;
    result.unknownCategory = choices.unknownCategory;
    result.steps = orderedSteps(choices);
    return result;
}

bool scalesFeatures(const PreparationChoices& choices)
{
    return choices.scaling != Scaling::None || std::any_of(choices.steps.begin(), choices.steps.end(), [](const StepChoice& step) {
        return std::holds_alternative<ScaleChoice>(step.what);
    });
}

std::string_view stepName(const StepChoice& step)
{
    if (const auto* scale = std::get_if<ScaleChoice>(&step.what))
        return scale->method == Scaling::MinMax ? "minmax" : scale->method == Scaling::Robust ? "robust" : "standardise";
    if (const auto* power = std::get_if<PowerChoice>(&step.what))
        return power->family == PowerFamily::Logarithm ? "log" : "power";
    if (std::holds_alternative<ImputeChoice>(step.what))
        return "impute";
    if (std::holds_alternative<EncodeChoice>(step.what))
        return "encode";
    if (std::holds_alternative<BinChoice>(step.what))
        return "bin";
    return std::holds_alternative<PcaChoice>(step.what) ? "pca" : "polynomial";
}

} // namespace modelarium
