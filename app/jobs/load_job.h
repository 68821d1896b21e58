#pragma once

#include "app/jobs/type_changes.h"
#include "app/jobs/worker.h"
#include "core/data/csv_reader.h"
#include "core/data/generators.h"

#include <QByteArray>
#include <QObject>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

namespace modelarium {

/// Reads or makes a table off the window's thread. Starting another load drops the one under way.
///
/// Cost     the first 1,000 rows of a file of any length in about 3 ms
class LoadJob : public QObject {
    Q_OBJECT

public:
    explicit LoadJob(QObject* parent = nullptr);

    /// With a preview, the first rows of a file that takes a while to read are told before the rest is read.
    void startFile(const std::filesystem::path& path, const CsvOptions& options, bool preview = false);
    /// Whether a file has a preview: its reading takes so long that a person notices.
    static bool takesAWhile(const std::filesystem::path& path);
    void startBytes(const QByteArray& bytes, const CsvOptions& options);
    void startGenerator(const GeneratorInfo& generator, std::size_t rows, double noise, std::uint64_t seed);
    void cancel();
    bool isRunning() const { return m_running; }
    /// Of the rows that finished() brought, from those that previewed() told.
    const std::vector<TypeChange>& typeChanges() const { return m_typeChanges; }

Q_SIGNALS:
    void progressed(double share);
    void previewed(const modelarium::Table& firstRows);     ///< finished() or failed() is still to come
    void finished(std::shared_ptr<const modelarium::CsvImport> import);
    void failed(const modelarium::Error& error);

private:
    using FirstRows = std::function<std::optional<Table>(const std::stop_token& stop)>;

    void start(std::function<Result<CsvImport>(const ReadProgress&)> read, FirstRows preview = {});
    void deliver(std::uint64_t generation, const std::shared_ptr<Result<CsvImport>>& result, std::vector<TypeChange> changes);

    std::uint64_t m_generation = 0;
    bool m_running = false;
    std::vector<TypeChange> m_typeChanges;
    Worker m_worker;
};

} // namespace modelarium
