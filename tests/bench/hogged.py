#!/usr/bin/env python3
"""One core taken: every trainer that uses threads, with all of them while a busy process holds one of the cores, beside one thread on an idle machine.

Usage: hogged.py path/to/bench_hogged [--rounds 7] [--only NAME ...]     (Linux, two cores or more)

A laptop, a virtual machine or the paint thread takes a core at any time: a trainer must then not be slower than if it had never used a second one. In turns:
one thread; all threads; all threads while a process spins on the last core. Fails where the median of the last is above 1.15 of that of the first, or
where any of them learned something else. That says nothing while somebody else takes a core as well: then a trainer is measured again, three times
at most, and marked where there was no quiet spell.
"""
import argparse
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time

import numpy

from side_by_side import Side, canary

GOAL, QUIET, ATTEMPTS = 1.15, 0.85, 3
# Busy for as long as this script is there.
SPIN = "import os, sys\nparent = os.getppid()\nos.sched_setaffinity(0, {int(sys.argv[1])})\nprint(flush=True)\nwhile os.getppid() == parent: pass"

# name: learner, task, rows, features, classes, settings
TRAINERS = {
    "least squares": ("linear_regression", "regression", 1_000_000, 10, 0),
    "least squares, wide": ("linear_regression", "regression", 100_000, 100, 0),
    "polynomial": ("polynomial_regression", "regression", 1_000_000, 3, 0, "degree=3"),
    "lasso, cross-validated": ("lasso_regression", "regression", 100_000, 100, 0, "penalty_choice=cross_validated"),
    "Huber": ("huber_regression", "regression", 1_000_000, 10, 0),
    "logistic": ("logistic_regression", "classification", 1_000_000, 10, 2),
    "logistic, wide": ("logistic_regression", "classification", 100_000, 100, 2),
    "softmax": ("logistic_regression", "classification", 70_000, 64, 10),
    "sparse logistic": ("logistic_regression", "classification", 100_000, 20, 2, "penalty=l1"),
    "linear SVM": ("linear_svm", "classification", 100_000, 20, 2),
    "kernel SVM": ("support_vector_machine", "classification", 5_000, 10, 2),
    "kernel SVM, large": ("support_vector_machine", "classification", 20_000, 10, 2),
    "kernel regression": ("support_vector_regression", "regression", 5_000, 10, 0),
    "neighbours, answering": ("k_nearest_neighbors", "classification", 30_000, 10, 2, "k=15"),
    "tree": ("decision_tree", "classification", 100_000, 20, 2),
    "forest": ("random_forest", "classification", 100_000, 20, 2, "n_trees=20"),
    "boosting": ("gradient_boosting", "classification", 100_000, 20, 2),
    "Gaussian Bayes": ("gaussian_naive_bayes", "classification", 1_000_000, 10, 2),
    "linear discriminant": ("linear_discriminant_analysis", "classification", 1_000_000, 10, 2),
    "quadratic discriminant": ("quadratic_discriminant_analysis", "classification", 1_000_000, 10, 2),
    "network, batches of 200": ("neural_network", "classification", 70_000, 64, 10, "hidden_layers=100", "batch_size=200", "epochs=5"),
    "network, batches of 2000": ("neural_network", "classification", 70_000, 64, 10, "hidden_layers=100", "batch_size=2000", "epochs=5"),
    "k-means": ("k_means", "clustering", 1_000_000, 10, 0, "clusters=8", "max_iterations=20"),
    "mixture": ("gaussian_mixture", "clustering", 100_000, 5, 0, "max_iterations=20"),
    "density": ("dbscan", "clustering", 100_000, 2, 0, "eps=0.05"),
    "principal components": ("pca", "projection", 1_000_000, 10, 0),
}


class Hog:
    """A process that is busy on one core; it stands still but within `with`."""

    def __init__(self):
        self.process = subprocess.Popen([sys.executable, "-c", SPIN, str(max(os.sched_getaffinity(0)))], stdout=subprocess.PIPE)
        self.process.stdout.readline()
        self.__exit__()

    def __enter__(self):
        self.process.send_signal(signal.SIGCONT)

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGSTOP)

    def end(self):
        self.process.kill()
        self.process.wait()


def write(path, rows, features, classes):
    """Numbers of a bent surface with noise; classes by where they lie."""
    random = numpy.random.default_rng(12)
    X = random.normal(size=(rows, features))
    y = X[:, 0] + X[:, 1] * X[:, -1] + 0.5 * random.normal(size=rows)
    if classes:
        y = numpy.digitize(y, numpy.quantile(y, numpy.arange(1, classes) / classes)).astype(float)
    with open(path, "wb") as file:
        X.T.tofile(file)
        y.tofile(file)


def measure(bench, path, trainer, hog, rounds):
    """Seconds with one thread, with all, and with all while a core is taken; and whether all of them learned the same."""
    learner, task, rows, features, classes, *settings = trainer
    side = Side(learner, [bench, learner, task, path, rows, features, classes, *settings])
    seconds, sums = ([], [], []), set()

    def once(place, threads):
        time.sleep(0.05)
        answer = side.run(threads)
        seconds[place].append(answer["seconds"])
        sums.add(answer["sum"])
    side.run("1")                                   # the first touch of the data and of the program
    for _ in range(rounds):
        once(0, "1")
        once(1, "0")
        with hog:
            once(2, "0")
    side.close()
    return seconds, len(sums) == 1


def measure_in_quiet(*arguments):
    """The same, and the canary of the last attempt: before or after, whichever is worse."""
    for _ in range(ATTEMPTS):
        before = canary()
        seconds, same = measure(*arguments)
        free = min(before, canary())
        if free >= QUIET:
            break
    return seconds, same, free


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bench")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", nargs="*", choices=TRAINERS)
    options = parser.parse_args()
    if len(os.sched_getaffinity(0)) < 2:
        return "one core cannot be taken where there is only one"
    print(f"{'':26} {'one thread ms':>14} {'all threads':>12} {'core taken':>11} {'slowest':>9} {'against one thread':>19} {'canary':>7}")
    failed = []
    hog = Hog()
    try:
        for name in options.only or TRAINERS:
            _, _, rows, features, classes, *_ = TRAINERS[name]
            with tempfile.NamedTemporaryFile(suffix=".f64", dir=os.environ.get("TMPDIR", "/dev/shm")) as file:
                write(file.name, rows, features, classes)
                seconds, same, free = measure_in_quiet(options.bench, file.name, TRAINERS[name], hog, options.rounds)
            one, every, taken = (statistics.median(part) for part in seconds)
            verdict = "learned something else" if not same else "no quiet spell" if free < QUIET else "above the goal" if taken > GOAL * one else ""
            failed += [name] if verdict in ("learned something else", "above the goal") else []
            print(f"{name:26} {one * 1e3:14.2f} {every * 1e3:12.2f} {taken * 1e3:11.2f} {max(seconds[2]) * 1e3:9.2f} {taken / one:18.2f}x {free:7.2f}"
                  f"  {verdict}", flush=True)
    finally:
        hog.end()
    return f"not held: {', '.join(failed)}" if failed else 0


if __name__ == "__main__":
    sys.exit(main())
