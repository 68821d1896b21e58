#include "core/model/tree.h"

#include <algorithm>

namespace modelarium {

std::size_t leafCount(const Tree& tree) { return std::size_t(std::count(tree.feature.begin(), tree.feature.end(), -1)); }

std::size_t depthOf(const Tree& tree)
{
    std::vector<std::size_t> depths(tree.feature.size(), 0);
    std::size_t deepest = 0;
    for (std::size_t node = 0; node < tree.feature.size(); ++node) {       // children come after their parent
        deepest = std::max(deepest, depths[node]);
        if (tree.feature[node] < 0)
            continue;
        depths[std::size_t(tree.left[node])] = depths[node] + 1;
        depths[std::size_t(tree.right[node])] = depths[node] + 1;
    }
    return deepest;
}

} // namespace modelarium
