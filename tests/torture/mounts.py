"""Disks with a quota, without inodes, and disks that become read-only in mid-job.

Each is mounted in a namespace of its own, by this file as a program: a loop device with Btrfs or ext4, or tmpfs.
Rules: never a wrong file, never a word of success that is not true; it says what is wrong, goes on by itself
within the retry delay and two seconds once it is mended, and no job is lost.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from disk import BEGUN, RATE, RETRY, SIZE, KnownServer
from figures import Budget, Figures, Row
from kill import note_end, note_rest
from place import PATIENCE_S, Bench, Place, Running, hash_of

RETRY_S = 5
RECOVERY_S = RETRY_S + 2

# Cannot be made here.
NOT_HERE = 77

INODES = 40


def shell(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True)


class Job:
    """A download to the disk that is wrong."""

    def __init__(self, place: Place, figures: Figures, what: str, data: Path):
        self.place, self.figures, self.what, self.data = place, figures, what, data
        self.path = data / "file"
        self.name = f"/gen/4711/{SIZE}?rate={RATE}"
        self.words = ["get", "-q", *RETRY, "-o", str(self.path), place.server.url(self.name)]

    def bytes(self) -> int:
        return sum(one.stat().st_blocks * 512 for one in self.data.glob(".bgcopy-*"))

    def begun(self) -> Running:
        running = self.place.start(*self.words)
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until and running.process.poll() is None and self.bytes() < BEGUN:
            time.sleep(0.02)
        return running

    def why(self, words: tuple[str, ...]) -> None:
        """It is known what is wrong."""
        until = time.monotonic() + 2 * RECOVERY_S
        said = ""
        while time.monotonic() < until and not any(word in said for word in words):
            said = "".join(self.place.run("why", *(one["id"] for one in self.place.jobs())).out).lower()
            time.sleep(0.2)
        if not any(word in said for word in words):
            self.figures.note("other", f"{self.what}: why says {said!r}")

    def check(self, when: str) -> None:
        if self.path.exists() and hash_of(self.path) != self.place.server.hash_of(self.name):
            self.figures.note("wrong", f"{self.what}: {self.path} {when}")

    def goes_on(self, running: Running) -> None:
        """By itself, now that the disk is as it should be."""
        began = time.monotonic()
        ended = self.place.finish(running, RECOVERY_S + SIZE / RATE + 5)
        took = time.monotonic() - began - SIZE / RATE
        if ended.hung or took > RECOVERY_S:
            self.figures.note("hangs", f"{self.what}: it went on after {took:.1f} s: {ended.words()}")
        note_end(self.figures, ended, f"{self.what}: once it is mended")

    def end(self) -> None:
        self.check("at the end")
        if not self.path.exists():
            self.figures.note("lost", f"{self.what}: {self.path} is not there at the end")
        note_rest(self.figures, self.place, self.what)


def quota(disk: Path, image: Path, place: Place, figures: Figures) -> None:
    """EDQUOT for the space of the file; the store is on another disk."""
    volume = disk / "volume"
    subprocess.run(["truncate", "-s", "256M", str(image)], check=True)
    shell("mkfs.btrfs", "-q", str(image))
    shell("mount", "-o", "loop", str(image), str(disk))
    shell("btrfs", "quota", "enable", str(disk))
    shell("btrfs", "subvolume", "create", str(volume))
    shell("btrfs", "qgroup", "limit", "2M", str(volume))
    job = Job(place, figures, "quota", volume)
    running = place.start(*job.words)
    job.why(("disk_full", "no space", "quota", "space"))
    job.check("over its quota")
    shell("btrfs", "qgroup", "limit", "none", str(volume))
    job.goes_on(running)
    job.end()
    shell("umount", str(disk))


def inodes(disk: Path, image: Path, place: Place, figures: Figures) -> None:
    """Space, but no more files: there is none for the temporary one."""
    shell("mount", "-t", "tmpfs", "-o", f"size=64M,nr_inodes={INODES}", "none", str(disk))
    data = disk / "data"
    data.mkdir()
    taken = 0
    try:
        for taken in range(2 * INODES):
            (disk / f"filler{taken}").touch()
    except OSError:
        pass
    job = Job(place, figures, "inodes", data)
    running = place.start(*job.words)
    job.why(("disk_full", "no space", "space"))
    for number in range(taken):
        (disk / f"filler{number}").unlink()
    job.goes_on(running)
    job.end()
    shell("umount", str(disk))


def inodes_of_store(disk: Path, image: Path, place: Place, figures: Figures) -> None:
    """The same where the store is: what needs no new file goes on, and the rest says why not."""
    shell("mount", "-t", "tmpfs", "-o", f"size=64M,nr_inodes={INODES}", "none", str(disk))
    place.store = disk / "store"
    place.env["BGCOPY_STORE"] = str(place.store)
    job = Job(place, figures, "inodes of the store", place.target)
    running = job.begun()
    taken = 0
    try:
        for taken in range(2 * INODES):
            (disk / f"filler{taken}").touch()
    except OSError:
        pass
    running.kill()
    place.run(*job.words)
    job.check("without inodes")
    for number in range(taken):
        (disk / f"filler{number}").unlink()
    if not job.path.exists():
        note_end(figures, place.run(*job.words), "inodes of the store: the same command again")
    job.end()
    shell("umount", str(disk))


def read_only(disk: Path, image: Path, place: Place, figures: Figures) -> None:
    """It is read-only before the first byte, and then it is not."""
    shell("mount", "-t", "tmpfs", "-o", "size=64M", "none", str(disk))
    shell("mount", "-o", "remount,ro", str(disk))
    job = Job(place, figures, "read-only", disk)
    running = place.start(*job.words)
    ended = running.wait(2)
    if not ended:
        job.why(("read-only", "write", "access", "denied"))
    shell("mount", "-o", "remount,rw", str(disk))
    if ended and running.kill().code == 0:
        figures.note("wrong", "read-only: it says that the file is there")
    job.goes_on(place.start(*job.words) if ended else running)
    job.end()
    shell("umount", str(disk))


def aborted(disk: Path, image: Path, place: Place, figures: Figures, has_store: bool) -> None:
    """As after an error of the disk ext4 stops all writes in mid-job; after a check it is mounted again."""
    subprocess.run(["truncate", "-s", "64M", str(image)], check=True)
    shell("mkfs.ext4", "-q", "-F", str(image))
    shell("mount", "-o", "loop", str(image), str(disk))
    what = "read-only in mid-job" + (", with the store" if has_store else "")
    if has_store:
        place.store = disk / "store"
        place.env["BGCOPY_STORE"] = str(place.store)
    data = disk / "data"
    data.mkdir()
    job = Job(place, figures, what, data)
    running = job.begun()
    # All that was there before is there afterwards, too.
    os.sync()
    shell("mount", "-o", "remount,abort", str(disk))
    running.wait(SIZE / RATE + 2)
    ended = running.kill()
    if ended.code == 0 or ended.crashed:
        figures.note("wrong", f"{what}: {ended.words()}")
    job.check("while it is read-only")
    listed = place.run("list")
    if listed.crashed or listed.hung:
        figures.note("other", f"{what}: list: {listed.words()}")
    shell("umount", str(disk))
    # 1: it has mended something.
    if subprocess.run(["e2fsck", "-p", str(image)], capture_output=True).returncode not in (0, 1):
        raise OSError("e2fsck could not mend the disk")
    shell("mount", "-o", "loop", str(image), str(disk))
    if not place.jobs():
        figures.note("lost", f"{what}: the job")
    job.goes_on(place.start(*job.words))
    job.end()
    shell("umount", str(disk))


def aborted_data(disk: Path, image: Path, place: Place, figures: Figures) -> None:
    aborted(disk, image, place, figures, has_store=False)


def aborted_store(disk: Path, image: Path, place: Place, figures: Figures) -> None:
    aborted(disk, image, place, figures, has_store=True)


Scenario = Callable[[Path, Path, Place, Figures], None]

# With the programs that each needs.
SCENARIOS: list[tuple[Scenario, tuple[str, ...]]] = [
    (quota, ("mkfs.btrfs", "btrfs")),
    (inodes, ()),
    (inodes_of_store, ()),
    (read_only, ()),
    (aborted_data, ("mkfs.ext4", "e2fsck")),
    (aborted_store, ("mkfs.ext4", "e2fsck")),
]


def mounts(bench: Bench, budget: Budget) -> Row:
    row = Row("disk: over its quota, out of inodes, read-only in mid-job")
    if os.geteuid() != 0:
        row.skipped = "only root can mount disks"
        return row
    scenarios = [*SCENARIOS]
    budget.rng.shuffle(scenarios)
    for scenario, programs in scenarios:
        name = scenario.__name__
        if missing := [one for one in programs if shutil.which(one) is None]:
            row.facts.append(f"{name} was not tried: {', '.join(missing)} not installed")
            continue
        if row.own.faults and budget.is_short and budget.is_over:
            break
        folder = bench.place().folder
        here = [sys.executable, str(Path(__file__).resolve()), name]
        words = [*here, str(bench.program), str(bench.server.port), str(folder)]
        said = subprocess.run(["unshare", "--mount", *words], capture_output=True, text=True, timeout=400)
        if said.returncode == NOT_HERE:
            row.facts.append(f"{name} was not tried: {said.stderr.strip()}")
        elif said.returncode != 0:
            row.own.note("other", f"{name}: {said.stderr[-2000:]}")
        else:
            found = Figures(**json.loads(said.stdout))
            row.own.faults += 1
            for kind in ("lost", "wrong", "hangs", "other"):
                setattr(row.own, kind, getattr(row.own, kind) + getattr(found, kind))
            row.own.notes += found.notes
        shutil.rmtree(folder, ignore_errors=True)
    if row.own.faults == 0 and row.own.is_clean:
        row.skipped = "; ".join(row.facts) or "nothing could be mounted"
    return row


def main() -> None:
    name, program, port, folder = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])
    scenario = next(scenario for scenario, _ in SCENARIOS if scenario.__name__ == name)
    disk, own = folder / "disk", folder / "own"
    disk.mkdir()
    own.mkdir()
    figures = Figures()
    place = Place(program, KnownServer(port), own)
    try:
        scenario(disk, folder / "image", place, figures)
    except subprocess.CalledProcessError as error:
        # What mounts and makes is not ours: it cannot be had here.
        print(f"{' '.join(error.cmd[:3])}: {error.stderr}", file=sys.stderr)
        subprocess.run(["umount", "-l", str(disk)], capture_output=True)
        sys.exit(NOT_HERE)
    print(json.dumps(asdict(figures)))


CASES = [mounts]

if __name__ == "__main__":
    main()
