#include "core/data/generators.h"

#include "core/base/random.h"

#include <array>
#include <cmath>
#include <numbers>

namespace modelarium {

namespace {

constexpr double pi = std::numbers::pi;

struct Points {
    Buffer<double> x, y;
    Buffer<std::int32_t> codes;

    explicit Points(std::size_t rows) : x(rows), y(rows), codes(rows) {}

    Table withClasses(std::vector<std::string> names)
    {
        std::vector<ColumnPtr> columns;
        columns.push_back(std::make_shared<const Column>(Column::numbers("x1", std::move(x))));
        columns.push_back(std::make_shared<const Column>(Column::numbers("x2", std::move(y))));
        columns.push_back(std::make_shared<const Column>(Column::categories("class", std::move(codes), std::move(names))));
        return std::move(Table::make(std::move(columns))).value();
    }

    Table withoutClasses()
    {
        std::vector<ColumnPtr> columns;
        columns.push_back(std::make_shared<const Column>(Column::numbers("x", std::move(x))));
        columns.push_back(std::make_shared<const Column>(Column::numbers("y", std::move(y))));
        return std::move(Table::make(std::move(columns))).value();
    }
};

const std::vector<std::string> twoClasses{"blue", "orange"};
const std::vector<std::string> threeClasses{"blue", "orange", "green"};

Table makeLine(std::size_t rows, double noise, std::uint64_t seed)
{
    Random random(seed);
    Points points(rows);
    for (std::size_t i = 0; i < rows; ++i) {
        points.x[i] = random.uniform(0, 10);
        points.y[i] = 1 + 2 * points.x[i] + 10 * noise * random.normal();
    }
    return points.withoutClasses();
}

Table makeSine(std::size_t rows, double noise, std::uint64_t seed)
{
    Random random(seed);
    Points points(rows);
    for (std::size_t i = 0; i < rows; ++i) {
        points.x[i] = random.uniform(0, 2 * pi);
        points.y[i] = std::sin(points.x[i]) + noise * random.normal();
    }
    return points.withoutClasses();
}

Table makeBlobs(std::size_t rows, double noise, std::uint64_t seed)
{
    static constexpr std::array<std::array<double, 2>, 3> centres{{{-2, -1}, {2, -1}, {0, 2.5}}};
    Random random(seed);
    Points points(rows);
    for (std::size_t i = 0; i < rows; ++i) {
        const std::size_t k = i % centres.size();
        points.codes[i] = std::int32_t(k);
        points.x[i] = centres[k][0] + 4 * noise * random.normal();
        points.y[i] = centres[k][1] + 4 * noise * random.normal();
    }
    return points.withClasses(threeClasses);
}

Table makeMoons(std::size_t rows, double noise, std::uint64_t seed)
{
    Random random(seed);
    Points points(rows);
    for (std::size_t i = 0; i < rows; ++i) {
        const bool lower = i % 2 == 1;
        const double angle = random.uniform(0, pi);
        points.codes[i] = lower;
        points.x[i] = (lower ? 1 - std::cos(angle) : std::cos(angle)) + noise * random.normal();
        points.y[i] = (lower ? 0.5 - std::sin(angle) : std::sin(angle)) + noise * random.normal();
    }
    return points.withClasses(twoClasses);
}

Table makeCircles(std::size_t rows, double noise, std::uint64_t seed)
{
    Random random(seed);
    Points points(rows);
    for (std::size_t i = 0; i < rows; ++i) {
        const bool inner = i % 2 == 1;
        const double radius = inner ? 0.5 : 1;
        const double angle = random.uniform(0, 2 * pi);
        points.codes[i] = inner;
        points.x[i] = radius * std::cos(angle) + noise * random.normal();
        points.y[i] = radius * std::sin(angle) + noise * random.normal();
    }
    return points.withClasses(twoClasses);
}

Table makeSpiral(std::size_t rows, double noise, std::uint64_t seed)
{
    constexpr double turns = 1.75;
    Random random(seed);
    Points points(rows);
    for (std::size_t i = 0; i < rows; ++i) {
        const bool second = i % 2 == 1;
        const double t = std::sqrt(random.uniform());       // the root spreads the points evenly along the arm
        const double angle = 2 * pi * turns * t + (second ? pi : 0);
        points.codes[i] = second;
        points.x[i] = t * std::cos(angle) + 0.3 * noise * random.normal();
        points.y[i] = t * std::sin(angle) + 0.3 * noise * random.normal();
    }
    return points.withClasses(twoClasses);
}

Table makeXor(std::size_t rows, double noise, std::uint64_t seed)
{
    Random random(seed);
    Points points(rows);
    for (std::size_t i = 0; i < rows; ++i) {
        const double x = random.uniform(-1, 1);
        const double y = random.uniform(-1, 1);
        points.codes[i] = (x > 0) != (y > 0);
        points.x[i] = x + noise * random.normal();
        points.y[i] = y + noise * random.normal();
    }
    return points.withClasses(twoClasses);
}

} // namespace

const std::vector<GeneratorInfo>& generators()
{
    static const std::vector<GeneratorInfo> all{
        {"line", "Line with noise", "A straight line is found again although no point lies on it.", "y", false, makeLine},
        {"sine", "Sine", "A straight line is too stiff for a wave; a polynomial of high degree bends too much.", "y", false, makeSine},
        {"blobs", "Three blobs", "Straight borders are enough where the classes are apart.", "class", true, makeBlobs},
        {"moons", "Two moons", "No straight line separates two crescents; neighbours and trees do.", "class", true, makeMoons},
        {"circles", "Circles", "Squared features turn a ring into something a line can separate.", "class", true, makeCircles},
        {"spiral", "Two spirals", "A border that winds needs a model that can wind with it.", "class", true, makeSpiral},
        {"xor", "Exclusive or", "Neither feature says anything alone; together they say everything.", "class", true, makeXor},
    };
    return all;
}

} // namespace modelarium
