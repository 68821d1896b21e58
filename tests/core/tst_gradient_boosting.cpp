#include "core/base/random.h"
#include "core/learn/trees/boosted_tree.h"
#include "core/learn/trees/boosting_objective.h"
#include "core/model/predictor.h"
#include "tests/support/parameters_text.h"
#include "tests/support/reference_data.h"
#include "tests/support/thread_counts.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

using namespace modelarium;

namespace {

DatasetPtr drawn(Eigen::Index rows, Eigen::Index features, int classes, std::uint64_t seed)
{
    Random random(seed);
    Matrix X(rows, features);
    for (double& x : X.reshaped())
        x = random.normal();
    Vector y(rows);
    for (Eigen::Index i = 0; i < rows; ++i) {
        const double score = 2 * X(i, 0) + X(i, 1) * X(i, features - 1) + random.normal();
        y[i] = classes == 0 ? score : std::clamp(std::floor(score / 2 + classes / 2.0), 0.0, classes - 1.0);
    }
    return reference::makeDataset(X, y, classes);
}

const TreeEnsemble& ensembleOf(const Result<FitOutcome>& outcome) { return std::get<TreeEnsemble>(outcome->parameters); }

/// The loss of what the frozen model answers, from its definition.
double lossOf(const TreeEnsemble& ensemble, const Dataset& data)
{
    Matrix out;
    makePredictor(ensemble)->predict(data.X(), out);
    double loss = 0;
    for (Eigen::Index i = 0; i < out.rows(); ++i)
        loss += data.task == Task::Regression ? std::pow(out(i, 0) - data.y[i], 2) : -std::log(out(i, Eigen::Index(data.y[i])));
    return loss / double(out.rows());
}

void addTargets()
{
    QTest::addColumn<int>("classes");
    QTest::newRow("numbers") << 0;
    QTest::newRow("two classes") << 2;
    QTest::newRow("four classes") << 4;
}

} // namespace

class TestGradientBoosting : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void derivativesAreThoseOfTheLoss_data() { addTargets(); }
    void derivativesAreThoseOfTheLoss();
    void packedCellsHoldWhatWholeOnesDo();
    void sumsOfCellsFitTheirWords();
    void oneWrongTargetDoesNotBlurTheRest_data();
    void oneWrongTargetDoesNotBlurTheRest();
    void aRareClassKeepsItsShare();
    void nodesOfPackedTreesAnswerFromAllBits();
    void theModelAnswersWhatWasTrained_data() { addTargets(); }
    void theModelAnswersWhatWasTrained();
    void sameBitsWithAnyNumberOfThreads_data() { addTargets(); }
    void sameBitsWithAnyNumberOfThreads();
    void theOrderOfRowsDoesNotMatter_data();
    void theOrderOfRowsDoesNotMatter();
    void fewHistogramsGiveTheSameTree();
    void limitsAreKept();
    void stopsWhenHeldBackRowsSaySo();
    void saysWhereNothingCanBeSplit();
    void endsWhereNothingIsLeft();
    void saysThatTheLossRose();
    void namesTheLearningRateThatDiverges();
    void hugeAndTinyTargets_data();
    void hugeAndTinyTargets();
};

/// Central differences of the summed loss; of half of it for numbers.
void TestGradientBoosting::derivativesAreThoseOfTheLoss()
{
    QFETCH(int, classes);
    const DatasetPtr data = drawn(37, 3, classes, 1);
    Random random(2);
    const Vector base = BoostingObjective::bestConstant(*data);
    BoostingObjective objective(*data, base);
    for (Eigen::Index k = 0; k < base.size(); ++k)
        for (std::size_t i = 0; i < data->samples(); ++i)
            objective.scores(std::size_t(k))[i] += 2 * random.normal();
    const double n = double(data->samples()), factor = classes == 0 ? n / 2 : n;
    for (Eigen::Index k = 0; k < base.size(); ++k) {
        objective.refresh();
        BoostingCells all;
        objective.fillCells(std::size_t(k), all);
        const Buffer<kernels::BoostingCell>& cells = all.whole;
        const CellUnits units = all.units;
        double* z = objective.scores(std::size_t(k));
        for (std::size_t i = 0; i < data->samples(); ++i) {
            constexpr double step = 1e-3;
            const double at = z[i];
            const double middle = objective.refresh() * factor;
            z[i] = at + step;
            const double above = objective.refresh() * factor;
            z[i] = at - step;
            const double below = objective.refresh() * factor;
            z[i] = at;
            // The third derivative is below 1: the difference is off by step^2, and by roundings of sums of about 100 over step.
            const double g = double(cells[i].gradient) * units.gradient;
            QVERIFY(std::abs(g - (above - below) / (2 * step)) < 1e-6);
            const double h = double(cells[i].hessianAndCount >> units.countBits) * units.hessian;
            QVERIFY(std::abs(h - (above - 2 * middle + below) / (step * step)) < 1e-6);
            QCOMPARE(cells[i].hessianAndCount & ((std::int64_t(1) << units.countBits) - 1), std::int64_t(1));
        }
    }
}

