#include "core/learn/linear/polynomial_regression.h"

#include "core/base/counted.h"
#include "core/learn/linear/least_squares.h"

#include <algorithm>
#include <cmath>

namespace modelarium {

namespace {

using Eigen::Index;
using Exponents = std::vector<std::vector<int>>;

constexpr std::size_t mostTermsFitted = 10000;

/// The exponents of one total degree over the features from `feature` on, by falling powers of the first.
void appendTerms(int degree, std::size_t feature, std::vector<int>& term, Exponents& terms)
{
    if (terms.size() > mostTermsFitted)
        return;
    if (feature + 1 == term.size()) {
        term[feature] = degree;
        terms.push_back(term);
    } else {
        for (int power = degree; power >= 0; --power) {
            term[feature] = power;
            appendTerms(degree - power, feature + 1, term, terms);
        }
    }
    term[feature] = 0;
}

/// x1, x2, x1^2, x1 x2, x2^2, ...; stops soon after mostTermsFitted.
Exponents termsUpTo(int degree, std::size_t features)
{
    Exponents terms;
    std::vector<int> term(features, 0);
    for (int total = 1; total <= degree; ++total)
        appendTerms(total, 0, term, terms);
    return terms;
}

std::string termName(const std::vector<int>& term, const std::vector<std::string>& featureNames)
{
    std::string name;
    for (std::size_t j = 0; j < term.size(); ++j) {
        if (term[j] == 0)
            continue;
        if (!name.empty())
            name += ' ';
        name += featureNames[j];
        if (term[j] > 1)
            name.append("^").append(std::to_string(term[j]));
    }
    return name;
}

/// Centre and power-of-two scale of every feature.
void chooseScaling(const Matrix& X, bool intercept, Polynomial& polynomial)
{
    polynomial.centre = Vector::Zero(X.cols());
    polynomial.scale = Vector::Ones(X.cols());
    for (Index j = 0; j < X.cols(); ++j) {
        if (intercept)
            polynomial.centre[j] = double(X.col(j).cast<long double>().mean());
        const double spread = (X.col(j).array() - polynomial.centre[j]).abs().maxCoeff();
        if (spread > 0 && std::isfinite(spread))
            polynomial.scale[j] = std::ldexp(1.0, std::min(std::ilogb(spread) + 1, 1023));
    }
}

/// One column a term: the product of powers of the scaled features, in the precision of Scalar.
template <class Scalar>
Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic> designMatrix(const Matrix& X, const Polynomial& polynomial, int degree)
{
    using Column = Eigen::Array<Scalar, Eigen::Dynamic, 1>;
    const std::size_t features = std::size_t(X.cols());
    std::vector<std::vector<Column>> powers(features);              // powers[j][e - 1] = t_j^e
    for (std::size_t j = 0; j < features; ++j) {
        const Column t = (X.col(Index(j)).cast<Scalar>().array() - Scalar(polynomial.centre[Index(j)]))
                         / Scalar(polynomial.scale[Index(j)]);
        powers[j].push_back(t);
        for (int e = 2; e <= degree; ++e)
            powers[j].push_back(powers[j].back() * t);
    }
    Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic> design(X.rows(), Index(polynomial.exponents.size()));
    design.setOnes();
    for (std::size_t k = 0; k < polynomial.exponents.size(); ++k) {
        for (std::size_t j = 0; j < features; ++j) {
            if (const int e = polynomial.exponents[k][j]; e > 0)
                design.col(Index(k)).array() *= powers[j][std::size_t(e) - 1];
        }
    }
    return design;
}

class PolynomialRun final : public OneStepRun {
public:
    PolynomialRun(DatasetPtr data, int degree, bool intercept, Exponents exponents)
        : m_data(std::move(data)), m_degree(degree), m_intercept(intercept)
    {
        chooseScaling(m_data->X(), intercept, m_polynomial);
        m_polynomial.exponents = std::move(exponents);
        m_polynomial.weights = Vector::Zero(Index(m_polynomial.exponents.size()));
    }

