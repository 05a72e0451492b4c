"""An upload in one line: jobs from their creation to files on the server."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import TypeAlias

from ._bgcopy import Manager
from ._progress import Progress, reporting
from ._targets import absolute, display_name
from ._transfer import (
    NO_PROGRESS_TIMEOUT_S,
    StrPath,
    TransferSettings,
    opened,
    run,
)
from ._vocab import (
    ErrorContext,
    HResult,
    JobPriority,
    UploadProtocol,
)
from .errors import InvalidArgumentError
from .records import FileSpec

Source: TypeAlias = StrPath | FileSpec | tuple[StrPath, str]


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
    settings = TransferSettings(headers, credentials, priority, no_progress_timeout)
    answer = None if reply is None else absolute(reply)
    file = FileSpec(url, absolute(path))
    return _send([file], protocol, answer, settings, progress, timeout, store, manager)[0]


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
    settings = TransferSettings(headers, credentials, priority, no_progress_timeout)
    return _send(files, protocol, None, settings, progress, timeout, store, manager)


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
    settings: TransferSettings,
    progress: Progress,
    timeout: float | timedelta | None,
    store: StrPath | None,
    manager: Manager | None,
) -> list[str]:
    """Sends the files and returns where each went."""
    with (
        reporting(progress, display_name(files)) as report,
        opened(store, manager) as (queue, is_kept),
    ):
        return run(
            queue,
            files,
            settings,
            report,
            timeout,
            is_kept=is_kept,
            uploads=True,
            upload_protocol=protocol,
            reply_file_name=reply,
        )
