#!/usr/bin/env python3
"""Writes linear.json beside this script: small data sets, and what scikit-learn's linear models answer.

Run with scikit-learn 1.2.1 and numpy 1.24 (Debian 12). Logistic regression is run to a far smaller tolerance than its
default, and the objective it reached is stored beside its weights: C sum(log loss) + |W|^2 / 2.
"""
import json
import pathlib

import numpy
import sklearn
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge

HERE = pathlib.Path(__file__).parent


def data(seed, n=120, p=4, classes=3):
    random = numpy.random.RandomState(seed)
    X = random.normal(size=(n, p))
    X[:, 1] = 0.9 * X[:, 0] + 0.3 * X[:, 1]                    # correlated
    X[:, 2] = 50 + 10 * X[:, 2]                                # in other units
    X = X.round(6)
    score = 1.5 * X[:, 0] - X[:, 1] + 0.08 * (X[:, 2] - 50) + 0.8 * random.normal(size=n)
    codes = numpy.digitize(score, numpy.quantile(score, [(k + 1) / classes for k in range(classes - 1)]))
    return X, codes, (3 * score + 7).round(6)


def objective(X, y, model, C):
    scores = X @ model.coef_.T + model.intercept_
    if scores.shape[1] == 1:
        scores = numpy.hstack([numpy.zeros_like(scores), scores])
    top = scores.max(axis=1)
    loss = top + numpy.log(numpy.exp(scores - top[:, None]).sum(axis=1)) - scores[numpy.arange(len(y)), y]
    return float(C * loss.sum() + (0 if model.penalty == "none" else 0.5 * (model.coef_ ** 2).sum()))


def answers(model):
    return {"coefficients": numpy.atleast_2d(model.coef_).tolist(), "intercepts": numpy.ravel(model.intercept_).tolist()}


def regression(X, y):
    cases = []
    for intercept in (True, False):
        cases.append({"learner": "linear_regression", "hyperparameters": {"intercept": intercept},
                      **answers(LinearRegression(fit_intercept=intercept).fit(X, y))})
        for alpha in (0.01, 1.0, 1000.0):
            model = Ridge(alpha=alpha, fit_intercept=intercept, solver="svd").fit(X, y)
            cases.append({"learner": "ridge_regression", "hyperparameters": {"intercept": intercept, "alpha": alpha},
                          **answers(model)})
    return cases


def logistic(X, codes):
    cases = []
    for classes in (2, 3):
        y = codes if classes == 3 else (codes > 0).astype(int)
        for C in (0.01, 1.0, 100.0, None):
            model = LogisticRegression(C=C or 1.0, penalty="l2" if C else "none", solver="newton-cg", tol=1e-11,
                                       max_iter=100000).fit(X, y)
            hyperparameters = {"penalty": "l2", "C": C} if C else {"penalty": "none"}
            cases.append({"classes": classes, "hyperparameters": hyperparameters, "objective": objective(X, y, model, C or 1.0),
                          **answers(model)})
    return cases


def main():
    X, codes, values = data(11)
    wide, _, wideValues = data(12, n=6, p=10)
    document = {"source": f"scikit-learn {sklearn.__version__}, numpy {numpy.__version__}",
                "X": X.tolist(), "classes": codes.tolist(), "values": values.tolist(),
                "regression": regression(X, values), "logistic": logistic(X, codes),
                "wide": {"X": wide.tolist(), "values": wideValues.tolist(),
                         **answers(LinearRegression().fit(wide, wideValues))}}
    (HERE / "linear.json").write_text(json.dumps(document, indent=None, separators=(",", ":")).replace('],"', '],\n"') + "\n")


main()
