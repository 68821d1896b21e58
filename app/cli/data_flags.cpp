#include "app/cli/data_flags.h"

#include "app/cli/terminal.h"

#include <iostream>
#include <iterator>

namespace modelarium::cli {

namespace {

std::optional<ColumnType> columnTypeNamed(std::string_view name)
{
    for (const ColumnType type : {ColumnType::Number, ColumnType::Category, ColumnType::Boolean, ColumnType::Date, ColumnType::Text})
        if (name == columnTypeName(type))
            return type;
    return std::nullopt;
}

/// A column name may hold the sign, a type does not.
CLI::Validator columnType()
{
    return CLI::Validator([](std::string& text) {
        const std::size_t sign = text.rfind('=');
        const bool isOne = sign != std::string::npos && sign > 0 && columnTypeNamed(std::string_view(text).substr(sign + 1));
        return isOne ? std::string() : "\"" + text + "\" is not of the form name=type with a type of number, category, boolean, date or text";
    }, "");
}

} // namespace

void DataFlags::addTo(CLI::App& command)
{
    command.add_option("--delimiter", m_delimiter, "Character between cells: , ; tab | space (recognised by default)")
        ->check(CLI::IsMember({",", ";", "tab", "\t", "\\t", "|", "space", " "}));
    command.add_option("--decimal", m_decimal, "Decimal sign: . or , (recognised by default)")->check(CLI::IsMember({".", ","}));
    command.add_option("--encoding", m_encoding, "Encoding of the text (recognised by default)")
        ->check(CLI::IsMember({"utf-8", "utf-16le", "utf-16be", "latin-1", "windows-1252"}));
    CLI::Option* header = command.add_flag("--header", m_header, "The first line holds names (recognised by default)");
    command.add_flag("--no-header", m_noHeader, "The first line holds data, not names")->excludes(header);
    command.add_option("--dates", m_dates, "Order of day and month in dates like 01/02/2024 (recognised by default)")
        ->check(CLI::IsMember({"day-first", "month-first"}));
    command.add_option("--type", m_types, "Type of a column, name=number|category|boolean|date|text; may be repeated")
        ->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)->check(columnType());
}

Result<CsvOptions> DataFlags::options() const
{
    CsvOptions options;
    if (!m_delimiter.empty())
        options.delimiter = m_delimiter == "tab" || m_delimiter == "\\t" ? '\t' : m_delimiter == "space" ? ' ' : m_delimiter[0];
    if (!m_decimal.empty())
        options.decimal = m_decimal[0];
    if (!m_encoding.empty())
        options.encoding = m_encoding;
    if (m_header || m_noHeader)
        options.header = m_header;
    if (!m_dates.empty())
        options.dayFirst = m_dates == "day-first";
    for (const std::string& text : m_types) {
        const std::size_t sign = text.rfind('=');
        const std::string name = text.substr(0, sign);
        const ColumnType type = *columnTypeNamed(std::string_view(text).substr(sign + 1));
        if (const auto [before, isFirst] = options.types.try_emplace(name, type); !isFirst)
            return Error{ErrorCode::WrongType, "\"" + name + "\" is given a type twice, " + std::string(columnTypeName(before->second)) + " and "
                                                   + std::string(columnTypeName(type)) + ": once is enough.", Place{.column = name}};
    }
    return options;
}

Result<CsvImport> DataFlags::read(const std::string& path) const
{
    const Result<CsvOptions> chosen = options();
    if (!chosen)
        return chosen.error();
    Result<CsvImport> import = readAs(path, *chosen);
    if (import)
        for (const ReceiptEntry& entry : import->receipt.entries)
            if (entry.question)
                notice("Note: " + entry.message);
    return import;
}

Result<CsvImport> DataFlags::readVerbatim(const std::string& path) const
{
    Result<CsvOptions> chosen = options();
    if (!chosen)
        return chosen.error();
    chosen->verbatim = true;
    return readAs(path, *chosen);
}

Result<CsvImport> DataFlags::readAs(const std::string& path, const CsvOptions& options) const
{
    if (path != "-")
        return readCsv(path, options);
    if (!m_standardInput)
        m_standardInput.emplace(std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>());
    return readCsvBytes(*m_standardInput, options);
}

} // namespace modelarium::cli
