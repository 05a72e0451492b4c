"""What happens to the files and folders of a job while it is transferred, and a disk that fills up."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from figures import Budget, Figures, Row
from kill import MIB, note_end, note_rest
from place import PATIENCE_S, Bench, Place, Running, Server, Unreadable, hash_of

SIZE = 3 * MIB
RATE = 2_000_000

# So much is to be there before something is done to it.
BEGUN = 400_000

# Retries of what passes by itself come after this time, the shortest that there is.
RETRY = ["--retry-delay", "5"]


class OneGet:
    """A download that is caught in the middle."""

    def __init__(self, bench: Bench, place: Place, figures: Figures, what: str):
        self.server, self.place, self.figures, self.what = bench.server, place, figures, what
        self.folder = place.target / "folder"
        self.folder.mkdir()
        self.path = self.folder / "file"
        self.name = f"/gen/{place.folder.name}/{SIZE}?rate={RATE}"
        self.has_moved_links = False
        self.words = ["get", "-q", *RETRY, "-o", str(self.path), self.server.url(self.name)]

    def begun(self) -> tuple[Running, Path] | None:
        """The running command and its temporary file, once there is something in it."""
        running = self.place.start(*self.words)
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until and running.process.poll() is None:
            for path in self.folder.glob(".bgcopy-*"):
                if path.stat().st_size >= BEGUN:
                    return running, path
            time.sleep(0.02)
        ended = running.end(9, hung=running.process.poll() is None)
        self.figures.note("other", f"{self.what}: it did not begin: {ended.words()}")
        return None

    def unlink_links(self) -> bool:
        """Takes away what lies in the place of the temporary file and is another one, too."""
        is_link = lambda path: path.is_symlink() or path.stat().st_nlink > 1
        links = [path for path in self.folder.glob(".bgcopy-*") if is_link(path)]
        for path in links:
            path.unlink()
        return bool(links)

    def check(self, when: str) -> None:
        if self.path.is_symlink():
            self.figures.note("wrong", f"{self.what}: a link is under the name {when}")
        elif self.path.exists() and hash_of(self.path) != self.server.hash_of(self.name):
            self.figures.note("wrong", f"{self.what}: {self.path} {when}")

    def finish(self, running: Running | None) -> None:
        """To the end: by the command that runs, or by the same one again, up to three times."""
        tries = 3
        if running is not None:
            ended = self.place.finish(running)
            self.check("after the fault")
            if ended.hung:
                self.figures.note("hangs", f"{self.what}: {ended.words()}")
            if ended.crashed:
                self.figures.note("other", f"{self.what}: {ended.words()}")
            tries = 0 if ended.code == 0 else tries
        for left in reversed(range(tries)):
            ended = self.place.run(*self.words)
            # A link that is in the way is not ours to delete. Once it is gone the job goes on.
            if ended.code != 0 and not self.has_moved_links:
                self.has_moved_links = True
                if self.unlink_links():
                    ended = self.place.run(*self.words)
            if ended.code == 0 or left == 0:
                note_end(self.figures, ended, f"{self.what}: the same command again")
                break
            try:
                if not self.place.jobs():
                    self.figures.note("lost", f"{self.what}: {ended.words()}")
            except Unreadable as error:
                self.figures.note("lost", f"{self.what}: {error}")
        self.check("at the end")
        if not self.path.exists():
            self.figures.note("lost", f"{self.what}: {self.path} is not there at the end")
        note_rest(self.figures, self.place, self.what)


def deleted(path: Path, place: Place) -> None:
    path.unlink()


def truncated(path: Path, place: Place) -> None:
    os.truncate(path, path.stat().st_size // 3)


def holed(path: Path, place: Place) -> None:
    length = path.stat().st_size
    os.truncate(path, length // 3)
    os.truncate(path, length)
    later = time.time() + 1
    os.utime(path, (later, later))


def linked(path: Path, place: Place) -> None:
    path.unlink()
    path.symlink_to(place.folder / "victim")


def hard_linked(path: Path, place: Place) -> None:
    path.unlink()
    os.link(place.folder / "victim", path)


def replaced(path: Path, place: Place) -> None:
    other = path.with_name("other")
    other.write_bytes(bytes(path.stat().st_size))
    other.rename(path)


CHANGES: list[Callable[[Path, Place], None]] = [
    deleted,
    truncated,
    holed,
    linked,
    hard_linked,
    replaced,
]

VICTIM = b"not ours" * 100_000

# What is known to go wrong: a change, whether the process was killed, and the words for it.
KNOWN: dict[tuple[Callable[[Path, Place], None], bool], str] = {}


def temporary_file(bench: Bench, budget: Budget) -> Row:
    """Nobody writes through a link, and what is not what came is never published."""
    row = Row("disk: the temporary file is deleted, cut, holed, replaced, a link")
    for change in CHANGES:
        for is_killed in (True, False):
            place = bench.place()
            what = f"temporary file {change.__name__}, {'killed' if is_killed else 'running'}"
            victim = place.folder / "victim"
            victim.write_bytes(VICTIM)
            defect = KNOWN.get((change, is_killed))
            figures = Figures() if defect else row.own
            get = OneGet(bench, place, figures, what)
            if begun := get.begun():
                running, path = begun
                if is_killed:
                    running.kill()
                change(path, place)
                figures.faults += 1
                get.finish(None if is_killed else running)
                if victim.read_bytes() != VICTIM:
                    figures.note("wrong", f"{what}: it wrote through a link")
            if defect:
                row.expect_defect(defect, figures)
            bench.discard(place)
    return row


def folder_moved(get: OneGet) -> Callable[[], None]:
    other = get.folder.with_name("moved")
    get.folder.rename(other)

    def back() -> None:
        # It may have been made anew meanwhile.
        if get.folder.exists():
            shutil.rmtree(get.folder)
        other.rename(get.folder)

    return back


def folder_deleted(get: OneGet) -> Callable[[], None]:
    shutil.rmtree(get.folder)
    return lambda: get.folder.mkdir(exist_ok=True)


def folder_is_a_file(get: OneGet) -> Callable[[], None]:
    shutil.rmtree(get.folder)
    get.folder.write_text("a file")

    def back() -> None:
        get.folder.unlink()
        get.folder.mkdir()

    return back


def name_is_a_folder(get: OneGet) -> Callable[[], None]:
    get.path.mkdir()
    return get.path.rmdir


def folder_read_only(get: OneGet) -> Callable[[], None]:
    """For root no mode is an obstacle, but an immutable folder is."""
    if os.geteuid() == 0:
        subprocess.run(["chattr", "+i", str(get.folder)], check=True, capture_output=True)
        return lambda: subprocess.run(["chattr", "-i", str(get.folder)], check=True) and None
    get.folder.chmod(0o500)
    return lambda: get.folder.chmod(0o700)


FOLDER_FAULTS = [folder_moved, folder_deleted, folder_is_a_file, name_is_a_folder, folder_read_only]


def target_folder(bench: Bench, budget: Budget) -> Row:
    """The command may fail while the folder is away; when it is back the same one ends well."""
    row = Row("disk: the target folder is moved, deleted, a file, read-only")
    for fault in FOLDER_FAULTS:
        place = bench.place()
        what = f"target {fault.__name__}"
        get = OneGet(bench, place, row.own, what)
        if begun := get.begun():
            running, _ = begun
            try:
                back = fault(get)
            except (OSError, subprocess.CalledProcessError) as error:
                row.own.note("other", f"{what}: the fault could not be made: {error}")
                running.kill()
                continue
            # Long enough for the transfer to come to its end if it can.
            running.wait(SIZE / RATE + 2)
            ended = running.kill()
            row.own.faults += 1
            if ended.crashed:
                row.own.note("other", f"{what}: {ended.words()}")
            if ended.code == 0 and not get.path.is_file() and fault is not folder_moved:
                row.own.note("wrong", f"{what}: it says that the file is there: {ended.words()}")
            back()
            if not (ended.code == 0 and get.path.is_file()):
                get.finish(None)
            get.check("at the end")
        bench.discard(place)
    return row


# A small disk is mounted in a namespace of its own, by this file as a program.
SCRIPT = 'mount -t tmpfs -o size=$1 none "$2" || exit 77; shift 2; exec "$@"'
DISK_BYTES = 10 * MIB


def full_disk(bench: Bench, budget: Budget) -> Row:
    row = Row("disk: full, then freed; Cancel while it is full")
    disk = bench.folder / "disk"
    disk.mkdir()
    here = Path(__file__).resolve()
    command = [sys.executable, str(here), str(bench.program), str(bench.server.port), str(disk)]
    command.append(str(budget.rng.randrange(1 << 32)))
    for namespace in (["--mount"], ["--user", "--map-root-user", "--mount"]):
        words = ["unshare", *namespace, "sh", "-c", SCRIPT, "sh", str(DISK_BYTES), str(disk)]
        try:
            said = subprocess.run([*words, *command], capture_output=True, text=True, timeout=400)
        except FileNotFoundError:
            break
        if said.returncode == 0:
            row.own = Figures(**json.loads(said.stdout))
            return row
        if said.returncode not in (1, 77) or "Traceback" in said.stderr:
            row.own.note("other", said.stderr[-2000:])
            return row
    row.skipped = "no disk can be mounted here, not even in a namespace"
    return row


def fill(disk: Path) -> None:
    with (disk / "filler").open("wb", buffering=0) as filler:
        for size in (64 << 10, 4 << 10, 1):
            block = os.urandom(size)
            try:
                while filler.write(block) == size:
                    pass
            except OSError:
                pass


def on_full_disk(place: Place, server: Server, data: Path, figures: Figures, what: str) -> None:
    """The disk is full while a job is transferred, with another one that is cancelled meanwhile."""
    name, path = f"/gen/{place.folder.name}/{SIZE}?rate={RATE}", data / "file"
    path.parent.mkdir(exist_ok=True, parents=True)
    other = place.run("add", server.url("/gen/5/1000?stall_after=0"), str(data / "other"))
    note_end(figures, other, f"{what}: add")
    words = ["get", "-q", *RETRY, "-o", str(path), server.url(name)]
    running = place.start(*words)
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until and running.process.poll() is None:
        if any(one.stat().st_size >= BEGUN for one in data.glob(".bgcopy-*")):
            break
        time.sleep(0.02)
    disk = Path(sys.argv[3])
    fill(disk)
    figures.faults += 1
    # It meets the end of the disk, unless all of its space was set aside.
    running.wait(SIZE / RATE + 1)
    if other.code == 0:
        job = other.out.split()[0]
        cancelled = place.run("cancel", job)
        note_end(figures, cancelled, f"{what}: Cancel while it is full")
        if any(one["id"] == job for one in place.jobs()):
            figures.note("other", f"{what}: {job} is in the queue after Cancel")
    if path.exists() and hash_of(path) != server.hash_of(name):
        figures.note("wrong", f"{what}: {path} while it is full")
    (disk / "filler").unlink()
    ended = place.finish(running)
    if ended.code != 0:
        if ended.hung:
            figures.note("hangs", f"{what}: it does not go on by itself: {ended.words()}")
        else:
            figures.note("other", f"{what}: it gave up: {ended.words()}")
        note_end(figures, place.run(*words), f"{what}: the same command again")
    if hash_of(path) != server.hash_of(name):
        figures.note("wrong" if path.exists() else "lost", f"{what}: {path} at the end")
    note_rest(figures, place, what)


class KnownServer(Server):
    """One that another process has started."""

    def __init__(self, port: int):
        self.port = port
        self.hashes = {}


def main() -> None:
    program, port, disk, seed = Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]), sys.argv[4]
    random.seed(seed)
    server = KnownServer(port)
    figures = Figures()
    away = disk.parent / "away"
    away.mkdir()
    variants = [
        ("store and data on the full disk", disk / "1", disk / "1" / "target"),
        ("data on the full disk", away / "2", disk / "2"),
        ("store on the full disk", disk / "3", away / "3"),
    ]
    for what, folder, data in variants:
        folder.mkdir(parents=True)
        place = Place(program, server, folder)
        on_full_disk(place, server, data, figures, what)
        shutil.rmtree(folder)
        shutil.rmtree(data, ignore_errors=True)
    shutil.rmtree(away)
    print(json.dumps(asdict(figures)))


CASES = [temporary_file, target_folder, full_disk]

if __name__ == "__main__":
    main()
