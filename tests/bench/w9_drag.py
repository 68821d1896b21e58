#!/usr/bin/env python3
"""W9: a training point is dragged: what one frame costs, which is a fit to 500 points and the answers on a map of 400 x 300 cells.

Usage: w9_drag.py path/to/bench_drag path/to/modelarium-cli [--rounds 15] [--rows 500] [--only LEARNER]

Every learner of the registry that answers for points of a plane, with its own defaults unless the table below says otherwise, beside
the scikit-learn estimator with the same settings, both in turns on the same points; a learner without a peer stands alone. The score
is that of 5,000 new points: the share of right classes, or R^2. Fails where ours is more than 0.03 below the peer's (networks and
forests draw other random numbers), and lists the learners whose frame takes more than 8 ms.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import warnings

import numpy

from side_by_side import Side, answer_lines, canary, close_all, take_turns

TEST, FRAME = 5_000, 8e-3
COLUMNS, LINES = 400, 300

# What is asked of ours, and the estimator that is asked the same; both defaults where nothing stands here.
SETTINGS = {"lasso_regression": ["alpha=0.1"], "elastic_net": ["alpha=0.1", "l1_ratio=0.5"], "k_nearest_neighbors": ["k=15"],
            "support_vector_machine": ["C=10", "gamma=number", "gamma_value=0.5"],
            "support_vector_regression": ["C=10", "gamma=number", "gamma_value=0.5"],
            "gradient_boosting": ["n_rounds=100"], "polynomial_regression": ["degree=3"],
            "neural_network": ["hidden_layers=8, 8", "activation=relu", "epochs=200", "batch_size=32", "tolerance=0", "patience=1000000"]}


def estimator(learner, task):
    from sklearn import discriminant_analysis, ensemble, linear_model, naive_bayes, neighbors, neural_network, pipeline, preprocessing, svm, tree
    classes = task == "classification"
    boosting = {"max_iter": 100, "early_stopping": False}
    network = {"max_iter": 200, "batch_size": 32, "learning_rate_init": 0.01, "tol": 0, "n_iter_no_change": 10 ** 9}
    return {
        "linear_regression": lambda: linear_model.LinearRegression(),
        "polynomial_regression": lambda: pipeline.make_pipeline(preprocessing.PolynomialFeatures(3), linear_model.LinearRegression()),
        "ridge_regression": lambda: linear_model.Ridge(1.0),
        "lasso_regression": lambda: linear_model.Lasso(0.1),
        "elastic_net": lambda: linear_model.ElasticNet(0.1, l1_ratio=0.5),
        "huber_regression": lambda: linear_model.HuberRegressor(max_iter=1000),
        "logistic_regression": lambda: linear_model.LogisticRegression(max_iter=1000),
        "perceptron": lambda: linear_model.Perceptron(),
        "linear_svm": lambda: svm.LinearSVC(),
        "support_vector_machine": lambda: svm.SVC(C=10, gamma=0.5),
        "support_vector_regression": lambda: svm.SVR(C=10, gamma=0.5),
        "k_nearest_neighbors": lambda: (neighbors.KNeighborsClassifier if classes else neighbors.KNeighborsRegressor)(15),
        "decision_tree": lambda: (tree.DecisionTreeClassifier if classes else tree.DecisionTreeRegressor)(random_state=0),
        "random_forest": lambda: (ensemble.RandomForestClassifier(100, n_jobs=2, random_state=0) if classes
                                  else ensemble.RandomForestRegressor(100, n_jobs=2, random_state=0)),
        "gradient_boosting": lambda: (ensemble.HistGradientBoostingClassifier if classes else ensemble.HistGradientBoostingRegressor)(**boosting),
        "gaussian_naive_bayes": lambda: naive_bayes.GaussianNB(),
        "linear_discriminant_analysis": lambda: discriminant_analysis.LinearDiscriminantAnalysis(),
        "quadratic_discriminant_analysis": lambda: discriminant_analysis.QuadraticDiscriminantAnalysis(),
        "neural_network": lambda: (neural_network.MLPClassifier if classes else neural_network.MLPRegressor)(hidden_layer_sizes=(8, 8), random_state=0, **network),
    }.get(learner)


def data(rows, classes):
    """Three clouds that overlap; or a wavy surface."""
    random = numpy.random.default_rng(9)
    count = rows + TEST
    if classes:
        y = random.integers(0, 3, count)
        X = random.normal(size=(count, 2)) + numpy.array([[-1.2, -0.6], [1.2, -0.6], [0, 1.4]])[y]
    else:
        X = random.normal(size=(count, 2))
        y = numpy.sin(2 * X[:, 0]) + X[:, 1] + 0.3 * random.normal(size=count)
    return (X[:rows], y[:rows].astype(float)), (X[rows:], y[rows:].astype(float))


def read(path, rows):
    numbers = numpy.fromfile(path)
    train, test = numbers[:3 * rows].reshape(3, rows), numbers[3 * rows:].reshape(3, TEST)
    return (numpy.ascontiguousarray(train[:2].T), train[2]), (numpy.ascontiguousarray(test[:2].T), test[2])


def serve(learner, task, path, rows):
    warnings.filterwarnings("ignore")
    make = estimator(learner, task)
    (X, y), test = read(path, rows)
    across, up = numpy.linspace(X[:, 0].min(), X[:, 0].max(), COLUMNS), numpy.linspace(X[:, 1].min(), X[:, 1].max(), LINES)
    grid = numpy.column_stack([numpy.tile(across, LINES), numpy.repeat(up, COLUMNS)])
    frames = 0

    def frame(_):
        nonlocal frames
        X[7, 0] += 0.05 if frames % 2 == 0 else -0.05
        frames += 1
        start = time.perf_counter()
        model = make().fit(X, y)
        fitted = time.perf_counter()
        model.predict(grid)
        seconds = time.perf_counter() - start
        return {"seconds": seconds, "fit": fitted - start, "score": float(model.score(*test))}
    answer_lines(frame)


def registry(cli):
    """(id, task) for each task of every learner that needs nothing but two numbers and a target."""
    listed = json.loads(subprocess.run([cli, "learners", "--json"], capture_output=True, text=True, check=True).stdout)
    listed = listed["learners"] if isinstance(listed, dict) else listed
    return [(one["id"], task) for one in listed for task in one["tasks"]
            if task in ("classification", "regression") and one["id"] != "categorical_naive_bayes"]


def score_of(side, task, spread):
    score = side.last["score"]
    return score if task == "classification" or "cells" not in side.last else 1 - score / spread


def compare(options, learner, task):
    with tempfile.NamedTemporaryFile(suffix=".f64", dir=os.environ.get("TMPDIR", "/dev/shm")) as file:
        parts = data(options.rows, task == "classification")
        for X, y in parts:
            numpy.concatenate([X.ravel(order="F"), y]).tofile(file)
        file.flush()
        sides = [Side("modelarium", [options.bench, learner, file.name, options.rows, TEST, 3 if task == "classification" else 0,
                                     *SETTINGS.get(learner, [])])]
        if estimator(learner, task):
            sides.append(Side("scikit-learn", [sys.executable, __file__, "--serve", learner, task, file.name, options.rows],
                              rounds=max(3, options.rounds // 3)))
        take_turns(sides, options.rounds)
        close_all(sides)
    ours = sides[0]
    scores = [score_of(side, task, parts[1][1].var()) for side in sides]
    median = statistics.median(ours.seconds)
    line = f"{learner:32} {task:14} {median * 1e3:8.2f} {min(ours.seconds) * 1e3:8.2f} {max(ours.seconds) * 1e3:8.2f} {ours.last['fit'] * 1e3:7.2f} " \
           f"{ours.megabytes:6.0f} {scores[0]:7.3f}"
    if len(sides) > 1:
        theirs = statistics.median(sides[1].seconds)
        line += f" {theirs * 1e3:10.2f} {sides[1].last['fit'] * 1e3:8.2f} {sides[1].megabytes:6.0f} {scores[1]:7.3f} {theirs / median:8.1f}x"
    print(line, flush=True)
    # Where the classes overlap a perceptron never settles: its score is that of where it happens to stop.
    return len(sides) > 1 and learner != "perceptron" and bool(scores[0] < scores[1] - 0.03), median > FRAME


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bench")
    parser.add_argument("cli")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--rows", type=int, default=500)
    parser.add_argument("--only")
    options = parser.parse_args()
    print(f"canary {canary():.2f}")
    print(f"{'milliseconds a frame':47} {'median':>8} {'fastest':>8} {'slowest':>8} {'of fit':>7} {'MB':>6} {'score':>7} "
          f"{'sklearn':>10} {'of fit':>8} {'MB':>6} {'score':>7} {'ratio':>9}")
    worse, slow = [], []
    for learner, task in registry(options.cli):
        if options.only in (None, learner):
            is_worse, is_slow = compare(options, learner, task)
            worse += [f"{learner} ({task})"] * is_worse
            slow += [f"{learner} ({task})"] * is_slow
    print(f"more than {FRAME * 1e3:.0f} ms a frame: {', '.join(slow) or 'none'}")
    print(f"canary {canary():.2f}")
    return f"right less often than scikit-learn: {', '.join(worse)}" if worse else 0


if len(sys.argv) == 6 and sys.argv[1] == "--serve":
    serve(sys.argv[2], sys.argv[3], sys.argv[4], int(sys.argv[5]))
else:
    sys.exit(main())
