#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <string>
#include <vector>

/// How long calls take of which each answers one row, in seconds: all together, over their number; and by the clock read before and after each, half of them
/// at most `median`, 99 of 100 at most `p99`. Both hold `clock`, what the same reading says of no call at all.
struct SingleCalls {
    double mean = 0, median = 0, p99 = 0, clock = 0;
};

inline double secondsBetween(std::chrono::steady_clock::time_point start, std::chrono::steady_clock::time_point end)
{
    return std::chrono::duration<double>(end - start).count();
}

/// Each of the rows in turn, for 0.1 s at least.
template <class Call>
double meanOfCalls(std::size_t rows, const Call& call)
{
    const auto start = std::chrono::steady_clock::now();
    for (std::size_t calls = rows;; calls += rows) {
        for (std::size_t i = 0; i < rows; ++i)
            call(i);
        if (const double seconds = secondsBetween(start, std::chrono::steady_clock::now()); seconds >= 0.1)
            return seconds / double(calls);
    }
}

/// Sorted, of at least 20,000 calls, each of the rows in turn.
template <class Call>
std::vector<double> timesOfCalls(std::size_t rows, const Call& call)
{
    std::vector<double> times;
    while (times.size() < 20'000) {
        for (std::size_t i = 0; i < rows; ++i) {
            const auto start = std::chrono::steady_clock::now();
            call(i);
            times.push_back(secondsBetween(start, std::chrono::steady_clock::now()));
        }
    }
    std::sort(times.begin(), times.end());
    return times;
}

/// call(i) answers row i of `rows`.
template <class Call>
SingleCalls timeSingleCalls(std::size_t rows, const Call& call)
{
    const double mean = meanOfCalls(rows, call);
    const std::vector<double> times = timesOfCalls(rows, call), empty = timesOfCalls(rows, [](std::size_t) {});
    return {mean, times[times.size() / 2], times[times.size() * 99 / 100], empty[empty.size() / 2]};
}

/// As a line of JSON, with the sum of the answers to all rows.
inline std::string jsonOf(const SingleCalls& calls, double sum)
{
    char text[256];
    std::snprintf(text, sizeof text, R"({"seconds": %.9g, "median": %.9g, "p99": %.9g, "clock": %.9g, "sum": %.17g})", calls.mean, calls.median, calls.p99,
                  calls.clock, sum);
    return text;
}
