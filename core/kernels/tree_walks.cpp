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

/// Walks that have not arrived: rows and the nodes where they stand.
struct Walks {
    std::size_t count = 0;
    std::uint32_t rows[mostTreeRows + together];
    std::uint32_t places[mostTreeRows + together];

    void add(__mmask16 which, __m512i row, __m512i place)
    {
        _mm512_storeu_si512(rows + count, _mm512_maskz_compress_epi32(which, row));
        _mm512_storeu_si512(places + count, _mm512_maskz_compress_epi32(which, place));
        count += std::size_t(std::popcount(std::uint32_t(which)));
    }
};

constexpr std::size_t walksTogether = 4;            // groups: enough that none waits for a node
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

/// `Groups` times sixteen trees. `Few`: the row's features fit into two registers and need not be fetched.
template <std::size_t Groups, bool Few>
void leavesOfTrees(const TreeNode* nodes, unsigned featureBits, const std::uint32_t* roots, const float* x, std::uint32_t* leaves)
{
    const __m512 x0 = _mm512_loadu_ps(x), x1 = _mm512_loadu_ps(x + 16);
    __m512i root[Groups], places[Groups];
    for (std::size_t g = 0; g < Groups; ++g) {
        root[g] = _mm512_loadu_si512(roots + g * treesTogether);
        places[g] = root[g];
    }
    const auto step = [&](std::size_t g) {
        const Question question = questionsAt(nodes, places[g]);
        const __m512i feature = featuresOf(question, featureBits);
        const __m512 value = Few ? _mm512_permutex2var_ps(x0, feature, x1) : gathered(x, feature);
        return _mm512_maskz_add_epi32(sixteen, nextOf(question, value, featureBits), root[g]);
    };
    for (__mmask16 moved = 1; moved != 0;) {
        for (std::size_t g = 0; g < Groups; ++g)
            places[g] = step(g);
        moved = 0;
        for (std::size_t g = 0; g < Groups; ++g) {
            const __m512i next = step(g);
            moved |= _mm512_cmpneq_epi32_mask(next, places[g]);
            places[g] = next;
        }
    }
    for (std::size_t g = 0; g < Groups; ++g)
        _mm512_storeu_si512(leaves + g * treesTogether, places[g]);
}

constexpr std::size_t mostGroups = 8;

template <std::size_t Groups = mostGroups>
void leavesOfGroups(std::size_t groups, const TreeNode* nodes, unsigned featureBits, const std::uint32_t* roots, const float* x,
                    std::size_t features, std::uint32_t* leaves)
{
    if constexpr (Groups > 1)
        if (groups < Groups)
            return leavesOfGroups<Groups - 1>(groups, nodes, featureBits, roots, x, features, leaves);
    if (features <= 32)
        leavesOfTrees<Groups, true>(nodes, featureBits, roots, x, leaves);
    else
        leavesOfTrees<Groups, false>(nodes, featureBits, roots, x, leaves);
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

constexpr std::size_t mostGroups = 1;

/// While one walk waits for its node to arrive from memory, the others move on.
void leavesOfGroups(std::size_t, const TreeNode* nodes, unsigned featureBits, const std::uint32_t* roots, const float* x, std::size_t,
                    std::uint32_t* leaves)
{
    const std::uint32_t featureMask = (1u << featureBits) - 1;
    std::uint32_t places[treesTogether];
    std::copy_n(roots, treesTogether, places);
    for (std::uint32_t moved = 1; moved != 0;) {
        moved = 0;
        for (std::size_t i = 0; i < treesTogether; ++i) {
            const TreeNode node = nodes[places[i]];
            const std::uint32_t next = roots[i] + nextOf(node, x[node.link & featureMask], featureBits);
            moved |= next ^ places[i];
            places[i] = next;
        }
    }
    std::copy_n(places, treesTogether, leaves);
}

#endif

} // namespace

void modelariumLeavesOfRows(const TreeView* tree, const float* x, std::size_t rows, std::uint32_t* leaves) noexcept
{
    for (std::size_t first = 0; first < rows; first += mostTreeRows)
        leavesOfRows(*tree, x + first * tree->features, std::min(rows - first, mostTreeRows), leaves + first);
}

void modelariumLeavesOfTrees(const TreeNode* nodes, unsigned featureBits, const std::uint32_t* roots, std::size_t trees, const float* x,
                             std::size_t features, std::uint32_t* leaves) noexcept
{
    for (std::size_t done = 0; done < trees;) {
        const std::size_t groups = std::min((trees - done) / treesTogether, mostGroups);
        leavesOfGroups(groups, nodes, featureBits, roots + done, x, features, leaves + done);
        done += groups * treesTogether;
    }
}

} // namespace modelarium::kernels
