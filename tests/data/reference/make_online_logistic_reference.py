#!/usr/bin/env python3
"""Writes online_logistic.json beside this script: what river's logistic and softmax regression learn with AdaGrad, row by row.

Run with river 0.26.1 and numpy 2.4. River moves an intercept by plain descent, so there is none: a feature that is always 1 takes
its place. eps is 0: the squared slopes alone scale a step. The features are small, because river's log loss takes a short cut
beyond a score of 18.
"""
import json
import pathlib

import numpy
import river
from river import linear_model, optim

HERE = pathlib.Path(__file__).parent
NAMES = ("x1", "x2", "x3", "one")


def learned(model, X, y):
    for row, answer in zip(X, y):
        model.learn_one(dict(zip(NAMES, [*row, 1.0])), answer)
    return model


random = numpy.random.RandomState(9)
X = random.normal(size=(200, 3)).round(6)
score = X[:, 0] - 0.8 * X[:, 1] + 0.5 * X[:, 2] + 0.7 * random.normal(size=200)
document = {"source": f"river {river.__version__}, numpy {numpy.__version__}", "X": X.tolist(), "cases": []}
for rate in (0.05, 0.5):
    two = (score > 0.2).astype(int)
    model = learned(linear_model.LogisticRegression(optim.AdaGrad(rate, eps=0), intercept_lr=0), X, [bool(code) for code in two])
    document["cases"].append({"classes": 2, "learning_rate": rate, "y": two.tolist(), "W": [[model.weights[name] for name in NAMES]]})
    three = numpy.digitize(score, [-0.5, 0.6])
    model = linear_model.SoftmaxRegression(optim.AdaGrad(rate, eps=0))
    for k in range(3):
        model.weights[k]                                    # every class is known before the first row
    learned(model, X, three.tolist())
    document["cases"].append({"classes": 3, "learning_rate": rate, "y": three.tolist(),
                              "W": [[model.weights[k][name] for name in NAMES] for k in range(3)]})
(HERE / "online_logistic.json").write_text(json.dumps(document, separators=(",", ":")).replace('},{"classes"', '},\n{"classes"') + "\n")
