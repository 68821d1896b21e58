#pragma once

#include "core/base/matrix.h"

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace modelarium {

/// The price of each weight: sum_j l1_j |w_j| + l2_j w_j^2 / 2. A feature with an infinite l1 has the weight 0.
struct WeightPenalty {
    Vector l1;
    Vector l2;
};

/// Half the squared residuals of a weighted sum of centred columns, as coordinate descent sees it.
///
/// Math     |v - Z w|^2 / 2; slopes = Z'(v - Z w)
class QuadraticLoss {
public:
    virtual ~QuadraticLoss() = default;

    Eigen::Index features() const { return m_diagonal.size(); }
    const Vector& diagonal() const { return m_diagonal; }                   ///< z_j'z_j
    double targetSquares() const { return m_targetSquares; }

    /// Minimises along every weight in turn (only along those that are not 0, where `used` is true), starting from w, where the
    /// loss stands. Returns the largest change, as z_j'z_j (change of w_j)^2.
    virtual double sweep(const WeightPenalty& penalty, Vector& w, bool used) = 0;
    /// Z'(v - Z w) for the weights where the loss stands.
    virtual const Vector& slopes() = 0;
    /// |v - Z w|^2 and v'(v - Z w) there.
    virtual std::pair<double, double> residualProducts(const Vector& w) = 0;
    /// Stands at w from now on, computed afresh.
    virtual void standAt(const Vector& w) = 0;
    /// z_i'z_j for i of one list and j of another.
    virtual Matrix products(const std::vector<Eigen::Index>& i, const std::vector<Eigen::Index>& j) const = 0;
    /// Multiplications of a sweep that changes so many weights; and whether looking at a weight costs as much as changing it.
    virtual double sweepCost(Eigen::Index changes) const = 0;
    virtual bool lookingIsCheap() const = 0;

protected:
    Vector m_diagonal;
    double m_targetSquares = 0;
};

/// From the products of all pairs of columns: looking at a weight costs nothing, changing it as much as there are features.
class GramLoss final : public QuadraticLoss {
public:
    GramLoss(Matrix G, Vector c, double targetSquares);

    double sweep(const WeightPenalty& penalty, Vector& w, bool used) override;
    const Vector& slopes() override { return m_slopes; }
    std::pair<double, double> residualProducts(const Vector& w) override;
    void standAt(const Vector& w) override;
    Matrix products(const std::vector<Eigen::Index>& i, const std::vector<Eigen::Index>& j) const override;
    double sweepCost(Eigen::Index changes) const override { return double(changes) * double(features()); }
    bool lookingIsCheap() const override { return true; }

private:
    void subtractColumns(const std::uint32_t* columns, const double* factors, std::size_t count, Eigen::Index first, Eigen::Index last);

    Matrix m_G;
    Vector m_c;
    Vector m_slopes;
};

/// Columns with a common mean of 0, the target likewise, and the rows of one fold that are left out (none: 0 rows).
struct CentredColumns {
    Matrix Z;
    Vector v;
};

/// From the columns and the residuals: for more features than rows, where the products would be more numbers than the data.
class ResidualLoss final : public QuadraticLoss {
public:
    ResidualLoss(std::shared_ptr<const CentredColumns> columns, Eigen::Index firstOut, Eigen::Index rowsOut, bool intercept);

    double sweep(const WeightPenalty& penalty, Vector& w, bool used) override;
    const Vector& slopes() override;
    std::pair<double, double> residualProducts(const Vector& w) override;
    void standAt(const Vector& w) override;
    Matrix products(const std::vector<Eigen::Index>& i, const std::vector<Eigen::Index>& j) const override;
    double sweepCost(Eigen::Index changes) const override { return double(changes) * double(m_columns->v.size()); }
    bool lookingIsCheap() const override { return false; }

    /// Means of the rows that are not left out, about those of all rows.
    const Vector& means() const { return m_means; }
    double targetMean() const { return m_targetMean; }

private:
    double dot(Eigen::Index j, const Vector& r) const;

    std::shared_ptr<const CentredColumns> m_columns;
    std::vector<std::pair<Eigen::Index, Eigen::Index>> m_runs;              // first row and number of rows, of those that are not left out
    Vector m_means;
    double m_targetMean = 0;
    Vector m_target;                                                        // centred; 0 in the rows that are left out
    Vector m_residuals;
    Vector m_slopes;
};

} // namespace modelarium
