#include "core/model/predictor.h"
#include "tests/support/reference_data.h"

#include <QTest>

using namespace modelarium;

/// Polynomials of several features against PolynomialFeatures and LinearRegression of scikit-learn 1.2.1: what they answer within
/// and beside the rows they learned from, and how far they are from these. One feature at high degrees is in tst_nist.
class TestPolynomialReference : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_reference = reference::read("polynomial.json");
        QVERIFY(m_reference.is_object());
    }

    void sameSurface_data()
    {
        QTest::addColumn<int>("index");
        for (std::size_t i = 0; i < m_reference["cases"].size(); ++i) {
            const auto& one = m_reference["cases"][i];
            QTest::addRow("%d features, degree %d, %s intercept", one["features"].get<int>(), one["degree"].get<int>(),
                          one["intercept"].get<bool>() ? "with" : "without") << int(i);
        }
    }

    void sameSurface()
    {
        QFETCH(int, index);
        const auto& expected = m_reference["cases"][std::size_t(index)];
        const auto features = expected["features"].get<Eigen::Index>();
        const Matrix X = reference::toMatrix(m_reference["X"]).leftCols(features);
        const auto outcome = reference::fitTo(reference::makeDataset(X, reference::toVector(m_reference["values"]), 0), "polynomial_regression",
                                              {{"degree", expected["degree"].get<std::int64_t>()}, {"intercept", expected["intercept"].get<bool>()}});
        QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
        QCOMPARE(std::get<Polynomial>(outcome->parameters).exponents.size(), expected["terms"].get<std::size_t>());
        QVERIFY(std::abs(outcome->last.loss / expected["mean_squared_error"].get<double>() - 1) < 1e-12);

        // Rounding of 1e-16 times the condition of the peer's columns, at most 33, in sums of up to 34 terms of size 20.
        const Vector there = reference::toVector(expected["predictions"]);
        Matrix here;
        makePredictor(outcome->parameters)->predict(reference::toMatrix(m_reference["queries"]).leftCols(features), here);
        const double off = (here.col(0) - there).cwiseAbs().maxCoeff() / there.cwiseAbs().maxCoeff();
        QVERIFY2(off < 1e-12, qPrintable(QString::number(off)));
    }

private:
    nlohmann::json m_reference;
};

QTEST_GUILESS_MAIN(TestPolynomialReference)
#include "tst_polynomial_reference.moc"
