#!/usr/bin/env python3
"""Least squares and ridge against scikit-learn, the best one-pass numpy, plain Eigen and R, in turns on the same data.

Usage: BENCH_LINEAR=build/bench/bin/bench_linear python3 tests/bench/w2_least_squares.py
Needs numpy, scikit-learn, and eigen_peer beside bench_linear; R is left out where there is no Rscript. Those that know no intercept are given a column of
ones before the clock starts. Fails where the mean squared errors of two programs differ, or our residuals are less orthogonal than lstsq's.
"""
import os
import sys

import numpy
from sklearn.linear_model import LinearRegression, Ridge

from linear_peers import Data, model_of, serve
from side_by_side import canary, close_all, print_table, take_turns

ROUNDS = 9


def data(n, p):
    random = numpy.random.default_rng(2)
    X = numpy.asfortranarray(random.normal(size=(n, p)) + 5)
    return X, X @ numpy.linspace(-1, 1, p) + 3 + random.normal(size=n)


def error(X, y, W, b):
    return float(numpy.mean((X @ W[0] + b[0] - y) ** 2))


def one_pass(X, y):
    """Centred Gram matrix and Cholesky: the fastest that numpy does."""
    mean, top = X.mean(axis=0), y.mean()
    A = X - mean
    w = numpy.linalg.solve(A.T @ A, A.T @ (y - top))
    return w, top - w @ mean


def sklearn(estimator, X, y):
    model = estimator.fit(X, y)
    return model.coef_, model.intercept_


PEERS = {"sklearn LinearRegression": lambda X, y: sklearn(LinearRegression(), X, y),
         "numpy one pass": one_pass,
         "sklearn Ridge cholesky": lambda X, y: sklearn(Ridge(alpha=1.0, solver="cholesky"), X, y)}

ONES = "ones <- cbind(1, X)\n"
R_PEERS = {"R lm": "fit <- function(X, y) coef(lm(y ~ X))",
           "R .lm.fit": ONES + "fit <- function(X, y) .lm.fit(ones, y)$coefficients",
           "R crossprod and solve": ONES + "fit <- function(X, y) solve(crossprod(ones), crossprod(ones, y))"}


def compiled_and_r(file):
    """Eigen's product with one thread and with all: which is faster depends on the shape. R's decompositions take seconds, and are measured three times."""
    return [file.eigen("Eigen householderQr", "qr", os.cpu_count()), file.eigen("Eigen X'X and LDLT, one thread", "gram", 1),
            file.eigen("Eigen X'X and LDLT", "gram", os.cpu_count()),
            *(side for name, code in R_PEERS.items() for side in file.r(name, code, rounds=None if "crossprod" in name else 3))]


def orthogonality(X, y, W, b):
    """The largest share of y that a column still explains of the residuals, in extended precision."""
    X, y, W = X.astype(numpy.longdouble), y.astype(numpy.longdouble), W[0].astype(numpy.longdouble)
    r = y - X @ W - numpy.longdouble(b[0])
    A = X - X.mean(axis=0)
    scale = numpy.linalg.norm((y - y.mean()).astype(float))
    return float(max(abs(A[:, j] @ r) / numpy.sqrt((A[:, j] ** 2).sum()) for j in range(X.shape[1])) / scale)


def speed():
    failed = False
    for n, p in ((1_000_000, 10), (100_000, 100)):
        X, y = data(n, p)
        file = Data(X, y)
        for learner, settings, peers in (("linear_regression", (), ("sklearn LinearRegression", "numpy one pass")),
                                         ("ridge_regression", ("alpha=1",), ("sklearn Ridge cholesky",))):
            sides = [file.ours(learner, settings=settings)] + [file.peer(name, __file__) for name in peers]
            if learner == "linear_regression":
                sides += compiled_and_r(file)
            take_turns(sides, ROUNDS)
            errors = {side: error(X, y, *model_of(side)) for side in sides}
            print_table(f"{learner}, {n} x {p}", sides, lambda side: f"mse {errors[side]:.12f}")
            close_all(sides)
            failed |= any(abs(errors[side] / errors[sides[0]] - 1) > 1e-10 for side in sides)
    return failed


def ladder():
    """Nearly collinear columns: our residuals must be as orthogonal as those of lstsq."""
    failed = False
    random = numpy.random.default_rng(3)
    n = 300_000
    base = random.normal(size=(n, 4))
    noise = random.normal(size=n)
    print()
    for power in range(0, 11):
        X = base.copy()
        X[:, 3] = X[:, 0] + X[:, 3] / 10.0 ** power
        y = X @ numpy.array([1.0, 2.0, 3.0, 4.0]) + noise
        X = numpy.asfortranarray(X)
        file = Data(X, y)                           # its file is there as long as it is
        side = file.ours("linear_regression")
        side.run()
        ours = orthogonality(X, y, *model_of(side))
        side.close()
        A = numpy.column_stack([X, numpy.ones(n)])
        w = numpy.linalg.lstsq(A, y, rcond=None)[0]
        peer = orthogonality(X, y, w[None, :4], w[4:])
        print(f"condition 1e{power:<2}  residual orthogonality: modelarium {ours:.1e}, lstsq {peer:.1e}")
        # Weights that are stored as doubles leave this much by themselves; below it nobody wins.
        floor = 1e-16 * max(1.0, 10.0 ** power * n ** -0.5)
        failed |= ours > 10 * max(peer, floor)
    return failed


if sys.argv[1:2] == ["--serve"]:
    serve(PEERS, "F")
else:
    print(f"canary {canary():.2f}")
    failed = speed() | ladder()
    print(f"canary {canary():.2f}")
    sys.exit("the answers differ" if failed else 0)
