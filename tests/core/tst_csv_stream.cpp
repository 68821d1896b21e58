#include "core/data/csv_stream.h"
#include "core/data/csv_writer.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <thread>

#include <sys/stat.h>

using namespace modelarium;

namespace {

QByteArray longText(int rows)
{
    QByteArray text = "n;word;flag;day;\"a \"\"name\"\"\"\n";
    for (int i = 0; i < rows; ++i) {
        text += QByteArray::number(i) + ",5;" + (i % 3 ? "red" : "\"green;\nish\"") + ";" + (i % 7 < 2 ? "yes" : "no") + ";";
        text += (i % 5 ? "13/02/2024;" : ";") + QByteArray::number(i * 31 % 17) + (i % 11 ? "\n" : "\r\n");
        if (i % 50 == 49)
            text += "\n# a comment\n";
    }
    return text;
}

} // namespace

/// A stream gives, piece by piece, the rows that the whole file gives.
class TestCsvStream : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;

    std::filesystem::path file(const char* name, const QByteArray& bytes) const
    {
        QFile result(m_folder.filePath(QString::fromUtf8(name)));
        if (result.open(QFile::WriteOnly))
            result.write(bytes);
        return result.fileName().toStdString();
    }

    /// All cells of all columns, row by row; the sentence where there is an error.
    static std::string cellsOf(Result<CsvStream> stream, std::size_t first)
    {
        if (!stream)
            return stream.error().message;
        std::string text;
        Result<Table> table = stream->first(first);
        for (; table && table->rows() > 0; table = stream->next())
            for (std::size_t row = 0; row < table->rows(); ++row)
                for (std::size_t j = 0; j < table->columns(); ++j)
                    text += table->column(j).cellText(row) + (j + 1 < table->columns() ? "|" : "\n");
        return table ? text : text + table.error().message;
    }

    static std::string cellsOf(const Table& table)
    {
        std::string text;
        for (std::size_t row = 0; row < table.rows(); ++row)
            for (std::size_t j = 0; j < table.columns(); ++j)
                text += table.column(j).cellText(row) + (j + 1 < table.columns() ? "|" : "\n");
        return text;
    }

