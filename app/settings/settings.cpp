#include "app/settings/settings.h"

#include <QDir>
#include <QFileInfo>
#include <QStandardPaths>
#include <QVariantMap>

#include <algorithm>
#include <array>
#include <utility>

namespace modelarium {
namespace {

constexpr QLatin1String themeKey("theme");
constexpr QLatin1String geometryKey("window/geometry");
constexpr QLatin1String stateKey("window/state");
constexpr QLatin1String folderKey("folder");
constexpr QLatin1String recentKey("recentFiles");

constexpr std::array themes{std::pair{Theme::System, "system"}, std::pair{Theme::Light, "light"}, std::pair{Theme::Dark, "dark"}};
constexpr std::array types{ColumnType::Number, ColumnType::Category, ColumnType::Boolean, ColumnType::Date, ColumnType::Text};

std::optional<ColumnType> typeFrom(const QString& name)
{
    for (const ColumnType type : types) {
        if (name.toStdString() == columnTypeName(type))
            return type;
    }
    return {};
}

QVariantMap toMap(const RecentFile& file)
{
    QVariantMap map{{QStringLiteral("path"), file.path}};
    if (file.options.delimiter)
        map[QStringLiteral("delimiter")] = QString(QLatin1Char(*file.options.delimiter));
    if (file.options.decimal)
        map[QStringLiteral("decimal")] = QString(QLatin1Char(*file.options.decimal));
    if (file.options.encoding)
        map[QStringLiteral("encoding")] = QString::fromStdString(*file.options.encoding);
    if (file.options.header)
        map[QStringLiteral("header")] = *file.options.header;
    QVariantMap columns;
    for (const auto& [name, type] : file.options.types) {
        const std::string_view typeName = columnTypeName(type);
        columns[QString::fromStdString(name)] = QString::fromUtf8(typeName.data(), qsizetype(typeName.size()));
    }
    if (!columns.isEmpty())
        map[QStringLiteral("types")] = columns;
    return map;
}

/// What is not as toMap() writes it, as in a file edited by hand, counts as not chosen.
RecentFile fromMap(const QVariantMap& map)
{
    RecentFile file;
    file.path = map.value(QStringLiteral("path")).toString();
    const QString delimiter = map.value(QStringLiteral("delimiter")).toString();
    if (delimiter.size() == 1 && QStringLiteral(",;\t| ").contains(delimiter))
        file.options.delimiter = delimiter.at(0).toLatin1();
    const QString decimal = map.value(QStringLiteral("decimal")).toString();
    if (decimal == u"." || decimal == u",")
        file.options.decimal = decimal.at(0).toLatin1();
    const QString encoding = map.value(QStringLiteral("encoding")).toString();
    if (QStringList{QStringLiteral("utf-8"), QStringLiteral("utf-16le"), QStringLiteral("utf-16be"), QStringLiteral("latin-1"),
                    QStringLiteral("windows-1252")}.contains(encoding))
        file.options.encoding = encoding.toStdString();
    if (map.value(QStringLiteral("header")).typeId() != QMetaType::UnknownType)
        file.options.header = map.value(QStringLiteral("header")).toBool();
    const QVariantMap columns = map.value(QStringLiteral("types")).toMap();
    for (auto column = columns.begin(); column != columns.end(); ++column) {
        if (const auto type = typeFrom(column.value().toString()))
            file.options.types[column.key().toStdString()] = *type;
    }
    return file;
}

std::unique_ptr<QSettings> openSettings(const QString& fileName)
{
    if (fileName.isEmpty())
        return std::make_unique<QSettings>(QSettings::IniFormat, QSettings::UserScope, QStringLiteral("Modelarium"),
                                           QStringLiteral("Modelarium"));
    return std::make_unique<QSettings>(fileName, QSettings::IniFormat);
}

} // namespace

Settings::Settings(const QString& fileName, QObject* parent) : QObject(parent), m_settings(openSettings(fileName))
{
    m_wasBroken = m_settings->status() != QSettings::NoError;
}

QString Settings::problem() const
{
    if (m_wasBroken)
        return tr("The settings could not be read, so the program starts with its own.");
    if (m_settings->status() != QSettings::NoError || !m_settings->isWritable())
        return tr("The settings cannot be written, so the next start will not remember this one.");
    return {};
}

Theme Settings::theme() const
{
    const QString name = m_settings->value(themeKey).toString();
    for (const auto& [theme, text] : themes) {
        if (name == QLatin1String(text))
            return theme;
    }
    return Theme::System;
}

void Settings::setTheme(Theme theme)
{
    if (theme == this->theme())
        return;
    for (const auto& [candidate, text] : themes) {
        if (candidate == theme)
            m_settings->setValue(themeKey, QString(QLatin1String(text)));
    }
    Q_EMIT themeChanged(theme);
}

QByteArray Settings::windowGeometry() const
{
    return m_settings->value(geometryKey).toByteArray();
}

QByteArray Settings::windowState() const
{
    return m_settings->value(stateKey).toByteArray();
}

void Settings::setWindow(const QByteArray& geometry, const QByteArray& state)
{
    m_settings->setValue(geometryKey, geometry);
    m_settings->setValue(stateKey, state);
}

QString Settings::folder() const
{
    const QString folder = m_settings->value(folderKey).toString();
    if (!folder.isEmpty() && QFileInfo(folder).isDir())
        return folder;
    const QString documents = QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation);
    return QFileInfo(documents).isDir() ? documents : QDir::homePath();
}

void Settings::setFolder(const QString& folder)
{
    m_settings->setValue(folderKey, folder);
}

std::vector<RecentFile> Settings::recentFiles() const
{
    std::vector<RecentFile> files;
    const QVariantList stored = m_settings->value(recentKey).toList();
    for (const QVariant& entry : stored) {
        RecentFile file = fromMap(entry.toMap());
        if (!file.path.isEmpty() && QFileInfo(file.path).isFile() && int(files.size()) < maximumRecentFiles)
            files.push_back(std::move(file));
    }
    return files;
}

void Settings::addRecentFile(const QString& path, const CsvOptions& options)
{
    std::vector<RecentFile> files = recentFiles();
    const QString absolute = QFileInfo(path).absoluteFilePath();
    files.erase(std::remove_if(files.begin(), files.end(), [&](const RecentFile& file) { return file.path == absolute; }),
                files.end());
    files.insert(files.begin(), RecentFile{absolute, options});
    files.resize(std::min<std::size_t>(files.size(), maximumRecentFiles));
    QVariantList stored;
    for (const RecentFile& file : files)
        stored.push_back(toMap(file));
    m_settings->setValue(recentKey, stored);
    Q_EMIT recentFilesChanged();
}

void Settings::clearRecentFiles()
{
    m_settings->remove(recentKey);
    Q_EMIT recentFilesChanged();
}

} // namespace modelarium
