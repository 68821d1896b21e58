#include "core/kernels/level.h"

namespace modelarium::kernels {

int modelariumKernelLevel() noexcept
{
#if defined(__AVX512F__)
    return 4;
#elif defined(__AVX2__)
    return 3;
#else
    return 1;
#endif
}

} // namespace modelarium::kernels
