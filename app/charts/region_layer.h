#pragma once

#include "app/charts/point_layer.h"
#include "core/evaluate/decision_surface.h"

#include <QImage>
#include <QLineF>

#include <memory>
#include <vector>

namespace modelarium {

/// What the model answers over the plane, as a picture under the points: the class colours mixed into the ground, stronger
/// where the model is surer, and the boundary between the winners as thin lines; or one colour scale for a number.
class RegionLayer {
public:
    void setSurface(std::shared_ptr<const DecisionSurface> surface, bool spansHeight);
    void setValueRange(double minimum, double maximum);     ///< ends of the colour scale of a number
    void setLook(const Look& look);
    bool isEmpty() const { return !m_surface; }

    void draw(QPainter& painter, const PlotScale& scale, double lineWidth);

private:
    void render();
    void findBoundary();
    void addContour(int output);
    void drawImage(QPainter& painter, const QRectF& target) const;
    float margin(int row, int column, int output) const;

    std::shared_ptr<const DecisionSurface> m_surface;
    bool m_spansHeight = false;                             ///< a curve over x alone: bands over the whole height
    double m_minimum = 0;
    double m_maximum = 1;
    const Look* m_look = &Look::light();
    bool m_stale = true;
    QImage m_image;
    std::vector<QLineF> m_boundary;                         ///< in cells of the surface
};

/// The colour of a number between the ends of a scale: blue below the middle, orange above.
QColor scaleColour(double value, double minimum, double maximum, const Look& look);

} // namespace modelarium
