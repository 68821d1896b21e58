#include "core/base/random.h"
#include "core/model/predictor.h"
#include "tests/support/reference_data.h"
#include "tests/support/thread_counts.h"

#include <Eigen/LU>
#include <QTest>

#include <algorithm>
#include <cmath>

using namespace modelarium;

namespace {

using Eigen::Index;

Result<FitOutcome> fitBorders(const Matrix& X, const Vector& y, int classes, double shrinkage = 0, const std::string& priors = "as_seen")
{
    return reference::fitTo(reference::makeDataset(X, y, classes), "linear_discriminant_analysis",
                            {{"shrinkage", shrinkage}, {"priors", priors}});
}

Matrix predictions(const Result<FitOutcome>& outcome, const Matrix& X)
{
    Matrix out;
    makePredictor(outcome->parameters)->predict(X, out);
    return out;
}

Linear linearOf(const Result<FitOutcome>& outcome) { return std::get<Linear>(outcome->parameters); }

/// Class a about (1, 1) with spreads of 4/3, class b about (12, 12) with spreads of 8, 5 and 6 between them.
const Matrix& twoClouds()
{
    static const Matrix X = (Matrix(8, 2) << 0, 0, 2, 0, 0, 2, 2, 2, 10, 10, 14, 14, 10, 11, 14, 13).finished();
    return X;
}

const Vector twoClasses{{0, 0, 0, 0, 1, 1, 1, 1}};

Matrix drawn(Index rows, Index features, std::uint64_t seed)
{
    Random random(seed);
    Matrix X(rows, features);
    for (double& x : X.reshaped())
        x = random.normal();
    return X;
}

} // namespace

