// ONNX Runtime from C, beside which w8_predict.py and w8_open.py measure: `onnx_peer LIBRARY MODEL OUTPUT WIDTH ROWS FEATURES` reads rows of floats, answers each
// with a call of its own, on one thread, and then for every line on its standard input says as JSON how long that takes: "one", a call for one row; "open", the
// model's file until it can be asked. OUTPUT has WIDTH numbers a row; their last is what is added up. No call takes memory: input and output stay where they are.
//
// The library is the one that ONNX Runtime's Python package brings along, which has no headers. Its C interface is a table of functions to which new versions
// only append: what is needed is called by its place there.

#include "tests/bench/single_calls.h"

#include <dlfcn.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>

namespace {

using Handle = void*;

class Api {
public:
    explicit Api(const char* library)
    {
        struct Base {
            void* const* (*table)(std::uint32_t version);
            const char* (*version)();
        };
        void* const opened = dlopen(library, RTLD_NOW);
        const auto base = opened ? reinterpret_cast<const Base* (*)()>(dlsym(opened, "OrtGetApiBase")) : nullptr;
        m_table = base ? base()->table(1) : nullptr;
        if (!m_table) {
            std::cerr << "cannot use " << library << ": " << (opened ? "it has no interface for C" : dlerror()) << '\n';
            std::exit(1);
        }
    }

    Handle environment() const { return made<Handle(int, const char*, Handle*)>(3, 3, "peer"); }
    Handle options() const
    {
        const Handle options = made<Handle(Handle*)>(10);
        check(at<Handle(Handle, int)>(24)(options, 1));                                 // one thread
        return options;
    }
    Handle open(Handle environment, const char* model, Handle options) const
    {
        return made<Handle(Handle, const char*, Handle, Handle*)>(7, environment, model, options);
    }
    void close(Handle session) const { at<void(Handle)>(95)(session); }
    /// A tensor over memory that stays the caller's: one row of floats.
    Handle row(float* numbers, std::int64_t width) const
    {
        const Handle memory = made<Handle(int, int, Handle*)>(69, 0, 0);
        const std::int64_t shape[] = {1, width};
        return made<Handle(Handle, void*, std::size_t, const std::int64_t*, std::size_t, int, Handle*)>(49, memory, numbers, sizeof(float) * std::size_t(width), shape,
                                                                                                       std::size_t(2), 1);
    }
    void run(Handle session, const char* inputName, Handle input, const char* outputName, Handle output) const
    {
        using Run = Handle(Handle, Handle, const char* const*, const Handle*, std::size_t, const char* const*, std::size_t, Handle*);
        check(at<Run>(9)(session, nullptr, &inputName, &input, 1, &outputName, 1, &output));
    }

private:
    template <class Function> Function* at(std::size_t place) const { return reinterpret_cast<Function*>(m_table[place]); }

    template <class Function, class... Arguments>
    Handle made(std::size_t place, Arguments... arguments) const
    {
        Handle result = nullptr;
        check(at<Function>(place)(arguments..., &result));
        return result;
    }

    void check(Handle status) const
    {
        if (!status)
            return;
        std::cerr << "ONNX Runtime: " << at<const char*(Handle)>(2)(status) << '\n';
        std::exit(1);
    }

    void* const* m_table = nullptr;
};

std::vector<float> readRows(const char* path)
{
    std::ifstream file(path, std::ios::binary | std::ios::ate);
    std::vector<float> numbers(file ? std::size_t(file.tellg()) / sizeof(float) : 0);
    file.seekg(0);
    file.read(reinterpret_cast<char*>(numbers.data()), std::streamsize(sizeof(float) * numbers.size()));
    return numbers;
}

} // namespace

int main(int argc, char** argv)
{
    if (argc != 7) {
        std::cerr << "usage: onnx_peer LIBRARY MODEL OUTPUT WIDTH ROWS FEATURES\n";
        return 2;
    }
    const char *model = argv[2], *output = argv[3];
    const std::size_t width = std::stoul(argv[4]), features = std::stoul(argv[6]);
    const std::vector<float> numbers = readRows(argv[5]);
    const std::size_t rows = numbers.size() / features;
    std::vector<float> x(features), y(width);
    const Api api(argv[1]);
    const Handle environment = api.environment(), options = api.options();
    const Handle input = api.row(x.data(), std::int64_t(features)), answer = api.row(y.data(), std::int64_t(width));
    const Handle session = api.open(environment, model, options);
    const auto call = [&](std::size_t i) {
        std::memcpy(x.data(), &numbers[i * features], sizeof(float) * features);
        api.run(session, "X", input, output, answer);
    };
    double sum = 0;
    for (std::size_t i = 0; i < rows; ++i) {
        call(i);
        sum += double(y.back());
    }
    for (std::string line; std::getline(std::cin, line);) {
        if (line == "one") {
            std::cout << jsonOf(timeSingleCalls(std::min<std::size_t>(rows, 1024), call), sum) << std::endl;
            continue;
        }
        const auto start = std::chrono::steady_clock::now();
        const Handle another = api.open(environment, model, options);
        const double seconds = secondsBetween(start, std::chrono::steady_clock::now());
        api.close(another);
        std::printf("{\"seconds\": %.9g, \"sum\": %.17g}\n", seconds, sum);
        std::fflush(stdout);
    }
    return 0;
}
