#include "core/base/parallel.h"
#include "core/base/random.h"
#include "core/learn/linear/huber_objective.h"
#include "core/learn/linear/online_logistic.h"
#include "core/learn/linear/quadratic_loss.h"
#include "core/learn/svm/squared_hinge_newton.h"
#include "tests/support/reference_data.h"

#include <QTest>

#include <cmath>
#include <functional>
#include <limits>

using namespace modelarium;

namespace {

using Eigen::Index;

Matrix drawn(Index rows, Index columns, std::uint64_t seed)
{
    Random random(seed);
    Matrix X(rows, columns);
    for (double& x : X.reshaped())
        x = random.normal();
    return X;
}

/// The largest difference between what is said to be the slopes of f and what central differences with step h see.
double worstSlope(const std::function<double(const Vector&)>& f, const Vector& at, const Vector& gradient, double h)
{
    double worst = 0;
    for (Index k = 0; k < at.size(); ++k) {
        Vector up = at, down = at;
        up[k] += h;
        down[k] -= h;
        worst = std::max(worst, std::abs((f(up) - f(down)) / (2 * h) - gradient[k]));
    }
    return worst;
}

/// The same for second derivatives, of which the lower triangle counts, and the gradient.
double worstCurvature(const std::function<Vector(const Vector&)>& gradient, const Vector& at, const Matrix& hessian, double h)
{
    const Matrix H = hessian.selfadjointView<Eigen::Lower>();
    double worst = 0;
    for (Index k = 0; k < at.size(); ++k) {
        Vector up = at, down = at;
        up[k] += h;
        down[k] -= h;
        worst = std::max(worst, ((gradient(up) - gradient(down)) / (2 * h) - H.col(k)).cwiseAbs().maxCoeff());
    }
    return worst;
}

} // namespace

/// Gradients and second derivatives against finite differences of the losses they belong to. Those of logistic regression are looked at in
/// tst_linear_logistic, of gradient descent in tst_linear_regression, of networks in tst_neural_network, of boosting in
/// tst_gradient_boosting.
class TestGradients : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cleanup() { setThreadCount(0); }

    void huber_data();
    void huber();
    void squaredHinge_data();
    void squaredHinge();
    void quadratic_data();
    void quadratic();
    void onlineLogistic_data();
    void onlineLogistic();
};

namespace {

constexpr double step = 1e-5;

/// What a difference may be off by, for each row whose loss it adds up: step^2 times a third derivative of some 10, and the roundings of a
/// few sums of losses near 10 over the step. Rows that cross a bend within a step, where a slope has no second derivative, are rarer
/// than one in so few rows.
constexpr double allowedARow = 1e-8;

void compareWithDifferences(const std::function<double(const Vector&)>& loss, const std::function<Vector(const Vector&)>& gradient, const Vector& at,
                            const Matrix& hessian, double rows)
{
    const double slope = worstSlope(loss, at, gradient(at), step), curvature = worstCurvature(gradient, at, hessian, step);
    QVERIFY2(slope < allowedARow * rows, qPrintable(QString::number(slope)));
    QVERIFY2(curvature < allowedARow * rows, qPrintable(QString::number(curvature)));
}

} // namespace

void TestGradients::huber_data()
{
    QTest::addColumn<int>("rows");
    QTest::addColumn<double>("epsilon");
    QTest::addColumn<double>("alpha");
    QTest::addColumn<bool>("intercept");
    for (const int rows : {7, 300, 5000})
        for (const double epsilon : {1.0, 1.35, 3.0})
            for (const bool intercept : {true, false})
                QTest::addRow("%d rows, epsilon %g, %s", rows, epsilon, intercept ? "intercept" : "through zero") << rows << epsilon << 0.7 << intercept;
    QTest::newRow("every row inside") << 300 << 1e6 << 0.7 << true;
    QTest::newRow("no penalty") << 300 << 1.35 << 0.0 << true;
}

