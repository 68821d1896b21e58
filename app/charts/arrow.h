#pragma once

#include "app/charts/plot_values.h"
#include "app/charts/point_layer.h"

class QPainter;

namespace modelarium {

struct Look;

/// Draws arrows that stand out among points: each with an edge in the colour of the ground. Names are left out where `named` is false.
void drawArrows(QPainter& painter, const std::vector<PlotArrow>& arrows, const PlotScale& scale, const Look& look, double magnification, bool named);

} // namespace modelarium
