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

/// A float distance that is surely not too small for samples at `distance` from the query.
float floatLimit(const NeighbourQuery& query, double distance)
{
    const double limit = distance * query.scale * (1 + query.relativeSlack) + query.slack;
    constexpr double largest = std::numeric_limits<float>::max();
    return limit < largest ? float(limit) * (1 + std::numeric_limits<float>::epsilon()) : float(INFINITY);
}

/// Keeps the k nearest sorted, every one compared in double as it comes: for any k, and for any number of equal distances.
class SortedList {
public:
    SortedList(const NeighbourTree& tree, const NeighbourQuery& query, int k, Neighbour* list)
        : m_tree(tree), m_query(query), m_list(list), m_k(k), m_threshold(Lanes::all(floatLimit(query, query.bound)))
    {
    }

    Lanes threshold() const { return m_threshold; }
    bool isFull() const { return false; }

    template <class Metric>
    void offer(std::uint32_t near, Lanes, std::size_t firstSlot)
    {
        for (; near; near &= near - 1) {
            const std::size_t slot = firstSlot + std::size_t(__builtin_ctz(near));
            insert({Metric::exact(m_query.x, m_tree.rows + slot * m_tree.features, m_tree.features), m_tree.samples[slot]});
        }
    }

private:
    void insert(const Neighbour& candidate)
    {
        if (m_count == m_k && !(candidate < m_list[m_k - 1]))
            return;
        int place = m_count < m_k ? m_count++ : m_k - 1;
        for (; place > 0 && candidate < m_list[place - 1]; --place)
            m_list[place] = m_list[place - 1];
        m_list[place] = candidate;
        if (m_count == m_k && m_list[m_k - 1].distance < m_query.bound)
            m_threshold = Lanes::all(floatLimit(m_query, m_list[m_k - 1].distance));
    }

    const NeighbourTree& m_tree;
    const NeighbourQuery& m_query;
    Neighbour* m_list;
    int m_k;
    int m_count = 0;
    Lanes m_threshold;
};

/// For few neighbours: the k smallest float distances stay sorted in registers, without a branch; whatever was near enough
/// when it was met is noted, and compared in double at the end.
template <int Registers>
class Shortlist {
public:
    Shortlist(const NeighbourTree& tree, const NeighbourQuery& query, int k)
        : m_tree(tree), m_query(query), m_bound(Lanes::all(floatLimit(query, query.bound))), m_threshold(m_bound)
    {
        // The k-th smallest is to stand in the last lane: the lanes that are too many hold what nothing displaces.
        float start[Registers * laneCount];
        for (int lane = 0; lane < Registers * int(laneCount); ++lane)
            start[lane] = lane < Registers * int(laneCount) - k ? -float(INFINITY) : float(INFINITY);
        for (int r = 0; r < Registers; ++r)
            m_sorted[r] = Lanes::load(start + std::size_t(r) * laneCount);
        // A sample whose float distance is f may be farther than f, and one that is as far may have a larger float distance.
        const double widen = 1 + query.relativeSlack;
        m_factor = Lanes::all(float(widen * widen * (1 + 1e-6)));
        m_slack = Lanes::all(float(query.slack * (2 + query.relativeSlack) * (1 + 1e-6)));
    }

    Lanes threshold() const { return m_threshold; }
    /// More equal distances than there is room for.
    bool isFull() const { return m_count + laneCount > room; }

    template <class Metric>
    void offer(std::uint32_t near, Lanes distances, std::size_t firstSlot)
    {
        float values[laneCount];
        distances.store(values);
        for (; near; near &= near - 1) {
            const int lane = __builtin_ctz(near);
            const Lanes value = Lanes::all(values[lane]);
            m_values[m_count] = values[lane];
            m_slots[m_count++] = std::uint32_t(firstSlot) + std::uint32_t(lane);
            // Insertion into a sorted list is the median of three, in every place: the value before, the value, the new one.
            for (int r = Registers - 1; r > 0; --r)
                m_sorted[r] = maximum(shiftUp(m_sorted[r], m_sorted[r - 1]), minimum(m_sorted[r], value));
            m_sorted[0] = maximum(shiftUp(m_sorted[0], Lanes::all(-float(INFINITY))), minimum(m_sorted[0], value));
        }
        m_threshold = minimum(m_bound, multiplyAdd(allLast(m_sorted[Registers - 1]), m_factor, m_slack));
        if (m_count + 2 * laneCount > room)
            forgetFar();
    }

