"""Compares the program with curl, aria2c and wget2.

    python3 program.py [--program FILE] [--folder FOLDER] [--rounds N] [--cases WORD,...]

Downloads from nginx on the loopback interface, and sends to its WebDAV module. The clients take
turns, each run a process of its own. Prints one table for each case, as in docs/benchmarks.md,
with medians: user and system time of the client alone, its most resident memory, and the files a
second. The files go to a folder below FOLDER (default: /dev/shm), so that the disk can be chosen.
Every run ends after two minutes at most, and then counts as failed. Clients that are not
installed are left out. Needs nginx and 4 GiB of space.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RUN_S = 120
PARALLEL = 16

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
  keepalive_requests 1000000;
  client_max_body_size 0;
  client_body_temp_path {folder}/bodies;
  proxy_temp_path {folder}/t1; fastcgi_temp_path {folder}/t2;
  uwsgi_temp_path {folder}/t3; scgi_temp_path {folder}/t4;
  server {{
    listen unix:{folder}/port-probe;
    listen 127.0.0.1:{port};
    location / {{ root {folder}/served; }}
    location /in/ {{ root {folder}/received; dav_methods PUT; create_full_put_path on; }}
  }}
}}
"""


@dataclass
class Work:
    """What one run has to do."""

    address: str
    names: list[str]
    source: Path
    target: Path
    scratch: Path

    def listing(self, line: Callable[[str], str]) -> Path:
        path = self.scratch / "list"
        path.write_text("".join(line(name) for name in self.names))
        return path


@dataclass
class Run:
    """What one run took."""

    seconds: float
    cpu: float
    memory: float


def bgcopy_get(program: str, work: Work) -> list[str]:
    listed = work.listing(lambda name: f"{work.address}/{name}\n")
    store = str(work.scratch / "store")
    return [program, "get", "-q", "--store", store, "-d", str(work.target), "-i", str(listed)]


def curl_get(program: str, work: Work) -> list[str]:
    listed = work.listing(
        lambda name: f'url = "{work.address}/{name}"\noutput = "{work.target}/{name}"\n'
    )
    return [program, "-s", "-Z", "--parallel-max", str(PARALLEL), "-K", str(listed)]


def aria2_get(program: str, work: Work) -> list[str]:
    listed = work.listing(lambda name: f"{work.address}/{name}\n")
    return [program, "-q", f"-j{PARALLEL}", "-x1", "-d", str(work.target), "-i", str(listed)]


def wget2_get(program: str, work: Work) -> list[str]:
    listed = work.listing(lambda name: f"{work.address}/{name}\n")
    threads = f"--max-threads={PARALLEL}"
    return [program, "-q", threads, "-P", str(work.target), "-i", str(listed)]


def bgcopy_put(program: str, work: Work) -> list[str]:
    files = [str(work.source / name) for name in work.names]
    store = str(work.scratch / "store")
    url = f"{work.address}/in/"
    return [program, "put", "-q", "--protocol", "put", "--store", store, *files, url]


def curl_put(program: str, work: Work) -> list[str]:
    listed = work.listing(
        lambda name: f'upload-file = "{work.source}/{name}"\nurl = "{work.address}/in/{name}"\n'
    )
    return [program, "-s", "-Z", "--parallel-max", str(PARALLEL), "-K", str(listed)]


GETS = {"bgcopy": bgcopy_get, "curl": curl_get, "aria2c": aria2_get, "wget2": wget2_get}
PUTS = {"bgcopy": bgcopy_put, "curl": curl_put}
CASES = {
    "get-one": ("download, 1 x 1 GiB", GETS, 1, 1 << 30),
    "get-large": ("download, 64 x 16 MiB", GETS, 64, 16 << 20),
    "get-small": ("download, 10,000 x 4 KiB", GETS, 10_000, 4 << 10),
    "put-one": ("upload, 1 x 1 GiB", PUTS, 1, 1 << 30),
    "put-small": ("upload, 10,000 x 4 KiB", PUTS, 10_000, 4 << 10),
}


def run(command: list[str]) -> Run | None:
    """Runs a client and asks the system what it took; None if it failed.

    What the system says of a child of this process is no less than this process had when it began:
    GNU time stands between them where it is installed, and takes a millisecond of CPU.
    """
    with tempfile.NamedTemporaryFile() as report:
        timer = shutil.which("time")
        between = [timer, "-q", "-f", "%M", "-o", report.name] if timer else []
        took = run_directly(between + command)
        if took and timer:
            took.memory = int(Path(report.name).read_text()) / 1024
        return took


