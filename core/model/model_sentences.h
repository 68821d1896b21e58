#pragma once

#include "core/model/model.h"

#include <string>
#include <vector>

namespace modelarium {

/// What a model that is no formula does, in one sentence; small trees with their rules.
std::string modelSentence(const Model& model, int digits);

/// How such a model came to one answer: the path through the tree, the neighbours, the score of each class.
std::vector<std::string> modelArithmetic(const Model& model, const double* raw, const std::vector<double>& answer, int digits);

} // namespace modelarium
