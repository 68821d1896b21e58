#include "core/learn/neural/neural_network.h"

#include "core/learn/fit.h"
#include "core/learn/neural/network_run.h"
#include "core/model/equation.h"
#include "core/model/parameters_json.h"
#include "tests/support/reference_data.h"
#include "tests/support/sample_tables.h"
#include "tests/support/thread_counts.h"

#include <QTest>

#include <cmath>
#include <numeric>

using namespace modelarium;

namespace {

using kernels::DenseOptimiser;

Matrix normals(Eigen::Index rows, Eigen::Index columns, std::uint64_t seed)
{
    Random random(seed);
    Matrix X(rows, columns);
    for (double& x : X.reshaped())
        x = random.normal();
    return X;
}

/// Classes in rings round the origin, or a bent surface.
DatasetPtr rings(Eigen::Index rows, Eigen::Index features, int classes, std::uint64_t seed = 5)
{
    const Matrix X = normals(rows, features, seed);
    Vector y(rows);
    for (Eigen::Index i = 0; i < rows; ++i) {
        const double radius = X.row(i).norm() / std::sqrt(double(features));
        y[i] = classes > 0 ? std::min(std::floor(radius * classes / 1.5), classes - 1.0) : std::sin(2 * X(i, 0)) + radius;
    }
    return reference::makeDataset(X, y, classes);
}

std::vector<std::uint32_t> allRows(std::size_t count)
{
    std::vector<std::uint32_t> rows(count);
    std::iota(rows.begin(), rows.end(), 0u);
    return rows;
}

std::string refusal(const nlohmann::json& parameters)
{
    const auto read = parametersFromJson(parameters);
    return read ? "" : read.error().message;
}

ModelPtr modelOf(DenseNetwork network, std::vector<std::string> classes = {})
{
    std::vector<InputColumn> inputs;
    for (Eigen::Index j = 0; j < network.layers.front().W.cols(); ++j) {
        InputColumn input;
        input.name = "x" + std::to_string(j + 1);
        inputs.push_back(input);
    }
    auto preparation = Preparation::fromParts(std::move(inputs), {}, UnknownCategory::Refuse, false, true);
    TargetColumn target{"y", "", classes.empty() ? Task::Regression : Task::Classification, std::move(classes)};
    return *Model::make(*std::move(preparation), std::move(network), std::move(target), {});
}

} // namespace

class TestNeuralNetwork : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void gradientIsTheSlope_data();
    void gradientIsTheSlope();
    void precisionsAgree();
    void optimisersAreTheirFormulas_data();
    void optimisersAreTheirFormulas();
    void penaltiesPullWeightsToZero();
    void learnsWhatNoStraightLineCan();
    void fitsACurveInTheUnitsOfTheTarget();
    void unitsOfTheTargetAreThereAndBack();
    void sameStartEveryTime();
    void largeBatchesDoNotDependOnThreads();
    void largeDataTakeSeveralStepsAnEpoch();
    void stopsEarly();
    void heldBackRowsAreOfEveryClass();
    void divergenceNamesTheLearningRate();
    void valuesTooLargeAreNamed();
    void listsOfLayers();
    void equation();
    void arithmetic();
    void brokenFilesAreRefused();
};

void TestNeuralNetwork::gradientIsTheSlope_data()
{
    QTest::addColumn<int>("activation");
    QTest::addColumn<int>("classes");
    QTest::addColumn<int>("rows");
    for (const Activation activation : {Activation::Relu, Activation::Tanh, Activation::Logistic})
        for (const int classes : {0, 2, 4})
            for (const int rows : {1, 37, 300})
                QTest::addRow("activation %d, %d classes, %d rows", int(activation), classes, rows) << int(activation) << classes << rows;
}

