#include "core/data/csv_reader.h"

#include "core/base/number_text.h"
#include "core/data/csv_columns.h"
#include "core/data/csv_reading.h"
#include "core/data/csv_receipt.h"

#include <algorithm>
#include <fstream>
#include <new>

namespace modelarium {

namespace csv {

namespace {

constexpr std::size_t sampleBytes = std::size_t(1) << 16;
constexpr std::size_t largestSample = std::size_t(16) << 20;
constexpr std::size_t fastestBlock = std::size_t(1) << 17;

struct SampleText {
    std::string text;
    bool whole = false;
};

/// The beginning of the text: 64 KB that end with a line, more where the lines are long.
Result<SampleText> readSample(const ByteSource& source, const TextEncoding& encoding, std::size_t maximumBytes)
{
    constexpr std::ptrdiff_t enoughLines = 20;
    const auto stream = openText(source, encoding, maximumBytes);
    SampleText sample;
    for (std::size_t wanted = sampleBytes;; wanted *= 2) {
        while (sample.text.size() < wanted && !sample.whole) {
            const std::size_t filled = sample.text.size();
            sample.text.resize(wanted);
            const auto got = stream->read(sample.text.data() + filled, wanted - filled);
            if (!got)
                return got.error();
            sample.text.resize(filled + *got);
            sample.whole = *got == 0;
        }
        const auto lines = std::count(sample.text.begin(), sample.text.end(), '\n') + std::count(sample.text.begin(), sample.text.end(), '\r');
        if (sample.whole || lines >= enoughLines || wanted >= largestSample)
            break;
    }
    if (!sample.whole) {
        const std::size_t end = sample.text.find_last_of("\r\n");
        if (end != std::string::npos)
            sample.text.resize(end + 1);
    }
    return sample;
}

bool hasNoCell(const Table& table)
{
    for (std::size_t j = 0; j < table.columns(); ++j)
        if (table.column(j).missing() < table.rows())
            return false;
    return true;
}

std::string gigabytes(double bytes) { return shortText(bytes / 1e9, 2) + " GB"; }

/// Refuses a file before memory is taken for it that is not there.
Result<void> checkMemory(const Dialect& dialect, double rows)
{
    double bytesPerRow = 0;
    for (const ColumnPlan& plan : dialect.columns)
        bytesPerRow += plan.kind == ColumnKind::Labels ? 4 : plan.kind == ColumnKind::Text ? 8 + dialect.bytesPerRow / double(dialect.columns.size()) : 8;
    std::ifstream file("/proc/meminfo");
    std::string word;
    double kilobytes = 0;
    while (file >> word)
        if (word == "MemAvailable:" && file >> kilobytes)
            break;
    const double needed = rows * bytesPerRow;
    if (kilobytes > 0 && needed > kilobytes * 1024)
        return Error{ErrorCode::TooLarge, "The table needs about " + gigabytes(needed) + " of memory and " + gigabytes(kilobytes * 1024)
                                              + " are free: close other programs, or open a part of the file."};
    return {};
}

/// Reads one source from beginning to end, again where a later row shows that the first ones were misleading.
class Reader {
public:
    Reader(const ByteSource& source, const CsvOptions& options, const ReadProgress& progress)
        : m_source(source), m_options(options), m_progress(progress)
    {
    }

    Result<CsvImport> run()
    {
        const auto encoding = recogniseEncoding(m_source, m_options.encoding ? &*m_options.encoding : nullptr, m_options.maximumBytes);
        if (!encoding)
            return encoding.error();
        m_encoding = *encoding;
        for (;;) {
            auto import = readAs();
            if (import || !m_tryWindows)
                return import;
            // A byte far behind the first ones is no UTF-8, and nothing before it was beyond ASCII.
            m_tryWindows = false;
            m_encoding = {"windows-1252", 0, m_encoding.gzip, true, m_foreignLine};
        }
    }

private:
    Result<CsvImport> readAs()
    {
        const auto sample = readSample(m_source, m_encoding, m_options.maximumBytes);
        if (!sample)
            return sample.error();
        const auto dialect = recogniseDialect(sample->text, sample->whole, m_options);
        if (!dialect)
            return dialect.error();
        const double textBytes = m_encoding.gzip ? double(sample->text.size()) : double(m_source.size());
        const double rows = std::max(0.0, textBytes - double(dialect->dataOffset)) / dialect->bytesPerRow;
        if (const auto status = checkMemory(*dialect, rows); !status)
            return status.error();
        TableBuilder builder(dialect->columns, dialect->decimal, dialect->tellsDecimals, std::size_t(rows * 1.02) + 64, dialect->bytesPerRow);
        for (;;) {
            const auto widest = readOnce(*dialect, builder);
            if (!widest)
                return widest.error();
            if (*widest > builder.columns())
                builder.widen(*widest);
            else if (builder.settle())
                break;
        }
        if (const auto status = m_source.checkUnchanged(); !status)
            return status.error();
        return finish(*dialect, builder);
    }

    /// All rows; gives the most cells that a row had where that is more than there are columns.
    Result<std::size_t> readOnce(const Dialect& dialect, TableBuilder& builder)
    {
        ReadingContext context{m_source, m_encoding, dialect, builder, m_options.chunkBytes ? m_options.chunkBytes : fastestBlock,
                               m_options.maximumBytes, m_progress};
        TextPosition position{dialect.dataOffset, dialect.dataLine};
        const bool plain = m_encoding.name == "utf-8" && !m_encoding.gzip && !dialect.record.collapse;
        Result<ReadingEnd> end = plain ? readInParallel(context, position) : Result<ReadingEnd>(ReadingEnd::Unusual);
        if (end && *end == ReadingEnd::Unusual)
            end = readInOrder(context, position);
        if (!end)
            return end.error();
        if (*end == ReadingEnd::NotUtf8)
            return encodingError();
        return context.widest;
    }

