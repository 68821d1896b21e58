#pragma once

#include "core/base/result.h"
#include "core/data/dataset.h"
#include "core/learn/hyperparameters.h"
#include "core/model/findings.h"
#include "core/model/parameters.h"

#include <memory>
#include <string>

namespace modelarium {

/// Where a run stands after a step.
struct Progress {
    std::size_t step = 0;                           ///< steps done so far
    double loss = 0;                                ///< of the training samples, in the learner's own objective
    std::string what;                               ///< the step in words: "Newton step 3", "split on x1 <= 3.2"
    HyperparameterValues chosen{};                  ///< by the run itself, in place of what it was given: a cross-validated alpha
    Findings found{};                               ///< so far: out of bag after every tree, the path of penalties when it is done
};

/// One training in flight. Mutable, used by one thread at a time, thrown away once frozen.
class TrainingRun {
public:
    virtual ~TrainingRun() = default;
    TrainingRun() = default;
    TrainingRun(const TrainingRun&) = delete;
    TrainingRun& operator=(const TrainingRun&) = delete;

    /// One iteration = one frame = one chance to stop. Calling it when isFinished() is a programming error.
    /// Errors   Diverged: "the loss became infinite at step 12: the learning rate 3 is too large"; NotFinite (names row and column) where
    ///          the run is the first to look at every cell
    virtual Result<Progress> step() = 0;
    virtual bool isFinished() const = 0;

    /// A deep copy of what has been learned so far. Valid before the first step too: the starting point.
    virtual Parameters freeze() const = 0;

    /// What a person should know about the result, one sentence each: "the classes are separated perfectly", ...
    virtual std::vector<std::string> notices() const { return {}; }
};

/// A learning algorithm with its hyperparameters, checked when it was made. Const: one learner, many runs.
class Learner {
public:
    virtual ~Learner() = default;
    /// Errors   those of checkDataset, but for cells that the steps look at; what the algorithm itself cannot work with
    virtual Result<std::unique_ptr<TrainingRun>> begin(DatasetPtr train, std::uint64_t seed) const = 0;
};

/// A run whose whole work is one step: least squares, ridge, nearest neighbours.
class OneStepRun : public TrainingRun {
public:
    Result<Progress> step() final;
    bool isFinished() const final { return m_done; }

protected:
    virtual Result<Progress> solve() = 0;

private:
    bool m_done = false;
};

} // namespace modelarium
