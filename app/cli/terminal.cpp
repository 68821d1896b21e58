#include "app/cli/terminal.h"

#include "core/base/file.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <iostream>

namespace modelarium::cli {

namespace {

/// Characters, not bytes: columns stay aligned under names with accents.
std::size_t width(const std::string& text)
{
    return std::size_t(std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

} // namespace

CLI::Validator wholeNumber()
{
    return CLI::Validator([](std::string& text) {
        std::uint64_t value = 0;
        const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
        return status == std::errc{} && end == text.data() + text.size() ? std::string() : "\"" + text + "\" is not a whole number from 0 to 18446744073709551615";
    }, "NONNEGATIVE");
}

CLI::Validator assignment(std::string form)
{
    return CLI::Validator([form](std::string& text) {
        const std::size_t sign = text.find('=');
        const bool isOne = sign != std::string::npos && sign > 0;
        return isOne ? std::string() : "\"" + text + "\" is not of the form " + form;
    }, "");
}

CLI::Validator notEmpty()
{
    return CLI::Validator([](std::string& text) { return text.empty() ? std::string("is empty: name at least one") : std::string(); }, "");
}

int finishOutput(int exitCode)
{
    if (std::cout.flush() || exitCode != 0)
        return exitCode;
    std::cerr << "Standard output cannot be written: " << std::strerror(errno) << ".\n";
    return 1;
}

int refuse(const Error& error)
{
    std::string place;
    if (error.place.line && error.message.find("ine " + std::to_string(*error.place.line)) == std::string::npos)
        place = " (line " + std::to_string(*error.place.line) + ")";
    std::cerr << error.message << place << '\n';
    return 1;
}

Result<void> keepInput(const std::string& input, const std::string& flag, const std::string& out)
{
    if (out.empty() || !isSameFile(input, out))
        return {};
    return Error{ErrorCode::WriteFailed, "\"" + out + "\" is read here, and what is written would take its place: give " + flag + " another name.", Place{.file = out}};
}

void notice(const std::string& sentence) { std::cerr << sentence << '\n'; }

void print(const std::string& text) { std::cout << text; }

void printJson(const nlohmann::ordered_json& document)
{
    std::cout << document.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << '\n';
}

void printTable(const std::vector<std::vector<std::string>>& rows)
{
    std::vector<std::size_t> widths;
    for (const std::vector<std::string>& row : rows) {
        widths.resize(std::max(widths.size(), row.size()), 0);
        for (std::size_t column = 0; column < row.size(); ++column)
            widths[column] = std::max(widths[column], width(row[column]));
    }
    for (const std::vector<std::string>& row : rows) {
        std::string line;
        for (std::size_t column = 0; column < row.size(); ++column) {
            line += row[column];
            if (column + 1 < row.size())
                line += std::string(widths[column] - width(row[column]) + 2, ' ');
        }
        std::cout << line << '\n';
    }
}

} // namespace modelarium::cli
