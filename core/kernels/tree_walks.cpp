#include "core/kernels/tree_walks.h"

#include "core/kernels/vectors.h"

#include <algorithm>
#include <bit>
#include <utility>

#if defined(__AVX512F__)
#include <immintrin.h>
#endif

namespace modelarium::kernels {

namespace {

constexpr std::size_t together = treeRowsTogether;
constexpr std::uint32_t allExits = ~std::uint32_t(0);

/// Where a walk goes from a node, given the feature that the node asks for.
inline std::uint32_t nextOf(const TreeNode& node, float x, unsigned featureBits)
{
    return (node.link >> featureBits) + (x > node.threshold);
}

#if defined(__AVX512F__)

// Masked by nothing, where they are: gcc 12 warns of the plain ones (its bug 105593).
constexpr __mmask16 sixteen = 0xFFFF;

struct Question {
    __m512 threshold;
    __m512i link;
};

/// The nodes at sixteen places: each is fetched whole, in one piece.
inline Question questionsAt(const TreeNode* nodes, __m512i places)
{
    const __m512i evens = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    const __m512i odds = _mm512_setr_epi32(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
    const __m256i low = _mm512_maskz_extracti64x4_epi64(0xFF, places, 0);
    const __m256i high = _mm512_maskz_extracti64x4_epi64(0xFF, places, 1);
    const __m512i a = _mm512_mask_i32gather_epi64(_mm512_setzero_si512(), 0xFF, low, nodes, sizeof(TreeNode));
    const __m512i b = _mm512_mask_i32gather_epi64(_mm512_setzero_si512(), 0xFF, high, nodes, sizeof(TreeNode));
    return {_mm512_castsi512_ps(_mm512_permutex2var_epi32(a, evens, b)), _mm512_permutex2var_epi32(a, odds, b)};
}

inline __m512i featuresOf(const Question& question, unsigned featureBits)
{
    return _mm512_maskz_and_epi32(sixteen, question.link, _mm512_set1_epi32(int((1u << featureBits) - 1)));
}

/// Where sixteen walks go, given the features that their nodes ask for.
inline __m512i nextOf(const Question& question, __m512 x, unsigned featureBits)
{
    const __m512i child = _mm512_maskz_srl_epi32(sixteen, question.link, _mm_cvtsi32_si128(int(featureBits)));
    const __mmask16 larger = _mm512_cmp_ps_mask(x, question.threshold, _CMP_GT_OQ);
    return _mm512_mask_add_epi32(child, larger, child, _mm512_set1_epi32(1));
}

inline __m512 gathered(const float* x, __m512i places) { return _mm512_mask_i32gather_ps(_mm512_setzero_ps(), sixteen, places, x, sizeof(float)); }

/// One step of sixteen rows down a tree. `rows`: where a row's first feature stands, from x on.
inline __m512i stepped(const TreeView& tree, const float* x, __m512i rows, __m512i places)
{
    const Question question = questionsAt(tree.nodes, places);
    const __m512i feature = featuresOf(question, tree.featureBits);
    const __m512i x0 = _mm512_maskz_add_epi32(sixteen, _mm512_maskz_slli_epi32(sixteen, feature, std::countr_zero(together)), rows);
    return nextOf(question, gathered(x, x0), tree.featureBits);
}

/// Where walks of `Groups` groups of rows stand below the top.
template <std::size_t Groups>
inline void answerTop(const TreeView& tree, const float* x, __m512i* places)
{
    const TreeTop& top = *tree.top;
    const std::size_t group = together * tree.features;
    __m512i bits[Groups];
    for (std::size_t g = 0; g < Groups; ++g)
        bits[g] = _mm512_set1_epi32(-1);
    for (std::uint32_t q = 0; q < top.questions; ++q) {
        const __m512 threshold = _mm512_set1_ps(top.thresholds[q]);
        const __m512i keeps = _mm512_set1_epi32(int(top.keeps[q]));
        const float* column = x + together * top.features[q];
        for (std::size_t g = 0; g < Groups; ++g) {
            const __mmask16 larger = _mm512_cmp_ps_mask(_mm512_loadu_ps(column + g * group), threshold, _CMP_GT_OQ);
            bits[g] = _mm512_mask_and_epi32(bits[g], larger, bits[g], keeps);
        }
    }
    const __m512i left = _mm512_loadu_si512(top.exits), right = _mm512_loadu_si512(top.exits + 16);
    for (std::size_t g = 0; g < Groups; ++g)
        places[g] = _mm512_permutex2var_epi32(left, _mm512_maskz_lzcnt_epi32(sixteen, bits[g]), right);
}

constexpr std::size_t walksTogether = 4;            // groups: enough that none waits for a node

/// Walks that have not arrived: rows and the nodes where they stand.
struct Walks {
    std::size_t count = 0;
    std::uint32_t rows[mostTreeRows + walksTogether * together];
    std::uint32_t places[mostTreeRows + walksTogether * together];

    void add(__mmask16 which, __m512i row, __m512i place)
    {
        _mm512_storeu_si512(rows + count, _mm512_maskz_compress_epi32(which, row));
        _mm512_storeu_si512(places + count, _mm512_maskz_compress_epi32(which, place));
        count += std::size_t(std::popcount(std::uint32_t(which)));
    }
};

constexpr std::uint32_t mostStepsInOrder = 8;       // then the walks that have arrived are sorted out
constexpr int stepsBetweenSorting = 3;

template <std::size_t Groups>
inline void descendFromTop(const TreeView& tree, const float* x, std::size_t row, std::uint32_t* leaves, Walks& walks)
{
    const __m512i lane = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    const std::size_t group = together * tree.features;
    const std::uint32_t levels = tree.top->levelsBelow, steps = std::min(levels, mostStepsInOrder);
    __m512i places[Groups];
    answerTop<Groups>(tree, x, places);
    for (std::uint32_t step = 0; step + 1 < steps; ++step)
        for (std::size_t g = 0; g < Groups; ++g)
            places[g] = stepped(tree, x + g * group, lane, places[g]);
    for (std::size_t g = 0; g < Groups; ++g, row += together) {
        const __m512i next = steps > 0 ? stepped(tree, x + g * group, lane, places[g]) : places[g];
        _mm512_storeu_si512(leaves + row, next);
        if (levels > steps)
            walks.add(_mm512_cmpneq_epi32_mask(next, places[g]), _mm512_maskz_add_epi32(sixteen, lane, _mm512_set1_epi32(int(row))), next);
    }
}

/// A few steps of the walks from `first` to `end` (not more than Groups groups); those that have arrived write their leaves, the others
/// are added to the walks again.
template <std::size_t Groups>
inline void descend(const TreeView& tree, const float* x, std::size_t first, std::size_t end, std::uint32_t* leaves, Walks& walks)
{
    const __m512i group = _mm512_set1_epi32(int(together * tree.features)), inGroup = _mm512_set1_epi32(int(together - 1));
    __m512i places[Groups], rows[Groups], starts[Groups];
    for (std::size_t g = 0; g < Groups; ++g) {
        places[g] = _mm512_loadu_si512(walks.places + first + g * together);
        rows[g] = _mm512_loadu_si512(walks.rows + first + g * together);
        const __m512i number = _mm512_maskz_srli_epi32(sixteen, rows[g], std::countr_zero(together));
        starts[g] = _mm512_maskz_add_epi32(sixteen, _mm512_maskz_mullo_epi32(sixteen, number, group), _mm512_maskz_and_epi32(sixteen, rows[g], inGroup));
    }
    for (int step = 1; step < stepsBetweenSorting; ++step)
        for (std::size_t g = 0; g < Groups; ++g)
            places[g] = stepped(tree, x, starts[g], places[g]);
    for (std::size_t g = 0; g < Groups; ++g) {
        const std::size_t left = end - (first + g * together);
        const __mmask16 real = left < together ? __mmask16((1u << left) - 1) : sixteen;
        const __m512i next = stepped(tree, x, starts[g], places[g]);
        const __mmask16 moved = _mm512_mask_cmpneq_epi32_mask(real, next, places[g]);
        _mm512_mask_i32scatter_epi32(leaves, __mmask16(real & ~moved), rows[g], next, sizeof(std::uint32_t));
        walks.add(moved, rows[g], next);
    }
}

void leavesOfRows(const TreeView& tree, const float* x, std::size_t count, std::uint32_t* leaves)
{
    Walks walks;
    const std::size_t features = tree.features, wide = walksTogether * together;
    std::size_t row = 0;
    for (; row + wide <= count; row += wide)
        descendFromTop<walksTogether>(tree, x + row * features, row, leaves, walks);
    for (; row < count; row += together)
        descendFromTop<1>(tree, x + row * features, row, leaves, walks);
    while (walks.count > 0) {
        const std::size_t end = std::exchange(walks.count, 0);
        // What is left of the last group walks along, unheard.
        std::fill_n(walks.rows + end, together - 1, walks.rows[0]);
        std::fill_n(walks.places + end, together - 1, walks.places[0]);
        std::size_t first = 0;
        for (; first + wide <= end; first += wide)
            descend<walksTogether>(tree, x, first, end, leaves, walks);
        for (; first < end; first += together)
            descend<1>(tree, x, first, end, leaves, walks);
    }
}

constexpr std::size_t fewFeatures = mostFloatsRead;         // of a row, which fit into two registers and need not be fetched

struct FewFeatures {
    __m512 first, second;

    explicit FewFeatures(const float* x) : first(_mm512_loadu_ps(x)), second(_mm512_loadu_ps(x + 16)) {}
    /// Of each number the lowest five bits count.
    __m512 at(__m512i numbers) const { return _mm512_permutex2var_ps(first, numbers, second); }
};

/// Some questions of sixteen trees.
inline Question chosen(__mmask16 second, const Question& a, const Question& b)
{
    return {_mm512_mask_blend_ps(second, a.threshold, b.threshold), _mm512_mask_blend_epi32(second, a.link, b.link)};
}

/// Where the walks of one row through sixteen trees stand below the top.
inline __m512i answerTop(const GroupTop& top, const FewFeatures& x)
{
    const auto question = [&top](std::size_t q) { return Question{_mm512_loadu_ps(top.thresholds[q]), _mm512_loadu_si512(top.features[q])}; };
    const auto isLarger = [&x](const Question& asked) { return _mm512_cmp_ps_mask(x.at(asked.link), asked.threshold, _CMP_GT_OQ); };
    const auto chosenOf = [&](std::size_t q, __mmask16 second) { return chosen(second, question(q), question(q + 1)); };
    const __mmask16 a = isLarger(question(0));
    const __mmask16 b = isLarger(chosenOf(1, a));
    const __mmask16 c = isLarger(chosen(a, chosenOf(3, b), chosenOf(5, b)));
    const __mmask16 d = isLarger(chosen(a, chosen(b, chosenOf(7, c), chosenOf(9, c)), chosen(b, chosenOf(11, c), chosenOf(13, c))));
    __m512i place = _mm512_loadu_si512(top.exits);
    place = _mm512_mask_add_epi32(place, a, place, _mm512_set1_epi32(8));
    place = _mm512_mask_add_epi32(place, b, place, _mm512_set1_epi32(4));
    place = _mm512_mask_add_epi32(place, c, place, _mm512_set1_epi32(2));
    return _mm512_mask_add_epi32(place, d, place, _mm512_set1_epi32(1));
}

/// One step through sixteen trees. `valuesOf`: the features of these numbers.
template <class Values>
inline __m512i steppedThroughTrees(const ForestView& forest, __m512i roots, __m512i places, const Values& valuesOf)
{
    const Question question = questionsAt(forest.nodes, places);
    return _mm512_maskz_add_epi32(sixteen, nextOf(question, valuesOf(question.link), forest.featureBits), roots);
}

/// One row and `Groups` groups of trees. `Few`: the row has few features.
template <std::size_t Groups, bool Few>
void leavesOfTrees(const ForestView& forest, const TreeGroup* groups, const float* x, std::uint32_t* leaves)
{
    const FewFeatures few(x);
    const auto valuesOf = [&](__m512i links) {
        if constexpr (Few)
            return few.at(links);
        else
            return gathered(x, _mm512_maskz_and_epi32(sixteen, links, _mm512_set1_epi32(int((1u << forest.featureBits) - 1))));
    };
    __m512i roots[Groups], places[Groups];
    std::uint32_t levels = 0;
    for (std::size_t g = 0; g < Groups; ++g) {
        roots[g] = _mm512_loadu_si512(groups[g].roots);
        places[g] = Few ? answerTop(groups[g].top, few) : roots[g];
        levels = std::max(levels, groups[g].levelsBelow);
    }
    if constexpr (!Few)
        levels += std::bit_width(groupQuestions);
    const auto step = [&](std::size_t g) { return steppedThroughTrees(forest, roots[g], places[g], valuesOf); };
    for (bool moved = true; moved && levels > 0;) {
        if (levels > 1) {
            for (std::size_t g = 0; g < Groups; ++g)
                places[g] = step(g);
            --levels;
        }
        __mmask16 walking = 0;
        for (std::size_t g = 0; g < Groups; ++g) {
            const __m512i next = step(g);
            walking |= _mm512_cmpneq_epi32_mask(next, places[g]);
            places[g] = next;
        }
        --levels;
        moved = walking != 0;
    }
    for (std::size_t g = 0; g < Groups; ++g)
        _mm512_storeu_si512(leaves + g * treesTogether, places[g]);
}

constexpr std::size_t mostGroups = 8;

template <std::size_t Groups = mostGroups>
void leavesOfGroups(const ForestView& forest, const TreeGroup* groups, std::size_t count, const float* x, std::uint32_t* leaves)
{
    if constexpr (Groups > 1)
        if (count < Groups)
            return leavesOfGroups<Groups - 1>(forest, groups, count, x, leaves);
    if (forest.features <= fewFeatures)
        leavesOfTrees<Groups, true>(forest, groups, x, leaves);
    else
        leavesOfTrees<Groups, false>(forest, groups, x, leaves);
}

void leavesOfManyFeatures(const ForestView& forest, const TreeGroup& group, const float* x, std::size_t count, std::uint32_t* leaves)
{
    for (std::size_t row = 0; row < count; ++row)
        leavesOfGroups(forest, &group, 1, x + row * forest.features, leaves + row * treesTogether);
}

constexpr std::size_t rowsThroughGroup = groupRowsTogether;         // enough that none waits for a node
constexpr std::uint32_t mostGroupSteps = 18;        // then the walks that have arrived are sorted out

/// A row's walk through a tree is known by row * treesTogether + tree, which is where its leaf belongs.
inline void descendThroughGroup(const ForestView& forest, __m512i roots, const float* x, std::size_t first, std::size_t end, std::uint32_t* leaves,
                                Walks& walks)
{
    const __m512i width = _mm512_set1_epi32(int(forest.features)), featureMask = _mm512_set1_epi32(int((1u << forest.featureBits) - 1));
    __m512i places[walksTogether], names[walksTogether], rows[walksTogether], trees[walksTogether];
    for (std::size_t g = 0; g < walksTogether; ++g) {
        places[g] = _mm512_loadu_si512(walks.places + first + g * together);
        names[g] = _mm512_loadu_si512(walks.rows + first + g * together);
        rows[g] = _mm512_maskz_mullo_epi32(sixteen, _mm512_maskz_srli_epi32(sixteen, names[g], std::countr_zero(treesTogether)), width);
        trees[g] = _mm512_maskz_permutexvar_epi32(sixteen, names[g], roots);
    }
    const auto step = [&](std::size_t g) {
        return steppedThroughTrees(forest, trees[g], places[g], [&](__m512i links) {
            return gathered(x, _mm512_maskz_add_epi32(sixteen, _mm512_maskz_and_epi32(sixteen, links, featureMask), rows[g]));
        });
    };
    for (int k = 1; k < stepsBetweenSorting; ++k)
        for (std::size_t g = 0; g < walksTogether; ++g)
            places[g] = step(g);
    for (std::size_t g = 0; g < walksTogether && first + g * together < end; ++g) {
        const std::size_t left = end - (first + g * together);
        const __mmask16 real = left < together ? __mmask16((1u << left) - 1) : sixteen;
        const __m512i next = step(g);
        const __mmask16 moved = _mm512_mask_cmpneq_epi32_mask(real, next, places[g]);
        _mm512_mask_i32scatter_epi32(leaves, __mmask16(real & ~moved), names[g], next, sizeof(std::uint32_t));
        walks.add(moved, names[g], next);
    }
}

void leavesOfGroup(const ForestView& forest, const TreeGroup& group, const float* x, std::size_t count, std::uint32_t* leaves)
{
    static_assert(mostGroupRows * treesTogether <= mostTreeRows);
    if (forest.features > fewFeatures)
        return leavesOfManyFeatures(forest, group, x, count, leaves);
    const __m512i lane = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    const __m512i roots = _mm512_loadu_si512(group.roots);
    const std::uint32_t levels = group.levelsBelow, steps = std::min(levels, mostGroupSteps);
    Walks walks;
    for (std::size_t row = 0; row < count; row += rowsThroughGroup) {
        const FewFeatures few[rowsThroughGroup] = {FewFeatures(x + row * forest.features), FewFeatures(x + (row + 1) * forest.features),
                                                   FewFeatures(x + (row + 2) * forest.features), FewFeatures(x + (row + 3) * forest.features)};
        __m512i places[rowsThroughGroup];
        for (std::size_t r = 0; r < rowsThroughGroup; ++r)
            places[r] = answerTop(group.top, few[r]);
        const auto step = [&](std::size_t r) { return steppedThroughTrees(forest, roots, places[r], [&](__m512i links) { return few[r].at(links); }); };
        for (std::uint32_t k = 1; k < steps; ++k)
            for (std::size_t r = 0; r < rowsThroughGroup; ++r)
                places[r] = step(r);
        for (std::size_t r = 0; r < rowsThroughGroup; ++r) {
            const __m512i next = step(r);
            const std::size_t name = (row + r) * treesTogether;
            _mm512_storeu_si512(leaves + name, next);
            if (levels > steps)
                walks.add(_mm512_cmpneq_epi32_mask(next, places[r]), _mm512_maskz_add_epi32(sixteen, lane, _mm512_set1_epi32(int(name))), next);
        }
    }
    while (walks.count > 0) {
        const std::size_t end = std::exchange(walks.count, 0);
        // What is left of the last vectors walks along, unheard.
        std::fill_n(walks.rows + end, walksTogether * together, walks.rows[0]);
        std::fill_n(walks.places + end, walksTogether * together, walks.places[0]);
        for (std::size_t first = 0; first < end; first += walksTogether * together)
            descendThroughGroup(forest, roots, x, first, end, leaves, walks);
    }
}

#else

typedef float NativeFloats __attribute__((vector_size(nativeBytes)));
typedef std::int32_t NativeBits __attribute__((vector_size(nativeBytes)));
constexpr std::size_t nativeFloats = nativeBytes / sizeof(float);
constexpr std::size_t walksTogether = 8;            // what the registers hold
constexpr std::uint32_t stepsBetweenLooks = 4;

/// The exits of a group of rows as bits, the highest of which counts.
inline void answerTop(const TreeTop& top, const float* x, std::uint32_t* bits)
{
    constexpr std::size_t parts = together / nativeFloats;
    NativeBits kept[parts];
    for (NativeBits& part : kept)
        part = NativeBits{} - 1;
    for (std::uint32_t q = 0; q < top.questions; ++q) {
        const NativeFloats threshold = NativeFloats{} + top.thresholds[q];
        const NativeBits drops = NativeBits{} + std::int32_t(~top.keeps[q]);
        for (std::size_t p = 0; p < parts; ++p)
            kept[p] &= ~((loaded<NativeFloats>(x + together * top.features[q] + nativeFloats * p) > threshold) & drops);
    }
    std::memcpy(bits, kept, sizeof kept);
}

/// From where the walks stand to their leaves. `x`: the first feature of the first of them.
inline void descend(const TreeView& tree, const float* x, std::uint32_t* places)
{
    const std::uint32_t featureMask = (1u << tree.featureBits) - 1;
    const auto step = [&](std::size_t i) {
        const TreeNode node = tree.nodes[places[i]];
        return nextOf(node, x[together * (node.link & featureMask) + i], tree.featureBits);
    };
    std::uint32_t levels = tree.top->levelsBelow;
    while (levels > 0) {
        const std::uint32_t steps = std::min(levels, stepsBetweenLooks);
        for (std::uint32_t k = 1; k < steps; ++k)
            for (std::size_t i = 0; i < walksTogether; ++i)
                places[i] = step(i);
        std::uint32_t moved = 0;
        for (std::size_t i = 0; i < walksTogether; ++i) {
            const std::uint32_t next = step(i);
            moved |= next ^ places[i];
            places[i] = next;
        }
        levels = moved != 0 ? levels - steps : 0;
    }
}

void leavesOfRows(const TreeView& tree, const float* x, std::size_t count, std::uint32_t* leaves)
{
    for (std::size_t row = 0; row < count; row += together, x += together * tree.features) {
        std::uint32_t bits[together], places[together];
        answerTop(*tree.top, x, bits);
        for (std::size_t i = 0; i < together; ++i)
            places[i] = tree.top->exits[std::countl_zero(bits[i])];
        for (std::size_t i = 0; i < together; i += walksTogether)
            descend(tree, x + i, places + i);
        std::copy_n(places, together, leaves + row);
    }
}

constexpr std::size_t fewFeatures = 0;
constexpr std::size_t mostGroups = 1;

/// While one walk waits for its node to arrive from memory, the others move on.
void leavesOfGroups(const ForestView& forest, const TreeGroup* groups, std::size_t, const float* x, std::uint32_t* leaves)
{
    const std::uint32_t featureMask = (1u << forest.featureBits) - 1;
    std::uint32_t places[treesTogether];
    std::copy_n(groups->roots, treesTogether, places);
    for (std::uint32_t moved = 1; moved != 0;) {
        moved = 0;
        for (std::size_t i = 0; i < treesTogether; ++i) {
            const TreeNode node = forest.nodes[places[i]];
            const std::uint32_t next = groups->roots[i] + nextOf(node, x[node.link & featureMask], forest.featureBits);
            moved |= next ^ places[i];
            places[i] = next;
        }
    }
    std::copy_n(places, treesTogether, leaves);
}

void leavesOfGroup(const ForestView& forest, const TreeGroup& group, const float* x, std::size_t count, std::uint32_t* leaves)
{
    for (std::size_t row = 0; row < count; ++row)
        leavesOfGroups(forest, &group, 1, x + row * forest.features, leaves + row * treesTogether);
}

#endif

} // namespace

void modelariumLeavesOfRows(const TreeView* tree, const float* x, std::size_t rows, std::uint32_t* leaves) noexcept
{
    for (std::size_t first = 0; first < rows; first += mostTreeRows)
        leavesOfRows(*tree, x + first * tree->features, std::min(rows - first, mostTreeRows), leaves + first);
}

void modelariumLeavesOfTrees(const ForestView* forest, std::size_t first, std::size_t groups, const float* x, std::uint32_t* leaves) noexcept
{
    for (std::size_t done = 0; done < groups;) {
        const std::size_t count = std::min(groups - done, mostGroups);
        leavesOfGroups(*forest, forest->groups + first + done, count, x, leaves + done * treesTogether);
        done += count;
    }
}

bool modelariumGroupsAreFaster(std::size_t features) noexcept { return features <= fewFeatures; }

void modelariumLeavesOfGroup(const ForestView* forest, std::size_t group, const float* x, std::size_t rows, std::uint32_t* leaves) noexcept
{
    leavesOfGroup(*forest, forest->groups[group], x, rows, leaves);
}

} // namespace modelarium::kernels
