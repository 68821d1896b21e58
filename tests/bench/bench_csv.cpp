// W1: a CSV file to typed columns.
//   bench_csv make num|mixed ROWS FILE    writes the data, always the same
//   bench_csv read FILE TIMES             seconds of each reading, sum of all numbers, peak memory, as JSON (for w1_csv.py)
//   bench_csv first FILE TIMES ROWS       the same of a stream's first rows, the rest of the file left alone
//   bench_csv [--benchmark_...]           Google Benchmark on files of 100,000 rows in the temporary folder

#include "core/base/random.h"
#include "core/data/csv_reader.h"
#include "core/data/csv_stream.h"

#include <benchmark/benchmark.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>

#include <sys/resource.h>

using namespace modelarium;

namespace {

/// Ten numbers with six decimals and a whole one.
void makeNumbers(std::size_t rows, const std::string& path)
{
    std::ofstream out(path, std::ios::binary);
    out << "f0,f1,f2,f3,f4,f5,f6,f7,f8,f9,target\n";
    Random random(1);
    char text[64];
    for (std::size_t row = 0; row < rows; ++row) {
        double sum = 0;
        for (int j = 0; j < 10; ++j) {
            const double x = random.normal() * (j + 1);
            sum += x;
            out.write(text, std::snprintf(text, sizeof text, "%.6f,", x));
        }
        out.write(text, std::snprintf(text, sizeof text, "%ld\n", std::lround(sum)));
    }
}

/// Whole numbers, categories, quoted text, missing cells, dates and booleans.
void makeMixed(std::size_t rows, const std::string& path)
{
    static constexpr const char* cities[] = {"Amsterdam", "Berlin", "Rome", "Lisbon", "\"New York, NY\"", "Paris", "Oslo", "\"Sao Paulo\""};
    static constexpr const char* labels[] = {"low", "mid", "high"};
    std::ofstream out(path, std::ios::binary);
    out << "id,city,comment,price,qty,ratio,date,flag,score,label\n";
    Random random(2);
    char text[64];
    const auto print = [&](const char* format, auto... values) { out.write(text, std::snprintf(text, sizeof text, format, values...)); };
    for (std::size_t row = 0; row < rows; ++row) {
        print("%zu,%s,", row, cities[random.below(8)]);
        const auto kind = random.below(10);
        if (kind < 3)
            print("\"said \"\"ok\"\", then left %d\"", int(random.below(100000)));
        else if (kind < 9)
            print("note %d", int(random.below(1000)));
        out << ',';
        if (random.below(20))
            print("%.2f", random.uniform(0, 1000));
        if (random.below(20))
            print(",%d", int(random.below(500)));
        else
            out << ",NA";
        print(",%.6g", random.normal());
        print(",20%02d-%02d-%02d,%s,", int(random.below(25)), int(1 + random.below(12)), int(1 + random.below(28)), random.below(2) ? "true" : "false");
        if (random.below(10))
            print("%.10g", random.normal() * 100);
        print(",%s\n", labels[random.below(3)]);
    }
}

double sumOfNumbers(const Table& table)
{
    double sum = 0;
    for (std::size_t j = 0; j < table.columns(); ++j)
        if (table.column(j).type() == ColumnType::Number)
            for (const double value : table.column(j).numberValues())
                sum += std::isnan(value) ? 0 : value;
    return sum;
}

Result<Table> wholeFile(const std::string& path)
{
    auto import = readCsv(path);
    return import ? Result<Table>(std::move(import->table)) : import.error();
}

Result<Table> firstRows(const std::string& path, std::size_t rows)
{
    auto stream = CsvStream::open(path, {});
    return stream ? stream->first(rows) : stream.error();
}

int readTimes(const std::function<Result<Table>()>& read, int times)
{
    nlohmann::json result;
    for (int i = 0; i < times; ++i) {
        const auto begin = std::chrono::steady_clock::now();
        const auto table = read();
        const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
        if (!table) {
            std::cerr << table.error().message << '\n';
            return 1;
        }
        result["seconds"].push_back(seconds.count());
        result["rows"] = table->rows();
        result["sum"] = sumOfNumbers(*table);
    }
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    result["peak_mb"] = double(usage.ru_maxrss) / 1024;
    std::cout << result << '\n';
    return 0;
}

void readFile(benchmark::State& state, void (*make)(std::size_t, const std::string&))
{
    const std::string path = (std::filesystem::temp_directory_path() / "modelarium_bench.csv").string();
    make(100000, path);
    for (auto _ : state) {
        auto import = readCsv(path);
        benchmark::DoNotOptimize(import);
    }
    state.SetBytesProcessed(std::int64_t(state.iterations()) * std::int64_t(std::filesystem::file_size(path)));
    std::filesystem::remove(path);
}

BENCHMARK_CAPTURE(readFile, numbers, makeNumbers)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(readFile, mixed, makeMixed)->Unit(benchmark::kMillisecond)->UseRealTime();

} // namespace

int main(int argc, char** argv)
{
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    if (arguments.size() == 4 && arguments[0] == "make") {
        (arguments[1] == "num" ? makeNumbers : makeMixed)(std::stoul(arguments[2]), arguments[3]);
        return 0;
    }
    if (arguments.size() == 3 && arguments[0] == "read")
        return readTimes([&] { return wholeFile(arguments[1]); }, std::stoi(arguments[2]));
    if (arguments.size() == 4 && arguments[0] == "first")
        return readTimes([&] { return firstRows(arguments[1], std::stoul(arguments[3])); }, std::stoi(arguments[2]));
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
