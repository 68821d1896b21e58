#include "app/pages/residual_values.h"
#include "core/base/distributions.h"

#include <QTest>

#include <cmath>
#include <limits>

using namespace modelarium;

class TestResidualValues : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void normalQuantilesAreKnown_data();
    void normalQuantilesAreKnown();
    void rowsWithoutTruthAreLeftOut();
    void picturesKeepTheirRows();
    void normalErrorsLieOnTheLine();
};

void TestResidualValues::normalQuantilesAreKnown_data()
{
    // Wichura, Applied Statistics 37 (1988), AS 241: the quantiles that its routine is checked by; and common table values.
    QTest::addColumn<double>("p");
    QTest::addColumn<double>("x");
    QTest::newRow("a quarter") << 0.25 << -0.6744897501960817;
    QTest::newRow("0.001") << 0.001 << -3.090232306167814;
    QTest::newRow("1e-20") << 1e-20 << -9.262340089798408;
    QTest::newRow("a half") << 0.5 << 0.0;
    QTest::newRow("0.975") << 0.975 << 1.959963984540054;
}

void TestResidualValues::normalQuantilesAreKnown()
{
    QFETCH(double, p);
    QFETCH(double, x);
    QVERIFY2(std::abs(normalQuantile(p) - x) <= 1e-12 * std::max(1.0, std::abs(x)), qPrintable(QString::number(normalQuantile(p), 'g', 17)));
}

void TestResidualValues::rowsWithoutTruthAreLeftOut()
{
    Vector truth(4), predicted(4);
    truth << 1, std::numeric_limits<double>::quiet_NaN(), 3, 5;
    predicted << 0.5, 2, 3.5, std::numeric_limits<double>::infinity();
    const Residuals residuals = residualsOf(truth, predicted, {0, 1, 2, 3, 9});
    QCOMPARE(residuals.rows, (std::vector<std::size_t>{0, 2}));
    QCOMPARE(residuals.residual, (std::vector<double>{0.5, -0.5}));
    QVERIFY(normalQuantiles(residualsOf(truth, predicted, {}), false).points.empty());
}

void TestResidualValues::picturesKeepTheirRows()
{
    Vector truth(3), predicted(3);
    truth << 10, 20, 30;
    predicted << 12, 19, 30;
    const Residuals residuals = residualsOf(truth, predicted, {2, 0, 1});
    const auto fitted = residualsAgainstFitted(residuals, true);
    QCOMPARE(fitted[1].row, std::size_t(0));
    QCOMPARE(fitted[1].x, 12.0);
    QCOMPARE(fitted[1].y, -2.0);
    QVERIFY(fitted[1].test);
    const auto measured = fittedAgainstMeasured(residuals, false);
    QCOMPARE(measured[2].x, 20.0);
    QCOMPARE(measured[2].y, 19.0);
    const auto quantiles = normalQuantiles(residuals, false);
    QCOMPARE(quantiles.points.front().row, std::size_t(0));
    QCOMPARE(quantiles.points.back().row, std::size_t(1));
    QCOMPARE(quantiles.points[1].x, 0.0);
}

void TestResidualValues::normalErrorsLieOnTheLine()
{
    const int n = 999;
    Vector truth(n), predicted = Vector::Zero(n);
    std::vector<std::size_t> rows;
    for (int i = 0; i < n; ++i) {
        truth[i] = 4 + 2.5 * normalQuantile((i + 0.5) / n);
        rows.push_back(std::size_t(i));
    }
    const auto found = normalQuantiles(residualsOf(truth, predicted, rows), false);
    QVERIFY(std::abs(found.slope - 2.5) < 0.01);
    QVERIFY(std::abs(found.intercept - 4) < 1e-9);
}

QTEST_APPLESS_MAIN(TestResidualValues)
#include "tst_residual_values.moc"
