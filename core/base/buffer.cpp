#include "core/base/buffer.h"

#include <cstdlib>
#include <limits>
#include <new>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace modelarium {

namespace {
constexpr std::size_t hugePage = std::size_t(2) << 20;
constexpr std::size_t cacheLine = 64;

std::size_t roundUp(std::size_t bytes, std::size_t unit) { return (bytes + unit - 1) / unit * unit; }
}

void* allocatePages(std::size_t bytes)
{
    // A request that cannot be rounded up without overflow cannot be met either.
    if (bytes > std::numeric_limits<std::size_t>::max() - hugePage)
        throw std::bad_alloc();
    const bool large = bytes >= 2 * hugePage;
    const std::size_t alignment = large ? hugePage : cacheLine;
    void* block = std::aligned_alloc(alignment, roundUp(bytes ? bytes : 1, alignment));
    if (!block)
        throw std::bad_alloc();
#ifdef __linux__
    if (large)
        madvise(block, roundUp(bytes, hugePage), MADV_HUGEPAGE);
#endif
    return block;
}

void freePages(void* block, std::size_t) noexcept { std::free(block); }

} // namespace modelarium
