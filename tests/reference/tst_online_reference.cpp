#include "core/learn/online.h"
#include "core/learn/registry.h"
#include "tests/support/reference_data.h"

#include <QTest>

using namespace modelarium;
using reference::toMatrix;
using reference::toVector;

/// Learning row by row against scikit-learn 1.2.1's partial_fit, river 0.26.1's AdaGrad and numpy 1.24's least squares: see
/// make_online_reference.py, make_online_network_reference.py and make_online_logistic_reference.py in tests/data/reference.
class TestOnlineReference : public QObject {
    Q_OBJECT

private:
    nlohmann::json m_document;

    static std::unique_ptr<OnlineRun> runOf(const char* id, const Dataset& data, const HyperparameterValues& values = {})
    {
        const LearnerInfo& learner = **findLearner(id);
        return learner.makeOnline(*Hyperparameters::check(learner.table, values), {data.task, data.features(), data.classNames}, 1);
    }

    static Parameters learned(const char* id, const Dataset& data, const HyperparameterValues& values = {})
    {
        const auto run = runOf(id, data, values);
        const auto progress = run->partialFit(data);
        return progress ? run->freeze() : Parameters();
    }

    DatasetPtr classesOf(const nlohmann::json& one) const
    {
        return reference::makeDataset(toMatrix(m_document["X"]), toVector(one["y"]), one["classes"].get<int>());
    }

    static double farthest(const Matrix& a, const Matrix& b) { return ((a - b).array().abs() / b.array().abs().max(1e-12)).maxCoeff(); }

private Q_SLOTS:
    void initTestCase()
    {
        m_document = reference::read("online.json");
        QVERIFY(m_document.is_object());
    }

    void leastSquares()
    {
        const auto linear = std::get<Linear>(learned("linear_regression", *reference::makeDataset(toMatrix(m_document["X"]), toVector(m_document["values"]), 0)));
        const Vector expected = toVector(m_document["least_squares"]);
        QVERIFY(std::abs(linear.b[0] - expected[0]) <= 1e-10 * std::abs(expected[0]));
        QVERIFY(farthest(linear.W, expected.tail(3).transpose()) < 1e-10);
    }

    void naiveBayes()
    {
        for (const auto& one : m_document["cases"]) {
            const auto bayes = std::get<GaussianClasses>(learned("gaussian_naive_bayes", *classesOf(one)));
            QVERIFY(farthest(bayes.logPrior.array().exp().matrix(), toVector(one["prior"])) < 1e-13);
            QVERIFY(farthest(bayes.mean, toMatrix(one["mean"])) < 1e-12);
            // partial_fit takes its smoothing from the last batch alone, of 1e-9 of the largest variance: about 3e-8 here.
            QVERIFY((bayes.variance - toMatrix(one["variance"])).cwiseAbs().maxCoeff() < 3e-8);
        }
    }

    void perceptron()
    {
        for (const auto& one : m_document["cases"]) {
            const auto linear = std::get<Linear>(learned("perceptron", *classesOf(one)));
            QVERIFY((linear.W - toMatrix(one["W"])).cwiseAbs().maxCoeff() < 1e-9);
            QCOMPARE(linear.b, toVector(one["b"]));
        }
    }

    /// The same steps of the same length: 200 of them, each rounding at 1e-16.
    void logistic()
    {
        const auto document = reference::read("online_logistic.json");
        QVERIFY(document.is_object());
        for (const auto& one : document["cases"]) {
            const DatasetPtr data = reference::makeDataset(toMatrix(document["X"]), toVector(one["y"]), one["classes"]);
            const auto linear = std::get<Linear>(learned("logistic_regression", *data, {{"penalty", std::string("none")},
                                                                                        {"learning_rate", one["learning_rate"].get<double>()}}));
            const Matrix expected = toMatrix(one["W"]);
            QVERIFY(farthest(linear.W, expected.leftCols(3)) < 1e-11);
            QVERIFY(farthest(linear.b, expected.col(3)) < 1e-11);
        }
    }

    void network_data()
    {
        QTest::addColumn<int>("index");
        m_networks = reference::read("online_network.json");
        for (std::size_t i = 0; i < m_networks["cases"].size(); ++i) {
            const auto& one = m_networks["cases"][i];
            QTest::addRow("%s, %s, %d classes", one["activation"].get<std::string>().c_str(), one["solver"].get<std::string>().c_str(),
                          one["classes"].get<int>()) << int(i);
        }
    }

    /// From the peer's starting weights, put into the state that a learning model file keeps. Twenty steps, in double.
    void network()
    {
        QFETCH(int, index);
        const auto& one = m_networks["cases"][std::size_t(index)];
        const DatasetPtr data = reference::makeDataset(toMatrix(m_networks["X"]), toVector(one["y"]), one["classes"]);
        const auto run = runOf("neural_network", *data,
                               {{"hidden_layers", std::string("6, 4")}, {"activation", one["activation"].get<std::string>()},
                                {"solver", one["solver"].get<std::string>()}, {"learning_rate", one["learning_rate"].get<double>()},
                                {"l2", one["l2"].get<double>()}, {"batch_size", std::int64_t(25)}, {"precision", std::string("double")}});
        OnlineState state = run->state();
        const Vector start = numbersOf(one["start"]);
        QCOMPARE(state.numbers.at("weights").size(), start.size());
        state.numbers["weights"] = start;
        QVERIFY(run->setState(state));
        const auto progress = run->partialFit(*data);
        QVERIFY2(progress, progress ? "" : progress.error().message.c_str());
        QCOMPARE(run->state().counts.at("batches"), std::uint64_t(20));
        const Vector expected = numbersOf(one);
        QVERIFY((run->state().numbers.at("weights") - expected).cwiseAbs().maxCoeff() < 1e-11);
        QVERIFY((expected - start).cwiseAbs().maxCoeff() > 0.01);
    }

private:
    /// Layer by layer the weights of each unit in turn, then the intercepts.
    static Vector numbersOf(const nlohmann::json& layers)
    {
        std::vector<double> numbers;
        for (std::size_t l = 0; l < layers["W"].size(); ++l) {
            for (const auto& unit : layers["W"][l])
                numbers.insert(numbers.end(), unit.begin(), unit.end());
            numbers.insert(numbers.end(), layers["b"][l].begin(), layers["b"][l].end());
        }
        return Eigen::Map<const Vector>(numbers.data(), Eigen::Index(numbers.size()));
    }

    nlohmann::json m_networks;
};

QTEST_GUILESS_MAIN(TestOnlineReference)
#include "tst_online_reference.moc"
