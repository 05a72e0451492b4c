"""An upload in one line: jobs from their creation to files on the server."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TypeAlias

from ._bgcopy import Job, Manager
from ._progress import Progress, Report, reporting
from ._targets import absolute, display_name
from ._transfer import (
    NO_PROGRESS_TIMEOUT_S,
    TICK_S,
    Deadline,
    StrPath,
    Wishes,
    configure,
    each,
    failure,
    kept,
    opened,
    start_job,
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
from .errors import InvalidArgumentError, NotFoundError, TransferError, WaitTimeoutError
from .records import FileSpec, JobProgress

Source: TypeAlias = StrPath | FileSpec | tuple[StrPath, str]

MARK = "bgcopy put"
"""The description of the jobs: the same files find them again. The program
`bgcopy` does it in the same way, and so takes up the same jobs.
"""

TOGETHER_MAX = 256
"""Jobs that are acknowledged in one go."""

FAILURE = 0x80000000
"""The bit of a code that says that a call failed."""

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
            _follow(queue, jobs, report, deadline)
        except BaseException:
            _leave(queue, jobs, is_kept)
            raise
        names = [job.file(0).remote_name for job in jobs]
    by_way = dict(zip(dict.fromkeys(map(_way, files)), names, strict=True))
    return [by_way[_way(file)] for file in files]


def _way(file: FileSpec) -> tuple[str, str]:
    """From where to where a file goes: what is asked for twice is sent once."""
    return file.remote_name, os.fspath(file.local_name)


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
    by_way = {_way(file): file for file in files}
    known = _known(manager, by_way.values(), reply)
    fresh = [file for way, file in by_way.items() if way not in known]

    def go_on(job: Job) -> None:
        configure(job, wishes)
        if job.state is not JobState.TRANSFERRED:
            job.resume()

    each(list(known.values()), go_on)
    made = _create(manager, fresh, protocol, reply, wishes)
    known.update(zip(map(_way, fresh), made, strict=True))
    return [known[way] for way in by_way]


def _known(
    manager: Manager, files: Iterable[FileSpec], reply: str | None
) -> dict[tuple[str, str], Job]:
    """The jobs of the queue that send these files."""
    by_name: dict[str, list[Job]] = {}
    for record, job in kept(manager):
        if record.description == MARK and record.job_type is _job_type(reply):
            by_name.setdefault(record.display_name, []).append(job)
    found = {}
    for file in files:
        for job in by_name.get(display_name([file]), []):
            if _sends(job, file, reply):
                found[_way(file)] = job
    return found


def _job_type(reply: str | None) -> JobType:
    return JobType.UPLOAD if reply is None else JobType.UPLOAD_REPLY


def _sends(job: Job, file: FileSpec, reply: str | None) -> bool:
    """True if the job sends the file: below a URL that ends in a slash it may
    have its name by now.
    """
    if reply is not None and job.reply_file_name != Path(reply):
        return False
    try:
        own = job.file(0)
        remote_name, local_name = own.remote_name, own.local_name
    except NotFoundError:
        # An older version was killed before it could add the file.
        return False
    goes_there = remote_name == file.remote_name or (
        file.remote_name.endswith("/") and remote_name.startswith(file.remote_name)
    )
    return goes_there and os.fspath(local_name) == os.fspath(file.local_name)


def _create(
    manager: Manager,
    files: Sequence[FileSpec],
    protocol: UploadProtocol,
    reply: str | None,
    wishes: Wishes,
) -> list[Job]:
    """New jobs, under way: the first one is set up, and the others are like it."""
    if not files:
        return []
    first = start_job(
        manager,
        _job_type(reply),
        files[:1],
        wishes,
        description=MARK,
        upload_protocol=None if protocol is UploadProtocol.AUTO else protocol,
        reply_file_name=reply,
    )
    try:
        return [first, *manager.start_uploads(files[1:], first)]
    except BaseException:
        # The first failure is the one to tell.
        with contextlib.suppress(Exception):
            first.cancel()
        raise


def _follow(
    manager: Manager, jobs: Sequence[Job], report: Report | None, deadline: Deadline
) -> None:
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
        if len(sent) == TOGETHER_MAX:
            complete(manager, sent)
            sent.clear()
    complete(manager, sent)
    if len(failures) > 1:
        first = failures[0]
        text = f"{len(failures)} of {len(jobs)} files were not sent; the first: {first.message}"
        raise TransferError(first.hresult, first.context, text, first.error)
    if failures:
        raise failures[0]


def complete(manager: Manager, jobs: Sequence[Job]) -> None:
    """Acknowledges jobs that are transferred."""
    for job, code in zip(jobs, manager.complete_all(jobs), strict=True):
        if code & FAILURE:
            # Another hand was faster, or the disk failed: it says which.
            job.complete()


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


def _leave(manager: Manager, jobs: Sequence[Job], is_kept: bool) -> None:
    """Ends the jobs that are not done: those that are kept can be gone on
    with, the others are forgotten, by the server too.
    """
    with contextlib.suppress(Exception):
        if is_kept:
            suspend(jobs)
        else:
            manager.cancel_all(jobs)
            # The store that would go on to tell a server is about to be deleted.
            wait_for_server(jobs)


def suspend(jobs: Sequence[Job]) -> None:
    """Suspends those of the jobs that are not done."""

    def act(job: Job) -> None:
        # Some of them are finished.
        with contextlib.suppress(Exception):
            job.suspend()

    each(jobs, act)
