#include "core/learn/neural/network_run.h"
#include "tests/support/reference_data.h"

#include <QTest>

#include <cmath>

using namespace modelarium;

/// Networks of scikit-learn 1.2.1 from the same weights, on batches of all rows: the same loss in every epoch, and the same weights
/// after the last. In double both follow the same formulas; sums are taken in another order, and the differences of 1e-16 grow by the
/// steps between: 60 epochs keep the losses together to 1e-10.
class TestNeuralReference : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_reference = reference::read("neural.json");
        QVERIFY(m_reference.is_object());
    }

    void sameLossPath_data()
    {
        QTest::addColumn<int>("index");
        for (std::size_t i = 0; i < m_reference["cases"].size(); ++i) {
            const auto& one = m_reference["cases"][i];
            QTest::addRow("%s, %s, %d classes", one["activation"].get<std::string>().c_str(), one["solver"].get<std::string>().c_str(),
                          one["classes"].get<int>()) << int(i);
        }
    }

    void sameLossPath()
    {
        QFETCH(int, index);
        const auto& expected = m_reference["cases"][std::size_t(index)];
        const DatasetPtr data = reference::makeDataset(reference::toMatrix(m_reference["X"]), reference::toVector(expected["y"]), expected["classes"]);
        const NetworkSettings settings = settingsOf(expected);
        NetworkRun run(data, settings, 1, networkOf(expected["start"], settings, expected["classes"]));
        const std::vector<double> losses = expected["loss"];
        for (const double loss : losses) {
            const auto progress = run.step();
            QVERIFY2(progress, progress ? "" : progress.error().message.c_str());
            QVERIFY2(std::abs(progress->loss - loss) <= 1e-10 * loss, qPrintable(QStringLiteral("step %1: %2").arg(progress->step).arg(progress->loss - loss)));
        }
        const auto learned = std::get<DenseNetwork>(run.freeze());
        const DenseNetwork last = networkOf(expected, settings, expected["classes"]);
        for (std::size_t l = 0; l < last.layers.size(); ++l) {
            QVERIFY((learned.layers[l].W - last.layers[l].W).cwiseAbs().maxCoeff() < 1e-8);
            QVERIFY((learned.layers[l].b - last.layers[l].b).cwiseAbs().maxCoeff() < 1e-8);
        }
    }

    /// In single precision the same path, as far as seven digits carry.
    void singlePrecisionFollows()
    {
        for (const auto& expected : m_reference["cases"]) {
            const DatasetPtr data = reference::makeDataset(reference::toMatrix(m_reference["X"]), reference::toVector(expected["y"]), expected["classes"]);
            NetworkSettings settings = settingsOf(expected);
            settings.inDouble = false;
            NetworkRun run(data, settings, 1, networkOf(expected["start"], settings, expected["classes"]));
            const std::vector<double> losses = expected["loss"];
            for (const double loss : losses)
                QVERIFY(std::abs(run.step()->loss - loss) <= 1e-4 * loss);
        }
    }

private:
    static NetworkSettings settingsOf(const nlohmann::json& one)
    {
        NetworkSettings settings;
        settings.hidden = one["hidden"].get<std::vector<std::size_t>>();
        const std::string activation = one["activation"], solver = one["solver"];
        settings.activation = activation == "relu" ? Activation::Relu : activation == "tanh" ? Activation::Tanh : Activation::Logistic;
        settings.optimiser = solver == "adam" ? kernels::DenseOptimiser::Adam
            : solver == "momentum" ? kernels::DenseOptimiser::Momentum : kernels::DenseOptimiser::Plain;
        settings.l2 = one["alpha"];
        settings.learningRate = one["learning_rate"];
        settings.batchSize = 80;
        settings.epochs = 1000;
        settings.patience = 1000;
        settings.inDouble = true;
        return settings;
    }

    static DenseNetwork networkOf(const nlohmann::json& weights, const NetworkSettings& settings, int classes)
    {
        DenseNetwork network;
        network.link = classes == 0 ? Link::Identity : classes == 2 ? Link::Logistic : Link::Softmax;
        for (std::size_t l = 0; l < weights["W"].size(); ++l) {
            network.layers.push_back({reference::toMatrix(weights["W"][l]), reference::toVector(weights["b"][l]),
                                      l + 1 < weights["W"].size() ? settings.activation : Activation::Identity});
        }
        return network;
    }

    nlohmann::json m_reference;
};

QTEST_GUILESS_MAIN(TestNeuralReference)
#include "tst_neural_reference.moc"
