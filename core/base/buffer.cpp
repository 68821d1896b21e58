#include "core/base/buffer.h"

#include <cstdint>
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
    if (large)
        preferHugePages(block, roundUp(bytes, hugePage));
    return block;
}

void preferHugePages([[maybe_unused]] void* block, [[maybe_unused]] std::size_t bytes) noexcept
{
#ifdef __linux__
    // Whole small pages only: what lies beside them on the first and last one belongs to somebody else.
    constexpr std::size_t page = 4096;
    const auto address = reinterpret_cast<std::uintptr_t>(block);
    const std::size_t begin = roundUp(address, page), end = (address + bytes) / page * page;
    if (bytes >= 2 * hugePage)
        madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
#endif
}

void freePages(void* block, std::size_t) noexcept { std::free(block); }

} // namespace modelarium
