#pragma once

#include "core/data/dataset.h"
#include "core/learn/fit.h"
#include "core/learn/registry.h"

#include <nlohmann/json.hpp>

#include <fstream>
#include <string>

/// Data sets with the answers of another program, as tests/data/reference/make_*.py writes them; and how to fit to them.
namespace modelarium::reference {

inline nlohmann::json read(const std::string& name)
{
    std::ifstream file(std::string(MODELARIUM_SOURCE_DIR) + "/tests/data/reference/" + name);
    return nlohmann::json::parse(file, nullptr, false);
}

inline Vector toVector(const nlohmann::json& values)
{
    const std::vector<double> copy = values;
    return Eigen::Map<const Vector>(copy.data(), Eigen::Index(copy.size()));
}

inline Matrix toMatrix(const nlohmann::json& rows)
{
    Matrix matrix(Eigen::Index(rows.size()), Eigen::Index(rows.front().size()));
    for (std::size_t i = 0; i < rows.size(); ++i)
        matrix.row(Eigen::Index(i)) = toVector(rows[i]).transpose();
    return matrix;
}

inline DatasetPtr makeDataset(Matrix X, Vector y, int classes)
{
    auto data = std::make_shared<Dataset>();
    data->task = classes > 0 ? Task::Classification : Task::Regression;
    for (Eigen::Index j = 0; j < X.cols(); ++j)
        data->featureNames.push_back("x" + std::to_string(j + 1));
    for (int k = 0; k < classes; ++k)
        data->classNames.push_back(std::string(1, char('a' + k)));
    for (Eigen::Index i = 0; i < X.rows(); ++i)
        data->sourceRows.push_back(std::size_t(i));
    data->X() = std::move(X);
    data->y = std::move(y);
    return data;
}

/// Rows without a target.
inline DatasetPtr makeDataset(Matrix X, Task task = Task::Clustering)
{
    auto data = std::make_shared<Dataset>(*makeDataset(std::move(X), Vector(), 0));
    data->task = task;
    return data;
}

inline DatasetPtr datasetOf(const nlohmann::json& document, Task task)
{
    const bool classification = task == Task::Classification;
    const Vector y = toVector(document[classification ? "classes" : "values"]);
    return makeDataset(toMatrix(document["X"]), y, classification ? int(y.maxCoeff()) + 1 : 0);
}

inline Result<FitOutcome> fitTo(DatasetPtr data, const std::string& learner, const HyperparameterValues& values,
                                const Observer& observer = {})
{
    const Result<const LearnerInfo*> info = findLearner(learner);
    if (!info)
        return info.error();
    const Result<Hyperparameters> chosen = Hyperparameters::check((*info)->table, values);
    if (!chosen)
        return chosen.error();
    const Task task = data->task;
    return fit(*(*info)->make(*chosen, task), std::move(data), 1, observer);
}

} // namespace modelarium::reference
