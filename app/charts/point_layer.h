#pragma once

#include "app/charts/plot_values.h"
#include "app/widgets/look.h"

#include <QImage>
#include <QPainter>
#include <QRectF>

#include <vector>

namespace modelarium {

/// From data to pixels of the plot area.
struct PlotScale {
    QRectF area;
    double xMinimum = 0, xMaximum = 1, yMinimum = 0, yMaximum = 1;

    QPointF toPixel(double x, double y) const
    {
        return {area.left() + (x - xMinimum) / (xMaximum - xMinimum) * area.width(),
                area.bottom() - (y - yMinimum) / (yMaximum - yMinimum) * area.height()};
    }
    QPointF toData(QPointF pixel) const
    {
        return {xMinimum + (pixel.x() - area.left()) / area.width() * (xMaximum - xMinimum),
                yMinimum + (area.bottom() - pixel.y()) / area.height() * (yMaximum - yMinimum)};
    }
    bool operator==(const PlotScale&) const = default;
};

/// The outline of a class's marker around the origin: circle, square, triangle, diamond, star, cross, plus, pentagon; a circle for no class, a
/// cross for noGroup.
QPainterPath markerPath(int code, double radius);

/// One marker: filled or hollow, with the predicted colour inside where the prediction is wrong.
void drawMarker(QPainter& painter, QPointF at, const PlotPoint& point, double radius, const Look& look);

/// The points of a plot as one picture that is drawn again only when points, scale or look change.
///
/// Few points are stamps that were drawn once a class and state; many are counted a pixel, so that a million take milliseconds.
class PointLayer {
public:
    static constexpr std::size_t densityFrom = 30'000;

    void setPoints(std::vector<PlotPoint> points);
    const std::vector<PlotPoint>& points() const { return m_points; }
    std::vector<PlotPoint>& editPoints();
    void setColours(std::vector<QColor> colours);           ///< one a point instead of the classes' own; empty for those
    void setRadius(double radius);
    void setLook(const Look& look);

    /// The layer for the scale's area, in device pixels.
    const QImage& image(const PlotScale& scale, double pixelRatio);
    /// The points one by one, for pictures that are kept as vectors.
    void drawAll(QPainter& painter, const PlotScale& scale) const;

    /// Index of the point nearest to a pixel, at most `reach` pixels away; -1 where there is none.
    int pointAt(QPointF pixel, const PlotScale& scale, double reach);
    std::vector<std::size_t> pointsIn(const QRectF& pixels, const PlotScale& scale) const;
    int indexOfRow(std::size_t row) const;

private:
    void render(const PlotScale& scale, double pixelRatio);
    void renderStamps(const PlotScale& scale, double pixelRatio);
    void renderDensity(const PlotScale& scale, double pixelRatio);
    QImage stamp(const PlotPoint& point, double pixelRatio) const;
    void buildGrid(const PlotScale& scale);

    std::vector<PlotPoint> m_points;
    std::vector<QColor> m_colours;
    const Look* m_look = &Look::light();
    double m_radius = 4.5;
    bool m_stale = true;
    bool m_gridStale = true;
    PlotScale m_scale;
    PlotScale m_gridScale;
    double m_pixelRatio = 1;
    QImage m_image;
    int m_gridColumns = 0;
    std::vector<std::uint32_t> m_cellStart;                 ///< of each cell in m_cellPoints
    std::vector<std::uint32_t> m_cellPoints;
};

} // namespace modelarium
