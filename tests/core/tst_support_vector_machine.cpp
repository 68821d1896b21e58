#include "core/base/random.h"
#include "core/learn/svm/smo.h"
#include "core/model/kernel_predictor.h"
#include "tests/support/reference_data.h"
#include "tests/support/sanitizers.h"
#include "tests/support/thread_counts.h"

#include <QTest>

#include <cmath>
#include <limits>
#include <numeric>

using namespace modelarium;

namespace {

/// Classes in rings or quarters, with noise; or their radius as a target.
DatasetPtr rings(int classes, Eigen::Index samples, std::uint64_t seed = 4)
{
    Random random(seed);
    Matrix X(samples, 2);
    Vector y(samples);
    for (Eigen::Index i = 0; i < samples; ++i) {
        X(i, 0) = random.normal();
        X(i, 1) = random.normal();
        const double radius = X.row(i).norm() + 0.2 * random.normal();
        y[i] = classes == 0 ? std::sin(2 * radius) : std::clamp(std::floor(radius * classes / 2), 0.0, double(classes - 1));
    }
    return reference::makeDataset(X, y, classes);
}

SmoVariables variablesFor(const Dataset& data, double C, double epsilon)
{
    if (data.task == Task::Regression)
        return {Vector::Constant(data.y.size(), -C), Vector::Constant(data.y.size(), C), data.y.array() + epsilon, data.y.array() - epsilon};
    const Vector sides = (data.y.array() > 0).select(Vector::Ones(data.y.size()), -1);
    return {(C * sides).cwiseMin(0), (C * sides).cwiseMax(0), sides, sides};
}

std::vector<Eigen::Index> everySample(const Dataset& data)
{
    std::vector<Eigen::Index> samples(data.samples());
    std::iota(samples.begin(), samples.end(), Eigen::Index(0));
    return samples;
}

bool saysSomethingLike(const FitOutcome& outcome, const char* words)
{
    return std::any_of(outcome.notices.begin(), outcome.notices.end(),
                       [&](const std::string& notice) { return notice.find(words) != std::string::npos; });
}

} // namespace

