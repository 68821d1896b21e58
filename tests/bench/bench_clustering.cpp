#include "core/base/buffer.h"
#include "core/kernels/level.h"
#include "core/learn/fit.h"
#include "core/learn/registry.h"

#include <nlohmann/json.hpp>

#include <chrono>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

// `bench_clustering FILE ROWS FEATURES`: reads all columns of X as doubles; for every line on its standard input, a learner and its
// hyperparameters ("k_means clusters=8 start=first_rows"), fits once and answers with one line of JSON. w11_clustering.py takes turns
// with other programs that way.

using namespace modelarium;

namespace {

DatasetPtr readColumns(const std::string& path, Eigen::Index rows, Eigen::Index features)
{
    auto data = std::make_shared<Dataset>();
    data->task = Task::Clustering;
    data->X.resize(rows, features);
    preferHugePages(data->X.data(), std::size_t(data->X.size()) * sizeof(double));      // as Preparation::apply does, and NumPy
    for (Eigen::Index j = 0; j < features; ++j)
        data->featureNames.push_back("x" + std::to_string(j + 1));
    std::ifstream file(path, std::ios::binary);
    file.read(reinterpret_cast<char*>(data->X.data()), std::streamsize(sizeof(double)) * rows * features);
    return file ? data : nullptr;
}

nlohmann::json answerTo(const std::string& line, const DatasetPtr& data)
{
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
    const auto learner = (*info)->make(Hyperparameters::check((*info)->table, values).value(), Task::Clustering);
    const auto start = std::chrono::steady_clock::now();
    const Result<FitOutcome> outcome = fit(*learner, data, 1);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (!outcome)
        return {{"error", outcome.error().message}};
    return {{"seconds", seconds}, {"loss", outcome->last.loss}, {"steps", outcome->last.step}, {"level", kernels::modelariumKernelLevel()}};
}

} // namespace

int main(int argc, char** argv)
{
    if (argc != 4) {
        std::cerr << "usage: bench_clustering FILE ROWS FEATURES\n";
        return 2;
    }
    const DatasetPtr data = readColumns(argv[1], std::stol(argv[2]), std::stol(argv[3]));
    if (!data) {
        std::cerr << "cannot read " << argv[1] << '\n';
        return 1;
    }
    for (std::string line; std::getline(std::cin, line);)
        std::cout << answerTo(line, data).dump() << std::endl;
}
