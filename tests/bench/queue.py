"""Measures what the program's commands cost in a long queue.

    python3 queue.py --store FOLDER [--program FILE] [--rounds N]

FOLDER holds a queue of suspended jobs, made by the test `makes_a_long_queue` of the store; it is
copied for each round. Prints user and system time and the most resident memory of each command, as in
docs/benchmarks.md, with medians. Downloads come from a server on the loopback interface.
"""

from __future__ import annotations

import argparse
import functools
import http.server
import os
import shutil
import statistics
import subprocess
import tempfile
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SMALL_BYTES = 1000


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def measure(command: list[str]) -> tuple[float, float]:
    """CPU seconds and MiB of a command, which must succeed."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command} ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def round_of(program: str, store: Path, url: str, work: Path) -> dict[str, tuple[float, float]]:
    shutil.copytree(store, work / "store")

    def run(*arguments: str) -> tuple[float, float]:
        return measure([program, "--store", str(work / "store"), *arguments])

    # The first start may have to bring the queue to a newer version.
    run("run")
    results = {"list": run("list"), "list --json": run("list", "--json")}
    get = ["get", "-q", url, "-o", str(work / "got")]
    results["get"] = run(*get)
    run("add", url, str(work / "added"))
    results["run, one job moves"] = run("run", "--complete")
    results["run, none moves"] = run("run", "--complete")
    return results


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--program", default=str(ROOT / "target/release/bgcopy"))
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    rounds = []
    with tempfile.TemporaryDirectory(dir=options.store.parent) as folder:
        served = Path(folder, "served")
        served.mkdir()
        (served / "small").write_bytes(bytes(SMALL_BYTES))
        handler = functools.partial(Quiet, directory=str(served))
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/small"
        for number in range(options.rounds):
            work = Path(folder, str(number))
            work.mkdir()
            rounds.append(round_of(options.program, options.store, url, work))
            shutil.rmtree(work)
        server.shutdown()
    print("| command | CPU s | most memory, MiB |\n|---|---|---|")
    for name in rounds[0]:
        seconds, memory = (statistics.median(values) for values in zip(*(r[name] for r in rounds)))
        print(f"| {name} | {seconds:.2f} | {memory:.0f} |")


if __name__ == "__main__":
    main()
