#!/usr/bin/env python3
"""W11, learners without a target: k-means and principal components, in turns on the same data.

Usage: python3 tests/bench/w11_clustering.py build/bin/bench_clustering [--rows 1000000] [--rounds 7]

Peers: scikit-learn's KMeans (lloyd, elkan) from the same starting centres; its PCA by a full decomposition and by the covariance, the
covariance and its eigenvectors in numpy, and R's prcomp where there is an Rscript. Needs numpy and scikit-learn. Each side is a process of
its own. Fails where the inertias or the variances of two programs differ. "reading the numbers" is our own program adding all of them up:
nothing that looks at each of them can be faster.
"""
import argparse
import os
import shutil
import sys
import tempfile
import time
import warnings

import numpy

from side_by_side import Side, answer_lines, canary, close_all, print_table, take_turns

FEATURES = 10

R = r"""
a <- commandArgs(TRUE); n <- as.integer(a[2]); p <- as.integer(a[3])
f <- file(a[1], "rb"); X <- matrix(readBin(f, "double", n * p), n, p); close(f)
input <- file("stdin", "r")
while (length(line <- readLines(input, 1)) == 1) {
  s <- system.time(m <- prcomp(X))[3]
  cat(sprintf('{"seconds":%.4f,"variance":[%s]}\n', s, paste(sprintf("%.17g", m$sdev^2), collapse = ","))); flush(stdout())
}
"""


def clouds(rows):
    random = numpy.random.default_rng(11)
    places = random.normal(size=(20, FEATURES)) * 2.5
    return numpy.asfortranarray(places[random.integers(0, 20, rows)] + random.normal(size=(rows, FEATURES)))


def k_means(X):
    """Lines are "ALGORITHM CLUSTERS ITERATIONS"."""
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning
    warnings.simplefilter("ignore", ConvergenceWarning)
    rows = numpy.ascontiguousarray(X)           # the order that this peer likes

    def fit(line):
        algorithm, clusters, iterations = line.split()
        start = time.perf_counter()
        model = KMeans(int(clusters), init=rows[:int(clusters)], n_init=1, max_iter=int(iterations), tol=0, algorithm=algorithm).fit(rows)
        return {"seconds": time.perf_counter() - start, "loss": model.inertia_}
    return fit


def components(X):
    """Lines are "full", "covariance_eigh" or "numpy"."""
    from sklearn.decomposition import PCA
    rows = numpy.ascontiguousarray(X)

    def fit(line):
        start = time.perf_counter()
        if line == "numpy":
            centred = X - X.mean(axis=0)
            variance = numpy.linalg.eigh(centred.T @ centred / (len(X) - 1))[0][::-1]
        else:
            variance = PCA(svd_solver=line).fit(rows).explained_variance_
        return {"seconds": time.perf_counter() - start, "variance": variance.tolist()}
    return fit


def serve(kind, file, rows):
    answer_lines({"k_means": k_means, "components": components}[kind](numpy.fromfile(file).reshape(FEATURES, rows).T))


class Asked(Side):
    """A side that is always asked the same line."""

    def __init__(self, name, command, line):
        super().__init__(name, command)
        self.line = line

    def run(self, line="run"):
        return super().run(self.line)


def compare(title, sides, rounds, figure, tolerance):
    """Every side's figures are those of the first, up to rounding."""
    take_turns(sides, rounds)
    differs = [side.name for side in sides if figure in side.last and not numpy.allclose(side.last[figure], sides[0].last[figure], rtol=tolerance, atol=0)]
    print_table(title, sides, lambda side: f"{figure} {numpy.ravel(side.last[figure])[0]:.8f}" if figure in side.last else "")
    close_all(sides)
    for name in differs:
        print(f"{name}: another {figure}")
    return bool(differs)


def compare_all(bench, rows, rounds):
    failed = False
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR", "/dev/shm")) as folder:
        file = f"{folder}/columns.f64"
        clouds(rows).T.tofile(file)
        ours = [bench, file, rows, FEATURES]
        peer = lambda kind: [sys.executable, __file__, "--serve", kind, file, str(rows)]
        for clusters, iterations in ((8, 7), (64, 50)):
            sides = [Asked("modelarium", ours, f"k_means clusters={clusters} start=first_rows tolerance=0 max_iterations={iterations}"),
                     Asked("scikit-learn lloyd", peer("k_means"), f"lloyd {clusters} {iterations}"),
                     Asked("scikit-learn elkan", peer("k_means"), f"elkan {clusters} {iterations}")]
            failed |= compare(f"k-means, {rows} x {FEATURES}, {clusters} clusters, {iterations} iterations", sides, rounds, "loss", 1e-9)
        sides = [Asked("modelarium", ours, f"pca components={FEATURES}"),
                 Asked("reading the numbers", ours, "read"),
                 Asked("scikit-learn PCA, full", peer("components"), "full"),
                 Asked("scikit-learn PCA, covariance", peer("components"), "covariance_eigh"),
                 Asked("numpy, covariance and eigh", peer("components"), "numpy")]
        if shutil.which("Rscript"):
            with open(f"{folder}/prcomp.R", "w") as script:
                script.write(R)
            sides.append(Side("R prcomp", ["Rscript", f"{folder}/prcomp.R", file, rows, FEATURES], rounds=3))
        failed |= compare(f"principal components, {rows} x {FEATURES}", sides, rounds, "variance", 1e-9)
    return failed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bench", nargs="?")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--serve", nargs=3, metavar=("KIND", "FILE", "ROWS"))
    arguments = parser.parse_args()
    if arguments.serve:
        serve(arguments.serve[0], arguments.serve[1], int(arguments.serve[2]))
        return
    print(f"canary {canary():.2f}")
    failed = compare_all(arguments.bench, arguments.rows, arguments.rounds)
    print(f"canary {canary():.2f}")
    sys.exit("the answers differ" if failed else 0)


if __name__ == "__main__":
    main()
