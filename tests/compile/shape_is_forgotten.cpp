// Who asks about the shapes of parameters must have an answer for each.
// expected: no type named .type. in .(struct )?std::invoke_result
#include "core/model/parameters.h"

using namespace modelarium;

int use(const Parameters& parameters)
{
    return std::visit(Overloaded{
                          [](const Linear&) { return 1; },
                          [](const Polynomial&) { return 2; },
                          [](const NearestNeighbours&) { return 3; },
                          [](const TreeEnsemble&) { return 4; },
                          [](const FullGaussianClasses&) { return 6; },
                          [](const DenseNetwork&) { return 7; },
                          [](const KernelExpansion&) { return 8; },
                          [](const Centroids&) { return 9; },
                          [](const CorePoints&) { return 10; },
                          [](const Projection&) { return 11; },
#ifndef MUST_NOT_COMPILE
                          [](const GaussianClasses&) { return 5; },
#endif
                      },
                      parameters);
}