/// Of many rows: each derivative to half a unit, and sums without a carry from one part into another, the largest included.
void TestGradientBoosting::packedCellsHoldWhatWholeOnesDo()
{
    const DatasetPtr data = drawn(20000, 2, 2, 9);
    const Vector base = BoostingObjective::bestConstant(*data);
    BoostingObjective objective(*data, base);
    objective.refresh();
    BoostingCells cells;
    objective.fillCells(0, cells);
    QCOMPARE(cells.packed.size(), data->samples());
    QVERIFY(cells.whole.empty());
    const double p = 1 / (1 + std::exp(-base[0]));
    const std::int64_t countMask = (std::int64_t(1) << cells.units.countBits) - 1;
    for (std::size_t i = 0; i < data->samples(); ++i) {
        kernels::BoostingCell cell{0, 0};
        kernels::modelariumAddPackedCells(&cells.packed[i], 1, cells.units.countBits, &cell);
        QVERIFY(std::abs(double(cell.gradient) * cells.units.gradient - (p - data->y[Eigen::Index(i)])) <= 0.51 * cells.units.gradient);
        QVERIFY(std::abs(double(cell.hessianAndCount >> cells.units.countBits) * cells.units.hessian - p * (1 - p)) <= 0.51 * cells.units.hessian);
        QCOMPARE(cell.hessianAndCount & countMask, std::int64_t(1));
    }
    for (const double sign : {1.0, -1.0}) {
        const double gradient = sign, hessian = 1;
        kernels::PackedBoostingCell largest = 0;
        kernels::DerivativeSums sizes{};
        kernels::modelariumPackedCells(&gradient, &hessian, 1, std::ldexp(1.0, kernels::packedGradientBits),
                                       std::ldexp(1.0, kernels::packedHessianBits), &largest, &sizes);
        QCOMPARE(sizes.gradient, std::int64_t(1) << kernels::packedGradientBits);
        QCOMPARE(sizes.hessian, std::int64_t(1) << kernels::packedHessianBits);
        const auto count = std::int64_t(kernels::packedSamples);
        const kernels::PackedBoostingCell sum = largest * count;
        kernels::BoostingCell cell{0, 0};
        kernels::modelariumAddPackedCells(&sum, 1, cells.units.countBits, &cell);
        QCOMPARE(cell.gradient, std::int64_t(sign) * (count << kernels::packedGradientBits));
        QCOMPARE(cell.hessianAndCount >> cells.units.countBits, count << kernels::packedHessianBits);
        QCOMPARE(cell.hessianAndCount & countMask, count);
    }
}

/// The bounds that the kernels ask for, up to a billion samples.
void TestGradientBoosting::sumsOfCellsFitTheirWords()
{
    for (int power = 0; power < 30; ++power) {
        for (const std::size_t samples : {std::size_t(1) << power, (std::size_t(2) << power) - 1}) {
            for (const bool packed : {false, true}) {
                const CellBits bits = cellBits(samples, packed);
                const double n = double(samples);
                QVERIFY(n < std::ldexp(1.0, bits.count));
                QVERIFY(bits.gradient > 0 && std::ldexp(n, bits.gradient) < std::ldexp(1.0, 50));
                QVERIFY(bits.hessian >= 0 && std::ldexp(n, bits.hessian) < std::ldexp(1.0, 50));
                QVERIFY(std::ldexp(n, bits.hessian + bits.count) + n < std::ldexp(1.0, 62));
                QVERIFY(!packed || (bits.gradient <= kernels::packedGradientBits && bits.hessian <= kernels::packedHessianBits));
            }
        }
    }
}

void TestGradientBoosting::oneWrongTargetDoesNotBlurTheRest_data()
{
    QTest::addColumn<double>("wrong");
    for (const double wrong : {0.0, 99999.0, 1e7})
        QTest::addRow("%g", wrong) << wrong;
}

