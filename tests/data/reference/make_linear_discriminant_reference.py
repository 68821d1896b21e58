#!/usr/bin/env python3
"""Writes linear_discriminant.json beside this script: small data sets, and what scikit-learn's LinearDiscriminantAnalysis answers.

Run with scikit-learn 1.2.1 and numpy 1.24 (Debian 12). Without shrinkage by its solver "svd", which divides the spread within
the classes by n - classes; with shrinkage by "lsqr", which divides by n: the test allows for that.
"""
import json
import pathlib

import numpy
import sklearn
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

HERE = pathlib.Path(__file__).parent


def main():
    random = numpy.random.RandomState(31)
    codes = random.randint(0, 3, 150)
    tilt = numpy.array([[1, 0, 0, 0], [0.8, 0.6, 0, 0], [0, 0.3, 0.5, 0], [0.2, -0.4, 0.1, 1]])
    middle = numpy.array([[1, 0, 2, 0], [-1, 1, 0, 0.5], [0, -2, 1, 1]])
    X = (middle[codes] + random.normal(size=(150, 4)) @ tilt.T).round(8) * [1, 10, 0.01, 1] + [0, 100, 0, -5]
    queries = (2 * random.normal(size=(25, 4))).round(8) * [1, 10, 0.01, 1] + [0, 100, 0, -5]
    cases = []
    for classes in (2, 3):
        used = codes < classes
        for priors, shrinkage in (("as_seen", 0.0), ("equal", 0.0), ("as_seen", 0.2), ("as_seen", 1.0)):
            model = LinearDiscriminantAnalysis(solver="lsqr" if shrinkage else "svd", shrinkage=shrinkage or None,
                                               priors=[1 / classes] * classes if priors == "equal" else None)
            model.fit(X[used], codes[used])
            cases.append({"classes": classes, "priors": priors, "shrinkage": shrinkage, "prior": model.priors_.tolist(),
                          "coefficients": model.coef_.tolist(), "intercepts": model.intercept_.tolist(),
                          "probabilities": model.predict_proba(queries).tolist()})
    # The last column is the sum of the first two: its solver leaves out directions without spread.
    dependent = numpy.column_stack([X, X[:, 0] + X[:, 1]])
    model = LinearDiscriminantAnalysis().fit(dependent, codes)
    document = {"source": f"scikit-learn {sklearn.__version__}, numpy {numpy.__version__}",
                "X": X.tolist(), "classes": codes.tolist(), "queries": queries.tolist(), "cases": cases,
                "dependent": model.predict_proba(numpy.column_stack([queries, queries[:, 0] + queries[:, 1]])).tolist()}
    (HERE / "linear_discriminant.json").write_text(json.dumps(document, separators=(",", ":")).replace('],"', '],\n"') + "\n")


main()
