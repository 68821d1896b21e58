#pragma once

#include "app/jobs/training_frame.h"

#include <vector>

namespace modelarium {

/// The frames that the time slider walks: the newest ones step by step, older ones thinned so that memory stays bounded.
///
/// The first frame is the starting point before any step, and the last is the newest; both are never thinned away.
class TrainingHistory {
public:
    static constexpr std::size_t recentFrames = 256;

    explicit TrainingHistory(std::size_t maximumFrames = 2048, std::size_t maximumNumbers = std::size_t(16) << 20);

    void clear();
    void add(std::vector<TrainingFrame> frames);

    bool isEmpty() const { return m_frames.empty(); }
    std::size_t size() const { return m_frames.size(); }
    const TrainingFrame& operator[](std::size_t index) const { return m_frames[index]; }
    const TrainingFrame& back() const { return m_frames.back(); }
    const std::vector<TrainingFrame>& frames() const { return m_frames; }
    /// The frame with the largest step that is not above `step`.
    std::size_t indexOfStep(std::size_t step) const;

private:
    void thin();

    std::vector<TrainingFrame> m_frames;
    std::size_t m_numbers = 0;
    std::size_t m_maximumFrames;
    std::size_t m_maximumNumbers;
};

} // namespace modelarium
