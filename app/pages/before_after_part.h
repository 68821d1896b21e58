#pragma once

#include "app/jobs/preparation_job.h"

#include <QWidget>

#include <array>
#include <vector>

class QComboBox;
class QGridLayout;
class QLabel;

namespace modelarium {

class HistogramChart;

/// One column as the training rows have it, and what the steps make of it: bars and statistics side by side.
class BeforeAfterPart : public QWidget {
    Q_OBJECT

public:
    explicit BeforeAfterPart(QWidget* parent = nullptr);

    /// Which columns there are to choose from, and which is shown; telling no one.
    void setColumns(const QStringList& columns, const QString& shown);
    /// Null: not known yet; what was shown stays, in case the answer comes at once.
    void setEffects(const PreparationEffectsPtr& effects, ColumnType type, const QString& unit);
    /// Why there is nothing to show.
    void setSentence(const QString& sentence);

Q_SIGNALS:
    void columnChosen(const QString& column);

private:
    void makeStatistics(QGridLayout* grid);
    void showAfter();
    void showStatistics();
    void setRow(int row, const QString& before, const QString& after);
    QString learnedText() const;

    QWidget* m_content;
    QLabel* m_sentence;
    QComboBox* m_column;
    HistogramChart* m_before;
    QComboBox* m_afterColumn;
    HistogramChart* m_after;
    QWidget* m_afterField;
    std::vector<std::array<QLabel*, 3>> m_rows;
    QLabel* m_learned;
    PreparationEffectsPtr m_effects;
    ColumnType m_type = ColumnType::Number;
};

} // namespace modelarium
