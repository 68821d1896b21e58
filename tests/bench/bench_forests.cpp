#include "core/base/parallel.h"
#include "core/base/random.h"
#include "core/learn/fit.h"
#include "core/model/predictor.h"
#include "tests/bench/served.h"

#include <benchmark/benchmark.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <cmath>
#include <fstream>
#include <iostream>
#include <string>

// Two uses: the Google benchmarks below, and `bench_forests --serve LEARNER FILE ROWS TEST_ROWS FEATURES CLASSES [NAME=VALUE ...]`,
// which fits once for every line on its standard input (a number of threads) and answers with one line of JSON. The script
// w6_trees.py uses the second to take turns with other programs on the same data.

using namespace modelarium;

namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// Two classes that bend, a tenth of the labels turned round.
DatasetPtr drawn(Eigen::Index rows, Eigen::Index features)
{
    Random random(6);
    auto data = served::emptyDataset(rows, features, 2);
    for (double& x : data->X().reshaped())
        x = random.normal();
    for (Eigen::Index i = 0; i < rows; ++i) {
        const auto x = data->X().row(i);
        const double score = x[0] + (features > 2 ? x[1] * x[2] : x[1] * x[1]) - 0.2;
        data->y[i] = (score > 0) != (random.uniform() < 0.1);
    }
    return data;
}

void fitOnce(benchmark::State& state, const std::string& learner)
{
    setThreadCount(std::size_t(state.range(2)));
    const DatasetPtr data = drawn(state.range(0), state.range(1));
    const auto made = served::learnerOf(learner, Task::Classification, {});
    double loss = 0;
    for (auto _ : state)
        loss = fit(**made, data, 1)->last.loss;
    state.counters["loss"] = loss;
    setThreadCount(0);
}

void randomForest(benchmark::State& state) { fitOnce(state, "random_forest"); }

BENCHMARK(randomForest)->ArgNames({"rows", "features", "threads"})->Args({500, 2, 2})->Args({2000, 2, 2})->Args({100000, 20, 1})->Args({100000, 20, 2})
    ->Unit(benchmark::kMillisecond)->UseRealTime();

nlohmann::json answerOf(const Learner& learner, const DatasetPtr& data, const Dataset& test, std::uint64_t seed)
{
    auto start = Clock::now();
    const Result<FitOutcome> outcome = fit(learner, data, seed);
    const double fitSeconds = secondsSince(start);
    if (!outcome)
        return {{"error", outcome.error().message}};
    const PredictorPtr predictor = makePredictor(outcome->parameters);
    Matrix out;
    start = Clock::now();
    predictor->predict(test.X(), out);
    const double predictSeconds = secondsSince(start);
    std::size_t nodes = 0;
    for (const Tree& tree : std::get<TreeEnsemble>(outcome->parameters).trees)
        nodes += tree.feature.size();
    return {{"seconds", fitSeconds}, {"predict", predictSeconds}, {"score", served::scoreOf(out, test)}, {"loss", outcome->last.loss},
            {"nodes", nodes}, {"sum", out.col(out.cols() - 1).sum()}};
}

int serve(const std::vector<std::string>& arguments)
{
    const int classes = std::stoi(arguments[5]);
    const auto data = served::emptyDataset(std::stol(arguments[2]), std::stol(arguments[4]), classes);
    const auto test = served::emptyDataset(std::stol(arguments[3]), std::stol(arguments[4]), classes);
    std::ifstream file(arguments[1], std::ios::binary);
    if (!served::readInto(file, *data) || !served::readInto(file, *test)) {
        std::cerr << "cannot read " << arguments[1] << '\n';
        return 1;
    }
    const auto learner = served::learnerOf(arguments[0], data->task, {arguments.begin() + 6, arguments.end()});
    if (!learner) {
        std::cerr << learner.error().message << '\n';
        return 1;
    }
    std::uint64_t seed = 0;
    for (std::string line; std::getline(std::cin, line);) {
        setThreadCount(std::stoul(line));
        std::cout << answerOf(**learner, data, *test, ++seed).dump() << std::endl;
    }
    return 0;
}

} // namespace

int main(int argc, char** argv)
{
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    if (arguments.size() >= 7 && arguments[0] == "--serve")
        return serve({arguments.begin() + 1, arguments.end()});
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
