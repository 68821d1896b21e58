#pragma once

#include "core/base/result.h"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace modelarium::cli {

/// Writes the sentence and its place to standard error; gives the exit code of a refusal.
int refuse(const Error& error);

/// A sentence that a person should see, but no answer: standard error.
void notice(const std::string& sentence);

void print(const std::string& text);
void printJson(const nlohmann::ordered_json& document);

/// Rows of cells as a table with aligned columns; the first row is the header.
void printTable(const std::vector<std::vector<std::string>>& rows);

} // namespace modelarium::cli
