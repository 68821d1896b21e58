#include "core/base/parallel.h"
#include "core/base/random.h"
#include "core/kernels/level.h"
#include "core/learn/fit.h"
#include "core/learn/registry.h"
#include "tests/bench/served.h"

#include <benchmark/benchmark.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdio>
#include <iostream>
#include <string>

// Two uses: the Google benchmarks below, and `bench_linear --serve LEARNER FILE ROWS FEATURES CLASSES [NAME=VALUE ...]`, which
// fits once for every line on its standard input and answers with one line of JSON. The scripts w2_least_squares.py and
// w3_logistic.py use the second to take turns with other programs on the same data.

using namespace modelarium;

namespace {

/// Normal features; a plane with noise, or classes drawn from linear scores.
DatasetPtr drawn(Eigen::Index rows, Eigen::Index features, int classes)
{
    Random random(1);
    auto data = served::emptyDataset(rows, features, classes);
    for (double& x : data->X().reshaped())
        x = random.normal();
    const Matrix W = Matrix::NullaryExpr(features, std::max(classes, 1), [&] { return 0.4 * random.normal(); });
    for (Eigen::Index i = 0; i < rows; ++i) {
        Vector scores = (data->X().row(i) * W).transpose();
        if (classes == 0) {
            data->y[i] = scores[0] + random.normal();
            continue;
        }
        for (double& score : scores)
            score -= std::log(-std::log(random.uniform(1e-12, 1)));
        Eigen::Index best = 0;
        scores.maxCoeff(&best);
        data->y[i] = double(best);
    }
    return data;
}

std::unique_ptr<const Learner> learnerOf(const std::string& id, int classes, const std::vector<std::string>& settings = {})
{
    const LearnerInfo& info = **findLearner(id);
    HyperparameterValues values;
    for (const std::string& setting : settings) {
        const std::size_t equals = setting.find('=');
        for (const HyperparameterSpec& spec : info.table) {
            if (spec.name == setting.substr(0, equals))
                values[spec.name] = parseHyperparameter(spec, setting.substr(equals + 1)).value();
        }
    }
    return info.make(Hyperparameters::check(info.table, values).value(), classes > 0 ? Task::Classification : Task::Regression);
}

void fitOnce(benchmark::State& state, const std::string& learner, int classes)
{
    const DatasetPtr data = drawn(state.range(0), state.range(1), classes);
    const auto made = learnerOf(learner, classes);
    double loss = 0;
    for (auto _ : state)
        loss = fit(*made, data, 1)->last.loss;
    state.counters["loss"] = loss;
    state.SetLabel("kernels at level " + std::to_string(kernels::modelariumKernelLevel()));
}

void leastSquares(benchmark::State& state) { fitOnce(state, "linear_regression", 0); }
void ridge(benchmark::State& state) { fitOnce(state, "ridge_regression", 0); }
void logistic(benchmark::State& state) { fitOnce(state, "logistic_regression", 2); }
void softmax(benchmark::State& state) { fitOnce(state, "logistic_regression", 10); }

BENCHMARK(leastSquares)->Args({500, 2})->Args({1000000, 10})->Args({100000, 100})->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(ridge)->Args({1000000, 10})->Args({100000, 100})->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(logistic)->Args({500, 2})->Args({1000000, 10})->Args({100000, 100})->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(softmax)->Args({70000, 64})->Unit(benchmark::kMillisecond)->UseRealTime();

nlohmann::json answerOf(const Learner& learner, const DatasetPtr& data)
{
    const auto start = std::chrono::steady_clock::now();
    const Result<FitOutcome> outcome = fit(learner, data, 1);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (!outcome)
        return {{"error", outcome.error().message}};
    const auto& linear = std::get<Linear>(outcome->parameters);
    nlohmann::json W = nlohmann::json::array();
    for (Eigen::Index k = 0; k < linear.W.rows(); ++k) {
        const Vector row = linear.W.row(k).transpose();
        W.push_back(std::vector<double>(row.begin(), row.end()));
    }
    return {{"seconds", seconds}, {"loss", outcome->last.loss}, {"steps", outcome->last.step},
            {"level", kernels::modelariumKernelLevel()}, {"W", W}, {"b", std::vector<double>(linear.b.begin(), linear.b.end())}};
}

int serve(const std::vector<std::string>& arguments)
{
    const int classes = std::stoi(arguments[4]);
    const DatasetPtr data = served::readDataset(arguments[1], std::stol(arguments[2]), std::stol(arguments[3]), classes);
    if (!data) {
        std::cerr << "cannot read " << arguments[1] << '\n';
        return 1;
    }
    const auto learner = learnerOf(arguments[0], classes, {arguments.begin() + 5, arguments.end()});
    for (std::string line; std::getline(std::cin, line);)
        std::cout << answerOf(*learner, data).dump() << std::endl;
    return 0;
}

} // namespace

int main(int argc, char** argv)
{
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    if (arguments.size() >= 6 && arguments[0] == "--serve")
        return serve({arguments.begin() + 1, arguments.end()});
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
