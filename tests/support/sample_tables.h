#pragma once

#include "core/base/random.h"
#include "core/data/table.h"
#include "core/evaluate/freeze.h"
#include "core/learn/training.h"
#include "core/model/parameters_json.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

/// Small tables with everything that real ones have, and the shortest way from one to a frozen model.
namespace modelarium::samples {

/// Two numbers, a category with a name outside ASCII, a boolean; a few missing cells. The last columns are a value and a class
/// of three, both with noise, so that no learner fits them perfectly.
inline Table mixedTable(std::size_t rows = 60, std::uint64_t seed = 7)
{
    Random random(seed);
    std::vector<double> mass(rows), length(rows), value(rows);
    std::vector<std::string> island(rows), wet(rows), species(rows);
    for (std::size_t i = 0; i < rows; ++i) {
        mass[i] = 3000 + 800 * random.normal();
        length[i] = 40 + 5 * random.normal();
        const std::size_t place = random.below(3);
        island[i] = std::vector<std::string>{"Bisçoe", "Dream, \"far\"", "Torgersen"}[place];
        wet[i] = random.uniform() < 0.4 ? "yes" : "no";
        value[i] = 0.01 * mass[i] - 0.3 * length[i] + 2 * double(place) + random.normal();
        species[i] = std::vector<std::string>{"Adélie", "Chinstrap", "Gentoo"}[std::size_t(value[i] > 18) + std::size_t(value[i] > 26)];
    }
    for (std::size_t i = 5; i < rows; i += 17) {
        mass[i] = std::nan("");
        island[i].clear();
    }
    const auto numbers = [](const char* name, const std::vector<double>& values) {
        return std::make_shared<const Column>(Column::numbers(name, Buffer<double>(values.begin(), values.end())));
    };
    const auto words = [](const char* name, const std::vector<std::string>& values) {
        return std::make_shared<const Column>(Column::categories(name, values));
    };
    return *Table::make({numbers("body mass", mass), numbers("länge", length), words("island", island), words("wet", wet),
                         numbers("value", value), words("species", species)});
}

inline const std::vector<std::string>& mixedFeatures()
{
    static const std::vector<std::string> names = {"body mass", "länge", "island", "wet"};
    return names;
}

inline TrainingPlan planFor(const LearnerInfo& learner, Task task)
{
    TrainingPlan plan;
    plan.features = learner.wantsCategories ? std::vector<std::string>{"island", "wet"} : mixedFeatures();
    plan.target = !hasTarget(task) ? "" : task == Task::Regression ? "value" : "species";
    plan.learner = learner.id;
    plan.preparation.scaling = Scaling::Standardise;
    plan.dataName = "birds.csv";
    return plan;
}

inline Result<ModelPtr> trainedModel(const Table& table, const TrainingPlan& plan)
{
    const Result<PreparedTraining> training = prepareTraining(table, plan);
    if (!training)
        return training.error();
    const Result<FitOutcome> outcome = fit(*training->learner, training->train, plan.seed);
    if (!outcome)
        return outcome.error();
    return freezeModel(*training, outcome->parameters, outcome->last.step, outcome->seconds, FrozenFor::Keeping, outcome->last.chosen, outcome->last.found);
}

/// Equal texts are equal bits: numbers are written exactly, with the sign of zero.
inline std::string exactBits(const Parameters& parameters) { return parametersToJson(parameters).dump(); }

inline bool sameBits(const Matrix& a, const Matrix& b)
{
    return a.rows() == b.rows() && a.cols() == b.cols()
        && std::equal(a.data(), a.data() + a.size(), b.data(),
                      [](double x, double y) { return std::bit_cast<std::uint64_t>(x) == std::bit_cast<std::uint64_t>(y); });
}

} // namespace modelarium::samples
