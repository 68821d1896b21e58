#include "core/base/number_text.h"
#include "core/base/parallel.h"
#include "core/base/random.h"
#include "core/data/csv_reader.h"
#include "core/data/csv_writer.h"

#include <QDate>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <bit>
#include <clocale>
#include <cmath>
#include <limits>
#include <thread>

#include <sys/stat.h>
#include <unistd.h>

using namespace modelarium;

namespace {

CsvImport imported(const std::string& text, const CsvOptions& options = {})
{
    auto import = readCsvBytes(text, options);
    if (!import)
        qFatal("%s", import.error().message.c_str());
    return std::move(*import);
}

bool sameBits(double a, double b) { return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b) || (std::isnan(a) && std::isnan(b)); }

bool hasEntry(const ImportReceipt& receipt, const std::string& code)
{
    return std::any_of(receipt.entries.begin(), receipt.entries.end(), [&](const ReceiptEntry& entry) { return entry.code == code; });
}

const std::vector<std::string> oddTexts{"plain", "with, comma", "a \"quoted\" word", "two\nlines", "cr\r\nlf", "NA", "n/a", "", "#hash",
                                        " space ", "Grüße", "日本語", "'", "semi;colon", "tab\there", "-", "1,5", "=1+1", "\"", "\"\"", "x"};

/// A table of numbers of every size, categories, dates and texts with missing cells.
Table randomTable(Random& random)
{
    const std::size_t rows = 2 + random.below(40);
    Buffer<double> numbers(rows), dates(rows);
    std::vector<std::string> words(rows);
    for (std::size_t i = 0; i < rows; ++i) {
        double value = std::bit_cast<double>(random.bits());
        if (!std::isfinite(value) || random.below(4) == 0)
            value = random.below(2) ? double(random.below(1000)) / 8 : std::numeric_limits<double>::quiet_NaN();
        numbers[i] = value;
        dates[i] = random.below(5) ? double(random.below(40000)) + double(random.below(86400)) / 86400 : std::numeric_limits<double>::quiet_NaN();
        words[i] = oddTexts[random.below(oddTexts.size())];
    }
    numbers[0] = 0.1;               // some cell tells the type
    dates[0] = 19000;
    words[0] = "plain";
    std::vector<ColumnPtr> columns;
    columns.push_back(std::make_shared<const Column>(Column::numbers("a number", std::move(numbers))));
    columns.push_back(std::make_shared<const Column>(Column::dates("date, and time", std::move(dates))));
    columns.push_back(std::make_shared<const Column>(Column::categories("word \"quoted\"", words)));
    return *Table::make(std::move(columns));
}

} // namespace

class TestCsvReader : public QObject {
    Q_OBJECT

private Q_SLOTS:
    /// Every double as printf and to_chars write it comes back with the same bits, on the fast way and beside it.
    void roundsNumbersCorrectly()
    {
        Random random(11);
        std::string text = "x,y\n";
        std::vector<double> written;
        for (int i = 0; i < 20000; ++i) {
            double value = std::bit_cast<double>(random.bits());
            if (!std::isfinite(value))
                value = 0.1;
            if (i % 2)
                value = std::round(random.normal() * 1e6) / std::pow(10, double(random.below(12)));
            written.push_back(value);
            text += exactText(value) + ",1\n";
        }
        const CsvImport import = imported(text);
        const Buffer<double>& read = import.table.column(0).numberValues();
        for (std::size_t i = 0; i < written.size(); ++i)
            QVERIFY2(sameBits(read[i], written[i]), exactText(written[i]).c_str());
    }

