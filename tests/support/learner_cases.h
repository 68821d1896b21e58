#pragma once

#include "core/base/random.h"
#include "core/learn/fit.h"
#include "core/learn/registry.h"
#include "core/model/predictor.h"
#include "tests/support/reference_data.h"

#include <QTest>

#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

/// The learners of the registry as rows of a data-driven test, small data for each of them, and what any outcome must be.
namespace modelarium::contract {

inline constexpr double infinity = std::numeric_limits<double>::infinity();
inline constexpr double missing = std::numeric_limits<double>::quiet_NaN();

inline Hyperparameters defaults(const LearnerInfo& learner) { return *Hyperparameters::check(learner.table, {}); }

/// For learners that count levels: every feature becomes a column of 0 and 1.
inline void makeCategories(Dataset& data)
{
    data.X() = (data.X().array() > 0.5).cast<double>();
    data.categories.clear();
    for (std::size_t j = 0; j < data.features(); ++j)
        data.categories.push_back({data.featureNames[j], {{"no", -1, 0, 1}, {"yes", Eigen::Index(j), 0, 1}}});
}

/// Overlapping clouds, one a class; for regression a plane with noise; without a target the clouds alone.
inline DatasetPtr cloudFor(const LearnerInfo& learner, Task task, Eigen::Index samples, Eigen::Index features, std::uint64_t seed = 3)
{
    Random random(seed);
    Matrix X(samples, features);
    Vector y(samples);
    for (Eigen::Index i = 0; i < samples; ++i) {
        const auto kind = double(i % 3);
        for (Eigen::Index j = 0; j < features; ++j)
            X(i, j) = random.normal() + kind * (j % 2 == 0 ? 1.5 : -0.5);
        y[i] = task == Task::Classification ? kind : X.row(i).sum() + 0.3 * random.normal();
    }
    if (!hasTarget(task))
        return reference::makeDataset(std::move(X), task);
    auto data = std::make_shared<Dataset>(*reference::makeDataset(std::move(X), std::move(y), task == Task::Classification ? 3 : 0));
    if (learner.wantsCategories)
        makeCategories(*data);
    return data;
}

inline DatasetPtr changed(const DatasetPtr& data, const std::function<void(Dataset&)>& change)
{
    auto copy = std::make_shared<Dataset>(*data);
    change(*copy);
    return copy;
}

/// Numbers that a person can be shown: finite, and probabilities that sum to 1.
inline QString complaintAboutAnswers(const Matrix& out, Task task)
{
    if (!out.allFinite())
        return QStringLiteral("a prediction is not finite");
    if (task != Task::Regression && task != Task::Projection && ((out.array() < 0).any() || (out.rowwise().sum().array() - 1).abs().maxCoeff() > 1e-12))
        return QStringLiteral("probabilities do not sum to 1");
    return {};
}

/// Parameters that can be used: finite, of the right width, and answering with numbers that a person can be shown.
inline QString complaintAbout(const Parameters& parameters, const Dataset& data)
{
    if (!isFinite(parameters))
        return QStringLiteral("the parameters are not finite");
    if (featureCount(parameters) != data.features())
        return QStringLiteral("the parameters have another number of features");
    Matrix out;
    makePredictor(parameters)->predict(data.X(), out);
    const std::size_t answers = data.task == Task::Clustering ? clusterNames(parameters).size() : data.task == Task::Projection ? componentNames(parameters).size() : data.task == Task::Classification ? data.classes() : 1;
    if (out.cols() != Eigen::Index(answers))
        return QStringLiteral("the predictions have another number of outputs");
    return complaintAboutAnswers(out, data.task);
}

inline bool isSentence(const std::string& text) { return text.size() > 20 && text.back() == '.'; }

/// Either a sentence, or parameters that can be used, with sentences about them. Nothing else may come of any data.
inline QString complaintAbout(const Result<FitOutcome>& outcome, const Dataset& data)
{
    if (!outcome)
        return isSentence(outcome.error().message) ? QString() : QStringLiteral("this refusal is no sentence: ") + QString::fromStdString(outcome.error().message);
    for (const std::string& notice : outcome->notices)
        if (!isSentence(notice))
            return QStringLiteral("this notice is no sentence: ") + QString::fromStdString(notice);
    return complaintAbout(outcome->parameters, data);
}

/// A complaint with the hyperparameters that led to it.
inline QString named(const HyperparameterValues& values, const QString& complaint)
{
    QString text = complaint;
    for (const auto& [name, value] : values)
        text += QString::fromStdString(", " + name + " = " + hyperparameterText(value));
    return complaint.isEmpty() ? QString() : text;
}

/// The defaults, and every other choice by itself.
inline std::vector<HyperparameterValues> everyChoice(const LearnerInfo& learner)
{
    std::vector<HyperparameterValues> all = {{}};
    for (const HyperparameterSpec& spec : learner.table) {
        for (const std::string& choice : spec.choices)
            if (spec.defaultValue != HyperparameterValue(choice))
                all.push_back({{spec.name, choice}});
        if (spec.kind == HyperparameterSpec::Kind::Boolean)
            all.push_back({{spec.name, !std::get<bool>(spec.defaultValue)}});
    }
    return all;
}

inline void addLearnerColumns()
{
    QTest::addColumn<QString>("id");
    QTest::addColumn<int>("taskNumber");
}

/// A row for each learner and task: "ridge_regression, regression"; without those that have no answers to learn from, where it is about them.
inline void addLearners(bool onlyWithTarget = false)
{
    addLearnerColumns();
    for (const LearnerInfo& learner : learners())
        for (const Task task : learner.tasks)
            if (!onlyWithTarget || hasTarget(task))
                QTest::addRow("%s, %s", learner.id.c_str(), std::string(taskName(task)).c_str()) << QString::fromStdString(learner.id) << int(task);
}

/// The learner and the task of the row that is tested.
inline const LearnerInfo& info()
{
    QFETCH(QString, id);
    return **findLearner(id.toStdString());
}

inline Task task()
{
    QFETCH(int, taskNumber);
    return Task(taskNumber);
}

inline DatasetPtr cloud(Eigen::Index samples, Eigen::Index features, std::uint64_t seed = 3)
{
    return cloudFor(info(), task(), samples, features, seed);
}

inline std::unique_ptr<const Learner> made(const HyperparameterValues& values = {})
{
    return info().make(*Hyperparameters::check(info().table, values), task());
}

/// Training that ends after so many steps, with what there is.
inline Observer noMoreThan(std::size_t steps)
{
    return [steps](const TrainingRun&, const Progress& progress) { return progress.step < steps ? Answer::Continue : Answer::StopAndKeep; };
}

} // namespace modelarium::contract
