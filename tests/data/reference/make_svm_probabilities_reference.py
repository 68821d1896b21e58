#!/usr/bin/env python3
"""Writes svm_probabilities.json beside this script: sigmoids through scores, couplings of pairs, and what SVC's probabilities spread over.

Run with scikit-learn 1.9.1 and scipy. A sigmoid is where the derivatives of its objective are 0 (scipy's root, begun at scikit-learn's
_sigmoid_calibration); a coupling solves the linear equations of its minimum. SVC draws its folds at random: of its probabilities mean and
standard deviation over 200 seeds are kept. The rows are those of svm.json.
"""
import json
import pathlib
import warnings

import numpy
import scipy
import sklearn
from scipy.optimize import root
from sklearn.calibration import _sigmoid_calibration
from sklearn.svm import SVC

warnings.simplefilter("ignore", FutureWarning)
HERE = pathlib.Path(__file__).parent
rows = json.loads((HERE / "svm.json").read_text())
X, codes, queries = (numpy.array(rows[key]) for key in ("X", "classes", "queries"))
random = numpy.random.default_rng(4)


def sigmoids():
    for name, n, share, slope, offset in (("overlapping", 200, 0.5, 1.5, 0.2), ("rare above", 300, 0.05, 2.0, -1.0), ("nearly apart", 60, 0.4, 30.0, 0.5),
                                          ("wrong way round", 100, 0.5, -1.0, 0.0), ("a handful", 5, 0.5, 2.0, 0.0)):
        scores = (random.normal(size=n) + numpy.quantile(random.normal(size=1000), share)).round(6)
        above = (random.random(n) < 1 / (1 + numpy.exp(-(slope * scores + offset)))).astype(float)
        targets = numpy.where(above == 1, (above.sum() + 1) / (above.sum() + 2), 1 / (n - above.sum() + 2))

        def gradient(at):
            p = 1 / (1 + numpy.exp(-(at[0] * scores + at[1])))
            return [((p - targets) * scores).sum(), (p - targets).sum()]
        a, b = _sigmoid_calibration(scores, above)
        found = root(gradient, [-a, -b], tol=1e-14)
        assert numpy.abs(found.fun).max() < 1e-10 and numpy.allclose(found.x, [-a, -b], rtol=1e-3, atol=1e-3), (name, found.x, a, b)
        yield {"name": name, "scores": scores.tolist(), "above": above.tolist(), "slope": found.x[0], "offset": found.x[1]}


def couplings():
    for name, classes, sharp in (("three", 3, 1.0), ("five", 5, 3.0), ("twelve", 12, 2.0), ("three, nearly sure", 3, 12.0)):
        of_second = (1 / (1 + numpy.exp(-sharp * random.normal(size=classes * (classes - 1) // 2)))).clip(1e-7, 1 - 1e-7)
        r = numpy.zeros((classes, classes))                     # r[k, l]: of k among k and l
        for (k, l), p in zip(((k, l) for k in range(classes) for l in range(k + 1, classes)), of_second):
            r[k, l], r[l, k] = 1 - p, p
        Q = -r * r.T + numpy.diag((r ** 2).sum(axis=0))
        ones = numpy.ones((classes, 1))
        p = numpy.linalg.solve(numpy.block([[Q, ones], [ones.T, numpy.zeros((1, 1))]]), numpy.append(numpy.zeros(classes), 1))[:classes]
        yield {"name": name, "of_second": of_second.tolist(), "p": p.tolist()}


def machines():
    for classes, y in ((2, codes.clip(max=1)), (3, codes)):
        answers = numpy.array([SVC(C=1.0, gamma=0.25, probability=True, random_state=seed).fit(X, y).predict_proba(queries)
                               for seed in range(200)])
        yield {"classes": classes, "mean": answers.mean(axis=0).tolist(), "deviation": answers.std(axis=0, ddof=1).tolist()}


(HERE / "svm_probabilities.json").write_text(json.dumps({
    "source": f"scikit-learn {sklearn.__version__}, scipy {scipy.__version__}, numpy {numpy.__version__}: make_svm_probabilities_reference.py",
    "sigmoids": list(sigmoids()), "couplings": list(couplings()), "machines": list(machines())}, separators=(",", ":")) + "\n")
