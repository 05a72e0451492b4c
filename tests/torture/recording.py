"""What a program did to some folders, as strace recorded it, and what a power cut could leave of it.

What was not synced at the cut may be gone, or there in part, in any order. Folders that were made are
always there.
"""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

CALLS = "openat,pwrite64,write,fsync,fdatasync,ftruncate,rename,unlink"
STRING_MAX = 8 << 20
SECTOR = 512

# The result of a call that did not come back.
UNKNOWN = "?"


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

    def begin(self, files: dict[str, bytes]) -> None:
        """What was there before, and is synced."""
        for name, data in files.items():
            node = Node(bytearray(data), data)
            self.names[name] = self.durable_names[name] = node

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
    # Of a process that was killed.
    for name, arguments, began in open_calls.values():
        yield Call(name, arguments, began, UNKNOWN)


def replay(disk: Disk, call: Call, now: int) -> bool:
    """Does what a call did; whether that changed anything. One that did not come back did nothing, as
    nobody can have learnt of it."""
    if call.result.startswith(("-1", UNKNOWN)):
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
    elif call.name == "openat":
        return replay_open(disk, call, named[0], now)
    else:
        return False
    return True


def replay_open(disk: Disk, call: Call, name: str, now: int) -> bool:
    node = disk.names.get(name)
    if node is None:
        if "O_CREAT" not in call.arguments:
            return False
        disk.names[name] = Node()
        disk.ends[name] = 0
        return True
    disk.ends[name] = len(node.data) if "O_APPEND" in call.arguments else 0
    if "O_TRUNC" in call.arguments:
        node.cut(now, 0)
        return True
    return False


def content(roots: list[Path]) -> dict[str, bytes]:
    """Every file of some folders."""
    paths = [path for root in roots if root.exists() for path in root.iterdir()]
    names = {str(path): path for path in paths if path.is_file() and not path.name.endswith("-shm")}
    return {name: path.read_bytes() for name, path in names.items()}


@dataclass
class Scenario:
    """What was there at the beginning, and what was done to it."""

    roots: list[Path]
    before: dict[str, bytes]
    calls: list[Call]
    # Files that have other times now than a cut would have left, as nobody can set those of an inode.
    touched: list[str] = field(default_factory=list)

    def disk(self, number: int) -> Disk:
        """As it is behind so many calls."""
        disk = Disk(self.roots)
        disk.begin(self.before)
        for call in self.calls[:number]:
            replay(disk, call, call.began)
        return disk

    def leave(self, number: int, kind: str, rng: random.Random, aside: Path) -> str:
        """Puts the folders into a state that a cut behind so many calls could leave; what is wrong with the
        recording, if anything is. A file that is still there keeps its inode, by which one that was
        moved is known: it lies in the folder `aside` meanwhile."""
        disk = self.disk(number)
        names = disk.durable_names if kind == KINDS[0] else disk.names
        nodes, state = dict(names), disk.state(kind, rng)
        for call in self.calls[number:]:
            replay(disk, call, call.began)
        kept: dict[int, Path] = {}
        stays: set[Path] = set()
        unsure = {call.path for call in self.calls if call.result.startswith(UNKNOWN)}
        for at, (name, node) in enumerate(disk.names.items()):
            path = Path(name)
            if path.is_file() and "/store/" not in name:
                if name not in unsure and bytes(node.data) != path.read_bytes():
                    return f"the recording is not what happened to {name}"
                # What is as it was keeps its times, too.
                if nodes.get(name) is not node or state[name] != bytes(node.data):
                    kept[id(node)] = path.rename(aside / f"kept{at}")
                else:
                    del state[name]
                    stays.add(path)
        for path in [path for root in self.roots if root.exists() for path in root.iterdir()]:
            if path.is_dir():
                shutil.rmtree(path)
            elif path not in stays:
                path.unlink()
        for root in self.roots:
            root.mkdir(mode=0o700, exist_ok=True)
        for name, data in state.items():
            path = Path(name)
            if one := kept.pop(id(nodes[name]), None):
                one.rename(path)
                self.touched.append(path.name)
            path.write_bytes(data)
            path.chmod(0o600)
        for one in kept.values():
            one.unlink()
        return ""


def traced(log: Path) -> list[str]:
    """What to put before a command that is to be recorded."""
    words = [shutil.which("strace") or "strace", "-f", "-y", "-xx", "-s", str(STRING_MAX)]
    return [*words, "-o", str(log), "-e", f"trace={CALLS}"]
