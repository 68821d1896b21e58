#!/usr/bin/env python3
"""Logistic regression against scikit-learn's solvers, glmnet and R's glm.fit, in turns on the same data, each at the objective that it reached.

Usage: BENCH_LINEAR=build/bench/bin/bench_linear python3 tests/bench/w3_logistic.py [ROWS ...]     (only the data of so many rows)
Needs numpy and scikit-learn; R is left out where there is no Rscript. Fails where ours is further than 1e-9 from the best objective of all.
liblinear holds the intercept back too, and glm.fit no weight at all: their gaps say how little that matters here.
"""
import statistics
import sys

import numpy
from sklearn.linear_model import LogisticRegression

from linear_peers import Data, model_of, serve
from side_by_side import canary, close_all, print_table, take_turns

ROUNDS = 5


def data(n, p, classes):
    random = numpy.random.default_rng(4)
    X = random.normal(size=(n, p))
    if classes == 2:
        W = random.normal(size=(p, 1)) / numpy.sqrt(p) * 1.5
        y = (random.uniform(size=n) < 1 / (1 + numpy.exp(-(X @ W)[:, 0] - 0.3))).astype(int)
    else:
        W = random.normal(size=(p, classes)) * 0.35
        y = (X @ W + random.gumbel(size=(n, classes))).argmax(axis=1)
    return X, y


def objective(X, y, W, b):
    """sum(log loss) + |W|^2 / 2"""
    scores = X @ W.T + b
    if scores.shape[1] == 1:
        scores = numpy.hstack([numpy.zeros_like(scores), scores])
    top = scores.max(axis=1)
    loss = top + numpy.log(numpy.exp(scores - top[:, None]).sum(axis=1)) - scores[numpy.arange(len(y)), y]
    return float(loss.sum() + 0.5 * (W ** 2).sum())


def sklearn(X, y, **settings):
    model = LogisticRegression(C=1.0, max_iter=1000, **settings).fit(X, y)
    return model.coef_, model.intercept_


# How often each is measured, at two classes and at more: those that take seconds, a few times. liblinear knows two classes.
SOLVERS = {"lbfgs": (None, None), "newton-cholesky": (None, 1), "liblinear": (3, 0), "newton-cg": (3, None), "sag": (1, 1)}
PEERS = {f"sklearn {solver}": lambda X, y, solver=solver: sklearn(X, y, solver=solver) for solver in SOLVERS}
# An objective that is a mean, with half of |W|^2 times lambda: ours, over the rows.
GLMNET = """suppressMessages(library(glmnet))
fit <- function(X, y) {
  m <- glmnet(X, y, family = "binomial", alpha = 0, lambda = 1 / nrow(X), standardize = FALSE, thresh = 1e-10, maxit = 1e7)
  c(as.numeric(m$a0), as.numeric(m$beta))
}
"""
GLM_FIT = "ones <- cbind(1, X)\nfit <- function(X, y) glm.fit(ones, y, family = binomial())$coefficients"


def sides_of(file, classes):
    rounds = {solver: pair[classes > 2] for solver, pair in SOLVERS.items() if pair[classes > 2] != 0}
    sides = [file.ours("logistic_regression", classes)] + [file.peer(f"sklearn {solver}", __file__, count) for solver, count in rounds.items()]
    if classes > 2:
        return sides                                # glm.fit knows two classes; glmnet takes more than seven minutes for ten
    return sides + file.r("glmnet, thresh 1e-10", GLMNET, rounds=3) + file.r("R glm.fit", GLM_FIT, rounds=3)


def best_of_sklearn(sides):
    best = min((side for side in sides if side.name.startswith("sklearn")), key=lambda side: statistics.median(side.seconds))
    return f"the best of scikit-learn is {best.name[8:]}: {statistics.median(best.seconds) / statistics.median(sides[0].seconds):.1f}x"


def main(only):
    failed = False
    for n, p, classes in ((1_000_000, 10, 2), (100_000, 100, 2), (70_000, 64, 10)):
        if only and n not in only:
            continue
        X, y = data(n, p, classes)
        file = Data(X, y)
        sides = sides_of(file, classes)
        take_turns(sides, ROUNDS)
        objectives = {side: objective(X, y, *model_of(side)) for side in sides}
        minimum = min(objectives.values())
        print_table(f"{n} x {p}, {classes} classes", sides, lambda side: f"objective {objectives[side]:.6f}, gap {objectives[side] / minimum - 1:.1e}")
        print(best_of_sklearn(sides), flush=True)
        close_all(sides)
        failed |= objectives[sides[0]] > minimum * (1 + 1e-9)
    return failed


if sys.argv[1:2] == ["--serve"]:
    serve(PEERS, "C")
else:
    print(f"canary {canary():.2f}")
    failed = main([int(rows) for rows in sys.argv[1:]])
    print(f"canary {canary():.2f}")
    sys.exit("further than 1e-9 from the best objective" if failed else 0)
