#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace modelarium {

/// SHA-256 (FIPS 180-4) of bytes that arrive in parts; integrity, not trust.
class Sha256 {
public:
    Sha256();
    ~Sha256();
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;

    void add(const void* bytes, std::size_t count);
    void add(std::string_view bytes) { add(bytes.data(), bytes.size()); }
    std::string hex();                              ///< 64 lower-case digits; call once, at the end

private:
    void* m_context;
};

std::string sha256(std::string_view bytes);

} // namespace modelarium
