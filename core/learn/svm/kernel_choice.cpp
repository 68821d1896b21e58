#include "core/learn/svm/kernel_choice.h"

#include <algorithm>
#include <cmath>

namespace modelarium {

namespace {

Kernel kernelNamed(const std::string& name)
{
    return name == "linear" ? Kernel::Linear : name == "poly" ? Kernel::Polynomial : Kernel::Rbf;
}

/// Of all numbers of X together, as scikit-learn's X.var().
double varianceOf(const Matrix& X)
{
    const double mean = X.mean();
    return (X.array() - mean).square().mean();
}

Result<void> checkLengths(const Dataset& data)
{
    constexpr double largest = 1e300;
    for (Eigen::Index i = 0; i < data.X().rows(); ++i) {
        if (data.X().row(i).squaredNorm() <= largest)
            continue;
        const std::size_t row = data.rowNumber(i);
        return Error{ErrorCode::NotFinite,
                     "The squares of the features of row " + std::to_string(row)
                         + " are beyond the range of numbers: standardise the features.",
                     Place{.row = row}};
    }
    return {};
}

} // namespace

KernelChoice::KernelChoice(const Hyperparameters& chosen)
    : kernel(kernelNamed(chosen.choice("kernel"))), gamma(chosen.choice("gamma")), gammaValue(chosen.real("gamma_value")),
      degree(int(chosen.integer("degree"))), coef0(chosen.real("coef0")), C(chosen.real("C")),
      mostSteps(std::size_t(chosen.integer("max_steps"))),
      settings{chosen.real("tolerance"), std::size_t(chosen.integer("cache_size")) << 20}
{
}

Result<kernels::KernelFunction> KernelChoice::functionFor(const Dataset& data) const
{
    if (const Result<void> checked = checkLengths(data); !checked)
        return checked.error();
    kernels::KernelFunction function{int(kernel), degree, gammaValue, coef0};
    if (gamma == "auto")
        function.gamma = 1 / double(data.features());
    if (gamma == "scale") {
        const double variance = varianceOf(data.X());
        function.gamma = variance > 0 ? std::min(1 / (double(data.features()) * variance), 1e300) : 1;
    }
    // No kernel of two samples is larger than the larger one with itself; rows are kept as floats, whose range ends at 3e38.
    const double longest = data.X().rowwise().squaredNorm().maxCoeff();
    const double largest = kernel == Kernel::Linear ? longest
        : kernel == Kernel::Polynomial              ? std::pow(function.gamma * longest + std::abs(coef0), degree)
                                                    : 1;
    if (!(largest < 1e30)) {
        return Error{ErrorCode::NotFinite, "The kernel's values are beyond the range in which they can be worked with: standardise the "
                                           "features, or choose a smaller degree, gamma or coef0."};
    }
    return function;
}

KernelExpansion emptyExpansion(const kernels::KernelFunction& function, Eigen::Index features)
{
    KernelExpansion expansion;
    expansion.kernel = Kernel(function.kind);
    expansion.gamma = function.gamma;
    expansion.degree = function.degree;
    expansion.coef0 = function.coef0;
    expansion.vectors.resize(0, features);
    return expansion;
}

HyperparameterTable kernelTable(std::string price)
{
    using Spec = HyperparameterSpec;
    return {
        Spec::real("C", "C", std::move(price), 1, 0, 1e9, true).aboveMinimum(),
        Spec::choice("kernel", "Kernel",
                     "How alike two rows are: RBF falls off with their distance, the polynomial and the linear kernel grow with their product.",
                     "rbf", {"rbf", "poly", "linear"}, {"RBF", "Polynomial", "Linear"}),
        Spec::choice("gamma", "Gamma",
                     "How quickly a row's influence fades with distance: by the spread of the features (scale), by their number (auto), or "
                     "the number that you set.",
                     "scale", {"scale", "auto", "number"}, {"Scale", "Auto", "Number"})
            .when("kernel", {"rbf", "poly"}),
        Spec::real("gamma_value", "Gamma value",
                   "A large number makes each row matter close by only, so that the model winds around single rows; a small one makes it smooth.",
                   0.1, 0, 1e6, true)
            .aboveMinimum()
            .when("gamma", {"number"}),
        Spec::integer("degree", "Degree", "The power of the polynomial: a higher one bends more.", 3, 1, mostKernelDegree)
            .when("kernel", {"poly"}),
        Spec::real("coef0", "Constant", "What is added before the power is taken: above 0, lower powers count as well.", 0, -1e3, 1e3)
            .when("kernel", {"poly"}),
        Spec::real("tolerance", "Tolerance",
                   "How far a pair of rows may be from its optimum when the training stops: less takes longer and is more exact.", 1e-3, 0, 1,
                   true)
            .aboveMinimum(),
        Spec::integer("max_steps", "Most steps", "After how many batches of updates the training stops at the latest.", 100000, 1, 1000000000),
        Spec::integer("cache_size", "Cache (MB)",
                      "How much memory may keep kernel values that have been computed: more is faster with many rows, and changes no result.",
                      500, 1, 100000)
            .notTuned(),
    };
}

} // namespace modelarium
