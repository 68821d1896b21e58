#!/usr/bin/env python3
"""Neural networks against scikit-learn (and PyTorch where it is installed), in turns on the same data, for as many epochs each.

Usage: python3 tests/bench/w7_neural.py build/bin/bench_neural
Needs python3-numpy and python3-sklearn. Times are seconds an epoch, the smallest of several trainings. Fails where our loss after
the same epochs is more than 10 % above scikit-learn's: the two start from other random weights and shuffle in another order.
"""
import json
import os
import subprocess
import sys
import tempfile
import time
import warnings

import numpy
from sklearn.neural_network import MLPClassifier

from linear_peers import canary

try:
    import torch
except ImportError:
    torch = None

warnings.filterwarnings("ignore")


class Program:
    """bench_neural --serve over one data set: one training a call."""

    def __init__(self, binary, X, y, classes, settings):
        self.file = tempfile.NamedTemporaryFile(suffix=".f64", dir=os.environ.get("TMPDIR", "/dev/shm"))
        numpy.asfortranarray(X).T.tofile(self.file)
        numpy.asarray(y, dtype=float).tofile(self.file)
        self.file.flush()
        self.process = subprocess.Popen([binary, "--serve", self.file.name, str(len(X)), str(X.shape[1]), str(classes), *settings],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def train(self, threads):
        self.process.stdin.write(f"{threads}\ntrain\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if "error" in answer:
            raise SystemExit(answer["error"])
        return answer["seconds"], answer["loss"], answer["accuracy"]

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.file.close()


def sklearn(X, y, hidden, solver, batch, epochs, rate):
    model = MLPClassifier(hidden, solver=solver, batch_size=batch, max_iter=epochs, tol=0, n_iter_no_change=10 ** 9,
                          learning_rate_init=rate, nesterovs_momentum=False, random_state=0)
    start = time.perf_counter()
    model.fit(X, y)
    return time.perf_counter() - start, model.loss_, model.score(X, y)


def pytorch(X, y, hidden, solver, batch, epochs, rate):
    """The fastest common idiom: a loop over slices of tensors, no loader."""
    torch.manual_seed(0)
    widths = [X.shape[1], *hidden, int(y.max()) + 1]
    layers = []
    for inputs, outputs in zip(widths, widths[1:]):
        layers += [torch.nn.Linear(inputs, outputs), torch.nn.ReLU()]
    net = torch.nn.Sequential(*layers[:-1])
    descent = torch.optim.Adam(net.parameters(), rate) if solver == "adam" else torch.optim.SGD(net.parameters(), rate, momentum=0.9)
    X, y = torch.tensor(X, dtype=torch.float32), torch.tensor(y, dtype=torch.long)
    entropy = torch.nn.CrossEntropyLoss()
    start = time.perf_counter()
    for _ in range(epochs):
        order, total = torch.randperm(len(X)), 0.0
        for first in range(0, len(X), batch):
            rows = order[first:first + batch]
            descent.zero_grad(set_to_none=True)
            loss = entropy(net(X[rows]), y[rows])
            loss.backward()
            descent.step()
            total += float(loss.detach()) * len(rows)
    seconds = time.perf_counter() - start
    with torch.no_grad():
        accuracy = float((net(X).argmax(1) == y).float().mean())
    return seconds, total / len(X), accuracy


def data(n, features, classes):
    """Classes that only a bent boundary tells apart."""
    random = numpy.random.default_rng(7)
    X = random.normal(size=(n, features))
    W = random.normal(size=(features, 3 * classes)) / numpy.sqrt(features)
    scores = numpy.tanh(2 * X @ W) @ random.normal(size=(3 * classes, classes)) + 0.5 * random.gumbel(size=(n, classes))
    return X, scores.argmax(axis=1)


def main(binary):
    failed = False
    for features, hidden, classes, n in ((2, (8, 8), 3, 10_000), (64, (100,), 10, 70_000)):
        X, y = data(n, features, classes)
        epochs = 20 if features == 2 else 5
        for batch, solver in ((32, "adam"), (32, "sgd"), (200, "adam"), (200, "sgd")):
            rate = 1e-3 if solver == "adam" else 0.05
            case = (X, y, hidden, solver, batch, epochs, rate)
            settings = [f"hidden_layers={', '.join(map(str, hidden))}", "activation=relu",
                        f"solver={'momentum' if solver == 'sgd' else solver}", f"batch_size={batch}", f"learning_rate={rate}",
                        f"epochs={epochs}", "tolerance=0", "patience=1000000"]
            runs = {}
            programs = []
            for name, more, threads in (("modelarium", [], "all threads"), ("modelarium, 1 thread", [], "one thread"),
                                        ("modelarium, double", ["precision=double"], "all threads")):
                program = Program(binary, X, y, classes, settings + more)
                programs.append(program)
                runs[name] = lambda program=program, threads=threads: program.train(threads)
            runs["sklearn"] = lambda: sklearn(*case)
            if torch:
                runs["PyTorch"] = lambda: pytorch(*case)
            best, last = {}, {}
            for _ in range(3):
                for name, run in runs.items():
                    for _ in range(3 if name.startswith("modelarium") else 1):
                        seconds, *last[name] = run()
                        best[name] = min(best.get(name, seconds), seconds / epochs)
            for program in programs:
                program.close()
            shape = "-".join(map(str, (features, *hidden, classes)))
            for name in runs:
                loss, accuracy = last[name]
                print(f"{shape:10} n={n} {solver:4} batch {batch:3}  {name:21} {best[name] * 1e3:9.3f} ms/epoch  {1 / best[name]:7.0f} "
                      f"epochs/s  loss {loss:.4f}  accuracy {accuracy:.4f}  ratio {best[name] / best['modelarium']:6.1f}", flush=True)
            failed |= last["modelarium"][0] > 1.1 * last["sklearn"][0]
    return failed


print(f"canary {canary():.2f}")
failed = main(sys.argv[1])
print(f"canary {canary():.2f}")
sys.exit("a loss more than 10 % above scikit-learn's" if failed else 0)
