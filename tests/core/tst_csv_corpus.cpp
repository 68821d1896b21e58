#include "core/base/parallel.h"
#include "core/data/csv_reader.h"

#include <QDir>
#include <QFile>
#include <QTest>

#include <cmath>
#include <limits>

using namespace modelarium;

namespace {

const QString folder = QStringLiteral(MODELARIUM_SOURCE_DIR "/tests/data/csv/");

std::string pathOf(const QString& name) { return (folder + name).toStdString(); }

QString describeColumns(const Table& table)
{
    QStringList columns;
    for (std::size_t j = 0; j < table.columns(); ++j) {
        const Column& column = table.column(j);
        QString text = QString::fromStdString(column.name()) + QLatin1Char(':') + QLatin1String(columnTypeName(column.type()));
        if (!column.unit().empty())
            text += QLatin1Char(':') + QString::fromStdString(column.unit());
        columns << text;
    }
    return columns.join(QLatin1Char('|'));
}

QString describeRows(const Table& table, std::size_t most)
{
    QStringList rows;
    for (std::size_t row = 0; row < std::min(most, table.rows()); ++row) {
        QStringList cells;
        for (std::size_t j = 0; j < table.columns(); ++j)
            cells << QString::fromStdString(table.column(j).cellText(row));
        rows << cells.join(QLatin1Char('|'));
    }
    return rows.join(QLatin1Char('/'));
}

/// "code:count@line", with ? where a person should look.
QString describeReceipt(const ImportReceipt& receipt)
{
    QStringList entries;
    for (const ReceiptEntry& entry : receipt.entries)
        entries << QStringLiteral("%1:%2@%3%4").arg(QString::fromStdString(entry.code)).arg(entry.count).arg(entry.firstLine)
                       .arg(entry.question ? QStringLiteral("?") : QString());
    return entries.join(QLatin1Char(' '));
}

QString describe(const Result<CsvImport>& import)
{
    if (!import)
        return QString::fromStdString(import.error().message);
    QString levels;
    for (std::size_t j = 0; j < import->table.columns(); ++j)
        if (import->table.column(j).isCategorical())
            for (const std::string& level : import->table.column(j).categoryCells().levels)
                levels += QString::fromStdString(level) + QLatin1Char(',');
    return describeColumns(import->table) + QLatin1Char('\n') + describeRows(import->table, 100000) + QLatin1Char('\n') + levels
        + QLatin1Char('\n') + describeReceipt(import->receipt);
}

} // namespace

