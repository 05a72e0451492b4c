"""SIGKILL of uploads, of Cancel and Complete, and of the processes that share a queue."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from figures import Budget, Figures, Row
from kill import KILL_BYTES, KILLS_MAX, MIB, SIZE_SHARE, kill_once, note_end, note_rest, repeat
from link import Link
from place import Bench, Place, Running, Unreadable, hash_of


@dataclass
class Protocol:
    name: str
    # Where the server takes files by it.
    path: str
    size: int
    # Bytes a second, so that it takes some seconds.
    rate: float
    # What a kill may cost; None if it starts over.
    kill_bytes: int | None = KILL_BYTES
    kills_max: int = KILLS_MAX


PROTOCOLS = [
    Protocol("bits", "/up", 6 * MIB, 4e6),
    Protocol("tus", "/up/tus", 6 * MIB, 4e6),
    Protocol("ietf", "/up/ietf", 6 * MIB, 4e6),
    # A part of S3 is there as a whole or not at all, and all parts of this file can be on their way.
    Protocol("s3", "/s3", 20 * MIB, 20e6, 20 * MIB, 5),
    # These start over: killed without end they would never end.
    Protocol("put", "/up", 3 * MIB, 6e6, None, 3),
    Protocol("post", "/up", 3 * MIB, 6e6, None, 3),
]


def put_round(bench: Bench, budget: Budget, figures: Figures, protocol: Protocol) -> None:
    place = bench.place()
    what = f"upload by {protocol.name}"
    size = protocol.size + budget.rng.randrange(100_000)
    source = place.folder / "source"
    source.write_bytes(budget.rng.randbytes(size))
    remote = f"{protocol.path}/{place.folder.name}-{budget.rng.randrange(1 << 30)}"
    with Link(bench.server.port, protocol.rate) as link:
        words = ["put", "-q", "--protocol", protocol.name, str(source), link.url(remote)]
        kills, job, ended = 0, None, None
        while kills < protocol.kills_max and ended is None:
            ended = kill_once(place.start(*words), budget, 0.05, 1.0)
            if ended is not None:
                break
            kills += 1
            try:
                ids = [one["id"] for one in place.jobs()]
            except Unreadable as error:
                figures.note("lost", f"{what}: after {kills} kills: {error}")
                break
            is_there = bench.server.hash_of(remote) is not None
            if job is not None and job not in ids and not is_there:
                figures.note("lost", f"{what}: job {job} after {kills} kills")
            if not ids and is_there:
                break
            job = ids[0] if ids else job
        figures.faults += kills
        if kills >= KILLS_MAX:
            figures.note("hangs", f"{what}: no end after {kills} kills")
        if ended is None and (place.jobs() or bench.server.hash_of(remote) is None):
            ended = place.run(*words)
        if ended is not None:
            note_end(figures, ended, what)
        if (found := bench.server.hash_of(remote)) != hash_of(source):
            figures.note("wrong" if found else "lost", f"{what}: {remote} at the end")
        # A session whose id was on its way at a kill is known to nobody; no bytes go into it.
        unfinished = bench.server.listing(protocol.path + "/").splitlines()
        if with_bytes := [line for line in unfinished if not line.endswith(" 0")]:
            figures.note("other", f"{what}: unfinished on the server: {with_bytes}")
        sent = link.up
    figures.again += max(0, sent - size)
    if protocol.kill_bytes and sent > SIZE_SHARE * size + protocol.kill_bytes * kills:
        figures.note("other", f"{what}: {sent} bytes sent for {size}, {kills} kills")
    note_rest(figures, place, what)
    bench.discard(place)


def uploads(bench: Bench, budget: Budget) -> Row:
    row = Row("kill: uploads by BITS, tus, IETF, S3, PUT, POST")

    def once(_: int) -> None:
        for protocol in PROTOCOLS:
            put_round(bench, budget, row.own, protocol)

    repeat(budget, 1.0, once)
    return row


def added(place: Place, figures: Figures, what: str, words: list[str]) -> str | None:
    """The id of a job that is in the queue for good; None if that failed."""
    ended = place.run("add", *words)
    if ended.code != 0:
        note_end(figures, ended, f"{what}: add")
        return None
    return ended.out.split()[0]


def killed_call(place: Place, budget: Budget, figures: Figures, verb: str, job: str) -> bool:
    """Kills a command on a job; whether it came to its end before and succeeded."""
    ended = kill_once(place.start(verb, job), budget, 0.0, 0.06)
    if ended is None:
        figures.faults += 1
        return False
    # What the kill left half done is finished by the next start, at times before its own call comes.
    if ended.code != 0 and "already completed" not in ended.err:
        figures.note("other", f"{verb}: {ended.words()}")
    return True


def is_listed(place: Place, figures: Figures, what: str, job: str) -> bool:
    try:
        return any(one["id"] == job for one in place.jobs())
    except Unreadable as error:
        figures.note("lost", f"{what}: {error}")
        return False


def run_to_the_end(place: Place, figures: Figures, what: str) -> None:
    """What was begun before a kill is finished by the next process."""
    note_end(figures, place.run("run"), what)


FEW = 10


def cancel(bench: Bench, budget: Budget) -> Row:
    row = Row("kill: Cancel")

    def once(number: int) -> None:
        place = bench.place()
        with Link(bench.server.port, 4e6) as link:
            words = []
            for seed in range(FEW):
                words += [link.url(f"/gen/{seed}/1000000"), str(place.target / str(seed))]
            job = added(place, row.own, row.name, words)
            if job is None:
                return
            # So that there are bytes to be deleted.
            kill_once(place.start("run"), budget, 0.2, 0.6)
            row.own.faults += 1
            for _ in range(KILLS_MAX):
                if killed_call(place, budget, row.own, "cancel", job):
                    break
                if not is_listed(place, row.own, row.name, job):
                    break
            run_to_the_end(place, row.own, row.name)
        if there := [path.name for path in place.target.iterdir() if path.name[0] != "."]:
            row.own.note("wrong", f"{row.name}: {there} of a cancelled job")
        note_rest(row.own, place, row.name)
        bench.discard(place)

    repeat(budget, 1.0, once)
    return row


def complete(bench: Bench, budget: Budget) -> Row:
    row = Row("kill: Complete")

    def once(number: int) -> None:
        place = bench.place()
        files = {f"/gen/{seed}/30000": place.target / f"sub{seed}" / "file" for seed in range(FEW)}
        words = []
        for name, path in files.items():
            path.parent.mkdir()
            words += [bench.server.url(name), str(path)]
        job = added(place, row.own, row.name, words)
        if job is None:
            return
        note_end(row.own, place.run("run"), row.name)
        for _ in range(KILLS_MAX):
            if killed_call(place, budget, row.own, "complete", job):
                break
            for name, path in files.items():
                if path.exists() and hash_of(path) != bench.server.hash_of(name):
                    row.own.note("wrong", f"{row.name}: {path}")
            if not is_listed(place, row.own, row.name, job):
                break
        run_to_the_end(place, row.own, row.name)
        for name, path in files.items():
            if hash_of(path) != bench.server.hash_of(name):
                row.own.note("wrong" if path.exists() else "lost", f"{row.name}: {path} at the end")
        note_rest(row.own, place, row.name)
        bench.discard(place)

    repeat(budget, 1.0, once)
    return row


class Sharing:
    """A queue with a process that hosts it, one that waits for its jobs, and those that call."""

    def __init__(self, bench: Bench, budget: Budget, figures: Figures, link: Link):
        self.bench, self.budget, self.figures, self.link = bench, budget, figures, link
        self.place = bench.place()
        # Jobs whose `add` has answered, with the file of each.
        self.known: dict[str, tuple[str, Path]] = {}
        self.stays: dict[str, Running] = {}
        self.seed = 0

    def keep_running(self) -> None:
        for name in ("serve", "run"):
            running = self.stays.get(name)
            if running is not None and running.process.poll() is not None:
                # The one that waits ends when nothing can move.
                ended = running.kill()
                if ended.code != 0 or ended.crashed:
                    self.figures.note("other", f"shared queue: {name}: {ended.words()}")
                running = None
            if running is None:
                self.stays[name] = self.place.start(name)

    def step(self) -> None:
        self.keep_running()
        rng = self.budget.rng
        self.seed += 1
        name = f"/gen/{self.seed}/{rng.choice([1_000, 300_000, 2_000_000])}"
        path = self.place.target / str(self.seed)
        adding = self.place.start("add", self.link.url(name), str(path))
        chosen = rng.choice(["serve", "run", "add", "both"])
        if chosen == "add":
            if not adding.wait(rng.uniform(0.0, 0.05)):
                adding.kill()
                self.figures.faults += 1
                return
        else:
            time.sleep(rng.uniform(0.0, 0.2))
            for stays in ("serve", "run") if chosen == "both" else (chosen,):
                ended = self.stays.pop(stays).kill()
                if ended.crashed:
                    self.figures.note("other", f"shared queue: {stays}: {ended.words()}")
                self.figures.faults += 1
        ended = self.place.finish(adding)
        if ended.hung:
            self.figures.note("hangs", f"shared queue: add: {ended.words()}")
        elif ended.code != 0:
            self.figures.note("other", f"shared queue: add: {ended.words()}")
        else:
            self.known[ended.out.split()[0]] = (name, path)

    def check(self) -> None:
        try:
            ids = {one["id"] for one in self.place.jobs()}
        except Unreadable as error:
            self.figures.note("lost", f"shared queue: {error}")
            return
        for job in self.known.keys() - ids:
            self.figures.note("lost", f"shared queue: job {job}, which was acknowledged")

    def finish(self) -> None:
        for running in self.stays.values():
            running.kill()
            self.figures.faults += 1
        self.check()
        note_end(self.figures, self.place.run("run", "--complete"), "shared queue")
        for name, path in self.known.values():
            if hash_of(path) != self.bench.server.hash_of(name):
                kind = "wrong" if path.exists() else "lost"
                self.figures.note(kind, f"shared queue: {path} at the end")
        note_rest(self.figures, self.place, "shared queue")
        self.bench.discard(self.place)


def shared(bench: Bench, budget: Budget) -> Row:
    row = Row("kill: server and clients of a shared queue")

    def once(_: int) -> None:
        with Link(bench.server.port, 8e6) as link:
            sharing = Sharing(bench, budget, row.own, link)
            try:
                for _ in range(20 if budget.is_short else 40):
                    sharing.step()
                    sharing.check()
            finally:
                sharing.finish()

    repeat(budget, 1.0, once)
    return row


CASES = [uploads, cancel, complete, shared]
