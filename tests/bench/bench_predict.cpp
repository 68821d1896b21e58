// W8: frozen prediction, one row and 50,000 rows of 20 features. W9: a point is dragged: fit 500 points, classify 400 x 300 cells.
// Three uses: the Google benchmarks below; `bench_predict --serve NAME`, which reads the model of that name that w8_predict.py has trained, and
// for every line "one" or "many" on its standard input answers with the seconds that one prediction took, as JSON, and with the sum of the last outputs;
// and for w8_open.py `bench_predict --save NAME FILE`, which freezes that model in a model file, and `bench_predict --open FILE`, which for every line opens
// it until it can be asked.

#include "core/base/parallel.h"
#include "core/base/random.h"
#include "core/evaluate/decision_surface.h"
#include "core/model/model_file.h"
#include "core/model/predictor.h"
#include "tests/bench/bench_data.h"
#include "tests/bench/single_calls.h"
#include "tests/support/reference_data.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <iterator>
#include <numeric>
#include <string>

using namespace modelarium;

namespace {

constexpr Eigen::Index rows = 50000;
constexpr Eigen::Index features = 20;
constexpr Eigen::Index nodeNumbers = 9;

Matrix randomMatrix(Eigen::Index count, Eigen::Index columns, std::uint64_t seed)
{
    Random random(seed);
    Matrix X(count, columns);
    for (double& x : X.reshaped())
        x = random.normal();
    return X;
}

Vector noisyClasses(const Matrix& X, int classes)
{
    Random random(9);
    Vector y(X.rows());
    for (Eigen::Index i = 0; i < X.rows(); ++i)
        y[i] = std::clamp(std::floor(X(i, 0) + X(i, 1) * X(i, X.cols() - 1) + 0.5 * random.normal() + classes / 2.0), 0.0, classes - 1.0);
    return y;
}

Parameters fitted(const std::string& learner, const HyperparameterValues& values)
{
    const Matrix X = randomMatrix(20000, features, 1);
    const auto outcome = reference::fitTo(reference::makeDataset(X, noisyClasses(X, 2), 2), learner, values);
    return outcome ? outcome->parameters : Parameters{};
}

/// A tree of a peer: feature (-1: leaf), threshold, left, right, samples, impurity, P(0), P(1) of each node.
Tree treeOf(const Matrix& nodes)
{
    Tree tree;
    for (Eigen::Index i = 0; i < nodes.rows(); ++i) {
        tree.feature.push_back(std::int32_t(nodes(i, 0)));
        tree.threshold.push_back(nodes(i, 1));
        tree.left.push_back(std::int32_t(nodes(i, 2)));
        tree.right.push_back(std::int32_t(nodes(i, 3)));
        tree.samples.push_back(nodes(i, 4));
        tree.impurity.push_back(nodes(i, 5));
    }
    tree.values = nodes.rightCols(2);
    return tree;
}

/// Trees of a peer, one after the other: each node as above, and the number of its tree.
Parameters treesOf(const Matrix& nodes)
{
    TreeEnsemble ensemble{{}, 2, int(features)};
    for (Eigen::Index begin = 0, end = 0; begin < nodes.rows(); begin = end) {
        while (end < nodes.rows() && nodes(end, 8) == nodes(begin, 8))
            ++end;
        ensemble.trees.push_back(treeOf(nodes.block(begin, 0, end - begin, 8)));
    }
    return ensemble;
}

/// A network of a peer with two hidden layers of equal size: its weights, then its biases, a layer after the other.
Parameters networkOf(const Matrix& numbers, Eigen::Index units)
{
    DenseNetwork network{{}, Link::Logistic};
    const double* next = numbers.data();
    const Eigen::Index sizes[] = {features, units, units, 1};
    for (int l = 0; l < 3; ++l) {
        DenseLayer layer;
        layer.W = Eigen::Map<const Matrix>(next, sizes[l + 1], sizes[l]);
        next += layer.W.size();
        layer.b = Eigen::Map<const Vector>(next, sizes[l + 1]);
        next += layer.b.size();
        layer.activation = l < 2 ? Activation::Relu : Activation::Identity;
        network.layers.push_back(std::move(layer));
    }
    return network;
}

/// A support vector regression of a peer: the vectors with their coefficients, then gamma and the intercept in a row of their own.
Parameters kernelOf(const Matrix& numbers)
{
    const Eigen::Index count = numbers.rows() - 1;
    KernelExpansion expansion;
    expansion.gamma = numbers(count, 0);
    expansion.vectors = numbers.topLeftCorner(count, features);
    expansion.coefficients = numbers.col(features).head(count).transpose();
    expansion.intercepts = Vector::Constant(1, numbers(count, 1));
    return expansion;
}

/// As w8_predict.py has trained them in scikit-learn; without it, models of the same size.
Parameters logistic()
{
    if (const auto weights = readBenchData("logistic.f64", features + 1))
        return Linear{weights->leftCols(features), weights->col(features), Link::Logistic};
    return Linear{randomMatrix(1, features, 2), Vector::Zero(1), Link::Logistic};
}

Parameters tree()
{
    if (const auto nodes = readBenchData("tree.f64", nodeNumbers))
        return treesOf(*nodes);
    return fitted("decision_tree", {{"max_depth", std::int64_t(10)}});
}

/// Of the models that w8_predict.py has trained, the one of this name.
Parameters trainedByAPeer(const std::string& name)
{
    if (const bool small = name == "network_8"; small || name == "network_64")
        return networkOf(readBenchData(name + ".f64", 1).value(), small ? 8 : 64);
    if (name.starts_with("forest"))
        return treesOf(readBenchData(name + ".f64", nodeNumbers).value());
    if (name == "kernel")
        return kernelOf(readBenchData("kernel.f64", features + 1).value());
    return name == "tree" ? tree() : logistic();
}

Matrix rowsToPredict() { return readBenchData("rows.f64", features).value_or(randomMatrix(rows, features, 3)); }

Parameters regression() { return Linear{randomMatrix(1, features, 2), Vector::Zero(1), Link::Identity}; }
Parameters softmax() { return Linear{randomMatrix(3, features, 2), Vector::Zero(3), Link::Softmax}; }
Parameters bayes() { return fitted("gaussian_naive_bayes", {}); }

using RowMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

void oneRow(benchmark::State& state, Parameters (*make)())
{
    const PredictorPtr predictor = makePredictor(make());
    const RowMatrix X = rowsToPredict().topRows(1024);
    double out[8];
    Eigen::Index i = 0;
    for (auto _ : state) {
        predictor->predictRow(X.row(i).data(), out);
        benchmark::DoNotOptimize(out);
        i = (i + 1) & 1023;
    }
}

void manyRows(benchmark::State& state, Parameters (*make)())
{
    setThreadCount(std::size_t(state.range(0)));
    const PredictorPtr predictor = makePredictor(make());
    const Matrix X = rowsToPredict();
    Matrix out;
    for (auto _ : state)
        predictor->predict(X, out);
    char text[64];
    std::snprintf(text, sizeof text, "sum of the last output %.12g", out.rightCols(1).sum());
    state.SetLabel(text);
    setThreadCount(0);
}

/// Numeric columns x1, x2, ... that are taken as they are: a few rows tell the names.
Preparation plainPreparation(const Matrix& X)
{
    std::vector<ColumnPtr> columns;
    std::vector<std::string> names;
    for (Eigen::Index j = 0; j < X.cols(); ++j) {
        Buffer<double> cells;
        cells.assign(X.col(j).begin(), X.col(j).end());
        names.push_back("x" + std::to_string(j + 1));
        columns.push_back(std::make_shared<const Column>(Column::numbers(names.back(), cells)));
    }
    std::vector<std::size_t> all(std::size_t(X.rows()));
    std::iota(all.begin(), all.end(), std::size_t(0));
    return *Preparation::learn(*Table::make(columns), names, all, {});
}

/// The learner on points of the plane, and the map of what it learned.
void drag(benchmark::State& state, const std::string& learner, const HyperparameterValues& values)
{
    const Matrix X = randomMatrix(state.range(0), 2, 4);
    const Vector y = noisyClasses(X, 3);
    const Preparation preparation = plainPreparation(X);
    const DatasetPtr data = reference::makeDataset(X, y, 3);
    const TargetColumn target{"y", "", Task::Classification, {"a", "b", "c"}};
    SurfaceSlice slice;
    slice.held = {0, 0};
    slice.xMinimum = slice.yMinimum = -3;
    slice.xMaximum = slice.yMaximum = 3;
    slice.columns = 400;
    slice.rows = 300;
    for (auto _ : state) {
        const auto outcome = reference::fitTo(data, learner, values);
        if (!outcome) {
            state.SkipWithError(outcome.error().message.c_str());
            return;
        }
        const auto model = Model::make(preparation, outcome->parameters, target, {});
        benchmark::DoNotOptimize(evaluateSurface(**model, slice));
    }
}

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// The median of ten calls, as the peers take it.
double secondsOfManyRows(const Predictor& predictor, const Matrix& X, Matrix& out)
{
    double seconds[10];
    for (double& each : seconds) {
        const Clock::time_point start = Clock::now();
        predictor.predict(X, out);
        each = secondsSince(start);
    }
    std::sort(std::begin(seconds), std::end(seconds));
    return (seconds[4] + seconds[5]) / 2;
}

void answer(double seconds, double sum)
{
    char text[128];
    std::snprintf(text, sizeof text, R"({"seconds": %.9g, "sum": %.17g})", seconds, sum);
    std::cout << text << std::endl;
}

int serve(const std::string& name)
{
    const PredictorPtr predictor = makePredictor(trainedByAPeer(name));
    const Matrix X = name == "kernel" ? Matrix(rowsToPredict().topRows(5000)) : rowsToPredict();
    const RowMatrix first = X.topRows(1024);
    Matrix out;
    predictor->predict(X, out);
    double outputs[8];
    const auto call = [&](std::size_t i) {
        predictor->predictRow(first.row(Eigen::Index(i)).data(), outputs);
        benchmark::DoNotOptimize(outputs);
    };
    for (std::string line; std::getline(std::cin, line);) {
        if (line == "one") {
            std::cout << jsonOf(timeSingleCalls(std::size_t(first.rows()), call), out.rightCols(1).sum()) << std::endl;
            continue;
        }
        answer(secondsOfManyRows(*predictor, X, out), out.rightCols(1).sum());
    }
    return 0;
}

int refuse(const Error& error)
{
    std::cerr << error.message << '\n';
    return 1;
}

int saveAs(const std::string& name, const std::string& path)
{
    const auto model = Model::make(plainPreparation(rowsToPredict().topRows(1000)), trainedByAPeer(name), {"y", "", Task::Classification, {"a", "b"}}, {});
    if (!model)
        return refuse(model.error());
    const auto saved = saveModel(**model, path);
    return saved ? 0 : refuse(saved.error());
}

int openAgain(const std::string& path)
{
    const Matrix X = rowsToPredict();
    Matrix out;
    for (std::string line; std::getline(std::cin, line);) {
        const Clock::time_point start = Clock::now();
        const auto model = loadModel(path);
        const double seconds = secondsSince(start);
        if (!model)
            return refuse(model.error());
        (*model)->predictor().predict(X, out);
        answer(seconds, out.rightCols(1).sum());
    }
    return 0;
}

} // namespace

