#pragma once

#include "core/data/dataset.h"
#include "core/learn/linear/column_products.h"
#include "core/learn/linear/coordinate_descent.h"
#include "core/model/parameters.h"

#include <memory>
#include <vector>

namespace modelarium {

/// How much a weight costs: alpha l1Ratio |w| + alpha (1 - l1Ratio) w^2 / 2.
struct ElasticNetPrice {
    double alpha = 1;
    double l1Ratio = 1;
};

/// Coordinate descent over a data set and, for cross-validation, over the data set without each of its folds.
///
/// Problem 0 has all rows, problem 1 + f the rows outside fold f. Folds are drawn by the seed and differ by a row at most. With
/// at most twice as many features as rows, one pass computes the products of the columns of every fold, and all problems are
/// solved from those; otherwise the columns themselves are used.
///
/// Math     objective of a problem: |y - X w - b|^2 / (2 rows) + price of the weights, b free (or 0 without an intercept)
/// Cost     O(n_samples * n_features^2) and (2 folds + 1) n_features^2 numbers; or a copy of the columns
class ElasticNetData {
public:
    ElasticNetData(DatasetPtr data, bool intercept, Eigen::Index folds = 0, std::uint64_t seed = 0);

    /// Does a part of the preparation that takes a moment; true when all is done. Nothing else may be called before.
    bool prepareSome();

    std::size_t problems() const { return m_problems.size(); }
    Eigen::Index folds() const { return m_folds; }
    CoordinateDescent& problem(std::size_t index) { return *m_problems[index].descent; }
    void setPrice(std::size_t index, const ElasticNetPrice& price);
    /// A gap of this share of the target's squares, in the units of the problem.
    double tolerance(std::size_t index, double share) const { return share * m_problems[index].targetSquares; }

    /// The smallest alpha with which every weight is 0.
    double largestAlpha(double l1Ratio) const;
    /// The mean squared error of problem 1 + fold on its fold.
    double heldOutError(Eigen::Index fold) const;
    /// The objective and the duality gap of problem 0 for its price, in the units of the data.
    double objective() const { return inDataUnits(m_problems[0].descent->objective()); }
    double gap() const { return inDataUnits(m_problems[0].descent->gap()); }
    /// A weighted sum of the features as they came, from weights of problem 0.
    Linear linear(const Vector& weights) const;
    /// Features without spread (or that are all 0, without an intercept).
    const std::vector<std::size_t>& constant() const { return m_constant; }

private:
    struct Problem {
        std::unique_ptr<CoordinateDescent> descent;
        Eigen::Index rows = 0;
        ColumnShift mean;
        std::vector<char> constant;
        double targetSquares = 0;
    };

    bool usesProducts() const;
    void findUnits(Eigen::Index every);
    void orderByFold(std::uint64_t seed);
    bool addProducts();
    void makeProblemsFromProducts();
    void makeProblemsFromColumns();
    double inDataUnits(double value) const;

    DatasetPtr m_data;                              // in the order of the folds and in moderate units, where that differs
    DatasetPtr m_original;
    bool m_intercept;
    Eigen::Index m_folds;
    std::vector<Eigen::Index> m_foldStart;          // first row of each fold (or 0), and the number of rows
    std::vector<int> m_exponent;                    // of a power of two: unit of each feature, then of the target; 0 but for extremes
    ColumnShift m_shift;
    std::vector<ColumnProducts> m_products;         // of each fold, or of all rows
    std::shared_ptr<const CentredColumns> m_columns;
    Eigen::Index m_rowsDone = 0;
    bool m_shiftIsMean = false;
    std::uint64_t m_seed;
    std::vector<Problem> m_problems;
    std::vector<std::size_t> m_constant;
};

} // namespace modelarium
