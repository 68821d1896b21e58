// The kernels that read CSV, of every instruction-set level that this processor can run, beside readers that go byte by byte.

#include "core/kernels/csv.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <dlfcn.h>
#include <sys/mman.h>
#include <unistd.h>

using namespace modelarium::kernels;

namespace {

constexpr std::size_t padding = 64;

/// The kernels of one level, from their own library.
struct Level {
    decltype(&modelariumCsvStructure) structure = nullptr, structureWithoutVbmi2 = nullptr;
    decltype(&modelariumCsvNumbers) numbers = nullptr;
};

bool canRun(const std::string& level)
{
#if defined(__x86_64__)
    if (level == "x86-64-v3")
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
    if (level == "x86-64-v4")
        return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq")
            && __builtin_cpu_supports("avx512vl");
#endif
    return level == "baseline";
}

/// Null functions where there is no such library, or none that can run here.
Level open(const std::string& level)
{
    const std::string folder = MODELARIUM_BINARY_DIR "/lib/" + (level == "baseline" ? "" : "glibc-hwcaps/" + level + "/");
    const std::string path = folder + "libmodelarium_kernels.so";
    if (!canRun(level) || access(path.c_str(), R_OK) != 0)
        return {};
    void* const library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library)
        qFatal("%s", dlerror());
    return {reinterpret_cast<decltype(&modelariumCsvStructure)>(dlsym(library, "modelariumCsvStructure")),
            reinterpret_cast<decltype(&modelariumCsvStructure)>(dlsym(library, "modelariumCsvStructureWithoutVbmi2")),
            reinterpret_cast<decltype(&modelariumCsvNumbers)>(dlsym(library, "modelariumCsvNumbers"))};
}

