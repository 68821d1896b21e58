#!/usr/bin/env python3
"""W1, a CSV file to typed columns, beside other readers: interleaved, with a checksum, medians, spread, ratios and peak memory.

    python3 tests/bench/w1_csv.py path/to/bench_csv [--rounds N] [--big]

Peers: R's data.table (r-base-core, r-cran-data.table) and, from the Python that runs this script, polars, pandas, duckdb and fastpycsv, which is
csv-parser in C++ with columns of NumPy behind it; those that are not installed are left out. Each reading runs in a fresh process that reads the
file three times; the fastest of the three counts, and the table shows the median over the rounds. Peak memory is that of a process that reads it once,
and where all columns are numbers also as a multiple of what they take as doubles. Then the first 1,000 rows, and what is behind them is not looked at.
Fails where the sums of two programs differ.
"""
import argparse
import importlib.util
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

from side_by_side import canary

TIMES, FIRST, NUMBER_COLUMNS = 3, 1000, 11
PARTIAL = {("csv-parser", "mixed"): "it knows no word for a missing cell, and columns with NA are text"}

PYTHON = """
import sys, time, json, resource
path, times, peer, rows = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4]) or None
if peer == 'polars':
    import polars as pl
    read = lambda: pl.read_csv(path, try_parse_dates=True, null_values=['NA', ''], infer_schema_length=10000, n_rows=rows)
    total = lambda d: sum(float(d[c].fill_nan(None).sum() or 0) for c, t in d.schema.items() if t.is_numeric())
elif peer.startswith('pandas'):
    import pandas as pd
    precision = 'round_trip' if peer == 'pandas exact' else None
    read = lambda: pd.read_csv(path, float_precision=precision, nrows=rows)
    total = lambda d: float(d.select_dtypes('number').sum().sum())
elif peer == 'csv-parser':
    import fastpycsv
    read = lambda: fastpycsv.read_numpy(path)
    total = lambda d: sum(float(v[v == v].sum()) for v in d.values() if v.dtype.kind in 'if')
else:
    import duckdb
    db = duckdb.connect()
    def read():
        db.execute("drop table if exists t")
        db.execute(f"create table t as select * from read_csv('{path}', nullstr=['NA', ''])" + (f" limit {rows}" if rows else ""))
    def total(_):
        numeric = [r[0] for r in db.execute("describe t").fetchall() if r[1] in ('DOUBLE', 'BIGINT', 'INTEGER')]
        return float(db.execute("select " + "+".join(f"coalesce(sum({c}),0)" for c in numeric) + " from t").fetchone()[0])
seconds = []
for _ in range(times):
    begin = time.perf_counter(); data = read(); seconds.append(time.perf_counter() - begin)
print(json.dumps({'seconds': seconds, 'sum': total(data), 'peak_mb': resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
"""

R = """
library(data.table); a <- commandArgs(TRUE); s <- c()
for (i in seq_len(as.integer(a[2]))) {
  b <- Sys.time(); d <- fread(a[1], showProgress = FALSE, nrows = if (a[3] == "0") Inf else as.integer(a[3])); s <- c(s, as.numeric(Sys.time() - b, units = "secs"))
}
v <- sum(sapply(d, function(x) if (is.numeric(x) && !inherits(x, "Date")) sum(as.numeric(x), na.rm = TRUE) else 0))
m <- as.numeric(sub(".*VmHWM:\\\\s*([0-9]+).*", "\\\\1", paste(readLines("/proc/self/status"), collapse = " "))) / 1024
cat(sprintf('{"seconds":[%s],"sum":%.17g,"peak_mb":%.1f}', paste(s, collapse = ","), v, m))
"""


def commands(bench, path, times=TIMES, rows=0):
    """Of every program that is there; `rows` 0: all of them."""
    runs = {"modelarium": [bench, "first", path, str(times), str(rows)] if rows else [bench, "read", path, str(times)]}
    if shutil.which("Rscript"):
        runs["fread"] = ["Rscript", "-e", R, path, str(times), str(rows)]
    for module, names in {"polars": ["polars"], "pandas": ["pandas", "pandas exact"], "duckdb": ["duckdb"], "fastpycsv": ["csv-parser"]}.items():
        if importlib.util.find_spec(module):
            for name in names:
                runs[name] = [sys.executable, "-c", PYTHON, path, str(times), name, str(rows)]
    if rows:
        runs.pop("csv-parser", None)                # its columns are those of whole files
    return runs


def answer_of(name, command):
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "R_DATATABLE_NUM_THREADS": str(os.cpu_count())})
    if done.returncode != 0:
        raise SystemExit(f"{name}: {done.stderr.strip()}")
    return json.loads(done.stdout)


def measure(bench, path, rounds, rows=0):
    results = {}
    for _ in range(rounds):
        for name, command in commands(bench, path, rows=rows).items():
            result = answer_of(name, command)
            entry = results.setdefault(name, {"seconds": [], "sum": result["sum"]})
            entry["seconds"].append(min(result["seconds"]))
    for name, command in commands(bench, path, times=1, rows=rows).items():
        results[name]["peak_mb"] = answer_of(name, command)["peak_mb"]
    return results


def report(title, kind, results, columns_mb=None):
    """True where all sums are the same."""
    own = results["modelarium"]
    same = True
    of_columns = "  x columns" if columns_mb else ""
    print(f"\n{title}\n{'':14} {'median ms':>10} {'fastest':>9} {'slowest':>9} {'ratio':>7} {'peak MB':>8}{of_columns}  checksum")
    for name, entry in sorted(results.items(), key=lambda item: statistics.median(item[1]["seconds"])):
        median = statistics.median(entry["seconds"])
        share = f" {entry['peak_mb'] / columns_mb:9.2f}x" if columns_mb else ""
        equal = math.isclose(entry["sum"], own["sum"], rel_tol=1e-9)
        reason = PARTIAL.get((name, kind))
        same &= equal or reason is not None
        remark = "" if equal else f"  differs: {reason}"
        print(f"{name:14} {median * 1e3:10.2f} {min(entry['seconds']) * 1e3:9.2f} {max(entry['seconds']) * 1e3:9.2f} "
              f"{median / statistics.median(own['seconds']):6.1f}x {entry['peak_mb']:8.0f}{share}  {entry['sum']:.4f}{remark}", flush=True)
    return same


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench", help="the built bench_csv")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--big", action="store_true", help="ten million rows too (1 GB)")
    arguments = parser.parse_args()
    print(f"canary {canary():.2f}")
    same = True
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR", "/dev/shm")) as folder:
        sets = [("num1m", "num", 1_000_000), ("mixed1m", "mixed", 1_000_000)] + ([("num10m", "num", 10_000_000)] if arguments.big else [])
        for title, kind, rows in sets:
            path = os.path.join(folder, title + ".csv")
            subprocess.run([arguments.bench, "make", kind, str(rows), path], check=True)
            size = f"{title}: {os.path.getsize(path) / 1e6:.0f} MB"
            columns_mb = rows * NUMBER_COLUMNS * 8 / 2 ** 20 if kind == "num" else None
            same &= report(size, kind, measure(arguments.bench, path, arguments.rounds), columns_mb)
            same &= report(f"{size}, the first {FIRST} rows", kind, measure(arguments.bench, path, arguments.rounds, FIRST))
            os.remove(path)
    print(f"canary {canary():.2f}")
    return 0 if same else "the sums differ"


if __name__ == "__main__":
    sys.exit(main())
