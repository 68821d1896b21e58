#!/usr/bin/env python3
"""W8: frozen models of scikit-learn, predicted by scikit-learn, by ONNX Runtime, and by us, in turns on the same rows.

Usage: w8_predict.py path/to/bench_predict [--rounds 5]     (needs scikit-learn, skl2onnx, onnxruntime, and onnx_peer beside bench_predict)

One row, and 50,000 (5,000 for the kernel). ONNX Runtime is called from Python, which costs it some us a call, and for one row from C too: goals are for that.
Beside the time of one row stands how single calls spread, with what the clock itself takes. The sums of the probabilities must agree: to 1e-9 with
scikit-learn (double), to 1e-5 with ONNX Runtime (float), or the script fails.
"""
import argparse
import glob
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
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.svm import SVR
from sklearn.tree import DecisionTreeClassifier

from side_by_side import Side, answer_lines, canary, close_all, print_table, take_turns

ROWS, FEATURES, KERNEL_ROWS = 50_000, 20, 5_000
TOLERANCE = {"scikit-learn": 1e-9, "ONNX Runtime": 1e-5, "ONNX Runtime from C": 1e-5}
IN_PYTHON = list(TOLERANCE)[:2]


def train():
    random = numpy.random.RandomState(8)
    X = random.normal(size=(ROWS + 20_000, FEATURES)).astype(numpy.float32).astype(float)
    y = (X[:, 0] + X[:, 1] * X[:, 2] + 0.5 * random.normal(size=len(X)) > 0).astype(int)
    models = {"logistic": LogisticRegression(), "tree": DecisionTreeClassifier(max_depth=10, random_state=0),
              "network_8": MLPClassifier((8, 8), max_iter=20, random_state=0), "network_64": MLPClassifier((64, 64), max_iter=20, random_state=0),
              "forest_10": RandomForestClassifier(max_depth=10, random_state=0, n_jobs=2), "forest": RandomForestClassifier(random_state=0, n_jobs=2)}
    for model in models.values():
        model.fit(X[ROWS:], y[ROWS:])
    models["kernel"] = SVR(gamma=0.05).fit(X[ROWS:ROWS + KERNEL_ROWS], y[ROWS:ROWS + KERNEL_ROWS])
    return X[:ROWS], models


def nodes_of(tree, number):
    leaf = tree.children_left < 0
    shares = tree.value[:, 0, :] / tree.value[:, 0, :].sum(axis=1, keepdims=True)
    return numpy.column_stack([numpy.where(leaf, -1, tree.feature), tree.threshold, tree.children_left, tree.children_right, tree.weighted_n_node_samples,
                               tree.impurity, shares, numpy.full(len(leaf), number)]).astype(float)


def write(folder, rows, models):
    rows.tofile(f"{folder}/rows.f64")
    linear, kernel = models["logistic"], models["kernel"]
    numpy.append(linear.coef_[0], linear.intercept_[0]).tofile(f"{folder}/logistic.f64")
    nodes_of(models["tree"].tree_, 0).tofile(f"{folder}/tree.f64")
    for name in ("forest_10", "forest"):
        numpy.concatenate([nodes_of(tree.tree_, k) for k, tree in enumerate(models[name].estimators_)]).tofile(f"{folder}/{name}.f64")
    for name in ("network_8", "network_64"):
        # Of (inputs, outputs) row by row, which is (outputs, inputs) column by column.
        numpy.concatenate([part for W, b in zip(models[name].coefs_, models[name].intercepts_) for part in (W.ravel(), b)]).tofile(f"{folder}/{name}.f64")
    last = numpy.zeros((1, FEATURES + 1))
    last[0, :2] = kernel.gamma, kernel.intercept_[0]
    numpy.concatenate([numpy.column_stack([kernel.support_vectors_, kernel.dual_coef_[0]]), last]).tofile(f"{folder}/kernel.f64")
    rows.astype(numpy.float32).tofile(f"{folder}/rows.f32")
    rows[:KERNEL_ROWS].astype(numpy.float32).tofile(f"{folder}/kernel_rows.f32")
    for name, model in models.items():
        with open(f"{folder}/{name}.pickle", "wb") as file:
            pickle.dump(model, file)
        write_onnx(model, f"{folder}/{name}.onnx")


