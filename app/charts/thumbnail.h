#pragma once

#include "app/charts/plot_values.h"
#include "app/charts/point_layer.h"
#include "core/evaluate/decision_surface.h"

#include <QImage>
#include <QList>
#include <QPointF>

#include <memory>
#include <vector>

namespace modelarium {

/// A plot as small as a stamp: points, regions, line and arrows, and no words.
struct Thumbnail {
    std::vector<PlotPoint> points;
    std::vector<double> values;                     ///< one a point where a number is shown as a colour; empty otherwise
    std::shared_ptr<const DecisionSurface> surface; ///< null for a line
    bool spansHeight = false;
    QList<QPointF> curve;
    std::vector<PlotArrow> arrows;
    double xMinimum = 0, xMaximum = 1, yMinimum = 0, yMaximum = 1;
};

QImage drawThumbnail(const Thumbnail& content, QSize size, double pixelRatio, const Look& look);

} // namespace modelarium
