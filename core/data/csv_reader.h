#pragma once

#include "core/base/result.h"
#include "core/data/table.h"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace modelarium {

/// What a person may decide instead of the importer; empty members are recognised from the file.
struct CsvOptions {
    std::optional<char> delimiter;                  ///< ',' ';' '\t' '|' ' '
    std::optional<char> decimal;                    ///< '.' or ','
    std::optional<std::string> encoding;            ///< "utf-8", "utf-16le", "utf-16be", "latin-1", "windows-1252"
    std::optional<bool> header;
    std::optional<bool> dayFirst;                   ///< 01/02/2024 is the 1st of February
    std::map<std::string, ColumnType> types;        ///< by column name
    bool verbatim = false;                          ///< for copying: every cell is text, with its quotes and spaces; no type is recognised
    std::size_t maximumBytes = std::size_t(64) << 30;
    std::size_t chunkBytes = 0;                     ///< 0: chosen for speed; the table never depends on it
};

/// One decision that another reader could have taken otherwise, or one thing that was recognised.
struct ReceiptEntry {
    std::string code;                               ///< stable, for programs: "decimal_comma", "ambiguous_thousands", ...
    std::string message;                            ///< one sentence
    std::size_t count = 0;                          ///< cells, rows or columns touched
    std::size_t firstLine = 0;                      ///< of the file, from 1; 0 where it does not apply
    std::string firstColumn;
    bool question = false;                          ///< a person should look: another reading was possible
};

/// How a file was read: everything recognised, and every decision. Nothing is changed silently.
struct ImportReceipt {
    char delimiter = ',';
    char decimal = '.';
    std::string encoding = "utf-8";
    bool header = true;
    bool gzip = false;
    std::size_t bytes = 0;
    std::vector<ReceiptEntry> entries;
};

struct CsvImport {
    Table table;
    ImportReceipt receipt;
};

/// Called now and then from the reading thread with the share done (0..1); false cancels.
using ReadProgress = std::function<bool(double share)>;

/// Reads a delimited text file as a person expects it of the best importer.
///
/// One pass with read() in chunks parsed in parallel, never a memory map; the same table however it is cut.
/// Errors   FileNotFound; NotAFile (folder, device, pipe); NotText (an image, an archive: says which); EmptyData; BadEncoding;
///          RaggedRow; TooLarge; FileChanged; Cancelled; OutOfMemory: with line and column
/// Cost     memory at most twice the columns' own size
Result<CsvImport> readCsv(const std::filesystem::path& path, const CsvOptions& options = {}, const ReadProgress& progress = {});

/// The same from bytes in memory; standard input and dropped text come this way.
Result<CsvImport> readCsvBytes(std::string_view bytes, const CsvOptions& options = {});

} // namespace modelarium
