#pragma once

#include "core/data/dataset.h"
#include "core/learn/hyperparameters.h"
#include "core/learn/learner.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace modelarium {

class OnlineRun;
struct OnlineShape;

/// A learner as the program knows it: its names, its help, its table, and how to make one.
struct LearnerInfo {
    std::string id;                                 ///< "linear_regression"
    std::string name;                               ///< "Least squares"
    std::string help;                               ///< one or two sentences: what it does and what it is good for
    std::string objective;                          ///< what its parameters minimise or are, in scikit-learn's terms: what is averaged, what is penalised
    std::vector<Task> tasks;
    HyperparameterTable table;
    std::string stepName;                           ///< what one step is: "Newton step", "split"
    bool wantsScaling = false;                      ///< distances or descent: standardised features are advised
    bool wantsReferenceLevel = false;               ///< an intercept makes full one-hot columns collinear
    bool wantsCategories = false;                   ///< counts levels: every feature is to be a category
    std::unique_ptr<const Learner> (*make)(const Hyperparameters&, Task) = nullptr;

    /// A run that learns from rows as they come, in batches of any size (online.h); null where all rows are needed at once. It
    /// gives null for hyperparameters that have no such form.
    std::unique_ptr<OnlineRun> (*makeOnline)(const Hyperparameters&, OnlineShape, std::uint64_t seed) = nullptr;
    std::vector<std::string> onlineHyperparameters; ///< those of the table that play a part then
    std::string onlineLimits;                       ///< what their values must be then: "its penalty can be l2 or none"

    bool supports(Task task) const;
    /// What it learns where there is no target; empty where it needs one.
    std::optional<Task> taskWithoutTarget() const;
    /// Whether it asks for a common scale with these hyperparameters: an exact solver does not care.
    bool advisesScaling(const HyperparameterValues& values) const;
};

/// Every learner of the program, in the order in which a course meets them.
const std::vector<LearnerInfo>& learners();

/// Errors   UnknownLearner: lists the ids there are
Result<const LearnerInfo*> findLearner(std::string_view id);

} // namespace modelarium