    Parameters freeze() const override { return m_polynomial; }
    std::vector<std::string> notices() const override { return m_notices; }

private:
    Result<Progress> solve() override
    {
        const Result<LeastSquares> solution = leastSquares();
        if (!solution)
            return solution.error();
        m_polynomial.weights = solution->w;
        m_polynomial.intercept = solution->b;
        std::vector<std::string> names;
        for (const std::vector<int>& term : m_polynomial.exponents)
            names.push_back(termName(term, m_data->featureNames));
        m_notices = leastSquaresNotices(*solution, m_data->samples(), names, 0);
        return Progress{1, solution->meanSquaredResidual, "solved the least squares of degree " + std::to_string(m_degree)};
    }

    Result<LeastSquares> leastSquares() const
    {
        if (isSmallLeastSquares(m_data->X().rows(), m_polynomial.weights.size())) {
            return solveExtendedLeastSquares(designMatrix<long double>(m_data->X(), m_polynomial, m_degree),
                                             m_data->y.cast<long double>(), m_intercept);
        }
        return solveLeastSquares(designMatrix<double>(m_data->X(), m_polynomial, m_degree), m_data->y, m_intercept);
    }

    DatasetPtr m_data;
    int m_degree;
    bool m_intercept;
    Polynomial m_polynomial;
    std::vector<std::string> m_notices;
};

class PolynomialRegressionLearner final : public Learner {
public:
    explicit PolynomialRegressionLearner(Hyperparameters hyperparameters) : m_hyperparameters(std::move(hyperparameters)) {}

    Result<std::unique_ptr<TrainingRun>> begin(DatasetPtr train, std::uint64_t) const override
    {
        if (const Result<void> checked = checkDataset(*train); !checked)
            return checked.error();
        const int degree = int(m_hyperparameters.integer("degree"));
        Exponents exponents = termsUpTo(degree, train->features());
        if (exponents.size() > mostTermsFitted) {
            Error error{ErrorCode::TooLarge, counted(train->features(), "feature", "features") + " to degree " + std::to_string(degree)
                                                 + (train->features() == 1 ? " has" : " have") + " more than " + countText(mostTermsFitted)
                                                 + " terms: choose a lower degree or fewer features."};
            error.place.hyperparameter = "degree";
            return error;
        }
        return std::unique_ptr<TrainingRun>(std::make_unique<PolynomialRun>(
            std::move(train), degree, m_hyperparameters.boolean("intercept"), std::move(exponents)));
    }

private:
    Hyperparameters m_hyperparameters;
};

std::unique_ptr<const Learner> makePolynomialRegression(const Hyperparameters& hyperparameters, Task)
{
    return std::make_unique<PolynomialRegressionLearner>(hyperparameters);
}

} // namespace

LearnerInfo polynomialRegression()
{
    LearnerInfo info;
    info.id = "polynomial_regression";
    info.name = "Polynomial regression";
    info.help = "Bends the line: fits powers and products of the features. Shows at a glance what a model too stiff and a model "
                "too flexible look like.";
    info.objective = "Minimises the sum of (y - w t - b)^2 over the rows, t all powers and products of the features up to the "
                     "degree. Nothing is penalised. The same minimum as scikit-learn's PolynomialFeatures followed by "
                     "LinearRegression.";
    info.tasks = {Task::Regression};
    info.table = {
        HyperparameterSpec::integer("degree", "Degree",
                                    "The highest power: 1 is a straight line, more bends more and soon follows the noise.", 2, 1,
                                    15),
        HyperparameterSpec::boolean("intercept", "Intercept",
                                    "Whether the polynomial has a constant; without it, it is 0 where every feature is 0.", true),
    };
    info.stepName = "step";
    info.wantsReferenceLevel = true;
    info.make = makePolynomialRegression;
    return info;
}

} // namespace modelarium
