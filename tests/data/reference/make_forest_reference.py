#!/usr/bin/env python3
"""Writes forest.json beside this script: small data sets, and what scikit-learn's random forests make of them.

Run with scikit-learn 1.9.1. Two programs never draw the same random numbers, so there are two kinds of cases. "exact": without
bootstrap and with all features at every split a forest has nothing left to draw, and every tree must be the same (which is
checked here for many orders of the features). "spread": the mean and the standard deviation over many seeds of what can be
measured about a forest; another program's forest is one more draw from the same distribution. Leaves are limited by depth there:
scikit-learn's min_samples_leaf counts a row once however often it was drawn, ours counts the draws.
"""
import json
import pathlib

import numpy
import sklearn
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

HERE = pathlib.Path(__file__).parent
SEEDS = 60


def data(seed, n=250, p=6, queries=300):
    """At most 255 training rows: every value has a bin of its own, and binning loses nothing."""
    random = numpy.random.RandomState(seed)
    X = random.normal(size=(n + queries, p)).round(6)
    score = X[:, 0] - 0.7 * X[:, 1] ** 2 + 0.6 * X[:, 2] * X[:, 3] + 0.4 * random.normal(size=n + queries)
    codes = numpy.digitize(score, numpy.quantile(score, [1 / 3, 2 / 3]))
    for j in range(p):
        assert len(set(X[:, j].astype(numpy.float32))) == n + queries, "a tie"
    return X[:n], X[n:], codes, score.round(6)


def kind(task):
    return RandomForestClassifier if task == "classification" else RandomForestRegressor


def shape(tree):
    return [(tree.n_node_samples[i], tree.feature[i], tree.threshold[i]) for i in range(tree.node_count)]


def exact(X, queries, y, task, criterion, limits):
    forest = kind(task)(5, criterion=criterion, bootstrap=False, max_features=None, random_state=1, **limits).fit(X, y)
    many = kind(task)(40, criterion=criterion, bootstrap=False, max_features=None, random_state=2, **limits).fit(X, y)
    shapes = [shape(one.tree_) for one in many.estimators_]
    assert all(one == shapes[0] for one in shapes), (task, limits, "depends on the order of the features")
    answers = forest.predict_proba(queries) if task == "classification" else forest.predict(queries)[:, None]
    return {"task": task, "criterion": criterion, "limits": limits, "answers": answers[:40].tolist()}


def spread(X, queries, y, test, task, criterion, features, limits):
    rows = []
    for seed in range(SEEDS):
        forest = kind(task)(100, criterion=criterion, max_features=features[1], oob_score=True, random_state=seed, n_jobs=2, **limits).fit(X, y)
        rows.append([forest.oob_score_, forest.score(queries, test), numpy.mean([one.tree_.n_leaves for one in forest.estimators_])])
    rows = numpy.array(rows)
    return {"task": task, "criterion": criterion, "max_features": features[0], "limits": limits,
            **{name: {"mean": float(column.mean()), "deviation": float(column.std(ddof=1))}
               for name, column in zip(("out_of_bag", "test", "leaves"), rows.T)}}


X, queries, codes, values = data(11)
n = len(X)
answers = {"classification": codes, "regression": values}
document = {"source": f"scikit-learn {sklearn.__version__}, numpy {numpy.__version__}", "seeds": SEEDS,
            "X": X.tolist(), "queries": queries.tolist(),
            "classes": codes[:n].tolist(), "test_classes": codes[n:].tolist(),
            "values": values[:n].tolist(), "test_values": values[n:].tolist(),
            "exact": [exact(X, queries, answers[task][:n], task, criterion, limits) for task, criterion, limits in [
                ("classification", "gini", {"max_depth": 4, "min_samples_leaf": 10}),
                ("classification", "entropy", {"max_depth": 3, "min_samples_leaf": 12}),
                ("regression", "squared_error", {"max_depth": 5, "min_samples_leaf": 5}),
                ("regression", "squared_error", {"min_samples_leaf": 6})]],
            "spread": [spread(X, queries, answers[task][:n], answers[task][n:], task, criterion, features, limits)
                       for task, criterion, features, limits in [
                           ("classification", "gini", ("sqrt", "sqrt"), {}),
                           ("classification", "entropy", ("log2", "log2"), {"max_depth": 6}),
                           ("classification", "gini", ("all", None), {"max_depth": 5}),
                           ("regression", "squared_error", ("all", None), {}),
                           ("regression", "squared_error", ("third", 1 / 3), {"max_depth": 4})]]}
(HERE / "forest.json").write_text(json.dumps(document, separators=(",", ":")).replace('],"', '],\n"') + "\n")
