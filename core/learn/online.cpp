#include "core/learn/online.h"

#include "core/base/counted.h"

#include <cmath>

namespace modelarium {

namespace {

/// Names the first number of the row that is none.
Result<void> checkRow(const Dataset& batch, Eigen::Index i)
{
    for (Eigen::Index j = 0; j <= batch.X().cols(); ++j) {
        const double value = j < batch.X().cols() ? batch.X()(i, j) : batch.y[i];
        if (std::isfinite(value))
            continue;
        const std::size_t row = batch.rowNumber(i);
        const std::string name = j < batch.X().cols() ? batch.featureNames[std::size_t(j)] : "the target";
        return Error{ErrorCode::NotFinite, "Row " + std::to_string(row) + " of \"" + name + "\" is "
                                               + (std::isnan(value) ? "missing" : "infinite") + ".",
                     Place{.row = row, .column = name}};
    }
    return {};
}

} // namespace

Result<Progress> OnlineRun::partialFit(const Dataset& batch, Matrix* before)
{
    if (batch.features() != m_shape.features || batch.classes() != m_shape.classNames.size() || batch.task != m_shape.task) {
        return Error{ErrorCode::WrongType, "The rows do not have the features and the classes that this training began with: "
                                               + countText(m_shape.features) + " numbers for each row."};
    }
    if (before)
        before->resize(batch.X().rows(), Eigen::Index(outputs()));
    RowVector x(batch.X().cols()), answer(static_cast<Eigen::Index>(outputs()));
    for (Eigen::Index i = 0; i < batch.X().rows(); ++i) {
        if (const Result<void> checked = checkRow(batch, i); !checked)
            return checked.error();
        x = batch.X().row(i);
        if (before) {
            predictRow(x.data(), answer.data());
            before->row(i) = answer;
        }
        ++m_rows;
        if (const Result<void> learned = learnRow(x.data(), batch.y[i]); !learned) {
            --m_rows;
            Error error = learned.error();
            error.message = "Row " + std::to_string(batch.rowNumber(i)) + ": " + error.message;
            error.place.row = batch.rowNumber(i);
            return error;
        }
    }
    return Progress{std::size_t(m_rows), loss(), "row " + std::to_string(m_rows)};
}

Result<Progress> OnlineRun::step()
{
    return Error{ErrorCode::Unsupported, "This training takes its rows from outside: it has no steps of its own."};
}

OnlineState OnlineRun::state() const
{
    OnlineState state;
    state.counts["rows"] = m_rows;
    saveState(state);
    return state;
}

Result<void> OnlineRun::setState(const OnlineState& state)
{
    std::uint64_t rows = 0;
    if (!takeCount(state, "rows", rows) || !takeState(state))
        return Error{ErrorCode::BadModelFile, "The learner's state in the file does not fit its model: train again from the beginning."};
    m_rows = rows;
    return {};
}

bool takeNumbers(const OnlineState& state, const std::string& name, Eigen::Ref<Vector> to)
{
    const auto found = state.numbers.find(name);
    if (found == state.numbers.end() || found->second.size() != to.size())
        return false;
    to = found->second;
    return true;
}

bool takeCount(const OnlineState& state, const std::string& name, std::uint64_t& to)
{
    const auto found = state.counts.find(name);
    if (found == state.counts.end())
        return false;
    to = found->second;
    return true;
}

} // namespace modelarium
