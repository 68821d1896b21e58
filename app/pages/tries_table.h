#pragma once

#include "app/jobs/training_folds.h"

#include <QWidget>

#include <memory>
#include <vector>

class QTableWidget;

namespace modelarium {

/// The tries of a search over many hyperparameters, best first: the score, and the value of each. A press on a row, or Return, takes it.
class TriesTable : public QWidget {
    Q_OBJECT

public:
    explicit TriesTable(QWidget* parent = nullptr);

    void setTries(const std::shared_ptr<const SearchTries>& tries, const LearnerInfo& learner);
    /// The try whose values are chosen now is the chosen row.
    void markChosen(const HyperparameterValues& now);

Q_SIGNALS:
    void tryPressed(std::size_t candidate);

private:
    void fillRow(int row, std::size_t candidate, const LearnerInfo& learner);

    QTableWidget* m_table;
    std::shared_ptr<const SearchTries> m_tries;
};

} // namespace modelarium
