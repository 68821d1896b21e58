#pragma once

#include "core/base/counted.h"

#include <cstddef>
#include <string>

namespace modelarium {

/// "8 of 150 rows are support vectors: inside or on the margin. The others could be left out, and the model would be the same."
inline std::string supportSentence(std::size_t support, std::size_t rows, const std::string& where)
{
    if (support == rows)
        return rows == 1 ? "The one row is a support vector: " + where + "." : "All " + countText(rows) + " rows are support vectors: " + where + ".";
    return countText(support) + " of " + countText(rows) + (support == 1 ? " rows is a support vector: " : " rows are support vectors: ") + where
        + ". The others could be left out, and the model would be the same.";
}

} // namespace modelarium
