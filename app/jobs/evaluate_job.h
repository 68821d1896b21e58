#pragma once

#include "app/jobs/worker.h"
#include "core/data/split.h"
#include "core/model/model.h"

#include <QObject>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace modelarium {

/// While groups are learned in half-steps, the rows wear the groups that they were given last: a move of the centres gives none.
struct GroupsGiven {
    bool apart = false;                             ///< they are not those that the model on show would give
    ModelPtr by;                                    ///< what gave them; null: none were given yet

    bool operator==(const GroupsGiven&) const = default;
};

/// How a model does on a table.
struct Evaluation {
    ModelPtr model;
    Table table;
    Split split;                                    ///< rows that were learned from, and rows that were kept back
    bool rowsChanged = false;                       ///< the rows are not those of the training: all count as test rows
    Prediction prediction;                          ///< one answer a row of the table
    std::optional<Vector> groups;                   ///< one a row where they are not those of the prediction; -1: not given yet
    Vector truth;                                   ///< one a row: value, or code among the model's classes; NaN where there is none
    std::map<std::string, double> metricsTrain;
    std::map<std::string, double> metricsTest;
    Eigen::MatrixXi confusionTrain;                 ///< rows are the truth, columns the prediction; empty for regression
    Eigen::MatrixXi confusionTest;
    double secondsPerPrediction = 0;                ///< one row, measured by repeating it; 0 where it was not measured
    std::string unknownWords;                       ///< a sentence where test rows hold categories that the model does not know
    std::optional<Error> error;                     ///< why the model has no answer for this table; the rest is empty then
};
using SplitPtr = std::shared_ptr<const Split>;
using EvaluationPtr = std::shared_ptr<const Evaluation>;

/// Predicts every row and measures the errors off the window's thread; the newest request wins.
class EvaluateJob : public QObject {
    Q_OBJECT

public:
    explicit EvaluateJob(QObject* parent = nullptr);

    /// `split` is null where the rows are not those of the training.
    void start(ModelPtr model, Table table, SplitPtr split, GroupsGiven groups = {});
    void cancel();

Q_SIGNALS:
    void finished(modelarium::EvaluationPtr evaluation);

private:
    std::uint64_t m_generation = 0;
    std::uint64_t m_oldestWanted = 0;
    Worker m_worker;
};

/// The work of the job, on the calling thread.
Evaluation evaluateModel(const ModelPtr& model, const Table& table, const SplitPtr& split, const GroupsGiven& groups = {});

/// Of some rows those whose target is known: the truth, and what the model says of them.
struct ComparedRows {
    Vector truth;
    Prediction predicted;
};
ComparedRows comparedRows(const Evaluation& evaluation, const std::vector<std::size_t>& rows);

} // namespace modelarium
