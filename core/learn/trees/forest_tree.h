#pragma once

#include "core/base/random.h"
#include "core/data/dataset.h"
#include "core/learn/trees/binned_columns.h"
#include "core/learn/trees/impurity.h"
#include "core/model/tree.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace modelarium {

/// When a tree of a forest stops growing, and how many features it looks at for each split.
struct ForestLimits {
    std::size_t featuresTried = 1;
    std::size_t depth = 0;              ///< 0: no limit
    std::size_t samplesInLeaf = 1;      ///< counted as they were drawn
};

/// The answers of all samples, in the integers that splits are compared in: equally good splits compare equal.
///
/// Unit     fixed: (y - centre) in fixed point; countLogCount: n log2 n in fixed point (entropy only)
struct ForestAnswers {
    ForestAnswers(const Dataset& data, ImpurityMeasure chosenMeasure);

    std::size_t outputs() const { return classes > 0 ? classes : 1; }

    ImpurityMeasure measure;
    std::size_t classes = 0;            ///< 0: regression
    std::vector<std::uint16_t> codes;
    std::vector<double> y;
    std::vector<std::int64_t> fixed;
    std::vector<std::int64_t> countLogCount;
};

/// How often each sample was drawn; 0 is out of the bag.
using Draws = std::vector<std::uint16_t>;

/// n draws out of n samples, with replacement.
Draws bootstrapDraws(std::size_t samples, Random& random);

/// A tree, and the leaf that each of the rows reaches that judge it.
struct GrownTree {
    static constexpr std::uint32_t notAsked = 0xffffffff;

    TreePtr tree;
    std::vector<std::uint32_t> leaves;  ///< of each sample; notAsked where the tree has drawn it
};

/// Which samples go down a tree to judge it.
enum class Judges { OutOfBag, All };

/// Grows one tree of a forest, depth first, until its leaves are pure or a limit is reached. The judges go down while it grows: they are
/// parted like the rows that it learns from, in the order of memory, and nobody has to walk down the tree for each.
///
/// Math     at every node `featuresTried` features are drawn without replacement; of their cuts between bins the one that lowers
///          the impurity most is made, even where it lowers nothing. Where all drawn features are constant in the node, more are
///          drawn. Of equal cuts the feature drawn first wins, then the lowest threshold. A sample counts as often as it was drawn.
/// Shape    X: what the columns were made from
/// Cost     O(drawn samples * featuresTried * depth + judges * depth)
GrownTree growForestTree(const Matrix& X, const BinnedColumns& columns, const ForestAnswers& answers, const Draws& draws,
                         const ForestLimits& limits, Judges judges, Random random);

} // namespace modelarium
