#include "core/evaluate/decision_surface.h"

#include "core/base/counted.h"
#include "core/base/parallel.h"
#include "core/evaluate/decision_scores.h"
#include "core/prepare/steps.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

namespace modelarium {

namespace {

/// Cells worked on at once: enough to fill the vectors of the kernels, few enough to stop soon when asked.
constexpr int cellsInTile = 2048;

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

/// A predictor on the cells of a slice: by the way that it has for grids, or cell by cell. What is shown is the same.
class CellAnswers {
public:
    CellAnswers(const Predictor& predictor, const CellRows& cells, const std::optional<SeparableGrid>& grid, int columns, std::stop_token stop)
        : m_predictor(predictor), m_cells(cells), m_onGrid(grid ? predictor.onGrid(*grid) : nullptr), m_columns(columns), m_stop(std::move(stop))
    {
    }

    int cellsAtOnce() const { return m_onGrid ? int(m_onGrid->cellsAtOnce()) : cellsInTile; }

    Matrix answer(int firstRow, int rows) const
    {
        Matrix X, out(Eigen::Index(rows) * m_columns, Eigen::Index(m_predictor.outputs()));
        if (m_onGrid) {
            Matrix error(out.rows(), out.cols());
            m_onGrid->answer(std::size_t(firstRow), std::size_t(rows), out, error);
            settle(firstRow, rows, error, out);
            return out;
        }
        m_cells.fill(firstRow, rows, X);
        m_predictor.predictBlock(X, out);
        return out;
    }

private:
    /// Whether the error could change what is shown somewhere.
    static bool isAnyOpen(const double* values, const double* errors, Eigen::Index count)
    {
        int open = 0;
        for (Eigen::Index cell = 0; cell < count; ++cell)
            open |= int(shown(values[cell] - errors[cell]) != shown(values[cell] + errors[cell]));
        return open != 0;
    }

    /// Cells where the error could change what is shown are predicted one by one.
    void settle(int firstRow, int rows, const Matrix& error, Matrix& out) const
    {
        // Mostly all is known exactly, or nearly: that is seen without a look at each cell of its own.
        if (error.maxCoeff() == 0)
            return;
        std::vector<char> isOpen(std::size_t(out.rows()), 0);
        for (Eigen::Index k = 0; k < out.cols(); ++k) {
            if (!isAnyOpen(&out(0, k), &error(0, k), out.rows()))
                continue;
            for (Eigen::Index cell = 0; cell < out.rows(); ++cell) {
                const double value = out(cell, k), e = error(cell, k);
                isOpen[std::size_t(cell)] |= char(e != 0 && shown(value - e) != shown(value + e));
            }
        }
        std::vector<Eigen::Index> open;
        for (Eigen::Index cell = 0; cell < out.rows(); ++cell)
            if (isOpen[std::size_t(cell)])
                open.push_back(cell);
        if (open.empty())
            return;
        Matrix X;
        m_cells.fill(firstRow, rows, X);
        for (std::size_t first = 0; first < open.size() && !m_stop.stop_requested(); first += cellsInTile) {
            const auto end = open.begin() + std::ptrdiff_t(std::min<std::size_t>(open.size(), first + cellsInTile));
            const std::vector<Eigen::Index> some(open.begin() + std::ptrdiff_t(first), end);
            const Matrix rest = X(some, Eigen::all);
            Matrix found(rest.rows(), out.cols());
            m_predictor.predictBlock(rest, found);
            out(some, Eigen::all) = found;
        }
    }

    const Predictor& m_predictor;
    const CellRows& m_cells;
    std::unique_ptr<const GridAnswers> m_onGrid;
    int m_columns;
    std::stop_token m_stop;
};

/// Writes how far each class lies behind the winning one, cell after cell.
void writeScores(const Matrix& found, std::size_t classes, float* scores)
{
    // A single score stands against the 0 of class 0.
    const Eigen::Index scored = found.cols(), behind = Eigen::Index(classes) - scored;
    Vector most = found.rowwise().maxCoeff();
    if (behind > 0)
        most = most.cwiseMax(0.0);
    for (Eigen::Index k = 0; k < Eigen::Index(classes); ++k)
        for (Eigen::Index cell = 0; cell < found.rows(); ++cell)
            scores[std::size_t(cell) * classes + std::size_t(k)] = shown((k < behind ? 0 : found(cell, k - behind)) - most[cell]);
}

Result<void> checkSlice(const Model& model, const SurfaceSlice& slice)
{
    const std::vector<InputColumn>& inputs = model.inputs();
    const bool fits = slice.held.size() == inputs.size() && slice.xInput < inputs.size() && slice.yInput < inputs.size()
        && slice.columns > 0 && slice.rows > 0;
    if (!fits)
        return Error{ErrorCode::Unsupported, "The slice does not fit the model: it needs one value for each of the "
                                                 + countText(inputs.size()) + " inputs, and at least one cell."};
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
    surface.noise = hasNoise(model.parameters()) ? int(outputs) - 1 : -1;
    surface.values.resize(std::size_t(slice.columns) * std::size_t(slice.rows) * outputs);
    const PredictorPtr deciding = outputs > 1 ? scorePredictor(model.parameters()) : nullptr;
    if (deciding)
        surface.scores.resize(surface.values.size());

    const CellRows cells(model.preparation(), slice);
    const std::optional<SeparableGrid> grid = cells.grid();
    const CellAnswers predicted(model.predictor(), cells, grid, slice.columns, stop);
    std::optional<CellAnswers> scored;
    if (deciding)
        scored.emplace(*deciding, cells, grid, slice.columns, stop);
    const int rowsInTile = std::max(1, predicted.cellsAtOnce() / slice.columns);
    const int tiles = (slice.rows + rowsInTile - 1) / rowsInTile;
    parallelFor(std::size_t(tiles), [&](std::size_t tile) {
        if (stop.stop_requested())
            return;
        const int firstRow = int(tile) * rowsInTile;
        const int rows = std::min(rowsInTile, slice.rows - firstRow);
        const std::size_t first = std::size_t(firstRow) * std::size_t(slice.columns) * outputs;
        const Matrix answers = predicted.answer(firstRow, rows);
        if (scored)
            writeScores(scored->answer(firstRow, rows), outputs, &surface.scores[first]);
        for (Eigen::Index output = 0; output < answers.cols(); ++output) {
            float* values = &surface.values[first + std::size_t(output)];
            for (Eigen::Index cell = 0; cell < answers.rows(); ++cell, values += outputs)
                *values = shown(answers(cell, output));
        }
    });
    if (stop.stop_requested())
        return Error{ErrorCode::Cancelled, "The decision surface was cancelled."};
    return surface;
}

} // namespace modelarium