    void readsOneNumber_data()
    {
        QTest::addColumn<double>("value");
        const double infinity = std::numeric_limits<double>::infinity();
        QTest::newRow("0") << 0.0;
        QTest::newRow("-0") << -0.0;
        QTest::newRow("7") << 7.0;
        QTest::newRow(".5") << 0.5;
        QTest::newRow("5.") << 5.0;
        QTest::newRow("+1.5") << 1.5;
        QTest::newRow("-.25") << -0.25;
        QTest::newRow("0.5") << 0.5;
        QTest::newRow("00.5") << 0.5;
        QTest::newRow("1e5") << 1e5;
        QTest::newRow("1E-5") << 1e-5;
        QTest::newRow("9007199254740993") << 9007199254740992.0;            // 2^53 + 1, ties to even
        QTest::newRow("9007199254740995") << 9007199254740996.0;
        QTest::newRow("123456789012345678") << 123456789012345678.0;
        QTest::newRow("0.30000000000000004") << 0.30000000000000004;
        QTest::newRow("2.2250738585072011e-308") << 2.2250738585072011e-308;
        QTest::newRow("4.9406564584124654e-324") << 4.9406564584124654e-324;
        QTest::newRow("1e400") << infinity;
        QTest::newRow("-1e400") << -infinity;
        QTest::newRow("1e-400") << 0.0;
        QTest::newRow("Infinity") << infinity;
        QTest::newRow("1,234,567.5") << 1234567.5;
        QTest::newRow("12 %") << 12.0;
        QTest::newRow("\xE2\x88\x92" "3.5") << -3.5;
        QTest::newRow("\xE2\x82\xAC 5") << 5.0;
        QTest::newRow("$-5") << -5.0;
        QTest::newRow("-$5") << -5.0;
        QTest::newRow("USD 7") << 7.0;
        QTest::newRow("1\xC2\xA0" "234") << 1234.0;
    }

    void readsOneNumber()
    {
        QFETCH(double, value);
        const std::string cell = QTest::currentDataTag();
        // A percent sign beside bare numbers would make words of the column.
        const CsvImport import = imported("x;y\n" + cell + ";1.5\n" + (cell.ends_with('%') ? cell : "2.5") + ";1.5\n");
        QCOMPARE(import.table.column(0).type(), ColumnType::Number);
        const double read = import.table.column(0).numberValues()[0];
        QVERIFY2(sameBits(read, value), exactText(read).c_str());
    }

    void leavesTextThatIsNoNumber_data()
    {
        QTest::addColumn<QString>("unused");
        for (const char* text : {"1.2.3", "0x1F", "1e", "1e+", "--5", "+-5", "1,23.5", "1,2345", "12,34,567", "5 kg", "1_000", "e5", "1.5f", "12:30", "5-3", "(5", "$"})
            QTest::newRow(text) << QString();
    }

    void leavesTextThatIsNoNumber()
    {
        const CsvImport import = imported("x;y\n" + std::string(QTest::currentDataTag()) + ";1.5\n");
        QCOMPARE(import.table.column(0).type(), ColumnType::Category);
        QCOMPARE(import.table.column(0).cellText(0), std::string(QTest::currentDataTag()));
    }

    void choosesCategoryOrTextByRecurrence()
    {
        std::string few = "a,b\n", many = "a,b\n";
        for (int i = 0; i < 400; ++i) {
            few += "word" + std::to_string(i % 200) + ",1\n";
            many += "word" + std::to_string(i % 201) + ",1\n";
        }
        QCOMPARE(imported(few).table.column(0).type(), ColumnType::Category);
        QCOMPARE(imported(many).table.column(0).type(), ColumnType::Text);
    }

    /// What the first rows do not show is found later, and the column is read again.
    void changesItsMindAboutAColumn()
    {
        std::string numbers, dates, words;
        for (int i = 0; i < 30000; ++i) {
            numbers += std::to_string(i % 10) + ",1\n";
            dates += "1/2/2024,1\n";
            words += ",1\n";
        }
        const CsvImport late = imported("x,y\n" + numbers + "oops,1\n");
        QCOMPARE(late.table.column(0).type(), ColumnType::Category);
        QCOMPARE(late.table.column(0).cellText(29999), std::string("9"));
        QVERIFY(hasEntry(late.receipt, "words_among_numbers"));
        const CsvImport dayFirst = imported("x,y\n" + dates + "31/12/2023,1\n");
        QCOMPARE(dayFirst.table.column(0).type(), ColumnType::Date);
        QCOMPARE(dayFirst.table.column(0).cellText(0), std::string("2024-02-01"));
        QVERIFY(!hasEntry(dayFirst.receipt, "ambiguous_date"));
        QCOMPARE(imported("x,y\n" + words + "2024-03-01,1\n").table.column(0).type(), ColumnType::Date);
        QCOMPARE(imported("x,y\n" + words + "yes,1\nno,1\n").table.column(0).type(), ColumnType::Boolean);
        QCOMPARE(imported("x,y\n" + numbers + "007,1\n").table.column(0).cellText(30000), std::string("007"));
        QCOMPARE(imported("x,y\n" + numbers + "1,2,3\n").table.columns(), std::size_t(3));
        const CsvImport western = imported("x,y\n" + numbers + numbers + numbers + "M\xFCnchen,1\n");
        QCOMPARE(western.receipt.encoding, std::string("windows-1252"));
        QCOMPARE(western.table.column(0).cellText(90000), std::string("München"));
    }

