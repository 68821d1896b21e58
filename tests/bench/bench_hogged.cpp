#include "core/base/parallel.h"
#include "core/learn/fit.h"
#include "core/model/predictor.h"
#include "tests/bench/served.h"

#include <nlohmann/json.hpp>

#include <chrono>
#include <iostream>

// `bench_hogged LEARNER TASK FILE ROWS FEATURES CLASSES [NAME=VALUE ...]`: for every line on its standard input, a number of threads (0: all), fits to the
// data in FILE (all columns of X, then y, as doubles) and answers with one line of JSON: the seconds it took, and the sum of the answers to the first
// rows. Neighbours only remember: theirs are the seconds of answering all rows. hogged.py measures that way what a taken core costs.

using namespace modelarium;

namespace {

constexpr Eigen::Index askedRows = 2000;

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

std::optional<Task> taskOf(const std::string& name)
{
    for (const Task task : {Task::Regression, Task::Classification, Task::Clustering, Task::Projection})
        if (taskName(task) == name)
            return task;
    return std::nullopt;
}

nlohmann::json answerOf(const Learner& learner, const DatasetPtr& data)
{
    auto start = Clock::now();
    const Result<FitOutcome> outcome = fit(learner, data, 1);
    double seconds = secondsSince(start);
    if (!outcome)
        return {{"error", outcome.error().message}};
    const PredictorPtr predictor = makePredictor(outcome->parameters);
    const bool remembers = std::holds_alternative<NearestNeighbours>(outcome->parameters);
    Matrix out;
    start = Clock::now();
    predictor->predict(remembers ? data->X() : Matrix(data->X().topRows(std::min(askedRows, data->X().rows()))), out);
    if (remembers)
        seconds = secondsSince(start);
    return {{"seconds", seconds}, {"sum", out.sum()}, {"steps", outcome->last.step}};
}

} // namespace

int main(int argc, char** argv)
{
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    const std::optional<Task> task = arguments.size() >= 6 ? taskOf(arguments[1]) : std::nullopt;
    if (!task) {
        std::cerr << "usage: bench_hogged LEARNER TASK FILE ROWS FEATURES CLASSES [NAME=VALUE ...]\n";
        return 2;
    }
    const auto data = served::emptyDataset(std::stol(arguments[3]), std::stol(arguments[4]), std::stoi(arguments[5]));
    std::ifstream file(arguments[2], std::ios::binary);
    if (!served::readInto(file, *data)) {
        std::cerr << "cannot read " << arguments[2] << '\n';
        return 1;
    }
    data->task = *task;
    if (!hasTarget(*task))
        data->y.resize(0);
    const auto learner = served::learnerOf(arguments[0], *task, {arguments.begin() + 6, arguments.end()});
    if (!learner) {
        std::cerr << learner.error().message << '\n';
        return 1;
    }
    for (std::string line; std::getline(std::cin, line);) {
        setThreadCount(std::stoul(line));
        std::cout << answerOf(**learner, data).dump() << std::endl;
    }
}
