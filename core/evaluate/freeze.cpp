#include "core/evaluate/freeze.h"

#include "core/base/hash.h"
#include "core/base/parallel.h"
#include "core/evaluate/metrics.h"

#include <ctime>

namespace modelarium {

namespace {

std::string fingerprint(const Column& column)
{
    Sha256 hash;
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
    return hash.hex();
}

/// The columns that the model was made from, and no others.
std::vector<const Column*> usedColumns(const PreparedTraining& training)
{
    std::vector<const Column*> columns;
    for (const std::string& feature : training.plan.features)
        columns.push_back(&training.table.column(*training.table.find(feature)));
    if (!isWithoutTarget(training.plan))
        columns.push_back(&training.table.column(*training.table.find(training.plan.target)));
    return columns;
}

/// Of all columns one by one, and then of these: so every core has a column to work on.
std::string fingerprint(const std::vector<std::string>& columns)
{
    Sha256 hash;
    for (const std::string& column : columns)
        hash.add(column);
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

Result<ModelPtr> freezeModel(const PreparedTraining& training, Parameters parameters, std::size_t steps, double seconds, FrozenFor purpose,
                             const HyperparameterValues& chosen, Findings found)
{
    const Result<ModelPtr> snapshot = snapshotModel(training, std::move(parameters), steps, chosen, std::move(found));
    if (!snapshot)
        return snapshot.error();
    const Model& model = **snapshot;
    Provenance provenance = model.provenance();
    provenance.seconds = seconds;
    provenance.created = timeNow();
    provenance.programVersion = MODELARIUM_VERSION;
    const auto measure = [&] {
        provenance.metricsTrain = metricsOf(model, *training.train);
        if (training.test)
            provenance.metricsTest = metricsOf(model, *training.test);
    };
    if (purpose == FrozenFor::Looking) {
        measure();
    } else {
        // All go through all of the data, and none waits for another; the metrics, which take longest, come first.
        const std::vector<const Column*> columns = usedColumns(training);
        std::vector<std::string> fingerprints(columns.size());
        parallelFor(columns.size() + 1, [&](std::size_t part) {
            if (part == 0)
                measure();
            else
                fingerprints[part - 1] = fingerprint(*columns[part - 1]);
        });
        provenance.dataFingerprint = fingerprint(fingerprints);
    }
    const Result<ModelPtr> complete = Model::make(model.preparation(), model.parameters(), model.target(), std::move(provenance));
    if (!complete)
        return complete.error();
    return (*complete)->certified(training.table.selected(spread(training.split.train)));
}

} // namespace modelarium
