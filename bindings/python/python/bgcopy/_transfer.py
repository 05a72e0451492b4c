"""What the one-line downloads and uploads have in common."""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias

from ._bgcopy import Job, Manager
from ._targets import absolute, display_name
from ._vocab import (
    AuthScheme,
    AuthTarget,
    ErrorContext,
    HResult,
    JobPriority,
    JobState,
    JobType,
    UploadProtocol,
    WaitKind,
)
from .errors import InvalidArgumentError, JobNotFoundError, TransferError
from .records import FileSpec, JobRecord

StrPath: TypeAlias = str | os.PathLike[str]

TICK_S = 0.1
"""How often progress is told."""

NO_PROGRESS_TIMEOUT_S = 60
"""How long a transfer goes on without a byte: somebody waits for it."""

SERVER_PATIENCE_S = 5.0
"""How long a server may take to hear that an upload is cancelled, before
nobody waits for it any more.
"""

SERVER_TICK_S = 0.02
"""How often that is looked at."""

CALLS = 64
"""Calls for many jobs that are under way at the same time."""


@dataclass(frozen=True)
class Wishes:
    """What a transfer is to be like."""

    headers: Mapping[str, str] | None
    credentials: tuple[str, str] | None
    priority: JobPriority
    no_progress_timeout: float | timedelta


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
    wishes: Wishes,
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
        priority=wishes.priority,
        no_progress_timeout=wishes.no_progress_timeout,
        custom_headers=_lines(wishes.headers),
        credentials=wishes.credentials,
    )


def _lines(headers: Mapping[str, str] | None) -> str | None:
    return "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items()) or None


def configure(job: Job, wishes: Wishes) -> None:
    """Makes a job as it is wished."""
    job.priority = wishes.priority
    job.no_progress_timeout = wishes.no_progress_timeout
    if wishes.headers is not None:
        job.custom_headers = _lines(wishes.headers)
    if wishes.credentials is not None:
        name, password = wishes.credentials
        job.set_credentials(AuthTarget.SERVER, AuthScheme.BASIC, name, password)


def each(jobs: Sequence[Job], act: Callable[[Job], object]) -> None:
    """Does the same to several jobs. Calls that are under way at the same time
    are stored together, which a disk does as fast as one of them.
    """
    if len(jobs) < 2:
        for job in jobs:
            act(job)
        return
    with ThreadPoolExecutor(min(CALLS, len(jobs)), "bgcopy-calls") as pool:
        for _ in pool.map(act, jobs):
            pass


def kept(manager: Manager) -> Iterator[tuple[JobRecord, Job]]:
    """The jobs that can be gone on with, and what they are."""
    for job in manager.jobs():
        with contextlib.suppress(JobNotFoundError):
            record = job.snapshot().record
            if not record.closing:
                yield record, job


def failure(job: Job, state: JobState) -> TransferError:
    """Why a job ended in this state, which is not TRANSFERRED."""
    if state is JobState.ERROR:
        error = job.error()
        return TransferError(error.code, error.context, error.message, error)
    return TransferError(
        HResult.DO_E_INVALID_STATE, message=f"the job is {state.name} by another hand"
    )


def wait_for_server(cancelled: Iterable[Job]) -> None:
    """Gives servers a moment to hear that uploads are cancelled."""
    deadline = Deadline(SERVER_PATIENCE_S)
    for job in cancelled:
        # Once nothing is left of it, it is not found.
        with contextlib.suppress(JobNotFoundError):
            while job.wait_reason.kind is WaitKind.CANCELLING_ON_SERVER:
                if deadline.left() == 0.0:
                    return
                time.sleep(SERVER_TICK_S)