def run_directly(command: list[str]) -> Run | None:
    began = time.monotonic()
    child = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    watch = threading.Timer(RUN_S, os.killpg, [child.pid, signal.SIGKILL])
    watch.start()
    try:
        _, status, usage = os.wait4(child.pid, 0)
    except BaseException:
        os.killpg(child.pid, signal.SIGKILL)
        raise
    finally:
        watch.cancel()
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        return None
    seconds = time.monotonic() - began
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


@contextmanager
def served_by_nginx(config: str, parent: Path, port: int) -> Iterator[Path]:
    """Runs nginx in a new folder below one, with a configuration that names `folder`, `port` and
    the socket `port-probe`, which is there once it runs.
    """
    nginx = shutil.which("nginx") or "/usr/sbin/nginx"
    with tempfile.TemporaryDirectory(dir=parent) as made:
        folder = Path(made)
        text = config.format(folder=folder, port=port)
        written = folder / "nginx.conf"
        written.write_text("user root;\n" + text if os.geteuid() == 0 else text)
        with subprocess.Popen([nginx, "-c", str(written), "-e", "stderr"]) as server:
            try:
                while not (folder / "port-probe").exists():
                    time.sleep(0.02)
                    assert server.poll() is None, "nginx does not start"
                yield folder
            finally:
                server.terminate()


def fill(folder: Path, count: int, length: int) -> list[str]:
    names = [f"f{number:05}" for number in range(count)]
    block = os.urandom(min(length, 1 << 20))
    for name in names:
        with (folder / name).open("wb") as file:
            for _ in range(max(1, length // len(block))):
                file.write(block)
    return names


def is_whole(work: Work, received: Path, length: int) -> bool:
    return all(
        (received / name).is_file() and (received / name).stat().st_size == length
        for name in work.names
    )


def case(title: str, word: str, folder: Path, port: int, programs: dict[str, str], rounds: int):
    _, clients, count, length = CASES[word]
    served, received = folder / "served", folder / "received"
    served.mkdir(exist_ok=True)
    names = fill(served, count, length)
    runs: dict[str, list[Run | None]] = {name: [] for name in clients if name in programs}
    for _ in range(rounds):
        for name in runs:
            target, scratch = folder / "target", folder / "scratch"
            for made in (target, scratch, received / "in"):
                made.mkdir(parents=True)
            work = Work(f"http://127.0.0.1:{port}", names, served, target, scratch)
            took = run(clients[name](programs[name], work))
            arrived = target if clients is GETS else received / "in"
            whole = took is not None and is_whole(work, arrived, length)
            runs[name].append(took if whole else None)
            for made in (target, scratch, received):
                shutil.rmtree(made)
    shutil.rmtree(served)
    show(title, runs, count, rounds)


def show(title: str, runs: dict[str, list[Run | None]], count: int, rounds: int) -> None:
    print(f"\n### {title}, median of {rounds}\n")
    print("| client | CPU s | of curl's | files/s | most memory, MiB |")
    print("|---|---|---|---|---|")
    curl = statistics.median([took.cpu for took in runs.get("curl", []) if took] or [0])
    for name, all_runs in runs.items():
        whole = [took for took in all_runs if took]
        if len(whole) < len(all_runs):
            print(f"| {name} | {len(all_runs) - len(whole)} of {len(all_runs)} failed | | | |")
            continue
        cpu = statistics.median(took.cpu for took in whole)
        share = f"{cpu / curl:.2f}" if curl else "-"
        rate = count / statistics.median(took.seconds for took in whole)
        memory = statistics.median(took.memory for took in whole)
        print(f"| {name} | {cpu:.2f} | {share} | {rate:,.1f} | {memory:.0f} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=str(ROOT / "target/release/bgcopy"))
    parser.add_argument("--folder", default="/dev/shm")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--port", type=int, default=18_431)
    parser.add_argument("--cases", default=",".join(CASES))
    arguments = parser.parse_args()
    words = arguments.cases.split(",")
    if unknown := [word for word in words if word not in CASES]:
        parser.error(f"no case is called {', '.join(unknown)}; there are {', '.join(CASES)}")
    # Asked to end, it ends what it started, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    programs = {name: path for name in GETS if (path := shutil.which(name))}
    programs["bgcopy"] = arguments.program
    with served_by_nginx(CONFIG, Path(arguments.folder), arguments.port) as folder:
        for word in words:
            title = CASES[word][0]
            case(title, word, folder, arguments.port, programs, arguments.rounds)


if __name__ == "__main__":
    main()