/// Against central differences of the loss, of steps h: their error is of the order h^2 + 1e-16 / h, about 1e-9 of the largest slope.
void TestNeuralNetwork::gradientIsTheSlope()
{
    QFETCH(int, activation);
    QFETCH(int, classes);
    QFETCH(int, rows);
    NetworkSettings settings;
    settings.hidden = {7, 17, 3};
    settings.activation = Activation(activation);
    settings.inDouble = true;
    const DatasetPtr data = rings(300, 5, classes);
    DenseNetwork network = startingNetwork(settings, 5, data->task, data->classes(), Random(3));
    const std::vector<std::uint32_t> order = allRows(std::size_t(rows));
    const auto at = [&](const std::vector<double>& numbers) {
        setNetworkNumbers(network, numbers);
        auto trainer = makeNetworkTrainer(network, settings);
        trainer->setRows(data->X(), data->y);
        return trainer;
    };
    std::vector<double> numbers = networkNumbers(network);
    const std::vector<double> gradient = at(numbers)->gradient(order.data(), order.size());
    QCOMPARE(gradient.size(), numbers.size());
    constexpr double h = 1e-5;
    double worst = 0, largest = 0;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        const double middle = numbers[i];
        numbers[i] = middle + h;
        const double above = at(numbers)->loss(order.data(), order.size());
        numbers[i] = middle - h;
        const double below = at(numbers)->loss(order.data(), order.size());
        numbers[i] = middle;
        largest = std::max(largest, std::abs(gradient[i]));
        // Where a ReLU bends within the step, the difference is of two slopes: such bends are rarer than one in a hundred numbers.
        const double error = std::abs((above - below) / (2 * h) - gradient[i]);
        worst = std::max(worst, error);
    }
    QVERIFY2(worst <= (Activation(activation) == Activation::Relu ? 1e-4 : 1e-8) * std::max(1.0, largest), qPrintable(QString::number(worst)));
}

void TestNeuralNetwork::precisionsAgree()
{
    NetworkSettings settings;
    settings.hidden = {20, 5};
    const DatasetPtr data = rings(200, 4, 3);
    const DenseNetwork network = startingNetwork(settings, 4, data->task, 3, Random(3));
    const std::vector<std::uint32_t> order = allRows(200);
    std::vector<std::vector<double>> gradients;
    for (const bool inDouble : {false, true}) {
        settings.inDouble = inDouble;
        auto trainer = makeNetworkTrainer(network, settings);
        trainer->setRows(data->X(), data->y);
        gradients.push_back(trainer->gradient(order.data(), order.size()));
    }
    for (std::size_t i = 0; i < gradients[0].size(); ++i)
        QVERIFY(std::abs(gradients[0][i] - gradients[1][i]) < 1e-3);
}

void TestNeuralNetwork::optimisersAreTheirFormulas_data()
{
    QTest::addColumn<int>("optimiser");
    QTest::newRow("plain") << int(DenseOptimiser::Plain);
    QTest::newRow("momentum") << int(DenseOptimiser::Momentum);
    QTest::newRow("adam") << int(DenseOptimiser::Adam);
}

/// Three batches, followed by hand.
void TestNeuralNetwork::optimisersAreTheirFormulas()
{
    QFETCH(int, optimiser);
    NetworkSettings settings;
    settings.hidden = {3};
    settings.optimiser = DenseOptimiser(optimiser);
    settings.inDouble = true;
    settings.l1 = 0.3;
    settings.l2 = 0.7;
    const DatasetPtr data = rings(30, 2, 0);
    const DenseNetwork start = startingNetwork(settings, 2, Task::Regression, 0, Random(3));
    const std::vector<std::uint32_t> order = allRows(30);
    auto trainer = makeNetworkTrainer(start, settings);
    trainer->setRows(data->X(), data->y);
    // Weights are penalised, biases (the last numbers of each layer) are not.
    std::vector<double> isWeight(13, 1);
    for (const std::size_t bias : {6, 7, 8, 12})
        isWeight[bias] = 0;
    std::vector<double> w = networkNumbers(start), m(w.size(), 0), v(w.size(), 0);
    for (int t = 1; t <= 3; ++t) {
        auto copy = makeNetworkTrainer(trainer->network(), settings);
        copy->setRows(data->X(), data->y);
        const std::vector<double> sums = copy->gradient(order.data() + 10 * (t - 1), 10);
        trainer->learn(order.data() + 10 * (t - 1), 10, 0.01);
        for (std::size_t i = 0; i < w.size(); ++i) {
            const double g = (sums[i] + isWeight[i] * (0.7 * w[i] + 0.3 * (w[i] > 0 ? 1 : -1))) / 10;
            if (settings.optimiser == DenseOptimiser::Plain) {
                w[i] -= 0.01 * g;
            } else if (settings.optimiser == DenseOptimiser::Momentum) {
                m[i] = 0.9 * m[i] - 0.01 * g;
                w[i] += m[i];
            } else {
                m[i] = 0.9 * m[i] + 0.1 * g;
                v[i] = 0.999 * v[i] + 0.001 * g * g;
                w[i] -= 0.01 * std::sqrt(1 - std::pow(0.999, t)) / (1 - std::pow(0.9, t)) * m[i] / (std::sqrt(v[i]) + 1e-8);
            }
        }
        const std::vector<double> learned = networkNumbers(trainer->network());
        for (std::size_t i = 0; i < w.size(); ++i)
            QVERIFY2(std::abs(learned[i] - w[i]) < 1e-13, qPrintable(QString::number(learned[i] - w[i])));
    }
}

