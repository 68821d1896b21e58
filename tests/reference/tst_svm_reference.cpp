#include "core/learn/svm/sigmoid_fit.h"
#include "core/model/kernel_predictor.h"
#include "core/model/pairwise_probabilities.h"
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
        m_probabilities = reference::read("svm_probabilities.json");
        QVERIFY(m_reference.is_object() && m_probabilities.is_object());
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

    /// Kernel values are kept as floats, in LIBSVM as here: two exact optima of kernels rounded to 6e-8 are up to 1e-6 apart.
    void kernelMachine()
    {
        const Matrix queries = reference::toMatrix(m_reference["queries"]);
        for (const auto& expected : m_reference["support_vector_machine"]) {
            const int classes = expected["classes"];
            const auto outcome = reference::fitTo(dataset(classes), "support_vector_machine", hyperparameters(expected));
            QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
            const auto& learned = std::get<KernelExpansion>(outcome->parameters);
            QCOMPARE(learned.vectorsOfClass, expected["n_support"].get<std::vector<std::int32_t>>());
            checkVectors(learned, expected["support"]);
            checkGamma(learned, expected);
            if (classes == 2)
                QVERIFY(near(dualObjective(learned, Vector::Ones(learned.vectors.rows()), true), expected["dual_objective"], 1e-7));
            const double sign = classes == 2 ? 1 : -1;          // of several classes, above 0 speaks for the first of two there
            for (Eigen::Index i = 0; i < queries.rows(); ++i) {
                const Vector x = queries.row(i), scores = kernelScores(learned, x.data());
                const Vector there = sign * reference::toVector(expected["decision"][std::size_t(i)]);
                QVERIFY2((scores - there).cwiseAbs().maxCoeff() < 1e-5 * (1 + there.cwiseAbs().maxCoeff()), expected["kernel"].get<std::string>().c_str());
                Vector answer(classes);
                makePredictor(outcome->parameters)->predictRow(x.data(), answer.data());
                QCOMPARE(answer[expected["predict"][std::size_t(i)].get<int>()], 1.0);
            }
        }
    }

    void kernelRegression()
    {
        const Matrix queries = reference::toMatrix(m_reference["queries"]);
        const Vector values = reference::toVector(m_reference["values"]);
        for (const auto& expected : m_reference["support_vector_regression"]) {
            HyperparameterValues chosen = hyperparameters(expected);
            chosen["epsilon"] = expected["epsilon"].get<double>();
            const auto outcome = reference::fitTo(reference::makeDataset(reference::toMatrix(m_reference["X"]), values, 0),
                                                  "support_vector_regression", chosen);
            QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
            const auto& learned = std::get<KernelExpansion>(outcome->parameters);
            checkVectors(learned, expected["support"]);
            checkGamma(learned, expected);
            Vector asked(learned.vectors.rows());
            for (Eigen::Index s = 0; s < asked.size(); ++s)
                asked[s] = values[expected["support"][std::size_t(s)].get<Eigen::Index>()]
                    - std::copysign(expected["epsilon"].get<double>(), learned.coefficients(0, s));
            const double dual = dualObjective(learned, asked, false);
            QVERIFY2(near(dual, expected["dual_objective"], 1e-7), qPrintable(QStringLiteral("%1 %2").arg(dual, 0, 'g', 12).arg(expected["dual_objective"].get<double>(), 0, 'g', 12)));
            QVERIFY(near(learned.intercepts[0], expected["intercept"], 1e-5));
            Matrix out;
            makePredictor(outcome->parameters)->predict(queries, out);
            const Vector there = reference::toVector(expected["predict"]);
            QVERIFY((out.col(0) - there).cwiseAbs().maxCoeff() < 1e-5 * (1 + there.cwiseAbs().maxCoeff()));
        }
    }

    /// Both solve the same two equations, each to rounding.
    void sigmoids()
    {
        for (const auto& expected : m_probabilities["sigmoids"]) {
            const Sigmoid found = fitSigmoid(reference::toVector(expected["scores"]), reference::toVector(expected["above"]));
            const std::string name = expected["name"];
            QVERIFY2(near(found.slope, expected["slope"], 1e-7) && near(found.offset, expected["offset"], 1e-7), name.c_str());
        }
    }

    /// Scores in another unit, far from 0 or close together tell the same probabilities.
    void theUnitOfScoresDoesNotMatter()
    {
        const auto& expected = m_probabilities["sigmoids"][0];
        const Vector scores = reference::toVector(expected["scores"]), above = reference::toVector(expected["above"]);
        const Sigmoid usual = fitSigmoid(scores, above);
        for (const double unit : {1e-12, 1e-6, 1e160}) {
            const Sigmoid found = fitSigmoid(unit * scores, above);
            QVERIFY(near(found.slope * unit, usual.slope, 1e-7) && near(found.offset, usual.offset, 1e-7));
        }
        const Sigmoid far = fitSigmoid(1 + 1e-6 * scores.array(), above);       // a millionth apart: ten digits of each are left
        QVERIFY(near(far.slope * 1e-6, usual.slope, 1e-6) && near(far.slope + far.offset, usual.offset, 1e-6));
        const Sigmoid same = fitSigmoid(Vector::Constant(scores.size(), 3.0), above);
        QCOMPARE(same.slope, 0.0);
        QVERIFY(near(same.offset, std::log((above.sum() + 1) / (double(above.size()) - above.sum() + 1)), 1e-12));
    }

    void couplings()
    {
        for (const auto& expected : m_probabilities["couplings"]) {
            const Vector ofSecond = reference::toVector(expected["of_second"]), there = reference::toVector(expected["p"]);
            Vector p(there.size());
            coupleProbabilities(ofSecond.data(), std::size_t(p.size()), p.data());
            const std::string name = expected["name"];
            QVERIFY2((p - there).cwiseAbs().maxCoeff() < 1e-8 && std::abs(p.sum() - 1) < 1e-14, name.c_str());
        }
    }

    /// LIBSVM draws its folds at random: ours must lie where nearly all of its answers do. It leaves the coupling of several classes
    /// as soon as that is within 0.005 / classes.
    void probabilities()
    {
        const Matrix queries = reference::toMatrix(m_reference["queries"]);
        for (const auto& expected : m_probabilities["machines"]) {
            const int classes = expected["classes"];
            const auto outcome = reference::fitTo(dataset(classes), "support_vector_machine",
                                                  {{"C", 1.0}, {"gamma", std::string("number")}, {"gamma_value", 0.25}, {"probabilities", true}});
            QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
            Matrix answers;
            makePredictor(outcome->parameters)->predict(queries, answers);
            const Matrix mean = reference::toMatrix(expected["mean"]), deviation = reference::toMatrix(expected["deviation"]);
            const double loose = classes > 2 ? 0.005 : 0;
            const double furthest = ((answers - mean).cwiseAbs().array() / (4 * deviation.array() + loose)).maxCoeff();
            QVERIFY2(furthest < 1, qPrintable(QStringLiteral("%1 of what is allowed, %2 classes").arg(furthest).arg(classes)));
        }
    }

