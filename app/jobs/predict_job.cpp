#include "app/jobs/predict_job.h"

#include "core/evaluate/prediction_table.h"
#include "core/prepare/unknown_words.h"

#include <QMetaObject>

#include <chrono>
#include <utility>

namespace modelarium {

PredictJob::PredictJob(QObject* parent) : QObject(parent) {}

void PredictJob::start(ModelPtr model, const std::filesystem::path& path, const CsvOptions& options)
{
    const std::uint64_t generation = ++m_generation;
    m_running = true;
    m_worker.start([this, generation, model = std::move(model), path, options](std::stop_token stop) {
        const auto predict = [&]() -> Result<PredictedRowsPtr> {
            const ReadProgress progress = [this, generation, &stop](double share) {
                QMetaObject::invokeMethod(this, [this, generation, share] {
                    if (generation == m_generation)
                        Q_EMIT progressed(share);
                }, Qt::QueuedConnection);
                return !stop.stop_requested();
            };
            const auto import = readCsv(path, options, progress);
            if (!import)
                return import.error();
            CsvOptions asItStands = options;
            asItStands.verbatim = true;
            const auto rows = readCsv(path, asItStands, progress);
            if (!rows)
                return rows.error();
            if (rows->table.rows() != import->table.rows())
                return Error{ErrorCode::FileChanged, "\"" + path.filename().string() + "\" was changed by another program while it was read: choose it again when nothing writes to it."};
            const auto begin = std::chrono::steady_clock::now();
            const auto prediction = model->predict(import->table);
            if (!prediction)
                return prediction.error();
            auto table = predictionTable(import->table, *model, *prediction);
            if (!table)
                return table.error();
            auto copy = predictionTable(rows->table, *model, *prediction);
            if (!copy)
                return copy.error();
            const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
            return std::make_shared<const PredictedRows>(PredictedRows{*std::move(table), *std::move(copy), import->receipt, taken.count(),
                                                                       unknownWordsSentence(countUnknownWords(model->preparation(), import->table))});
        };
        QMetaObject::invokeMethod(this, [this, generation, result = predict()] {
            if (generation != m_generation)
                return;
            m_running = false;
            if (result)
                Q_EMIT finished(*result);
            else
                Q_EMIT failed(result.error());
        }, Qt::QueuedConnection);
    });
}

void PredictJob::cancel()
{
    ++m_generation;
    m_running = false;
    m_worker.cancel();
}

} // namespace modelarium