/// One small file for each way in which delimited text is written; the expectations were written by hand.
class TestCsvCorpus : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsAsAPersonExpects_data()
    {
        QTest::addColumn<int>("rows");
        QTest::addColumn<QString>("signs");             // delimiter and decimal
        QTest::addColumn<QString>("encoding");
        QTest::addColumn<bool>("header");
        QTest::addColumn<QString>("columns");
        QTest::addColumn<QString>("firstRows");
        QTest::addColumn<QString>("receipt");
        QTest::newRow("accounting.csv") << 2 << ",." << "utf-8" << true
            << QString::fromUtf8("x:number|y:number")
            << QString::fromUtf8("-123|1/45|2")
            << "accounting_negative:1@2?";
        QTest::newRow("all_missing_column.csv") << 3 << ",." << "utf-8" << true
            << QString::fromUtf8("a:number|b:empty")
            << QString::fromUtf8("1|/2|/3|")
            << "missing_spelling:2@2";
        QTest::newRow("blank_lines.csv") << 3 << ",." << "utf-8" << true
            << QString::fromUtf8("a:number|b:number")
            << QString::fromUtf8("1|2/3|4/5|6")
            << "blank_lines:3@3";
        QTest::newRow("bom.csv") << 1 << ",." << "utf-8" << true
            << QString::fromUtf8("a:number|b:number")
            << QString::fromUtf8("1|2")
            << "";
        QTest::newRow("booleans.csv") << 3 << ",." << "utf-8" << true
            << QString::fromUtf8("a:boolean|b:boolean|c:boolean|d:number|e:boolean")
            << QString::fromUtf8("yes|TRUE|f|0|on/no|FALSE|t|1|off/yes|TRUE|t|0|on")
            << "";
        QTest::newRow("comments.csv") << 2 << ",." << "utf-8" << true
            << QString::fromUtf8("t:number|v:number")
            << QString::fromUtf8("0|1.5/1|2.5")
            << "comment_lines_above:2@1 comment_lines:1@5";
        QTest::newRow("country_codes.csv") << 4 << ",." << "utf-8" << true
            << QString::fromUtf8("code:category|people:number")
            << QString::fromUtf8("DE|83/FR|68/NA|3")
            << "missing_word_kept:1@4?";
        QTest::newRow("cr_only.csv") << 2 << ",." << "utf-8" << true
            << QString::fromUtf8("a:number|b:number")
            << QString::fromUtf8("1|2/3|4")
            << "";
        QTest::newRow("crlf.csv") << 2 << ",." << "utf-8" << true
            << QString::fromUtf8("a:number|b:number|c:category")
            << QString::fromUtf8("1|2|x/3|4|y")
            << "";
        QTest::newRow("currency.csv") << 3 << ",." << "utf-8" << true
            << QString::fromUtf8("item:category|price:number:$")
            << QString::fromUtf8("pen|1234.5/ink|5/cap|-2.5")
            << "thousands_separator:1@2 currency:3@2";
        QTest::newRow("dates_ambiguous.csv") << 2 << ",." << "utf-8" << true
            << QString::fromUtf8("d:date|x:number")
            << QString::fromUtf8("2024-01-02|1/2024-03-04|2")
            << "ambiguous_date:2@2?";
        QTest::newRow("dates_day_first.csv") << 2 << ",." << "utf-8" << true
            << QString::fromUtf8("d:date|x:number")
            << QString::fromUtf8("2023-12-31|1/2024-02-01|2")
            << "";
        QTest::newRow("dates_dotted.csv") << 2 << ";." << "utf-8" << true
            << QString::fromUtf8("d:date|x:number")
            << QString::fromUtf8("2023-12-31|1/2024-02-01|2")
            << "delimiter:0@0";
        QTest::newRow("dates_iso.csv") << 2 << ",." << "utf-8" << true
            << QString::fromUtf8("d:date|t:date|z:date")
            << QString::fromUtf8("2024-02-29|2024-02-29 13:05:00|2024-01-01 12:00:00/2023-12-31|2024-03-01 00:00:30.500|2024-01-01 10:00:00")
            << "time_zone:2@2";
        QTest::newRow("dates_month_first.csv") << 2 << ",." << "utf-8" << true
            << QString::fromUtf8("d:date|x:number")
            << QString::fromUtf8("2023-12-31|1/2024-01-02|2")
            << "";
        QTest::newRow("dates_words.csv") << 2 << ",." << "utf-8" << true
            << QString::fromUtf8("d:date|e:date")
            << QString::fromUtf8("2024-01-12|2024-03-05/2023-02-01|2023-12-31")
            << "";
        QTest::newRow("duplicate_names.csv") << 2 << ",." << "utf-8" << true
            << QString::fromUtf8("x:number|x_2:number|y:number|x_3:number")
            << QString::fromUtf8("1|2|3|4/5|6|7|8")
            << "duplicate_names:2@1";
        QTest::newRow("empty_names.csv") << 2 << ",." << "utf-8" << true
            << QString::fromUtf8("column_1:number|x:number|column_3:number")
            << QString::fromUtf8("1|2|3/4|5|6")
            << "empty_names:2@1";
        QTest::newRow("empty_rows.csv") << 3 << ",." << "utf-8" << true
            << QString::fromUtf8("a:number|b:number")
            << QString::fromUtf8("1|2/|/3|4")
            << "empty_rows:1@3?";
        QTest::newRow("hash_data.csv") << 3 << ",." << "utf-8" << true
            << QString::fromUtf8("colour:category|n:number")
            << QString::fromUtf8("#ff0000|1/#00ff00|2/red|3")
            << "";
        QTest::newRow("hash_header.csv") << 2 << ",." << "utf-8" << true
            << QString::fromUtf8("id:number|x:number")
            << QString::fromUtf8("1|2.5/2|3.5")
            << "hash_header:1@1?";
        QTest::newRow("hex_is_text.csv") << 2 << ",." << "utf-8" << true
            << QString::fromUtf8("x:category|y:number")
            << QString::fromUtf8("0x1F|1/10|2")
            << "";
        QTest::newRow("hostile.csv") << 2 << ",." << "utf-8" << true
            << QString::fromUtf8("<b>bold</b>:category|=1+1:category|x:number")
            << QString::fromUtf8("<script>|=2+2|1/%s%n|+3|2")
            << "";
        QTest::newRow("late_text.csv") << 301 << ",." << "utf-8" << true
            << QString::fromUtf8("x:text")
            << QString::fromUtf8("0/1/2")
            << "words_among_numbers:1@302?";
        QTest::newRow("latin1.csv") << 2 << ",." << "latin-1" << true
            << QString::fromUtf8("Straße:category|Höhe:number")
            << QString::fromUtf8("München|1.5/Köln|2.5")
            << "encoding:0@1?";
        QTest::newRow("leading_zeros.csv") << 3 << ",." << "utf-8" << true
            << QString::fromUtf8("zip:category|n:number")
            << QString::fromUtf8("02139|1/10001|2/00501|3")
            << "leading_zeros:2@2";
        QTest::newRow("long_rows.csv") << 4 << ",." << "utf-8" << true
            << QString::fromUtf8("a:number|b:number|column_3:number")
            << QString::fromUtf8("1|2|/3|4|5/6|7|")
            << "long_rows:1@3?";
        QTest::newRow("missing_spellings.csv") << 4 << ",." << "utf-8" << true
            << QString::fromUtf8("a:number|b:number|c:number|d:category")
            << QString::fromUtf8("1|||x/|2||y/3||4|")
            << "missing_spelling:8@2 missing_in_text:1@4?";
        QTest::newRow("mixed_decimals.csv") << 3 << ";." << "utf-8" << true
            << QString::fromUtf8("a:category|b:category")
            << QString::fromUtf8("1.5|x/2.5|y/3,5|z")
            << "delimiter:0@0 mixed_decimals:1@4? header_assumed:1@1? words_among_numbers:1@4?";
        QTest::newRow("no_final_newline.csv") << 2 << ",." << "utf-8" << true
            << QString::fromUtf8("a:number|b:number")
            << QString::fromUtf8("1|2/3|4")
            << "";
        QTest::newRow("no_header.csv") << 3 << ",." << "utf-8" << false
            << QString::fromUtf8("column_1:number|column_2:number|column_3:category")
            << QString::fromUtf8("1|2.5|a/2|3.5|b/3|4.5|a")
            << "no_header:0@1";
        QTest::newRow("numbers_edge.csv") << 13 << ",." << "utf-8" << true
            << QString::fromUtf8("x:number")
            << QString::fromUtf8("inf/-inf/0")
            << "overflow:2@2? underflow:1@4 rounded:2@9? infinite:1@14?";
        QTest::newRow("one_column.csv") << 3 << ",." << "utf-8" << true
            << QString::fromUtf8("x:number")
            << QString::fromUtf8("1/2/3")
            << "blank_lines:1@4";
        QTest::newRow("one_column_decimal_comma.csv") << 3 << ";," << "utf-8" << true
            << QString::fromUtf8("x:number")
            << QString::fromUtf8("1.5/2.5/3.25")
            << "decimal_comma:3@2?";
        QTest::newRow("one_column_missing.csv") << 3 << ",." << "utf-8" << true
            << QString::fromUtf8("x:number")
            << QString::fromUtf8("1//3")
            << "";
        QTest::newRow("packed.csv.gz") << 2 << ",." << "utf-8" << true
            << QString::fromUtf8("a:number|b:number")
            << QString::fromUtf8("1|2.5/3|4.5")
            << "gzip:0@0";
        QTest::newRow("percent.csv") << 3 << ",." << "utf-8" << true
            << QString::fromUtf8("name:category|share:number:%")
            << QString::fromUtf8("a|12/b|7.5/c|100")
            << "percent:3@2";
        QTest::newRow("pipe.csv") << 2 << "|." << "utf-8" << true
            << QString::fromUtf8("x:number|y:number")
            << QString::fromUtf8("1|2.5/3|4.5")
            << "delimiter:0@0";
        QTest::newRow("plain.csv") << 3 << ",." << "utf-8" << true
            << QString::fromUtf8("id:number|height:number|name:category")
            << QString::fromUtf8("1|1.5|ann/2|2.25|bob/3|-3|ann")
            << "";
        QTest::newRow("quoted_crlf_inside.csv") << 2 << ",." << "utf-8" << true
            << QString::fromUtf8("id:number|text:category")
            << QString::fromUtf8("1|one\r\ntwo/2|three")
            << "";
        QTest::newRow("quoted_na.csv") << 4 << ",." << "utf-8" << true
            << QString::fromUtf8("name:category|x:number")
            << QString::fromUtf8("NA|1/|2/foo|3")
            << "missing_in_text:1@3?";
        QTest::newRow("quotes.csv") << 5 << ",." << "utf-8" << true
            << QString::fromUtf8("id:number|text:category")
            << QString::fromUtf8("1|a \"b\" c/2|with, comma/3|line one\nline two")
            << "";
        QTest::newRow("row_names.csv") << 3 << ",." << "utf-8" << true
            << QString::fromUtf8("row_name:category|x:number|y:number")
            << QString::fromUtf8("first|1|2/second|3|4/third|5|6")
            << "row_names:1@1?";
        QTest::newRow("semicolon_decimal_comma.csv") << 3 << ";," << "utf-8" << true
            << QString::fromUtf8("x:number|y:number")
            << QString::fromUtf8("1.5|2.25/3.75|-4.5/10|0.125")
            << "delimiter:0@0 decimal_comma:5@2";
        QTest::newRow("semicolon_only_groups.csv") << 2 << ";," << "utf-8" << true
            << QString::fromUtf8("a:number|b:category")
            << QString::fromUtf8("1.234|x/5.678|y")
            << "delimiter:0@0 decimal_comma:2@2?";
        QTest::newRow("sep_line.csv") << 2 << ";." << "utf-8" << true
            << QString::fromUtf8("a:number|b:number")
            << QString::fromUtf8("1|2/3|4")
            << "separator_line:1@1 delimiter:0@0";
        QTest::newRow("short_rows.csv") << 4 << ",." << "utf-8" << true
            << QString::fromUtf8("a:number|b:number|c:number")
            << QString::fromUtf8("1|2|3/4|5|/6||")
            << "short_rows:2@3?";
        QTest::newRow("space_before_quote.csv") << 2 << ",." << "utf-8" << true
            << QString::fromUtf8("id:number|name:category")
            << QString::fromUtf8("1|Smith, John/2|Doe, Jane")
            << "space_before_quote:2@2";
        QTest::newRow("spaces_aligned.csv") << 2 << " ." << "utf-8" << true
            << QString::fromUtf8("x:number|y:number|label:category")
            << QString::fromUtf8("1|2.5|a/10|3.5|b")
            << "delimiter:0@0";
        QTest::newRow("stray_quotes.csv") << 3 << ",." << "utf-8" << true
            << QString::fromUtf8("id:number|pipe:category")
            << QString::fromUtf8("1|5\" pipe/2|6\" pipe/3|closed then more")
            << "stray_quotes:2@2? text_after_quote:1@4?";
        QTest::newRow("tab.csv") << 2 << "\t." << "utf-8" << true
            << QString::fromUtf8("x:number|y:number")
            << QString::fromUtf8("1|2.5/3|4.5")
            << "delimiter:0@0";
        QTest::newRow("thousands_ambiguous.csv") << 3 << ",." << "utf-8" << true
            << QString::fromUtf8("city:category|people:number")
            << QString::fromUtf8("A|1234/B|5678/C|900")
            << "ambiguous_thousands:2@2?";
        QTest::newRow("thousands_apostrophe.csv") << 2 << ";." << "utf-8" << true
            << QString::fromUtf8("a:number|b:number")
            << QString::fromUtf8("1234.5|1/2345.5|2")
            << "delimiter:0@0 thousands_separator:2@2";
        QTest::newRow("thousands_clear.csv") << 3 << ",." << "utf-8" << true
            << QString::fromUtf8("city:category|people:number")
            << QString::fromUtf8("A|1234567/B|12345.5/C|900")
            << "thousands_separator:2@2";
        QTest::newRow("thousands_dot.csv") << 3 << ";," << "utf-8" << true
            << QString::fromUtf8("a:number|b:category")
            << QString::fromUtf8("1234.5|x/2345678.25|y/7.5|z")
            << "delimiter:0@0 decimal_comma:3@2 thousands_separator:2@2";
        QTest::newRow("thousands_spaces.csv") << 2 << ";," << "utf-8" << true
            << QString::fromUtf8("a:number|b:number")
            << QString::fromUtf8("1234.5|2345/1234567|3456")
            << "delimiter:0@0 decimal_comma:1@2 thousands_separator:4@2";
        QTest::newRow("title_lines.csv") << 3 << ",." << "utf-8" << true
            << QString::fromUtf8("day:number|mass (g):number:g|length [mm]:number:mm")
            << QString::fromUtf8("1|2.5|30/2|3.5|31/3|4.5|32")
            << "blank_lines_above:1@2 title_lines:1@1?";
        QTest::newRow("trailing_delimiter_all.csv") << 2 << ",." << "utf-8" << true
            << QString::fromUtf8("a:number|b:number|c:number")
            << QString::fromUtf8("1|2|3/4|5|6")
            << "trailing_delimiter:2@2";
        QTest::newRow("trailing_delimiter_rows.csv") << 2 << ",." << "utf-8" << true
            << QString::fromUtf8("a:number|b:number|c:number")
            << QString::fromUtf8("1|2|3/4|5|6")
            << "trailing_delimiter:2@2";
        QTest::newRow("trimmed_words.csv") << 3 << ",." << "utf-8" << true
            << QString::fromUtf8("name:category|x:number")
            << QString::fromUtf8("ann|1/ann|2/bob|3")
            << "spaces_trimmed:1@2";
        QTest::newRow("unicode_minus.csv") << 2 << ",." << "utf-8" << true
            << QString::fromUtf8("x:number|y:number")
            << QString::fromUtf8("-5|1/3|-2.5")
            << "unicode_minus:2@2";
        QTest::newRow("units.csv") << 1 << ",." << "utf-8" << true
            << QString::fromUtf8("mass (g):number:g|length [mm]:number:mm|plain:number")
            << QString::fromUtf8("1|2|3")
            << "";
        QTest::newRow("utf16be_bom.csv") << 2 << ";," << "utf-16be" << true
            << QString::fromUtf8("Größe:number|Name:category")
            << QString::fromUtf8("1.5|Jörg/2.5|Zoë")
            << "encoding:0@0 delimiter:0@0 decimal_comma:2@2";
        QTest::newRow("utf16be_no_mark.csv") << 2 << ",." << "utf-16be" << true
            << QString::fromUtf8("size:number|name:category")
            << QString::fromUtf8("1.5|Joe/2.5|Zoe")
            << "encoding:0@0?";
        QTest::newRow("utf16le_bom.csv") << 2 << "\t." << "utf-16le" << true
            << QString::fromUtf8("Größe:number|Name:category")
            << QString::fromUtf8("1.5|Jörg/2.5|Zoë")
            << "encoding:0@0 delimiter:0@0";
        QTest::newRow("utf16le_no_mark.csv") << 2 << ",." << "utf-16le" << true
            << QString::fromUtf8("size:number|name:category")
            << QString::fromUtf8("1.5|Joe/2.5|Zoe")
            << "encoding:0@0?";
        QTest::newRow("windows1252.csv") << 2 << ",." << "windows-1252" << true
            << QString::fromUtf8("name:category|price:number:€")
            << QString::fromUtf8("“quoted”|1.5/“other”|2.5")
            << "encoding:0@2? currency:2@2";
        QTest::newRow("years_in_header.csv") << 2 << ",." << "utf-8" << true
            << QString::fromUtf8("country:category|2019:number|2020:number")
            << QString::fromUtf8("A|1.5|2.5/B|3.5|4.5")
            << "header_with_numbers:2@1?";
    }

    void readsAsAPersonExpects()
    {
        const auto import = readCsv(pathOf(QString::fromUtf8(QTest::currentDataTag())));
        QVERIFY2(import, import ? "" : import.error().message.c_str());
        QTEST(int(import->table.rows()), "rows");
        QTEST((QString(QLatin1Char(import->receipt.delimiter)) + QLatin1Char(import->receipt.decimal)), "signs");
        QTEST(QString::fromStdString(import->receipt.encoding), "encoding");
        QTEST(import->receipt.header, "header");
        QTEST(describeColumns(import->table), "columns");
        QTEST(describeRows(import->table, 3), "firstRows");
        QTEST(describeReceipt(import->receipt), "receipt");
    }

    void refusesWithASentence_data()
    {
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("words");
        QTest::addColumn<int>("line");
        QTest::newRow("empty.csv") << int(ErrorCode::EmptyData) << "is empty" << 0;
        QTest::newRow("only_blank.csv") << int(ErrorCode::EmptyData) << "no rows" << 0;
        QTest::newRow("header_only.csv") << int(ErrorCode::EmptyData) << "a header but no rows" << 0;
        QTest::newRow("picture.csv") << int(ErrorCode::NotText) << "a PNG picture" << 0;
        QTest::newRow("archive.csv") << int(ErrorCode::NotText) << "spreadsheet" << 0;
        QTest::newRow("document.csv") << int(ErrorCode::NotText) << "a PDF document" << 0;
        QTest::newRow("nul.csv") << int(ErrorCode::NotText) << "zero bytes" << 0;
        QTest::newRow("web_page.csv") << int(ErrorCode::NotText) << "a web page" << 0;
        QTest::newRow("unclosed_quote.csv") << int(ErrorCode::RaggedRow) << "opens in line 2" << 2;
        QTest::newRow("utf16_half.csv") << int(ErrorCode::BadEncoding) << "cut short" << 0;
        QTest::newRow("packed_cut.csv.gz") << int(ErrorCode::ReadFailed) << "ends in the middle" << 0;
        QTest::newRow("no_such_file.csv") << int(ErrorCode::FileNotFound) << "There is no file" << 0;
    }

    void refusesWithASentence()
    {
        QFETCH(int, line);
        const auto import = readCsv(pathOf(QString::fromUtf8(QTest::currentDataTag())));
        QVERIFY(!import);
        QTEST(int(import.error().code), "code");
        QFETCH(QString, words);
        QVERIFY2(QString::fromStdString(import.error().message).contains(words), import.error().message.c_str());
        QCOMPARE(int(import.error().place.line.value_or(0)), line);
    }

    /// Quotes, line ends and characters of several bytes fall on block borders in every way.
    void readsTheSameTableHoweverItIsCut_data()
    {
        QTest::addColumn<int>("chunk");
        for (const QString& name : QDir(folder).entryList(QDir::Files))
            for (const int chunk : {1, 2, 3, 7, 64, 65536})
                QTest::newRow(qPrintable(QStringLiteral("%1 in pieces of %2").arg(name).arg(chunk))) << chunk;
    }

    void readsTheSameTableHoweverItIsCut()
    {
        QFETCH(int, chunk);
        const QString name = QString::fromUtf8(QTest::currentDataTag()).section(QLatin1Char(' '), 0, 0);
        CsvOptions options;
        options.chunkBytes = std::size_t(chunk);
        QCOMPARE(describe(readCsv(pathOf(name), options)), describe(readCsv(pathOf(name))));
    }

    /// The fast way for plain files and the general one give the same: a compressed file takes the general one.
    void readsFileAndMemoryAlike()
    {
        for (const QString& name : QDir(folder).entryList({QStringLiteral("*.csv")}, QDir::Files)) {
            QFile file(folder + name);
            QVERIFY(file.open(QIODevice::ReadOnly));
            const QByteArray bytes = file.readAll();
            const auto fromMemory = readCsvBytes({bytes.data(), std::size_t(bytes.size())});
            const auto fromFile = readCsv(pathOf(name));
            QCOMPARE(fromMemory.hasValue(), fromFile.hasValue());
            if (fromFile)
                QCOMPARE(describe(fromMemory), describe(fromFile));
        }
    }

    void readsTheSameWithAnyNumberOfThreads()
    {
        for (const QString& name : QDir(folder).entryList(QDir::Files)) {
            CsvOptions options;
            options.chunkBytes = 16;
            setThreadCount(1);
            const QString alone = describe(readCsv(pathOf(name), options));
            setThreadCount(4);
            QCOMPARE(describe(readCsv(pathOf(name), options)), alone);
        }
        setThreadCount(0);
    }
};

QTEST_GUILESS_MAIN(TestCsvCorpus)
#include "tst_csv_corpus.moc"
