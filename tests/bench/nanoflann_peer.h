#pragma once

#include <cstddef>
#include <memory>

/// nanoflann's exact k-d tree behind plain pointers.
class NanoflannPeer {
public:
    virtual ~NanoflannPeer() = default;

    /// Shares of the classes among the k nearest of each query; returns the sum of all distances.
    virtual double predict(const double* queries, std::size_t count, int k, const double* y, int classes, double* out) const = 0;
};

/// For 2 and 10 features. The rows must outlive the peer.
std::unique_ptr<NanoflannPeer> makeNanoflann(const double* rows, std::size_t count, int features);
