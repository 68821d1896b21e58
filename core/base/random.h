#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace modelarium {

/// Seeded random numbers that are the same on every machine and with every standard library.
///
/// Math     xoshiro256++, seeded by splitmix64; uniform doubles from the upper 53 bits; normals by the polar method;
///          integers below n without bias by rejection
/// Source   D. Blackman, S. Vigna, ACM Trans. Math. Softw. 47(4), 2021; G. Marsaglia, T. A. Bray, SIAM Rev. 6(3), 1964
class Random {
public:
    explicit Random(std::uint64_t seed);

    std::uint64_t bits();
    double uniform();                               ///< in [0, 1)
    double uniform(double low, double high);
    double normal();                                ///< mean 0, standard deviation 1
    std::uint64_t below(std::uint64_t n);           ///< in [0, n), n > 0

    /// A generator of its own for part `stream` of a task, so that parts can run in any order on any thread.
    Random split(std::uint64_t stream) const;

    template <class T, class A>
    void shuffle(std::vector<T, A>& values)
    {
        for (std::size_t i = values.size(); i > 1; --i)
            std::swap(values[i - 1], values[below(i)]);
    }

private:
    std::uint64_t m_state[4];
    double m_spare = 0;
    bool m_hasSpare = false;
};

} // namespace modelarium
