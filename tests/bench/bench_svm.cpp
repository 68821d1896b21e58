#include "core/learn/fit.h"
#include "tests/bench/served.h"

#include <nlohmann/json.hpp>

#include <iostream>

// `bench_svm FILE ROWS FEATURES OUT [NAME=VALUE ...]`: for every line on its standard input, trains a support vector machine on the two
// classes in FILE (all columns of X, then y, as doubles) and answers with one line of JSON. To OUT it writes, as doubles, the weights
// beta of the support vectors and then the vectors themselves, feature by feature. w4_kernel_svm.py takes turns with other programs
// that way.

using namespace modelarium;

namespace {

nlohmann::json answerOf(const Learner& learner, const DatasetPtr& data, const std::string& out)
{
    const Result<FitOutcome> outcome = fit(learner, data, 1);
    if (!outcome)
        return {{"error", outcome.error().message}};
    const auto& learned = std::get<KernelExpansion>(outcome->parameters);
    std::ofstream file(out, std::ios::binary);
    const auto write = [&](const auto& numbers) {
        file.write(reinterpret_cast<const char*>(numbers.data()), std::streamsize(sizeof(double)) * numbers.size());
    };
    write(learned.coefficients);
    write(learned.vectors);
    return {{"seconds", outcome->seconds}, {"steps", outcome->last.step}, {"vectors", learned.vectors.rows()},
            {"intercept", learned.intercepts[0]}, {"notices", outcome->notices}};
}

} // namespace

int main(int argc, char** argv)
{
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    if (arguments.size() < 4) {
        std::cerr << "usage: bench_svm FILE ROWS FEATURES OUT [NAME=VALUE ...]\n";
        return 2;
    }
    const DatasetPtr data = served::readDataset(arguments[0], std::stol(arguments[1]), std::stol(arguments[2]), 2);
    const auto learner = served::learnerOf("support_vector_machine", Task::Classification, {arguments.begin() + 4, arguments.end()});
    if (!data || !learner) {
        std::cerr << (data ? learner.error().message : "cannot read " + arguments[0]) << '\n';
        return 1;
    }
    for (std::string line; std::getline(std::cin, line);)
        std::cout << answerOf(**learner, data, arguments[3]).dump() << std::endl;
}
