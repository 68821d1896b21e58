#include "core/base/parallel.h"
#include "core/base/random.h"
#include "core/learn/fit.h"
#include "core/learn/registry.h"
#include "core/model/predictor.h"

#include <benchmark/benchmark.h>
#include <nlohmann/json.hpp>
#include <sys/resource.h>

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

std::shared_ptr<Dataset> emptyDataset(Eigen::Index rows, Eigen::Index features, int classes)
{
    auto data = std::make_shared<Dataset>();
    data->task = classes > 0 ? Task::Classification : Task::Regression;
    data->X.resize(rows, features);
    data->y.resize(rows);
    for (Eigen::Index j = 0; j < features; ++j)
        data->featureNames.push_back("x" + std::to_string(j + 1));
    for (int k = 0; k < classes; ++k)
        data->classNames.push_back("class " + std::to_string(k));
    return data;
}

/// Two classes that bend, a tenth of the labels turned round.
DatasetPtr drawn(Eigen::Index rows, Eigen::Index features)
{
    Random random(6);
    auto data = emptyDataset(rows, features, 2);
    for (double& x : data->X.reshaped())
        x = random.normal();
    for (Eigen::Index i = 0; i < rows; ++i) {
        const auto x = data->X.row(i);
        const double score = x[0] + (features > 2 ? x[1] * x[2] : x[1] * x[1]) - 0.2;
        data->y[i] = (score > 0) != (random.uniform() < 0.1);
    }
    return data;
}

std::unique_ptr<const Learner> learnerOf(const std::string& id, Task task, const std::vector<std::string>& settings = {})
{
    const LearnerInfo& info = **findLearner(id);
    HyperparameterValues values;
    for (const std::string& setting : settings) {
        const std::size_t equals = setting.find('=');
        for (const HyperparameterSpec& spec : info.table)
            if (spec.name == setting.substr(0, equals))
                values[spec.name] = parseHyperparameter(spec, setting.substr(equals + 1)).value();
    }
    return info.make(Hyperparameters::check(info.table, values).value(), task);
}

void fitOnce(benchmark::State& state, const std::string& learner)
{
    setThreadCount(std::size_t(state.range(2)));
    const DatasetPtr data = drawn(state.range(0), state.range(1));
    const auto made = learnerOf(learner, Task::Classification);
    double loss = 0;
    for (auto _ : state)
        loss = fit(*made, data, 1)->last.loss;
    state.counters["loss"] = loss;
    setThreadCount(0);
}

void randomForest(benchmark::State& state) { fitOnce(state, "random_forest"); }

BENCHMARK(randomForest)->ArgNames({"rows", "features", "threads"})->Args({500, 2, 2})->Args({2000, 2, 2})->Args({100000, 20, 1})->Args({100000, 20, 2})
    ->Unit(benchmark::kMillisecond)->UseRealTime();

/// Data as the script writes them: all columns of X, then y, as doubles.
bool readInto(std::ifstream& file, Dataset& data)
{
    file.read(reinterpret_cast<char*>(data.X.data()), std::streamsize(sizeof(double)) * data.X.size());
    file.read(reinterpret_cast<char*>(data.y.data()), std::streamsize(sizeof(double)) * data.y.size());
    return bool(file);
}

/// The share of right classes, or the mean squared error.
double scoreOf(const Matrix& out, const Dataset& test)
{
    if (test.task == Task::Regression)
        return (out.col(0) - test.y).squaredNorm() / double(test.y.size());
    Eigen::Index right = 0, best = 0;
    for (Eigen::Index i = 0; i < out.rows(); ++i) {
        out.row(i).maxCoeff(&best);
        right += best == Eigen::Index(test.y[i]);
    }
    return double(right) / double(out.rows());
}

nlohmann::json answerOf(const Learner& learner, const DatasetPtr& data, const Dataset& test, std::uint64_t seed)
{
    auto start = Clock::now();
    const Result<FitOutcome> outcome = fit(learner, data, seed);
    const double fitSeconds = secondsSince(start);
    if (!outcome)
        return {{"error", outcome.error().message}};
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const PredictorPtr predictor = makePredictor(outcome->parameters);
    Matrix out;
    start = Clock::now();
    predictor->predict(test.X, out);
    const double predictSeconds = secondsSince(start);
    std::size_t nodes = 0;
    for (const Tree& tree : std::get<TreeEnsemble>(outcome->parameters).trees)
        nodes += tree.feature.size();
    return {{"seconds", fitSeconds}, {"predict", predictSeconds}, {"score", scoreOf(out, test)}, {"loss", outcome->last.loss},
            {"nodes", nodes}, {"sum", out.col(out.cols() - 1).sum()}, {"megabytes", double(usage.ru_maxrss) / 1024}};
}

int serve(const std::vector<std::string>& arguments)
{
    const int classes = std::stoi(arguments[5]);
    auto data = emptyDataset(std::stol(arguments[2]), std::stol(arguments[4]), classes);
    auto test = emptyDataset(std::stol(arguments[3]), std::stol(arguments[4]), classes);
    std::ifstream file(arguments[1], std::ios::binary);
    if (!readInto(file, *data) || !readInto(file, *test)) {
        std::cerr << "cannot read " << arguments[1] << '\n';
        return 1;
    }
    const auto learner = learnerOf(arguments[0], data->task, {arguments.begin() + 6, arguments.end()});
    std::uint64_t seed = 0;
    for (std::string line; std::getline(std::cin, line);) {
        setThreadCount(std::stoul(line));
        std::cout << answerOf(*learner, data, *test, ++seed).dump() << std::endl;
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
