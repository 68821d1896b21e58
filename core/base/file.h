#pragma once

#include "core/base/result.h"

#include <filesystem>
#include <string>
#include <string_view>

namespace modelarium {

/// Reads a whole regular file of at most `maximumBytes`.
///
/// Errors   FileNotFound, NotAFile, PermissionDenied, TooLarge, ReadFailed
Result<std::string> readFile(const std::filesystem::path& path, std::size_t maximumBytes);

/// Replaces a file as a whole: after any failure, crash or power loss the old bytes or the new ones are there, never a mixture.
///
/// Writes a temporary file in the same folder, syncs it, reads it back, renames it over the target and syncs the folder.
/// A symbolic link is followed; the permissions of an existing file are kept. What an earlier save left when it was killed is removed.
/// Errors   FileNotFound (no such folder); NotAFile (a folder, a device); PermissionDenied; DiskFull (says how much is needed and free); WriteFailed
Result<void> writeFileAtomically(const std::filesystem::path& path, std::string_view bytes);

/// Whether two paths lead to one existing file: links and "../" are followed. False where either leads nowhere.
bool isSameFile(const std::filesystem::path& one, const std::filesystem::path& other);

} // namespace modelarium
