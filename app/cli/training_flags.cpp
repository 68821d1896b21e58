#include "app/cli/training_flags.h"

#include "app/cli/terminal.h"

#include <algorithm>
#include <filesystem>

namespace modelarium::cli {

namespace {

Result<HyperparameterValues> readSettings(const LearnerInfo& learner, const std::vector<std::string>& settings)
{
    HyperparameterValues values;
    for (const std::string& setting : settings) {
        const std::size_t sign = setting.find('=');
        const std::string name = setting.substr(0, sign);
        const Result<const HyperparameterSpec*> spec = findHyperparameter(learner, name);
        if (!spec)
            return spec.error();
        const Result<HyperparameterValue> value = parseHyperparameter(**spec, std::string_view(setting).substr(sign + 1));
        if (!value)
            return value.error();
        if (const auto [before, isFirst] = values.try_emplace(name, *value); !isFirst)
            return Error{ErrorCode::BadHyperparameter, "\"" + name + "\" is set twice, to " + hyperparameterText(before->second) + " and to "
                                                           + hyperparameterText(*value) + ": once is enough.", Place{.hyperparameter = name}};
    }
    return withConditions(learner.table, std::move(values));
}

} // namespace

Result<const HyperparameterSpec*> findHyperparameter(const LearnerInfo& learner, const std::string& name)
{
    std::string names;
    for (const HyperparameterSpec& row : learner.table) {
        if (row.name == name)
            return &row;
        names += (names.empty() ? "" : ", ") + row.name;
    }
    Place place;
    place.hyperparameter = name;
    return Error{ErrorCode::UnknownHyperparameter, learner.id + " has no hyperparameter \"" + name + "\": it has "
                                                       + (names.empty() ? std::string("none") : names) + ".", place};
}

std::vector<std::string> splitList(std::string_view text)
{
    std::vector<std::string> parts;
    while (!text.empty()) {
        const std::size_t length = std::min(text.find(','), text.size());
        parts.emplace_back(text.substr(0, length));
        text.remove_prefix(std::min(length + 1, text.size()));
    }
    return parts;
}

CLI::Validator probability()
{
    return CLI::Validator([](std::string& text) {
        double share = 0;
        return CLI::detail::lexical_cast(text, share) && share >= 0 && share <= 1 ? std::string() : "\"" + text + "\" is not a number from 0 to 1";
    }, "FLOAT in [0 - 1]");
}

CLI::Validator shareOfRows()
{
    return CLI::Validator([](std::string& text) {
        double share = 0;
        return CLI::detail::lexical_cast(text, share) && share >= 0 && share <= 0.95 ? std::string() : "\"" + text + "\" is not a share from 0 to 0.95";
    }, "FLOAT in [0 - 0.95]");
}

void TrainingFlags::addTo(CLI::App& command)
{
    command.add_option("FILE", m_file, "Data file (.csv), or - for standard input")->required();
    command.add_option("--target", m_target, "Column to predict; none for learners that find groups or directions")->check(notEmpty());
    command.add_option("--features", m_features, "Columns to predict from, A,B,... (every usable column by default)")
        ->check(notEmpty());
    m_preparation.addTo(command);
    command.add_option("--task", m_task, "Task (by the type of the target by default)")->check(CLI::IsMember({"regression", "classification"}));
    command.add_option("--positive", m_positive, "Of two classes the one that precision, recall, F1 and a threshold are about (by default the one that says yes, of numbers the greater one, "
                                                      "otherwise the one that the file names second, or --classes does)")
        ->check(notEmpty());
    command.add_option("--seed", m_seed, "Seed of the split and of the learner")->check(wholeNumber())->capture_default_str();
    m_data.addTo(command);
}

void TrainingFlags::addSettingsTo(CLI::App& command)
{
    command.add_option("--set", m_settings, "Hyperparameter, name=value; may be repeated")->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)->check(assignment("name=value"));
}

void TrainingFlags::checkTargetFor(const std::string& id) const
{
    const Result<const LearnerInfo*> learner = findLearner(id);
    if (m_target.empty() && learner && !(*learner)->taskWithoutTarget())
        throw CLI::RequiredError("--target");
    checkTask();
}

void TrainingFlags::checkTask() const
{
    if (m_target.empty() && !m_task.empty())
        throw CLI::ValidationError("--task", "says what a target is, and there is none: add --target, or leave --task out");
}

Result<TrainingPlan> TrainingFlags::planFor(const std::string& id) const
{
    const Result<const LearnerInfo*> learner = findLearner(id);
    if (!learner)
        return learner.error();
    Result<HyperparameterValues> values = readSettings(**learner, m_settings);
    if (!values)
        return values.error();

    TrainingPlan plan;
    plan.target = m_target;
    plan.learner = id;
    plan.hyperparameters = *std::move(values);
    plan.seed = m_seed;
    plan.dataName = m_file == "-" ? "standard input" : std::filesystem::path(m_file).filename().string();
    Result<PreparationChoices> preparation = m_preparation.choices();
    if (!preparation)
        return preparation.error();
    plan.preparation = *std::move(preparation);
    plan.task = task();
    plan.positive = m_positive;
    if ((*learner)->advisesScaling(plan.hyperparameters) && !scalesFeatures(plan.preparation))
        notice("Note: " + (*learner)->name + " works better on a common scale; --scale standard gives it one.");
    return plan;
}

bool TrainingFlags::sets(const std::string& hyperparameter) const
{
    return std::any_of(m_settings.begin(), m_settings.end(), [&](const std::string& setting) { return setting.starts_with(hyperparameter + "="); });
}

std::optional<Task> TrainingFlags::task() const
{
    if (m_task.empty())
        return std::nullopt;
    return m_task == "regression" ? Task::Regression : Task::Classification;
}

std::vector<std::string> TrainingFlags::featuresIn(const Table& table) const { return columnsNamed(m_features, table); }

std::vector<std::string> columnsNamed(std::string_view text, const Table& table)
{
    std::vector<std::string> names;
    while (!text.empty()) {
        std::size_t length = std::min(text.find(','), text.size());
        for (std::size_t j = 0; j < table.columns(); ++j) {
            const std::string& name = table.column(j).name();
            if (name.size() > length && text.starts_with(name) && (name.size() == text.size() || text[name.size()] == ','))
                length = name.size();
        }
        names.emplace_back(text.substr(0, length));
        text.remove_prefix(std::min(length + 1, text.size()));
    }
    return names;
}

} // namespace modelarium::cli
