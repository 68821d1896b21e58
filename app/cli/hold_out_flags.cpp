#include "app/cli/hold_out_flags.h"

#include "app/cli/training_flags.h"

#include <map>

namespace modelarium::cli {

namespace {

const std::map<std::string, HoldOutKind>& kinds()
{
    static const std::map<std::string, HoldOutKind> named = {{"proportion", HoldOutKind::InProportion}, {"random", HoldOutKind::AtRandom},
                                                             {"grouped", HoldOutKind::Grouped}, {"last", HoldOutKind::Last}};
    return named;
}

} // namespace

void HoldOutFlags::addTo(CLI::App& command)
{
    command.add_option("--test-fraction", m_testFraction, "Share of the rows kept back for testing")->check(shareOfRows())->capture_default_str();
    m_rowsGiven = command.add_option("--test-rows", m_rows, "Which rows those are: drawn from each class in proportion, at random without a look at the classes, "
                                                            "whole groups, or the last ones (proportion, random, grouped, last)")
                      ->check(CLI::IsMember({"proportion", "random", "grouped", "last"}))->capture_default_str();
    command.add_option("--group", m_group, "Column whose equal values stay together (--test-rows grouped); no feature, unless --features names it");
    command.add_option("--time", m_time, "Column that orders the rows (--test-rows last; the order of the file by default)");
}

void HoldOutFlags::check() const
{
    if (m_rows == "grouped" && m_group.empty())
        throw CLI::ValidationError("--test-rows grouped", "needs --group COLUMN");
    if (m_rows != "grouped" && !m_group.empty())
        throw CLI::ValidationError("--group", "goes with --test-rows grouped");
    if (m_rows != "last" && !m_time.empty())
        throw CLI::ValidationError("--time", "goes with --test-rows last");
    if (m_rowsGiven->count() > 0 && m_testFraction == 0)
        throw CLI::ValidationError("--test-rows", "needs --test-fraction");
}

HoldOut HoldOutFlags::holdOut() const { return {kinds().at(m_rows), m_rows == "grouped" ? m_group : m_time}; }

} // namespace modelarium::cli
