#include "core/learn/linear/linear_discriminant_analysis.h"

#include "core/base/counted.h"
#include "core/base/parallel.h"
#include "core/kernels/dense_prediction.h"
#include "core/learn/linear/column_products.h"
#include "core/learn/linear/least_squares.h"
#include "core/learn/linear/row_blocks.h"
#include "core/learn/linear/units.h"
#include "core/model/predictor.h"

#include <Eigen/Eigenvalues>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace modelarium {

namespace {

using Eigen::Index;

/// -sum log P(true class): one logarithm for many factors.
double logLossOf(const Eigen::Ref<const Matrix>& P, const double* y)
{
    constexpr double small = 1e-150;
    double sum = 0, product = 1;
    for (Index i = 0; i < P.rows(); ++i) {
        const double p = P(i, Index(y[i]));
        if (p < small)
            sum -= std::log(std::max(p, std::numeric_limits<double>::min()));
        else
            product *= p;
        if (product < small) {
            sum -= std::log(product);
            product = 1;
        }
    }
    return sum - std::log(product);
}

/// For many rows. The scores of many classes are a product of matrices, which a layer of a network multiplies in tiles; a linear model takes
/// one class after the other, and reads the rows again for each.
PredictorPtr predictorOfRows(const Linear& linear)
{
    const Index scores = linear.b.size();
    if (scores < Index(kernels::denseLanes) || scores > Index(mostUnitsInLayer))
        return makePredictor(linear);
    return makePredictor(DenseNetwork{{{linear.W, linear.b, Activation::Identity}}, linear.link});
}

/// The mean of -log P(true class), by blocks of rows.
double meanLogLoss(const Linear& linear, const Dataset& data)
{
    const PredictorPtr predictor = predictorOfRows(linear);
    const auto classes = Index(predictor->outputs());
    constexpr Index cached = 32 << 10, fewest = 64, most = 1024;        // probabilities in a quarter of a MiB, where they are so few
    const Index together = std::clamp(cached / classes / fewest * fewest, fewest, most);
    const RowBlocks blocks(data.X().rows(), 1);
    const Vector sum = blocks.sum(1, [&](Index first, Index rows, double* part) {
        Matrix P(together, classes);
        for (Index start = first; start < first + rows; start += together) {
            const Index count = std::min(together, first + rows - start);
            predictor->predictBlock(data.X().middleRows(start, count), P.topRows(count));
            *part += logLossOf(P.topRows(count), data.y.data() + start);
        }
    });
    return sum[0] / double(data.samples());
}

class DiscriminantRun final : public TrainingRun {
public:
    DiscriminantRun(DatasetPtr data, bool equalPriors, double shrinkage)
        : m_data(std::move(data)), m_equalPriors(equalPriors), m_shrinkage(shrinkage), m_means(Matrix::Zero(classes(), m_data->X().cols())),
          m_counts(Vector::Zero(classes())), m_scatter(Matrix::Zero(m_data->X().cols(), m_data->X().cols())), m_exponent(std::size_t(m_data->X().cols()))
    {
        parallelFor(m_exponent.size(), [&](std::size_t j) { m_exponent[j] = unitExponent(m_data->X().col(Index(j)).cwiseAbs().maxCoeff()); });
        const bool two = classes() == 2;
        m_linear = {Matrix::Zero(two ? 1 : classes(), m_data->X().cols()), Vector::Zero(two ? 1 : classes()), two ? Link::Logistic : Link::Softmax};
        sortRowsByClass();
    }

    Result<Progress> step() override;
    bool isFinished() const override { return m_finished; }
    Parameters freeze() const override { return m_linear; }
    std::vector<std::string> notices() const override { return m_notices; }

private:
    Index classes() const { return Index(m_data->classes()); }
    void sortRowsByClass();
    void addClass(Index k);
    Index rowsOf(Index k) const { return m_firstOf[std::size_t(k) + 1] - m_firstOf[std::size_t(k)]; }
    void copyRows(Index place, Index rows, Matrix& X) const;
    RowVector startOf(Index k) const;
    ColumnProducts productsOf(Index k, const ColumnShift& shift) const;
    void solve();
    Matrix directions();
    Vector logPriors() const;
    void noteEmptyClasses();

