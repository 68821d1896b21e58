#pragma once

#include <cstddef>
#include <functional>

namespace modelarium {

/// Runs work(block) for every block in [0, blocks), on the calling thread and whatever other cores are free.
///
/// Blocks are claimed one by one and the caller can finish all of them alone, so a core taken by somebody else never
/// stalls it; nobody waits for a worker that has claimed nothing. Results that are combined must be combined in block
/// order by the caller: then they do not depend on the number of threads.
/// Errors   an exception of any block is rethrown on the calling thread, after the blocks in flight have ended
/// Cost     1-2 us where the loop before has just ended, otherwise what waking a thread takes: 2 us, or 50 in a virtual machine; nested
///          calls run on the calling thread. Workers keep off the caller's processor (Linux)
void parallelFor(std::size_t blocks, const std::function<void(std::size_t)>& work);

/// How many threads parallelFor may use, the caller included; 0 restores the default (one a core).
/// The number changes how long things take, never what they give.
void setThreadCount(std::size_t count);
std::size_t threadCount();

} // namespace modelarium
