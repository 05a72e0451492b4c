"""Hours of use: jobs without end through a proxy that breaks connections, in a queue that one process hosts.

Rules: its memory grows by less than 5 %, its descriptors do not, the store has a bound, no file is wrong, no job
is lost, and no temporary file is left. Between, the host is killed as often as it likes to be.
"""

from __future__ import annotations

import random
import socket
import time
from pathlib import Path

from figures import Budget, Row
from kill import note_end, note_rest
from link import Link
from place import PATIENCE_S, Bench, Place, Running, Unreadable, hash_of

JOBS = 20
SIZES = [0, 1_000, 50_000, 900_000]
UPLOAD_BYTES = 200_000

# Each connection is broken after so many bytes at most: many files of one are not, and large ones are.
BROKEN_BYTES = 2_000_000

GROWTH_MAX = 0.05
# What an allocator may give back later is no growth of ours.
GROWTH_BYTES_MIN = 1 << 20
STORE_BYTES_MAX = 8 << 20

# Rounds before the first that counts: caches and pools fill.
WARM_UP = 3
ROUNDS_MIN = 3


class FaultyLink(Link):
    """Breaks some connections in the middle."""

    def __init__(self, port: int, rng: random.Random):
        # Threads share it; no more than the seed of each connection's chance is drawn from it.
        self.rng = rng
        self.broken = 0
        super().__init__(port)

    def _pump(self, source: socket.socket, target: socket.socket, is_up: bool, left: list[int]) -> None:
        with self.lock:
            after = self.rng.randrange(BROKEN_BYTES)
        super()._pump(source if is_up else Breaking(self, source, after), target, is_up, left)


class Breaking:
    """A socket that breaks after so many bytes were received."""

    def __init__(self, link: FaultyLink, socket: socket.socket, after: int):
        self.link, self.socket, self.after = link, socket, after

    def recv(self, count: int) -> bytes:
        if self.after <= 0:
            self.link.broken += 1
            raise OSError("broken")
        data = self.socket.recv(min(count, self.after))
        self.after -= len(data)
        return data

    def shutdown(self, how: int) -> None:
        self.socket.shutdown(how)

    def close(self) -> None:
        self.link.open.discard(self.socket)
        self.socket.close()

    def __hash__(self) -> int:
        return hash(self.socket)

    def __eq__(self, other: object) -> bool:
        return self.socket == other


class Host:
    """The process that hosts, and what it takes."""

    def __init__(self, place: Place):
        self.place = place
        self.start()

    def start(self) -> None:
        self.running: Running = self.place.start("serve")
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until and not (self.place.store / "engine.sock").exists():
            time.sleep(0.02)

    @property
    def id(self) -> int:
        return self.running.process.pid

    def memory(self) -> int:
        """Bytes of its own, without what is mapped from files."""
        lines = Path(f"/proc/{self.id}/status").read_text().splitlines()
        return next(int(line.split()[1]) << 10 for line in lines if line.startswith("RssAnon"))

    def descriptors(self) -> int:
        """Without connections, which are kept for the next request to a server."""
        links = [one.readlink() for one in Path(f"/proc/{self.id}/fd").iterdir()]
        return sum(not str(link).startswith("socket:") for link in links)


def store_bytes(place: Place) -> int:
    return sum(path.stat().st_size for path in place.store.iterdir() if path.is_file())


