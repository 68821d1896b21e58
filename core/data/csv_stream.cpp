#include "core/data/csv_stream.h"

#include "core/data/csv_receipt.h"
#include "core/data/csv_reading.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <new>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace modelarium {

namespace csv {

namespace {

constexpr std::size_t pieceBytes = std::size_t(1) << 18;
constexpr std::size_t headBytes = std::size_t(1) << 18;
constexpr std::size_t longestText = std::size_t(512) << 20;
constexpr std::size_t furtherLines = 20;            ///< a sample reaches a little behind the first rows

bool endsLine(char c) { return c == '\n' || c == '\r'; }

/// Bytes in the order in which they come. Until begin() is called they can be looked at from the first one on.
class ArrivingBytes final : public ByteSource {
public:
    ArrivingBytes(int descriptor, std::string name, std::function<bool()> stopped)
        : m_descriptor(descriptor), m_name(std::move(name)), m_stopped(std::move(stopped))
    {
    }
    ~ArrivingBytes() override
    {
        if (m_descriptor != STDIN_FILENO)
            ::close(m_descriptor);
    }

    std::size_t size() const override { return std::numeric_limits<std::size_t>::max() / 2; }
    std::string name() const override { return m_name; }
    bool wasStopped() const { return m_wasStopped; }

    /// Waits for so many lines, or as much text as tells the encoding. What is seen never depends on how fast they come.
    Result<void> waitForLines(std::size_t lines)
    {
        std::size_t seen = 0, position = 0;
        for (m_visible = headBytes; position < headBytes && seen < lines;) {
            if (position == m_kept.size()) {
                const auto got = fetch();
                if (!got)
                    return got.error();
                if (*got == 0)
                    break;
                continue;
            }
            seen += endsLine(m_kept[position++]);
        }
        if (seen == lines)
            m_visible = std::max<std::size_t>(position / 4 * 4, 4);
        if (m_kept.starts_with("\x1F\x8B"))
            m_visible = size();
        return {};
    }

    void begin()
    {
        m_looking = false;
        m_visible = size();
    }

    Result<std::size_t> read(std::size_t offset, char* out, std::size_t count) const override
    {
        if (offset >= m_visible)
            return std::size_t(0);
        count = std::min(count, m_visible - offset);
        if (m_looking && offset >= m_kept.size()) {
            if (const auto got = fetch(); !got || *got == 0)
                return got;
        }
        if (offset < m_kept.size()) {
            count = std::min(count, m_kept.size() - offset);
            std::memcpy(out, m_kept.data() + offset, count);
            return count;
        }
        if (!m_kept.empty())
            std::string().swap(m_kept);
        return readNow(out, count);
    }

private:
    Result<std::size_t> fetch() const
    {
        const std::size_t before = m_kept.size();
        m_kept.resize(before + (std::size_t(1) << 16));
        const auto got = readNow(m_kept.data() + before, m_kept.size() - before);
        m_kept.resize(before + (got ? *got : 0));
        return got;
    }

    Result<std::size_t> readNow(char* out, std::size_t count) const
    {
        for (;;) {
            const ssize_t got = m_wasStopped ? 0 : ::read(m_descriptor, out, count);
            if (got >= 0)
                return std::size_t(got);
            if (errno != EINTR)
                return Error{ErrorCode::ReadFailed, "\"" + m_name + "\" cannot be read: " + std::strerror(errno) + "."};
            m_wasStopped = m_stopped && m_stopped();
        }
    }

    int m_descriptor;
    std::string m_name;
    std::function<bool()> m_stopped;
    std::size_t m_visible = 0;
    bool m_looking = true;
    mutable std::string m_kept;
    mutable bool m_wasStopped = false;
};

} // namespace

} // namespace csv

using namespace csv;

class CsvStream::Reading {
public:
    Reading(int descriptor, std::string name, CsvOptions options, std::function<bool()> stopped)
        : m_bytes(descriptor, std::move(name), std::move(stopped)), m_options(std::move(options)), m_splitter({})
    {
    }

    Result<Table> first(std::size_t records)
    {
        if (const auto status = recognise(records); !status)
            return status.error();
        std::size_t known = 0;
        while (m_splitter.fields().records() < records) {
            known = m_splitter.fields().records();
            m_splitter.split(m_text, m_atEnd && !m_bytes.wasStopped(), m_splitter.recordBegin() + 1);
            if (m_splitter.fields().records() > known)
                continue;
            if (m_atEnd)
                break;
            if (const auto status = more(); !status)
                return status.error();
        }
        if (const auto status = checkEnd(); m_atEnd && !status)
            return status.error();
        const auto table = takeRecords(true);
        if (table && table->rows() == 0)
            return Error{ErrorCode::EmptyData, "\"" + m_bytes.name() + "\" has a header but no rows: there is nothing to learn from."};
        return table;
    }

