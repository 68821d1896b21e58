#!/usr/bin/env python3
"""W5: the 15 nearest of 100,000 samples, against scikit-learn, scipy and nanoflann, in turns on the same numbers.

Usage: w5_neighbors.py path/to/bench_neighbors [--rounds 5] [--queries 100000]

The sums of all distances must agree to 1e-8 relative, or the script fails.
"""
import argparse
import os
import sys
import tempfile
import time

import numpy
import scipy
import sklearn
from scipy.spatial import cKDTree
from sklearn.neighbors import KNeighborsClassifier

from side_by_side import Side, answer_lines, canary, close_all, print_table, take_turns

K, SAMPLES, CLASSES = 15, 100_000, 5
PEERS = ("nanoflann", "scipy", "scikit-learn")


def write_data(folder, features, queries):
    random = numpy.random.RandomState(5)
    centres = random.uniform(-2, 2, (CLASSES, features))
    y = random.randint(0, CLASSES, SAMPLES)
    X = centres[y] + random.normal(size=(SAMPLES, features))
    q = centres[random.randint(0, CLASSES, queries)] + random.normal(size=(queries, features))
    for name, array in (("X", X), ("y", y.astype(float)), ("queries", q)):
        array.tofile(f"{folder}/neighbors{features}.{name}.f64")


def serve(name, folder, features):
    X, y, q = (numpy.fromfile(f"{folder}/neighbors{features}.{part}.f64") for part in ("X", "y", "queries"))
    X, q = X.reshape(-1, features), q.reshape(-1, features)
    if name == "scipy":
        tree = cKDTree(X)

        def work(_):
            start = time.perf_counter()
            distances, _ = tree.query(q, K, workers=2)
            return {"seconds": time.perf_counter() - start, "sum": distances.sum()}
    else:
        algorithm = "kd_tree" if features <= 3 else "brute"     # the faster one of scikit-learn's
        classifier = KNeighborsClassifier(K, algorithm=algorithm, n_jobs=2).fit(X, y)
        total = sum(classifier.kneighbors(part)[0].sum() for part in numpy.array_split(q, 10))

        def work(_):
            start = time.perf_counter()
            classifier.predict_proba(q)
            return {"seconds": time.perf_counter() - start, "sum": total}
    answer_lines(work)


def compare(bench, folder, features, rounds, queries):
    write_data(folder, features, queries)
    environment = {"MODELARIUM_BENCH_DATA": folder}
    sides = [Side(name, [bench, "--serve", name, features], environment=environment) for name in ("modelarium", "nanoflann")]
    sides += [Side(name, [sys.executable, __file__, "--serve", name, folder, features]) for name in PEERS[1:]]
    take_turns(sides, rounds)
    print_table(f"{features} features, {queries} queries", sides, lambda side: f"sum of distances {side.last['sum']:.9g}")
    close_all(sides)
    return all(abs(side.last["sum"] / sides[0].last["sum"] - 1) < 1e-8 for side in sides)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bench")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--queries", type=int, default=100_000, help="a multiple of 100")
    options = parser.parse_args()
    print(f"scikit-learn {sklearn.__version__}, scipy {scipy.__version__}; canary {canary():.2f}")
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR", "/dev/shm")) as folder:
        agree = [compare(options.bench, folder, features, options.rounds, options.queries) for features in (2, 10)]
    print(f"canary {canary():.2f}")
    return 0 if all(agree) else "the sums of distances differ"


if sys.argv[1:2] == ["--serve"]:
    serve(sys.argv[2], sys.argv[3], int(sys.argv[4]))
else:
    sys.exit(main())
