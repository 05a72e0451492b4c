"""An upload in one line: jobs from their creation to files on the server."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import TypeAlias

from ._bgcopy import Job, Manager
from ._progress import Report, reporting
from ._targets import absolute, display_name, key
from ._transfer import (
    CALLS,
    NO_PROGRESS_TIMEOUT_S,
    SERVER_PATIENCE_S,
    TICK_S,
    Deadline,
    Progress,
    StrPath,
    Wishes,
    configure,
    each,
    failure,
    kept,
    opened,
    wait_for_server,
)
from ._vocab import (
    ErrorContext,
    HResult,
    JobPriority,
    JobState,
    JobType,
    UploadProtocol,
)
from .errors import InvalidArgumentError, TransferError, WaitTimeoutError
from .records import FileSpec, JobProgress

Source: TypeAlias = StrPath | FileSpec | tuple[StrPath, str]

SHARE_OF_LOOKING = 10
"""Looking at the jobs may take this part of the time, however many there are."""


def upload(
    path: StrPath,
    url: str,
    *,
    protocol: UploadProtocol = UploadProtocol.AUTO,
    reply: StrPath | None = None,
    progress: Progress = False,
    timeout: float | timedelta | None = None,
    no_progress_timeout: float | timedelta = NO_PROGRESS_TIMEOUT_S,
    headers: Mapping[str, str] | None = None,
    credentials: tuple[str, str] | None = None,
    priority: JobPriority = JobPriority.FOREGROUND,
    store: StrPath | None = None,
    manager: Manager | None = None,
) -> str:
    """Sends one file and returns the URL it is at.

    A `url` that ends in a slash is a folder: the file goes below it under its
    own name. By protocols with which the server names files (TUS, POST, IETF
    where files are created by POST) it is where files are created, and is
    returned as it is. `protocol` is how it is sent; AUTO asks the server. `reply` is
    where the server's reply is put, in an existing folder; if it sends none,
    nothing is there. Only some protocols have replies.

    `progress`, `timeout`, `no_progress_timeout`, `headers`, `credentials`,
    `store` and `manager` are as for :func:`download`. If the upload does not
    come to its end and is not kept in a store, the server is told to forget
    it; that may take up to 5 seconds.

    :class:`TransferError` says why the server did not take the file,
    :class:`WaitTimeoutError` that the time is over; other
    :class:`BgcopyError` that an argument or the file cannot be used.
    """
    wishes = Wishes(headers, credentials, priority, no_progress_timeout)
    answer = None if reply is None else absolute(reply)
    file = FileSpec(url, absolute(path))
    return _send([file], protocol, answer, wishes, progress, timeout, store, manager)[0]


def upload_many(
    sources: Iterable[Source],
    url: str | None = None,
    *,
    protocol: UploadProtocol = UploadProtocol.AUTO,
    progress: Progress = False,
    timeout: float | timedelta | None = None,
    no_progress_timeout: float | timedelta = NO_PROGRESS_TIMEOUT_S,
    headers: Mapping[str, str] | None = None,
    credentials: tuple[str, str] | None = None,
    priority: JobPriority = JobPriority.FOREGROUND,
    store: StrPath | None = None,
    manager: Manager | None = None,
) -> list[str]:
    """Sends files, one job for each, and returns their URLs in the same order.

    A source is a path, `(path, url)` or a :class:`FileSpec`. Paths go to
    `url`, which ends in a slash, except for TUS and POST. If a file cannot be
    sent the others still are, and then the first failure is raised. The rest
    is as for :func:`upload`.
    """
    files = [_file(source, url, protocol) for source in sources]
    if not files:
        return []
    wishes = Wishes(headers, credentials, priority, no_progress_timeout)
    return _send(files, protocol, None, wishes, progress, timeout, store, manager)


def is_for_many(url: str, protocol: UploadProtocol) -> bool:
    """True if several files may be sent to the URL."""
    return url.endswith("/") or protocol in (UploadProtocol.TUS, UploadProtocol.POST)


def _file(source: Source, url: str | None, protocol: UploadProtocol) -> FileSpec:
    if isinstance(source, FileSpec):
        return FileSpec(source.remote_name, absolute(source.local_name), source.ranges)
    if isinstance(source, tuple):
        path, own = source
        return FileSpec(own, absolute(path))
    if url is None or not is_for_many(url, protocol):
        raise InvalidArgumentError(
            HResult.E_INVALIDARG,
            ErrorContext.NONE,
            f"{os.fspath(source)} goes to no URL: give one that ends in a slash",
        )
    return FileSpec(url, absolute(source))


def _send(
    files: Sequence[FileSpec],
    protocol: UploadProtocol,
    reply: str | None,
    wishes: Wishes,
    progress: Progress,
    timeout: float | timedelta | None,
    store: StrPath | None,
    manager: Manager | None,
) -> list[str]:
    """Sends the files and returns where each went."""
    deadline = Deadline(timeout)
    with (
        reporting(progress, display_name(files)) as report,
        opened(store, manager) as (queue, is_kept),
    ):
        jobs = start(queue, files, protocol, reply, wishes)
        try:
            _follow(jobs, report, deadline)
            names = [job.file(0).remote_name for job in jobs]
        finally:
            _leave(jobs, is_kept)
    keys = [key([file], _command(reply)) for file in files]
    by_key = dict(zip(dict.fromkeys(keys), names, strict=True))
    return [by_key[own] for own in keys]


def _command(reply: str | None) -> str:
    return "put" if reply is None else "put with reply"


def start(
    manager: Manager,
    files: Sequence[FileSpec],
    protocol: UploadProtocol,
    reply: str | None,
    wishes: Wishes,
) -> list[Job]:
    """The jobs of the files, under way: those that the same call made before,
    and new ones for the rest.
    """
    command = _command(reply)
    by_key = {key([file], command): file for file in files}
    known = kept(manager)
    fresh = [own for own in by_key if own not in known]
    made = dict(zip(fresh, _create(manager, [by_key[own] for own in fresh], reply), strict=True))
    names = {job.id: own for own, job in made.items()}

    def prepare(job: Job) -> None:
        job.description = names[job.id]
        if protocol is not UploadProtocol.AUTO:
            job.upload_protocol = protocol
        if reply is not None:
            job.reply_file_name = reply

    def go_on(job: Job) -> None:
        configure(job, wishes)
        if job.id in names or job.state is not JobState.TRANSFERRED:
            job.resume()

    try:
        each(list(made.values()), prepare)
        jobs = [made.get(own) or known[own] for own in by_key]
        each(jobs, go_on)
    except BaseException:
        # The first failure is the one to tell.
        with contextlib.suppress(Exception):
            each(list(made.values()), Job.cancel)
        raise
    return jobs


def _create(manager: Manager, files: Sequence[FileSpec], reply: str | None) -> list[Job]:
    if reply is None:
        return manager.create_uploads(files)
    jobs = []
    for file in files:
        job = manager.create_job(display_name([file]), JobType.UPLOAD_REPLY)
        jobs.append(job)
        try:
            job.add_file_set([file])
        except BaseException:
            job.cancel()
            raise
    return jobs


def _follow(jobs: Sequence[Job], report: Report | None, deadline: Deadline) -> None:
    """Waits until the files are sent, and acknowledges the jobs."""
    failures = []
    sent: list[Job] = []
    shown = None if report is None else _Progress(jobs, report)
    for job in jobs:
        state = job.wait(timeout=deadline.left()) if shown is None else shown.wait(job, deadline)
        if state is not JobState.TRANSFERRED:
            failures.append(failure(job, state))
            continue
        sent.append(job)
        if len(sent) == CALLS:
            each(sent, Job.complete)
            sent.clear()
    each(sent, Job.complete)
    if len(failures) > 1:
        first = failures[0]
        text = f"{len(failures)} of {len(jobs)} files were not sent; the first: {first.message}"
        raise TransferError(first.hresult, first.context, text, first.error)
    if failures:
        raise failures[0]


class _Progress:
    """Tells how far several jobs are together."""

    def __init__(self, jobs: Sequence[Job], report: Report) -> None:
        self._progress = [job.progress for job in jobs]
        self._jobs = jobs
        self._report = report
        self._tick = TICK_S

    def wait(self, job: Job, deadline: Deadline) -> JobState:
        """Waits for a job, and tells about all of them meanwhile."""
        while True:
            try:
                state = job.wait(timeout=deadline.next(self._tick))
            except WaitTimeoutError:
                self._tell()
                if deadline.left() == 0.0:
                    raise
            else:
                if job is self._jobs[-1]:
                    self._tell()
                return state

    def _tell(self) -> None:
        began = time.monotonic()
        for index, job in enumerate(self._jobs):
            known = self._progress[index]
            if known.files_transferred < known.files_total:
                self._progress[index] = job.progress
        self._tick = max(TICK_S, (time.monotonic() - began) * SHARE_OF_LOOKING)
        sizes = [one.bytes_total for one in self._progress]
        known_sizes = [size for size in sizes if size is not None]
        self._report(
            JobProgress(
                sum(known_sizes) if len(known_sizes) == len(sizes) else None,
                sum(one.bytes_transferred for one in self._progress),
                sum(one.files_total for one in self._progress),
                sum(one.files_transferred for one in self._progress),
            )
        )


def _leave(jobs: Sequence[Job], is_kept: bool) -> None:
    """Ends the jobs that are not done: those that are kept can be gone on
    with, the others are forgotten, by the server too.
    """

    def leave(job: Job) -> None:
        with contextlib.suppress(Exception):
            if job.state is JobState.ACKNOWLEDGED:
                return
            if is_kept:
                job.suspend()
            else:
                job.cancel()

    each(jobs, leave)
    if not is_kept:
        # The store that would go on to tell a server is about to be deleted.
        with contextlib.suppress(Exception):
            wait_for_server(jobs, SERVER_PATIENCE_S)
