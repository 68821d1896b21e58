#pragma once

#include "app/jobs/worker.h"
#include "core/data/column_profile.h"
#include "core/learn/training.h"
#include "core/prepare/step_trace.h"

#include <QObject>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace modelarium {

/// What the preparation does, and to which column in particular.
struct PreparationQuestion {
    Table table;
    TrainingPlan plan;                              ///< how it is learned ...
    ModelPtr frozen;                                ///< ... or the model that keeps what was learned
    std::optional<std::vector<std::size_t>> frozenRows; ///< the rows that the model learned from; empty: they are not here
    std::string column;                             ///< of the data; empty: none
};

/// A column that comes from the one that was asked about.
struct PreparedColumn {
    std::string name;
    ColumnProfile profile;
};

/// Everything is counted over the training rows alone.
struct PreparationEffects {
    std::string column;
    std::size_t rows = 0;                           ///< that were looked at
    bool areTrainingRows = true;                    ///< false: a model from a file was asked about the rows of another table
    Preparation preparation;                        ///< as far as it could be learned
    std::vector<StepTouch> touched;                 ///< one a step of the plan, or of describeSteps() for a frozen model
    std::optional<Error> error;
    std::optional<std::size_t> refused;             ///< by which step of the plan
    ColumnProfile before;
    std::vector<PreparedColumn> after;
    std::size_t furtherAfter = 0;                   ///< columns that come from it beside these
    std::vector<LearnedAbout> learned;

    static constexpr std::size_t mostColumns = 60;
};
using PreparationEffectsPtr = std::shared_ptr<const PreparationEffects>;

/// Learns and counts off the window's thread; the newest question wins.
class PreparationJob : public QObject {
    Q_OBJECT

public:
    explicit PreparationJob(QObject* parent = nullptr);

    void start(PreparationQuestion question);
    void cancel();

Q_SIGNALS:
    void finished(modelarium::PreparationEffectsPtr effects);

private:
    std::uint64_t m_generation = 0;
    Worker m_worker;
};

/// The work of the job, on the calling thread.
PreparationEffects preparationEffects(const PreparationQuestion& question);

} // namespace modelarium
