#pragma once

#include "app/widgets/look.h"
#include "core/data/column_profile.h"

#include <QWidget>

#include <optional>
#include <vector>

namespace modelarium {

/// The bars of one column: intervals of numbers, or levels of a category; missing cells stand apart, in grey.
///
/// Painted and not made of chart items, so that a page can show several at no cost. The bar under the pointer, or the one that the
/// arrow keys walk to, is read out above.
class HistogramChart : public QWidget {
    Q_OBJECT

public:
    explicit HistogramChart(QWidget* parent = nullptr);

    void setTitle(const QString& title);
    void setProfile(const ColumnProfile& profile, bool isDate = false);
    /// In the middle, where there is nothing to see.
    void setSentence(const QString& sentence);

    int bars() const { return int(m_bars.size()); }
    QString reading(int bar) const;                         ///< "from 10 to 20: 31 rows"

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    struct Bar {
        QString name;                                       ///< of a level; empty for an interval
        std::size_t count = 0;
        bool isMissing = false;
        double low = 0, high = 0;
    };

    void addNumbers(const ColumnProfile& profile);
    void addLevels(const ColumnProfile& profile);
    QRectF area() const;
    QRectF barRect(int bar) const;
    int barAt(QPointF position) const;
    void choose(std::optional<int> bar);
    void drawNumberTicks(QPainter& painter, const Look& look) const;
    void drawNames(QPainter& painter, const Look& look) const;
    QString valueText(double value) const;

    QString m_title;
    QString m_sentence;
    std::vector<Bar> m_bars;
    std::optional<int> m_chosen;
    bool m_isCategorical = false;
    bool m_isDate = false;
    double m_low = 0, m_high = 1;                           ///< of the intervals
    std::size_t m_most = 0;
};

} // namespace modelarium