    Error encodingError()
    {
        m_tryWindows = !m_encoding.certain;
        m_foreignLine = firstForeignLine();
        return {ErrorCode::BadEncoding,
                "Line " + std::to_string(m_foreignLine) + " holds a byte that is not UTF-8, though lines above are: choose the encoding, "
                    "for instance windows-1252.",
                {.line = m_foreignLine}};
    }

    /// The line of the first byte that is not UTF-8. The blocks only know that they hold one.
    std::size_t firstForeignLine() const
    {
        const auto stream = openText(m_source, m_encoding, m_options.maximumBytes);
        std::string piece(std::size_t(1) << 20, '\0');
        std::size_t kept = 0, line = 1;
        for (;;) {
            const auto got = stream->read(piece.data() + kept, piece.size() - kept);
            const std::string_view text(piece.data(), kept + (got ? *got : 0));
            const auto invalid = firstInvalidUtf8(text);
            const bool atEnd = !got || *got == 0;
            if (atEnd || (invalid && *invalid + 4 <= text.size()))
                return line + countLines(text.substr(0, invalid.value_or(text.size())));
            // A character or a line end that the piece cuts in two waits for the next one.
            std::size_t done = invalid.value_or(text.size());
            done -= done > 0 && text[done - 1] == '\r';
            line += countLines(text.substr(0, done));
            kept = text.size() - done;
            std::copy(text.begin() + std::ptrdiff_t(done), text.end(), piece.begin());
        }
    }

    Result<CsvImport> finish(const Dialect& dialect, TableBuilder& builder)
    {
        auto table = builder.finish();
        if (!table)
            return table.error();
        if (table->rows() == 0)
            return Error{ErrorCode::EmptyData, "\"" + m_source.name() + "\" has a header but no rows: there is nothing to learn from."};
        if (!dialect.header && hasNoCell(*table))
            return Error{ErrorCode::EmptyData, "\"" + m_source.name() + "\" holds nothing but spaces and empty cells: there is nothing to learn from."};
        CsvImport import{std::move(*table), {}};
        ImportReceipt& receipt = import.receipt;
        receipt.delimiter = dialect.record.delimiter;
        receipt.decimal = dialect.decimal;
        receipt.encoding = m_encoding.name;
        receipt.header = dialect.header;
        receipt.gzip = m_encoding.gzip;
        receipt.bytes = m_source.size();
        if (m_encoding.gzip)
            receipt.entries.push_back({"gzip", "The file is compressed with gzip and was unpacked.", 0, 0, {}, false});
        if (m_encoding.name != "utf-8")
            receipt.entries.push_back({"encoding", "The text is read as " + m_encoding.name + reasonForEncoding(), 0, m_encoding.foreignLine, {},
                                       !m_options.encoding && m_encoding.byteOrderMark == 0});
        receipt.entries.insert(receipt.entries.end(), dialect.entries.begin(), dialect.entries.end());
        for (ReceiptEntry& entry : receiptEntries(builder.notes(), import.table))
            addEntry(receipt, std::move(entry));
        return import;
    }

    std::string reasonForEncoding() const
    {
        if (m_options.encoding)
            return ", as chosen.";
        return m_encoding.foreignLine ? ", because it holds a byte that is not UTF-8." : ".";
    }

    /// What the first rows told is kept as it was said; what all of them tell is the count and the place.
    static void addEntry(ImportReceipt& receipt, ReceiptEntry entry)
    {
        const auto same = std::find_if(receipt.entries.begin(), receipt.entries.end(), [&](const ReceiptEntry& other) { return other.code == entry.code; });
        if (same == receipt.entries.end()) {
            receipt.entries.push_back(std::move(entry));
            return;
        }
        same->count = entry.count;
        same->firstLine = entry.firstLine;
        same->firstColumn = entry.firstColumn;
    }

    const ByteSource& m_source;
    const CsvOptions& m_options;
    const ReadProgress& m_progress;
    TextEncoding m_encoding;
    bool m_tryWindows = false;
    std::size_t m_foreignLine = 0;
};

/// Opening a file takes memory too, and so does a table that is given back.
template <class Read>
Result<CsvImport> withinMemory(const std::string& name, const Read& read)
{
    try {
        return read();
    } catch (const std::bad_alloc&) {
        return Error{ErrorCode::OutOfMemory, "There is not enough memory for the table in \"" + name + "\": close other programs, or open a part of it."};
    }
}

} // namespace

} // namespace csv

Result<CsvImport> readCsv(const std::filesystem::path& path, const CsvOptions& options, const ReadProgress& progress)
{
    auto import = csv::withinMemory(path.filename().string(), [&]() -> Result<CsvImport> {
        const auto source = csv::openFile(path, options.maximumBytes);
        return source ? csv::Reader(**source, options, progress).run() : Result<CsvImport>(source.error());
    });
    if (import)
        return import;
    Error error = import.error();
    error.place.file = path.string();
    return error;
}

Result<CsvImport> readCsvBytes(std::string_view bytes, const CsvOptions& options)
{
    return csv::withinMemory("these bytes", [&] {
        const ReadProgress unwatched;
        return csv::Reader(*csv::bytesInMemory(bytes), options, unwatched).run();
    });
}

} // namespace modelarium
