#!/usr/bin/env python3
"""Writes svm.json beside this script: small data sets, and what scikit-learn (LIBSVM, LIBLINEAR) answers.

Run with scikit-learn 1.2.1 and numpy 1.24 (Debian 12). Everything is trained to a tolerance far below the one that is tested.
The signs of support vector machines for more than two classes are those of scikit-learn: above 0 speaks for the first of a pair.
"""
import json
import pathlib
import warnings

import numpy
import sklearn
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import Perceptron
from sklearn.svm import SVC, SVR, LinearSVC

warnings.simplefilter("ignore", ConvergenceWarning)
HERE = pathlib.Path(__file__).parent


def data(seed, n=150, p=4, classes=3, queries=25):
    random = numpy.random.RandomState(seed)
    X = random.normal(size=(n + queries, p)).round(8)
    score = X[:, 0] - 0.7 * X[:, 1] ** 2 + 0.4 * X[:, 2] * X[:, 3] + 0.3 * random.normal(size=n + queries)
    codes = numpy.digitize(score, numpy.quantile(score, [(k + 1) / classes for k in range(classes - 1)]))
    return X[:n], codes[:n], score[:n].round(6), X[n:]


X, codes, values, queries = data(21)
targets = {2: (codes > 0).astype(int), 3: codes}


def perceptrons():
    for classes, y in targets.items():
        for epochs, rate in ((1, 1.0), (7, 1.0), (50, 0.25)):
            model = Perceptron(shuffle=False, tol=None, max_iter=epochs, eta0=rate).fit(X, y)
            yield {"classes": classes, "epochs": epochs, "rate": rate, "W": model.coef_.tolist(), "b": model.intercept_.tolist()}


def linear_machines():
    for classes, y in targets.items():
        for loss in ("hinge", "squared_hinge"):
            for C in (0.01, 1.0, 20.0):
                model = LinearSVC(loss=loss, C=C, dual=True, tol=1e-10, max_iter=3000000, random_state=1).fit(X, y)
                objectives = []
                for k, (w, b) in enumerate(zip(model.coef_, model.intercept_)):
                    side = numpy.where(y == (1 if classes == 2 else k), 1, -1)
                    inside = numpy.maximum(0, 1 - side * (X @ w + b))
                    objectives.append((w @ w + b * b) / 2 + C * (inside ** (2 if loss == "squared_hinge" else 1)).sum())
                yield {"classes": classes, "loss": loss, "C": C, "W": model.coef_.tolist(), "b": model.intercept_.tolist(),
                       "objective": sum(objectives)}


KERNELS = [
    {"kernel": "rbf", "gamma": "scale"},
    {"kernel": "rbf", "gamma": 0.1},
    {"kernel": "poly", "gamma": 0.5, "degree": 3, "coef0": 1.0},
    {"kernel": "poly", "gamma": "scale", "degree": 2, "coef0": 0.0},
    {"kernel": "linear"},
]


def gram(kernel, gamma, A, B):
    if kernel["kernel"] == "linear":
        return A @ B.T
    if kernel["kernel"] == "poly":
        return (gamma * (A @ B.T) + kernel["coef0"]) ** kernel["degree"]
    return numpy.exp(-gamma * ((A[:, None] - B[None]) ** 2).sum(2))


def kernel_machines():
    for classes, y in targets.items():
        for kernel in KERNELS:
            for C in (0.5, 10.0):
                model = SVC(C=C, tol=1e-9, decision_function_shape="ovo", **kernel).fit(X, y)
                dual = 0.0
                if classes == 2:
                    beta = model.dual_coef_[0]
                    dual = 0.5 * beta @ gram(kernel, model._gamma, X[model.support_], X[model.support_]) @ beta - abs(beta).sum()
                yield {"classes": classes, "C": C, **kernel, "gamma_value": float(model._gamma),
                       "support": model.support_.tolist(), "n_support": model.n_support_.tolist(),
                       "intercept": model.intercept_.tolist(), "decision": numpy.atleast_2d(model.decision_function(queries).T).T.tolist(),
                       "predict": model.predict(queries).tolist(), "dual_objective": float(dual)}


def kernel_regressions():
    for kernel in KERNELS:
        for C, epsilon in ((1.0, 0.1), (10.0, 0.3)):
            model = SVR(C=C, epsilon=epsilon, tol=1e-9, **kernel).fit(X, values)
            beta = model.dual_coef_[0]
            K = gram(kernel, model._gamma, X[model.support_], X[model.support_])
            dual = 0.5 * beta @ K @ beta - beta @ values[model.support_] + epsilon * abs(beta).sum()
            yield {"C": C, "epsilon": epsilon, **kernel, "gamma_value": float(model._gamma), "support": model.support_.tolist(),
                   "intercept": float(model.intercept_[0]), "predict": model.predict(queries).tolist(), "dual_objective": float(dual)}


document = {"source": f"scikit-learn {sklearn.__version__}, numpy {numpy.__version__}",
            "X": X.tolist(), "classes": codes.tolist(), "values": values.tolist(), "queries": queries.tolist(),
            "perceptron": list(perceptrons()), "linear_svm": list(linear_machines()),
            "support_vector_machine": list(kernel_machines()), "support_vector_regression": list(kernel_regressions())}
(HERE / "svm.json").write_text(json.dumps(document, indent=None, separators=(",", ":")).replace('],"', '],\n"') + "\n")