    DatasetPtr m_data;
    bool m_equalPriors;
    double m_shrinkage;
    Matrix m_means;                                 // (classes, features), in units 2^exponent
    Vector m_counts;
    std::vector<Index> m_rowAt;                     // the rows of class 0, then those of class 1, ...: ascending within a class
    std::vector<Index> m_firstOf;                   // class -> its first place in m_rowAt; the number of rows behind the last
    Matrix m_scatter;                               // sum over samples (x - mu_class)(x - mu_class)'
    std::vector<int> m_exponent;
    Linear m_linear;
    std::vector<std::string> m_notices;
    Index m_seen = 0;
    bool m_finished = false;
};

/// A counting sort: where there are many classes, nobody has to look for the rows of each among all.
void DiscriminantRun::sortRowsByClass()
{
    m_firstOf.assign(std::size_t(classes()) + 1, 0);
    for (const double code : m_data->y)
        ++m_firstOf[std::size_t(code) + 1];
    for (Index k = 0; k < classes(); ++k) {
        m_counts[k] = double(m_firstOf[std::size_t(k) + 1]);
        m_firstOf[std::size_t(k) + 1] += m_firstOf[std::size_t(k)];
    }
    std::vector<Index> next(m_firstOf.begin(), m_firstOf.end() - 1);
    m_rowAt.resize(m_data->samples());
    for (Index i = 0; i < m_data->y.size(); ++i)
        m_rowAt[std::size_t(next[std::size_t(m_data->y[i])]++)] = i;
}

/// In units 2^exponent.
void DiscriminantRun::copyRows(Index place, Index rows, Matrix& X) const
{
    const Index p = m_data->X().cols();
    const Index* from = m_rowAt.data() + place;
    X.resize(rows, p);
    const auto copyColumn = [&](Index j) {
        const double* x = m_data->X().col(j).data();
        double* to = X.col(j).data();
        for (Index i = 0; i < rows; ++i)
            to[i] = x[from[i]];
        if (const int exponent = m_exponent[std::size_t(j)]; exponent != 0)
            for (Index i = 0; i < rows; ++i)
                to[i] = std::ldexp(to[i], -exponent);
    };
    constexpr Index together = 16;                      // columns
    parallelFor(std::size_t((p + together - 1) / together), [&](std::size_t group) {
        for (Index j = Index(group) * together; j < std::min(p, Index(group + 1) * together); ++j)
            copyColumn(j);
    });
}

/// The mean of the first rows of a class, about the first of them: that of a feature which does not vary is exact.
RowVector DiscriminantRun::startOf(Index k) const
{
    constexpr Index mostRows = 256;
    const Index someRows = std::clamp<Index>(rowsOf(k) / 16, 1, mostRows);  // they are copied once more
    Matrix X;
    copyRows(m_firstOf[std::size_t(k)], someRows, X);
    const RowVector first = X.row(0);
    return first + (X.rowwise() - first).colwise().mean();
}

/// Over the rows of a class, which are copied some at a time and stay in the caches.
ColumnProducts DiscriminantRun::productsOf(Index k, const ColumnShift& shift) const
{
    const Index n = rowsOf(k), p = m_data->X().cols();
    constexpr Index manyFeatures = 128;                 // their products are shared out among the threads as they are
    constexpr Index cached = 128 << 10;                 // 1 MiB
    const RowBlocks blocks(n, p * p);
    const bool isWhole = p > manyFeatures || blocks.count() == 1;
    const Index together = isWhole ? n : std::clamp<Index>(cached / p, 1024, 8192);
    std::vector<ColumnProducts> parts(isWhole ? 1 : std::size_t(blocks.count()));
    const auto addRows = [&](std::size_t block) {
        const Index start = isWhole ? 0 : blocks.first(Index(block)), end = isWhole ? n : start + blocks.size(Index(block));
        Matrix X;
        for (Index first = start; first < end; first += together) {
            copyRows(m_firstOf[std::size_t(k)] + first, std::min(together, end - first), X);
            ColumnProducts products = columnProducts(X, Vector::Zero(X.rows()), 0, X.rows(), shift);
            if (first == start)
                parts[block] = std::move(products);
            else
                parts[block] += products;
        }
    };
    if (isWhole)
        addRows(0);
    else
        parallelFor(parts.size(), addRows);
    for (std::size_t block = 1; block < parts.size(); ++block)
        parts[0] += parts[block];
    return std::move(parts[0]);
}

/// The mean of a class, and what its rows add to the spread within the classes.
void DiscriminantRun::addClass(Index k)
{
    if (m_counts[k] == 0)
        return;
    ColumnShift shift{startOf(k).transpose(), 0};
    ColumnProducts products = productsOf(k, shift);
    if (!centre(products, shift)) {                     // the first rows lie far from the others: once more, about the mean
        products = productsOf(k, shift);
        centre(products, shift);
    }
    m_means.row(k) = shift.features.transpose();
    m_scatter += products.G;
}

Vector DiscriminantRun::logPriors() const
{
    Vector prior(classes());
    const double present = double((m_counts.array() > 0).count());
    for (Index k = 0; k < classes(); ++k) {
        prior[k] = m_equalPriors ? 1 / present : m_counts[k] / double(m_data->samples());
        if (m_counts[k] == 0)
            prior[k] = std::numeric_limits<double>::min();  // never predicted, yet a number
    }
    return prior.array().log();
}

/// T with S^-1 = T T', for features in the units of the means; columns whose rows do not vary within any class take no part.
Matrix DiscriminantRun::directions()
{
    const Index p = m_data->X().cols();
    Matrix S = m_scatter / (double(m_data->samples()) - double((m_counts.array() > 0).count()));
    std::vector<std::size_t> constant;
    constexpr double rounding = 64 * std::numeric_limits<double>::epsilon();
    for (Index j = 0; j < p; ++j) {
        if (S(j, j) <= std::pow(rounding * m_means.col(j).cwiseAbs().maxCoeff(), 2)) {
            constant.push_back(std::size_t(j));
            S.row(j).setZero();
            S.col(j).setZero();
        }
    }
    double trace = 0;                                   // in the units of the data, as far as doubles reach
    for (Index j = 0; j < p; ++j)
        trace += std::ldexp(S(j, j), 2 * m_exponent[std::size_t(j)]);
    const bool isShrunk = m_shrinkage > 0 && trace > 0; // towards a bell that has a width
    if (isShrunk) {
        S *= 1 - m_shrinkage;
        for (Index j = 0; j < p; ++j)
            S(j, j) += std::clamp(std::ldexp(m_shrinkage * trace / double(p), -2 * m_exponent[std::size_t(j)]), 0.0, 1e200);
    }
    const Vector D = S.diagonal().unaryExpr([](double s) { return s > 0 ? 1 / std::sqrt(s) : 1.0; });
    const Eigen::SelfAdjointEigenSolver<Matrix> eigen(D.asDiagonal() * S * D.asDiagonal());
    constexpr double smallest = 1e-8;
    const Vector inverseRoot = eigen.eigenvalues().unaryExpr([](double value) { return value > smallest ? 1 / std::sqrt(value) : 0.0; });
    const Index dependent = (eigen.eigenvalues().array() <= smallest).count() - (isShrunk ? 0 : Index(constant.size()));
    if (!constant.empty() && !isShrunk) {
        m_notices.push_back(namedColumns(constant, m_data->featureNames)
                            + (constant.size() == 1 ? " does not vary within any class: it takes no part."
                                                    : " do not vary within any class: they take no part."));
    }
    if (dependent > 0)
        m_notices.push_back("Within the classes some features are combinations of others: what they share counts once.");
    return D.asDiagonal() * eigen.eigenvectors() * inverseRoot.asDiagonal();
}

void DiscriminantRun::noteEmptyClasses()
{
    for (Index k = 0; k < classes(); ++k)
        if (m_counts[k] == 0)
            m_notices.push_back("No training row is of class \"" + m_data->classNames[std::size_t(k)] + "\": it will never be predicted.");
}

/// score_k = (mu_k - m)' S^-1 (x - m) - |S^-1/2 (mu_k - m)|^2 / 2 + log prior_k
void DiscriminantRun::solve()
{
    const Matrix T = directions();
    const RowVector mean = (m_counts.transpose() * m_means) / double(m_data->samples());
    Matrix offset = m_means.rowwise() - mean;
    for (Index k = 0; k < classes(); ++k)
        if (m_counts[k] == 0)
            offset.row(k).setZero();
    const Matrix projected = offset * T;
    Matrix W = projected * T.transpose();
    Vector b = logPriors() - projected.rowwise().squaredNorm() / 2 - W * mean.transpose();
    for (Index j = 0; j < W.cols(); ++j)
        if (const int exponent = m_exponent[std::size_t(j)]; exponent != 0)
            W.col(j) = W.col(j).unaryExpr([exponent](double w) { return std::ldexp(w, -exponent); });
    if (classes() == 2) {
        m_linear.W = W.row(1) - W.row(0);
        m_linear.b[0] = b[1] - b[0];
    } else {
        m_linear.W = W;
        m_linear.b = b;
    }
    noteEmptyClasses();
}

Result<Progress> DiscriminantRun::step()
{
    const std::size_t step = std::size_t(m_seen) + 1;
    if (m_seen < classes()) {
        const Index k = m_seen++;
        addClass(k);
        const auto rows = std::size_t(m_counts[k]);
        return Progress{step, std::log(double(classes())),
                        "class " + m_data->classNames[std::size_t(k)] + ": " + counted(rows, "sample", "samples")};
    }
    solve();
    m_finished = true;
    if (!m_linear.W.allFinite() || !m_linear.b.allFinite())
        return Error{ErrorCode::NotFinite, "A weight would be too large for a number: bring the features to comparable units."};
    return Progress{step, meanLogLoss(m_linear, *m_data), "drew the borders"};
}

/// The spread within the classes is taken apart in one step, at the cube of the features.
Result<void> checkRowsAndClasses(const Dataset& data)
{
    constexpr std::size_t mostFeatures = 2000;
    if (data.features() <= mostFeatures)
        return {};
    return Error{ErrorCode::TooLarge, countText(data.features()) + " features are too many for a common bell, which takes at most "
                                          + countText(mostFeatures) + ": choose fewer features, or logistic regression."};
}

class DiscriminantLearner final : public Learner {
public:
    explicit DiscriminantLearner(Hyperparameters hyperparameters) : m_hyperparameters(std::move(hyperparameters)) {}

