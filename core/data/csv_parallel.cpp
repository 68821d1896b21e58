#include "core/data/csv_reading.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstring>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace modelarium::csv {

namespace {

constexpr std::size_t notFoundYet = std::size_t(-1);

/// The text of one block and what was found in it. Offsets in the text count from `textBegin` of the file.
struct BlockText {
    Buffer<char> bytes;
    std::size_t textBegin = 0;
    std::size_t loaded = 0;
    Buffer<std::uint32_t> positions;
    std::vector<std::uint32_t> lastEnds;
    Fields fields;
    RowAssembler assembler;
    BlockWork work;
    RowBlock rows;
    std::size_t first = notFoundYet;            // where its first record begins in the file
    std::size_t next = 0;                   // where the record behind its last one begins
    std::size_t lines = 0;
    std::size_t lineEnds = 0;               // of its records, inside quotes too; the end of the file counts where it stands for one
    bool unusual = false;
    std::optional<std::size_t> notUtf8;
    std::optional<Error> error;

    char* text() { return bytes.data() + textPadding; }
};

class ParallelReading {
public:
    ParallelReading(ReadingContext& context, TextPosition& position)
        : m_context(context), m_position(position), m_base(context.encoding.byteOrderMark), m_size(context.source.size() - m_base),
          m_start(position.offset)
    {
    }

    Result<ReadingEnd> run()
    {
        while (m_position.offset < m_size) {
            readSegment();
            for (const std::optional<BlockFindings>& found : m_found)
                if (found)
                    m_context.builder.accept(*found);
            if (m_error)
                return std::move(*m_error);
            if (m_end)
                return *m_end;
            if (m_rowsNeeded > 0 || m_textNeeded > 0)
                growColumns();
            if (m_context.progress && !m_context.progress(double(m_position.offset) / double(m_size)))
                return Error{ErrorCode::Cancelled, "Reading was cancelled."};
        }
        return ReadingEnd::Complete;
    }

private:
    static constexpr std::size_t segmentBlocks = 128;
    static constexpr std::size_t beyond = 4096;     // what is read behind a block, for the end of its last record

    void readSegment()
    {
        const std::size_t begin = m_position.offset;
        const std::size_t block = m_context.blockBytes;
        const std::size_t blocks = std::min(segmentBlocks, (m_size - begin + block - 1) / block);
        m_found.clear();
        m_found.resize(blocks);
        m_turn = 0;
        m_stopped = false;
        m_rowsNeeded = m_textNeeded = 0;
        parallelFor(blocks, [&](std::size_t i) {
            try {
                readBlock(i, begin + i * block, std::min(begin + (i + 1) * block, m_size));
            } catch (...) {
                // Nobody may wait for a turn that never comes.
                pass(i, true);
                throw;
            }
        });
        m_blockNumber += blocks;
    }

    void readBlock(std::size_t index, std::size_t begin, std::size_t end)
    {
        if (hasStopped())
            return;
        std::unique_ptr<BlockText> block = takeText();
        scanGuessing(*block, index == 0, begin, end);
        awaitTurn(index);
        const bool placed = !hasStopped() && placeBlock(*block, end);
        const std::size_t line = placed ? m_lineOfBlock : 0;
        pass(index, !placed);
        if (placed && block->rows.columns > 0) {
            m_context.builder.convert(block->rows, m_blockNumber + index, block->work);
            setLines(block->work.found.notes, block->text(), block->first - block->textBegin, line);
            m_found[index] = std::exchange(block->work.found, {});
        }
        giveBack(std::move(block));
    }

    void scanGuessing(BlockText& block, bool certain, std::size_t begin, std::size_t end)
    {
        block.first = notFoundYet;
        block.error.reset();
        const std::size_t from = certain ? begin : begin - 1;
        if (!load(block, from, end - from + std::min(m_context.blockBytes, beyond)))
            return;
        if (certain) {
            scan(block, begin, end);
            return;
        }
        const void* newline = std::memchr(block.text(), '\n', end - from);
        if (newline)
            scan(block, from + std::size_t(static_cast<const char*>(newline) - block.text()) + 1, end);
    }

