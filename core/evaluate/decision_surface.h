#pragma once

#include "core/base/buffer.h"
#include "core/base/result.h"
#include "core/model/model.h"

#include <stop_token>
#include <vector>

namespace modelarium {

/// A plane through the space of the inputs: two of them vary, the others are held at a value.
struct SurfaceSlice {
    std::size_t xInput = 0;
    std::size_t yInput = 1;                         ///< equal to xInput: a curve over one input, rows = 1
    std::vector<double> held;                       ///< one value an input, as for Model::predictRow
    double xMinimum = 0, xMaximum = 1, yMinimum = 0, yMaximum = 1;
    int columns = 100, rows = 100;                  ///< values are taken at the centres of the cells
};

/// What the model answers on the plane.
///
/// Shape    values[(row * columns + column) * outputs + output], row 0 at yMinimum; the value, or each class's probability;
///          scores alike, only for models that decide without a probability (decision_scores.h): how far each class lies behind
///          the one that wins, which has 0
struct DecisionSurface {
    SurfaceSlice slice;
    int outputs = 1;
    Buffer<float> values;
    Buffer<float> scores{};
    int noise = -1;                                 ///< the output that stands for no cluster
    bool xLevels = false, yLevels = false;          ///< a cell is a level of a category: nothing lies between two of them
};

/// Cost     O(columns * rows) predictions, in parallel; stops early when asked
/// Errors   Cancelled; WrongType where a varying input is a category
Result<DecisionSurface> evaluateSurface(const Model& model, const SurfaceSlice& slice, std::stop_token stop = {});

} // namespace modelarium
