#include "core/model/model.h"

#include "core/base/buffer.h"
#include "core/base/counted.h"
#include "core/base/number_text.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

namespace modelarium {

namespace {

Error badModel(std::string message) { return {ErrorCode::BadModelFile, std::move(message)}; }

/// Shapes that say how far rows are from places find groups; mixtures of bells may do either. Directions are there for projection alone.
bool belongsTo(Task task, const Parameters& parameters)
{
    if (task == Task::Projection || std::holds_alternative<Projection>(parameters))
        return task == Task::Projection && std::holds_alternative<Projection>(parameters);
    const bool findsGroups = std::holds_alternative<Centroids>(parameters) || std::holds_alternative<CorePoints>(parameters);
    const bool areBells = std::holds_alternative<GaussianClasses>(parameters) || std::holds_alternative<FullGaussianClasses>(parameters);
    return task == Task::Clustering ? findsGroups || areBells : !findsGroups;
}

/// The parts must agree about how many numbers go in and come out.
Result<void> checkParts(const Preparation& preparation, const Parameters& parameters, const TargetColumn& target)
{
    if (!isFinite(parameters))
        return Error{ErrorCode::NotFinite, "The model has a parameter that is not a finite number."};
    if (preparation.outputs() != featureCount(parameters)) {
        return badModel("The preparation gives " + counted(preparation.outputs(), "number", "numbers") + ", but the parameters expect "
                        + countText(featureCount(parameters)) + ".");
    }
    if (!belongsTo(target.task, parameters))
        return badModel("Parameters of the shape \"" + std::string(shapeName(parameters)) + "\" do not do " + std::string(taskName(target.task)) + ".");
    const std::size_t expected = target.task == Task::Regression ? 1 : target.classes.size();
    if (target.task != Task::Projection && outputCount(parameters) != expected) {
        return badModel("The parameters give " + countText(outputCount(parameters)) + " answers, but the target asks for "
                        + countText(expected) + ".");
    }
    if (target.task == Task::Projection && !target.classes.empty())
        return badModel("Coordinates are numbers, and have no classes.");
    if (target.task == Task::Clustering && target.classes != clusterNames(parameters))
        return badModel("The clusters do not have the names that belong to their parameters.");
    if (target.task == Task::Classification && target.classes.size() < 2)
        return badModel("A model that tells classes apart needs at least two of them.");
    if (target.threshold && (target.task != Task::Classification || target.classes.size() != 2))
        return badModel("A threshold decides between two classes, and this model does not tell two apart.");
    if (target.threshold && !(*target.threshold >= 0 && *target.threshold <= 1))
        return badModel("A threshold is a probability: a number from 0 to 1.");
    if (std::set<std::string>(target.classes.begin(), target.classes.end()).size() != target.classes.size())
        return badModel("The target \"" + target.name + "\" has a class twice.");
    return {};
}

} // namespace

const std::string* TargetColumn::positiveClass() const noexcept
{
    return task == Task::Classification && classes.size() == 2 ? &classes[1] : nullptr;
}

Result<void> putPositiveSecond(const std::string& positive, TargetColumn& target)
{
    Place place;
    place.column = target.name;
    if (!target.positiveClass())
        return Error{ErrorCode::WrongTask, "A positive class is one of two, and the target does not have two classes.", place};
    if (positive == target.classes[0])
        std::swap(target.classes[0], target.classes[1]);
    if (positive != target.classes[1])
        return Error{ErrorCode::UnknownCategory, "No class is \"" + positive + "\": those of the target \"" + target.name + "\" are \"" + target.classes[0]
                                                     + "\" and \"" + target.classes[1] + "\".", place};
    return {};
}

std::size_t TargetColumn::classOf(const double* probabilities) const noexcept
{
    if (threshold)
        return probabilities[1] >= *threshold ? 1 : 0;
    std::size_t likeliest = 0;
    for (std::size_t k = 1; k < classes.size(); ++k) {
        if (probabilities[k] > probabilities[likeliest])
            likeliest = k;
    }
    return likeliest;
}

Model::Model(Preparation preparation, Parameters parameters, TargetColumn target, Provenance provenance, Certificate certificate,
             OnlineStatePtr onlineState)
    : m_preparation(std::move(preparation)), m_parameters(std::move(parameters)), m_target(std::move(target)),
      m_provenance(std::move(provenance)), m_certificate(std::move(certificate)), m_onlineState(std::move(onlineState)),
      m_predictor(makePredictor(m_parameters))
{
}

Result<ModelPtr> Model::make(Preparation preparation, Parameters parameters, TargetColumn target, Provenance provenance,
                             Certificate certificate, OnlineStatePtr onlineState)
{
    if (Result<void> fits = checkParts(preparation, parameters, target); !fits)
        return fits.error();
    return ModelPtr(new Model(std::move(preparation), std::move(parameters), std::move(target), std::move(provenance),
                              std::move(certificate), std::move(onlineState)));
}

ModelPtr Model::withoutOnlineState() const
{
    return ModelPtr(new Model(m_preparation, m_parameters, m_target, m_provenance, m_certificate, {}));
}

Result<Prediction> Model::predict(const Table& rows) const
{
    const Result<Matrix> X = m_preparation.apply(rows);
    if (!X)
        return X.error();
    return predictPrepared(*X);
}

Prediction Model::predictPrepared(const ColumnView& X) const
{
    Prediction prediction;
    if (m_target.task == Task::Regression) {
        prediction.values.resize(X.rows());
        preferHugePages(prediction.values.data(), std::size_t(X.rows()) * sizeof(double));
        m_predictor->predictInto(X, Eigen::Map<Matrix>(prediction.values.data(), X.rows(), 1));
        return prediction;
    }
    Matrix out;
    m_predictor->predict(X, out);
    if (m_target.task == Task::Projection) {
        prediction.values = out.cols() > 0 ? Vector(out.col(0)) : Vector(Vector::Zero(out.rows()));
        prediction.coordinates = std::move(out);
        return prediction;
    }
    prediction.values.resize(out.rows());
    for (Eigen::Index i = 0; i < out.rows(); ++i) {
        Eigen::Index decided = 0;
        if (m_target.threshold)
            decided = out(i, 1) >= *m_target.threshold ? 1 : 0;
        else
            out.row(i).maxCoeff(&decided);
        prediction.values[i] = double(decided);
    }
    prediction.probabilities = std::move(out);
    prediction.areProbabilities = claimsProbabilities();
    return prediction;
}

void Model::predictRow(const double* raw, double* workspace, double* out) const noexcept
{
    double* prepared = workspace + m_preparation.scratchSize();
    m_preparation.applyRow(raw, workspace, prepared);
    m_predictor->predictRow(prepared, out);
}

bool Model::claimsProbabilities() const
{
    return (m_target.task == Task::Classification || m_target.task == Task::Clustering) && givesProbabilities(m_parameters);
}

std::size_t Model::workspaceSize() const { return m_preparation.scratchSize() + m_preparation.outputs(); }

Result<ModelPtr> Model::withThreshold(std::optional<double> threshold) const
{
    TargetColumn target = m_target;
    target.threshold = threshold;
    return make(m_preparation, m_parameters, std::move(target), m_provenance, m_certificate, m_onlineState);
}

Result<ModelPtr> Model::certified(const Table& table, std::size_t rows) const
{
    // Rows spread over the whole table, so that the certificate does not only know its beginning.
    const std::size_t count = std::min(rows, table.rows());
    std::vector<std::size_t> chosen;
    for (std::size_t i = 0; i < count; ++i)
        chosen.push_back(i * table.rows() / count);
    const Table sample = table.selected(chosen);

    Result<Matrix> X = m_preparation.apply(sample);
    if (!X)
        return X.error();
    Certificate certificate;
    m_predictor->predict(*X, certificate.predictions);
    for (std::size_t row = 0; row < count; ++row) {
        std::vector<std::string> cells;
        for (const InputColumn& input : inputs())
            cells.push_back(sample.column(*sample.find(input.name)).cellText(row));
        certificate.rows.push_back(std::move(cells));
    }
    return make(m_preparation, m_parameters, m_target, m_provenance, std::move(certificate), m_onlineState);
}

} // namespace modelarium
