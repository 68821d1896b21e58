#pragma once

#include "core/base/result.h"
#include "core/data/table.h"

#include <filesystem>
#include <string>

namespace modelarium {

struct CsvWriteOptions {
    char delimiter = ',';
    bool byteOrderMark = false;                     ///< spreadsheets need it to recognise UTF-8
    bool protectFormulas = false;                   ///< an apostrophe before text cells that a spreadsheet would run
};

/// The table as delimited text: numbers exact, cells quoted where needed, missing cells empty. Reading it again gives the same table.
std::string csvText(const Table& table, const CsvWriteOptions& options = {});
Result<void> writeCsv(const Table& table, const std::filesystem::path& path, const CsvWriteOptions& options = {});

} // namespace modelarium
