#pragma once

// Every function that another library may call is marked with this: all else in the kernels is hidden, so that no two
// instruction-set levels can ever share a symbol.
#define MODELARIUM_KERNEL extern "C" __attribute__((visibility("default")))

namespace modelarium::kernels {

/// The instruction-set level of the kernels that the dynamic linker chose: 1 (baseline), 3 (AVX2 and FMA) or 4 (AVX-512).
MODELARIUM_KERNEL int modelariumKernelLevel() noexcept;

} // namespace modelarium::kernels
