#pragma once

#include "core/kernels/level.h"

#include <cstddef>
#include <cstdint>

namespace modelarium::kernels {

constexpr std::size_t groupCells = 4;               // of a tile: 4 x 4 cells are answered at once
constexpr std::size_t tileGroups = 8;               // along either direction, at most
constexpr std::size_t mostAxes = 16;
constexpr std::size_t mostInTile = 1024;            // candidates
/// Room for so many candidates, which are looked at sixteen at a time.
constexpr std::size_t candidateStride = mostInTile + 16;

/// Samples that may be neighbours, by where they are along each axis: a feature that changes from cell to cell.
///
/// Shape    positions (axes, candidateStride); base (candidateStride): what all other features add to distances, infinity behind the last
/// Unit     positions relative to one point and by a unit that cells and candidates share; base as distances are compared
struct Candidates {
    std::size_t count;
    std::size_t axes;
    bool manhattan;
    const float* positions;
    const float* base;
};

/// Parts a list of candidates into those that are among the `wanted` nearest from everywhere in a box, and those that may be, each in the
/// order of the list. Returns by `sureCount` and `openCount` how many there are.
///
/// Math     in the box, whose points are m + u with |u_j| <= h_j, |m + u - p|^2 - |u|^2 is |q|^2 - 2 q u, q = p - m, which is within
///          |q|^2 -+ 2 sum_j |q_j| h_j, and orders candidates as the distance does (Manhattan: |q| -+ sum_j h_j). With U the largest upper
///          bound of any `wanted` candidates no other is chosen whose lower bound is larger; with L the smallest lower bound of all but
///          `wanted` of them each is chosen whose upper bound is smaller. Those nearest to m are taken, as far as a few looks tell them
/// Shape    middle, half (axes)
/// Unit     room: twice what rounding may do to a distance; guess: about how far the last of the chosen is, and on return how far it is
MODELARIUM_KERNEL void modelariumPartCandidates(const Candidates* candidates, const float* middle, const float* half, std::size_t wanted,
                                                float room, float* guess, std::uint32_t* sure, std::size_t* sureCount, std::uint32_t* open,
                                                std::size_t* openCount) noexcept;

/// Cells of a grid that have their nearest neighbours among a few candidates.
struct NearestTile {
    std::size_t columns, rows;                      // no more than 32
    const unsigned char* alongColumns;              // of each axis
    const float* places;                            // (axes, tileGroups, 16): of 4 x 4 cells, row by row; the last ones again at the ends
    const float* groupMiddle;                       // (axes, tileGroups): of the cells of a group along an axis
    const float* groupHalf;                         // and how far they are from there; with room for what rounding does to places
    const float* blockMiddle;                       // the same of 8 x 8 cells: (axes, tileGroups), half of which is used
    const float* blockHalf;
    float stretch;                                  // that room
    float room;                                     // twice what rounding may do to a distance
    float guess;                                    // about how far the last neighbour is

    const Candidates* candidates;                   // in the order of the data
    std::size_t wanted;                             // how many of them are neighbours: at least 1
    std::size_t words;                              // of counts; 0: values are added up
    std::size_t groups;
    unsigned bits;                                  // a group has in a word
    const std::uint32_t* counts;                    // (words, candidateStride): 1 where the candidate's group is
    const std::uint32_t* startCounts;               // (words): of neighbours that are no candidates
    std::uint32_t* blockCounts;                     // (words): scratch
    const double* values;
    double startValue;
    double divisor;                                 // of sums: a whole number

    std::size_t features;                           // for comparing as predictions do
    const double* rowsOfSlots;                      // (slots, features)
    const std::uint32_t* slotOf;                    // of the candidates
    const double* const* cells;                     // of each feature: its values along its direction, from the tile's first on
    const unsigned char* featureAlongColumns;
    double* scratch;                                // (mostCandidates of nearest_choice.h + 8, features)

    double* out;                                    // of the tile's first cell
    double* error;                                  // is written where nothing is known
    std::size_t rowStride, groupStride;             // in cells
};

/// Sums over the neighbours of each cell, divided: the same neighbours as by comparing all distances in double, of equal ones the first.
///
/// Math     candidates are parted for blocks of 8 x 8 cells and, what is open there, for groups of 4 x 4. There distances in float decide
///          where the last neighbour and the first that is none are apart by more than rounding can do; elsewhere those in double do
/// Errors   cells for which more than mostCandidates of nearest_choice.h are alike but for rounding get 0, and infinity as their error
MODELARIUM_KERNEL void modelariumAnswerTile(const NearestTile* tile) noexcept;

} // namespace modelarium::kernels
