"""A download in one line: a job from its creation to its files in place."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TypeAlias

from ._bgcopy import Job, Manager
from ._progress import Progress, Report, reporting
from ._targets import absolute, display_name, make_folders, name_in_url
from ._transfer import (
    NO_PROGRESS_TIMEOUT_S,
    TICK_S,
    Deadline,
    Proof,
    StrPath,
    TransferSettings,
    failure,
    opened,
    run,
)
from ._vocab import HashAlgorithm, JobPriority, JobState
from .errors import WaitTimeoutError
from .records import ExpectedHash, FileSpec

Target: TypeAlias = str | FileSpec | tuple[str, StrPath] | tuple[str, StrPath, str | bytes]


def download(
    url: str,
    path: StrPath | None = None,
    *,
    sha256: str | bytes | None = None,
    checksums: StrPath | None = None,
    minisign_key: str | None = None,
    signature: StrPath | None = None,
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
    last part of the URL. `sha256` is what its content must have. `checksums` is
    the URL or the path of a list of checksums (`SHA256SUMS`) that the file must
    be in, and is checked against unless it has a hash of its own; headers and
    credentials go to its server only if it has the origin of one of the files.
    With `minisign_key`, a public key of minisign, the list must be signed by it;
    the signature is at `signature`, else beside the list with `.minisig` at its end.

    `progress` is True or "tqdm" for a bar of tqdm, "rich" for one of rich, or a
    function that is called with :class:`JobProgress`, ten times a second.
    `timeout` is for all of it, and `no_progress_timeout` how long it goes on
    without a new byte, with tries in between; both in seconds. `credentials` are
    a name and a password for the server; `headers` go with each request.

    With `store`, a folder, or an open `manager` the job is kept there when the
    download fails, is interrupted or the process dies: the same call goes on
    with it. Without, nothing is left behind.

    :class:`TransferError` says why the server's file could not be had,
    :class:`WaitTimeoutError` that the time is over; other
    :class:`BgcopyError` that an argument or a folder cannot be used.
    """
    local_name = absolute(name_in_url(url) if path is None else path)
    target = FileSpec(url, local_name, expected_hash=expected(sha256))
    proof = Proof(checksums, minisign_key, signature)
    settings = TransferSettings(headers, credentials, priority, no_progress_timeout)
    return _fetch([target], settings, progress, timeout, store, manager, proof)[0]


def download_many(
    targets: Iterable[Target],
    folder: StrPath = ".",
    *,
    checksums: StrPath | None = None,
    minisign_key: str | None = None,
    signature: StrPath | None = None,
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
    below = absolute(folder)
    files = [_target(target, below) for target in targets]
    if not files:
        return []
    proof = Proof(checksums, minisign_key, signature)
    settings = TransferSettings(headers, credentials, priority, no_progress_timeout)
    return _fetch(files, settings, progress, timeout, store, manager, proof)


def _target(target: Target, folder: str) -> FileSpec:
    if isinstance(target, FileSpec):
        return replace(target, local_name=os.path.join(folder, target.local_name))
    if isinstance(target, str):
        return FileSpec(target, os.path.join(folder, name_in_url(target)))
    url, path = target[0], target[1]
    sha256 = target[2] if len(target) > 2 else None
    return FileSpec(url, os.path.join(folder, path), expected_hash=expected(sha256))


def expected(sha256: str | bytes | None) -> ExpectedHash | None:
    """A hash as it is written for users."""
    return None if sha256 is None else ExpectedHash(HashAlgorithm.SHA256, sha256)


def _fetch(
    files: Sequence[FileSpec],
    settings: TransferSettings,
    progress: Progress,
    timeout: float | timedelta | None,
    store: StrPath | None,
    manager: Manager | None,
    proof: Proof,
) -> list[Path]:
    with reporting(progress, display_name(files)) as report:
        make_folders(files)
        with opened(store, manager) as (queue, is_kept):
            run(queue, files, settings, report, timeout, is_kept=is_kept, proof=proof)
    return [Path(file.local_name) for file in files]


def follow(job: Job, report: Report | None, timeout: float | timedelta | None) -> None:
    """Waits until the files of a job are here, and puts them in place."""
    deadline = Deadline(timeout)
    state = job.wait(timeout=deadline.left()) if report is None else _report(job, report, deadline)
    if state is not JobState.TRANSFERRED:
        raise failure(job, state)
    job.complete()


def _report(job: Job, report: Report, deadline: Deadline) -> JobState:
    while True:
        try:
            state = job.wait(timeout=deadline.next(TICK_S))
        except WaitTimeoutError:
            report(job.progress)
            if deadline.left() == 0.0:
                raise
        else:
            report(job.progress)
            return state
