#include "core/model/pairwise_probabilities.h"

#include "core/model/parameters.h"

#include <algorithm>
#include <cmath>

namespace modelarium {

namespace {

/// Of two classes the probability of each, kept off 0 and 1: there the conditions would contradict each other.
class Pairs {
public:
    Pairs(const double* ofSecond, std::size_t classes) : m_ofSecond(ofSecond), m_classes(classes) {}

    /// P(k | k or l)
    double operator()(std::size_t k, std::size_t l) const
    {
        constexpr double least = 1e-7;
        const double ofSecond = k < l ? 1 - m_ofSecond[place(k, l)] : m_ofSecond[place(l, k)];
        return std::clamp(ofSecond, least, 1 - least);
    }

private:
    std::size_t place(std::size_t k, std::size_t l) const { return k * (2 * m_classes - k - 1) / 2 + l - k - 1; }

    const double* m_ofSecond;
    std::size_t m_classes;
};

} // namespace

/// The minimum is where Q p is the same for all classes, Q_kk = sum_l r_lk^2 and Q_kl = -r_kl r_lk: one class after the other is moved
/// there, and all are divided by their sum.
void coupleProbabilities(const double* ofSecond, std::size_t classes, double* p) noexcept
{
    constexpr double enough = 1e-14;
    constexpr int mostIterations = 1000;
    const Pairs r(ofSecond, classes);
    double squares[std::size_t(mostKernelClasses)], products[std::size_t(mostKernelClasses)];           // Q_kk, (Q p)_k
    std::fill_n(p, classes, 1 / double(classes));
    for (std::size_t k = 0; k < classes; ++k) {
        squares[k] = 0;
        for (std::size_t l = 0; l < classes; ++l)
            squares[k] += l == k ? 0 : r(l, k) * r(l, k);
    }
    for (int iteration = 0; iteration < mostIterations; ++iteration) {
        double quadratic = 0, furthest = 0;
        for (std::size_t k = 0; k < classes; ++k) {
            products[k] = squares[k] * p[k];
            for (std::size_t l = 0; l < classes; ++l)
                products[k] -= l == k ? 0 : r(k, l) * r(l, k) * p[l];
            quadratic += p[k] * products[k];
        }
        for (std::size_t k = 0; k < classes; ++k)
            furthest = std::max(furthest, std::abs(products[k] - quadratic));
        if (furthest < enough)
            return;
        for (std::size_t k = 0; k < classes; ++k) {
            const double change = (quadratic - products[k]) / squares[k], sum = 1 + change;
            p[k] += change;
            quadratic = (quadratic + change * (change * squares[k] + 2 * products[k])) / (sum * sum);
            for (std::size_t l = 0; l < classes; ++l) {
                products[l] = (products[l] + change * (l == k ? squares[k] : -r(k, l) * r(l, k))) / sum;
                p[l] /= sum;
            }
        }
    }
}

} // namespace modelarium
