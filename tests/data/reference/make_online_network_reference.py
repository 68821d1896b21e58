#!/usr/bin/env python3
"""Writes online_network.json beside this script: scikit-learn's networks taught by partial_fit, one batch of 25 rows after the other.

Run with scikit-learn 1.2.1 and numpy 1.24 (Debian 12). Each call sees one batch and makes one step of the optimiser, which
remembers its moments from call to call. The starting weights are those that the first call draws.
"""
import json
import pathlib

import numpy
import sklearn
from sklearn.neural_network import MLPClassifier, MLPRegressor

HERE = pathlib.Path(__file__).parent
RATES = {"adam": 0.02, "sgd": 0.1, "momentum": 0.05}


def layers(model):
    return {"W": [w.T.tolist() for w in model.coefs_], "b": [b.tolist() for b in model.intercepts_]}


def taught(kind, X, y, classes, activation, solver):
    model = kind((6, 4), activation={"sigmoid": "logistic"}.get(activation, activation), solver="adam" if solver == "adam" else "sgd",
                 alpha=0.3, batch_size=25, learning_rate_init=RATES[solver], momentum=0.9 if solver == "momentum" else 0.0,
                 nesterovs_momentum=False, shuffle=False, random_state=5)
    start = {}
    initialise = model._initialize

    def keep(*arguments):
        initialise(*arguments)
        start.update(layers(model))

    model._initialize = keep
    for i in range(0, len(X), 25):
        if classes:
            model.partial_fit(X[i:i + 25], y[i:i + 25], classes=numpy.arange(classes))
        else:
            model.partial_fit(X[i:i + 25], y[i:i + 25])
    return {"classes": classes, "activation": activation, "solver": solver, "learning_rate": RATES[solver], "l2": 0.3,
            "y": y.tolist(), "start": start, **layers(model)}


random = numpy.random.RandomState(13)
X = random.normal(size=(500, 3)).round(6)
bent = (numpy.sin(2 * X[:, 0]) + X[:, 1] * X[:, 2]).round(6)
cases = []
for activation, solver in (("tanh", "adam"), ("relu", "momentum"), ("sigmoid", "sgd")):
    for classes in (0, 2, 3):
        y = bent if classes == 0 else numpy.digitize(bent, numpy.quantile(bent, [(k + 1) / classes for k in range(classes - 1)]))
        cases.append(taught(MLPClassifier if classes else MLPRegressor, X, y, classes, activation, solver))
document = {"source": f"scikit-learn {sklearn.__version__}, numpy {numpy.__version__}", "X": X.tolist(), "cases": cases}
(HERE / "online_network.json").write_text(json.dumps(document, separators=(",", ":")).replace('},{"classes"', '},\n{"classes"') + "\n")