    Result<Table> next()
    {
        for (;;) {
            // What has begun to come when somebody stops is no row.
            if (m_bytes.wasStopped())
                return Table();
            m_splitter.split(m_text, m_atEnd, pieceBytes);
            if (m_splitter.fields().records() > 0) {
                auto table = takeRecords(false);
                if (!table || table->rows() > 0)
                    return table;
                continue;
            }
            if (m_atEnd) {
                const auto status = checkEnd();
                return status ? Result<Table>(Table()) : Result<Table>(status.error());
            }
            if (const auto status = more(); !status)
                return status.error();
        }
    }

    std::vector<ReceiptEntry> firstEntries;
    std::vector<ReceiptEntry> laterEntries() const { return receiptEntries(m_laterNotes, m_firstTable); }

private:
    /// Encoding, delimiter, header and kinds of columns, from a number of lines that does not depend on how fast they come.
    Result<void> recognise(std::size_t records)
    {
        const std::size_t lines = records + furtherLines;
        if (const auto status = m_bytes.waitForLines(lines); !status)
            return status.error();
        const auto encoding = recogniseEncoding(m_bytes, m_options.encoding ? &*m_options.encoding : nullptr, headBytes * 64);
        if (!encoding)
            return encoding.error();
        m_bytes.begin();
        m_stream = openText(m_bytes, *encoding, std::numeric_limits<std::size_t>::max());
        std::size_t seen = 0, position = 0;
        while (seen < lines) {
            if (position < m_text.size()) {
                seen += endsLine(m_text[position++]);
            } else if (m_atEnd) {
                break;
            } else if (const auto status = more(); !status) {
                return status.error();
            }
        }
        const auto dialect = recogniseDialect(std::string_view(m_text).substr(0, position), m_atEnd && position == m_text.size(), m_options);
        if (!dialect)
            return dialect.error();
        m_dialect = *dialect;
        m_line = m_dialect.dataLine;
        m_text.erase(0, std::min(m_dialect.dataOffset, m_text.size()));
        m_splitter = RecordSplitter(m_dialect.record);
        return {};
    }

    Result<void> more()
    {
        const std::size_t filled = m_text.size();
        if (const std::size_t longest = std::min(longestText, m_options.maximumBytes); filled > longest)
            return Error{ErrorCode::TooLarge, "The row that begins in line " + std::to_string(m_line) + " is longer than "
                                                  + std::to_string(longest >> 20) + " MB: it is no table, or a quote is not closed.", {.line = m_line}};
        m_text.resize(filled + pieceBytes);
        const auto got = m_stream->read(m_text.data() + filled, pieceBytes);
        m_text.resize(filled + (got ? *got : 0));
        if (!got)
            return got.error();
        m_atEnd = *got == 0;
        return {};
    }

    Result<void> checkEnd() const
    {
        if (m_splitter.hasOpenQuote() && !m_text.empty() && !m_bytes.wasStopped())
            return openQuoteError(m_line + countLines(std::string_view(m_text).substr(0, m_splitter.openQuote())), m_splitter.openColumn(),
                                  m_dialect.columns);
        return {};
    }

    /// The complete records at the beginning of the text as a table; the text goes on behind them.
    Result<Table> takeRecords(bool first)
    {
        const std::size_t cut = m_splitter.recordBegin();
        const std::string piece = m_text.substr(0, cut);
        TableBuilder builder(m_dialect.columns, m_dialect.decimal, m_dialect.tellsDecimals, m_splitter.fields().records() + 1, m_dialect.bytesPerRow);
        if (const auto status = readPiece(piece, builder); !status)
            return status.error();
        auto table = builder.finish();
        if (!table)
            return table;
        if (first) {
            firstEntries = m_dialect.entries;
            for (ReceiptEntry& entry : receiptEntries(builder.notes(), *table))
                firstEntries.push_back(std::move(entry));
            m_firstTable = *table;
            fixColumns(builder);
        } else {
            addNotes(builder.notes());
            table = withFirstWords(*table);
        }
        m_line += countLines(piece);
        m_text.erase(0, cut);
        m_splitter.drop(cut);
        return table;
    }

    Result<void> readPiece(const std::string& piece, TableBuilder& builder)
    {
        const auto source = bytesInMemory(piece);
        const TextEncoding encoding{"utf-8", 0, false, true, 0};
        const ReadProgress none;
        for (;;) {
            ReadingContext context{*source, encoding, m_dialect, builder, pieceBytes / 2, longestText * 2, none};
            TextPosition position{0, m_line};
            Result<ReadingEnd> end = m_dialect.record.collapse ? Result<ReadingEnd>(ReadingEnd::Unusual) : readInParallel(context, position);
            if (end && *end == ReadingEnd::Unusual)
                end = readInOrder(context, position);
            if (!end)
                return end.error();
            if (*end == ReadingEnd::NotUtf8) {
                const std::size_t line = m_line + countLines(std::string_view(piece).substr(0, firstInvalidUtf8(piece).value_or(0)));
                return Error{ErrorCode::BadEncoding, "Line " + std::to_string(line) + " holds a byte that is not UTF-8, though lines above are: "
                                                         "choose the encoding, for instance windows-1252.",
                             {.line = line}};
            }
            if (context.widest > builder.columns())
                builder.widen(context.widest);
            else if (builder.settle())
                return {};
        }
    }

