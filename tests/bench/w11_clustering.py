#!/usr/bin/env python3
"""K-means against scikit-learn, in turns on the same data, from the same starting centres.

Usage: python3 tests/bench/w11_clustering.py build/bin/bench_clustering
Needs numpy and scikit-learn. Fails where the inertias of two programs differ.
"""
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import warnings

import numpy
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning

from side_by_side import canary

REPETITIONS = 7
ROWS, FEATURES = 1_000_000, 10


def clouds():
    random = numpy.random.default_rng(11)
    places = random.normal(size=(20, FEATURES)) * 2.5
    return numpy.asfortranarray(places[random.integers(0, 20, ROWS)] + random.normal(size=(ROWS, FEATURES)))


class Program:
    def __init__(self, binary, X):
        self.file = tempfile.NamedTemporaryFile(suffix=".f64", dir=os.environ.get("TMPDIR", "/dev/shm"))
        X.T.tofile(self.file)
        self.file.flush()
        self.process = subprocess.Popen([binary, self.file.name, str(len(X)), str(X.shape[1])], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def fit(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if "error" in answer:
            raise SystemExit(answer["error"])
        return answer["seconds"], answer["loss"], answer["steps"]

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.file.close()


def peer(X, clusters, iterations, algorithm):
    start = time.perf_counter()
    model = KMeans(clusters, init=X[:clusters], n_init=1, max_iter=iterations, tol=0, algorithm=algorithm).fit(X)
    return time.perf_counter() - start, model.inertia_, model.n_iter_


warnings.simplefilter("ignore", ConvergenceWarning)
print(f"canary {canary():.2f}")
X = clouds()
rows = numpy.ascontiguousarray(X)           # the order that the peer likes
program = Program(sys.argv[1], X)
failed = False
for clusters, iterations in ((8, 7), (64, 50)):
    line = f"k_means clusters={clusters} start=first_rows tolerance=0 max_iterations={iterations}"
    turns = {"modelarium": lambda: program.fit(line), "sklearn lloyd": lambda: peer(rows, clusters, iterations, "lloyd"),
             "sklearn elkan": lambda: peer(rows, clusters, iterations, "elkan")}
    times = {name: [] for name in turns}
    inertia = {}
    for _ in range(REPETITIONS):
        for name, fit in turns.items():
            seconds, inertia[name], _ = fit()
            times[name].append(seconds)
    for name in turns:
        best = min(times[name])
        print(f"{ROWS} x {FEATURES}, {clusters} clusters, {iterations} iterations  {name:14} {best * 1e3:9.1f} ms (median {statistics.median(times[name]) * 1e3:.1f})  "
              f"inertia {inertia[name]:.6f}  ratio {best / min(times['modelarium']):5.1f}")
        failed |= abs(inertia[name] / inertia["modelarium"] - 1) > 1e-9
program.close()
print(f"canary {canary():.2f}")
sys.exit("the inertias differ" if failed else 0)
