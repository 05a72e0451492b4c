"""Measures one file over emulated links, beside curl and aria2c.

    python3 links.py [--program FILE] [--folder FOLDER] [--rounds N] [--cases WORD,...]

The server and the clients are in network namespaces of their own, with link.py between them.
The clients take turns; each run must bring the right bytes. Prints medians: seconds, and the
rate as a multiple of curl's. Every run ends after two minutes at most. Needs nginx, /dev/net/tun
and the right to make namespaces.
"""

from __future__ import annotations

import argparse
import filecmp
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from link import FAR, Link, available

ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS_MAX = 120

CONFIG = """
worker_processes 1; daemon off; master_process off;
pid {folder}/nginx.pid; error_log {folder}/nginx.log crit;
events {{ worker_connections 256; }}
http {{
  access_log off; sendfile on;
  client_body_temp_path {folder}/t0; proxy_temp_path {folder}/t1; fastcgi_temp_path {folder}/t2;
  uwsgi_temp_path {folder}/t3; scgi_temp_path {folder}/t4;
  server {{ listen {far}:8000; root {folder}/served; }}
}}
"""


@dataclass
class Case:
    """A link, the file in MiB, and how many connections the clients may have."""

    title: str
    link: dict
    mebibytes: int
    connections: list[int]


CASES = {
    "loss": Case(
        "100 Mbit/s, 50 ms, 1 % loss",
        {"rate": 100e6, "delay_ms": 50, "queue": 600 * 1024, "loss": 0.01},
        56,
        [1, 8, 16],
    ),
    "long": Case(
        "50 Mbit/s, 150 ms, no loss",
        {"rate": 50e6, "delay_ms": 150, "queue": 900 * 1024},
        48,
        [1, 8],
    ),
}


def commands(program: str, target: Path, store: Path, connections: list[int]):
    url = f"http://{FAR}:8000/file"
    yield "curl", ["curl", "-s", "-o", str(target), url]
    for most in connections:
        get = [program, "get", "-q", "--store", str(store / str(most)), "-o", str(target)]
        yield f"bgcopy, {most}", [*get, "--connections-per-file", str(most), url]
        # What was learnt of the server is in the store.
        if most > 1:
            yield f"bgcopy, {most}, again", [*get, "--connections-per-file", str(most), url]
    if shutil.which("aria2c"):
        most = str(min(16, connections[-1]))
        aria2 = ["aria2c", "-q", "-x", most, "-s", most, "-k", "1M", "--file-allocation=none"]
        yield f"aria2c, {most}", [*aria2, "-d", str(target.parent), "-o", target.name, url]


def measure(case: Case, program: str, folder: Path, rounds: int) -> None:
    served = folder / "served"
    served.mkdir(exist_ok=True)
    (served / "file").write_bytes(os.urandom(case.mebibytes << 20))
    # A file that was just written has a weak ETag at some servers.
    os.utime(served / "file", (time.time() - 60, time.time() - 60))
    (folder / "conf").write_text(CONFIG.format(folder=folder, far=FAR))
    seconds: dict[str, list[float]] = {}
    for number in range(rounds):
        scratch = folder / f"scratch{number}"
        scratch.mkdir()
        target, store = scratch / "file", scratch / "stores"
        store.mkdir()
        for name, command in commands(program, target, store, case.connections):
            with Link(**case.link, seed=number + 1) as link:
                link.start_far(["nginx", "-c", str(folder / "conf"), "-p", str(folder)])
                wait_until_it_listens(link)
                begin = time.monotonic()
                client = link.start_near(command, stdout=subprocess.DEVNULL)
                try:
                    code = client.wait(SECONDS_MAX)
                except subprocess.TimeoutExpired:
                    client.kill()
                    code = client.wait()
                seconds.setdefault(name, []).append(time.monotonic() - begin)
            if code != 0 or not filecmp.cmp(target, served / "file", shallow=False):
                raise SystemExit(f"{name}: exit code {code}, or wrong bytes")
            target.unlink()
    print(f"\n{case.title}, {case.mebibytes} MiB, medians of {rounds}\n")
    print("| client, connections | s | times curl's rate |\n|---|---|---|")
    curl = statistics.median(seconds["curl"])
    for name, all_of_them in seconds.items():
        median = statistics.median(all_of_them)
        print(f"| {name} | {median:.1f} | {curl / median:.2f} |")


def wait_until_it_listens(link: Link) -> None:
    probe = ["curl", "-s", "-o", os.devnull, "-r", "0-0", f"http://{FAR}:8000/file"]
    for _ in range(200):
        if link.start_near(probe).wait() == 0:
            return
        time.sleep(0.05)
    raise SystemExit("nginx does not listen")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=str(ROOT / "target/release/bgcopy"))
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--cases", default=",".join(CASES))
    options = parser.parse_args()
    if not available():
        raise SystemExit("no link can be made here: /dev/net/tun or the right to it is missing")
    for word in options.cases.split(","):
        with tempfile.TemporaryDirectory(dir=options.folder) as folder:
            measure(CASES[word], options.program, Path(folder), options.rounds)


if __name__ == "__main__":
    main()
