// W6, the single tree: 100,000 samples of 20 features, two classes, a tenth of the labels turned round.

#include "core/base/parallel.h"
#include "core/base/random.h"
#include "tests/support/reference_data.h"

#include <benchmark/benchmark.h>

using namespace modelarium;

namespace {

DatasetPtr noisyData(Eigen::Index rows, Eigen::Index features)
{
    Random random(6);
    Matrix X(rows, features);
    for (double& x : X.reshaped())
        x = random.normal();
    Vector y(rows);
    for (Eigen::Index i = 0; i < rows; ++i) {
        const double score = X(i, 0) + X(i, 1) * X(i, 2) + std::abs(X(i, 3)) - 0.8 + 0.5 * X(i, 4);
        y[i] = (score > 0) != (random.uniform() < 0.1);
    }
    return reference::makeDataset(X, y, 2);
}

void fitTree(benchmark::State& state)
{
    setThreadCount(std::size_t(state.range(1)));
    const DatasetPtr data = noisyData(100000, 20);
    std::size_t nodes = 0;
    for (auto _ : state) {
        const auto outcome = reference::fitTo(data, "decision_tree", {{"max_depth", state.range(0)}});
        nodes = std::get<TreeEnsemble>(outcome->parameters).trees.front().feature.size();
    }
    state.SetLabel(std::to_string(nodes) + " nodes");
    setThreadCount(0);
}

} // namespace

BENCHMARK(fitTree)->ArgNames({"depth", "threads"})->Args({0, 1})->Args({0, 2})->Args({10, 1})->Args({10, 2})
    ->Unit(benchmark::kMillisecond)->UseRealTime();

BENCHMARK_MAIN();
