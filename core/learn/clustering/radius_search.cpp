#include "core/learn/clustering/radius_search.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace modelarium {

using Eigen::Index;

namespace {

constexpr std::size_t leafSize = 24;

} // namespace

RadiusSearch::RadiusSearch(const Matrix& X)
    : m_X(X), m_features(std::size_t(X.cols())), m_sampleOf(std::size_t(X.rows()))
{
    std::iota(m_sampleOf.begin(), m_sampleOf.end(), Index(0));
    m_nodes.push_back({0, m_sampleOf.size(), 0, m_sampleOf.size()});
}

void RadiusSearch::build(double mostValues)
{
    const double valuesOfLevel = double(m_sampleOf.size()) * double(m_features + 8);       // boxes and medians
    for (double looked = 0; !m_isBuilt && looked < mostValues; looked += valuesOfLevel) {
        if (m_split < m_nodes.size())
            splitLevel();
        else
            takeRows();
    }
}

/// The rows in the order of the places.
void RadiusSearch::takeRows()
{
    m_rows.resize(std::size_t(m_X.size()));
    m_placeOf.resize(m_sampleOf.size());
    m_taken.resize(m_sampleOf.size());
    constexpr std::size_t together = 4096;
    parallelFor((m_sampleOf.size() + together - 1) / together, [&](std::size_t block) {
        for (std::size_t place = block * together; place < std::min(m_sampleOf.size(), (block + 1) * together); ++place) {
            m_placeOf[std::size_t(m_sampleOf[place])] = place;
            for (std::size_t j = 0; j < m_features; ++j)
                m_rows[place * m_features + j] = m_X(m_sampleOf[place], Index(j));
        }
    });
    m_isBuilt = true;
}

/// The nodes of a level are split independently of each other.
void RadiusSearch::splitLevel()
{
    const std::size_t level = m_split, end = m_nodes.size();
    m_boxes.resize(end * 2 * m_features);
    std::vector<std::size_t> middles(end - level);
    constexpr std::size_t mostBlocks = 64;
    const std::size_t together = (middles.size() + mostBlocks - 1) / mostBlocks;
    parallelFor((middles.size() + together - 1) / together, [&](std::size_t block) {
        for (std::size_t k = block * together; k < std::min(middles.size(), (block + 1) * together); ++k)
            middles[k] = split(level + k);
    });
    for (std::size_t node = level; node < end; ++node) {
        const std::size_t first = m_nodes[node].first, middle = middles[node - level], last = m_nodes[node].last;
        if (middle == last)
            continue;
        m_nodes[node].left = m_nodes.size();
        m_nodes.push_back({first, middle, 0, middle - first});
        m_nodes.push_back({middle, last, 0, last - middle});
    }
    m_split = end;
    ++m_levels;
}

/// The box of a node, and its samples parted at the median of the widest feature: where. The end of the node where they are few, or all alike.
std::size_t RadiusSearch::split(std::size_t node)
{
    const std::size_t first = m_nodes[node].first, last = m_nodes[node].last;
    double* box = &m_boxes[node * 2 * m_features];
    Index widest = 0;
    double width = 0;
    for (Index j = 0; j < m_X.cols(); ++j) {
        const double* x = m_X.col(j).data();
        double low = x[m_sampleOf[first]], high = low;
        for (std::size_t i = first; i < last; ++i) {
            low = std::min(low, x[m_sampleOf[i]]);
            high = std::max(high, x[m_sampleOf[i]]);
        }
        box[std::size_t(j)] = low;
        box[m_features + std::size_t(j)] = high;
        if (high - low > width) {
            width = high - low;
            widest = j;
        }
    }
    if (last - first <= leafSize || width == 0)
        return last;
    // Values beside their samples: the median is sought in memory that lies together.
    std::vector<std::pair<double, Index>> values;
    values.reserve(last - first);
    for (std::size_t i = first; i < last; ++i)
        values.emplace_back(m_X(m_sampleOf[i], widest), m_sampleOf[i]);
    const std::size_t half = (last - first) / 2;
    std::nth_element(values.begin(), values.begin() + std::ptrdiff_t(half), values.end());
    for (std::size_t i = first; i < last; ++i)
        m_sampleOf[i] = values[i - first].second;
    return first + half;
}

