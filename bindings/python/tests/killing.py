"""Killing a process in the middle of a file."""

from __future__ import annotations

from pathlib import Path

from conftest import PATIENCE_S, python, until
from web import Web

import bgcopy

LENGTH = 8_000_000
"""Bytes of a file that one connection fetches."""

STALL = 5_000_001
"""Where it stands still until the process is killed."""

HELD = 4_980_736
"""What is stored of it by then: whole pieces of 256 KiB."""

FETCHED_MAX = 1.05
"""How much of a file may be fetched in all, a kill included, by its size."""


def content() -> bytes:
    """Bytes that are different everywhere."""
    return b"".join(n.to_bytes(8, "big") for n in range(LENGTH // 8))


def kill_in_mid_file(program: str, *arguments: object, store: Path) -> None:
    """Runs a program until its only job has stored what the server has sent, and kills it."""
    process = python(program, *arguments)

    def is_held() -> bool:
        assert process.poll() is None, process.communicate()
        try:
            jobs = bgcopy.Reader(store).jobs()
        except bgcopy.BgcopyError:
            return False
        return any(job.progress.bytes_transferred >= HELD for job in jobs)

    try:
        until(is_held)
    finally:
        process.kill()
        process.communicate(timeout=PATIENCE_S)


def fetched(web: Web, path: str) -> float:
    """What was sent of a file, by its size."""
    return web.sent[path] / LENGTH
