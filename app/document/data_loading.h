#pragma once

#include "app/document/setup_store.h"
#include "app/jobs/load_job.h"

#include <QDateTime>
#include <QFileSystemWatcher>
#include <QObject>
#include <QTimer>

#include <functional>
#include <string>
#include <vector>

namespace modelarium {

/// What the authors of a sample suggest to look at first.
struct SampleInfo {
    QString file;                                   ///< resource path: ":/sample_data/penguins.csv"
    QString title;
    QString lesson;
    std::string target;
    std::string positive;                           ///< of two classes the one that the lesson looks for
    std::vector<std::string> features;
    std::string learner;
    bool standardise = false;
};

/// The samples that come with the program, in the order in which a course meets them.
const std::vector<SampleInfo>& samples();

/// Brings rows into the experiment: files, samples, generators. What was there stays until the new rows have arrived whole.
class DataLoading : public QObject {
    Q_OBJECT

public:
    explicit DataLoading(SetupStore& store, QObject* parent = nullptr);

    void openCsv(const QString& path, const CsvOptions& options = {});
    /// Reads the file of the experiment again, with the same choices or with others.
    void reload();
    void reload(const CsvOptions& options);
    void openSample(const SampleInfo& sample);
    void generate(const std::string& generatorId, std::size_t rows, double noise, std::uint64_t seed);
    void cancel();
    /// The program itself wrote the file: that is no news.
    void noteWritten();
    /// Asked with a sentence before rows are replaced that Undo cannot bring back; false keeps them. Without one nobody is asked.
    void setConsent(std::function<bool(const QString& sentence)> consent) { m_consent = std::move(consent); }
    bool isLoading() const { return m_job.isRunning(); }
    /// The first rows of a large file that is still being read, as they would begin; null otherwise. To be looked at: they are not the
    /// experiment's, and nothing can be done with them.
    std::shared_ptr<const Setup> preview() const { return m_preview; }

Q_SIGNALS:
    void loadingChanged(bool loading);
    void progressed(double share);
    void previewExpected();                         ///< a large file is being read: its first rows come soon
    void previewChanged();
    /// `anew`: other rows than before, and not the same file again or another draw of the same kind.
    void loaded(bool anew);
    /// The rows that were loaded are not what the preview showed: whoever looked at it is told.
    void typesChanged(const std::vector<modelarium::TypeChange>& changes);
    void failed(const QString& sentence);
    /// Another program wrote the file: the window offers reload().
    void fileChangedOnDisk(const QString& path);

private:
    struct Wish {
        DataSource source;
        SampleInfo sample;
        bool keepsRoles = false;
    };

    bool mayReplaceRows() const;
    void begin(Wish wish);
    void end();
    void showPreview(std::shared_ptr<const Setup> preview);
    Setup setupOf(const Table& table, DataSource source) const;
    void accept(const CsvImport& import);
    void watch();
    void compareWithDisk();

    SetupStore& m_store;
    std::function<bool(const QString& sentence)> m_consent;
    LoadJob m_job;
    Wish m_wish;
    std::shared_ptr<const Setup> m_preview;
    QFileSystemWatcher m_watcher;
    QTimer m_settled;
    QDateTime m_knownTime;
    qint64 m_knownSize = 0;
};

} // namespace modelarium
