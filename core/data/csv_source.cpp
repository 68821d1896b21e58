#include "core/data/csv_source.h"

#include "core/base/counted.h"
#include "core/base/number_text.h"
#include "core/data/csv_cells.h"
#include "core/data/csv_notes.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

namespace modelarium::csv {

namespace {

std::string quotedName(const std::string& name) { return "\"" + name + "\""; }

class FileBytes final : public ByteSource {
public:
    FileBytes(int descriptor, const struct stat& status, std::filesystem::path path)
        : m_descriptor(descriptor), m_status(status), m_path(std::move(path))
    {
    }
    ~FileBytes() override { ::close(m_descriptor); }

    std::size_t size() const override { return std::size_t(m_status.st_size); }
    std::string name() const override { return m_path.filename().string(); }

    Result<std::size_t> read(std::size_t offset, char* out, std::size_t count) const override
    {
        const std::size_t wanted = offset < size() ? std::min(count, size() - offset) : 0;
        std::size_t done = 0;
        while (done < wanted) {
            const ssize_t got = ::pread(m_descriptor, out + done, wanted - done, off_t(offset + done));
            if (got < 0 && errno == EINTR)
                continue;
            if (got < 0)
                return Error{ErrorCode::ReadFailed, quotedName(name()) + " cannot be read: " + std::strerror(errno) + ".",
                             {.file = m_path.string()}};
            if (got == 0)
                return changed("became shorter while it was read");
            done += std::size_t(got);
        }
        return done;
    }

    Result<void> checkUnchanged() const override
    {
        struct stat now{};
        if (::fstat(m_descriptor, &now) != 0 || now.st_size != m_status.st_size || now.st_mtim.tv_sec != m_status.st_mtim.tv_sec
            || now.st_mtim.tv_nsec != m_status.st_mtim.tv_nsec)
            return changed("was changed by another program while it was read");
        return {};
    }

private:
    Error changed(const std::string& what) const
    {
        return {ErrorCode::FileChanged, quotedName(name()) + " " + what + ": open it again when nothing writes to it.", {.file = m_path.string()}};
    }

    int m_descriptor;
    struct stat m_status;
    std::filesystem::path m_path;
};

class MemoryBytes final : public ByteSource {
public:
    explicit MemoryBytes(std::string_view bytes) : m_bytes(bytes) {}
    std::size_t size() const override { return m_bytes.size(); }
    std::string name() const override { return "standard input"; }
    Result<std::size_t> read(std::size_t offset, char* out, std::size_t count) const override
    {
        const std::size_t done = offset < m_bytes.size() ? std::min(count, m_bytes.size() - offset) : 0;
        std::memcpy(out, m_bytes.data() + std::min(offset, m_bytes.size()), done);
        return done;
    }

private:
    std::string_view m_bytes;
};

/// The bytes as they stand.
class PlainStream final : public TextStream {
public:
    PlainStream(const ByteSource& source, std::size_t offset) : m_source(source), m_offset(offset) {}
    Result<std::size_t> read(char* out, std::size_t capacity) override
    {
        auto got = m_source.read(m_offset, out, capacity);
        if (got)
            m_offset += *got;
        return got;
    }

private:
    const ByteSource& m_source;
    std::size_t m_offset;
};

/// Unpacks gzip (RFC 1952), one member after the other.
class GzipStream final : public TextStream {
public:
    GzipStream(const ByteSource& source, std::size_t maximumBytes) : m_source(source), m_maximum(maximumBytes), m_input(1 << 16)
    {
        inflateInit2(&m_state, 15 + 16);
    }
    ~GzipStream() override { inflateEnd(&m_state); }

