#pragma once

#include "core/base/matrix.h"

#include <cstddef>

namespace modelarium {

/// What a predictor answers on one grid, many cells at a time: faster than cell by cell, and a little less exactly, but it knows by how much.
class GridAnswers {
public:
    virtual ~GridAnswers() = default;

    /// So many cells are best asked for at once. What is prepared once a call, or once a row of it, is worth many of them.
    virtual std::size_t cellsAtOnce() const { return 32'768; }

    /// Rows [firstRow, firstRow + rows) of the grid. Safe to call from several threads.
    ///
    /// Shape    out, error (rows * columns, outputs), cell after cell
    /// Math     |out - what predictRow gives| <= error: 0 where it is the same number, infinity where nothing is known
    virtual void answer(std::size_t firstRow, std::size_t rows, Eigen::Ref<Matrix> out, Eigen::Ref<Matrix> error) const = 0;

protected:
    /// Half a unit in the last place of 1: what one rounded operation may be wrong by.
    static constexpr double roundoff = 0x1p-53;
};

} // namespace modelarium
