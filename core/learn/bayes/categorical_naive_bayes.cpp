#include "core/learn/bayes/categorical_naive_bayes.h"

#include "core/base/counted.h"
#include "core/learn/bayes/class_statistics.h"

#include <algorithm>
#include <cmath>

namespace modelarium {

namespace {

using Eigen::Index;

/// log P(level | class) before anything is counted: all levels alike.
Vector evenLogShares(const CategoryColumns& category)
{
    return Vector::Constant(Index(category.levels.size()), -std::log(double(std::max<std::size_t>(1, category.levels.size()))));
}

/// The level that a sample has: the one whose column says so, or the one that has no column.
Index levelOf(const CategoryColumns& category, const Matrix& X, Index i)
{
    Index withoutColumn = 0;
    for (std::size_t l = 0; l < category.levels.size(); ++l) {
        const CategoryColumns::Level& level = category.levels[l];
        if (level.column < 0)
            withoutColumn = Index(l);
        else if (std::abs(X(i, level.column) - level.present) < std::abs(X(i, level.column) - level.absent))
            return Index(l);
    }
    return withoutColumn;
}

class CategoricalNaiveBayesRun final : public TrainingRun {
public:
    CategoricalNaiveBayesRun(DatasetPtr data, double alpha) : m_data(std::move(data)), m_alpha(alpha)
    {
        const std::size_t classes = m_data->classes();
        m_logPrior = Vector::Constant(Index(classes), -std::log(double(classes)));
        for (const CategoryColumns& category : m_data->categories)
            m_logShares.emplace_back(classes, evenLogShares(category));
    }

    Result<Progress> step() override
    {
        const Index k = Index(m_learned++);
        const std::vector<Index> rows = rowsOfClass(m_data->y, double(k));
        const double n = double(rows.size());
        m_logPrior[k] = leastLogPrior();
        if (!rows.empty()) {
            m_logPrior[k] = std::log(n / double(m_data->samples()));
            for (std::size_t c = 0; c < m_logShares.size(); ++c) {
                const Vector counts = levelCounts(m_data->categories[c], rows);
                const double total = n + m_alpha * double(counts.size());
                m_logShares[c][std::size_t(k)] = (counts.array() + m_alpha).log() - std::log(total);
                m_loss -= counts.dot(m_logShares[c][std::size_t(k)]);
            }
            m_loss -= n * m_logPrior[k];
            m_seen += rows.size();
        }
        return Progress{m_learned, m_seen ? m_loss / double(m_seen) : 0.0,
                        "class " + m_data->classNames[std::size_t(k)] + ": " + counted(rows.size(), "sample", "samples")};
    }

    bool isFinished() const override { return m_learned == m_data->classes(); }

    /// Sums of logarithms are linear in columns of 0 and 1, and in scaled ones.
    Parameters freeze() const override
    {
        const Index classes = m_logPrior.size();
        Linear linear{Matrix::Zero(classes, m_data->X().cols()), m_logPrior, Link::Softmax};
        for (std::size_t c = 0; c < m_logShares.size(); ++c)
            for (Index k = 0; k < classes; ++k)
                addWeights(m_data->categories[c], m_logShares[c][std::size_t(k)], k, linear);
        if (classes != 2)
            return linear;
        return Linear{linear.W.row(1) - linear.W.row(0), linear.b.tail(1) - linear.b.head(1), Link::Logistic};
    }

    std::vector<std::string> notices() const override
    {
        std::vector<std::string> notices;
        for (std::size_t k = 0; k < m_learned; ++k)
            if (m_logPrior[Index(k)] == leastLogPrior())
                notices.push_back("No training row is of class \"" + m_data->classNames[k] + "\": it will never be predicted.");
        return notices;
    }

private:
    Vector levelCounts(const CategoryColumns& category, const std::vector<Index>& rows) const
    {
        Vector counts = Vector::Zero(Index(category.levels.size()));
        for (const Index i : rows)
            ++counts[levelOf(category, m_data->X(), i)];
        return counts;
    }

