#pragma once

#include "core/data/table.h"

#include <cstdint>
#include <string>
#include <vector>

namespace modelarium {

/// A data set made by the program: the same rows for the same seed, on every machine.
struct GeneratorInfo {
    std::string id;                                 ///< "moons"
    std::string name;                               ///< "Two moons"
    std::string lesson;                             ///< one sentence: what it teaches
    std::string target;                             ///< the column a lesson predicts
    bool classes = true;
    Table (*make)(std::size_t rows, double noise, std::uint64_t seed) = nullptr;
};

/// Line with noise, sine, blobs, moons, circles, spiral, xor.
const std::vector<GeneratorInfo>& generators();

} // namespace modelarium
