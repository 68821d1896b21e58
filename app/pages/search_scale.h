#pragma once

#include "app/charts/curve_chart.h"
#include "core/evaluate/search.h"

namespace modelarium {

/// Where the values of a hyperparameter stand on an axis: choices side by side, numbers as they are, or by their powers of ten where
/// they were drawn evenly in their logarithm over a wide range.
class SearchScale {
public:
    SearchScale(const LearnerInfo& learner, const SearchAxis& axis);

    double placeOf(const HyperparameterValue& value) const;
    const ChartAxis& axis() const { return m_axis; }

private:
    std::vector<HyperparameterValue> m_choices;             ///< empty for numbers
    bool m_powers = false;
    double m_first = 0;                                     ///< the power of ten at place 0
    ChartAxis m_axis;
};

} // namespace modelarium