/// Noise of 0.1 has a median of 0.067 without its sign.
void TestGradientBoosting::oneWrongTargetDoesNotBlurTheRest()
{
    QFETCH(double, wrong);
    constexpr Eigen::Index rows = 20000;
    Random random(14);
    Matrix X(rows, 1);
    Vector y(rows);
    for (Eigen::Index i = 0; i < rows; ++i) {
        X(i, 0) = 6 * random.uniform() - 3;
        y[i] = std::sin(2 * X(i, 0)) + 0.1 * random.normal();
    }
    y[777] += wrong;
    const auto outcome = reference::fitTo(reference::makeDataset(X, y, 0), "gradient_boosting", {});
    QVERIFY(outcome);
    Matrix out;
    makePredictor(outcome->parameters)->predict(X, out);
    Vector errors = (out.col(0) - y).cwiseAbs();
    std::nth_element(errors.begin(), errors.begin() + rows / 2, errors.end());
    QVERIFY2(errors[rows / 2] < 0.072, qPrintable(QString::number(errors[rows / 2])));
}

/// Where the loss is smallest, the mean probability is the share; after 100 rounds it is still 0.15 % above, as scikit-learn's is.
void TestGradientBoosting::aRareClassKeepsItsShare()
{
    constexpr Eigen::Index rows = 60000;
    Random random(15);
    Matrix X(rows, 1);
    for (double& x : X.reshaped())
        x = random.uniform();
    Vector y = Vector::Zero(rows);
    for (const Eigen::Index positive : {5, 23456, 51234})
        y[positive] = 1;
    const auto outcome = reference::fitTo(reference::makeDataset(X, y, 2), "gradient_boosting", {{"n_rounds", std::int64_t(200)}});
    QVERIFY(outcome);
    Matrix out;
    makePredictor(outcome->parameters)->predict(X, out);
    const double ratio = out.col(1).mean() / y.mean();
    QVERIFY2(std::abs(ratio - 1) < 1e-5, qPrintable(QString::number(ratio)));
}

/// Packing may move a cut; what a node answers is the quotient of sums in units of the largest derivative over 2^34.
void TestGradientBoosting::nodesOfPackedTreesAnswerFromAllBits()
{
    const DatasetPtr data = drawn(40000, 5, 2, 16);
    const double z = BoostingObjective::bestConstant(*data)[0], p = 1 / (1 + std::exp(-z));
    const auto outcome = reference::fitTo(data, "gradient_boosting", {{"n_rounds", std::int64_t(1)}, {"learning_rate", 1.0}});
    QVERIFY(outcome);
    const Tree& tree = ensembleOf(outcome).trees.front();
    std::vector<double> G(tree.feature.size(), 0), H(tree.feature.size(), 0);
    for (Eigen::Index i = 0; i < data->X().rows(); ++i) {
        for (std::size_t node = 0;;) {
            G[node] += p - data->y[i];
            H[node] += p * (1 - p);
            if (tree.feature[node] < 0)
                break;
            node = std::size_t(data->X()(i, tree.feature[node]) <= tree.threshold[node] ? tree.left[node] : tree.right[node]);
        }
    }
    for (std::size_t node = 0; node < G.size(); ++node)
        QVERIFY(std::abs(tree.values(Eigen::Index(node), 0) + G[node] / H[node]) < 1e-9);
}

/// Bins part the training rows exactly as the questions of the frozen trees do.
void TestGradientBoosting::theModelAnswersWhatWasTrained()
{
    QFETCH(int, classes);
    const DatasetPtr data = drawn(3000, 5, classes, 3);
    std::vector<double> losses;
    const auto outcome = reference::fitTo(data, "gradient_boosting", {{"n_rounds", std::int64_t(40)}}, [&](const TrainingRun&, const Progress& progress) {
        losses.push_back(progress.loss);
        return Answer::Continue;
    });
    QVERIFY(outcome);
    QVERIFY(std::abs(lossOf(ensembleOf(outcome), *data) - losses.back()) < 1e-12);
    QVERIFY(std::is_sorted(losses.rbegin(), losses.rend()));
    QCOMPARE(ensembleOf(outcome).trees.size(), std::size_t(40 * (classes > 2 ? classes : 1)));
}

