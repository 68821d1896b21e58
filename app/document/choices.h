#pragma once

#include "app/document/setup_store.h"

#include <QObject>

namespace modelarium {

/// The decisions before training: roles, task, split, learner and its hyperparameters. Each is one undo step.
///
/// While a model is frozen they are refused with a sentence, because nothing that they say could change it.
class Choices : public QObject {
    Q_OBJECT

public:
    explicit Choices(SetupStore& store, QObject* parent = nullptr);

    void setRole(std::size_t column, Role role);
    void setRoles(const std::vector<Role>& roles);
    /// No column is to be predicted: groups are looked for, in all rows. A target that is chosen later ends that.
    void setNoTarget();
    /// Empty: the type of the target decides.
    void setTask(std::optional<Task> task);
    /// Which of two classes precision, recall, the curves and a threshold are about; the threshold of the other one ends.
    void setPositive(const std::string& name);
    void setTestFraction(double fraction);
    /// Which rows are kept back.
    void setHoldOut(const HoldOut& how);
    void setSeed(std::uint64_t seed);
    /// Between two classes, on the probability of the second; nothing is trained anew. Empty: the likelier one.
    void setThreshold(std::optional<double> threshold);
    void setLearner(const std::string& id);

    /// Errors   UnknownHyperparameter; BadHyperparameter: shown at the field, the value before stays
    Result<void> setHyperparameter(const std::string& name, const HyperparameterValue& value);
    /// Several at once, as one step: what a search found. Errors   as setHyperparameter
    Result<void> setHyperparameters(const HyperparameterValues& values);
    void resetHyperparameters();

Q_SIGNALS:
    void refused(const QString& sentence);

private:
    bool mayChange();
    Result<void> change(const HyperparameterValues& values, const QString& mergeKey);

    SetupStore& m_store;
};

} // namespace modelarium
