#pragma once

#include <nlohmann/json.hpp>

#include <string>

namespace modelarium {

/// SHA-256 over the canonical bytes of a document: every member but `without`, keys sorted, no white space, UTF-8. Integrity, not trust.
///
/// Both kinds of document have the same bytes; their keys are UTF-8. The bytes are hashed as they are made, and neither kept nor copied.
std::string canonicalChecksum(const nlohmann::json& document, const std::string& without);
std::string canonicalChecksum(const nlohmann::ordered_json& document, const std::string& without);

/// The text between its quotes stands for itself: nothing in it is escaped in JSON, or beyond ASCII.
bool isPlainText(const std::string& text);

} // namespace modelarium
