#pragma once

#include "core/base/number_text.h"
#include "core/model/parameters.h"

#include <string>

namespace modelarium {

/// Every number of the parameters as exact text: two texts are equal where the parameters are, bit for bit.
inline std::string parametersText(const Parameters& parameters)
{
    std::string text(shapeName(parameters));
    const auto add = [&text](double value) { text += ' ' + exactText(value); };
    const auto addAll = [&add](const auto& values) {
        for (const auto& value : values)
            add(double(value));
    };
    const auto addMatrix = [&add](const Matrix& M) {
        for (Eigen::Index i = 0; i < M.size(); ++i)
            add(M(i));
    };
    std::visit(Overloaded{
        [&](const Linear& p) { addMatrix(p.W); addMatrix(p.b); add(int(p.link)); },
        [&](const Polynomial& p) {
            addMatrix(p.centre);
            addMatrix(p.scale);
            for (const auto& exponents : p.exponents)
                addAll(exponents);
            addMatrix(p.weights);
            add(p.intercept);
        },
        [&](const NearestNeighbours& p) { addMatrix(p.X); addMatrix(p.y); add(p.k); add(int(p.weights)); add(int(p.metric)); },
        [&](const TreeEnsemble& p) {
            addMatrix(p.base);
            add(int(p.aggregation));
            add(int(p.link));
            for (const Tree& tree : p.trees) {
                addAll(tree.feature);
                addAll(tree.threshold);
                addAll(tree.left);
                addAll(tree.right);
                addAll(tree.samples);
                addAll(tree.impurity);
                addMatrix(tree.values);
            }
        },
        [&](const GaussianClasses& p) { addMatrix(p.logPrior); addMatrix(p.mean); addMatrix(p.variance); },
        [&](const FullGaussianClasses& p) {
            addMatrix(p.logPrior);
            addMatrix(p.mean);
            for (const Matrix& L : p.factor)
                addMatrix(L);
        },
        [&](const DenseNetwork& p) {
            for (const DenseLayer& layer : p.layers) {
                addMatrix(layer.W);
                addMatrix(layer.b);
                add(int(layer.activation));
            }
            add(int(p.link));
        },
        [&](const KernelExpansion& p) {
            add(int(p.kernel));
            addAll(std::vector<double>{p.gamma, double(p.degree), p.coef0});
            addMatrix(p.vectors);
            addMatrix(p.coefficients);
            addMatrix(p.intercepts);
            addMatrix(p.slopes);
            addMatrix(p.offsets);
            addAll(p.vectorsOfClass);
        },
        [&](const Centroids& p) { addMatrix(p.centres); },
        [&](const Projection& p) { addMatrix(p.mean); addMatrix(p.directions); addMatrix(p.scale); addMatrix(p.variance); },
        [&](const CorePoints& p) { addMatrix(p.X); addAll(p.cluster); add(p.clusters); add(p.eps); },
    }, parameters);
    return text;
}

} // namespace modelarium
