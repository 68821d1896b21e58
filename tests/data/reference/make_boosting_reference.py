#!/usr/bin/env python3
"""Writes boosting.json beside this script: a small data set, and what scikit-learn's gradient boosting on histograms makes of it.

Run with scikit-learn 1.9.1. All values are multiples of 1/64 with at most 255 distinct ones: every value has a bin of its own and
is the same as float and as double. scikit-learn keeps gradients as floats. In the first round of classes these take few values, and two features can part the classes
equally well: then rounding decides there and the order of the features here, so the settings below are ones without such a tie.
"losses" are those of the training rows after each round.
"""
import json
import pathlib

import numpy
import sklearn
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

HERE = pathlib.Path(__file__).parent


def data(seed, n=400, p=5, queries=60):
    random = numpy.random.RandomState(seed)
    X = numpy.clip(numpy.round(random.normal(size=(n + queries, p)) * 40) / 64, -1.9, 1.9)
    X = numpy.round(X * 64) / 64
    for j in range(p):
        assert len(set(X[:n, j])) <= 255
    score = 2 * X[:, 0] - 2 * X[:, 1] ** 2 + 2 * X[:, 2] * X[:, 3] + 0.4 * random.normal(size=n + queries)
    codes = numpy.digitize(score, numpy.quantile(score, [1 / 3, 2 / 3]))
    return X, codes, (score > 0).astype(int), score.round(6)


def nodes(predictor):
    """From the top, left before right. A split of samples that all have the same gradient gains nothing but a rounding of floats,
    and both sides answer the same: it is taken back. Only leaves have a value that is shrunk by the learning rate, so only theirs
    is kept."""
    rows = []

    def same(index):
        node = predictor.nodes[index]
        if node["is_leaf"]:
            return True
        left, right = predictor.nodes[node["left"]], predictor.nodes[node["right"]]
        return bool(same(node["left"]) and same(node["right"]) and abs(answer(left) - answer(right)) < 1e-7)

    def answer(node):
        return node["value"] if node["is_leaf"] else answer(predictor.nodes[node["left"]])

    def visit(index):
        node = predictor.nodes[index]
        leaf = same(index)
        rows.append({"feature": -1 if leaf else int(node["feature_idx"]), "threshold": 0 if leaf else float(node["num_threshold"]),
                     "samples": int(node["count"]), "value": float(answer(node)) if leaf else 0})
        if not leaf:
            visit(node["left"])
            visit(node["right"])

    visit(0)
    return rows


X, codes, binary, values = data(21)
n = 400
answers = {"classes": codes, "binary": binary, "values": values}
cases = []
for target, settings in [
    ("values", {"max_iter": 30}),
    ("values", {"max_iter": 20, "learning_rate": 0.3, "max_leaf_nodes": 8, "min_samples_leaf": 5, "l2_regularization": 2.0}),
    ("values", {"max_iter": 20, "max_depth": 3, "max_leaf_nodes": None, "min_samples_leaf": 10}),
    ("binary", {"max_iter": 30}),
    ("binary", {"max_iter": 20, "learning_rate": 0.2, "max_leaf_nodes": 6, "min_samples_leaf": 8, "l2_regularization": 0.5}),
    ("classes", {"max_iter": 15}),
    ("classes", {"max_iter": 15, "max_depth": 4, "min_samples_leaf": 15, "learning_rate": 0.15}),
]:
    kind = HistGradientBoostingRegressor if target == "values" else HistGradientBoostingClassifier
    model = kind(early_stopping=False, **settings).fit(X[:n], answers[target][:n])
    staged = model.staged_predict(X[:n]) if target == "values" else model.staged_predict_proba(X[:n])
    y = answers[target][:n]
    losses = [float(numpy.mean((y - out) ** 2)) if target == "values" else float(-numpy.mean(numpy.log(out[numpy.arange(n), y]))) for out in staged]
    out = model.predict(X[n:])[:, None] if target == "values" else model.predict_proba(X[n:])
    cases.append({"target": target, "settings": settings, "base": numpy.ravel(model._baseline_prediction).tolist(), "losses": losses,
                  "first": [nodes(tree) for tree in model._predictors[0]], "answers": out.tolist()})

document = {"source": f"scikit-learn {sklearn.__version__}, numpy {numpy.__version__}", "X": X[:n].tolist(), "queries": X[n:].tolist(),
            **{name: y[:n].tolist() for name, y in answers.items()}, "cases": cases}
(HERE / "boosting.json").write_text(json.dumps(document, separators=(",", ":")).replace('],"', '],\n"') + "\n")
