#pragma once

#include "core/base/matrix.h"
#include "core/data/dataset.h"
#include "core/data/table.h"

#include <string>
#include <variant>
#include <vector>

namespace modelarium {

enum class Imputation { Mean, Median, MostFrequent, Refuse };
enum class Scaling { None, Standardise };
enum class UnknownCategory { Refuse, TreatAsMissing };

/// What a person chooses before anything is learned.
struct PreparationChoices {
    Imputation imputation = Imputation::Mean;
    Scaling scaling = Scaling::None;
    int polynomialDegree = 1;                       ///< 1: the features as they are
    UnknownCategory unknownCategory = UnknownCategory::Refuse;
    /// Leave out the first level of each category, so that the columns are not collinear with an intercept.
    bool referenceLevel = false;
};

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
    std::size_t outputs = 1;                        ///< how many there are: 1, or one a level (less the reference level)
};

/// x -> (x - mean) / scale, with the population standard deviation (ddof 0) of the training rows; 1 where it is 0.
struct Standardise {
    Vector mean;
    Vector scale;
};

/// All products of the features up to a total degree, without the constant: x1, x2, x1^2, x1 x2, x2^2, ...
struct PolynomialTerms {
    int degree = 2;
    std::vector<std::vector<int>> exponents;        ///< (terms, features)
};

using PreparationStep = std::variant<PolynomialTerms, Standardise>;

/// The way from the columns of a table to the numbers that a model computes with: learned from training rows only,
/// frozen together with the model, and applied to every row it will ever see.
///
/// Order    each column: fill what is missing, encode categories one-hot; then the steps, in order
class Preparation {
public:
    Preparation() = default;
    /// Rebuilds a preparation from a file. Errors   BadModelFile where the parts do not fit together
    static Result<Preparation> fromParts(std::vector<InputColumn> inputs, std::vector<PreparationStep> steps,
                                         UnknownCategory unknown, bool refusesMissing, bool referenceLevel);

    /// Errors   UnknownColumn; WrongType (text, empty); MissingValue (names row and column, with Imputation::Refuse);
    ///          NotFinite; TooLarge where the polynomial has more than 10,000 terms,
    ///          or the levels of a category need more than 1 GB
    static Result<Preparation> learn(const Table& table, const std::vector<std::string>& features,
                                     const std::vector<std::size_t>& trainingRows, const PreparationChoices& choices);

    /// Columns are found by name; order and further columns do not matter. Category levels are matched by name.
    /// Shape    (rows, outputs())
    /// Errors   UnknownColumn (a missing column); WrongType; UnknownCategory; MissingValue; NotFinite: row and column named
    Result<Matrix> apply(const Table& table, const std::vector<std::size_t>& rows) const;
    Result<Matrix> apply(const Table& table) const;

    /// One row given as numbers (category codes for categories, NaN for missing), without allocating.
    /// `scratch` has scratchSize() elements, `out` outputs(). Precondition: codes are in range.
    void applyRow(const double* raw, double* scratch, double* out) const noexcept;
    std::size_t scratchSize() const;

    const std::vector<InputColumn>& inputs() const { return m_inputs; }
    const std::vector<PreparationStep>& steps() const { return m_steps; }
    UnknownCategory unknownCategory() const { return m_unknown; }
    bool refusesMissing() const { return m_refusesMissing; }
    bool referenceLevel() const { return m_referenceLevel; }

    std::size_t encodedColumns() const;                         ///< after encoding, before the steps
    std::size_t outputs() const;
    std::vector<std::string> encodedNames() const;              ///< "mass", "island = Dream"
    std::vector<std::string> outputNames() const;               ///< after the steps: "mass^2", "mass island = Dream"

private:
    std::vector<InputColumn> m_inputs;
    std::vector<PreparationStep> m_steps;
    UnknownCategory m_unknown = UnknownCategory::Refuse;
    bool m_refusesMissing = false;
    bool m_referenceLevel = false;
};

} // namespace modelarium
