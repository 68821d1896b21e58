#!/usr/bin/env python3
"""Writes quadratic.json and categorical.json beside this script: small data sets, and what scikit-learn answers.

Run with scikit-learn 1.2.1 and numpy 1.24 (Debian 12).
"""
import json
import pathlib

import numpy
import sklearn
from sklearn.discriminant_analysis import QuadraticDiscriminantAnalysis
from sklearn.naive_bayes import CategoricalNB

HERE = pathlib.Path(__file__).parent


def write(name, document):
    document = {"source": f"scikit-learn {sklearn.__version__}, numpy {numpy.__version__}", **document}
    (HERE / name).write_text(json.dumps(document, separators=(",", ":")).replace('],"', '],\n"') + "\n")


def quadratic():
    random = numpy.random.RandomState(21)
    codes = random.randint(0, 3, 160)
    tilt = numpy.array([[[1, 0, 0], [0.8, 1, 0], [0, 0.3, 0.5]], [[2, 0, 0], [-1, 0.7, 0], [0, 0, 1]], [[0.5, 0, 0], [0, 2, 0], [0.9, 0.9, 1]]])
    X = numpy.array([[1, 0, 2], [-1, 1, 0], [0, -2, 1]])[codes] + numpy.einsum("nij,nj->ni", tilt[codes], random.normal(size=(160, 3)))
    X = X.round(8) * [1, 10, 0.01] + [0, 100, 0]
    queries = random.normal(size=(25, 3)).round(8) * [2, 20, 0.02] + [0, 100, 0]
    cases = []
    for reg in (0.0, 1e-4, 0.3):
        model = QuadraticDiscriminantAnalysis(reg_param=reg, store_covariance=True).fit(X, codes)
        cases.append({"reg_param": reg, "prior": model.priors_.tolist(), "mean": model.means_.tolist(),
                      "rotations": [r.tolist() for r in model.rotations_], "scalings": [s.tolist() for s in model.scalings_],
                      "probabilities": model.predict_proba(queries).tolist()})
    write("quadratic.json", {"X": X.tolist(), "classes": codes.tolist(), "queries": queries.tolist(), "cases": cases})


def categorical():
    random = numpy.random.RandomState(22)
    levels = [3, 2, 5]
    codes = random.randint(0, 3, 120)
    rows = numpy.column_stack([(codes * j + random.randint(0, n, 120)) % n for j, n in enumerate(levels, 1)])
    rows[rows[:, 2] == 4, 2] = 0                    # the last level of the last category never comes
    queries = numpy.column_stack([random.randint(0, n, 30) for n in levels])
    cases = []
    for classes in (2, 3):
        used = codes < classes
        for alpha in (1e-10, 1.0, 2.5):
            model = CategoricalNB(alpha=alpha, min_categories=levels).fit(rows[used], codes[used])
            cases.append({"classes": classes, "alpha": alpha, "log_prior": model.class_log_prior_.tolist(),
                          "log_shares": [p.tolist() for p in model.feature_log_prob_],
                          "probabilities": model.predict_proba(queries).tolist()})
    write("categorical.json", {"levels": levels, "rows": rows.tolist(), "classes": codes.tolist(), "queries": queries.tolist(), "cases": cases})


quadratic()
categorical()
