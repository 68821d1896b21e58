#include "core/base/buffer.h"
#include "core/base/parallel.h"
#include "core/kernels/level.h"
#include "core/learn/fit.h"
#include "core/learn/registry.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iostream>
#include <numeric>
#include <sstream>
#include <string>

// `bench_clustering FILE ROWS FEATURES`: reads all columns of X as doubles; for every line on its standard input, a learner and its
// hyperparameters ("k_means clusters=8 start=first_rows"), fits once and answers with one line of JSON; "read" only adds the numbers up,
// which is as fast as anything that looks at each of them can be. w11_clustering.py takes turns with other programs that way.

using namespace modelarium;

namespace {

std::shared_ptr<Dataset> readColumns(const std::string& path, Eigen::Index rows, Eigen::Index features)
{
    auto data = std::make_shared<Dataset>();
    data->X().resize(rows, features);
    preferHugePages(data->X().data(), std::size_t(data->X().size()) * sizeof(double));      // as Preparation::apply does, and NumPy
    for (Eigen::Index j = 0; j < features; ++j)
        data->featureNames.push_back("x" + std::to_string(j + 1));
    std::ifstream file(path, std::ios::binary);
    file.read(reinterpret_cast<char*>(data->X().data()), std::streamsize(sizeof(double)) * rows * features);
    return file ? data : nullptr;
}

/// One pass over all numbers, by all threads.
nlohmann::json readAll(const Dataset& data)
{
    constexpr Eigen::Index block = 1 << 16;
    const Eigen::Index size = data.X().size();
    std::vector<double> sums(std::size_t((size + block - 1) / block));
    const auto start = std::chrono::steady_clock::now();
    parallelFor(sums.size(), [&](std::size_t i) {
        const Eigen::Index first = Eigen::Index(i) * block;
        sums[i] = Eigen::Map<const Vector>(data.X().data() + first, std::min(block, size - first)).sum();
    });
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return {{"seconds", seconds}, {"sum", std::accumulate(sums.begin(), sums.end(), 0.0)}};
}

nlohmann::json answerTo(const std::string& line, const std::shared_ptr<Dataset>& data)
{
    if (line == "read")
        return readAll(*data);
    std::istringstream words(line);
    std::string id, setting;
    words >> id;
    const Result<const LearnerInfo*> info = findLearner(id);
    if (!info)
        return {{"error", info.error().message}};
    HyperparameterValues values;
    while (words >> setting) {
        const std::size_t equals = setting.find('=');
        for (const HyperparameterSpec& spec : (*info)->table)
            if (spec.name == setting.substr(0, equals))
                values[spec.name] = parseHyperparameter(spec, setting.substr(equals + 1)).value();
    }
    data->task = (*info)->taskWithoutTarget().value();
    const auto learner = (*info)->make(Hyperparameters::check((*info)->table, values).value(), data->task);
    const auto start = std::chrono::steady_clock::now();
    const Result<FitOutcome> outcome = fit(*learner, data, 1);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (!outcome)
        return {{"error", outcome.error().message}};
    nlohmann::json answer = {{"seconds", seconds}, {"loss", outcome->last.loss}, {"steps", outcome->last.step}, {"level", kernels::modelariumKernelLevel()}};
    if (const auto* projection = std::get_if<Projection>(&outcome->parameters))
        answer["variance"] = std::vector<double>(projection->variance.begin(), projection->variance.end());
    return answer;
}

} // namespace

int main(int argc, char** argv)
{
    if (argc != 4) {
        std::cerr << "usage: bench_clustering FILE ROWS FEATURES\n";
        return 2;
    }
    const auto data = readColumns(argv[1], std::stol(argv[2]), std::stol(argv[3]));
    if (!data) {
        std::cerr << "cannot read " << argv[1] << '\n';
        return 1;
    }
    for (std::string line; std::getline(std::cin, line);)
        std::cout << answerTo(line, data).dump() << std::endl;
}
