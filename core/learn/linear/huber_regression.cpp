#include "core/learn/linear/huber_regression.h"

#include "core/base/counted.h"
#include "core/base/number_text.h"
#include "core/kernels/logistic.h"
#include "core/learn/linear/column_products.h"
#include "core/learn/linear/least_squares.h"
#include "core/learn/linear/row_blocks.h"
#include "core/learn/linear/units.h"

#include <Eigen/Cholesky>

#include <cmath>
#include <limits>

namespace modelarium {

namespace {

using Eigen::Index;

/// The objective in moderate units and about the mean of the columns, with its derivatives.
///
/// Shape    theta (n_features + 2): w, b, sigma
class HuberObjective {
public:
    struct Evaluation {
        double loss = 0;
        Vector gradient;
        Index outliers = 0;
    };

    HuberObjective(DatasetPtr data, double epsilon, double alpha, bool intercept);

    Index features() const { return m_data->X().cols(); }
    Index samples() const { return m_data->X().rows(); }
    double leastSigma() const { return m_leastSigma; }
    Evaluation at(const Vector& theta) const;
    /// With outliers at a share of the curvature that a parabola through their present residuals has.
    Matrix hessian(const Vector& theta, double outlierShare) const;
    /// The sigma with the lowest loss for these residuals.
    double bestSigma(const Vector& residuals, double from) const;
    /// Where least squares puts the line.
    Result<Vector> start() const;
    Vector residuals(const Vector& theta) const;
    Linear linear(const Vector& theta) const;
    double lossInDataUnits(double loss) const;
    bool isOutlier(double residual, double sigma) const { return std::abs(residual) > m_epsilon * sigma; }

private:
    DatasetPtr m_data;
    double m_epsilon;
    bool m_intercept;
    std::vector<int> m_exponent;                    // units of the features and of the target
    Vector m_mean;
    Vector m_price;                                 // 2 alpha in these units, by feature
    double m_leastSigma = 0;
};

HuberObjective::HuberObjective(DatasetPtr data, double epsilon, double alpha, bool intercept)
    : m_data(std::move(data)), m_epsilon(epsilon), m_intercept(intercept), m_exponent(std::size_t(m_data->X().cols()) + 1),
      m_mean(Vector::Zero(m_data->X().cols())), m_price(m_data->X().cols())
{
    for (Index j = 0; j < features(); ++j)
        m_exponent[std::size_t(j)] = unitExponent(largestOf(m_data->X().col(j)));
    m_exponent.back() = unitExponent(largestOf(m_data->y));
    if (std::any_of(m_exponent.begin(), m_exponent.end(), [](int exponent) { return exponent != 0; })) {
        auto scaled = std::make_shared<Dataset>(*m_data);
        for (Index j = 0; j < features(); ++j)
            scaled->X().col(j) = scaled->X().col(j).unaryExpr([e = m_exponent[std::size_t(j)]](double x) { return std::ldexp(x, -e); });
        scaled->y = scaled->y.unaryExpr([e = m_exponent.back()](double y) { return std::ldexp(y, -e); });
        m_data = std::move(scaled);
    }
    if (intercept)
        m_mean = exactMean(m_data->X(), m_data->y).features;
    constexpr double largest = 1e200;
    for (Index j = 0; j < features(); ++j)
        m_price[j] = std::min(largest, std::ldexp(2 * alpha, m_exponent.back() - 2 * m_exponent[std::size_t(j)]));
    // Where a line fits exactly, sigma would go to 0: rounding of the target is as near as it gets.
    m_leastSigma = 10 * std::numeric_limits<double>::epsilon() * std::max(m_data->y.cwiseAbs().maxCoeff(), 1e-280);
}

Vector HuberObjective::residuals(const Vector& theta) const
{
    const Index p = features();
    const double b = theta[p] - theta.head(p).dot(m_mean);
    Vector r(samples());
    const RowBlocks blocks(samples(), 1);
    parallelFor(std::size_t(blocks.count()), [&](std::size_t block) {
        const Index first = blocks.first(Index(block)), rows = blocks.size(Index(block));
        r.segment(first, rows) = (m_data->X().middleRows(first, rows) * theta.head(p) - m_data->y.segment(first, rows)).array() + b;
    });
    return r;
}

/// F = n sigma + sum_in r^2 / sigma + sum_out (2 epsilon |r| - epsilon^2 sigma) + alpha |w|^2;
/// dF/dr = 2 r / sigma or 2 epsilon sign(r); dF/dsigma = n - sum_in r^2 / sigma^2 - epsilon^2 outliers.
HuberObjective::Evaluation HuberObjective::at(const Vector& theta) const
{
    const Index p = features();
    const double sigma = theta[p + 1];
    const Vector r = residuals(theta);
    const Vector sums = RowBlocks(samples(), p + 4).sum(p + 4, [&](Index first, Index rows, double* result) {
        Eigen::Map<Vector> sum(result, p + 4);
        Vector slope(rows);
        for (Index i = 0; i < rows; ++i) {
            const double ri = r[first + i];
            const bool out = isOutlier(ri, sigma);
            slope[i] = out ? std::copysign(2 * m_epsilon, ri) : 2 * ri / sigma;
            sum[p + 1] += out ? 0 : (ri / sigma) * (ri / sigma);
            sum[p + 2] += out ? 2 * m_epsilon * std::abs(ri) : 0;
            sum[p + 3] += out;
        }
        sum[p] = slope.sum();
        sum.head(p) = m_data->X().middleRows(first, rows).transpose() * slope - sum[p] * m_mean;
    });
    const double n = double(samples()), out = sums[p + 3];
    Evaluation evaluation;
    evaluation.outliers = Index(out);
    evaluation.gradient.resize(p + 2);
    const auto w = theta.head(p).array();
    evaluation.gradient.head(p) = sums.head(p).array() + m_price.array() * w;
    evaluation.gradient[p] = m_intercept ? sums[p] : 0;
    evaluation.gradient[p + 1] = n - sums[p + 1] - m_epsilon * m_epsilon * out;
    evaluation.loss = sigma * (n + sums[p + 1] - m_epsilon * m_epsilon * out) + sums[p + 2] + (m_price.array() * w * w).sum() / 2;
    return evaluation;
}

/// Second derivatives; outliers have none: 2 / sigma [x, 1]'[x, 1], -2 / sigma^2 [x, 1] r, 2 / sigma^3 r^2, over the others.
/// A parabola that touches 2 epsilon |r| at an outlier's residual, and is nowhere below it, has 2 epsilon / |r| [x, 1]'[x, 1].
Matrix HuberObjective::hessian(const Vector& theta, double outlierShare) const
{
    const Index p = features();
    const Index m = p + 1;
    const double sigma = theta[p + 1];
    const Vector r = residuals(theta);
    Vector inside(samples()), z(samples());
    for (Index i = 0; i < samples(); ++i) {
        const bool out = isOutlier(r[i], sigma);
        inside[i] = out ? outlierShare * m_epsilon * sigma / std::abs(r[i]) : 1;
        z[i] = out ? 0 : r[i] / sigma;
    }
    const Vector sums = RowBlocks(samples(), m * m + m + 1).sum(m * m + m + 1, [&](Index first, Index rows, double* result) {
        const auto workspace = std::make_unique_for_overwrite<double[]>(kernels::modelariumWeightedGramWorkspace(std::size_t(p)));
        kernels::modelariumWeightedGram(m_data->X().data() + first, std::size_t(samples()), std::size_t(p), inside.data() + first, m_mean.data(),
                                        std::size_t(rows), workspace.get(), result);
        Eigen::Map<Vector> products(result + m * m, m + 1);
        const auto zs = z.segment(first, rows);
        products[p] = zs.sum();
        products.head(p) = m_data->X().middleRows(first, rows).transpose() * zs - products[p] * m_mean;
        products[m] = zs.squaredNorm();
    });
    Matrix H(p + 2, p + 2);
    H.topLeftCorner(m, m) = Eigen::Map<const Matrix>(sums.data(), m, m).selfadjointView<Eigen::Lower>();
    H.col(m).head(m) = -sums.segment(m * m, m);
    H.row(m).head(m) = H.col(m).head(m).transpose();
    H(m, m) = sums[m * m + m];
    H *= 2 / sigma;
    H.diagonal().head(p) += m_price;
    if (!m_intercept) {
        H.row(p).setZero();
        H.col(p).setZero();
        H(p, p) = 1;
    }
    return H;
}

/// Where n = sum_in r^2 / sigma^2 + epsilon^2 outliers: for the same outliers sigma^2 = sum_in r^2 / (n - epsilon^2 outliers), which
/// is repeated between bounds that close in.
double HuberObjective::bestSigma(const Vector& residuals, double from) const
{
    const double n = double(samples());
    double low = m_leastSigma, high = std::max(low, residuals.norm());      // there is no sum of squares above n from here on
    double sigma = std::clamp(from, low, high);
    constexpr int mostRounds = 200;
    for (int round = 0; round < mostRounds && low < high * (1 - 4e-16); ++round) {
        const double edge = m_epsilon * sigma;
        double squares = 0, outliers = 0;
        for (const double r : residuals) {
            const bool out = std::abs(r) > edge;
            squares += out ? 0 : r * r;
            outliers += out;
        }
        const double rest = n - m_epsilon * m_epsilon * outliers;
        const bool tooWide = squares <= rest * sigma * sigma;
        (tooWide ? high : low) = sigma;
        const double next = rest > 0 ? std::sqrt(squares / rest) : high;
        if (next == sigma)
            return sigma;
        sigma = next > low && next < high ? next : std::sqrt(low) * std::sqrt(high);
    }
    return std::clamp(sigma, low, high);
}

Result<Vector> HuberObjective::start() const
{
    const Result<LeastSquares> line = solveLeastSquares(m_data->X(), m_data->y, m_intercept);
    if (!line)
        return line.error();
    Vector theta(features() + 2);
    theta.head(features()) = line->w;
    theta[features()] = line->b + line->w.dot(m_mean);
    theta[features() + 1] = std::max(std::sqrt(line->meanSquaredResidual), m_leastSigma);
    return theta;
}

Linear HuberObjective::linear(const Vector& theta) const
{
    const Index p = features();
    Linear linear{Matrix(1, p), Vector(1), Link::Identity};
    for (Index j = 0; j < p; ++j)
        linear.W(0, j) = std::ldexp(theta[j], m_exponent.back() - m_exponent[std::size_t(j)]);
    linear.b[0] = std::ldexp(theta[p] - theta.head(p).dot(m_mean), m_exponent.back());
    return linear;
}

double HuberObjective::lossInDataUnits(double loss) const
{
    return std::min(std::numeric_limits<double>::max(), std::ldexp(loss / double(samples()), m_exponent.back()));
}

/// Newton's method from the line of least squares, sigma brought to its best after every step. Outliers have no second derivative:
/// where too few other rows are left for a good step, outliers take part with that of a parabola above their loss, which is the
/// classical reweighting and always goes down; the share goes back to 0 as steps succeed, and the last steps are exact.
class HuberRun final : public TrainingRun {
public:
    HuberRun(DatasetPtr data, double epsilon, double alpha, bool intercept, std::size_t maximumIterations, double tolerance)
        : m_data(data), m_objective(std::move(data), epsilon, alpha, intercept), m_epsilon(epsilon), m_maximumIterations(maximumIterations),
          m_tolerance(tolerance), m_theta(Vector::Zero(m_objective.features() + 2))
    {
    }

