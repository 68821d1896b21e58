#pragma once

#include <CLI/CLI.hpp>

namespace modelarium::cli {

/// Each adds its verb with its flags and help. When the verb was asked for, it runs during parsing and leaves its exit code:
/// 0 done, 1 refused with a sentence. (2, wrong usage, is main's.)
void addInspectCommand(CLI::App& app, int& exitCode);
void addLearnersCommand(CLI::App& app, int& exitCode);
void addTrainCommand(CLI::App& app, int& exitCode);
void addFreezeCommand(CLI::App& app, int& exitCode);
void addPredictCommand(CLI::App& app, int& exitCode);
void addEvaluateCommand(CLI::App& app, int& exitCode);
void addCrossvalCommand(CLI::App& app, int& exitCode);
void addSearchCommand(CLI::App& app, int& exitCode);
void addCompareCommand(CLI::App& app, int& exitCode);
void addShowCommand(CLI::App& app, int& exitCode);
void addStepsCommand(CLI::App& app, int& exitCode);

} // namespace modelarium::cli
