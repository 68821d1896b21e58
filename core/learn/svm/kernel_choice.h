#pragma once

#include "core/learn/hyperparameters.h"
#include "core/learn/svm/smo.h"
#include "core/data/dataset.h"
#include "core/model/parameters.h"

#include <string>

namespace modelarium {

/// The kernel and the limits of a support vector machine, as they were chosen.
struct KernelChoice {
    Kernel kernel = Kernel::Rbf;
    std::string gamma = "scale";                    ///< "scale", "auto" or "number"
    double gammaValue = 0.1;
    int degree = 3;
    double coef0 = 0;
    double C = 1;
    std::size_t mostSteps = 100000;
    SmoSettings settings;

    explicit KernelChoice(const Hyperparameters& chosen);

    /// The kernel for these samples.
    ///
    /// Math     gamma: "scale" 1 / (n_features * variance of all numbers in X), 1 where that variance is 0; "auto" 1 / n_features
    /// Errors   NotFinite where the squared length of a row (names it) or a kernel value leaves the range of numbers
    Result<kernels::KernelFunction> functionFor(const Dataset& data) const;
};

/// The rows of a learner's table that all kernel machines share; "C" is explained by `price`.
HyperparameterTable kernelTable(std::string price);

/// Kernel, gamma, degree and coef0; no vectors yet.
KernelExpansion emptyExpansion(const kernels::KernelFunction& function, Eigen::Index features);

} // namespace modelarium
