#include "app/document/data_loading.h"

#include "app/document/default_choices.h"

#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <utility>

namespace modelarium {
namespace {

/// Editors write a file in several moves; the window is asked once they have come to rest.
constexpr int settleMilliseconds = 300;

SampleInfo sampleFrom(const QJsonObject& entry)
{
    SampleInfo sample;
    sample.file = QStringLiteral(":/sample_data/") + entry.value(u"file").toString();
    sample.title = entry.value(u"title").toString();
    sample.lesson = entry.value(u"lesson").toString();
    sample.target = entry.value(u"target").toString().toStdString();
    sample.positive = entry.value(u"positive").toString().toStdString();
    for (const QJsonValue& feature : entry.value(u"features").toArray())
        sample.features.push_back(feature.toString().toStdString());
    sample.learner = entry.value(u"learner").toString().toStdString();
    sample.standardise = entry.value(u"scaling").toString() == u"standard";
    return sample;
}

std::vector<SampleInfo> readSamples()
{
    std::vector<SampleInfo> all;
    QFile file(QStringLiteral(":/sample_data/samples.json"));
    if (!file.open(QIODevice::ReadOnly))
        return all;
    for (const QJsonValue& entry : QJsonDocument::fromJson(file.readAll()).array())
        all.push_back(sampleFrom(entry.toObject()));
    return all;
}

const GeneratorInfo* findGenerator(const std::string& id)
{
    for (const GeneratorInfo& generator : generators()) {
        if (generator.id == id)
            return &generator;
    }
    return nullptr;
}

} // namespace

const std::vector<SampleInfo>& samples()
{
    static const std::vector<SampleInfo> all = readSamples();
    return all;
}

DataLoading::DataLoading(SetupStore& store, QObject* parent) : QObject(parent), m_store(store)
{
    connect(&m_job, &LoadJob::progressed, this, &DataLoading::progressed);
    connect(&m_job, &LoadJob::previewed, this, [this](const Table& rows) {
        showPreview(std::make_shared<const Setup>(setupOf(rows, m_wish.source)));
    });
    connect(&m_job, &LoadJob::finished, this, [this](const std::shared_ptr<const CsvImport>& import) {
        accept(*import);
        end();
    });
    connect(&m_job, &LoadJob::failed, this, [this](const Error& error) {
        end();
        Q_EMIT failed(errorText(error));
    });
    connect(&m_store, &SetupStore::changed, this, [this](Changes changes) {
        if (changes.testFlag(Change::Source))
            watch();
    });
    m_settled.setSingleShot(true);
    m_settled.setInterval(settleMilliseconds);
    connect(&m_watcher, &QFileSystemWatcher::fileChanged, &m_settled, qOverload<>(&QTimer::start));
    connect(&m_settled, &QTimer::timeout, this, &DataLoading::compareWithDisk);
}

bool DataLoading::mayReplaceRows() const
{
    const Setup& setup = m_store.setup();
    if (!setup.source || !m_consent || m_store.keepsRows())
        return true;
    return m_consent(tr("%1 has too many cells to be kept for Undo: what takes its place closes it for good, with its model and every change.")
                         .arg(setup.source->name));
}

void DataLoading::openCsv(const QString& path, const CsvOptions& options)
{
    if (!mayReplaceRows())
        return;
    Wish wish;
    wish.source.path = QFileInfo(path).absoluteFilePath();
    wish.source.name = QFileInfo(path).fileName();
    wish.source.options = options;
    begin(std::move(wish));
    m_job.startFile(std::filesystem::path(path.toStdU16String()), options, true);
    if (LoadJob::takesAWhile(std::filesystem::path(path.toStdU16String())))
        Q_EMIT previewExpected();
}

void DataLoading::reload()
{
    if (m_store.setup().source)
        reload(m_store.setup().source->options);
}

void DataLoading::reload(const CsvOptions& options)
{
    const DataSourcePtr source = m_store.setup().source;
    if (!source || source->path.isEmpty() || !mayReplaceRows())
        return;
    Wish wish;
    wish.source = *source;
    wish.source.options = options;
    wish.keepsRoles = true;
    begin(std::move(wish));
    m_job.startFile(std::filesystem::path(source->path.toStdU16String()), options);
}

void DataLoading::openSample(const SampleInfo& sample)
{
    QFile file(sample.file);
    if (!file.open(QIODevice::ReadOnly)) {
        Q_EMIT failed(tr("The sample “%1” does not come with this program.").arg(sample.title));
        return;
    }
    if (!mayReplaceRows())
        return;
    Wish wish;
    wish.source.name = QFileInfo(sample.file).fileName();
    wish.source.lesson = sample.lesson;
    wish.sample = sample;
    begin(std::move(wish));
    m_job.startBytes(file.readAll(), {});
}

void DataLoading::generate(const std::string& generatorId, std::size_t rows, double noise, std::uint64_t seed)
{
    const GeneratorInfo* generator = findGenerator(generatorId);
    if (!generator) {
        Q_EMIT failed(tr("There is no generator “%1”.").arg(QString::fromStdString(generatorId)));
        return;
    }
    if (!mayReplaceRows())
        return;
    Wish wish;
    wish.source.name = QString::fromStdString(generator->name);
    wish.source.lesson = QString::fromStdString(generator->lesson);
    wish.source.generator = generator->id;
    wish.sample.target = generator->target;
    // Another draw of the same kind keeps what was chosen about it: a noise slider must not reset the learner.
    const DataSourcePtr source = m_store.setup().source;
    wish.keepsRoles = source && source->generator == generator->id;
    begin(std::move(wish));
    m_job.startGenerator(*generator, rows, noise, seed);
}

void DataLoading::cancel()
{
    if (!m_job.isRunning())
        return;
    m_job.cancel();
    end();
}

void DataLoading::begin(Wish wish)
{
    m_wish = std::move(wish);
    showPreview({});
    Q_EMIT loadingChanged(true);
}

void DataLoading::end()
{
    showPreview({});
    Q_EMIT loadingChanged(false);
}

void DataLoading::showPreview(std::shared_ptr<const Setup> preview)
{
    if (preview == m_preview)
        return;
    m_preview = std::move(preview);
    Q_EMIT previewChanged();
}

Setup DataLoading::setupOf(const Table& table, DataSource source) const
{
    source.original = table;
    const auto shared = std::make_shared<const DataSource>(std::move(source));
    return m_wish.keepsRoles ? reloadedSetup(m_store.setup(), table, shared) : defaultSetup(table, shared, m_wish.sample);
}

void DataLoading::accept(const CsvImport& import)
{
    DataSource source = m_wish.source;
    const bool generated = !source.generator.empty();
    if (!generated)
        source.receipt = import.receipt;
    const QString name = source.name;
    Setup next = setupOf(import.table, std::move(source));
    // A frozen model stays frozen: new rows are new questions to it.
    next.frozen = m_store.setup().frozen;
    next.frozenFile = m_store.setup().frozenFile;
    const QString text = generated    ? tr("Make %1").arg(name)
        : m_wish.keepsRoles ? tr("Read %1 again").arg(name)
                            : tr("Open %1").arg(name);
    m_store.change(text, std::move(next), generated ? QStringLiteral("generate ") + name : QString());
    Q_EMIT loaded(!m_wish.keepsRoles);
    if (m_preview && !m_job.typeChanges().empty())
        Q_EMIT typesChanged(m_job.typeChanges());
}

void DataLoading::watch()
{
    if (!m_watcher.files().isEmpty())
        m_watcher.removePaths(m_watcher.files());
    const DataSourcePtr source = m_store.setup().source;
    if (!source || source->path.isEmpty())
        return;
    m_watcher.addPath(source->path);
    noteWritten();
}

void DataLoading::noteWritten()
{
    const DataSourcePtr source = m_store.setup().source;
    const QFileInfo file(source ? source->path : QString());
    m_knownTime = file.lastModified();
    m_knownSize = file.size();
}

void DataLoading::compareWithDisk()
{
    const DataSourcePtr source = m_store.setup().source;
    if (!source || source->path.isEmpty())
        return;
    const QFileInfo file(source->path);
    if (!file.exists())
        return;
    // A file that was replaced by a rename is another file: the watch on the old one is gone.
    if (!m_watcher.files().contains(source->path))
        m_watcher.addPath(source->path);
    if (file.lastModified() == m_knownTime && file.size() == m_knownSize)
        return;
    noteWritten();
    Q_EMIT fileChangedOnDisk(source->path);
}

} // namespace modelarium
