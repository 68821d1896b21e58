#include "core/kernels/neighbours.h"

#include "core/kernels/lanes.h"

#include <cmath>
#include <limits>

namespace modelarium::kernels {

namespace {

struct Euclidean {
    static Lanes add(Lanes sum, Lanes difference) { return addSquare(sum, difference); }
    static Lanes addOutside(Lanes sum, Lanes outside) { return addSquare(sum, outside); }
    static double exact(const double* x, const double* row, std::size_t features)
    {
        double sum = 0;
        for (std::size_t j = 0; j < features; ++j)
            sum += (x[j] - row[j]) * (x[j] - row[j]);
        return sum;
    }
};

struct Manhattan {
    static Lanes add(Lanes sum, Lanes difference) { return sum + absolute(difference); }
    static Lanes addOutside(Lanes sum, Lanes outside) { return sum + outside; }
    static double exact(const double* x, const double* row, std::size_t features)
    {
        double sum = 0;
        for (std::size_t j = 0; j < features; ++j)
            sum += std::abs(x[j] - row[j]);
        return sum;
    }
};

/// The nearest found so far, and how near a float distance must be to be worth a look.
struct Nearest {
    const NeighbourQuery& query;
    Neighbour* list;
    int k;
    int count = 0;
    float threshold;

    Nearest(const NeighbourQuery& q, int wanted, Neighbour* nearest) : query(q), list(nearest), k(wanted)
    {
        setThreshold(query.bound);
    }

    void setThreshold(double distance)
    {
        const double limit = distance * query.scale * (1 + query.relativeSlack) + query.slack;
        constexpr double largest = std::numeric_limits<float>::max();
        threshold = limit < largest ? float(limit) * (1 + std::numeric_limits<float>::epsilon()) : float(INFINITY);
    }

    void offer(const Neighbour& candidate)
    {
        if (count == k && !(candidate < list[k - 1]))
            return;
        int place = count < k ? count++ : k - 1;
        for (; place > 0 && candidate < list[place - 1]; --place)
            list[place] = list[place - 1];
        list[place] = candidate;
        if (count == k && list[k - 1].distance < query.bound)
            setThreshold(list[k - 1].distance);
    }
};

/// Distances of a query to sixteen boxes: 0 inside.
template <class Metric>
Lanes boxDistances(const float* boxes, const float* q, std::size_t features)
{
    Lanes sum = Lanes::zero();
    for (std::size_t j = 0; j < features; ++j) {
        const Lanes x = Lanes::all(q[j]);
        const Lanes below = Lanes::load(boxes + 32 * j) - x;
        const Lanes above = x - Lanes::load(boxes + 32 * j + 16);
        sum = Metric::addOutside(sum, maximum(maximum(below, above), Lanes::zero()));
    }
    return sum;
}

template <class Metric, std::size_t Features>
void scanLeaf(const NeighbourTree& tree, std::size_t leaf, Nearest& nearest)
{
    const std::size_t features = Features ? Features : tree.features;
    const float* q = nearest.query.scaled;
    const float* values = tree.leaves + leaf * tree.blocksInLeaf * laneCount * features;
    const std::size_t firstSlot = leaf * tree.blocksInLeaf * laneCount;
    for (std::size_t block = 0; block < tree.blocksInLeaf; ++block, values += laneCount * features) {
        Lanes distance = Lanes::zero();
        for (std::size_t j = 0; j < features; ++j)
            distance = Metric::add(distance, Lanes::load(values + laneCount * j) - Lanes::all(q[j]));
        std::uint32_t near = lessOrEqual(distance, Lanes::all(nearest.threshold));
        for (; near; near &= near - 1) {
            const std::size_t slot = firstSlot + block * laneCount + std::size_t(__builtin_ctz(near));
            nearest.offer({Metric::exact(nearest.query.x, tree.rows + slot * features, features), tree.samples[slot]});
        }
    }
}

struct Waiting {
    float distance;
    std::int32_t child;
};

/// Sixteen children a level; 2^31 samples make no more than eight levels.
constexpr std::size_t mostWaiting = 8 * laneCount;

/// Puts the children that may hold a neighbour on the stack, the nearest on top.
template <class Metric, std::size_t Features>
std::size_t pushChildren(const NeighbourTree& tree, std::size_t node, const Nearest& nearest, Waiting* stack, std::size_t size)
{
    const std::size_t features = Features ? Features : tree.features;
    const Lanes distance = boxDistances<Metric>(tree.boxes + node * 32 * features, nearest.query.scaled, features);
    float distances[laneCount];
    distance.store(distances);
    std::uint32_t near = lessOrEqual(distance, Lanes::all(nearest.threshold)) & ((1u << tree.childCounts[node]) - 1);
    const std::size_t bottom = size;
    for (; near; near &= near - 1) {
        const int lane = __builtin_ctz(near);
        const Waiting entry{distances[lane], tree.children[node * laneCount + std::size_t(lane)]};
        std::size_t place = size++;
        for (; place > bottom && stack[place - 1].distance < entry.distance; --place)
            stack[place] = stack[place - 1];
        stack[place] = entry;
    }
    return size;
}

template <class Metric, std::size_t Features>
void search(const NeighbourTree& tree, Nearest& nearest)
{
    Waiting stack[mostWaiting];
    std::size_t size = pushChildren<Metric, Features>(tree, 0, nearest, stack, 0);
    while (size > 0) {
        const Waiting next = stack[--size];
        if (next.distance > nearest.threshold)
            continue;
        if (next.child < 0)
            scanLeaf<Metric, Features>(tree, std::size_t(~next.child), nearest);
        else
            size = pushChildren<Metric, Features>(tree, std::size_t(next.child), nearest, stack, size);
    }
}

} // namespace

void modelariumFindNearest(const NeighbourTree* tree, const NeighbourQuery* query, int k, Neighbour* list) noexcept
{
    Nearest nearest(*query, k, list);
    if (tree->manhattan)
        search<Manhattan, 0>(*tree, nearest);
    else if (tree->features == 2)
        search<Euclidean, 2>(*tree, nearest);
    else
        search<Euclidean, 0>(*tree, nearest);
}

std::int32_t modelariumNearestLeaf(const NeighbourTree* tree, const float* scaled) noexcept
{
    std::size_t node = 0;
    for (;;) {
        float distances[laneCount];
        boxDistances<Euclidean>(tree->boxes + node * 32 * tree->features, scaled, tree->features).store(distances);
        int best = 0;
        for (int lane = 1; lane < tree->childCounts[node]; ++lane)
            best = distances[lane] < distances[best] ? lane : best;
        const std::int32_t child = tree->children[node * laneCount + std::size_t(best)];
        if (child < 0)
            return ~child;
        node = std::size_t(child);
    }
}

} // namespace modelarium::kernels
