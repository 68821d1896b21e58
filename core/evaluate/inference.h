#pragma once

#include "core/base/result.h"
#include "core/data/table.h"
#include "core/model/model.h"

#include <string>
#include <vector>

namespace modelarium {

/// A coefficient in the units of the data, and how far it could have come out otherwise.
struct CoefficientInference {
    std::string name;                               ///< "(intercept)", "mass", "x^2"; of three classes or more "Gentoo against Adelie: mass"
    double value = 0;
    double standardError = 0;
    double statistic = 0;                           ///< value / standardError
    double pValue = 0;                              ///< chance of a statistic at least this far from 0 if the true coefficient were 0
    double low = 0, high = 0;                       ///< interval at the chosen level
};

struct Inference {
    bool usesStudent = true;                        ///< t for least squares, z for logistic regression
    double level = 0.95;
    std::size_t rows = 0;
    std::size_t residualDegrees = 0;                ///< rows less coefficients
    std::vector<CoefficientInference> coefficients;
    // least squares
    double residualStandardDeviation = 0;
    double r2 = 0, adjustedR2 = 0;
    double fStatistic = 0, fPValue = 1;             ///< of all coefficients but the intercept together
    // logistic regression, of two classes or more
    std::string referenceClass{};                   ///< of more than two: coefficients are those of a class less those of this one
    double deviance = 0, nullDeviance = 0, aic = 0;
};

/// Standard errors, tests and intervals for the coefficients of least squares (lines and polynomials) and of logistic regression without
/// a penalty, from the rows that the model was trained on.
///
/// They hold if the model is of the right kind and rows are independent: least squares with errors of equal size, near normal where
/// rows are few.
/// Math     least squares: s^2 = RSS / (n - p), SE_j = s sqrt((A'A)^-1_jj), t = beta / SE with n - p degrees of freedom; r2 against
///          the mean, or against 0 without an intercept, as in R. Logistic: SE_j = sqrt((A' W A)^-1_jj), W = P (1 - P) at the
///          weights that were found, z = beta / SE against the normal distribution; deviance = -2 log likelihood; aic = deviance + 2 p.
///          More than two classes: only differences of their scores say anything, so coefficients are those of each class less those
///          of the first, as of multinomial logistic regression with that as reference; SE from the observed information (softmaxSpread)
/// Unit     of the data: scaling and centring are undone exactly, as in parametersInDataUnits
/// Errors   Unsupported (a model that has no such standard errors, and why: a penalty, another shape, a class without rows, a descent
///          that has not arrived, classes that are separated perfectly, a fit without any scatter); TooFewSamples (rows <= coefficients);
///          Singular (names the columns); those of makeDataset
/// Cost     O(n_samples * coefficients^2)
/// Source   P. McCullagh, J. A. Nelder, Generalized Linear Models, 2nd ed., 1989
Result<Inference> inferCoefficients(const Model& model, const Table& table, const std::vector<std::size_t>& trainingRows, double level = 0.95);

/// What the residuals of a regression say about its rows, one by one.
///
/// Math     h_i = diagonal of A (A'A)^-1 A'; standardised r_i = e_i / (s sqrt(1 - h_i)); studentised (s without row i)
///          t_i = r_i sqrt((n - p - 1) / (n - p - r_i^2)); Cook's D_i = r_i^2 h_i / (p (1 - h_i)); normalQuantile: of
///          (rank - a) / (n + 1 - 2 a), a = 3/8 for up to ten rows, else 1/2. A row with h_i = 1 decides its own fit: its r, t and D are 0
/// Shape    all (rows); leverage, studentised and cooksDistance are empty for models that inferCoefficients refuses: there,
///          standardised is e_i / s with s^2 = mean e^2
struct ResidualDiagnostics {
    std::vector<std::size_t> rows;                  ///< of the table
    Vector fitted, residuals;
    Vector leverage, standardised, studentised, cooksDistance;
    Vector normalQuantiles;                         ///< where a residual of this rank would stand if residuals were normal
    double residualStandardDeviation = 0;
};

/// Errors   WrongTask (classes); TooFewSamples (no rows); those of makeDataset
Result<ResidualDiagnostics> residualDiagnostics(const Model& model, const Table& table, const std::vector<std::size_t>& rows);

} // namespace modelarium
