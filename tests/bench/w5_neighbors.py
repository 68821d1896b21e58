#!/usr/bin/env python3
"""W5: the 15 nearest of 100,000 samples, against scikit-learn, scipy and (inside bench_neighbors) nanoflann.

Usage: w5_neighbors.py path/to/bench_neighbors [--rounds 5] [--queries 100000]

All sides work on the same numbers, one after the other in every round; medians are compared. The sums of all distances
must agree to 1e-8 relative, or the script fails.
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
import scipy
import sklearn
from scipy.spatial import cKDTree
from sklearn.neighbors import KNeighborsClassifier

K, SAMPLES, CLASSES = 15, 100_000, 5


def write_data(folder, features, queries):
    random = numpy.random.RandomState(5)
    centres = random.uniform(-2, 2, (CLASSES, features))
    y = random.randint(0, CLASSES, SAMPLES)
    X = centres[y] + random.normal(size=(SAMPLES, features))
    q = centres[random.randint(0, CLASSES, queries)] + random.normal(size=(queries, features))
    for name, array in (("X", X), ("y", y.astype(float)), ("queries", q)):
        array.tofile(f"{folder}/neighbors{features}.{name}.f64")
    return X, y, q


def run_bench(bench, folder, features):
    """Seconds and sums of distances by name, of everything that is measured in C++."""
    environment = dict(os.environ, MODELARIUM_BENCH_DATA=folder)
    output = subprocess.run([bench, f"--benchmark_filter=predict/{features}/2", "--benchmark_format=json",
                             "--benchmark_min_time=0.2"], env=environment, capture_output=True, text=True, check=True).stdout
    found = {}
    for row in json.loads(output)["benchmarks"]:
        found[row["name"].split("/")[0]] = (row["real_time"] / 1e3, float(re.search(r"[\d.e+]+$", row["label"])[0]))
    return found


def timed(work):
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def compare(bench, folder, features, rounds, queries):
    X, y, q = write_data(folder, features, queries)
    tree = cKDTree(X)
    algorithm = "kd_tree" if features <= 3 else "brute"         # the faster one of scikit-learn's
    classifier = KNeighborsClassifier(K, algorithm=algorithm, n_jobs=2).fit(X, y)
    seconds, sums = {}, {}
    for _ in range(rounds):
        for name, (time_taken, total) in run_bench(bench, folder, features).items():
            seconds.setdefault(name, []).append(time_taken)
            sums[name] = total
        time_taken, (distances, _) = timed(lambda: tree.query(q, K, workers=2))
        seconds.setdefault("scipy", []).append(time_taken)
        sums["scipy"] = distances.sum()
        time_taken, _ = timed(lambda: classifier.predict_proba(q))
        seconds.setdefault("sklearn", []).append(time_taken)
    sums["sklearn"] = sum(classifier.kneighbors(part)[0].sum() for part in numpy.array_split(q, 10))
    ours = statistics.median(seconds["modelarium"])
    for name, times in seconds.items():
        median = statistics.median(times)
        print(f"{features:3} features  {name:11} {median * 1e3:10.1f} ms   {median / ours:6.1f}x   sum of distances {sums[name]:.9g}")
    return all(abs(total / sums["modelarium"] - 1) < 1e-8 for total in sums.values())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bench")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--queries", type=int, default=100_000, help="a multiple of 100")
    options = parser.parse_args()
    print(f"scikit-learn {sklearn.__version__}, scipy {scipy.__version__}, {options.queries} queries, medians of {options.rounds}")
    with tempfile.TemporaryDirectory() as folder:
        agree = [compare(options.bench, folder, features, options.rounds, options.queries) for features in (2, 10)]
    if not all(agree):
        sys.exit("the sums of distances differ")


main()
