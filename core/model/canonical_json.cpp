#include "core/model/canonical_json.h"

#include "core/base/hash.h"

#include <algorithm>
#include <array>
#include <ostream>
#include <streambuf>
#include <utility>
#include <vector>

namespace modelarium {

namespace {

/// What is written to it is only hashed: a large model is not written down a second time.
class HashedBytes final : public std::streambuf {
public:
    HashedBytes() { setp(m_bytes.data(), m_bytes.data() + m_bytes.size()); }

    std::string hex()
    {
        flush();
        return m_hash.hex();
    }

private:
    int_type overflow(int_type byte) override
    {
        flush();
        return traits_type::eq_int_type(byte, traits_type::eof()) ? traits_type::not_eof(byte) : sputc(traits_type::to_char_type(byte));
    }
    std::streamsize xsputn(const char* bytes, std::streamsize count) override
    {
        if (count < std::streamsize(m_bytes.size()))
            return std::streambuf::xsputn(bytes, count);
        flush();
        m_hash.add(bytes, std::size_t(count));
        return count;
    }
    void flush()
    {
        m_hash.add(pbase(), std::size_t(pptr() - pbase()));
        setp(m_bytes.data(), m_bytes.data() + m_bytes.size());
    }

    Sha256 m_hash;
    std::array<char, 65536> m_bytes;
};

template <class Json>
class CanonicalWriter {
public:
    explicit CanonicalWriter(std::ostream& out) : m_out(out) {}

    void writeObject(const Json& object, const std::string* without = nullptr)
    {
        std::vector<std::pair<const std::string*, const Json*>> members;
        for (auto item = object.begin(); item != object.end(); ++item)
            if (!without || item.key() != *without)
                members.emplace_back(&item.key(), &item.value());
        std::sort(members.begin(), members.end(), [](const auto& a, const auto& b) { return *a.first < *b.first; });
        m_out << '{';
        for (std::size_t i = 0; i < members.size(); ++i) {
            m_out << (i ? "," : "") << dumped(*members[i].first) << ':';
            write(*members[i].second);
        }
        m_out << '}';
    }

private:
    void write(const Json& value)
    {
        if (value.is_object()) {
            writeObject(value);
        } else if (isListOfNumbers(value)) {
            m_out << value;
        } else if (value.is_array()) {
            m_out << '[';
            for (std::size_t i = 0; i < value.size(); ++i) {
                m_out << (i ? "," : "");
                write(value[i]);
            }
            m_out << ']';
        } else if (value.is_string() && isPlainText(value.template get_ref<const std::string&>())) {
            m_out << '"' << value.template get_ref<const std::string&>() << '"';
        } else {
            m_out << dumped(value);
        }
    }

    /// Written by the library in one go, which is quick; of nothing else, for it refuses texts that are not UTF-8.
    static bool isListOfNumbers(const Json& value)
    {
        return value.is_array() && std::all_of(value.begin(), value.end(), [](const Json& item) { return item.is_number(); });
    }

    /// What is not UTF-8 becomes the sign for it, as in the file itself.
    static std::string dumped(const Json& value) { return value.dump(-1, ' ', false, Json::error_handler_t::replace); }

    std::ostream& m_out;
};

template <class Json>
std::string checksumOf(const Json& document, const std::string& without)
{
    HashedBytes hashed;
    std::ostream bytes(&hashed);
    CanonicalWriter<Json>(bytes).writeObject(document, &without);
    return hashed.hex();
}

} // namespace

std::string canonicalChecksum(const nlohmann::json& document, const std::string& without) { return checksumOf(document, without); }
std::string canonicalChecksum(const nlohmann::ordered_json& document, const std::string& without) { return checksumOf(document, without); }

bool isPlainText(const std::string& text)
{
    unsigned special = 0;                                   // no branch in the loop: it runs in vectors
    for (const char character : text) {
        const auto byte = static_cast<unsigned char>(character);
        special |= unsigned(byte < ' ') | unsigned(byte > '~') | unsigned(byte == '"') | unsigned(byte == '\\');
    }
    return special == 0;
}

} // namespace modelarium
