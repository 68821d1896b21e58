#!/usr/bin/env python3
"""Writes online.json beside this script: what scikit-learn's partial_fit and numpy's lstsq learn from rows that come in batches.

Run with scikit-learn 1.2.1 and numpy 1.24 (Debian 12). The rows are dealt in batches of 25, each seen once, in order.
"""
import json
import pathlib

import numpy
import sklearn
from sklearn.linear_model import Perceptron
from sklearn.naive_bayes import GaussianNB

HERE = pathlib.Path(__file__).parent
random = numpy.random.RandomState(4)
X = (random.normal(size=(150, 3)) * [1, 5, 0.2] + [0, 20, 1]).round(6)
y = (2 * X[:, 0] - X[:, 1] + 3 * X[:, 2] + random.normal(size=150)).round(6)
document = {"source": f"scikit-learn {sklearn.__version__}, numpy {numpy.__version__}", "X": X.tolist(), "values": y.tolist(), "cases": []}
solution = numpy.linalg.lstsq(numpy.column_stack([numpy.ones(150), X]), y, rcond=None)[0]
document["least_squares"] = solution.tolist()
for classes in (2, 3):
    codes = numpy.digitize(y, numpy.quantile(y, [(k + 1) / classes for k in range(classes - 1)]))
    bayes, perceptron = GaussianNB(), Perceptron(shuffle=False)
    for i in range(0, 150, 25):
        for model in (bayes, perceptron):
            model.partial_fit(X[i:i + 25], codes[i:i + 25], classes=numpy.arange(classes))
    document["cases"].append({"classes": classes, "y": codes.tolist(), "prior": bayes.class_prior_.tolist(), "mean": bayes.theta_.tolist(),
                              "variance": bayes.var_.tolist(), "W": perceptron.coef_.tolist(), "b": perceptron.intercept_.tolist()})
(HERE / "online.json").write_text(json.dumps(document, separators=(",", ":")).replace('},{"classes"', '},\n{"classes"') + "\n")