    Result<std::size_t> read(char* out, std::size_t capacity) override
    {
        m_state.next_out = reinterpret_cast<Bytef*>(out);
        m_state.avail_out = uInt(std::min<std::size_t>(capacity, 1u << 30));
        const std::size_t room = m_state.avail_out;
        while (m_state.avail_out == room && !m_ended) {
            if (m_state.avail_in == 0) {
                const auto got = m_source.read(m_offset, m_input.data(), m_input.size());
                if (!got)
                    return got.error();
                m_offset += *got;
                m_state.next_in = reinterpret_cast<Bytef*>(m_input.data());
                m_state.avail_in = uInt(*got);
                if (*got == 0) {
                    if (!m_betweenMembers)
                        return damaged("ends in the middle");
                    m_ended = true;
                    break;
                }
            }
            m_betweenMembers = false;
            const int status = inflate(&m_state, Z_NO_FLUSH);
            if (status == Z_STREAM_END) {
                m_betweenMembers = true;
                inflateReset(&m_state);
                // Some programs pad the file with zeros behind the last member.
                while (m_state.avail_in > 0 && *m_state.next_in == 0) {
                    ++m_state.next_in;
                    --m_state.avail_in;
                }
            } else if (status != Z_OK && status != Z_BUF_ERROR) {
                return damaged("is damaged");
            }
        }
        const std::size_t written = room - m_state.avail_out;
        m_total += written;
        if (m_total > m_maximum)
            return Error{ErrorCode::TooLarge, quotedName(m_source.name()) + " unpacks to more than " + countText(m_maximum)
                                                  + " bytes, the limit that is set."};
        return written;
    }

private:
    Error damaged(const std::string& what) const
    {
        return {ErrorCode::ReadFailed, "The compressed file " + quotedName(m_source.name()) + " " + what + ": get it again from where it came."};
    }

