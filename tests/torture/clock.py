"""Clocks that are wrong, jump, or stand still.

libfaketime gives the program another wall clock, which a file moves while it runs; a time namespace gives it
another monotonic clock. Rules: the file is right, no wait becomes longer than it was, and nothing is given up.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from figures import Budget, Figures, Row
from kill import MIB, note_end, note_rest
from link import Link, end
from place import PATIENCE_S, Bench, Place, Running, hash_of

SIZE = 2 * MIB
RATE = 1_000_000
BEGUN = 300_000

RETRY_S = 5
RECOVERY_S = RETRY_S + 2

FAR = ("+400d", "-400d")

LIBRARIES = [
    *Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"),
    *Path("/usr/local/lib/faketime").glob("libfaketimeMT.so.1"),
]


class Clocked:
    """A download by a program whose wall clock is what a file says."""

    def __init__(self, bench: Bench, figures: Figures, what: str, link: Link):
        self.bench, self.figures, self.what, self.link = bench, figures, what, link
        self.place = bench.place()
        self.said = self.place.folder / "clock"
        self.set("+0")
        self.place.env |= {
            "LD_PRELOAD": str(LIBRARIES[0]),
            "FAKETIME_TIMESTAMP_FILE": str(self.said),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DISABLE_SHM": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            # The times of files are the system's.
            "NO_FAKE_STAT": "1",
        }
        self.path = self.place.target / "file"
        self.name = f"/gen/{self.place.folder.name}/{SIZE}"
        link.names["/file"] = self.name

    def set(self, said: str) -> None:
        """In one step: a file that is half written is no time."""
        other = self.said.with_suffix(".new")
        other.write_text(said + "\n")
        other.rename(self.said)

    def get(self, before: list[str] | None = None) -> Running:
        words = ["get", "-q", "--retry-delay", str(RETRY_S), "-o", str(self.path)]
        return self.place.start(*words, self.link.url("/file"), before=before)

    def wait_for(self, count: int, running: Running) -> float | None:
        """How long it takes until so many bytes came; None if they do not."""
        began = time.monotonic()
        until = self.link.down + count
        while time.monotonic() < began + PATIENCE_S:
            if self.link.down >= until or running.process.poll() is not None:
                return time.monotonic() - began
            time.sleep(0.01)
        return None

    def goes_on(self, running: Running) -> None:
        took = self.wait_for(BEGUN, running)
        if took is None or took > RECOVERY_S:
            self.figures.note("other", f"{self.what}: it went on after {took} s")

    def finish(self, running: Running) -> None:
        note_end(self.figures, self.place.finish(running), self.what)
        if hash_of(self.path) != self.bench.server.hash_of(self.name):
            kind = "wrong" if self.path.exists() else "lost"
            self.figures.note(kind, f"{self.what}: {self.path} at the end")
        self.set("+0")
        note_rest(self.figures, self.place, self.what)
        self.bench.discard(self.place)


def next_start(clocked: Clocked, said: str) -> None:
    """It is killed, and the next start has another time."""
    running = clocked.get()
    clocked.wait_for(BEGUN, running)
    running.kill()
    clocked.set(said)
    running = clocked.get()
    clocked.goes_on(running)
    clocked.finish(running)


def in_mid_job(clocked: Clocked, said: str) -> None:
    running = clocked.get()
    clocked.wait_for(BEGUN, running)
    clocked.set(said)
    clocked.goes_on(running)
    clocked.finish(running)


def failing(clocked: Clocked) -> Running:
    """A job whose server says that it is not available; it waits to try again."""
    clocked.link.names["/file"] = f"{clocked.name}?status=503"
    running = clocked.get()
    clocked.wait_for(1, running)
    time.sleep(0.5)
    return running


def in_a_wait(clocked: Clocked, said: str) -> None:
    """The clock jumps while it waits to try again: the wait becomes no longer."""
    running = failing(clocked)
    clocked.link.names["/file"] = clocked.name
    clocked.set(said)
    clocked.goes_on(running)
    clocked.finish(running)


def in_a_wait_over_a_start(clocked: Clocked, said: str) -> None:
    running = failing(clocked)
    running.kill()
    clocked.link.names["/file"] = clocked.name
    clocked.set(said)
    running = clocked.get()
    clocked.goes_on(running)
    clocked.finish(running)


def sleep(clocked: Clocked, said: str) -> None:
    """As a machine that slept: it stood still, the wall clock went on, the server has hung up."""
    running = clocked.get()
    clocked.wait_for(BEGUN, running)
    os.killpg(running.process.pid, signal.SIGSTOP)
    with clocked.link.lock:
        for one in clocked.link.open:
            end(one)
    clocked.set("+8h")
    time.sleep(1)
    os.killpg(running.process.pid, signal.SIGCONT)
    clocked.goes_on(running)
    clocked.finish(running)


def monotonic(clocked: Clocked, said: str) -> None:
    """The next start has another monotonic clock in the same boot, as a container that was moved has."""
    first = ["unshare", "--time", "--monotonic", "864000", "--boottime", "864000", "--"]
    running = clocked.get(first if said.startswith("-") else None)
    clocked.link.names["/file"] = f"{clocked.name}?status=503"
    clocked.wait_for(1, running)
    time.sleep(0.5)
    running.kill()
    clocked.link.names["/file"] = clocked.name
    running = clocked.get(None if said.startswith("-") else first)
    clocked.goes_on(running)
    clocked.finish(running)


SCENARIOS: list[Callable[[Clocked, str], None]] = [
    next_start,
    in_mid_job,
    in_a_wait,
    in_a_wait_over_a_start,
    sleep,
    monotonic,
]


def is_believed(bench: Bench) -> bool:
    """Whether the program takes the time that it is given."""
    with Link(bench.server.port) as link:
        clocked = Clocked(bench, Figures(), "", link)
        clocked.set("+400d")
        clocked.place.run("add", link.url("/file"), str(clocked.path))
        made = [job["creation_ms"] / 1000 for job in clocked.place.jobs()]
        bench.discard(clocked.place)
    return bool(made) and made[0] > time.time() + 399 * 86_400


def clock(bench: Bench, budget: Budget) -> Row:
    row = Row("clock: 400 days ahead and back, a jump in a job and in a wait, sleep")
    if not LIBRARIES:
        row.skipped = "libfaketime is not installed"
        return row
    if not is_believed(bench):
        row.skipped = "libfaketime has no effect on the program"
        return row
    scenarios = SCENARIOS
    if subprocess.run(["unshare", "--time", "true"], capture_output=True).returncode != 0:
        scenarios = [scenario for scenario in SCENARIOS if scenario is not monotonic]
        row.facts.append("the monotonic clock was not moved, as there are no time namespaces here")
    while row.own.faults == 0 or not budget.is_over:
        # All take most of a minute.
        for scenario in budget.rng.sample(scenarios, 2) if budget.is_short else scenarios:
            for said in FAR:
                with Link(bench.server.port, RATE) as link:
                    what = f"clock: {scenario.__name__} {said}"
                    scenario(Clocked(bench, row.own, what, link), said)
                    row.own.faults += 1
    return row


CASES = [clock]