/// Memory of exact size: behind it, or right before it, is a page that nobody can touch, with sanitizers or without.
template <class T>
class Fenced {
public:
    enum Side { Behind, Before };
    explicit Fenced(std::size_t size, Side side = Behind)
    {
        const std::size_t page = std::size_t(sysconf(_SC_PAGESIZE)), pages = (size * sizeof(T) + page - 1) / page;
        m_bytes = (pages + 2) * page;
        m_all = static_cast<char*>(mmap(nullptr, m_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
        if (m_all == MAP_FAILED || (pages > 0 && mprotect(m_all + page, pages * page, PROT_READ | PROT_WRITE) != 0))
            qFatal("no memory");
        m_data = reinterpret_cast<T*>(side == Behind ? m_all + m_bytes - page - size * sizeof(T) : m_all + page);
    }
    template <class Values>
    explicit Fenced(const Values& values, Side side = Behind) : Fenced(values.size(), side)
    {
        std::copy(values.begin(), values.end(), m_data);
    }
    Fenced(Fenced&& other) noexcept : m_all(std::exchange(other.m_all, nullptr)), m_bytes(other.m_bytes), m_data(other.m_data) {}
    ~Fenced()
    {
        if (m_all)
            munmap(m_all, m_bytes);
    }
    T* data() const { return m_data; }

private:
    char* m_all;
    std::size_t m_bytes;
    T* m_data;
};

/// -12.5 and nothing else that is longer, larger or more clever; its value.
bool isPlain(const std::string& cell, char decimal, double& value)
{
    const std::string body = cell.substr(cell.starts_with('-'));
    const auto points = std::count(body.begin(), body.end(), decimal);
    const auto digits = std::count_if(body.begin(), body.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (body.size() > 16 || points > 1 || digits == 0 || std::size_t(points + digits) != body.size())
        return false;
    if (points == 0 && body.size() > 1 && body[0] == '0')
        return false;
    std::string whole = body;
    std::erase(whole, decimal);
    if (std::strtoull(whole.c_str(), nullptr, 10) >= (1ull << 53))
        return false;
    std::string written = cell;
    std::replace(written.begin(), written.end(), decimal, '.');
    value = std::strtod(written.c_str(), nullptr);
    return true;
}

using Generator = std::mt19937;
std::size_t below(Generator& generator, std::size_t count) { return generator() % count; }

std::string printed(Generator& generator)
{
    const double x = (double(generator()) / 1e9 - 2) * std::pow(10.0, double(below(generator, 9)) - 3);
    char text[64];
    std::snprintf(text, sizeof text, below(generator, 2) ? "%.*f" : "%.*g", int(below(generator, 9)), x);
    return text;
}

std::string digitsAndPoints(Generator& generator)
{
    std::string cell = below(generator, 2) ? "-" : "";
    for (std::size_t left = below(generator, 19); left > 0; --left)
        cell += char('0' + below(generator, 10));
    for (std::size_t points = below(generator, 4); points > 0 && !cell.empty(); --points)
        cell[below(generator, cell.size())] = '.';
    return cell;
}

std::string anything(Generator& generator)
{
    static const std::string letters = "0123456789.-+eE \"0123456789.\xC3\xA4/:x";
    std::string cell;
    for (std::size_t left = below(generator, 22); left > 0; --left)
        cell += letters[below(generator, letters.size())];
    return cell;
}

std::string edge(Generator& generator)
{
    static const std::vector<std::string> cells{
        "", ".", "-", "-.", "0", "00", "-0", "-00", "0.", "-0.", ".0", "-.5", "007", "1.2.3", "..", "--1", "1-", "-1-", "9007199254740991", "9007199254740992",
        "9007199254740993", "-9007199254740991", "0000000000000000", "0.00000000000000", "999999999999999", ".000000000000001", "123456789012345.",
        "1234567890123456", "12345678901234567", "-1234567890123456", "1e5", "NA", "nan", "inf", "1/2", "1:2", "1,5", "/", ":", "1 ", " 1", "+1"};
    return cells[below(generator, cells.size())];
}

std::string cellOf(Generator& generator, bool plainOnly)
{
    const std::size_t kind = plainOnly ? 0 : below(generator, 8);
    return kind < 3 ? printed(generator) : kind == 3 ? std::to_string(below(generator, 1000)) : kind == 4 ? digitsAndPoints(generator)
        : kind == 5 ? anything(generator) : kind == 6 ? edge(generator) : std::string();
}

/// Delimiters and line ends outside quotes, one byte after the other.
std::vector<std::uint32_t> structureOf(const std::string& text, char delimiter, bool& inside)
{
    std::vector<std::uint32_t> places;
    for (std::size_t i = 0; i < text.size(); ++i) {
        inside ^= text[i] == '"';
        if (!inside && (text[i] == delimiter || text[i] == '\n'))
            places.push_back(std::uint32_t(i));
    }
    return places;
}

std::string delimited(Generator& generator, std::size_t size, std::size_t kind)
{
    // Few ends and many, quotes and none, carriage returns, bytes beyond ASCII.
    static const std::vector<std::string> letters{"abcdefgh,\n", ",\n", "abcdefghijklmnopqrstuvwxyz0123456789.-,", "ab,\"\n", "\"\"\"a,\n", "a,\r\n\"", "\xC3\xA4,\nabc\""};
    const std::string& some = letters[kind % letters.size()];
    std::string text;
    while (text.size() < size)
        text += some[below(generator, some.size())];
    return text;
}

} // namespace

class TestCsvKernels : public QObject {
    Q_OBJECT

private slots:
    void numbersAreThoseOfStrtod_data() { levels(); }
    void numbersAreThoseOfStrtod();
    void tallColumnsAreThoseOfStrtod_data() { levels(); }
    void tallColumnsAreThoseOfStrtod();
    void structureIsThatOfAByteByByteScan_data()
    {
        levels();
        QTest::newRow("x86-64-v4 without VBMI2") << QString("x86-64-v4 without VBMI2");
    }
    void structureIsThatOfAByteByByteScan();

private:
    static void levels()
    {
        QTest::addColumn<QString>("level");
        for (const char* level : {"baseline", "x86-64-v3", "x86-64-v4"})
            QTest::newRow(level) << QString(level);
    }
};

void TestCsvKernels::numbersAreThoseOfStrtod()
{
    QFETCH(QString, level);
    const auto convert = open(level.toStdString()).numbers;
    if (!convert)
        QSKIP("this processor or build has no such level");
    Generator generator(7);
    for (int round = 0; round < 4000; ++round) {
        // Some columns of the rows, sometimes more than are converted at once; the ends of the last one may stand apart, as beside a CR.
        const std::size_t columns = round % 50 == 0 ? 60 + below(generator, 90) : 1 + below(generator, 24), rows = below(generator, 60);
        const bool all = below(generator, 2), apart = below(generator, 4) == 0, plainOnly = below(generator, 3) == 0;
        const char decimal = below(generator, 4) ? '.' : ',';
        const std::uint32_t bias = below(generator, 2) ? 1 : 0;
        std::string text(padding, '7');
        std::vector<std::string> cells;
        std::vector<std::uint32_t> begins, ends, lastEnds;
        for (std::size_t i = 0; i < rows * columns; ++i) {
            std::string cell = cellOf(generator, plainOnly);
            if (decimal == ',')
                std::replace(cell.begin(), cell.end(), '.', ',');
            begins.push_back(std::uint32_t(text.size() - padding) - bias);
            text += cell;
            ends.push_back(std::uint32_t(text.size() - padding));
            if (i % columns == columns - 1)
                lastEnds.push_back(ends.back());
            text += below(generator, 8) ? ";" : "\"; 5";
            cells.push_back(std::move(cell));
        }
        text += std::string(padding, '5');
        std::vector<std::size_t> chosen;
        for (std::size_t j = 0; j < columns; ++j)
            if (all || below(generator, 3) == 0 || (j + 1 == columns && chosen.empty()))
                chosen.push_back(j);
        std::vector<std::vector<double>> values(chosen.size(), std::vector<double>(rows));
        std::vector<std::vector<std::uint32_t>> unusual(chosen.size(), std::vector<std::uint32_t>(rows));
        std::vector<CsvNumberColumn> converted;
        for (std::size_t k = 0; k < chosen.size(); ++k) {
            const bool last = apart && chosen[k] + 1 == columns;
            const CsvCells place{text.data() + padding, begins.data() + chosen[k], last ? lastEnds.data() : ends.data() + chosen[k], columns,
                                 last ? 1 : columns, bias};
            converted.push_back({place, values[k].data(), unusual[k].data(), 99});
        }
        convert(converted.data(), converted.size(), rows, decimal);
        for (std::size_t k = 0; k < chosen.size(); ++k) {
            std::size_t next = 0;
            for (std::size_t row = 0; row < rows; ++row) {
                const std::string& cell = cells[row * columns + chosen[k]];
                double expected = 0;
                const bool plain = isPlain(cell, decimal, expected);
                const bool listed = next < converted[k].unusualCount && unusual[k][next] == row;
                next += listed;
                QVERIFY2(plain != listed, cell.c_str());
                QVERIFY2(!plain || std::memcmp(&expected, &values[k][row], sizeof expected) == 0, cell.c_str());
            }
            QCOMPARE(next, converted[k].unusualCount);
        }
    }
}

void TestCsvKernels::tallColumnsAreThoseOfStrtod()
{
    QFETCH(QString, level);
    const auto convert = open(level.toStdString()).numbers;
    if (!convert)
        QSKIP("this processor or build has no such level");
    Generator generator(9);
    // Tiles are of 1,024 cells: one, several, and what is left of them.
    for (const std::size_t rows : std::vector<std::size_t>{8, 1016, 1023, 1024, 1025, 1032, 2048, 3077, 5000})
        for (const std::size_t columns : std::vector<std::size_t>{1, 2, 3, 9, 70})
            for (const auto side : {Fenced<char>::Behind, Fenced<char>::Before}) {
                // Every seventh cell is empty, and a '-' stands 16 bytes before its end.
                const std::string beforeEmpty = "-12345678901234";
                std::string text(16, '-');
                std::vector<std::string> cells;
                std::vector<std::uint32_t> begins, ends;
                for (std::size_t i = 0; i < rows * columns; ++i) {
                    cells.push_back(i % 7 == 0 ? "" : i % 7 == 6 ? beforeEmpty : cellOf(generator, side == Fenced<char>::Before));
                    begins.push_back(std::uint32_t(text.size()));
                    text += cells.back();
                    ends.push_back(std::uint32_t(text.size()));
                    text += ';';
                }
                const Fenced<char> fencedText(text, side);
                const Fenced<std::uint32_t> fencedBegins(begins), fencedEnds(ends);
                std::vector<Fenced<double>> values;
                std::vector<Fenced<std::uint32_t>> unusual;
                std::vector<CsvNumberColumn> converted;
                for (std::size_t k = 0; k < columns; ++k) {
                    values.emplace_back(rows);
                    unusual.emplace_back(rows);
                    const CsvCells place{fencedText.data(), fencedBegins.data() + k, fencedEnds.data() + k, columns, columns, 0};
                    converted.push_back({place, values[k].data(), unusual[k].data(), 99});
                }
                convert(converted.data(), columns, rows, '.');
                for (std::size_t k = 0; k < columns; ++k) {
                    std::size_t next = 0;
                    for (std::size_t row = 0; row < rows; ++row) {
                        const std::string& cell = cells[row * columns + k];
                        double expected = 0;
                        const bool plain = isPlain(cell, '.', expected);
                        const bool listed = next < converted[k].unusualCount && unusual[k].data()[next] == row;
                        next += listed;
                        QVERIFY2(plain != listed, cell.c_str());
                        QVERIFY2(!plain || std::memcmp(&expected, values[k].data() + row, sizeof expected) == 0, cell.c_str());
                    }
                    QCOMPARE(next, converted[k].unusualCount);
                }
            }
}

void TestCsvKernels::structureIsThatOfAByteByByteScan()
{
    QFETCH(QString, level);
    const bool withoutVbmi2 = level.endsWith(" without VBMI2");
    const Level opened = open(level.remove(" without VBMI2").toStdString());
    const auto scan = withoutVbmi2 ? opened.structureWithoutVbmi2 : opened.structure;
    const auto baseline = open("baseline").structure;
    QVERIFY(baseline);
    if (!scan)
        QSKIP("this processor or build has no such level");
    Generator generator(8);
    for (std::size_t round = 0; round < 6000; ++round) {
        const char delimiter = round % 2 ? ',' : ';';
        std::string text = delimited(generator, below(generator, 400), round / 2);
        if (delimiter == ';')
            std::replace(text.begin(), text.end(), ',', ';');
        const Fenced<char> padded(text + std::string(padding, ','));
        // In one piece or in two: what the first one ends with is carried over.
        const std::size_t cut = round % 3 ? below(generator, text.size() + 1) : text.size();
        CsvScanState state, other;
        const auto inTwo = [&](auto function, CsvScanState& carried) {
            std::vector<std::uint32_t> places;
            for (const auto& [begin, end] : {std::pair(std::size_t(0), cut), std::pair(cut, text.size())}) {
                const Fenced<std::uint32_t> piece(end - begin + 64);
                places.insert(places.end(), piece.data(), piece.data() + function(padded.data(), begin, end, delimiter, piece.data(), &carried));
            }
            return places;
        };
        const std::vector<std::uint32_t> places = inTwo(scan, state), others = inTwo(baseline, other);
        bool inside = false;
        QCOMPARE(places, structureOf(text, delimiter, inside));
        QCOMPARE(others, places);
        QCOMPARE(state.inside != 0, inside);
        QCOMPARE(state.lines, std::size_t(std::count(text.begin(), text.end(), '\n')));
        QCOMPARE(state.quotes != 0, text.find('"') != std::string::npos);
        QCOMPARE(state.carriageReturns != 0, text.find('\r') != std::string::npos);
        QCOMPARE(state.notAscii != 0, std::any_of(text.begin(), text.end(), [](char c) { return (c & 0x80) != 0; }));
        QCOMPARE(state.unusual != 0, other.unusual != 0);
    }
}

QTEST_APPLESS_MAIN(TestCsvKernels)
#include "tst_csv_kernels.moc"
