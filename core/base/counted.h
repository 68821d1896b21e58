#pragma once

#include <cstddef>
#include <string>

namespace modelarium {

/// "1 row", "12 rows": a count with its noun.
inline std::string counted(std::size_t count, const std::string& one, const std::string& many)
{
    return std::to_string(count) + " " + (count == 1 ? one : many);
}

inline std::string rowsText(std::size_t count) { return counted(count, "row", "rows"); }

} // namespace modelarium
