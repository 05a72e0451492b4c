"""Compares `bgcopy.download_many` with other ways to download many files.

    python compare.py [FOLDER [CLIENT ...]]

Serves generated files on the loopback interface by the test server of this repository
(`cargo build --release -p bgcopy-test-server`), runs each client of `clients.py` in a process of
its own, several times in turn, and prints the medians as tables. The files go to a folder below
FOLDER, so that the disk can be chosen; without names of clients all take part. Needs:
pip install requests httpx aiohttp pooch parfive pycurl.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from clients import CLIENTS

ROOT = Path(__file__).resolve().parents[3]
SERVER = ROOT / "target/release/bgcopy-test-server"
CASES = {
    "1,000 x 4 KiB": (1000, 4 << 10),
    "64 x 16 MiB": (64, 16 << 20),
    "1 x 1 GiB": (1, 1 << 30),
}
"""How many files of how many bytes."""

TIMES = 5


def measure(name: str, listed: Path, folder: Path, expected: int) -> dict[str, Any] | None:
    """One run; None if it failed."""
    target = folder / "files"
    target.mkdir()
    program = Path(__file__).with_name("clients.py")
    ran = subprocess.run(
        [sys.executable, program, name, listed, target], capture_output=True, text=True
    )
    shutil.rmtree(target)
    if ran.returncode != 0:
        print(ran.stderr, file=sys.stderr)
        return None
    measured: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    assert measured["bytes"] == expected, name
    return measured


def case(title: str, address: str, folder: Path, clients: Sequence[str]) -> None:
    """Prints the table of one case."""
    count, length = CASES[title]
    listed = folder / "list"
    listed.write_text("".join(f"{address}/gen/{seed}/{length}\n" for seed in range(count)))
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in clients}
    for _ in range(TIMES):
        for name in clients:
            measured = measure(name, listed, folder, count * length)
            if measured is not None:
                runs[name].append(measured)
    print(f"\n{title}, median of {TIMES}\n")
    print("| client | files/s | MiB/s | CPU s per GiB | CPU ms per file | most memory, MiB |")
    print("|---|---|---|---|---|---|")
    for name, all_runs in runs.items():
        if not all_runs:
            print(f"| {name} | failed | | | | |")
            continue

        def median(field: str, of: list[dict[str, Any]] = all_runs) -> float:
            return statistics.median(run[field] for run in of)

        seconds, cpu, total = median("seconds"), median("cpu"), count * length
        print(
            f"| {name} | {count / seconds:,.1f} | {total / seconds / 2**20:,.0f} "
            f"| {cpu * 2**30 / total:.2f} | {cpu * 1000 / count:.2f} "
            f"| {median('memory') / 2**20:.0f} |",
            flush=True,
        )


def main(base: str | None = None, *clients: str) -> None:
    with (
        subprocess.Popen(
            [SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as server,
        tempfile.TemporaryDirectory(dir=base) as folder,
    ):
        assert server.stdout is not None
        address = server.stdout.readline().removeprefix("listening ").strip()
        for title in CASES:
            case(title, address, Path(folder), clients or list(CLIENTS))
        assert server.stdin is not None
        server.stdin.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
