#include "app/jobs/summary_job.h"

#include <QMetaObject>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>
#include <unordered_set>
#include <utility>

namespace modelarium {
namespace {

void summariseNumbers(const Buffer<double>& values, ColumnSummary& summary)
{
    double minimum = std::numeric_limits<double>::infinity();
    double maximum = -minimum;
    double mean = 0;
    std::size_t count = 0;
    std::unordered_set<double> seen;
    for (const double value : values) {
        if (std::isnan(value))
            continue;
        minimum = std::min(minimum, value);
        maximum = std::max(maximum, value);
        ++count;
        // The running mean neither overflows nor loses small values after large sums.
        mean += (value - mean) / double(count);
        if (seen.size() < ColumnSummary::distinctLimit)
            seen.insert(value);
    }
    summary.distinct = seen.size();
    summary.hasRange = count > 0;
    if (summary.hasRange) {
        summary.minimum = minimum;
        summary.maximum = maximum;
        summary.mean = mean;
    }
}

std::size_t countLevels(const CategoryCells& cells)
{
    std::vector<bool> seen(cells.levels.size(), false);
    for (const std::int32_t code : cells.codes) {
        if (code >= 0)
            seen[std::size_t(code)] = true;
    }
    return std::size_t(std::count(seen.begin(), seen.end(), true));
}

std::size_t countTexts(const Column& column)
{
    std::unordered_set<std::string_view> seen;
    for (std::size_t i = 0; i < column.rows() && seen.size() < ColumnSummary::distinctLimit; ++i) {
        if (!column.isMissing(i))
            seen.insert(column.textAt(i));
    }
    return seen.size();
}

} // namespace

ColumnSummary summarise(const Column& column)
{
    ColumnSummary summary;
    summary.missing = column.missing();
    if (column.isNumeric())
        summariseNumbers(column.numberValues(), summary);
    else if (column.isCategorical())
        summary.distinct = countLevels(column.categoryCells());
    else if (column.type() == ColumnType::Text)
        summary.distinct = countTexts(column);
    return summary;
}

SummaryJob::SummaryJob(QObject* parent) : QObject(parent) {}

void SummaryJob::start(Table table)
{
    const std::uint64_t generation = ++m_generation;
    m_worker.start([this, generation, table = std::move(table)](std::stop_token stop) {
        auto summaries = std::make_shared<std::vector<ColumnSummary>>();
        for (std::size_t j = 0; j < table.columns(); ++j) {
            if (stop.stop_requested())
                return;
            summaries->push_back(summarise(table.column(j)));
        }
        QMetaObject::invokeMethod(this, [this, generation, summaries] {
            if (generation == m_generation)
                Q_EMIT finished(summaries);
        }, Qt::QueuedConnection);
    });
}

} // namespace modelarium
