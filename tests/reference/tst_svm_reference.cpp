#include "tests/support/reference_data.h"

#include <QTest>

#include <cmath>

using namespace modelarium;

/// Perceptrons and support vector machines of scikit-learn 1.2.1 (LIBSVM, LIBLINEAR): weights, objectives, support vectors.
class TestSvmReference : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_reference = reference::read("svm.json");
        QVERIFY(m_reference.is_object());
    }

    void perceptron()
    {
        for (const auto& expected : m_reference["perceptron"]) {
            const auto outcome = reference::fitTo(dataset(expected["classes"]), "perceptron",
                                                  {{"max_epochs", expected["epochs"].get<std::int64_t>()},
                                                   {"learning_rate", expected["rate"].get<double>()},
                                                   {"shuffle", false}});
            QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
            // Sums of at most a few thousand numbers near 1, with the same products in the same order.
            checkWeights(std::get<Linear>(outcome->parameters), expected, 1e-11);
        }
    }

    void linearMachine()
    {
        for (const auto& expected : m_reference["linear_svm"]) {
            const double C = expected["C"];
            const DatasetPtr data = dataset(expected["classes"]);
            const auto outcome = reference::fitTo(data, "linear_svm",
                                                  {{"loss", expected["loss"].get<std::string>()}, {"C", C}, {"tolerance", 1e-10},
                                                   {"max_sweeps", std::int64_t(1000000)}});
            QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
            QCOMPARE(outcome->notices.size(), std::size_t(1));
            checkWeights(std::get<Linear>(outcome->parameters), expected, 1e-6);
            const double objective = outcome->last.loss * C * double(data->samples());
            QVERIFY(objective <= expected["objective"].get<double>() * (1 + 1e-12));
        }
    }

private:
    /// The three classes, or the first against the others.
    DatasetPtr dataset(int classes) const
    {
        Vector y = reference::toVector(m_reference["classes"]);
        if (classes == 2)
            y = y.cwiseMin(1.0);
        return reference::makeDataset(reference::toMatrix(m_reference["X"]), y, classes);
    }

    static void checkWeights(const Linear& actual, const nlohmann::json& expected, double tolerance)
    {
        QCOMPARE(int(actual.link), int(Link::Hard));
        const Matrix W = reference::toMatrix(expected["W"]);
        const Vector b = reference::toVector(expected["b"]);
        QCOMPARE(actual.W.rows(), W.rows());
        const double size = std::max(W.cwiseAbs().maxCoeff(), b.cwiseAbs().maxCoeff());
        const double error = std::max((actual.W - W).cwiseAbs().maxCoeff(), (actual.b - b).cwiseAbs().maxCoeff());
        QVERIFY2(error <= tolerance * size, qPrintable(QStringLiteral("%1 of %2").arg(error).arg(size)));
    }

    nlohmann::json m_reference;
};

QTEST_GUILESS_MAIN(TestSvmReference)
#include "tst_svm_reference.moc"
