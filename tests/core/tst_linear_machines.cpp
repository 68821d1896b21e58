#include "core/base/random.h"
#include "tests/support/reference_data.h"

#include <Eigen/Cholesky>

#include <QTest>

using namespace modelarium;

namespace {

/// Two clouds with a gap between them, or without one.
DatasetPtr clouds(double gap, Eigen::Index samples = 60)
{
    Random random(4);
    Matrix X(samples, 2);
    Vector y(samples);
    for (Eigen::Index i = 0; i < samples; ++i) {
        y[i] = double(i % 2);
        X(i, 0) = random.uniform() + (y[i] > 0 ? 1 + gap : 0);
        X(i, 1) = random.normal();
    }
    return reference::makeDataset(X, y, 2);
}

bool saysSomethingLike(const FitOutcome& outcome, const char* words)
{
    return std::any_of(outcome.notices.begin(), outcome.notices.end(),
                       [&](const std::string& notice) { return notice.find(words) != std::string::npos; });
}

} // namespace

/// The perceptron and the linear support vector machine: what they stop at, and what they say.
class TestLinearMachines : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void perceptronStopsWhereTheClassesAreSeparated()
    {
        const auto outcome = reference::fitTo(clouds(0.5), "perceptron", {});
        QVERIFY(outcome);
        QCOMPARE(outcome->last.loss, 0.0);
        QCOMPARE(outcome->last.what.substr(outcome->last.what.size() - 10), std::string("0 mistakes"));
        QVERIFY(saysSomethingLike(*outcome, "separate the classes, and the perceptron has nothing left"));
    }

    void perceptronSaysThatItNeverSettles()
    {
        const auto outcome = reference::fitTo(clouds(-0.5), "perceptron", {{"max_epochs", std::int64_t(30)}});
        QVERIFY(outcome);
        QCOMPARE(outcome->last.step, std::size_t(30));
        QVERIFY(saysSomethingLike(*outcome, "no straight boundary was found that separates the classes"));
    }

    /// Rosenblatt's rule by hand: the weights after the first, the second and the third mistake.
    void perceptronGoesFromMistakeToMistake()
    {
        const Matrix X{{1, 2}, {3, -1}, {-2, 1}, {0, 4}};
        const DatasetPtr data = reference::makeDataset(X, Vector{{1, 1, 0, 1}}, 2);
        std::vector<Vector> seen;
        std::vector<std::string> words;
        const auto outcome = reference::fitTo(data, "perceptron", {{"step", std::string("mistake")}, {"shuffle", false}},
                                              [&](const TrainingRun& run, const Progress& progress) {
                                                  const Linear now = std::get<Linear>(run.freeze());
                                                  seen.push_back(Vector{{now.W(0, 0), now.W(0, 1), now.b[0]}});
                                                  words.push_back(progress.what);
                                                  return Answer::Continue;
                                              });
        QVERIFY(outcome);
        // Row 1: score 0, so w = (1, 2), b = 1. Row 2: 3 - 2 + 1 = 2, right. Row 3: -2 + 2 + 1 = 1, wrong: w = (3, 1), b = 0.
        // Row 4: 4, right. Second epoch: 5, 8, -5, 4: all right.
        QCOMPARE(seen.size(), std::size_t(3));
        QCOMPARE(seen[0], (Vector{{1, 2, 1}}));
        QCOMPARE(seen[1], (Vector{{3, 1, 0}}));
        QCOMPARE(seen[2], seen[1]);
        QCOMPARE(words[0], std::string("row 1 was on the wrong side"));
        QCOMPARE(words[1], std::string("row 3 was on the wrong side"));
        QCOMPARE(words[2], std::string("no row is on the wrong side"));
    }

    /// Rosenblatt's rule sample by sample, for all the ways in which boundaries and features are laid into vectors. Features are whole
    /// numbers, so that no sum is rounded.
    void perceptronKeepsItsRuleAtAnyWidth()
    {
        Random random(8);
        for (const Eigen::Index features : {1, 2, 3, 4, 5, 7, 8, 19})
            for (const Eigen::Index classes : {2, 3, 8, 11}) {
                const Eigen::Index samples = 271, boundaries = classes == 2 ? 1 : classes;
                Matrix X(samples, features), W = Matrix::Zero(boundaries, features);
                Vector y(samples), b = Vector::Zero(boundaries);
                for (Eigen::Index i = 0; i < samples; ++i) {
                    y[i] = double(i % classes);
                    for (Eigen::Index j = 0; j < features; ++j)
                        X(i, j) = double(random.below(9)) - 4 + (j == i % classes ? 2 : 0);
                }
                const auto side = [&](Eigen::Index i, Eigen::Index k) { return y[i] == double(classes == 2 ? 1 : k) ? 1.0 : -1.0; };
                for (int epoch = 0; epoch < 3; ++epoch)
                    for (Eigen::Index i = 0; i < samples; ++i)
                        for (Eigen::Index k = 0; k < boundaries; ++k)
                            if (side(i, k) * (W.row(k).dot(X.row(i)) + b[k]) <= 0) {
                                W.row(k) += side(i, k) * X.row(i);
                                b[k] += side(i, k);
                            }
                double loss = 0;
                for (Eigen::Index i = 0; i < samples; ++i)
                    for (Eigen::Index k = 0; k < boundaries; ++k)
                        loss += std::max(0.0, -side(i, k) * (W.row(k).dot(X.row(i)) + b[k]));
                const auto outcome = reference::fitTo(reference::makeDataset(X, y, std::size_t(classes)), "perceptron",
                                                      {{"max_epochs", std::int64_t(3)}, {"shuffle", false}});
                QVERIFY(outcome);
                const Linear learned = std::get<Linear>(outcome->parameters);
                QCOMPARE(learned.W, W);
                QCOMPARE(learned.b, b);
                QCOMPARE(outcome->last.loss, loss / double(samples * boundaries));
            }
    }

    void perceptronRunsAway()
    {
        const DatasetPtr data = reference::makeDataset(Matrix{{1e300, 1e300}, {1e300, -1e300}, {2e300, 1e300}, {1e300, 3e299}}, Vector{{0, 1, 1, 0}}, 2);
        const auto outcome = reference::fitTo(data, "perceptron", {});
        QVERIFY(!outcome);
        QCOMPARE(int(outcome.error().code), int(ErrorCode::Diverged));
    }

    /// Two samples at -1 and 1: with hinge loss and a large C the margin ends exactly at them, w = 1 and b = 0.
    void widestMarginBetweenTwoSamples()
    {
        const DatasetPtr data = reference::makeDataset(Matrix{{-1.0}, {1.0}}, Vector{{0, 1}}, 2);
        const auto outcome = reference::fitTo(data, "linear_svm", {{"loss", std::string("hinge")}, {"C", 1000.0}, {"tolerance", 1e-12}});
        QVERIFY(outcome);
        const Linear linear = std::get<Linear>(outcome->parameters);
        QVERIFY(std::abs(linear.W(0, 0) - 1) < 1e-9 && std::abs(linear.b[0]) < 1e-9);
        QVERIFY(saysSomethingLike(*outcome, "All 2 rows are support vectors"));
        QVERIFY(saysSomethingLike(*outcome, "A straight boundary separates the classes"));
    }

    /// A large C multiplies margins that are missed by as little as the tolerance: the objective is near its minimum all the same.
    void aLargePriceEndsNearTheMinimum()
    {
        constexpr double C = 1e5;
        Random random(21);
        for (int round = 0; round < 10; ++round) {
            Matrix X(6, 8);
            for (double& x : X.reshaped())
                x = random.normal();
            const Vector y{{0, 1, 0, 1, 0, 1}};
            const DatasetPtr data = reference::makeDataset(X, y, 2);
            // The prices of the widest margin between rows that all lie on it, where they are all above 0: K alpha = 1, and no objective is lower.
            Matrix rows(6, 9);
            rows << X, Vector::Ones(6);
            rows = (2 * y.array() - 1).matrix().asDiagonal() * rows;
            const Vector alpha = (rows * rows.transpose()).ldlt().solve(Vector::Ones(6));
            if (alpha.minCoeff() < 0)
                continue;
            const double least = alpha.sum() / 2;
            const auto outcome = reference::fitTo(data, "linear_svm", {{"loss", std::string("hinge")}, {"C", C}, {"tolerance", 1e-8}, {"max_sweeps", std::int64_t(100000)}});
            QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
            const double objective = outcome->last.loss * 6 * C;
            QVERIFY2(objective < least * (1 + 1e-6) && objective > least * (1 - 1e-9), qPrintable(QString::number(objective / least - 1)));
            QVERIFY(!saysSomethingLike(*outcome, "still changing"));
        }
    }

    /// w = 2 C sum max(0, 1 - s w x) s x, the feature that is always 1 among the others: with more rows than weights (Newton's method)
    /// and with fewer (coordinate descent).
    void squaredHingeEndsAtItsMinimum()
    {
        constexpr double tolerance = 1e-10;
        Random random(6);
        for (const auto& [samples, features] : {std::pair<Eigen::Index, Eigen::Index>{300, 3}, {9, 20}})
            for (const double C : {0.01, 1.0, 1000.0}) {
                Matrix X(samples, features + 1);
                Vector y(samples);
                for (Eigen::Index i = 0; i < samples; ++i) {
                    y[i] = double(i % 3);
                    for (Eigen::Index j = 0; j < features; ++j)
                        X(i, j) = random.normal() + (j == i % 3 ? 1 : 0);
                    X(i, features) = 1;
                }
                const auto outcome = reference::fitTo(reference::makeDataset(X.leftCols(features), y, 3), "linear_svm",
                                                      {{"C", C}, {"tolerance", tolerance}, {"max_sweeps", std::int64_t(1000000)}});
                QVERIFY(outcome);
                const Linear linear = std::get<Linear>(outcome->parameters);
                for (Eigen::Index k = 0; k < 3; ++k) {
                    Vector w(features + 1);
                    w << linear.W.row(k).transpose(), linear.b[k];
                    const Vector sides = (y.array() == double(k)).select(Vector::Ones(samples), -1);
                    const Vector inside = (1 - sides.array() * (X * w).array()).max(0.0);
                    const Vector made = 2 * C * X.transpose() * sides.cwiseProduct(inside);
                    // Where a margin is off by the tolerance, its row pulls off by 2 C as much.
                    QVERIFY((w - made).norm() <= 2 * C * tolerance * X.rowwise().norm().sum() + 1e-9 * (1 + w.norm()));
                }
            }
    }

    void machineSaysThatItWasStopped()
    {
        const auto outcome = reference::fitTo(clouds(-0.5), "linear_svm", {{"max_sweeps", std::int64_t(1)}, {"C", 1000.0}});
        QVERIFY(outcome);
        QVERIFY(saysSomethingLike(*outcome, "still changing after 1 sweep:"));
    }

    void rowsBeyondSquaresAreRefusedByNumber()
    {
        const auto outcome = reference::fitTo(reference::makeDataset(Matrix{{1.0}, {2e200}, {3.0}}, Vector{{0, 1, 1}}, 2), "linear_svm", {});
        QVERIFY(!outcome);
        QCOMPARE(int(outcome.error().code), int(ErrorCode::NotFinite));
        QCOMPARE(outcome.error().place.row.value_or(0), std::size_t(2));
    }
};

QTEST_GUILESS_MAIN(TestLinearMachines)
#include "tst_linear_machines.moc"
