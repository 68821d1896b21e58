#include "core/learn/online.h"
#include "core/learn/registry.h"
#include "tests/support/reference_data.h"

#include <QTest>

using namespace modelarium;
using reference::toMatrix;
using reference::toVector;

/// Learning row by row against scikit-learn's partial_fit and numpy's least squares; see tests/data/reference/make_online_reference.py.
class TestOnlineReference : public QObject {
    Q_OBJECT

private:
    nlohmann::json m_document;

    Parameters learned(const char* id, const Dataset& data) const
    {
        const LearnerInfo& learner = **findLearner(id);
        const auto run = learner.makeOnline(*Hyperparameters::check(learner.table, {}), {data.task, data.features(), data.classNames}, 1);
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
};

QTEST_GUILESS_MAIN(TestOnlineReference)
#include "tst_online_reference.moc"
