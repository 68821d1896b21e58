#include "core/model/predictor.h"
#include "tests/support/reference_data.h"

#include <QTest>

using namespace modelarium;

/// Means, covariances and probabilities of scikit-learn 1.2.1.
class TestQuadraticReference : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_reference = reference::read("quadratic.json");
        QVERIFY(m_reference.is_object());
    }

    void sameBells_data()
    {
        QTest::addColumn<int>("index");
        for (std::size_t i = 0; i < m_reference["cases"].size(); ++i)
            QTest::addRow("regularisation %g", m_reference["cases"][i]["reg_param"].get<double>()) << int(i);
    }

    void sameBells()
    {
        QFETCH(int, index);
        const auto& expected = m_reference["cases"][std::size_t(index)];
        const auto outcome = reference::fitTo(reference::datasetOf(m_reference, Task::Classification), "quadratic_discriminant_analysis",
                                              {{"reg_param", expected["reg_param"].get<double>()}});
        QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
        QVERIFY(outcome->notices.empty());
        const auto& bells = std::get<FullGaussianClasses>(outcome->parameters);
        const Matrix mean = reference::toMatrix(expected["mean"]);
        QVERIFY(((bells.mean - mean).array() / mean.array().abs()).abs().maxCoeff() < 1e-12);
        QVERIFY((bells.logPrior.array().exp().matrix() - reference::toVector(expected["prior"])).cwiseAbs().maxCoeff() < 1e-15);
        for (std::size_t k = 0; k < 3; ++k) {
            // The peer keeps eigenvectors and eigenvalues. Features differ by a factor of 1000: compare in units of the deviations.
            const Matrix R = reference::toMatrix(expected["rotations"][k]);
            const Matrix theirs = R * reference::toVector(expected["scalings"][k]).asDiagonal() * R.transpose();
            const Matrix ours = bells.factor[k] * bells.factor[k].transpose();
            const Vector unit = theirs.diagonal().cwiseSqrt().cwiseInverse();
            QVERIFY(Matrix(unit.asDiagonal() * (ours - theirs) * unit.asDiagonal()).cwiseAbs().maxCoeff() < 1e-11);
        }
        Matrix probabilities;
        makePredictor(outcome->parameters)->predict(reference::toMatrix(m_reference["queries"]), probabilities);
        // Log densities of some hundreds, from covariances that agree to 1e-12.
        QVERIFY((probabilities - reference::toMatrix(expected["probabilities"])).cwiseAbs().maxCoeff() < 1e-9);
    }

private:
    nlohmann::json m_reference;
};

QTEST_GUILESS_MAIN(TestQuadraticReference)
#include "tst_quadratic_reference.moc"