    /// The k nearest of what was noted; false where too many are equally near.
    template <class Metric>
    bool finish(int k, Neighbour* list)
    {
        forgetFar();
        if (isFull())
            return false;
        if (!m_query.ordered && m_count == std::size_t(k)) {
            // Floats could tell them from all others. The last lane holds the largest of their distances.
            const double farthest = first(allLast(m_sorted[Registers - 1]));
            const double limit = (farthest * (1 + m_query.relativeSlack) + m_query.slack) / m_query.scale;
            for (std::size_t i = 0; i < m_count; ++i)
                list[i] = {limit, m_tree.samples[m_slots[i]]};
            return true;
        }
        double distances[room];
        std::int64_t samples[room];
        for (std::size_t i = 0; i < m_count; ++i) {
            distances[i] = Metric::exact(m_query.x, m_tree.rows + m_slots[i] * m_tree.features, m_tree.features);
            samples[i] = m_tree.samples[m_slots[i]];
        }
        // Everybody's place is the number of those before: many comparisons, and none that has to be guessed.
        for (std::size_t i = 0; i < m_count; ++i) {
            std::int64_t place = 0;
            for (std::size_t j = 0; j < m_count; ++j)
                place += std::int64_t(distances[j] < distances[i])
                    + std::int64_t((distances[j] == distances[i]) & (samples[j] < samples[i]));
            if (place < k)
                list[place] = {distances[i], samples[i]};
        }
        return true;
    }

private:
    static constexpr std::size_t room = 256;

    void forgetFar()
    {
        const float limit = first(m_threshold);
        std::size_t kept = 0;
        for (std::size_t i = 0; i < m_count; ++i) {
            m_values[kept] = m_values[i];
            m_slots[kept] = m_slots[i];
            kept += m_values[i] <= limit;
        }
        m_count = kept;
    }

    const NeighbourTree& m_tree;
    const NeighbourQuery& m_query;
    Lanes m_sorted[Registers];
    Lanes m_bound;
    Lanes m_threshold;
    Lanes m_factor;
    Lanes m_slack;
    std::size_t m_count = 0;
    float m_values[room];
    std::uint32_t m_slots[room];
};

/// Everybody up to the bound, while there is room.
class Gathering {
public:
    Gathering(const NeighbourTree& tree, const NeighbourQuery& query, NeighbourSlot* found, std::size_t room)
        : m_tree(tree), m_query(query), m_found(found), m_room(room), m_threshold(Lanes::all(floatLimit(query, query.bound)))
    {
    }

    Lanes threshold() const { return m_threshold; }
    bool isFull() const { return m_count > m_room; }
    std::size_t count() const { return m_count; }

