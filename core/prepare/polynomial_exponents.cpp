#include "core/prepare/polynomial_exponents.h"

#include "core/base/counted.h"

#include <algorithm>

namespace modelarium {

namespace {

constexpr std::size_t mostTerms = 10000;

/// Appends every way to give `left` to the features from `feature` on, the first of them getting as much as it can first.
/// No feature gets more than `most`. False when there are too many.
bool distribute(std::vector<int>& current, std::size_t feature, int left, int most, std::vector<std::vector<int>>& terms)
{
    if (left > most * int(std::min<std::size_t>(current.size() - feature, 1000)))
        return true;                                // more than the remaining features can take
    if (feature + 1 == current.size()) {
        current[feature] = left;
        terms.push_back(current);
        return terms.size() <= mostTerms;
    }
    for (int exponent = std::min(left, most); exponent >= 0; --exponent) {
        current[feature] = exponent;
        if (!distribute(current, feature + 1, left - exponent, most, terms))
            return false;
    }
    return true;
}

} // namespace

Result<std::vector<std::vector<int>>> polynomialExponents(std::size_t features, int degree, bool interactionsOnly)
{
    std::vector<std::vector<int>> terms;
    if (features == 0)
        return terms;
    for (int total = 1; total <= degree; ++total) {
        std::vector<int> current(features, 0);
        if (!distribute(current, 0, total, interactionsOnly ? 1 : total, terms)) {
            return Error{ErrorCode::TooLarge, "A polynomial of degree " + std::to_string(degree) + " in " + counted(features, "feature", "features")
                                                  + " has more than " + countText(mostTerms)
                                                  + " terms: choose a lower degree or fewer features."};
        }
    }
    return terms;
}

std::vector<std::string> termNames(const std::vector<std::vector<int>>& exponents, const std::vector<std::string>& names)
{
    std::vector<std::string> result;
    for (const std::vector<int>& term : exponents) {
        std::string name;
        for (std::size_t j = 0; j < term.size(); ++j) {
            if (term[j] == 0)
                continue;
            name += (name.empty() ? "" : " ") + names[j];
            if (term[j] > 1)
                name += "^" + std::to_string(term[j]);
        }
        result.push_back(name);
    }
    return result;
}

} // namespace modelarium