    Result<Progress> step() override;
    bool isFinished() const override { return m_finished; }
    Parameters freeze() const override { return m_objective.linear(m_theta); }
    std::vector<std::string> notices() const override;

private:
    Vector direction() const;
    bool searchAlong(const Vector& d, double decrement);
    void newtonStep();
    void placeSigma();

    DatasetPtr m_data;
    HuberObjective m_objective;
    double m_epsilon;
    std::size_t m_maximumIterations;
    double m_tolerance;
    Vector m_theta;
    HuberObjective::Evaluation m_now;
    double m_outlierShare = 0;
    int m_idleSteps = 0;
    std::size_t m_steps = 0;
    bool m_finished = false;
    bool m_converged = false;
};

/// H^-1 g with H brought to a unit diagonal; flat directions (collinear columns, few rows that are no outliers) hardly move.
Vector HuberRun::direction() const
{
    const Matrix H = m_objective.hessian(m_theta, m_outlierShare);
    const double least = std::numeric_limits<double>::min();
    const Vector D = H.diagonal().unaryExpr([least](double h) { return h > least ? 1 / std::sqrt(h) : 0.0; });
    Matrix K = D.asDiagonal() * H * D.asDiagonal();
    constexpr double floor = 1e-12;
    K.diagonal().array() += floor;
    return D.cwiseProduct(Eigen::LDLT<Matrix>(K).solve(D.cwiseProduct(m_now.gradient)));
}

bool HuberRun::searchAlong(const Vector& d, double decrement)
{
    if (!d.allFinite())
        return false;
    const Index sigma = m_theta.size() - 1;
    const Vector start = m_theta;
    const HuberObjective::Evaluation before = m_now;
    constexpr int mostHalvings = 30;
    constexpr double enough = 1e-4;
    double t = 1;
    for (int halving = 0; halving < mostHalvings; ++halving, t /= 2) {
        m_theta = start - t * d;
        // No step brings sigma below a tenth: where it goes to 0, slowly.
        m_theta[sigma] = std::max({m_theta[sigma], start[sigma] / 10, m_objective.leastSigma()});
        m_now = m_objective.at(m_theta);
        if (m_now.loss < before.loss - enough * t * std::max(0.0, decrement))
            return true;
    }
    m_theta = start;
    m_now = before;
    return false;
}

/// The best sigma for the weights as they are, where it is better indeed.
void HuberRun::placeSigma()
{
    const Index sigma = m_theta.size() - 1;
    Vector theta = m_theta;
    theta[sigma] = m_objective.bestSigma(m_objective.residuals(m_theta), m_theta[sigma]);
    HuberObjective::Evaluation there = m_objective.at(theta);
    if (there.loss < m_now.loss) {
        m_theta = std::move(theta);
        m_now = std::move(there);
    }
}

void HuberRun::newtonStep()
{
    const double before = m_now.loss;
    const Index outliersBefore = m_now.outliers;
    const double share = m_outlierShare;
    Vector d = direction();
    const double decrement = m_now.gradient.dot(d);
    const double far = m_tolerance * std::abs(before);
    bool moved = searchAlong(d, decrement);
    m_outlierShare = share < 1e-6 ? 0 : share / 10;
    if (!moved && std::abs(decrement) / 2 > far) {
        m_outlierShare = 1;
        d = direction();
        d.tail(1).setZero();
        moved = searchAlong(d, 0);
    }
    placeSigma();
    const double gained = before - m_now.loss;
    m_idleSteps = gained <= far ? m_idleSteps + 1 : 0;
    constexpr int enoughIdleSteps = 8;                  // as many as bring the share of the outliers back to 0
    const bool exact = share == 0 && m_now.outliers == outliersBefore && std::abs(decrement) / 2 <= far;
    m_converged = exact || m_idleSteps >= enoughIdleSteps;
}

Result<Progress> HuberRun::step()
{
    ++m_steps;
    std::string what = "least squares to begin with";
    if (m_steps == 1) {
        Result<Vector> start = m_objective.start();
        if (!start)
            return start.error();
        m_theta = *std::move(start);
        m_now = m_objective.at(m_theta);
        placeSigma();
    } else {
        newtonStep();
        what = "Newton step " + std::to_string(m_steps - 1);
    }
    m_finished = m_converged || m_steps >= m_maximumIterations;
    const Linear linear = m_objective.linear(m_theta);
    if (!linear.W.allFinite() || !linear.b.allFinite())
        return Error{ErrorCode::NotFinite, "A weight would be too large for a number: bring the features and the target to comparable units."};
    what += ": " + counted(m_now.outliers, "outlier", "outliers");
    return Progress{m_steps, m_objective.lossInDataUnits(m_now.loss), what};
}

std::vector<std::string> HuberRun::notices() const
{
    if (m_steps == 0)
        return {};
    std::vector<std::string> notices;
    const Vector r = m_objective.residuals(m_theta);
    constexpr std::size_t mostNamed = 5;
    std::string rows;
    std::size_t outliers = 0;
    for (Index i = 0; i < r.size(); ++i) {
        if (!m_objective.isOutlier(r[i], m_theta[m_theta.size() - 1]))
            continue;
        if (++outliers <= mostNamed) {
            rows += (outliers > 1 ? ", " : "") + std::to_string(m_data->rowNumber(i));
        }
    }
    if (outliers > 0) {
        notices.push_back(std::to_string(outliers) + " of " + counted(r.size(), "row", "rows")
                          + (outliers == 1 ? " is an outlier and counts" : " are outliers and count") + " less: "
                          + (outliers == 1 ? "row " : "rows ") + rows
                          + (outliers > mostNamed ? " and " + std::to_string(outliers - mostNamed) + " more." : "."));
    }
    if (m_finished && !m_converged) {
        notices.push_back("The training stopped after " + counted(m_steps, "step", "steps") + ", before the minimum was reached: allow more steps.");
    }
    return notices;
}

class HuberLearner final : public Learner {
public:
    explicit HuberLearner(Hyperparameters hyperparameters) : m_hyperparameters(std::move(hyperparameters)) {}

