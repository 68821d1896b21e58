#!/usr/bin/env python3
"""Writes polynomial.json beside this script: what scikit-learn's PolynomialFeatures and LinearRegression answer on several features.

Run with scikit-learn 1.2.1 and numpy 1.24 (Debian 12). The powers are of features near 1, so that the peer, which neither centres
nor scales, keeps its digits: the condition number of its columns is stored beside its answers.
"""
import json
import pathlib

import numpy
import sklearn
from sklearn.linear_model import LinearRegression
from sklearn.preprocessing import PolynomialFeatures

HERE = pathlib.Path(__file__).parent
random = numpy.random.RandomState(17)
X = random.uniform(-1.5, 1.5, size=(140, 3)).round(6)
y = (1 + X[:, 0] - 2 * X[:, 1] * X[:, 2] + X[:, 0] ** 3 + 0.3 * random.normal(size=140)).round(6)
queries = random.uniform(-2, 2, size=(25, 3)).round(6)
cases = []
for columns in (1, 2, 3):
    for degree in (1, 2, 3, 4):
        for intercept in (True, False):
            powers = PolynomialFeatures(degree, include_bias=False)
            T = powers.fit_transform(X[:, :columns])
            model = LinearRegression(fit_intercept=intercept).fit(T, y)
            residuals = y - model.predict(T)
            cases.append({"features": columns, "degree": degree, "intercept": intercept, "terms": T.shape[1],
                          "condition": float(numpy.linalg.cond(T - T.mean(axis=0) if intercept else T)),
                          "mean_squared_error": float((residuals ** 2).mean()),
                          "predictions": model.predict(powers.transform(queries[:, :columns])).tolist()})
document = {"source": f"scikit-learn {sklearn.__version__}, numpy {numpy.__version__}", "X": X.tolist(), "values": y.tolist(),
            "queries": queries.tolist(), "cases": cases}
(HERE / "polynomial.json").write_text(json.dumps(document, separators=(",", ":")).replace('},{"features"', '},\n{"features"') + "\n")
