#pragma once

#include "tests/support/learner_cases.h"

#include <map>

namespace modelarium::contract {

inline constexpr double largest = std::numeric_limits<double>::max();

/// Data that a person may have, and that no formula was written for. Each keeps the rows of the learner's own kind of cloud.
inline const std::map<QString, std::function<DatasetPtr()>>& oddData()
{
    const auto cells = [](const std::function<double(double, Eigen::Index, Eigen::Index)>& cell, Eigen::Index rows = 30, Eigen::Index features = 2) {
        return [=] {
            return changed(cloud(rows, features), [&](Dataset& d) {
                for (Eigen::Index i = 0; i < d.X().rows(); ++i)
                    for (Eigen::Index j = 0; j < d.X().cols(); ++j)
                        d.X()(i, j) = cell(d.X()(i, j), i, j);
            });
        };
    };
    const auto answers = [](const std::function<double(double, Eigen::Index)>& answer) {
        return [=] {
            return changed(cloud(30, 2), [&](Dataset& d) {
                for (Eigen::Index i = 0; d.task == Task::Regression && i < d.y.size(); ++i)
                    d.y[i] = answer(d.y[i], i);
            });
        };
    };
    static const std::map<QString, std::function<DatasetPtr()>> kinds = {
        {"all rows alike", cells([](double, auto, auto) { return 2.5; })},
        {"all cells zero", cells([](double, auto, auto) { return 0; })},
        {"two rows", [] { return cloud(2, 2); }},
        {"three rows", [] { return cloud(3, 2); }},
        {"more features than rows", [] { return cloud(6, 20); }},
        {"huge", cells([](double x, auto, auto) { return x * 1e300; })},
        {"as large as numbers are", cells([](double x, auto, auto) { return x < 0 ? -largest : largest; })},
        {"tiny", cells([](double x, auto, auto) { return x * 1e-300; })},
        {"below the normal numbers", cells([](double x, auto, auto) { return x * 1e-318; })},
        {"huge and tiny", cells([](double x, auto, Eigen::Index j) { return x * (j ? 1e-200 : 1e200); })},
        {"huge and tiny in one column", cells([](double x, Eigen::Index i, auto) { return x * (i % 2 ? 1e-200 : 1e200); })},
        {"one cell huge", cells([](double x, Eigen::Index i, Eigen::Index j) { return i == 4 && j == 1 ? 1e300 : x; })},
        {"one cell beyond float", cells([](double x, Eigen::Index i, Eigen::Index j) { return i == 4 && j == 1 ? 1e39 : x; })},
        {"far from zero", cells([](double x, auto, auto) { return x + 1e15; })},
        {"so far that neighbours are one apart", cells([](double x, auto, auto) { return std::round(x) + 9007199254740992.0; })},
        {"one bit apart", cells([](double x, auto, auto) { return x < 0.7 ? 1 : std::nextafter(1.0, 2.0); })},
        {"zeros of both signs", cells([](double x, auto, auto) { return x < 0.7 ? -0.0 : 0.0; })},
        {"twice the same feature", [] { return changed(cloud(30, 2), [](Dataset& d) { d.X().col(1) = d.X().col(0); }); }},
        {"nearly the same feature", [] { return changed(cloud(30, 2), [](Dataset& d) { d.X().col(1) = d.X().col(0) * (1 + 1e-15); }); }},
        {"every row twice", [] { return changed(cloud(30, 2), [](Dataset& d) {
             d.X().bottomRows(15) = d.X().topRows(15);
             if (d.y.size() > 0)
                 d.y.tail(15) = d.y.head(15);
         }); }},
        {"the same row with other answers", [] { return changed(cloud(30, 2), [](Dataset& d) {
             d.X().bottomRows(15) = d.X().topRows(15);
             if (d.y.size() > 0)
                 d.y.tail(15) = d.y.head(15).reverse().eval();
         }); }},
        {"a class a row", [] {
             return changed(cloud(30, 2), [](Dataset& d) {
                 for (Eigen::Index i = 0; i < d.y.size(); ++i) {
                     d.y[i] = double(i);
                     if (d.task == Task::Classification && i >= 3)
                         d.classNames.push_back("k" + std::to_string(i));
                 }
             });
         }},
        {"a class without rows", [] {
             return changed(cloud(30, 2), [](Dataset& d) {
                 if (d.task == Task::Classification)
                     d.classNames.insert(d.classNames.begin() + 1, "nobody"), d.y = (d.y.array() > 0).select(d.y.array() + 1, d.y);
             });
         }},
        {"a class of one row", [] {
             return changed(cloud(30, 2), [](Dataset& d) {
                 if (d.task == Task::Classification)
                     d.y = d.y.array().min(1.0), d.y[7] = 2;
             });
         }},
        {"perfectly separated", [] {
             return changed(cloud(30, 1), [](Dataset& d) {
                 for (Eigen::Index i = 0; i < 30; ++i) {
                     d.X()(i, 0) = double(i);
                     if (d.y.size() > 0)
                         d.y[i] = double(i / 10);
                 }
             });
         }},
        {"the answer itself as a feature", [] { return changed(cloud(30, 2), [](Dataset& d) {
             if (d.y.size() > 0)
                 d.X().col(0) = d.y;
         }); }},
        {"huge answers", answers([](double y, auto) { return y * 1e305; })},
        {"answers as large as numbers are", answers([](double y, auto) { return y < 0 ? -largest : largest; })},
        {"tiny answers", answers([](double y, auto) { return y * 1e-300; })},
        {"answers below the normal numbers", answers([](double y, auto) { return y * 1e-318; })},
        {"one answer huge", answers([](double y, Eigen::Index i) { return i == 4 ? 1e200 : y; })},
        {"answers far from zero", answers([](double y, auto) { return y + 1e15; })},
        {"one answer apart", answers([](double, Eigen::Index i) { return i == 4 ? 1 : 0; })},
    };
    return kinds;
}

/// A row for each learner, task and kind: "ridge_regression, regression, two rows".
inline void addOddData(const std::function<bool(const LearnerInfo&)>& wanted = [](const LearnerInfo&) { return true; })
{
    addLearnerColumns();
    QTest::addColumn<QString>("kind");
    for (const LearnerInfo& learner : learners())
        for (const Task task : learner.tasks)
            for (const auto& [kind, make] : oddData())
                if (wanted(learner))
                    QTest::addRow("%s, %s, %s", learner.id.c_str(), std::string(taskName(task)).c_str(), qPrintable(kind))
                        << QString::fromStdString(learner.id) << int(task) << kind;
}

} // namespace modelarium::contract
