"""What the one-line downloads and uploads have in common."""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias

from ._bgcopy import Job, Manager, transfer
from ._progress import Report
from ._targets import absolute, display_name
from ._vocab import (
    ErrorContext,
    HResult,
    JobPriority,
    JobState,
    JobType,
    UploadProtocol,
)
from .errors import InvalidArgumentError, TransferError
from .records import FileSpec

StrPath: TypeAlias = str | os.PathLike[str]

TICK_S = 0.1
"""How often progress is told."""

NO_PROGRESS_TIMEOUT_S = 60
"""How long a transfer goes on without a byte: somebody waits for it."""

CALLS = 64
"""Calls for many jobs that are under way at the same time."""


@dataclass(frozen=True)
class TransferSettings:
    """What a transfer is to be like."""

    headers: Mapping[str, str] | None
    credentials: tuple[str, str] | None
    priority: JobPriority
    no_progress_timeout: float | timedelta


@dataclass(frozen=True)
class Proof:
    """The list of checksums that files must be in, and who must have signed it."""

    checksums: StrPath | None
    minisign_key: str | None
    signature: StrPath | None


class Deadline:
    """The end of a time that may be endless."""

    def __init__(self, timeout: float | timedelta | None) -> None:
        seconds = timeout.total_seconds() if isinstance(timeout, timedelta) else timeout
        self._end = None if seconds is None else time.monotonic() + seconds

    def left(self) -> float | None:
        """Seconds until then; None for an endless time."""
        return None if self._end is None else max(0.0, self._end - time.monotonic())

    def next(self, tick: float) -> float:
        """Seconds until the next look."""
        left = self.left()
        return tick if left is None else min(tick, left)


@contextlib.contextmanager
def opened(store: StrPath | None, manager: Manager | None) -> Iterator[tuple[Manager, bool]]:
    """A manager, and whether its jobs outlive this call."""
    if manager is not None and store is not None:
        raise InvalidArgumentError(
            HResult.E_INVALIDARG, ErrorContext.NONE, "either a store or a manager, not both"
        )
    if manager is not None:
        yield manager, True
    elif store is not None:
        with Manager(absolute(store)) as made:
            yield made, True
    else:
        with tempfile.TemporaryDirectory(prefix="bgcopy-") as folder, Manager(folder) as made:
            yield made, False


def start_job(
    manager: Manager,
    job_type: JobType,
    files: Sequence[FileSpec],
    settings: TransferSettings,
    *,
    description: str,
    upload_protocol: UploadProtocol | None = None,
    reply_file_name: str | None = None,
) -> Job:
    """A new job as it is wished, under way. It is made in one step: a kill
    leaves all of it or nothing.
    """
    return manager._start_job(
        display_name(files),
        job_type,
        list(files),
        description=description,
        upload_protocol=upload_protocol,
        reply_file_name=reply_file_name,
        priority=settings.priority,
        no_progress_timeout=settings.no_progress_timeout,
        custom_headers=_lines(settings.headers),
        credentials=settings.credentials,
    )


def _lines(headers: Mapping[str, str] | None) -> str | None:
    return "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items()) or None


def run(
    manager: Manager,
    files: Sequence[FileSpec],
    settings: TransferSettings,
    report: Report | None,
    timeout: float | timedelta | None,
    *,
    is_kept: bool,
    uploads: bool = False,
    upload_protocol: UploadProtocol = UploadProtocol.AUTO,
    reply_file_name: str | None = None,
    proof: Proof | None = None,
) -> list[str]:
    """Transfers files to their end, and returns their URLs. The jobs that an earlier call
    with the same files left are gone on with. Those that do not come to their end are suspended
    if the queue is kept, and else cancelled.
    """
    ended = transfer(
        manager,
        files,
        uploads=uploads,
        priority=settings.priority,
        no_progress_timeout=settings.no_progress_timeout,
        custom_headers=_lines(settings.headers),
        credentials=settings.credentials,
        timeout=timeout,
        cancel_unfinished=not is_kept,
        upload_protocol=None if upload_protocol is UploadProtocol.AUTO else upload_protocol,
        reply_file_name=reply_file_name,
        checksums=None if proof is None else proof.checksums,
        minisign_key=None if proof is None else proof.minisign_key,
        signature=None if proof is None else proof.signature,
        report=report,
    )
    errors = [error for _, is_done, error in ended if not is_done and error is not None]
    if uploads and len(errors) > 1:
        first = errors[0]
        text = f"{len(errors)} of {len(ended)} files were not sent; the first: {first.message}"
        raise TransferError(first.code, first.context, text, first)
    for error in errors:
        raise TransferError(error.code, error.context, error.message, error)
    return [url for url, _, _ in ended]


def failure(job: Job, state: JobState) -> TransferError:
    """Why a job ended in this state, which is not TRANSFERRED."""
    if state is JobState.ERROR:
        error = job.error()
        return TransferError(error.code, error.context, error.message, error)
    return TransferError(
        HResult.DO_E_INVALID_STATE, message=f"the job is {state.name} by another hand"
    )
