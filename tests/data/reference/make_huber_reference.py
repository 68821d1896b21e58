#!/usr/bin/env python3
"""Writes huber.json beside this script: data with outliers, and what scikit-learn's HuberRegressor answers.

Run with scikit-learn 1.2.1, scipy 1.10 and numpy 1.24 (Debian 12). HuberRegressor stops where L-BFGS gains less than 2e-9 of the
objective; from there a root of its own gradient is sought, down to 1e-9. Where few rows have an epsilon near 1 the best scale goes
to 0, and there is no such root: what HuberRegressor comes to is kept there, or the least sum of absolute errors (a linear program),
which is where its objective goes with the scale, if that is lower.
"""
import json
import pathlib

import numpy
import scipy.optimize
import sklearn
from sklearn.linear_model import HuberRegressor
from sklearn.linear_model._huber import _huber_loss_and_gradient

HERE = pathlib.Path(__file__).parent


def minimum(X, y, epsilon, alpha, intercept):
    model = HuberRegressor(epsilon=epsilon, alpha=alpha, fit_intercept=intercept, max_iter=100_000, tol=1e-10).fit(X, y)
    theta = numpy.r_[model.coef_, [model.intercept_] if intercept else [], model.scale_]
    arguments = (X, y, epsilon, alpha, numpy.ones(len(y)))
    bounds = [(-numpy.inf, numpy.inf)] * (len(theta) - 1) + [(1e-10, numpy.inf)]
    theta = scipy.optimize.minimize(_huber_loss_and_gradient, theta, args=arguments, jac=True, method="L-BFGS-B", bounds=bounds,
                                    options={"ftol": 0, "gtol": 1e-12, "maxiter": 100_000, "maxcor": 20}).x
    theta = scipy.optimize.root(lambda at: _huber_loss_and_gradient(at, *arguments)[1], theta, tol=1e-14).x
    value, gradient = _huber_loss_and_gradient(theta, *arguments)
    assert abs(gradient).max() < 1e-9 and theta[-1] > 0, abs(gradient).max()
    p = X.shape[1]
    r = y - X @ theta[:p] - (theta[p] if intercept else 0)
    return {"epsilon": epsilon, "alpha": alpha, "intercept": intercept, "coefficients": theta[:p].tolist(),
            "constant": float(theta[p]) if intercept else 0.0, "scale": float(theta[-1]), "objective": float(value),
            "outliers": int((abs(r) > epsilon * theta[-1]).sum())}


def least_absolute(X, y, intercept):
    n, p = X.shape
    A = numpy.hstack([X, numpy.ones((n, 1)) * intercept])
    cost = numpy.r_[numpy.zeros(p + 1), numpy.ones(2 * n)]
    program = scipy.optimize.linprog(cost, A_eq=numpy.hstack([A, numpy.eye(n), -numpy.eye(n)]), b_eq=y,
                                     bounds=[(None, None)] * (p + 1) + [(0, None)] * (2 * n), method="highs")
    assert program.status == 0
    return program.fun


def few_rows(random, n, p, kind, epsilon, intercept):
    X = random.normal(size=(n, p)).round(2)
    noise = [random.standard_t(1.5, size=n), random.normal(size=n),
             numpy.where(random.random_sample(n) < 0.3, 20, 0) + 0.1 * random.normal(size=n), (2 * random.normal(size=n)).round()][kind]
    y = (X @ random.normal(size=p) + noise).round(2)
    model = HuberRegressor(epsilon=epsilon, alpha=0, fit_intercept=intercept, max_iter=100_000, tol=1e-9).fit(X, y)
    theta = numpy.r_[model.coef_, [model.intercept_] if intercept else [], model.scale_]
    peer = float(_huber_loss_and_gradient(theta, X, y, epsilon, 0.0, numpy.ones(n))[0])
    return {"X": X.tolist(), "values": y.tolist(), "epsilon": epsilon, "intercept": intercept, "scale": float(model.scale_),
            "objective": min(peer, 2 * epsilon * least_absolute(X, y, intercept))}


def main():
    random = numpy.random.RandomState(41)
    X = random.normal(size=(90, 3)) @ [[1, 0.7, 0], [0, 1, 0.2], [0, 0, 1]]
    X = (X * [1, 3, 0.5] + [0, 2, -1]).round(6)
    y = X @ [2, -1, 3] + 4 + 0.5 * random.normal(size=90)
    y[::9] += 30 + 10 * random.normal(size=10)          # ten dragged upwards
    y = y.round(6)
    cases = [minimum(X, y, epsilon, alpha, intercept) for epsilon in (1.05, 1.35, 3.0, 100.0) for alpha in (0.0, 1e-4, 10.0)
             for intercept in (True, False)]
    few = [few_rows(random, n, p, i % 4, epsilon, i % 5 != 0)
           for i, (n, p, epsilon) in enumerate((n, p, epsilon) for n in (8, 15, 40) for p in (1, 2, 4) for epsilon in (1.0001, 1.02, 1.1, 1.2))]
    document = {"source": f"scikit-learn {sklearn.__version__}, scipy {scipy.__version__}, numpy {numpy.__version__}",
                "X": X.tolist(), "values": y.tolist(), "cases": cases, "few": few}
    (HERE / "huber.json").write_text(json.dumps(document, separators=(",", ":")).replace('],"', '],\n"') + "\n")


main()
