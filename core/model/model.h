#pragma once

#include "core/base/result.h"
#include "core/data/dataset.h"
#include "core/data/table.h"
#include "core/model/findings.h"
#include "core/model/online_state.h"
#include "core/model/parameters.h"
#include "core/model/predictor.h"
#include "core/prepare/preparation.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace modelarium {

/// A value of a hyperparameter: chosen by a person, not learned.
using HyperparameterValue = std::variant<double, std::int64_t, bool, std::string>;
using HyperparameterValues = std::map<std::string, HyperparameterValue>;

/// What the answers of a model without a target are called.
inline constexpr std::string_view clusterColumnName = "cluster";
inline constexpr std::string_view componentColumnName = "pc";

/// What the model answers. Without a column to learn from `name` is clusterColumnName, or for projection componentColumnName,
/// which stands before the number of each coordinate: componentNames().
struct TargetColumn {
    std::string name;
    std::string unit;
    Task task = Task::Regression;
    std::vector<std::string> classes;               ///< the clusters for clustering; empty for regression and projection
    /// Two classes only: the second is predicted where its probability is at least this. Empty: the likelier one.
    std::optional<double> threshold{};

    /// Of two classes the second, which precision, recall, F1, the area below the precision-recall curve and a threshold are about. Null
    /// where there are not two.
    const std::string* positiveClass() const noexcept;

    /// The code of the class that these probabilities, one a class, decide for; of equal ones the first.
    std::size_t classOf(const double* probabilities) const noexcept;
};

/// Makes the class `positive` the second of the two.
/// Errors   WrongTask where there are not two classes; UnknownCategory where it is neither
Result<void> putPositiveSecond(const std::string& positive, TargetColumn& target);

/// Where the parameters came from.
struct Provenance {
    std::string learner;                            ///< id in the registry
    HyperparameterValues hyperparameters;
    std::uint64_t seed = 0;
    std::string dataName;                           ///< file name without its folder
    std::string dataFingerprint;                    ///< SHA-256 over those of the columns that were used, each over its cells
    std::size_t rowsTrain = 0;
    std::size_t rowsTest = 0;
    std::size_t steps = 0;
    double seconds = 0;                             ///< time that training took
    std::string created;                            ///< UTC, ISO 8601
    std::string programVersion;
    std::map<std::string, double> metricsTrain;
    std::map<std::string, double> metricsTest;
    Findings found{};                               ///< by the training itself
};

/// Answers for a batch of rows.
///
/// Shape    values (n): the predicted value, or the code of the class that is decided for; probabilities (n, classes), 1 and 0 where
///          a model decides without claiming any; empty for regression and projection. coordinates (n, components) for projection,
///          whose values are the first of them (0 where there is no component)
struct Prediction {
    Vector values;
    Matrix probabilities;
    bool areProbabilities = true;                   ///< false where the model only decides: 0 and 1 then, or shares of votes
    Matrix coordinates{};
};

/// Reference rows with the predictions they gave when the model was made: recomputed at every load.
struct Certificate {
    std::vector<std::vector<std::string>> rows;     ///< cells as text, in the order of the model's inputs; "" is missing
    Matrix predictions;                             ///< (rows, outputs)
};

class Model;
using ModelPtr = std::shared_ptr<const Model>;

/// A frozen model: preparation, parameters, and where they came from. It has no member that changes it. It can only predict.
///
/// Beside them it may carry what its learner needs to go on from here: then another training can begin where this one stopped.
class Model final {
public:
    /// Errors   BadModelFile where the parts do not fit together (names the part); NotFinite
    static Result<ModelPtr> make(Preparation preparation, Parameters parameters, TargetColumn target, Provenance provenance,
                                 Certificate certificate = {}, OnlineStatePtr onlineState = {});

    const Preparation& preparation() const { return m_preparation; }
    const std::vector<InputColumn>& inputs() const { return m_preparation.inputs(); }
    const Parameters& parameters() const { return m_parameters; }
    const TargetColumn& target() const { return m_target; }
    const Provenance& provenance() const { return m_provenance; }
    const Certificate& certificate() const { return m_certificate; }
    const Predictor& predictor() const { return *m_predictor; }
    /// Null where nothing more can be learned, which is the rule.
    const OnlineStatePtr& onlineState() const { return m_onlineState; }
    /// The same model without it.
    ModelPtr withoutOnlineState() const;

    /// Errors   those of Preparation::apply: the row and the column are named
    Result<Prediction> predict(const Table& rows) const;
    Prediction predictPrepared(const ColumnView& X) const;

    /// False where the numbers are 1 for what is decided and 0 for the rest.
    bool claimsProbabilities() const;

    /// One row as numbers in the order of inputs(): category codes for categories, NaN for missing. Allocates nothing.
    /// `workspace` has workspaceSize() elements; `out` has one element, or one a class or component.
    void predictRow(const double* raw, double* workspace, double* out) const noexcept;
    std::size_t workspaceSize() const;
    std::size_t outputs() const { return m_predictor->outputs(); }

    /// The same numbers with another threshold between two classes; the certificate is about probabilities, and stays.
    /// Errors   BadModelFile where there are not two classes, or the threshold is not a number from 0 to 1
    Result<ModelPtr> withThreshold(std::optional<double> threshold) const;

    /// The same model with a certificate over up to `rows` of the given table.
    Result<ModelPtr> certified(const Table& table, std::size_t rows = 20) const;

private:
    Model(Preparation, Parameters, TargetColumn, Provenance, Certificate, OnlineStatePtr);

    Preparation m_preparation;
    Parameters m_parameters;
    TargetColumn m_target;
    Provenance m_provenance;
    Certificate m_certificate;
    OnlineStatePtr m_onlineState;
    PredictorPtr m_predictor;
};

} // namespace modelarium
