#include "core/model/strict_json.h"

#include "core/base/buffer.h"
#include "core/base/counted.h"
#include "core/base/number_text.h"
#include "core/model/canonical_json.h"

#include <simdjson.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <numeric>
#include <optional>
#include <vector>

namespace modelarium {

namespace {

using nlohmann::json;

/// Takes the document event by event, and stops at the first thing that a careful reader would not accept.
class StrictBuilder final : public nlohmann::json_sax<json> {
public:
    explicit StrictBuilder(const JsonLimits& limits) : m_limits(limits) {}

    json document;
    std::optional<Error> failure;

    bool null() override { return add(nullptr); }
    bool boolean(bool value) override { return add(value); }
    bool number_integer(number_integer_t value) override { return add(value); }
    bool number_unsigned(number_unsigned_t value) override { return add(value); }
    bool number_float(number_float_t value, const string_t& text) override
    {
        if (!std::isfinite(value))
            return refuse("The file holds the number " + text.substr(0, 40) + ", which is not finite.");
        return add(value);
    }
    bool string(string_t& value) override { return add(std::move(value)); }
    bool binary(binary_t&) override { return refuse("The file holds binary data."); }

    bool start_object(std::size_t) override { return open(json::object()); }
    bool start_array(std::size_t) override { return open(json::array()); }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }
    bool key(string_t& name) override
    {
        if (m_open.back()->contains(name))
            return refuse("The file names \"" + name.substr(0, 80) + "\" twice in one place, so it is not clear which one counts.");
        m_key = std::move(name);
        return true;
    }
    bool parse_error(std::size_t position, const std::string&, const json::exception& error) override
    {
        if (error.id == 406)
            return refuse("The file holds a number beyond the range of a double at byte " + std::to_string(position) + ".");
        return refuse("The file is not a complete JSON document: it cannot be read from byte " + std::to_string(position) + " on.");
    }

private:
    bool refuse(std::string message, ErrorCode code = ErrorCode::BadModelFile)
    {
        if (!failure)
            failure = Error{code, std::move(message)};
        return false;
    }

    json* place(json&& value)
    {
        if (++m_values > m_limits.values) {
            refuse("The file holds more than " + countText(m_limits.values) + " values.", ErrorCode::TooLarge);
            return nullptr;
        }
        if (m_open.empty()) {
            document = std::move(value);
            return &document;
        }
        json& parent = *m_open.back();
        if (parent.is_object())
            return &(parent[m_key] = std::move(value));
        parent.push_back(std::move(value));
        return &parent.back();
    }

    bool add(json value) { return place(std::move(value)) != nullptr; }

    bool open(json container)
    {
        if (m_open.size() >= m_limits.depth)
            return refuse("The file is nested more than " + countText(m_limits.depth) + " levels deep.");
        json* const placed = place(std::move(container));
        if (placed)
            m_open.push_back(placed);
        return placed != nullptr;
    }

    bool close()
    {
        m_open.pop_back();
        return true;
    }

    const JsonLimits m_limits;
    std::vector<json*> m_open;          // the path to where the next value goes; only the last one ever grows
    std::string m_key;
    std::size_t m_values = 0;
};

/// The events of an element that the quick parser has found to be good JSON.
bool tell(const simdjson::dom::element& element, StrictBuilder& builder)
{
    using Type = simdjson::dom::element_type;
    switch (element.type()) {
    case Type::OBJECT:
        if (!builder.start_object(0))
            return false;
        for (const auto& [name, value] : simdjson::dom::object(element)) {
            std::string key(name);
            if (!builder.key(key) || !tell(value, builder))
                return false;
        }
        return builder.end_object();
    case Type::ARRAY:
        if (!builder.start_array(0))
            return false;
        for (const simdjson::dom::element value : simdjson::dom::array(element))
            if (!tell(value, builder))
                return false;
        return builder.end_array();
    case Type::STRING: {
        const std::string_view content(element);
        std::string text;
        text.reserve(content.size());
        preferHugePages(text.data(), text.capacity());
        text = content;
        return builder.string(text);
    }
    case Type::INT64:                       // to the other parser only what has a sign is an integer with one
        return std::int64_t(element) < 0 ? builder.number_integer(std::int64_t(element)) : builder.number_unsigned(std::uint64_t(std::int64_t(element)));
    case Type::UINT64: return builder.number_unsigned(std::uint64_t(element));
    case Type::DOUBLE: return builder.number_float(double(element), {});
    case Type::BOOL: return builder.boolean(bool(element));
    case Type::NULL_VALUE: return builder.null();
    }
    return false;
}

/// Commas and opening brackets. A sum for each of some places, in a byte as they are: then the compiler takes them in vectors.
std::size_t separatorsIn(std::string_view bytes)
{
    constexpr std::size_t lanes = 64;
    const auto isSeparator = [](char c) { return std::uint8_t((c == ',') | (c == '[') | (c == '{')); };
    std::size_t found = 0, i = 0;
    while (bytes.size() - i >= lanes) {
        const std::size_t end = i + std::min<std::size_t>((bytes.size() - i) / lanes, 255) * lanes;
        std::uint8_t counts[lanes] = {};
        for (; i < end; i += lanes)
            for (std::size_t lane = 0; lane < lanes; ++lane)
                counts[lane] = std::uint8_t(counts[lane] + isSeparator(bytes[i + lane]));
        found += std::accumulate(std::begin(counts), std::end(counts), std::size_t(0));
    }
    for (; i < bytes.size(); ++i)
        found += isSeparator(bytes[i]);
    return found;
}

/// A copy that the quick parser may read beyond the end of. Each piece of it is looked at while it is in the caches.
struct PaddedText {
    PaddedText(std::string_view bytes, std::size_t valuesAllowed) : copy(bytes.size() + simdjson::SIMDJSON_PADDING)
    {
        // Each value but the first comes after a comma or an opening bracket: so many fit.
        const bool canBeTooMany = (bytes.size() + 1) / 2 > valuesAllowed;
        constexpr std::size_t pieceSize = 16 << 10;
        std::size_t separators = 0;
        for (std::size_t first = 0; first < bytes.size() && !zero; first += pieceSize) {
            const std::string_view piece = bytes.substr(first, pieceSize);
            std::copy(piece.begin(), piece.end(), copy.begin() + std::ptrdiff_t(first));
            if (const std::size_t place = piece.find('\0'); place != piece.npos)
                zero = first + place;
            if (canBeTooMany)
                separators += separatorsIn(piece);
        }
        hasTooManyValues = separators + 1 > valuesAllowed;
    }

