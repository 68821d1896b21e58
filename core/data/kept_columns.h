#pragma once

#include "core/data/column_view.h"

#include <atomic>
#include <memory>
#include <mutex>

namespace modelarium {

/// Columns of numbers that another object holds and nobody changes, and one matrix of them, made when it is first asked for.
class KeptColumns {
public:
    /// `owner` keeps the columns alive.
    KeptColumns(std::vector<const double*> columns, Eigen::Index rows, std::shared_ptr<const void> owner)
        : m_apart(std::move(columns), rows), m_owner(std::move(owner))
    {
    }

    Eigen::Index rows() const { return m_apart.rows(); }
    Eigen::Index cols() const { return m_apart.cols(); }
    ColumnView view() const { return m_isMade.load(std::memory_order_acquire) ? ColumnView(m_matrix) : m_apart; }
    /// Cost     one pass and 8 rows cols bytes the first time, whichever thread asks
    const Matrix& matrix() const { return m_isMade.load(std::memory_order_acquire) ? m_matrix : made(); }

private:
    const Matrix& made() const;

    ColumnView m_apart;
    std::shared_ptr<const void> m_owner;
    mutable std::once_flag m_once;
    mutable Matrix m_matrix;
    mutable std::atomic<bool> m_isMade{false};
};

using KeptColumnsPtr = std::shared_ptr<const KeptColumns>;

} // namespace modelarium
