"""What the commands print: lines for people, JSON for programs."""

from __future__ import annotations

import math
import sys
import time
from datetime import datetime
from typing import Any

from ._vocab import HResult
from .records import FileRecord, JobError, JobProgress, JobRecord, JobSnapshot, WaitReason

UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]


def say(line: str) -> None:
    """Prints a line."""
    print(line, flush=True)


def complain(line: str) -> None:
    """Prints a line on standard error."""
    print(line, file=sys.stderr, flush=True)


def describe(code: HResult, message: str) -> str:
    """The code in hexadecimal digits, its name and its text, and what was said
    about this very case.
    """
    text = f"{code}: {code.text}"
    return text if message in ("", code.text) else f"{text}\n  {message}"


def size(count: int | None) -> str:
    """Bytes for people."""
    if count is None:
        return "?"
    power = 0 if count < 1024 else min(int(math.log(count, 1024)), len(UNITS) - 1)
    return f"{count} B" if power == 0 else f"{count / 1024**power:.2f} {UNITS[power]}"


def percent(progress: JobProgress) -> str:
    """How much of a job is here; nothing of nothing is all."""
    if progress.bytes_total is None:
        return "?"
    if progress.bytes_total == 0:
        return "100%"
    return f"{progress.bytes_transferred * 100 // progress.bytes_total}%"


def standstill(reason: WaitReason) -> str:
    """Why a job does not move, in one line."""
    code = "" if reason.code is None else f" ({reason.code})"
    if reason.next_try is None:
        return f"{reason.message}{code}"
    seconds = max(0, math.ceil(reason.next_try.timestamp() - time.time()))
    return f"retry in {seconds} s: {reason.message}{code}"


def doing(snapshot: JobSnapshot) -> str:
    """How far a job is and what it does, in one line."""
    progress = snapshot.record.progress
    parts = [f"{percent(progress):>4}  {size(progress.bytes_transferred)}"]
    if progress.bytes_total is not None:
        parts[0] += f" of {size(progress.bytes_total)}"
    if progress.files_total > 1:
        parts.append(f"{progress.files_transferred}/{progress.files_total} files")
    parts.append(
        f"{size(snapshot.speed)}/s" if snapshot.speed else standstill(snapshot.wait_reason)
    )
    return "  ".join(parts)


def job_json(record: JobRecord, reason: WaitReason) -> dict[str, Any]:
    """A job as JSON."""
    return {
        "id": str(record.id),
        "display_name": record.display_name,
        "description": record.description,
        "owner": record.owner,
        "type": record.job_type.name,
        "state": record.state.name,
        "state_since_ms": _ms(record.state_since),
        "priority": record.priority.name,
        "bytes_total": record.progress.bytes_total,
        "bytes_transferred": record.progress.bytes_transferred,
        "files_total": record.progress.files_total,
        "files_transferred": record.progress.files_transferred,
        "creation_ms": _ms(record.times.creation),
        "modification_ms": _ms(record.times.modification),
        "transfer_completion_ms": _ms(record.times.transfer_completion),
        "error_count": record.error_count,
        "error": None if record.error is None else error_json(record.error),
        "wait_reason": reason_json(reason),
    }


def progress_json(snapshot: JobSnapshot) -> dict[str, Any]:
    """A moment of a transfer as JSON."""
    left = snapshot.time_left
    return {
        **job_json(snapshot.record, snapshot.wait_reason),
        "event": "progress",
        "bytes_per_second": snapshot.speed,
        "seconds_left": None if left is None else int(left.total_seconds()),
    }


def file_json(file: FileRecord) -> dict[str, Any]:
    """A file of a job as JSON."""
    wanted = file.expected_hash
    return {
        "index": file.index,
        "remote_name": file.remote_name,
        "local_name": str(file.local_name),
        "temporary_name": str(file.temporary_name),
        "bytes_total": file.bytes_total,
        "bytes_transferred": file.bytes_transferred,
        "transferred": file.transferred,
        "expected_hash": None
        if wanted is None
        else {"algorithm": wanted.algorithm.name, "digest": wanted.digest},
    }


def error_json(error: JobError) -> dict[str, Any]:
    """What stopped a job as JSON."""
    return {
        "code": _hexadecimal(error.code),
        "name": _name(error.code),
        "context": error.context.name,
        "message": error.message,
        "file": error.file,
        "at_ms": _ms(error.at),
    }


def reason_json(reason: WaitReason) -> dict[str, Any]:
    """Why a job does not move as JSON."""
    return {
        "kind": reason.kind.name,
        "since_ms": _ms(reason.since),
        "next_try_ms": _ms(reason.next_try),
        "code": None if reason.code is None else _hexadecimal(reason.code),
        "name": None if reason.code is None else _name(reason.code),
        "message": reason.message,
        "unblock": reason.unblock,
    }


def _ms(moment: datetime | None) -> int | None:
    return None if moment is None else round(moment.timestamp() * 1000)


def _hexadecimal(code: HResult) -> str:
    return f"0x{int(code):08X}"


def _name(code: HResult) -> str | None:
    return None if code.name.startswith("0x") else code.name
