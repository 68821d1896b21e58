#include "core/model/predictor.h"
#include "tests/support/reference_data.h"

#include <QTest>

using namespace modelarium;

/// Objectives and weights of scikit-learn 1.2.1 with an L1 or elastic-net price, polished by Newton's method in numpy 1.24.
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
        makePredictor(outcome->parameters)->predict(data->X(), P);
        double sum = 0;
        for (Eigen::Index i = 0; i < y.size(); ++i)
            sum -= std::log(P(i, Eigen::Index(y[i])));
        const double objective = C * sum + l1Ratio * linear.W.cwiseAbs().sum() + (1 - l1Ratio) / 2 * linear.W.squaredNorm();
        const double minimum = expected["objective"];
        QVERIFY2(objective <= minimum * (1 + 1e-12), qPrintable(QString::number(objective / minimum - 1)));
        QVERIFY2(objective >= minimum * (1 - 1e-9), qPrintable(QString::number(objective / minimum - 1)));
        QVERIFY(std::abs(outcome->last.loss * C * double(data->samples()) / objective - 1) < 1e-12);

        // Both are at the minimum to rounding. What is added to all three scores alike changes no probability.
        const Matrix W = reference::toMatrix(expected["coefficients"]);
        const double off = (linear.W - W).cwiseAbs().maxCoeff() / W.cwiseAbs().maxCoeff();
        QVERIFY2(off < 1e-6, qPrintable(QString::number(off)));
        for (Eigen::Index k = 0; k < W.size(); ++k)
            QCOMPARE(linear.W(k) == 0, W(k) == 0);
        const Vector b = reference::toVector(expected["intercepts"]);
        const double shift = classes == 2 ? 0 : (linear.b - b).mean();
        QVERIFY((linear.b - b).array().abs().maxCoeff() < 1e-6 || ((linear.b - b).array() - shift).abs().maxCoeff() < 1e-6);
        QVERIFY((P.topRows(10) - reference::toMatrix(expected["probabilities"])).cwiseAbs().maxCoeff() < 1e-6);
    }

private:
    nlohmann::json m_reference;
};

QTEST_GUILESS_MAIN(TestSparseLogisticReference)
#include "tst_sparse_logistic_reference.moc"
