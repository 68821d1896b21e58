#include "app/cli/data_flags.h"

#include "app/cli/terminal.h"

#include <iostream>
#include <iterator>

namespace modelarium::cli {

void DataFlags::addTo(CLI::App& command)
{
    command.add_option("--delimiter", m_delimiter, "Character between cells: , ; tab | space (recognised by default)")
        ->check(CLI::IsMember({",", ";", "tab", "\t", "\\t", "|", "space", " "}));
    command.add_option("--decimal", m_decimal, "Decimal sign: . or , (recognised by default)")->check(CLI::IsMember({".", ","}));
    command.add_option("--encoding", m_encoding, "Encoding of the text (recognised by default)")
        ->check(CLI::IsMember({"utf-8", "utf-16le", "utf-16be", "latin-1", "windows-1252"}));
    command.add_flag("--no-header", m_noHeader, "The first line holds data, not names");
}

Result<CsvImport> DataFlags::read(const std::string& path) const
{
    CsvOptions options;
    if (!m_delimiter.empty())
        options.delimiter = m_delimiter == "tab" || m_delimiter == "\\t" ? '\t' : m_delimiter == "space" ? ' ' : m_delimiter[0];
    if (!m_decimal.empty())
        options.decimal = m_decimal[0];
    if (!m_encoding.empty())
        options.encoding = m_encoding;
    if (m_noHeader)
        options.header = false;

    Result<CsvImport> import = path == "-"
        ? readCsvBytes(std::string(std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>()), options)
        : readCsv(path, options);
    if (import)
        for (const ReceiptEntry& entry : import->receipt.entries)
            if (entry.question)
                notice("Note: " + entry.message);
    return import;
}

} // namespace modelarium::cli
