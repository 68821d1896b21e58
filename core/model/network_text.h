#pragma once

#include "core/model/model.h"

#include <string>
#include <vector>

namespace modelarium {

/// A network as text, a line a layer: "h₁ = tanh(W₁ x + b₁)", then what x is and how many numbers there are in all.
std::string networkEquation(const DenseNetwork& network, const Model& model);
std::string networkLatex(const DenseNetwork& network, const std::string& target);

/// How one row went through the network: every sum of a small one, the range of each layer of a large one.
std::vector<std::string> networkArithmetic(const DenseNetwork& network, const Model& model, const double* raw, int digits);

} // namespace modelarium
