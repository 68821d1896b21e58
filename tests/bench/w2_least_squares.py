#!/usr/bin/env python3
"""Least squares and ridge against scikit-learn and the best one-pass numpy, in turns on the same data.

Usage: BENCH_LINEAR=build/bin/bench_linear python3 tests/bench/w2_least_squares.py
Needs python3-numpy and python3-sklearn. Fails where the mean squared errors of two programs differ.
"""
import sys

import numpy
from sklearn.linear_model import LinearRegression, Ridge

from linear_peers import Program, take_turns, timed
from side_by_side import canary

REPETITIONS = 9


def data(n, p):
    random = numpy.random.default_rng(2)
    X = numpy.asfortranarray(random.normal(size=(n, p)) + 5)
    return X, X @ numpy.linspace(-1, 1, p) + 3 + random.normal(size=n)


def error(X, y, W, b):
    return float(numpy.mean((X @ W[0] + b[0] - y) ** 2))


def one_pass(X, y, alpha=0.0):
    """Centred Gram matrix and Cholesky: the fastest that numpy does."""
    mean, top = X.mean(axis=0), y.mean()
    A = X - mean
    w = numpy.linalg.solve(A.T @ A + alpha * numpy.eye(X.shape[1]), A.T @ (y - top))
    return w, top - w @ mean


def sklearn(estimator, X, y):
    model = estimator.fit(X, y)
    return model.coef_, model.intercept_


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
        for learner, settings, peers in (
                ("linear_regression", (), {"sklearn LinearRegression": timed(lambda: lambda: sklearn(LinearRegression(), X, y)),
                                           "numpy one pass": timed(lambda: lambda: one_pass(X, y))}),
                ("ridge_regression", ("alpha=1",), {
                    "sklearn Ridge cholesky": timed(lambda: lambda: sklearn(Ridge(alpha=1.0, solver="cholesky"), X, y))})):
            program = Program(learner, X, y, settings=settings)
            best, models = take_turns(program.fit, peers, REPETITIONS)
            program.close()
            errors = {name: error(X, y, *model) for name, model in models.items()}
            for name in best:
                print(f"{n} x {p} {learner:18} {name:26} {best[name] * 1e3:9.2f} ms  mse {errors[name]:.12f}  "
                      f"ratio {best[name] / best['modelarium']:6.1f}")
                failed |= abs(errors[name] / errors["modelarium"] - 1) > 1e-10
    return failed


def ladder():
    """Nearly collinear columns: our residuals must be as orthogonal as those of lstsq."""
    failed = False
    random = numpy.random.default_rng(3)
    n = 300_000
    base = random.normal(size=(n, 4))
    noise = random.normal(size=n)
    for power in range(0, 11):
        X = base.copy()
        X[:, 3] = X[:, 0] + X[:, 3] / 10.0 ** power
        y = X @ numpy.array([1.0, 2.0, 3.0, 4.0]) + noise
        X = numpy.asfortranarray(X)
        program = Program("linear_regression", X, y)
        ours = orthogonality(X, y, *program.fit()[1:])
        program.close()
        A = numpy.column_stack([X, numpy.ones(n)])
        w = numpy.linalg.lstsq(A, y, rcond=None)[0]
        peer = orthogonality(X, y, w[None, :4], w[4:])
        print(f"condition 1e{power:<2}  residual orthogonality: modelarium {ours:.1e}, lstsq {peer:.1e}")
        # Weights that are stored as doubles leave this much by themselves; below it nobody wins.
        floor = 1e-16 * max(1.0, 10.0 ** power * n ** -0.5)
        failed |= ours > 10 * max(peer, floor)
    return failed


print(f"canary {canary():.2f}")
failed = speed() | ladder()
print(f"canary {canary():.2f}")
sys.exit("the answers differ" if failed else 0)
