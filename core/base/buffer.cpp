#include "core/base/buffer.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <mutex>
#include <new>

#ifdef __linux__
#include <malloc.h>
#include <sys/mman.h>
#endif

namespace modelarium {

namespace {

constexpr std::size_t hugePage = std::size_t(2) << 20;
constexpr std::size_t cacheLine = 64;

std::size_t roundUp(std::size_t bytes, std::size_t unit) { return (bytes + unit - 1) / unit * unit; }
bool isLarge(std::size_t bytes) { return bytes >= 2 * hugePage; }

// The address sanitizer must see that a block was given back.
#if defined(__linux__) && !defined(__SANITIZE_ADDRESS__)

/// Large blocks that were given back, the oldest first.
class WaitingBlocks {
public:
    /// A block of at least so many bytes, and not many more; null where none waits. A huge page more is never too many:
    /// one block in 512 gets it unasked, by where the allocator happened to lay it.
    void* take(std::size_t bytes)
    {
        const std::lock_guard lock(m_mutex);
        Block* best = nullptr;
        for (Block* each = m_blocks; each != m_blocks + m_count; ++each)
            if (each->bytes >= bytes && each->bytes - bytes <= std::max(bytes / 4, hugePage) && (!best || each->bytes < best->bytes))
                best = each;
        return best ? remove(best) : nullptr;
    }

    /// False where the block is too large to wait.
    bool keep(void* block, std::size_t bytes) noexcept
    {
        if (bytes > mostBytes)
            return false;
        const std::lock_guard lock(m_mutex);
        while (m_count == mostBlocks || m_bytes + bytes > mostBytes)
            std::free(remove(m_blocks));
        m_blocks[m_count++] = {block, bytes};
        m_bytes += bytes;
        return true;
    }

    void releaseAll() noexcept
    {
        const std::lock_guard lock(m_mutex);
        while (m_count > 0)
            std::free(remove(m_blocks));
    }

private:
    static constexpr std::size_t mostBlocks = 64, mostBytes = std::size_t(256) << 20;

    struct Block {
        void* memory;
        std::size_t bytes;
    };

    void* remove(Block* block)
    {
        void* const memory = block->memory;
        m_bytes -= block->bytes;
        std::copy(block + 1, m_blocks + m_count, block);
        --m_count;
        return memory;
    }

    std::mutex m_mutex;
    Block m_blocks[mostBlocks]{};
    std::size_t m_count = 0;
    std::size_t m_bytes = 0;
};

/// Blocks may be given back after the end of main: it is never destroyed, and nothing is allocated for it.
constinit WaitingBlocks waitingBlocks;

void* takeWaiting(std::size_t bytes) { return waitingBlocks.take(bytes); }
void releaseWaiting() { waitingBlocks.releaseAll(); }

/// Only a block that was made large: it begins with a huge page.
bool keepWaiting(void* block)
{
    const std::size_t bytes = malloc_usable_size(block) / hugePage * hugePage;
    // The pages stay until the system needs them for something else.
    madvise(block, bytes, MADV_FREE);
    return waitingBlocks.keep(block, bytes);
}

#else

void* takeWaiting(std::size_t) { return nullptr; }
void releaseWaiting() {}
bool keepWaiting(void*) { return false; }

#endif

} // namespace

void* allocatePages(std::size_t bytes)
{
    // A request that cannot be rounded up without overflow cannot be met either.
    if (bytes > std::numeric_limits<std::size_t>::max() - hugePage)
        throw std::bad_alloc();
    const bool large = isLarge(bytes);
    const std::size_t alignment = large ? hugePage : cacheLine;
    const std::size_t size = roundUp(bytes ? bytes : 1, alignment);
    if (void* const waiting = large ? takeWaiting(size) : nullptr)
        return waiting;
    void* block = std::aligned_alloc(alignment, size);
    if (!block) {
        releaseWaiting();
        block = std::aligned_alloc(alignment, size);
    }
    if (!block)
        throw std::bad_alloc();
    if (large)
        preferHugePages(block, size);
    return block;
}

void preferHugePages([[maybe_unused]] void* block, [[maybe_unused]] std::size_t bytes) noexcept
{
#ifdef __linux__
    // Whole small pages only: what lies beside them on the first and last one belongs to somebody else.
    constexpr std::size_t page = 4096;
    const auto address = reinterpret_cast<std::uintptr_t>(block);
    const std::size_t begin = roundUp(address, page), end = (address + bytes) / page * page;
    if (isLarge(bytes))
        madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
#endif
}

void freePages(void* block, std::size_t bytes) noexcept
{
    if (!isLarge(bytes) || !keepWaiting(block))
        std::free(block);
}

} // namespace modelarium
