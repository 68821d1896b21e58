#!/usr/bin/env python3
"""W8: frozen models of scikit-learn, predicted by scikit-learn, by ONNX Runtime, and by us, in turns on the same rows.

Usage: w8_predict.py path/to/bench_predict [--rounds 5]     (needs scikit-learn, skl2onnx, onnxruntime)

One row, and 50,000. The sums of the probabilities must agree: to 1e-9 with scikit-learn (double), to 1e-5 with ONNX Runtime (float),
or the script fails.
"""
import argparse
import os
import pickle
import statistics
import sys
import tempfile
import time

import numpy
import onnxruntime
import sklearn
from skl2onnx import to_onnx
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

from side_by_side import Side, answer_lines, canary, close_all, print_table, take_turns

ROWS, FEATURES = 50_000, 20
TOLERANCE = {"scikit-learn": 1e-9, "ONNX Runtime": 1e-5}


def train():
    random = numpy.random.RandomState(8)
    X = random.normal(size=(ROWS + 20_000, FEATURES)).astype(numpy.float32).astype(float)
    y = (X[:, 0] + X[:, 1] * X[:, 2] + 0.5 * random.normal(size=len(X)) > 0).astype(int)
    models = {"logistic": LogisticRegression(), "tree": DecisionTreeClassifier(max_depth=10, random_state=0)}
    return X[:ROWS], {name: model.fit(X[ROWS:], y[ROWS:]) for name, model in models.items()}


def write(folder, rows, models):
    rows.tofile(f"{folder}/rows.f64")
    linear, tree = models["logistic"], models["tree"].tree_
    numpy.append(linear.coef_[0], linear.intercept_[0]).tofile(f"{folder}/logistic.f64")
    leaf = tree.children_left < 0
    shares = tree.value[:, 0, :] / tree.value[:, 0, :].sum(axis=1, keepdims=True)
    numpy.column_stack([numpy.where(leaf, -1, tree.feature), tree.threshold, tree.children_left, tree.children_right,
                        shares]).astype(float).tofile(f"{folder}/tree.f64")
    for name, model in models.items():
        with open(f"{folder}/{name}.pickle", "wb") as file:
            pickle.dump(model, file)


def session_of(model):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    session = onnxruntime.InferenceSession(to_onnx(model, numpy.zeros((1, FEATURES), numpy.float32),
                                                   options={"zipmap": False}).SerializeToString(), options,
                                           providers=["CPUExecutionProvider"])
    return lambda X: session.run(["probabilities"], {"X": X})[0]


def serve(peer, folder, name):
    rows = numpy.fromfile(f"{folder}/rows.f64").reshape(-1, FEATURES)
    with open(f"{folder}/{name}.pickle", "rb") as file:
        model = pickle.load(file)
    if peer == "ONNX Runtime":
        rows = rows.astype(numpy.float32)
    predict = session_of(model) if peer == "ONNX Runtime" else model.predict_proba
    total = float(predict(rows)[:, 1].sum(dtype=float))

    def work(line):
        times = []
        data, calls = (rows[:1], 300) if line == "one" else (rows, 10)
        for _ in range(calls):
            start = time.perf_counter()
            predict(data)
            times.append(time.perf_counter() - start)
        return {"seconds": statistics.median(times), "sum": total}
    answer_lines(work)


def compare(bench, folder, name, rounds):
    agree = True
    for line, what, unit in (("one", "one row", "ns"), ("many", f"{ROWS} rows", "ms")):
        sides = [Side("modelarium", [bench, "--serve", name], environment={"MODELARIUM_BENCH_DATA": folder})]
        sides += [Side(peer, [sys.executable, __file__, "--serve", peer, folder, name]) for peer in TOLERANCE]
        take_turns(sides, rounds, line)
        print_table(f"{name}, {what}", sides, lambda side: f"sum {side.last['sum']:.9g}", unit)
        close_all(sides)
        agree &= all(abs(side.last["sum"] / sides[0].last["sum"] - 1) < TOLERANCE[side.name] for side in sides[1:])
    return agree


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bench")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    print(f"scikit-learn {sklearn.__version__}, ONNX Runtime {onnxruntime.__version__} (both from Python: a call costs some us); canary {canary():.2f}")
    X, models = train()
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR", "/dev/shm")) as folder:
        write(folder, X, models)
        agree = [compare(options.bench, folder, name, options.rounds) for name in models]
    print(f"canary {canary():.2f}")
    return 0 if all(agree) else "the predictions differ"


if sys.argv[1:2] == ["--serve"]:
    serve(*sys.argv[2:5])
else:
    sys.exit(main())