private:
    static bool near(double actual, double expected, double tolerance) { return std::abs(actual - expected) <= tolerance * (1 + std::abs(expected)); }

    static HyperparameterValues hyperparameters(const nlohmann::json& expected)
    {
        HyperparameterValues chosen = {{"C", expected["C"].get<double>()}, {"kernel", expected["kernel"].get<std::string>()}, {"tolerance", 1e-9}};
        if (expected.contains("gamma") && expected["gamma"].is_string()) {
            chosen["gamma"] = expected["gamma"].get<std::string>();
        } else if (expected.contains("gamma")) {
            chosen["gamma"] = std::string("number");
            chosen["gamma_value"] = expected["gamma"].get<double>();
        }
        if (expected.contains("degree")) {
            chosen["degree"] = expected["degree"].get<std::int64_t>();
            chosen["coef0"] = expected["coef0"].get<double>();
        }
        return chosen;
    }

    static void checkGamma(const KernelExpansion& learned, const nlohmann::json& expected)
    {
        if (learned.kernel != Kernel::Linear)
            QVERIFY(near(learned.gamma, expected["gamma_value"], 1e-14));
    }

    /// The support vectors are the same samples: class by class, as scikit-learn's.
    void checkVectors(const KernelExpansion& learned, const nlohmann::json& support) const
    {
        const Matrix X = reference::toMatrix(m_reference["X"]);
        QCOMPARE(std::size_t(learned.vectors.rows()), support.size());
        for (std::size_t s = 0; s < support.size(); ++s)
            QVERIFY((learned.vectors.row(Eigen::Index(s)) - X.row(support[s].get<Eigen::Index>())).isZero(0));
    }

    /// 1/2 beta' K beta - sum asked_i beta_i; with `absolute` of |beta_i|.
    static double dualObjective(const KernelExpansion& p, const Vector& asked, bool absolute)
    {
        double sum = 0;
        for (Eigen::Index s = 0; s < p.vectors.rows(); ++s) {
            const double beta = p.coefficients(0, s);
            const Vector x = p.vectors.row(s);
            double score = 0;
            for (Eigen::Index t = 0; t < p.vectors.rows(); ++t)
                score += p.coefficients(0, t) * kernelValue(p, x.data(), t);
            sum += beta * score / 2 - asked[s] * (absolute ? std::abs(beta) : beta);
        }
        return sum;
    }

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

    nlohmann::json m_reference, m_probabilities;
};

QTEST_GUILESS_MAIN(TestSvmReference)
#include "tst_svm_reference.moc"
