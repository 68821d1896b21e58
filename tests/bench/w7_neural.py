#!/usr/bin/env python3
"""W7: neural networks beside scikit-learn and PyTorch, in turns on the same data, for as many epochs each.

Usage: w7_neural.py path/to/bench_neural [--rounds 5] [--only 2|64]

PyTorch is taken from the Python that runs this script or from Debian's (python3-torch), its eager loop over slices of tensors being the
fastest common idiom; it is left out where neither has it. Fails where our loss after the same epochs is more than 10 % above
scikit-learn's: the two start from other random weights and shuffle in another order.
"""
import argparse
import os
import subprocess
import sys
import tempfile
import time
import warnings

import numpy

from side_by_side import Side, answer_lines, canary, close_all, print_table, take_turns

DEBIAN_PYTHON = "/usr/bin/python3"


def data(n, features, classes):
    """Classes that only a bent boundary tells apart."""
    random = numpy.random.default_rng(7)
    X = random.normal(size=(n, features))
    W = random.normal(size=(features, 3 * classes)) / numpy.sqrt(features)
    scores = numpy.tanh(2 * X @ W) @ random.normal(size=(3 * classes, classes)) + 0.5 * random.gumbel(size=(n, classes))
    return X, scores.argmax(axis=1)


def sklearn(X, y, hidden, solver, batch, epochs, rate):
    from sklearn.neural_network import MLPClassifier
    model = MLPClassifier(hidden, solver=solver, batch_size=batch, max_iter=epochs, tol=0, n_iter_no_change=10 ** 9,
                          learning_rate_init=rate, nesterovs_momentum=False, random_state=0)
    start = time.perf_counter()
    model.fit(X, y)
    return time.perf_counter() - start, model.loss_, model.score(X, y)


def pytorch(X, y, hidden, solver, batch, epochs, rate):
    import torch
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


def serve(peer, path, features, hidden, solver, batch, epochs, rate):
    warnings.filterwarnings("ignore")
    numbers = numpy.fromfile(path).reshape(features + 1, -1)
    X, y = numpy.ascontiguousarray(numbers[:features].T), numbers[features].astype(int)
    train = {"sklearn": sklearn, "PyTorch": pytorch}[peer]

    def fit(_):
        seconds, loss, accuracy = train(X, y, hidden, solver, batch, epochs, rate)
        return {"seconds": seconds, "loss": float(loss), "accuracy": float(accuracy)}
    answer_lines(fit)


def python_with(module):
    for python in (sys.executable, DEBIAN_PYTHON):
        if os.path.exists(python) and subprocess.run([python, "-c", f"import numpy, {module}"], capture_output=True).returncode == 0:
            return python
    return None


def compare(bench, case, rounds):
    path, n, features, hidden, classes, solver, batch, epochs, torch = case
    rate = 1e-3 if solver == "adam" else 0.05
    command = [bench, "--serve", path, n, features, classes, f"hidden_layers={', '.join(map(str, hidden))}", "activation=relu",
               f"solver={'momentum' if solver == 'sgd' else solver}", f"batch_size={batch}", f"learning_rate={rate}", f"epochs={epochs}",
               "tolerance=0", "patience=1000000"]
    ours, single, double = Side("modelarium", command), Side("modelarium, 1 thread", command), Side("modelarium, double", [*command, "precision=double"])
    lines = {ours: "all threads", single: "one thread", double: "all threads"}
    peers = {"sklearn": sys.executable, **({"PyTorch": torch} if torch else {})}
    sides = [ours, single, double]
    for name, python in peers.items():
        for threads in (os.cpu_count(), 1):         # which is faster depends on the size of a batch
            sides.append(Side(name if threads > 1 else f"{name}, 1 thread",
                              [python, __file__, "--serve", name, path, features, ",".join(map(str, hidden)), solver, batch, epochs, rate],
                              rounds=max(1, rounds // 2), environment={"OMP_NUM_THREADS": str(threads), "OPENBLAS_NUM_THREADS": str(threads)}))
    for _ in range(rounds):
        for side in sides:
            if side.rounds is None or len(side.seconds) < side.rounds:
                time.sleep(0.15)                    # as take_turns does
                side.run(lines.get(side, "run"))
    close_all(sides)
    shape = "-".join(map(str, (features, *hidden, classes)))
    print_table(f"{shape}, n = {n}, {solver}, batch {batch}, {epochs} epochs", sides,
                lambda side: f"{epochs / min(side.seconds):7.0f} epochs/s  loss {side.last['loss']:.4f}  right {100 * side.last['accuracy']:.2f} %")
    return ours.last["loss"] > 1.1 * sides[3].last["loss"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bench")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", type=int)
    options = parser.parse_args()
    torch = python_with("torch")
    if not torch:
        print("PyTorch is not installed")
    print(f"canary {canary():.2f}")
    failed = False
    for features, hidden, classes, n in ((2, (8, 8), 3, 10_000), (64, (100,), 10, 70_000)):
        if options.only not in (None, features):
            continue
        with tempfile.NamedTemporaryFile(suffix=".f64", dir=os.environ.get("TMPDIR", "/dev/shm")) as file:
            X, y = data(n, features, classes)
            numpy.concatenate([X.ravel(order="F"), y.astype(float)]).tofile(file)
            file.flush()
            for batch, solver in ((32, "adam"), (32, "sgd"), (200, "adam"), (200, "sgd")):
                failed |= compare(options.bench, (file.name, n, features, hidden, classes, solver, batch, 20 if features == 2 else 5, torch), options.rounds)
    print(f"canary {canary():.2f}")
    return "a loss more than 10 % above scikit-learn's" if failed else 0


if len(sys.argv) == 10 and sys.argv[1] == "--serve":
    peer, path, features, hidden, solver, batch, epochs, rate = sys.argv[2:]
    serve(peer, path, int(features), [int(width) for width in hidden.split(",")], solver, int(batch), int(epochs), float(rate))
else:
    sys.exit(main())
