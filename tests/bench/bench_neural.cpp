#include "core/base/parallel.h"
#include "core/base/random.h"
#include "core/kernels/level.h"
#include "core/learn/fit.h"
#include "core/learn/registry.h"
#include "core/model/predictor.h"

#include <benchmark/benchmark.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <iostream>
#include <string>

// Two uses: the Google benchmarks below (predictions), and `bench_neural --serve FILE ROWS FEATURES CLASSES [NAME=VALUE ...]`, which
// trains a network once for every line on its standard input and answers with one line of JSON. The script w7_neural.py uses the
// second to take turns with other programs on the same data.

using namespace modelarium;

namespace {

DenseNetwork randomNetwork(std::vector<Eigen::Index> widths, Activation activation)
{
    Random random(3);
    DenseNetwork network;
    for (std::size_t l = 1; l < widths.size(); ++l) {
        DenseLayer layer{Matrix(widths[l], widths[l - 1]), Vector(widths[l]), l + 1 < widths.size() ? activation : Activation::Identity};
        for (double& w : layer.W.reshaped())
            w = random.normal() / std::sqrt(double(widths[l - 1]));
        for (double& b : layer.b)
            b = random.normal();
        network.layers.push_back(std::move(layer));
    }
    network.link = Link::Logistic;
    return network;
}

void predictRow(benchmark::State& state, std::vector<Eigen::Index> widths, Activation activation)
{
    const PredictorPtr predictor = makePredictor(randomNetwork(widths, activation));
    Random random(5);
    std::vector<double> x(std::size_t(widths[0]) * 64);
    for (double& value : x)
        value = random.normal();
    double out[2];
    std::size_t row = 0;
    for (auto _ : state) {
        predictor->predictRow(x.data() + (row++ % 64) * std::size_t(widths[0]), out);
        benchmark::DoNotOptimize(out);
    }
}

void predictBatch(benchmark::State& state, std::vector<Eigen::Index> widths)
{
    const PredictorPtr predictor = makePredictor(randomNetwork(widths, Activation::Relu));
    Random random(5);
    Matrix X(50'000, widths[0]), out;
    for (double& value : X.reshaped())
        value = random.normal();
    for (auto _ : state)
        predictor->predict(X, out);
}

BENCHMARK_CAPTURE(predictRow, relu_20_8_8_1, {20, 8, 8, 1}, Activation::Relu);
BENCHMARK_CAPTURE(predictRow, relu_20_64_64_1, {20, 64, 64, 1}, Activation::Relu);
BENCHMARK_CAPTURE(predictRow, tanh_20_64_64_1, {20, 64, 64, 1}, Activation::Tanh);
BENCHMARK_CAPTURE(predictBatch, relu_20_8_8_1, {20, 8, 8, 1})->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(predictBatch, relu_20_64_64_1, {20, 64, 64, 1})->Unit(benchmark::kMillisecond)->UseRealTime();

/// Doubles column by column, the last column the classes.
DatasetPtr readColumns(const std::string& path, Eigen::Index rows, Eigen::Index features, int classes)
{
    auto data = std::make_shared<Dataset>();
    data->task = Task::Classification;
    data->X.resize(rows, features);
    data->y.resize(rows);
    for (Eigen::Index j = 0; j < features; ++j)
        data->featureNames.push_back("x" + std::to_string(j + 1));
    for (int k = 0; k < classes; ++k)
        data->classNames.push_back("class " + std::to_string(k));
    std::ifstream file(path, std::ios::binary);
    file.read(reinterpret_cast<char*>(data->X.data()), std::streamsize(sizeof(double)) * data->X.size());
    file.read(reinterpret_cast<char*>(data->y.data()), std::streamsize(sizeof(double)) * data->y.size());
    return file ? data : nullptr;
}

HyperparameterValues valuesOf(const LearnerInfo& info, const std::vector<std::string>& settings)
{
    HyperparameterValues values;
    for (const std::string& setting : settings) {
        const std::size_t equals = setting.find('=');
        for (const HyperparameterSpec& spec : info.table)
            if (spec.name == setting.substr(0, equals))
                values[spec.name] = *parseHyperparameter(spec, setting.substr(equals + 1));
    }
    return values;
}

nlohmann::json answerOf(const Learner& learner, const DatasetPtr& data)
{
    const auto outcome = fit(learner, data, 1);
    if (!outcome)
        return {{"error", outcome.error().message}};
    Matrix out;
    makePredictor(outcome->parameters)->predict(data->X, out);
    double right = 0;
    for (Eigen::Index i = 0; i < out.rows(); ++i) {
        Eigen::Index k = 0;
        out.row(i).maxCoeff(&k);
        right += double(k) == data->y[i];
    }
    return {{"seconds", outcome->seconds}, {"loss", outcome->last.loss}, {"accuracy", right / double(out.rows())},
            {"level", kernels::modelariumKernelLevel()}};
}

int serve(const std::vector<std::string>& arguments)
{
    const int classes = std::stoi(arguments[3]);
    const DatasetPtr data = readColumns(arguments[0], std::stol(arguments[1]), std::stol(arguments[2]), classes);
    if (!data) {
        std::cerr << "cannot read " << arguments[0] << '\n';
        return 1;
    }
    const LearnerInfo& info = **findLearner("neural_network");
    const auto chosen = Hyperparameters::check(info.table, valuesOf(info, {arguments.begin() + 4, arguments.end()}));
    const auto learner = info.make(*chosen, Task::Classification);
    for (std::string line; std::getline(std::cin, line);) {
        if (line == "one thread" || line == "all threads")
            setThreadCount(line == "one thread" ? 1 : 0);
        else
            std::cout << answerOf(*learner, data).dump() << std::endl;
    }
    return 0;
}

} // namespace

int main(int argc, char** argv)
{
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    if (arguments.size() >= 5 && arguments[0] == "--serve")
        return serve({arguments.begin() + 1, arguments.end()});
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
