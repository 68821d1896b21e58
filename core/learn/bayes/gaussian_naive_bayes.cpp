#include "core/learn/bayes/gaussian_naive_bayes.h"

#include "core/base/counted.h"
#include "core/learn/bayes/class_statistics.h"
#include "core/learn/bayes/online_naive_bayes.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

namespace modelarium {

namespace {

class GaussianNaiveBayesRun final : public TrainingRun {
public:
    /// Before the first step every class has the bell curves of all samples together.
    GaussianNaiveBayesRun(DatasetPtr data, double varSmoothing) : m_data(std::move(data))
    {
        const Eigen::Index classes = Eigen::Index(m_data->classes());
        const Eigen::Index features = m_data->X().cols();
        m_classes.logPrior = Vector::Constant(classes, -std::log(double(classes)));
        m_classes.mean.resize(classes, features);
        m_classes.variance.resize(classes, features);
        std::vector<Eigen::Index> rows(m_data->samples());
        std::iota(rows.begin(), rows.end(), Eigen::Index(0));
        double largest = 0;
        for (Eigen::Index j = 0; j < features; ++j) {
            const ColumnMoments all = columnMomentsOf(m_data->X().col(j).data(), rows);
            m_classes.mean.col(j).setConstant(all.mean);
            m_classes.variance.col(j).setConstant(all.variance);
            largest = std::max(largest, all.variance);
        }
        m_smoothing = varSmoothing * largest;
        // Where nothing varies, or too little for its square to be a number, any one curve serves: no feature tells classes apart.
        m_nothingVaries = m_smoothing < std::numeric_limits<double>::min();
        if (m_nothingVaries)
            m_smoothing = 1;
        m_classes.variance.array() += m_smoothing;
    }

    Result<Progress> step() override
    {
        const Eigen::Index k = Eigen::Index(m_learned++);
        const std::vector<Eigen::Index> rows = rowsOfClass(m_data->y, double(k));
        m_classes.logPrior[k] = leastLogPrior();
        if (!rows.empty()) {
            m_classes.logPrior[k] = std::log(double(rows.size()) / double(m_data->samples()));
            for (Eigen::Index j = 0; j < m_data->X().cols(); ++j) {
                const ColumnMoments moments = columnMomentsOf(m_data->X().col(j).data(), rows);
                m_classes.mean(k, j) = moments.mean;
                m_classes.variance(k, j) = moments.variance + m_smoothing;
                // The samples' squares about their own mean sum to n_k variance: no need to visit them again.
                m_loss += double(rows.size())
                        * (std::log(2 * std::numbers::pi * m_classes.variance(k, j)) + moments.variance / m_classes.variance(k, j)) / 2;
            }
            m_loss -= double(rows.size()) * m_classes.logPrior[k];
            m_seen += rows.size();
        }
        return Progress{m_learned, m_seen ? m_loss / double(m_seen) : 0.0,
                        "class " + m_data->classNames[std::size_t(k)] + ": " + counted(rows.size(), "sample", "samples")};
    }

    bool isFinished() const override { return m_learned == m_data->classes(); }
    Parameters freeze() const override { return m_classes; }

    std::vector<std::string> notices() const override
    {
        std::vector<std::string> notices;
        if (m_nothingVaries)
            notices.push_back("No feature varies enough to tell the classes apart: the prediction is the share of each class.");
        for (std::size_t k = 0; k < m_learned; ++k)
            if (m_classes.logPrior[Eigen::Index(k)] == leastLogPrior())
                notices.push_back("No training row is of class \"" + m_data->classNames[k] + "\": it will never be predicted.");
        return notices;
    }

private:
    DatasetPtr m_data;
    GaussianClasses m_classes;
    double m_smoothing = 0;
    bool m_nothingVaries = false;
    std::size_t m_learned = 0;
    std::size_t m_seen = 0;
    double m_loss = 0;                              // negative log likelihood of the samples of the classes learned so far
};

class GaussianNaiveBayes final : public Learner {
public:
    explicit GaussianNaiveBayes(double varSmoothing) : m_varSmoothing(varSmoothing) {}

    Result<std::unique_ptr<TrainingRun>> begin(DatasetPtr train, std::uint64_t) const override
    {
        if (const Result<void> checked = checkDataset(*train); !checked)
            return checked.error();
        if (train->task != Task::Classification)
            return Error{ErrorCode::WrongTask, "Naive Bayes tells classes apart, but the target is a number: "
                                               "choose a target with classes, or another learner."};
        if (const Result<void> checked = checkSquares(*train); !checked)
            return checked.error();
        return std::unique_ptr<TrainingRun>(std::make_unique<GaussianNaiveBayesRun>(std::move(train), m_varSmoothing));
    }

private:
    double m_varSmoothing;
};

} // namespace

LearnerInfo gaussianNaiveBayes()
{
    using Spec = HyperparameterSpec;
    LearnerInfo info;
    info.id = "gaussian_naive_bayes";
    info.name = "Gaussian naive Bayes";
    info.help = "Draws one bell curve for every feature in every class, and asks under which class's curves a new row is likeliest. "
                "Features are taken to be independent, which is rarely true and often good enough.";
    info.objective = "Share, means and variances of each class; a variance is the mean of (x - mean)^2 (ddof 0) plus "
                     "var_smoothing times the largest variance of a feature over all rows. As scikit-learn's GaussianNB.";
    info.tasks = {Task::Classification};
    info.stepName = "class";
    info.table = {
        Spec::real("var_smoothing", "Smoothing",
                   "Share of the largest variance of a feature that is added to every variance, so that no curve becomes a spike. "
                   "More makes all curves wider.",
                   1e-9, 1e-15, 10, true),
    };
    info.make = [](const Hyperparameters& chosen, Task) -> std::unique_ptr<const Learner> {
        return std::make_unique<GaussianNaiveBayes>(chosen.real("var_smoothing"));
    };
    info.makeOnline = [](const Hyperparameters& chosen, OnlineShape shape, std::uint64_t) -> std::unique_ptr<OnlineRun> {
        return std::make_unique<OnlineNaiveBayes>(std::move(shape), chosen.real("var_smoothing"));
    };
    info.onlineHyperparameters = {"var_smoothing"};
    return info;
}

} // namespace modelarium
