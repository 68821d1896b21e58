#include "app/jobs/load_job.h"

#include "core/data/csv_stream.h"

#include <QMetaObject>

#include <array>
#include <fstream>
#include <new>
#include <string>
#include <utility>

namespace modelarium {
namespace {

constexpr std::size_t previewRows = 1000;
/// Reading so much text takes as long as a person notices; what is shorter is there before a preview could be looked at.
constexpr std::uintmax_t noticedBytes = std::uintmax_t(32) << 20;
/// Of compressed text about as much, by the usual ratio.
constexpr std::uintmax_t noticedZippedBytes = noticedBytes / 8;
/// First rows longer than this are not quick to read either.
constexpr std::size_t mostPreviewBytes = std::size_t(64) << 20;

/// Nothing where there are no such rows, whatever the reason: the reading of the whole file tells it.
std::optional<Table> firstRowsOf(const std::filesystem::path& path, CsvOptions options, const std::stop_token& stop)
{
    options.maximumBytes = mostPreviewBytes;
    if (!LoadJob::takesAWhile(path))
        return {};
    auto stream = CsvStream::open(path, options, [stop] { return stop.stop_requested(); });
    if (!stream || stop.stop_requested())
        return {};
    auto rows = stream->first(previewRows);
    return rows ? std::optional<Table>(*std::move(rows)) : std::nullopt;
}

} // namespace

LoadJob::LoadJob(QObject* parent) : QObject(parent) {}

void LoadJob::startFile(const std::filesystem::path& path, const CsvOptions& options, bool preview)
{
    start([path, options](const ReadProgress& progress) { return readCsv(path, options, progress); },
          preview ? [path, options](const std::stop_token& stop) { return firstRowsOf(path, options, stop); } : FirstRows());
}

bool LoadJob::takesAWhile(const std::filesystem::path& path)
{
    std::error_code problem;
    // A pipe must not be opened twice: what was read from it is gone.
    if (!std::filesystem::is_regular_file(path, problem))
        return false;
    const std::uintmax_t bytes = std::filesystem::file_size(path, problem);
    if (problem || bytes < noticedZippedBytes)
        return false;
    std::array<char, 2> begin{};
    std::ifstream(path, std::ios::binary).read(begin.data(), begin.size());
    const bool zipped = begin[0] == '\x1F' && begin[1] == '\x8B';
    return zipped || bytes >= noticedBytes;
}

void LoadJob::startBytes(const QByteArray& bytes, const CsvOptions& options)
{
    start([bytes, options](const ReadProgress&) {
        return readCsvBytes(std::string_view(bytes.constData(), std::size_t(bytes.size())), options);
    });
}

void LoadJob::startGenerator(const GeneratorInfo& generator, std::size_t rows, double noise, std::uint64_t seed)
{
    start([make = generator.make, rows, noise, seed](const ReadProgress&) -> Result<CsvImport> {
        return CsvImport{make(rows, noise, seed), {}};
    });
}

void LoadJob::cancel()
{
    ++m_generation;
    m_running = false;
    m_worker.cancel();
}

void LoadJob::start(std::function<Result<CsvImport>(const ReadProgress&)> read, FirstRows preview)
{
    const std::uint64_t generation = ++m_generation;
    m_running = true;
    m_worker.start([this, generation, read = std::move(read), preview = std::move(preview)](std::stop_token stop) {
        const ReadProgress progress = [this, generation, &stop](double share) {
            QMetaObject::invokeMethod(this, [this, generation, share] {
                if (generation == m_generation)
                    Q_EMIT progressed(share);
            }, Qt::QueuedConnection);
            return !stop.stop_requested();
        };
        std::shared_ptr<Result<CsvImport>> result;
        std::vector<TypeChange> changes;
        try {
            const std::optional<Table> rows = preview ? preview(stop) : std::nullopt;
            if (rows) {
                QMetaObject::invokeMethod(this, [this, generation, rows = *rows] {
                    if (generation == m_generation)
                        Q_EMIT previewed(rows);
                }, Qt::QueuedConnection);
            }
            result = std::make_shared<Result<CsvImport>>(read(progress));
            if (rows && *result)
                changes = modelarium::typeChanges(*rows, result->value());
        } catch (const std::bad_alloc&) {
            const std::string sentence = tr("There is not enough memory for these rows.").toStdString();
            result = std::make_shared<Result<CsvImport>>(Error{ErrorCode::OutOfMemory, sentence});
        }
        QMetaObject::invokeMethod(this, [this, generation, result, changes] { deliver(generation, result, changes); }, Qt::QueuedConnection);
    });
}

void LoadJob::deliver(std::uint64_t generation, const std::shared_ptr<Result<CsvImport>>& result, std::vector<TypeChange> changes)
{
    if (generation != m_generation)
        return;
    m_running = false;
    m_typeChanges = std::move(changes);
    if (*result)
        Q_EMIT finished(std::shared_ptr<const CsvImport>(result, &result->value()));
    else
        Q_EMIT failed(result->error());
}

} // namespace modelarium
