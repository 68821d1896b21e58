#pragma once

#include "core/data/csv_reader.h"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

namespace modelarium {

/// Reads a delimited text as it comes, from a file or a pipe of any length, in memory that does not grow with it.
///
/// The first rows decide what readCsv would see in the whole file: delimiter, decimal sign, names and types. Later cells that do
/// not fit their column's type are missing, and counted.
/// Errors   those of readCsv; TooLarge where the first rows, or one that comes later, are longer than `maximumBytes`;
///          BadEncoding where a later byte does not fit the encoding of the first rows
class CsvStream {
public:
    /// `stopped` is asked when a signal interrupts the waiting for bytes: true ends the stream before the row that has begun.
    static Result<CsvStream> open(const std::filesystem::path& path, const CsvOptions& options, std::function<bool()> stopped = {});
    static Result<CsvStream> standardInput(const CsvOptions& options, std::function<bool()> stopped = {});
    CsvStream(CsvStream&&) noexcept;
    CsvStream& operator=(CsvStream&&) noexcept;
    ~CsvStream();

    /// The rows of the first `records` records, fewer where the text ends. Called once, before next().
    Result<Table> first(std::size_t records);
    /// The rows that have come since; waits for one. A table without rows: the text has ended.
    Result<Table> next();

    /// What the first rows told, and what was met behind them.
    const std::vector<ReceiptEntry>& firstEntries() const;
    std::vector<ReceiptEntry> laterEntries() const;

private:
    class Reading;
    explicit CsvStream(std::unique_ptr<Reading> reading);
    std::unique_ptr<Reading> m_reading;
};

} // namespace modelarium
