#pragma once

#include "app/document/experiment.h"
#include "app/pages/section.h"

class QLabel;
class QTableWidget;

namespace modelarium {

/// How good groups are where nobody knows the true ones: what can be measured, what it means, and how many rows each group has.
class ClustersPart : public QWidget {
    Q_OBJECT

public:
    explicit ClustersPart(Experiment& experiment, QWidget* parent = nullptr);

    void show(const Evaluation& evaluation);

private:
    QWidget* makeMetrics();
    QWidget* makeSizes();
    void showMetrics(const Evaluation& evaluation);
    void showSizes(const Evaluation& evaluation);
    void selectRows();

    Experiment& m_experiment;
    QTableWidget* m_metrics = nullptr;
    QLabel* m_reading = nullptr;
    QTableWidget* m_sizes = nullptr;
};

/// What a silhouette says, in a sentence; empty where there is none.
QString silhouetteSentence(const std::map<std::string, double>& metrics);

} // namespace modelarium
