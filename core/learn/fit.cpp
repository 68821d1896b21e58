#include "core/learn/fit.h"

#include <chrono>
#include <new>

namespace modelarium {

namespace {

using Clock = std::chrono::steady_clock;

/// Steps until the run is finished or the observer has seen enough; what the last step reported.
Result<Progress> stepThrough(TrainingRun& run, const Observer& observer)
{
    Progress last;
    while (!run.isFinished()) {
        Result<Progress> progress = run.step();
        if (!progress)
            return progress.error();
        last = *std::move(progress);
        const Answer answer = observer ? observer(run, last) : Answer::Continue;
        if (answer == Answer::Cancel)
            return Error{ErrorCode::Cancelled, "The training was cancelled."};
        if (answer == Answer::StopAndKeep)
            break;
    }
    return last;
}

} // namespace

Result<FitOutcome> fit(const Learner& learner, DatasetPtr train, std::uint64_t seed, const Observer& observer)
{
    const Clock::time_point start = Clock::now();
    try {
        Result<std::unique_ptr<TrainingRun>> run = learner.begin(std::move(train), seed);
        if (!run)
            return run.error();
        Result<Progress> last = stepThrough(**run, observer);
        if (!last)
            return last.error();
        FitOutcome outcome{(*run)->freeze(), *std::move(last), 0, (*run)->notices()};
        if (!isFinite(outcome.parameters)) {
            return Error{ErrorCode::Diverged, "The training ended in parameters that are not finite numbers: bring the "
                                              "features to a common scale and try again."};
        }
        outcome.seconds = std::chrono::duration<double>(Clock::now() - start).count();
        return outcome;
    } catch (const std::bad_alloc&) {
        return Error{ErrorCode::OutOfMemory, "There is not enough memory to train on this much data: use fewer rows or fewer "
                                             "features."};
    }
}

} // namespace modelarium
