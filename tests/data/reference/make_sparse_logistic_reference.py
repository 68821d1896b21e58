#!/usr/bin/env python3
"""Writes sparse_logistic.json beside this script: what scikit-learn's LogisticRegression answers with an L1 or elastic-net price.

Run with scikit-learn 1.2.1 and numpy 1.24 (Debian 12), its solver "saga" on standardised features at a tolerance of 1e-12; with C
so small that every weight is 0 it stops before the intercepts have settled, so C begins at 0.05. The objective it reached is stored beside its weights: C sum(log loss) + l1_ratio |W|_1 + (1 - l1_ratio) |W|^2 / 2.
"""
import json
import pathlib
import warnings

import numpy
import sklearn
from sklearn.linear_model import LogisticRegression

HERE = pathlib.Path(__file__).parent


def data(n=150, p=12):
    random = numpy.random.RandomState(51)
    X = random.normal(size=(n, p))
    X[:, 1] = 0.9 * X[:, 0] + 0.3 * X[:, 1]                    # correlated
    score = 2 * X[:, 0] - X[:, 2] + 0.8 * X[:, 5] + 0.8 * random.normal(size=n)
    X = ((X - X.mean(axis=0)) / X.std(axis=0)).round(8)
    return X, numpy.digitize(score, numpy.quantile(score, [0.3, 0.6]))


def objective(X, y, model, C, ratio):
    scores = X @ model.coef_.T + model.intercept_
    if scores.shape[1] == 1:
        scores = numpy.hstack([numpy.zeros_like(scores), scores])
    top = scores.max(axis=1)
    loss = top + numpy.log(numpy.exp(scores - top[:, None]).sum(axis=1)) - scores[numpy.arange(len(y)), y]
    return float(C * loss.sum() + ratio * abs(model.coef_).sum() + (1 - ratio) / 2 * (model.coef_ ** 2).sum())


def main():
    X, codes = data()
    cases = []
    warnings.simplefilter("error")
    for classes in (2, 3):
        y = codes if classes == 3 else (codes > 0).astype(int)
        for C in (0.05, 0.3, 3.0, 30.0):
            for ratio in (1.0, 0.5, 0.1):
                model = LogisticRegression(C=C, penalty="elasticnet", l1_ratio=ratio, solver="saga", tol=1e-12, max_iter=1_000_000,
                                           random_state=1).fit(X, y)
                cases.append({"classes": classes, "C": C, "l1_ratio": ratio, "objective": objective(X, y, model, C, ratio),
                              "coefficients": model.coef_.tolist(), "intercepts": model.intercept_.tolist(),
                              "probabilities": model.predict_proba(X[:10]).tolist()})
    document = {"source": f"scikit-learn {sklearn.__version__}, numpy {numpy.__version__}", "X": X.tolist(), "classes": codes.tolist(),
                "cases": cases}
    (HERE / "sparse_logistic.json").write_text(json.dumps(document, separators=(",", ":")).replace('],"', '],\n"') + "\n")


main()
