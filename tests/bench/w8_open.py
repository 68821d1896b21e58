#!/usr/bin/env python3
"""W8: a large frozen forest, from its file until it can be asked: ours, and the same forest exported for ONNX Runtime, which is called from C.

Usage: w8_open.py path/to/bench_predict [--rounds 5] [--trees 100]     (needs scikit-learn, skl2onnx, onnxruntime, and onnx_peer beside bench_predict)

scikit-learn grows the trees to the end on 100,000 rows of 20 features with a fifth of the labels turned round: 2.7 million nodes. Ours is the model file that
the program saves, JSON with the numbers of all trees packed, a checksum and rows to predict again; both files are in memory. The sums of the probabilities of
2,000 rows must agree to 1e-5, or the script fails.
"""
import argparse
import os
import subprocess
import sys
import tempfile

import numpy
from sklearn.ensemble import RandomForestClassifier

from side_by_side import Side, canary, close_all, print_table, take_turns
from w8_predict import FEATURES, nodes_of, onnx_from_c, write_onnx

ROWS, ASKED = 100_000, 2_000


def forest(trees):
    random = numpy.random.RandomState(6)
    X = random.normal(size=(ROWS + ASKED, FEATURES)).astype(numpy.float32).astype(float)
    y = ((X[:, 0] + X[:, 1] * X[:, 2] > 0.2) != (random.uniform(size=len(X)) < 0.2)).astype(int)
    return X[ROWS:], RandomForestClassifier(trees, random_state=0, n_jobs=2).fit(X[:ROWS], y[:ROWS])


def write(bench, folder, X, model):
    X.tofile(f"{folder}/rows.f64")
    X.astype(numpy.float32).tofile(f"{folder}/rows.f32")
    numpy.concatenate([nodes_of(tree.tree_, k) for k, tree in enumerate(model.estimators_)]).tofile(f"{folder}/forest.f64")
    write_onnx(model, f"{folder}/forest.onnx")
    subprocess.run([bench, "--save", "forest", f"{folder}/forest.model.json"], check=True, env={**os.environ, "MODELARIUM_BENCH_DATA": folder})
    os.remove(f"{folder}/forest.f64")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bench")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--trees", type=int, default=100)
    options = parser.parse_args()
    print(f"canary {canary():.2f}")
    X, model = forest(options.trees)
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR", "/dev/shm")) as folder:
        write(options.bench, folder, X, model)
        peer = onnx_from_c(options.bench, f"{folder}/forest.onnx", "forest", f"{folder}/rows.f32")
        if peer is None:
            return "this version of onnxruntime brings no library that can be called from C"
        sides = [Side("modelarium", [options.bench, "--open", f"{folder}/forest.model.json"], environment={"MODELARIUM_BENCH_DATA": folder}), peer]
        files = {sides[0]: "forest.model.json", peer: "forest.onnx"}
        megabytes = {side: os.path.getsize(f"{folder}/{name}") / 1e6 for side, name in files.items()}
        take_turns(sides, options.rounds, "open")
        nodes = sum(tree.tree_.node_count for tree in model.estimators_)
        print_table(f"opening {options.trees} trees of {nodes} nodes", sides, lambda side: f"file {megabytes[side]:.0f} MB, sum {side.last['sum']:.9g}")
        close_all(sides)
    print(f"canary {canary():.2f}")
    return 0 if abs(peer.last["sum"] / sides[0].last["sum"] - 1) < 1e-5 else "the predictions differ"


sys.exit(main())
