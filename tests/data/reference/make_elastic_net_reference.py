#!/usr/bin/env python3
"""Writes elastic_net.json beside this script: what scikit-learn's Lasso, ElasticNet, LassoCV and ElasticNetCV answer.

Run with scikit-learn 1.2.1 and numpy 1.24 (Debian 12): 100,000 sweeps for a fixed alpha, whatever the duality gap, and a gap
of 1e-15 of the target's squares for a path. Leave-one-out has
only one way to draw the folds, so its choice of alpha can be compared between programs. The data of the first cases are those
of linear.json, of the others columns mpg, hp, wt and am of mtcars.csv.
"""
import json
import pathlib
import warnings

import numpy
import sklearn
from sklearn.linear_model import ElasticNet, ElasticNetCV
from sklearn.model_selection import LeaveOneOut

HERE = pathlib.Path(__file__).parent
TIGHT = {"tol": 1e-15, "max_iter": 1_000_000}


def objective(X, y, model, alpha, ratio):
    r = y - X @ model.coef_ - model.intercept_
    return float(r @ r / (2 * len(y)) + alpha * ratio * abs(model.coef_).sum() + alpha * (1 - ratio) / 2 * (model.coef_ ** 2).sum())


def fixed(X, y, alphas, ratios):
    cases = []
    for alpha in alphas:
        for ratio in ratios:
            for intercept in (True, False):
                model = ElasticNet(alpha=alpha, l1_ratio=ratio, fit_intercept=intercept, tol=0, max_iter=100_000).fit(X, y)
                cases.append({"alpha": alpha, "l1_ratio": ratio, "intercept": intercept, "coefficients": model.coef_.tolist(),
                              "constant": float(model.intercept_), "objective": objective(X, y, model, alpha, ratio)})
    return cases


def chosen(X, y):
    cases = []
    for ratio in (1.0, 0.5):
        model = ElasticNetCV(l1_ratio=ratio, n_alphas=100, eps=1e-3, cv=LeaveOneOut(), **TIGHT).fit(X, y)
        errors = model.mse_path_.mean(axis=-1)
        cases.append({"l1_ratio": ratio, "alpha": float(model.alpha_), "error": float(errors.min()),
                      "coefficients": model.coef_.tolist(), "constant": float(model.intercept_)})
    return cases


def main():
    warnings.simplefilter("ignore")
    linear = json.loads((HERE / "linear.json").read_text())
    X, y = numpy.array(linear["X"]), numpy.array(linear["values"])
    random = numpy.random.RandomState(5)
    wide = random.normal(size=(30, 80)).round(6)
    target = (wide[:, :4] @ numpy.array([3, -2, 1, 1]) + random.normal(size=30) + 5).round(6)
    cars = numpy.loadtxt(HERE / "mtcars.csv", delimiter=",", skiprows=1)
    document = {"source": f"scikit-learn {sklearn.__version__}, numpy {numpy.__version__}",
                "fixed": fixed(X, y, (0.001, 0.1, 2.0), (1.0, 0.5, 0.1)),
                "wide": {"X": wide.tolist(), "y": target.tolist(), "fixed": fixed(wide, target, (0.05, 0.5), (1.0, 0.5))},
                "cars": chosen(cars[:, 1:], cars[:, 0])}
    (HERE / "elastic_net.json").write_text(json.dumps(document, separators=(",", ":")).replace('],', '],\n') + "\n")


main()
