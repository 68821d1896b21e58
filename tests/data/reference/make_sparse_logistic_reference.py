#!/usr/bin/env python3
"""Writes sparse_logistic.json beside this script: what scikit-learn's LogisticRegression answers with an L1 or elastic-net price.

Run with scikit-learn 1.2.1 and numpy 1.24 (Debian 12), its solver "saga" on standardised features at a tolerance of 1e-12; with C
so small that every weight is 0 it stops before the intercepts have settled, so C begins at 0.05. Its stochastic steps end within
about 1e-6 of the minimum, so Newton's method in numpy goes on from there over the weights that are not 0, and the script checks
that the others stay 0 at the minimum. The objective there is stored too: C sum(log loss) + l1_ratio |W|_1 + (1 - l1_ratio) |W|^2 / 2.
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


def probabilities(X, W, b):
    scores = X @ W.T + b
    if scores.shape[1] == 1:
        scores = numpy.hstack([numpy.zeros_like(scores), scores])
    P = numpy.exp(scores - scores.max(axis=1, keepdims=True))
    return P / P.sum(axis=1, keepdims=True)


def polish(X, y, model, C, ratio):
    """Puts the weights of the minimum into the model: the root of the gradient over the weights that are not 0."""
    W, b = model.coef_.copy(), model.intercept_.copy()
    k, p = W.shape
    Z = numpy.hstack([X, numpy.ones((len(y), 1))])
    first = 1 if k == 1 else 0                                  # of two classes only the second has a score
    Y = numpy.eye(max(k, 2))[y][:, first:]
    for _ in range(8):
        theta = numpy.hstack([W, b[:, None]])
        P = probabilities(X, W, b)[:, first:]
        free = numpy.hstack([W != 0, numpy.ones((k, 1), bool)]).ravel()
        price = numpy.hstack([ratio * numpy.sign(W) + (1 - ratio) * W, numpy.zeros((k, 1))])
        gradient = (C * (P - Y).T @ Z + price).ravel()
        H = numpy.zeros((k * (p + 1), k * (p + 1)))
        for i in range(k):
            for j in range(k):
                weight = P[:, i] * ((i == j) - P[:, j])
                H[i * (p + 1):(i + 1) * (p + 1), j * (p + 1):(j + 1) * (p + 1)] = C * (Z * weight[:, None]).T @ Z
            place = numpy.arange(i * (p + 1), i * (p + 1) + p)
            H[place, place] += 1 - ratio
        step = numpy.linalg.lstsq(H[numpy.ix_(free, free)], gradient[free], rcond=1e-12)[0]     # all intercepts may move together
        theta.ravel()[free] -= step
        assert (numpy.sign(theta[:, :p]) == numpy.sign(W)).all(), "a weight changed its sign on the way"
        W, b = theta[:, :p].copy(), theta[:, p].copy()
    slopes = C * (probabilities(X, W, b)[:, first:] - Y).T @ X
    assert abs(slopes[W == 0]).max(initial=0) < ratio * (1 - 1e-6) or (W != 0).all(), "a weight of 0 wants to move"
    assert abs(model.coef_ - W).max() < 1e-4
    model.coef_, model.intercept_ = W, b


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
                polish(X, y, model, C, ratio)
                cases.append({"classes": classes, "C": C, "l1_ratio": ratio, "objective": objective(X, y, model, C, ratio),
                              "coefficients": model.coef_.tolist(), "intercepts": model.intercept_.tolist(),
                              "probabilities": model.predict_proba(X[:10]).tolist()})
    document = {"source": f"scikit-learn {sklearn.__version__}, numpy {numpy.__version__}", "X": X.tolist(), "classes": codes.tolist(),
                "cases": cases}
    (HERE / "sparse_logistic.json").write_text(json.dumps(document, separators=(",", ":")).replace('],"', '],\n"') + "\n")


main()
