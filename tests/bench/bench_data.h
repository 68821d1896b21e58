#pragma once

#include "core/base/matrix.h"

#include <cstdlib>
#include <fstream>
#include <optional>
#include <string>

/// Data that a peer script has written, so that both sides work on the same numbers: doubles row by row, in the folder that
/// the environment variable MODELARIUM_BENCH_DATA names. Empty where there is no such file.
inline std::optional<modelarium::Matrix> readBenchData(const std::string& name, Eigen::Index columns)
{
    const char* folder = std::getenv("MODELARIUM_BENCH_DATA");
    if (!folder)
        return std::nullopt;
    std::ifstream file(std::string(folder) + "/" + name, std::ios::binary | std::ios::ate);
    if (!file)
        return std::nullopt;
    Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> rows(
        Eigen::Index(file.tellg()) / Eigen::Index(sizeof(double)) / columns, columns);
    file.seekg(0);
    file.read(reinterpret_cast<char*>(rows.data()), std::streamsize(sizeof(double)) * rows.size());
    return modelarium::Matrix(rows);
}
