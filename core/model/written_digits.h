#pragma once

#include "core/model/linear_reading.h"

#include <vector>

namespace modelarium {

/// How many digits the numbers of one weighted sum need, so that who works it out by hand gets what the model answers.
///
/// The columns have a range in the training rows, and over it the sum has a spread. Its first `least` digits are to be right: a weight of
/// something far from zero, a year, has more digits than one of something near it, and so has the intercept that makes up for it.
///
/// Math     spread = max over variables of (largest - smallest sum, the others in the middle of their ranges); unit = half of its digit
///          number `least`; a number that is multiplied by something of size f is written to within unit / f
class WrittenDigits {
public:
    /// As many digits everywhere: where all are wanted, where no range is known, and where more terms than `mostTerms` are left to the reader.
    WrittenDigits(const LinearReading& sum, const std::vector<FeatureForm>& variables, const Preparation& preparation, int least, std::size_t mostTerms);

    /// Of a number that is multiplied by something of this size.
    int of(double value, double factor = 1) const;
    /// Of the weight of a term, which is at least `value` large somewhere.
    int ofWeight(const LinearReading& sum, std::size_t term, double value = 0) const;

private:
    int m_least;
    double m_unit = 0;                              // 0: the same digits everywhere
    std::vector<double> m_sizes;                    // the largest size of each term over the range of the data
};

} // namespace modelarium
