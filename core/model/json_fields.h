#pragma once

#include "core/base/matrix.h"

#include <nlohmann/json.hpp>

#include <bit>
#include <cstdint>
#include <string>
#include <vector>

namespace modelarium {

// The bytes of a number in a file are little-endian; on any other machine they would have to be turned round.
static_assert(std::endian::native == std::endian::little);

/// Longer lists and matrices are written as base64 of little-endian doubles.
inline constexpr std::size_t mostReadableNumbers = 100'000;

/// Thrown inside the model-file reader and caught at its border; the sentence becomes an Error.
struct BadField {
    std::string message;
};

/// Reads the members of one JSON object, and names the member that is missing or of the wrong kind.
class JsonFields {
public:
    /// `name` says what the object is: "the target", "tree 3".
    JsonFields(const nlohmann::json& object, std::string name);

    bool has(const char* key) const { return m_object.contains(key); }
    const nlohmann::json& at(const char* key) const;

    JsonFields object(const char* key) const;
    /// The same members under another name in the sentences.
    JsonFields renamed(std::string name) const { return {m_object, std::move(name)}; }
    double number(const char* key) const;
    std::int64_t integer(const char* key, std::int64_t minimum, std::int64_t maximum) const;
    bool boolean(const char* key) const;
    std::string text(const char* key) const;
    std::vector<std::string> texts(const char* key) const;
    std::vector<double> numbers(const char* key) const;
    std::vector<std::int32_t> integers(const char* key) const;
    Vector vector(const char* key) const;
    Matrix matrix(const char* key) const;

    [[noreturn]] void refuse(const char* key, const std::string& what) const;

private:
    const nlohmann::json& m_object;
    std::string m_name;
};

nlohmann::ordered_json matrixToJson(const Matrix& matrix);
nlohmann::ordered_json vectorToJson(const Vector& vector);

} // namespace modelarium
