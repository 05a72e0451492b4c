"""The usual case in one line: a job from its creation to its files in place."""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TypeAlias

from ._bgcopy import Job, Manager
from ._progress import Report, reporting
from ._targets import absolute, display_name, key, make_folders, name_in_url
from ._vocab import (
    AuthScheme,
    AuthTarget,
    ErrorContext,
    HashAlgorithm,
    HResult,
    JobPriority,
    JobState,
)
from .errors import InvalidArgumentError, JobNotFoundError, TransferError, WaitTimeoutError
from .records import ExpectedHash, FileSpec, JobProgress, JobRecord

StrPath: TypeAlias = str | os.PathLike[str]
Target: TypeAlias = str | FileSpec | tuple[str, StrPath] | tuple[str, StrPath, str | bytes]
Progress: TypeAlias = bool | Callable[[JobProgress], object]

TICK_S = 0.1
"""How often progress is told."""

NO_PROGRESS_TIMEOUT_S = 60
"""How long a download goes on without a byte: somebody waits for it."""


@dataclass(frozen=True)
class Wishes:
    """What a download is to be like."""

    hashes: Mapping[int, str | bytes]
    headers: Mapping[str, str] | None
    credentials: tuple[str, str] | None
    priority: JobPriority
    no_progress_timeout: float | timedelta | None


def download(
    url: str,
    path: StrPath | None = None,
    *,
    sha256: str | bytes | None = None,
    progress: Progress = False,
    timeout: float | timedelta | None = None,
    no_progress_timeout: float | timedelta = NO_PROGRESS_TIMEOUT_S,
    headers: Mapping[str, str] | None = None,
    credentials: tuple[str, str] | None = None,
    priority: JobPriority = JobPriority.FOREGROUND,
    store: StrPath | None = None,
    manager: Manager | None = None,
) -> Path:
    """Downloads one file and returns its path.

    Nothing is at `path` before all of it is here and checked; a file that is
    there is replaced. Without `path` it goes to the current folder under the
    last part of the URL. `sha256` is what its content must have.

    `progress` is True for a bar of tqdm, or a function that is called with
    :class:`JobProgress`, ten times a second. `timeout` is for all of it, and
    `no_progress_timeout` how long it goes on without a new byte, with tries in
    between; both in seconds. `credentials` are a name and a password for the
    server; `headers` go with each request.

    With `store`, a folder, or an open `manager` the job is kept there when the
    download fails, is interrupted or the process dies: the same call goes on
    with it. Without, nothing is left behind.

    :class:`TransferError` says why the server's file could not be had,
    :class:`WaitTimeoutError` that the time is over; other
    :class:`BgcopyError` that an argument or a folder cannot be used.
    """
    target = FileSpec(url, absolute(name_in_url(url) if path is None else path))
    wishes = Wishes(
        {} if sha256 is None else {0: sha256}, headers, credentials, priority, no_progress_timeout
    )
    return _fetch([target], wishes, progress, timeout, store, manager)[0]


def download_many(
    targets: Iterable[Target],
    folder: StrPath = ".",
    *,
    progress: Progress = False,
    timeout: float | timedelta | None = None,
    no_progress_timeout: float | timedelta = NO_PROGRESS_TIMEOUT_S,
    headers: Mapping[str, str] | None = None,
    credentials: tuple[str, str] | None = None,
    priority: JobPriority = JobPriority.FOREGROUND,
    store: StrPath | None = None,
    manager: Manager | None = None,
) -> list[Path]:
    """Downloads files as one job, and returns their paths in the same order.

    A target is a URL, `(url, path)`, `(url, path, sha256)` or a
    :class:`FileSpec`; relative paths are below `folder`, which is made if it
    is missing. The files are put in place together when all of them are here:
    if one cannot be had, none is. The rest is as for :func:`download`.
    """
    files: list[FileSpec] = []
    hashes: dict[int, str | bytes] = {}
    for target in targets:
        file, sha256 = _target(target, Path(absolute(folder)))
        if sha256 is not None:
            hashes[len(files)] = sha256
        files.append(file)
    if not files:
        return []
    wishes = Wishes(hashes, headers, credentials, priority, no_progress_timeout)
    return _fetch(files, wishes, progress, timeout, store, manager)


def _target(target: Target, folder: Path) -> tuple[FileSpec, str | bytes | None]:
    if isinstance(target, FileSpec):
        return FileSpec(target.remote_name, str(folder / target.local_name), target.ranges), None
    if isinstance(target, str):
        return FileSpec(target, str(folder / name_in_url(target))), None
    url, path = target[0], target[1]
    return FileSpec(url, str(folder / path)), target[2] if len(target) > 2 else None