    Buffer<char> copy;
    std::optional<std::size_t> zero;
    bool hasTooManyValues = false;                  // or may have: some of the separators may stand in texts
};

/// A large document ten times as fast as by the other parser, which tells where an error is: false if that one has to look. It takes
/// the document as a whole, so what may hold more values than are allowed is left to the other one, which stops at the first too many.
bool parseQuickly(const PaddedText& text, const JsonLimits& limits, StrictBuilder& builder)
{
    if (text.hasTooManyValues)
        return false;
    const std::size_t size = text.copy.size() - simdjson::SIMDJSON_PADDING;
    simdjson::dom::parser parser;
    simdjson::dom::element root;
    if (parser.allocate(size, limits.depth + 1) || parser.parse(text.copy.data(), size, false).get(root))
        return false;
    tell(root, builder);
    return true;
}

bool isPlain(const nlohmann::ordered_json& value) { return !value.is_structured() || value.empty(); }

/// A value on one line. A long plain text, such as packed numbers, is not looked at character by character. Numbers by exactText: the library's own digits are exact too, but not always the shortest.
std::string dump(const nlohmann::ordered_json& value)
{
    if (value.is_string() && isPlainText(value.get_ref<const std::string&>()))
        return '"' + value.get_ref<const std::string&>() + '"';
    if (!value.is_number_float())
        return value.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
    const std::string text = exactText(value.get<double>());
    return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;      // 3.0 must not come back as a whole number
}

void write(const nlohmann::ordered_json& value, std::size_t indent, std::string& out)
{
    if (isPlain(value) || (value.is_array() && std::all_of(value.begin(), value.end(), isPlain))) {
        if (!value.is_array()) {
            out += dump(value);
            return;
        }
        out += '[';
        for (std::size_t i = 0; i < value.size(); ++i)
            out += (i ? ", " : "") + dump(value[i]);
        out += ']';
        return;
    }
    const std::string margin(indent + 2, ' ');
    out += value.is_object() ? "{\n" : "[\n";
    bool first = true;
    for (const auto& item : value.items()) {
        out += (first ? "" : ",\n") + margin;
        first = false;
        if (value.is_object())
            out += dump(nlohmann::ordered_json(item.key())) + ": ";
        write(item.value(), indent + 2, out);
    }
    out += '\n' + std::string(indent, ' ') + (value.is_object() ? '}' : ']');
}

} // namespace

Result<json> parseStrictJson(std::string_view bytes, const JsonLimits& limits)
{
    if (bytes.size() > limits.bytes) {
        return Error{ErrorCode::TooLarge, "The file has " + countText(bytes.size()) + " bytes; at most "
                                              + countText(limits.bytes) + " are read."};
    }
    if (bytes.empty())
        return Error{ErrorCode::BadModelFile, "The file is empty."};
    if (bytes.substr(0, 3) == "\xEF\xBB\xBF")
        return Error{ErrorCode::BadModelFile, "The file begins with a byte order mark, which a model file never does."};
    // The library's parser takes a zero byte for the end of the input, and would not look at what follows.
    const PaddedText text(bytes, limits.values);
    if (text.zero)
        return Error{ErrorCode::BadModelFile, "The file has a zero byte at byte " + std::to_string(*text.zero + 1) + ", which no text has."};
    StrictBuilder builder(limits);
    if (!parseQuickly(text, limits, builder))
        json::sax_parse(bytes.begin(), bytes.end(), &builder);
    if (builder.failure)
        return *builder.failure;
    if (!builder.document.is_object())
        return Error{ErrorCode::BadModelFile, "The file is not a JSON object."};
    return std::move(builder.document);
}

std::string readableJson(const nlohmann::ordered_json& document)
{
    std::string out;
    write(document, 0, out);
    return out;         // no newline at the end: then a file that lost even one byte is no document
}

} // namespace modelarium
