#pragma once

#include "core/kernels/level.h"

#include <cstddef>
#include <cstdint>

namespace modelarium::kernels {

/// What the scan of delimited text carries from one piece of a block to the next.
struct CsvScanState {
    std::uint64_t inside = 0;           ///< all ones inside a quoted field
    std::uint64_t fieldMayBegin = 1;    ///< 1 where the next byte may open a quoted field
    std::uint64_t quoteClosed = 0;      ///< 1 where the byte before closed one
    std::uint64_t carriageReturn = 0;   ///< 1 where the byte before was a CR outside quotes
    std::uint64_t unusual = 0;          ///< not 0: quotes or CRs that need the general reader
    std::uint64_t quotes = 0;           ///< not 0: some byte is a quote
    std::uint64_t carriageReturns = 0;  ///< not 0: some byte is a CR
    std::uint64_t notAscii = 0;         ///< not 0: some byte is above 127
    std::size_t lines = 0;              ///< LF bytes, inside quotes too
};

/// Finds the delimiters and line ends outside quotes in text[begin, end) and writes their offsets, in order.
///
/// Quotes are taken by parity; `unusual` tells where that differs from RFC 4180 as people bend it, for instance 5" pipe.
/// Shape    positions has room for end - begin + 64 offsets; 64 bytes behind `end` can be read
/// Source   G. Langdale, D. Lemire, "Parsing gigabytes of JSON per second", VLDB J. 28, 2019
MODELARIUM_KERNEL std::size_t modelariumCsvStructure(const char* text, std::size_t begin, std::size_t end, char delimiter,
                                                     std::uint32_t* positions, CsvScanState* state) noexcept;
/// The same as on a processor of this level without VBMI2, whatever this one has: for the test, which could not reach it otherwise.
MODELARIUM_KERNEL std::size_t modelariumCsvStructureWithoutVbmi2(const char* text, std::size_t begin, std::size_t end, char delimiter,
                                                                 std::uint32_t* positions, CsvScanState* state) noexcept;

/// The cells of one column in a block of text: cell r is [begins[r * beginStride] + bias, ends[r * endStride]).
struct CsvCells {
    const char* text;
    const std::uint32_t* begins;
    const std::uint32_t* ends;
    std::size_t beginStride;
    std::size_t endStride;
    std::uint32_t bias;
};

/// One column of numbers: where its cells are and where what they say goes.
struct CsvNumberColumn {
    CsvCells cells;
    double* values;
    std::uint32_t* unusual;         ///< rows of the cells that are no plain numbers, in order; their values mean nothing
    std::size_t unusualCount;       ///< set by the kernel
};

/// Converts the plain decimal numbers of some columns of one block; correctly rounded. The rows of all other cells are listed in `unusual`.
///
/// Math     m < 2^53 and at most 15 decimals: m / 10^d is one rounding (Clinger, PLDI 1990). Numbers with a redundant leading
///          zero, an exponent, more than 16 characters, or anything else but digits are unusual.
/// Shape    values, unusual (rows); the columns in their order in the rows and of one beginStride; 16 bytes before each cell's end
///          and the one at it can be read
MODELARIUM_KERNEL void modelariumCsvNumbers(CsvNumberColumn* columns, std::size_t count, std::size_t rows, char decimal) noexcept;

} // namespace modelarium::kernels
