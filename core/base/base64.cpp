#include "core/base/base64.h"

#include "core/base/parallel.h"

#include <openssl/evp.h>

#include <algorithm>
#include <atomic>
#include <cstring>

namespace modelarium {

namespace {

constexpr std::size_t groupText = 4, groupBytes = 3;                // four characters are three bytes
constexpr std::size_t groupsInBlock = 64 * 1024;

/// Whole groups. The library cuts white space off at both ends, and then finds fewer bytes than it should; padding is a zero to it.
bool decodeGroups(const char* text, std::size_t groups, unsigned char* bytes)
{
    if (std::memchr(text, '=', groups * groupText))
        return false;
    const int length = EVP_DecodeBlock(bytes, reinterpret_cast<const unsigned char*>(text), int(groups * groupText));
    return length == int(groups * groupBytes);
}

} // namespace

std::string toBase64(const void* bytes, std::size_t size)
{
    std::string text((size + groupBytes - 1) / groupBytes * groupText + 1, '\0');       // the library ends it with a zero
    const auto* from = static_cast<const unsigned char*>(bytes);
    auto* to = reinterpret_cast<unsigned char*>(text.data());
    for (std::size_t done = 0; done < size; done += groupsInBlock * groupBytes)
        to += EVP_EncodeBlock(to, from + done, int(std::min(groupsInBlock * groupBytes, size - done)));
    text.pop_back();
    return text;
}

bool fromBase64(std::string_view text, void* bytes, std::size_t size)
{
    const std::size_t groups = (size + groupBytes - 1) / groupBytes;
    if (text.size() % groupText != 0 || text.size() / groupText != groups)
        return false;
    if (groups == 0)
        return true;
    auto* to = static_cast<unsigned char*>(bytes);
    const std::size_t before = groups - 1;                          // the last group may hold fewer bytes than three
    std::atomic<bool> good = true;
    parallelFor((before + groupsInBlock - 1) / groupsInBlock, [&](std::size_t block) {
        const std::size_t first = block * groupsInBlock;
        if (!decodeGroups(text.data() + first * groupText, std::min(groupsInBlock, before - first), to + first * groupBytes))
            good = false;
    });
    const std::string_view lastText = text.substr(before * groupText);
    unsigned char last[groupBytes];
    const int length = EVP_DecodeBlock(last, reinterpret_cast<const unsigned char*>(lastText.data()), int(groupText));
    const std::size_t left = size - before * groupBytes;
    if (!good || length != int(groupBytes) || toBase64(last, left) != lastText)
        return false;
    std::memcpy(to + before * groupBytes, last, left);
    return true;
}

} // namespace modelarium
