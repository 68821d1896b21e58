#!/usr/bin/env Rscript
# Writes inference.json beside this script: tail probabilities and quantiles, and what summary(), hatvalues(), rstandard(),
# rstudent(), cooks.distance() and qqnorm() of R say about linear models and logistic regressions of mtcars.
#
# Run with R 4.2.2 (Debian 12): Rscript make_inference_reference.R
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE)))
cars <- read.csv(file.path(here, "mtcars.csv"))

number <- function(x) unname(ifelse(is.finite(x), sprintf("%.17g", x), "null"))
list_of <- function(x) paste0("[", paste(number(x), collapse = ","), "]")
object <- function(...) {
  parts <- c(...)
  paste0("{", paste0("\"", names(parts), "\":", parts, collapse = ",\n"), "}")
}
text <- function(x) paste0("\"", x, "\"")

table_of <- function(f, rows) paste0("[", paste(apply(rows, 1, function(row) list_of(c(row, do.call(f, as.list(unname(row)))))), collapse = ","), "]")

distributions <- object(
  normal_tail = table_of(function(z) pnorm(z, lower.tail = FALSE), cbind(c(-3, -0.5, 0, 0.1, 1.96, 5, 12, 30))),
  normal_quantile = table_of(qnorm, cbind(c(1e-300, 1e-12, 0.001, 0.025, 0.3, 0.5, 0.8, 0.975, 0.999))),
  student_two_sided = table_of(function(t, nu) 2 * pt(-abs(t), nu),
    cbind(c(0.001, 0.5, 2.5, 40, 1e5, 3, 3, 7.25, 2, 30, 1e-8), c(1, 1.5, 7, 3, 2, 1000, 1e6, 29, 0.25, 60, 5))),
  student_quantile = table_of(qt, cbind(c(0.975, 0.975, 0.995, 0.6, 0.0001, 0.9999999, 0.975), c(1, 29, 5, 2, 12, 4, 100000))),
  fisher_tail = table_of(function(f, a, b) pf(f, a, b, lower.tail = FALSE),
    cbind(c(0.01, 1, 3.5, 69.21, 5, 1e4), c(2, 3, 10, 2, 1, 4), c(5, 7, 20, 29, 1000, 6))))

linear <- function(formula, intercept = TRUE) {
  model <- lm(formula, cars)
  s <- summary(model)
  object(features = paste0("[", paste(text(attr(terms(formula), "term.labels")), collapse = ","), "]"),
    intercept = ifelse(intercept, "true", "false"),
    estimate = list_of(s$coefficients[, 1]), standard_error = list_of(s$coefficients[, 2]), t = list_of(s$coefficients[, 3]),
    p = list_of(s$coefficients[, 4]), low = list_of(confint(model)[, 1]), high = list_of(confint(model)[, 2]),
    sigma = number(s$sigma), r2 = number(s$r.squared), adjusted_r2 = number(s$adj.r.squared), f = number(s$fstatistic[1]),
    f_p = number(pf(s$fstatistic[1], s$fstatistic[2], s$fstatistic[3], lower.tail = FALSE)),
    fitted = list_of(fitted(model)), leverage = list_of(hatvalues(model)), standardised = list_of(rstandard(model)),
    studentised = list_of(rstudent(model)), cooks_distance = list_of(cooks.distance(model)),
    normal_quantiles = list_of(qqnorm(resid(model), plot.it = FALSE)$x))
}

logistic <- function(formula) {
  model <- glm(formula, binomial, cars, control = glm.control(epsilon = 1e-15, maxit = 100))
  # Once more from the solution: the standard errors that summary() tells come from the weights before the last step.
  model <- glm(formula, binomial, cars, start = coef(model), control = glm.control(epsilon = 1e-15, maxit = 100))
  s <- summary(model)
  z <- qnorm(0.975)
  object(features = paste0("[", paste(text(attr(terms(formula), "term.labels")), collapse = ","), "]"),
    estimate = list_of(s$coefficients[, 1]), standard_error = list_of(s$coefficients[, 2]), z = list_of(s$coefficients[, 3]),
    p = list_of(s$coefficients[, 4]), low = list_of(s$coefficients[, 1] - z * s$coefficients[, 2]),
    deviance = number(s$deviance), null_deviance = number(s$null.deviance), aic = number(s$aic))
}

document <- object(source = text(R.version.string), distributions = distributions,
  linear = paste0("[", paste(linear(mpg ~ wt + hp), linear(mpg ~ wt), linear(mpg ~ wt + hp + am - 1, FALSE), sep = ",\n"), "]"),
  logistic = paste0("[", paste(logistic(am ~ wt), logistic(am ~ hp + mpg), sep = ",\n"), "]"))
writeLines(document, file.path(here, "inference.json"))
