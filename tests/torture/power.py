"""Power cuts: what a run wrote and synced is recorded, and the disk is put into a state that a cut
at some moment could leave.

strace records the calls (recording.py), and the next run finds another boot of the machine.

Rules: a file under its name is whole, a job whose making was told is there, what was told to be
done is done, and the same command comes to its end.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from calls import Get
from figures import Budget, Figures, Row
from place import Bench, Unreadable
from recording import KINDS, Scenario, recorded, replay, traced

# A run in a namespace where the boot has another name.
BOOT = "/proc/sys/kernel/random/boot_id"
REBOOTED = 'mount --bind "$1" ' + BOOT + ' || exit 77; shift; exec "$@"'


class SlowGet(Get):
    """Slow enough that bytes are recorded as written long before they are synced."""

    query = "?rate=2500000"


@dataclass
class Cut:
    """A moment, and what was told before it."""

    number: int
    created: str | None
    done: bool


def moments(scenario: Scenario) -> list[Cut]:
    """Behind each call that changed something."""
    disk, cuts, created, done = scenario.disk(0), [], None, False
    for number, call in enumerate(scenario.calls):
        if call.name == "write" and call.arguments.startswith("1<"):
            said = b"".join(call.strings).decode(errors="replace")
            if found := re.search(r'"event":"created","id":"([^"]+)"', said):
                created = found[1]
            done |= '"event":"done"' in said
        elif replay(disk, call, call.began):
            cuts.append(Cut(number + 1, created, done))
    return cuts


def reboots(boot: Path) -> list[str] | None:
    """What to put before a command that is to find another boot; None if that cannot be."""
    for namespace in (["--mount"], ["--user", "--map-root-user", "--mount"]):
        before = ["unshare", *namespace, "sh", "-c", REBOOTED, "sh", str(boot)]
        shown = subprocess.run([*before, "cat", BOOT], capture_output=True, text=True)
        if shown.returncode == 0 and shown.stdout == boot.read_text():
            return before
    return None


def another_boot(bench: Bench) -> tuple[list[str] | None, str]:
    """What to put before a command that is to find another boot, or why power cannot be cut here."""
    if shutil.which("strace") is None:
        return None, "strace is not installed"
    boot = bench.folder / "boot"
    boot.write_text("11111111-2222-4333-8444-555555555555\n")
    before = reboots(boot)
    if before is None:
        return None, "no other boot can be shown here, not even in a namespace"
    return before, ""


def one_cut(told: Get, figures: Figures, cut: Cut, kind: str, before: list[str]) -> None:
    place = told.place
    what = f"{kind}, cut behind {cut.number} calls"
    figures.faults += 1
    if wrong := told.wrong():
        figures.note("wrong", f"{what}: {wrong}")
    if cut.done and not told.is_done():
        figures.note("lost", f"{what}: it was told that the files are in place")
    ids: list[str] = []
    try:
        ids = [job["id"] for job in place.jobs()]
    except Unreadable:
        # What is damaged is saved by the next one that opens it to write.
        place.run("run", before=before)
    if cut.created and cut.created not in ids and not told.is_done():
        try:
            ids = [job["id"] for job in place.jobs()]
        except Unreadable as error:
            figures.note("other", f"{what}: {error}")
        if cut.created not in ids:
            figures.note("lost", f"{what}: job {cut.created}, which was told of")
    if told.is_done() and not ids:
        return
    # The times of the files are others: one that was finished is not taken for what it was.
    for left in reversed(range(3)):
        ended = place.run(*told.words(), before=before)
        if ended.hung:
            figures.note("hangs", f"{what}: {ended.words()}")
            break
        if ended.crashed:
            figures.note("other", f"{what}: {ended.words()}")
        if ended.code == 0:
            break
        if left == 0:
            figures.note("other", f"{what}: the same command: {ended.words()}")
    if wrong := told.wrong():
        figures.note("wrong", f"{what}: {wrong} at the end")
    if not told.is_done():
        figures.note("lost", f"{what}: it is not there at the end")


def record(told: Get, roots: list[Path]) -> Scenario:
    log = told.place.folder / "log"
    told.place.run(*told.words(), before=traced(log))
    calls = list(recorded(log))
    log.unlink()
    return Scenario(roots, {}, calls)


def power(bench: Bench, budget: Budget) -> Row:
    row = Row("power cut of a download")
    before, row.skipped = another_boot(bench)
    if before is None:
        return row
    while row.own.faults < len(KINDS) or not budget.is_over:
        kind = KINDS[row.own.faults % len(KINDS)]
        told = SlowGet(bench)
        scenario = record(told, [told.place.store, told.place.target / "new"])
        cuts = moments(scenario)
        if told.wrong() or not told.is_done() or not cuts:
            row.own.note("other", f"{row.name}: nothing was recorded")
            return row
        cut = budget.rng.choice(cuts)
        if problem := scenario.leave(cut.number, kind, budget.rng, told.place.folder):
            row.own.note("other", problem)
            return row
        one_cut(told, row.own, cut, kind, before)
        bench.discard(told.place)
    return row


CASES = [power]