def write_onnx(model, path):
    zipmap = None if isinstance(model, SVR) else {"zipmap": False}
    with open(path, "wb") as file:
        file.write(to_onnx(model, numpy.zeros((1, FEATURES), numpy.float32), options=zipmap).SerializeToString())


def onnx_from_c(bench, model, kind, rows):
    """None where this version of the package brings no library of its own."""
    library = glob.glob(os.path.join(os.path.dirname(onnxruntime.__file__), "capi", "libonnxruntime.so*"))
    output = ["variable", 1] if kind == "kernel" else ["probabilities", 2]
    return Side("ONNX Runtime from C", [os.path.join(os.path.dirname(bench), "onnx_peer"), library[0], model, *output, rows, FEATURES]) if library else None


def session_of(path):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    answer = session.get_outputs()[-1].name
    return lambda X: session.run([answer], {"X": X})[0]


def timed(predict, data):
    """The median of enough calls, and what 99 of 100 take at most: two at least, and for a fifth of a second."""
    times = []
    while len(times) < 2 or sum(times) < 0.2:
        start = time.perf_counter()
        predict(data)
        times.append(time.perf_counter() - start)
    median = statistics.median(times)
    return {"seconds": median, "median": median, "p99": sorted(times)[len(times) * 99 // 100]}


def serve(peer, folder, name):
    rows = numpy.fromfile(f"{folder}/rows.f64").reshape(-1, FEATURES)
    with open(f"{folder}/{name}.pickle", "rb") as file:
        model = pickle.load(file)
    if peer == "ONNX Runtime":
        rows = rows.astype(numpy.float32)
    if name == "kernel":
        rows = rows[:KERNEL_ROWS]
    own = model.predict if name == "kernel" else model.predict_proba
    predict = session_of(f"{folder}/{name}.onnx") if peer == "ONNX Runtime" else own
    total = float(predict(rows).reshape(len(rows), -1)[:, -1].sum(dtype=float))
    answer_lines(lambda line: {**timed(predict, rows[:1] if line == "one" else rows), "sum": total})


def spread_of(side):
    """Of the last round; what the clock takes is part of both."""
    median, p99, clock = (side.last.get(part, 0) * 1e9 for part in ("median", "p99", "clock"))
    return f", single calls: half within {median:.0f} ns, 99 of 100 within {p99:.0f}, {p99 / median:.2f}x" + (f" (clock {clock:.0f})" if clock else "")


def compare(bench, folder, name, rounds):
    agree = True
    for line, what, unit in (("one", "one row", "ns"), ("many", f"{KERNEL_ROWS if name == 'kernel' else ROWS} rows", "ms")):
        sides = [Side("modelarium", [bench, "--serve", name], environment={"MODELARIUM_BENCH_DATA": folder})]
        sides += [Side(peer, [sys.executable, __file__, "--serve", peer, folder, name]) for peer in IN_PYTHON]
        if line == "one" and (from_c := onnx_from_c(bench, f"{folder}/{name}.onnx", name, f"{folder}/{'kernel_' if name == 'kernel' else ''}rows.f32")):
            sides.append(from_c)
        take_turns(sides, rounds, line)
        print_table(f"{name}, {what}", sides, lambda side: f"sum {side.last['sum']:.9g}{spread_of(side) if line == 'one' else ''}", unit)
        close_all(sides)
        agree &= all(abs(side.last["sum"] / sides[0].last["sum"] - 1) < TOLERANCE[side.name] for side in sides[1:])
    return agree


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bench")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--models", nargs="*", help="only these (all by default)")
    options = parser.parse_args()
    print(f"scikit-learn {sklearn.__version__}, ONNX Runtime {onnxruntime.__version__}; canary {canary():.2f}")
    X, models = train()
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR", "/dev/shm")) as folder:
        write(folder, X, models)
        agree = [compare(options.bench, folder, name, options.rounds) for name in options.models or models]
    print(f"canary {canary():.2f}")
    return 0 if all(agree) else "the predictions differ"


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        serve(*sys.argv[2:5])
    else:
        sys.exit(main())
