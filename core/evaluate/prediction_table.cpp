#include "core/evaluate/prediction_table.h"

namespace modelarium {

namespace {

std::string freeName(const Table& table, std::string name)
{
    while (table.find(name))
        name += " (model)";
    return name;
}

Buffer<double> bufferOf(const Vector& values) { return {values.data(), values.data() + values.size()}; }

Column answerColumn(const TargetColumn& target, const Vector& values, std::string name)
{
    if (target.task == Task::Regression)
        return Column::numbers(std::move(name), bufferOf(values)).withUnit(target.unit);
    Buffer<std::int32_t> codes(std::size_t(values.size()));
    for (std::size_t i = 0; i < codes.size(); ++i)
        codes[i] = std::int32_t(values[Eigen::Index(i)]);
    return Column::categories(std::move(name), std::move(codes), target.classes);
}

} // namespace

Result<Table> predictionTable(const Table& rows, const Model& model, const Prediction& prediction)
{
    const TargetColumn& target = model.target();
    std::vector<ColumnPtr> columns;
    for (std::size_t j = 0; j < rows.columns(); ++j)
        columns.push_back(rows.columnPtr(j));
    if (target.task == Task::Projection) {
        const std::vector<std::string> names = componentNames(model.parameters());
        for (std::size_t k = 0; k < names.size(); ++k)
            columns.push_back(std::make_shared<const Column>(Column::numbers(freeName(rows, names[k]), bufferOf(prediction.coordinates.col(Eigen::Index(k))))));
        return Table::make(std::move(columns));
    }
    columns.push_back(std::make_shared<const Column>(answerColumn(target, prediction.values, freeName(rows, target.task == Task::Clustering ? target.name : "prediction"))));
    // Of a clustering only a mixture has more to say than its answer.
    const bool onlyDecides = target.task == Task::Clustering && !model.claimsProbabilities();
    for (Eigen::Index k = 0; !onlyDecides && k < prediction.probabilities.cols(); ++k) {
        std::string name = freeName(rows, "probability_" + target.classes[std::size_t(k)]);
        columns.push_back(std::make_shared<const Column>(Column::numbers(std::move(name), bufferOf(prediction.probabilities.col(k)))));
    }
    return Table::make(std::move(columns));
}

} // namespace modelarium
