// W5: the 15 nearest of 100,000 samples for 100,000 queries, and the peer nanoflann. Two uses: the Google benchmarks below, both in one
// process; and `bench_neighbors --serve modelarium|nanoflann FEATURES`, which predicts once for every line on its standard input and
// answers with one line of JSON, the sum of all distances with it: it must be the same for both. w5_neighbors.py takes turns that way.

#include "core/base/parallel.h"
#include "core/base/random.h"
#include "core/model/neighbours_predictor.h"
#include "tests/bench/bench_data.h"

#include <benchmark/benchmark.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <numeric>
#include <string>
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
class NanoflannVotes {
public:
    explicit NanoflannVotes(const Data& d)
        : m_data(d), m_rows(rowByRow(d.X)), m_queries(rowByRow(d.queries)),
          m_peer(makeNanoflann(m_rows.data(), std::size_t(d.X.rows()), int(d.X.cols()))), m_out(std::size_t(d.queries.rows()) * classes)
    {
    }

    /// The sum of the distances.
    double predict()
    {
        const std::size_t size = std::size_t(m_data.queries.rows()) / blocks;
        std::vector<double> sums(blocks);
        parallelFor(sums.size(), [&](std::size_t block) {
            sums[block] = m_peer->predict(&m_queries[block * size * std::size_t(m_data.X.cols())], size, k, m_data.y.data(), classes,
                                          &m_out[block * size * classes]);
        });
        return std::accumulate(sums.begin(), sums.end(), 0.0);
    }

private:
    const Data& m_data;
    std::vector<double> m_rows;
    std::vector<double> m_queries;
    std::unique_ptr<NanoflannPeer> m_peer;
    std::vector<double> m_out;
};

void nanoflannPredict(benchmark::State& state)
{
    setThreadCount(std::size_t(state.range(1)));
    NanoflannVotes peer(data(state.range(0)));
    double sum = 0;
    for (auto _ : state)
        sum = peer.predict();
    labelWithSum(state, sum);
    setThreadCount(0);
}

#endif

/// `predict` once a line; the seconds of it, and `sum`.
void answerLines(const std::function<void()>& predict, const std::function<double()>& sum)
{
    for (std::string line; std::getline(std::cin, line);) {
        const auto start = std::chrono::steady_clock::now();
        predict();
        const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        char text[128];
        std::snprintf(text, sizeof text, R"({"seconds": %.9g, "sum": %.17g})", seconds, sum());
        std::cout << text << std::endl;
    }
}

int serve(const std::string& side, Eigen::Index features)
{
    const Data& d = data(features);
    if (side == "modelarium") {
        const PredictorPtr predictor = makePredictor(parametersFor(d));
        Matrix out;
        const double sum = sumOfDistances(d);
        answerLines([&] { predictor->predict(d.queries, out); }, [sum] { return sum; });
        return 0;
    }
#ifdef MODELARIUM_HAVE_NANOFLANN
    NanoflannVotes peer(d);
    double sum = 0;
    answerLines([&] { sum = peer.predict(); }, [&] { return sum; });
    return 0;
#else
    std::cerr << "built without nanoflann\n";
    return 2;
#endif
}

} // namespace

BENCHMARK(build)->Name("modelarium/build")->Arg(2)->Arg(10)->Unit(benchmark::kMillisecond);
BENCHMARK(predict)->Name("modelarium/predict")->Args({2, 1})->Args({2, 2})->Args({10, 1})->Args({10, 2})->Unit(benchmark::kMillisecond)->UseRealTime();
#ifdef MODELARIUM_HAVE_NANOFLANN
BENCHMARK(nanoflannBuild)->Name("nanoflann/build")->Arg(2)->Arg(10)->Unit(benchmark::kMillisecond);
BENCHMARK(nanoflannPredict)->Name("nanoflann/predict")->Args({2, 1})->Args({2, 2})->Args({10, 1})->Args({10, 2})->Unit(benchmark::kMillisecond)->UseRealTime();
#endif

int main(int argc, char** argv)
{
    if (argc == 4 && std::string(argv[1]) == "--serve")
        return serve(argv[2], std::stol(argv[3]));
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
