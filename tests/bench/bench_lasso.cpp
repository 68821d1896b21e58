#include "core/learn/linear/elastic_net_data.h"
#include "core/learn/linear/penalty_path.h"
#include "tests/bench/served.h"

#include <chrono>
#include <fstream>
#include <iostream>
#include <string>

// `bench_lasso FILE ROWS FEATURES ALPHAS RATIO OUT TOLERANCE`: for every line on its standard input, computes the whole lasso path of
// the data in FILE (all columns of X, then y, as doubles) and answers with the seconds it took, as JSON; the weights of the path, a
// column an alpha, go to OUT. w10_lasso_path.py takes turns with other programs that way.

using namespace modelarium;

namespace {

/// Weights, a column an alpha; the last row is alpha itself.
Matrix lassoPath(const DatasetPtr& data, Eigen::Index alphas, double ratio, double tolerance)
{
    ElasticNetData net(data, true);
    while (!net.prepareSome()) {}
    const Vector path = alphaPath(net.largestAlpha(1), alphas, ratio);
    Matrix weights(data->X().cols() + 1, alphas);
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
    if (argc != 8) {
        std::cerr << "usage: bench_lasso FILE ROWS FEATURES ALPHAS RATIO OUT TOLERANCE\n";
        return 2;
    }
    const DatasetPtr data = served::readDataset(argv[1], std::stol(argv[2]), std::stol(argv[3]), 0);
    if (!data) {
        std::cerr << "cannot read " << argv[1] << '\n';
        return 1;
    }
    for (std::string line; std::getline(std::cin, line);) {
        const auto start = std::chrono::steady_clock::now();
        const Matrix weights = lassoPath(data, std::stol(argv[4]), std::stod(argv[5]), std::stod(argv[7]));
        const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        std::ofstream(argv[6], std::ios::binary).write(reinterpret_cast<const char*>(weights.data()), std::streamsize(sizeof(double)) * weights.size());
        std::cout << "{\"seconds\": " << seconds << '}' << std::endl;
    }
}
