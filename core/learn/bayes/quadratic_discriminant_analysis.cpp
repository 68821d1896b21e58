#include "core/learn/bayes/quadratic_discriminant_analysis.h"

#include "core/base/counted.h"
#include "core/base/number_text.h"
#include "core/kernels/gram.h"
#include "core/learn/bayes/class_statistics.h"
#include "core/learn/bayes/covariance_factor.h"
#include "core/learn/linear/row_blocks.h"

#include <cmath>
#include <memory>
#include <numbers>
#include <numeric>

namespace modelarium {

namespace {

using Eigen::Index;

/// Sum of z z^T over the samples, with z = (x - mean) / scale.
Matrix scatterOf(const Matrix& X, const std::vector<Index>& rows, const RowVector& mean, const Vector& scale)
{
    const Index p = X.cols();
    const Index m = p + 2;
    const Vector zeros = Vector::Zero(p + 1);
    const Vector sums = RowBlocks(Index(rows.size()), m * m).sum(m * m, [&](Index first, Index count, double* G) {
        constexpr Index rowsAtOnce = 512;
        const auto workspace = std::make_unique_for_overwrite<double[]>(kernels::modelariumGramWorkspace(std::size_t(p)));
        const Vector none = Vector::Zero(rowsAtOnce);
        Matrix Z(rowsAtOnce, p);
        for (Index start = first; start < first + count; start += rowsAtOnce) {
            const Index size = std::min(rowsAtOnce, first + count - start);
            for (Index j = 0; j < p; ++j)
                for (Index i = 0; i < size; ++i)
                    Z(i, j) = (X(rows[std::size_t(start + i)], j) - mean[j]) / scale[j];
            kernels::modelariumGram(Z.data(), std::size_t(rowsAtOnce), std::size_t(p), none.data(), zeros.data(), std::size_t(size),
                                    workspace.get(), G);
        }
    });
    const Matrix scatter = Eigen::Map<const Matrix>(sums.data(), m, m).topLeftCorner(p, p);
    return scatter.selfadjointView<Eigen::Lower>();
}

class QuadraticDiscriminantRun final : public TrainingRun {
public:
    /// Before the first step every class has the bell of all samples together.
    QuadraticDiscriminantRun(DatasetPtr data, double regParam) : m_data(std::move(data)), m_regParam(regParam)
    {
        const Index classes = Index(m_data->classes());
        const Index features = m_data->X().cols();
        std::vector<Index> rows(m_data->samples());
        std::iota(rows.begin(), rows.end(), Index(0));
        RowVector mean(features);
        m_scale.resize(features);
        for (Index j = 0; j < features; ++j) {
            const ColumnMoments all = columnMomentsOf(m_data->X().col(j).data(), rows);
            mean[j] = all.mean;
            m_scale[j] = std::sqrt((1 - m_regParam) * all.variance + m_regParam);
            m_somethingVaries = m_somethingVaries || all.variance > 0;
            if (m_scale[j] < std::numeric_limits<double>::min())
                m_scale[j] = 1;
        }
        const Matrix scatter = scatterOf(m_data->X(), rows, mean, m_scale);
        m_ofAll = covarianceOf(scatter, double(rows.size()));
        m_classes.logPrior = Vector::Constant(classes, -std::log(double(classes)));
        m_classes.mean = mean.replicate(classes, 1);
        m_classes.factor.assign(std::size_t(classes), factorCovariance(m_ofAll, m_scale).L);
    }

    Result<Progress> step() override
    {
        const Index k = Index(m_learned++);
        const std::string& name = m_data->classNames[std::size_t(k)];
        const std::vector<Index> rows = rowsOfClass(m_data->y, double(k));
        const double n = double(rows.size());
        m_classes.logPrior[k] = rows.empty() ? leastLogPrior() : std::log(n / double(m_data->samples()));
        if (rows.empty()) {
            m_notices.push_back("No training row is of class \"" + name + "\": it will never be predicted.");
        } else {
            for (Index j = 0; j < m_data->X().cols(); ++j)
                m_classes.mean(k, j) = columnMomentsOf(m_data->X().col(j).data(), rows).mean;
            const Matrix scatter = scatterOf(m_data->X(), rows, m_classes.mean.row(k), m_scale);
            learnCovariance(k, scatter, n);
            m_loss += n * (m_classes.factor[std::size_t(k)].diagonal().array().log().sum() - m_classes.logPrior[k]
                           + double(m_data->X().cols()) / 2 * std::log(2 * std::numbers::pi))
                    + squaredLengths(k, scatter) / 2;
            m_seen += rows.size();
        }
        return Progress{m_learned, m_seen ? m_loss / double(m_seen) : 0.0,
                        "class " + name + ": " + counted(rows.size(), "sample", "samples")};
    }

    bool isFinished() const override { return m_learned == m_data->classes(); }
    Parameters freeze() const override { return m_classes; }
    std::vector<std::string> notices() const override { return m_notices; }

private:
    /// (1 - reg_param) S + reg_param I, in units of m_scale.
    Matrix covarianceOf(const Matrix& scatter, double n) const
    {
        Matrix C = (1 - m_regParam) / std::max(1.0, n - 1) * scatter;
        C.diagonal().array() += m_regParam / m_scale.array().square();
        return C;
    }

