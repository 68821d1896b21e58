#pragma once

#include "core/base/result.h"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace modelarium::csv {

/// Bytes that can be read at any offset, from several threads at once.
class ByteSource {
public:
    virtual ~ByteSource() = default;
    virtual std::size_t size() const = 0;
    virtual std::string name() const = 0;
    /// Reads `count` bytes, fewer only at the end.
    /// Errors   ReadFailed; FileChanged where the file became shorter
    virtual Result<std::size_t> read(std::size_t offset, char* out, std::size_t count) const = 0;
    /// Errors   FileChanged where the file is not the one that was opened any more
    virtual Result<void> checkUnchanged() const { return {}; }
};

/// Opens a regular file; never waits for a pipe and never maps the file into memory.
///
/// Errors   FileNotFound; NotAFile; PermissionDenied; TooLarge; ReadFailed
Result<std::unique_ptr<ByteSource>> openFile(const std::filesystem::path& path, std::size_t maximumBytes);
std::unique_ptr<ByteSource> bytesInMemory(std::string_view bytes);

/// How the bytes are to be turned into UTF-8 text.
struct TextEncoding {
    std::string name = "utf-8";         ///< "utf-8", "utf-16le", "utf-16be", "latin-1", "windows-1252"
    std::size_t byteOrderMark = 0;      ///< bytes to skip
    bool gzip = false;
    bool certain = false;               ///< a mark, a person or a character beyond ASCII says so
    std::size_t foreignLine = 0;        ///< of the first byte that is not UTF-8
};

/// Text that arrives in order, as UTF-8.
class TextStream {
public:
    virtual ~TextStream() = default;
    /// Fills at most `capacity` bytes (at least 16); 0 at the end.
    /// Errors   ReadFailed; FileChanged; BadEncoding; TooLarge
    virtual Result<std::size_t> read(char* out, std::size_t capacity) = 0;
};

std::unique_ptr<TextStream> openText(const ByteSource& source, const TextEncoding& encoding, std::size_t maximumBytes);

/// Recognises the encoding from the first bytes, or takes the one that a person named.
///
/// Errors   NotText (an image, an archive, a spreadsheet: says which); BadEncoding (an unknown name, UTF-32); EmptyData
Result<TextEncoding> recogniseEncoding(const ByteSource& source, const std::string* named, std::size_t maximumBytes);

} // namespace modelarium::csv
