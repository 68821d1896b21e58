#include "core/learn/clustering/radius_search.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace modelarium {

using Eigen::Index;

namespace {

constexpr std::size_t leafSize = 24;

} // namespace

RadiusSearch::RadiusSearch(const Matrix& X) : m_features(std::size_t(X.cols())), m_taken(std::size_t(X.rows()))
{
    m_sampleOf.resize(m_taken.size());
    std::iota(m_sampleOf.begin(), m_sampleOf.end(), Index(0));
    build(X, m_sampleOf, 0, m_sampleOf.size());
    m_placeOf.resize(m_sampleOf.size());
    m_rows.reserve(m_sampleOf.size() * m_features);
    for (std::size_t place = 0; place < m_sampleOf.size(); ++place) {
        m_placeOf[std::size_t(m_sampleOf[place])] = place;
        for (Index j = 0; j < X.cols(); ++j)
            m_rows.push_back(X(m_sampleOf[place], j));
    }
}

/// Splits at the median of the widest feature; samples that are all alike stay together, however many.
std::size_t RadiusSearch::build(const Matrix& X, std::vector<Index>& order, std::size_t first, std::size_t last)
{
    const std::size_t node = m_nodes.size();
    m_nodes.push_back({first, last, 0, 0, last - first});
    const std::size_t box = m_boxes.size();
    m_boxes.resize(box + 2 * m_features);
    Index widest = 0;
    double width = 0;
    for (Index j = 0; j < X.cols(); ++j) {
        double low = X(order[first], j), high = low;
        for (std::size_t i = first; i < last; ++i) {
            low = std::min(low, X(order[i], j));
            high = std::max(high, X(order[i], j));
        }
        m_boxes[box + std::size_t(j)] = low;
        m_boxes[box + m_features + std::size_t(j)] = high;
        if (high - low > width) {
            width = high - low;
            widest = j;
        }
    }
    if (last - first <= leafSize || width == 0)
        return node;
    const std::size_t middle = first + (last - first) / 2;
    std::nth_element(order.begin() + std::ptrdiff_t(first), order.begin() + std::ptrdiff_t(middle), order.begin() + std::ptrdiff_t(last),
                     [&](Index a, Index b) { return X(a, widest) < X(b, widest) || (X(a, widest) == X(b, widest) && a < b); });
    const std::size_t left = build(X, order, first, middle), right = build(X, order, middle, last);
    m_nodes[node].left = left;
    m_nodes[node].right = right;
    return node;
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

std::size_t RadiusSearch::countWithin(const double* x, double squaredRadius, std::size_t enough) const
{
    std::size_t found = 0;
    count(0, x, squaredRadius, enough, found);
    return found;
}

void RadiusSearch::count(std::size_t index, const double* x, double squaredRadius, std::size_t enough, std::size_t& found) const
{
    if (found >= enough || nearestInBox(index, x) > squaredRadius)
        return;
    const Node& node = m_nodes[index];
    if (farthestInBox(index, x) <= squaredRadius) {
        found += node.last - node.first;
    } else if (node.left != 0) {
        count(node.left, x, squaredRadius, enough, found);
        count(node.right, x, squaredRadius, enough, found);
    } else {
        for (std::size_t place = node.first; place < node.last; ++place)
            found += distance(place, x) <= squaredRadius;
    }
}

void RadiusSearch::takeWithin(const double* x, double squaredRadius, std::vector<Index>& taken)
{
    taken.clear();
    take(0, x, squaredRadius, taken);
}

/// How many were handed out below this node.
std::size_t RadiusSearch::take(std::size_t index, const double* x, double squaredRadius, std::vector<Index>& taken)
{
    Node& node = m_nodes[index];
    if (node.remaining == 0 || nearestInBox(index, x) > squaredRadius)
        return 0;
    std::size_t count = 0;
    if (node.left != 0) {
        count = take(node.left, x, squaredRadius, taken) + take(node.right, x, squaredRadius, taken);
    } else {
        for (std::size_t place = node.first; place < node.last; ++place)
            if (!m_taken[place] && distance(place, x) <= squaredRadius) {
                m_taken[place] = 1;
                taken.push_back(m_sampleOf[place]);
                ++count;
            }
    }
    node.remaining -= count;
    return count;
}

} // namespace modelarium
