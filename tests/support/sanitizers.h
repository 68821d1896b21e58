#pragma once

namespace modelarium {

/// What is checked takes five to thirty times as long: the largest tests of numbers are then smaller, for they look for wrong numbers and not for
/// wrong memory.
#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool underSanitizers = true;
#else
inline constexpr bool underSanitizers = false;
#endif

} // namespace modelarium