    Result<std::unique_ptr<TrainingRun>> begin(DatasetPtr train, std::uint64_t) const override
    {
        if (const Result<void> checked = checkDataset(*train); !checked)
            return checked.error();
        return std::unique_ptr<TrainingRun>(std::make_unique<HuberRun>(
            std::move(train), m_hyperparameters.real("epsilon"), m_hyperparameters.real("alpha"), m_hyperparameters.boolean("intercept"),
            std::size_t(m_hyperparameters.integer("max_iterations")), m_hyperparameters.real("tolerance")));
    }

private:
    Hyperparameters m_hyperparameters;
};

} // namespace

LearnerInfo huberRegression()
{
    using Spec = HyperparameterSpec;
    LearnerInfo info;
    info.id = "huber_regression";
    info.name = "Huber regression";
    info.help = "A straight line or plane that a few outliers hardly move: near it errors count by their square, far from it only by "
                "their size.";
    info.objective = "Minimises sum [sigma + H((y - w x - b) / sigma) sigma] + alpha |w|^2 over w, b and sigma > 0; H(z) is "
                     "z^2 where |z| < epsilon, and 2 epsilon |z| - epsilon^2 beyond. The intercept b is not penalised. As "
                     "scikit-learn's HuberRegressor.";
    info.tasks = {Task::Regression};
    info.table = {
        Spec::real("epsilon", "Epsilon",
                   "How far from the line, in widths of the errors, a row becomes an outlier: nearer to 1 more rows are, with a large "
                   "value none is and the line is that of least squares.",
                   1.35, 1, 1e6, true),
        Spec::real("alpha", "Alpha", "The price on squared weights: 0 is none, more pulls every weight towards zero.", 1e-4, 0, 1e9, true),
        Spec::boolean("intercept", "Intercept", "Whether the line may cross the axis anywhere; without it, it goes through zero.", true),
        Spec::integer("max_iterations", "Most steps", "After how many steps the training stops at the latest.", 1000, 1, 1000000),
        Spec::real("tolerance", "Tolerance", "The training stops when the loss cannot fall by more than about this share of it.", 1e-12, 0,
                   1, true),
    };
    info.stepName = "Newton step";
    info.wantsScaling = true;
    info.wantsReferenceLevel = true;
    info.make = [](const Hyperparameters& chosen, Task) -> std::unique_ptr<const Learner> {
        return std::make_unique<HuberLearner>(chosen);
    };
    return info;
}

} // namespace modelarium
