#pragma once

#include "core/data/csv_reader.h"

#include <QByteArray>
#include <QObject>
#include <QSettings>
#include <QString>

#include <memory>
#include <vector>

namespace modelarium {

enum class Theme { System, Light, Dark };

struct RecentFile {
    QString path;
    CsvOptions options;                             ///< what a person decided when it was opened last
};

/// What the window remembers between two starts. A broken, foreign or read-only settings file gives the defaults.
class Settings : public QObject {
    Q_OBJECT

public:
    static constexpr int maximumRecentFiles = 10;

    /// An empty file name means the user's own settings.
    explicit Settings(const QString& fileName = {}, QObject* parent = nullptr);

    /// One sentence where the file could not be read or written; empty otherwise.
    QString problem() const;

    Theme theme() const;
    void setTheme(Theme theme);

    QByteArray windowGeometry() const;
    QByteArray windowState() const;
    void setWindow(const QByteArray& geometry, const QByteArray& state);

    QString folder() const;                         ///< where the last file was opened or saved; always one that exists
    void setFolder(const QString& folder);

    std::vector<RecentFile> recentFiles() const;    ///< newest first; files that are gone are left out
    void addRecentFile(const QString& path, const CsvOptions& options = {});
    void clearRecentFiles();

Q_SIGNALS:
    void themeChanged(modelarium::Theme theme);
    void recentFilesChanged();

private:
    std::unique_ptr<QSettings> m_settings;
    bool m_wasBroken = false;
};

} // namespace modelarium
