#pragma once

#include "core/data/hold_out.h"

#include <CLI/CLI.hpp>

namespace modelarium::cli {

/// The flags of `train` that say how many rows are kept back for testing, and which.
class HoldOutFlags {
public:
    void addTo(CLI::App& command);
    /// Wrong usage, where flags do not go together, is thrown as CLI::ValidationError: call it in the command's callback.
    void check() const;

    double testFraction() const { return m_testFraction; }
    HoldOut holdOut() const;

private:
    double m_testFraction = 0;
    std::string m_rows = "proportion";
    CLI::Option* m_rowsGiven = nullptr;
    std::string m_group;
    std::string m_time;
};

} // namespace modelarium::cli
