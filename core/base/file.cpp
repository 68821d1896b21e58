#include "core/base/file.h"

#include "core/base/buffer.h"
#include "core/base/counted.h"
#include "core/base/number_text.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace modelarium {

namespace fs = std::filesystem;

namespace {

/// Closes a file descriptor when it goes out of scope.
class Descriptor {
public:
    explicit Descriptor(int number) : m_number(number) {}
    ~Descriptor() { close(); }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    int number() const { return m_number; }
    explicit operator bool() const { return m_number >= 0; }
    int close()
    {
        const int status = m_number >= 0 ? ::close(m_number) : 0;
        m_number = -1;
        return status;
    }

private:
    int m_number;
};

std::string kilobytes(double bytes) { return shortText(std::max(bytes / 1024, 0.1), 3) + " KB"; }

/// Why a file cannot be saved. A folder that is there and takes no new file (/proc, a device) answers ENOENT too.
Error saveError(int number, const fs::path& path, bool replaces, std::size_t needed)
{
    const std::string start = "\"" + path.filename().string() + "\" cannot be saved";
    const std::string kept = replaces ? " The old file is untouched." : "";
    const fs::path folder = path.parent_path().empty() ? fs::path(".") : path.parent_path();
    Place place;
    place.file = path.string();
    std::error_code none;
    switch (number) {
    case ENOENT:
    case ENOTDIR:
        if (fs::is_directory(folder, none))
            return {ErrorCode::WriteFailed, start + ": the folder \"" + folder.string() + "\" takes no new files. Choose another one.", place};
        if (fs::exists(folder, none) || number == ENOTDIR)
            return {ErrorCode::FileNotFound, start + ": \"" + folder.string() + "\" is no folder.", place};
        return {ErrorCode::FileNotFound, start + ": its folder does not exist.", place};
    case EACCES:
    case EPERM:
        return {ErrorCode::PermissionDenied, start + ": you have no permission to write " + (replaces ? "it, or in its folder." : "in that folder.") + kept, place};
    case EROFS:
        return {ErrorCode::PermissionDenied, start + ": the disk there can only be read." + kept, place};
    case ENOSPC:
    case EDQUOT: {
        std::string room;
        struct statvfs space{};
        if (needed && ::statvfs(folder.c_str(), &space) == 0)
            room = ": it needs " + kilobytes(double(needed)) + " and " + kilobytes(double(space.f_bavail) * double(space.f_frsize)) + " are free";
        return {ErrorCode::DiskFull, start + " because the disk is full" + room + "." + kept, place};
    }
    default:
        return {ErrorCode::WriteFailed, start + ": " + std::strerror(number) + "." + kept, place};
    }
}

bool writeAll(int descriptor, std::string_view bytes)
{
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        bytes.remove_prefix(std::size_t(written));
    }
    return true;
}

/// True when the file holds exactly these bytes: a disk may accept a write and lose it.
bool holds(int descriptor, std::string_view bytes)
{
    std::vector<char> block(std::size_t(1) << 16);
    std::size_t position = 0;
    for (;;) {
        const ssize_t count = ::pread(descriptor, block.data(), block.size(), off_t(position));
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return false;
        if (count == 0)
            return position == bytes.size();
        if (position + std::size_t(count) > bytes.size() || std::memcmp(block.data(), bytes.data() + position, std::size_t(count)) != 0)
            return false;
        position += std::size_t(count);
    }
}

constexpr std::string_view temporaryPrefix = ".modelarium-";

/// A new file beside the target, with the permissions that the person's settings give to new files.
int openTemporary(const fs::path& folder, std::string& path)
{
    static std::atomic<unsigned> counter{0};
    for (int attempt = 0; attempt < 1000; ++attempt) {
        path = (folder / (std::string(temporaryPrefix) + std::to_string(::getpid()) + "-" + std::to_string(counter++))).string();
        const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (descriptor >= 0 || errno != EEXIST)
            return descriptor;
    }
    return -1;
}

