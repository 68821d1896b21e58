#include "app/cli/commands.h"

#include "app/cli/data_flags.h"
#include "app/cli/terminal.h"
#include "core/base/counted.h"
#include "core/base/number_text.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <unordered_set>

namespace modelarium::cli {

namespace {

using Json = nlohmann::ordered_json;

struct InspectFlags {
    std::string file;
    DataFlags data;
    std::size_t rows = 5;
    bool json = false;
};

/// What a column holds, in numbers.
struct ColumnSummary {
    std::size_t distinct = 0;
    double minimum = 0, maximum = 0, mean = 0;
    bool hasRange = false;              // some cell is a finite number or a date
};

std::size_t distinctTexts(const Column& column)
{
    std::unordered_set<std::string_view> texts;
    for (std::size_t row = 0; row < column.rows(); ++row)
        if (!column.isMissing(row))
            texts.insert(column.textAt(row));
    return texts.size();
}

ColumnSummary summaryOf(const Column& column)
{
    ColumnSummary summary;
    if (column.type() == ColumnType::Text) {
        summary.distinct = distinctTexts(column);
    } else if (column.isCategorical()) {
        std::unordered_set<std::int32_t> codes(column.categoryCells().codes.begin(), column.categoryCells().codes.end());
        codes.erase(-1);
        summary.distinct = codes.size();
    } else if (column.isNumeric()) {
        std::vector<double> values;
        for (const double value : column.numberValues())
            if (!std::isnan(value))
                values.push_back(value);
        std::sort(values.begin(), values.end());
        summary.distinct = std::size_t(std::unique(values.begin(), values.end()) - values.begin());
        std::size_t finite = 0;
        double mean = 0;
        for (const double value : column.numberValues())
            if (std::isfinite(value)) {
                summary.minimum = finite ? std::min(summary.minimum, value) : value;
                summary.maximum = finite ? std::max(summary.maximum, value) : value;
                ++finite;
                mean += value / double(finite) - mean / double(finite);     // neither a sum nor a difference that could overflow
            }
        summary.mean = mean;
        summary.hasRange = finite > 0;
    }
    return summary;
}

Json valueJson(const Column& column, double value)
{
    return column.type() == ColumnType::Date ? Json(dateText(value)) : Json(value);
}

/// Numbers exact, texts as they are, null where missing. JSON has no infinity: its word stands there.
Json cellJson(const Column& column, std::size_t row)
{
    if (column.isMissing(row))
        return nullptr;
    if (column.type() == ColumnType::Number && std::isfinite(column.numberValues()[row]))
        return column.numberValues()[row];
    return column.cellText(row);
}

Json columnJson(const Column& column)
{
    const ColumnSummary summary = summaryOf(column);
    Json json{{"name", column.name()}, {"type", columnTypeName(column.type())}, {"missing", column.missing()}, {"distinct", summary.distinct}};
    json["min"] = summary.hasRange ? valueJson(column, summary.minimum) : Json(nullptr);
    json["max"] = summary.hasRange ? valueJson(column, summary.maximum) : Json(nullptr);
    json["mean"] = summary.hasRange ? valueJson(column, summary.mean) : Json(nullptr);
    if (!column.unit().empty())
        json["unit"] = column.unit();
    return json;
}

Json importJson(const CsvImport& import, std::size_t rows)
{
    const Table& table = import.table;
    const ImportReceipt& receipt = import.receipt;
    Json columns = Json::array(), entries = Json::array(), data = Json::array();
    for (std::size_t j = 0; j < table.columns(); ++j)
        columns.push_back(columnJson(table.column(j)));
    for (const ReceiptEntry& entry : receipt.entries)
        entries.push_back({{"code", entry.code}, {"message", entry.message}, {"count", entry.count}, {"first_line", entry.firstLine},
                           {"first_column", entry.firstColumn}, {"question", entry.question}});
    for (std::size_t row = 0; row < std::min(rows, table.rows()); ++row) {
        Json cells = Json::array();
        for (std::size_t j = 0; j < table.columns(); ++j)
            cells.push_back(cellJson(table.column(j), row));
        data.push_back(std::move(cells));
    }
    return {{"rows", table.rows()}, {"columns", columns}, {"delimiter", std::string(1, receipt.delimiter)}, {"decimal", std::string(1, receipt.decimal)},
            {"encoding", receipt.encoding}, {"header", receipt.header}, {"receipt", entries}, {"data", data}};
}

std::string rangeText(const Column& column, const ColumnSummary& summary)
{
    if (column.isCategorical()) {
        std::string levels;
        for (std::size_t i = 0; i < column.categoryCells().levels.size() && i < 5; ++i)
            levels += (i ? ", " : "") + column.categoryCells().levels[i];
        return column.categoryCells().levels.size() > 5 ? levels + ", ..." : levels;
    }
    if (!summary.hasRange)
        return {};
    if (column.type() == ColumnType::Date)
        return dateText(summary.minimum) + " to " + dateText(summary.maximum);
    return shortText(summary.minimum, 6) + " to " + shortText(summary.maximum, 6) + ", mean " + shortText(summary.mean, 6);
}

void printImport(const CsvImport& import, std::size_t rows)
{
    const Table& table = import.table;
    print(rowsText(table.rows()) + ", " + counted(table.columns(), "column", "columns") + "\n\n");
    std::vector<std::vector<std::string>> summary{{"column", "type", "unit", "missing", "distinct", "values"}};
    for (std::size_t j = 0; j < table.columns(); ++j) {
        const Column& column = table.column(j);
        const ColumnSummary own = summaryOf(column);
        summary.push_back({column.name(), std::string(columnTypeName(column.type())), column.unit(), countText(column.missing()),
                           countText(own.distinct), rangeText(column, own)});
    }
    printTable(summary);
    if (!import.receipt.entries.empty())
        print("\nHow the file was read:\n");
    for (const ReceiptEntry& entry : import.receipt.entries)
        print((entry.question ? "? " : "  ") + entry.message + (entry.firstLine ? " First in line " + std::to_string(entry.firstLine) + "." : "") + "\n");
    if (rows == 0)
        return;
    print("\n");
    std::vector<std::vector<std::string>> cells(1);
    for (std::size_t j = 0; j < table.columns(); ++j)
        cells.front().push_back(table.column(j).name());
    for (std::size_t row = 0; row < std::min(rows, table.rows()); ++row) {
        cells.emplace_back();
        for (std::size_t j = 0; j < table.columns(); ++j)
            cells.back().push_back(table.column(j).cellText(row));
    }
    printTable(cells);
}

} // namespace

void addInspectCommand(CLI::App& app, int& exitCode)
{
    CLI::App* command = app.add_subcommand("inspect", "Shows what a data file holds and how it was read");
    auto flags = std::make_shared<InspectFlags>();
    command->add_option("file", flags->file, "Data file; - reads standard input")->required();
    flags->data.addTo(*command);
    command->add_option("--rows", flags->rows, "How many of the first rows to show")->check(wholeNumber())->capture_default_str();
    command->add_flag("--json", flags->json, "One JSON document on standard output");
    command->callback([flags, &exitCode] {
        const Result<CsvImport> import = flags->data.read(flags->file);
        if (!import) {
            exitCode = refuse(import.error());
            return;
        }
        if (flags->json)
            printJson(importJson(*import, flags->rows));
        else
            printImport(*import, flags->rows);
    });
}

} // namespace modelarium::cli