class TestLinearDiscriminant : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theBorderByHand()
    {
        const auto outcome = fitBorders(twoClouds(), twoClasses, 2);
        QVERIFY(outcome);
        QVERIFY(outcome->notices.empty());
        // Squares about the means of the classes: 4 + 16, 4 + 10, products 12; over 8 - 2.
        const Matrix S = (Matrix(2, 2) << 20, 12, 12, 14).finished() / 6;
        const Vector a{{1, 1}}, b{{12, 12}};
        const Vector w = S.inverse() * (b - a);
        QVERIFY((linearOf(outcome).W.transpose() - w).cwiseAbs().maxCoeff() < 1e-13);
        QVERIFY(std::abs(linearOf(outcome).b[0] + w.dot(a + b) / 2) < 1e-12);
        // Halfway between the means both classes are equally likely.
        QVERIFY(std::abs(predictions(outcome, Matrix::Constant(1, 2, 6.5))(0, 0) - 0.5) < 1e-12);
    }

    void shrinkageMixesWithARoundBell()
    {
        const auto outcome = fitBorders(twoClouds(), twoClasses, 2, 0.25);
        QVERIFY(outcome);
        Matrix S = (Matrix(2, 2) << 20, 12, 12, 14).finished() / 6;
        S = 0.75 * S + 0.25 * S.trace() / 2 * Matrix::Identity(2, 2);
        QVERIFY((linearOf(outcome).W.transpose() - S.inverse() * Vector{{11, 11}}).cwiseAbs().maxCoeff() < 1e-13);
        // The round bell alone: the border stands upright on the line between the means.
        const auto round = fitBorders(twoClouds(), twoClasses, 2, 1);
        QVERIFY(std::abs(linearOf(round).W(0, 0) / linearOf(round).W(0, 1) - 1) < 1e-14);
    }

    void thePriorsMoveTheBorder()
    {
        const Matrix X = twoClouds().bottomRows(7);
        const Vector y = twoClasses.tail(7);
        const auto seen = fitBorders(X, y, 2), equal = fitBorders(X, y, 2, 0, "equal");
        QVERIFY(seen && equal);
        QVERIFY((linearOf(seen).W - linearOf(equal).W).cwiseAbs().maxCoeff() < 1e-14);
        QVERIFY(std::abs(linearOf(seen).b[0] - linearOf(equal).b[0] - std::log(4.0 / 3)) < 1e-12);
    }

    void theLossIsTheMeanLogLoss_data()
    {
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("classes");
        QTest::addColumn<double>("unit");
        QTest::newRow("two classes") << 700 << 2 << 1.0;
        QTest::newRow("a few classes") << 9001 << 3 << 1.0;
        QTest::newRow("as few as are multiplied together") << 2101 << 8 << 1.0;
        QTest::newRow("many classes, blocks with a rest") << 9001 << 333 << 1.0;
        QTest::newRow("a unit whose products leave the range of double") << 2101 << 9 << 1e250;
    }

    void theLossIsTheMeanLogLoss()
    {
        QFETCH(int, rows);
        QFETCH(int, classes);
        QFETCH(double, unit);
        Matrix X = drawn(rows, 4, 1);
        Vector y(rows);
        for (Index i = 0; i < rows; ++i) {
            y[i] = double(i % classes);
            X(i, i % 4) += 5 * y[i] / classes;
        }
        X.col(1) *= unit;
        const auto outcome = fitBorders(X, y, classes);
        QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
        const Matrix P = predictions(outcome, X);
        double sum = 0;
        for (Index i = 0; i < rows; ++i)
            sum -= std::log(P(i, Index(y[i])));
        QVERIFY(std::abs(outcome->last.loss / (sum / rows) - 1) < 1e-12);
    }

    /// Other units and origins: the same probabilities, as far as rounding of the features allows.
    void unitsDoNotMatter()
    {
        const Matrix X = twoClouds();
        const Matrix expected = predictions(fitBorders(X, twoClasses, 2), X);
        for (const double unit : {1e-200, 1e-9, 1e9, 1e200}) {
            Matrix other = X;
            other.col(1) *= unit;
            const auto outcome = fitBorders(other, twoClasses, 2);
            QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
            QVERIFY((predictions(outcome, other) - expected).cwiseAbs().maxCoeff() < 1e-12);
        }
        const Matrix moved = X.array() + 1e6;
        QVERIFY((predictions(fitBorders(moved, twoClasses, 2), moved) - expected).cwiseAbs().maxCoeff() < 1e-6);
    }

    void aConstantColumnTakesNoPart()
    {
        Matrix X(8, 3);
        X << twoClouds(), Vector::Constant(8, 0.1);
        const auto with = fitBorders(X, twoClasses, 2), without = fitBorders(twoClouds(), twoClasses, 2);
        QVERIFY(with && without);
        QCOMPARE(with->notices, std::vector<std::string>{"x3 does not vary within any class: it takes no part."});
        QCOMPARE(linearOf(with).W(0, 2), 0.0);
        QVERIFY((linearOf(with).W.leftCols(2) - linearOf(without).W).cwiseAbs().maxCoeff() < 1e-12);
    }

    void identicalRowsGiveTheShares()
    {
        for (const double shrinkage : {0.0, 0.5}) {
            const auto outcome = fitBorders(Matrix::Constant(4, 2, 3), Vector{{0, 0, 0, 1}}, 2, shrinkage);
            QVERIFY(outcome);
            QCOMPARE(outcome->notices, std::vector<std::string>{"x1 and x2 do not vary within any class: they take no part."});
            QVERIFY(std::abs(predictions(outcome, Matrix::Constant(1, 2, 3))(0, 0) - 0.75) < 1e-15);
        }
    }

    void theSameFeatureTwiceCountsOnce()
    {
        Matrix X(8, 3);
        X << twoClouds(), twoClouds().col(0);
        const auto twice = fitBorders(X, twoClasses, 2), once = fitBorders(twoClouds(), twoClasses, 2);
        QVERIFY(twice && once);
        QCOMPARE(twice->notices.size(), std::size_t(1));
        QVERIFY((predictions(twice, X) - predictions(once, twoClouds())).cwiseAbs().maxCoeff() < 1e-12);
    }

    void moreFeaturesThanRows()
    {
        const Matrix X = drawn(12, 30, 2);
        const Vector y = Vector::LinSpaced(12, 0, 11).array().unaryExpr([](double i) { return double(int(i) % 3); });
        for (const double shrinkage : {0.0, 0.3}) {
            const auto outcome = fitBorders(X, y, 3, shrinkage);
            QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
            QCOMPARE(outcome->notices.empty(), shrinkage > 0);
            QVERIFY((predictions(outcome, X).rowwise().sum().array() - 1).abs().maxCoeff() < 1e-12);
        }
    }

    void anAbsentClassIsNeverPredicted()
    {
        for (const char* priors : {"as_seen", "equal"}) {
            const auto outcome = fitBorders(twoClouds(), 2 * twoClasses, 3, 0, priors);
            QVERIFY(outcome);
            QCOMPARE(outcome->notices, std::vector<std::string>{"No training row is of class \"b\": it will never be predicted."});
            QVERIFY((predictions(outcome, twoClouds()).col(1).array() < 1e-100).all());
        }
    }

    /// Products about the mean of the first rows would lose digits where these lie far from all others.
    void firstRowsFarFromTheOthers()
    {
        const Index n = 600001;
        Matrix X = drawn(n, 2, 5);
        Vector y(n);
        for (Index i = 0; i < n; ++i)
            y[i] = double(i % 2);
        X.col(0) += 0.5 * y;
        X.topRows(520).array() += 1e3;
        const Matrix backwards = X.colwise().reverse();
        const Linear expected = linearOf(fitBorders(backwards, y.reverse(), 2)), linear = linearOf(fitBorders(X, y, 2));
        QVERIFY((linear.W - expected.W).norm() < 1e-11 * expected.W.norm());
        QVERIFY(std::abs(linear.b[0] - expected.b[0]) < 1e-11);
    }

    void theSameBitsOnAnyNumberOfThreads_data()
    {
        QTest::addColumn<int>("features");
        QTest::addColumn<int>("classes");
        QTest::newRow("a few classes") << 6 << 3;
        QTest::newRow("rows in some parts of a block") << 100 << 2;
        QTest::newRow("more features than go into blocks") << 130 << 3;
        QTest::newRow("many classes, some of them without a row") << 6 << 700;
    }

    void theSameBitsOnAnyNumberOfThreads()
    {
        QFETCH(int, features);
        QFETCH(int, classes);
        const Matrix X = drawn(40001, features, 3);
        Vector y(40001);
        for (Index i = 0; i < y.size(); ++i)
            y[i] = std::clamp(std::floor((X(i, 0) + X(i, 1) + 3) / 6 * classes), 0.0, classes - 1.0);
        QCOMPARE(samples::changedByThreads([&] { return samples::outcomeText(fitBorders(X, y, classes)); }), std::string());
    }

    void theOrderOfTheRowsDoesNotMatter_data()
    {
        QTest::addColumn<int>("features");
        QTest::addColumn<int>("classes");
        QTest::newRow("two classes") << 5 << 2;
        QTest::newRow("rows in some parts of a block") << 100 << 2;
        QTest::newRow("more features than go into blocks") << 130 << 3;
        QTest::newRow("many classes") << 5 << 300;
    }

    /// Rows class by class, and the same ones in turns.
    void theOrderOfTheRowsDoesNotMatter()
    {
        QFETCH(int, features);
        QFETCH(int, classes);
        constexpr Index n = 36000;
        const Matrix drawnX = drawn(n, features, 4);
        Matrix X = drawnX, mixed(n, features);
        Vector y(n), mixedY(n);
        for (Index i = 0; i < n; ++i) {
            y[i] = double(i * classes / n);
            X(i, 0) += 0.01 * y[i];
            X(i, 2) = 0.1;                              // a number that no sum of its copies gives back
            const Index to = i * 7919 % n;
            mixed.row(to) = X.row(i);
            mixedY[to] = y[i];
        }
        const auto inTurns = fitBorders(mixed, mixedY, classes);
        QCOMPARE(inTurns->notices, std::vector<std::string>{"x3 does not vary within any class: it takes no part."});
        const Linear expected = linearOf(fitBorders(X, y, classes)), linear = linearOf(inTurns);
        QVERIFY((linear.W - expected.W).norm() < 1e-11 * expected.W.norm());
        QVERIFY((linear.b - expected.b).norm() < 1e-11 * expected.b.norm());
        QVERIFY2(linear.W.col(2).norm() < 1e-12 * linear.W.norm(), qPrintable(QString::number(linear.W.col(2).norm())));
    }

    void refusesWhatItCannotWorkWith()
    {
        const auto few = fitBorders(twoClouds().topRows(2), Vector{{0, 1}}, 2);
        QVERIFY(!few);
        QCOMPARE(few.error().code, ErrorCode::TooFewSamples);
        QVERIFY(fitBorders(twoClouds().topRows(3), Vector{{0, 1, 1}}, 2).hasValue());
        const auto wide = fitBorders(Matrix::Random(4, 2001), Vector{{0, 1, 1, 0}}, 2);
        QVERIFY(!wide);
        QCOMPARE(wide.error().code, ErrorCode::TooLarge);
    }
};

QTEST_GUILESS_MAIN(TestLinearDiscriminant)
#include "tst_linear_discriminant.moc"