    void learnCovariance(Index k, const Matrix& scatter, double n)
    {
        const std::string& name = m_data->classNames[std::size_t(k)];
        const CovarianceFactor factor = factorCovariance(n > 1 ? covarianceOf(scatter, n) : m_ofAll, m_scale);
        m_classes.factor[std::size_t(k)] = factor.L;
        if (!m_somethingVaries) {
            if (m_notices.empty())
                m_notices.push_back("All rows are the same, so nothing tells the classes apart: the prediction is the share of each class.");
        } else if (n == 1) {
            m_notices.push_back("Only one training row is of class \"" + name + "\": one row has no spread, so the class takes that of all rows.");
        } else if (factor.widened) {
            m_notices.push_back("The rows of class \"" + name + "\" lie flat: a feature is constant among them or follows from the others, "
                                "or they are too few. A little spread was added; a regularisation above 0 adds more.");
        }
    }

    /// Sum over the samples of |L^-1 (x - mean)|^2: the trace of L^-1 D scatter D L^-T.
    double squaredLengths(Index k, const Matrix& scatter) const
    {
        const auto L = m_classes.factor[std::size_t(k)].triangularView<Eigen::Lower>();
        const Matrix half = L.solve(Matrix(m_scale.asDiagonal() * scatter));
        return L.solve(Matrix(m_scale.asDiagonal() * half.transpose())).trace();
    }

    DatasetPtr m_data;
    double m_regParam;
    FullGaussianClasses m_classes;
    Vector m_scale;                                 // standard deviations over all samples, regularised
    Matrix m_ofAll;                                 // the covariance of all samples, in units of m_scale
    bool m_somethingVaries = false;
    std::size_t m_learned = 0;
    std::size_t m_seen = 0;
    double m_loss = 0;                              // negative log likelihood of the samples of the classes learned so far
    std::vector<std::string> m_notices;
};

Result<void> checkSize(const Dataset& data)
{
    constexpr double mostBytes = 1e9;
    const double bytes = double(data.classes()) * double(data.features()) * double(data.features()) * sizeof(double);
    if (bytes <= mostBytes)
        return {};
    return Error{ErrorCode::TooLarge, countText(data.features()) + " features in " + countText(data.classes())
                                          + " classes need " + shortText(bytes / 1e9, 3)
                                          + " GB of covariances: choose fewer features, or Gaussian naive Bayes, which needs none."};
}

class QuadraticDiscriminantAnalysis final : public Learner {
public:
    explicit QuadraticDiscriminantAnalysis(double regParam) : m_regParam(regParam) {}

    Result<std::unique_ptr<TrainingRun>> begin(DatasetPtr train, std::uint64_t) const override
    {
        if (const Result<void> checked = checkDataset(*train); !checked)
            return checked.error();
        if (train->task != Task::Classification)
            return Error{ErrorCode::WrongTask, "Quadratic discriminant analysis tells classes apart, but there are none in the target: "
                                               "choose a target with classes, or another learner."};
        if (const Result<void> checked = checkSquares(*train); !checked)
            return checked.error();
        if (const Result<void> checked = checkSize(*train); !checked)
            return checked.error();
        return std::unique_ptr<TrainingRun>(std::make_unique<QuadraticDiscriminantRun>(std::move(train), m_regParam));
    }

private:
    double m_regParam;
};

} // namespace

LearnerInfo quadraticDiscriminantAnalysis()
{
    using Spec = HyperparameterSpec;
    LearnerInfo info;
    info.id = "quadratic_discriminant_analysis";
    info.name = "Quadratic discriminant analysis";
    info.help = "Lays a bell over the rows of every class, as wide and as tilted as they lie, and asks under which bell a new row is "
                "likeliest. The borders between classes are curves.";
    info.objective = "Share and mean of each class, and its covariance S: the sum over its n_k rows of (x - its mean)(x - its mean)' "
                     "divided by n_k - 1 (unbiased, ddof 1), mixed as (1 - reg_param) S + reg_param I. This is the textbook's, and "
                     "scikit-learn's of version 1.2; that of version 1.9 divides by n_k and has a covariance smaller by the factor (n_k - 1) / n_k.";
    info.tasks = {Task::Classification};
    info.stepName = "class";
    info.wantsReferenceLevel = true;
    info.table = {
        Spec::real("reg_param", "Regularisation",
                   "Mixes the covariance of every class with a round bell of width 1: 0 believes the rows alone, 1 forgets them. "
                   "A little helps where classes have few rows; it counts in the units of the features, so scale them first.",
                   0, 0, 1),
    };
    info.make = [](const Hyperparameters& chosen, Task) -> std::unique_ptr<const Learner> {
        return std::make_unique<QuadraticDiscriminantAnalysis>(chosen.real("reg_param"));
    };
    return info;
}

} // namespace modelarium
