#include "core/base/parallel.h"
#include "core/base/random.h"
#include "core/learn/linear/blocked_cholesky.h"

#include <QTest>

#include <cstring>
#include <limits>

using namespace modelarium;
using Eigen::Index;

namespace {

/// B'B / n + I: eigenvalues between 1 and about 5.
Matrix positive(Index n)
{
    Random random(std::uint64_t(n) + 1);
    const Matrix B = Matrix::NullaryExpr(n, n, [&] { return random.normal(); });
    return B.transpose() * B / double(n) + Matrix::Identity(n, n);
}

} // namespace

class TestBlockedCholesky : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cleanup() { setThreadCount(0); }

    void solves_data()
    {
        QTest::addColumn<int>("size");
        for (const int size : {1, 2, 63, 64, 65, 128, 200, 333})
            QTest::addRow("%d", size) << size;
    }

    void solves()
    {
        QFETCH(int, size);
        const Matrix A = positive(size);
        const Vector expected = Vector::LinSpaced(size, -1, 3);
        const BlockedCholesky factor(A, 0);
        QVERIFY(factor.isPositive());
        QVERIFY((factor.solve(A * expected) - expected).cwiseAbs().maxCoeff() < 1e-13 * size);
    }

    void theSameBitsOnAnyNumberOfThreads()
    {
        const Matrix A = positive(300);
        const Vector right = Vector::LinSpaced(300, 0, 1);
        setThreadCount(1);
        const Vector alone = BlockedCholesky(A, 0).solve(right);
        setThreadCount(4);
        const Vector together = BlockedCholesky(A, 0).solve(right);
        QVERIFY(std::memcmp(alone.data(), together.data(), std::size_t(alone.size()) * sizeof(double)) == 0);
    }

    void flatDirectionsAreLifted()
    {
        // Two copies of each column: rounding leaves eigenvalues on either side of 0.
        const Matrix half = positive(150);
        const Matrix A = half.replicate(2, 2);
        const BlockedCholesky factor(A, 1e-18);
        QVERIFY(factor.isPositive());
        const Vector right = Vector::LinSpaced(150, -1, 3).replicate(2, 1);
        QVERIFY((A * factor.solve(right) - right).cwiseAbs().maxCoeff() < 1e-4);
    }

    void theLargestLiftIsTried()
    {
        // An eigenvalue of -0.5: no lift below it helps, and a hundred times 0.3 is more than 1.
        Matrix A = positive(150);
        A.row(70).setZero();
        A.col(70).setZero();
        A(70, 70) = -0.5;
        for (const double lift : {1e-10, 3e-9, 1.0, 0.0})
            QVERIFY(BlockedCholesky(A, lift).isPositive());
    }

    void saysWhereThereIsNoFactor()
    {
        for (const Index bad : {Index(0), Index(70), Index(149)}) {
            for (const double value : {-9.0, std::numeric_limits<double>::quiet_NaN()}) {
                Matrix A = positive(150);
                A(bad, bad) = value;
                QVERIFY(!BlockedCholesky(A, 1e-10).isPositive());
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestBlockedCholesky)
#include "tst_blocked_cholesky.moc"
