#include "app/document/training_history.h"

#include "core/model/parameters.h"

#include <algorithm>
#include <utility>

namespace modelarium {
namespace {

std::size_t numbersOf(const TrainingFrame& frame)
{
    return frame.model ? parameterCount(frame.model->parameters()) : 0;
}

} // namespace

TrainingHistory::TrainingHistory(std::size_t maximumFrames, std::size_t maximumNumbers)
    : m_maximumFrames(std::max(maximumFrames, 2 * recentFrames)), m_maximumNumbers(maximumNumbers)
{
}

void TrainingHistory::clear()
{
    m_frames.clear();
    m_numbers = 0;
}

void TrainingHistory::add(std::vector<TrainingFrame> frames)
{
    for (TrainingFrame& frame : frames) {
        m_numbers += numbersOf(frame);
        m_frames.push_back(std::move(frame));
    }
    while (m_frames.size() > 2 && (m_frames.size() > m_maximumFrames || m_numbers > m_maximumNumbers)) {
        const std::size_t before = m_frames.size();
        thin();
        if (m_frames.size() == before)
            break;
    }
}

/// Drops every second frame of the older ones; where few frames hold many numbers, of all of them.
void TrainingHistory::thin()
{
    const std::size_t kept = m_numbers > m_maximumNumbers ? 1 : recentFrames;
    const std::size_t older = m_frames.size() - std::min(kept, m_frames.size());
    std::vector<TrainingFrame> frames;
    m_numbers = 0;
    for (std::size_t i = 0; i < m_frames.size(); ++i) {
        if (i < older && i % 2 == 1)
            continue;
        m_numbers += numbersOf(m_frames[i]);
        frames.push_back(std::move(m_frames[i]));
    }
    m_frames = std::move(frames);
}

std::size_t TrainingHistory::indexOfStep(std::size_t step) const
{
    const auto above = std::upper_bound(m_frames.begin(), m_frames.end(), step,
                                        [](std::size_t wanted, const TrainingFrame& frame) { return wanted < frame.step; });
    return above == m_frames.begin() ? 0 : std::size_t(above - m_frames.begin()) - 1;
}

} // namespace modelarium
