"""What networks do, between two namespaces with an emulated link (tests/bench/link.py).

Rules: the file is right; once the fault is gone bytes come again within the retry delay and a little; while
nothing can come the program uses less than one per cent of a processor and `why` says what is missing.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from figures import Budget, Figures, Row
from kill import MIB, note_end, note_rest
from place import PATIENCE_S, ROOT, Bench, Place, Running, hash_of

# There is a link.py here, too.
found = importlib.util.spec_from_file_location("emulated_link", ROOT / "tests/bench/link.py")
emulated = importlib.util.module_from_spec(found)
found.loader.exec_module(emulated)

PORT = 8000
MBIT = 1e6
SIZE = 6 * MIB

# So much has come in before a fault begins, and has to come in to show that it goes on.
BEGUN = 400_000

RETRY_S = 5
# Two seconds on a machine with nothing else to do; the figures that are printed are as measured.
RECOVERY_S = RETRY_S + 5

# A share of one processor.
CPU_MAX = 0.01

# Where a process starts that is to have names of its own.
NAMES = 'mount --bind "$1" /etc/hosts && mount --bind "$2" /etc/resolv.conf || exit 77; shift 2; exec "$@"'
NAME = "files.test"

OTHER_NEAR = "10.99.0.3"


class Net:
    """A link with the server on its far side and one download on the near side."""

    def __init__(self, bench: Bench, link: Any, figures: Figures, what: str):
        self.bench, self.link, self.figures, self.what = bench, link, figures, what
        self.place = bench.place()
        self.path = self.place.target / "file"
        self.hosts = self.place.folder / "hosts"
        self.resolver = self.place.folder / "resolv.conf"
        self.hosts.write_text("127.0.0.1 localhost\n")
        # Nobody answers there: a name that is in no file is not found at once.
        self.resolver.write_text("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
        self.server: subprocess.Popen | None = None

    def serve(self) -> None:
        words = [str(self.bench.server_program), "--address", emulated.FAR, "--port", str(PORT)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self.server = self.link.start_far(words, **pipes)
        self.server.stdout.readline()

    def end_server(self) -> None:
        self.server.kill()
        self.server.wait()

    def side(self, number: int) -> list[str]:
        return ["nsenter", f"--net=/proc/{os.getpid()}/fd/{self.link.namespaces[number]}"]

    def ip(self, side: int, *words: str) -> None:
        subprocess.run([*self.side(side), "ip", *words], check=True)

    def get(self, host: str = emulated.FAR) -> Running:
        self.name = f"/gen/{self.place.folder.name}/{SIZE}"
        before = [*self.side(0), "unshare", "--mount", "sh", "-c", NAMES, "sh"]
        before += [str(self.hosts), str(self.resolver)]
        words = ["get", "-q", "--retry-delay", str(RETRY_S), "-o", str(self.path)]
        return self.place.start(*words, f"http://{host}:{PORT}{self.name}", before=before)

    def came(self) -> int:
        """Bytes of the file that the program has; what the link carries may have come to nobody."""
        return sum(job["bytes_transferred"] for job in self.place.jobs())

    def wait_for(self, count: int, seconds: float, running: Running) -> float | None:
        """How long it takes until so many bytes came to the near side; None if they do not."""
        began = time.monotonic()
        until = self.came() + count
        while time.monotonic() < began + seconds:
            if self.came() >= until or running.process.poll() is not None:
                return time.monotonic() - began
            time.sleep(0.05)
        return None

    def idle(self, running: Running, seconds: float, words: tuple[str, ...]) -> None:
        """Nothing can come for so long: what that costs, and what `why` says of it."""
        # What was on its way is worked off first.
        time.sleep(1)
        before, began = cpu_seconds(running.process.pid), time.monotonic()
        time.sleep(seconds - 1)
        share = (cpu_seconds(running.process.pid) - before) / (time.monotonic() - began)
        if share > CPU_MAX:
            self.figures.note("other", f"{self.what}: {share:.1%} of a processor while it is down")
        why = self.place.run("why", *(job["id"] for job in self.place.jobs()))
        if why.code != 0 or not any(word in why.out.lower() for word in words):
            self.figures.note("other", f"{self.what}: why says {why.out!r} {why.err!r}")

    def finish(self, running: Running) -> None:
        note_end(self.figures, self.place.finish(running), self.what)
        if hash_of(self.path) != self.bench.server.hash_of(self.name):
            kind = "wrong" if self.path.exists() else "lost"
            self.figures.note(kind, f"{self.what}: {self.path} at the end")
        note_rest(self.figures, self.place, self.what)
        self.bench.discard(self.place)


def cpu_seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


# A fault: begins, and gives what ends it.
Fault = Callable[[Net], Callable[[], None]]


def black_hole(net: Net) -> Callable[[], None]:
    net.link.to_near.loss = net.link.to_far.loss = 1.0

    def end() -> None:
        net.link.to_near.loss = net.link.to_far.loss = 0.0

    return end


def server_gone(net: Net) -> Callable[[], None]:
    net.end_server()
    return net.serve


def link_down(net: Net) -> Callable[[], None]:
    net.ip(0, "link", "set", "link0", "down")

    def up() -> None:
        net.ip(0, "link", "set", "link0", "up")
        # It went with the link.
        route = ["route", "replace", f"{emulated.FAR}/32", "dev", "link0", "src", emulated.NEAR]
        net.ip(0, *route)

    return up


def other_address(net: Net) -> Callable[[], None]:
    """Packets to the old address go nowhere from now on; there is a new one at once."""
    net.ip(1, "route", "add", f"{OTHER_NEAR}/32", "dev", "link0")
    net.ip(0, "address", "del", f"{emulated.NEAR}/32", "peer", emulated.FAR, "dev", "link0")
    net.ip(0, "address", "add", f"{OTHER_NEAR}/32", "peer", emulated.FAR, "dev", "link0")
    return lambda: None


# With how long each lasts, and words of which `why` has one meanwhile.
Kind = tuple[Fault, float, tuple[str, ...]]
FAULTS: list[Kind] = [
    (black_hole, 12, ("no_response", "silent", "stall", "nothing", "no byte")),
    (server_gone, 12, ("refused", "connect", "retry")),
    (link_down, 12, ("network", "offline", "connect", "retry")),
    (other_address, 0, ()),
]


def broken(bench: Bench, row: Row, slowest: dict[str, float], faults: list[Kind]) -> None:
    for fault, seconds, words in faults:
        what = f"network: {fault.__name__}"
        with emulated.Link(rate=16 * MBIT, delay_ms=20) as link:
            net = Net(bench, link, row.own, what)
            net.serve()
            running = net.get()
            if net.wait_for(BEGUN, PATIENCE_S, running) is None:
                row.own.note("other", f"{what}: it did not begin: {running.kill().words()}")
                continue
            end = fault(net)
            row.own.faults += 1
            if seconds:
                net.idle(running, seconds, words)
            end()
            # The server's TCP tries again at twice the time, and a connection may be silent for 60 s: not
            # what it should be, and shown as it is.
            most = PATIENCE_S if fault is black_hole else RECOVERY_S
            took = net.wait_for(BEGUN, PATIENCE_S, running)
            if took is None or took > most:
                row.own.note("other", f"{what}: it went on after {took} s")
            slowest[fault.__name__] = max(slowest.get(fault.__name__, 0), took or PATIENCE_S)
            net.finish(running)


def unknown_name(bench: Bench, row: Row, slowest: dict[str, float]) -> None:
    """A name that does not resolve, and then does."""
    what = "network: a name that does not resolve"
    with emulated.Link(rate=16 * MBIT, delay_ms=20) as link:
        net = Net(bench, link, row.own, what)
        net.serve()
        running = net.get(NAME)
        row.own.faults += 1
        net.idle(running, 12, ("resolve", "name"))
        net.hosts.write_text(f"127.0.0.1 localhost\n{emulated.FAR} {NAME}\n")
        took = net.wait_for(BEGUN, PATIENCE_S, running)
        if took is None or took > RECOVERY_S:
            row.own.note("other", f"{what}: it went on after {took} s")
        slowest["name"] = max(slowest.get("name", 0), took or PATIENCE_S)
        net.finish(running)


def bad_links(bench: Bench, row: Row) -> None:
    """Links that are slow or lose packets: nothing is told to be wrong, and the file is right."""
    for what, rate, delay_ms, loss in [
        ("5 % loss", 20 * MBIT, 20, 0.05),
        ("8 Mbit/s", 8 * MBIT, 80, 0.0),
    ]:
        with emulated.Link(rate=rate, delay_ms=delay_ms, loss=loss) as link:
            net = Net(bench, link, row.own, f"network: {what}")
            net.serve()
            row.own.faults += 1
            net.finish(net.get())


def network(bench: Bench, budget: Budget) -> Row:
    row = Row("network: black hole, reset, loss, link down and up, address change, unknown name")
    if not emulated.available():
        row.skipped = "no link can be made here, not even in namespaces"
        return row
    slowest: dict[str, float] = {}
    while row.own.faults == 0 or not budget.is_over:
        if budget.is_short:
            # All take a minute and a half.
            broken(bench, row, slowest, [budget.rng.choice(FAULTS)])
            continue
        bad_links(bench, row)
        unknown_name(bench, row, slowest)
        broken(bench, row, slowest, FAULTS)
    row.facts += [f"{name}: bytes came again {took:.1f} s after it" for name, took in slowest.items()]
    return row


CASES = [network]
