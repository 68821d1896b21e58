#pragma once

#include "core/base/matrix.h"

namespace modelarium {

/// P(above) = 1 / (1 + exp(-(slope f + offset))) for a score f.
struct Sigmoid {
    double slope = 0;
    double offset = 0;
};

/// Turns the scores of rows that a boundary has not learned from into probabilities.
///
/// Math     minimises -sum t_i log p_i + (1 - t_i) log(1 - p_i) with t = (n_above + 1) / (n_above + 2) for rows above and
///          1 / (n_below + 2) for rows below: nobody is quite sure, so that separated scores leave the slope finite.
///          Newton's method with halved steps, from slope 0 and offset log((n_above + 1) / (n_below + 1)); that is the answer where all
///          scores are the same
/// Shape    scores (rows), isAbove (rows): 1 or 0; there may be no row at all
/// Cost     O(rows) an iteration, of which some ten are needed
/// Source   J. Platt, Advances in Large Margin Classifiers, 1999; H.-T. Lin, C.-J. Lin, R. C. Weng, Machine Learning 68, 2007
Sigmoid fitSigmoid(const Vector& scores, const Vector& isAbove);

} // namespace modelarium
