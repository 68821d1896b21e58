#include "core/base/file.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <thread>

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace modelarium;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t anySize = std::size_t(1) << 30;

std::string bytesOf(const fs::path& path)
{
    const auto bytes = readFile(path, anySize);
    return bytes ? *bytes : "(" + bytes.error().message + ")";
}

std::size_t filesIn(const fs::path& folder) { return std::size_t(std::distance(fs::directory_iterator(folder), {})); }

/// This program again as another user or to be killed: writes `times` times alternating letters, says what went wrong.
int writeAsChild(const char* path, std::size_t size, long times)
{
    for (long i = 0; i < times; ++i) {
        if (const auto written = writeFileAtomically(path, std::string(size, i % 2 ? 'b' : 'a')); !written) {
            std::fputs(written.error().message.c_str(), stdout);
            return written.error().code == ErrorCode::PermissionDenied ? 10 : written.error().code == ErrorCode::DiskFull ? 11 : 12;
        }
    }
    return 0;
}

} // namespace

class TestFile : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    int m_next = 0;

    fs::path freshFolder()
    {
        const fs::path folder = fs::path(m_folder.path().toStdString()) / std::to_string(m_next++);
        fs::create_directory(folder);
        return folder;
    }

private Q_SLOTS:
    void writesAndReads_data()
    {
        QTest::addColumn<int>("size");
        for (const int size : {0, 1, 65535, 65536, 65537, 3'000'000})
            QTest::addRow("%d bytes", size) << size;
    }

    void writesAndReads()
    {
        QFETCH(int, size);
        std::string bytes(std::size_t(size), '\0');
        for (int i = 0; i < size; ++i)
            bytes[std::size_t(i)] = char(i * 7);
        const fs::path path = freshFolder() / "größe \"1\"\n.json";
        QVERIFY(writeFileAtomically(path, bytes));
        QVERIFY(bytesOf(path) == bytes);
        QVERIFY(writeFileAtomically(path, "second"));
        QVERIFY(bytesOf(path) == "second");
        QCOMPARE(filesIn(path.parent_path()), std::size_t(1));
    }

    void aNameWithoutAFolderIsInThisOne()
    {
        const fs::path before = fs::current_path();
        fs::current_path(freshFolder());
        const auto written = writeFileAtomically("plain.json", "here");
        const std::string bytes = bytesOf("plain.json");
        fs::current_path(before);
        QVERIFY(written);
        QCOMPARE(bytes, std::string("here"));
    }

    void whatIsNoFileIsRefused()
    {
        const fs::path folder = freshFolder();
        QCOMPARE(int(readFile(folder, anySize).error().code), int(ErrorCode::NotAFile));
        QCOMPARE(int(writeFileAtomically(folder, "x").error().code), int(ErrorCode::NotAFile));
        QCOMPARE(int(writeFileAtomically("/dev/full", "x").error().code), int(ErrorCode::NotAFile));
        QCOMPARE(int(readFile("/dev/zero", anySize).error().code), int(ErrorCode::NotAFile));
        QCOMPARE(int(readFile(folder / "nothing", anySize).error().code), int(ErrorCode::FileNotFound));
        QCOMPARE(int(writeFileAtomically(folder / "no" / "folder", "x").error().code), int(ErrorCode::FileNotFound));
        QVERIFY(!writeFileAtomically(folder / std::string(300, 'n'), "x"));
        QCOMPARE(filesIn(folder), std::size_t(0));

        const fs::path pipe = folder / "pipe";
        QCOMPARE(::mkfifo(pipe.c_str(), 0666), 0);
        QElapsedTimer timer;
        timer.start();
        QCOMPARE(int(readFile(pipe, anySize).error().code), int(ErrorCode::NotAFile));
        QCOMPARE(int(writeFileAtomically(pipe, "x").error().code), int(ErrorCode::NotAFile));
        QVERIFY(timer.elapsed() < 1000);        // and nobody waited for the other end of the pipe
    }

    /// A folder that is there is not said to be missing, and no old file is spoken of where there is none.
    void aFolderThatTakesNoFilesIsSaidToBeOne()
    {
        const auto written = writeFileAtomically("/proc/a.json", "x");
        QVERIFY(!written);
        QVERIFY2(written.error().message.find("\"/proc\" takes no new files") != std::string::npos, written.error().message.c_str());
        const fs::path folder = freshFolder();
        QVERIFY(writeFileAtomically(folder / "plain", "x"));
        const auto below = writeFileAtomically(folder / "plain" / "a.json", "x");
        QVERIFY(!below);
        QVERIFY2(below.error().message.find("is no folder") != std::string::npos, below.error().message.c_str());
    }

    void tooLargeIsRefused()
    {
        const fs::path path = freshFolder() / "a";
        QVERIFY(writeFileAtomically(path, "12345"));
        QVERIFY(readFile(path, 5));
        QCOMPARE(int(readFile(path, 4).error().code), int(ErrorCode::TooLarge));
    }

    void linksAreFollowed()
    {
        const fs::path folder = freshFolder();
        QVERIFY(writeFileAtomically(folder / "real", "old"));
        fs::create_symlink(folder / "real", folder / "link");
        QVERIFY(writeFileAtomically(folder / "link", "new"));
        QVERIFY(fs::is_symlink(folder / "link"));
        QCOMPARE(bytesOf(folder / "real"), std::string("new"));

        fs::create_symlink("round", folder / "about");
        fs::create_symlink("about", folder / "round");
        QVERIFY(!writeFileAtomically(folder / "round", "x"));
        QVERIFY(fs::is_symlink(folder / "round"));
        QCOMPARE(filesIn(folder), std::size_t(4));
    }

    void permissionsAreKept()
    {
        const fs::path path = freshFolder() / "a";
        const mode_t before = ::umask(027);
        QVERIFY(writeFileAtomically(path, "1"));
        ::umask(before);
        const auto permissions = [&] { return int(fs::status(path).permissions() & fs::perms::mask); };
        QCOMPARE(permissions(), 0640);
        fs::permissions(path, fs::perms(0604));
        QVERIFY(writeFileAtomically(path, "2"));
        QCOMPARE(permissions(), 0604);
    }

    void leftoversAreRemoved()
    {
        const fs::path folder = freshFolder();
        QVERIFY(writeFileAtomically(folder / ".modelarium-1-1", "left by a save that was killed"));
        QVERIFY(writeFileAtomically(folder / ".modelarium-2-2", "somebody is writing this"));
        fs::last_write_time(folder / ".modelarium-1-1", fs::file_time_type::clock::now() - std::chrono::hours(2));
        QVERIFY(writeFileAtomically(folder / "a", "x"));
        QVERIFY(!fs::exists(folder / ".modelarium-1-1"));
        QVERIFY(fs::exists(folder / ".modelarium-2-2"));
    }

    /// A write that stops in the middle: the limit on file sizes does to it what a failing disk does.
    void theOldFileSurvivesAFailedWrite()
    {
        const fs::path path = freshFolder() / "a";
        QVERIFY(writeFileAtomically(path, "old"));
        std::signal(SIGXFSZ, SIG_IGN);
        rlimit before{};
        QCOMPARE(::getrlimit(RLIMIT_FSIZE, &before), 0);
        const rlimit small{100'000, before.rlim_max};
        QCOMPARE(::setrlimit(RLIMIT_FSIZE, &small), 0);
        const auto written = writeFileAtomically(path, std::string(1'000'000, 'x'));
        QCOMPARE(::setrlimit(RLIMIT_FSIZE, &before), 0);
        QVERIFY(!written);
        QCOMPARE(int(written.error().code), int(ErrorCode::WriteFailed));
        QCOMPARE(bytesOf(path), std::string("old"));
        QCOMPARE(filesIn(path.parent_path()), std::size_t(1));
    }

    void theOldFileSurvivesAFullDisk()
    {
        if (::geteuid() != 0)
            QSKIP("only root can mount a small file system");
        const fs::path folder = freshFolder();
        const QString place = QString::fromStdString(folder.string());
        if (QProcess::execute(QStringLiteral("mount"), {QStringLiteral("-t"), QStringLiteral("tmpfs"), QStringLiteral("-o"), QStringLiteral("size=64k"),
                                                        QStringLiteral("tmpfs"), place}) != 0)
            QSKIP("a small file system cannot be mounted here");
        const auto none = writeFileAtomically(folder / "b", std::string(200'000, 'x'));
        const auto first = writeFileAtomically(folder / "a", "old");
        const auto full = writeFileAtomically(folder / "a", std::string(200'000, 'x'));
        const std::string bytes = bytesOf(folder / "a");
        const std::size_t files = filesIn(folder);
        const auto again = writeFileAtomically(folder / "a", "new");
        QCOMPARE(QProcess::execute(QStringLiteral("umount"), {place}), 0);
        QVERIFY(first);
        QVERIFY(!full);
        QCOMPARE(int(full.error().code), int(ErrorCode::DiskFull));
        QVERIFY2(full.error().message.find("195 KB") != std::string::npos, full.error().message.c_str());
        QVERIFY2(full.error().message.find("old file is untouched") != std::string::npos, full.error().message.c_str());
        QVERIFY(!none);
        QVERIFY2(none.error().message.find("old file") == std::string::npos, none.error().message.c_str());
        QCOMPARE(bytes, std::string("old"));
        QCOMPARE(files, std::size_t(1));
        QVERIFY(again);
    }

    /// Folder or file that this user may not change: as root by another user's hands, since root may change everything.
    void readOnlyIsASentence_data()
    {
        QTest::addColumn<int>("folderMode");
        QTest::addColumn<int>("fileMode");
        QTest::newRow("folder") << 0555 << 0666;
        QTest::newRow("file") << 0777 << 0444;
    }

    void readOnlyIsASentence()
    {
        QFETCH(int, folderMode);
        QFETCH(int, fileMode);
        const fs::path folder = freshFolder();
        fs::permissions(m_folder.path().toStdString(), fs::perms(0755));
        QVERIFY(writeFileAtomically(folder / "a", "old"));
        fs::permissions(folder / "a", fs::perms(fileMode));
        fs::permissions(folder, fs::perms(folderMode));

        QStringList arguments = {QCoreApplication::applicationFilePath(), QStringLiteral("--write"), QString::fromStdString((folder / "a").string()),
                                 QStringLiteral("10"), QStringLiteral("1")};
        if (::geteuid() == 0)
            arguments = QStringList{QStringLiteral("setpriv"), QStringLiteral("--reuid=65534"), QStringLiteral("--regid=65534"),
                                    QStringLiteral("--clear-groups")} + arguments;
        QProcess child;
        child.start(arguments.takeFirst(), arguments);
        QVERIFY(child.waitForFinished());
        fs::permissions(folder, fs::perms(0755));
        const QByteArray sentence = child.readAllStandardOutput();
        if (child.exitCode() > 100)
            QSKIP("another user cannot run this test from here");
        QCOMPARE(child.exitCode(), 10);
        QVERIFY2(sentence.contains("permission"), sentence.constData());
        QCOMPARE(bytesOf(folder / "a"), std::string("old"));
        QCOMPARE(filesIn(folder), std::size_t(1));
    }

    /// Killed at any moment, a save leaves one whole file.
    void killedAtAnyMoment()
    {
        const fs::path path = freshFolder() / "a";
        constexpr std::size_t size = 300'000;
        QVERIFY(writeFileAtomically(path, std::string(size, 'a')));
        for (int i = 0; i < 40; ++i) {
            QProcess child;
            child.start(QCoreApplication::applicationFilePath(), {QStringLiteral("--write"), QString::fromStdString(path.string()),
                                                                  QString::number(size), QStringLiteral("100000")});
            QVERIFY(child.waitForStarted());
            std::this_thread::sleep_for(std::chrono::microseconds(5000 + 1733 * i));
            child.kill();
            QVERIFY(child.waitForFinished());
            const std::string bytes = bytesOf(path);
            QCOMPARE(bytes.size(), size);
            QVERIFY(bytes.find_first_not_of(bytes.front()) == std::string::npos);
        }
    }
};

int main(int argc, char** argv)
{
    if (argc == 5 && std::string_view(argv[1]) == "--write")
        return writeAsChild(argv[2], std::size_t(std::atol(argv[3])), std::atol(argv[4]));
    QCoreApplication application(argc, argv);
    TestFile test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_file.moc"