void TestGradientBoosting::sameBitsWithAnyNumberOfThreads()
{
    QFETCH(int, classes);
    const DatasetPtr data = drawn(70000, 7, classes, 4);
    const HyperparameterValues values{{"n_rounds", std::int64_t(6)}, {"early_stopping", true}};
    const auto text = [&] { return samples::outcomeText(reference::fitTo(data, "gradient_boosting", values)); };
    QCOMPARE(samples::changedByThreads(text, {2, 3}), std::string());
}

void TestGradientBoosting::theOrderOfRowsDoesNotMatter_data()
{
    QTest::addColumn<int>("rows");
    QTest::newRow("whole cells") << 2000;
    QTest::newRow("packed cells") << 40000;
}

void TestGradientBoosting::theOrderOfRowsDoesNotMatter()
{
    QFETCH(int, rows);
    const DatasetPtr data = drawn(rows, 4, 2, 5);
    std::vector<Eigen::Index> order(data->samples());
    std::iota(order.begin(), order.end(), Eigen::Index(0));
    Random(6).shuffle(order);
    const DatasetPtr shuffled = reference::makeDataset(data->X()(order, Eigen::all), data->y(order), 2);
    const auto one = reference::fitTo(data, "gradient_boosting", {}), other = reference::fitTo(shuffled, "gradient_boosting", {});
    QVERIFY(one && other);
    QVERIFY(parametersText(one->parameters) == parametersText(other->parameters));
}

void TestGradientBoosting::fewHistogramsGiveTheSameTree()
{
    const DatasetPtr data = drawn(5000, 6, 2, 7);
    BoostingObjective objective(*data, BoostingObjective::bestConstant(*data));
    objective.refresh();
    BoostingCells cells;
    objective.fillCells(0, cells);
    const BinnedColumns columns(data->X(), BoostedTreeGrowth::groupSize(6), 4);
    const BoostingLimits limits{.leaves = 200, .samplesInLeaf = 3};
    BoostedTreeGrowth plenty(columns, limits), few(columns, limits, 1);
    for (int repetition = 0; repetition < 2; ++repetition) {
        TreeEnsemble a{{plenty.grow(cells)}, 0, 6}, b{{few.grow(cells)}, 0, 6};
        QVERIFY(a.trees.front().feature.size() > 300);
        QVERIFY(parametersText(a) == parametersText(b));
    }
}

void TestGradientBoosting::limitsAreKept()
{
    const DatasetPtr data = drawn(1500, 4, 0, 8);
    const auto outcome = reference::fitTo(data, "gradient_boosting", {{"n_rounds", std::int64_t(10)}, {"max_leaf_nodes", std::int64_t(0)},
                                          {"max_depth", std::int64_t(4)}, {"min_samples_leaf", std::int64_t(33)}, {"max_bins", std::int64_t(16)}});
    QVERIFY(outcome);
    std::set<std::pair<int, double>> thresholds;
    for (const Tree& tree : ensembleOf(outcome).trees) {
        QCOMPARE(depthOf(tree), std::size_t(4));
        for (std::size_t i = 0; i < tree.feature.size(); ++i) {
            QVERIFY(tree.samples[i] >= 33);
            if (tree.feature[i] >= 0)
                thresholds.insert({tree.feature[i], tree.threshold[i]});
        }
    }
    QVERIFY(thresholds.size() <= 4 * 15);
}

void TestGradientBoosting::stopsWhenHeldBackRowsSaySo()
{
    const DatasetPtr data = drawn(600, 3, 2, 9);
    const HyperparameterValues values{{"n_rounds", std::int64_t(2000)}, {"early_stopping", true}, {"patience", std::int64_t(5)}, {"learning_rate", 0.3}};
    const auto outcome = reference::fitTo(data, "gradient_boosting", values);
    QVERIFY(outcome);
    QVERIFY(ensembleOf(outcome).trees.size() < 200);
    // A tenth of each class, rounded.
    QCOMPARE(outcome->notices.size(), std::size_t(1));
    QVERIFY2(outcome->notices.front().starts_with("The loss of the 61 rows held back was smallest after "), outcome->notices.front().c_str());
    QVERIFY(outcome->notices.front().find("because it no longer fell") != std::string::npos);
    QVERIFY(parametersText(outcome->parameters) == parametersText(reference::fitTo(data, "gradient_boosting", values)->parameters));
}

