#include "core/learn/neural/neural_network.h"

#include "core/learn/neural/network_run.h"
#include "core/learn/neural/online_network.h"

namespace modelarium {

namespace {

using Spec = HyperparameterSpec;

Activation activationOf(const std::string& name)
{
    return name == "relu" ? Activation::Relu : name == "sigmoid" ? Activation::Logistic : Activation::Tanh;
}

kernels::DenseOptimiser optimiserOf(const std::string& name)
{
    return name == "adam" ? kernels::DenseOptimiser::Adam
        : name == "momentum" ? kernels::DenseOptimiser::Momentum : kernels::DenseOptimiser::Plain;
}

class NeuralNetwork final : public Learner {
public:
    explicit NeuralNetwork(const NetworkSettings& settings) : m_settings(settings) {}

    Result<std::unique_ptr<TrainingRun>> begin(DatasetPtr train, std::uint64_t seed) const override
    {
        if (const Result<void> checked = checkDataset(*train); !checked)
            return checked.error();
        if (const Result<void> checked = checkNetworkRange(*train, m_settings.inDouble); !checked)
            return checked.error();
        return std::unique_ptr<TrainingRun>(std::make_unique<NetworkRun>(std::move(train), m_settings, seed));
    }

private:
    NetworkSettings m_settings;
};

HyperparameterTable networkTable()
{
    return {
        Spec::integers("hidden_layers", "Hidden layers",
                       "How many units each hidden layer has, from the first to the last: \"8, 8\" is two layers of eight. More "
                       "units draw finer shapes, and remember noise more easily; none leaves a straight boundary.",
                       "8, 8", 1, 1000, 8),
        Spec::choice("activation", "Activation",
                     "What bends the sums of a unit: tanh gives smooth shapes, ReLU straight pieces, the sigmoid is the oldest and "
                     "the slowest to learn.",
                     "tanh", {"relu", "tanh", "sigmoid"}, {"ReLU", "Tanh", "Sigmoid"}),
        Spec::choice("solver", "Solver",
                     "How the weights follow the slope: Adam chooses a step for each weight, momentum keeps rolling in the same "
                     "direction, plain descent does neither.",
                     "adam", {"sgd", "momentum", "adam"}, {"Plain descent", "Momentum", "Adam"}),
        Spec::real("learning_rate", "Learning rate",
                   "How far each step goes: small ones crawl, large ones jump over the minimum and diverge.", 0.01, 0, 1000, true)
            .aboveMinimum(),
        Spec::real("momentum", "Momentum", "Share of the last step that each new one keeps: more rolls further, and overshoots.", 0.9,
                   0, 0.9999)
            .when("solver", {"momentum"}),
        Spec::real("l1", "L1 penalty",
                   "Price of the sizes of the weights, divided by the rows of a batch: more pulls useless weights to zero.", 0, 0, 1e6,
                   true),
        Spec::real("l2", "L2 penalty",
                   "Price of the squares of the weights, divided by the rows of a batch: more keeps the shapes smoother.", 1e-4, 0,
                   1e6, true),
        Spec::integer("batch_size", "Batch size",
                      "How many rows each step looks at: few give quick and noisy steps, all of them the slope itself.", 32, 1,
                      1'000'000),
        Spec::integer("epochs", "Epochs", "How often the training goes through all rows at most.", 200, 1, 1'000'000),
        Spec::boolean("early_stopping", "Stop early",
                      "Hold back some of the training rows, stop when the loss on them no longer falls, and keep the weights that "
                      "were best there.",
                      false),
        Spec::real("held_back", "Held back", "Share of the training rows that only decides when to stop.", 0.1, 0.01, 0.9)
            .when("early_stopping", {"true"}),
        Spec::integer("patience", "Patience", "For how many epochs the loss may fail to fall before the training ends.", 10, 1,
                      1'000'000),
        Spec::real("tolerance", "Tolerance", "A fall of the loss by no more than this in an epoch does not count as one.", 1e-4, 0, 1,
                   true),
        Spec::choice("precision", "Precision",
                     "Single is twice as fast in large networks and exact enough for noisy data; double follows the formulas to "
                     "fifteen digits. Frozen models always answer in double.",
                     "single", {"single", "double"}, {"Single", "Double"}),
    };
}

std::unique_ptr<const Learner> makeNeuralNetwork(const Hyperparameters& hyperparameters, Task)
{
    return std::make_unique<NeuralNetwork>(networkSettings(hyperparameters));
}

} // namespace

NetworkSettings networkSettings(const Hyperparameters& hyperparameters)
{
    NetworkSettings settings;
    settings.hidden.clear();
    for (const std::int64_t units : hyperparameters.integers("hidden_layers"))
        settings.hidden.push_back(std::size_t(units));
    settings.activation = activationOf(hyperparameters.choice("activation"));
    settings.optimiser = optimiserOf(hyperparameters.choice("solver"));
    settings.learningRate = hyperparameters.real("learning_rate");
    settings.momentum = hyperparameters.real("momentum");
    settings.l1 = hyperparameters.real("l1");
    settings.l2 = hyperparameters.real("l2");
    settings.batchSize = std::size_t(hyperparameters.integer("batch_size"));
    settings.epochs = std::size_t(hyperparameters.integer("epochs"));
    settings.patience = std::size_t(hyperparameters.integer("patience"));
    settings.tolerance = hyperparameters.real("tolerance");
    settings.heldBack = hyperparameters.boolean("early_stopping") ? hyperparameters.real("held_back") : 0;
    settings.inDouble = hyperparameters.choice("precision") == "double";
    return settings;
}

LearnerInfo neuralNetwork()
{
    LearnerInfo info;
    info.id = "neural_network";
    info.name = "Neural network";
    info.help = "Layers of units, each a weighted sum of the layer before, bent by its activation: with enough units they draw any "
                "shape. The weights are found by going downhill, again and again, in small batches.";
    info.objective = "Minimises, for each batch of B rows, [sum of losses + l1 sum |w| + l2 / 2 sum w^2] / B; the loss of a "
                     "row is (f - y)^2 / 2 with the target standardised, or -log P(its class). Intercepts are not penalised. "
                     "As scikit-learn's MLPRegressor and MLPClassifier, whose alpha is l2 here.";
    info.tasks = {Task::Regression, Task::Classification};
    info.table = networkTable();
    info.stepName = "epoch";
    info.wantsScaling = true;
    info.make = makeNeuralNetwork;
    info.makeOnline = [](const Hyperparameters& chosen, OnlineShape shape, std::uint64_t seed) -> std::unique_ptr<OnlineRun> {
        return std::make_unique<OnlineNetwork>(std::move(shape), networkSettings(chosen), seed);
    };
    info.onlineHyperparameters = {"hidden_layers", "activation", "solver", "learning_rate", "momentum", "l1", "l2", "batch_size", "precision"};
    return info;
}

} // namespace modelarium
