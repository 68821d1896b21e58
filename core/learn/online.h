#pragma once

#include "core/learn/learner.h"
#include "core/model/online_state.h"

#include <cstdint>
#include <string>
#include <vector>

namespace modelarium {

/// All that a learner knows before the first row.
struct OnlineShape {
    Task task = Task::Regression;
    std::size_t features = 0;
    std::vector<std::string> classNames;            ///< empty for regression
    double targetMean = 0;                          ///< of the rows that the preparation was learned from, for learners
    double targetScale = 1;                         ///< that want their target on a common scale
};

/// A training whose rows come from outside, in batches of any size, each seen once. How the rows are cut into batches never
/// changes a bit of what is learned.
///
/// It has no steps of its own: fit() has nothing to do for it.
class OnlineRun : public TrainingRun {
public:
    /// Learns from each row in turn. Where `before` is not null it receives the answer to each row just before the row was
    /// learned from: an honest score, because no answer ever knew its row.
    ///
    /// Shape    before (n_samples, outputs), as of a Predictor
    /// Errors   WrongType (another number of features or classes); NotFinite (names row and column); Diverged. The rows before the
    ///          one that an error names were learned from
    Result<Progress> partialFit(const Dataset& batch, Matrix* before = nullptr);

    std::uint64_t rows() const { return m_rows; }

    /// Everything that going on needs, and back. A run with the state of another answers and learns as that one would have.
    OnlineState state() const;
    /// Errors   BadModelFile where the state is not of such a run
    Result<void> setState(const OnlineState& state);

    bool isFinished() const final { return true; }
    Result<Progress> step() final;

protected:
    explicit OnlineRun(OnlineShape shape) : m_shape(std::move(shape)) {}

    const OnlineShape& shape() const { return m_shape; }
    std::size_t outputs() const { return m_shape.task == Task::Regression ? 1 : m_shape.classNames.size(); }

    virtual void predictRow(const double* x, double* out) const = 0;
    /// After an error the run has learned nothing from the row, or it has diverged. The sentence need not name the row.
    virtual Result<void> learnRow(const double* x, double y) = 0;
    virtual double loss() const = 0;                ///< of the rows so far, in the learner's own objective
    virtual void saveState(OnlineState& state) const = 0;
    /// False where something is missing or of another size.
    virtual bool takeState(const OnlineState& state) = 0;

private:
    OnlineShape m_shape;
    std::uint64_t m_rows = 0;
};

/// Copies the numbers of that name where there are just as many as `to` holds.
bool takeNumbers(const OnlineState& state, const std::string& name, Eigen::Ref<Vector> to);
bool takeCount(const OnlineState& state, const std::string& name, std::uint64_t& to);

} // namespace modelarium
