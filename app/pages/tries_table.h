#pragma once

#include "app/jobs/training_folds.h"

#include <QWidget>

#include <memory>
#include <string>
#include <vector>

class QLabel;
class QTableWidget;

namespace modelarium {

/// The tries of a search over many hyperparameters, best first: the score, and the value of each; what is the same in all of them is said
/// once above. A press on a row, or Return, takes it.
class TriesTable : public QWidget {
    Q_OBJECT

public:
    explicit TriesTable(QWidget* parent = nullptr);

    void setTries(const std::shared_ptr<const SearchTries>& tries, const LearnerInfo& learner);
    /// The try whose values are chosen now stands in bold; which row is selected is up to the keys and the pointer.
    void markChosen(const HyperparameterValues& now);

Q_SIGNALS:
    void tryPressed(std::size_t candidate);

private:
    void partAxes(const LearnerInfo& learner);
    void fillRow(int row, std::size_t candidate, const LearnerInfo& learner);

    QLabel* m_same;                                         ///< what all tries share
    QTableWidget* m_table;
    std::shared_ptr<const SearchTries> m_tries;
    std::vector<std::string> m_columns;                     ///< hyperparameters that differ from try to try
};

} // namespace modelarium
