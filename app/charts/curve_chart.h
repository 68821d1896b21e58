#pragma once

#include "app/charts/point_layer.h"
#include "app/widgets/look.h"

#include <QChartView>
#include <QLineSeries>
#include <QValueAxis>

#include <optional>
#include <vector>

namespace modelarium {

/// One line of a chart.
struct ChartCurve {
    /// Solid, dashed in the other colour, thin and grey, one of many
    enum class Style { Main, Second, Reference, Faint };

    QString name;                                   ///< in the legend; empty: not there
    QList<QPointF> points;
    Style style = Style::Main;
    bool markers = false;                           ///< a dot at each of its points
    std::vector<double> spread{};                   ///< a whisker this long to either side of each point; empty: none
};

/// One axis of a chart.
struct ChartAxis {
    QString title;
    double low = 0;
    double high = 1;
    QStringList labels{};                           ///< of the places 0, 1, ..., instead of numbers
};

/// Curves and points about a model: how it ranks, what it leaves over, how it grows.
///
/// Curves are Qt Charts' own; points are a layer, so that many are no burden. A marker can be dragged along; points can be chosen.
class CurveChart : public QChartView {
    Q_OBJECT

public:
    explicit CurveChart(QWidget* parent = nullptr);

    void setLook(const Look& look);
    void setAxes(const ChartAxis& x, const ChartAxis& y);
    void setCurves(const std::vector<ChartCurve>& curves);
    void setPoints(std::vector<PlotPoint> points);
    /// One a point, as they were given in order of their rows, instead of the colour of a class; empty for those.
    void setPointColours(std::vector<QColor> colours);
    /// What a point is called on hover, by its row; empty: by the number of its row.
    void setPointNames(const QStringList& names);
    void setSelection(const std::vector<std::size_t>& rows);
    /// A handle that can be dragged; empty: none. `movable` false shows it at rest.
    void setMarker(const std::optional<QPointF>& at, const QString& reading, bool movable = true);
    void setSentence(const QString& sentence);              ///< in the middle, where there is nothing to see
    PlotScale scale() const;

Q_SIGNALS:
    void markerDragged(QPointF to, bool released);
    void markerStepped(int direction);                      ///< with the arrow keys
    void pointsChosen(const std::vector<std::size_t>& rows);
    void pointPressed(std::size_t row);                     ///< with the pointer, or with Return where it was walked to

protected:
    void drawBackground(QPainter* painter, const QRectF& rect) override;
    void drawForeground(QPainter* painter, const QRectF& rect) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool viewportEvent(QEvent* event) override;

private:
    void applyAxes();
    void placeCurves();
    void style();
    QPen penOf(ChartCurve::Style style) const;
    void drawLegend(QPainter& painter, const QRectF& area);
    void drawLabels(QPainter& painter, const PlotScale& scale);
    void drawLevels(QPainter& painter, const PlotScale& scale);
    void drawSpreads(QPainter& painter, const PlotScale& scale);
    void drawPoints(QPainter& painter, const PlotScale& scale);
    void drawMarker(QPainter& painter, const PlotScale& scale);
    void walk(int direction);

    QValueAxis* m_x;
    QValueAxis* m_y;
    ChartAxis m_xRange;
    ChartAxis m_yRange;
    double m_xUnit = 1, m_yUnit = 1;                        ///< in which the axes are labelled
    std::vector<QLineSeries*> m_series;
    std::vector<ChartCurve> m_curves;
    PointLayer m_points;
    QStringList m_pointNames;
    std::vector<std::size_t> m_selection;
    std::optional<QPointF> m_marker;
    QString m_reading;
    QString m_sentence;
    const Look* m_look;
    bool m_movable = true;
    bool m_dragging = false;
    std::optional<QRectF> m_frame;                          ///< of the points that are being chosen
};

} // namespace modelarium