void TestNeuralNetwork::penaltiesPullWeightsToZero()
{
    const DatasetPtr data = rings(300, 3, 2);
    const auto sizeOf = [&](const char* name, double price) {
        const auto outcome = reference::fitTo(data, "neural_network", {{name, price}, {"epochs", std::int64_t(100)}});
        double size = 0;
        for (const DenseLayer& layer : std::get<DenseNetwork>(outcome->parameters).layers)
            size += layer.W.cwiseAbs().sum();
        return size;
    };
    QVERIFY(sizeOf("l2", 1) < 0.8 * sizeOf("l2", 0));
    QVERIFY(sizeOf("l1", 1) < 0.5 * sizeOf("l2", 0));
}

void TestNeuralNetwork::learnsWhatNoStraightLineCan()
{
    const Matrix X{{0, 0}, {0, 1}, {1, 0}, {1, 1}};
    const auto outcome = reference::fitTo(reference::makeDataset(X, Vector{{0, 1, 1, 0}}, 2), "neural_network",
                                          {{"epochs", std::int64_t(2000)}, {"tolerance", 0.0}, {"learning_rate", 0.05}});
    QVERIFY(outcome);
    Matrix out;
    makePredictor(outcome->parameters)->predict(X, out);
    for (Eigen::Index i = 0; i < 4; ++i)
        QVERIFY(out(i, i == 1 || i == 2) > 0.99);
}

void TestNeuralNetwork::fitsACurveInTheUnitsOfTheTarget()
{
    Matrix X(400, 1);
    Vector y(400);
    for (Eigen::Index i = 0; i < 400; ++i) {
        X(i, 0) = double(i) / 100 - 2;
        y[i] = 4000 + 800 * std::sin(2 * X(i, 0));
    }
    const auto outcome = reference::fitTo(reference::makeDataset(X, y, 0), "neural_network",
                                          {{"hidden_layers", std::string("16, 16")}, {"epochs", std::int64_t(500)}, {"tolerance", 0.0}});
    QVERIFY(outcome);
    Matrix out;
    makePredictor(outcome->parameters)->predict(X, out);
    const double rmse = std::sqrt((out.col(0) - y).squaredNorm() / 400);
    QVERIFY2(rmse < 20, qPrintable(QString::number(rmse)));
}

void TestNeuralNetwork::unitsOfTheTargetAreThereAndBack()
{
    const DenseNetwork network = startingNetwork({}, 3, Task::Regression, 0, Random(1));
    const DenseNetwork back = inScaledUnits(inTargetUnits(network, {4000, 250}), {4000, 250});
    const std::vector<double> before = networkNumbers(network), after = networkNumbers(back);
    for (std::size_t i = 0; i < before.size(); ++i)
        QVERIFY(std::abs(before[i] - after[i]) < 1e-12);
    const TargetScale huge = targetScaleOf(*reference::makeDataset(normals(3, 1, 1), Vector{{1e308, -1e308, 1e308}}, 0));
    QVERIFY(std::isfinite(huge.mean) && std::isfinite(huge.scale));
}

void TestNeuralNetwork::sameStartEveryTime()
{
    const DatasetPtr data = rings(50, 2, 3);
    const auto start = [&](std::uint64_t seed) { return samples::exactBits(NetworkRun(data, {}, seed).freeze()); };
    QCOMPARE(start(4), start(4));
    QVERIFY(start(4) != start(5));
    // What happens later does not change where it begins.
    NetworkSettings other;
    other.learningRate = 1;
    other.batchSize = 3;
    other.heldBack = 0.2;
    QCOMPARE(samples::exactBits(NetworkRun(data, other, 4).freeze()), start(4));
}

void TestNeuralNetwork::largeBatchesDoNotDependOnThreads()
{
    const DatasetPtr data = rings(3001, 6, 3);
    const HyperparameterValues values{{"batch_size", std::int64_t(1500)}, {"epochs", std::int64_t(5)}, {"hidden_layers", std::string("50, 20")}};
    QCOMPARE(samples::changedByThreads([&] { return samples::outcomeText(reference::fitTo(data, "neural_network", values)); }), std::string());
}