class Soak:
    def __init__(self, bench: Bench, budget: Budget, row: Row, link: FaultyLink):
        self.bench, self.budget, self.row, self.link = bench, budget, row, link
        self.place = bench.place()
        self.seed = 0
        self.jobs = 0
        self.source = self.place.folder / "source"
        self.source.write_bytes(budget.rng.randbytes(UPLOAD_BYTES))

    def add(self) -> dict[str, tuple[str, Path]]:
        files = {}
        for number in range(JOBS):
            self.seed += 1
            size = self.budget.rng.choice(SIZES)
            name, path = f"/gen/{self.seed}/{size}", self.place.target / str(self.seed)
            ended = self.place.run("add", "--retry-delay", "5", self.link.url(name), str(path))
            if ended.code != 0:
                note_end(self.row.own, ended, "soak: add")
                continue
            files[ended.out.split()[0]] = (name, path)
        self.jobs += len(files)
        return files

    def upload(self) -> None:
        remote = f"/up/tus/soak-{self.place.folder.name}-{self.seed}"
        words = ["put", "-q", "--retry-delay", "5", "--protocol", "tus", str(self.source)]
        note_end(self.row.own, self.place.run(*words, self.link.url(remote)), "soak: put")
        if self.bench.server.hash_of(remote) != hash_of(self.source):
            self.row.own.note("wrong", f"soak: {remote}")
        self.jobs += 1

    def listed(self) -> dict[str, str]:
        try:
            return {one["id"]: one["state"] for one in self.place.jobs()}
        except Unreadable as error:
            self.row.own.note("lost", f"soak: {error}")
            return {}

    def round(self, host: Host, is_killed: bool) -> None:
        files = self.add()
        cancelled = self.budget.rng.sample(sorted(files), 2)
        if is_killed:
            time.sleep(self.budget.rng.uniform(0, 1))
            host.running.kill()
            self.row.own.faults += 1
            host.start()
        self.upload()
        for job in cancelled:
            note_end(self.row.own, self.place.run("cancel", job), "soak: cancel")
        wanted = {job: file for job, file in files.items() if job not in cancelled}
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            states = self.listed()
            if lost := wanted.keys() - states.keys():
                self.row.own.note("lost", f"soak: {lost}")
                break
            if all(states[job] == "TRANSFERRED" for job in wanted):
                break
            time.sleep(0.2)
        else:
            self.row.own.note("hangs", f"soak: {states}")
        note_end(self.row.own, self.place.run("complete", *wanted), "soak: complete")
        for job, (name, path) in files.items():
            is_right = hash_of(path) == self.bench.server.hash_of(name)
            if job in cancelled and path.exists():
                self.row.own.note("wrong", f"soak: {path} of a cancelled job")
            elif job not in cancelled and not is_right:
                self.row.own.note("wrong" if path.exists() else "lost", f"soak: {path}")
            path.unlink(missing_ok=True)
        self.bench.server.hashes.clear()


def growth(memory: list[int]) -> tuple[int, int]:
    """The most of the first third that counts, and of the last."""
    third = max(1, len(memory) // 3)
    return max(memory[:third]), max(memory[-third:])


def soak(bench: Bench, budget: Budget) -> Row:
    row = Row("soak: jobs through a proxy that breaks connections, the host killed between")
    memory: list[int] = []
    descriptors: list[int] = []
    store: list[int] = []
    with FaultyLink(bench.server.port, budget.rng) as link:
        soak = Soak(bench, budget, row, link)
        host = Host(soak.place)
        soak.round(host, is_killed=True)
        soak.round(host, is_killed=True)
        began, rounds = time.monotonic(), 0
        while rounds < WARM_UP + ROUNDS_MIN or not budget.is_over:
            soak.round(host, is_killed=False)
            rounds += 1
            if rounds > WARM_UP:
                memory.append(host.memory())
                descriptors.append(host.descriptors())
            store.append(store_bytes(soak.place))
        hours = (time.monotonic() - began) / 3600
        row.own.faults += link.broken
        before, after = growth(memory)
        row.facts.append(
            f"{soak.jobs} jobs, {link.broken} connections broken; one process hosted for {60 * hours:.1f} minutes "
            f"with {before / (1 << 20):.1f} MiB at most in the first third and {after / (1 << 20):.1f} MiB in the "
            f"last, {descriptors[0]} descriptors at first and {descriptors[-1]} at last, "
            f"a store of {max(store) / (1 << 20):.1f} MiB at most"
        )
        if after > max(before * (1 + GROWTH_MAX), before + GROWTH_BYTES_MIN):
            row.own.note("other", f"soak: memory grew: {memory}")
        if max(descriptors[-ROUNDS_MIN:]) > max(descriptors[:ROUNDS_MIN]):
            row.own.note("other", f"soak: descriptors: {descriptors}")
        if max(store) > STORE_BYTES_MAX:
            row.own.note("other", f"soak: the store: {store}")
        ended = host.running.end(15)
        if ended.code not in (0, 130) or ended.crashed:
            row.own.note("other", f"soak: serve: {ended.words()}")
    note_rest(row.own, soak.place, "soak")
    bench.discard(soak.place)
    return row


CASES = [soak]
