#pragma once

namespace modelarium::kernels {

/// A kernel of two samples. Linear: x s; radial basis function: exp(-gamma |x - s|^2); polynomial: (gamma x s + coef0)^degree.
/// The kinds are in the order of the enumeration in core/model/parameters.h.
struct KernelFunction {
    enum Kind { Linear, Rbf, Polynomial };
    int kind;
    int degree;
    double gamma;
    double coef0;
};

} // namespace modelarium::kernels
