// Least squares as a user of plain Eigen would write it, beside which w2_least_squares.py measures: `eigen_peer qr|gram FILE ROWS FEATURES` reads all columns
// of X, then y, as doubles, solves once for every line on its standard input, and answers with one line of JSON. A program of its own, with every
// instruction of this processor and Eigen's own threads, so that no function of Eigen is built twice. The column of ones is there before the clock starts.

#include <Eigen/Cholesky>
#include <Eigen/QR>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <string>

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

VectorXd householder(const MatrixXd& A, const VectorXd& y) { return A.householderQr().solve(y); }

VectorXd gram(const MatrixXd& A, const VectorXd& y)
{
    const MatrixXd G = A.transpose() * A;
    return G.ldlt().solve(A.transpose() * y);
}

} // namespace

int main(int argc, char** argv)
{
    if (argc != 5) {
        std::cerr << "usage: eigen_peer qr|gram FILE ROWS FEATURES\n";
        return 2;
    }
    const auto solve = std::string(argv[1]) == "qr" ? householder : gram;
    const Eigen::Index rows = std::stol(argv[3]), features = std::stol(argv[4]);
    MatrixXd A(rows, features + 1);
    VectorXd y(rows);
    std::ifstream file(argv[2], std::ios::binary);
    file.read(reinterpret_cast<char*>(A.data()), std::streamsize(sizeof(double)) * rows * features);
    file.read(reinterpret_cast<char*>(y.data()), std::streamsize(sizeof(double)) * rows);
    if (!file) {
        std::cerr << "cannot read " << argv[2] << '\n';
        return 1;
    }
    A.col(features).setOnes();
    for (std::string line; std::getline(std::cin, line);) {
        const auto start = std::chrono::steady_clock::now();
        const VectorXd w = solve(A, y);
        const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        std::printf("{\"seconds\": %.9g, \"W\": [[", seconds);
        for (Eigen::Index j = 0; j < features; ++j)
            std::printf(j ? ", %.17g" : "%.17g", w[j]);
        std::printf("]], \"b\": [%.17g]}\n", w[features]);
        std::fflush(stdout);
    }
    return 0;
}
