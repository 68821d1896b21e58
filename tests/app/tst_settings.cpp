#include "app/settings/settings.h"

#include <QDir>
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace modelarium;

class TestSettings : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void remembers();
    void givesDefaultsForBrokenFiles_data();
    void givesDefaultsForBrokenFiles();
    void ignoresForeignValues();
    void keepsTenRecentFilesThatExist();

private:
    QString file(const QString& name) const { return m_folder.filePath(name); }
    void write(const QString& name, const QByteArray& bytes) const
    {
        QFile out(file(name));
        QVERIFY(out.open(QIODevice::WriteOnly));
        out.write(bytes);
    }

    QTemporaryDir m_folder;
};

void TestSettings::remembers()
{
    write(QStringLiteral("data.csv"), "x\n1\n");
    {
        Settings settings(file(QStringLiteral("a.ini")));
        QSignalSpy themes(&settings, &Settings::themeChanged);
        settings.setTheme(Theme::Dark);
        settings.setTheme(Theme::Dark);
        QCOMPARE(themes.count(), 1);
        settings.setWindow("geometry", "state");
        settings.setFolder(m_folder.path());
        CsvOptions options;
        options.delimiter = ';';
        options.decimal = ',';
        options.encoding = "windows-1252";
        options.header = false;
        options.types["Größe"] = ColumnType::Category;
        settings.addRecentFile(file(QStringLiteral("data.csv")), options);
    }
    const Settings settings(file(QStringLiteral("a.ini")));
    QCOMPARE(settings.theme(), Theme::Dark);
    QCOMPARE(settings.windowGeometry(), QByteArray("geometry"));
    QCOMPARE(settings.windowState(), QByteArray("state"));
    QCOMPARE(settings.folder(), m_folder.path());
    const auto recent = settings.recentFiles();
    QCOMPARE(recent.size(), std::size_t(1));
    QCOMPARE(recent[0].path, file(QStringLiteral("data.csv")));
    QCOMPARE(recent[0].options.delimiter, std::optional(';'));
    QCOMPARE(recent[0].options.decimal, std::optional(','));
    QCOMPARE(recent[0].options.encoding, std::optional<std::string>("windows-1252"));
    QCOMPARE(recent[0].options.header, std::optional(false));
    QCOMPARE(recent[0].options.types.at("Größe"), ColumnType::Category);
    QVERIFY(settings.problem().isEmpty());
}

void TestSettings::givesDefaultsForBrokenFiles_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("zeros") << QByteArray(1000, '\0');
    QTest::newRow("no ini") << QByteArray("{\"theme\": \"dark\"}");
    QTest::newRow("unclosed section") << QByteArray("[General\ntheme");
    QTest::newRow("binary") << QByteArray::fromHex("89504e470d0a1a0affd8ffe000104a464946");
    QTest::newRow("broken variant") << QByteArray("[General]\ntheme=@Variant(\\0\\0\\0\\x7f)\n"
                                                  "recentFiles=@Variant(\\0\\0\\0\\t\\xff\\xff\\xff\\xff)\n");
}

void TestSettings::givesDefaultsForBrokenFiles()
{
    QFETCH(QByteArray, bytes);
    write(QStringLiteral("broken.ini"), bytes);
    Settings settings(file(QStringLiteral("broken.ini")));
    QCOMPARE(settings.theme(), Theme::System);
    QVERIFY(settings.recentFiles().empty());
    QVERIFY(settings.windowGeometry().isEmpty());
    QVERIFY(QDir(settings.folder()).exists());
    settings.setTheme(Theme::Light);
    QCOMPARE(settings.theme(), Theme::Light);
}

void TestSettings::ignoresForeignValues()
{
    write(QStringLiteral("data.csv"), "x\n1\n");
    {
        QSettings raw(file(QStringLiteral("foreign.ini")), QSettings::IniFormat);
        raw.setValue(QStringLiteral("theme"), QStringLiteral("plaid"));
        raw.setValue(QStringLiteral("folder"), QStringLiteral("/no/such/folder"));
        raw.setValue(QStringLiteral("recentFiles"), QVariantList{
            42, QVariantMap{{QStringLiteral("path"), file(QStringLiteral("data.csv"))},
                            {QStringLiteral("delimiter"), QStringLiteral("long")},
                            {QStringLiteral("decimal"), QStringLiteral("x")},
                            {QStringLiteral("encoding"), QStringLiteral("ebcdic")},
                            {QStringLiteral("types"), QVariantMap{{QStringLiteral("x"), QStringLiteral("tensor")}}}}});
    }
    const Settings settings(file(QStringLiteral("foreign.ini")));
    QCOMPARE(settings.theme(), Theme::System);
    QVERIFY(QDir(settings.folder()).exists());
    const auto recent = settings.recentFiles();
    QCOMPARE(recent.size(), std::size_t(1));
    QVERIFY(!recent[0].options.delimiter && !recent[0].options.decimal && !recent[0].options.encoding);
    QVERIFY(recent[0].options.types.empty());
}

void TestSettings::keepsTenRecentFilesThatExist()
{
    Settings settings(file(QStringLiteral("recent.ini")));
    for (int i = 0; i < 12; ++i) {
        const QString name = QStringLiteral("file%1.csv").arg(i);
        write(name, "x\n1\n");
        settings.addRecentFile(file(name));
    }
    settings.addRecentFile(file(QStringLiteral("file5.csv")));
    auto recent = settings.recentFiles();
    QCOMPARE(int(recent.size()), Settings::maximumRecentFiles);
    QCOMPARE(recent[0].path, file(QStringLiteral("file5.csv")));
    QCOMPARE(recent[1].path, file(QStringLiteral("file11.csv")));
    QVERIFY(QFile::remove(file(QStringLiteral("file5.csv"))));
    recent = settings.recentFiles();
    QCOMPARE(recent[0].path, file(QStringLiteral("file11.csv")));
    settings.clearRecentFiles();
    QVERIFY(settings.recentFiles().empty());
}

QTEST_GUILESS_MAIN(TestSettings)
#include "tst_settings.moc"
