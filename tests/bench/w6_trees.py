#!/usr/bin/env python3
"""W6: a tree, a forest and gradient boosting on 100,000 rows of 20 features, two classes, a tenth of the labels turned round.

Usage: w6_trees.py path/to/bench_forests [--rounds 5] [--only boosting|forest|tree]

All sides fit the same numbers with the same settings on two threads, in turns, each in its own process; medians are compared, and the
share of 50,000 new rows that each model gets right, the time for those, and the peak memory stand beside them. Peers: scikit-learn, R's
ranger, and for boosting LightGBM and XGBoost, those that are installed. Fails where ours is right on a hundredth less than the best
forest or tree, or than scikit-learn's boosting, and where one thread does not give the same model as two.
"""
import argparse
import importlib.util
import os
import shutil
import sys
import tempfile
import time

import numpy

from side_by_side import Side, answer_lines, canary, close_all, print_table, take_turns

ROWS, TEST, FEATURES, THREADS = 100_000, 50_000, 20, 2

RANGER = r"""
suppressMessages(library(ranger)); a <- commandArgs(TRUE); rows <- as.integer(a[2:3]); p <- as.integer(a[4])
f <- file(a[1], "rb")
part <- function(n) { d <- as.data.frame(matrix(readBin(f, "double", n * p), n, p)); d$y <- factor(readBin(f, "double", n)); d }
train <- part(rows[1]); test <- part(rows[2]); input <- file("stdin", "r")
while (length(line <- readLines(input, 1)) == 1) {
  s <- system.time(m <- ranger(dependent.variable.name = "y", data = train, num.trees = 100, num.threads = as.integer(line), min.node.size = 1, verbose = FALSE))[3]
  t <- system.time(out <- predict(m, test, num.threads = as.integer(line), verbose = FALSE))[3]
  cat(sprintf('{"seconds":%.4f,"predict":%.4f,"score":%.6f}\n', s, t, mean(out$predictions == test$y))); flush(stdout())
}
"""


def write_data(file):
    random = numpy.random.default_rng(6)
    X = random.normal(size=(ROWS + TEST, FEATURES))
    score = X[:, 0] + X[:, 1] * X[:, 2] + numpy.abs(X[:, 3]) - 0.8 + 0.5 * X[:, 4]
    y = ((score > 0) != (random.uniform(size=len(X)) < 0.1)).astype(int)
    for part in (slice(ROWS), slice(ROWS, None)):
        numpy.asfortranarray(X[part]).T.tofile(file)
        y[part].astype(float).tofile(file)
    file.flush()


def read(path):
    numbers = numpy.fromfile(path)
    parts = []
    for n in (ROWS, TEST):
        part, numbers = numbers[:(FEATURES + 1) * n].reshape(FEATURES + 1, n), numbers[(FEATURES + 1) * n:]
        parts.append((numpy.ascontiguousarray(part[:FEATURES].T), part[FEATURES].astype(int)))
    return parts


def make_peer(name):
    """The estimators are imported where they are used, so that each process holds its own library only."""
    if name == "scikit-learn HistGradientBoosting":
        from sklearn.ensemble import HistGradientBoostingClassifier
        return HistGradientBoostingClassifier(early_stopping=False)
    if name == "scikit-learn DecisionTree":
        from sklearn.tree import DecisionTreeClassifier
        return DecisionTreeClassifier()
    if name == "scikit-learn RandomForest":
        from sklearn.ensemble import RandomForestClassifier
        return RandomForestClassifier(100, n_jobs=THREADS)
    if name == "LightGBM":
        from lightgbm import LGBMClassifier
        return LGBMClassifier(n_jobs=THREADS, verbosity=-1)
    from xgboost import XGBClassifier
    return XGBClassifier(n_estimators=100, learning_rate=0.1, tree_method="hist", grow_policy="lossguide", max_leaves=31, max_depth=0,
                         n_jobs=THREADS)


def serve(name, path):
    train, test = read(path)

    def fit(_):
        model = make_peer(name)
        start = time.perf_counter()
        model.fit(*train)
        fitted = time.perf_counter()
        right = (model.predict(test[0]) == test[1]).mean()
        return {"seconds": fitted - start, "predict": time.perf_counter() - fitted, "score": float(right)}
    answer_lines(fit)


def peers_of(kind, path):
    names = {"boosting": {"scikit-learn HistGradientBoosting": "sklearn", "LightGBM": "lightgbm", "XGBoost": "xgboost"},
             "tree": {"scikit-learn DecisionTree": "sklearn"}, "forest": {"scikit-learn RandomForest": "sklearn"}}[kind]
    rounds = {"boosting": None, "tree": 3, "forest": 2}[kind]
    peers = [Side(name, [sys.executable, __file__, "--serve", name, path], rounds)
             for name, module in names.items() if importlib.util.find_spec(module)]
    if kind == "forest" and shutil.which("Rscript"):
        peers.append(Side("ranger", ["Rscript", "-e", RANGER, path, ROWS, TEST, FEATURES], rounds))
    return peers


def compare(kind, bench, path, rounds):
    learner = {"boosting": "gradient_boosting", "tree": "decision_tree", "forest": "random_forest"}[kind]
    command = [bench, "--serve", learner, path, ROWS, TEST, FEATURES, 2]
    ours, peers = Side("modelarium", command), peers_of(kind, path)
    sides = [ours, *peers]
    take_turns(sides, rounds, str(THREADS))
    scores = {side: side.last["score"] for side in sides}
    predict = {side: side.last["predict"] for side in sides}
    single = Side("modelarium on one thread", command)
    take_turns([single], rounds, "1")                   # the same seeds as above, one a round
    scores[single], predict[single] = single.last["score"], single.last["predict"]
    close_all([*sides, single])
    title = {"boosting": "gradient boosting, 100 trees of 31 leaves", "tree": "one tree, grown to its end", "forest": "forest of 100 trees"}[kind]
    print_table(f"{title}, {ROWS} x {FEATURES}", [*sides, single],
                lambda side: f"right {100 * scores[side]:.2f} %  predict {predict[side] * 1e3:.1f} ms")
    faults = []
    if single.last["sum"] != ours.last["sum"] or single.last["nodes"] != ours.last["nodes"]:
        faults.append(f"{kind}: one thread gives another model than two")
    rivals = [scores[side] for side in peers if kind != "boosting" or "scikit-learn" in side.name]
    if rivals and scores[ours] < max(rivals) - 0.01:
        faults.append(f"{kind}: right less often than a peer")
    return faults


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bench")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", choices=("boosting", "forest", "tree"))
    options = parser.parse_args()
    print(f"canary {canary():.2f}")
    faults = []
    with tempfile.NamedTemporaryFile(suffix=".f64", dir=os.environ.get("TMPDIR", "/dev/shm")) as file:
        write_data(file)
        for kind in ("boosting", "tree", "forest"):
            if options.only in (None, kind):
                faults += compare(kind, options.bench, file.name, options.rounds)
    print(f"canary {canary():.2f}")
    return "; ".join(faults) or 0


if len(sys.argv) == 4 and sys.argv[1] == "--serve":
    serve(sys.argv[2], sys.argv[3])
else:
    sys.exit(main())
