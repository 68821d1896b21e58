#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace modelarium {

/// What stands for a missing cell. Mean and Median are for numbers; OwnLevel makes missing a category of its own.
enum class Imputation { Mean, Median, MostFrequent, Refuse, Constant, OwnLevel };
enum class Scaling { None, Standardise, MinMax, Robust };
/// What a category is that no training row had. OwnLevel: one more level, "(other)", takes all of them.
enum class UnknownCategory { Refuse, TreatAsMissing, OwnLevel };
enum class Encoding { OneHot, Ordinal };
enum class PowerFamily { Logarithm, BoxCox, YeoJohnson };
enum class BinEdges { EqualWidth, Quantiles };

/// Without named columns a mean or median fills the numbers, and the most frequent level the categories; Constant and OwnLevel
/// take the columns that they fit and leave the others to the next such choice.
struct ImputeChoice {
    Imputation method = Imputation::Mean;
    std::string constant;                           ///< for Imputation::Constant: a number, or the name of a level
    bool indicator = false;                         ///< adds a column of 0 and 1 for each column with missing cells
    bool operator==(const ImputeChoice&) const = default;
};

struct EncodeChoice {
    Encoding encoding = Encoding::OneHot;
    std::optional<UnknownCategory> unknown = UnknownCategory::TreatAsMissing;   ///< empty: as for the whole preparation
    std::size_t rareBelow = 1;                      ///< with OwnLevel: levels with fewer training rows join "(other)"
    std::vector<std::string> order;                 ///< levels in this order first, known also where no training row has them; the others follow as they come
    bool operator==(const EncodeChoice&) const = default;
};

struct ScaleChoice {
    Scaling method = Scaling::Standardise;
    double low = 0, high = 1;                       ///< for MinMax: where the smallest and the largest training value go
    bool operator==(const ScaleChoice&) const = default;
};

struct PowerChoice {
    PowerFamily family = PowerFamily::YeoJohnson;
    double offset = 0;                              ///< for Logarithm: log(x + offset)
    bool operator==(const PowerChoice&) const = default;
};

struct BinChoice {
    BinEdges edges = BinEdges::EqualWidth;
    int bins = 5;
    Encoding encoding = Encoding::OneHot;
    bool operator==(const BinChoice&) const = default;
};

struct PolynomialChoice {
    int degree = 2;
    bool interactionsOnly = false;                  ///< products of different columns, no powers
    bool operator==(const PolynomialChoice&) const = default;
};

struct PcaChoice {
    int components = 0;                             ///< 0: as many as `share` needs
    double share = 0.95;                            ///< of the variance, at least
    bool operator==(const PcaChoice&) const = default;
};

/// One step as a person chooses it, for all columns that it fits, or for those named.
struct StepChoice {
    std::variant<ImputeChoice, EncodeChoice, ScaleChoice, PowerChoice, BinChoice, PolynomialChoice, PcaChoice> what;
    std::vector<std::string> columns;               ///< names of the data's columns, or of columns as an earlier step left them
    bool operator==(const StepChoice&) const = default;
};

/// What a person chooses before anything is learned. Without `steps` it is: fill, one-hot, polynomial terms, scale.
///
/// Order    the choices for missing cells and categories: the first that names a column counts, then the first for all columns;
///          `imputation` and `unknownCategory` take what they leave open. Then the other steps as they stand in the list; then
///          `polynomialDegree` and `scaling`
struct PreparationChoices {
    Imputation imputation = Imputation::Mean;
    Scaling scaling = Scaling::None;
    int polynomialDegree = 1;                       ///< 1: the features as they are
    std::optional<UnknownCategory> unknownCategory;  ///< empty: nothing was chosen; they count as missing
    /// Leave out the first level of each category, so that the columns are not collinear with an intercept.
    bool referenceLevel = false;
    std::vector<StepChoice> steps;
    bool operator==(const PreparationChoices&) const = default;
};

/// Whether a step turns cells into numbers (missing cells, categories); the others compute with numbers.
bool readsCells(const StepChoice& step);
/// Whether nothing is left for a further step of its kind to do.
bool takesEveryColumn(const StepChoice& step);

/// Everything that will happen as one list, with nothing left to the fields beside it: what a person sees and edits.
/// An imputation and an encoding that are the program's own habits are in it too.
std::vector<StepChoice> orderedSteps(const PreparationChoices& choices);
/// The same preparation, said by the list alone.
PreparationChoices asList(const PreparationChoices& choices);

/// Whether some step brings features to a common scale.
bool scalesFeatures(const PreparationChoices& choices);

/// "impute", "encode", "standardise", "minmax", "robust", "log", "power", "bin", "polynomial", "pca"
std::string_view stepName(const StepChoice& step);

} // namespace modelarium