    void tellsWhatAnotherReaderCouldTakeOtherwise_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("entry");
        const QByteArray manyNumbers = []{
            QByteArray text = "id,x\n";
            for (int i = 0; i < 30000; ++i)
                text += QByteArray::number(i) + ",1\n";
            return text;
        }();
        QTest::newRow("decimal comma by guess") << QByteArray("a;b\n2;1,234\n3;5,678\n") << "decimal_comma 2 line 2 column b?";
        QTest::newRow("decimal point by guess") << QByteArray("a;b\n2;1.234\n3;5.678\n") << "decimal_point 2 line 2 column b?";
        QTest::newRow("every cell is counted") << "a;b\n" + QByteArray("x;1,5\n").repeated(40000) << "decimal_comma 40000 line 2 column b";
        QTest::newRow("a whole number too long") << QByteArray("a,id\n1,2\n3,12345678901234567890\n") << "rounded 1 line 3 column id?";
        QTest::newRow("beyond 2^53") << QByteArray("a,id\n1,2\n3,9007199254740993\n") << "rounded 1 line 3 column id?";
        QTest::newRow("one word far below numbers") << manyNumbers + "end,2\n" << "words_among_numbers 1 line 30002 column id?";
        QTest::newRow("one word far below dates") << "d,x\n" + QByteArray("2024-05-06,1\n").repeated(30000) + "soon,2\n" << "words_among_dates 1 line 30002 column d?";
        QTest::newRow("a byte of another encoding") << QByteArray("a,b\nx,1\nM\xFCller,2\n") << "encoding 0 line 3 column ?";
        const auto far = [](const char* usual, const char* other) { return "id,x\n" + QByteArray(usual).repeated(3000) + other; };
        QTest::newRow("two currencies") << far("1,$5\n", "2,7 \xE2\x82\xAC\n") << "mixed_units 1 line 3002 column x?";
        QTest::newRow("two currencies, one by its code") << far("1,GBP 5\n", "2,EUR 7\n") << "mixed_units 1 line 3002 column x?";
        QTest::newRow("percent and money") << far("1,5%\n", "2,$7\n") << "mixed_units 1 line 3002 column x?";
        QTest::newRow("percent beside numbers") << far("1,0.5\n", "2,10%\n") << "mixed_units 1 line 3002 column x?";
        QTest::newRow("a currency that others lack") << far("1,5\n", "2,$7\n") << "partly_currency 1 line 3002 column x?";
        QTest::newRow("one currency in two spellings") << far("1,$5\n", "2,USD 7\n") << "currency 3001 line 2 column x";
        QTest::newRow("a header of numbers or a first row") << QByteArray("1,2,3\n4,5,6\n7,8,9\n") << "no_header 0 line 1 column ?";
        QTest::newRow("day and month in both orders") << QByteArray("d,x\n13/01/2024,1\n01/14/2024,2\n") << "words_among_dates 1 line 3 column d?";
        QTest::newRow("text behind a quote") << QByteArray("a,b\n\"1\"x,2\n3,4\n") << "text_after_quote 1 line 2 column ?";
    }

    void tellsWhatAnotherReaderCouldTakeOtherwise()
    {
        QFETCH(QByteArray, text);
        QFETCH(QString, entry);
        for (const std::size_t chunk : {std::size_t(0), std::size_t(1000)}) {
            CsvOptions options;
            options.chunkBytes = chunk;
            const CsvImport import = imported(text.toStdString(), options);
            QStringList told;
            for (const ReceiptEntry& one : import.receipt.entries)
                told << QStringLiteral("%1 %2 line %3 column %4%5").arg(QString::fromStdString(one.code)).arg(one.count).arg(one.firstLine)
                            .arg(QString::fromStdString(one.firstColumn), QLatin1String(one.question ? "?" : ""));
            QVERIFY2(told.contains(entry), qPrintable(told.join(QStringLiteral("; "))));
        }
    }

    /// The same few words in every column, met in another order in each: what is remembered of one column or block says nothing of the next.
    void columnsOfTheSameWordsStayApart_data()
    {
        QTest::addColumn<int>("columns");
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("chunk");
        QTest::newRow("a few columns") << 5 << 4000 << 0;
        QTest::newRow("a few columns, small blocks") << 5 << 4000 << 1000;
        QTest::newRow("many columns, a few rows in a block") << 400 << 60 << 8000;
        QTest::newRow("many columns, one row in a block") << 400 << 60 << 1000;
    }

    void columnsOfTheSameWordsStayApart()
    {
        QFETCH(int, columns);
        QFETCH(int, rows);
        QFETCH(int, chunk);
        static const std::vector<std::string> words{"low", "mid", "high", "Amsterdam", "a word of sixteen", "exactly 16 bytes", "\"quoted\"", "", "x", "lo"};
        const auto word = [](int row, int column) { return words[std::size_t(row * 7 + row / 10 + column) % words.size()]; };
        std::string text;
        for (int row = -1; row < rows; ++row)
            for (int j = 0; j < columns; ++j)
                text += (row < 0 ? "c" + std::to_string(j) : word(row, j)) + (j + 1 < columns ? "," : "\n");
        CsvOptions options;
        options.chunkBytes = std::size_t(chunk);
        const CsvImport import = imported(text, options);
        for (int j = 0; j < columns; ++j) {
            const Column& column = import.table.column(std::size_t(j));
            QCOMPARE(column.type(), ColumnType::Category);
            for (int row = 0; row < rows; ++row) {
                const std::string written = word(row, j);
                QCOMPARE(column.cellText(std::size_t(row)), written.starts_with('"') ? std::string("quoted") : written);
            }
        }
    }

    /// Money in two currencies stays as it is written, until a person says that the numbers alone are meant.
    void unitsThatDifferStayWords()
    {
        const std::string text = "price,share\n$5,10%\n7 \xE2\x82\xAC,0.2\n";
        const CsvImport import = imported(text);
        QCOMPARE(import.table.column(0).type(), ColumnType::Category);
        QCOMPARE(import.table.column(0).cellText(1), std::string("7 \xE2\x82\xAC"));
        QCOMPARE(import.table.column(1).type(), ColumnType::Category);
        QCOMPARE(import.table.column(1).cellText(0), std::string("10%"));
        const auto entry = std::find_if(import.receipt.entries.begin(), import.receipt.entries.end(), [](const ReceiptEntry& e) { return e.code == "mixed_units"; });
        QVERIFY(entry != import.receipt.entries.end());
        QVERIFY2(entry->message.find("\"10%\" in line 2") != std::string::npos, entry->message.c_str());
        CsvOptions said;
        said.types = {{"price", ColumnType::Number}};
        QCOMPARE(imported(text, said).table.column(0).numberValues()[1], 7.0);
    }

    void saysWhereItWentWrong_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("encoding");
        QTest::addColumn<QString>("words");
        QTest::addColumn<int>("line");
        const QByteArray wide("a\0,\0b\0\n\0" "1\0,\0" "2\0\n\0", 16);
        QTest::newRow("a quote in a row") << QByteArray("id,note\n1,\"fine\"\n2,\"open\n3,x\n") << QString() << "line 3, column 2 (\"note\"), is never closed" << 3;
        QTest::newRow("a quote in the header") << QByteArray("id,\"note\n1,2\n") << QString() << "line 1, column 2, is never closed" << 1;
        QTest::newRow("a zero byte") << QByteArray("id,x\n1,2\n3,\0004\n", 14) << QString() << "a zero byte stands in line 3 at character 3" << 3;
        QTest::newRow("UTF-16 with a mark, called UTF-8") << "\xFF\xFE" + wide << "utf-8" << "The file is utf-16le, not utf-8" << 0;
        QTest::newRow("UTF-16 without one, called Latin-1") << wide << "latin-1" << "The file is utf-16le, not latin-1" << 0;
        QTest::newRow("UTF-8, called UTF-16") << QByteArray("a,b\n1,2\n") << "utf-16le" << "The file is utf-8, not utf-16le" << 0;
        QTest::newRow("the wrong half of UTF-16") << "\xFF\xFE" + wide << "utf-16be" << "The file is utf-16le, not utf-16be" << 0;
    }

    void saysWhereItWentWrong()
    {
        QFETCH(QByteArray, text);
        QFETCH(QString, encoding);
        QFETCH(QString, words);
        CsvOptions options;
        if (!encoding.isEmpty())
            options.encoding = encoding.toStdString();
        const auto import = readCsvBytes(text.toStdString(), options);
        QVERIFY(!import);
        QVERIFY2(QString::fromStdString(import.error().message).contains(words), import.error().message.c_str());
        QTEST(int(import.error().place.line.value_or(0)), "line");
    }

    void copiesWordForWord_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("numbers as they are written") << QByteArray("a,b,c\n10%,1e3,007\n$5,1.50,+2\n");
        QTest::newRow("missing cells as they are written") << QByteArray("a,b\nNA,1\n\"NA\",2\n,3\n\"\",4\n-,5\n");
        QTest::newRow("quotes and spaces") << QByteArray("a,b\n\"x, y\",\"1\"\n\"say \"\"no\"\"\",  2 \nit's 5\" wide,3\n\"two\nlines\",4\n");
        QTest::newRow("semicolons and decimal commas") << QByteArray("a;b\n1,5;x\n2,50;y, z\n");
        QTest::newRow("tabs") << QByteArray("a\tb\n1\tx y\n2\tz\n");
        QTest::newRow("dates and truths") << QByteArray("d,t\n1/2/2024,yes\n13/2/2024,No\n");
    }

    /// Read for copying and written again: not a character differs, whatever a reader of types would have made of it.
    void copiesWordForWord()
    {
        QFETCH(QByteArray, text);
        CsvOptions verbatim;
        verbatim.verbatim = true;
        for (const std::size_t chunk : {std::size_t(0), std::size_t(3)}) {
            verbatim.chunkBytes = chunk;
            const CsvImport copy = imported(text.toStdString(), verbatim);
            QCOMPARE(QByteArray::fromStdString(csvText(copy.table, copyOptions(copy.receipt))), text);
        }
    }

    void aWrongGuessLeavesNothing_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("rows inside quotes are longer") << QByteArray("0,\"\n,,n\n\"\n\n");
        QTest::newRow("spaces alone in one column") << QByteArray("r\n1\n\n  \n");
        QTest::newRow("a byte of another encoding") << QByteArray("\xEF\xBB\xBF" "2\n3\n\xBB");
        QTest::newRow("two notes in one line") << QByteArray("1,NA,NA\n-,x");
        QTest::newRow("an identifier before a word") << QByteArray("0;\n3\n00;7\n\n0;\nx\n");
    }

    /// A block that takes the inside of a quoted text for rows is put right: no column and no note of it stays.
    void aWrongGuessLeavesNothing()
    {
        QFETCH(QByteArray, text);
        const auto told = [&](std::size_t chunk) {
            CsvOptions options;
            options.chunkBytes = chunk;
            const auto import = readCsvBytes(text.toStdString(), options);
            if (!import)
                return import.error().message;
            std::string result = csvText(import->table);
            for (const ReceiptEntry& entry : import->receipt.entries)
                result += entry.code + std::to_string(entry.firstLine) + entry.message;
            return result;
        };
        for (std::size_t chunk = 1; chunk < 12; ++chunk)
            QCOMPARE(told(chunk), told(0));
    }

    void namesAreKept_data()
    {
        QTest::addColumn<QByteArray>("header");
        QTest::addColumn<QByteArray>("names");
        QTest::newRow("a number that stands there") << QByteArray("a,a,a_2") << QByteArray("a,a_3,a_2");
        QTest::newRow("a number that nobody wrote") << QByteArray(",column_1,x") << QByteArray("column_1_2,column_1,x");
        QTest::newRow("units and signs") << QByteArray("mass (g),a/b,%") << QByteArray("mass (g),a/b,%");
    }

    /// A column is asked for by the name in its header: numbers for doubles never take it away.
    void namesAreKept()
    {
        QFETCH(QByteArray, header);
        QFETCH(QByteArray, names);
        const CsvImport import = imported((header + "\n1,2,3\n4,5,6\n").toStdString());
        QByteArrayList found;
        for (std::size_t j = 0; j < import.table.columns(); ++j)
            found << QByteArray::fromStdString(import.table.column(j).name());
        QCOMPARE(found.join(','), names);
    }

    /// A decoder gives its text in small pieces; a large file must not take more room with each of them.
    void readsLargeEncodedFiles_data()
    {
        QTest::addColumn<QByteArray>("encoding");
        QTest::newRow("utf-16le") << QByteArray("utf-16le");
        QTest::newRow("latin-1") << QByteArray("latin-1");
    }

    void readsLargeEncodedFiles()
    {
        QFETCH(QByteArray, encoding);
        constexpr std::size_t rows = 300000;
        std::string text = encoding == "utf-16le" ? std::string("\xFF\xFE") : std::string();
        const auto add = [&](std::string_view piece) {
            for (const char c : piece) {
                text += c;
                if (encoding == "utf-16le")
                    text += '\0';
            }
        };
        add("name,x\n");
        for (std::size_t i = 0; i < rows; ++i)
            add((i % 2 ? "M\xFCller," : "Meier,") + std::to_string(i) + "\n");
        const CsvImport import = imported(text);
        QCOMPARE(import.receipt.encoding, encoding.toStdString());
        QCOMPARE(import.table.rows(), rows);
        QCOMPARE(import.table.column(0).cellText(rows - 1), std::string("Müller"));
        QCOMPARE(import.table.column(1).numberValues()[rows - 1], double(rows - 1));
    }

    void keepsWordsOfEveryLength_data()
    {
        QTest::addColumn<ColumnType>("type");
        QTest::newRow("categories") << ColumnType::Category;
        QTest::newRow("text") << ColumnType::Text;
    }

    /// Words as alike as words can be: of the same beginning and end, of another length or with the quotes elsewhere.
    void keepsWordsOfEveryLength()
    {
        QFETCH(ColumnType, type);
        Random random(11);
        std::string text = "word,n\n";
        std::vector<std::string> words;
        for (int row = 0; row < 6000; ++row) {
            std::string word, written;
            for (std::size_t left = 1 + random.below(20); left > 0; --left)
                word += "aab\"b,"[random.below(random.below(2) ? 2 : 6)];
            for (const char c : word)
                written += c == '"' ? std::string("\"\"") : std::string(1, c);
            const bool quoted = word.find_first_of("\",") != std::string::npos || random.below(3) == 0;
            text += (quoted ? '"' + written + '"' : written) + (quoted || random.below(50) ? "," : " ,") + std::to_string(row) + '\n';
            words.push_back(std::move(word));
        }
        CsvOptions options;
        options.types = {{"word", type}};
        for (const std::size_t chunk : {std::size_t(0), std::size_t(300)}) {
            options.chunkBytes = chunk;
            const CsvImport import = imported(text, options);
            QCOMPARE(import.table.rows(), words.size());
            QCOMPARE(import.table.column(0).type(), type);
            for (std::size_t row = 0; row < words.size(); ++row)
                QCOMPARE(import.table.column(0).cellText(row), words[row]);
        }
    }

    void readsEveryDay()
    {
        std::string text = "day\n";
        const QDate first(1, 1, 1), last(2500, 12, 31);
        for (QDate day = first; day <= last; day = day.addDays(day.year() < 1500 ? 7 : 1))
            text += day.toString(Qt::ISODate).toStdString() + '\n';
        const CsvImport import = imported(text);
        QCOMPARE(import.table.column(0).type(), ColumnType::Date);
        std::size_t row = 0;
        for (QDate day = first; day <= last; day = day.addDays(day.year() < 1500 ? 7 : 1), ++row)
            QCOMPARE(import.table.column(0).numberValues()[row], double(QDate(1970, 1, 1).daysTo(day)));
        QCOMPARE(import.table.rows(), row);
    }

    void obeysWhatAPersonDecided()
    {
        const std::string text = "a;b\n1,234;5\n";
        CsvOptions options;
        options.decimal = ',';
        QCOMPARE(imported(text, options).table.column(0).numberValues()[0], 1.234);
        options.decimal = '.';
        QCOMPARE(imported(text, options).table.column(0).numberValues()[0], 1234.0);
        options.delimiter = ',';
        QCOMPARE(imported(text, options).table.columns(), std::size_t(2));
        // Said is said, even where the text holds no such character.
        CsvOptions bars;
        bars.delimiter = '|';
        QCOMPARE(imported("x,y\nred,blue\ngreen,red\n", bars).table.columns(), std::size_t(1));
        QCOMPARE(imported("sep=|\nx,y\nred,blue\ngreen,red\n").table.columns(), std::size_t(1));
        CsvOptions dates;
        dates.dayFirst = true;
        QCOMPARE(imported("d\n01/02/2024\n", dates).table.column(0).cellText(0), std::string("2024-02-01"));
        dates.dayFirst = false;
        QCOMPARE(imported("d;x\n01/02/2024;1\n", dates).table.column(0).cellText(0), std::string("2024-01-02"));
        CsvOptions noHeader;
        noHeader.header = false;
        QCOMPARE(imported("a,b\nc,d\n", noHeader).table.rows(), std::size_t(2));
        CsvOptions types;
        types.types = {{"zip", ColumnType::Number}, {"n", ColumnType::Category}, {"word", ColumnType::Number}};
        const CsvImport forced = imported("zip,n,word\n02139,1,x\n00501,2,3\n", types);
        QCOMPARE(forced.table.column(0).numberValues()[0], 2139.0);
        QCOMPARE(forced.table.column(1).type(), ColumnType::Category);
        QVERIFY(forced.table.column(2).isMissing(0));
        QVERIFY(hasEntry(forced.receipt, "not_a_number"));
        CsvOptions unknown;
        unknown.types = {{"nowhere", ColumnType::Text}};
        QCOMPARE(readCsvBytes("a,b\n1,2\n", unknown).error().code, ErrorCode::UnknownColumn);
        CsvOptions encoding;
        encoding.encoding = "klingon";
        QCOMPARE(readCsvBytes("a,b\n1,2\n", encoding).error().code, ErrorCode::BadEncoding);
    }

    void readsBackWhatItWrote()
    {
        Random random(5);
        for (int i = 0; i < 2000; ++i) {
            const Table table = randomTable(random);
            const CsvImport import = imported(csvText(table));
            QCOMPARE(import.table.columns(), table.columns());
            QCOMPARE(import.table.rows(), table.rows());
            for (std::size_t j = 0; j < table.columns(); ++j) {
                QCOMPARE(import.table.column(j).name(), table.column(j).name());
                for (std::size_t row = 0; row < table.rows(); ++row) {
                    QCOMPARE(import.table.column(j).isMissing(row), table.column(j).isMissing(row));
                    QCOMPARE(import.table.column(j).cellText(row), table.column(j).cellText(row));
                }
            }
        }
    }

    void protectsSpreadsheetsFromFormulas()
    {
        const CsvImport import = imported("a,b\n=1+1,1\n@x,2\n");
        CsvWriteOptions options;
        options.protectFormulas = true;
        options.byteOrderMark = true;
        QCOMPARE(csvText(import.table, options), std::string("\xEF\xBB\xBF" "a,b\n'=1+1,1\n'@x,2\n"));
    }

    /// A table of a million cells is the same from one thread and from four, and from pieces of any size.
    void readsLargeFilesAlike()
    {
        Random random(9);
        std::string text = "id,word,note,when\r\n";
        for (int i = 0; i < 60000; ++i) {
            text += std::to_string(i) + "," + oddTexts[random.below(2)].substr(0, 4) + ",\"line " + std::to_string(random.below(1u << 30)) + "\r\nand \"\"more\"\"\","
                + (i % 7 ? "2024-0" + std::to_string(1 + i % 9) + "-1" + std::to_string(i % 10) : std::string()) + "\r\n";
        }
        setThreadCount(1);
        const std::string alone = csvText(imported(text).table);
        setThreadCount(4);
        for (const std::size_t chunk : {0u, 4096u, 100000u, 10000000u}) {
            CsvOptions options;
            options.chunkBytes = chunk;
            QVERIFY(csvText(imported(text, options).table) == alone);
        }
        setThreadCount(0);
    }

    void readsTheSameUnderEveryLocale()
    {
        const std::string text = "I,i\n1.5,yes\n2.5,no\n";
        const std::string expected = csvText(imported(text).table);
        for (const char* name : {"C", "de_DE.UTF-8", "tr_TR.UTF-8", "ar_EG.UTF-8"}) {
            std::setlocale(LC_ALL, name);           // where it is not installed, the one before stays
            QLocale::setDefault(QLocale(QString::fromLatin1(name)));
            QCOMPARE(csvText(imported(text).table), expected);
        }
        std::setlocale(LC_ALL, "C");
    }

    void refusesWhatIsNoFile()
    {
        QTemporaryDir folder;
        const std::string fifo = folder.filePath(QStringLiteral("pipe.csv")).toStdString();
        QCOMPARE(::mkfifo(fifo.c_str(), 0600), 0);
        QCOMPARE(readCsv(fifo).error().code, ErrorCode::NotAFile);
        QCOMPARE(readCsv(folder.path().toStdString()).error().code, ErrorCode::NotAFile);
        QCOMPARE(readCsv("/dev/zero").error().code, ErrorCode::NotAFile);
        const QString large = folder.filePath(QStringLiteral("large.csv"));
        QFile file(large);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QVERIFY(file.resize(qint64(10) << 30));     // sparse: all zero bytes
        QCOMPARE(readCsv(large.toStdString()).error().code, ErrorCode::NotText);
        CsvOptions small;
        small.maximumBytes = 1000;
        QCOMPARE(readCsv(large.toStdString(), small).error().code, ErrorCode::TooLarge);
        for (const char* blank : {"", "\xEF\xBB\xBF", " \n\t\n", ",\n,\n", "# a\n# b\n", "a,b\n"})
            QCOMPARE(readCsvBytes(blank).error().code, ErrorCode::EmptyData);
    }

    void stopsWhenAFileIsCutShort()
    {
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("shrinking.csv"));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("a,b\n");
        for (int i = 0; i < 200000; ++i)
            file.write("1,2\n");
        file.close();
        CsvOptions options;
        options.chunkBytes = 1000;
        const auto import = readCsv(path.toStdString(), options, [&](double) { return ::truncate(path.toStdString().c_str(), 5000) == 0; });
        QVERIFY(!import);
        QCOMPARE(import.error().code, ErrorCode::FileChanged);
    }

    void canBeCancelled()
    {
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("long.csv"));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("a,b\n");
        for (int i = 0; i < 20000; ++i)
            file.write("1,2\n");
        file.close();
        CsvOptions options;
        options.chunkBytes = 100;
        double last = 0;
        const auto import = readCsv(path.toStdString(), options, [&](double share) {
            last = share;
            return share < 0.5;
        });
        QVERIFY(!import);
        QCOMPARE(import.error().code, ErrorCode::Cancelled);
        QVERIFY(last >= 0.5 && last < 1);
    }

    /// Long fields, many quotes and many columns take time in proportion to their size; a quadratic reader would not end.
    void readsExtremesInLinearTime()
    {
        std::string quotes = "a,b\n1,\"";
        for (int i = 0; i < 2000000; ++i)
            quotes += "\"\"";
        QCOMPARE(imported(quotes + "\"\n").table.column(1).cellText(0).size(), std::size_t(2000000));
        const auto open = readCsvBytes("a,b\n1,\"" + std::string(20000000, 'x') + "\n");
        QVERIFY(!open);
        QCOMPARE(open.error().place.line, std::optional<std::size_t>(2));
        std::string header, row;
        for (int j = 0; j < 17000; ++j) {
            header += "column " + std::to_string(j) + (j < 16999 ? "," : "\n");
            row += "1" + std::string(j < 16999 ? "," : "\n");
        }
        QCOMPARE(imported(header + row + row).table.columns(), std::size_t(17000));
    }
};

QTEST_GUILESS_MAIN(TestCsvReader)
#include "tst_csv_reader.moc"