    static void addWeights(const CategoryColumns& category, const Vector& logShares, Index k, Linear& linear)
    {
        double base = 0;                            // of the level without a column: what a row has where no column says otherwise
        for (std::size_t l = 0; l < category.levels.size(); ++l)
            if (category.levels[l].column < 0)
                base = logShares[Index(l)];
        linear.b[k] += base;
        for (std::size_t l = 0; l < category.levels.size(); ++l) {
            const CategoryColumns::Level& level = category.levels[l];
            if (level.column < 0)
                continue;
            const double weight = (logShares[Index(l)] - base) / (level.present - level.absent);
            linear.W(k, level.column) = weight;
            linear.b[k] -= weight * level.absent;
        }
    }

    DatasetPtr m_data;
    double m_alpha;
    Vector m_logPrior;
    std::vector<std::vector<Vector>> m_logShares;   // of the levels, by category and class
    std::size_t m_learned = 0;
    std::size_t m_seen = 0;
    double m_loss = 0;                              // negative log likelihood of the samples of the classes learned so far
};

/// Every feature must be a column of a category.
Result<void> checkCategories(const Dataset& data)
{
    std::vector<char> isLevel(data.features());
    for (const CategoryColumns& category : data.categories) {
        if (category.levels.empty()) {
            return Error{ErrorCode::WrongType,
                         "The levels of \"" + category.name + "\" have no column each after the preparation: encode the category one-hot, "
                         "without products, to count its levels.", Place{.column = category.name}};
        }
        for (const CategoryColumns::Level& level : category.levels)
            if (level.column >= 0)
                isLevel[std::size_t(level.column)] = 1;
    }
    for (std::size_t j = 0; j < isLevel.size(); ++j) {
        if (isLevel[j])
            continue;
        return Error{ErrorCode::WrongType,
                     "\"" + data.featureNames[j] + "\" is a number, but categorical naive Bayes counts categories: leave it out, give the "
                     "column the type category, or choose Gaussian naive Bayes.", Place{.column = data.featureNames[j]}};
    }
    return {};
}

class CategoricalNaiveBayes final : public Learner {
public:
    explicit CategoricalNaiveBayes(double alpha) : m_alpha(alpha) {}

    Result<std::unique_ptr<TrainingRun>> begin(DatasetPtr train, std::uint64_t) const override
    {
        if (const Result<void> checked = checkDataset(*train); !checked)
            return checked.error();
        if (train->task != Task::Classification)
            return Error{ErrorCode::WrongTask, "Naive Bayes tells classes apart, but there are none in the target: "
                                               "choose a target with classes, or another learner."};
        if (const Result<void> checked = checkCategories(*train); !checked)
            return checked.error();
        return std::unique_ptr<TrainingRun>(std::make_unique<CategoricalNaiveBayesRun>(std::move(train), m_alpha));
    }

private:
    double m_alpha;
};

} // namespace

LearnerInfo categoricalNaiveBayes()
{
    using Spec = HyperparameterSpec;
    LearnerInfo info;
    info.id = "categorical_naive_bayes";
    info.name = "Categorical naive Bayes";
    info.help = "Counts how often each level of each category comes in every class, and asks in which class a new row would be the "
                "least surprise. For features that are categories; they are taken to be independent.";
    info.objective = "P(level | class) = (rows of the class with the level + alpha) / (rows of the class + alpha times "
                     "levels); the share of each class is that of the rows. As scikit-learn's CategoricalNB.";
    info.tasks = {Task::Classification};
    info.stepName = "class";
    info.wantsCategories = true;
    info.table = {
        Spec::real("alpha", "Smoothing",
                   "How many rows of every level each class is taken to have had before it was counted, so that what never came is not "
                   "impossible: 1 is Laplace's, more evens the levels out.",
                   1, 1e-10, 1e6, true),
    };
    info.make = [](const Hyperparameters& chosen, Task) -> std::unique_ptr<const Learner> {
        return std::make_unique<CategoricalNaiveBayes>(chosen.real("alpha"));
    };
    return info;
}

} // namespace modelarium
