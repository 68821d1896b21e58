"""What the benchmark scripts share: programs that are measured in turns, each in a process of its own, and the table of what they took.

A side is a process that does its work once for every line on its standard input and answers with one line of JSON: {"seconds": ...} and
whatever else is to be compared, or {"error": ...}. So each has its own memory, starts once, and stands idle while another is measured.
"""
import json
import os
import statistics
import subprocess
import sys
import time


class Side:
    """A program in its own process; `rounds` limits how often it is measured, for those that take minutes."""

    def __init__(self, name, command, rounds=None, environment=None):
        self.name, self.command, self.rounds = name, [str(part) for part in command], rounds
        self.seconds, self.last, self.megabytes = [], {}, 0.0
        self.environment = {**os.environ, **(environment or {})}
        self.process = None

    def run(self, line="run"):
        if self.process is None:
            self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=self.environment)
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        text = self.process.stdout.readline()
        if not text:
            raise SystemExit(f"{self.name} ended without an answer")
        self.last = json.loads(text)
        if "error" in self.last:
            raise SystemExit(f"{self.name}: {self.last['error']}")
        self.seconds.append(self.last["seconds"])
        self.megabytes = max(self.megabytes, peak_megabytes(self.process.pid))
        return self.last

    def close(self):
        if self.process:
            self.process.stdin.close()
            self.process.wait()
            self.process = None


class ColdCommand(Side):
    """A command that is started anew each time; its time is that from start to end, and its answer is what it printed."""

    def __init__(self, name, command, read, rounds=None, environment=None):
        super().__init__(name, command, rounds, environment=environment)
        self.read = read

    def run(self, line="run"):
        start = time.perf_counter()
        process = subprocess.Popen(self.command, stdout=subprocess.PIPE, text=True, env=self.environment)
        text = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise SystemExit(f"{self.name} ended with {process.returncode}: {' '.join(self.command)}")
        self.last = self.read(text)
        self.seconds.append(seconds)
        self.megabytes = max(self.megabytes, usage.ru_maxrss / 1024)
        return self.last


def peak_megabytes(pid):
    """The most memory that a process has had resident, by the kernel's own count."""
    with open(f"/proc/{pid}/status") as status:
        for entry in status:
            if entry.startswith("VmHWM:"):
                return int(entry.split()[1]) / 1024
    return 0.0


def take_turns(sides, rounds, line="run"):
    """A B C A B C ...; the processes stay until close_all, so that each can be asked more. Between two of them is a pause: the threads of
    OpenBLAS keep their cores busy for 2^28 ticks of the clock after a call, 0.1 s, in the hope of another one, and would slow down the next side."""
    for turn in range(rounds):
        for side in sides:
            if side.rounds is None or turn < side.rounds:
                time.sleep(0.15)
                side.run(line)


def close_all(sides):
    for side in sides:
        side.close()


def print_table(title, sides, remark=lambda side: "", unit="ms"):
    """Ratios are of medians, to the first side, which is ours."""
    scale = {"ms": 1e3, "ns": 1e9}[unit]
    own = statistics.median(sides[0].seconds)
    width = max(len(side.name) for side in sides)
    print(f"\n{title}")
    print(f"{'':{width}} {'median ' + unit:>11} {'fastest':>10} {'slowest':>10} {'ratio':>8} {'peak MB':>8}")
    for side in sides:
        median = statistics.median(side.seconds)
        print(f"{side.name:{width}} {median * scale:11.2f} {min(side.seconds) * scale:10.2f} {max(side.seconds) * scale:10.2f} {median / own:7.2f}x "
              f"{side.megabytes:8.0f}  {remark(side)}", flush=True)


def answer_lines(work):
    """The other end: calls work(line) for every line, and answers with what it returns; `seconds` is the whole call where work gives none."""
    for line in sys.stdin:
        start = time.perf_counter()
        answer = work(line.strip())
        seconds = time.perf_counter() - start
        print(json.dumps({"seconds": seconds, **answer}), flush=True)


def canary():
    """How much of two cores is free: 1 where two busy processes take as long as one."""
    burn = [sys.executable, "-c", "x = 0\nfor i in range(3_000_000): x += i"]

    def seconds(count):
        start = time.perf_counter()
        for process in [subprocess.Popen(burn) for _ in range(count)]:
            process.wait()
        return time.perf_counter() - start
    return seconds(1) / seconds(2)
