#pragma once

#include "core/base/result.h"
#include "core/data/csv_reader.h"
#include "core/data/table.h"

#include <filesystem>
#include <string>

namespace modelarium {

struct CsvWriteOptions {
    char delimiter = ',';
    char decimal = '.';
    bool verbatim = false;                          ///< text cells were read as CsvOptions::verbatim has them and are copied, quotes and all
    bool byteOrderMark = false;                     ///< spreadsheets need it to recognise UTF-8
    bool protectFormulas = false;                   ///< an apostrophe before text cells that a spreadsheet would run
};

/// For a table read with CsvOptions::verbatim and columns added to it: the file's own delimiter and decimal sign, its cells unchanged.
CsvWriteOptions copyOptions(const ImportReceipt& receipt);

/// The table as delimited text: numbers exact, cells quoted where needed, missing cells empty. Reading it again gives the same table.
std::string csvText(const Table& table, const CsvWriteOptions& options = {});
Result<void> writeCsv(const Table& table, const std::filesystem::path& path, const CsvWriteOptions& options = {});

} // namespace modelarium
