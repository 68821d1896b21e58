#!/usr/bin/env python3
"""The window's own times, beside what a user of Python would do for the same picture.

Usage: window.py path/to/modelarium [--rounds 5]     (needs numpy, pandas and matplotlib)

Measured on the real window, on an X server without a screen where there is no display:
  start      from the start of the process to the first frame, and to the first trained model
  open       from the drop of a CSV file of 1,000,000 rows on a window at rest to the frame that shows its points; of a file of 32 MB
             and more also to its first 1,000 rows in their view, and painted
  zoom       one frame while 1,000,000 points are zoomed
  probe      from a moved probe to the frame with the new reading
The peer reads the same file with pandas, draws it with matplotlib's Agg and, for a frame of zooming, draws it again.
Rounds alternate between the two; medians are compared. The window must show every row, or the script fails.
"""
import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile

import numpy

ROWS = 1_000_000

PEER = """
import sys, time
start = time.perf_counter()
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as pyplot
import pandas
ready = time.perf_counter()
table = pandas.read_csv(sys.argv[1])
figure, axes = pyplot.subplots(figsize=(7, 5), dpi=100)
for name, rows in table.groupby("group"):
    axes.scatter(rows["x"], rows["y"], s=9, label=name)
axes.legend(loc="upper right")
figure.canvas.draw()
shown = time.perf_counter()
frames = []
for factor in (0.97, 1 / 0.97, 0.97):
    before = time.perf_counter()
    low, high = axes.get_xlim()
    middle, half = (low + high) / 2, (high - low) / 2 * factor
    axes.set_xlim(middle - half, middle + half)
    figure.canvas.draw()
    frames.append(time.perf_counter() - before)
print("import_ms", (ready - start) * 1e3)
print("open_to_picture_ms", (shown - ready) * 1e3)
print("zoom_frame_median_ms", sorted(frames)[1] * 1e3)
"""


def write_points(path):
    random = numpy.random.RandomState(3)
    group = random.randint(0, 3, ROWS)
    x = random.normal(size=ROWS) + 2.5 * group
    y = random.normal(size=ROWS) + 0.5 * group
    with open(path, "w") as file:
        file.write("x,y,group\n")
        file.writelines(f"{a:.5f},{b:.5f},{'abc'[c]}\n" for a, b, c in zip(x, y, group))


def values(command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}: {done.stderr[-500:]}")
    # The window manager may say something in between.
    return {name: float(value) for name, value in re.findall(r"^(\w+) ([0-9.e+-]+)$", done.stdout, re.MULTILINE)}


def on_a_display(program):
    """The program itself, or the program on an X server of its own."""
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        return [program]
    return [os.path.join(os.path.dirname(__file__), "..", "support", "with_display"), program]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    window = on_a_display(arguments.program)
    ours, peer = {}, {}
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "million.csv")
        write_points(path)
        for _ in range(arguments.rounds):
            for flags in (["--bench-startup"], ["--bench-open", path], ["--bench-pan", path], ["--bench-probe"]):
                for name, value in values(window + flags).items():
                    ours.setdefault(name, []).append(value)
            for name, value in values([sys.executable, "-c", PEER, path]).items():
                peer.setdefault(name, []).append(value)
    if set(ours.pop("points")) != {float(ROWS)}:
        sys.exit("the window does not show every row")
    print(f"{ROWS} rows, medians of {arguments.rounds} rounds [fastest, slowest], milliseconds")
    for name, times in ours.items():
        line = f"{name:24}{statistics.median(times):10.2f}  [{min(times):.2f}, {max(times):.2f}]"
        if name in peer:
            other = statistics.median(peer[name])
            line += f"   pandas and matplotlib {other:10.1f}   ratio {other / statistics.median(times):8.1f}"
        print(line)
    print(f"importing pandas and matplotlib alone takes {statistics.median(peer['import_ms']):.0f} ms")


if __name__ == "__main__":
    main()
