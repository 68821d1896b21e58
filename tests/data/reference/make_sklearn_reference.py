#!/usr/bin/env python3
"""Writes neighbors.json, tree.json and bayes.json beside this script: small data sets, and what scikit-learn answers.

Run with scikit-learn 1.2.1 and numpy 1.24 (Debian 12). The data have no ties, and the trees are checked to be the
same for every order in which scikit-learn may look at the features; so there is one right answer to compare with.
"""
import json
import pathlib

import numpy
import sklearn
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

HERE = pathlib.Path(__file__).parent


def data(seed, n=150, p=4, classes=3, queries=25):
    random = numpy.random.RandomState(seed)
    X = random.normal(size=(n + queries, p)).round(8)
    score = X[:, 0] - 0.7 * X[:, 1] ** 2 + 0.4 * X[:, 2] * X[:, 3] + 0.3 * random.normal(size=n + queries)
    codes = numpy.digitize(score, numpy.quantile(score, [(k + 1) / classes for k in range(classes - 1)]))
    for j in range(p):
        assert len(set(X[:, j])) == n + queries, "a tie"
    return X[:n], codes[:n], score[:n].round(6), X[n:]


def write(name, cases, X, codes, values, queries):
    document = {"source": f"scikit-learn {sklearn.__version__}, numpy {numpy.__version__}",
                "X": X.tolist(), "classes": codes.tolist(), "values": values.tolist(), "queries": queries.tolist(),
                "cases": cases}
    (HERE / name).write_text(json.dumps(document, indent=None, separators=(",", ":")).replace('],"', '],\n"') + "\n")


def preorder(tree, node=0):
    value = tree.value[node][0]
    if tree.n_outputs == 1 and tree.n_classes[0] > 1:
        value = value / value.sum()
    rows = [{"feature": int(tree.feature[node]) if tree.children_left[node] >= 0 else -1,
             "threshold": float(tree.threshold[node]), "samples": int(tree.n_node_samples[node]),
             "impurity": float(tree.impurity[node]), "value": [float(v) for v in value]}]
    if tree.children_left[node] >= 0:
        rows += preorder(tree, tree.children_left[node]) + preorder(tree, tree.children_right[node])
    return rows


def trees():
    X, codes, values, queries = data(3)
    cases = []
    for task, criterion, limits in [
        ("classification", "gini", {"max_depth": 3, "min_samples_leaf": 8}),
        ("classification", "gini", {"max_leaf_nodes": 6, "min_samples_leaf": 5}),
        ("classification", "entropy", {"max_depth": 3, "min_samples_leaf": 8}),
        ("classification", "entropy", {"max_leaf_nodes": 7, "min_samples_split": 20, "min_samples_leaf": 4}),
        ("classification", "gini", {"min_impurity_decrease": 0.015, "min_samples_leaf": 6}),
        ("regression", "squared_error", {"max_depth": 4, "min_samples_leaf": 4}),
        ("regression", "squared_error", {"max_leaf_nodes": 12}),
        ("regression", "squared_error", {"min_samples_leaf": 6}),
    ]:
        kind = DecisionTreeClassifier if task == "classification" else DecisionTreeRegressor
        y = codes if task == "classification" else values
        grown = [preorder(kind(criterion=criterion, random_state=seed, **limits).fit(X, y).tree_) for seed in range(30)]
        shapes = [[(row["feature"], row["threshold"]) for row in nodes] for nodes in grown]
        assert all(shape == shapes[0] for shape in shapes), (criterion, limits, "depends on the order of the features")
        cases.append({"task": task, "criterion": criterion, "limits": limits, "nodes": grown[0]})
    write("tree.json", cases, X, codes, values, queries)


def neighbors():
    X, codes, values, queries = data(5)
    cases = []
    for k in (1, 5, 15):
        for weights in ("uniform", "distance"):
            for metric in ("euclidean", "manhattan"):
                choice = {"n_neighbors": k, "weights": weights, "metric": metric, "algorithm": "brute"}
                classifier = KNeighborsClassifier(**choice).fit(X, codes)
                distances = numpy.sort(classifier.kneighbors(queries, 16)[0])
                assert (numpy.diff(distances) > 1e-12).all(), "two neighbours are equally near"
                regressor = KNeighborsRegressor(**choice).fit(X, values)
                cases.append({"k": k, "weights": weights, "metric": metric,
                              "neighbours": classifier.kneighbors(queries)[1].tolist(),
                              "probabilities": classifier.predict_proba(queries).tolist(),
                              "values": regressor.predict(queries).tolist()})
    write("neighbors.json", cases, X, codes, values, queries)


def bayes():
    X, codes, values, queries = data(8)
    X, queries = X * [1, 10, 0.01, 1] + [0, 1000, 0, -5], queries * [1, 10, 0.01, 1] + [0, 1000, 0, -5]
    cases = []
    for smoothing in (1e-9, 1e-3, 0.5):
        model = GaussianNB(var_smoothing=smoothing).fit(X, codes)
        cases.append({"var_smoothing": smoothing, "prior": model.class_prior_.tolist(), "theta": model.theta_.tolist(),
                      "var": model.var_.tolist(), "probabilities": model.predict_proba(queries).tolist()})
    write("bayes.json", cases, X, codes, values, queries)


trees()
neighbors()
bayes()