    /// Reads file bytes [from, from + count), or to the end of the file, keeping what is there already.
    bool load(BlockText& block, std::size_t from, std::size_t count)
    {
        if (from != block.textBegin || block.loaded == 0) {
            block.textBegin = from;
            block.loaded = 0;
        }
        count = std::min(count, m_size - from);
        // One block may be a byte longer than another: a buffer that grew would be touched twice.
        if (block.bytes.size() < count + 2 * textPadding)
            block.bytes.resize(count + 3 * textPadding);
        const auto got = m_context.source.read(m_base + from + block.loaded, block.text() + block.loaded, count - block.loaded);
        if (!got) {
            block.error = got.error();
            return false;
        }
        block.loaded += *got;
        return true;
    }

    /// Finds the records that begin in [first, end) and makes rows of them.
    void scan(BlockText& block, std::size_t first, std::size_t end)
    {
        block.first = first;
        block.next = first;
        block.lines = block.lineEnds = 0;
        block.rows = {};
        block.unusual = false;
        block.notUtf8.reset();
        block.assembler.forgetWidest();     // a wrong guess may have seen rows that are none
        if (first >= end)
            return;
        kernels::CsvScanState state;
        const std::size_t count = findStructure(block, first - block.textBegin, end - block.textBegin, state);
        if (block.error || block.unusual)
            return;
        block.unusual = state.unusual != 0 || (m_context.dialect.record.comments && state.quotes != 0);
        const std::size_t begin = block.first - block.textBegin;
        if (state.notAscii) {
            const std::string_view text(block.text() + begin, block.next - block.first);
            if (const auto wrong = firstInvalidUtf8(text))
                block.notUtf8 = block.first + *wrong;
        }
        if (block.unusual || block.notUtf8)
            return;
        block.work.found.notes.clear();
        makeRows(block, count, begin, state.carriageReturns != 0);
        m_context.builder.measure(block.rows, block.work);
    }

    /// The ends of all fields of the records that begin in [begin, end) of the text; sets where the next record begins.
    std::size_t findStructure(BlockText& block, std::size_t begin, std::size_t end, kernels::CsvScanState& state)
    {
        const char delimiter = m_context.dialect.record.delimiter;
        reservePositions(block, end - begin + beyond);
        std::uint32_t* positions = block.positions.data() + 1;
        positions[-1] = std::uint32_t(begin) - 1;
        std::size_t count = kernels::modelariumCsvStructure(block.text(), begin, end, delimiter, positions, &state);
        std::size_t scanned = end;
        block.lines = state.lines;
        bool complete = count > 0 && positions[count - 1] == end - 1 && block.text()[end - 1] == '\n';
        while (!complete) {
            if (scanned == block.loaded) {
                if (block.textBegin + block.loaded == m_size)
                    break;
                if (block.loaded > longestRecord) {
                    block.error = Error{ErrorCode::TooLarge, "A row of the file is longer than 512 MB: it is no table, or a quote is not closed."};
                    return 0;
                }
                if (!load(block, block.textBegin, block.loaded * 2 + 64))
                    return 0;
            }
            const std::size_t piece = std::min(block.loaded, scanned + beyond);
            reservePositions(block, piece - begin);
            positions = block.positions.data() + 1;
            const std::size_t found = count + kernels::modelariumCsvStructure(block.text(), scanned, piece, delimiter, positions + count, &state);
            for (; count < found && !complete; ++count)
                complete = block.text()[positions[count]] == '\n';
            scanned = piece;
        }
        if (!complete)
            return endOfFile(block, count, state);
        block.next = block.textBegin + positions[count - 1] + 1;
        if (block.next > block.textBegin + end)
            block.lines += std::size_t(std::count(block.text() + end, block.text() + positions[count - 1] + 1, '\n'));
        block.lineEnds = block.lines;
        return count;
    }

