#pragma once

#include "core/base/buffer.h"
#include "core/data/dataset.h"
#include "core/learn/registry.h"

#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// What the benchmarks share that a script serves with lines on their standard input: the data that it wrote, and the learner that it names.
namespace modelarium::served {

/// Features "x1", "x2", ...; classes "class 0", ...; a regression where `classes` is 0. The numbers are left as they are.
inline std::shared_ptr<Dataset> emptyDataset(Eigen::Index rows, Eigen::Index features, int classes)
{
    auto data = std::make_shared<Dataset>();
    data->task = classes > 0 ? Task::Classification : Task::Regression;
    data->X().resize(rows, features);
    preferHugePages(data->X().data(), std::size_t(data->X().size()) * sizeof(double));      // as Preparation::apply does, and NumPy
    data->y.resize(rows);
    for (Eigen::Index j = 0; j < features; ++j)
        data->featureNames.push_back("x" + std::to_string(j + 1));
    for (int k = 0; k < classes; ++k)
        data->classNames.push_back("class " + std::to_string(k));
    return data;
}

/// The next data set of a file: all columns of X, then y, as doubles. False where the file ends too soon.
inline bool readInto(std::ifstream& file, Dataset& data)
{
    file.read(reinterpret_cast<char*>(data.X().data()), std::streamsize(sizeof(double)) * data.X().size());
    file.read(reinterpret_cast<char*>(data.y.data()), std::streamsize(sizeof(double)) * data.y.size());
    return bool(file);
}

/// The first data set of a file; null where it cannot be read.
inline DatasetPtr readDataset(const std::string& path, Eigen::Index rows, Eigen::Index features, int classes)
{
    std::ifstream file(path, std::ios::binary);
    const std::shared_ptr<Dataset> data = emptyDataset(rows, features, classes);
    return readInto(file, *data) ? data : nullptr;
}

/// The share of right classes, or the mean squared error, of what a predictor answered.
inline double scoreOf(const Matrix& out, const Dataset& test)
{
    if (test.task == Task::Regression)
        return (out.col(0) - test.y).squaredNorm() / double(test.y.size());
    Eigen::Index right = 0, best = 0;
    for (Eigen::Index i = 0; i < out.rows(); ++i) {
        out.row(i).maxCoeff(&best);
        right += best == Eigen::Index(test.y[i]);
    }
    return double(right) / double(out.rows());
}

/// The learner with settings "name=value"; Errors   those of the registry and of the learner's table
inline Result<std::unique_ptr<const Learner>> learnerOf(const std::string& id, Task task, const std::vector<std::string>& settings)
{
    const Result<const LearnerInfo*> info = findLearner(id);
    if (!info)
        return info.error();
    HyperparameterValues values;
    for (const std::string& setting : settings) {
        const std::size_t equals = setting.find('=');
        for (const HyperparameterSpec& spec : (*info)->table) {
            if (spec.name != setting.substr(0, equals))
                continue;
            const Result<HyperparameterValue> value = parseHyperparameter(spec, setting.substr(equals + 1));
            if (!value)
                return value.error();
            values[spec.name] = *value;
        }
    }
    const Result<Hyperparameters> chosen = Hyperparameters::check((*info)->table, values);
    if (!chosen)
        return chosen.error();
    return (*info)->make(*chosen, task);
}

} // namespace modelarium::served
