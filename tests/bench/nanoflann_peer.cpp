#include "tests/bench/nanoflann_peer.h"

#include <nanoflann.hpp>

#include <cmath>
#include <cstdint>
#include <vector>

namespace {

template <int Features>
struct Cloud {
    const double* rows;
    std::size_t count;

    std::size_t kdtree_get_point_count() const { return count; }
    double kdtree_get_pt(std::size_t i, std::size_t j) const { return rows[i * Features + j]; }
    template <class Box> bool kdtree_get_bbox(Box&) const { return false; }
};

template <int Features>
class Peer final : public NanoflannPeer {
public:
    Peer(const double* rows, std::size_t count) : m_cloud{rows, count}, m_index(Features, m_cloud, {10}) { m_index.buildIndex(); }

    double predict(const double* queries, std::size_t count, int k, const double* y, int classes, double* out) const override
    {
        std::vector<std::uint32_t> nearest(static_cast<std::size_t>(k));
        std::vector<double> distances(static_cast<std::size_t>(k));
        double sum = 0;
        for (std::size_t i = 0; i < count; ++i, out += classes) {
            m_index.knnSearch(queries + i * Features, std::size_t(k), nearest.data(), distances.data());
            for (int c = 0; c < classes; ++c)
                out[c] = 0;
            for (std::size_t place = 0; place < nearest.size(); ++place) {
                out[int(y[nearest[place]])] += 1.0 / k;
                sum += std::sqrt(distances[place]);
            }
        }
        return sum;
    }

private:
    using Points = Cloud<Features>;
    Points m_cloud;
    nanoflann::KDTreeSingleIndexAdaptor<nanoflann::L2_Simple_Adaptor<double, Points>, Points, Features> m_index;
};

} // namespace

std::unique_ptr<NanoflannPeer> makeNanoflann(const double* rows, std::size_t count, int features)
{
    if (features == 2)
        return std::make_unique<Peer<2>>(rows, count);
    return std::make_unique<Peer<10>>(rows, count);
}
