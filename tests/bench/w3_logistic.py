#!/usr/bin/env python3
"""Logistic regression against scikit-learn's solvers, in turns on the same data, each at the objective that it reached.

Usage: BENCH_LINEAR=build/bench/bin/bench_linear python3 tests/bench/w3_logistic.py
Needs numpy and scikit-learn. Fails where ours is further than 1e-9 from the best objective of all.
"""
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


PEERS = {"sklearn lbfgs": lambda X, y: sklearn(X, y, solver="lbfgs"),
         "sklearn newton-cholesky": lambda X, y: sklearn(X, y, solver="newton-cholesky")}


def main():
    failed = False
    for n, p, classes in ((1_000_000, 10, 2), (100_000, 100, 2), (70_000, 64, 10)):
        X, y = data(n, p, classes)
        file = Data(X, y)
        peers = [name for name in PEERS if classes == 2 or name == "sklearn lbfgs"]
        sides = [file.ours("logistic_regression", classes)] + [file.peer(name, __file__) for name in peers]
        take_turns(sides, ROUNDS)
        objectives = {side: objective(X, y, *model_of(side)) for side in sides}
        minimum = min(objectives.values())
        print_table(f"{n} x {p}, {classes} classes", sides, lambda side: f"objective {objectives[side]:.6f}, gap {objectives[side] / minimum - 1:.1e}")
        close_all(sides)
        failed |= objectives[sides[0]] > minimum * (1 + 1e-9)
    return failed


if sys.argv[1:2] == ["--serve"]:
    serve(PEERS, "C")
else:
    print(f"canary {canary():.2f}")
    failed = main()
    print(f"canary {canary():.2f}")
    sys.exit("further than 1e-9 from the best objective" if failed else 0)
