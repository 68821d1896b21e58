#include "core/model/predictor.h"
#include "tests/support/reference_data.h"

#include <QTest>

using namespace modelarium;

namespace {

double largestRelativeError(const Matrix& actual, const Matrix& expected)
{
    return ((actual - expected).array() / expected.array().abs()).abs().maxCoeff();
}

} // namespace

/// Means, variances and probabilities of scikit-learn 1.2.1.
class TestBayesReference : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_reference = reference::read("bayes.json");
        QVERIFY(m_reference.is_object());
    }

    void sameCurves_data()
    {
        QTest::addColumn<int>("index");
        for (std::size_t i = 0; i < m_reference["cases"].size(); ++i)
            QTest::addRow("smoothing %g", m_reference["cases"][i]["var_smoothing"].get<double>()) << int(i);
    }

    void sameCurves()
    {
        QFETCH(int, index);
        const auto& expected = m_reference["cases"][std::size_t(index)];
        const auto outcome = reference::fitTo(reference::datasetOf(m_reference, Task::Classification), "gaussian_naive_bayes",
                                              {{"var_smoothing", expected["var_smoothing"].get<double>()}});
        QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
        const auto& curves = std::get<GaussianClasses>(outcome->parameters);

        // One feature has mean 1000 and standard deviation 10: its mean rounds at 1e-13, its variance at 1e-13 * 1000 / 10.
        QVERIFY(largestRelativeError(curves.mean, reference::toMatrix(expected["theta"])) < 1e-12);
        QVERIFY(largestRelativeError(curves.variance, reference::toMatrix(expected["var"])) < 1e-11);
        QVERIFY((curves.logPrior.array().exp().matrix() - reference::toVector(expected["prior"])).cwiseAbs().maxCoeff() < 1e-15);

        Matrix probabilities;
        makePredictor(outcome->parameters)->predict(reference::toMatrix(m_reference["queries"]), probabilities);
        QVERIFY((probabilities - reference::toMatrix(expected["probabilities"])).cwiseAbs().maxCoeff() < 1e-11);
    }

private:
    nlohmann::json m_reference;
};

QTEST_GUILESS_MAIN(TestBayesReference)
#include "tst_bayes_reference.moc"