    /// What the first rows showed is settled for all that come.
    void fixColumns(const TableBuilder& builder)
    {
        for (std::size_t j = 0; j < m_dialect.columns.size(); ++j) {
            ColumnPlan& plan = m_dialect.columns[j];
            const Column& column = m_firstTable.column(j);
            plan = builder.plan(j);
            plan.otherOrderTried = true;
            if (column.type() == ColumnType::Text)
                plan.kind = ColumnKind::Text;
            if (column.type() == ColumnType::Category) {
                plan.kind = ColumnKind::Labels;
                const auto& levels = column.categoryCells().levels;
                plan.keepsNA = std::find(levels.begin(), levels.end(), "NA") != levels.end();
            }
            // A piece may hold one of two words only, or none: booleans are told from the words themselves.
            plan.forced = column.type();
            if (column.type() == ColumnType::Boolean || column.type() == ColumnType::Empty)
                plan.forced.reset();
        }
    }

    void addNotes(const Notes& notes)
    {
        Notes known;
        for (const NoteCount& note : notes.all())
            if (note.count > 0 && (note.column == noColumn || note.column < m_dialect.columns.size()))
                known.all().push_back(note);
        m_laterNotes.append(known);
    }

    /// Yes and no are spelt as in the first rows, however a later piece spells them.
    Table withFirstWords(Table table) const
    {
        for (std::size_t j = 0; j < m_dialect.columns.size(); ++j) {
            const Column& column = table.column(j);
            if (m_firstTable.column(j).type() != ColumnType::Boolean || column.type() != ColumnType::Boolean)
                continue;
            CategoryCells cells = column.categoryCells();
            cells.levels = m_firstTable.column(j).categoryCells().levels;
            table = table.withColumn(j, std::make_shared<const Column>(column.name(), ColumnType::Boolean, std::move(cells), column.rows()));
        }
        return table;
    }

    ArrivingBytes m_bytes;
    CsvOptions m_options;
    std::unique_ptr<TextStream> m_stream;
    Dialect m_dialect;
    RecordSplitter m_splitter;
    std::string m_text;                             // decoded, from the first row that no table has
    std::size_t m_line = 1;                         // of its beginning
    bool m_atEnd = false;
    Table m_firstTable;
    Notes m_laterNotes;
};

CsvStream::CsvStream(std::unique_ptr<Reading> reading) : m_reading(std::move(reading)) {}
CsvStream::CsvStream(CsvStream&&) noexcept = default;
CsvStream& CsvStream::operator=(CsvStream&&) noexcept = default;
CsvStream::~CsvStream() = default;

Result<CsvStream> CsvStream::open(const std::filesystem::path& path, const CsvOptions& options, std::function<bool()> stopped)
{
    const std::string name = path.filename().string();
    const Place place{.file = path.string()};
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        if (errno == ENOENT)
            return Error{ErrorCode::FileNotFound, "There is no file \"" + name + "\".", place};
        if (errno == EACCES)
            return Error{ErrorCode::PermissionDenied, "You have no permission to read \"" + name + "\".", place};
        return Error{ErrorCode::ReadFailed, "\"" + name + "\" cannot be opened: " + std::strerror(errno) + ".", place};
    }
    struct stat status{};
    if (::fstat(descriptor, &status) == 0 && S_ISDIR(status.st_mode)) {
        ::close(descriptor);
        return Error{ErrorCode::NotAFile, "\"" + name + "\" is a folder, not a file: choose a file with rows and columns.", place};
    }
    return CsvStream(std::make_unique<Reading>(descriptor, name, options, std::move(stopped)));
}

Result<CsvStream> CsvStream::standardInput(const CsvOptions& options, std::function<bool()> stopped)
{
    return CsvStream(std::make_unique<Reading>(STDIN_FILENO, "standard input", options, std::move(stopped)));
}

Result<Table> CsvStream::first(std::size_t records)
{
    try {
        return m_reading->first(records);
    } catch (const std::bad_alloc&) {
        return Error{ErrorCode::OutOfMemory, "There is not enough memory for the first rows: let fewer of them teach the preparation."};
    }
}

Result<Table> CsvStream::next()
{
    try {
        return m_reading->next();
    } catch (const std::bad_alloc&) {
        return Error{ErrorCode::OutOfMemory, "There is not enough memory for the next row."};
    }
}

const std::vector<ReceiptEntry>& CsvStream::firstEntries() const { return m_reading->firstEntries; }
std::vector<ReceiptEntry> CsvStream::laterEntries() const { return m_reading->laterEntries(); }

} // namespace modelarium
