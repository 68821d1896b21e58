#include "core/evaluate/freeze.h"

#include "core/base/hash.h"
#include "core/base/parallel.h"
#include "core/evaluate/metrics.h"

#include <ctime>

namespace modelarium {

namespace {

void addColumn(Sha256& hash, const Column& column)
{
    hash.add(column.name());
    hash.add("\n");
    if (column.isNumeric()) {
        hash.add(column.numberValues().data(), column.numberValues().size() * sizeof(double));
    } else if (column.isCategorical()) {
        const CategoryCells& cells = column.categoryCells();
        for (const std::string& level : cells.levels) {
            hash.add(level);
            hash.add("\n");
        }
        hash.add(cells.codes.data(), cells.codes.size() * sizeof(std::int32_t));
    }
}

/// Of the columns that the model was made from, and no others.
std::string fingerprint(const PreparedTraining& training)
{
    Sha256 hash;
    for (const std::string& feature : training.plan.features)
        addColumn(hash, training.table.column(*training.table.find(feature)));
    if (!isWithoutTarget(training.plan))
        addColumn(hash, training.table.column(*training.table.find(training.plan.target)));
    return hash.hex();
}

/// The rows that a certificate of all of them would take, so that no others need to be copied for it.
std::vector<std::size_t> spread(const std::vector<std::size_t>& rows)
{
    constexpr std::size_t most = 20;                // Model::certified takes so many
    if (rows.size() <= most)
        return rows;
    std::vector<std::size_t> chosen;
    for (std::size_t i = 0; i < most; ++i)
        chosen.push_back(rows[i * rows.size() / most]);
    return chosen;
}

} // namespace

std::string timeNow()
{
    const std::time_t now = std::time(nullptr);
    std::tm utc{};
    gmtime_r(&now, &utc);
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
    return text;
}

Result<ModelPtr> freezeModel(const PreparedTraining& training, Parameters parameters, std::size_t steps, double seconds)
{
    const Result<ModelPtr> snapshot = snapshotModel(training, std::move(parameters), steps);
    if (!snapshot)
        return snapshot.error();
    const Model& model = **snapshot;
    Provenance provenance = model.provenance();
    provenance.seconds = seconds;
    provenance.created = timeNow();
    provenance.programVersion = MODELARIUM_VERSION;
    // Both go through all of the data, and neither waits for the other.
    parallelFor(2, [&](std::size_t part) {
        if (part == 0) {
            provenance.dataFingerprint = fingerprint(training);
            return;
        }
        provenance.metricsTrain = metricsOf(model, *training.train);
        if (training.test)
            provenance.metricsTest = metricsOf(model, *training.test);
    });
    const Result<ModelPtr> complete = Model::make(model.preparation(), model.parameters(), model.target(), std::move(provenance));
    if (!complete)
        return complete.error();
    return (*complete)->certified(training.table.selected(spread(training.split.train)));
}

} // namespace modelarium
