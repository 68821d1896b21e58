#include "core/base/random.h"

#include <bit>
#include <cmath>

namespace modelarium {

namespace {
std::uint64_t splitmix(std::uint64_t& state)
{
    std::uint64_t z = (state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}
}

Random::Random(std::uint64_t seed)
{
    for (std::uint64_t& word : m_state)
        word = splitmix(seed);
}

std::uint64_t Random::bits()
{
    const std::uint64_t result = std::rotl(m_state[0] + m_state[3], 23) + m_state[0];
    const std::uint64_t t = m_state[1] << 17;
    m_state[2] ^= m_state[0];
    m_state[3] ^= m_state[1];
    m_state[1] ^= m_state[2];
    m_state[0] ^= m_state[3];
    m_state[2] ^= t;
    m_state[3] = std::rotl(m_state[3], 45);
    return result;
}

double Random::uniform() { return double(bits() >> 11) * 0x1.0p-53; }

double Random::uniform(double low, double high) { return low + (high - low) * uniform(); }

double Random::normal()
{
    if (m_hasSpare) {
        m_hasSpare = false;
        return m_spare;
    }
    double u, v, s;
    do {
        u = uniform(-1, 1);
        v = uniform(-1, 1);
        s = u * u + v * v;
    } while (s >= 1 || s == 0);
    const double factor = std::sqrt(-2 * std::log(s) / s);
    m_spare = v * factor;
    m_hasSpare = true;
    return u * factor;
}

std::uint64_t Random::below(std::uint64_t n)
{
    // Numbers under 2^64 mod n would make small results likelier: draw again. Few are even under n: the division that tells is seldom needed.
    for (;;) {
        const std::uint64_t drawn = bits();
        if (drawn >= n || drawn >= (0 - n) % n)
            return drawn % n;
    }
}

Random Random::split(std::uint64_t stream) const
{
    std::uint64_t seed = m_state[0] ^ std::rotl(m_state[2], 32) ^ (stream * 0xD1342543DE82EF95u);
    return Random(splitmix(seed));
}

} // namespace modelarium
