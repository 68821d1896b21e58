#!/usr/bin/env python3
"""W1, a CSV file to typed columns, beside other readers: interleaved, with a checksum, medians, spread, ratios and peak memory.

    python3 tests/bench/w1_csv.py path/to/bench_csv [--rounds N] [--big]

Peers: R's data.table (r-base-core, r-cran-data.table) and, from the Python that runs this script, polars, pandas and duckdb;
those that are not installed are left out. Each reading runs in a fresh process that reads the file three times; the fastest
of the three counts, and the table shows the median over the rounds.
"""
import argparse
import importlib.util
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

TIMES = 3

PYTHON = """
import sys, time, json, resource
path, times, peer = sys.argv[1], int(sys.argv[2]), sys.argv[3]
if peer == 'polars':
    import polars as pl
    read = lambda: pl.read_csv(path, try_parse_dates=True, null_values=['NA', ''], infer_schema_length=10000)
    total = lambda d: sum(float(d[c].fill_nan(None).sum() or 0) for c, t in d.schema.items() if t.is_numeric())
elif peer.startswith('pandas'):
    import pandas as pd
    precision = 'round_trip' if peer == 'pandas exact' else None
    read = lambda: pd.read_csv(path, float_precision=precision)
    total = lambda d: float(d.select_dtypes('number').sum().sum())
else:
    import duckdb
    db = duckdb.connect()
    def read():
        db.execute("drop table if exists t")
        db.execute(f"create table t as select * from read_csv('{path}', nullstr=['NA', ''])")
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
for (i in seq_len(as.integer(a[2]))) s <- c(s, system.time(d <- fread(a[1], showProgress = FALSE))[3])
v <- sum(sapply(d, function(x) if (is.numeric(x) && !inherits(x, "Date")) sum(as.numeric(x), na.rm = TRUE) else 0))
m <- as.numeric(sub(".*VmHWM:\\\\s*([0-9]+).*", "\\\\1", paste(readLines("/proc/self/status"), collapse = " "))) / 1024
cat(sprintf('{"seconds":[%s],"sum":%.17g,"peak_mb":%.1f}', paste(s, collapse = ","), v, m))
"""


def commands(bench, path):
    runs = {"modelarium": [bench, "read", path, str(TIMES)]}
    if shutil.which("Rscript"):
        runs["fread"] = ["Rscript", "-e", R, path, str(TIMES)]
    for module, names in {"polars": ["polars"], "pandas": ["pandas", "pandas exact"], "duckdb": ["duckdb"]}.items():
        if importlib.util.find_spec(module):
            for name in names:
                runs[name] = [sys.executable, "-c", PYTHON, path, str(TIMES), name]
    return runs


def measure(bench, path, rounds):
    results = {}
    for _ in range(rounds):
        for name, command in commands(bench, path).items():
            done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "R_DATATABLE_NUM_THREADS": str(os.cpu_count())})
            if done.returncode != 0:
                print(f"{name}: {done.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
                continue
            result = json.loads(done.stdout)
            entry = results.setdefault(name, {"seconds": [], "sum": result["sum"], "peak_mb": 0})
            entry["seconds"].append(min(result["seconds"]))
            entry["peak_mb"] = max(entry["peak_mb"], result["peak_mb"])
    return results


def report(title, path, results):
    own = statistics.median(results["modelarium"]["seconds"])
    print(f"\n{title}: {os.path.getsize(path) / 1e6:.0f} MB")
    print(f"{'':14} {'median s':>9} {'fastest':>9} {'slowest':>9} {'ratio':>7} {'peak MB':>8}  checksum")
    for name, entry in sorted(results.items(), key=lambda item: statistics.median(item[1]["seconds"])):
        median = statistics.median(entry["seconds"])
        print(f"{name:14} {median:9.4f} {min(entry['seconds']):9.4f} {max(entry['seconds']):9.4f} {median / own:6.1f}x {entry['peak_mb']:8.0f}  {entry['sum']:.4f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench", help="the built bench_csv")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--big", action="store_true", help="ten million rows too (1 GB)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sets = [("num1m", "num", 1_000_000), ("mixed1m", "mixed", 1_000_000)] + ([("num10m", "num", 10_000_000)] if arguments.big else [])
        for title, kind, rows in sets:
            path = os.path.join(folder, title + ".csv")
            subprocess.run([arguments.bench, "make", kind, str(rows), path], check=True)
            report(title, path, measure(arguments.bench, path, arguments.rounds))
            os.remove(path)


if __name__ == "__main__":
    main()
