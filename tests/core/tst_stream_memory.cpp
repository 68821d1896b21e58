#include "tests/support/cli_run.h"
#include "tests/support/sanitizers.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

#if defined(Q_OS_LINUX)
#include <sys/resource.h>
#endif

using namespace modelarium;

/// A stream of any length is learned from in the memory that a shorter one takes. A program of its own: what is measured is the largest of all
/// programs that this one has started.
class TestStreamMemory : public QObject {
    Q_OBJECT

private:
    static QString writeRows(const QTemporaryDir& folder, int rows)
    {
        QFile file(folder.filePath(QStringLiteral("%1.csv").arg(rows)));
        if (!file.open(QIODevice::WriteOnly))
            return {};
        file.write("a,b,y\n");
        // Piece by piece: what this program holds when it starts another one would count as the other one's.
        for (int i = 0; i < rows;) {
            QByteArray piece;
            for (const int end = std::min(rows, i + 10'000); i < end; ++i)
                piece += QByteArray::number(i % 997) + '.' + QByteArray::number(i % 89) + ',' + QByteArray::number(i % 31) + ',' + QByteArray::number(i % 61) + '\n';
            if (file.write(piece) != piece.size())
                return {};
        }
        return file.fileName();
    }

    /// In megabytes.
    static double largestSoFar()
    {
#if defined(Q_OS_LINUX)
        rusage usage{};
        getrusage(RUSAGE_CHILDREN, &usage);
        return double(usage.ru_maxrss) / 1024;
#else
        return 0;
#endif
    }

private Q_SLOTS:
    /// Comes first: the largest so far is that of both.
    void ofAFileIsThatOfAPipe()
    {
#if !defined(Q_OS_LINUX)
        QSKIP("The memory of a program that has ended is asked of Linux here.");
#endif
        if (underSanitizers)
            QSKIP("Freed memory is kept for a while there, to find who still reads it.");
        QTemporaryDir folder;
        const QString file = writeRows(folder, 500'000);
        QVERIFY(!file.isEmpty());
        const QString train = QStringLiteral("train %1 --online --target y --learner linear_regression --json");
        // A pipe gives a few rows at a time.
        const QString throughAPipe = QStringLiteral("cat '%1' | '%2' %3").arg(file, QStringLiteral(MODELARIUM_CLI), train.arg(QStringLiteral("-")));
        QCOMPARE(QProcess::execute(QStringLiteral("sh"), {QStringLiteral("-c"), throughAPipe + QStringLiteral(" > /dev/null 2>&1")}), 0);
        const double pipe = largestSoFar();
        QCOMPARE(cli::run(train.arg(file)).exitCode, 0);
        QVERIFY2(largestSoFar() < 1.5 * pipe, qPrintable(QStringLiteral("%1 MB after %2 MB").arg(largestSoFar()).arg(pipe)));
    }

    void isThatOfAShorterStream()
    {
#if !defined(Q_OS_LINUX)
        QSKIP("The memory of a program that has ended is asked of Linux here.");
#endif
        if (underSanitizers)
            QSKIP("Freed memory is kept for a while there, to find who still reads it.");
        constexpr int few = 1'000'000, many = 3'000'000;         // both longer than what is read ahead
        QTemporaryDir folder;
        double before = 0;
        for (const int rows : {few, many}) {
            const QString file = writeRows(folder, rows);
            QVERIFY(!file.isEmpty());
            const cli::Run learned = cli::run(QStringLiteral("train %1 --online --target y --learner linear_regression --json").arg(file));
            QVERIFY2(learned.exitCode == 0, learned.err.constData());
            const double now = largestSoFar();
            // The further rows would take 48 MB as numbers, and 25 as they stand in the file. Half of that: how many blocks are read ahead of
            // the learner goes with what else the machine does, and the same run takes 24 to 28 MB.
            QVERIFY2(before == 0 || now < before + 12, qPrintable(QStringLiteral("%1 MB after %2 MB").arg(now).arg(before)));
            before = now;
        }
    }
};

QTEST_GUILESS_MAIN(TestStreamMemory)
#include "tst_stream_memory.moc"
