#include "core/base/parallel.h"
#include "core/base/random.h"
#include "core/model/predictor.h"
#include "tests/support/reference_data.h"

#include <QTest>

#include <cmath>

using namespace modelarium;

namespace {

Result<FitOutcome> fitBayes(const Matrix& X, const Vector& y, int classes, const Observer& observer = {})
{
    return reference::fitTo(reference::makeDataset(X, y, classes), "gaussian_naive_bayes", {}, observer);
}

Matrix predictions(const FitOutcome& outcome, const Matrix& X)
{
    Matrix out;
    makePredictor(outcome.parameters)->predict(X, out);
    return out;
}

} // namespace

class TestNaiveBayes : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void meansAndVariancesByHand();
    void aStepIsAClass();
    void constantFeatureTellsNothing();
    void constantInOneClassStaysANumber();
    void nothingVaries();
    void tooSmallToSquare();
    void absentClassIsNeverPredicted();
    void refusesWhatItCannotWorkWith();
    void smoothingTooSmallToCount();
};

void TestNaiveBayes::meansAndVariancesByHand()
{
    const auto outcome = fitBayes(Vector{{1, 3, 10, 14}}, Vector{{0, 0, 1, 1}}, 2);
    QVERIFY(outcome);
    const auto& curves = std::get<GaussianClasses>(outcome->parameters);
    // All values: mean 7, variance (36 + 16 + 9 + 49) / 4 = 27.5; of that 1e-9 is added.
    QCOMPARE(curves.mean, (Matrix(2, 1) << 2, 12).finished());
    QVERIFY(std::abs(curves.variance(0, 0) - (1 + 27.5e-9)) < 1e-15);
    QVERIFY(std::abs(curves.variance(1, 0) - (4 + 27.5e-9)) < 1e-15);
    QCOMPARE(curves.logPrior[0], std::log(0.5));
}

void TestNaiveBayes::aStepIsAClass()
{
    std::vector<std::string> steps;
    const auto outcome = fitBayes(Vector{{1, 3, 10, 14, 20}}, Vector{{0, 0, 1, 1, 2}}, 3, [&](const TrainingRun&, const Progress& progress) {
        steps.push_back(progress.what);
        return Answer::Continue;
    });
    QVERIFY(outcome);
    QCOMPARE(steps, (std::vector<std::string>{"class a: 2 samples", "class b: 2 samples", "class c: 1 sample"}));
}

void TestNaiveBayes::constantFeatureTellsNothing()
{
    Matrix X(4, 2);
    X << 1, 5, 3, 5, 10, 5, 14, 5;
    const Vector y{{0, 0, 1, 1}};
    const auto with = fitBayes(X, y, 2);
    const auto without = fitBayes(X.leftCols(1), y, 2);
    QVERIFY(with && without);
    Matrix query(3, 2);
    query << 2, 5, 7, 5, 20, 5;
    const Matrix difference = predictions(*with, query) - predictions(*without, query.leftCols(1));
    QVERIFY(difference.cwiseAbs().maxCoeff() < 1e-13);
}

void TestNaiveBayes::constantInOneClassStaysANumber()
{
    const auto outcome = fitBayes(Vector{{2, 2, 10, 14}}, Vector{{0, 0, 1, 1}}, 2);
    QVERIFY(outcome);
    const Matrix out = predictions(*outcome, Vector{{2, 2.5, 12, 1e300}});
    QVERIFY(out.allFinite());
    // A spike of height 2,400 against the tail of the other curve, 5 standard deviations out: 7e-7.
    QVERIFY(out(0, 0) > 1 - 1e-9);
    QCOMPARE(out(3, 1), 1.0);
}

void TestNaiveBayes::nothingVaries()
{
    const auto outcome = fitBayes(Matrix::Constant(4, 2, 3), Vector{{0, 0, 0, 1}}, 2);
    QVERIFY(outcome);
    QCOMPARE(outcome->notices.size(), std::size_t(1));
    const Matrix out = predictions(*outcome, Matrix::Constant(1, 2, 3));
    QVERIFY(std::abs(out(0, 0) - 0.75) < 1e-15);
}

void TestNaiveBayes::tooSmallToSquare()
{
    const auto outcome = fitBayes(Vector{{1e-300, 3e-300, 2e-300, 5e-300}}, Vector{{0, 0, 1, 1}}, 2);
    QVERIFY(outcome);
    QCOMPARE(outcome->notices.size(), std::size_t(1));
    QVERIFY(predictions(*outcome, Vector{{0, 1e-300, 1}}).allFinite());
}

void TestNaiveBayes::absentClassIsNeverPredicted()
{
    const auto outcome = fitBayes(Vector{{1, 3, 10, 14}}, Vector{{0, 0, 2, 2}}, 3);
    QVERIFY(outcome);
    QCOMPARE(outcome->notices.size(), std::size_t(1));
    const Matrix out = predictions(*outcome, Vector{{1, 7, 12}});
    QVERIFY(out.allFinite());
    QVERIFY((out.col(1).array() < 1e-100).all());
}

void TestNaiveBayes::refusesWhatItCannotWorkWith()
{
    const auto huge = fitBayes(Vector{{1, 3, 1e300, 14}}, Vector{{0, 0, 1, 1}}, 2);
    QVERIFY(!huge);
    QCOMPARE(huge.error().code, ErrorCode::NotFinite);
    QCOMPARE(huge.error().place.column, std::string("x1"));
    QCOMPARE(huge.error().place.row, std::optional<std::size_t>(3));
    QCOMPARE(fitBayes(Vector{{1, 3}}, Vector::Zero(2), 2).error().code, ErrorCode::OneClass);
    QCOMPARE(fitBayes(Vector{{1, 3}}, Vector{{0.5, 1.5}}, 0).error().code, ErrorCode::WrongTask);
    QCOMPARE(fitBayes(Vector{{1}}, Vector::Zero(1), 2).error().code, ErrorCode::TooFewSamples);
}

void TestNaiveBayes::smoothingTooSmallToCount()
{
    const auto refused = reference::fitTo(reference::makeDataset(Vector{{1, 3}}, Vector{{0, 1}}, 2), "gaussian_naive_bayes",
                                          {{"var_smoothing", 0.0}});
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::BadHyperparameter);
}

QTEST_GUILESS_MAIN(TestNaiveBayes)
#include "tst_naive_bayes.moc"