def _fetch(
    files: Sequence[FileSpec],
    wishes: Wishes,
    progress: Progress,
    timeout: float | timedelta | None,
    store: StrPath | None,
    manager: Manager | None,
) -> list[Path]:
    with reporting(progress, display_name(files)) as report:
        make_folders(files)
        with _opened(store, manager) as (opened, is_kept):
            job = find(opened, files, wishes) or create(opened, files, wishes)
            try:
                _follow(job, report, timeout)
            except BaseException:
                _leave(job, is_kept)
                raise
    return [Path(file.local_name) for file in files]


@contextlib.contextmanager
def _opened(store: StrPath | None, manager: Manager | None) -> Iterator[tuple[Manager, bool]]:
    """A manager, and whether its jobs outlive this download."""
    if manager is not None and store is not None:
        raise InvalidArgumentError(
            HResult.E_INVALIDARG, ErrorContext.NONE, "either a store or a manager, not both"
        )
    if manager is not None:
        yield manager, True
    elif store is not None:
        with Manager(absolute(store)) as opened:
            yield opened, True
    else:
        with tempfile.TemporaryDirectory(prefix="bgcopy-") as folder, Manager(folder) as opened:
            yield opened, False


def find(manager: Manager, files: Sequence[FileSpec], wishes: Wishes) -> Job | None:
    """The job that the same call made before, resumed."""
    wanted = key(files)
    record, job = _recorded(manager, wanted)
    if job is None or record is None or record.closing:
        return None
    if record.progress.files_total == 0:
        # The process that made it was killed before it could add the files.
        job.add_file_set(list(files))
    _configure(job, wishes)
    if record.state is not JobState.TRANSFERRED:
        job.resume()
    return job


def _recorded(manager: Manager, wanted: str) -> tuple[JobRecord | None, Job | None]:
    for job in manager.jobs():
        with contextlib.suppress(JobNotFoundError):
            record = job.snapshot().record
            if record.description == wanted:
                return record, job
    return None, None


def create(manager: Manager, files: Sequence[FileSpec], wishes: Wishes) -> Job:
    job = manager.create_job(display_name(files))
    try:
        job.description = key(files)
        job.add_file_set(list(files))
        _configure(job, wishes)
        job.resume()
    except BaseException:
        # The first failure is the one to tell.
        with contextlib.suppress(Exception):
            job.cancel()
        raise
    return job


def _configure(job: Job, wishes: Wishes) -> None:
    job.priority = wishes.priority
    if wishes.no_progress_timeout is not None:
        job.no_progress_timeout = wishes.no_progress_timeout
    if wishes.headers is not None:
        lines = (f"{name}: {value}\r\n" for name, value in wishes.headers.items())
        job.custom_headers = "".join(lines) or None
    if wishes.credentials is not None:
        name, password = wishes.credentials
        job.set_credentials(AuthTarget.SERVER, AuthScheme.BASIC, name, password)
    for index, sha256 in wishes.hashes.items():
        file, wanted = job.file(index), ExpectedHash(HashAlgorithm.SHA256, sha256)
        if file.expected_hash != wanted:
            file.set_expected_hash(wanted)


def _follow(job: Job, report: Report | None, timeout: float | timedelta | None) -> None:
    """Waits until the files are here, and puts them in place."""
    seconds = timeout.total_seconds() if isinstance(timeout, timedelta) else timeout
    state = job.wait(timeout=seconds) if report is None else _report(job, report, seconds)
    if state is JobState.TRANSFERRED:
        job.complete()
        return
    error = job.error() if state is JobState.ERROR else None
    if error is not None:
        raise TransferError(error.code, error.context, error.message, error)
    raise TransferError(
        HResult.DO_E_INVALID_STATE, message=f"the job is {state.name} by another hand"
    )


def _report(job: Job, report: Report, seconds: float | None) -> JobState:
    deadline = float("inf") if seconds is None else time.monotonic() + seconds
    while True:
        try:
            state = job.wait(timeout=max(0.0, min(TICK_S, deadline - time.monotonic())))
        except WaitTimeoutError:
            report(job.progress)
            if time.monotonic() >= deadline:
                raise
        else:
            report(job.progress)
            return state


def _leave(job: Job, is_kept: bool) -> None:
    """Ends a download that did not come to its end."""
    with contextlib.suppress(Exception):
        if is_kept:
            job.suspend()
        else:
            job.cancel()