void TestNeuralNetwork::largeDataTakeSeveralStepsAnEpoch()
{
    const DatasetPtr data = rings(20'000, 20, 2);
    NetworkSettings settings;
    settings.hidden = {300, 300};
    NetworkRun run(data, settings, 1);
    const auto first = run.step();
    QVERIFY(first);
    QVERIFY2(first->what.find(" of 20,000 rows") != std::string::npos, first->what.c_str());
    QVERIFY(!run.isFinished());
}

void TestNeuralNetwork::stopsEarly()
{
    // Noise alone: what is learned helps no row that was held back.
    Random random(2);
    Vector y(200);
    for (double& each : y)
        each = double(random.below(2));
    const DatasetPtr data = reference::makeDataset(normals(200, 5, 8), y, 2);
    std::size_t epochs = 0;
    const auto outcome = reference::fitTo(data, "neural_network",
                                          {{"early_stopping", true}, {"held_back", 0.3}, {"hidden_layers", std::string("64")},
                                           {"epochs", std::int64_t(5000)}},
                                          [&](const TrainingRun&, const Progress& progress) {
                                              epochs = progress.step;
                                              return Answer::Continue;
                                          });
    QVERIFY(outcome);
    QVERIFY2(epochs < 500, qPrintable(QString::number(epochs)));
    QVERIFY(outcome->notices.front().find("60 rows held back") != std::string::npos);
}

void TestNeuralNetwork::heldBackRowsAreOfEveryClass()
{
    Vector y = Vector::Zero(100);
    y.tail(10).setOnes();
    y[0] = 2;                                       // once only: it must be learned
    NetworkSettings settings;
    settings.heldBack = 0.2;
    settings.epochs = 1;
    settings.batchSize = 100;
    NetworkRun run(reference::makeDataset(normals(100, 2, 8), y, 3), settings, 1);
    QVERIFY(run.step());
    QVERIFY(run.isFinished());
    // 18 of 89, 2 of 10, 0 of 1.
    QVERIFY2(run.notices().front().find("20 rows held back") != std::string::npos, run.notices().front().c_str());
}

void TestNeuralNetwork::divergenceNamesTheLearningRate()
{
    const auto outcome = reference::fitTo(rings(100, 2, 0), "neural_network",
                                          {{"solver", std::string("sgd")}, {"activation", std::string("relu")}, {"learning_rate", 1000.0}});
    QVERIFY(!outcome);
    QCOMPARE(int(outcome.error().code), int(ErrorCode::Diverged));
    QCOMPARE(outcome.error().place.hyperparameter, std::string("learning_rate"));
    QVERIFY2(outcome.error().message.find("the learning rate 1000 is too large") != std::string::npos, outcome.error().message.c_str());
}

void TestNeuralNetwork::valuesTooLargeAreNamed()
{
    Matrix X = normals(20, 2, 1);
    X(6, 1) = 1e30;
    const DatasetPtr data = reference::makeDataset(X, rings(20, 2, 0)->y, 0);
    const auto outcome = reference::fitTo(data, "neural_network", {});
    QVERIFY(!outcome);
    QVERIFY2(outcome.error().message.find("\"x2\" in row 7") != std::string::npos, outcome.error().message.c_str());
    QVERIFY(reference::fitTo(data, "neural_network", {{"precision", std::string("double")}}));
}

void TestNeuralNetwork::listsOfLayers()
{
    const HyperparameterTable table = neuralNetwork().table;
    const auto layers = [&](const std::string& text) {
        const auto checked = Hyperparameters::check(table, {{"hidden_layers", text}});
        return checked ? hyperparameterText(checked->values().at("hidden_layers")) : checked.error().message;
    };
    QCOMPARE(layers("8,8"), std::string("8, 8"));
    QCOMPARE(layers(" 16  4;2 "), std::string("16, 4, 2"));
    QCOMPARE(layers(""), std::string());
    QCOMPARE(layers("8, 0"), std::string("\"8, 0\" is no value for hidden_layers: it must be up to 8 whole numbers from 1 to 1000, "
                                         "such as \"8, 8\", or none."));
    const auto checked = Hyperparameters::check(table, {{"hidden_layers", std::string("100, 20, 3")}});
    QCOMPARE(checked->integers("hidden_layers"), (std::vector<std::int64_t>{100, 20, 3}));
    QVERIFY(Hyperparameters::check(table, {{"hidden_layers", std::string()}})->integers("hidden_layers").empty());
}

void TestNeuralNetwork::equation()
{
    NetworkSettings settings;
    const ModelPtr classes = modelOf(startingNetwork(settings, 2, Task::Classification, 3, Random(1)), {"A", "B", "C"});
    QCOMPARE(QString::fromStdString(equationText(*classes)),
             QString::fromUtf8("h₁ = tanh(W₁ x + b₁)\nh₂ = tanh(W₂ h₁ + b₂)\nP = softmax(W₃ h₂ + b₃)\nx: 2 features; 123 parameters"));
    settings.hidden = {};
    const ModelPtr line = modelOf(startingNetwork(settings, 1, Task::Regression, 0, Random(1)));
    QCOMPARE(QString::fromStdString(equationText(*line)), QString::fromUtf8("y = W₁ x + b₁\nx: 1 feature; 2 parameters"));
    QCOMPARE(equationLatex(*line), std::string("\\begin{aligned}\n\\mathrm{y} &= W_{1} x + b_{1}\n\\end{aligned}"));
}

void TestNeuralNetwork::arithmetic()
{
    const DenseNetwork network{{{Matrix{{2, -1}, {0.5, 3}}, Vector{{0.25, -4}}, Activation::Relu},
                                {Matrix{{1.5, -2}}, Vector{{10}}, Activation::Identity}},
                               Link::Identity};
    const double x[] = {3, 1};
    const std::vector<std::string> lines = arithmeticText(*modelOf(network), x);
    const std::vector<std::string> expected = {
        "x = (x1: 3, x2: 1)",
        "h₁[1] = relu(2 × 3 - 1 × 1 + 0.25) = 5.25",
        "h₁[2] = relu(0.5 × 3 + 3 × 1 - 4) = 0.5",
        "z = 1.5 × 5.25 - 2 × 0.5 + 10 = 16.88",
        "y = 16.88",
    };
    QCOMPARE(lines, expected);
    // Too many numbers to write out: the range of each layer.
    NetworkSettings settings;
    settings.hidden = {100};
    const ModelPtr large = modelOf(startingNetwork(settings, 2, Task::Classification, 3, Random(1)), {"A", "B", "C"});
    const std::vector<std::string> summary = arithmeticText(*large, x);
    QVERIFY2(summary[1].find("h₁: 100 numbers from ") == 0, summary[1].c_str());
    QCOMPARE(summary.size(), std::size_t(7));
}

void TestNeuralNetwork::brokenFilesAreRefused()
{
    NetworkSettings settings;
    settings.hidden = {3};
    const nlohmann::json whole = parametersToJson(startingNetwork(settings, 2, Task::Classification, 3, Random(1)));
    QCOMPARE(refusal(whole), std::string());
    const auto with = [&](const std::function<void(nlohmann::json&)>& change) {
        nlohmann::json copy = whole;
        change(copy);
        return QString::fromStdString(refusal(copy));
    };
    QVERIFY(with([](auto& p) { p["layers"] = 3; }).contains("list of 1 to 100 layers"));
    QVERIFY(with([](auto& p) { p["layers"].clear(); }).contains("list of 1 to 100 layers"));
    QVERIFY(with([](auto& p) { p.erase("layers"); }).contains("is missing"));
    QVERIFY(with([](auto& p) { p["layers"][0] = "x"; }).contains("layer 1"));
    QVERIFY(with([](auto& p) { p["layers"][0]["b"] = {1, 2}; }).contains("one number for each row"));
    QVERIFY(with([](auto& p) { p["layers"][1]["W"] = {{1, 2}, {3, 4}, {5, 6}}; }).contains("whose inputs are not the outputs"));
    QVERIFY(with([](auto& p) { p["layers"][0]["W"] = nlohmann::json::array(); }).contains("has no numbers"));
    QVERIFY(with([](auto& p) { p["layers"][0]["activation"] = "sine"; }).contains("does not know"));
    QVERIFY(with([](auto& p) { p["layers"][1]["activation"] = "relu"; }).contains("ends in an activation"));
    QVERIFY(with([](auto& p) { p["link"] = "identity"; }).contains("number of outputs that its link needs"));
    QVERIFY(with([](auto& p) { p["link"] = "cubic"; }).contains("does not know"));
    const auto wide = nlohmann::json(std::vector<std::vector<double>>(10'001, {1.0, 2.0}));
    QVERIFY(with([&](auto& p) { p["layers"][0]["W"] = wide; }).contains("more than 10,000 rows"));
}

QTEST_GUILESS_MAIN(TestNeuralNetwork)
#include "tst_neural_network.moc"