/// The loss is that of the learner's header, written down once more, and its derivatives are those of it.
void TestGradients::huber()
{
    QFETCH(int, rows);
    QFETCH(double, epsilon);
    QFETCH(double, alpha);
    QFETCH(bool, intercept);
    const Matrix X = drawn(rows, 3, 1);
    const Vector y = X.rowwise().sum() + 2 * drawn(rows, 1, 2).col(0);
    const HuberObjective objective(reference::makeDataset(X, y, 0), epsilon, alpha, intercept);
    Vector theta{{0.9, -0.3, 1.2, intercept ? 0.4 : 0.0, 1.1}};

    const double b = theta[3] - (intercept ? X.colwise().mean().dot(theta.head(3)) : 0);
    const Vector r = ((X * theta.head(3) - y).array() + b).matrix();
    double written = alpha * theta.head(3).squaredNorm();
    Index outliers = 0;
    for (const double ri : r) {
        const double z = std::abs(ri) / theta[4];
        outliers += z > epsilon;
        written += theta[4] + theta[4] * (z < epsilon ? z * z : 2 * epsilon * z - epsilon * epsilon);
    }
    const HuberObjective::Evaluation here = objective.at(theta);
    QCOMPARE(here.outliers, outliers);
    QVERIFY(rows < 100 || (epsilon > 1000 ? outliers == 0 : outliers > 0 && outliers < rows));
    QVERIFY(std::abs(here.loss / written - 1) < 1e-13);

    const auto gradient = [&](const Vector& at) { return objective.at(at).gradient; };
    if (intercept) {
        compareWithDifferences([&](const Vector& at) { return objective.at(at).loss; }, gradient, theta, objective.hessian(theta, 0), rows);
        return;
    }
    // The intercept is held at 0: its derivative is 0, and its curvature such that a step leaves it there.
    const auto held = [](Vector at) { at[3] = 0; return at; };
    Matrix H = objective.hessian(theta, 0);
    QCOMPARE(H(3, 3), 1.0);
    H(3, 3) = 0;
    compareWithDifferences([&](const Vector& at) { return objective.at(held(at)).loss; },
                           [&](const Vector& at) { return gradient(held(at)); }, theta, H, rows);
}

void TestGradients::squaredHinge_data()
{
    QTest::addColumn<int>("rows");
    QTest::addColumn<double>("C");
    for (const int rows : {5, 300, 9000})
        for (const double C : {0.01, 1.0})
            QTest::addRow("%d rows, C %g", rows, C) << rows << C;
}

void TestGradients::squaredHinge()
{
    QFETCH(int, rows);
    QFETCH(double, C);
    const Matrix X = drawn(rows, 3, 3);
    const Vector sides = X.col(0).unaryExpr([](double x) { return x > 0.2 ? 1.0 : -1.0; });
    const SquaredHinge objective(X, sides, C);
    const Vector w{{0.8, -0.5, 0.1, 0.3}};
    const auto value = [&](const Vector& at) { return objective.value(at, objective.margins(at)); };
    double written = w.squaredNorm() / 2;
    Index inside = 0;
    for (Index i = 0; i < rows; ++i) {
        const double margin = sides[i] * (X.row(i).dot(w.head(3)) + w[3]);
        inside += margin < 1;
        written += C * std::pow(std::max(0.0, 1 - margin), 2);
    }
    QVERIFY(rows < 100 || (inside > 0 && inside < rows));
    QVERIFY(std::abs(value(w) / written - 1) < 1e-13);
    compareWithDifferences(value, [&](const Vector& at) { return objective.gradient(at, objective.margins(at)); }, w,
                           objective.hessian(objective.margins(w)), rows);
}

void TestGradients::quadratic_data()
{
    QTest::addColumn<bool>("fromProducts");
    QTest::addColumn<int>("rowsOut");
    QTest::newRow("lasso and elastic net, from products of columns") << true << 0;
    QTest::newRow("lasso and elastic net, from residuals") << false << 0;
    QTest::newRow("lasso and elastic net, from residuals, a fold left out") << false << 30;
}

