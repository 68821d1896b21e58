#pragma once

#include "core/model/model.h"

#include <string>
#include <vector>

namespace modelarium {

/// A kernel expansion as text: what is summed over the support vectors, and what the sum decides.
std::string kernelEquation(const KernelExpansion& expansion, const Model& model, int digits);
std::string kernelLatex(const KernelExpansion& expansion, const std::string& target, int digits);

/// How the answer to one row came about: the support vectors that weigh most, the sum, the votes.
std::vector<std::string> kernelArithmetic(const KernelExpansion& expansion, const Model& model, const double* raw, int digits);

} // namespace modelarium
