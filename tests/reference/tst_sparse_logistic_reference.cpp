#include "core/model/predictor.h"
#include "tests/support/reference_data.h"

#include <QTest>

using namespace modelarium;

/// Objectives and weights of scikit-learn 1.2.1 with an L1 or elastic-net price.
class TestSparseLogisticReference : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_reference = reference::read("sparse_logistic.json");
        QVERIFY(m_reference.is_object());
    }

    void sameMinimum_data()
    {
        QTest::addColumn<int>("index");
        for (std::size_t i = 0; i < m_reference["cases"].size(); ++i) {
            const auto& expected = m_reference["cases"][i];
            QTest::addRow("%d classes, C %g, l1 ratio %g", expected["classes"].get<int>(), expected["C"].get<double>(),
                          expected["l1_ratio"].get<double>())
                << int(i);
        }
    }

    void sameMinimum()
    {
        QFETCH(int, index);
        const auto& expected = m_reference["cases"][std::size_t(index)];
        const int classes = expected["classes"];
        const double C = expected["C"], l1Ratio = expected["l1_ratio"];
        Vector y = reference::toVector(m_reference["classes"]);
        if (classes == 2)
            y = y.array().min(1);
        const DatasetPtr data = reference::makeDataset(reference::toMatrix(m_reference["X"]), y, classes);
        const auto outcome = reference::fitTo(data, "logistic_regression", {{"penalty", std::string(l1Ratio == 1 ? "l1" : "elastic_net")},
                                                                            {"C", C}, {"l1_ratio", l1Ratio}, {"tolerance", 1e-14}});
        QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
        const auto& linear = std::get<Linear>(outcome->parameters);
        Matrix P;
        makePredictor(outcome->parameters)->predict(data->X, P);
        double sum = 0;
        for (Eigen::Index i = 0; i < y.size(); ++i)
            sum -= std::log(P(i, Eigen::Index(y[i])));
        const double objective = C * sum + l1Ratio * linear.W.cwiseAbs().sum() + (1 - l1Ratio) / 2 * linear.W.squaredNorm();
        const double minimum = expected["objective"];
        QVERIFY2(objective <= minimum * (1 + 1e-12), qPrintable(QString::number(objective / minimum - 1)));
        QVERIFY2(objective >= minimum * (1 - 1e-9), qPrintable(QString::number(objective / minimum - 1)));
        QVERIFY(std::abs(outcome->last.loss * C * double(data->samples()) / objective - 1) < 1e-12);

        // The peer's stochastic steps end within about 1e-6 of the weights of the minimum.
        const Matrix W = reference::toMatrix(expected["coefficients"]);
        QVERIFY2((linear.W - W).cwiseAbs().maxCoeff() < 1e-5, qPrintable(QString::number((linear.W - W).cwiseAbs().maxCoeff())));
        QVERIFY((P.topRows(10) - reference::toMatrix(expected["probabilities"])).cwiseAbs().maxCoeff() < 1e-5);
    }

private:
    nlohmann::json m_reference;
};

QTEST_GUILESS_MAIN(TestSparseLogisticReference)
#include "tst_sparse_logistic_reference.moc"