/// The smooth part, whose slopes are those downwards.
void TestGradients::quadratic()
{
    QFETCH(bool, fromProducts);
    QFETCH(int, rowsOut);
    constexpr Index rows = 200, p = 6, firstOut = 40;
    CentredColumns columns{drawn(rows, p, 4), drawn(rows, 1, 5).col(0)};
    columns.Z.rowwise() -= columns.Z.colwise().mean();
    columns.v.array() -= columns.v.mean();
    std::unique_ptr<QuadraticLoss> loss;
    if (fromProducts)
        loss = std::make_unique<GramLoss>(columns.Z.transpose() * columns.Z, columns.Z.transpose() * columns.v, columns.v.squaredNorm());
    else
        loss = std::make_unique<ResidualLoss>(std::make_shared<const CentredColumns>(columns), firstOut, rowsOut, true);
    // The rows that are left, about their own means.
    Matrix Z(rows - rowsOut, p);
    Z << columns.Z.topRows(firstOut), columns.Z.bottomRows(rows - firstOut - rowsOut);
    Vector v(rows - rowsOut);
    v << columns.v.head(firstOut), columns.v.tail(rows - firstOut - rowsOut);
    Z.rowwise() -= Z.colwise().mean().eval();
    v.array() -= v.mean();

    const Vector w = drawn(p, 1, 6).col(0);
    loss->standAt(w);
    QVERIFY(std::abs(loss->residualProducts(w).first / (v - Z * w).squaredNorm() - 1) < 1e-12);
    const auto half = [&](const Vector& at) { return (v - Z * at).squaredNorm() / 2; };
    const double worst = worstSlope(half, w, -loss->slopes(), step);
    QVERIFY2(worst < allowedARow * double(rows), qPrintable(QString::number(worst)));
}

void TestGradients::onlineLogistic_data()
{
    QTest::addColumn<int>("classes");
    QTest::addColumn<double>("C");
    for (const int classes : {2, 4})
        for (const double C : {0.05, std::numeric_limits<double>::infinity()})
            QTest::addRow("%d classes, C %g", classes, C) << classes << C;
}

/// A row moves every weight by rate * g / sqrt(sum of g^2): what was added to the squares, and which way the weight went, are the slope of the
/// row's own log loss and of its share of the price on the weights.
void TestGradients::onlineLogistic()
{
    QFETCH(int, classes);
    QFETCH(double, C);
    constexpr Index features = 3, rows = 40;
    Random random(7);
    Matrix X = drawn(rows, features, 8);
    Vector y(rows);
    for (Index i = 0; i < rows; ++i)
        y[i] = double(random.below(std::uint64_t(classes)));
    const DatasetPtr all = reference::makeDataset(X, y, classes);
    OnlineLogistic run({Task::Classification, std::size_t(features), all->classNames, 0, 1}, C, 0.5);
    const Index scores = classes == 2 ? 1 : classes;
    for (Index i = 0; i < rows; ++i) {
        const OnlineState before = run.state();
        QVERIFY(run.partialFit(*reference::makeDataset(X.row(i), y.segment(i, 1), classes)));
        const OnlineState after = run.state();
        const Vector from = before.numbers.at("weights"), to = after.numbers.at("weights");
        const Vector squares = after.numbers.at("squares") - before.numbers.at("squares");
        const auto loss = [&](const Vector& theta) {
            Vector z(classes);
            double price = 0;
            for (Index k = 0; k < scores; ++k) {
                const auto w = theta.segment(k * (features + 1), features);
                z[scores == 1 ? 1 : k] = X.row(i).dot(w) + theta[k * (features + 1) + features];
                price += w.squaredNorm() / (2 * C * double(i + 1));
            }
            if (scores == 1)
                z[0] = 0;
            return std::log((z.array() - z[Index(y[i])]).exp().sum()) + price;
        };
        Vector g(from.size());
        for (Index k = 0; k < g.size(); ++k)
            g[k] = std::copysign(std::sqrt(std::max(0.0, squares[k])), from[k] - to[k]);
        // A square is what two sums of squares differ by: rounded to 1e-16 of up to 100 it says sqrt(1e-14) of a slope near 0.
        const double worst = worstSlope(loss, from, g, step);
        QVERIFY2(worst < 3e-7, qPrintable(QString::number(worst)));
    }
}

QTEST_GUILESS_MAIN(TestGradients)
#include "tst_gradients.moc"
