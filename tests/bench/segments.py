"""Measures one file by several connections, beside curl and aria2c.

    python3 segments.py [--program FILE] [--folder FOLDER] [--rounds N] [--cases WORD,...]

One file is served on the loopback interface: by nginx without a limit and to one or two
connections at a time, by the test server with a limit for each connection, as nginx sends the
first second of each answer at once. The clients take turns; each run must
bring the right bytes. Prints medians: seconds, the rate as a multiple of curl's, user and
system time, the most resident memory. Every run ends after two minutes at most. Clients that
are not installed are left out. Needs nginx and 2.5 GiB of space.
"""

from __future__ import annotations

import argparse
import filecmp
import os
import shutil
import statistics
import subprocess
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE

from program import ROOT, Run, run, served_by_nginx

LIMITING = str(ROOT / "target/release/bgcopy-test-server")

CONFIG = """
worker_processes 1;
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log crit;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  sendfile on;
  client_body_temp_path {folder}/bodies;
  proxy_temp_path {folder}/t1; fastcgi_temp_path {folder}/t2;
  uwsgi_temp_path {folder}/t3; scgi_temp_path {folder}/t4;
  limit_conn_zone $server_port zone=all:1m;
  server {{
    listen unix:{folder}/port-probe;
    listen 127.0.0.1:{port};
    root {folder}/served;
    location /free/ {{ alias {folder}/served/; }}
    location /one/ {{ alias {folder}/served/; limit_rate 8m; limit_conn all 1; }}
    location /two/ {{ alias {folder}/served/; limit_rate 8m; limit_conn all 2; }}
  }}
}}
"""


@dataclass
class Case:
    """A way to serve a file of so many MiB, and how many connections the clients may have."""

    title: str
    mebibytes: int
    connections: list[int]


CASES = {
    "limited": Case("2 MiB/s for each connection, 120 MiB", 120, [1, 8, 16, 32]),
    "one": Case("one connection of 8 MiB/s at a time, 64 MiB", 64, [8]),
    "two": Case("two connections of 8 MiB/s at a time, 64 MiB", 64, [8]),
    "free": Case("no limit, 1 GiB", 1024, [1, 8]),
}


def commands(programs: dict[str, str], url: str, scratch: Path, connections: list[int]):
    target = str(scratch / "file")
    yield "curl", [programs["curl"], "-s", "-o", target, url]
    for most in connections:
        store = str(scratch / "store")
        bgcopy = [programs["bgcopy"], "get", "-q", "--store", store, "-o", target]
        yield f"bgcopy, {most}", [*bgcopy, "--connections-per-file", str(most), url]
    if "aria2c" in programs:
        most = min(16, connections[-1])
        aria2 = [programs["aria2c"], "-q", f"-x{most}", f"-s{most}", "-k1M", "-d", str(scratch)]
        yield f"aria2c, {most}", [*aria2, "-o", "file", url]


def measure(word: str, folder: Path, port: int, programs: dict[str, str], rounds: int) -> None:
    case = CASES[word]
    served = folder / "served" / "file"
    served.parent.mkdir()
    if word == "limited":
        with subprocess.Popen([LIMITING], stdin=PIPE, stdout=PIPE, text=True) as server:
            address = server.stdout.readline().split()[-1] + f"/gen/7/{case.mebibytes << 20}"
            subprocess.run([programs["curl"], "-s", "-o", served, address], check=True)
            take_turns(case, f"{address}?rate={2 << 20}", folder, programs, rounds)
            server.stdin.close()
    else:
        block = os.urandom(1 << 20)
        with served.open("wb") as file:
            for number in range(case.mebibytes):
                file.write(number.to_bytes(4, "big") + block[4:])
        take_turns(case, f"http://127.0.0.1:{port}/{word}/file", folder, programs, rounds)
    shutil.rmtree(served.parent)


def take_turns(case: Case, url: str, folder: Path, programs: dict[str, str], rounds: int) -> None:
    served = folder / "served" / "file"
    runs: dict[str, list[Run]] = {}
    for _ in range(rounds):
        scratch = folder / "scratch"
        for name, command in commands(programs, url, scratch, case.connections):
            scratch.mkdir()
            took = run(command)
            if took and filecmp.cmp(served, scratch / "file", shallow=False):
                runs.setdefault(name, []).append(took)
            else:
                print(f"{name} failed", flush=True)
            shutil.rmtree(scratch)
    show(case.title, runs, rounds)


def show(title: str, runs: dict[str, list[Run]], rounds: int) -> None:
    print(f"\n### {title}, median of {rounds}\n")
    print("| client, connections | s | times curl's rate | CPU s | most memory, MiB |")
    print("|---|---|---|---|---|")
    curl = statistics.median(took.seconds for took in runs["curl"])
    for name, all_runs in runs.items():
        seconds = statistics.median(took.seconds for took in all_runs)
        cpu = statistics.median(took.cpu for took in all_runs)
        memory = statistics.median(took.memory for took in all_runs)
        rate = curl / seconds
        print(f"| {name} | {seconds:.1f} | {rate:.2f} | {cpu:.2f} | {memory:.0f} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=str(ROOT / "target/release/bgcopy"))
    parser.add_argument("--folder", default="/dev/shm")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--port", type=int, default=18_432)
    parser.add_argument("--cases", default=",".join(CASES))
    arguments = parser.parse_args()
    words = arguments.cases.split(",")
    if unknown := [word for word in words if word not in CASES]:
        parser.error(f"no case is called {', '.join(unknown)}; there are {', '.join(CASES)}")
    programs = {name: path for name in ("curl", "aria2c") if (path := shutil.which(name))}
    programs["bgcopy"] = arguments.program
    with served_by_nginx(CONFIG, Path(arguments.folder), arguments.port) as folder:
        for word in words:
            measure(word, folder, arguments.port, programs, arguments.rounds)


if __name__ == "__main__":
    main()
