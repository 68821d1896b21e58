#pragma once

#include "core/evaluate/prequential.h"
#include "core/learn/online.h"
#include "core/learn/training.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace modelarium {

/// Training from a stream of rows: the first ones teach the preparation, then every row is predicted, scored and learned from,
/// once, in order. How the rows are cut into tables, or the training into parts, changes no bit of the model.
class OnlineTraining {
public:
    /// `first` are the first rows of the stream: the preparation, the classes and the scale of a numeric target are learned from
    /// them, and nothing else yet. Categories that they do not know count as missing later, unless the plan
    /// says what becomes of them.
    ///
    /// Errors   those of prepareTraining; Unsupported (a learner that needs all rows at once); BadHyperparameter (one that plays no
    ///          part when rows come one by one)
    static Result<OnlineTraining> begin(const Table& first, TrainingPlan plan);

    /// Goes on where the training of `model` stopped.
    ///
    /// Errors   Unsupported (a frozen model); BadModelFile where its state does not fit it
    static Result<OnlineTraining> resume(const Model& model);

    /// Learns from rows [from, from + count) of the table, in order; rows without a target are left out and counted.
    ///
    /// Errors   those of makeDataset and OnlineRun::partialFit, with the row counted from the beginning of this stream. The rows
    ///          before it were learned from
    Result<void> learn(const Table& table, std::size_t from, std::size_t count);
    /// So many rows of this stream were left out before: the next ones are counted from there.
    void skipped(std::size_t rows) { m_streamRows += rows; }

    std::uint64_t rowsRead() const { return m_read; }               ///< in all parts of the training, with those without a target
    std::uint64_t rowsLearned() const { return m_run->rows(); }
    std::uint64_t rowsWithoutTarget() const { return m_withoutTarget; }
    double loss() const { return m_loss; }
    /// Of all rows so far; but of those after the first ones where something was learned from these, which they would flatter.
    const PrequentialScore& score() const { return m_score; }
    std::uint64_t scoredFrom() const { return scoreKnowsItsRows() ? 1 : m_taught + 1; }   ///< which row of the training is the first in the score
    /// True while no row has come after the first ones, which taught the preparation or the scale of the target and are scored all the same.
    bool scoreKnowsItsRows() const { return m_taught > 0 && m_read <= m_taught; }
    const PrequentialScore& recentScore() const { return m_recent; }///< since the last call of forgetRecent()
    void forgetRecent() { m_recent = m_score.emptied(); }

    const TargetColumn& target() const { return m_target; }
    const Preparation& preparation() const { return m_preparation; }
    const std::vector<std::string>& notices() const { return m_notices; }

    /// The model as it is now, with what its learner needs to go on. Its training metrics are the prequential score.
    ///
    /// Errors   NotFinite where a parameter is not a number
    Result<ModelPtr> model(double seconds) const;

private:
    OnlineTraining() = default;
    Result<void> startRun(double targetMean, double targetScale);
    void addScores(const Dataset& data, const Matrix& before, const std::vector<std::size_t>& rows, std::size_t from, std::size_t done);

    Preparation m_preparation;
    TargetColumn m_target;
    Provenance m_provenance;
    Table m_reference;                              ///< rows for the certificate
    std::unique_ptr<OnlineRun> m_run;
    PrequentialScore m_score;
    PrequentialScore m_recent;
    std::uint64_t m_read = 0;
    std::uint64_t m_withoutTarget = 0;
    std::uint64_t m_taught = 0;                     ///< so many first rows taught something before they were scored
    std::size_t m_streamRows = 0;
    double m_loss = 0;
    std::vector<std::string> m_notices;
};

} // namespace modelarium
