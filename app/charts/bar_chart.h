#pragma once

#include <QStringList>
#include <QWidget>

#include <optional>
#include <vector>

namespace modelarium {

struct Look;

/// One bar: a name, a value, and how far it spreads to either side.
struct ChartBar {
    QString name;
    double value = 0;
    double spread = 0;                              ///< 0: none is drawn
    QString text;                                   ///< the value as it is written beside the bar
    QString help;                                   ///< on hover, and to a screen reader
    std::optional<int> code;                        ///< in the colour of this class; else blue below zero, orange above as signed things are
};

/// Horizontal bars from zero, one below the other, with whiskers: what is compared has a name that must be read. A bar can be chosen
/// with pointer and keys.
class BarChart : public QWidget {
    Q_OBJECT

public:
    explicit BarChart(QWidget* parent = nullptr);

    void setBars(std::vector<ChartBar> bars);
    const std::vector<ChartBar>& bars() const { return m_bars; }
    /// -1: none.
    void setCurrent(int bar);
    int current() const { return m_current; }
    /// -1 where there is none.
    int barAt(QPoint position) const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void chosen(int bar);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

private:
    int rowHeight() const;
    void choose(int bar);
    void drawBar(QPainter& painter, const Look& look, int bar, const QRectF& groove, double low, double high) const;

    std::vector<ChartBar> m_bars;
    int m_current = -1;
};

} // namespace modelarium
