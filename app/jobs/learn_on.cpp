#include "app/jobs/learn_on.h"

#include <algorithm>
#include <chrono>

namespace modelarium {

Result<LearnedOn> learnOn(const ModelPtr& model, const Table& table, const EvaluationProgress& progress, std::stop_token stop)
{
    // How the rows are cut changes nothing of what is learned: parts are there to be told about.
    constexpr std::size_t parts = 100;
    const auto begun = std::chrono::steady_clock::now();
    Result<OnlineTraining> training = OnlineTraining::resume(*model);
    if (!training)
        return training.error();
    training->forgetRecent();
    const std::uint64_t before = training->rowsLearned(), beforeWithout = training->rowsWithoutTarget();
    const std::size_t size = std::max<std::size_t>(1, table.rows() / parts);
    for (std::size_t from = 0; from < table.rows(); from += size) {
        if (stop.stop_requested())
            return Error{ErrorCode::Cancelled, "Cancelled."};
        if (const Result<void> learned = training->learn(table, from, std::min(size, table.rows() - from)); !learned)
            return learned.error();
        if (progress)
            progress(std::min(from + size, table.rows()), table.rows());
    }
    LearnedOn result;
    result.rows = training->rowsLearned() - before;
    result.withoutTarget = training->rowsWithoutTarget() - beforeWithout;
    if (result.rows == 0)
        return Error{ErrorCode::EmptyData, "No row has a value of \"" + model->target().name + "\": there is nothing to learn from."};
    result.score = training->recentScore();
    result.unknownWords = unknownWordsSentence(countUnknownWords(model->preparation(), table));
    Result<ModelPtr> now = training->model(std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count());
    if (!now)
        return now.error();
    result.model = *std::move(now);
    return result;
}

} // namespace modelarium
