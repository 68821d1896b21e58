#pragma once

#include "core/base/parallel.h"
#include "core/base/result.h"
#include "core/learn/fit.h"
#include "tests/support/parameters_text.h"

#include <string>
#include <vector>

/// The same bits with any number of threads: what every computation that is shared out promises.
namespace modelarium::samples {

/// What a training found and told, to the last bit; nothing where it was refused.
inline std::string outcomeText(const Result<FitOutcome>& outcome)
{
    if (!outcome)
        return {};
    std::string text = parametersText(outcome->parameters) + "\nloss " + exactText(outcome->last.loss);
    for (const std::string& notice : outcome->notices)
        text += '\n' + notice;
    return text;
}

/// With which number of threads `text()` is not what it is with one, in words: "" where there is none. The number is the default again afterwards.
template <class Text>
std::string changedByThreads(const Text& text, const std::vector<std::size_t>& counts = {2, 5})
{
    struct Default {
        ~Default() { setThreadCount(0); }
    } const afterwards;
    setThreadCount(1);
    const std::string expected = text();
    if (expected.empty())
        return "nothing came of it";
    for (const std::size_t count : counts) {
        setThreadCount(count);
        if (text() != expected)
            return "changed by " + std::to_string(count) + " threads";
    }
    return {};
}

} // namespace modelarium::samples
