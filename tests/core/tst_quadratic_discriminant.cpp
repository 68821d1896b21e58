#include "core/model/predictor.h"
#include "tests/support/reference_data.h"

#include <Eigen/LU>
#include <QTest>

#include <cmath>

using namespace modelarium;

namespace {

Result<FitOutcome> fitBells(const Matrix& X, const Vector& y, int classes, double regParam = 0)
{
    return reference::fitTo(reference::makeDataset(X, y, classes), "quadratic_discriminant_analysis", {{"reg_param", regParam}});
}

Matrix predictions(const FitOutcome& outcome, const Matrix& X)
{
    Matrix out;
    makePredictor(outcome.parameters)->predict(X, out);
    return out;
}

Matrix covariance(const FitOutcome& outcome, std::size_t k)
{
    const Matrix& L = std::get<FullGaussianClasses>(outcome.parameters).factor[k];
    return L * L.transpose();
}

const Matrix& twoClouds()
{
    static const Matrix X = (Matrix(8, 2) << 0, 0, 2, 0, 0, 2, 2, 2, 10, 10, 14, 14, 10, 11, 14, 13).finished();
    return X;
}

const Vector twoClasses{{0, 0, 0, 0, 1, 1, 1, 1}};

} // namespace

class TestQuadraticDiscriminant : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void covariancesByHand()
    {
        const auto outcome = fitBells(twoClouds(), twoClasses, 2);
        QVERIFY(outcome);
        QVERIFY(outcome->notices.empty());
        // Products about the means over n - 1: class a has squares of 4/3 and no tilt; class b 16/3, 10/3 and products of 12/3.
        const Matrix a = (Matrix(2, 2) << 4.0 / 3, 0, 0, 4.0 / 3).finished();
        const Matrix b = (Matrix(2, 2) << 16.0 / 3, 4, 4, 10.0 / 3).finished();
        QVERIFY((covariance(*outcome, 0) - a).cwiseAbs().maxCoeff() < 1e-14);
        QVERIFY((covariance(*outcome, 1) - b).cwiseAbs().maxCoeff() < 1e-14);
    }

    void regularisationMixesWithTheUnitBell()
    {
        const auto outcome = fitBells(twoClouds(), twoClasses, 2, 0.25);
        QVERIFY(outcome);
        QVERIFY((covariance(*outcome, 0) - Matrix::Identity(2, 2) * 1.25).cwiseAbs().maxCoeff() < 1e-14);
        const auto round = fitBells(twoClouds(), twoClasses, 2, 1);
        QVERIFY(round);
        QVERIFY((covariance(*round, 1) - Matrix::Identity(2, 2)).cwiseAbs().maxCoeff() < 1e-14);
    }

    void theLossIsTheNegativeLogLikelihood()
    {
        const auto outcome = fitBells(twoClouds(), twoClasses, 2);
        QVERIFY(outcome);
        double sum = 0;
        for (Eigen::Index i = 0; i < 8; ++i) {
            const auto k = std::size_t(twoClasses[i]);
            const Vector d = twoClouds().row(i) - std::get<FullGaussianClasses>(outcome->parameters).mean.row(Eigen::Index(k));
            const Matrix C = covariance(*outcome, k);
            sum += std::log(2.0) + std::log(2 * M_PI) + std::log(C.determinant()) / 2 + d.dot(C.inverse() * d) / 2;
        }
        QVERIFY(std::abs(outcome->last.loss - sum / 8) < 1e-13);
    }

    /// Where scikit-learn answers NaN: a constant column tells nothing, and says so.
    void aConstantColumnTellsNothing()
    {
        Matrix X(8, 3);
        X << twoClouds(), Vector::Constant(8, 5);
        const auto with = fitBells(X, twoClasses, 2), without = fitBells(twoClouds(), twoClasses, 2);
        QVERIFY(with && without);
        QCOMPARE(with->notices.size(), std::size_t(2));
        Matrix queries(3, 3);
        queries << 1, 1, 5, 7, 7, 5, 12, 3, 5;
        QVERIFY((predictions(*with, queries) - predictions(*without, queries.leftCols(2))).cwiseAbs().maxCoeff() < 1e-12);
    }

    void identicalRowsGiveTheShares()
    {
        const auto outcome = fitBells(Matrix::Constant(4, 2, 3), Vector{{0, 0, 0, 1}}, 2);
        QVERIFY(outcome);
        QCOMPARE(outcome->notices.size(), std::size_t(1));
        QVERIFY(std::abs(predictions(*outcome, Matrix::Constant(1, 2, 3))(0, 0) - 0.75) < 1e-15);
        QVERIFY(predictions(*outcome, Matrix::Constant(1, 2, 1e300)).allFinite());
    }

    void theSameFeatureTwiceStaysANumber()
    {
        Matrix X(8, 3);
        X << twoClouds(), twoClouds().col(0);
        const auto outcome = fitBells(X, twoClasses, 2);
        QVERIFY(outcome);
        QCOMPARE(outcome->notices.size(), std::size_t(2));
        const Matrix out = predictions(*outcome, X);
        QVERIFY(out.allFinite());
        QVERIFY((out.topRows(4).col(0).array() > 0.5).all() && (out.bottomRows(4).col(1).array() > 0.5).all());
    }

    void aSingleRowTakesTheSpreadOfAll()
    {
        Vector y = twoClasses;
        y[0] = 2;
        const auto outcome = fitBells(twoClouds(), y, 3);
        QVERIFY(outcome);
        QCOMPARE(outcome->notices.size(), std::size_t(1));
        const Matrix centred = twoClouds().rowwise() - twoClouds().colwise().mean();
        QVERIFY((covariance(*outcome, 2) - centred.transpose() * centred / 7).cwiseAbs().maxCoeff() < 1e-13);
    }

    void anAbsentClassIsNeverPredicted()
    {
        const auto outcome = fitBells(twoClouds(), 2 * twoClasses, 3);
        QVERIFY(outcome);
        QCOMPARE(outcome->notices.size(), std::size_t(1));
        QVERIFY((predictions(*outcome, twoClouds()).col(1).array() < 1e-100).all());
    }

    void refusesWhatItCannotWorkWith()
    {
        Matrix X = twoClouds();
        X(2, 1) = 1e300;
        const auto huge = fitBells(X, twoClasses, 2);
        QVERIFY(!huge);
        QCOMPARE(huge.error().code, ErrorCode::NotFinite);
        QCOMPARE(huge.error().place.row, std::optional<std::size_t>(3));
        QCOMPARE(fitBells(twoClouds(), twoClasses, 0).error().code, ErrorCode::WrongTask);
        const auto wide = fitBells(Matrix::Random(3, 9000), Vector{{0, 1, 1}}, 2);
        QVERIFY(!wide);
        QCOMPARE(wide.error().code, ErrorCode::TooLarge);
    }
};

QTEST_GUILESS_MAIN(TestQuadraticDiscriminant)
#include "tst_quadratic_discriminant.moc"
