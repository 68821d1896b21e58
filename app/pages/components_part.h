#pragma once

#include "app/document/experiment.h"

#include <QWidget>

class QLabel;
class QTableWidget;

namespace modelarium {

class BarChart;

/// How much of the rows the coordinates of a projection keep, how much each direction adds, and what the directions are made of.
class ComponentsPart : public QWidget {
    Q_OBJECT

public:
    explicit ComponentsPart(QWidget* parent = nullptr);

    /// The model of the evaluation is a projection.
    void show(const Evaluation& evaluation);

private:
    QWidget* makeMetrics();
    QWidget* makeShares();
    QWidget* makeLoadings();
    void showMetrics(const Evaluation& evaluation);
    void showShares(const Projection& projection);
    void showLoadings(const Projection& projection, const Model& model);

    QTableWidget* m_metrics = nullptr;
    BarChart* m_shares = nullptr;
    QLabel* m_reading = nullptr;
    QTableWidget* m_loadings = nullptr;
    QLabel* m_unit = nullptr;
};

} // namespace modelarium
