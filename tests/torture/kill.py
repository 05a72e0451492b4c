"""SIGKILL at random moments.

Rules: no job is lost, no file is wrong, what a kill costs is bounded, the same
command goes on to the end, and no temporary file is left.
"""

from __future__ import annotations

import shutil
import signal
from collections.abc import Callable
from pathlib import Path

from figures import NOT_HERE, PEERS, Budget, Figures, Row
from link import Link
from place import Bench, Ended, Place, Running, Unreadable, hash_of

MIB = 1 << 20

# What may be fetched: so many times the size, and so much for each kill.
SIZE_SHARE = 1.25
KILL_BYTES = 4 * MIB

# No client is killed more often in one round; then it may go to its end.
KILLS_MAX = 40
PEER_KILLS_MAX = 15


class Download:
    """What one round downloads: paths of the server and where they go."""

    def __init__(self, place: Place, files: dict[str, Path], size: int):
        self.place = place
        self.files = files
        self.size = size

    def is_there(self) -> bool:
        return all(path.exists() for path in self.files.values())

    def wrong(self, server_hash: Callable[[str], str | None]) -> list[str]:
        """Files that are under their names and are not what the server has."""
        there = [(name, path) for name, path in self.files.items() if path.exists()]
        return [str(path) for name, path in there if hash_of(path) != server_hash(name)]


def kill_once(
    running: Running, budget: Budget, least: float, most: float, number: int = signal.SIGKILL
) -> Ended | None:
    """None if it was killed, else how it ended before that."""
    if running.wait(budget.rng.uniform(least, most)):
        return running.end(number)
    running.end(number)
    return None


def note_end(figures: Figures, ended: Ended, what: str) -> None:
    """What is wrong with a command that should have done its work."""
    if ended.hung:
        figures.note("hangs", f"{what}: {ended.words()}")
    elif ended.code != 0:
        figures.note("other", f"{what}: {ended.words()}")


def note_rest(figures: Figures, place: Place, what: str) -> None:
    """Nothing may be left at the end."""
    try:
        if jobs := place.jobs():
            figures.note("other", f"{what}: {len(jobs)} jobs left in the queue")
    except Unreadable as error:
        figures.note("lost", f"{what}: {error}")
    if left := place.left_behind():
        figures.note("other", f"{what}: left behind: {left}")


def get_round(
    bench: Bench,
    budget: Budget,
    figures: Figures,
    link: Link,
    names: dict[str, int],
    bounds: tuple[float, float],
    what: str,
    before_each: Callable[[int], None] = lambda kill: None,
    server_name: Callable[[str], str] = lambda name: name,
    size_share: float = SIZE_SHARE,
    number: int = signal.SIGKILL,
) -> None:
    """One `get` that is killed again and again; its files are in place at the end."""
    place = bench.place()
    files = {name: place.target / f"f{number}" for number, name in enumerate(names)}
    download = Download(place, files, sum(names.values()))
    listed = place.folder / "list"
    lines = [f"{link.url(name)}\t{path.name}\n" for name, path in files.items()]
    listed.write_text("".join(lines))
    command = ["get", "-q", "-d", str(place.target), "-i", str(listed)]
    began, kills, job = link.down, 0, None
    ended = None
    while kills < KILLS_MAX and ended is None:
        before_each(kills)
        ended = kill_once(place.start(*command), budget, *bounds, number)
        if ended is not None:
            break
        kills += 1
        wrong = download.wrong(lambda name: bench.server.hash_of(server_name(name)))
        for path in wrong:
            figures.note("wrong", f"{what}: {path} after {kills} kills")
        try:
            ids = [one["id"] for one in place.jobs()]
        except Unreadable as error:
            figures.note("lost", f"{what}: after {kills} kills: {error}")
            break
        if job is not None and job not in ids and not download.is_there():
            figures.note("lost", f"{what}: job {job} after {kills} kills")
        if not ids and download.is_there():
            break
        job = ids[0] if ids else job
    figures.faults += kills
    if ended is None and not (download.is_there() and not place.jobs()):
        ended = place.run(*command)
    if ended is not None:
        note_end(figures, ended, what)
    for name, path in files.items():
        if hash_of(path) != bench.server.hash_of(server_name(name)):
            figures.note("wrong" if path.exists() else "lost", f"{what}: {path} at the end")
    note_rest(figures, place, what)
    fetched = link.down - began
    figures.again += max(0, fetched - download.size)
    most = size_share * download.size + KILL_BYTES * kills
    if fetched > most:
        figures.note("other", f"{what}: {fetched} bytes fetched for {download.size}, {kills} kills")
    bench.discard(place)


def peer_command(peer: str, url: str, path: Path) -> list[str] | None:
    """None where the program is not installed."""
    program = shutil.which(peer.split()[0])
    if program is None:
        return None
    return {
        "curl": [program, "-q", "-s", "-f", "-C", "-", "-o", str(path), url],
        "wget2": [program, "--no-config", "-q", "-c", "-P", str(path.parent), url],
        "aria2c": [program, "--no-conf", "-q", "-c", "-d", str(path.parent), "-o", path.name, url],
    }[peer.split()[0]]


