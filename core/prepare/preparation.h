#pragma once

#include "core/base/matrix.h"
#include "core/data/dataset.h"
#include "core/data/kept_columns.h"
#include "core/data/table.h"
#include "core/prepare/step_choices.h"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace modelarium {

/// How one column of the data becomes numbers. Learned from training rows, then constant.
struct InputColumn {
    std::string name;
    std::string unit;
    ColumnType type = ColumnType::Number;
    std::vector<std::string> levels;                ///< categories and booleans; one-hot in this order
    double fill = 0;                                ///< what stands for a missing cell: a number, or the code of a level
    double minimum = 0;                             ///< range seen in training, for warnings about extrapolation
    double maximum = 0;
    double typical = 0;                             ///< median, or the code of the most frequent level
    std::size_t filledInTraining = 0;               ///< training cells that were missing
    std::size_t firstOutput = 0;                    ///< where its encoded columns start
    std::size_t outputs = 1;                        ///< how many there are: 1, or one a level (less the reference level), and the indicator
    Encoding encoding = Encoding::OneHot;           ///< Ordinal: the code of the level, from 0
    bool missingIndicator = false;                  ///< one more column: 1 where the cell was missing
    std::optional<Imputation> filledBy;             ///< how `fill` was found; empty in older files
    std::optional<UnknownCategory> unknown;         ///< empty: as the whole preparation; OwnLevel: the last level takes them
    std::optional<bool> refusesMissing;             ///< empty: as the whole preparation

    bool isCategorical() const { return type == ColumnType::Category || type == ColumnType::Boolean; }
    std::size_t valueColumns() const { return outputs - (missingIndicator ? 1 : 0); }
};

/// x -> (x - mean) / scale. What mean and scale are, the kind says; columns that take no part have 0 and 1.
///
/// Math     Standardise: mean and population standard deviation (ddof 0); MinMax to [low, high]: scale = (max - min) / (high - low),
///          mean = min - low scale; Robust: median and interquartile range (linear interpolation between values)
///          of the training rows; a scale of 0 becomes 1
struct Standardise {
    Vector mean;
    Vector scale;
    Scaling kind = Scaling::Standardise;
};

/// All products of the features up to a total degree, without the constant: x1, x2, x1^2, x1 x2, x2^2, ...
struct PolynomialTerms {
    int degree = 2;
    std::vector<std::vector<int>> exponents;        ///< (terms, features)
};

/// A logarithm or power of some columns; the others stay. See power_transform.h for the formulas.
///
/// A value where it is not defined (x + offset <= 0) is refused in a table. A single row, which nobody can answer with a sentence,
/// takes the smallest training value instead.
struct PowerTransform {
    PowerFamily family = PowerFamily::YeoJohnson;
    double offset = 0;                              ///< Logarithm: log(x + offset)
    std::vector<int> columns;                       ///< rising
    Vector lambda;                                  ///< one a column; 0 for Logarithm
    Vector lowest;                                  ///< smallest training value, one a column
};

/// Numbers to intervals: x falls into interval k, where k inner edges are <= x.
struct Binning {
    BinEdges kind = BinEdges::EqualWidth;
    std::vector<int> columns;                       ///< rising
    std::vector<std::vector<double>> edges;         ///< inner edges, rising; one list a column
    Encoding encoding = Encoding::OneHot;           ///< one column an interval, or its number
    bool leavesFirstOut = false;                    ///< one-hot without the first interval; always with two
    std::size_t outputsOf(std::size_t which) const;
};

/// The widest directions of some columns, after those that take no part.
///
/// Math     p_k = sum_j directions_kj (x_j - mean_j)
struct PrincipalComponents {
    std::vector<int> columns;                       ///< rising
    Vector mean;                                    ///< one a column
    Matrix directions;                              ///< (components, columns)
    Vector variance;                                ///< of each component over the training rows (ddof 1)
    double totalVariance = 0;                       ///< of all the components that there would be
};

using PreparationStep = std::variant<PolynomialTerms, Standardise, PowerTransform, Binning, PrincipalComponents>;

