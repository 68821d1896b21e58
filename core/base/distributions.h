#pragma once

namespace modelarium {

/// The distributions that tests and intervals need, accurate to about 13 digits, far into the tails too.
///
/// Math     I_x(a, b) = 1 / B(a, b) int_0^x t^(a-1) (1-t)^(b-1) dt by its continued fraction in extended precision;
///          Student: P(|T| > t) = I_x(nu/2, 1/2) with x = nu / (nu + t^2); Fisher: P(F > f) = I_x(d2/2, d1/2) with
///          x = d2 / (d2 + d1 f); quantiles by Newton's method between two bounds
/// Errors   none: arguments outside their range give the nearest limit (a probability of 0 or 1), NaN gives NaN
/// Source   NIST Digital Library of Mathematical Functions, 8.17.22; W. J. Lentz, Appl. Opt. 15, 1976

/// The regularised incomplete beta function; `y` is 1 - x, given apart so that neither loses digits. a, b > 0.
double incompleteBeta(double a, double b, double x, double y);

double normalTail(double z);                        ///< P(Z > z)
double normalTwoSided(double z);                    ///< P(|Z| > |z|)
double normalQuantile(double p);                    ///< z with P(Z < z) = p, 0 < p < 1

double studentTwoSided(double t, double nu);        ///< P(|T| > |t|) with nu > 0 degrees of freedom
double studentQuantile(double p, double nu);        ///< t with P(T < t) = p, 0 < p < 1

double fisherTail(double f, double d1, double d2);  ///< P(F > f)

} // namespace modelarium
