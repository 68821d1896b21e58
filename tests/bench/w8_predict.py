#!/usr/bin/env python3
"""W8: frozen models of scikit-learn, predicted by scikit-learn, by ONNX Runtime, and by bench_predict.

Usage: w8_predict.py path/to/bench_predict [--rounds 5]     (needs scikit-learn, skl2onnx, onnxruntime)

The same models and the same 50,000 rows on all sides, one after the other in every round; medians are compared. The sums
of the probabilities must agree: to 1e-9 with scikit-learn (double), to 1e-5 with ONNX Runtime (float), or the script fails.
"""
import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time

import numpy
import onnxruntime
import sklearn
from skl2onnx import to_onnx
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

ROWS, FEATURES = 50_000, 20


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


def session_of(model):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    session = onnxruntime.InferenceSession(to_onnx(model, numpy.zeros((1, FEATURES), numpy.float32),
                                                   options={"zipmap": False}).SerializeToString(), options,
                                           providers=["CPUExecutionProvider"])
    return lambda X: session.run(["probabilities"], {"X": X})[0]


def median_seconds(work, repeats):
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def run_bench(bench, folder, name):
    environment = dict(os.environ, MODELARIUM_BENCH_DATA=folder)
    output = subprocess.run([bench, f"--benchmark_filter=(oneRow/{name}|manyRows/{name}/2)", "--benchmark_format=json",
                             "--benchmark_min_time=0.2"], env=environment, capture_output=True, text=True, check=True).stdout
    rows = {row["name"].split("/")[0]: row for row in json.loads(output)["benchmarks"]}
    total = float(re.search(r"[-\d.e+]+$", rows["manyRows"]["label"])[0])
    return rows["oneRow"]["real_time"] / 1e9, rows["manyRows"]["real_time"] / 1e3, total


def compare(bench, folder, name, model, X, rounds):
    floats, ort = X.astype(numpy.float32), session_of(model)
    one, many, sums = {}, {}, {}
    for _ in range(rounds):
        single, batch, sums["modelarium"] = run_bench(bench, folder, name)
        one.setdefault("modelarium", []).append(single)
        many.setdefault("modelarium", []).append(batch)
        for peer, predict, data in (("onnxruntime", ort, floats), ("sklearn", model.predict_proba, X)):
            one.setdefault(peer, []).append(median_seconds(lambda: predict(data[:1]), 300))
            many.setdefault(peer, []).append(median_seconds(lambda: predict(data), 10))
    sums["onnxruntime"], sums["sklearn"] = ort(floats)[:, 1].sum(dtype=float), model.predict_proba(X)[:, 1].sum()
    for peer in one:
        single, batch = statistics.median(one[peer]), statistics.median(many[peer])
        print(f"{name:9} {peer:12} one row {single * 1e9:11.1f} ns {single / statistics.median(one['modelarium']):8.1f}x   "
              f"{ROWS} rows {batch * 1e3:8.3f} ms {batch / statistics.median(many['modelarium']):6.1f}x   sum {sums[peer]:.9g}")
    return (abs(sums["sklearn"] / sums["modelarium"] - 1) < 1e-9) and (abs(sums["onnxruntime"] / sums["modelarium"] - 1) < 1e-5)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bench")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    print(f"scikit-learn {sklearn.__version__}, ONNX Runtime {onnxruntime.__version__} (both from Python: a call costs some us)")
    X, models = train()
    with tempfile.TemporaryDirectory() as folder:
        write(folder, X, models)
        agree = [compare(options.bench, folder, name, model, X, options.rounds) for name, model in models.items()]
    if not all(agree):
        sys.exit("the predictions differ")


main()