private Q_SLOTS:
    void sameRowsAsTheWholeFile_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("everything at once") << longText(5000);
        QTest::newRow("more than a piece") << longText(90000);
        QTest::newRow("no line end at the end") << longText(300) + "1,5;red;yes;13/02/2024;4";
        QTest::newRow("UTF-8 mark") << "\xEF\xBB\xBF" + longText(300);
        QTest::newRow("no header") << QByteArray("1,2\n3,4\n5,6\n");
        QTest::newRow("spaces") << QByteArray("a   b\n1     2\n 3   4\n");
        QTest::newRow("CR only") << QByteArray("a,b\r1,2\r3,4\r");
        QByteArray wide;
        for (const char c : longText(400))
            wide += c, wide += '\0';
        QTest::newRow("UTF-16") << "\xFF\xFE" + wide;
    }

    void sameRowsAsTheWholeFile()
    {
        QFETCH(QByteArray, text);
        const auto path = file("a.csv", text);
        const auto whole = readCsv(path);
        QVERIFY2(whole, whole ? "" : whole.error().message.c_str());
        const std::string expected = cellsOf(whole->table);
        for (const std::size_t first : {std::size_t(40), std::size_t(1000), std::size_t(1000000)})
            QCOMPARE(cellsOf(CsvStream::open(path, {}), first), expected);
    }

    /// A pipe that gives a few bytes at a time.
    void aSlowPipe()
    {
        const auto path = m_folder.filePath(QStringLiteral("pipe")).toStdString();
        QCOMPARE(mkfifo(path.c_str(), 0600), 0);
        const QByteArray text = longText(400);
        std::thread writer([&] {
            QFile pipe(QString::fromStdString(path));
            if (pipe.open(QFile::WriteOnly | QFile::Unbuffered))
                for (qsizetype i = 0; i < text.size(); i += 97)
                    pipe.write(text.mid(i, 97));
        });
        const std::string cells = cellsOf(CsvStream::open(path, {}), 50);
        writer.join();
        QCOMPARE(cells, cellsOf(readCsvBytes(std::string_view(text.constData(), std::size_t(text.size())))->table));
    }

    void whatTheFirstRowsShowIsSettled()
    {
        QByteArray text = "x,c,f\n";
        for (int i = 0; i < 100; ++i)
            text += QByteArray::number(i) + (i % 2 ? ",DE" : ",NA") + (i % 3 ? ",yes\n" : ",no\n");
        text += "many,other,YES\n7,NA,\n8,9,NO\n";
        auto stream = CsvStream::open(file("b.csv", text), {});
        QVERIFY(stream && stream->first(100));
        const auto later = stream->next();
        QVERIFY2(later, later ? "" : later.error().message.c_str());
        QCOMPARE(cellsOf(*later), std::string("|other|yes\n7|NA|\n8|9|no\n"));
        QVERIFY(later->column(0).type() == ColumnType::Number && later->column(1).type() == ColumnType::Category);
        const auto entries = stream->laterEntries();
        QVERIFY(std::any_of(entries.begin(), entries.end(), [](const auto& entry) { return entry.code == "not_a_number" && entry.firstLine == 102; }));
        const auto end = stream->next();
        QVERIFY(end && end->rows() == 0);
    }

    void whatCannotBeReadIsSaid()
    {
        QVERIFY(cellsOf(CsvStream::open(m_folder.filePath(QStringLiteral("none.csv")).toStdString(), {}), 10).find("no file") != std::string::npos);
        QVERIFY(cellsOf(CsvStream::open(m_folder.path().toStdString(), {}), 10).find("folder") != std::string::npos);
        QVERIFY(cellsOf(CsvStream::open(file("c.csv", ""), {}), 10).find("empty") != std::string::npos);
        QVERIFY(cellsOf(CsvStream::open(file("c.csv", "a,b\n"), {}), 10).find("no rows") != std::string::npos);
        QVERIFY(cellsOf(CsvStream::open(file("c.csv", QByteArray("\x89PNG\r\n\x1A\n\0\0\0\rIHDR", 16)), {}), 10).find("picture") != std::string::npos);
        QByteArray text = "a,b\n";
        for (int i = 0; i < 200; ++i)
            text += "1,x\n";
        QVERIFY(cellsOf(CsvStream::open(file("c.csv", text + "2,\xE9\n"), {}), 10).find("Line 202 holds a byte that is not UTF-8") != std::string::npos);
        QVERIFY(cellsOf(CsvStream::open(file("c.csv", text + "2,\"x\n"), {}), 10).find("opens in line 202") != std::string::npos);
    }

    /// Whoever wants to see the first rows at once has no time for rows of many megabytes.
    void firstRowsThatAreTooLongAreRefused()
    {
        QByteArray text = "a,b\n";
        for (int i = 0; i < 10; ++i)
            text += QByteArray(std::size_t(1) << 20, 'x') + ",1\n";
        CsvOptions options;
        options.maximumBytes = std::size_t(4) << 20;
        auto stream = CsvStream::open(file("long.csv", text), options);
        QVERIFY(stream);
        const auto rows = stream->first(10);
        QVERIFY(!rows && rows.error().code == ErrorCode::TooLarge);
        QVERIFY2(rows.error().message.find("longer than 4 MB") != std::string::npos, rows.error().message.c_str());
        options.maximumBytes = std::size_t(64) << 20;
        auto roomy = CsvStream::open(file("long.csv", text), options);
        QVERIFY(roomy && roomy->first(10));
    }
};

QTEST_GUILESS_MAIN(TestCsvStream)
#include "tst_csv_stream.moc"
