#pragma once

#include "core/base/result.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace modelarium::cli {

/// Whole numbers from 0 that 64 bits hold: the conversion of the flag alone would turn -1 and 2^64 into others.
CLI::Validator wholeNumber();

/// "name=value": a name before the sign; behind it may be nothing, which is a value for lists.
CLI::Validator assignment(std::string form);

/// Anything but an empty text, which says nothing and would be taken as the default.
CLI::Validator notEmpty();

/// 1 with a sentence where standard output did not take everything, as on a full disk; `exitCode` otherwise.
int finishOutput(int exitCode);

/// Writes the sentence and its place to standard error; gives the exit code of a refusal.
int refuse(const Error& error);

/// What is written never takes the place of what it was made from. `out` may be empty.
/// Errors   WriteFailed where it is the same file as `input`
Result<void> keepInput(const std::string& input, const std::string& flag, const std::string& out);

/// A sentence that a person should see, but no answer: standard error.
void notice(const std::string& sentence);

void print(const std::string& text);
void printJson(const nlohmann::ordered_json& document);

/// Rows of cells as a table with aligned columns; the first row is the header.
void printTable(const std::vector<std::vector<std::string>>& rows);

} // namespace modelarium::cli
