#!/usr/bin/env python3
"""From a cold start to an answer: open a CSV file of 1,000,000 rows (99 MB), fit least squares, print the weights.

Usage: end_to_end.py path/to/bench_csv path/to/modelarium-cli [--rounds 5]

Peers: Python with pandas and scikit-learn, and R with data.table's fread and .lm.fit. Each is a new process every time, measured from its
start to its end; peak memory is the kernel's count. Fails where the weights of two of them differ by more than 1e-8.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile

import numpy

from side_by_side import ColdCommand, canary, print_table, take_turns

FEATURES = 10

PYTHON = """
import sys, json
import pandas
from sklearn.linear_model import LinearRegression
table = pandas.read_csv(sys.argv[1])
model = LinearRegression().fit(table.drop(columns="target").to_numpy(), table["target"].to_numpy())
print(json.dumps([*model.coef_, model.intercept_]))
"""

R = """
suppressMessages(library(data.table)); d <- fread(commandArgs(TRUE)[1], showProgress = FALSE)
b <- .lm.fit(cbind(1, as.matrix(d[, 1:10])), as.double(d$target))$coefficients
cat("[", paste(sprintf("%.17g", c(b[-1], b[1])), collapse = ","), "]", sep = "")
"""


def read_ours(text):
    parameters = json.loads(text)["parameters"]
    return {"weights": [*numpy.ravel(parameters["W"]), *parameters["b"]]}


def read_weights(text):
    return {"weights": json.loads(text)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bench_csv")
    parser.add_argument("cli")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    print(f"canary {canary():.2f}")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "numbers.csv")
        subprocess.run([options.bench_csv, "make", "num", "1000000", path], check=True)
        sides = [ColdCommand("modelarium-cli", [options.cli, "train", path, "--target", "target", "--learner", "linear_regression", "--json"], read_ours),
                 ColdCommand("pandas and scikit-learn", [sys.executable, "-c", PYTHON, path], read_weights)]
        if shutil.which("Rscript"):
            sides.append(ColdCommand("R: fread and .lm.fit", ["Rscript", "-e", R, path], read_weights,
                                     environment={"R_DATATABLE_NUM_THREADS": str(os.cpu_count())}))
        take_turns(sides, options.rounds)
    reference = numpy.array(sides[1].last["weights"])
    differences = {side: float(numpy.abs(numpy.array(side.last["weights"]) - reference).max()) for side in sides}
    print_table("CSV of 1,000,000 x 10 to least squares, cold", sides, lambda side: f"weights differ by {differences[side]:.0e}")
    print(f"canary {canary():.2f}")
    return "the weights differ" if max(differences.values()) > 1e-8 else 0


sys.exit(main())
