#include "core/model/json_fields.h"

#include "core/base/base64.h"

#include <cmath>

namespace modelarium {

namespace {

using nlohmann::json;

constexpr std::size_t mostTextBytes = std::size_t(1) << 20;
constexpr std::size_t mostNumbers = 50'000'000;

} // namespace

JsonFields::JsonFields(const json& object, std::string name) : m_object(object), m_name(std::move(name))
{
    if (!m_object.is_object())
        throw BadField{"The file has something else where " + m_name + " should be."};
}

void JsonFields::refuse(const char* key, const std::string& what) const
{
    throw BadField{"\"" + std::string(key) + "\" of " + m_name + " " + what + "."};
}

const json& JsonFields::at(const char* key) const
{
    const auto found = m_object.find(key);
    if (found == m_object.end())
        refuse(key, "is missing");
    return *found;
}

JsonFields JsonFields::object(const char* key) const { return {at(key), "\"" + std::string(key) + "\" of " + m_name}; }

double JsonFields::number(const char* key) const
{
    const json& value = at(key);
    if (!value.is_number())
        refuse(key, "is not a number");
    return value.get<double>();
}

std::int64_t JsonFields::integer(const char* key, std::int64_t minimum, std::int64_t maximum) const
{
    const json& value = at(key);
    if (!value.is_number_integer())
        refuse(key, "is not a whole number");
    const bool beyond = value.is_number_unsigned() && value.get<std::uint64_t>() > std::uint64_t(INT64_MAX);
    if (beyond || value.get<std::int64_t>() < minimum || value.get<std::int64_t>() > maximum)
        refuse(key, "is not between " + std::to_string(minimum) + " and " + std::to_string(maximum));
    return value.get<std::int64_t>();
}

bool JsonFields::boolean(const char* key) const
{
    const json& value = at(key);
    if (!value.is_boolean())
        refuse(key, "is neither true nor false");
    return value.get<bool>();
}

std::string JsonFields::text(const char* key) const
{
    const json& value = at(key);
    if (!value.is_string() || value.get_ref<const std::string&>().size() > mostTextBytes)
        refuse(key, "is not a text of reasonable length");
    return value.get<std::string>();
}

std::vector<std::string> JsonFields::texts(const char* key) const
{
    const json& value = at(key);
    if (!value.is_array())
        refuse(key, "is not a list");
    std::vector<std::string> result;
    for (const json& item : value) {
        if (!item.is_string())
            refuse(key, "holds something that is not a text");
        result.push_back(item.get<std::string>());
    }
    return result;
}

std::vector<double> JsonFields::numbers(const char* key) const
{
    const json& value = at(key);
    if (value.is_object()) {
        const Matrix packed = matrix(key);
        return {packed.data(), packed.data() + packed.size()};
    }
    if (!value.is_array())
        refuse(key, "is not a list");
    std::vector<double> result;
    result.reserve(value.size());
    for (const json& item : value) {
        if (!item.is_number())
            refuse(key, "holds something that is not a number");
        result.push_back(item.get<double>());
    }
    return result;
}

std::vector<std::int32_t> JsonFields::integers(const char* key) const
{
    std::vector<std::int32_t> result;
    for (const double number : numbers(key)) {
        if (number != std::floor(number) || std::abs(number) > 2147483647.0)
            refuse(key, "holds a number that is not whole");
        result.push_back(std::int32_t(number));
    }
    return result;
}

Vector JsonFields::vector(const char* key) const
{
    const std::vector<double> values = numbers(key);
    return Eigen::Map<const Vector>(values.data(), Eigen::Index(values.size()));
}

Matrix JsonFields::matrix(const char* key) const
{
    const json& value = at(key);
    if (value.is_object()) {
        const JsonFields packed = object(key);
        const std::int64_t rows = packed.integer("rows", 0, std::int64_t(mostNumbers));
        const std::int64_t columns = packed.integer("columns", 0, std::int64_t(mostNumbers));
        const json& text = packed.at("float64_base64");
        // The size is checked against the bytes that are there before anything is allocated.
        const bool fits = columns == 0 || rows <= std::int64_t(mostNumbers) / columns;
        if (!fits || !text.is_string() || text.get_ref<const std::string&>().size() / 4 * 3 < std::size_t(rows) * std::size_t(columns) * sizeof(double))
            refuse(key, "promises more numbers than it holds");
        Matrix result(rows, columns);
        if (!fromBase64(text.get_ref<const std::string&>(), result.data(), std::size_t(result.size()) * sizeof(double)))
            refuse(key, "is not the base64 of its numbers");
        if (!result.allFinite())
            refuse(key, "holds a number that is not finite");
        return result;
    }
    if (!value.is_array())
        refuse(key, "is not a matrix");
    const std::size_t columns = value.empty() ? 0 : value.front().size();
    if (columns && value.size() > mostNumbers / columns)
        refuse(key, "is too large");
    for (const json& row : value)
        if (!row.is_array() || row.size() != columns)
            refuse(key, "has rows of different lengths");
    Matrix result(Eigen::Index(value.size()), Eigen::Index(columns));
    for (std::size_t i = 0; i < value.size(); ++i) {
        for (std::size_t j = 0; j < columns; ++j) {
            if (!value[i][j].is_number())
                refuse(key, "holds something that is not a number");
            result(Eigen::Index(i), Eigen::Index(j)) = value[i][j].get<double>();
        }
    }
    return result;
}

nlohmann::ordered_json matrixToJson(const Matrix& matrix)
{
    if (std::size_t(matrix.size()) > mostReadableNumbers) {
        return {{"rows", matrix.rows()}, {"columns", matrix.cols()},
                {"float64_base64", toBase64(matrix.data(), std::size_t(matrix.size()) * sizeof(double))}};
    }
    auto rows = nlohmann::ordered_json::array();
    for (Eigen::Index i = 0; i < matrix.rows(); ++i) {
        auto row = nlohmann::ordered_json::array();
        for (Eigen::Index j = 0; j < matrix.cols(); ++j)
            row.push_back(matrix(i, j));
        rows.push_back(std::move(row));
    }
    return rows;
}

nlohmann::ordered_json vectorToJson(const Vector& vector)
{
    if (std::size_t(vector.size()) > mostReadableNumbers)
        return matrixToJson(vector);
    auto values = nlohmann::ordered_json::array();
    for (const double value : vector)
        values.push_back(value);
    return values;
}

} // namespace modelarium
