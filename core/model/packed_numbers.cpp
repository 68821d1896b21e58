#include "core/model/packed_numbers.h"

#include "core/base/base64.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

namespace modelarium {

namespace {

using nlohmann::json;
using nlohmann::ordered_json;

struct PackedType {
    const char* name;
    std::size_t bytes;
};
constexpr std::array<PackedType, 4> packedTypes{{{"int8", 1}, {"int16", 2}, {"int32", 4}, {"float64", 8}}};      // as PackedNumbers::Type

/// Holds `value` as the same bits: -0.0 is no whole number.
template <class Stored>
bool holds(double value)
{
    constexpr double least = double(std::numeric_limits<Stored>::min()), largest = double(std::numeric_limits<Stored>::max());
    return value >= least && value <= largest && std::bit_cast<std::uint64_t>(double(Stored(value))) == std::bit_cast<std::uint64_t>(value);
}

template <class Stored, class Value>
ordered_json packAs(const char* type, const std::vector<Value>& values)
{
    const std::vector<Stored> stored(values.begin(), values.end());
    return {{"type", type}, {"count", values.size()}, {"base64", toBase64(stored.data(), stored.size() * sizeof(Stored))}};
}

template <class Value>
ordered_json packNarrowest(const std::vector<Value>& values)
{
    const auto all = [&](bool (*fits)(double)) { return std::all_of(values.begin(), values.end(), [fits](Value v) { return fits(double(v)); }); };
    if (all(holds<std::int8_t>))
        return packAs<std::int8_t>("int8", values);
    if (all(holds<std::int16_t>))
        return packAs<std::int16_t>("int16", values);
    if (all(holds<std::int32_t>))
        return packAs<std::int32_t>("int32", values);
    return packAs<double>("float64", values);
}

} // namespace

ordered_json packNumbers(const std::vector<std::int32_t>& values) { return packNarrowest(values); }
ordered_json packNumbers(const std::vector<double>& values) { return packNarrowest(values); }

PackedNumbers::PackedNumbers(const JsonFields& fields, const char* key) : m_fields(fields), m_key(key)
{
    const JsonFields packed = fields.object(key);
    const std::string type = packed.text("type");
    const auto found = std::find_if(packedTypes.begin(), packedTypes.end(), [&](const PackedType& known) { return type == known.name; });
    if (found == packedTypes.end())
        packed.refuse("type", "is \"" + type.substr(0, 80) + "\", which this program does not know");
    m_type = Type(found - packedTypes.begin());
    m_size = std::size_t(packed.integer("count", 0, std::int64_t(1) << 53));        // the text below says how many there can be
    const json& text = packed.at("base64");
    const std::size_t bytes = m_size * found->bytes;
    if (!text.is_string() || text.get_ref<const std::string&>().size() != (bytes + 2) / 3 * 4)
        packed.refuse("base64", "is not as long as its count promises");
    m_bytes.resize(bytes);
    if (!fromBase64(text.get_ref<const std::string&>(), m_bytes.data(), bytes))
        packed.refuse("base64", "is not the base64 of its numbers");
}

template <class Stored, class Wanted>
void PackedNumbers::widen(std::size_t first, std::size_t count, Wanted* out) const
{
    const unsigned char* from = m_bytes.data() + first * sizeof(Stored);
    for (std::size_t i = 0; i < count; ++i) {
        Stored value;
        std::memcpy(&value, from + i * sizeof(Stored), sizeof(Stored));
        out[i] = Wanted(value);
    }
}

void PackedNumbers::copy(std::size_t first, std::size_t count, double* out) const
{
    switch (m_type) {
    case Type::Int8: return widen<std::int8_t>(first, count, out);
    case Type::Int16: return widen<std::int16_t>(first, count, out);
    case Type::Int32: return widen<std::int32_t>(first, count, out);
    case Type::Float64: break;
    }
    widen<double>(first, count, out);
    if (!Eigen::Map<const Vector>(out, Eigen::Index(count)).allFinite())
        refuse("holds a number that is not finite");
}

void PackedNumbers::copy(std::size_t first, std::size_t count, std::int32_t* out) const
{
    switch (m_type) {
    case Type::Int8: return widen<std::int8_t>(first, count, out);
    case Type::Int16: return widen<std::int16_t>(first, count, out);
    case Type::Int32: return widen<std::int32_t>(first, count, out);
    case Type::Float64: break;
    }
    refuse("holds a number that is not whole");
}

std::vector<std::int32_t> PackedNumbers::integers() const
{
    std::vector<std::int32_t> result(m_size);
    copy(0, m_size, result.data());
    return result;
}

} // namespace modelarium
