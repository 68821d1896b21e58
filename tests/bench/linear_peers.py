"""What w2_least_squares.py and w3_logistic.py share: data with a fixed seed, and turns between two programs."""
import json
import os
import subprocess
import tempfile
import time

import numpy


class Program:
    """bench_linear --serve over one data set: one fit a call."""

    def __init__(self, learner, X, y, classes=0, settings=()):
        binary = os.environ.get("BENCH_LINEAR", "build/bin/bench_linear")
        self.file = tempfile.NamedTemporaryFile(suffix=".f64", dir=os.environ.get("TMPDIR", "/dev/shm"))
        numpy.asfortranarray(X).T.tofile(self.file)
        numpy.asarray(y, dtype=float).tofile(self.file)
        self.file.flush()
        self.process = subprocess.Popen([binary, "--serve", learner, self.file.name, str(len(X)), str(X.shape[1]), str(classes),
                                         *settings], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def fit(self):
        self.process.stdin.write("fit\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if "error" in answer:
            raise SystemExit(answer["error"])
        return answer["seconds"], numpy.array(answer["W"]), numpy.array(answer["b"])

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.file.close()


def take_turns(ours, peers, repetitions):
    """Fits A B A B ...: the smallest time of each, and each one's last model."""
    best = {}
    models = {}
    for _ in range(repetitions):
        for name, fit in [("modelarium", ours), *peers.items()]:
            seconds, W, b = fit()
            best[name] = min(best.get(name, seconds), seconds)
            models[name] = W, b
    return best, models


def timed(make):
    def fit():
        model = make()
        start = time.perf_counter()
        model = model()
        seconds = time.perf_counter() - start
        return seconds, numpy.atleast_2d(model[0]), numpy.ravel(model[1])
    return fit
