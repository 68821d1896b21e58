#pragma once

#include "core/data/dataset.h"
#include "core/evaluate/metrics.h"
#include "core/model/online_state.h"

#include <cstdint>

namespace modelarium {

/// How well rows were answered just before they were learned from: each answer is judged by a row that nothing knew yet, so no
/// rows need be kept back. (A scale that was learned from the row would know it: see OnlineTraining::score.) In memory that does not grow with the rows.
///
/// Math     the metrics of metrics.h that a sum tells: r2, rmse, mae, max_error; accuracy, log_loss, brier
/// Source   A. P. Dawid, J. R. Stat. Soc. A 147(2), 1984
class PrequentialScore {
public:
    PrequentialScore() = default;
    PrequentialScore(Task task, std::size_t classes, bool areProbabilities = true) : m_task(task), m_classes(classes), m_areProbabilities(areProbabilities) {}

    /// `answer` has one number, or a probability for each class (1 and 0 where a model only decides, which then has no log_loss and no brier); `truth` is a number or a class code.
    void add(double truth, const double* answer);

    /// A score of the same kind, of no row yet.
    PrequentialScore emptied() const { return {m_task, m_classes, m_areProbabilities}; }

    std::uint64_t rows() const { return m_rows; }
    Metrics metrics() const;

    void saveTo(OnlineState& state) const;
    bool takeFrom(const OnlineState& state);

private:
    void addNumber(double truth, double answer);
    void addClass(std::size_t truth, const double* answer);

    Task m_task = Task::Regression;
    std::size_t m_classes = 0;
    bool m_areProbabilities = true;
    std::uint64_t m_rows = 0;
    double m_mean = 0;                              ///< of the truth
    double m_spread = 0;                            ///< sum of squares about it
    double m_squares = 0;                           ///< of the errors; for classes, of the probabilities' errors
    double m_sizes = 0;                             ///< of the errors; for classes, -log P(truth)
    double m_largest = 0;
    std::uint64_t m_right = 0;
};

} // namespace modelarium
