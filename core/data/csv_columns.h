#pragma once

#include "core/data/csv_dialect.h"
#include "core/data/csv_notes.h"
#include "core/data/csv_rows.h"
#include "core/data/table.h"

#include <array>
#include <atomic>
#include <deque>
#include <limits>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace modelarium::csv {

/// More different words than this are text, not categories.
constexpr std::size_t mostLevels = 10000;

/// Short cells as they stand, quotes and all, and their codes: met again in the same column of the same block, a cell needs no second look.
/// The columns use the same place one after the other, so that a file of thousands of them neither clears nor fetches one for each.
class CellMemos {
public:
    static constexpr std::size_t longest = 16;      // bytes of a cell
    struct Memo {
        std::uint64_t first, last;                  // eight bytes each
        std::uint64_t key;                          // of the column and of the length
        std::int32_t code;
    };

    /// Forgets what was of another column or block.
    void begin() { m_column += longest * 2; }
    std::uint64_t key(std::size_t length) const { return m_column + length; }
    /// Where a cell with this hash is kept.
    Memo& at(std::uint64_t hash) { return m_memos[hash >> 56]; }

private:
    std::uint64_t m_column = 0;                     // what nothing was kept of
    std::array<Memo, 256> m_memos{};
};

/// The different texts of one column in one block, numbered in the order of their appearance.
class BlockLabels {
public:
    /// Codes for all cells; false where there are more than `most` different ones.
    bool encode(const kernels::CsvCells& cells, std::size_t rows, std::size_t most, CellMemos& memos);

    std::vector<std::int32_t> codes;
    struct Label {
        std::string_view text;
        bool quoted;
        std::uint64_t hash;
        std::uint32_t row;
    };
    std::vector<Label> labels;
    std::vector<std::uint32_t> trimmedRows;

private:
    void clear(std::size_t rows);
    template <bool padded> std::int32_t codeOf(std::string_view text, bool quoted, std::uint32_t row);
    std::int32_t encodeCell(std::string_view text, std::uint32_t row);
    void grow();

    std::vector<std::int32_t> m_slots;
    std::deque<std::string> m_unescaped;
    std::string m_scratch;
};

/// What a converted block tells of its cells, which are in the columns by then.
struct BlockFindings {
    struct ColumnFindings {
        std::size_t filled = 0;                     // numbers in the block, up to the first cell that is none
        std::size_t infinite = 0;                   // numbers that are
        std::size_t certainOrder = 0;               // dates that only one order of day and month can read
        std::vector<std::uint32_t> missing;         // rows of the block, of a text column
    };
    std::vector<ColumnFindings> columns;
    std::size_t firstRow = 0;
    Notes notes;
    /// Columns whose cells did not fit their kind, with the first cell that did not.
    std::vector<std::pair<std::size_t, std::string>> misfits;
};

/// What the conversion of one block needs, reused from block to block.
struct BlockWork {
    struct ColumnWork {
        BlockLabels labels;
        std::vector<std::int32_t> globalCodes;      // of each block label
        Buffer<char> texts;                         // of a text column, one behind the other
        std::vector<std::uint32_t> textEnds;
        std::size_t textBegin = 0;                  // where the texts go
        bool tooMany = false;
    };
    std::vector<ColumnWork> columns;
    CellMemos memos;                                // of the column whose labels are met
    std::vector<kernels::CsvNumberColumn> numbers;  // the columns of numbers that the kernel converted
    Buffer<std::uint32_t> unusual;                  // room for their lists, one behind the other
    BlockFindings found;
};

/// Columns of a table that grow block by block.
///
/// Each block is measured, then placed (in file order, one at a time), then converted straight into the final columns;
/// measuring and converting run in parallel.
class TableBuilder {
public:
    TableBuilder(std::vector<ColumnPlan> plans, char decimal, bool tellsDecimals, std::size_t expectedRows, double bytesPerRow);

    std::size_t columns() const { return m_columns.size(); }
    std::size_t rows() const { return m_rows; }
    const ColumnPlan& plan(std::size_t column) const { return m_columns[column].plan; }