    template <class Metric>
    void offer(std::uint32_t near, Lanes, std::size_t firstSlot)
    {
        for (; near && m_count <= m_room; near &= near - 1) {
            const std::size_t slot = firstSlot + std::size_t(__builtin_ctz(near));
            if (m_count < m_room)
                m_found[m_count] = {Metric::exact(m_query.x, m_tree.rows + slot * m_tree.features, m_tree.features), std::uint32_t(slot)};
            ++m_count;
        }
    }

private:
    const NeighbourTree& m_tree;
    const NeighbourQuery& m_query;
    NeighbourSlot* m_found;
    std::size_t m_room;
    std::size_t m_count = 0;
    Lanes m_threshold;
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

/// Offers the samples of a few blocks; their distances are taken side by side, so that no sum waits for the one before and each number of
/// the query is loaded once.
template <class Metric, std::size_t Features, std::size_t together, class Found>
void scanBlocks(const NeighbourTree& tree, const float* q, std::size_t firstBlock, Found& found)
{
    const std::size_t features = Features ? Features : tree.features, size = laneCount * features;
    const float* values = tree.leaves + firstBlock * size;
    Lanes distances[together];
    for (Lanes& distance : distances)
        distance = Lanes::zero();
    for (std::size_t j = 0; j < features; ++j) {
        const Lanes x = Lanes::all(q[j]);
        for (std::size_t block = 0; block < together; ++block)
            distances[block] = Metric::add(distances[block], Lanes::load(values + block * size + laneCount * j) - x);
    }
    for (std::size_t block = 0; block < together; ++block) {
        if (found.isFull())
            return;
        if (const std::uint32_t near = lessOrEqual(distances[block], found.threshold()))
            found.template offer<Metric>(near, distances[block], (firstBlock + block) * laneCount);
    }
}

/// As many blocks as there are registers for.
#if defined(__AVX2__)
constexpr std::size_t blocksTogether = 4;
#else
constexpr std::size_t blocksTogether = 1;
#endif

template <class Metric, std::size_t Features, class Found>
void scanLeaf(const NeighbourTree& tree, const float* q, std::size_t leaf, Found& found)
{
    std::size_t block = leaf * tree.blocksInLeaf;
    const std::size_t end = block + tree.blocksInLeaf;
    for (; block + blocksTogether <= end; block += blocksTogether)
        scanBlocks<Metric, Features, blocksTogether>(tree, q, block, found);
    for (; block + 2 <= end; block += 2)
        scanBlocks<Metric, Features, 2>(tree, q, block, found);
    for (; block < end; ++block)
        scanBlocks<Metric, Features, 1>(tree, q, block, found);
}

struct Waiting {
    float distance;
    std::int32_t child;
};

/// Sixteen children a level; 2^31 samples make no more than eight levels.
constexpr std::size_t mostWaiting = 8 * laneCount;

/// Puts the children that may hold a neighbour on the stack, the nearest on top.
template <class Metric, std::size_t Features>
std::size_t pushChildren(const NeighbourTree& tree, const float* q, std::size_t node, Lanes threshold, Waiting* stack, std::size_t size)
{
    const std::size_t features = Features ? Features : tree.features;
    const Lanes distance = boxDistances<Metric>(tree.boxes + node * 32 * features, q, features);
    float distances[laneCount];
    distance.store(distances);
    std::uint32_t near = lessOrEqual(distance, threshold) & ((1u << tree.childCounts[node]) - 1);
    const std::uint32_t all = near;
    const std::size_t count = std::size_t(__builtin_popcount(all)), top = size + count - 1;
    for (; near; near &= near - 1) {
        const int lane = __builtin_ctz(near);
        // Its place is the number of those that are nearer: many comparisons, and none that has to be guessed.
        const Lanes own = Lanes::all(distances[lane]);
        const std::uint32_t notFarther = lessOrEqual(distance, own) & all, equal = notFarther & lessOrEqual(own, distance);
        const int nearer = __builtin_popcount(notFarther) - __builtin_popcount(equal >> lane);
        stack[top - std::size_t(nearer)] = {distances[lane], tree.children[node * laneCount + std::size_t(lane)]};
    }
    return size + count;
}

template <class Metric, std::size_t Features, class Found>
void search(const NeighbourTree& tree, const float* q, Found& found)
{
    Waiting stack[mostWaiting];
    std::size_t size = pushChildren<Metric, Features>(tree, q, 0, found.threshold(), stack, 0);
    while (size > 0 && !found.isFull()) {
        // Read one by one, as they were written: a load across two stores waits for both.
        const Waiting& next = stack[--size];
        const float distance = next.distance;
        const std::int32_t child = next.child;
        if (distance > first(found.threshold()))
            continue;
        if (child < 0)
            scanLeaf<Metric, Features>(tree, q, std::size_t(~child), found);
        else
            size = pushChildren<Metric, Features>(tree, q, std::size_t(child), found.threshold(), stack, size);
    }
}

template <class Metric, std::size_t Features, int Registers>
bool findFew(const NeighbourTree& tree, const NeighbourQuery& query, int k, Neighbour* nearest)
{
    Shortlist<Registers> found(tree, query, k);
    search<Metric, Features>(tree, query.scaled, found);
    return !found.isFull() && found.template finish<Metric>(k, nearest);
}

template <class Metric, std::size_t Features>
void findNearest(const NeighbourTree& tree, const NeighbourQuery& query, int k, Neighbour* nearest)
{
    if (k <= int(laneCount) && findFew<Metric, Features, 1>(tree, query, k, nearest))
        return;
    if (k > int(laneCount) && k <= 4 * int(laneCount) && findFew<Metric, Features, 4>(tree, query, k, nearest))
        return;
    SortedList found(tree, query, k, nearest);
    search<Metric, Features>(tree, query.scaled, found);
}

} // namespace

void modelariumFindNearest(const NeighbourTree* tree, const NeighbourQuery* query, int k, Neighbour* nearest) noexcept
{
    if (tree->manhattan)
        findNearest<Manhattan, 0>(*tree, *query, k, nearest);
    else if (tree->features == 2)
        findNearest<Euclidean, 2>(*tree, *query, k, nearest);
    else
        findNearest<Euclidean, 0>(*tree, *query, k, nearest);
}

std::size_t modelariumFindWithin(const NeighbourTree* tree, const NeighbourQuery* query, NeighbourSlot* found, std::size_t room) noexcept
{
    Gathering gathering(*tree, *query, found, room);
    if (tree->manhattan)
        search<Manhattan, 0>(*tree, query->scaled, gathering);
    else
        search<Euclidean, 0>(*tree, query->scaled, gathering);
    return gathering.count();
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
