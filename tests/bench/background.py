"""Measures how background downloads yield, over emulated links.

    python3 background.py [--program FILE] [--folder FOLDER] [--delays MS,...] [--mode on,off]

A download of the program has the link for itself; then another transfer by curl begins on the same
bottleneck, and ends. Prints which shares of the link each had, by how much the queue delayed packets,
and how soon the download made way. The server and the clients are in network namespaces of their own,
with link.py between them. Needs nginx, /dev/net/tun and the right to make namespaces.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from link import FAR, Link, available
from links import CONFIG, ROOT, wait_until_it_listens

RATE, QUEUE = 20e6, 200 * 1024
ALONE_S, SHARED_S, AFTER_S = 16.0, 22.0, 34.0
START_S = 8.0
MEBIBYTES = 256


class Samples:
    """What each port has brought, and the delay of the queue, every 20 ms."""

    def __init__(self, link: Link):
        self.link = link
        self.rows: list[tuple[float, int, int, float]] = []
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def run(self) -> None:
        while not self.over.wait(0.02):
            waiting = self.link.to_near.waiting_bytes * 8 / RATE
            ports = dict(self.link.to_near.by_port)
            self.rows.append((time.monotonic(), ports.get(8000, 0), ports.get(8001, 0), waiting))

    def between(self, begin: float, end: float) -> tuple[float, float, list[float]]:
        rows = [row for row in self.rows if begin <= row[0] < end]
        seconds = rows[-1][0] - rows[0][0]
        own, other = (8 * (rows[-1][way] - rows[0][way]) / seconds / RATE for way in (1, 2))
        return own, other, [row[3] * 1000 for row in rows]


def measure(program: str, folder: Path, delay_ms: float, mode: str) -> None:
    config = CONFIG.format(folder=folder, far=FAR)
    config = config.replace(f"listen {FAR}:8000;", f"listen {FAR}:8000; listen {FAR}:8001;")
    (folder / "conf").write_text(config)
    target, store = folder / f"target-{mode}-{delay_ms}", folder / f"store-{mode}-{delay_ms}"
    get = [program, "get", "-q", "--store", str(store), "-o", str(target), "--background-mode", mode]
    with Link(rate=RATE, delay_ms=delay_ms, queue=QUEUE) as link:
        link.start_far(["nginx", "-c", str(folder / "conf"), "-p", str(folder)])
        wait_until_it_listens(link)
        samples = Samples(link)
        samples.thread.start()
        client = link.start_near([*get, f"http://{FAR}:8000/file"], stdout=subprocess.DEVNULL)
        begin = time.monotonic()
        time.sleep(ALONE_S)
        curl = ["curl", "-s", "-o", os.devnull, f"http://{FAR}:8001/file"]
        other = link.start_near(curl)
        began = time.monotonic()
        time.sleep(SHARED_S)
        other.kill()
        other.wait()
        ended = time.monotonic()
        time.sleep(AFTER_S)
        end = time.monotonic()
        client.kill()
        client.wait()
        samples.over.set()
        samples.thread.join()
    alone, _, queue = samples.between(begin + START_S, began)
    start_max = max(samples.between(begin, begin + START_S)[2])
    # It has made way when it has less than a tenth of the link in the last half second.
    made_way = began
    while made_way < ended and samples.between(made_way, made_way + 0.5)[0] >= 0.1:
        made_way += 0.1
    shared, others, _ = samples.between(began + 4, ended)
    after, _, _ = samples.between(end - 8, end)
    print(
        f"| {mode} | {delay_ms:g} | {alone:.3f} | {statistics.median(queue):.0f} | {max(queue):.0f} "
        f"| {start_max:.0f} | {made_way - began:.1f} | {shared:.3f} | {others:.3f} | {after:.3f} |",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=str(ROOT / "target/release/bgcopy"))
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--delays", default="30,150")
    parser.add_argument("--mode", default="on,off")
    options = parser.parse_args()
    if not available():
        raise SystemExit("no link can be made here: /dev/net/tun or the right to it is missing")
    print("| background mode | ms | alone | queue, ms | most | at the start | way after, s | shared | others | then |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        (folder / "served").mkdir()
        with (folder / "served" / "file").open("wb") as file:
            for _ in range(MEBIBYTES):
                file.write(os.urandom(1 << 20))
        os.utime(folder / "served" / "file", (time.time() - 60, time.time() - 60))
        for mode in options.mode.split(","):
            for delay in options.delays.split(","):
                measure(options.program, folder, float(delay), mode)


if __name__ == "__main__":
    main()
