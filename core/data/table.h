#pragma once

#include "core/base/buffer.h"
#include "core/base/result.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace modelarium {

enum class ColumnType { Number, Category, Boolean, Date, Text, Empty };

/// The word a person reads: "number", "category", "boolean", "date", "text", "empty".
std::string_view columnTypeName(ColumnType type);

/// Numbers, and dates as days since 1970-01-01 (a time of day is the fraction). A missing cell is NaN.
struct NumberCells {
    Buffer<double> values;
};

/// Categories and booleans: an index into the levels; -1 is a missing cell. Levels are unique.
/// Booleans have two levels, the false one first, spelt as in the file.
struct CategoryCells {
    Buffer<std::int32_t> codes;
    std::vector<std::string> levels;
};

/// Free text: cell i is bytes[ends[i-1], ends[i]). A missing cell is empty and listed in `missing`.
struct TextCells {
    Buffer<char> bytes;
    Buffer<std::uint64_t> ends;
    std::vector<std::uint32_t> missing;             ///< sorted rows
};

/// One named column of equally typed cells; never changed once it is in a table.
class Column {
public:
    using Cells = std::variant<std::monostate, NumberCells, CategoryCells, TextCells>;

    Column(std::string name, ColumnType type, Cells cells, std::size_t rows);

    static Column numbers(std::string name, Buffer<double> values);
    static Column dates(std::string name, Buffer<double> days);
    /// Of type Number or Date, by one who knows already how many of the values are NaN, and how many infinite.
    static Column numeric(std::string name, ColumnType type, Buffer<double> values, std::size_t missing, std::size_t infinite);
    static Column categories(std::string name, Buffer<std::int32_t> codes, std::vector<std::string> levels);
    static Column categories(std::string name, const std::vector<std::string>& values);     ///< "" is missing

    const std::string& name() const { return m_name; }
    const std::string& unit() const { return m_unit; }
    std::string nameWithUnit() const;                           ///< "mass (g)", whether the name says the unit already or not
    ColumnType type() const { return m_type; }
    std::size_t rows() const { return m_rows; }
    std::size_t missing() const { return m_missing; }
    std::size_t infinite() const { return m_infinite; }         ///< numbers that are
    bool isNumeric() const { return m_type == ColumnType::Number || m_type == ColumnType::Date; }
    bool isCategorical() const { return m_type == ColumnType::Category || m_type == ColumnType::Boolean; }

    bool isMissing(std::size_t row) const;
    const Buffer<double>& numberValues() const { return std::get<NumberCells>(m_cells).values; }
    const CategoryCells& categoryCells() const { return std::get<CategoryCells>(m_cells); }
    std::string_view textAt(std::size_t row) const;             ///< only where type() is Text

    /// The cell as text: numbers exact, dates ISO 8601, "" where missing.
    std::string cellText(std::size_t row) const;

    Column renamed(std::string name) const;
    Column withUnit(std::string unit) const&;
    Column withUnit(std::string unit) &&;                       ///< without a copy of the cells

private:
    Column() = default;
    void countCells();

    std::string m_name;
    std::string m_unit;
    ColumnType m_type = ColumnType::Empty;
    Cells m_cells;
    std::size_t m_rows = 0;
    std::size_t m_missing = 0;
    std::size_t m_infinite = 0;
};

/// Whether the rows are 0, 1, ... count - 1: then cells need not be picked one by one.
bool areAllRows(const std::vector<std::size_t>& rows, std::size_t count);

/// Rows chosen among `count`; whether they are all of them is found out once, for all columns that are read with them.
class ChosenRows {
public:
    ChosenRows(const std::vector<std::size_t>& rows, std::size_t count) : m_rows(rows), m_areAll(areAllRows(rows, count)) {}

    const std::vector<std::size_t>& rows() const { return m_rows; }
    bool areAll() const { return m_areAll; }

private:
    const std::vector<std::size_t>& m_rows;
    bool m_areAll;
};

using ColumnPtr = std::shared_ptr<const Column>;

/// Named columns of equal length. Copies share their columns, so a table is cheap to keep for undo.
class Table {
public:
    Table() = default;
    /// Errors   DuplicateColumn; WrongType where the lengths differ
    static Result<Table> make(std::vector<ColumnPtr> columns);

    std::size_t rows() const { return m_columns.empty() ? 0 : m_columns.front()->rows(); }
    std::size_t columns() const { return m_columns.size(); }
    const Column& column(std::size_t index) const { return *m_columns[index]; }
    ColumnPtr columnPtr(std::size_t index) const { return m_columns[index]; }
    std::optional<std::size_t> find(std::string_view name) const;

    /// The same table with one column exchanged; the new one has the same length and a unique name.
    Table withColumn(std::size_t index, ColumnPtr column) const;
    /// The chosen rows, in the order given.
    Table selected(const std::vector<std::size_t>& rows) const;

private:
    std::vector<ColumnPtr> m_columns;
};

/// Days since 1970-01-01 of a date in the Gregorian calendar, and back as ISO 8601 ("2024-02-29", "2024-02-29 13:05:00").
double daysFromCivil(int year, int month, int day);
std::string dateText(double days);
std::optional<double> daysFromText(std::string_view isoDate);

} // namespace modelarium
