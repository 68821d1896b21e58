#pragma once

#include "core/data/csv_reader.h"

#include <CLI/CLI.hpp>

#include <optional>
#include <string>
#include <vector>

namespace modelarium::cli {

/// The flags that decide how a data file is read, the same for every verb.
class DataFlags {
public:
    void addTo(CLI::App& command);

    /// "-" reads standard input. What a person should look at in the receipt goes to standard error.
    Result<CsvImport> read(const std::string& path) const;
    /// The same rows, with every cell as it stands in the file.
    Result<CsvImport> readVerbatim(const std::string& path) const;
    /// Errors   WrongType: a column with two types
    Result<CsvOptions> options() const;

private:
    Result<CsvImport> readAs(const std::string& path, const CsvOptions& options) const;

    mutable std::optional<std::string> m_standardInput;     ///< it comes only once, and may be read twice
    std::string m_delimiter;
    std::string m_decimal;
    std::string m_encoding;
    bool m_header = false;
    bool m_noHeader = false;
    std::string m_dates;
    std::vector<std::string> m_types;               ///< "name=type"
};

} // namespace modelarium::cli