double RadiusSearch::nearestInBox(std::size_t node, const double* x) const
{
    const double* low = &m_boxes[node * 2 * m_features];
    const double* high = low + m_features;
    double sum = 0;
    for (std::size_t j = 0; j < m_features; ++j) {
        const double difference = x[j] < low[j] ? low[j] - x[j] : x[j] > high[j] ? x[j] - high[j] : 0;
        sum += difference * difference;
    }
    return sum;
}

double RadiusSearch::farthestInBox(std::size_t node, const double* x) const
{
    const double* low = &m_boxes[node * 2 * m_features];
    const double* high = low + m_features;
    double sum = 0;
    for (std::size_t j = 0; j < m_features; ++j) {
        const double difference = std::max(std::abs(x[j] - low[j]), std::abs(x[j] - high[j]));
        sum += difference * difference;
    }
    return sum;
}

double RadiusSearch::distance(std::size_t place, const double* x) const
{
    const double* row = &m_rows[place * m_features];
    double sum = 0;
    for (std::size_t j = 0; j < m_features; ++j)
        sum += (x[j] - row[j]) * (x[j] - row[j]);
    return sum;
}

std::size_t RadiusSearch::leafOf(std::size_t place) const
{
    std::size_t node = 0;
    while (m_nodes[node].left != 0)
        node = m_nodes[node].left + (place >= m_nodes[m_nodes[node].left].last);
    return node;
}

bool RadiusSearch::hasWithin(Index sample, double squaredRadius, std::size_t enough, std::size_t& looked) const
{
    const std::size_t place = m_placeOf[std::size_t(sample)];
    const Ball ball{&m_rows[place * m_features], squaredRadius, enough, looked};
    // In the midst of a cluster the samples of its own leaf are enough.
    const std::size_t leaf = leafOf(place);
    std::size_t found = 0;
    if (m_nodes[leaf].last - m_nodes[leaf].first >= enough)
        count(leaf, ball, found);
    if (found < enough) {
        found = 0;
        count(0, ball, found);
    }
    return found >= enough;
}

void RadiusSearch::count(std::size_t index, const Ball& ball, std::size_t& found) const
{
    ++ball.looked;
    if (found >= ball.enough || nearestInBox(index, ball.x) > ball.squaredRadius)
        return;
    const Node& node = m_nodes[index];
    if (farthestInBox(index, ball.x) <= ball.squaredRadius) {
        found += node.last - node.first;
    } else if (node.left != 0) {
        count(node.left, ball, found);
        count(node.left + 1, ball, found);
    } else {
        ball.looked += node.last - node.first;
        for (std::size_t place = node.first; place < node.last; ++place)
            found += distance(place, ball.x) <= ball.squaredRadius;
    }
}

void RadiusSearch::takeWithin(Index sample, double squaredRadius, std::vector<Index>& taken, std::size_t& looked)
{
    taken.clear();
    take(0, {&m_rows[m_placeOf[std::size_t(sample)] * m_features], squaredRadius, 0, looked}, taken);
}

/// How many were handed out below this node.
std::size_t RadiusSearch::take(std::size_t index, const Ball& ball, std::vector<Index>& taken)
{
    Node& node = m_nodes[index];
    ++ball.looked;
    if (node.remaining == 0 || nearestInBox(index, ball.x) > ball.squaredRadius)
        return 0;
    std::size_t count = 0;
    if (node.left != 0) {
        count = take(node.left, ball, taken) + take(node.left + 1, ball, taken);
    } else {
        ball.looked += node.last - node.first;
        for (std::size_t place = node.first; place < node.last; ++place)
            if (!m_taken[place] && distance(place, ball.x) <= ball.squaredRadius) {
                m_taken[place] = 1;
                taken.push_back(m_sampleOf[place]);
                ++count;
            }
    }
    node.remaining -= count;
    return count;
}

} // namespace modelarium
