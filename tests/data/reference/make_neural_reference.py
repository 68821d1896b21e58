#!/usr/bin/env python3
"""Writes neural.json beside this script: scikit-learn's networks from given weights, epoch by epoch, on batches of all rows.

Run with scikit-learn 1.2.1 and numpy 1.24 (Debian 12). With one batch an epoch nothing depends on the order of the rows, so
the loss before each step and the weights after the last are determined to rounding.
"""
import json
import pathlib
import warnings

import numpy
import sklearn
from sklearn.neural_network import MLPClassifier, MLPRegressor

warnings.filterwarnings("ignore")
HERE = pathlib.Path(__file__).parent
EPOCHS = 60


def trained(kind, X, y, hidden, activation, solver, alpha):
    rate = {"adam": 0.02, "sgd": 0.1, "momentum": 0.05}[solver]
    model = kind(hidden, activation={"sigmoid": "logistic"}.get(activation, activation), solver="adam" if solver == "adam" else "sgd",
                 alpha=alpha, batch_size=len(X), learning_rate_init=rate, max_iter=EPOCHS, tol=0, n_iter_no_change=10 ** 9,
                 momentum=0.9 if solver == "momentum" else 0.0, nesterovs_momentum=False, shuffle=False, random_state=3)
    # The weights that fit() would draw, kept before it changes them.
    start = {}
    initialise = model._initialize

    def keep(*arguments):
        initialise(*arguments)
        start["W"] = [w.T.tolist() for w in model.coefs_]
        start["b"] = [b.tolist() for b in model.intercepts_]

    model._initialize = keep
    model.fit(X, y)
    return {"hidden": list(hidden), "activation": activation, "solver": solver, "alpha": alpha, "learning_rate": rate, "start": start,
            "loss": model.loss_curve_, "W": [w.T.tolist() for w in model.coefs_], "b": [b.tolist() for b in model.intercepts_]}


random = numpy.random.RandomState(11)
X = random.normal(size=(80, 3)).round(6)
bent = numpy.sin(2 * X[:, 0]) + X[:, 1] * X[:, 2]
values = (bent - bent.mean()) / bent.std()
cases = []
for activation in ("relu", "tanh", "sigmoid"):
    for solver in ("sgd", "momentum", "adam"):
        for classes in (0, 2, 3):
            y = values if classes == 0 else numpy.digitize(bent, numpy.quantile(bent, [(k + 1) / classes for k in range(classes - 1)]))
            kind = MLPRegressor if classes == 0 else MLPClassifier
            case = trained(kind, X, y, (7, 4) if classes else (5,), activation, solver, 0.5)
            case.update(classes=classes, y=y.tolist())
            cases.append(case)
document = {"source": f"scikit-learn {sklearn.__version__}, numpy {numpy.__version__}", "X": X.tolist(), "cases": cases}
(HERE / "neural.json").write_text(json.dumps(document, separators=(",", ":")).replace('},{"hidden"', '},\n{"hidden"') + "\n")