    /// The last record of the file needs no line end.
    std::size_t endOfFile(BlockText& block, std::size_t count, const kernels::CsvScanState& state)
    {
        block.next = m_size;
        block.unusual = state.inside != 0;
        block.lineEnds = state.lines;
        std::uint32_t* positions = block.positions.data() + 1;
        if (positions[count - 1] + 1 != std::uint32_t(block.loaded) || (count > 0 && block.text()[positions[count - 1]] != '\n')) {
            block.text()[block.loaded] = '\n';
            positions[count++] = std::uint32_t(block.loaded);
            ++block.lineEnds;
        }
        return count;
    }

    static void reservePositions(BlockText& block, std::size_t textBytes)
    {
        if (block.positions.size() < textBytes + 130)
            block.positions.resize(textBytes + 130);
    }

    /// Rows straight from the positions where all records have the same number of fields and none is blank or a comment.
    void makeRows(BlockText& block, std::size_t count, std::size_t begin, bool carriageReturns)
    {
        const std::uint32_t* positions = block.positions.data() + 1;
        const std::size_t columns = m_context.builder.columns();
        if (!isRegular(block, count, columns)) {
            makeFields(block, count, begin);
            block.rows = block.assembler.assemble(block.text(), block.fields, m_context.rowRules(), block.work.found.notes);
            return;
        }
        block.rows = {block.text(), positions - 1, positions, nullptr, 1, count / columns, columns};
        if (carriageReturns) {
            block.lastEnds.resize(block.rows.rows);
            for (std::size_t row = 0; row < block.rows.rows; ++row) {
                const std::uint32_t end = positions[row * columns + columns - 1];
                block.lastEnds[row] = end - (block.text()[end - 1] == '\r');
            }
            block.rows.lastEnds = block.lastEnds.data();
        }
    }

    bool isRegular(BlockText& block, std::size_t count, std::size_t columns) const
    {
        // Rows longer than the header are noted one by one.
        if (count % columns != 0 || columns != m_context.rowRules().named)
            return false;
        const char* text = block.text();
        const std::uint32_t* positions = block.positions.data() + 1;
        const bool comments = m_context.dialect.record.comments;
        // A row this short may be blank or have no filled cell, and in a single column so may one that begins with a space; the assembler looks.
        const std::size_t shortest = columns == 1 ? 2 : columns + 1;
        bool regular = true;
        std::uint32_t begin = positions[-1] + 1;
        for (std::size_t last = columns - 1; last < count; last += columns) {
            const std::uint32_t end = positions[last];
            regular &= (text[end] == '\n') & (end - begin >= shortest) & !(text[begin] == '#' && comments) & !(columns == 1 && (text[begin] == ' ' || text[begin] == '\t'));
            begin = end + 1;
        }
        // Where each row ends with a line end and there are no more of them than rows, none is left to stand elsewhere.
        return regular && (block.lineEnds == count / columns || newlinesAreLast(block, count, columns));
    }

    /// No line end stands where a delimiter must be.
    bool newlinesAreLast(BlockText& block, std::size_t count, std::size_t columns) const
    {
        const char* text = block.text();
        const std::uint32_t* positions = block.positions.data() + 1;
        bool delimiters = true;
        for (std::size_t row = 0; row < count; row += columns)
            for (std::size_t k = row; k + 1 < row + columns; ++k)
                delimiters &= text[positions[k]] != '\n';
        return delimiters;
    }

    static void makeFields(BlockText& block, std::size_t count, std::size_t begin)
    {
        block.fields.clear();
        const std::uint32_t* positions = block.positions.data() + 1;
        std::uint32_t fieldBegin = std::uint32_t(begin);
        for (std::size_t i = 0; i < count; ++i) {
            const bool newline = block.text()[positions[i]] == '\n';
            const bool carriageReturn = newline && positions[i] > fieldBegin && block.text()[positions[i] - 1] == '\r';
            block.fields.begins.push_back(fieldBegin);
            block.fields.ends.push_back(positions[i] - carriageReturn);
            if (newline)
                block.fields.recordEnds.push_back(std::uint32_t(i + 1));
            fieldBegin = positions[i] + 1;
        }
    }

