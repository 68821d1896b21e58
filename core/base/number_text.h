#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace modelarium {

inline constexpr const char* timesSign = "\u00D7";

/// The shortest decimal text that reads back as exactly the same double, in the C notation whatever the locale.
std::string exactText(double value);

/// A number as people write it: at most `digits` significant digits, no trailing zeros, an exponent only where it helps.
std::string shortText(double value, int digits = 4);

/// As shortText(); from 17 digits on the exact text.
std::string numberText(double value, int digits);

/// `value` with as few digits, `digits` at least, as still say something in [low, high), where it lies itself.
std::string textWithin(double value, double low, double high, int digits = 3);

/// Reads a whole text as a finite or infinite double: optional sign, decimal point, exponent. Correctly rounded,
/// underflow to zero and overflow to infinity as IEEE 754 says; no hexadecimal, no spaces, no locale.
std::optional<double> parseNumber(std::string_view text);

} // namespace modelarium
