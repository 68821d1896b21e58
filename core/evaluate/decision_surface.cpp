#include "core/evaluate/decision_surface.h"

#include "core/base/parallel.h"
#include "core/evaluate/decision_scores.h"
#include "core/model/tree_predictor.h"
#include "core/prepare/steps.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace modelarium {

namespace {

/// Cells worked on at once: enough to fill the vectors of the kernels, few enough to stop soon when asked.
constexpr int cellsInTile = 2048;
/// Trees are walked once a tile.
constexpr int cellsInTreeTile = 8192;

/// A share of the way from one number to another, as large as numbers may be.
double between(double from, double to, double share)
{
    const double width = to - from;
    return std::isfinite(width) ? from + width * share : from * (1 - share) + to * share;
}

/// The nearest number that a float can hold.
float shown(double value)
{
    constexpr double largest = std::numeric_limits<float>::max();
    return float(std::clamp(value, -largest, largest));
}

/// Prepared rows of the cells of a slice.
///
/// Without products of features and the like each prepared feature depends on one input alone. Then a whole grid is as many prepared
/// rows as it has columns and rows, put together; otherwise every cell is prepared on its own.
class CellRows {
public:
    CellRows(const Preparation& preparation, const SurfaceSlice& slice)
        : m_preparation(preparation), m_slice(slice), m_features(preparation.outputs()),
          m_separable(std::all_of(preparation.steps().begin(), preparation.steps().end(), keepsColumns))
    {
        if (!m_separable)
            return;
        Workspace workspace(*this);
        m_held = prepared(0, 0, workspace);
        m_byColumn.resize(slice.columns, Eigen::Index(m_features));
        m_byRow.resize(slice.rows, Eigen::Index(m_features));
        for (int column = 0; column < slice.columns; ++column)
            m_byColumn.row(column) = prepared(column, 0, workspace);
        for (int row = 0; row < slice.rows; ++row)
            m_byRow.row(row) = prepared(0, row, workspace);
    }

    /// The features along either direction; nothing where cells have to be prepared one by one.
    std::optional<SeparableGrid> grid() const
    {
        if (!m_separable)
            return std::nullopt;
        const InputColumn& x = m_preparation.inputs()[m_slice.xInput];
        std::vector<char> alongColumns(m_features, 0);
        std::fill_n(alongColumns.begin() + std::ptrdiff_t(x.firstOutput), x.outputs, char(1));
        return SeparableGrid(m_byColumn, m_byRow, alongColumns);
    }

    /// Rows [firstRow, firstRow + rows) of the grid, cell after cell.
    void fill(int firstRow, int rows, Matrix& X) const
    {
        const int columns = m_slice.columns;
        X.resize(Eigen::Index(rows) * columns, Eigen::Index(m_features));
        if (m_separable) {
            for (int row = 0; row < rows; ++row)
                fillRow(firstRow + row, X.middleRows(Eigen::Index(row) * columns, columns));
            return;
        }
        Workspace workspace(*this);
        for (int row = 0; row < rows; ++row)
            for (int column = 0; column < columns; ++column)
                X.row(Eigen::Index(row) * columns + column) = prepared(column, firstRow + row, workspace);
    }

private:
    struct Workspace {
        std::vector<double> raw;
        std::vector<double> scratch;
        RowVector row;

        explicit Workspace(const CellRows& cells)
            : raw(cells.m_slice.held), scratch(cells.m_preparation.scratchSize()), row(Eigen::Index(cells.m_features))
        {
        }
    };

    const RowVector& prepared(int column, int row, Workspace& workspace) const
    {
        const SurfaceSlice& s = m_slice;
        if (s.yInput != s.xInput)
            workspace.raw[s.yInput] = between(s.yMinimum, s.yMaximum, (row + 0.5) / s.rows);
        workspace.raw[s.xInput] = between(s.xMinimum, s.xMaximum, (column + 0.5) / s.columns);
        m_preparation.applyRow(workspace.raw.data(), workspace.scratch.data(), workspace.row.data());
        return workspace.row;
    }

    void fillRow(int row, Eigen::Ref<Matrix> X) const
    {
        X = m_held.replicate(X.rows(), 1);
        const InputColumn& y = m_preparation.inputs()[m_slice.yInput];
        for (std::size_t j = y.firstOutput; j < y.firstOutput + y.outputs; ++j)
            X.col(Eigen::Index(j)).setConstant(m_byRow(row, Eigen::Index(j)));
        const InputColumn& x = m_preparation.inputs()[m_slice.xInput];
        for (std::size_t j = x.firstOutput; j < x.firstOutput + x.outputs; ++j)
            X.col(Eigen::Index(j)) = m_byColumn.col(Eigen::Index(j));
    }

