#pragma once

#include "core/base/buffer.h"
#include "core/model/json_fields.h"

#include <cstdint>
#include <vector>

namespace modelarium {

/// Many numbers of a model file as one text: base64 of little-endian numbers of the narrowest kind that holds each of them exactly.
///
/// {"type": "int8", "int16", "int32" or "float64", "count": 3, "base64": "AQID"}
nlohmann::ordered_json packNumbers(const std::vector<std::int32_t>& values);
nlohmann::ordered_json packNumbers(const std::vector<double>& values);

/// What was packed so, decoded but not yet widened: a part of it is taken at a time.
class PackedNumbers {
public:
    /// Throws BadField where the text does not hold what is promised; what is allocated is never more than the text is long.
    PackedNumbers(const JsonFields& fields, const char* key);
    PackedNumbers(JsonFields&&, const char*) = delete;      ///< they are asked again when something is refused

    std::size_t size() const { return m_size; }

    /// Numbers [first, first + count), which are there. Throws BadField where one is not finite.
    void copy(std::size_t first, std::size_t count, double* out) const;
    /// Throws BadField where the type is "float64", even if its numbers are whole.
    void copy(std::size_t first, std::size_t count, std::int32_t* out) const;
    std::vector<std::int32_t> integers() const;

    [[noreturn]] void refuse(const std::string& what) const { m_fields.refuse(m_key, what); }

private:
    enum class Type { Int8, Int16, Int32, Float64 };

    template <class Stored, class Wanted>
    void widen(std::size_t first, std::size_t count, Wanted* out) const;

    const JsonFields& m_fields;
    const char* m_key;
    Type m_type = Type::Float64;
    std::size_t m_size = 0;
    Buffer<unsigned char> m_bytes;
};

} // namespace modelarium
