#pragma once

#include "core/base/result.h"

#include <nlohmann/json.hpp>

#include <string_view>

namespace modelarium {

/// What a JSON document from outside may cost before it is refused.
struct JsonLimits {
    std::size_t bytes = std::size_t(256) << 20;
    std::size_t depth = 64;
    std::size_t values = 50'000'000;
};

/// Parses JSON that nobody vouches for.
///
/// Refuses what lenient parsers let through: duplicate keys (which one counts?), numbers beyond the range of a double, a byte
/// order mark, anything after the document, nesting without end.
/// Errors   BadModelFile (says what, and the byte where); TooLarge
Result<nlohmann::json> parseStrictJson(std::string_view bytes, const JsonLimits& limits = {});

/// Readable text: an object is a line a member, an array of plain values one line, a matrix a line a row.
std::string readableJson(const nlohmann::ordered_json& document);

} // namespace modelarium