    const Preparation& m_preparation;
    const SurfaceSlice& m_slice;
    std::size_t m_features;
    bool m_separable;
    RowVector m_held;
    Matrix m_byColumn;
    Matrix m_byRow;
};

/// Writes how far each class lies behind the winning one, cell after cell.
void writeScores(const Predictor& predictor, const Matrix& X, std::size_t classes, float* scores)
{
    Matrix found(X.rows(), Eigen::Index(predictor.outputs()));
    predictor.predictBlock(X, found);
    RowVector row = RowVector::Zero(Eigen::Index(classes));
    for (Eigen::Index cell = 0; cell < found.rows(); ++cell) {
        // A single score stands against the 0 of class 0.
        row.tail(found.cols()) = found.row(cell);
        const double most = row.maxCoeff();
        for (const double score : row)
            *scores++ = shown(score - most);
    }
}

Result<void> checkSlice(const Model& model, const SurfaceSlice& slice)
{
    const std::vector<InputColumn>& inputs = model.inputs();
    const bool fits = slice.held.size() == inputs.size() && slice.xInput < inputs.size() && slice.yInput < inputs.size()
        && slice.columns > 0 && slice.rows > 0;
    if (!fits)
        return Error{ErrorCode::Unsupported, "The slice does not fit the model: it needs one value for each of the "
                                                 + std::to_string(inputs.size()) + " inputs, and at least one cell."};
    for (const std::size_t varying : {slice.xInput, slice.yInput}) {
        const InputColumn& input = inputs[varying];
        if (input.type != ColumnType::Number && input.type != ColumnType::Date)
            return Error{ErrorCode::WrongType,
                         "\"" + input.name + "\" is a " + std::string(columnTypeName(input.type))
                             + " and has no values in between: choose an input that is a number.",
                         Place{.column = input.name}};
    }
    return {};
}

} // namespace

Result<DecisionSurface> evaluateSurface(const Model& model, const SurfaceSlice& slice, std::stop_token stop)
{
    if (const Result<void> checked = checkSlice(model, slice); !checked)
        return checked.error();
    const std::size_t outputs = model.outputs();
    DecisionSurface surface{slice, int(outputs), {}};
    surface.values.resize(std::size_t(slice.columns) * std::size_t(slice.rows) * outputs);
    const PredictorPtr deciding = outputs > 1 ? scorePredictor(model.parameters()) : nullptr;
    if (deciding)
        surface.scores.resize(surface.values.size());

    const CellRows cells(model.preparation(), slice);
    const std::optional<SeparableGrid> grid = cells.grid();
    const auto* trees = dynamic_cast<const TreePredictor*>(&model.predictor());
    const bool byRectangles = trees && grid && trees->canPredict(*grid);
    const int rowsInTile = std::max(1, (byRectangles ? cellsInTreeTile : cellsInTile) / slice.columns);
    const int tiles = (slice.rows + rowsInTile - 1) / rowsInTile;
    parallelFor(std::size_t(tiles), [&](std::size_t tile) {
        if (stop.stop_requested())
            return;
        const int firstRow = int(tile) * rowsInTile;
        const int rows = std::min(rowsInTile, slice.rows - firstRow);
        const std::size_t first = std::size_t(firstRow) * std::size_t(slice.columns) * outputs;
        Matrix answers(Eigen::Index(rows) * slice.columns, Eigen::Index(outputs));
        if (byRectangles) {
            trees->predictGrid(*grid, std::size_t(firstRow), std::size_t(rows), answers);
        } else {
            Matrix X;
            cells.fill(firstRow, rows, X);
            model.predictor().predictBlock(X, answers);
            if (deciding)
                writeScores(*deciding, X, outputs, &surface.scores[first]);
        }
        float* values = &surface.values[first];
        for (Eigen::Index cell = 0; cell < answers.rows(); ++cell)
            for (Eigen::Index output = 0; output < answers.cols(); ++output)
                *values++ = shown(answers(cell, output));
    });
    if (stop.stop_requested())
        return Error{ErrorCode::Cancelled, "The decision surface was cancelled."};
    return surface;
}

} // namespace modelarium
