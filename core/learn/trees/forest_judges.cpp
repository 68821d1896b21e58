#include "core/learn/trees/forest_judges.h"

#include <algorithm>

namespace modelarium {

ForestJudges::ForestJudges(const Matrix& X, const BinnedColumns& columns, const Draws& draws, Judges judges)
    : m_X(X), m_columns(columns), m_places(draws.size()), m_scratch(draws.size()), m_leaves(draws.size(), GrownTree::notAsked)
{
    for (std::size_t i = 0; i < draws.size(); ++i) {
        m_places[m_count] = std::uint32_t(i);
        m_count += judges == Judges::All || draws[i] == 0;
    }
}

void ForestJudges::gather(const Range& range)
{
    const std::size_t count = range.end - range.begin, stride = m_columns.stride();
    m_gathered.resize(std::max(m_gathered.size(), count));
    m_bins.resize(std::max(m_bins.size(), count * stride));
    for (std::size_t i = 0; i < count; ++i) {
        std::uint32_t& place = m_places[range.begin + i];
        std::copy_n(m_columns.binsOf(0) + place * stride, stride, &m_bins[i * stride]);
        m_gathered[i] = place;
        place = std::uint32_t(i);
    }
}

/// Both sides are written, one of them counts: the side of a sample is a coin toss that no branch should depend on.
template <class GoesLeft>
std::size_t ForestJudges::part(const Range& range, const GoesLeft& goesLeft)
{
    std::uint32_t* places = m_places.data();
    std::uint32_t* scratch = m_scratch.data();
    std::size_t l = range.begin, r = 0;
    for (std::size_t i = range.begin; i < range.end; ++i) {
        const std::uint32_t place = places[i];
        const std::size_t left = goesLeft(place);
        places[l] = place;
        scratch[r] = place;
        l += left;
        r += 1 - left;
    }
    copyFew(scratch, r, places + l);
    return l;
}

std::size_t ForestJudges::part(const Range& range, bool isGathered, std::size_t feature, double threshold, const BinnedColumns::Side& side)
{
    const std::uint8_t* bins = isGathered ? &m_bins[feature] : m_columns.column(feature);
    const std::size_t stride = isGathered ? m_columns.stride() : 1;
    const std::size_t firstRight = side.firstRight;
    if (!side.isParted)
        return part(range, [=](std::uint32_t place) { return bins[place * stride] < firstRight; });
    // The values themselves lie far away in memory; few judges have to be asked for theirs.
    const double* x = m_X.col(Eigen::Index(feature)).data();
    return part(range, [&](std::uint32_t place) {
        const std::size_t bin = bins[place * stride];
        return bin == firstRight ? double(float(x[sampleOf(place, isGathered)])) <= threshold : bin < firstRight;
    });
}

void ForestJudges::arrive(const Range& range, bool isGathered, std::size_t leaf)
{
    for (std::size_t i = range.begin; i < range.end; ++i)
        m_leaves[sampleOf(m_places[i], isGathered)] = std::uint32_t(leaf);
}

} // namespace modelarium
