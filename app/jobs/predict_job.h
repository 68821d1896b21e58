#pragma once

#include "app/jobs/worker.h"
#include "core/data/csv_reader.h"
#include "core/model/model.h"

#include <QObject>

#include <filesystem>
#include <memory>

namespace modelarium {

/// A file of new rows with the model's answers beside them.
struct PredictedRows {
    Table table;                                    ///< the columns of the file, then those of predictionTable()
    Table copy;                                     ///< the same rows with every cell as it stands in the file: what is saved
    ImportReceipt receipt;
    double seconds = 0;                             ///< spent predicting
    std::string unknownWords;                       ///< a sentence where rows hold categories that the model does not know
};
using PredictedRowsPtr = std::shared_ptr<const PredictedRows>;

/// Reads a file and predicts its rows off the window's thread.
class PredictJob : public QObject {
    Q_OBJECT

public:
    explicit PredictJob(QObject* parent = nullptr);

    void start(ModelPtr model, const std::filesystem::path& path, const CsvOptions& options = {});
    void cancel();
    bool isRunning() const { return m_running; }

Q_SIGNALS:
    void progressed(double share);
    void finished(modelarium::PredictedRowsPtr rows);
    void failed(const modelarium::Error& error);

private:
    std::uint64_t m_generation = 0;
    bool m_running = false;
    Worker m_worker;
};

} // namespace modelarium
