"""Power cuts: what a run wrote and synced is recorded, and the disk is put into a state that a cut
at some moment could leave.

strace records the calls. What was not synced at the cut may be gone, or there in part, in any
order. The next run finds another boot of the machine. Folders that were made are always there.

Rules: a file under its name is whole, a job whose making was told is there, what was told to be
done is done, and the same command comes to its end.
"""

from __future__ import annotations

import random
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from calls import Get
from figures import Budget, Figures, Row
from place import Bench, Place, Unreadable

CALLS = "openat,pwrite64,write,fsync,fdatasync,ftruncate,rename,unlink"
STRING_MAX = 8 << 20
SECTOR = 512

# A run in a namespace where the boot has another name.
BOOT = "/proc/sys/kernel/random/boot_id"
REBOOTED = 'mount --bind "$1" ' + BOOT + ' || exit 77; shift; exec "$@"'


class SlowGet(Get):
    """Slow enough that bytes are recorded as written long before they are synced."""

    query = "?rate=2500000"


@dataclass
class Node:
    """A file: as it is, as it is for sure, and what was written since."""

    data: bytearray = field(default_factory=bytearray)
    durable: bytes = b""
    # When, where, what; None for a change of its length to where.
    pending: list[tuple[int, int, bytes | None]] = field(default_factory=list)

    def write(self, now: int, at: int, data: bytes) -> None:
        apply(self.data, at, data)
        self.pending.append((now, at, data))

    def cut(self, now: int, length: int) -> None:
        apply(self.data, length, None)
        self.pending.append((now, length, None))


def apply(data: bytearray, at: int, piece: bytes | None) -> None:
    if piece is None:
        del data[at:]
        data.extend(bytes(at - len(data)))
        return
    if len(data) < at:
        data.extend(bytes(at - len(data)))
    data[at : at + len(piece)] = piece


class Disk:
    """What there is of some folders."""

    def __init__(self, roots: list[Path]):
        self.roots = [str(root) + "/" for root in roots]
        self.names: dict[str, Node] = {}
        self.durable_names: dict[str, Node] = {}
        self.ends: dict[str, int] = {}

    def has(self, path: str) -> bool:
        return any(path.startswith(root) for root in self.roots) and not path.endswith("-shm")

    def sync_names(self, folder: str) -> None:
        def inside(name: str) -> bool:
            return name.rsplit("/", 1)[0] == folder

        kept = {name: node for name, node in self.durable_names.items() if not inside(name)}
        self.durable_names = kept | {n: node for n, node in self.names.items() if inside(n)}

    def state(self, kind: str, rng: random.Random) -> dict[str, bytes]:
        """What a cut now could leave."""
        if kind == "unsynced gone":
            return {name: node.durable for name, node in self.durable_names.items()}
        state = {}
        for name, node in self.names.items():
            left = bytearray(node.durable)
            if kind == "length kept, unsynced zeroed":
                apply(left, len(node.data), None)
            else:
                pieces = list(sectors(node.pending))
                for at, piece in pieces:
                    if rng.random() < 0.5:
                        apply(left, at, piece)
            state[name] = bytes(left)
        return state


KINDS = ["unsynced gone", "length kept, unsynced zeroed", "some sectors there"]


def sectors(pending: list[tuple[int, int, bytes | None]]) -> Iterator[tuple[int, bytes | None]]:
    for _, at, data in pending:
        if data is None:
            yield at, None
            continue
        first = SECTOR - at % SECTOR
        yield at, data[:first]
        for start in range(first, len(data), SECTOR):
            yield at + start, data[start : start + SECTOR]


def text(escaped: str) -> bytes:
    """What strace wrote with -xx."""
    return bytes.fromhex(escaped.replace("\\x", ""))


@dataclass
class Call:
    name: str
    arguments: str
    # When its arguments were seen.
    began: int
    result: str

    @cached_property
    def path(self) -> str:
        """That of the descriptor which comes first."""
        if not self.arguments[:1].isdigit() or "<" not in self.arguments[:8]:
            return ""
        escaped = self.arguments.split("<", 1)[1].split(">", 1)[0]
        return text(escaped).decode(errors="replace") if escaped.startswith("\\x") else escaped

    @cached_property
    def strings(self) -> list[bytes]:
        return [text(one) for one in self.arguments.split('"')[1::2]]

    @property
    def last_number(self) -> int:
        return int(self.arguments.rsplit(", ", 1)[1])


def recorded(log: Path) -> Iterator[Call]:
    """The calls in the order in which they came back."""
    open_calls: dict[str, tuple[str, str, int]] = {}
    for now, line in enumerate(log.read_text(errors="replace").splitlines()):
        if found := re.match(r"(\d+) +(\w+)\((.*)<unfinished \.\.\.>$", line):
            open_calls[found[1]] = (found[2], found[3].rstrip(), now)
        elif found := re.match(r"(\d+) +<\.\.\. (\w+) resumed>(.*)\) += (.*)$", line):
            if begun := open_calls.pop(found[1], None):
                yield Call(begun[0], begun[1] + found[3], begun[2], found[4])
        elif found := re.match(r"(\d+) +(\w+)\((.*)\) += (.*)$", line):
            yield Call(found[2], found[3], now, found[4])