/// The way from the columns of a table to the numbers that a model computes with: learned from training rows only,
/// frozen together with the model, and applied to every row it will ever see.
///
/// Order    each column: fill what is missing, encode categories; then the steps, in order
class Preparation {
public:
    Preparation() = default;
    /// Rebuilds a preparation from a file. Errors   BadModelFile where the parts do not fit together
    static Result<Preparation> fromParts(std::vector<InputColumn> inputs, std::vector<PreparationStep> steps,
                                         UnknownCategory unknown, bool refusesMissing, bool referenceLevel);

    /// Errors   UnknownColumn; WrongType (text, empty); MissingValue (names row and column, with Imputation::Refuse);
    ///          NotFinite (also a logarithm of what is not positive: names row and column); TooLarge where the polynomial has more
    ///          than 10,000 terms, or the levels of a category need more than 1 GB; BadHyperparameter where a step cannot be done
    ///          as it was chosen
    static Result<Preparation> learn(const Table& table, const std::vector<std::string>& features,
                                     const std::vector<std::size_t>& trainingRows, const PreparationChoices& choices);

    /// Columns are found by name; order and further columns do not matter. Category levels are matched by name.
    /// Shape    (rows, outputs())
    /// Errors   UnknownColumn (a missing column); WrongType; UnknownCategory; MissingValue; NotFinite: row and column named
    Result<Matrix> apply(const Table& table, const std::vector<std::size_t>& rows) const;
    Result<Matrix> apply(const Table& table) const;
    /// The columns of the table themselves, where all its rows are taken and they are what apply() would copy; null where they are not.
    /// Errors   UnknownColumn; NotFinite: row and column named
    Result<KeptColumnsPtr> applyInPlace(const Table& table, const ChosenRows& rows) const;
    /// The numbers after the first `steps` steps: 0 gives the encoded columns.
    Result<Matrix> applyThrough(const Table& table, const std::vector<std::size_t>& rows, std::size_t steps) const;

    /// One row given as numbers (category codes for categories, NaN for missing), without allocating.
    /// `scratch` has scratchSize() elements, `out` outputs(). Precondition: codes are in range.
    void applyRow(const double* raw, double* scratch, double* out) const noexcept;
    /// The same through the first `steps` steps; `out` has outputsThrough(steps) elements.
    void applyRowThrough(const double* raw, double* scratch, double* out, std::size_t steps) const noexcept;
    std::size_t scratchSize() const { return 2 * m_widest; }

    const std::vector<InputColumn>& inputs() const { return m_inputs; }
    const std::vector<PreparationStep>& steps() const { return m_steps; }
    UnknownCategory unknownCategory() const { return m_unknown; }
    bool refusesMissing() const { return m_refusesMissing; }
    bool referenceLevel() const { return m_referenceLevel; }
    UnknownCategory unknownCategoryOf(const InputColumn& input) const { return input.unknown.value_or(m_unknown); }
    bool refusesMissingOf(const InputColumn& input) const { return input.refusesMissing.value_or(m_refusesMissing); }

    std::size_t encodedColumns() const;                         ///< after encoding, before the steps
    std::size_t outputs() const { return outputsThrough(m_steps.size()); }
    std::size_t outputsThrough(std::size_t steps) const;
    std::vector<std::string> encodedNames() const;              ///< "mass", "island = Dream", "mass is missing"
    std::vector<std::string> outputNames() const;               ///< after the steps: "mass^2", "log(mass)", "PC1"
    std::vector<std::string> namesThrough(std::size_t steps) const;

private:
    friend class PreparationLearning;
    void append(PreparationStep step);
    Result<Matrix> encoded(const Table& table, const std::vector<std::size_t>& rows) const;
    Result<void> encode(const InputColumn& input, const Table& table, const ChosenRows& chosen, Matrix& out) const;

    std::vector<InputColumn> m_inputs;
    std::vector<PreparationStep> m_steps;
    UnknownCategory m_unknown = UnknownCategory::Refuse;
    bool m_refusesMissing = false;
    bool m_referenceLevel = false;
    std::vector<std::size_t> m_widths;              ///< after each step
    std::size_t m_widest = 0;
};

} // namespace modelarium