def peer_round(
    bench: Bench,
    budget: Budget,
    peer: str,
    link: Link,
    name: str,
    size: int,
    bounds: tuple[float, float],
    before_each: Callable[[int], None] = lambda kill: None,
    server_name: Callable[[str], str] = lambda name: name,
    number: int = signal.SIGKILL,
) -> Figures | str:
    """The same for another program and one file. That it exits with 0 is its word that the file
    is whole."""
    place = bench.place()
    # The name that the URL gives: with another one wget2 keeps nothing.
    path = place.target / name.rsplit("/", 1)[1]
    command = peer_command(peer, link.url(name), path)
    if command is None:
        bench.discard(place)
        return NOT_HERE
    figures = Figures()
    began = link.down
    ended = None
    while figures.faults < PEER_KILLS_MAX and ended is None:
        before_each(figures.faults)
        ended = kill_once(
            Running(command, place.env, place.folder), budget, *bounds, number
        )
        figures.faults += ended is None
    if ended is None:
        # While it was killed it came to no end; whether it does when nothing disturbs it is shown too.
        figures.hangs += 1
        ended = place.other(command, patience=30)
    if ended.code != 0 and not ended.hung:
        figures.note("other", ended.words())
    if ended.code == 0 and hash_of(path) != bench.server.hash_of(server_name(name)):
        figures.note("wrong", str(path))
    figures.again = max(0, link.down - began - size)
    bench.discard(place)
    return figures


def repeat(budget: Budget, share: float, round_: Callable[[int], None]) -> None:
    """At least one round, and more until the share of the time is used."""
    part = Budget(budget.rng, budget.until - budget.left() * (1 - share), budget.is_short)
    number = 0
    while number == 0 or not part.is_over:
        round_(number)
        number += 1


def big_file(bench: Bench, budget: Budget) -> Row:
    """A server that limits each connection: more of them are faster."""
    row = Row("kill: one big file, several connections")
    size = (24 if budget.is_short else 48) * MIB + 12_345
    bounds = (0.05, 1.0)

    def once(number: int) -> None:
        name = f"/gen/{number + 1}/{size}?rate=2000000"
        with Link(bench.server.port) as link:
            get_round(bench, budget, row.own, link, {name: size}, bounds, row.name)

    repeat(budget, 0.7, once)
    for peer in PEERS:
        with Link(bench.server.port) as link:
            name = f"/gen/1/{8 * MIB}?rate=2000000"
            row.peers[peer] = peer_round(bench, budget, peer, link, name, 8 * MIB, bounds)
    return row


def replaced_file(bench: Bench, budget: Budget) -> Row:
    """The file on the server becomes another one of the same size while nobody looks. By Ctrl-C, as
    some of the others keep nothing when they are killed."""
    row = Row("Ctrl-C: the file is replaced on the server meanwhile")
    size = 4 * MIB
    versions = [f"/gen/{seed}/{size}?etag=v{seed}" for seed in (7, 8)]
    bounds = (0.3, 0.6)

    def use(link: Link) -> tuple[Callable[[int], None], Callable[[str], str]]:
        def before_each(kill: int) -> None:
            link.names["/file"] = versions[min(kill, 1)]

        return before_each, lambda name: link.names[name]

    def once(_: int) -> None:
        with Link(bench.server.port, 4e6) as link:
            before_each, served = use(link)
            names = {"/file": size}
            # Two versions are fetched, and the second one as a whole.
            get_round(
                bench, budget, row.own, link, names, bounds, row.name, before_each, served, 2.25,
                signal.SIGINT,
            )

    repeat(budget, 0.3, once)
    for peer in PEERS:
        with Link(bench.server.port, 4e6) as link:
            before_each, served = use(link)
            row.peers[peer] = peer_round(
                bench, budget, peer, link, "/file", size, bounds, before_each, served, signal.SIGINT
            )
    return row


def slow_link(bench: Bench, budget: Budget) -> Row:
    """10 Mbit/s and four kills a second: it still comes to its end."""
    row = Row("kill: every 250 ms on 10 Mbit/s")
    size = 2 * MIB
    name = f"/gen/5/{size}"
    kills: list[int] = []

    def once(_: int) -> None:
        before = row.own.faults
        with Link(bench.server.port, 1.25e6) as link:
            get_round(bench, budget, row.own, link, {name: size}, (0.25, 0.25), row.name)
        kills.append(row.own.faults - before)
        if kills[-1] >= KILLS_MAX:
            row.own.note("hangs", f"{row.name}: no end after {KILLS_MAX} kills")

    repeat(budget, 0.2, once)
    for peer in PEERS:
        with Link(bench.server.port, 1.25e6) as link:
            found = peer_round(bench, budget, peer, link, name, size, (0.25, 0.25))
            row.peers[peer] = found
    return row


def small_files(bench: Bench, budget: Budget) -> Row:
    row = Row("kill: 200 small files")

    def once(number: int) -> None:
        names = {f"/gen/{1000 * number + seed}/20000": 20_000 for seed in range(200)}
        with Link(bench.server.port, 2e6) as link:
            get_round(bench, budget, row.own, link, names, (0.05, 0.7), row.name)

    repeat(budget, 0.3, once)
    return row


CASES = [big_file, replaced_file, slow_link, small_files]
