#pragma once

#include "core/base/random.h"
#include "core/data/table.h"

#include <string>
#include <vector>

namespace modelarium {

/// y = 2 x + 1 with noise: columns x, z (no influence) and y.
inline Table lineTable(std::size_t rows, std::uint64_t seed = 7)
{
    Random random(seed);
    Buffer<double> x(rows), z(rows), y(rows);
    for (std::size_t i = 0; i < rows; ++i) {
        x[i] = random.uniform(-2, 2);
        z[i] = random.normal();
        y[i] = 2 * x[i] + 1 + 0.3 * random.normal();
    }
    return *Table::make({std::make_shared<Column>(Column::numbers("x", std::move(x))),
                         std::make_shared<Column>(Column::numbers("z", std::move(z))),
                         std::make_shared<Column>(Column::numbers("y", std::move(y)))});
}

/// Two overlapping clouds: columns a, b and the category kind ("left", "right").
inline Table cloudsTable(std::size_t rows, std::uint64_t seed = 7)
{
    Random random(seed);
    Buffer<double> a(rows), b(rows);
    std::vector<std::string> kind;
    for (std::size_t i = 0; i < rows; ++i) {
        const double side = i % 2 == 0 ? -1 : 1;
        a[i] = side + random.normal();
        b[i] = side + random.normal();
        kind.push_back(i % 2 == 0 ? "left" : "right");
    }
    return *Table::make({std::make_shared<Column>(Column::numbers("a", std::move(a))),
                         std::make_shared<Column>(Column::numbers("b", std::move(b))),
                         std::make_shared<Column>(Column::categories("kind", kind))});
}

/// The same two clouds told in words: columns a, b ("low", "middle", "high") and the category kind.
inline Table levelsTable(std::size_t rows, std::uint64_t seed = 7)
{
    Random random(seed);
    const auto level = [&](double side) {
        const double value = side + random.normal();
        return std::string(value < -0.5 ? "low" : value < 0.5 ? "middle" : "high");
    };
    std::vector<std::string> a, b, kind;
    for (std::size_t i = 0; i < rows; ++i) {
        const double side = i % 2 == 0 ? -1 : 1;
        a.push_back(level(side));
        b.push_back(level(side));
        kind.push_back(i % 2 == 0 ? "left" : "right");
    }
    return *Table::make({std::make_shared<Column>(Column::categories("a", a)),
                         std::make_shared<Column>(Column::categories("b", b)),
                         std::make_shared<Column>(Column::categories("kind", kind))});
}

} // namespace modelarium
