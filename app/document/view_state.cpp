#include "app/document/view_state.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace modelarium {

ViewState::ViewState(QObject* parent) : QObject(parent) {}

void ViewState::setAxes(const std::string& x, const std::string& y)
{
    if (x == m_x && y == m_y)
        return;
    m_x = x;
    m_y = y;
    Q_EMIT axesChanged();
}

void ViewState::setInput(const std::string& name, double value)
{
    const auto [place, isNew] = m_inputs.try_emplace(name, value);
    if (!isNew && place->second == value)
        return;
    place->second = value;
    Q_EMIT inputsChanged();
}

void ViewState::setInput(const Model& model, const std::string& name, double value)
{
    std::string level;
    const auto input = std::find_if(model.inputs().begin(), model.inputs().end(), [&](const InputColumn& one) { return one.name == name; });
    if (input != model.inputs().end() && value >= 0 && value < double(input->levels.size()))
        level = input->levels[std::size_t(value)];
    const auto set = m_inputs.find(name);
    const bool isOther = std::exchange(m_levels[name], level) != level;
    if (isOther && set != m_inputs.end() && set->second == value)
        Q_EMIT inputsChanged();                     // another level with the same code
    setInput(name, value);
}

void ViewState::clearInputs()
{
    if (m_inputs.empty())
        return;
    m_inputs.clear();
    m_levels.clear();
    Q_EMIT inputsChanged();
}

std::vector<double> ViewState::inputs(const Model& model) const
{
    std::vector<double> values;
    values.reserve(model.inputs().size());
    for (const InputColumn& input : model.inputs()) {
        const auto set = m_inputs.find(input.name);
        double value = set == m_inputs.end() ? input.typical : set->second;
        if (const auto level = m_levels.find(input.name); level != m_levels.end() && !level->second.empty()) {
            const auto place = std::find(input.levels.begin(), input.levels.end(), level->second);
            value = place == input.levels.end() ? input.typical : double(place - input.levels.begin());
        }
        // A value set for another table may be no level of this one.
        if (!input.levels.empty() && !(value >= 0 && value < double(input.levels.size())))
            value = input.typical;
        values.push_back(input.levels.empty() ? value : std::floor(value));
    }
    return values;
}

void ViewState::setProbeShown(bool shown)
{
    if (shown == m_probe)
        return;
    m_probe = shown;
    Q_EMIT probeShownChanged(shown);
}

void ViewState::select(std::vector<std::size_t> rows)
{
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    if (rows == m_selection)
        return;
    m_selection = std::move(rows);
    Q_EMIT selectionChanged();
}

} // namespace modelarium