    /// In file order: checks the guess against what the block before found, and gives the rows their place.
    bool placeBlock(BlockText& block, std::size_t end)
    {
        m_lineOfBlock = m_position.line;
        if (m_position.offset >= end) {
            block.rows = {};
            return true;
        }
        if (!block.error && block.first != m_position.offset)
            scan(block, m_position.offset, end);
        if (block.error)
            m_error = block.error;
        else if (block.notUtf8)
            m_end = ReadingEnd::NotUtf8;
        else if (block.unusual)
            m_end = ReadingEnd::Unusual;
        if (m_error || m_end)
            return false;
        if (!m_context.builder.place(block.rows, block.work)) {
            m_rowsNeeded = block.rows.rows;
            m_textNeeded = block.next - block.first;
            return false;
        }
        m_context.widest = std::max(m_context.widest, block.assembler.widest());
        m_position = {block.next, m_position.line + block.lines};
        return true;
    }

    void growColumns()
    {
        const double rowsSoFar = double(m_context.builder.rows());
        const double bytesSoFar = double(m_position.offset - m_start);
        const double bytesPerRow = rowsSoFar > 0 ? bytesSoFar / rowsSoFar : m_context.dialect.bytesPerRow;
        const std::size_t expected = std::size_t(double(m_size - m_position.offset) / bytesPerRow * 1.03);
        m_context.builder.grow(std::max(expected, m_rowsNeeded) + 64, m_textNeeded);
    }

    bool hasStopped() const { return m_stopped.load(std::memory_order_acquire); }

    void awaitTurn(std::size_t index)
    {
        std::unique_lock lock(m_mutex);
        m_turnCame.wait(lock, [&] { return m_turn == index || hasStopped(); });
    }

    void pass(std::size_t index, bool stop)
    {
        {
            std::lock_guard lock(m_mutex);
            if (stop)
                m_stopped.store(true, std::memory_order_release);
            else
                m_turn = index + 1;
        }
        m_turnCame.notify_all();
    }

    std::unique_ptr<BlockText> takeText()
    {
        std::lock_guard lock(m_mutex);
        if (m_free.empty())
            return std::make_unique<BlockText>();
        std::unique_ptr<BlockText> text = std::move(m_free.back());
        m_free.pop_back();
        text->loaded = 0;
        return text;
    }

    void giveBack(std::unique_ptr<BlockText> text)
    {
        std::lock_guard lock(m_mutex);
        m_free.push_back(std::move(text));
    }

    ReadingContext& m_context;
    TextPosition& m_position;               // changed only by the block whose turn it is
    std::size_t m_base;
    std::size_t m_size;
    std::size_t m_start;
    std::size_t m_blockNumber = 0;
    std::vector<std::optional<BlockFindings>> m_found;  // of the blocks of a segment; none where its rows did not come into the columns
    std::size_t m_lineOfBlock = 1;
    std::optional<Error> m_error;
    std::optional<ReadingEnd> m_end;
    std::size_t m_rowsNeeded = 0;
    std::size_t m_textNeeded = 0;

    std::mutex m_mutex;
    std::condition_variable m_turnCame;
    std::size_t m_turn = 0;                 // guarded by m_mutex
    std::atomic<bool> m_stopped{false};
    std::vector<std::unique_ptr<BlockText>> m_free;     // guarded by m_mutex
};

} // namespace

void setLines(Notes& notes, const char* text, std::size_t begin, std::size_t line)
{
    for (NoteCount& note : notes.all())
        note.line = line + countLines({text + begin, note.offset - begin});
}

Result<ReadingEnd> readInParallel(ReadingContext& context, TextPosition& position) { return ParallelReading(context, position).run(); }

} // namespace modelarium::csv