BENCHMARK_CAPTURE(oneRow, regression, regression);
BENCHMARK_CAPTURE(oneRow, logistic, logistic);
BENCHMARK_CAPTURE(oneRow, softmax, softmax);
BENCHMARK_CAPTURE(oneRow, tree, tree);
BENCHMARK_CAPTURE(oneRow, bayes, bayes);
BENCHMARK_CAPTURE(manyRows, regression, regression)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(manyRows, logistic, logistic)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(manyRows, softmax, softmax)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(manyRows, tree, tree)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(manyRows, bayes, bayes)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(drag, neighbours, "k_nearest_neighbors", {{"k", std::int64_t(15)}})
    ->Arg(500)->Arg(2000)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(drag, tree, "decision_tree", {})->Arg(500)->Arg(2000)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(drag, bayes, "gaussian_naive_bayes", {})->Arg(500)->Arg(2000)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(drag, logistic, "logistic_regression", {})->Arg(500)->Arg(2000)->Unit(benchmark::kMillisecond)->UseRealTime();

int main(int argc, char** argv)
{
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    if (arguments.size() == 2 && arguments[0] == "--serve")
        return serve(arguments[1]);
    if (arguments.size() == 3 && arguments[0] == "--save")
        return saveAs(arguments[1], arguments[2]);
    if (arguments.size() == 2 && arguments[0] == "--open")
        return openAgain(arguments[1]);
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
