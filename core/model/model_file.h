#pragma once

#include "core/base/result.h"
#include "core/model/model.h"

#include <filesystem>
#include <string>
#include <string_view>

namespace modelarium {

/// The model as one readable UTF-8 JSON document: exact doubles, a version, a SHA-256 over the canonical bytes of the rest.
std::string modelToJson(const Model& model);

/// Reads what modelToJson wrote, and trusts nothing: size, depth and counts are limited before memory is taken; duplicate
/// keys, non-finite numbers and trailing bytes are refused; the checksum must match; the certificate's rows are predicted again.
///
/// Errors   BadModelFile (says what and where); ChecksumMismatch; CertificateMismatch; NewerVersion; TooLarge
Result<ModelPtr> modelFromJson(std::string_view bytes);

/// Saved atomically and read back before it counts as saved. Errors   TooLarge, OutOfMemory; those of writeFileAtomically
Result<void> saveModel(const Model& model, const std::filesystem::path& path);
Result<ModelPtr> loadModel(const std::filesystem::path& path);

} // namespace modelarium
