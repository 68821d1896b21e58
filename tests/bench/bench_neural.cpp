#include "core/base/parallel.h"
#include "core/base/random.h"
#include "core/kernels/level.h"
#include "core/learn/fit.h"
#include "core/model/predictor.h"
#include "tests/bench/served.h"

#include <benchmark/benchmark.h>
#include <nlohmann/json.hpp>

#include <iostream>
#include <string>

// Two uses: the Google benchmarks below (predictions), and `bench_neural --serve FILE ROWS FEATURES CLASSES [NAME=VALUE ...]`, which
// trains a network once for every line on its standard input ("one thread" or "all threads") and answers with one line of JSON. The
// script w7_neural.py uses the second to take turns with other programs on the same data.

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
    std::vector<double> x(64 * std::size_t(widths[0]));
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

nlohmann::json answerOf(const Learner& learner, const DatasetPtr& data)
{
    const auto outcome = fit(learner, data, 1);
    if (!outcome)
        return {{"error", outcome.error().message}};
    Matrix out;
    makePredictor(outcome->parameters)->predict(data->X(), out);
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
    const DatasetPtr data = served::readDataset(arguments[0], std::stol(arguments[1]), std::stol(arguments[2]), classes);
    const auto learner = served::learnerOf("neural_network", Task::Classification, {arguments.begin() + 4, arguments.end()});
    if (!data || !learner) {
        std::cerr << (data ? learner.error().message : "cannot read " + arguments[0]) << '\n';
        return 1;
    }
    for (std::string line; std::getline(std::cin, line);) {
        setThreadCount(line == "one thread" ? 1 : 0);
        std::cout << answerOf(**learner, data).dump() << std::endl;
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
