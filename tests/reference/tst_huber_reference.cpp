#include "tests/support/reference_data.h"

#include <QTest>

using namespace modelarium;

/// Weights, objective and outliers of scikit-learn 1.2.1, at the root of its gradient.
class TestHuberReference : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_reference = reference::read("huber.json");
        QVERIFY(m_reference.is_object());
    }

    void sameLine_data()
    {
        QTest::addColumn<int>("index");
        for (std::size_t i = 0; i < m_reference["cases"].size(); ++i) {
            const auto& expected = m_reference["cases"][i];
            QTest::addRow("epsilon %g, alpha %g, %s intercept", expected["epsilon"].get<double>(), expected["alpha"].get<double>(),
                          expected["intercept"].get<bool>() ? "with" : "without")
                << int(i);
        }
    }

    void sameLine()
    {
        QFETCH(int, index);
        const auto& expected = m_reference["cases"][std::size_t(index)];
        const DatasetPtr data = reference::datasetOf(m_reference, Task::Regression);
        const auto outcome = reference::fitTo(data, "huber_regression", {{"epsilon", expected["epsilon"].get<double>()},
                                                                         {"alpha", expected["alpha"].get<double>()},
                                                                         {"intercept", expected["intercept"].get<bool>()}});
        QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
        const double objective = outcome->last.loss * double(data->samples());
        const double minimum = expected["objective"];
        QVERIFY2(std::abs(objective / minimum - 1) < 1e-12, qPrintable(QString::number(objective / minimum - 1)));
        // The promise is 1e-12 of the objective; Newton's last step leaves the weights far nearer than its root.
        const auto& linear = std::get<Linear>(outcome->parameters);
        const RowVector w = reference::toVector(expected["coefficients"]).transpose();
        const double off = (linear.W - w).cwiseAbs().maxCoeff() / w.cwiseAbs().maxCoeff();
        QVERIFY2(off < 1e-7, qPrintable(QString::number(off)));
        QVERIFY(std::abs(linear.b[0] - expected["constant"].get<double>()) < 1e-6);
        const int outliers = expected["outliers"];
        QCOMPARE(outcome->notices.size(), std::size_t(outliers > 0));
        if (outliers > 0)
            QVERIFY2(outcome->notices[0].starts_with(std::to_string(outliers) + " of 90 rows are outliers"), outcome->notices[0].c_str());
    }

    /// Few rows and an epsilon near 1, where the best width goes to 0: the objective is at least as low as scikit-learn's.
    void fewRows_data()
    {
        QTest::addColumn<int>("index");
        for (std::size_t i = 0; i < m_reference["few"].size(); ++i) {
            const auto& expected = m_reference["few"][i];
            QTest::addRow("%d: %d rows, epsilon %g, %s intercept", int(i), int(expected["values"].size()), expected["epsilon"].get<double>(),
                          expected["intercept"].get<bool>() ? "with" : "without")
                << int(i);
        }
    }

    void fewRows()
    {
        QFETCH(int, index);
        const auto& expected = m_reference["few"][std::size_t(index)];
        const DatasetPtr data = reference::makeDataset(reference::toMatrix(expected["X"]), reference::toVector(expected["values"]), 0);
        const auto outcome = reference::fitTo(data, "huber_regression", {{"epsilon", expected["epsilon"].get<double>()}, {"alpha", 0.0},
                                                                         {"intercept", expected["intercept"].get<bool>()}});
        QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
        const double excess = outcome->last.loss * double(data->samples()) / expected["objective"].get<double>() - 1;
        QVERIFY2(excess < 1e-11, qPrintable(QString::number(excess)));
        for (const std::string& notice : outcome->notices)
            QVERIFY2(notice.find("stopped") == std::string::npos, notice.c_str());
        QVERIFY2(outcome->last.step < 150, qPrintable(QString::number(outcome->last.step)));
    }

private:
    nlohmann::json m_reference;
};

QTEST_GUILESS_MAIN(TestHuberReference)
#include "tst_huber_reference.moc"
