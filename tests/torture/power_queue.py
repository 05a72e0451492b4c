"""Power cuts of uploads, and of Create, Resume, Cancel and Complete.

What server there is keeps what it has: so the program is killed at the moment of the cut, and its folders are
put into a state that a cut then could leave (recording.py). The next run finds another boot of the machine.

Rules: what a call was told to have done is done, a file under its name is whole, an upload comes to its end
without a second copy of its bytes or a session that nobody knows, and nothing is left behind.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from figures import Budget, Figures, Row
from kill import SIZE_SHARE, note_end, note_rest
from kill_queue import FEW, PROTOCOLS, Protocol, added, kill_once
from link import Link
from place import PATIENCE_S, Bench, Ended, Place, Running, Unreadable, hash_of
from power import another_boot
from recording import KINDS, Scenario, content, recorded, traced

# How often the log of a run is looked at that is to be cut when it has grown to some size.
LOOK_S = 0.001


class Cutter:
    """Runs commands until power is cut: once each so often as is asked for."""

    def __init__(self, bench: Bench, budget: Budget, row: Row, after: list[str]):
        self.bench, self.budget, self.row, self.after = bench, budget, row, after
        # Files of the last one that have other times than a cut would have left.
        self.touched: list[str] = []
        # Of each kind of command, what it took when nothing disturbed it: seconds, and bytes of its log.
        self.most: dict[str, tuple[float, int]] = {}

    @property
    def kind(self) -> str:
        return KINDS[self.row.own.faults % len(KINDS)]

    def run_on(self, place: Place, *words: str) -> Ended:
        """A run behind the cut."""
        return place.run(*words, before=self.after)

    def jobs(self, place: Place, what: str) -> dict[str, dict] | None:
        """The queue behind the cut; None if it cannot be read, which is noted."""
        for _ in range(2):
            try:
                return {one["id"]: one for one in place.jobs()}
            except Unreadable as error:
                problem = error
                # What is damaged is saved by the next one that opens it to write.
                self.run_on(place, "run")
        self.row.own.note("lost", f"{what}: {problem}")
        return None

    def cut(self, place: Place, name: str, roots: list[Path], *words: str) -> Ended | None:
        """Runs a command and cuts power while it runs; how far it came. Its output is what it told."""
        log = place.folder / "log"
        before = content(roots)
        running = place.start(*words, before=traced(log))
        ended = self.wait_for_the_cut(running, log, name)
        scenario = Scenario(roots, before, list(recorded(log)))
        log.unlink()
        number, kind = len(scenario.calls), self.kind
        self.row.own.faults += 1
        if problem := scenario.leave(number, kind, self.budget.rng, place.folder):
            self.row.own.note("other", f"{name}: {problem}")
            return None
        self.touched = scenario.touched
        return ended

    def wait_for_the_cut(self, running: Running, log: Path, name: str) -> Ended:
        """At a moment of its time, or when so much of what it does is done."""
        if name not in self.most:
            ended = Place.finish(running)
            self.most[name] = ended.seconds, log.stat().st_size
            return ended
        seconds, size = self.most[name]
        if self.budget.rng.random() < 0.5:
            running.wait(self.budget.rng.uniform(0, seconds))
        else:
            most = self.budget.rng.randrange(size)
            until = time.monotonic() + seconds
            while time.monotonic() < until and not running.wait(LOOK_S):
                if log.exists() and log.stat().st_size >= most:
                    break
        # Not strace, which has to write down what it saw.
        for child in children(running.process.pid):
            os.kill(child, signal.SIGKILL)
        hung = not running.wait(PATIENCE_S)
        return running.end(signal.SIGKILL, hung)


def children(process: int) -> list[int]:
    try:
        return [int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except OSError:
        return []


def upload(cutter: Cutter, protocol: Protocol) -> None:
    bench, figures = cutter.bench, cutter.row.own
    place = bench.place()
    place.store.mkdir(mode=0o700)
    what = f"upload by {protocol.name}, {cutter.kind}"
    size = protocol.size // 2 + cutter.budget.rng.randrange(100_000)
    source = place.folder / "source"
    source.write_bytes(cutter.budget.rng.randbytes(size))
    remote = f"{protocol.path}/{place.folder.name}-{cutter.budget.rng.randrange(1 << 30)}"
    with Link(bench.server.port, protocol.rate) as link:
        words = ["put", "--json", "--protocol", protocol.name, str(source), link.url(remote)]
        ended = cutter.cut(place, protocol.name, [place.store], *words)
        if ended is None:
            return
        is_there = bench.server.hash_of(remote) == hash_of(source)
        was_done = '"event":"done"' in ended.out
        if was_done and not is_there:
            figures.note("lost", f"{what}: it was told to be done")
        jobs = cutter.jobs(place, what)
        if not jobs and not is_there and '"event":"created"' in ended.out:
            figures.note("lost", f"{what}: a job that was told of: {ended.words()}")
        if jobs or not is_there:
            note_end(figures, cutter.run_on(place, *words), what)
        if (found := bench.server.hash_of(remote)) != hash_of(source):
            figures.note("wrong" if found else "lost", f"{what}: {remote} at the end")
        unfinished = bench.server.listing(protocol.path + "/").splitlines()
        if with_bytes := [line for line in unfinished if not line.endswith(" 0")]:
            figures.note("other", f"{what}: unfinished on the server: {with_bytes}")
        sent = link.up
    figures.again += max(0, sent - size)
    if protocol.kill_bytes and sent > SIZE_SHARE * size + protocol.kill_bytes:
        figures.note("other", f"{what}: {sent} bytes sent for {size}")
    note_rest(figures, place, what)
    bench.discard(place)


def power_uploads(bench: Bench, budget: Budget) -> Row:
    row = Row("power cut of uploads by BITS, tus, IETF, S3, PUT, POST")
    after, row.skipped = another_boot(bench)
    if after is None:
        return row
    cutter = Cutter(bench, budget, row, after)
    number = 0
    while number < len(PROTOCOLS) or not budget.is_over:
        upload(cutter, PROTOCOLS[number % len(PROTOCOLS)])
        number += 1
    return row


class Few:
    """A job of some files, and the folders that a cut is about."""

    def __init__(self, cutter: Cutter, link: Link, size: int):
        self.cutter, self.bench, self.figures = cutter, cutter.bench, cutter.row.own
        self.place = cutter.bench.place()
        self.place.store.mkdir(mode=0o700)
        self.roots = [self.place.store, self.place.target]
        self.files = {f"/gen/{seed}/{size}": self.place.target / str(seed) for seed in range(FEW)}
        self.words = [word for name, path in self.files.items() for word in (link.url(name), str(path))]

    def wrong(self, what: str) -> None:
        for name, path in self.files.items():
            if path.exists() and hash_of(path) != self.bench.server.hash_of(name):
                self.figures.note("wrong", f"{what}: {path}")

    def are_there(self) -> bool:
        return all(path.exists() for path in self.files.values())

    def end(self, what: str, are_wanted: bool) -> None:
        """Run to the end by a process of the next boot."""
        ended = self.cutter.run_on(self.place, "run", "--complete")
        if "LOCAL_FILE_CHANGED" in ended.err and self.cutter.touched:
            # Our doing: it is fetched anew.
            self.cutter.run_on(self.place, "resume", *(self.cutter.jobs(self.place, what) or {}))
            ended = self.cutter.run_on(self.place, "run", "--complete")
        note_end(self.figures, ended, what)
        self.wrong(f"{what}, at the end")
        if are_wanted and not self.are_there():
            self.figures.note("lost", f"{what}: files are not there at the end")
        note_rest(self.figures, self.place, what)
        self.bench.discard(self.place)


def create(few: Few, what: str) -> None:
    ended = few.cutter.cut(few.place, "add", few.roots, "add", *few.words)
    if ended is None:
        return
    told = ended.out.split()[0] if ended.code == 0 and ended.out else None
    jobs = few.cutter.jobs(few.place, what)
    if told and (jobs is None or told not in jobs):
        few.figures.note("lost", f"{what}: {told}, which was told of")
    # What was not told of may be there without all its files, or not yet resumed.
    for job in jobs or {}:
        if not told:
            note_end(few.figures, few.cutter.run_on(few.place, "cancel", job), f"{what}: cancel")
    few.end(what, bool(told))


def resume(few: Few, what: str) -> None:
    job = added(few.place, few.figures, what, few.words)
    if job is None:
        return
    note_end(few.figures, few.place.run("suspend", job), f"{what}: suspend")
    ended = few.cutter.cut(few.place, "resume", few.roots, "resume", job)
    if ended is None:
        return
    jobs = few.cutter.jobs(few.place, what) or {}
    if job not in jobs:
        few.figures.note("lost", f"{what}: {job}")
    elif ended.code == 0 and jobs[job]["state"].lower() == "suspended":
        few.figures.note("lost", f"{what}: it was told to be resumed and is suspended")
    note_end(few.figures, few.cutter.run_on(few.place, "resume", job), f"{what}: again")
    few.end(what, True)


def cancel(few: Few, what: str) -> None:
    job = added(few.place, few.figures, what, few.words)
    if job is None:
        return
    # So that there are bytes to be deleted.
    kill_once(few.place.start("run"), few.cutter.budget, 0.1, 0.4)
    ended = few.cutter.cut(few.place, "cancel", few.roots, "cancel", job)
    if ended is None:
        return
    is_listed = job in (few.cutter.jobs(few.place, what) or {})
    if ended.code == 0 and is_listed:
        few.figures.note("lost", f"{what}: it was told to be cancelled and is there")
    if is_listed:
        again = few.cutter.run_on(few.place, "cancel", job)
        # What was begun is finished by whoever opens the queue.
        if again.code != 0 and job in (few.cutter.jobs(few.place, what) or {}):
            note_end(few.figures, again, f"{what}: again")
    if there := [path.name for path in few.files.values() if path.exists()]:
        few.figures.note("wrong", f"{what}: {there} of a cancelled job")
    few.end(what, False)


def complete(few: Few, what: str) -> None:
    job = added(few.place, few.figures, what, few.words)
    if job is None:
        return
    note_end(few.figures, few.place.run("run"), what)
    ended = few.cutter.cut(few.place, "complete", few.roots, "complete", job)
    if ended is None:
        return
    few.wrong(what)
    jobs = few.cutter.jobs(few.place, what) or {}
    if ended.code == 0 and (job in jobs or not few.are_there()):
        few.figures.note("lost", f"{what}: it was told to be completed: {jobs.get(job)}")
    if job not in jobs and not few.are_there():
        few.figures.note("lost", f"{what}: {job}")
    few.end(what, True)


CALLS: list[Callable[[Few, str], None]] = [create, resume, cancel, complete]


def power_calls(bench: Bench, budget: Budget) -> Row:
    row = Row("power cut in Create, Resume, Cancel and Complete")
    after, row.skipped = another_boot(bench)
    if after is None:
        return row
    cutter = Cutter(bench, budget, row, after)
    number = 0
    with Link(bench.server.port, 20e6) as link:
        while number < len(CALLS) or not budget.is_over:
            call = CALLS[number % len(CALLS)]
            few = Few(cutter, link, 300_000 if call is cancel else 20_000)
            call(few, f"{call.__name__}, {cutter.kind}")
            number += 1
    return row


CASES = [power_uploads, power_calls]
