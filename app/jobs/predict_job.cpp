#include "app/jobs/predict_job.h"

#include <QMetaObject>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace modelarium {
namespace {

std::string freeName(const Table& table, std::string name)
{
    while (table.find(name))
        name += " (model)";
    return name;
}

Column answerColumn(const Model& model, const Prediction& prediction, std::string name)
{
    const std::size_t n = std::size_t(prediction.values.size());
    if (model.target().task == Task::Regression) {
        Buffer<double> values(prediction.values.data(), prediction.values.data() + n);
        return Column::numbers(std::move(name), std::move(values)).withUnit(model.target().unit);
    }
    Buffer<std::int32_t> codes(n);
    for (std::size_t i = 0; i < n; ++i)
        codes[i] = std::int32_t(prediction.values(Eigen::Index(i)));
    return Column::categories(std::move(name), std::move(codes), model.target().classes);
}

} // namespace

Result<Table> withPredictions(const Model& model, const Table& rows)
{
    const auto prediction = model.predict(rows);
    if (!prediction)
        return prediction.error();
    std::vector<ColumnPtr> columns;
    for (std::size_t j = 0; j < rows.columns(); ++j)
        columns.push_back(rows.columnPtr(j));
    const std::string answer = freeName(rows, "predicted " + model.target().name);
    columns.push_back(std::make_shared<Column>(answerColumn(model, *prediction, answer)));
    for (Eigen::Index k = 0; k < prediction->probabilities.cols(); ++k) {
        const auto shares = prediction->probabilities.col(k);
        Buffer<double> values(shares.data(), shares.data() + shares.size());
        const std::string name = freeName(rows, "P(" + model.target().classes[std::size_t(k)] + ")");
        columns.push_back(std::make_shared<Column>(Column::numbers(name, std::move(values))));
    }
    return Table::make(std::move(columns));
}

PredictJob::PredictJob(QObject* parent) : QObject(parent) {}

void PredictJob::start(ModelPtr model, const std::filesystem::path& path, const CsvOptions& options)
{
    const std::uint64_t generation = ++m_generation;
    m_running = true;
    m_worker.start([this, generation, model = std::move(model), path, options](std::stop_token stop) {
        const auto predict = [&]() -> Result<PredictedRowsPtr> {
            auto import = readCsv(path, options, [this, generation, &stop](double share) {
                QMetaObject::invokeMethod(this, [this, generation, share] {
                    if (generation == m_generation)
                        Q_EMIT progressed(share);
                }, Qt::QueuedConnection);
                return !stop.stop_requested();
            });
            if (!import)
                return import.error();
            const auto begin = std::chrono::steady_clock::now();
            auto table = withPredictions(*model, import->table);
            if (!table)
                return table.error();
            const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
            return std::make_shared<const PredictedRows>(PredictedRows{*std::move(table), import->receipt, taken.count()});
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