void TestGradientBoosting::saysWhereNothingCanBeSplit()
{
    const auto outcome = reference::fitTo(drawn(30, 2, 0, 10), "gradient_boosting", {});
    QVERIFY(outcome);
    QCOMPARE(ensembleOf(outcome).trees.size(), std::size_t(1));
    QVERIFY2(outcome->notices.front().find("Allow fewer samples in a leaf") != std::string::npos, outcome->notices.front().c_str());
}

/// Two values, told apart by one question: with the whole step at once one round puts everything right.
void TestGradientBoosting::endsWhereNothingIsLeft()
{
    Vector y = Vector::LinSpaced(60, 0, 59);
    const Matrix X = y;
    y = (y.array() < 30).select(Vector::Constant(60, 4.0), Vector::Constant(60, 8.0)).eval();
    const auto outcome = reference::fitTo(reference::makeDataset(X, y, 0), "gradient_boosting", {{"learning_rate", 1.0}});
    QVERIFY(outcome);
    QCOMPARE(outcome->last.loss, 0.0);
    QCOMPARE(ensembleOf(outcome).trees.size(), std::size_t(2));
    QVERIFY2(outcome->notices.front().find("nothing left to put right") != std::string::npos, outcome->notices.front().c_str());
}

/// Steps too long throw the scores so far apart that nothing can be split: that is not an end where all is put right.
void TestGradientBoosting::saysThatTheLossRose()
{
    // Three classes one after the other, with some rows on the wrong side of each border.
    const Matrix X = Vector::LinSpaced(150, 0, 149);
    Vector y(150);
    for (Eigen::Index i = 0; i < 150; ++i)
        y[i] = double((i + (i % 7 == 0 ? 12 : i % 7 == 3 ? 138 : 0)) % 150 / 50);
    const DatasetPtr data = reference::makeDataset(X, y, 3);
    const auto outcome = reference::fitTo(data, "gradient_boosting", {{"learning_rate", 5.0}});
    QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
    QVERIFY2(ensembleOf(outcome).trees.size() < 300 && outcome->last.loss > 1000, qPrintable(QString::number(outcome->last.loss)));
    QCOMPARE(outcome->notices.size(), std::size_t(1));
    QVERIFY2(outcome->notices[0].starts_with("The loss rose from 1.099 to "), outcome->notices[0].c_str());
    QVERIFY2(outcome->notices[0].find("a smaller learning rate, more samples in a leaf, or a larger L2 penalty") != std::string::npos,
             outcome->notices[0].c_str());
    QCOMPARE(reference::fitTo(data, "gradient_boosting", {{"learning_rate", 0.1}})->notices.size(), std::size_t(0));
}

void TestGradientBoosting::namesTheLearningRateThatDiverges()
{
    const auto outcome = reference::fitTo(drawn(200, 2, 0, 11), "gradient_boosting", {{"learning_rate", 10.0}, {"n_rounds", std::int64_t(1000)}});
    QVERIFY(!outcome);
    QCOMPARE(outcome.error().code, ErrorCode::Diverged);
    QVERIFY2(outcome.error().message.find("the learning rate 10 is too large") != std::string::npos, outcome.error().message.c_str());
}

void TestGradientBoosting::hugeAndTinyTargets_data()
{
    QTest::addColumn<double>("unit");
    for (const double unit : {1e-150, 1e-12, 1e12, 1e149})
        QTest::addRow("%g", unit) << unit;
}

/// The unit of the target changes nothing but the unit of the answers.
void TestGradientBoosting::hugeAndTinyTargets()
{
    QFETCH(double, unit);
    const DatasetPtr data = drawn(500, 3, 0, 12);
    const DatasetPtr scaled = reference::makeDataset(data->X(), data->y * unit, 0);
    const auto one = reference::fitTo(data, "gradient_boosting", {}), other = reference::fitTo(scaled, "gradient_boosting", {});
    QVERIFY(one);
    QVERIFY2(other, other ? "" : other.error().message.c_str());
    Matrix expected, out;
    makePredictor(one->parameters)->predict(data->X(), expected);
    makePredictor(other->parameters)->predict(data->X(), out);
    // Both fit the same residuals; where a cut is nearly as good as another, rounding may prefer it, and costs little.
    const double difference = (out / unit - expected).cwiseAbs().mean();
    QVERIFY2(difference < 0.02, qPrintable(QString::number(difference)));
}

QTEST_GUILESS_MAIN(TestGradientBoosting)
#include "tst_gradient_boosting.moc"
