"""What w2_least_squares.py and w3_logistic.py share: one data set in a file, read by each program in a process of its own."""
import os
import shutil
import sys
import tempfile
import time

import numpy

from side_by_side import Side, answer_lines

BENCH = os.environ.get("BENCH_LINEAR", "build/bench/bin/bench_linear")

# The other end of Data.r(): `fit` is a function of X and y that returns the intercepts in the first row and then the weights, a column an output; "ones" is
# X behind a column of ones, made before the clock starts, for those that take no intercept.
R = r"""
a <- commandArgs(TRUE); n <- as.integer(a[2]); p <- as.integer(a[3])
f <- file(a[1], "rb"); X <- matrix(readBin(f, "double", n * p), n, p); y <- readBin(f, "double", n); close(f)
FIT
numbers <- function(x) paste0("[", paste(sprintf("%.17g", x), collapse = ","), "]")
input <- file("stdin", "r")
while (length(line <- readLines(input, 1)) == 1) {
  invisible(gc()); start <- Sys.time(); b <- as.matrix(fit(X, y)); s <- as.numeric(Sys.time() - start, units = "secs")
  W <- paste0("[", paste(apply(b[-1, , drop = FALSE], 2, numbers), collapse = ","), "]")
  cat(sprintf('{"seconds":%.6f,"W":%s,"b":%s}\n', s, W, numbers(b[1, ]))); flush(stdout())
}
"""


class Data:
    """All columns of X, then y, as doubles."""

    def __init__(self, X, y):
        self.rows, self.features = X.shape
        self.file = tempfile.NamedTemporaryFile(suffix=".f64", dir=os.environ.get("TMPDIR", "/dev/shm"))
        numpy.asfortranarray(X).T.tofile(self.file)
        numpy.asarray(y, dtype=float).tofile(self.file)
        self.file.flush()

    def ours(self, learner, classes=0, settings=()):
        return Side("modelarium", [BENCH, "--serve", learner, self.file.name, self.rows, self.features, classes, *settings])

    def peer(self, name, script, rounds=None):
        return Side(name, [sys.executable, script, "--serve", name, self.file.name, self.rows, self.features], rounds)

    def eigen(self, name, method, threads):
        return Side(name, [os.path.join(os.path.dirname(BENCH), "eigen_peer"), method, self.file.name, self.rows, self.features],
                    environment={"OMP_NUM_THREADS": str(threads)})

    def r(self, name, definition, rounds=None):
        """R code that defines `fit`; none where R is not installed."""
        if not shutil.which("Rscript"):
            return []
        return [Side(name, ["Rscript", "-e", R.replace("FIT", definition), self.file.name, self.rows, self.features], rounds)]


def model_of(side):
    """The weights, a row an output, and the intercepts that the side answered with last."""
    return numpy.atleast_2d(side.last["W"]), numpy.ravel(side.last["b"])


def serve(peers, order):
    """The other end of Data.peer(): peers is {name: function of X and y that returns weights and intercepts}; `order` is the one they like."""
    name, path, rows, features = sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5])
    numbers = numpy.fromfile(path)
    X, y = numpy.asarray(numbers[:rows * features].reshape(features, rows).T, order=order), numbers[rows * features:]
    if order == "C":
        y, numbers = y.copy(), None                 # the columns are not needed any more

    def fit(_):
        start = time.perf_counter()
        W, b = peers[name](X, y)
        seconds = time.perf_counter() - start
        return {"seconds": seconds, "W": numpy.atleast_2d(W).tolist(), "b": numpy.ravel(b).tolist()}
    answer_lines(fit)
