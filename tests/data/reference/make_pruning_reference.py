#!/usr/bin/env python3
"""Writes pruning.json beside this script: what scikit-learn's cost-complexity pruning leaves of trees on the data of tree.json.

Run with scikit-learn 1.9.1, after make_sklearn_reference.py. The unpruned trees are checked to be the same for every order in
which scikit-learn may look at the features.
"""
import json
import pathlib

import numpy
import sklearn
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

HERE = pathlib.Path(__file__).parent


def preorder(tree, node=0):
    leaf = tree.children_left[node] < 0
    rows = [{"feature": -1 if leaf else int(tree.feature[node]), "threshold": 0 if leaf else float(tree.threshold[node]),
             "samples": int(tree.n_node_samples[node])}]
    if not leaf:
        rows += preorder(tree, tree.children_left[node]) + preorder(tree, tree.children_right[node])
    return rows


reference = json.loads((HERE / "tree.json").read_text())
X = numpy.array(reference["X"])
cases = []
for task, criterion, limits in [("classification", "gini", {"min_samples_leaf": 7}), ("classification", "entropy", {"min_samples_leaf": 9}),
                                ("regression", "squared_error", {"min_samples_leaf": 4}),
                                ("regression", "squared_error", {"max_leaf_nodes": 25, "min_samples_leaf": 4})]:
    kind = DecisionTreeClassifier if task == "classification" else DecisionTreeRegressor
    y = numpy.array(reference["classes" if task == "classification" else "values"])
    grown = [preorder(kind(criterion=criterion, random_state=seed, **limits).fit(X, y).tree_) for seed in range(30)]
    assert all(nodes == grown[0] for nodes in grown), (criterion, limits, "depends on the order of the features")
    path = kind(criterion=criterion, random_state=0, **limits).cost_complexity_pruning_path(X, y)
    alphas = path.ccp_alphas
    for position in (1, len(alphas) // 3, len(alphas) // 2, len(alphas) - 3, len(alphas) - 1):
        alpha = float(alphas[position - 1] + alphas[position]) / 2 if position < len(alphas) - 1 else float(alphas[-1] * 2)
        model = kind(criterion=criterion, random_state=0, ccp_alpha=alpha, **limits).fit(X, y)
        cases.append({"task": task, "criterion": criterion, "limits": {**limits, "ccp_alpha": alpha}, "nodes": preorder(model.tree_),
                      "alphas": alphas.tolist(), "impurities": path.impurities.tolist()})
(HERE / "pruning.json").write_text(json.dumps({"source": f"scikit-learn {sklearn.__version__}, numpy {numpy.__version__}", "cases": cases},
                                              separators=(",", ":")).replace('],"', '],\n"') + "\n")
