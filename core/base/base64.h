#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace modelarium {

/// Base64 (RFC 4648, with padding) of bytes.
std::string toBase64(const void* bytes, std::size_t size);

/// Writes exactly `size` bytes, on all threads. False where the text is not what toBase64 makes of as many; `bytes` may have been written to all the same.
bool fromBase64(std::string_view text, void* bytes, std::size_t size);

} // namespace modelarium
