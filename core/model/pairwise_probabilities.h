#pragma once

#include <cstddef>

namespace modelarium {

/// The probabilities of several classes from those of each two of them.
///
/// Math     minimises sum_{k < l} (r_lk p_k - r_kl p_l)^2 with sum p = 1, where r_kl = P(k | k or l); all p are above 0 there
/// Shape    ofSecond (classes (classes - 1) / 2): P(l | k or l) in the order 01, 02, .., 12, ..; p (classes), at most 200
/// Cost     O(classes^2) an iteration, of which some tens are needed
/// Source   T.-F. Wu, C.-J. Lin, R. C. Weng, J. Mach. Learn. Res. 5, 2004 (their second approach)
void coupleProbabilities(const double* ofSecond, std::size_t classes, double* p) noexcept;

} // namespace modelarium
