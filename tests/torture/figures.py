"""What the cases count, and the one table that they give."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field


@dataclass
class Figures:
    """Of one client in one case."""

    faults: int = 0
    lost: int = 0
    wrong: int = 0
    again: int = 0
    hangs: int = 0
    # Anything else that must not be: a file left behind, a crash, too many bytes.
    other: int = 0
    notes: list[str] = field(default_factory=list)

    def note(self, kind: str, text: str) -> None:
        """Counts one broken rule and says which."""
        setattr(self, kind, getattr(self, kind) + 1)
        self.notes.append(f"{kind}: {text}")

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.wrong or self.hangs or self.other)


PEERS = ("curl -C -", "wget2 -c", "aria2c -c")

# Why a cell has no figures.
NOT_HERE = "not installed"
NOT_FOR_IT = "-"


@dataclass
class Row:
    """One case."""

    name: str
    own: Figures = field(default_factory=Figures)
    # By the name of the peer: its figures, or why there are none.
    peers: dict[str, Figures | str] = field(default_factory=dict)
    skipped: str = ""
    # Defects that are known and still there. One that is gone is a failure: it has to be taken out.
    known: list[str] = field(default_factory=list)
    # What was measured beside the figures.
    facts: list[str] = field(default_factory=list)

    def expect_defect(self, defect: str, found: Figures) -> None:
        """Takes the figures of what is known to go wrong."""
        self.own.faults += found.faults
        if found.is_clean:
            self.own.note("other", f"{defect}: it does not happen any more, and is still called known")
        else:
            self.known.append(f"{defect}: {found.notes[0]}")


@dataclass
class Budget:
    """How long a case may go on, and its chance."""

    rng: random.Random
    until: float
    # The form that is short enough to be a leg of the tests.
    is_short: bool

    @property
    def is_over(self) -> bool:
        return time.monotonic() >= self.until

    def left(self) -> float:
        return max(0.0, self.until - time.monotonic())


def mib(count: int) -> str:
    return f"{count / (1 << 20):.1f} MiB"


def peer_cell(found: Figures | str) -> str:
    if isinstance(found, str):
        return found
    words = [f"{found.wrong} wrong", f"{mib(found.again)} again"]
    # It was killed so often as was allowed, and came to no end meanwhile.
    if found.hangs:
        words.append("no end while it was killed")
    if found.other:
        words.append(f"{found.other} failed")
    return f"{found.faults} faults: " + ", ".join(words)


def table(rows: list[Row]) -> str:
    heads = ["case", "faults", "jobs lost", "wrong files", "fetched again", "hangs", "other", *PEERS]
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    for row in rows:
        own = row.own
        if row.skipped:
            figures = [f"skipped: {row.skipped}", "", "", "", "", ""]
        else:
            figures = [own.faults, own.lost, own.wrong, mib(own.again), own.hangs, own.other]
        cells = [row.name, *map(str, figures)]
        cells += [peer_cell(row.peers.get(peer, NOT_FOR_IT)) for peer in PEERS]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)
