#!/usr/bin/env python3
"""W4: a kernel support vector machine (RBF, gamma 0.1, tolerance 1e-3) on 5,000 and 20,000 rows of 10 features, at C = 1 and C = 10.

Usage: w4_kernel_svm.py path/to/bench_svm [--rounds 5] [--only 5000]

Peers: LIBSVM (`svm-train` of libsvm-tools, whose time includes reading its text file) and scikit-learn's SVC, both with a cache that
holds every row of the kernel matrix. The numbers have six decimals, so that all three learn from the same. The dual objective of each
side is computed here, in double, from the weights that it found. Fails where ours is worse than the best peer's by more than 1e-6 of it
(each stops at the same tolerance, somewhere within it), where a weight leaves [0, C], where they do not add up, or where fewer
of 20,000 new rows are right by more than a thousandth.
"""
import argparse
import os
import sys
import tempfile
import time

import numpy

from side_by_side import ColdCommand, Side, answer_lines, canary, close_all, print_table, take_turns

FEATURES, GAMMA, TOLERANCE, TEST = 10, 0.1, 1e-3, 20_000


def data(rows):
    random = numpy.random.default_rng(31)
    X = numpy.round(random.normal(size=(rows, FEATURES)), 6)
    parts = numpy.where(numpy.arange(FEATURES) % 2 == 1, X ** 2, numpy.sin(2 * X) + 0.5 * X)
    return X, (parts.sum(axis=1) + 0.7 * random.normal(size=rows) > FEATURES / 2).astype(int)


def write_files(folder, X, y):
    numpy.concatenate([X.ravel(order="F"), y.astype(float)]).tofile(f"{folder}/columns.f64")
    with open(f"{folder}/rows.svm", "w") as file:
        for row, answer in zip(X, y):
            file.write(f"{1 if answer else -1} " + " ".join(f"{j + 1}:{value:.6f}" for j, value in enumerate(row)) + "\n")


def kernel(A, B):
    squares = (A ** 2).sum(axis=1)[:, None] + (B ** 2).sum(axis=1)[None, :] - 2 * A @ B.T
    return numpy.exp(-GAMMA * numpy.maximum(squares, 0))


def scores(beta, vectors, intercept, rows):
    return numpy.concatenate([kernel(part, vectors) @ beta + intercept for part in numpy.array_split(rows, max(1, len(rows) // 2000))])


def judge(beta, vectors, intercept, test):
    """The dual objective, to be minimised, and the share of new rows that are right."""
    inside = scores(beta, vectors, 0, vectors)
    right = (scores(beta, vectors, intercept, test[0]) > 0) == (test[1] > 0)
    return float(beta @ inside / 2 - numpy.abs(beta).sum()), float(right.mean())


def read_ours(path, answer):
    numbers = numpy.fromfile(path)
    count = answer["vectors"]
    return numbers[:count], numbers[count:].reshape(FEATURES, count).T, answer["intercept"]


def read_libsvm(path):
    """The model file of svm-train; its first label is the class above 0."""
    beta, vectors, head = [], [], {}
    with open(path) as file:
        for line in file:
            if line.startswith("SV"):
                break
            name, *values = line.split()
            head[name] = values
        for line in file:
            weight, *entries = line.split()
            beta.append(float(weight))
            vectors.append([float(entry.split(":")[1]) for entry in entries])
    sign = int(head["label"][0])
    return sign * numpy.array(beta), numpy.array(vectors), -sign * float(head["rho"][0])


def serve_sklearn(folder, C):
    from sklearn.svm import SVC
    numbers = numpy.fromfile(f"{folder}/columns.f64").reshape(FEATURES + 1, -1)
    X, y = numpy.ascontiguousarray(numbers[:FEATURES].T), numbers[FEATURES].astype(int)

    def fit(_):
        start = time.perf_counter()
        model = SVC(C=C, gamma=GAMMA, tol=TOLERANCE, cache_size=4000).fit(X, y)
        seconds = time.perf_counter() - start
        numpy.savez(f"{folder}/sklearn.npz", beta=model.dual_coef_[0], vectors=model.support_vectors_, intercept=model.intercept_[0])
        return {"seconds": seconds}
    answer_lines(fit)


def read_sklearn(path):
    model = numpy.load(path)
    return model["beta"], model["vectors"], float(model["intercept"])


def compare(bench, rows, C, test, rounds):
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR", "/dev/shm")) as folder:
        write_files(folder, *data(rows))
        ours = Side("modelarium", [bench, f"{folder}/columns.f64", rows, FEATURES, f"{folder}/ours.f64", f"C={C}", "gamma=number",
                                   f"gamma_value={GAMMA}", f"tolerance={TOLERANCE}", "cache_size=4000"])
        sklearn = Side("scikit-learn SVC", [sys.executable, __file__, "--serve", folder, C], rounds=3)
        libsvm = ColdCommand("LIBSVM svm-train", ["svm-train", "-q", "-s", 0, "-t", 2, "-g", GAMMA, "-c", C, "-e", TOLERANCE, "-m", 4000,
                                                  f"{folder}/rows.svm", f"{folder}/libsvm.model"], lambda text: {}, rounds=3)
        sides = [ours, sklearn, libsvm]
        take_turns(sides, rounds)
        models = {ours: read_ours(f"{folder}/ours.f64", ours.last), sklearn: read_sklearn(f"{folder}/sklearn.npz"),
                  libsvm: read_libsvm(f"{folder}/libsvm.model")}
        close_all(sides)
    judged = {side: judge(*model, test) for side, model in models.items()}
    print_table(f"{rows} rows, C = {C}", sides, lambda side: f"dual objective {judged[side][0]:.6f}  support vectors {len(models[side][0])}  "
                                                             f"right {100 * judged[side][1]:.2f} %")
    beta = models[ours][0]
    best = min(judged[side][0] for side in (sklearn, libsvm))
    accuracy = max(judged[side][1] for side in (sklearn, libsvm))
    faults = {"a worse objective": judged[ours][0] > best + 1e-6 * abs(best), "a weight beyond C": numpy.abs(beta).max() > C,
              "weights that do not add up": abs(beta.sum()) > 1e-9 * len(beta) * C, "a lower accuracy": judged[ours][1] < accuracy - 0.001,
              "stopped too early": any("still moving" in notice for notice in ours.last["notices"])}
    return [f"{rows} rows, C = {C}: {name}" for name, happened in faults.items() if happened]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bench")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", type=int)
    options = parser.parse_args()
    print(f"canary {canary():.2f}")
    X, y = data(20_000 + TEST)
    test = X[20_000:], y[20_000:]
    faults = []
    for rows in (5_000, 20_000):
        if options.only in (None, rows):
            for C in (1, 10):
                faults += compare(options.bench, rows, C, test, options.rounds)
    print(f"canary {canary():.2f}")
    return "; ".join(faults)


if len(sys.argv) == 4 and sys.argv[1] == "--serve":
    serve_sklearn(sys.argv[2], float(sys.argv[3]))
else:
    sys.exit(main() or 0)
