#!/usr/bin/env python3
"""Writes huber.json beside this script: data with outliers, and what scikit-learn's HuberRegressor answers.

Run with scikit-learn 1.2.1, scipy 1.10 and numpy 1.24 (Debian 12). HuberRegressor stops where L-BFGS gains less than 2e-9 of the
objective; from there a root of its own gradient is sought, down to 1e-9.
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


def main():
    random = numpy.random.RandomState(41)
    X = random.normal(size=(90, 3)) @ [[1, 0.7, 0], [0, 1, 0.2], [0, 0, 1]]
    X = (X * [1, 3, 0.5] + [0, 2, -1]).round(6)
    y = X @ [2, -1, 3] + 4 + 0.5 * random.normal(size=90)
    y[::9] += 30 + 10 * random.normal(size=10)          # ten dragged upwards
    y = y.round(6)
    cases = [minimum(X, y, epsilon, alpha, intercept) for epsilon in (1.05, 1.35, 3.0, 100.0) for alpha in (0.0, 1e-4, 10.0)
             for intercept in (True, False)]
    document = {"source": f"scikit-learn {sklearn.__version__}, scipy {scipy.__version__}, numpy {numpy.__version__}",
                "X": X.tolist(), "values": y.tolist(), "cases": cases}
    (HERE / "huber.json").write_text(json.dumps(document, separators=(",", ":")).replace('],"', '],\n"') + "\n")


main()
