#pragma once

#include "core/base/matrix.h"
#include "core/data/column_view.h"
#include "core/model/grid_answers.h"
#include "core/model/parameters.h"
#include "core/model/separable_grid.h"

#include <memory>

namespace modelarium {

/// Parameters laid out for speed: predicts, and cannot do anything else. Immutable and safe to share between threads.
///
/// Shape    X (n, n_features) -> out (n, outputs): the value; the probability of each class, which sum to 1; or the coordinates
/// Cost     predictRow allocates nothing; predict works in parallel on blocks of rows. Both give the same bits
///          for the same row, whatever the batch.
class Predictor {
public:
    virtual ~Predictor() = default;
    virtual void predictRow(const double* x, double* out) const noexcept = 0;

    /// On the calling thread; faster where rows that follow one another are alike. `out` has the right size.
    virtual void predictBlock(const Eigen::Ref<const Matrix>& X, Eigen::Ref<Matrix> out) const;
    /// In parallel on blocks of rows. `out` has the right size.
    virtual void predictInto(const ColumnView& X, Eigen::Ref<Matrix> out) const;
    /// The same; `out` gets its size.
    void predict(const ColumnView& X, Matrix& out) const;
    void predict(const Matrix& X, Matrix& out) const { predict(ColumnView(X), out); }

    /// The answers on a grid, where there is a faster way to them than cell by cell; otherwise null. It needs this predictor and the grid.
    virtual std::unique_ptr<const GridAnswers> onGrid(const SeparableGrid& grid) const;

    std::size_t features() const { return m_features; }
    std::size_t outputs() const { return m_outputs; }

protected:
    Predictor(std::size_t features, std::size_t outputs) : m_features(features), m_outputs(outputs) {}
    /// How many of so many rows a block has: enough that waking a worker (1-2 us) is lost in its work.
    virtual Eigen::Index rowsInBlock(Eigen::Index) const { return 512; }

private:
    std::size_t m_features;
    std::size_t m_outputs;
};

using PredictorPtr = std::shared_ptr<const Predictor>;

/// Cost     O(size of the parameters); builds a search tree for nearest neighbours and a compact node layout for trees
PredictorPtr makePredictor(const Parameters& parameters);

} // namespace modelarium
