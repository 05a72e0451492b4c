"""A store whose files are damaged, cut or missing.

Rules: never a crash, never a hang, never a wrong file; a job that is lost is named to the user, and what
was saved comes to its end.
"""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from figures import Budget, Figures, Row
from kill import note_end
from place import PATIENCE_S, Bench, Ended, Unreadable, hash_of

JOBS = 6
PAGE = 4096


def flip(rng: random.Random, path: Path, count: int) -> None:
    data = bytearray(path.read_bytes())
    for _ in range(count):
        if data:
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    path.write_bytes(data)


def one_flip(rng: random.Random, store: Path) -> None:
    flip(rng, some(rng, store), 1)


def many_flips(rng: random.Random, store: Path) -> None:
    flip(rng, some(rng, store), 30)


def cut(rng: random.Random, store: Path) -> None:
    path = some(rng, store)
    data = path.read_bytes()
    path.write_bytes(data[: rng.randrange(len(data) + 1)])


def zeroed_page(rng: random.Random, store: Path) -> None:
    overwrite(rng, some(rng, store), bytes(PAGE))


def random_page(rng: random.Random, store: Path) -> None:
    overwrite(rng, some(rng, store), rng.randbytes(PAGE))


def overwrite(rng: random.Random, path: Path, block: bytes) -> None:
    data = bytearray(path.read_bytes())
    if len(data) >= len(block):
        at = rng.randrange(len(data) // PAGE) * PAGE
        data[at : at + PAGE] = block[: len(data) - at]
        path.write_bytes(data)


def no_log(rng: random.Random, store: Path) -> None:
    (store / "queue.db-wal").unlink()


def no_index(rng: random.Random, store: Path) -> None:
    (store / "queue.db-shm").unlink()


def wrong_index(rng: random.Random, store: Path) -> None:
    flip(rng, store / "queue.db-shm", 200)


def no_database(rng: random.Random, store: Path) -> None:
    (store / "queue.db").unlink()


def some(rng: random.Random, store: Path) -> Path:
    """The database or its log."""
    return store / rng.choice(["queue.db", "queue.db-wal"])


DAMAGES: list[Callable[[random.Random, Path], None]] = [
    one_flip,
    many_flips,
    cut,
    zeroed_page,
    random_page,
    no_log,
    no_index,
    wrong_index,
    no_database,
]


class Queue:
    """A queue whose host was killed: some jobs are transferred, one is half there."""

    def __init__(self, bench: Bench, figures: Figures):
        self.bench, self.place, self.figures = bench, bench.place(), figures
        self.files: dict[str, dict[str, Path]] = {}
        self.kept = self.place.folder / "kept"

    def make(self) -> bool:
        place = self.place
        for number in range(JOBS):
            # The last one is in the middle when the host is killed.
            lengths = [f"{20_000 + number}", f"{30_000 + number}"]
            lengths = ["400001?rate=400000"] if number == JOBS - 1 else lengths
            names = [f"/gen/{number}/{length}" for length in lengths]
            files = {name: place.target / f"{number}-{at}" for at, name in enumerate(names)}
            words = []
            for name, path in files.items():
                words += [place.server.url(name), str(path)]
            ended = place.run("add", *words)
            if ended.code != 0:
                note_end(self.figures, ended, "add")
                return False
            self.files[ended.out.split()[0]] = files
        host = place.start("serve")
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            done = [job for job in place.jobs() if job["state"] == "TRANSFERRED"]
            if len(done) >= JOBS - 1 and self.half().exists() and self.half().stat().st_size > 0:
                break
            time.sleep(0.02)
        host.kill()
        # The sockets of the dead host cannot be copied, and mean nothing.
        shutil.copytree(place.store, self.kept / "store", ignore=shutil.ignore_patterns("*.sock*"))
        shutil.copytree(place.target, self.kept / "target")
        return True

    def half(self) -> Path:
        found = [job for job, files in self.files.items() if len(files) == 1]
        return self.place.target / f".bgcopy-{found[0].replace('-', '')}-0.tmp"

    def restore(self) -> None:
        for name, folder in (("store", self.place.store), ("target", self.place.target)):
            shutil.rmtree(folder)
            shutil.copytree(self.kept / name, folder)

    def ids(self) -> set[str]:
        return {job["id"] for job in self.place.jobs()}

    def errors(self) -> set[str]:
        try:
            return {job["id"] for job in self.place.jobs() if job["state"] == "ERROR"}
        except Unreadable:
            return set()

    def check(self, what: str, may_be_older: bool) -> None:
        """Listed, run and completed, by processes that know nothing of the damage."""
        ended: list[Ended] = [self.place.run("list"), self.place.run("run", "--complete")]
        # Whoever meets the damage marks it, and the next one repairs it.
        for _ in range(3):
            if ended[-1].code == 0:
                break
            # A copy of a temporary file is not the one that was written: such jobs start over.
            if jobs := sorted(self.errors()):
                ended.append(self.place.run("resume", *jobs))
            ended.append(self.place.run("run", "--complete"))
        for one in ended:
            if one.hung:
                self.figures.note("hangs", f"{what}: {one.words()}")
            if one.crashed:
                self.figures.note("other", f"{what}: {one.words()}")
        if ended[-1].code != 0:
            self.figures.note("other", f"{what}: it stays so: {ended[-1].words()}")
        said = "".join(one.err for one in ended)
        self.check_files(what, said, may_be_older)

    def check_files(self, what: str, said: str, may_be_older: bool) -> None:
        try:
            left = self.ids()
        except Unreadable as error:
            self.figures.note("other", f"{what}: {error}")
            left = set()
        for job, files in self.files.items():
            for name, path in files.items():
                if path.exists() and hash_of(path) != self.bench.server.hash_of(name):
                    self.figures.note("wrong", f"{what}: {path}")
            is_done = all(path.exists() for path in files.values())
            # Whose row could not be read has no id that could be told.
            is_told = job in said or "a job of unknown id" in said
            if not is_done and job not in left and not is_told and not may_be_older:
                self.figures.note("lost", f"{what}: job {job} without a word: {said[-600:]}")


def damage(bench: Bench, budget: Budget) -> Row:
    row = Row("store: bytes flipped, cut, zeroed, files missing")
    queue = Queue(bench, row.own)
    if not queue.make():
        return row
    number = 0
    while number < len(DAMAGES) or not budget.is_over:
        hurt = DAMAGES[number % len(DAMAGES)]
        queue.restore()
        hurt(budget.rng, queue.place.store)
        row.own.faults += 1
        # Without its log a database is an older queue, and nothing shows that there was a newer one.
        queue.check(f"{hurt.__name__} {number}", hurt is no_log)
        number += 1
    bench.discard(queue.place)
    return row


CASES = [damage]
