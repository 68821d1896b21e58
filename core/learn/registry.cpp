#include "core/learn/registry.h"

#include "core/learn/bayes/categorical_naive_bayes.h"
#include "core/learn/bayes/gaussian_naive_bayes.h"
#include "core/learn/bayes/quadratic_discriminant_analysis.h"
#include "core/learn/clustering/dbscan.h"
#include "core/learn/clustering/gaussian_mixture.h"
#include "core/learn/clustering/k_means.h"
#include "core/learn/linear/elastic_net.h"
#include "core/learn/linear/huber_regression.h"
#include "core/learn/linear/linear_discriminant_analysis.h"
#include "core/learn/linear/linear_regression.h"
#include "core/learn/linear/logistic_regression.h"
#include "core/learn/linear/perceptron.h"
#include "core/learn/linear/polynomial_regression.h"
#include "core/learn/linear/ridge_regression.h"
#include "core/learn/neighbors/k_nearest_neighbors.h"
#include "core/learn/svm/linear_svm.h"
#include "core/learn/svm/support_vector_machine.h"
#include "core/learn/svm/support_vector_regression.h"
#include "core/learn/neural/neural_network.h"
#include "core/learn/projection/principal_component_analysis.h"
#include "core/learn/trees/decision_tree.h"
#include "core/learn/trees/gradient_boosting.h"
#include "core/learn/trees/random_forest.h"

#include <algorithm>

namespace modelarium {

bool LearnerInfo::supports(Task task) const
{
    return std::find(tasks.begin(), tasks.end(), task) != tasks.end();
}

std::optional<Task> LearnerInfo::taskWithoutTarget() const
{
    const auto found = std::find_if(tasks.begin(), tasks.end(), [](Task task) { return !hasTarget(task); });
    return found == tasks.end() ? std::nullopt : std::optional(*found);
}

bool LearnerInfo::advisesScaling(const HyperparameterValues& values) const
{
    const auto spec = std::find_if(table.begin(), table.end(), [](const HyperparameterSpec& one) { return one.name == "solver"; });
    if (!wantsScaling || spec == table.end())
        return wantsScaling;
    const auto chosen = values.find("solver");
    return (chosen == values.end() ? spec->defaultValue : chosen->second) != HyperparameterValue(std::string("exact"));
}

const std::vector<LearnerInfo>& learners()
{
    // In the order in which a course meets them. A new learner is one line here.
    static const std::vector<LearnerInfo> all = {
        linearRegression(),
        polynomialRegression(),
        ridgeRegression(),
        lassoRegression(),
        elasticNet(),
        huberRegression(),
        logisticRegression(),
        perceptron(),
        linearSvm(),
        supportVectorMachine(),
        supportVectorRegression(),
        kNearestNeighbors(),
        decisionTree(),
        randomForest(),
        gradientBoosting(),
        gaussianNaiveBayes(),
        categoricalNaiveBayes(),
        linearDiscriminantAnalysis(),
        quadraticDiscriminantAnalysis(),
        neuralNetwork(),
        kMeans(),
        gaussianMixture(),
        dbscan(),
        principalComponentAnalysis(),
    };
    return all;
}

Result<const LearnerInfo*> findLearner(std::string_view id)
{
    for (const LearnerInfo& learner : learners()) {
        if (learner.id == id)
            return &learner;
    }
    std::string ids;
    for (const LearnerInfo& learner : learners())
        ids += (ids.empty() ? "" : ", ") + learner.id;
    return Error{ErrorCode::UnknownLearner, "There is no learner \"" + std::string(id) + "\": choose one of " + ids + "."};
}

} // namespace modelarium
