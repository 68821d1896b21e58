#include "core/kernels/level.h"
#include "core/learn/linear/elastic_net_data.h"

#include <chrono>
#include <fstream>
#include <iostream>
#include <string>

// `bench_lasso FILE ROWS FEATURES ALPHAS RATIO OUT`: for every line on its standard input, a tolerance, computes the whole lasso
// path of the data in FILE (all columns of X, then y, as doubles) and answers with the seconds it took; the weights of the path,
// a column an alpha, go to OUT. w10_lasso_path.py takes turns with other programs that way.

using namespace modelarium;

namespace {

DatasetPtr readColumns(const std::string& path, Eigen::Index rows, Eigen::Index features)
{
    auto data = std::make_shared<Dataset>();
    data->X.resize(rows, features);
    data->y.resize(rows);
    std::ifstream file(path, std::ios::binary);
    file.read(reinterpret_cast<char*>(data->X.data()), std::streamsize(sizeof(double)) * rows * features);
    file.read(reinterpret_cast<char*>(data->y.data()), std::streamsize(sizeof(double)) * rows);
    return file ? data : nullptr;
}

/// Weights, a column an alpha; the last row is alpha itself.
Matrix lassoPath(const DatasetPtr& data, Eigen::Index alphas, double ratio, double tolerance)
{
    ElasticNetData net(data, true);
    while (!net.prepareSome()) {}
    const Vector path = alphaPath(net.largestAlpha(1), alphas, ratio);
    Matrix weights(data->X.cols() + 1, alphas);
    for (Eigen::Index i = 0; i < alphas; ++i) {
        net.setPrice(0, {path[i], 1});
        do
            net.problem(0).advance(net.tolerance(0, tolerance));
        while (!net.problem(0).isConverged() && !net.problem(0).isStuck());
        weights.col(i) << net.problem(0).weights(), path[i];
    }
    return weights;
}

} // namespace

int main(int argc, char** argv)
{
    if (argc != 7) {
        std::cerr << "usage: bench_lasso FILE ROWS FEATURES ALPHAS RATIO OUT\n";
        return 2;
    }
    const DatasetPtr data = readColumns(argv[1], std::stol(argv[2]), std::stol(argv[3]));
    if (!data) {
        std::cerr << "cannot read " << argv[1] << '\n';
        return 1;
    }
    for (std::string line; std::getline(std::cin, line);) {
        const auto start = std::chrono::steady_clock::now();
        const Matrix weights = lassoPath(data, std::stol(argv[4]), std::stod(argv[5]), std::stod(line));
        const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        std::ofstream(argv[6], std::ios::binary).write(reinterpret_cast<const char*>(weights.data()), std::streamsize(sizeof(double)) * weights.size());
        std::cout << seconds << ' ' << kernels::modelariumKernelLevel() << std::endl;
    }
}