    Result<std::unique_ptr<TrainingRun>> begin(DatasetPtr train, std::uint64_t) const override
    {
        if (const Result<void> checked = checkDataset(*train); !checked)
            return checked.error();
        if (const Result<void> checked = checkRowsAndClasses(*train); !checked)
            return checked.error();
        std::vector<char> present(train->classes());
        for (const double code : train->y)
            present[std::size_t(code)] = 1;
        const auto classes = std::size_t(std::count(present.begin(), present.end(), 1));
        if (train->samples() <= classes) {
            return Error{ErrorCode::TooFewSamples, rowsText(train->samples()) + " of " + counted(classes, "class", "classes")
                                                       + (train->samples() == 1 ? " says nothing" : " say nothing")
                                                       + " of the spread within a class: more rows than classes are needed."};
        }
        return std::unique_ptr<TrainingRun>(std::make_unique<DiscriminantRun>(
            std::move(train), m_hyperparameters.choice("priors") == "equal", m_hyperparameters.real("shrinkage")));
    }

private:
    Hyperparameters m_hyperparameters;
};

} // namespace

LearnerInfo linearDiscriminantAnalysis()
{
    LearnerInfo info;
    info.id = "linear_discriminant_analysis";
    info.name = "Linear discriminant analysis";
    info.help = "Lays one bell over each class, all of the same width and tilt, and draws the straight borders where two are equally "
                "likely. Good with few rows.";
    info.objective = "Means of the classes, and one covariance: the sum over the rows of (x - mean of its class)(x - mean of "
                     "its class)' divided by n - classes (unbiased), of n rows. The weights and intercepts follow from them. This is the "
                     "textbook's, and scikit-learn's of version 1.2; that of version 1.9 divides by n and has a covariance smaller by the factor "
                     "(n - classes) / n, and scores larger by its inverse.";
    info.tasks = {Task::Classification};
    info.table = {
        HyperparameterSpec::choice("priors", "Classes are",
                                   "How frequent each class is before a feature is seen: as frequent as in the rows to learn from, or "
                                   "all the same.",
                                   "as_seen", {"as_seen", "equal"}, {"As frequent as seen", "Equally frequent"}),
        HyperparameterSpec::real("shrinkage", "Shrinkage",
                                 "How far the common bell is drawn towards a round one: 0 takes it as the rows show it, 1 ignores tilt "
                                 "and width; a little helps where there are many features and few rows.",
                                 0, 0, 1),
    };
    info.stepName = "class";
    info.make = [](const Hyperparameters& chosen, Task) -> std::unique_ptr<const Learner> {
        return std::make_unique<DiscriminantLearner>(chosen);
    };
    return info;
}

} // namespace modelarium
