#include "core/model/predictor.h"

#include "core/base/buffer.h"
#include "core/base/parallel.h"
#include "core/model/centroids_predictor.h"
#include "core/model/core_points_predictor.h"
#include "core/model/full_gaussian_predictor.h"
#include "core/model/dense_predictor.h"
#include "core/model/gaussian_predictor.h"
#include "core/model/kernel_predictor.h"
#include "core/model/linear_predictor.h"
#include "core/model/neighbours_predictor.h"
#include "core/model/polynomial_predictor.h"
#include "core/model/projection_predictor.h"
#include "core/model/tree_predictor.h"

#include <algorithm>

namespace modelarium {

void Predictor::predictBlock(const Eigen::Ref<const Matrix>& X, Eigen::Ref<Matrix> out) const
{
    RowVector x(X.cols());
    RowVector answer(out.cols());
    for (Eigen::Index i = 0; i < X.rows(); ++i) {
        x = X.row(i);
        predictRow(x.data(), answer.data());
        out.row(i) = answer;
    }
}

void Predictor::predictInto(const ColumnView& X, Eigen::Ref<Matrix> out) const
{
    const Eigen::Index n = X.rows(), size = rowsInBlock(n);
    parallelFor(std::size_t((n + size - 1) / size), [&](std::size_t block) {
        const Eigen::Index first = Eigen::Index(block) * size;
        const Eigen::Index count = std::min(n - first, size);
        Matrix scratch;
        predictBlock(X.middleRows(first, count, scratch), out.middleRows(first, count));
    });
}

void Predictor::predict(const ColumnView& X, Matrix& out) const
{
    out.resize(X.rows(), Eigen::Index(outputs()));
    preferHugePages(out.data(), std::size_t(out.size()) * sizeof(double));
    predictInto(X, out);
}

std::unique_ptr<const GridAnswers> Predictor::onGrid(const SeparableGrid&) const { return nullptr; }

PredictorPtr makePredictor(const Parameters& parameters)
{
    return std::visit(
        Overloaded{
            [](const Linear& p) -> PredictorPtr { return std::make_shared<LinearPredictor>(p); },
            [](const Polynomial& p) -> PredictorPtr { return std::make_shared<PolynomialPredictor>(p); },
            [](const NearestNeighbours& p) -> PredictorPtr { return std::make_shared<NeighboursPredictor>(p); },
            [](const TreeEnsemble& p) -> PredictorPtr { return std::make_shared<TreePredictor>(p); },
            [](const GaussianClasses& p) -> PredictorPtr { return std::make_shared<GaussianPredictor>(p); },
            [](const FullGaussianClasses& p) -> PredictorPtr { return std::make_shared<FullGaussianPredictor>(p); },
            [](const DenseNetwork& p) -> PredictorPtr { return std::make_shared<DensePredictor>(p); },
            [](const KernelExpansion& p) -> PredictorPtr { return std::make_shared<KernelPredictor>(p); },
            [](const Centroids& p) -> PredictorPtr { return std::make_shared<CentroidsPredictor>(p); },
            [](const CorePoints& p) -> PredictorPtr { return std::make_shared<CorePointsPredictor>(p); },
            [](const Projection& p) -> PredictorPtr { return std::make_shared<ProjectionPredictor>(p); },
        },
        parameters);
}

} // namespace modelarium
