#pragma once

#include "core/base/result.h"

#include <string>
#include <vector>

namespace modelarium {

/// The exponents of all products of `features` features up to a total degree, without the constant, lowest degree first:
/// for two features and degree 2: (1,0) (0,1) (2,0) (1,1) (0,2).
///
/// With `interactionsOnly` no feature is multiplied by itself: (1,0) (0,1) (1,1).
/// Errors   TooLarge where there are more than 10,000 terms
Result<std::vector<std::vector<int>>> polynomialExponents(std::size_t features, int degree, bool interactionsOnly = false);

/// "x", "x^2", "x z" for the terms of features called "x" and "z".
std::vector<std::string> termNames(const std::vector<std::vector<int>>& exponents, const std::vector<std::string>& names);

} // namespace modelarium