    const ByteSource& m_source;
    std::size_t m_maximum;
    std::size_t m_offset = 0;
    std::size_t m_total = 0;
    std::vector<char> m_input;
    z_stream m_state{};
    bool m_betweenMembers = true;
    bool m_ended = false;
};

void appendUtf8(std::string& out, std::uint32_t code)
{
    if (code < 0x80) {
        out += char(code);
    } else if (code < 0x800) {
        out += char(0xC0 | (code >> 6));
        out += char(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        out += char(0xE0 | (code >> 12));
        out += char(0x80 | ((code >> 6) & 0x3F));
        out += char(0x80 | (code & 0x3F));
    } else {
        out += char(0xF0 | (code >> 18));
        out += char(0x80 | ((code >> 12) & 0x3F));
        out += char(0x80 | ((code >> 6) & 0x3F));
        out += char(0x80 | (code & 0x3F));
    }
}

/// Bytes 0x80 to 0x9F of Windows-1252; the five that mean nothing stay control characters, as the WHATWG has it.
constexpr std::array<std::uint16_t, 32> windows1252{
    0x20AC, 0x81, 0x201A, 0x192, 0x201E, 0x2026, 0x2020, 0x2021, 0x2C6, 0x2030, 0x160, 0x2039, 0x152, 0x8D, 0x17D, 0x8F,
    0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x2DC, 0x2122, 0x161, 0x203A, 0x153, 0x9D, 0x17E, 0x178};

/// Turns another encoding into UTF-8, piece by piece.
class DecodedStream final : public TextStream {
public:
    DecodedStream(std::unique_ptr<TextStream> bytes, const std::string& encoding)
        : m_bytes(std::move(bytes)), m_wide(encoding.starts_with("utf-16")), m_bigEndian(encoding == "utf-16be"),
          m_windows(encoding == "windows-1252"), m_piece(1 << 16)
    {
    }

    Result<std::size_t> read(char* out, std::size_t capacity) override
    {
        while (m_position == m_text.size()) {
            m_text.clear();
            m_position = 0;
            auto got = m_bytes->read(m_piece.data() + m_kept, m_piece.size() - m_kept);
            if (!got)
                return got;
            if (*got == 0) {
                if (m_kept > 0 || m_lead != 0)
                    return Error{ErrorCode::BadEncoding, "The file ends in the middle of a UTF-16 character: it was cut short, or it has another encoding."};
                return std::size_t(0);
            }
            const auto status = m_wide ? decodeWide(m_kept + *got) : decodeBytes(*got);
            if (!status)
                return status.error();
        }
        const std::size_t count = std::min(capacity, m_text.size() - m_position);
        std::memcpy(out, m_text.data() + m_position, count);
        m_position += count;
        return count;
    }

private:
    Result<void> decodeBytes(std::size_t count)
    {
        for (std::size_t i = 0; i < count; ++i) {
            const auto byte = static_cast<unsigned char>(m_piece[i]);
            appendUtf8(m_text, m_windows && byte >= 0x80 && byte < 0xA0 ? windows1252[byte - 0x80u] : byte);
        }
        return {};
    }

    Result<void> decodeWide(std::size_t count)
    {
        std::size_t i = 0;
        for (; i + 1 < count; i += 2) {
            const auto first = static_cast<unsigned char>(m_piece[i]);
            const auto second = static_cast<unsigned char>(m_piece[i + 1]);
            const std::uint32_t unit = m_bigEndian ? first * 256u + second : second * 256u + first;
            const bool leads = unit >= 0xD800 && unit < 0xDC00;
            const bool trails = unit >= 0xDC00 && unit < 0xE000;
            if (trails != (m_lead != 0))
                return Error{ErrorCode::BadEncoding, "Half of a UTF-16 character stands alone in the file: it is damaged, or it has another encoding."};
            if (trails)
                appendUtf8(m_text, 0x10000 + ((m_lead - 0xD800) << 10) + (unit - 0xDC00));
            else if (!leads)
                appendUtf8(m_text, unit);
            m_lead = leads ? unit : 0;
        }
        m_kept = count - i;
        if (m_kept)
            m_piece[0] = m_piece[i];
        return {};
    }

    std::unique_ptr<TextStream> m_bytes;
    bool m_wide;
    bool m_bigEndian;
    bool m_windows;
    std::vector<char> m_piece;
    std::size_t m_kept = 0;             // bytes of half a UTF-16 unit
    std::uint32_t m_lead = 0;           // a high surrogate that waits for its partner
    std::string m_text;
    std::size_t m_position = 0;
};

struct Signature {
    std::string_view bytes;
    const char* what;
};
using namespace std::string_view_literals;
constexpr std::array<Signature, 22> signatures{{
    {"\x89PNG"sv, "a PNG picture"}, {"\xFF\xD8\xFF"sv, "a JPEG picture"}, {"GIF8"sv, "a GIF picture"}, {"BM\0"sv, "a picture"},
    {"%PDF"sv, "a PDF document"}, {"PK\x03\x04"sv, "a zip archive or a spreadsheet (xlsx, ods)"}, {"PK\x05\x06"sv, "an empty zip archive"},
    {"\xD0\xCF\x11\xE0"sv, "an old Excel or Word file"}, {"\x7F" "ELF"sv, "a program"}, {"MZ"sv, "a program"},
    {"SQLite format 3"sv, "an SQLite database"}, {"PAR1"sv, "a Parquet file"}, {"\x89HDF"sv, "an HDF5 file"}, {"ARROW1"sv, "an Arrow file"},
    {"BZh"sv, "a bzip2 archive"}, {"\xFD" "7zXZ"sv, "an xz archive"}, {"\x28\xB5\x2F\xFD"sv, "a Zstandard archive"}, {"7z\xBC\xAF"sv, "a 7z archive"},
    {"Rar!"sv, "a RAR archive"}, {"\x93NUMPY"sv, "a NumPy array"}, {"{\\rtf"sv, "an RTF document"}, {"RIFF"sv, "a sound, film or picture"},
}};

Error notText(const ByteSource& source, const std::string& what)
{
    return {ErrorCode::NotText, quotedName(source.name()) + " is " + what + ", not a text file with rows and columns: save the data as CSV and open that."};
}

/// Binary formats whose first bytes name them. "BM" and "MZ" could begin a column name, so those need a NUL near by.
const char* knownBinary(std::string_view head)
{
    const bool hasNul = head.substr(0, 512).find('\0') != std::string_view::npos;
    for (const Signature& signature : signatures)
        if (head.starts_with(signature.bytes) && (hasNul || signature.bytes.size() > 3 || static_cast<unsigned char>(head[0]) >= 0x80))
            return signature.what;
    const std::string start = lowerCase(trimmed(head.substr(0, 64)));
    if (start.starts_with("<!doctype html") || start.starts_with("<html"))
        return "a web page";
    return nullptr;
}

/// No text holds a zero byte: it is no table, or one byte of it is damaged. Says where, so that the one can be told from the other.
Error zeroByte(const ByteSource& source, std::string_view head)
{
    if (head.find_first_not_of('\0') == std::string_view::npos)
        return notText(source, "filled with zero bytes");
    const std::size_t at = head.find('\0');
    const std::string_view before = head.substr(0, at);
    const std::size_t line = 1 + countLines(before);
    const std::size_t begin = before.find_last_of("\r\n") + 1;      // npos + 1 is 0
    const std::size_t character = 1 + std::size_t(std::count_if(before.begin() + std::ptrdiff_t(begin), before.end(),
                                                                [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
    Error error = notText(source, "a binary file (a zero byte stands in line " + std::to_string(line) + " at character " + std::to_string(character) + ")");
    error.place.line = line;
    return error;
}

/// The first bytes, unpacked where they are compressed.
Result<std::string> headOf(const ByteSource& source, bool gzip, std::size_t maximumBytes)
{
    std::string head(std::size_t(1) << 18, '\0');
    std::size_t filled = 0;
    std::unique_ptr<TextStream> stream;
    if (gzip)
        stream = std::make_unique<GzipStream>(source, maximumBytes);
    else
        stream = std::make_unique<PlainStream>(source, 0);
    while (filled < head.size()) {
        const auto got = stream->read(head.data() + filled, head.size() - filled);
        if (!got)
            return got.error();
        if (*got == 0)
            break;
        filled += *got;
    }
    head.resize(filled);
    return head;
}

/// UTF-16 without a mark: nearly every second byte of Western text is zero.
const char* wideWithoutMark(std::string_view head)
{
    if (head.find('\0') == std::string_view::npos)
        return nullptr;
    std::size_t zeros[2] = {0, 0};
    for (std::size_t i = 0; i < head.size(); ++i)
        zeros[i % 2] += head[i] == '\0';
    const std::size_t half = head.size() / 2;
    if (half == 0)
        return nullptr;
    if (zeros[1] * 10 > half * 6 && zeros[0] * 20 < half)
        return "utf-16le";
    if (zeros[0] * 10 > half * 6 && zeros[1] * 20 < half)
        return "utf-16be";
    return nullptr;
}

/// What the bytes certainly are where they cannot be what somebody named; nothing where they can.
std::optional<std::string> contradiction(const std::string& named, std::string_view head)
{
    const bool wide = named.starts_with("utf-16");
    const std::string marked = head.starts_with("\xFF\xFE") ? "utf-16le" : head.starts_with("\xFE\xFF") ? "utf-16be" : "";
    if (!marked.empty())
        return marked == named ? std::nullopt : std::optional(marked);
    if (wide) {
        // Without a zero byte there is neither a line end nor a digit in it.
        const auto invalid = firstInvalidUtf8(head);
        const bool utf8 = head.find('\0') == std::string_view::npos && (!invalid || *invalid + 4 > head.size());
        return utf8 ? std::optional<std::string>("utf-8") : std::nullopt;
    }
    const char* told = wideWithoutMark(head);
    return told ? std::optional<std::string>(told) : std::nullopt;
}

Result<TextEncoding> namedEncoding(const std::string& named, std::string_view head, bool gzip)
{
    std::string name = lowerCase(named);
    if (name == "utf8")
        name = "utf-8";
    else if (name == "latin1" || name == "iso-8859-1")
        name = "latin-1";
    else if (name == "cp1252" || name == "windows1252")
        name = "windows-1252";
    else if (name == "utf-16" || name == "utf16")
        name = head.starts_with("\xFE\xFF") ? "utf-16be" : "utf-16le";
    for (const char* known : {"utf-8", "utf-16le", "utf-16be", "latin-1", "windows-1252"}) {
        if (name != known)
            continue;
        if (const auto told = contradiction(name, head))
            return Error{ErrorCode::BadEncoding, "The file is " + *told + ", not " + name + ": choose that, or leave the encoding to be recognised."};
        const bool marked8 = name == "utf-8" && head.starts_with("\xEF\xBB\xBF");
        const bool marked16 = (name == "utf-16le" && head.starts_with("\xFF\xFE")) || (name == "utf-16be" && head.starts_with("\xFE\xFF"));
        return TextEncoding{name, marked8 ? 3u : marked16 ? 2u : 0u, gzip, true};
    }
    return Error{ErrorCode::BadEncoding, "The encoding \"" + named + "\" is not known: choose utf-8, utf-16le, utf-16be, latin-1 or windows-1252."};
}

TextEncoding byteEncoding(std::string_view head, bool gzip)
{
    const auto invalid = firstInvalidUtf8(head);
    // A character that the end of the sample cuts in two is no error.
    const bool whole = !invalid || (*invalid + 4 > head.size() && head.size() == std::size_t(1) << 18);
    if (whole) {
        const bool beyondAscii = std::any_of(head.begin(), head.end(), [](char c) { return (c & 0x80) != 0; });
        return {"utf-8", 0, gzip, beyondAscii};
    }
    const bool windows = std::any_of(head.begin(), head.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte >= 0x80 && byte < 0xA0;
    });
    return {windows ? "windows-1252" : "latin-1", 0, gzip, true, 1 + countLines(head.substr(0, *invalid))};
}

} // namespace

Result<std::unique_ptr<ByteSource>> openFile(const std::filesystem::path& path, std::size_t maximumBytes)
{
    const std::string name = quotedName(path.filename().empty() ? path.string() : path.filename().string());
    const Place place{.file = path.string()};
    // O_NONBLOCK: opening a pipe must not wait for somebody to write into it.
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) {
        if (errno == ENOENT)
            return Error{ErrorCode::FileNotFound, "There is no file " + name + ".", place};
        if (errno == EACCES)
            return Error{ErrorCode::PermissionDenied, "You have no permission to read " + name + ".", place};
        return Error{ErrorCode::ReadFailed, name + " cannot be opened: " + std::strerror(errno) + ".", place};
    }
    struct stat status{};
    if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
        ::close(descriptor);
        const char* what = S_ISDIR(status.st_mode) ? " is a folder" : S_ISFIFO(status.st_mode) ? " is a pipe" : " is a device";
        return Error{ErrorCode::NotAFile, name + what + ", not a file: choose a file with rows and columns.", place};
    }
    auto file = std::make_unique<FileBytes>(descriptor, status, path);
    if (file->size() > maximumBytes)
        return Error{ErrorCode::TooLarge, name + " has " + countText(file->size()) + " bytes; at most " + countText(maximumBytes) + " are read.", place};
    return std::unique_ptr<ByteSource>(std::move(file));
}

std::unique_ptr<ByteSource> bytesInMemory(std::string_view bytes) { return std::make_unique<MemoryBytes>(bytes); }

std::unique_ptr<TextStream> openText(const ByteSource& source, const TextEncoding& encoding, std::size_t maximumBytes)
{
    std::unique_ptr<TextStream> stream;
    if (encoding.gzip) {
        stream = std::make_unique<GzipStream>(source, maximumBytes);
        char mark[4];
        for (std::size_t left = encoding.byteOrderMark; left > 0;) {
            const auto got = stream->read(mark, left);
            if (!got || *got == 0)
                break;
            left -= *got;
        }
    } else {
        stream = std::make_unique<PlainStream>(source, encoding.byteOrderMark);
    }
    if (encoding.name != "utf-8")
        stream = std::make_unique<DecodedStream>(std::move(stream), encoding.name);
    return stream;
}

Result<TextEncoding> recogniseEncoding(const ByteSource& source, const std::string* named, std::size_t maximumBytes)
{
    char magic[2] = {0, 0};
    const auto first = source.read(0, magic, 2);
    if (!first)
        return first.error();
    const bool gzip = magic[0] == '\x1F' && magic[1] == '\x8B';
    const auto read = headOf(source, gzip, maximumBytes);
    if (!read)
        return read.error();
    const std::string_view head = *read;
    if (head.empty())
        return Error{ErrorCode::EmptyData, quotedName(source.name()) + " is empty: it has no rows to learn from."};
    if (named)
        return namedEncoding(*named, head, gzip);
    if (head.starts_with(std::string_view("\xFF\xFE\0\0", 4)) || head.starts_with(std::string_view("\0\0\xFE\xFF", 4)))
        return Error{ErrorCode::BadEncoding, quotedName(source.name()) + " is UTF-32 text: save it as UTF-8 and open that."};
    if (head.starts_with("\xEF\xBB\xBF"))
        return TextEncoding{"utf-8", 3, gzip, true};
    if (head.starts_with("\xFF\xFE"))
        return TextEncoding{"utf-16le", 2, gzip, true};
    if (head.starts_with("\xFE\xFF"))
        return TextEncoding{"utf-16be", 2, gzip, true};
    if (const char* what = knownBinary(head))
        return notText(source, what);
    if (const char* wide = wideWithoutMark(head))
        return TextEncoding{wide, 0, gzip, true};
    if (head.find('\0') != std::string_view::npos)
        return zeroByte(source, head);
    return byteEncoding(head, gzip);
}

} // namespace modelarium::csv
