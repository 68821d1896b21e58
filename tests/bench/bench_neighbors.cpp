// W5: the 15 nearest of 100,000 samples for 100,000 queries, with the peer nanoflann in the same process.
// The label of each row holds the sum of the distances: it must be the same for both.

#include "core/base/parallel.h"
#include "core/base/random.h"
#include "core/model/neighbours_predictor.h"
#include "tests/bench/bench_data.h"

#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdio>
#include <map>
#include <vector>

#ifdef MODELARIUM_HAVE_NANOFLANN
#include "tests/bench/nanoflann_peer.h"
#endif

using namespace modelarium;

namespace {

constexpr Eigen::Index samples = 100000;
constexpr int k = 15;
constexpr int classes = 5;
constexpr std::size_t blocks = 100;     // of queries, shared between the threads; their number is a multiple of this

struct Data {
    Matrix X;
    Vector y;
    Matrix queries;
};

/// What w5_neighbors.py has written; or else five clouds of normal points, one a class.
const Data& data(Eigen::Index features)
{
    static std::map<Eigen::Index, Data> made;
    if (const auto found = made.find(features); found != made.end())
        return found->second;
    const std::string name = "neighbors" + std::to_string(features);
    const auto X = readBenchData(name + ".X.f64", features);
    const auto y = readBenchData(name + ".y.f64", 1);
    const auto queries = readBenchData(name + ".queries.f64", features);
    if (X && y && queries)
        return made[features] = {*X, y->col(0), *queries};
    Random random(5);
    Matrix centres(classes, features);
    for (double& c : centres.reshaped())
        c = random.uniform(-2, 2);
    Data& d = made[features];
    d.X.resize(samples, features);
    d.y.resize(samples);
    d.queries.resize(samples, features);
    for (Eigen::Index i = 0; i < samples; ++i) {
        d.y[i] = double(random.below(classes));
        for (Eigen::Index j = 0; j < features; ++j)
            d.X(i, j) = centres(Eigen::Index(d.y[i]), j) + random.normal();
        const auto cloud = Eigen::Index(random.below(classes));
        for (Eigen::Index j = 0; j < features; ++j)
            d.queries(i, j) = centres(cloud, j) + random.normal();
    }
    return d;
}

NearestNeighbours parametersFor(const Data& d)
{
    NearestNeighbours parameters;
    parameters.X = d.X;
    parameters.y = d.y;
    parameters.k = k;
    parameters.classes = classes;
    return parameters;
}

void labelWithSum(benchmark::State& state, double sum)
{
    char text[64];
    std::snprintf(text, sizeof text, "sum of distances %.9g", sum);
    state.SetLabel(text);
}

double sumOfDistances(const Data& d)
{
    const NeighbourSearch search(d.X, DistanceMetric::Euclidean);
    std::vector<double> sums(blocks);
    parallelFor(sums.size(), [&](std::size_t block) {
        Neighbour nearest[k];
        const Eigen::Index size = d.queries.rows() / Eigen::Index(blocks);
        for (Eigen::Index i = Eigen::Index(block) * size; i < Eigen::Index(block + 1) * size; ++i) {
            const Vector x = d.queries.row(i);
            search.findNearest(x.data(), k, nearest);
            for (const Neighbour& neighbour : nearest)
                sums[block] += std::sqrt(neighbour.distance);
        }
    });
    double sum = 0;
    for (const double s : sums)
        sum += s;
    return sum;
}

void build(benchmark::State& state)
{
    const NearestNeighbours parameters = parametersFor(data(state.range(0)));
    for (auto _ : state)
        benchmark::DoNotOptimize(makePredictor(parameters));
}

void predict(benchmark::State& state)
{
    const Data& d = data(state.range(0));
    setThreadCount(std::size_t(state.range(1)));
    const PredictorPtr predictor = makePredictor(parametersFor(d));
    Matrix out;
    for (auto _ : state)
        predictor->predict(d.queries, out);
    labelWithSum(state, sumOfDistances(d));
    setThreadCount(0);
}

#ifdef MODELARIUM_HAVE_NANOFLANN

std::vector<double> rowByRow(const Matrix& X)
{
    std::vector<double> rows;
    for (Eigen::Index i = 0; i < X.rows(); ++i)
        for (Eigen::Index j = 0; j < X.cols(); ++j)
            rows.push_back(X(i, j));
    return rows;
}

void nanoflannBuild(benchmark::State& state)
{
    const std::vector<double> rows = rowByRow(data(state.range(0)).X);
    for (auto _ : state)
        benchmark::DoNotOptimize(makeNanoflann(rows.data(), rows.size() / std::size_t(state.range(0)), int(state.range(0))));
}

/// Votes too, as the predictor does.
void nanoflannPredict(benchmark::State& state)
{
    const Data& d = data(state.range(0));
    setThreadCount(std::size_t(state.range(1)));
    const std::vector<double> rows = rowByRow(d.X);
    const std::vector<double> queries = rowByRow(d.queries);
    const std::unique_ptr<NanoflannPeer> peer = makeNanoflann(rows.data(), rows.size() / std::size_t(state.range(0)), int(state.range(0)));
    std::vector<double> sums(blocks);
    std::vector<double> out(std::size_t(d.queries.rows()) * classes);
    const std::size_t size = std::size_t(d.queries.rows()) / blocks;
    for (auto _ : state)
        parallelFor(sums.size(), [&](std::size_t block) {
            sums[block] = peer->predict(&queries[block * size * std::size_t(state.range(0))], size, k, d.y.data(), classes,
                                        &out[block * size * classes]);
        });
    double sum = 0;
    for (const double s : sums)
        sum += s;
    labelWithSum(state, sum);
    setThreadCount(0);
}

#endif

} // namespace

BENCHMARK(build)->Name("modelarium/build")->Arg(2)->Arg(10)->Unit(benchmark::kMillisecond);
BENCHMARK(predict)->Name("modelarium/predict")->Args({2, 1})->Args({2, 2})->Args({10, 1})->Args({10, 2})->Unit(benchmark::kMillisecond)->UseRealTime();
#ifdef MODELARIUM_HAVE_NANOFLANN
BENCHMARK(nanoflannBuild)->Name("nanoflann/build")->Arg(2)->Arg(10)->Unit(benchmark::kMillisecond);
BENCHMARK(nanoflannPredict)->Name("nanoflann/predict")->Args({2, 1})->Args({2, 2})->Args({10, 1})->Args({10, 2})->Unit(benchmark::kMillisecond)->UseRealTime();
#endif

BENCHMARK_MAIN();
