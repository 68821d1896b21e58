#include "core/base/random.h"
#include "core/model/polynomial_expansion.h"
#include "core/model/predictor.h"
#include "tests/support/reference_data.h"

#include <QTest>

#include <cmath>

using namespace modelarium;
using Eigen::Index;

namespace {

Result<FitOutcome> fitPolynomial(const DatasetPtr& data, std::int64_t degree, bool intercept = true)
{
    return reference::fitTo(data, "polynomial_regression", {{"degree", degree}, {"intercept", intercept}});
}

double valueOf(const ExpandedPolynomial& polynomial, const Vector& x)
{
    long double sum = polynomial.constant;
    for (std::size_t k = 0; k < polynomial.exponents.size(); ++k) {
        long double product = polynomial.coefficients[k];
        for (Index j = 0; j < x.size(); ++j)
            product *= std::pow((long double)(x[j]), polynomial.exponents[k][std::size_t(j)]);
        sum += product;
    }
    return double(sum);
}

} // namespace

class TestLinearPolynomial : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void multipliedOutByHand()
    {
        // 5 + 3 ((x - 1) / 2)^3 = 5 + 3/8 (x^3 - 3 x^2 + 3 x - 1)
        const Polynomial cubic{Vector::Constant(1, 1), Vector::Constant(1, 2), {{3}}, Vector::Constant(1, 3), 5};
        const ExpandedPolynomial expanded = expandPolynomial(cubic);
        QCOMPARE(expanded.constant, 5 - 3.0 / 8);
        QCOMPARE(expanded.exponents, (std::vector<std::vector<int>>{{1}, {2}, {3}}));
        QCOMPARE(expanded.coefficients, (std::vector<double>{9.0 / 8, -9.0 / 8, 3.0 / 8}));
    }

    void twoFeaturesMultipliedOut()
    {
        // (a - 1)(b - 2) + (a - 1)^2 = a^2 + a b - 4 a - b + 3
        Polynomial product;
        product.centre = Eigen::Vector2d(1, 2);
        product.scale = Eigen::Vector2d(1, 1);
        product.exponents = {{1, 1}, {2, 0}};
        product.weights = Eigen::Vector2d(1, 1);
        const ExpandedPolynomial expanded = expandPolynomial(product);
        QCOMPARE(expanded.constant, 3.0);
        QCOMPARE(expanded.exponents, (std::vector<std::vector<int>>{{1, 0}, {0, 1}, {2, 0}, {1, 1}}));
        QCOMPARE(expanded.coefficients, (std::vector<double>{-4, -1, 1, 1}));
    }

    void standardisedFeaturesAreMultipliedOutToo()
    {
        // t = ((x - 10) / 5 - 1) / 2 = (x - 15) / 10, squared
        const Polynomial square{Vector::Constant(1, 1), Vector::Constant(1, 2), {{2}}, Vector::Constant(1, 1), 0};
        const ExpandedPolynomial expanded = expandPolynomial(square, Vector::Constant(1, 10), Vector::Constant(1, 5));
        QCOMPARE(expanded.constant, 2.25);
        QCOMPARE(expanded.coefficients, (std::vector<double>{-0.3, 0.01}));
    }

    void theExpansionIsThePrediction_data()
    {
        QTest::addColumn<int>("features");
        QTest::addColumn<int>("degree");
        QTest::newRow("1 feature, degree 10") << 1 << 10;
        QTest::newRow("2 features, degree 5") << 2 << 5;
        QTest::newRow("4 features, degree 3") << 4 << 3;
    }

    void theExpansionIsThePrediction()
    {
        QFETCH(int, features);
        QFETCH(int, degree);
        Random random(3);
        Matrix X(200, features);
        for (double& x : X.reshaped())
            x = 3 + random.normal();
        Vector y(200);
        for (Index i = 0; i < 200; ++i)
            y[i] = std::sin(X.row(i).sum()) + 0.1 * random.normal();
        const auto outcome = fitPolynomial(reference::makeDataset(X, y, 0), degree);
        QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
        const ExpandedPolynomial expanded = expandPolynomial(std::get<Polynomial>(outcome->parameters));
        const auto predictor = makePredictor(outcome->parameters);
        double size = std::abs(expanded.constant);
        for (const double coefficient : expanded.coefficients)
            size = std::max(size, std::abs(coefficient));
        for (Index i = 0; i < 200; ++i) {
            const Vector x = X.row(i).transpose();
            double predicted = 0;
            predictor->predictRow(x.data(), &predicted);
            // Each coefficient is rounded once; its term is that times x^degree.
            const double rounding = 1e-15 * size * std::pow(x.cwiseAbs().maxCoeff() + 1, degree);
            QVERIFY(std::abs(valueOf(expanded, x) - predicted) <= rounding);
        }
    }

    void exactPolynomialsAreFound_data()
    {
        QTest::addColumn<bool>("intercept");
        QTest::newRow("with a constant") << true;
        QTest::newRow("without") << false;
    }

    void exactPolynomialsAreFound()
    {
        QFETCH(bool, intercept);
        const Vector x = Vector::LinSpaced(30, -2, 7);
        const Vector y = (intercept ? 4.0 : 0.0) - 2 * x.array() + 0.5 * x.array().cube();
        const auto outcome = fitPolynomial(reference::makeDataset(x, y, 0), 3, intercept);
        QVERIFY(outcome.hasValue());
        const auto& polynomial = std::get<Polynomial>(outcome->parameters);
        if (!intercept)
            QCOMPARE(polynomial.centre[0], 0.0);
        const ExpandedPolynomial expanded = expandPolynomial(polynomial);
        // The values of y are rounded at 2e-16 of 150.
        QVERIFY(std::abs(expanded.constant - (intercept ? 4 : 0)) < 1e-13);
        QVERIFY(std::abs(expanded.coefficients[0] + 2) < 1e-13);
        QVERIFY(std::abs(expanded.coefficients[1]) < 1e-13);
        QVERIFY(std::abs(expanded.coefficients[2] - 0.5) < 1e-14);
    }

    void termsComeByDegree()
    {
        const auto outcome = fitPolynomial(reference::makeDataset(Matrix::Random(40, 3), Vector::Random(40), 0), 2);
        QVERIFY(outcome.hasValue());
        QCOMPARE(std::get<Polynomial>(outcome->parameters).exponents,
                 (std::vector<std::vector<int>>{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {2, 0, 0}, {1, 1, 0}, {1, 0, 1}, {0, 2, 0},
                                                {0, 1, 1}, {0, 0, 2}}));
    }

    void fewerPointsThanTerms()
    {
        const Vector x = Vector::LinSpaced(5, 0, 1);
        const auto outcome = fitPolynomial(reference::makeDataset(x, x.array().sin(), 0), 9);
        QVERIFY(outcome.hasValue());
        QCOMPARE(outcome->notices.size(), std::size_t(1));
        QVERIFY(outcome->notices[0].starts_with("More columns than rows (9 columns, 5 rows)"));
        QVERIFY(outcome->last.loss < 1e-20);
    }

    void tooManyTermsAreRefused()
    {
        const auto outcome = fitPolynomial(reference::makeDataset(Matrix::Random(20, 40), Vector::Random(20), 0), 5);
        QVERIFY(!outcome);
        QCOMPARE(outcome.error().code, ErrorCode::TooLarge);
        QCOMPARE(outcome.error().place.hyperparameter, std::string("degree"));
    }

    void extremeUnits_data()
    {
        QTest::addColumn<double>("unit");
        QTest::addColumn<int>("rows");
        for (const double unit : {1e300, 1e-300}) {
            QTest::addRow("%g, few rows", unit) << unit << 50;
            QTest::addRow("%g, many rows", unit) << unit << 700000;
        }
    }

    void extremeUnits()
    {
        QFETCH(double, unit);
        QFETCH(int, rows);
        const Vector x = Vector::LinSpaced(rows, 1, 2);
        const Vector y = x.array().square() - x.array();
        const auto outcome = fitPolynomial(reference::makeDataset(x * unit, y, 0), 3);
        QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
        Matrix predicted;
        makePredictor(outcome->parameters)->predict(x * unit, predicted);
        QVERIFY((predicted - y).cwiseAbs().maxCoeff() < 1e-12);
    }
};

QTEST_GUILESS_MAIN(TestLinearPolynomial)
#include "tst_linear_polynomial.moc"