    void measure(const RowBlock& block, BlockWork& work) const;
    /// Reserves the block's rows; false where the columns must grow first.
    bool place(const RowBlock& block, BlockWork& work);
    void convert(const RowBlock& block, std::size_t blockNumber, BlockWork& work);
    /// Takes over what a converted block found out; in file order.
    void accept(const BlockFindings& found);
    /// Room for `rows` rows more, and for the texts that they bring.
    void grow(std::size_t rows, std::size_t textBytes);

    /// True when every column fits its kind. Otherwise the misfits get another kind and wait for another reading.
    bool settle();
    /// True for a column that this reading converts.
    bool isActive(std::size_t column) const { return m_columns[column].active; }
    /// Rows were longer than the header: more columns, and everything is read again.
    void widen(std::size_t columns);
    bool isFirstReading() const { return m_reading == 0; }

    const Notes& notes() const { return m_notes; }
    /// The finished table; the builder is empty afterwards.
    /// Errors   WrongType (a column that was to be a boolean has other words)
    Result<Table> finish();

private:
    struct Levels {
        std::vector<std::string> texts;
        std::vector<bool> bare;                     // an unquoted spelling of a missing cell
        std::unordered_map<std::string, std::int32_t> known;
    };
    struct ColumnState {
        ColumnPlan plan;
        bool active = true;
        std::atomic<std::size_t> misfitBlock{std::numeric_limits<std::size_t>::max()};
        std::string misfit;
        std::size_t filled = 0;
        std::size_t infinite = 0;
        std::size_t certainOrder = 0;
        Buffer<double> numbers;
        Buffer<std::int32_t> codes;
        Levels levels;
        TextCells text;
        std::size_t textBytes = 0;
        ColumnState() = default;
        explicit ColumnState(ColumnPlan p) : plan(std::move(p)) {}
    };

    /// A block before the misfit must still be read: it may hold the first one.
    static bool isWanted(const ColumnState& column, std::size_t blockNumber)
    {
        return column.active && column.misfitBlock.load(std::memory_order_relaxed) >= blockNumber;
    }
    void makeRoom(ColumnState& column);
    void empty(std::size_t index);
    void beginReading();
    bool mergeLabels(ColumnState& column, BlockWork::ColumnWork& work);
    void gatherTexts(const kernels::CsvCells& cells, std::size_t rows, std::size_t column, BlockWork& work) const;
    void convertNumbers(const RowBlock& block, std::size_t blockNumber, BlockWork& work);
    void settleNumbers(const kernels::CsvNumberColumn& converted, std::size_t rows, std::size_t column, BlockWork& work);
    void noteDecimals(const kernels::CsvCells& cells, std::size_t rows, std::size_t column, BlockWork& work) const;
    bool convertDates(const kernels::CsvCells& cells, std::size_t rows, std::size_t column, BlockWork& work);
    void convertLabels(const kernels::CsvCells& cells, std::size_t rows, std::size_t column, BlockWork& work);
    void convertTexts(std::size_t rows, std::size_t column, BlockWork& work);
    bool takeUnusualNumber(const kernels::CsvCells& cells, std::size_t row, std::size_t column, BlockWork& work, double& value);
    bool mixesUnits(std::size_t index);
    void chooseNextKind(ColumnState& column, std::size_t index);
    Result<Column> finishColumn(std::size_t index);
    Column finishNumbers(ColumnState& column, std::size_t index);
    Result<Column> finishLabels(ColumnState& column, std::size_t index);
    Column finishText(ColumnState& column, std::size_t index);
    std::string unitOf(std::size_t index, std::size_t filled) const;
    void tellPartlyCurrency(std::size_t index, std::size_t filled);

    char m_decimal;
    bool m_tellsDecimals;                           // the decimal character was a choice: cells with it are counted
    std::deque<ColumnState> m_columns;
    std::size_t m_rows = 0;
    std::size_t m_capacity = 0;
    double m_bytesPerRow;
    std::size_t m_reading = 0;
    Notes m_notes;
};

} // namespace modelarium::csv
