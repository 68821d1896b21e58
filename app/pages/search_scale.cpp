#include "app/pages/search_scale.h"

#include "app/pages/search_texts.h"
#include "core/base/number_text.h"

#include <algorithm>
#include <cmath>

namespace modelarium {
namespace {

/// Over less than this factor powers of ten are too far apart to read a value from.
constexpr double wideRange = 30;
constexpr double margin = 0.04;

} // namespace

SearchScale::SearchScale(const LearnerInfo& learner, const SearchAxis& axis)
{
    const HyperparameterSpec* spec = findSpec(learner.table, axis.name);
    m_axis.title = labelOf(learner, axis.name);
    if (!axis.values.empty()) {
        m_choices = axis.values;
        m_axis.labels = valueTexts(learner, axis);
        m_axis.low = -0.4;
        m_axis.high = double(axis.values.size()) - 0.6;
        return;
    }
    m_powers = spec && spec->logarithmic && axis.low > 0 && axis.high >= wideRange * axis.low;
    double low = axis.low, high = axis.high;
    if (m_powers) {
        m_first = std::floor(std::log10(low));
        low = std::log10(low) - m_first;
        high = std::log10(high) - m_first;
        for (int power = 0; power <= int(std::ceil(high)); ++power)
            m_axis.labels << QString::fromStdString(shortText(std::pow(10.0, m_first + power), 3));
    }
    m_axis.low = low - margin * (high - low);
    m_axis.high = high + margin * (high - low);
}

double SearchScale::placeOf(const HyperparameterValue& value) const
{
    if (!m_choices.empty()) {
        const auto found = std::find_if(m_choices.begin(), m_choices.end(), [&](const HyperparameterValue& each) { return sameValue(each, value); });
        return double(found - m_choices.begin());
    }
    return m_powers ? std::log10(numberOf(value)) - m_first : numberOf(value);
}

} // namespace modelarium
