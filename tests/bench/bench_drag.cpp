#include "core/evaluate/decision_surface.h"
#include "core/learn/fit.h"
#include "tests/bench/served.h"

#include <nlohmann/json.hpp>

#include <chrono>
#include <iostream>
#include <numeric>

// `bench_drag LEARNER FILE ROWS TEST_ROWS CLASSES [NAME=VALUE ...]`: what one frame of dragging a training point costs. For every line on
// its standard input it moves one point of the plane, fits anew, takes the map of the answers on 400 x 300 cells, and answers with one
// line of JSON; the share of the test rows that the model has right (for a regression its mean squared error) is taken outside that
// time. FILE has the training rows and then the test rows, each all columns of X, then y, as doubles. For w9_drag.py.

using namespace modelarium;

namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

ColumnPtr numberColumn(const std::string& name, const auto& values)
{
    Buffer<double> numbers;
    numbers.assign(values.begin(), values.end());
    return std::make_shared<const Column>(Column::numbers(name, std::move(numbers)));
}

/// Both features as they are.
Result<Preparation> plainPreparation(const Dataset& data)
{
    const Result<Table> table = Table::make({numberColumn("x1", data.X().col(0)), numberColumn("x2", data.X().col(1))});
    if (!table)
        return table.error();
    std::vector<std::size_t> rows(data.samples());
    std::iota(rows.begin(), rows.end(), std::size_t(0));
    return Preparation::learn(*table, {"x1", "x2"}, rows, {});
}

/// One training point of the plane in the hand, and the map that follows it.
class Drag {
public:
    Drag(const Learner& learner, Preparation preparation, const Dataset& train)
        : m_learner(learner), m_preparation(std::move(preparation)), m_train(train)
    {
        m_target.name = "y";
        m_target.task = train.task;
        m_target.classes = train.classNames;
        m_slice.held = {0, 0};
        m_slice.xMinimum = train.X().col(0).minCoeff();
        m_slice.xMaximum = train.X().col(0).maxCoeff();
        m_slice.yMinimum = train.X().col(1).minCoeff();
        m_slice.yMaximum = train.X().col(1).maxCoeff();
        m_slice.columns = 400;
        m_slice.rows = 300;
    }

    nlohmann::json frame(const Dataset& test)
    {
        m_train.X()(7, 0) += m_frames++ % 2 == 0 ? 0.05 : -0.05;
        const auto data = std::make_shared<const Dataset>(m_train);
        const auto start = Clock::now();
        const Result<FitOutcome> outcome = fit(m_learner, data, 1);
        if (!outcome)
            return {{"error", outcome.error().message}};
        const double fitSeconds = secondsSince(start);
        const Result<ModelPtr> model = Model::make(m_preparation, outcome->parameters, m_target, {});
        if (!model)
            return {{"error", model.error().message}};
        const Result<DecisionSurface> surface = evaluateSurface(**model, m_slice);
        if (!surface)
            return {{"error", surface.error().message}};
        const double seconds = secondsSince(start);
        Matrix answers;
        (*model)->predictor().predict(test.X(), answers);
        return {{"seconds", seconds}, {"fit", fitSeconds}, {"cells", surface->values.size() / std::size_t(surface->outputs)},
                {"score", served::scoreOf(answers, test)}};
    }

private:
    const Learner& m_learner;
    Preparation m_preparation;
    Dataset m_train;
    TargetColumn m_target;
    SurfaceSlice m_slice;
    std::size_t m_frames = 0;
};

} // namespace

int main(int argc, char** argv)
{
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    if (arguments.size() < 5) {
        std::cerr << "usage: bench_drag LEARNER FILE ROWS TEST_ROWS CLASSES [NAME=VALUE ...]\n";
        return 2;
    }
    const int classes = std::stoi(arguments[4]);
    const auto train = served::emptyDataset(std::stol(arguments[2]), 2, classes);
    const auto test = served::emptyDataset(std::stol(arguments[3]), 2, classes);
    std::ifstream file(arguments[1], std::ios::binary);
    if (!served::readInto(file, *train) || !served::readInto(file, *test)) {
        std::cerr << "cannot read " << arguments[1] << '\n';
        return 1;
    }
    const auto learner = served::learnerOf(arguments[0], train->task, {arguments.begin() + 5, arguments.end()});
    const Result<Preparation> preparation = plainPreparation(*train);
    if (!learner || !preparation) {
        std::cerr << (learner ? preparation.error() : learner.error()).message << '\n';
        return 1;
    }
    Drag drag(**learner, *preparation, *train);
    for (std::string line; std::getline(std::cin, line);)
        std::cout << drag.frame(*test).dump() << std::endl;
}