def replay(disk: Disk, call: Call, now: int) -> bool:
    """Does what a call did; whether that changed anything."""
    if call.result.startswith("-1"):
        return False
    if call.name in ("rename", "unlink", "openat"):
        named = [one.decode(errors="replace") for one in call.strings]
        return replay_names(disk, call, named, now)
    path = call.path
    if call.name in ("fsync", "fdatasync"):
        if any(path + "/" == root for root in disk.roots) or path in folders(disk):
            disk.sync_names(path)
        elif node := disk.names.get(path):
            later = [one for one in node.pending if one[0] >= call.began]
            earlier = [one for one in node.pending if one[0] < call.began]
            durable = bytearray(node.durable)
            for _, at, data in earlier:
                apply(durable, at, data)
            node.durable, node.pending = bytes(durable), later
        return disk.has(path)
    node = disk.names.get(path)
    if node is None:
        return False
    if call.name == "ftruncate":
        node.cut(now, call.last_number)
    elif call.name == "pwrite64":
        node.write(now, call.last_number, call.strings[0])
    else:
        # What is not a database or a temporary file is written from its beginning on.
        at = disk.ends.get(path, 0)
        data = call.strings[0]
        node.write(now, at, data)
        disk.ends[path] = at + len(data)
    return True


def folders(disk: Disk) -> set[str]:
    return {name.rsplit("/", 1)[0] for name in disk.names}


def replay_names(disk: Disk, call: Call, named: list[str], now: int) -> bool:
    if not named or not disk.has(named[-1]):
        return False
    if call.name == "rename" and named[0] in disk.names:
        disk.names[named[1]] = disk.names.pop(named[0])
    elif call.name == "unlink":
        disk.names.pop(named[0], None)
    elif call.name == "openat" and "O_CREAT" in call.arguments and named[0] not in disk.names:
        disk.names[named[0]] = Node()
        disk.ends[named[0]] = 0
    else:
        return False
    return True


@dataclass
class Cut:
    """A moment, and what was told before it."""

    number: int
    created: str | None
    done: bool


def moments(calls: list[Call], roots: list[Path]) -> list[Cut]:
    """Behind each call that changed something."""
    disk, cuts, created, done = Disk(roots), [], None, False
    for number, call in enumerate(calls):
        if call.name == "write" and call.arguments.startswith("1<"):
            said = b"".join(call.strings).decode(errors="replace")
            if found := re.search(r'"event":"created","id":"([^"]+)"', said):
                created = found[1]
            done |= '"event":"done"' in said
        elif replay(disk, call, call.began):
            cuts.append(Cut(number, created, done))
    return cuts


def leave(place: Place, calls: list[Call], roots: list[Path], cut: Cut, kind: str, rng: random.Random) -> str:
    """Puts the folders into a state that the cut could leave; what is wrong with the recording, if
    anything is. A file that is still there keeps its inode, by which one that was moved is known."""
    disk = Disk(roots)
    for call in calls[: cut.number + 1]:
        replay(disk, call, call.began)
    names = disk.durable_names if kind == KINDS[0] else disk.names
    nodes, state = dict(names), disk.state(kind, rng)
    for call in calls[cut.number + 1 :]:
        replay(disk, call, call.began)
    kept: dict[int, Path] = {}
    for number, (name, node) in enumerate(disk.names.items()):
        path = Path(name)
        if path.is_file() and "/store/" not in name:
            if bytes(node.data) != path.read_bytes():
                return f"the recording is not what happened to {name}"
            kept[id(node)] = path.rename(place.folder / f"kept{number}")
    for root in roots:
        shutil.rmtree(root, ignore_errors=True)
        root.mkdir(mode=0o700)
    for name, data in state.items():
        path = Path(name)
        if aside := kept.pop(id(nodes[name]), None):
            aside.rename(path)
        path.write_bytes(data)
        path.chmod(0o600)
    for aside in kept.values():
        aside.unlink()
    return ""


def reboots(bench: Bench, boot: Path) -> list[str] | None:
    """What to put before a command that is to find another boot; None if that cannot be."""
    for namespace in (["--mount"], ["--user", "--map-root-user", "--mount"]):
        before = ["unshare", *namespace, "sh", "-c", REBOOTED, "sh", str(boot)]
        shown = subprocess.run([*before, "cat", BOOT], capture_output=True, text=True)
        if shown.returncode == 0 and shown.stdout == boot.read_text():
            return before
    return None


def one_cut(told: Get, figures: Figures, cut: Cut, kind: str, before: list[str]) -> None:
    place = told.place
    what = f"{kind}, cut behind call {cut.number}"
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


def record(told: Get) -> list[Call]:
    log = told.place.folder / "log"
    words = [shutil.which("strace") or "strace", "-f", "-y", "-xx", "-s", str(STRING_MAX)]
    words += ["-o", str(log), "-e", f"trace={CALLS}"]
    told.place.run(*told.words(), before=words)
    calls = list(recorded(log))
    log.unlink()
    return calls


def power(bench: Bench, budget: Budget) -> Row:
    row = Row("power cut of a download")
    if shutil.which("strace") is None:
        row.skipped = "strace is not installed"
        return row
    boot = bench.folder / "boot"
    boot.write_text("11111111-2222-4333-8444-555555555555\n")
    before = reboots(bench, boot)
    if before is None:
        row.skipped = "no other boot can be shown here, not even in a namespace"
        return row
    while row.own.faults < len(KINDS) or not budget.is_over:
        kind = KINDS[row.own.faults % len(KINDS)]
        told = SlowGet(bench)
        roots = [told.place.store, told.place.target / "new"]
        calls = record(told)
        cuts = moments(calls, roots)
        if told.wrong() or not told.is_done() or not cuts:
            row.own.note("other", f"{row.name}: nothing was recorded")
            return row
        cut = budget.rng.choice(cuts)
        if problem := leave(told.place, calls, roots, cut, kind, budget.rng):
            row.own.note("other", problem)
            return row
        one_cut(told, row.own, cut, kind, before)
        bench.discard(told.place)
    return row


CASES = [power]
