#!/usr/bin/env python3
"""Writes explanation.json beside this script: scikit-learn's partial dependence and permutation importance of two models.

Run with scikit-learn 1.9.1 and numpy 2.4. The models are a tree of few leaves and Gaussian naive Bayes, which both programs learn
alike. Partial dependence is on the grid of this program: from the 5 % to the 95 % quantile in equal steps. Two programs never
shuffle alike, so of the importance the mean and the deviation over many repeats are kept.
"""
import json
import pathlib

import numpy
import sklearn
from sklearn.inspection import partial_dependence, permutation_importance
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeRegressor

HERE = pathlib.Path(__file__).parent
POINTS, REPEATS = 50, 2000
source = json.loads((HERE / "tree.json").read_text())                  # no ties: one right tree
X, values, codes = numpy.array(source["X"]), numpy.array(source["values"]), numpy.array(source["classes"])


def explained(model, y, scoring):
    inputs = []
    importance = permutation_importance(model, X, y, scoring=scoring, n_repeats=REPEATS, random_state=1)
    for j in range(X.shape[1]):
        low, high = numpy.quantile(X[:, j], [0.05, 0.95])
        grid = numpy.linspace(low, high, POINTS)
        there = partial_dependence(model, X, [j], custom_values={j: grid}, kind="both", method="brute",
                                   response_method="predict_proba" if scoring == "accuracy" else "auto")
        assert numpy.allclose(there["grid_values"][0], grid)
        inputs.append({"grid": grid.tolist(), "mean": numpy.atleast_2d(there["average"]).tolist(),
                       "curve_of_first_row": there["individual"][:, 0].tolist(),
                       "importance": float(importance.importances_mean[j]),
                       "deviation": float(importance.importances[j].std(ddof=1))})
    return {"inputs": inputs}


document = {"source": f"scikit-learn {sklearn.__version__}, numpy {numpy.__version__}", "repeats": REPEATS,
            "tree": explained(DecisionTreeRegressor(max_leaf_nodes=12).fit(X, values), values, "r2"),
            "bayes": explained(GaussianNB().fit(X, codes), codes, "accuracy")}
(HERE / "explanation.json").write_text(json.dumps(document, separators=(",", ":")).replace('},{"grid"', '},\n{"grid"') + "\n")
