#include "app/jobs/load_job.h"

#include <QMetaObject>

#include <new>
#include <string>
#include <utility>

namespace modelarium {

LoadJob::LoadJob(QObject* parent) : QObject(parent) {}

void LoadJob::startFile(const std::filesystem::path& path, const CsvOptions& options)
{
    start([path, options](const ReadProgress& progress) { return readCsv(path, options, progress); });
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

void LoadJob::start(std::function<Result<CsvImport>(const ReadProgress&)> read)
{
    const std::uint64_t generation = ++m_generation;
    m_running = true;
    m_worker.start([this, generation, read = std::move(read)](std::stop_token stop) {
        const ReadProgress progress = [this, generation, &stop](double share) {
            QMetaObject::invokeMethod(this, [this, generation, share] {
                if (generation == m_generation)
                    Q_EMIT progressed(share);
            }, Qt::QueuedConnection);
            return !stop.stop_requested();
        };
        std::shared_ptr<Result<CsvImport>> result;
        try {
            result = std::make_shared<Result<CsvImport>>(read(progress));
        } catch (const std::bad_alloc&) {
            const std::string sentence = tr("There is not enough memory for these rows.").toStdString();
            result = std::make_shared<Result<CsvImport>>(Error{ErrorCode::OutOfMemory, sentence});
        }
        QMetaObject::invokeMethod(this, [this, generation, result] { deliver(generation, result); }, Qt::QueuedConnection);
    });
}

void LoadJob::deliver(std::uint64_t generation, const std::shared_ptr<Result<CsvImport>>& result)
{
    if (generation != m_generation)
        return;
    m_running = false;
    if (*result)
        Q_EMIT finished(std::shared_ptr<const CsvImport>(result, &result->value()));
    else
        Q_EMIT failed(result->error());
}

} // namespace modelarium