/// Kernel support vector machines and regressions: conditions that only the optimum meets, and what is said on the way.
class TestSupportVectorMachine : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void optimum_data()
    {
        QTest::addColumn<int>("classes");
        QTest::addColumn<int>("kind");
        QTest::addColumn<double>("C");
        for (const int classes : {0, 2})
            for (const int kind : {kernels::KernelFunction::Linear, kernels::KernelFunction::Rbf, kernels::KernelFunction::Polynomial})
                for (const double C : {0.1, 1.0, 50.0})
                    QTest::addRow("%d classes, kernel %d, C %g", classes, kind, C) << classes << kind << C;
    }

    /// The conditions of Karush, Kuhn and Tucker with kernels taken anew in double: a sample outside the margin (or inside the
    /// tube) has weight 0, one beyond it the weight C, and what lies between is exactly on it.
    void optimum()
    {
        QFETCH(int, classes);
        QFETCH(int, kind);
        QFETCH(double, C);
        // Kernels rounded to floats, many samples along few directions: there is noise in the gradients, and the more the larger K.
        const double tolerance = kind == kernels::KernelFunction::Rbf ? 1e-6 : 1e-3, epsilon = 0.1;
        const DatasetPtr data = rings(classes, underSanitizers ? 200 : 700);
        const SmoVariables variables = variablesFor(*data, C, epsilon);
        SmoProblem problem(data->X(), everySample(*data), variables, {kind, 3, 0.7, 1}, {tolerance, std::size_t(64) << 20});
        double last = 0;
        for (int step = 0; !problem.isFinished(); ++step) {
            QVERIFY(step < 20000);
            problem.step();
            QVERIFY(problem.objective() <= last + 1e-9 * (1 + std::abs(last)));
            QVERIFY(problem.primalObjective() >= -problem.objective() - 1e-6 * (1 + std::abs(last)));
            last = problem.objective();
        }
        QVERIFY(problem.hasConverged());
        const Vector& beta = problem.beta();
        QVERIFY(std::abs(beta.sum()) <= 1e-12 * double(beta.size()) * C);
        QVERIFY((beta.array() >= variables.lower.array()).all() && (beta.array() <= variables.upper.array()).all());

        KernelExpansion p{Kernel(kind), 0.7, 3, 1, data->X(), beta.transpose(), Vector::Constant(1, problem.intercept()), {}};
        double size = 1;                                    // sums of floats, each rounded to 6e-8 of itself
        for (Eigen::Index i = 0; i < beta.size(); ++i)
            size = std::max(size, kernelValue(p, Vector(data->X().row(i)).data(), i));
        const double slack = 2 * tolerance + 2e-7 * size * beta.cwiseAbs().sum();
        for (Eigen::Index i = 0; i < beta.size(); ++i) {
            const double f = kernelScores(p, Vector(data->X().row(i)).data())[0];
            if (beta[i] < variables.upper[i])
                QVERIFY(f >= (beta[i] < 0 ? variables.below[i] : variables.above[i]) - slack);
            if (beta[i] > variables.lower[i])
                QVERIFY(f <= (beta[i] > 0 ? variables.above[i] : variables.below[i]) + slack);
        }
        QVERIFY(problem.primalObjective() + problem.objective() <= 1e-4 * (1 + std::abs(problem.objective())));
    }

    void exactScores_data()
    {
        QTest::addColumn<double>("offset");
        QTest::newRow("near the origin, distances by products") << 0.0;
        QTest::newRow("far from it, distances by differences") << 1e6;
    }

    /// The tolerance holds for scores taken anew in double, with hundreds of free samples, as it does for LIBSVM's: but for the kernel
    /// values, which both keep as floats, so that a score is wrong by up to 2^-24 of the weights together.
    void exactScores()
    {
        QFETCH(double, offset);
        constexpr double C = 10, tolerance = 1e-3, gamma = 0.3;
        const auto data = std::make_shared<Dataset>(*rings(2, 2500));
        data->X().array() += offset;
        const SmoVariables variables = variablesFor(*data, C, 0);
        SmoProblem problem(data->X(), everySample(*data), variables, {kernels::KernelFunction::Rbf, 3, gamma, 0}, {tolerance, std::size_t(1) << 30});
        while (!problem.isFinished())
            problem.step();
        QVERIFY(problem.hasConverged());
        const Vector& beta = problem.beta();
        double highest = -std::numeric_limits<double>::infinity(), lowest = -highest;
        for (Eigen::Index i = 0; i < beta.size(); ++i) {
            double score = 0;
            for (Eigen::Index j = 0; j < beta.size(); ++j)
                if (beta[j] != 0)
                    score += beta[j] * std::exp(-gamma * (data->X().row(i) - data->X().row(j)).squaredNorm());
            if (beta[i] < variables.upper[i])
                highest = std::max(highest, variables.above[i] - score);
            if (beta[i] > variables.lower[i])
                lowest = std::min(lowest, variables.below[i] - score);
        }
        const double rounding = 2 * std::ldexp(1.0, -24) * beta.cwiseAbs().sum();
        QVERIFY2(highest - lowest <= tolerance + rounding, qPrintable(QStringLiteral("%1, rounding %2").arg(highest - lowest).arg(rounding)));
    }

    /// A kernel value has the same bits from either side, alone or among others, and a sample is at no distance from itself.
    void rowsHaveTheSameBits()
    {
        const DatasetPtr data = rings(2, 32);
        const double* X = data->X().data();
        std::vector<double> samples(64);
        std::vector<const double*> x;
        for (Eigen::Index i = 0; i < 32; ++i) {
            samples[std::size_t(2 * i)] = data->X()(i, 0);
            samples[std::size_t(2 * i) + 1] = data->X()(i, 1);
            x.push_back(&samples[std::size_t(2 * i)]);
        }
        for (const int kind : {kernels::KernelFunction::Linear, kernels::KernelFunction::Rbf, kernels::KernelFunction::Polynomial}) {
            for (const kernels::Distance distance : {kernels::Distance::ByDifferences, kernels::Distance::ByProducts}) {
                const kernels::KernelFunction kernel{kind, 3, 0.7, 1};
                float together[32][32], alone[32];
                std::vector<float*> rows;
                for (auto& row : together)
                    rows.push_back(row);
                kernels::modelariumKernelRows(&kernel, distance, X, 32, 32, 2, x.data(), 32, rows.data());
                for (int i = 0; i < 32; ++i) {
                    float* to = alone;
                    kernels::modelariumKernelRows(&kernel, distance, X, 32, 32, 2, &x[std::size_t(i)], 1, &to);
                    for (int j = 0; j < 32; ++j) {
                        QVERIFY(alone[j] == together[i][j]);
                        QVERIFY(together[j][i] == together[i][j]);
                    }
                    if (kind == kernels::KernelFunction::Rbf)
                        QVERIFY(alone[i] == 1.0f);
                }
            }
        }
    }

    /// As rowsHaveTheSameBits, in single precision; and as exact as is said.
    void rowsInSingleHaveTheSameBits()
    {
        constexpr double gamma = 0.7;
        const DatasetPtr data = rings(2, 32);
        std::vector<float> X(3 * 32), samples(3 * 32);
        for (Eigen::Index i = 0; i < 64; ++i)
            X[std::size_t(i)] = float(std::sqrt(gamma) * data->X()(i % 32, i / 32));
        kernels::modelariumHalfLengths(X.data(), 32, 32, 2, &X[64]);
        std::vector<const float*> x;
        for (std::size_t i = 0; i < 32; ++i) {
            for (std::size_t j = 0; j < 3; ++j)
                samples[3 * i + j] = X[32 * j + i];
            x.push_back(&samples[3 * i]);
        }
        float together[32][32], alone[32];
        std::vector<float*> rows;
        for (auto& row : together)
            rows.push_back(row);
        kernels::modelariumRbfRowsInSingle(X.data(), 32, 32, 2, x.data(), 32, rows.data());
        for (int i = 0; i < 32; ++i) {
            float* to = alone;
            kernels::modelariumRbfRowsInSingle(X.data(), 32, 32, 2, &x[std::size_t(i)], 1, &to);
            QVERIFY(alone[i] == 1.0f);
            for (int j = 0; j < 32; ++j) {
                QVERIFY(alone[j] == together[i][j]);
                QVERIFY(together[j][i] == together[i][j]);
                const double exact = std::exp(-gamma * (data->X().row(i) - data->X().row(j)).squaredNorm());
                const double longest = std::max(data->X().row(i).squaredNorm(), data->X().row(j).squaredNorm());
                QVERIFY(std::abs(double(alone[j]) - exact) <= 5e-7 * (1 + gamma * longest) * exact);
            }
        }
    }

    void unitsOfTheDataDoNotMatter_data()
    {
        QTest::addColumn<double>("unit");
        QTest::newRow("charges in coulombs") << 1e-25;
        QTest::newRow("small") << 1e-19;
        QTest::newRow("large") << 1e19;
        QTest::newRow("stars in kilograms") << 1e30;
    }

    /// Squares of these leave the range of a float; the kernel is told gamma by the data, and decides as in other units.
    void unitsOfTheDataDoNotMatter()
    {
        QFETCH(double, unit);
        const DatasetPtr data = rings(2, 300);
        auto scaled = std::make_shared<Dataset>(*data);
        scaled->X() *= unit;
        const HyperparameterValues hyperparameters = {{"C", 10.0}, {"tolerance", 1e-6}};
        const auto expected = std::get<KernelExpansion>(reference::fitTo(data, "support_vector_machine", hyperparameters)->parameters);
        const auto found = std::get<KernelExpansion>(reference::fitTo(scaled, "support_vector_machine", hyperparameters)->parameters);
        QCOMPARE(found.vectors.rows(), expected.vectors.rows());
        QVERIFY((found.coefficients - expected.coefficients).cwiseAbs().maxCoeff() <= 1e-3 * expected.coefficients.cwiseAbs().maxCoeff());
    }

    /// With room for a few rows only, everything is computed again and again, and nothing changes.
    void cacheChangesNoBit()
    {
        const DatasetPtr data = rings(2, 3000);
        Vector first;
        std::size_t rows = 0;
        for (const std::size_t bytes : {std::size_t(1), std::size_t(1) << 30}) {
            SmoProblem problem(data->X(), everySample(*data), variablesFor(*data, 10, 0), {kernels::KernelFunction::Rbf, 3, 0.7, 0}, {1e-4, bytes});
            while (!problem.isFinished())
                problem.step();
            if (bytes == 1) {
                first = problem.beta();
                rows = problem.rowsComputed();
            } else {
                QVERIFY(problem.rowsComputed() < rows);
                QVERIFY((problem.beta() - first).isZero(0));
            }
        }
    }

    /// Two samples at -1 and 1: K(x, x') = exp(-4 gamma) between them, so beta = -/+ 1 / (1 - exp(-4 gamma)) where C allows it.
    void twoSamples()
    {
        const DatasetPtr data = reference::makeDataset(Matrix{{-1.0}, {1.0}}, Vector{{0, 1}}, 2);
        const auto outcome = reference::fitTo(data, "support_vector_machine",
                                              {{"C", 1000.0}, {"gamma", std::string("number")}, {"gamma_value", 0.5}, {"tolerance", 1e-9}});
        QVERIFY(outcome);
        const auto& p = std::get<KernelExpansion>(outcome->parameters);
        const double expected = 1 / (1 - std::exp(-2));
        QVERIFY(std::abs(p.coefficients(0, 0) + expected) < 1e-6 && std::abs(p.coefficients(0, 1) - expected) < 1e-6);
        QVERIFY(std::abs(p.intercepts[0]) < 1e-6);
        QVERIFY(saysSomethingLike(*outcome, "All 2 rows are support vectors"));
    }

    void gammaIsThatOfScikitLearn()
    {
        const Matrix X{{0, 2}, {4, 2}};                     // mean 2, variance 2 of all four numbers
        const DatasetPtr data = reference::makeDataset(X, Vector{{0, 1}}, 2);
        const auto gammaWith = [&](const char* choice) {
            return std::get<KernelExpansion>(reference::fitTo(data, "support_vector_machine", {{"gamma", std::string(choice)}})->parameters).gamma;
        };
        QCOMPARE(gammaWith("scale"), 0.25);
        QCOMPARE(gammaWith("auto"), 0.5);
        QCOMPARE(gammaWith("number"), 0.1);
    }

    /// A class of the target that no training row has wins nothing.
    void classWithoutRows()
    {
        auto data = std::make_shared<Dataset>(*rings(2, 60));
        data->classNames = {"a", "b", "never"};
        const auto outcome = reference::fitTo(data, "support_vector_machine", {});
        QVERIFY(outcome);
        Matrix out;
        makePredictor(outcome->parameters)->predict(data->X(), out);
        QCOMPARE(out.col(2).sum(), 0.0);
        QVERIFY(out.col(0).sum() > 0 && out.col(1).sum() > 0);
    }

    void probabilities_data()
    {
        QTest::addColumn<int>("classes");
        QTest::addColumn<int>("rows");
        QTest::newRow("two classes") << 2 << 300;
        QTest::newRow("four classes") << 4 << 300;
        QTest::newRow("fewer rows than folds") << 2 << 4;
        QTest::newRow("a row a class") << 3 << 3;
    }

    /// Asked for, they are there from the last step on; the boundaries are those without them, and any number of threads gives the same bits.
    void probabilities()
    {
        QFETCH(int, classes);
        QFETCH(int, rows);
        auto data = std::make_shared<Dataset>(*rings(classes, rows));
        for (int i = 0; rows < 10 && i < rows; ++i)
            data->y[i] = i % classes;
        const auto plain = reference::fitTo(data, "support_vector_machine", {});
        QVERIFY(plain);
        QVERIFY(!givesProbabilities(plain->parameters));
        const auto fitted = [&] { return reference::fitTo(data, "support_vector_machine", {{"probabilities", true}}); };
        const auto outcome = fitted();
        QVERIFY(outcome);
        const auto& p = std::get<KernelExpansion>(outcome->parameters);
        QVERIFY((p.coefficients - std::get<KernelExpansion>(plain->parameters).coefficients).isZero(0));
        QVERIFY(givesProbabilities(outcome->parameters));
        Matrix out;
        makePredictor(outcome->parameters)->predict(data->X(), out);
        QVERIFY((out.array() > 0).all() && (out.array() < 1).all());
        QVERIFY((out.rowwise().sum().array() - 1).abs().maxCoeff() < 1e-12);
        QCOMPARE(samples::changedByThreads([&] { return samples::outcomeText(fitted()); }), std::string());
    }

    void probabilitiesComeWithTheLastStep()
    {
        const LearnerInfo* info = *findLearner("support_vector_machine");
        const auto run = info->make(*Hyperparameters::check(info->table, {{"probabilities", true}}), Task::Classification)->begin(rings(3, 200), 1);
        QVERIFY(run);
        while (!(*run)->isFinished()) {
            QVERIFY(!givesProbabilities((*run)->freeze()));
            QVERIFY((*run)->step());
        }
        QVERIFY(givesProbabilities((*run)->freeze()));
    }

    void tooManyClassesAreRefused()
    {
        auto data = std::make_shared<Dataset>(*rings(2, 60));
        for (int k = 2; k < 201; ++k)
            data->classNames.push_back("k" + std::to_string(k));
        const auto outcome = reference::fitTo(data, "support_vector_machine", {});
        QVERIFY(!outcome);
        QVERIFY(outcome.error().message.find("201 classes") != std::string::npos);
    }

    void flatTubeHoldsEveryRow()
    {
        const auto outcome = reference::fitTo(rings(0, 50), "support_vector_regression", {{"epsilon", 10.0}});
        QVERIFY(outcome);
        QCOMPARE(std::get<KernelExpansion>(outcome->parameters).vectors.rows(), Eigen::Index(0));
        QVERIFY(saysSomethingLike(*outcome, "the model is that number"));
    }

    void stoppedEarlyItSaysSo()
    {
        for (const int classes : {0, 3}) {
            const auto outcome = reference::fitTo(rings(classes, 400), classes ? "support_vector_machine" : "support_vector_regression",
                                                  {{"max_steps", std::int64_t(1)}, {"C", 100.0}});
            QVERIFY(outcome);
            QVERIFY(saysSomethingLike(*outcome, "still moving when the training stopped after 1 step:"));
        }
    }

    void rowsBeyondSquaresAreRefusedByNumber()
    {
        const DatasetPtr far = reference::makeDataset(Matrix{{1.0}, {2e200}, {3.0}}, Vector{{0, 1, 1}}, 2);
        const auto outcome = reference::fitTo(far, "support_vector_machine", {});
        QVERIFY(!outcome);
        QCOMPARE(outcome.error().place.row.value_or(0), std::size_t(2));
        const auto steep = reference::fitTo(reference::makeDataset(Matrix{{1.0}, {1e9}, {3.0}}, Vector{{0, 1, 1}}, 2), "support_vector_machine",
                                            {{"kernel", std::string("poly")}, {"gamma", std::string("auto")}, {"degree", std::int64_t(10)}});
        QVERIFY(!steep);
        QVERIFY(steep.error().message.find("smaller degree") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestSupportVectorMachine)
#include "tst_support_vector_machine.moc"
