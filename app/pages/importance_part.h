#pragma once

#include "app/pages/analysis_part.h"
#include "core/evaluate/permutation_importance.h"

namespace modelarium {

class BarChart;

/// What the model loses when one column tells it nothing: a bar a column, the most important one first.
class ImportancePart : public AnalysisPart {
    Q_OBJECT

public:
    explicit ImportancePart(QWidget* parent = nullptr);

Q_SIGNALS:
    /// A bar was chosen: the name of its column.
    void columnChosen(const QString& name);

protected:
    void begin() override;
    void clear() override;

private:
    void fill(const PermutationImportance& importance, std::size_t used);

    BarChart* m_chart;
    QStringList m_names;                                    ///< of the columns, a bar each
};

} // namespace modelarium
