#include "core/data/csv_reading.h"

#include <algorithm>
#include <cstring>

namespace modelarium::csv {

namespace {

/// A growing window of the text, with room around it for the kernels.
class TextWindow {
public:
    explicit TextWindow(std::unique_ptr<TextStream> stream) : m_stream(std::move(stream)) {}

    const char* data() const { return m_bytes.data() + textPadding; }
    std::string_view view() const { return {data(), m_size}; }
    bool atEnd() const { return m_atEnd; }

    /// `bytes` more, fewer only at the end: a decoder gives less at a time than it is asked for.
    Result<void> more(std::size_t bytes)
    {
        if (m_bytes.size() < m_size + bytes + 2 * textPadding)
            m_bytes.resize(std::max(m_size + bytes + 2 * textPadding, m_bytes.size() * 2));
        for (const std::size_t wanted = m_size + bytes; m_size < wanted && !m_atEnd;) {
            const auto got = m_stream->read(m_bytes.data() + textPadding + m_size, wanted - m_size);
            if (!got)
                return got.error();
            m_size += *got;
            m_atEnd = *got == 0;
        }
        return {};
    }

    void drop(std::size_t bytes)
    {
        m_size -= bytes;
        std::memmove(m_bytes.data() + textPadding, m_bytes.data() + textPadding + bytes, m_size);
    }

private:
    std::unique_ptr<TextStream> m_stream;
    Buffer<char> m_bytes;
    std::size_t m_size = 0;
    bool m_atEnd = false;
};

class OrderedReading {
public:
    OrderedReading(ReadingContext& context, TextPosition& position)
        : m_context(context), m_position(position), m_splitter(context.dialect.record), m_block(context.blockBytes)
    {
    }

    Result<ReadingEnd> run()
    {
        TextWindow window(openText(m_context.source, encodingFromHere(), m_context.maximumBytes));
        if (const auto status = skipDecoded(window); !status)
            return status.error();
        for (std::size_t number = 0;; ++number) {
            if (const auto status = fill(window); !status)
                return status.error();
            if (m_splitter.hasOpenQuote() && window.atEnd())
                return openQuoteError(m_position.line + countLines(window.view().substr(0, m_splitter.openQuote())), m_splitter.openColumn(),
                                      m_context.dialect.columns);
            const std::size_t end = m_splitter.recordBegin();
            if (m_context.encoding.name == "utf-8" && firstInvalidUtf8(window.view().substr(0, end)))
                return ReadingEnd::NotUtf8;
            addRows(window.data(), number);
            m_position.line += countLines(window.view().substr(0, end));
            m_position.offset += end;
            window.drop(end);
            m_splitter.drop(end);
            if (window.atEnd() && window.view().empty())
                return ReadingEnd::Complete;
            if (m_context.progress && !m_context.progress(share()))
                return Error{ErrorCode::Cancelled, "Reading was cancelled."};
        }
    }

private:
    /// Plain text can begin anywhere; everything else is decoded from its beginning.
    TextEncoding encodingFromHere()
    {
        TextEncoding encoding = m_context.encoding;
        m_skip = m_position.offset;
        if (encoding.name == "utf-8" && !encoding.gzip) {
            encoding.byteOrderMark += m_position.offset;
            m_skip = 0;
        }
        return encoding;
    }

    Result<void> skipDecoded(TextWindow& window)
    {
        while (m_skip > 0 && !window.atEnd()) {
            if (const auto status = window.more(std::min<std::size_t>(m_skip, 1 << 16)); !status)
                return status.error();
            const std::size_t count = std::min(m_skip, window.view().size());
            window.drop(count);
            m_skip -= count;
        }
        return {};
    }

    /// Reads until a record ends behind a block's worth of text, or the text ends.
    Result<void> fill(TextWindow& window)
    {
        for (std::size_t piece = m_block; !m_splitter.split(window.view(), window.atEnd(), m_block) && !window.atEnd(); piece *= 2) {
            if (window.view().size() > longestRecord)
                return Error{ErrorCode::TooLarge, "The row that begins in line " + std::to_string(m_position.line)
                                                      + " is longer than 512 MB: it is no table, or a quote is not closed.", {.line = m_position.line}};
            if (const auto status = window.more(piece); !status)
                return status.error();
        }
        return {};
    }

    void addRows(const char* text, std::size_t number)
    {
        m_work.found.notes.clear();
        const RowBlock rows = m_assembler.assemble(text, m_splitter.fields(), m_context.rowRules(), m_work.found.notes);
        m_context.widest = std::max(m_context.widest, m_assembler.widest());
        m_context.builder.measure(rows, m_work);
        const std::size_t bytes = m_splitter.recordBegin();
        while (!m_context.builder.place(rows, m_work))
            m_context.builder.grow(std::max(rows.rows, m_context.builder.rows() / 2) + 64, bytes);
        m_context.builder.convert(rows, number, m_work);
        m_work.found.notes.append(m_splitter.notes());
        for (NoteCount& note : m_work.found.notes.all())
            if (const NoteCount* split = m_splitter.notes().find(note.note, note.column))
                note.offset = split->offset;
        setLines(m_work.found.notes, text, 0, m_position.line);
        m_context.builder.accept(m_work.found);
    }

    double share() const { return std::min(1.0, double(m_position.offset) / double(std::max<std::size_t>(m_context.source.size(), 1))); }

    ReadingContext& m_context;
    TextPosition& m_position;
    RecordSplitter m_splitter;
    std::size_t m_block;
    std::size_t m_skip = 0;
    RowAssembler m_assembler;
    BlockWork m_work;
};

} // namespace

Error openQuoteError(std::size_t line, std::size_t column, const std::vector<ColumnPlan>& columns)
{
    const std::string name = column <= columns.size() ? columns[column - 1].name : std::string();
    return {ErrorCode::RaggedRow,
            "The quote that opens in line " + std::to_string(line) + ", column " + std::to_string(column) + (name.empty() ? "" : " (\"" + name + "\")")
                + ", is never closed: put a quote at the end of that text, or remove the first one.",
            {.line = line, .column = name}};
}

Result<ReadingEnd> readInOrder(ReadingContext& context, TextPosition& position) { return OrderedReading(context, position).run(); }

} // namespace modelarium::csv