/// What a save that was killed left behind. No save takes an hour, so nobody is writing to a file of that age.
void removeOldTemporaries(const fs::path& folder)
{
    std::error_code code;
    const auto oldest = fs::file_time_type::clock::now() - std::chrono::hours(1);
    for (fs::directory_iterator entry(folder, code), end; !code && entry != end; entry.increment(code)) {
        std::error_code gone;
        if (entry->path().filename().string().rfind(temporaryPrefix, 0) == 0 && entry->symlink_status(gone).type() == fs::file_type::regular
            && entry->last_write_time(gone) < oldest && !gone)
            fs::remove(entry->path(), gone);
    }
}

} // namespace

Result<std::string> readFile(const fs::path& path, std::size_t maximumBytes)
{
    Place place;
    place.file = path.string();
    const std::string name = "\"" + path.filename().string() + "\"";
    // O_NONBLOCK: opening a pipe must not wait for a writer.
    Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file) {
        if (errno == ENOENT)
            return Error{ErrorCode::FileNotFound, "There is no file " + name + ".", place};
        if (errno == EACCES)
            return Error{ErrorCode::PermissionDenied, "You have no permission to read " + name + ".", place};
        return Error{ErrorCode::ReadFailed, name + " cannot be opened: " + std::strerror(errno) + ".", place};
    }
    struct stat status{};
    if (::fstat(file.number(), &status) != 0 || !S_ISREG(status.st_mode))
        return Error{ErrorCode::NotAFile, name + (S_ISDIR(status.st_mode) ? " is a folder, not a file." : " is not a regular file."), place};
    if (std::size_t(status.st_size) > maximumBytes)
        return Error{ErrorCode::TooLarge, name + " has " + countText(status.st_size) + " bytes; at most " + countText(maximumBytes) + " are read.", place};

    std::string bytes;
    bytes.reserve(std::size_t(status.st_size));
    preferHugePages(bytes.data(), bytes.capacity());
    bytes.resize(std::size_t(status.st_size));
    std::size_t position = 0;
    while (position < bytes.size()) {
        const ssize_t count = ::read(file.number(), bytes.data() + position, bytes.size() - position);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return Error{ErrorCode::ReadFailed, name + " cannot be read: " + std::strerror(errno) + ".", place};
        if (count == 0)
            return Error{ErrorCode::FileChanged, name + " became shorter while it was read. Try again when nothing writes to it.", place};
        position += std::size_t(count);
    }
    return bytes;
}

Result<void> writeFileAtomically(const fs::path& requested, std::string_view bytes)
{
    std::error_code none, cycle;
    const fs::path path = fs::is_symlink(requested, none) ? fs::weakly_canonical(requested, cycle) : requested;
    if (cycle)
        return saveError(cycle.value(), requested, false, bytes.size());
    const fs::path folder = path.parent_path().empty() ? fs::path(".") : path.parent_path();
    struct stat existing{};
    const bool replaces = ::stat(path.c_str(), &existing) == 0;
    if (replaces && !S_ISREG(existing.st_mode))
        return Error{ErrorCode::NotAFile, "\"" + path.filename().string() + "\" is not a file that can be replaced.", {.file = path.string()}};
    if (replaces && ::access(path.c_str(), W_OK) != 0)
        return saveError(errno, path, replaces, bytes.size());

    removeOldTemporaries(folder);
    std::string temporary;
    Descriptor file(openTemporary(folder, temporary));
    if (!file)
        return saveError(errno, path, replaces, bytes.size());
    const auto fail = [&](int number) {
        file.close();
        ::unlink(temporary.c_str());
        return saveError(number, path, replaces, bytes.size());
    };

    if (!writeAll(file.number(), bytes) || ::fsync(file.number()) != 0)
        return fail(errno);
    if (!holds(file.number(), bytes))
        return fail(EIO);
    if (replaces)
        ::fchmod(file.number(), existing.st_mode & 07777);
    if (file.close() != 0 || ::rename(temporary.c_str(), path.c_str()) != 0)
        return fail(errno);

    // The new name must survive a power loss too. A file system that cannot sync folders has nothing better to offer.
    Descriptor directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (directory)
        ::fsync(directory.number());
    return {};
}

bool isSameFile(const std::filesystem::path& one, const std::filesystem::path& other)
{
    std::error_code none;
    return std::filesystem::equivalent(one, other, none) && !none;
}

} // namespace modelarium
