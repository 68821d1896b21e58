#include "app/charts/region_layer.h"

#include <algorithm>
#include <cmath>

namespace modelarium {
namespace {

constexpr double faintest = 0.08;
constexpr double strongest = 0.34;

QRgb mixed(const QColor& ground, double red, double green, double blue, double alpha)
{
    const auto mix = [alpha](double a, double b) { return int(std::lround(a + (b - a) * alpha)); };
    return qRgb(mix(ground.red(), red), mix(ground.green(), green), mix(ground.blue(), blue));
}

} // namespace

QColor scaleColour(double value, double minimum, double maximum, const Look& look)
{
    const double t = maximum > minimum ? std::clamp((value - minimum) / (maximum - minimum), 0.0, 1.0) * 2 - 1 : 0;
    const QColor& end = t < 0 ? look.negative : look.positive;
    const QColor neutral = look.dark ? QColor(0x6B7280) : QColor(0xC9CED6);
    const double share = std::sqrt(std::abs(t));
    return QColor::fromRgb(mixed(neutral, end.red(), end.green(), end.blue(), share));
}

void RegionLayer::setSurface(std::shared_ptr<const DecisionSurface> surface, bool spansHeight)
{
    m_surface = std::move(surface);
    m_spansHeight = spansHeight;
    m_stale = true;
}

void RegionLayer::setValueRange(double minimum, double maximum)
{
    m_minimum = minimum;
    m_maximum = maximum;
    m_stale = true;
}

void RegionLayer::setLook(const Look& look)
{
    m_look = &look;
    m_stale = true;
}

void RegionLayer::render()
{
    const SurfaceSlice& slice = m_surface->slice;
    const int outputs = m_surface->outputs;
    const int rows = m_spansHeight ? 1 : slice.rows;
    m_image = QImage(slice.columns, rows, QImage::Format_RGB32);
    for (int row = 0; row < rows; ++row) {
        auto* line = reinterpret_cast<QRgb*>(m_image.scanLine(rows - 1 - row));
        for (int column = 0; column < slice.columns; ++column) {
            const float* p = &m_surface->values[(std::size_t(row) * std::size_t(slice.columns) + std::size_t(column)) * std::size_t(outputs)];
            if (outputs == 1) {
                const QColor colour = scaleColour(double(p[0]), m_minimum, m_maximum, *m_look);
                line[column] = mixed(m_look->plot, colour.red(), colour.green(), colour.blue(), 0.45);
                continue;
            }
            double red = 0, green = 0, blue = 0, surest = 0;
            for (int k = 0; k < outputs; ++k) {
                // Where no group is, the ground is only a shade darker.
                const QColor colour = k == m_surface->noise ? mixed(m_look->secondText, m_look->plot, 0.4) : m_look->classColour(k);
                red += double(p[k]) * colour.red();
                green += double(p[k]) * colour.green();
                blue += double(p[k]) * colour.blue();
                surest = std::max(surest, double(p[k]));
            }
            const double sureness = std::clamp((surest - 1.0 / outputs) / (1 - 1.0 / outputs), 0.0, 1.0);
            line[column] = mixed(m_look->plot, red, green, blue, faintest + (strongest - faintest) * sureness);
        }
    }
    findBoundary();
    m_stale = false;
}

float RegionLayer::margin(int row, int column, int output) const
{
    const std::size_t outputs = std::size_t(m_surface->outputs);
    const std::size_t from = m_spansHeight ? 0 : std::size_t(row);
    // Answers of 0 and 1 would draw a staircase; the scores behind them know where between two cells the boundary runs.
    const Buffer<float>& graded = m_surface->scores.empty() ? m_surface->values : m_surface->scores;
    const float* p = &graded[(from * std::size_t(m_surface->slice.columns) + std::size_t(column)) * outputs];
    float other = -std::numeric_limits<float>::max();
    for (std::size_t k = 0; k < outputs; ++k) {
        if (int(k) != output)
            other = std::max(other, p[k]);
    }
    return p[output] - other;
}

namespace {

/// Where along one axis the answer is looked at: in the middle of a cell of numbers, at both ends of a level, which is the same all over.
struct Node {
    int cell;
    double at;                                              ///< in cells
};

std::vector<Node> nodesOf(int cells, bool levels)
{
    std::vector<Node> nodes;
    for (int cell = 0; cell < cells; ++cell) {
        if (levels)
            nodes.insert(nodes.end(), {{cell, double(cell)}, {cell, cell + 1.0}});
        else
            nodes.push_back({cell, cell + 0.5});
    }
    return nodes;
}

} // namespace

/// Marching squares over the margin of one class: where it is zero, that class stops winning. Between two levels a square has no
/// width, so the boundary runs along the edge.
void RegionLayer::addContour(int output)
{
    const std::vector<Node> columns = nodesOf(m_surface->slice.columns, m_surface->xLevels);
    const std::vector<Node> rows = nodesOf(m_spansHeight ? 1 : m_surface->slice.rows, m_spansHeight || m_surface->yLevels);
    for (std::size_t r = 0; r + 1 < rows.size(); ++r) {
        for (std::size_t c = 0; c + 1 < columns.size(); ++c) {
            const Node left = columns[c], right = columns[c + 1], low = rows[r], high = rows[r + 1];
            const float corner[4] = {margin(low.cell, left.cell, output), margin(low.cell, right.cell, output),
                                     margin(high.cell, right.cell, output), margin(high.cell, left.cell, output)};
            const QPointF at[4] = {QPointF(left.at, low.at), QPointF(right.at, low.at), QPointF(right.at, high.at), QPointF(left.at, high.at)};
            QPointF crossing[4];
            int found = 0;
            for (int side = 0; side < 4; ++side) {
                const float a = corner[side];
                const float b = corner[(side + 1) % 4];
                if ((a > 0) != (b > 0))
                    crossing[found++] = at[side] + (at[(side + 1) % 4] - at[side]) * double(a / (a - b));
            }
            for (int i = 0; i + 1 < found; i += 2)
                m_boundary.emplace_back(crossing[i], crossing[i + 1]);
        }
    }
}

void RegionLayer::findBoundary()
{
    m_boundary.clear();
    if (m_surface->outputs < 2)
        return;
    // With two classes both contours are the same line.
    for (int k = 0; k < (m_surface->outputs == 2 ? 1 : m_surface->outputs); ++k)
        addContour(k);
}

/// Smooth along numbers, and with sharp edges between levels.
void RegionLayer::drawImage(QPainter& painter, const QRectF& target) const
{
    const bool xLevels = m_surface->xLevels, yLevels = m_spansHeight || m_surface->yLevels;
    painter.setRenderHint(QPainter::SmoothPixmapTransform, !(xLevels && yLevels));
    if (xLevels == yLevels || m_spansHeight) {
        painter.drawImage(target, m_image);
        return;
    }
    // Level by level: what is smooth would run over the edges.
    const int levels = xLevels ? m_image.width() : m_image.height();
    const QSize cells = xLevels ? QSize(1, m_image.height()) : QSize(m_image.width(), 1);
    const QSizeF size = xLevels ? QSizeF(target.width() / levels, target.height()) : QSizeF(target.width(), target.height() / levels);
    for (int i = 0; i < levels; ++i) {
        const QPoint first = xLevels ? QPoint(i, 0) : QPoint(0, i);
        const QPointF corner = target.topLeft() + QPointF(first.x() * size.width(), first.y() * size.height());
        painter.drawImage(QRectF(corner, size), m_image.copy(QRect(first, cells)));
    }
}

void RegionLayer::draw(QPainter& painter, const PlotScale& scale, double lineWidth)
{
    if (!m_surface || m_surface->values.empty())
        return;
    if (m_stale)
        render();
    const SurfaceSlice& slice = m_surface->slice;
    QRectF target(scale.toPixel(slice.xMinimum, slice.yMaximum), scale.toPixel(slice.xMaximum, slice.yMinimum));
    if (m_spansHeight) {
        target.setTop(scale.area.top());
        target.setBottom(scale.area.bottom());
    }
    painter.save();
    painter.setClipRect(scale.area);
    drawImage(painter, target);
    painter.setRenderHint(QPainter::Antialiasing);
    QColor line = m_look->text;
    line.setAlphaF(0.75f);
    painter.setPen(QPen(line, lineWidth));
    const int rows = m_spansHeight ? 1 : slice.rows;
    std::vector<QLineF> lines;
    lines.reserve(m_boundary.size());
    const auto place = [&](QPointF cell) {
        return QPointF(target.left() + cell.x() / slice.columns * target.width(), target.bottom() - cell.y() / rows * target.height());
    };
    for (const QLineF& segment : m_boundary)
        lines.emplace_back(place(segment.p1()), place(segment.p2()));
    painter.drawLines(lines.data(), int(lines.size()));
    painter.restore();
}

} // namespace modelarium
