"""The n-th system call of each thread fails, at the boundary of the real program.

strace makes it fail, so that calls past the C library are reached as well. It counts in each thread
on its own. Rules: never a wrong file under its name, never a lost job, never a hang, never a crash;
once the fault is gone the same command comes to its end.
"""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from pathlib import Path

from figures import Budget, Figures, Row
from place import Bench, Ended, Place, Unreadable, hash_of

CALLS = [
    "pwrite64",
    "write",
    "fsync",
    "fdatasync",
    "rename",
    "ftruncate",
    "fallocate",
    "openat",
    "mkdir",
    "unlink",
]
ERRORS = ["EIO", "ENOSPC", "EINTR", "EMFILE"]

# No n is larger; a thread of these short scenarios makes fewer calls of a kind.
N_MAX = 100

# Two that fit in a store's first second, and one that several requests fetch.
SIZES = [700_000, 20_000, 3_000_000]


class Scenario:
    """A command, and what is to come of it."""

    def __init__(self, bench: Bench):
        self.bench = bench
        self.place = bench.place()

    def words(self) -> list[str]:
        raise NotImplementedError

    def wrong(self) -> list[str]:
        """What is under its name and not whole."""
        raise NotImplementedError

    def is_done(self) -> bool:
        raise NotImplementedError


class Get(Scenario):
    # Of the names on the server.
    query = ""

    def __init__(self, bench: Bench):
        super().__init__(bench)
        folder = self.place.target / "new"
        self.files = {f"/gen/{size}/{size}{self.query}": folder / str(size) for size in SIZES}
        self.listed = self.place.folder / "list"
        lines = [f"{bench.server.url(name)}\t{path.name}\n" for name, path in self.files.items()]
        self.listed.write_text("".join(lines))

    def words(self) -> list[str]:
        folder = str(self.place.target / "new")
        return ["get", "--json", "--all-or-nothing", "-d", folder, "-i", str(self.listed)]

    def wrong(self) -> list[str]:
        files = self.files.items()
        right = self.bench.server.hash_of
        return [str(path) for name, path in files if path.exists() and hash_of(path) != right(name)]

    def is_done(self) -> bool:
        return all(path.exists() for path in self.files.values())


class Put(Scenario):
    def __init__(self, bench: Bench):
        super().__init__(bench)
        self.source = self.place.folder / "source"
        self.source.write_bytes(bytes(range(256)) * 6_000)
        self.remote = f"/up/tus/calls-{self.place.folder.name}"

    def words(self) -> list[str]:
        url = self.bench.server.url(self.remote)
        return ["put", "--json", "--protocol", "tus", str(self.source), url]

    def wrong(self) -> list[str]:
        there = self.bench.server.hash_of(self.remote)
        return [] if there in (None, hash_of(self.source)) else [self.remote]

    def is_done(self) -> bool:
        return self.bench.server.hash_of(self.remote) is not None


SCENARIOS: list[type[Scenario]] = [Get, Put]


def traced(place: Place, words: list[str], log: Path, call: str, inject: str | None) -> Ended:
    before = [shutil.which("strace") or "strace", "-f", "-y", "-o", str(log), "-e", f"trace={call}"]
    if inject:
        before += ["-e", f"inject={call}:{inject}"]
    # What fails is told at once and not tried again later.
    running = place.start(*words, "--no-progress-timeout", "0", before=before)
    if not running.wait(3) and is_no_file(log):
        return running.kill()
    return place.finish(running, 40)


def injected(log: Path) -> list[str]:
    if not log.exists():
        return []
    return [line for line in log.read_text(errors="replace").splitlines() if "(INJECTED)" in line]


def is_no_file(log: Path) -> bool:
    """A write to a pipe or an event does not fail so in any system: nothing is learnt from it."""
    return any(re.search(r"\w+\(\d+<(pipe|socket|anon_inode|UNIX|TCP)", line) for line in injected(log))


def most_calls(bench: Bench, scenario: type[Scenario]) -> dict[str, int]:
    """How often the busiest thread makes each call if nothing fails."""
    told = scenario(bench)
    log = told.place.folder / "log"
    traced(told.place, told.words(), log, ",".join(CALLS), None)
    counts: Counter[tuple[str, str]] = Counter()
    for line in log.read_text(errors="replace").splitlines():
        if found := re.match(r"(\d+) +(\w+)\(", line):
            counts[found[1], found[2]] += 1
    bench.discard(told.place)
    return {call: max([n for (_, one), n in counts.items() if one == call], default=0) for call in CALLS}


def created(ended: Ended) -> str | None:
    """The job that the command says it made."""
    for line in ended.out.splitlines():
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if event.get("event") == "created":
            return event["id"]
    return None


def one_fault(bench: Bench, figures: Figures, scenario: type[Scenario], call: str, error: str, n: int) -> None:
    told = scenario(bench)
    place = told.place
    what = f"{scenario.__name__.lower()}, call {n} of {call} gives {error}"
    log = place.folder / "log"
    ended = traced(place, told.words(), log, call, f"error={error}:when={n}")
    if is_no_file(log):
        bench.discard(place)
        return
    figures.faults += bool(injected(log))
    if ended.hung:
        figures.note("hangs", f"{what}: {ended.words()}")
    if ended.crashed:
        figures.note("other", f"{what}: {ended.words()}")
    for path in told.wrong():
        figures.note("wrong", f"{what}: {path}")
    try:
        ids = [job["id"] for job in place.jobs()] if place.store.exists() else []
    except Unreadable as problem:
        figures.note("lost", f"{what}: {problem}")
        ids = []
    job = created(ended)
    if job is not None and job not in ids and not told.is_done():
        figures.note("lost", f"{what}: {job}: {ended.words()}")
    # A command that came to its end is not repeated: it would be a new one.
    if ended.code != 0 or ids:
        again = place.run(*told.words())
        if again.hung:
            figures.note("hangs", f"{what}: the same command without the fault: {again.words()}")
        elif again.code != 0:
            figures.note("other", f"{what}: the same command without the fault: {again.words()}")
    for path in told.wrong():
        figures.note("wrong", f"{what}: {path} at the end")
    if not told.is_done():
        figures.note("lost", f"{what}: it is not there at the end")
    if left := place.left_behind():
        figures.note("other", f"{what}: left behind: {left}")
    bench.discard(place)


def calls(bench: Bench, budget: Budget) -> Row:
    row = Row("the n-th system call fails")
    if shutil.which("strace") is None:
        row.skipped = "strace is not installed"
        return row
    all_of_them = []
    for scenario in SCENARIOS:
        for call, most in most_calls(bench, scenario).items():
            numbers = range(1, min(most, N_MAX) + 1)
            all_of_them += [(scenario, call, error, n) for error in ERRORS for n in numbers]
    budget.rng.shuffle(all_of_them)
    tried = 0
    for chosen in all_of_them:
        if tried and budget.is_over:
            break
        one_fault(bench, row.own, *chosen)
        tried += 1
    row.name += f" ({tried} of {len(all_of_them)} of them)"
    return row


CASES = [calls]
