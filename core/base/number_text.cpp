#include "core/base/number_text.h"

#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include <fast_float/fast_float.h>

namespace modelarium {

std::string exactText(double value)
{
    char text[32];
    const auto end = std::to_chars(text, text + sizeof text, value).ptr;
    return std::string(text, end);
}

std::string shortText(double value, int digits)
{
    if (value == 0)
        return "0";
    if (!std::isfinite(value))
        return std::isnan(value) ? "missing" : value > 0 ? "infinite" : "-infinite";

    // Round first, then look at the exponent: 9999.9996 is 10000, not 9999.9996 written with its old exponent.
    char scientific[64];
    std::snprintf(scientific, sizeof scientific, "%.*e", digits - 1, value);
    const double rounded = std::strtod(scientific, nullptr);
    const int exponent = int(std::floor(std::log10(std::abs(rounded)) + 1e-12));

    char text[400];
    const bool plain = exponent >= -4 && exponent < 7;
    const auto format = plain ? std::chars_format::fixed : std::chars_format::scientific;
    const int decimals = plain ? (digits - 1 - exponent > 0 ? digits - 1 - exponent : 0) : digits - 1;
    std::string result(text, std::to_chars(text, text + sizeof text, plain ? rounded : value, format, decimals).ptr);

    const std::size_t mantissaEnd = result.find('e');
    std::string tail = mantissaEnd == std::string::npos ? "" : result.substr(mantissaEnd);
    std::string mantissa = result.substr(0, mantissaEnd);
    if (mantissa.find('.') != std::string::npos) {
        while (mantissa.back() == '0')
            mantissa.pop_back();
        if (mantissa.back() == '.')
            mantissa.pop_back();
    }
    return mantissa + tail;
}

std::string numberText(double value, int digits) { return digits >= 17 ? exactText(value) : shortText(value, digits); }

std::string textWithin(double value, double low, double high, int digits)
{
    if (!std::isfinite(value))
        return shortText(value);
    for (; digits < 17; ++digits) {
        const std::string text = shortText(value, digits);
        const std::optional<double> said = parseNumber(text);
        if (said && *said >= low && *said < high)
            return text;
    }
    return exactText(value);
}

std::optional<double> parseNumber(std::string_view text)
{
    const std::size_t before = text.size();
    if (!text.empty() && text.front() == '+')
        text.remove_prefix(1);
    if (text.empty() || (text.size() < before && (text.front() == '+' || text.front() == '-')))
        return std::nullopt;
    double value = 0;
    const auto [end, status] = fast_float::from_chars(text.data(), text.data() + text.size(), value);
    if (status != std::errc{} || end != text.data() + text.size() || std::isnan(value))
        return std::nullopt;
    return value;
}

} // namespace modelarium
