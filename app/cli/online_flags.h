#pragma once

#include "app/cli/training_flags.h"

#include <cstdint>
#include <string>

namespace modelarium::cli {

/// The flags of a training whose rows are streamed.
struct OnlineFlags {
    bool online = false;
    std::string resume;                             ///< model file to go on from
    std::string classes;                            ///< "A,B,..."
    std::uint64_t firstRows = 1000;
    std::uint64_t progress = 0;                     ///< rows between two lines; 0: at 100, 200, 500, 1000, ...
    std::uint64_t saveEvery = 0;                    ///< rows between two saves; 0: at the end only
    bool skipLearned = false;

    /// After the flags of TrainingFlags and "--learner" and those of HoldOutFlags, with which some of these do not go.
    void addTo(CLI::App& command);
};

/// Streams the rows, learns from each once, and saves the model so that it can go on. Gives the exit code.
int trainOnline(const TrainingFlags& training, const std::string& learner, const OnlineFlags& flags, const std::string& save, bool json);

} // namespace modelarium::cli
