#pragma once

#include <cstddef>
#include <string>

namespace modelarium {

/// "1,368,939": a count as people read it, its digits in groups of three. For sentences and tables, not for what a program reads.
inline std::string countText(std::size_t count)
{
    std::string text = std::to_string(count);
    for (std::size_t at = text.size(); at > 3;)
        text.insert(at -= 3, 1, ',');
    return text;
}

/// "1 row", "12 rows", "1,368,939 rows": a count with its noun.
inline std::string counted(std::size_t count, const std::string& one, const std::string& many)
{
    return countText(count) + " " + (count == 1 ? one : many);
}

inline std::string rowsText(std::size_t count) { return counted(count, "row", "rows"); }

} // namespace modelarium
