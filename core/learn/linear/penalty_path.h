#pragma once

#include "core/base/matrix.h"
#include "core/model/findings.h"

#include <memory>
#include <string>
#include <vector>

namespace modelarium {

/// `count` penalties from the largest that makes sense down to `ratio` of it, by equal factors.
Vector alphaPath(double largest, Eigen::Index count, double ratio);

/// The path of these alphas, judged fold by fold. Features in use and the choice are left to the caller.
///
/// Shape    alphas (a); errors (folds, a): mean squared errors
PenaltyPath judgedPath(const Vector& alphas, const Matrix& errors);

/// Chooses the penalty with the smallest error, of equals the strongest; or the strongest whose error is no more than a standard error
/// above the smallest, where that has a finite standard error.
void choosePenalty(PenaltyPath& path, bool withinStandardError);

/// For Findings: null where errors have left the range of numbers, which no file could hold.
std::shared_ptr<const PenaltyPath> toldPath(PenaltyPath path);

/// "Cross-validation over 5 folds chose alpha = 2.3: mean squared error 90, give or take 7, the smallest." `how` is what chose. A second
/// sentence where the path should have gone on.
std::vector<std::string> penaltyNotices(const PenaltyPath& path, const std::string& how, bool withinStandardError);

} // namespace modelarium
