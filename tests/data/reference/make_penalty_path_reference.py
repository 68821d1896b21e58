#!/usr/bin/env python3
"""Writes penalty_path.json beside this script: the paths of penalties of LassoCV, ElasticNetCV and RidgeCV, and the errors along them.

Run with scikit-learn 1.9.1 and numpy 2.4: gaps of 1e-15 of the target's squares. The data are columns mpg, hp, wt and am of
mtcars.csv, of which one row is left out at a time, and the first 175 rows of resources/sample_data/wine.csv, of which the alcohol is
predicted from the other measurements, standardised, and five runs of 35 rows are left out. RidgeCV leaves out one row at a time in both, over the alphas that are listed.
"""
import csv
import json
import pathlib
import warnings

import numpy
import sklearn
from sklearn.linear_model import ElasticNetCV, RidgeCV
from sklearn.model_selection import KFold, LeaveOneOut

HERE = pathlib.Path(__file__).parent
TIGHT = {"tol": 1e-15, "max_iter": 1_000_000}


def cars():
    table = numpy.loadtxt(HERE / "mtcars.csv", delimiter=",", skiprows=1)
    return table[:, 1:], table[:, 0]


def wine():
    # `remake` puts a copy beside a copy of this script.
    beside = HERE / "wine.csv"
    with open(beside if beside.exists() else HERE.parents[2] / "resources/sample_data/wine.csv") as file:
        rows = list(csv.DictReader(file))[:175]
    features = [name for name in rows[0] if name not in ("cultivar", "alcohol")]
    X = numpy.array([[float(row[name]) for name in features] for row in rows])
    return (X - X.mean(axis=0)) / X.std(axis=0), numpy.array([float(row["alcohol"]) for row in rows])


def statistics(errors):
    """Mean and standard error over folds, which are the columns."""
    return {"errors": errors.mean(axis=-1).tolist(), "standard_errors": (errors.std(axis=-1, ddof=1) / errors.shape[-1] ** 0.5).tolist()}


def net(X, y, ratio, folds):
    model = ElasticNetCV(l1_ratio=ratio, alphas=100, eps=1e-3, cv=folds, **TIGHT).fit(X, y)
    _, coefficients, _ = model.path(X - X.mean(axis=0), y - y.mean(), l1_ratio=ratio, alphas=model.alphas_, **TIGHT)
    return {"l1_ratio": ratio, "alphas": model.alphas_.tolist(), "alpha": float(model.alpha_),
            "features_in_use": (coefficients != 0).sum(axis=0).tolist(), **statistics(model.mse_path_)}


def ridge(X, y, intercept):
    Z = X - X.mean(axis=0) if intercept else X
    largest = 100 * (Z ** 2).sum(axis=0).mean()
    alphas = numpy.geomspace(largest, largest * 1e-6, 100)
    model = RidgeCV(alphas=alphas, fit_intercept=intercept, store_cv_results=True).fit(X, y)
    return {"intercept": intercept, "alphas": alphas.tolist(), "alpha": float(model.alpha_), "coefficients": model.coef_.tolist(),
            "constant": float(model.intercept_), **statistics(model.cv_results_.T)}


def main():
    warnings.simplefilter("ignore")
    document = {"source": f"scikit-learn {sklearn.__version__}, numpy {numpy.__version__}", "net": [], "ridge": []}
    for name, (X, y), folds in (("mtcars", cars(), LeaveOneOut()), ("wine", wine(), KFold(5))):
        for ratio in (1.0, 0.5):
            document["net"].append({"data": name, **net(X, y, ratio, folds)})
        for intercept in (True, False):
            document["ridge"].append({"data": name, **ridge(X, y, intercept)})
    (HERE / "penalty_path.json").write_text(json.dumps(document, separators=(",", ":")).replace('],', '],\n') + "\n")


main()
