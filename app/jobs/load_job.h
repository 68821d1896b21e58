#pragma once

#include "app/jobs/worker.h"
#include "core/data/csv_reader.h"
#include "core/data/generators.h"

#include <QByteArray>
#include <QObject>

#include <filesystem>
#include <functional>
#include <memory>

namespace modelarium {

/// Reads or makes a table off the window's thread. Starting another load drops the one under way.
class LoadJob : public QObject {
    Q_OBJECT

public:
    explicit LoadJob(QObject* parent = nullptr);

    void startFile(const std::filesystem::path& path, const CsvOptions& options);
    void startBytes(const QByteArray& bytes, const CsvOptions& options);
    void startGenerator(const GeneratorInfo& generator, std::size_t rows, double noise, std::uint64_t seed);
    void cancel();
    bool isRunning() const { return m_running; }

Q_SIGNALS:
    void progressed(double share);
    void finished(std::shared_ptr<const modelarium::CsvImport> import);
    void failed(const modelarium::Error& error);

private:
    void start(std::function<Result<CsvImport>(const ReadProgress&)> read);
    void deliver(std::uint64_t generation, const std::shared_ptr<Result<CsvImport>>& result);

    std::uint64_t m_generation = 0;
    bool m_running = false;
    Worker m_worker;
};

} // namespace modelarium
