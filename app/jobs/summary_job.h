#pragma once

#include "app/jobs/worker.h"
#include "core/data/table.h"

#include <QObject>

#include <cstdint>
#include <memory>
#include <vector>

namespace modelarium {

/// What one column holds, in a few numbers. Minimum, maximum and mean are those of numbers and dates.
struct ColumnSummary {
    std::size_t missing = 0;
    std::size_t distinct = 0;                       ///< counted up to distinctLimit
    bool hasRange = false;
    double minimum = 0;
    double maximum = 0;
    double mean = 0;

    static constexpr std::size_t distinctLimit = 100000;
};
using ColumnSummaries = std::shared_ptr<const std::vector<ColumnSummary>>;

ColumnSummary summarise(const Column& column);

/// Summarises the columns of a table off the window's thread; the newest request wins.
class SummaryJob : public QObject {
    Q_OBJECT

public:
    explicit SummaryJob(QObject* parent = nullptr);

    void start(Table table);

Q_SIGNALS:
    void finished(modelarium::ColumnSummaries summaries);

private:
    std::uint64_t m_generation = 0;
    Worker m_worker;
};

} // namespace modelarium
