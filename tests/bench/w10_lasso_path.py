#!/usr/bin/env python3
"""W10: a whole lasso path, 100 alphas down to a thousandth of the largest, on 100,000 x 100 and on 2,000 x 2,000.

Usage: w10_lasso_path.py path/to/bench_lasso [--rounds 5] [--only 100000]

Peers: scikit-learn's lasso_path and R's glmnet (r-cran-glmnet), each at its own tolerance and at a tight one. Objectives are computed
here from the weights, |y - X w - b|^2 / (2 n) + alpha |w|, and compared with the lowest that any side found at that alpha; the column
"gap" is the worst excess of a path, as a share of the objective of the empty model. We are measured at several tolerances too, and each
peer is compared with our fastest path whose gap is no larger than its own. Fails where we have none.
"""
import argparse
import os
import statistics
import sys
import tempfile
import time

import numpy

from side_by_side import Side, answer_lines, canary, close_all, take_turns

ALPHAS, RATIO = 100, 1e-3
OURS = (5e-3, 1e-4, 1e-6, 1e-8, 1e-10)

R = r"""
suppressMessages(library(glmnet)); a <- commandArgs(TRUE); n <- as.integer(a[2]); p <- as.integer(a[3]); folder <- a[1]
f <- file(file.path(folder, "columns.f64"), "rb"); X <- matrix(readBin(f, "double", n * p), n, p); y <- readBin(f, "double", n); close(f)
f <- file(file.path(folder, "alphas.f64"), "rb"); alphas <- readBin(f, "double", as.integer(a[4])); close(f)
input <- file("stdin", "r")
while (length(line <- readLines(input, 1)) == 1) {
  s <- system.time(m <- glmnet(X, y, lambda = alphas, standardize = FALSE, thresh = as.numeric(a[5]), maxit = 1e7))[3]
  f <- file(a[6], "wb"); writeBin(as.vector(rbind(as.matrix(m$beta), m$a0)), f); close(f)
  cat(sprintf('{"seconds":%.4f,"alphas":%d}\n', s, length(m$lambda))); flush(stdout())
}
"""


def data(n, p):
    """Neighbouring columns resemble one another; every tenth, or the first fifty, matter."""
    random = numpy.random.default_rng(10)
    X = random.normal(size=(n, p))
    for j in range(1, p):
        X[:, j] = 0.5 * X[:, j - 1] + numpy.sqrt(0.75) * X[:, j]
    w = numpy.zeros(p)
    matter = random.choice(p, size=min(p // 4, 50), replace=False)
    w[matter] = random.normal(size=len(matter))
    return numpy.asfortranarray(X), X @ w + 2 + 3 * random.normal(size=n)


def path_of_alphas(X, y):
    largest = numpy.abs((X - X.mean(axis=0)).T @ (y - y.mean())).max() / len(y)
    return largest * numpy.power(RATIO, numpy.arange(ALPHAS) / (ALPHAS - 1))


def objectives(X, y, alphas, W):
    """Of every alpha, with the best intercept for its weights."""
    residuals = (y - y.mean())[:, None] - (X - X.mean(axis=0)) @ W
    return (residuals ** 2).sum(axis=0) / (2 * len(y)) + alphas * numpy.abs(W).sum(axis=0)


def serve_sklearn(folder, n, p, tolerance, out):
    from sklearn.linear_model import lasso_path
    numbers = numpy.fromfile(f"{folder}/columns.f64")
    X, y = numbers[:n * p].reshape(p, n).T, numbers[n * p:]
    alphas = numpy.fromfile(f"{folder}/alphas.f64")

    def fit(_):
        start = time.perf_counter()
        centred, target = X - X.mean(axis=0), y - y.mean()
        _, W, _ = lasso_path(centred, target, alphas=alphas, precompute=n > p, copy_X=False, tol=tolerance, max_iter=100_000)
        seconds = time.perf_counter() - start
        W.ravel(order="F").tofile(out)
        return {"seconds": seconds}
    answer_lines(fit)


def make_sides(bench, folder, n, p):
    columns = f"{folder}/columns.f64"
    ours = [Side(f"modelarium, tolerance {t:g}", [bench, columns, n, p, ALPHAS, RATIO, f"{folder}/ours{t:g}.f64", t]) for t in OURS]
    peers = []
    for tolerance in (1e-4, 1e-8):
        out = f"{folder}/sklearn{tolerance:g}.f64"
        slow = n <= p
        peers.append((Side(f"scikit-learn lasso_path, tol {tolerance:g}", [sys.executable, __file__, "--serve", folder, n, p, tolerance, out],
                           rounds=1 if slow else None), out, p))
        if slow:
            break                                   # minutes at its own tolerance: a tighter one tells no more
    with open(f"{folder}/glmnet.R", "w") as script:
        script.write(R)
    for thresh in (1e-7, 1e-10):
        out = f"{folder}/glmnet{thresh:g}.f64"
        peers.append((Side(f"glmnet, thresh {thresh:g}", ["Rscript", f"{folder}/glmnet.R", folder, n, p, ALPHAS, thresh, out], rounds=3), out, p + 1))
    return ours, peers


def compare(bench, n, p, rounds):
    X, y = data(n, p)
    alphas = path_of_alphas(X, y)
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR", "/dev/shm")) as folder:
        numpy.concatenate([X.ravel(order="F"), y]).tofile(f"{folder}/columns.f64")
        alphas.tofile(f"{folder}/alphas.f64")
        ours, peers = make_sides(bench, folder, n, p)
        take_turns(ours + [side for side, _, _ in peers], rounds)
        weights = {side: numpy.fromfile(f"{folder}/ours{t:g}.f64").reshape(ALPHAS, p + 1).T[:p] for side, t in zip(ours, OURS)}
        weights |= {side: numpy.fromfile(out).reshape(ALPHAS, height).T[:p] for side, out, height in peers}
        close_all(weights)
    reached = {side: objectives(X, y, alphas, W) for side, W in weights.items()}
    lowest = numpy.min(list(reached.values()), axis=0)
    empty = ((y - y.mean()) ** 2).sum() / (2 * n)
    gaps = {side: float((values - lowest).max() / empty) for side, values in reached.items()}
    medians = {side: statistics.median(side.seconds) for side in weights}
    print(f"\n{n} x {p}\n{'':34} {'median ms':>11} {'fastest':>10} {'slowest':>10} {'peak MB':>8} {'gap':>9}  at an equal or smaller gap we are")
    failed = False
    for side in weights:
        fair = [medians[own] for own in ours if gaps[own] <= max(gaps[side], 1e-13)]
        verdict = "" if side in ours else f"{medians[side] / min(fair):.2f}x as fast" if fair else "never that exact"
        failed |= side not in ours and not fair
        print(f"{side.name:34} {medians[side] * 1e3:11.2f} {min(side.seconds) * 1e3:10.2f} {max(side.seconds) * 1e3:10.2f} {side.megabytes:8.0f} "
              f"{gaps[side]:9.1e}  {verdict}", flush=True)
    return failed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bench")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", type=int)
    options = parser.parse_args()
    print(f"canary {canary():.2f}")
    failed = False
    for n, p in ((100_000, 100), (2_000, 2_000)):
        if options.only in (None, n):
            failed |= compare(options.bench, n, p, options.rounds)
    print(f"canary {canary():.2f}")
    return "a peer's path is more exact than any of ours" if failed else 0


if len(sys.argv) == 7 and sys.argv[1] == "--serve":
    serve_sklearn(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5]), sys.argv[6])
else:
    sys.exit(main())
